// The product of a sparse matrix with the activity, every time step: y = omega r.
//
// The matrix is kept in slices of eight rows ("sliced ELLPACK"). Rows are sorted by length; each
// slice is padded to its longest row with weight 0 at a column the row has anyway, so that what is
// not finite stays where it is; entry k of the eight rows lies together: eight weights, eight
// columns. So eight sums run side by side in one vector.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
#else
    void multiply_slice(const size_t from, const size_t to, const Real* r, Real* sum) const
    {
        for (int i = 0; i < SLICE; i++) sum[i] = 0;
        for (size_t k = from; k < to; k += SLICE)
            for (int i = 0; i < SLICE; i++) sum[i] += weight[k + i] * r[column[k + i]];
    }
#endif
};
