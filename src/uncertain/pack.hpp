// Many doubles as one number: the formula run over a block of points at once. Private to uncertainty.
#pragma once

#include <kwhatif/number/concepts.hpp>

#include <array>
#include <cstddef>

namespace kwhatif::uncertain {

inline constexpr std::size_t pack_size = 32;

/// pack_size independent values; every operation works on each.
struct Pack {
  std::array<double, pack_size> lane;

  Pack() = default;
  explicit Pack(double all) { lane.fill(all); }

  friend Pack operator+(const Pack& a, const Pack& b) {
    Pack out;
    for (std::size_t i = 0; i < pack_size; ++i) out.lane[i] = a.lane[i] + b.lane[i];
    return out;
  }
  friend Pack operator-(const Pack& a, const Pack& b) {
    Pack out;
    for (std::size_t i = 0; i < pack_size; ++i) out.lane[i] = a.lane[i] - b.lane[i];
    return out;
  }
  friend Pack operator*(const Pack& a, const Pack& b) {
    Pack out;
    for (std::size_t i = 0; i < pack_size; ++i) out.lane[i] = a.lane[i] * b.lane[i];
    return out;
  }
  friend Pack operator/(const Pack& a, const Pack& b) {
    Pack out;
    for (std::size_t i = 0; i < pack_size; ++i) out.lane[i] = a.lane[i] / b.lane[i];
    return out;
  }
};

inline double value(const Pack& x) { return x.lane[0]; }

static_assert(number::Number<Pack>);

}  // namespace kwhatif::uncertain
