// The carbon intensity of a place, brought to one comparable definition, with its band.
//
// The definition is life-cycle, consumption-based, location-based, average, of the newest complete year. What
// a table holds is read where it has that definition, and else brought to it by stated steps, each of which
// widens the band: direct values get the upstream part added, production stands for consumption where the
// grid allows it, old years are bridged by the production series of the country. What cannot be brought to it
// is refused: a zone is never valued by its nation. Formulas and their numbers are fits to yearly means of
// 235 zones; g/kWh throughout, since the fits have offsets in it. Does not live here: which place a run is at
// and which row is taken when the user asks for one (src/run/site.cpp), rankings (ask/compare.hpp).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/predict/distribution.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::run {

// --- the fits
// --------------------------------------------------------------------------------------------------

/// Shape of the change from year to year: small on clean grids (a floor of 15 g/kWh upstream) and on
/// all-fossil ones, largest near 100.
///
///   G = max(1 - 15/x, 0.2) · max(1 - x/800, 0.38)^1.8
///
/// @param g_per_kwh  x, life-cycle              [g/kWh]  > 0
/// @source           kwhatif, data/grids/README.md: 4,033 changes of zones and countries, 2016 to 2024
double volatility(double g_per_kwh);

/// The life-cycle part that direct values leave out, additive: 18 + 78 D/(D + 150).
///
/// @param direct  D                             [g/kWh]  >= 0
/// @source        kwhatif, data/grids/README.md: 1,389 pairs of one place and year
double upstream_part(double direct);
/// The direct part of a life-cycle value: the inverse of D + upstream_part(D), not below 0.
double direct_part(double life_cycle);

/// Scales of ln (Student's t of four degrees of freedom) that a step adds.
double scale_of_direct(double direct);
double scale_of_factors(double g_per_kwh);
/// Production taken for consumption; none: refused, below 60 g/kWh on an interconnected grid.
std::optional<double> scale_of_production(double g_per_kwh, bool interconnected);
/// A run of so many hours at an unknown time of the year, against the mean of the year; 0 for a year and
/// more.
///
///   0.5 √G · max(1 - x/800, 0.2) · (1 - d/8760) · √(0.35 + 0.65/(1 + d/60) + 0.3/(1 + (d/12)²))
double scale_of_hours(double g_per_kwh, double hours);

// --- one place
// -------------------------------------------------------------------------------------------------

enum class IntensityStatus {
  read,       ///< of the definition and of the newest year
  bridged,    ///< brought from an older year to the newest
  converted,  ///< from direct or production
  conflict,   ///< two methods far apart: the middle, with half their distance as a scale
  ambiguous,  ///< the site may lie in one of two zones: the middle
  as_is,      ///< the row that the user asked for, by year, boundary, basis or source
  refused     ///< cannot be brought to the definition
};
std::string_view name(IntensityStatus status);

/// What the scale is made of: scales of ln that add in squares.
struct IntensityScales {
  double source = 0, site = 0, direct = 0, production = 0, conflict = 0, zone = 0, bridge = 0, year = 0,
         hours = 0, factors = 0;
  /// Root of the sum of squares, with or without the factors of the technologies, which all places share.
  double total(bool with_factors = true) const;
};

/// The intensity of one place for a run of one year.
struct GridIntensity {
  IntensityStatus status = IntensityStatus::refused;
  double g_per_kwh = 0;
  int read_year = 0;  ///< of the row
  int data_year = 0;  ///< that it was brought to
  int run_year = 0;
  std::string place;    ///< grid
  std::string country;  ///< that it belongs to
  std::string boundary = "life-cycle";
  std::string basis = "consumption";
  std::optional<catalog::Row> row;   ///< that was read; none where refused
  std::vector<std::string> sources;  ///< of the row, of another method, of the series that bridged it
  std::string steps;                 ///< in words; empty where the value is as it was read
  std::string refused;               ///< why
  std::string beside;                ///< of a row as it is: the other values there are, in words
  double shift = 0;                  ///< of the centre of the band, in ln: grids become cleaner
  IntensityScales scales;
  bool europe = false;  ///< in the interconnected area of Europe, whose grids move together

  bool comparable() const { return status != IntensityStatus::as_is && status != IntensityStatus::refused; }
  /// "life-cycle, consumption, average, 2025 bridged from 2023".
  std::string definition() const;
  /// Ends of the band that holds a share of outcomes, 0.5 or 0.9.  [g/kWh]
  std::pair<double, double> band(double share) const;
  /// As the distribution of a number of a run, in kg/J, its parts named by what runs share.
  predict::Distribution distribution() const;
};

/// The intensity of a grid, comparable or refused with the reason.
///
/// @param place  id of a grid of the catalog
/// @param year   in which the run is
/// @tested       golden: worked examples and 238 regions of an independent implementation
GridIntensity comparable(const catalog::Catalog& tables, std::string_view place, int year);
/// A site that may lie in either of two zones: the middle in ln, half their distance a scale of its own.
GridIntensity either(const GridIntensity& one, const GridIntensity& other);
/// The year that runs planned now are in: the edition's, from July on the one after it.
int planned_year(const catalog::Catalog& tables);
/// A row that the user asked for, as it is.
GridIntensity as_it_is(const catalog::Catalog& tables, std::string_view place, const catalog::Row& row);
/// Adds what a run of so many hours at an unknown time of its year differs by.
void last(GridIntensity& intensity, double hours);

// --- two places
// ------------------------------------------------------------------------------------------------

/// Probability that a kWh of the one emits less than one of the other in the year of the run. Factors of the
/// technologies are common to both and left out; of one grid both are alike.
///
///   P = T4( (ln xB - ln xA + shiftB - shiftA + ln rest) / √(sA² + sB² - 2 ρ sA sB) ),  ρ = 0.3 inside
///   Europe's grid, else 0
///
/// @param rest  what else the other multiplies its emissions by, over the one: 1.2 for PUE 1.32 against 1.1
/// @source      kwhatif, data/grids/README.md: stated against true on 9,017 pairs of years
double probability_cleaner(const GridIntensity& one, const GridIntensity& other, double rest = 1);
/// The order holds whatever method is taken: a factor of two.
bool robust(const GridIntensity& one, const GridIntensity& other);

// --- contracts
// -------------------------------------------------------------------------------------------------

/// Direct intensity net of a provider's contracts, hourly matched. The provider's carbon-free share includes
/// the clean part of the grid, which must count once: gross · (1 - CFE)/(1 - CFE_grid).
///
/// @param gross       direct intensity of the grid        [g/kWh]
/// @param share       carbon-free share of the provider   [1]
/// @param grid_share  of the grid itself                  [1]
/// @return            none where the grid's share is 0.98 or more, or more than 0.03 above the provider's
/// @source            patterson-2021, table 4: the gross and net pairs of 10/2020
std::optional<double> net_of_contracts(double gross, double share, double grid_share);

/// What a provider's contracts would leave of the direct emissions of a kWh in a region: an illustration,
/// matched by the hour, and no market-based figure of Scope 2, which needs certificates and the residual mix.
struct Contracts {
  int year = 0;
  double share = 0;                  ///< carbon-free, of the provider
  std::optional<double> grid_share;  ///< of the zone itself
  double gross = 0;                  ///< direct                           [g/kWh]
  std::optional<double> net;         ///< direct                           [g/kWh]
  bool below = false;                ///< the share is printed as 100 %: the net is at most this
  std::string refused;               ///< why there is no net
  std::string source;
};
/// Of the newest year that has the provider's share; none where the tables have no share.
std::optional<Contracts> contracts_of(const catalog::Catalog& tables, std::string_view region);

}  // namespace kwhatif::run
