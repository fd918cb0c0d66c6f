// Depthwise convolution, channels first. A block stages rows of PLANES channels in shared memory, between margins of
// zeros; a thread walks down COLUMNS columns, reads each row of the input once, HELD numbers at a time, and keeps
// ROWS x COLUMNS outputs in registers.
#include <numbers.cuh>

using offset = OFFSET;

constexpr int TAPS = KERNEL_H * KERNEL_W, MULTIPLIER = OUT_CHANNELS / IN_CHANNELS;
constexpr int BANDS = (OUT_H + BAND - 1) / BAND, STRIPS = BAND / ROWS;
constexpr int IN_ROWS = (ROWS - 1) * STRIDE_H + (KERNEL_H - 1) * DILATION_H + 1;
constexpr int STAGED_ROWS = (BAND - 1) * STRIDE_H + (KERNEL_H - 1) * DILATION_H + 1;
constexpr int CHUNKS = PITCH / VECTOR, SPANS = (OUT_W + COLUMNS - 1) / COLUMNS;
// Numbers of a row that a thread uses, and those before them that it reads along.
constexpr int LEAD = (MARGIN - PAD_W) % HELD, USED = (COLUMNS - 1) * STRIDE_W + (KERNEL_W - 1) * DILATION_W + 1;
constexpr int READS = (LEAD + USED + HELD - 1) / HELD;
// Outputs that are written at once: all columns where they divide a row.
constexpr int WRITTEN = OUT_W % COLUMNS == 0 ? COLUMNS : 1;

// Which row of outputs uses row `in` of the input for row `tap` of the kernel; -1 where none of this thread does.
__device__ constexpr int user(int in, int tap, int stride, int dilation, int count) {
    const int ahead = in - tap * dilation;
    return ahead >= 0 && ahead % stride == 0 && ahead / stride < count ? ahead / stride : -1;
}

// Rows of the block's input channels: [PLANES][STAGED_ROWS][PITCH], column MARGIN + w for column w of the input.
__device__ inline void stage(const number* x, number* rows, offset plane, int in_top) {
    for (int i = threadIdx.x; i < PLANES * STAGED_ROWS * CHUNKS; i += BLOCK) {
        const int w = i % CHUNKS * VECTOR - MARGIN, h = in_top + i / CHUNKS % STAGED_ROWS;
        const offset channel = plane + i / (CHUNKS * STAGED_ROWS);
        const bool inside = h >= 0 && h < IN_H && w >= 0 && w < IN_W && channel < offset(BATCH) * IN_CHANNELS;
        write_shared<VECTOR>(rows + i * VECTOR, read<VECTOR>(x + (channel * IN_H + h) * IN_W + w, inside));
    }
}

// A row of the input as a thread uses it.
__device__ inline void read_row(float (&row)[READS * HELD], const number* staged) {
#pragma unroll
    for (int i = 0; i < READS; ++i) {
        const packed<HELD> found = read_shared<HELD>(staged + i * HELD);
#pragma unroll
        for (int j = 0; j < HELD; ++j) row[i * HELD + j] = widen(found.each[j]);
    }
}

// ROWS x COLUMNS outputs, from the place in the staged rows where the reads for the first one begin.
__device__ inline void add(float (&sums)[ROWS][COLUMNS], const number* staged, const float (&weights)[TAPS]) {
#pragma unroll
    for (int i = 0; i < IN_ROWS; ++i) {
        float row[READS * HELD];
        read_row(row, staged + i * PITCH);
#pragma unroll
        for (int r = 0; r < KERNEL_H; ++r) {
            const int t = user(i, r, STRIDE_H, DILATION_H, ROWS);
#pragma unroll
            for (int s = 0; s < KERNEL_W; ++s) {
#pragma unroll
                for (int u = 0; u < COLUMNS; ++u) {
                    if (t >= 0) sums[t][u] += row[LEAD + u * STRIDE_W + s * DILATION_W] * weights[r * KERNEL_W + s];
                }
            }
        }
    }
}

__device__ inline void store(const float (&sums)[COLUMNS], number* y, bool inside, int left) {
#pragma unroll
    for (int u = 0; u < COLUMNS; u += WRITTEN) {
        packed<WRITTEN> made;
#pragma unroll
        for (int j = 0; j < WRITTEN; ++j) narrow(sums[u + j], made.each[j]);
        write<WRITTEN>(y + u, made, inside && left + u < OUT_W);
    }
}

// Outputs of one channel from one staged plane, MULTIPLIER of them.
__device__ inline void outputs(const number* staged, const number* weight, number* y, int top, int strip, int left) {
    for (int m = 0; m < MULTIPLIER; ++m) {
        float weights[TAPS], sums[ROWS][COLUMNS] = {};
#pragma unroll
        for (int tap = 0; tap < TAPS; ++tap) weights[tap] = widen(weight[m * TAPS + tap]);
        add(sums, staged + strip * ROWS * STRIDE_H * PITCH + left * STRIDE_W + MARGIN - PAD_W - LEAD, weights);
#pragma unroll
        for (int t = 0; t < ROWS; ++t) {
            const int h = top + strip * ROWS + t;
            store(sums[t], y + (offset(m) * OUT_H + h) * OUT_W + left, h < OUT_H, left);
        }
    }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
depthwise_nchw(const number* __restrict__ x, const number* __restrict__ weight, number* __restrict__ y) {
    SHARED(memory);
    number* rows = reinterpret_cast<number*>(memory);
    const int top = blockIdx.x % BANDS * BAND;
    const offset plane = offset(blockIdx.x / BANDS) * PLANES;
    stage(x, rows, plane, top * STRIDE_H - PAD_H);
    __syncthreads();

    for (int i = threadIdx.x; i < PLANES * STRIPS * SPANS; i += BLOCK) {
        const int left = i % SPANS * COLUMNS, strip = i / SPANS % STRIPS, within = i / (SPANS * STRIPS);
        const offset here = plane + within;
        if (here >= offset(BATCH) * IN_CHANNELS) return;
        const number* weights = weight + here % IN_CHANNELS * MULTIPLIER * TAPS;
        outputs(rows + within * STAGED_ROWS * PITCH, weights, y + here * MULTIPLIER * OUT_H * OUT_W, top, strip, left);
    }
}
