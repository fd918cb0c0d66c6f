// A copy of memory: the most bytes a second that any kernel can move. Each thread has LOADS reads of 16 bytes in flight.
extern "C" __global__ void __launch_bounds__(BLOCK) copy(const uint4* __restrict__ from, uint4* __restrict__ to) {
    const long long first = (long long)blockIdx.x * BLOCK * LOADS + threadIdx.x;
    uint4 held[LOADS];
#pragma unroll
    for (int i = 0; i < LOADS; ++i) {
        if (first + i * BLOCK < CHUNKS) held[i] = __ldg(from + first + i * BLOCK);
    }
#pragma unroll
    for (int i = 0; i < LOADS; ++i) {
        if (first + i * BLOCK < CHUNKS) to[first + i * BLOCK] = held[i];
    }
}
