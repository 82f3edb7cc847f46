// lesson: what one measured run tells of the forecast of another.
//
// The logarithms of measured over forecast time of two runs of one user are jointly normal: they share the
// parts of their spread that have one name (the user's level, the device family, what is unknown alike), and
// of what is a run's own as much as the runs are alike. A measurement moves the other forecast by its share
// and narrows it. Does not live here: reading a measurement (run), how it is told (report).
#pragma once

#include <kwhatif/predict/forecast.hpp>

namespace kwhatif::predict {

/// A run that was measured, beside what was forecast of it.
struct Pilot {
  double missed = 0;     ///< ln(measured / forecast) of the time, or of the power
  double deviation = 0;  ///< standard deviation of ln of that forecast
  std::vector<SpreadPart> parts;
  Whereabouts where;
  double noise = 0;  ///< standard deviation of ln of the measurement itself
};

/// A forecast after the measurement.
struct Lesson {
  double shift = 0;        ///< of ln
  double deviation = 0;    ///< standard deviation of ln that is left
  double correlation = 0;  ///< between the errors of the two forecasts
  std::vector<SpreadPart> parts;
};

/// The forecast of a run after the pilot.
///
///   C = Σ shared parts √(v_k · w_k),  shift = C / (V_pilot + noise²) · missed,
///   variance = V − C² / (V_pilot + noise²), of each shared part as much as it had in C
///
/// @param deviation  standard deviation of ln of the run's forecast         >= 0
/// @param parts      its parts, shares of the variance
/// @param where      where the run lies: how alike the own parts are
/// @return           the run's forecast after the pilot; for the pilot itself, the noise alone is left
/// @source           kwhatif, data/predict/README.md: pairs of runs of one publisher; the posterior of a
/// joint normal
/// @tested           property: never wider, the pilot's own forecast comes out as measured; sampling
Lesson learn(const Pilot& pilot, double deviation, const std::vector<SpreadPart>& parts,
             const Whereabouts& where);

/// The same of a forecast of time, which takes it on.
Lesson learn(const Pilot& pilot, const Whereabouts& where, Forecast& forecast);

/// A draw of the owner whose other systems had this level: moved by it, and as much narrower as runs of one
/// publisher lie closer together than those of several.
void take_level(Distribution& draw, const Spread& spread, const Level& level);

}  // namespace kwhatif::predict
