// Depthwise convolution, channels last. A thread makes ROWS x COLUMNS outputs of VECTOR channels each: it walks down the
// rows of the input, reads each once, 8 or 16 bytes at a time where channels allow, adds it to all the outputs that use
// it, and writes a row of outputs with the last row that it needs, so that only a few rows of sums are held at a time.
#include <numbers.cuh>

using offset = OFFSET;

constexpr int TAPS = KERNEL_H * KERNEL_W;
// Outputs per channel; a vector of outputs reads READ channels, each for SHARE of its outputs.
constexpr int MULTIPLIER = OUT_CHANNELS / IN_CHANNELS;
constexpr int READ = VECTOR / MULTIPLIER > 1 ? VECTOR / MULTIPLIER : 1, SHARE = VECTOR / READ;
constexpr int VECTORS = OUT_CHANNELS / VECTOR;
constexpr int STRIPS = (OUT_H + ROWS - 1) / ROWS, SPANS = (OUT_W + COLUMNS - 1) / COLUMNS;
constexpr int IN_ROWS = (ROWS - 1) * STRIDE_H + (KERNEL_H - 1) * DILATION_H + 1;
constexpr int IN_COLUMNS = (COLUMNS - 1) * STRIDE_W + (KERNEL_W - 1) * DILATION_W + 1;

// Which row of outputs uses row `in` of the input for row `tap` of the kernel; -1 where none of this thread does.
__device__ constexpr int user(int in, int tap, int stride, int dilation, int count) {
    const int ahead = in - tap * dilation;
    return ahead >= 0 && ahead % stride == 0 && ahead / stride < count ? ahead / stride : -1;
}

__device__ inline void add_row(float (&sums)[COLUMNS][VECTOR], const packed<READ> (&row)[IN_COLUMNS],
                               const packed<VECTOR>* weights) {
#pragma unroll
    for (int s = 0; s < KERNEL_W; ++s) {
        const packed<VECTOR> tap = read_shared<VECTOR>(weights[s * SLAB].each);
#pragma unroll
        for (int t = 0; t < COLUMNS; ++t) {
#pragma unroll
            for (int j = 0; j < VECTOR; ++j) {
                sums[t][j] += widen(row[t * STRIDE_W + s * DILATION_W].each[j / SHARE]) * widen(tap.each[j]);
            }
        }
    }
}

// The block's weights, tap by tap so that a warp reads them without conflicts: packed [TAPS][SLAB].
__device__ inline void stage_weights(const number* weight, packed<VECTOR>* weights) {
    for (int i = threadIdx.x; i < SLAB * VECTOR * TAPS; i += BLOCK) {
        const int channel = i / TAPS, tap = i % TAPS;
        if (blockIdx.y * SLAB * VECTOR + channel < OUT_CHANNELS) {
            weights[tap * SLAB + channel / VECTOR].each[channel % VECTOR] =
                weight[offset(blockIdx.y) * SLAB * VECTOR * TAPS + i];
        }
    }
}

// One row of outputs.
__device__ inline void store(const float (&sums)[COLUMNS][VECTOR], number* y, bool inside, int left) {
#pragma unroll
    for (int u = 0; u < COLUMNS; ++u) {
        packed<VECTOR> made;
#pragma unroll
        for (int j = 0; j < VECTOR; ++j) narrow(sums[u][j], made.each[j]);
        write<VECTOR>(y + offset(u) * OUT_CHANNELS, made, inside && left + u < OUT_W);
    }
}

// A block has SLAB vectors of channels side by side, for BLOCK / SLAB places.
extern "C" __global__ void __launch_bounds__(BOUNDS)
depthwise_nhwc(const number* __restrict__ x, const number* __restrict__ weight, number* __restrict__ y) {
    SHARED(memory);
    packed<VECTOR>* weights = reinterpret_cast<packed<VECTOR>*>(memory);
    stage_weights(weight, weights);
    __syncthreads();

    const int vector = blockIdx.y * SLAB + threadIdx.x % SLAB;
    const offset place = offset(blockIdx.x) * (BLOCK / SLAB) + threadIdx.x / SLAB;
    if (vector >= VECTORS || place >= offset(BATCH) * STRIPS * SPANS) return;
    const int left = place % SPANS * COLUMNS, top = place / SPANS % STRIPS * ROWS;
    const offset image = place / (SPANS * STRIPS);
    const int in_top = top * STRIDE_H - PAD_H, in_left = left * STRIDE_W - PAD_W;
    const number* from = x + image * IN_H * IN_W * IN_CHANNELS + vector * VECTOR / MULTIPLIER;
    number* to = y + ((image * OUT_H + top) * OUT_W + left) * OUT_CHANNELS + vector * VECTOR;

    float sums[ROWS][COLUMNS][VECTOR] = {};
#pragma unroll
    for (int i = 0; i < IN_ROWS; ++i) {
        packed<READ> row[IN_COLUMNS];
        const int h = in_top + i;
#pragma unroll
        for (int j = 0; j < IN_COLUMNS; ++j) {
            const int w = in_left + j;
            const bool inside = h >= 0 && h < IN_H && w >= 0 && w < IN_W;
            row[j] = read<READ>(from + (offset(h) * IN_W + w) * IN_CHANNELS, inside);
        }
#pragma unroll
        for (int r = 0; r < KERNEL_H; ++r) {
            const int t = user(i, r, STRIDE_H, DILATION_H, ROWS);
            if (t >= 0) add_row(sums[t], row, weights + r * KERNEL_W * SLAB + threadIdx.x % SLAB);
        }
        const int done = user(i, KERNEL_H - 1, STRIDE_H, DILATION_H, ROWS);
        if (done >= 0) store(sums[done], to + offset(done) * OUT_W * OUT_CHANNELS, top + done < OUT_H, left);
    }
}
