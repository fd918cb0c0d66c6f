// Any grouped convolution of up to three axes: each thread sums up TILE channels of a group at one position.
#include <numbers.cuh>

// Offsets are of 64 bits only where a tensor has more numbers than 32 bits count.
using offset = OFFSET;

constexpr int IN_WIDTH = IN_CHANNELS / GROUPS, OUT_WIDTH = OUT_CHANNELS / GROUPS;
constexpr int TILES = OUT_CHANNELS / TILE, POSITIONS = OUT_D * OUT_H * OUT_W, TAPS = KERNEL_D * KERNEL_H * KERNEL_W;

// Strides of memory: of one channel and of one position, in the input, the weight and the output.
#if CHANNELS_LAST
constexpr offset IN_CHANNEL = 1, IN_POSITION = IN_CHANNELS, OUT_CHANNEL = 1, OUT_POSITION = OUT_CHANNELS;
constexpr int WEIGHT_CHANNEL = 1, WEIGHT_TAP = IN_WIDTH;
#else
constexpr offset IN_CHANNEL = offset(IN_D) * IN_H * IN_W, IN_POSITION = 1, OUT_CHANNEL = POSITIONS, OUT_POSITION = 1;
constexpr int WEIGHT_CHANNEL = TAPS, WEIGHT_TAP = 1;
#endif

// Adds one tap of every channel of the group to the sums.
__device__ inline void add_tap(float (&sums)[TILE], const number* x, const number* weight) {
    for (int c = 0; c < IN_WIDTH; ++c) {
        const float value = widen(x[c * IN_CHANNEL]);
#pragma unroll
        for (int k = 0; k < TILE; ++k) {
            sums[k] += value * widen(weight[k * IN_WIDTH * TAPS + c * WEIGHT_CHANNEL]);
        }
    }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
direct(const number* __restrict__ x, const number* __restrict__ weight, number* __restrict__ y) {
    const offset thread = offset(blockIdx.x) * BLOCK + threadIdx.x;
    if (thread >= offset(BATCH) * TILES * POSITIONS) return;
#if CHANNELS_LAST
    const int tile = thread % TILES, position = thread / TILES % POSITIONS;
#else
    const int position = thread % POSITIONS, tile = thread / POSITIONS % TILES;
#endif
    const offset image = thread / (offset(TILES) * POSITIONS);
    const int first = tile * TILE, group = first / OUT_WIDTH;
    const int at_d = position / (OUT_H * OUT_W) * STRIDE_D - PAD_D;
    const int at_h = position / OUT_W % OUT_H * STRIDE_H - PAD_H;
    const int at_w = position % OUT_W * STRIDE_W - PAD_W;
    const number* from = x + image * IN_CHANNELS * IN_D * IN_H * IN_W + group * IN_WIDTH * IN_CHANNEL;

    float sums[TILE] = {};
    for (int tap = 0; tap < TAPS; ++tap) {
        const int d = at_d + tap / (KERNEL_H * KERNEL_W) * DILATION_D;
        const int h = at_h + tap / KERNEL_W % KERNEL_H * DILATION_H;
        const int w = at_w + tap % KERNEL_W * DILATION_W;
        if (d < 0 || d >= IN_D || h < 0 || h >= IN_H || w < 0 || w >= IN_W) continue;
        const offset place = (offset(d) * IN_H + h) * IN_W + w;
        add_tap(sums, from + place * IN_POSITION, weight + offset(first) * IN_WIDTH * TAPS + tap * WEIGHT_TAP);
    }
    number* to = y + image * OUT_CHANNELS * POSITIONS + first * OUT_CHANNEL + position * OUT_POSITION;
#pragma unroll
    for (int k = 0; k < TILE; ++k) narrow(sums[k], to[k * OUT_CHANNEL]);
}
