// Multiplications of 16 rows by 8 columns, 32 bytes long, on tensor cores as fast as they go: CHAINS sums a warp, ROUNDS
// long.
#include <numbers.cuh>

extern "C" __global__ void __launch_bounds__(BLOCK) peak_mma(const unsigned* __restrict__ x, float* __restrict__ y) {
    const int thread = blockIdx.x * BLOCK + threadIdx.x;
    unsigned a[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) a[i] = x[thread * 4 + i];
    float sums[CHAINS][4] = {};
    for (int round = 0; round < ROUNDS; ++round) {
#pragma unroll
        for (int i = 0; i < CHAINS; ++i) ptx::multiply_two(sums[i], a, a[0], a[1], number());
    }
    float sum = 0;
#pragma unroll
    for (int i = 0; i < CHAINS; ++i) sum += sums[i][0] + sums[i][1] + sums[i][2] + sums[i][3];
    y[thread] = sum;
}
