// The functions beyond + - * / that formulas may call, for every number type: each is monotone in each
// argument, so that bounds of a formula can be had from bounds of its inputs.
//
// Does not live here: anything that chooses by value with a jump but `exceeds`, which is what a formula asks
// where a term exists only beyond a size (a second node, a second stage).
#pragma once

#include <kwhatif/number/concepts.hpp>
#include <kwhatif/number/dual.hpp>
#include <kwhatif/number/interval.hpp>
#include <kwhatif/number/traced.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::number {

// --- double
// -----------------------------------------------------------------------------------------------------
inline double least(double a, double b) { return a < b ? a : b; }
inline double most(double a, double b) { return a > b ? a : b; }
inline double exponential(double x) { return std::exp(x); }
inline double logarithm(double x) { return std::log(x); }
inline double root(double x) { return std::sqrt(x); }
inline double whole_up(double x) { return std::ceil(x); }
/// x to a constant power.
inline double power(double x, double exponent) { return std::pow(x, exponent); }
/// 1 where a > b, else 0.
inline double exceeds(double a, double b) { return a > b ? 1.0 : 0.0; }

// --- Dual: derivatives of the branch taken; steps have none
// ------------------------------------------------------
namespace detail {
/// f(x) with f'(x) = slope.
template <std::size_t K>
Dual<K> chained(double value, double slope, const Dual<K>& x) {
  Dual<K> inner(value);
  for (std::size_t i = 0; i < K; ++i) inner.set_by(i, slope * x.by(i));
  return inner;
}
}  // namespace detail
template <std::size_t K>
Dual<K> least(const Dual<K>& a, const Dual<K>& b) {
  return a.value() < b.value() ? a : b;
}
template <std::size_t K>
Dual<K> most(const Dual<K>& a, const Dual<K>& b) {
  return a.value() > b.value() ? a : b;
}
template <std::size_t K>
Dual<K> exponential(const Dual<K>& x) {
  const double e = std::exp(x.value());
  return detail::chained(e, e, x);
}
template <std::size_t K>
Dual<K> logarithm(const Dual<K>& x) {
  return detail::chained(std::log(x.value()), 1 / x.value(), x);
}
template <std::size_t K>
Dual<K> root(const Dual<K>& x) {
  const double r = std::sqrt(x.value());
  return detail::chained(r, 0.5 / r, x);
}
template <std::size_t K>
Dual<K> whole_up(const Dual<K>& x) {
  return Dual<K>(std::ceil(x.value()));
}
template <std::size_t K>
Dual<K> power(const Dual<K>& x, double exponent) {
  const double p = std::pow(x.value(), exponent);
  return detail::chained(p, exponent * p / x.value(), x);
}
template <std::size_t K>
Dual<K> exceeds(const Dual<K>& a, const Dual<K>& b) {
  return Dual<K>(exceeds(a.value(), b.value()));
}

// --- Interval
// ---------------------------------------------------------------------------------------------------
inline Interval least(const Interval& a, const Interval& b) {
  return {least(a.low, b.low), least(a.high, b.high)};
}
inline Interval most(const Interval& a, const Interval& b) {
  return {most(a.low, b.low), most(a.high, b.high)};
}
inline Interval exponential(const Interval& x) { return {std::exp(x.low), std::exp(x.high)}; }
inline Interval logarithm(const Interval& x) { return {std::log(x.low), std::log(x.high)}; }
inline Interval root(const Interval& x) { return {std::sqrt(x.low), std::sqrt(x.high)}; }
inline Interval whole_up(const Interval& x) { return {std::ceil(x.low), std::ceil(x.high)}; }
inline Interval power(const Interval& x, double exponent) {
  const double a = std::pow(x.low, exponent);
  const double b = std::pow(x.high, exponent);
  return {least(a, b), most(a, b)};
}
inline Interval exceeds(const Interval& a, const Interval& b) {
  return {exceeds(a.low, b.high), exceeds(a.high, b.low)};
}

// --- Traced: of a choice the branch taken
// --------------------------------------------------------------------------------------------------------
inline Traced least(const Traced& a, const Traced& b) { return a.value() < b.value() ? a : b; }
inline Traced most(const Traced& a, const Traced& b) { return a.value() > b.value() ? a : b; }
inline Traced exponential(const Traced& x) { return x.through(Operation::exponential, std::exp(x.value())); }
inline Traced logarithm(const Traced& x) { return x.through(Operation::logarithm, std::log(x.value())); }
inline Traced root(const Traced& x) { return x.through(Operation::root, std::sqrt(x.value())); }

}  // namespace kwhatif::number
