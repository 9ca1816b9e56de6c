// The arithmetic of a readout on a GPU: kernels, and the functions of the host that launch them.
// Stands after launching.cuh. Equation numbers are those of brian_force/learning/reference.py;
// the layout of decoders and encoders and the codes of failure are those of readout.h.
//
// The host never waits: whether to learn, and what went wrong, is in the memory of the device,
// where every kernel looks it up. After a failure nothing is learned any more, and the host hears
// of it when the run is over.
#include <cstring>

enum { FINITE = 0, OUTPUT_NOT_FINITE = 1, ERROR_NOT_FINITE = 2, GAIN_NOT_POSITIVE = 3 };

__device__ inline bool is_finite(const double x)
{
    uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7ff0000000000000ULL) != 0x7ff0000000000000ULL;
}

// The first failure of a run. Threads that note one in the same kernel write the same numbers.
struct Failure
{
    int32_t* code;
    double* time;
    double now;

    __device__ void note(const int found) const
    {
        if (found == FINITE || *code != FINITE) return;
        *code = found;
        *time = now;
    }
};

struct Learning
{
    const char* due;
    int32_t* n_updates;
    Failure failure;

    __device__ bool happens() const { return *due && *failure.code == FINITE; }
};

// -- every time step ----------------------------------------------------------------------------

template <typename State>
__global__ void __launch_bounds__(LARGEST_BLOCK)
decode_output(const int n, const State* phi, const State* r, State* z, const Failure failure)
{
    const State* column = phi + (size_t)blockIdx.x * n;
    double sum = 0;
    for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x) sum += (double)column[i] * r[i];
    sum = block_sum(sum);
    if (threadIdx.x > 0) return;
    z[blockIdx.x] = (State)sum;
    failure.note(is_finite((State)sum) ? FINITE : OUTPUT_NOT_FINITE);
}

// z = phi^T r, one block for each output
template <typename State>
void decode(const int n, const int k, const State* phi, const State* r, State* z,
            const Failure& failure)
{
    LAUNCH(decode_output, k, LARGEST_BLOCK)(n, phi, r, z, failure);
}

template <typename State>
__global__ void encode_neuron(const int n, const int k, const State* eta, const State* z,
                              State* feedback)
{
    const int i = thread_of_all();
    if (i >= n) return;
    State sum = eta[i] * z[0];
    for (int j = 1; j < k; j++)
        if (z[j] != 0) sum += eta[(size_t)j * n + i] * z[j];
    feedback[i] = sum;
}

// feedback = eta z; of several outputs, those that are zero cost nothing
template <typename State>
void encode(const int n, const int k, const State* eta, const State* z, State* feedback)
{
    LAUNCH(encode_neuron, blocks_for(n), THREADS)(n, k, eta, z, feedback);
}

// -- learning -----------------------------------------------------------------------------------

template <typename State, typename Real>
__global__ void descend_neuron(const int n, const int k, State* phi, const Real* direction,
                               const State* e, const double* factor, const Learning learning)
{
    const int i = thread_of_all();
    if (i >= n || !learning.happens()) return;
    for (int j = 0; j < k; j++)
    {
        const double step = factor == NULL ? e[j] : *factor * e[j];
        phi[(size_t)j * n + i] -= (State)(step * direction[i]);
    }
    if (i == 0) ++*learning.n_updates;
}

// phi <- phi - factor direction e^T, one update more; a factor of NULL is 1
template <typename State, typename Real>
void descend(const int n, const int k, State* phi, const Real* direction, const State* e,
             const double* factor, const Learning& learning)
{
    LAUNCH(descend_neuron, blocks_for(n), THREADS)(n, k, phi, direction, e, factor, learning);
}
