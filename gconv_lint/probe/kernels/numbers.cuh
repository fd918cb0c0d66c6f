// The type of numbers in memory, NUMBER, which is fp32, fp16 or bf16; sums are in float.
#pragma once

using fp32 = float;
struct fp16 { unsigned short bits; };
struct bf16 { unsigned short bits; };

#include <ptx.cuh>

using number = NUMBER;

__device__ inline float widen(fp32 value) { return value; }
__device__ inline float widen(fp16 value) { return ptx::from_fp16(value.bits); }
__device__ inline float widen(bf16 value) { return __uint_as_float(unsigned(value.bits) << 16); }

__device__ inline void narrow(float value, fp32& to) { to = value; }
__device__ inline void narrow(float value, fp16& to) { to.bits = ptx::to_fp16(value); }
__device__ inline void narrow(float value, bf16& to) { to.bits = ptx::to_bf16(value); }

// A whole aligned access of 2, 4, 8 or 16 bytes.
template <int BYTES> struct chunk;
template <> struct chunk<2> { using type = unsigned short; };
template <> struct chunk<4> { using type = unsigned; };
template <> struct chunk<8> { using type = uint2; };
template <> struct chunk<16> { using type = uint4; };

// COUNT numbers as they lie in memory, read and written at once.
template <int COUNT> union packed {
    typename chunk<COUNT * sizeof(number)>::type whole;
    number each[COUNT];

    __device__ packed() {}
};

template <int COUNT> using whole = typename chunk<COUNT * sizeof(number)>::type;

// Zeros where `inside` is false.
template <int COUNT> __device__ inline packed<COUNT> read(const number* from, bool inside = true) {
    packed<COUNT> found;
    found.whole = ptx::read_if(reinterpret_cast<const whole<COUNT>*>(from), inside);
    return found;
}

template <int COUNT> __device__ inline packed<COUNT> read_shared(const number* from) {
    packed<COUNT> found;
    found.whole = *reinterpret_cast<const whole<COUNT>*>(from);
    return found;
}

template <int COUNT> __device__ inline void write_shared(number* to, const packed<COUNT>& what) {
    *reinterpret_cast<whole<COUNT>*>(to) = what.whole;
}

template <int COUNT> __device__ inline void write(number* to, const packed<COUNT>& what, bool inside = true) {
    ptx::write_if(reinterpret_cast<whole<COUNT>*>(to), what.whole, inside);
}

template <int COUNT> __device__ inline packed<COUNT> zeros() {
    packed<COUNT> none;
    none.whole = {};
    return none;
}
