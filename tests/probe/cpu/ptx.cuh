// Stands in for the kernels' own ptx.cuh: the same functions on a CPU, the matrix ones by PTX's layout of fragments.
#pragma once

namespace ptx {

inline float from_fp16(unsigned short bits) { return float(__builtin_bit_cast(_Float16, bits)); }
inline unsigned short to_fp16(float wide) { return __builtin_bit_cast(unsigned short, _Float16(wide)); }

inline unsigned short to_bf16(float wide) {
    const unsigned raw = __float_as_uint(wide);
    if ((raw & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
    return (raw + 0x7fffu + ((raw >> 16) & 1u)) >> 16;
}

template <class T> inline T read_if(const T* from, bool inside) { return inside ? *from : T{}; }
template <class T> inline void write_if(T* to, T what, bool inside) {
    if (inside) *to = what;
}

inline void copy16(void* shared, const void* global, bool inside) {
    *static_cast<uint4*>(shared) = inside ? *static_cast<const uint4*>(global) : uint4{0, 0, 0, 0};
}
inline void copies_done() {}

inline void load_matrices(unsigned (&to)[4], const void* row) {
    const void* const* rows = static_cast<const void* const*>(cpu::exchange(&row, sizeof row, __LINE__));
    for (int matrix = 0; matrix < 4; ++matrix) {
        to[matrix] = static_cast<const unsigned*>(rows[matrix * 8 + cpu::lane() / 4])[cpu::lane() % 4];
    }
}

inline float number_of(unsigned bits, int which, fp16) { return from_fp16(bits >> 16 * which); }
inline float number_of(unsigned bits, int which, bf16) { return __uint_as_float(bits >> 16 * which << 16); }
// Tensor cores leave out the last 13 bits of a float.
inline float number_of(unsigned bits, int, fp32) { return __uint_as_float(bits & ~0x1fffu); }

inline unsigned operand(unsigned bits, fp16) { return bits; }
inline unsigned operand(unsigned bits, bf16) { return bits; }
// To the nearest, ties away from zero.
inline unsigned operand(unsigned bits, fp32) { return (bits + 0x1000u) & ~0x1fffu; }

struct Fragments { unsigned a[4], b[2]; };

// A unit is 16 bytes in the depth: a0 and a1 hold rows l / 4 and l / 4 + 8, b0 column l / 4, each 4 bytes of the depth.
template <class T>
inline void multiply(float (&to)[4], const Fragments& mine, int units, T kind, int line) {
    constexpr int PER = 4 / sizeof(T);
    const Fragments* all = static_cast<const Fragments*>(cpu::exchange(&mine, sizeof mine, line));
    const int row = cpu::lane() / 4, column = cpu::lane() % 4 * 2;
    for (int each = 0; each < 4; ++each) {
        for (int depth = 0; depth < 4 * PER * units; ++depth) {
            const int unit = depth / (4 * PER), within = depth / PER % 4;
            const unsigned a = all[row * 4 + within].a[unit * 2 + each / 2];
            const unsigned b = all[(column + each % 2) * 4 + within].b[unit];
            to[each] += number_of(a, depth % PER, kind) * number_of(b, depth % PER, kind);
        }
    }
}

template <class T> inline void multiply_one(float (&to)[4], unsigned a0, unsigned a1, unsigned b0, T kind) {
    multiply(to, Fragments{{a0, a1, 0, 0}, {b0, 0}}, 1, kind, __LINE__);
}

template <class T>
inline void multiply_two(float (&to)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, T kind) {
    multiply(to, Fragments{{a[0], a[1], a[2], a[3]}, {b0, b1}}, 2, kind, __LINE__);
}

}  // namespace ptx

#define SHARED(name) unsigned char* const name = cpu::shared()
