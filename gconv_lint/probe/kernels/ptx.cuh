// The few machine instructions that CUDA C++ has no name for without its headers.
// A stand-in with the same functions lets the kernels run on a CPU under test.
#pragma once

namespace ptx {

__device__ inline float from_fp16(unsigned short bits) {
    float wide;
    asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(bits));
    return wide;
}

__device__ inline unsigned short to_fp16(float wide) {
    unsigned short bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(wide));
    return bits;
}

__device__ inline unsigned short to_bf16(float wide) {
#if __CUDA_ARCH__ >= 800
    unsigned short bits;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(wide));
    return bits;
#else
    // To the nearest, ties to even; what is not a number stays so.
    const unsigned raw = __float_as_uint(wide);
    if ((raw & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
    return (raw + 0x7fffu + ((raw >> 16) & 1u)) >> 16;
#endif
}

__device__ inline unsigned shared_address(const void* pointer) {
    return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

// One store of 16 bytes to global memory, which the compiler may otherwise split.
__device__ inline void write16(void* to, uint4 what) {
    asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(__cvta_generic_to_global(to)), "r"(what.x),
                 "r"(what.y), "r"(what.z), "r"(what.w)
                 : "memory");
}

// 16 bytes from global to shared memory, past the registers where the GPU can; zeros where `inside` is false.
__device__ inline void copy16(void* shared, const void* global, bool inside) {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)), "l"(global),
                 "r"(inside ? 16 : 0)
                 : "memory");
#else
    *static_cast<uint4*>(shared) = inside ? __ldg(static_cast<const uint4*>(global)) : make_uint4(0, 0, 0, 0);
#endif
}

__device__ inline void copies_done() {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

// Four 8x8 matrices of 16-bit numbers: lane l names row l % 8 of matrix l / 8, and gets two numbers of row l / 4 of each.
__device__ inline void load_matrices(unsigned (&to)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared_address(row))
                 : "memory");
}

// to += a x b for a of 16 x 8 numbers and b of 8 x 8, in fp16.
__device__ inline void multiply_8(float (&to)[4], unsigned a0, unsigned a1, unsigned b0, fp16) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+f"(to[0]), "+f"(to[1]), "+f"(to[2]), "+f"(to[3])
        : "r"(a0), "r"(a1), "r"(b0));
}

__device__ inline void multiply_8(float (&to)[4], unsigned a0, unsigned a1, unsigned b0, bf16) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+f"(to[0]), "+f"(to[1]), "+f"(to[2]), "+f"(to[3])
        : "r"(a0), "r"(a1), "r"(b0));
}

// The same for a of 16 x 16 and b of 16 x 8; a Turing GPU does it in two halves.
__device__ inline void multiply_16(float (&to)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, fp16) {
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(to[0]), "+f"(to[1]), "+f"(to[2]), "+f"(to[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#else
    multiply_8(to, a[0], a[1], b0, fp16());
    multiply_8(to, a[2], a[3], b1, fp16());
#endif
}

__device__ inline void multiply_16(float (&to)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, bf16) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(to[0]), "+f"(to[1]), "+f"(to[2]), "+f"(to[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

}  // namespace ptx

// Shared memory whose size the launch gives.
#define SHARED(name) extern __shared__ __align__(16) unsigned char name[]
