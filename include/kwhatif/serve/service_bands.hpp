// How sure the energy of a query is: what is not known of a service, drawn and carried through the formulas.
//
// Five things: the batch (evenly in its logarithm), load, host and PUE (evenly), and what the model of a step
// misses (lognormal; it moves time and energy of the devices alike). Where requests arrive at a known rate,
// batch and load follow from it draw by draw, and what the model misses of the power counts by itself: the
// time of the devices is then told by the rate. What was given is exact. The draws are the points of a Sobol
// sequence, so that the same question has the same band. Does not live here: what is made of a draw
// (ask/serve.hpp).
#pragma once

#include <kwhatif/serve/service.hpp>

#include <optional>
#include <vector>

namespace kwhatif::serve {

/// Ends of what is drawn.
struct Range {
  double low = 0, high = 0;
};

/// A known stream of requests.
struct KnownRate {
  Quantity<dim::step_rate> rate;
  Requests<> most_batch;
  double power_factor = 1;  ///< 5 to 95 % of measured powers lie within 1/this and this
};

/// What is not known; absent: given.
struct Unknowns {
  std::optional<Range> batch = {};
  std::optional<Range> load = {};
  std::optional<Range> host = {};  ///< [W/device]
  std::optional<Range> pue = {};
  std::optional<KnownRate> rate = {};
  double model_factor = 1;  ///< 5 to 95 % of measured energies lie within 1/this and this
  /// 5 and 95 % of the carbon intensity, over its central value.
  std::optional<Range> intensity_factor = {};
  std::optional<Range> made_factor = {};  ///< the same of the manufacture of a device
};

/// One draw: the service as it may be, and the factors on it.
struct ServiceDraw {
  Served<> served;
  double load = 1;
  double pue = 1;
  double batch = 1;
  double intensity_factor = 1;
  double made_factor = 1;
};

/// The service at points of a Sobol sequence, in their order.
std::vector<ServiceDraw> draws(const Service<>& service, const Unknowns& unknowns);

/// Percentiles of one figure over draws.
struct Percentiles {
  double p05 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
};
/// @param values  one per draw, in any order
Percentiles percentiles(std::vector<double> values);

/// The facility energy of a query of one service over that of another, both drawn at the same points, so that
/// what is not known of both, such as load, host and PUE, counts once.
/// @param one, other  of draws(); of the same length
/// @param apart       5 to 95 % of what the model of a step misses of one and not of the other lie within
///                    1/this and this, >= 1
Percentiles ratios(const std::vector<ServiceDraw>& one, const std::vector<ServiceDraw>& other, double apart);

}  // namespace kwhatif::serve
