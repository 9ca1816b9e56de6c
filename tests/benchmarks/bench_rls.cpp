// Times update_rls against a plain loop over the lower triangle of a square array, in turns, so
// that noise hits both. Called by bench_rls.py; prints, in microseconds,
// N, bits of P, minimum and median of the update, minimum and median of the loop.
#include "readout.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

typedef std::vector<double> Values;

template <typename Function> double microseconds(Function function)
{
    const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    function();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

template <typename Real> void scale_lower_triangle(const int n, Real* square, const Real a)
{
    for (int i = 0; i < n; i++)
    {
        Real* __restrict__ row = square + (size_t)i * n;
        for (int j = 0; j <= i; j++) row[j] *= a;
    }
}

double median(Values values)
{
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
}

template <typename Real> int measure(const int n, const int n_repetitions, const double a)
{
    std::vector<Real> P((size_t)n * (n + 1) / 2), square((size_t)n * n, 1), gain(n);
    Values r(n), e(1, 0.1), phi(n), update, loop;
    std::mt19937 generator(1);
    std::uniform_real_distribution<double> activity(0, 40);
    double pending = 0;
    set_diagonal(n, P.data(), 2.5e-6);
    for (int repetition = -2; repetition < n_repetitions; repetition++)  // two to warm up
    {
        for (int i = 0; i < n; i++) r[i] = activity(generator);
        int found = FINITE;
        const double t_update = microseconds([&] {
            found = update_rls(n, 1, r.data(), e.data(), phi.data(), P.data(), gain.data(), &pending,
                               1.0, true);
        });
        const double t_loop = microseconds([&] { scale_lower_triangle(n, square.data(), (Real)a); });
        if (found != FINITE) return found;
        if (repetition < 0) continue;
        update.push_back(t_update);
        loop.push_back(t_loop);
    }
    std::printf("%d %d %.9g %.9g %.9g %.9g\n", n, (int)(8 * sizeof(Real)),
                *std::min_element(update.begin(), update.end()), median(update),
                *std::min_element(loop.begin(), loop.end()), median(loop));
    return FINITE;
}

// Arguments: N, bits of P, repetitions, and the factor of the loop, so that it is no constant.
int main(int, char** argv)
{
    const int n = std::atoi(argv[1]), bits = std::atoi(argv[2]), n_repetitions = std::atoi(argv[3]);
    const double a = std::atof(argv[4]);
    return bits == 64 ? measure<double>(n, n_repetitions, a) : measure<float>(n, n_repetitions, a);
}
