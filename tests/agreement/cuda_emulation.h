// A GPU for a C++ compiler, so that the kernels of brian_force can run, as they stand, in tests.
//
// Every thread of a block is a fiber with a stack of its own. It runs until it waits for its warp
// or its block, or ends; blocks run one after the other. In which order threads and blocks take
// their turns can be reversed: a kernel whose result depends on it lacks a barrier.
#pragma once
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <ucontext.h>

#define __global__
#define __device__
#define __shared__ static
#define __launch_bounds__(THREADS_PER_BLOCK)
#define LAUNCH(KERNEL, BLOCKS, BLOCK_SIZE) \
    emulation::Launch(BLOCKS, BLOCK_SIZE, [](auto... given) { KERNEL(given...); })
#define CUDA_SAFE_CALL(CALL) CALL

struct dim3
{
    unsigned int x, y, z;
    dim3(const unsigned int x = 1, const unsigned int y = 1, const unsigned int z = 1)
        : x(x), y(y), z(z)
    {
    }
};

inline dim3 threadIdx, blockIdx, blockDim, gridDim;

enum { cudaMemcpyHostToDevice };
inline void cudaMalloc(void** memory, const size_t size) { *memory = std::malloc(size); }
inline void cudaMemcpy(void* to, const void* from, const size_t size, int)
{
    std::memcpy(to, from, size);
}

namespace emulation
{
enum { WARP_SIZE = 32, LARGEST = 1024, STACK = 1 << 15 };
enum State { READY, AT_WARP, AT_BLOCK, ENDED };

struct Fiber
{
    ucontext_t start;
    jmp_buf here;
    bool started = false;
    State state = ENDED;
    unsigned int n_shuffles = 0;
    std::unique_ptr<char[]> stack;
};

inline Fiber fibers[LARGEST];
inline jmp_buf scheduler;
inline Fiber* running;
inline std::function<void()> kernel;
inline double shuffled[2][LARGEST];
inline bool reversed = false;
inline unsigned long n_launches = 0;

inline void fail(const char* why)
{
    std::fprintf(stderr, "The emulated GPU: %s.\n", why);
    std::abort();
}

inline void wait(const State state)
{
    running->state = state;
    if (_setjmp(running->here) == 0) _longjmp(scheduler, 1);
}

inline void live()
{
    for (;;)
    {
        kernel();
        wait(ENDED);
    }
}

// ucontext gives a fiber its stack; jumps, which make no system call, change between them.
inline void resume(const int thread)
{
    running = &fibers[thread];
    threadIdx = dim3(thread);
    if (_setjmp(scheduler) != 0) return;
    if (running->started) _longjmp(running->here, 1);
    running->started = true;
    running->stack.reset(new char[STACK]);
    getcontext(&running->start);
    running->start.uc_stack.ss_sp = running->stack.get();
    running->start.uc_stack.ss_size = STACK;
    makecontext(&running->start, live, 0);
    setcontext(&running->start);
}

inline int turn(const int k, const int n) { return reversed ? n - 1 - k : k; }

// Whether all of n threads wait for the same; that some do while others ended is an error.
inline bool all_wait(const int first, const int n, const State state)
{
    int waiting = 0;
    for (int k = first; k < first + n; k++) waiting += fibers[k].state == state;
    if (waiting > 0 && waiting < n) fail("not every thread comes to the barrier");
    return waiting == n;
}

inline void run_warp(const int first, const int n)
{
    do
    {
        for (int k = 0; k < n; k++)
            if (fibers[first + turn(k, n)].state <= AT_WARP) resume(first + turn(k, n));
    } while (all_wait(first, n, AT_WARP));
}

inline void run_block(const int n)
{
    for (int k = 0; k < n; k++) fibers[k].state = READY;
    const int n_warps = (n + WARP_SIZE - 1) / WARP_SIZE;
    do
    {
        for (int w = 0; w < n_warps; w++)
        {
            const int first = turn(w, n_warps) * WARP_SIZE;
            run_warp(first, n - first < WARP_SIZE ? n - first : WARP_SIZE);
        }
        // Those that wait for their block are ready again when all do.
    } while (all_wait(0, n, AT_BLOCK) && [n] {
        for (int k = 0; k < n; k++) fibers[k].state = READY;
        return true;
    }());
}

template <typename Kernel> struct Launch
{
    dim3 blocks, block_size;
    Kernel body;

    Launch(const dim3 blocks, const dim3 block_size, const Kernel body)
        : blocks(blocks), block_size(block_size), body(body)
    {
    }

    template <typename... Given> void operator()(const Given... given) const
    {
        if (block_size.x > LARGEST || block_size.x == 0) fail("a block has 1 to 1024 threads");
        if (blocks.x == 0 || blocks.y == 0 || blocks.y > 65535) fail("the grid is not possible");
        n_launches++;
        const Kernel copy = body;
        kernel = [=] { copy(given...); };
        gridDim = blocks;
        blockDim = block_size;
        const int n = (int)(blocks.x * blocks.y);
        for (int k = 0; k < n; k++)
        {
            blockIdx = dim3(turn(k, n) % blocks.x, turn(k, n) / blocks.x);
            run_block((int)block_size.x);
        }
    }
};
} // namespace emulation

inline void __syncthreads() { emulation::wait(emulation::AT_BLOCK); }

// The value of the thread `distance` further in the warp, or one's own beyond its end.
template <typename Number>
Number __shfl_down_sync(const unsigned int mask, const Number value, const int distance)
{
    using namespace emulation;
    if (mask != 0xffffffffu) fail("only whole warps are emulated");
    const int thread = (int)threadIdx.x, lane = thread % WARP_SIZE;
    double* const values = shuffled[running->n_shuffles++ % 2];
    values[thread] = value;
    wait(AT_WARP);
    return (Number)values[lane + distance < WARP_SIZE ? thread + distance : thread];
}
