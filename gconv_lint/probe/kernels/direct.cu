// Any grouped convolution of up to three axes, transposed ones too: each thread sums up TILE channels of a group at one
// position.
#include <numbers.cuh>

// Offsets are of 64 bits only where a tensor has more numbers than 32 bits count.
using offset = OFFSET;

constexpr int IN_WIDTH = IN_CHANNELS / GROUPS, OUT_WIDTH = OUT_CHANNELS / GROUPS;
constexpr int TILES = OUT_CHANNELS / TILE, POSITIONS = OUT_D * OUT_H * OUT_W, TAPS = KERNEL_D * KERNEL_H * KERNEL_W;

// Strides of memory: of one channel and of one position, in the input and the output; of one input channel, one output
// channel and one tap in the weight, whose first axis has the outputs, or of a transposed convolution the inputs.
#if CHANNELS_LAST
constexpr offset IN_CHANNEL = 1, IN_POSITION = IN_CHANNELS, OUT_CHANNEL = 1, OUT_POSITION = OUT_CHANNELS;
constexpr int NARROW = 1, TAP = TRANSPOSED ? OUT_WIDTH : IN_WIDTH;
#else
constexpr offset IN_CHANNEL = offset(IN_D) * IN_H * IN_W, IN_POSITION = 1, OUT_CHANNEL = POSITIONS, OUT_POSITION = 1;
constexpr int NARROW = TAPS, TAP = 1;
#endif
constexpr int WIDE = (TRANSPOSED ? OUT_WIDTH : IN_WIDTH) * TAPS;
constexpr int WEIGHT_IN = TRANSPOSED ? WIDE : NARROW, WEIGHT_OUT = TRANSPOSED ? NARROW : WIDE;

// Along one axis, the position that a tap reads for an output; -1 where there is none.
__device__ inline int source(int out, int tap, int stride, int pad, int dilation, int size) {
    const int at = TRANSPOSED ? out + pad - tap * dilation : out * stride - pad + tap * dilation;
    if (at < 0 || (TRANSPOSED && at % stride != 0)) return -1;
    const int found = TRANSPOSED ? at / stride : at;
    return found < size ? found : -1;
}

// Adds one tap of every channel of the group to the sums.
__device__ inline void add_tap(float (&sums)[TILE], const number* x, const number* weight) {
    for (int c = 0; c < IN_WIDTH; ++c) {
        const float value = widen(x[c * IN_CHANNEL]);
#pragma unroll
        for (int k = 0; k < TILE; ++k) sums[k] += value * widen(weight[k * WEIGHT_OUT + c * WEIGHT_IN]);
    }
}

// Four blocks at a time leave room for registers: left to itself, the compiler spills a few to have fewer.
extern "C" __global__ void __launch_bounds__(BLOCK, 4)
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
    const number* from = x + image * IN_CHANNELS * IN_D * IN_H * IN_W + group * IN_WIDTH * IN_CHANNEL;
    const number* weights = weight + offset(group) * IN_WIDTH * OUT_WIDTH * TAPS + first % OUT_WIDTH * WEIGHT_OUT;

    float sums[TILE] = {};
    for (int tap = 0; tap < TAPS; ++tap) {
        const int d = source(position / (OUT_H * OUT_W), tap / (KERNEL_H * KERNEL_W), STRIDE_D, PAD_D, DILATION_D, IN_D);
        const int h = source(position / OUT_W % OUT_H, tap / KERNEL_W % KERNEL_H, STRIDE_H, PAD_H, DILATION_H, IN_H);
        const int w = source(position % OUT_W, tap % KERNEL_W, STRIDE_W, PAD_W, DILATION_W, IN_W);
        if (d < 0 || h < 0 || w < 0) continue;
        add_tap(sums, from + ((offset(d) * IN_H + h) * IN_W + w) * IN_POSITION, weights + tap * TAP);
    }
    number* to = y + image * OUT_CHANNELS * POSITIONS + first * OUT_CHANNEL + position * OUT_POSITION;
#pragma unroll
    for (int k = 0; k < TILE; ++k) narrow(sums[k], to[k * OUT_CHANNEL]);
}
