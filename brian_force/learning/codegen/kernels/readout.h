// The arithmetic of a readout, shared by the Cython and the C++ standalone targets.
// Equation numbers are those of brian_force/learning/reference.py.
//
// Decoders and encoders are stored output by output: entry (i, j) stands at j*n + i.
// P is the lower triangle of a symmetric matrix, row after row: entry (i, j <= i) stands at
// i*(i + 1)/2 + j. It takes half the memory of the square, and an update is bound by memory.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

// No two arrays of a kernel overlap; compilers do not see it through an array of pointers.
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

enum { FINITE = 0, OUTPUT_NOT_FINITE = 1, ERROR_NOT_FINITE = 2, GAIN_NOT_POSITIVE = 3 };

// By the bits of the exponent, because -ffast-math lets a compiler drop every other test.
inline bool is_finite(const double x)
{
    uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7ff0000000000000ULL) != 0x7ff0000000000000ULL;
}

template <typename State> bool all_finite(const int n, const State* x)
{
    for (int i = 0; i < n; i++)
        if (!is_finite(x[i])) return false;
    return true;
}

// z = phi^T r
template <typename State>
int decode(const int n, const int k, const State* __restrict__ phi, const State* __restrict__ r,
           State* __restrict__ z)
{
    for (int j = 0; j < k; j++)
    {
        const State* __restrict__ column = phi + (size_t)j * n;
        double sum = 0;
        for (int i = 0; i < n; i++) sum += (double)column[i] * r[i];
        z[j] = (State)sum;
    }
    return all_finite(k, z) ? FINITE : OUTPUT_NOT_FINITE;
}

// feedback = eta z; of several outputs, those that are zero cost nothing
template <typename State>
void encode(const int n, const int k, const State* __restrict__ eta, const State* __restrict__ z,
            State* __restrict__ feedback)
{
    for (int i = 0; i < n; i++) feedback[i] = eta[i] * z[0];
    for (int j = 1; j < k; j++)
    {
        const State* __restrict__ column = eta + (size_t)j * n;
        if (z[j] != 0)
            for (int i = 0; i < n; i++) feedback[i] += column[i] * z[j];
    }
}

// phi <- phi - factor direction e^T
template <typename State, typename Real>
void descend(const int n, const int k, State* __restrict__ phi, const Real* __restrict__ direction,
             const State* __restrict__ e, const double factor)
{
    for (int j = 0; j < k; j++)
    {
        State* __restrict__ column = phi + (size_t)j * n;
        const double step = factor * e[j];
        for (int i = 0; i < n; i++) column[i] -= (State)(step * direction[i]);
    }
}

// Rows i .. i+ROWS-1 of: P <- (P - c u u^T) scale, g += P r, each entry read and written once.
template <int ROWS, typename Real>
void update_rows(const int i, Real* __restrict__ P, const Real* __restrict__ u, const Real c,
                 const Real scale, const Real* __restrict__ r, Real* __restrict__ g)
{
    Real* __restrict__ row[ROWS];
    Real cu[ROWS], ri[ROWS], sum[ROWS];
    for (int k = 0; k < ROWS; k++)
    {
        row[k] = P + (size_t)(i + k) * (i + k + 1) / 2;
        cu[k] = c * u[i + k];
        ri[k] = r[i + k];
        sum[k] = 0;
    }
    INDEPENDENT
    for (int j = 0; j < i; j++)
    {
        Real gj = g[j];
        for (int k = 0; k < ROWS; k++)
        {
            const Real entry = (row[k][j] - cu[k] * u[j]) * scale;
            row[k][j] = entry;
            sum[k] += entry * r[j];
            gj += entry * ri[k];
        }
        g[j] = gj;
    }
    for (int k = 0; k < ROWS; k++)
    {
        for (int j = i; j <= i + k; j++)
        {
            const Real entry = (row[k][j] - cu[k] * u[j]) * scale;
            row[k][j] = entry;
            sum[k] += entry * r[j];
            if (j < i + k) g[j] += entry * ri[k];
        }
        g[i + k] += sum[k];
    }
}

// P <- (P - c u u^T) scale and g = P r in one pass, eight rows at a time.
template <typename Real>
void update_and_multiply(const int n, Real* P, const Real* u, const Real c, const Real scale,
                         const Real* r, Real* g)
{
    for (int j = 0; j < n; j++) g[j] = 0;
    int i = 0;
    for (; i + 8 <= n; i += 8) update_rows<8>(i, P, u, c, scale, r, g);
    for (; i < n; i++) update_rows<1>(i, P, u, c, scale, r, g);
}

template <typename Real> void set_diagonal(const int n, Real* P, const double value)
{
    const size_t size = (size_t)n * (n + 1) / 2;
    for (size_t i = 0; i < size; i++) P[i] = 0;
    for (size_t i = 0; i < (size_t)n; i++) P[i * (i + 3) / 2] = (Real)value;
}

// One update of recursive least squares. The change of P by the last update, which needs
// `gain` = P r and `pending` = c of then, is made in the pass that computes the next P r;
// `pending` is 0 where no change is due.
template <typename State, typename Real>
int update_rls(const int n, const int k, const State* r, const State* e, State* phi, Real* P,
               Real* gain, double* pending, const double forgetting, const bool posterior)
{
    std::vector<Real> activity(r, r + n), g(n);
    const double scale = *pending > 0 ? 1 / forgetting : 1;
    update_and_multiply(n, P, gain, (Real)*pending, (Real)scale, &activity[0], &g[0]);  // (5), (1)
    *pending = 0;
    double rPr = 0;
    for (int i = 0; i < n; i++) rPr += (double)r[i] * g[i];
    if (!is_finite(rPr) || forgetting + rPr <= 0) return GAIN_NOT_POSITIVE;
    const double c = 1 / (forgetting + rPr);                                            // (2)
    descend(n, k, phi, &g[0], e, posterior ? c : 1.0);                                  // (3), (4)
    for (int i = 0; i < n; i++) gain[i] = g[i];
    *pending = c;
    return FINITE;
}
