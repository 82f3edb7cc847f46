#include "chart_parts.hpp"

#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kwhatif::report {

AxisUnit::AxisUnit(double largest, const quantity::Dimension& dimension) {
  if (!drawable(largest) || largest == 0) return;
  constexpr int exact = 15;  // digits: the unit's size in coherent units follows from them
  const std::string words = quantity::human(largest, dimension, exact);
  double printed = 0;
  std::from_chars(words.data(), words.data() + words.size(), printed);
  if (!drawable(printed) || printed == 0) return;
  scale_ = largest / printed;
  if (const auto blank = words.find(' '); blank != std::string::npos) name_ = words.substr(blank + 1);
}

std::string AxisUnit::title(std::string_view what) const {
  return std::string{what} + (name_.empty() ? "" : ", " + name_);
}

bool drawable(double value) { return std::isfinite(value); }

std::string with_interval(double value, double low, double high, const quantity::Dimension& dimension) {
  return quantity::human(value, dimension) + " (" + range_words(low, high, dimension) + ')';
}

chart::ShareRow share_row(std::string id, std::string label, const std::vector<double>& parts, double whole,
                          const quantity::Dimension& dimension) {
  chart::ShareRow out{std::move(id), std::move(label), quantity::human(whole, dimension), {}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] > 0 && whole > 0)
      out.parts.push_back({i, parts[i] / whole, quantity::human(parts[i], dimension)});
  }
  return out;
}

std::string listed_shortly(const std::vector<std::string>& words, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(most, words.size()); ++i) out += (i == 0 ? "" : "; ") + words[i];
  if (words.size() > most) out += "; and " + std::to_string(words.size() - most) + " more";
  return out;
}

std::string counted(std::size_t n, std::string_view what) {
  return std::to_string(n) + ' ' + std::string{what} + (n == 1 ? "" : "s");
}

}  // namespace kwhatif::report
