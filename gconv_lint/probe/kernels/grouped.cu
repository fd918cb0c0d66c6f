// Grouped convolution on tensor cores: y[position][k] = sum over taps and c of x[position + tap][c] * weight[k][tap][c].
//
// Groups that are narrower than a tile of 8 channels are merged to WIDTH channels, with zeros for weights between
// groups. A block stages the input of a tile of BLOCK_H x BLOCK_W outputs, and SLAB merged groups, in shared memory as
// [position][channel]. A warp holds the weights of COLUMNS tiles of 8 outputs in registers, over all taps, and
// multiplies 16 positions at a time; it keeps them for all the tiles that the block takes one after another.
#include <numbers.cuh>

using offset = OFFSET;

constexpr int IN_GROUP = IN_CHANNELS / GROUPS, OUT_GROUP = OUT_CHANNELS / GROUPS;
constexpr int WIDTH = IN_GROUP * MERGED, OUT_WIDTH = OUT_GROUP * MERGED;
constexpr int TAPS = KERNEL_H * KERNEL_W, EIGHTS = WIDTH / 8, DEPTH = TAPS * EIGHTS;
// Sixteen bytes are a unit; rows an odd number of units apart lie in different banks.
constexpr int UNITS = SLAB * EIGHTS, PITCH = (UNITS + 1 - UNITS % 2) * 8;
constexpr int STAGED_H = (BLOCK_H - 1) * STRIDE_H + (KERNEL_H - 1) * DILATION_H + 1;
constexpr int STAGED_W = (BLOCK_W - 1) * STRIDE_W + (KERNEL_W - 1) * DILATION_W + 1, STAGED = STAGED_H * STAGED_W;
constexpr int POSITIONS = BLOCK_H * BLOCK_W, ROWS = (POSITIONS + 15) / 16;
constexpr int DOWN = (OUT_H + BLOCK_H - 1) / BLOCK_H, ACROSS = (OUT_W + BLOCK_W - 1) / BLOCK_W;
constexpr int STEPS = OUT_WIDTH / 8 / COLUMNS, SPLITS = STEPS > MOST_STEPS ? STEPS / MOST_STEPS : 1;
constexpr int WARP_STEPS = STEPS / SPLITS, ROLES = SLAB * WARP_STEPS, SHARERS = BLOCK / 32 / ROLES;

__device__ inline unsigned pair(number low, number high) { return low.bits | unsigned(high.bits) << 16; }

// One weight of merged group `merged`, channels counted within it.
__device__ inline number weight_at(const number* weight, int merged, int k, int tap, int c) {
    if (c / IN_GROUP != k / OUT_GROUP) return number{0};
    const offset row = offset(merged) * OUT_WIDTH + k;
#if CHANNELS_LAST
    return weight[(row * TAPS + tap) * IN_GROUP + c % IN_GROUP];
#else
    return weight[(row * IN_GROUP + c % IN_GROUP) * TAPS + tap];
#endif
}

// The weights of a warp, as fragments: column lane / 4, two of the depth.
__device__ inline void load_weights(unsigned (&to)[COLUMNS][DEPTH], const number* weight, int merged, int first) {
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int n = 0; n < COLUMNS; ++n) {
#pragma unroll
        for (int block = 0; block < DEPTH; ++block) {
            const int k = first + n * 8 + lane / 4, tap = block / EIGHTS, c = block % EIGHTS * 8 + lane % 4 * 2;
            to[n][block] = pair(weight_at(weight, merged, k, tap, c), weight_at(weight, merged, k, tap, c + 1));
        }
    }
}

// The input that a tile of outputs reads, zeros around it.
__device__ inline void stage(const number* x, number* staged, offset image, int in_top, int in_left, int channel) {
#if CHANNELS_LAST
    for (int i = threadIdx.x; i < STAGED * UNITS; i += BLOCK) {
        const int position = i / UNITS, unit = i % UNITS;
        const int h = in_top + position / STAGED_W, w = in_left + position % STAGED_W;
        const bool inside = h >= 0 && h < IN_H && w >= 0 && w < IN_W;
        const offset from = inside ? ((image * IN_H + h) * IN_W + w) * IN_CHANNELS + channel + unit * 8 : 0;
        ptx::copy16(staged + position * PITCH + unit * 8, x + from, inside);
    }
    ptx::copies_done();
#else
    for (int i = threadIdx.x; i < STAGED * UNITS * 4; i += BLOCK) {
        const int position = i % STAGED, c = i / STAGED * 2;
        const int h = in_top + position / STAGED_W, w = in_left + position % STAGED_W;
        packed<2> both = zeros<2>();
        if (h >= 0 && h < IN_H && w >= 0 && w < IN_W) {
            const number* from = x + ((image * IN_CHANNELS + channel + c) * IN_H + h) * IN_W + w;
            both.each[0] = from[0];
            both.each[1] = from[offset(IN_H) * IN_W];
        }
        write_shared<2>(staged + position * PITCH + c, both);
    }
#endif
}

// Where the numbers of a block of 8 of the depth lie, from those of the first tap.
__device__ constexpr int place(int block) {
    const int tap = block / EIGHTS;
    return (tap / KERNEL_W * DILATION_H * STAGED_W + tap % KERNEL_W * DILATION_W) * PITCH + block % EIGHTS * 8;
}

// 16 positions x COLUMNS x 8 channels, from the numbers of the first tap at this lane's row.
__device__ inline void multiply(float (&sums)[COLUMNS][4], const unsigned (&weights)[COLUMNS][DEPTH], const number* row) {
    const bool later = threadIdx.x % 32 >= 16;
#pragma unroll
    for (int block = 0; block < DEPTH; block += 2) {
        const int next = block + 1 < DEPTH ? block + 1 : block;
        unsigned rows[4];
        ptx::load_matrices(rows, row + (later ? place(next) : place(block)));
#pragma unroll
        for (int n = 0; n < COLUMNS; ++n) {
            if (next > block) {
                ptx::multiply_16(sums[n], rows, weights[n][block], weights[n][next], number());
            } else {
                ptx::multiply_8(sums[n], rows[0], rows[1], weights[n][block], number());
            }
        }
    }
}

// Two channels of one position.
__device__ inline void store(float low, float high, number* y, offset image, int h, int w, int k) {
    if (h >= OUT_H || w >= OUT_W) return;
    packed<2> both;
    narrow(low, both.each[0]);
    narrow(high, both.each[1]);
#if CHANNELS_LAST
    write<2>(y + ((image * OUT_H + h) * OUT_W + w) * OUT_CHANNELS + k, both);
#else
    number* to = y + ((image * OUT_CHANNELS + k) * OUT_H + h) * OUT_W + w;
    to[0] = both.each[0];
    to[offset(OUT_H) * OUT_W] = both.each[1];
#endif
}

extern "C" __global__ void __launch_bounds__(BLOCK)
grouped(const number* __restrict__ x, const number* __restrict__ weight, number* __restrict__ y) {
    SHARED(memory);
    number* staged = reinterpret_cast<number*>(memory);
    const int lane = threadIdx.x % 32, role = threadIdx.x / 32 % ROLES, sharer = threadIdx.x / 32 / ROLES;
    const int within = role / WARP_STEPS, merged = blockIdx.y / SPLITS * SLAB + within;
    const int first = (blockIdx.y % SPLITS * WARP_STEPS + role % WARP_STEPS) * COLUMNS * 8;
    unsigned weights[COLUMNS][DEPTH];
    load_weights(weights, weight, merged, first);

    for (int tile = blockIdx.x; tile < BATCH * DOWN * ACROSS; tile += gridDim.x) {
        const int left = tile % ACROSS * BLOCK_W, top = tile / ACROSS % DOWN * BLOCK_H;
        const offset image = tile / (ACROSS * DOWN);
        __syncthreads();
        stage(x, staged, image, top * STRIDE_H - PAD_H, left * STRIDE_W - PAD_W, (merged - within) * WIDTH);
        __syncthreads();
        for (int part = sharer; part < ROWS; part += SHARERS) {
            const int row = part * 16 + lane % 16, position = row < POSITIONS ? row : POSITIONS - 1;
            const int corner = position / BLOCK_W * STRIDE_H * STAGED_W + position % BLOCK_W * STRIDE_W;
            float sums[COLUMNS][4] = {};
            // Stores at the edge part the lanes, which the matrix instructions need together.
            __syncwarp();
            multiply(sums, weights, staged + corner * PITCH + within * WIDTH);
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                const int at = part * 16 + half * 8 + lane / 4;
                if (at >= POSITIONS) continue;
#pragma unroll
                for (int n = 0; n < COLUMNS; ++n) {
                    const int k = merged * OUT_WIDTH + first + n * 8 + lane % 4 * 2;
                    store(sums[n][half * 2], sums[n][half * 2 + 1], y, image, top + at / BLOCK_W, left + at % BLOCK_W, k);
                }
            }
        }
    }
}
