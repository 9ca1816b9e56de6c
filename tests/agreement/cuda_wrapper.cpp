// The CUDA kernels of brian_force, for a C++ compiler and for Python: each function does what the
// templates do in a run. Compiled with -I for this folder and for that of the kernels.
#include "cuda_emulation.h"
#include "launching.cuh"
#include "readout.cuh"
#include "running_inverse.cuh"
#include "drive.cuh"
#include <limits>

// What lies in the memory of the device; everything is an array of NumPy.
struct Memory
{
    void *r, *x, *z, *e, *phi, *P, *gain, *pending, *ready, *learning_rate;
    char* due;
    int32_t *n_updates, *failure;
    double* failure_time;
};

// As many steps as r has rows of `stride` neurons, of which n from `first` on are read.
struct Training
{
    int steps, stride, first, n, k, rule; // rule: 0 prior, 1 posterior, 2 LMS
    double forgetting;
};

template <typename State>
__global__ void subtract_target(const int k, const State* z, const State* x, State* e,
                                const Failure failure)
{
    const int j = thread_of_all();
    if (j >= k) return;
    e[j] = z[j] - x[j];
    failure.note(is_finite(e[j]) ? FINITE : ERROR_NOT_FINITE);
}

template <typename State, typename Real> void train(const Training& t, const Memory& m)
{
    std::vector<Real> sums(n_tile_sums(t.n) + 1, std::numeric_limits<Real>::quiet_NaN());
    State *z = (State*)m.z, *e = (State*)m.e, *phi = (State*)m.phi;
    const double* rate = (double*)m.learning_rate;
    const RunningInverse<Real> inverse(t.n, (Real*)m.P, (Real*)m.gain, (double*)m.pending,
                                       (char*)m.ready, rate, t.forgetting, &sums[0]);
    for (int step = 0; step < t.steps; step++)
    {
        const State* r = (State*)m.r + (size_t)step * t.stride + t.first;
        const Failure failure = {m.failure, m.failure_time, (double)step};
        const Learning learning = {m.due + step, m.n_updates, failure};
        decode(t.n, t.k, phi, r, z, failure);
        LAUNCH(subtract_target, blocks_for(t.k), THREADS)(t.k, z, (State*)m.x + step * t.k, e,
                                                          failure);
        if (t.rule == 2) descend(t.n, t.k, phi, r, e, rate, learning);
        else update_rls(t.k, r, e, phi, inverse, (bool)t.rule, learning);
    }
    if (sums.back() == sums.back()) emulation::fail("more sums of tiles than there is room for");
}

template <typename Real, typename Column>
void drive(const int n_rows, const int first, const int n_entries, const int32_t* pre,
           const int32_t* post, const void* w, const void* r, void* y)
{
    const CompressedRows<Real, Column> rows(n_rows, first, n_entries, pre, post, (Real*)w);
    multiply(DriveMatrix<Real, Column>(rows), (Real*)r, (Real*)y);
}

#define EXPORT_TRAINING(STATE, REAL) \
    extern "C" void train_##STATE##_##REAL(const Training* t, const Memory* m) \
    { train<STATE, REAL>(*t, *m); } \
    extern "C" void encode_##STATE##_##REAL(int n, int k, STATE* eta, STATE* z, STATE* feedback) \
    { encode(n, k, eta, z, feedback); }
EXPORT_TRAINING(double, double)
EXPORT_TRAINING(double, float)
EXPORT_TRAINING(float, double)
EXPORT_TRAINING(float, float)

#define EXPORT_DRIVE(REAL, BITS) \
    extern "C" void drive_##REAL##_##BITS(int n_rows, int first, int n_entries, \
        const int32_t* pre, const int32_t* post, const void* w, const void* r, void* y) \
    { drive<REAL, uint##BITS##_t>(n_rows, first, n_entries, pre, post, w, r, y); }
EXPORT_DRIVE(double, 16)
EXPORT_DRIVE(double, 32)
EXPORT_DRIVE(float, 16)
EXPORT_DRIVE(float, 32)

extern "C" void reverse_order(int reversed) { emulation::reversed = (bool)reversed; }
extern "C" int launches() { return (int)emulation::n_launches; }
