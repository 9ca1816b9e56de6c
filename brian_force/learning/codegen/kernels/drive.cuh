// The product of a sparse matrix with the activity, every time step, on a GPU: y = omega r.
// Stands after launching.cuh.
//
// The matrix is packed on the host into compressed rows, and a warp takes each row: it reads
// weights and columns side by side. (Slices of rows, as on a CPU, would leave most of a GPU idle:
// it would have one thread for each row.)
#include <vector>

template <typename Real, typename Column> struct CompressedRows
{
    std::vector<size_t> start; // of each row, and of the end
    std::vector<Column> column;
    std::vector<Real> weight;

    // Entry k of the matrix is weight w[k] from neuron pre[k] to neuron post[k]; the rows are the
    // neurons first .. first+n_rows-1. Entries of a row keep their order.
    CompressedRows(const int n_rows, const int first, const size_t n_entries, const int32_t* pre,
                   const int32_t* post, const Real* w)
        : start(n_rows + 1), column(n_entries), weight(n_entries)
    {
        for (size_t k = 0; k < n_entries; k++) start[post[k] - first + 1]++;
        for (int i = 0; i < n_rows; i++) start[i + 1] += start[i];
        std::vector<size_t> next(start.begin(), start.end() - 1);
        for (size_t k = 0; k < n_entries; k++)
        {
            const size_t place = next[post[k] - first]++;
            column[place] = (Column)pre[k];
            weight[place] = w[k];
        }
    }
};

template <typename Number> Number* on_device(const std::vector<Number>& numbers)
{
    void* copy = NULL;
    const size_t size = numbers.size() * sizeof(Number);
    if (size == 0) return NULL;
    CUDA_SAFE_CALL(cudaMalloc(&copy, size));
    CUDA_SAFE_CALL(cudaMemcpy(copy, &numbers[0], size, cudaMemcpyHostToDevice));
    return (Number*)copy;
}

template <typename Real, typename Column> struct DriveMatrix
{
    int n_rows;
    const size_t* start;
    const Column* column;
    const Real* weight;

    DriveMatrix() : n_rows(0), start(NULL), column(NULL), weight(NULL) {}

    explicit DriveMatrix(const CompressedRows<Real, Column>& rows)
        : n_rows((int)rows.start.size() - 1), start(on_device(rows.start)),
          column(on_device(rows.column)), weight(on_device(rows.weight))
    {
    }
};

template <typename Real, typename Column>
__global__ void multiply_row(const DriveMatrix<Real, Column> matrix, const Real* r, Real* y)
{
    const int row = thread_of_all() / WARP, lane = thread_of_all() % WARP;
    if (row >= matrix.n_rows) return;
    Real sum = 0;
    for (size_t k = matrix.start[row] + lane; k < matrix.start[row + 1]; k += WARP)
        sum += matrix.weight[k] * r[matrix.column[k]];
    sum = warp_sum(sum);
    if (lane == 0) y[row] = sum;
}

template <typename Real, typename Column>
void multiply(const DriveMatrix<Real, Column>& matrix, const Real* r, Real* y)
{
    if (matrix.n_rows == 0) return;
    LAUNCH(multiply_row, blocks_for((size_t)matrix.n_rows * WARP), THREADS)(matrix, r, y);
}
