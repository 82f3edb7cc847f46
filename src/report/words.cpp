#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kwhatif::report {

std::string shown(std::size_t result, std::optional<double> coherent) {
  if (!coherent || std::isnan(*coherent)) return "-";
  return quantity::human(*coherent, grid::result_dimension(result));
}

std::string range_words(double from, double to, const quantity::Dimension& dimension) {
  constexpr int exact = 15;  // digits: the unit's size in coherent units follows from them
  const double least = std::min(from, to);
  const double most = std::max(from, to);
  const double middle = least > 0 ? std::sqrt(least) * std::sqrt(most) : most;
  const std::string typical = quantity::human(middle, dimension, exact);
  const auto blank = typical.find(' ');
  const std::string unit = blank == std::string::npos ? "" : typical.substr(blank);
  double printed = 0;
  std::from_chars(typical.data(), typical.data() + typical.size(), printed);
  const double scale = printed > 0 ? middle / printed : 1;
  return quantity::significant(from / scale) + " to " + quantity::significant(to / scale) + unit;
}

std::string two_digits(std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

}  // namespace kwhatif::report
