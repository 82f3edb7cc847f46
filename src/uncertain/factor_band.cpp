#include <kwhatif/uncertain/factor_band.hpp>

#include <cmath>

namespace kwhatif::uncertain {

FactorBand operator*(const FactorBand& a, const FactorBand& b) {
  const double typical = a.typical * b.typical;
  const auto side = [](double x, double y) { return std::sqrt(x * x + y * y); };
  return {typical * std::exp(-side(std::log(a.typical / a.low), std::log(b.typical / b.low))), typical,
          typical * std::exp(side(std::log(a.high / a.typical), std::log(b.high / b.typical)))};
}

}  // namespace kwhatif::uncertain
