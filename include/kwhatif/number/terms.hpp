// A number as a sum of products of powers of K inputs: what a formula is, found by running it.
#pragma once

#include <kwhatif/number/concepts.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kwhatif::number {

/// factor · x_0^power_0 · x_1^power_1 …
template <std::size_t K>
struct Product {
  double factor = 0;
  std::array<std::int8_t, K> power{};
};

/// A value that knows how it depends on K inputs, as long as that is a sum of few products of powers of them:
/// a formula run over it says whether a result is a product, a sum of products, or neither, without a second
/// list of formulas. Terms of equal powers are one; what becomes no such sum keeps its value alone.
template <std::size_t K>
class Terms {
 public:
  static constexpr std::size_t most = 6;  ///< terms; a sum of more counts as no such sum

  constexpr Terms() = default;
  constexpr explicit Terms(double constant) : value_(constant) {
    if (constant != 0) add({constant, {}});
  }
  /// The i-th input.
  static constexpr Terms input(double value, std::size_t i) {
    Terms out;
    out.value_ = value;
    Product<K> self{1, {}};
    self.power[i] = 1;
    out.add(self);
    return out;
  }

  constexpr double value() const { return value_; }
  /// Whether products() is what the number is.
  constexpr bool known() const { return known_; }
  /// Its terms, none for zero; meaningless unless known().
  constexpr std::span<const Product<K>> products() const { return {terms_.data(), count_}; }

  friend constexpr Terms operator+(const Terms& a, const Terms& b) { return sum(a, b, 1); }
  friend constexpr Terms operator-(const Terms& a, const Terms& b) { return sum(a, b, -1); }
  friend constexpr Terms operator*(const Terms& a, const Terms& b) {
    Terms out;
    out.value_ = a.value_ * b.value_;
    out.known_ = a.known_ && b.known_;
    for (std::size_t i = 0; i < a.count_ && out.known_; ++i) {
      for (std::size_t j = 0; j < b.count_ && out.known_; ++j) {
        Product<K> both{a.terms_[i].factor * b.terms_[j].factor, a.terms_[i].power};
        out.multiply(both, b.terms_[j], 1);
      }
    }
    return out;
  }
  friend constexpr Terms operator/(const Terms& a, const Terms& b) {
    Terms out;
    out.value_ = a.value_ / b.value_;
    out.known_ = a.known_ && b.known_ && b.count_ == 1;
    for (std::size_t i = 0; i < a.count_ && out.known_; ++i) {
      Product<K> both{a.terms_[i].factor / b.terms_[0].factor, a.terms_[i].power};
      out.multiply(both, b.terms_[0], -1);
    }
    return out;
  }

 private:
  static constexpr int greatest_power = 64;

  static constexpr Terms sum(const Terms& a, const Terms& b, double sign) {
    Terms out = a;
    out.value_ = a.value_ + sign * b.value_;
    out.known_ = a.known_ && b.known_;
    for (std::size_t j = 0; j < b.count_ && out.known_; ++j)
      out.add({sign * b.terms_[j].factor, b.terms_[j].power});
    return out;
  }
  constexpr void multiply(Product<K>& product, const Product<K>& by, int sign) {
    for (std::size_t k = 0; k < K; ++k) {
      const int power = product.power[k] + sign * by.power[k];
      if (power > greatest_power || power < -greatest_power) known_ = false;
      product.power[k] = static_cast<std::int8_t>(power);
    }
    add(product);
  }
  constexpr void add(const Product<K>& product) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (terms_[i].power != product.power) continue;
      terms_[i].factor += product.factor;
      if (terms_[i].factor == 0) terms_[i] = terms_[--count_];
      return;
    }
    if (count_ == most)
      known_ = false;
    else
      terms_[count_++] = product;
  }

  double value_ = 0;
  bool known_ = true;
  std::uint8_t count_ = 0;
  std::array<Product<K>, most> terms_{};
};

template <std::size_t K>
constexpr double value(const Terms<K>& x) {
  return x.value();
}

static_assert(Number<Terms<2>>);

}  // namespace kwhatif::number
