// timings: the measured times that the forecast is fitted to and tested on.
#pragma once

#include <kwhatif/predict/engine.hpp>

#include <string>
#include <vector>

namespace kwhatif::predict {

/// One measured time of a token.
struct Timing {
  std::string id;
  std::string publisher;
  std::string setting;  ///< shares what is not described with others of the publisher; empty: none
  std::string source;
  std::string family;  ///< of its device
  Training<double> training;
  ForecastDevice device;
  double weight = 1;
  double seconds = 0;            ///< per token (sample) and device            [s]
  std::optional<double> memory;  ///< of a device in use                       [B]
};

/// All rows of the timing tables.
/// @errors diag::InternalError with the row where one has no device in the tables or no number where one must
/// be
std::vector<Timing> timings(const catalog::Catalog& catalog);
/// Those on at least so many devices; in much less time than all where these are few.
std::vector<Timing> timings_from(const catalog::Catalog& catalog, double devices);

}  // namespace kwhatif::predict
