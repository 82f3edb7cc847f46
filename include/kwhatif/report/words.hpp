// Words and measures that all texts for people share.
#pragma once

#include <kwhatif/quantity/format.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace kwhatif::report {

/// A quantity of a run, or that it is not known.
template <class Q>
std::string shown(const std::optional<Q>& quantity) {
  return quantity ? quantity::human(*quantity) : std::string{"unknown"};
}

/// A result by its number (grid/sweep.hpp) as a cell of a table; "-" where it is absent or NaN.
std::string shown(std::size_t result, std::optional<double> coherent);

/// "291 to 1170 MWh": in the unit of their geometric middle, which mostly is that of the value between them.
std::string range_words(double from, double to, const quantity::Dimension& dimension);

/// A number of two digits at least: "07".
std::string two_digits(std::size_t n);

}  // namespace kwhatif::report
