// Recursive least squares on a GPU. Stands after readout.cuh; P is stored as in readout.h.
//
// An update is bound by memory, and so P is read and written once, in square tiles of its lower
// triangle: a block makes the last change of its tile, then multiplies it by r along the rows and,
// since P is symmetric, along the columns. Those sums, 1/32 of P, are added up afterwards, always
// in the same order. A square matrix would need no such sums, but twice the bytes.

enum { TILE = 64, ROWS_AT_ONCE = THREADS / TILE };

inline int tiles_for(const int n)
{
    return (n + TILE - 1) / TILE;
}

// Room for the sums of every tile along its rows and along its columns.
inline size_t n_tile_sums(const int n)
{
    return (size_t)tiles_for(n) * tiles_for(n) * TILE;
}

template <typename Real> struct RunningInverse
{
    int n, n_tiles;
    Real* P;         // the lower triangle, row after row
    Real* gain;      // P r of the last update,
    double* pending; // and its c, if the change of P by them is still to be made, else 0
    char* ready;     // whether P was set; if not, it is learning_rate times the identity
    const double* learning_rate;
    double forgetting;
    Real* sums;

    RunningInverse(const int n, Real* P, Real* gain, double* pending, char* ready,
                   const double* learning_rate, const double forgetting, Real* sums)
        : n(n), n_tiles(tiles_for(n)), P(P), gain(gain), pending(pending), ready(ready),
          learning_rate(learning_rate), forgetting(forgetting), sums(sums)
    {
    }

    __device__ bool holds(const int i, const int j) const { return i < n && j <= i; }

    __device__ size_t place(const int i, const int j) const { return (size_t)i * (i + 1) / 2 + j; }

    __device__ Real read(const int i, const int j) const
    {
        return holds(i, j) ? P[place(i, j)] : 0;
    }

    __device__ void write(const int i, const int j, const Real entry) const
    {
        if (holds(i, j)) P[place(i, j)] = entry;
    }

    // What the tile in `row` and `column`, or for row < column its mirror image, adds to P r.
    __device__ Real* sum(const int row, const int column, const int along) const
    {
        return sums + ((size_t)row * n_tiles + column) * TILE + along;
    }
};

// The tile of a block. Row y of the tiles and row y from below have, together, one tile more than
// the longest row: so a rectangle of blocks covers the triangle.
struct Tile
{
    int row, column;
    bool exists;

    __device__ explicit Tile(const int n_tiles)
    {
        const int x = (int)blockIdx.x, y = (int)blockIdx.y, from_below = n_tiles - 1 - y;
        row = x <= y ? y : from_below;
        column = x <= y ? x : x - y - 1;
        exists = x <= y || y < from_below; // the row in the middle has no other
    }
};

inline dim3 blocks_for_tiles(const int n_tiles)
{
    return dim3(n_tiles + 1, (n_tiles + 1) / 2);
}

// P <- (P - c g g^T)/gamma with g and c of the last update (5), and P r of each tile (1)
template <typename State, typename Real>
__global__ void multiply_tile(const RunningInverse<Real> inverse, const State* r,
                              const Learning learning)
{
    __shared__ Real entries[TILE][TILE + 1]; // one more, so that rows begin in different banks
    __shared__ Real r_row[TILE], r_column[TILE], g_row[TILE];
    const Tile tile(inverse.n_tiles);
    if (!tile.exists || !learning.happens()) return;
    const int n = inverse.n, x = (int)threadIdx.x % TILE, y = (int)threadIdx.x / TILE;
    const int first_i = tile.row * TILE, i = first_i + x, j = tile.column * TILE + x;
    const bool ready = *inverse.ready;

    // All of a thread's entries are on their way before the first is changed and written back.
    Real entry[TILE / ROWS_AT_ONCE];
#pragma unroll
    for (int k = 0; k < TILE / ROWS_AT_ONCE; k++)
        entry[k] = ready ? inverse.read(first_i + y + k * ROWS_AT_ONCE, j) : 0;
    if (y == 0) r_row[x] = i < n ? (Real)r[i] : 0;
    if (y == 1) r_column[x] = j < n ? (Real)r[j] : 0;
    if (y == 2) g_row[x] = i < n ? inverse.gain[i] : 0;
    const double pending = *inverse.pending;
    const Real g = j < n ? inverse.gain[j] : 0, c = (Real)pending;
    const Real scale = pending > 0 ? (Real)(1 / inverse.forgetting) : 1;
    __syncthreads();

#pragma unroll
    for (int k = 0; k < TILE / ROWS_AT_ONCE; k++)
    {
        const int row = y + k * ROWS_AT_ONCE;
        if (ready) entry[k] = (entry[k] - c * g_row[row] * g) * scale;
        else if (first_i + row == j) entry[k] = (Real)*inverse.learning_rate;
        inverse.write(first_i + row, j, entry[k]);
        entries[row][x] = entry[k];
    }
    __syncthreads();

    const bool diagonal = tile.row == tile.column; // holds its own mirror image
    Real sum = 0;
    if (y == 0)
    {
        for (int q = 0; q < TILE; q++)
            sum += (diagonal && q > x ? entries[q][x] : entries[x][q]) * r_column[q];
        *inverse.sum(tile.row, tile.column, x) = sum;
    }
    else if (y == 1 && !diagonal)
    {
        for (int q = 0; q < TILE; q++) sum += entries[q][x] * r_row[q];
        *inverse.sum(tile.column, tile.row, x) = sum;
    }
}

// g = P r, from that of the tiles (1); one block for each row of tiles
template <typename Real>
__global__ void add_tiles(const RunningInverse<Real> inverse, const Learning learning)
{
    __shared__ Real part[ROWS_AT_ONCE][TILE];
    if (!learning.happens()) return;
    const int row = (int)blockIdx.x, x = (int)threadIdx.x % TILE, y = (int)threadIdx.x / TILE;
    Real sum = 0;
    for (int column = y; column < inverse.n_tiles; column += ROWS_AT_ONCE)
        sum += *inverse.sum(row, column, x);
    part[y][x] = sum;
    __syncthreads();
    if (y > 0 || row * TILE + x >= inverse.n) return;
    for (int k = 1; k < ROWS_AT_ONCE; k++) sum += part[k][x];
    inverse.gain[row * TILE + x] = sum;
}

// c = 1/(gamma + r^T g) (2); a single block
template <typename State, typename Real>
__global__ void __launch_bounds__(LARGEST_BLOCK)
take_gain(const RunningInverse<Real> inverse, const State* r, const Learning learning)
{
    if (!learning.happens()) return;
    double rPr = 0;
    for (int i = (int)threadIdx.x; i < inverse.n; i += (int)blockDim.x)
        rPr += (double)r[i] * inverse.gain[i];
    rPr = block_sum(rPr);
    if (threadIdx.x > 0) return;
    const bool positive = is_finite(rPr) && inverse.forgetting + rPr > 0;
    *inverse.ready = 1;
    *inverse.pending = positive ? 1 / (inverse.forgetting + rPr) : 0;
    learning.failure.note(positive ? FINITE : GAIN_NOT_POSITIVE);
}

// One update of recursive least squares, if one is due. Its change of P is left to the next.
template <typename State, typename Real>
void update_rls(const int k, const State* r, const State* e, State* phi,
                const RunningInverse<Real>& inverse, const bool posterior,
                const Learning& learning)
{
    const int n = inverse.n, n_tiles = inverse.n_tiles;
    LAUNCH(multiply_tile, blocks_for_tiles(n_tiles), THREADS)(inverse, r, learning);  // (5), (1)
    LAUNCH(add_tiles, n_tiles, THREADS)(inverse, learning);                           // (1)
    LAUNCH(take_gain, 1, LARGEST_BLOCK)(inverse, r, learning);                        // (2)
    const double* factor = posterior ? inverse.pending : NULL;
    descend(n, k, phi, inverse.gain, e, factor, learning);                            // (3), (4)
}
