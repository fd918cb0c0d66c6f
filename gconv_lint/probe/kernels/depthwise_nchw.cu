// Depthwise convolution, channels first. A block stages rows of PLANES channels in shared memory, between margins of
// zeros; a thread walks down one column, reads each row of the input once and keeps ROWS outputs in registers.
#include <numbers.cuh>

using offset = OFFSET;

constexpr int TAPS = KERNEL_H * KERNEL_W, MULTIPLIER = OUT_CHANNELS / IN_CHANNELS;
constexpr int BANDS = (OUT_H + BAND - 1) / BAND, STRIPS = BAND / ROWS;
constexpr int IN_ROWS = (ROWS - 1) * STRIDE_H + (KERNEL_H - 1) * DILATION_H + 1;
constexpr int STAGED_ROWS = (BAND - 1) * STRIDE_H + (KERNEL_H - 1) * DILATION_H + 1;
constexpr int CHUNKS = PITCH / VECTOR;

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
        const packed<VECTOR> found = inside ? read<VECTOR>(x + (channel * IN_H + h) * IN_W + w) : zeros<VECTOR>();
        write_shared<VECTOR>(rows + i * VECTOR, found);
    }
}

// One column of ROWS outputs, from the place in the staged rows where its kernel begins.
__device__ inline void column(float (&sums)[ROWS], const number* staged, const float (&weights)[TAPS]) {
#pragma unroll
    for (int i = 0; i < IN_ROWS; ++i) {
        float row[KERNEL_W];
#pragma unroll
        for (int s = 0; s < KERNEL_W; ++s) row[s] = widen(staged[i * PITCH + s * DILATION_W]);
#pragma unroll
        for (int r = 0; r < KERNEL_H; ++r) {
            const int t = user(i, r, STRIDE_H, DILATION_H, ROWS);
#pragma unroll
            for (int s = 0; s < KERNEL_W; ++s) {
                if (t >= 0) sums[t] += row[s] * weights[r * KERNEL_W + s];
            }
        }
    }
}

// Outputs of one channel from one staged plane, MULTIPLIER of them.
__device__ inline void outputs(const number* staged, const number* weight, number* y, int top, int strip, int w) {
    for (int m = 0; m < MULTIPLIER; ++m) {
        float weights[TAPS], sums[ROWS] = {};
#pragma unroll
        for (int tap = 0; tap < TAPS; ++tap) weights[tap] = widen(weight[m * TAPS + tap]);
        column(sums, staged + strip * ROWS * STRIDE_H * PITCH + w * STRIDE_W + MARGIN - PAD_W, weights);
#pragma unroll
        for (int t = 0; t < ROWS; ++t) {
            const int h = top + strip * ROWS + t;
            if (h < OUT_H) narrow(sums[t], y[(offset(m) * OUT_H + h) * OUT_W + w]);
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

    for (int i = threadIdx.x; i < PLANES * STRIPS * OUT_W; i += BLOCK) {
        const int w = i % OUT_W, strip = i / OUT_W % STRIPS, within = i / (OUT_W * STRIPS);
        const offset here = plane + within;
        if (here >= offset(BATCH) * IN_CHANNELS) return;
        const number* weights = weight + here % IN_CHANNELS * MULTIPLIER * TAPS;
        outputs(rows + within * STAGED_ROWS * PITCH, weights, y + here * MULTIPLIER * OUT_H * OUT_W, top, strip, w);
    }
}
