// Grouped convolution on tensor cores: y[position][k] = sum over taps and c of x[position + tap][c] * weight[k][tap][c].
//
// Numbers of 16 bits are multiplied as they are; those of 32 bits as tf32. Groups that are narrower than 16 bytes, or
// than a tile of 8 outputs, are merged to WIDTH channels, with zeros for weights between groups. A block stages the
// input of a tile of BLOCK_H x BLOCK_W outputs, and SLAB merged groups, in shared memory as [position][channel]. A warp
// holds the weights of COLUMNS tiles of 8 outputs in registers, over all taps, and multiplies 16 positions at a time; it
// keeps them for all the tiles that the block takes one after another.
#include <numbers.cuh>

using offset = OFFSET;

// Numbers of 16 bytes, which are a unit, and of a register.
constexpr int UNIT = 16 / sizeof(number), PER = 4 / sizeof(number);
constexpr int IN_GROUP = IN_CHANNELS / GROUPS, OUT_GROUP = OUT_CHANNELS / GROUPS;
constexpr int WIDTH = IN_GROUP * MERGED, OUT_WIDTH = OUT_GROUP * MERGED;
constexpr int TAPS = KERNEL_H * KERNEL_W, PARTS = WIDTH / UNIT, DEPTH = TAPS * PARTS;
// Rows an odd number of units apart lie in different banks.
constexpr int UNITS = SLAB * PARTS, PITCH = (UNITS + 1 - UNITS % 2) * UNIT;
constexpr int STAGED_H = (BLOCK_H - 1) * STRIDE_H + (KERNEL_H - 1) * DILATION_H + 1;
constexpr int STAGED_W = (BLOCK_W - 1) * STRIDE_W + (KERNEL_W - 1) * DILATION_W + 1, STAGED = STAGED_H * STAGED_W;
constexpr int POSITIONS = BLOCK_H * BLOCK_W, ROWS = (POSITIONS + 15) / 16;
constexpr int DOWN = (OUT_H + BLOCK_H - 1) / BLOCK_H, ACROSS = (OUT_W + BLOCK_W - 1) / BLOCK_W;
constexpr int STEPS = OUT_WIDTH / 8 / COLUMNS, SPLITS = STEPS > MOST_STEPS ? STEPS / MOST_STEPS : 1;
constexpr int WARP_STEPS = STEPS / SPLITS, ROLES = SLAB * WARP_STEPS, SHARERS = BLOCK / 32 / ROLES;
// Outputs of a lane at one position, which lie side by side, and how many of them are written at once.
constexpr int RUN = 2 * COLUMNS, WRITTEN = RUN < UNIT ? RUN : UNIT;

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

// The weights of a warp, as fragments: column lane / 4 of each tile, a register of the depth. Columns 2q and 2q + 1 of all
// tiles are neighbours in the output, so that lane q of four, which gets their sums, writes them at once.
__device__ inline void load_weights(unsigned (&to)[COLUMNS][DEPTH], const number* weight, int merged, int first) {
    const int lane = threadIdx.x % 32, column = lane / 4;
#pragma unroll
    for (int n = 0; n < COLUMNS; ++n) {
        const int k = first + column / 2 * RUN + n * 2 + column % 2;
#pragma unroll
        for (int block = 0; block < DEPTH; ++block) {
            const int tap = block / PARTS, c = block % PARTS * UNIT + lane % 4 * PER;
            packed<PER> found;
#pragma unroll
            for (int j = 0; j < PER; ++j) found.each[j] = weight_at(weight, merged, k, tap, c + j);
            to[n][block] = ptx::operand(found.whole, number());
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
        const offset from = inside ? ((image * IN_H + h) * IN_W + w) * IN_CHANNELS + channel + unit * UNIT : 0;
        ptx::copy16(staged + position * PITCH + unit * UNIT, x + from, inside);
    }
    ptx::copies_done();
#else
    for (int i = threadIdx.x; i < STAGED * UNITS * 4; i += BLOCK) {
        const int position = i % STAGED, c = i / STAGED * PER;
        const int h = in_top + position / STAGED_W, w = in_left + position % STAGED_W;
        const bool inside = h >= 0 && h < IN_H && w >= 0 && w < IN_W;
        const number* from = x + ((image * IN_CHANNELS + channel + c) * IN_H + h) * IN_W + w;
        packed<PER> found;
#pragma unroll
        for (int j = 0; j < PER; ++j) found.each[j] = read<1>(from + offset(j) * IN_H * IN_W, inside).each[0];
        write_shared<PER>(staged + position * PITCH + c, found);
    }
#endif
}

// Where the numbers of a unit of the depth lie, from those of the first tap.
__device__ constexpr int place(int block) {
    const int tap = block / PARTS;
    return (tap / KERNEL_W * DILATION_H * STAGED_W + tap % KERNEL_W * DILATION_W) * PITCH + block % PARTS * UNIT;
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
                ptx::multiply_two(sums[n], rows, weights[n][block], weights[n][next], number());
            } else {
                ptx::multiply_one(sums[n], rows[0], rows[1], weights[n][block], number());
            }
        }
    }
}

__device__ inline offset at_output(offset image, int h, int w, int k) {
#if CHANNELS_LAST
    return ((image * OUT_H + h) * OUT_W + w) * OUT_CHANNELS + k;
#else
    return ((image * OUT_CHANNELS + k) * OUT_H + h) * OUT_W + w;
#endif
}

// The sums of a lane at one of the positions of its rows, `half` 0 or 1, to where the first of them belongs.
__device__ inline void store(const float (&sums)[COLUMNS][4], int half, number* to, bool inside) {
    number made[RUN];
#pragma unroll
    for (int i = 0; i < RUN; ++i) narrow(sums[i / 2][half * 2 + i % 2], made[i]);
#if CHANNELS_LAST
#pragma unroll
    for (int i = 0; i < RUN; i += WRITTEN) {
        packed<WRITTEN> some;
#pragma unroll
        for (int j = 0; j < WRITTEN; ++j) some.each[j] = made[i + j];
        write<WRITTEN>(to + i, some, inside);
    }
#else
#pragma unroll
    for (int i = 0; i < RUN; ++i) {
        packed<1> one;
        one.each[0] = made[i];
        write<1>(to + offset(i) * OUT_H * OUT_W, one, inside);
    }
#endif
}

extern "C" __global__ void __launch_bounds__(BOUNDS)
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
            multiply(sums, weights, staged + corner * PITCH + within * WIDTH);
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                const int at = part * 16 + half * 8 + lane / 4, k = merged * OUT_WIDTH + first + lane % 4 * RUN;
                const int h = top + at / BLOCK_W, w = left + at % BLOCK_W;
                store(sums, half, y + at_output(image, h, w, k), at < POSITIONS && h < OUT_H && w < OUT_W);
            }
        }
    }
}
