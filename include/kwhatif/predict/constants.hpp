// The constants of the forecast, from the tables of the catalog.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/predict/forecast.hpp>

namespace kwhatif::predict {

/// All constants of times, settings, draw and bands: coefficient rows "time-…", "usual-…", "draw-…",
/// "spread-…".
/// @errors diag::InternalError where the tables lack one
Constants constants(const catalog::Catalog& catalog);

}  // namespace kwhatif::predict
