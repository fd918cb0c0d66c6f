// Channel shuffle: channel j * GROUPS + i of the output is channel i * (CHANNELS / GROUPS) + j of the input.
#include <numbers.cuh>

__device__ inline int source(int channel) { return channel % GROUPS * (CHANNELS / GROUPS) + channel / GROUPS; }

#if CHANNELS_LAST
// A block stages the channels of ROWS positions in shared memory, and writes them in the other order.
extern "C" __global__ void __launch_bounds__(BLOCK) shuffle(const number* __restrict__ x, number* __restrict__ y) {
    SHARED(memory);
    number* rows = reinterpret_cast<number*>(memory);
    const long long first = (long long)blockIdx.x * ROWS * CHANNELS, left = (long long)BATCH * SIZE * CHANNELS - first;
    const int count = left < ROWS * CHANNELS ? left : ROWS * CHANNELS;
    for (int i = threadIdx.x * VECTOR; i < count; i += BLOCK * VECTOR) write<VECTOR>(rows + i, read<VECTOR>(x + first + i));
    __syncthreads();
    for (int i = threadIdx.x * VECTOR; i < count; i += BLOCK * VECTOR) {
        packed<VECTOR> made;
#pragma unroll
        for (int j = 0; j < VECTOR; ++j) made.each[j] = rows[i / CHANNELS * CHANNELS + source(i % CHANNELS + j)];
        write<VECTOR>(y + first + i, made);
    }
}
#else
// Whole planes change places.
extern "C" __global__ void __launch_bounds__(BLOCK) shuffle(const number* __restrict__ x, number* __restrict__ y) {
    const long long thread = (long long)blockIdx.x * BLOCK + threadIdx.x, plane = thread / (SIZE / VECTOR);
    if (plane >= (long long)BATCH * CHANNELS) return;
    const int within = thread % (SIZE / VECTOR) * VECTOR;
    const long long from = plane / CHANNELS * CHANNELS + source(plane % CHANNELS);
    write<VECTOR>(y + plane * SIZE + within, read<VECTOR>(x + from * SIZE + within));
}
#endif
