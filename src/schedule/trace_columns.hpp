// What the columns of an hourly file hold, by the words of their heads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::schedule {

/// A column that holds carbon intensities.
struct IntensityColumn {
  std::size_t column = 0;
  std::string name = {};      ///< the head, as written
  std::string unit = {};      ///< of the unit table, "g/kWh"; empty where the head names none
  std::string boundary = {};  ///< life-cycle, direct, or empty
  std::string basis = {};     ///< consumption, production, or empty
  bool marginal = false;
  int certainty = 0;          ///< 1 measured, 0 not said, -1 forecast
  bool assumed_unit = false;  ///< `unit` is the usual one of such a signal, not of the head
};

/// The unit of mass per energy that a head names in whole words, as the unit table writes it: "g/kWh" of
/// "Carbon Intensity gCO₂eq/kWh (LCA)", "lb/MWh" of "co2_rate_lb_per_mwh". Empty where it names none, another
/// gas, or a mass that is not certain (ton).
std::string unit_named(std::string_view head);

/// A column with this head, whether or not its head says that it holds intensities.
IntensityColumn described(std::size_t column, std::string_view head);

/// The columns that hold intensities: those whose heads name a unit of mass per energy; where there are none,
/// those whose heads call them intensities.
std::vector<IntensityColumn> intensity_columns(const std::vector<std::string>& heads);

/// Which of several to read: life-cycle before direct (as in the built-in traces), average before marginal,
/// measured before forecast, consumption before production.
/// @return the best ones; more than one where the heads tell no difference
std::vector<IntensityColumn> preferred(const std::vector<IntensityColumn>& columns);

/// Whether a head speaks of time.
bool names_time(std::string_view head);
/// How well a head suits the time that a line stands for: higher is better, below zero not at all.
int time_rank(std::string_view head);
/// Whether a head says that its times are the ends of the steps.
bool names_end(std::string_view head);
bool names_begin(std::string_view head);
/// Whether a head is one of the hour of the day ("hour", "HE"), or of half-hours ("settlement period").
bool names_hour(std::string_view head);
bool names_half_hour(std::string_view head);
/// Whether the half-hours are those of the British market.
bool names_settlement(std::string_view head);

/// Whether a head is one of places: zone, country, region.
bool names_place(std::string_view head);

}  // namespace kwhatif::schedule
