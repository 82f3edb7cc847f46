#include <kwhatif/uncertain/sobol.hpp>

namespace kwhatif::uncertain {

namespace {

/// Primitive polynomial (degree, inner coefficients) and initial numbers of one dimension.
struct Direction {
  std::uint32_t degree;
  std::uint32_t coefficients;
  std::array<std::uint32_t, 7> initial;
};

constexpr std::array<Direction, sobol_dimensions - 1> directions{{
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
}};

std::uint32_t mix(std::uint32_t x) {  // spreads seeds that differ in few bits
  x ^= x >> 16U;
  x *= 0x7feb352dU;
  x ^= x >> 15U;
  x *= 0x846ca68bU;
  x ^= x >> 16U;
  return x;
}

std::uint32_t reversed(std::uint32_t x) {
  std::uint32_t out = 0;
  for (int i = 0; i < 32; ++i) out |= ((x >> i) & 1U) << (31 - i);
  return out;
}

}  // namespace

Sobol::Sobol(std::size_t dimension, std::uint32_t seed)
    : seed_(mix(seed ^ mix(static_cast<std::uint32_t>(dimension) + 1))) {
  std::array<std::uint32_t, 32> v{};
  if (dimension == 0) {
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = 0x80000000U >> i;
  } else {
    const Direction& d = directions[dimension - 1];
    for (std::size_t i = 0; i < d.degree; ++i) v[i] = d.initial[i] << (31 - i);
    for (std::size_t i = d.degree; i < v.size(); ++i) {
      v[i] = v[i - d.degree] ^ (v[i - d.degree] >> d.degree);
      for (std::size_t k = 1; k < d.degree; ++k) {
        if (((d.coefficients >> (d.degree - 1 - k)) & 1U) != 0) v[i] ^= v[i - k];
      }
    }
  }
  for (std::size_t i = 0; i < v.size(); ++i) reversed_[i] = reversed(v[i]);
}

}  // namespace kwhatif::uncertain
