// Scrambled Sobol points by number: any point of any dimension, without state. Private to uncertainty.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kwhatif::uncertain {

inline constexpr std::size_t sobol_dimensions = 21;

/// One dimension of a Sobol sequence with Owen scrambling by hashing.
///
/// The first 2^k points fall one into each interval of length 2^-k, whatever the seed.
/// @source joe-kuo-2008, table new-joe-kuo-6 (direction numbers); burley-2020, section 3 (scrambling)
class Sobol {
 public:
  Sobol(std::size_t dimension, std::uint32_t seed);

  /// Points first … first + N - 1, in (0, 1). N is a power of two that divides `first`.
  template <std::size_t N>
  void block(std::uint32_t first, std::array<double, N>& out) const {
    std::uint32_t base = 0;
    for (std::uint32_t bit = 0, i = first; i != 0; ++bit, i >>= 1U) {
      if ((i & 1U) != 0) base ^= reversed_[bit];
    }
    std::array<std::uint32_t, N> x;
    x[0] = base;
    for (std::size_t size = 1, bit = 0; size < N; size *= 2, ++bit) {
      for (std::size_t i = 0; i < size; ++i) x[size + i] = x[i] ^ reversed_[bit];
    }
    for (std::size_t i = 0; i < N; ++i) {
      out[i] = (static_cast<double>(reverse(permute(x[i]))) + 0.5) * 0x1p-32;
    }
  }

 private:
  /// A permutation of 32 bits in which each bit depends on itself and lower ones alone (Laine and Karras).
  std::uint32_t permute(std::uint32_t x) const {
    x += seed_;
    x ^= x * 0x6c50b47cU;
    x ^= x * 0xb82f1e52U;
    x ^= x * 0xc7afe638U;
    x ^= x * 0x8d22f6e6U;
    return x;
  }
  static std::uint32_t reverse(std::uint32_t x) {
    x = ((x & 0x55555555U) << 1U) | ((x >> 1U) & 0x55555555U);
    x = ((x & 0x33333333U) << 2U) | ((x >> 2U) & 0x33333333U);
    x = ((x & 0x0F0F0F0FU) << 4U) | ((x >> 4U) & 0x0F0F0F0FU);
    x = ((x & 0x00FF00FFU) << 8U) | ((x >> 8U) & 0x00FF00FFU);
    return (x << 16U) | (x >> 16U);
  }

  std::array<std::uint32_t, 32> reversed_{};  ///< direction numbers, lowest bit first
  std::uint32_t seed_ = 0;
};

}  // namespace kwhatif::uncertain
