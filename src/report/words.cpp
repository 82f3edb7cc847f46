#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/report/words.hpp>

#include <cmath>

namespace kwhatif::report {

std::string shown(std::size_t result, std::optional<double> coherent) {
  if (!coherent || std::isnan(*coherent)) return "-";
  return quantity::human(*coherent, grid::result_dimension(result));
}

std::string two_digits(std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

}  // namespace kwhatif::report
