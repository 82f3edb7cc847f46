// A number with a dimension (and, where it matters, a kind) that the compiler checks.
#pragma once

#include <kwhatif/quantity/dimension.hpp>

#include <concepts>
#include <utility>

namespace kwhatif::quantity {

/// The kind of a quantity that needs no further distinction.
struct plain {};

/// A number of type T in the coherent unit of dimension D.
///
/// Addition and comparison need the same dimension *and* kind; products and quotients are plain. A plain
/// quantity becomes one of a kind only by naming the kind: FacilityEnergy<T>{it_energy.plain() * pue}.
/// Costs nothing: same size and instructions as a bare T.
template <Dimension D, class T = double, class Kind = plain>
class Quantity {
 public:
  static constexpr Dimension dimension = D;
  using number_type = T;
  using kind_type = Kind;

  constexpr Quantity() = default;
  /// From a bare number in the coherent unit. The only way in: name the unit where you call it.
  static constexpr Quantity from_coherent(T value) {
    Quantity q;
    q.value_ = std::move(value);
    return q;
  }
  /// Gives a plain quantity its kind.
  template <class K = Kind>
  requires(!std::same_as<K, plain>) explicit constexpr Quantity(const Quantity<D, T, quantity::plain>& other)
      : value_(other.coherent()) {}

  /// The bare number in the coherent unit (J, s, kg, FLOP, …).
  constexpr const T& coherent() const { return value_; }
  /// The same quantity without its kind, on purpose.
  constexpr Quantity<D, T, quantity::plain> plain() const {
    return Quantity<D, T, quantity::plain>::from_coherent(value_);
  }

  friend constexpr Quantity operator+(const Quantity& a, const Quantity& b) {
    return from_coherent(a.value_ + b.value_);
  }
  friend constexpr Quantity operator-(const Quantity& a, const Quantity& b) {
    return from_coherent(a.value_ - b.value_);
  }
  friend constexpr auto operator<=>(const Quantity& a,
                                    const Quantity& b) requires std::three_way_comparable<T>
  = default;
  friend constexpr bool operator==(const Quantity& a, const Quantity& b) requires std::equality_comparable<T>
  = default;

 private:
  T value_{};
};

template <Dimension A, Dimension B, class T, class KA, class KB>
constexpr Quantity<A * B, T> operator*(const Quantity<A, T, KA>& a, const Quantity<B, T, KB>& b) {
  return Quantity<A * B, T>::from_coherent(a.coherent() * b.coherent());
}

template <Dimension A, Dimension B, class T, class KA, class KB>
constexpr Quantity<A / B, T> operator/(const Quantity<A, T, KA>& a, const Quantity<B, T, KB>& b) {
  return Quantity<A / B, T>::from_coherent(a.coherent() / b.coherent());
}

}  // namespace kwhatif::quantity
