// The words of CUDA C++ that the kernels use, for g++; what runs the threads is in run.cpp.
#pragma once

#define __global__
#define __device__
#define __launch_bounds__(...)
#define __align__(n) alignas(n)

struct uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct dim3 { unsigned x, y, z; };

namespace cpu {
extern dim3 block_index, block_size, grid_size;
extern unsigned thread;                                            // the one that runs
unsigned char* shared();                                           // dynamic shared memory of the block
void barrier(int line);                                            // waits for the whole block
const void* exchange(const void* mine, unsigned size, int line);   // waits for the warp; what all its lanes gave
inline int lane() { return thread % 32; }
inline dim3 thread_index() { return {thread, 0, 0}; }
}  // namespace cpu

#define blockIdx (cpu::block_index)
#define threadIdx (cpu::thread_index())
#define blockDim (cpu::block_size)
#define gridDim (cpu::grid_size)
#define __syncthreads() cpu::barrier(__LINE__)
#define __syncwarp() cpu::exchange("", 0, __LINE__)

template <class T> inline T __ldg(const T* from) { return *from; }
inline float __uint_as_float(unsigned bits) { return __builtin_bit_cast(float, bits); }
inline unsigned __float_as_uint(float value) { return __builtin_bit_cast(unsigned, value); }
inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

template <class T> inline T __shfl_xor_sync(unsigned, T value, int with) {
    return static_cast<const T*>(cpu::exchange(&value, sizeof value, __LINE__))[cpu::lane() ^ with];
}
