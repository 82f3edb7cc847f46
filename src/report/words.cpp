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
  const std::string larger = quantity::human(std::max(from, to), dimension, exact);
  const auto blank = larger.find(' ');
  const std::string unit = blank == std::string::npos ? "" : larger.substr(blank);
  double printed = 0;
  std::from_chars(larger.data(), larger.data() + larger.size(), printed);
  const double scale = printed > 0 ? std::max(from, to) / printed : 1;
  return quantity::significant(from / scale) + " to " + quantity::significant(to / scale) + unit;
}

std::string two_digits(std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

}  // namespace kwhatif::report
