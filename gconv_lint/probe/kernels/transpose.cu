// BATCH matrices of ROWS x COLUMNS, each transposed: NCHW to NHWC where rows are channels, and back where columns are.
// A block turns a tile of TILE x TILE in shared memory, whose rows are ODD numbers longer, so that columns of the tile
// lie in different banks.
#include <numbers.cuh>

constexpr int DOWN = (ROWS + TILE - 1) / TILE, ACROSS = (COLUMNS + TILE - 1) / TILE, PITCH = TILE + ODD;

extern "C" __global__ void __launch_bounds__(BLOCK) transpose(const number* __restrict__ x, number* __restrict__ y) {
    SHARED(memory);
    number* tile = reinterpret_cast<number*>(memory);
    const int left = blockIdx.x % ACROSS * TILE, top = blockIdx.x / ACROSS % DOWN * TILE;
    const long long matrix = (long long)(blockIdx.x / (ACROSS * DOWN)) * ROWS * COLUMNS;
    for (int i = threadIdx.x; i < TILE * TILE / READ; i += BLOCK) {
        const int row = i / (TILE / READ), column = i % (TILE / READ) * READ;
        if (top + row >= ROWS || left + column >= COLUMNS) continue;
        const packed<READ> found = read<READ>(x + matrix + (long long)(top + row) * COLUMNS + left + column);
#pragma unroll
        for (int j = 0; j < READ; ++j) tile[row * PITCH + column + j] = found.each[j];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < TILE * TILE / WRITE; i += BLOCK) {
        const int column = i / (TILE / WRITE), row = i % (TILE / WRITE) * WRITE;
        if (top + row >= ROWS || left + column >= COLUMNS) continue;
        packed<WRITE> made;
#pragma unroll
        for (int j = 0; j < WRITE; ++j) made.each[j] = tile[(row + j) * PITCH + column];
        write<WRITE>(y + matrix + (long long)(left + column) * ROWS + top + row, made);
    }
}
