// Dual numbers: a value together with its derivatives by K inputs, carried through the same formula text.
#pragma once

#include <kwhatif/number/concepts.hpp>

#include <array>
#include <cstddef>

namespace kwhatif::number {

/// A value and its K partial derivatives (forward mode). A formula run with Dual gives exact first
/// derivatives; an input that occurs several times is counted right, since derivatives are by inputs, not by
/// intermediate results.
template <std::size_t K>
class Dual {
 public:
  constexpr Dual() = default;
  constexpr explicit Dual(double constant) : value_(constant) {}
  /// The i-th input: its derivative by itself is 1.
  static constexpr Dual input(double value, std::size_t i) {
    Dual out(value);
    out.by_[i] = 1;
    return out;
  }

  constexpr double value() const { return value_; }
  /// Derivative by input i.
  constexpr double by(std::size_t i) const { return by_[i]; }
  constexpr void set_by(std::size_t i, double derivative) { by_[i] = derivative; }

  friend constexpr Dual operator+(const Dual& a, const Dual& b) {
    return combine(a.value_ + b.value_, a, 1, b, 1);
  }
  friend constexpr Dual operator-(const Dual& a, const Dual& b) {
    return combine(a.value_ - b.value_, a, 1, b, -1);
  }
  friend constexpr Dual operator*(const Dual& a, const Dual& b) {
    return combine(a.value_ * b.value_, a, b.value_, b, a.value_);
  }
  friend constexpr Dual operator/(const Dual& a, const Dual& b) {
    const double quotient = a.value_ / b.value_;
    return combine(quotient, a, 1 / b.value_, b, -quotient / b.value_);
  }

 private:
  static constexpr Dual combine(double value, const Dual& a, double by_a, const Dual& b, double by_b) {
    Dual out(value);
    for (std::size_t i = 0; i < K; ++i) out.by_[i] = by_a * a.by_[i] + by_b * b.by_[i];
    return out;
  }

  double value_ = 0;
  std::array<double, K> by_{};
};

template <std::size_t K>
constexpr double value(const Dual<K>& x) {
  return x.value();
}

static_assert(Number<Dual<2>>);

}  // namespace kwhatif::number
