// A factor with its range, as publications give the effect of a measure.
#pragma once

namespace kwhatif::uncertain {

/// A factor with the band that its source leaves open; low is the smallest factor.
struct FactorBand {
  double low = 1;
  double typical = 1;
  double high = 1;
};
/// Product of two independent bands: typical values multiply, logarithms of the deviations add in quadrature.
FactorBand operator*(const FactorBand& a, const FactorBand& b);

}  // namespace kwhatif::uncertain
