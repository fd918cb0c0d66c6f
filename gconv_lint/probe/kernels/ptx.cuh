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

// Whole accesses of 2, 4, 8 or 16 bytes to global memory, where `inside` says so: as one instruction each, so that lanes
// do not part and reads are in flight together. What is not read is zero.
#define READ_IF(TYPE, KIND, ZEROS, PLACES, OUTPUTS, ADDRESS, SWITCH)                                        \
    __device__ inline TYPE read_if(const TYPE* from, bool inside) {                                       \
        TYPE found;                                                                                       \
        asm volatile("{.reg .pred p; setp.ne.b32 p, " SWITCH ", 0; " ZEROS                                \
                     " @p ld.global.nc" KIND " " PLACES ", [" ADDRESS "]; }"                              \
                     : OUTPUTS                                                                            \
                     : "l"(__cvta_generic_to_global(from)), "r"(int(inside)));                            \
        return found;                                                                                     \
    }
#define ALL(...) __VA_ARGS__
READ_IF(unsigned short, ".u16", "mov.b16 %0, 0;", "%0", ALL("=h"(found)), "%1", "%2")
READ_IF(unsigned, ".u32", "mov.b32 %0, 0;", "%0", ALL("=r"(found)), "%1", "%2")
READ_IF(uint2, ".v2.u32", "mov.b32 %0, 0; mov.b32 %1, 0;", "{%0, %1}", ALL("=r"(found.x), "=r"(found.y)), "%2", "%3")
READ_IF(uint4, ".v4.u32", "mov.b32 %0, 0; mov.b32 %1, 0; mov.b32 %2, 0; mov.b32 %3, 0;", "{%0, %1, %2, %3}",
        ALL("=r"(found.x), "=r"(found.y), "=r"(found.z), "=r"(found.w)), "%4", "%5")
#undef READ_IF

#define WRITE_IF(TYPE, KIND, PLACES, INPUTS)                                                              \
    __device__ inline void write_if(TYPE* to, TYPE what, bool inside) {                                   \
        asm volatile("{.reg .pred p; setp.ne.b32 p, %1, 0; @p st.global" KIND " [%0], " PLACES "; }"      \
                     ::"l"(__cvta_generic_to_global(to)), "r"(int(inside)), INPUTS                        \
                     : "memory");                                                                         \
    }
WRITE_IF(unsigned short, ".u16", "%2", ALL("h"(what)))
WRITE_IF(unsigned, ".u32", "%2", ALL("r"(what)))
WRITE_IF(uint2, ".v2.u32", "{%2, %3}", ALL("r"(what.x), "r"(what.y)))
WRITE_IF(uint4, ".v4.u32", "{%2, %3, %4, %5}", ALL("r"(what.x), "r"(what.y), "r"(what.z), "r"(what.w)))
#undef WRITE_IF
#undef ALL

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

// What a matrix instruction takes of 4 bytes of numbers: those of 16 bits as they are, one of 32 bits rounded to tf32.
__device__ inline unsigned operand(unsigned bits, fp16) { return bits; }
__device__ inline unsigned operand(unsigned bits, bf16) { return bits; }
__device__ inline unsigned operand(unsigned bits, fp32) {
#if __CUDA_ARCH__ >= 800
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(__uint_as_float(bits)));
#endif
    return bits;
}

// to += a x b for a of 16 rows of a unit, 16 bytes of numbers, and b of 8 columns of one.
#define MULTIPLY_ONE(SHAPE, TYPE, NUMBERS)                                                                       \
    __device__ inline void multiply_one(float (&to)[4], unsigned a0, unsigned a1, unsigned b0, NUMBERS) {        \
        asm("mma.sync.aligned." SHAPE ".row.col.f32." TYPE "." TYPE ".f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, "    \
            "{%0, %1, %2, %3};"                                                                                  \
            : "+f"(to[0]), "+f"(to[1]), "+f"(to[2]), "+f"(to[3])                                                 \
            : "r"(a0), "r"(a1), "r"(b0));                                                                        \
    }

// The same for rows and columns of two units.
#define MULTIPLY_TWO(SHAPE, TYPE, NUMBERS)                                                                       \
    __device__ inline void multiply_two(float (&to)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, NUMBERS) { \
        asm("mma.sync.aligned." SHAPE ".row.col.f32." TYPE "." TYPE ".f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "  \
            "{%8, %9}, {%0, %1, %2, %3};"                                                                        \
            : "+f"(to[0]), "+f"(to[1]), "+f"(to[2]), "+f"(to[3])                                                 \
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));                                     \
    }

MULTIPLY_ONE("m16n8k8", "f16", fp16)
MULTIPLY_ONE("m16n8k8", "bf16", bf16)
MULTIPLY_ONE("m16n8k4", "tf32", fp32)
#if __CUDA_ARCH__ >= 800
MULTIPLY_TWO("m16n8k16", "f16", fp16)
#else
// A Turing GPU does it in two halves.
__device__ inline void multiply_two(float (&to)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, fp16) {
    multiply_one(to, a[0], a[1], b0, fp16());
    multiply_one(to, a[2], a[3], b1, fp16());
}
#endif
MULTIPLY_TWO("m16n8k16", "bf16", bf16)
MULTIPLY_TWO("m16n8k8", "tf32", fp32)

}  // namespace ptx

// Shared memory whose size the launch gives.
#define SHARED(name) extern __shared__ __align__(16) unsigned char name[]
