// number: the number types that a formula can be run over, and the few functions that formulas may call.
//
// A formula is a function template over T. The same source text runs with
//   double    values; sweeps and everything that must be fast
//   Traced    the value plus a record of how it came to be (explain)
//   Interval  guaranteed bounds, here used to carry the rounding of printed inputs (reproduce)
// A number type offers + - * /, construction from double, and value(); nothing else may be asked of it.
// Branching on *values* inside a formula is not allowed; branching on configuration is an ordinary `if`
// outside.
//
// Does not live here: dimensions (quantity), sources (catalog). This module includes nothing of the
// project.
#pragma once

#include <concepts>

namespace kwhatif::number {

/// The central value of a number.
constexpr double value(double x) { return x; }

/// What a formula may assume of its number type.
template <class T>
concept Number = std::copyable<T> && std::constructible_from<T, double> && requires(T a, T b) {
  { a + b } -> std::convertible_to<T>;
  { a - b } -> std::convertible_to<T>;
  { a* b } -> std::convertible_to<T>;
  { a / b } -> std::convertible_to<T>;
  { value(a) } -> std::convertible_to<double>;
};

}  // namespace kwhatif::number
