// What the kernels of a GPU share: how they are launched, and sums whose order is always the same.
#include <cstddef>
#include <cstdint>

enum { WARP = 32, THREADS = 256, LARGEST_BLOCK = 1024 };

// The tests give this another meaning, under which a C++ compiler takes the kernels as they are
// (tests/agreement/cuda_emulation.h).
#ifndef LAUNCH
#define LAUNCH(KERNEL, BLOCKS, BLOCK_SIZE) KERNEL<<<BLOCKS, BLOCK_SIZE>>>
#endif

// Blocks of THREADS threads that give each of n items a thread.
inline int blocks_for(const size_t n)
{
    return (int)((n + THREADS - 1) / THREADS);
}

__device__ inline int thread_of_all()
{
    return (int)(blockIdx.x * blockDim.x + threadIdx.x);
}

// The sum over a warp, in its first thread.
template <typename Real> __device__ Real warp_sum(Real value)
{
    for (int distance = WARP / 2; distance > 0; distance /= 2)
        value += __shfl_down_sync(0xffffffffu, value, distance);
    return value;
}

// The sum over a block, in its first thread; once in a kernel.
__device__ inline double block_sum(const double value)
{
    __shared__ double of_warp[WARP];
    const int warp = (int)threadIdx.x / WARP, lane = (int)threadIdx.x % WARP;
    const double sum = warp_sum(value);
    if (lane == 0) of_warp[warp] = sum;
    __syncthreads();
    if (warp > 0) return 0;
    return warp_sum(lane < (int)blockDim.x / WARP ? of_warp[lane] : (double)0);
}
