// The product of a sparse matrix with the activity, every time step: y = omega r.
//
// The matrix is kept in slices of eight rows ("sliced ELLPACK"). Rows are sorted by length; each
// slice is padded to its longest row with weight 0 at a column the row has anyway, so that what is
// not finite stays where it is; entry k of the eight rows lies together: eight weights, eight
// columns. So eight sums run side by side in one vector.
//
// Reading the matrix is what takes the time, so where the next activity is known it is read once
// for two steps ("TwoSteps").
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

enum { SLICE = 8 };

template <typename Real, typename Column> struct SlicedMatrix
{
    std::vector<size_t> start;   // of each slice, and of the end
    std::vector<int> row;        // target of each row of the slices, -1 where there is none
    std::vector<int> empty;      // rows without entries, which stand in no slice
    std::vector<Column> column;
    std::vector<Real> weight;

    // Entry k of the matrix is weight w[k] from neuron pre[k] to neuron post[k]; the rows are the
    // neurons first .. first+n_rows-1.
    void pack(const int n_rows, const int first, const size_t n_entries, const int32_t* pre,
              const int32_t* post, const Real* w)
    {
        std::vector<std::vector<size_t> > entries(n_rows);
        for (size_t k = 0; k < n_entries; k++) entries[post[k] - first].push_back(k);
        row.clear();
        empty.clear();
        for (int i = 0; i < n_rows; i++) (entries[i].empty() ? empty : row).push_back(i);
        std::stable_sort(row.begin(), row.end(), [&](const int a, const int b)
                         { return entries[a].size() > entries[b].size(); });
        const int n_filled = (int)row.size(), n_slices = (n_filled + SLICE - 1) / SLICE;
        row.resize((size_t)n_slices * SLICE, -1);
        start.assign(1, 0);
        for (int s = 0; s < n_slices; s++)
            start.push_back(start[s] + SLICE * entries[row[s * SLICE]].size());
        column.assign(start[n_slices], 0);
        weight.assign(start[n_slices], 0);
        for (int i = 0; i < n_filled; i++)
        {
            const std::vector<size_t>& own = entries[row[i]];
            const size_t length = (start[i / SLICE + 1] - start[i / SLICE]) / SLICE;
            for (size_t k = 0; k < length; k++)
            {
                const size_t place = start[i / SLICE] + k * SLICE + i % SLICE;
                column[place] = (Column)pre[own[k < own.size() ? k : 0]];
                if (k < own.size()) weight[place] = w[own[k]];
            }
        }
    }

    void multiply(const Real* __restrict__ r, Real* __restrict__ y) const
    {
        for (size_t i = 0; i < empty.size(); i++) y[empty[i]] = 0;
        for (size_t s = 0; s + 1 < start.size(); s++)
        {
            Real sum[SLICE];
            multiply_slice(start[s], start[s + 1], r, sum);
            for (int i = 0; i < SLICE; i++)
                if (row[s * SLICE + i] >= 0) y[row[s * SLICE + i]] = sum[i];
        }
    }

#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    template <typename Eight> static Eight gather(const uint32_t* c, const Real* __restrict__ r)
    {
        const Eight e = {r[c[0]], r[c[1]], r[c[2]], r[c[3]], r[c[4]], r[c[5]], r[c[6]], r[c[7]]};
        return e;
    }

    // Two loads of four columns each, for the loads are what takes the time.
    template <typename Eight> static Eight gather(const uint16_t* c, const Real* __restrict__ r)
    {
        uint64_t a, b;
        std::memcpy(&a, c, sizeof a);
        std::memcpy(&b, c + 4, sizeof b);
        const Eight e = {r[(uint16_t)a], r[(uint16_t)(a >> 16)], r[(uint16_t)(a >> 32)], r[a >> 48],
                         r[(uint16_t)b], r[(uint16_t)(b >> 16)], r[(uint16_t)(b >> 32)], r[b >> 48]};
        return e;
    }

    // Compilers gather eight numbers slowly; assembled into a vector by hand it takes half the time.
    void multiply_slice(const size_t from, const size_t to, const Real* __restrict__ r,
                        Real* __restrict__ sum) const
    {
        typedef Real Eight __attribute__((vector_size(SLICE * sizeof(Real))));
        Eight total = {};
        const bool large = weight.size() * sizeof(Real) > ((size_t)16 << 20);
        for (size_t k = from; k < to; k += SLICE)
        {
            const Eight gathered = gather<Eight>(&column[k], r);
            Eight w;
            std::memcpy(&w, &weight[k], sizeof w);
            if (large) __builtin_prefetch((const char*)&weight[k] + 4096);
            total += w * gathered;
        }
        std::memcpy(sum, &total, sizeof total);
    }

    // The activities of both steps lie side by side, so that one load brings both.
    void multiply_slice_twice(const size_t from, const size_t to, const Real* __restrict__ both,
                              Real* __restrict__ sums) const
    {
        typedef Real Two __attribute__((vector_size(2 * sizeof(Real))));
        Two t0 = {}, t1 = {}, t2 = {}, t3 = {}, t4 = {}, t5 = {}, t6 = {}, t7 = {};
        for (size_t k = from; k < to; k += SLICE)
        {
            const Real* w = &weight[k];
            const Column* c = &column[k];
            __builtin_prefetch((const char*)w + 1024);
            __builtin_prefetch((const char*)c + 1024 * sizeof(Column) / sizeof(Real));
            t0 += w[0] * pair<Two>(both, c[0]);
            t1 += w[1] * pair<Two>(both, c[1]);
            t2 += w[2] * pair<Two>(both, c[2]);
            t3 += w[3] * pair<Two>(both, c[3]);
            t4 += w[4] * pair<Two>(both, c[4]);
            t5 += w[5] * pair<Two>(both, c[5]);
            t6 += w[6] * pair<Two>(both, c[6]);
            t7 += w[7] * pair<Two>(both, c[7]);
        }
        const Two total[SLICE] = {t0, t1, t2, t3, t4, t5, t6, t7};
        std::memcpy(sums, total, sizeof total);
    }

    template <typename Two> static Two pair(const Real* __restrict__ both, const size_t j)
    {
        Two values;
        std::memcpy(&values, both + 2 * j, sizeof values);
        return values;
    }
#else
    void multiply_slice(const size_t from, const size_t to, const Real* r, Real* sum) const
    {
        for (int i = 0; i < SLICE; i++) sum[i] = 0;
        for (size_t k = from; k < to; k += SLICE)
            for (int i = 0; i < SLICE; i++) sum[i] += weight[k + i] * r[column[k + i]];
    }

    void multiply_slice_twice(const size_t from, const size_t to, const Real* both,
                              Real* sums) const
    {
        for (int i = 0; i < 2 * SLICE; i++) sums[i] = 0;
        for (size_t k = from; k < to; k += SLICE)
            for (int i = 0; i < 2 * SLICE; i++)
                sums[i] += weight[k + i / 2] * both[2 * column[k + i / 2] + i % 2];
    }
#endif
};

// The products of two steps in one reading of the matrix: of the activity as it is, and as it is
// said to be at the next step. There, the second is given only if the activity came out so, but for
// rounding; if not, the product is computed anew.
template <typename Real, typename Column> struct TwoSteps
{
    SlicedMatrix<Real, Column> matrix;
    std::vector<Real> both;   // activity now and next, side by side
    std::vector<Real> second; // the product of the next step
    bool waiting;

    TwoSteps() : waiting(false) {}

    void pack(const int n_rows, const int first, const size_t n_entries, const int32_t* pre,
              const int32_t* post, const Real* w)
    {
        matrix.pack(n_rows, first, n_entries, pre, post, w);
        second.assign(n_rows, 0);
        waiting = false;
    }

    // Write the second product of the last step, if there is one and it holds for this step.
    bool take_second(const Real* __restrict__ r, Real* __restrict__ y)
    {
        const bool holds = waiting && came_out(r);
        waiting = false;
        if (holds) std::memcpy(y, &second[0], second.size() * sizeof(Real));
        return holds;
    }

    bool came_out(const Real* __restrict__ r) const
    {
        const double tolerance = 64 * (double)std::numeric_limits<Real>::epsilon();
        double off = 0, size = 0;
        for (size_t j = 0; j < both.size() / 2; j++)
        {
            const double next = both[2 * j + 1], difference = r[j] - next;
            off += difference * difference;
            size += next * next;
        }
        return off < tolerance * tolerance * size || off == 0; // never if one is not finite
    }

    void multiply(const int n_columns, const Real* __restrict__ r, const Real* __restrict__ next,
                  Real* __restrict__ y)
    {
        both.resize((size_t)2 * n_columns);
        for (int j = 0; j < n_columns; j++)
        {
            both[2 * (size_t)j] = r[j];
            both[2 * (size_t)j + 1] = next[j];
        }
        for (size_t i = 0; i < matrix.empty.size(); i++) y[matrix.empty[i]] = 0;
        for (size_t s = 0; s + 1 < matrix.start.size(); s++)
        {
            Real sums[2 * SLICE];
            matrix.multiply_slice_twice(matrix.start[s], matrix.start[s + 1], &both[0], sums);
            for (int i = 0; i < SLICE; i++)
            {
                const int row = matrix.row[s * SLICE + i];
                if (row < 0) continue;
                y[row] = sums[2 * i];
                second[row] = sums[2 * i + 1];
            }
        }
        waiting = true;
    }
};
