// Checks of places: regions against their grid and country, intensities against their neighbours in time,
// PUE against the provider's other sites.
#include "across.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kwhatif::catalog {

namespace {

using quantity::significant;

constexpr double per_kwh = 3.6e6;                  // J
constexpr double dirtiest_grid = 1.400 / per_kwh;  // kg/J
constexpr double farthest_in_time = 2.5;           // times the median of the years around,
constexpr double largest_step =
    0.200 / per_kwh;                   // where that is more than a wet year makes of a grid of dams;
constexpr double farthest_of_all = 8;  // times the median, however little
constexpr double years_around = 3;
constexpr double widest_pue_gap = 0.15;           // above or below all other sites of a provider
constexpr double thirstiest_site = 10 / per_kwh;  // L/J
constexpr std::size_t fewest_sites = 3;
constexpr double far_from_all_sites = 4000;  // km from every known site of the country; Hawaii is 3,900
constexpr double far_from_own_sites = 1000;  // km, where
constexpr double nearer_abroad = 10;         // times as near lies a site of another country

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void intensity(RowCheck& check, Kind kind) {
  const CellDraft* const cell = check.row().cell("carbon_intensity");
  if (!check.own(cell) || !cell->numeric) return;
  const auto grams = [](double value) { return significant(1000 * value * per_kwh) + " g/kWh"; };
  if (cell->value > dirtiest_grid)
    return check.doubt(*cell, grams(cell->value) + " is more than any grid emits",
                       "expected 0 to 1,400 g/kWh");
  std::vector<double> around;
  const double year = check.row().number("year").value_or(0);
  check.all().each(kind, check.row().id, [&](const RowDraft& other) {
    const auto value = other.number("carbon_intensity");
    const bool alike = other.text("boundary") == check.row().text("boundary") &&
                       other.text("basis") == check.row().text("basis") &&
                       other.text("signal") == check.row().text("signal") &&
                       other.text("accounting") == check.row().text("accounting");
    const bool near = std::fabs(other.number("year").value_or(0) - year) <= years_around;
    if (&other != &check.row() && value && *value > 0 && alike && near &&
        !(other.base && replaces(check.row(), other)))
      around.push_back(*value);
  });
  if (around.empty() || cell->value <= 0) return;
  const double usual = median(std::move(around));
  const double ratio = cell->value / usual;
  const double apart = std::max(ratio, 1 / ratio);
  const bool step = std::fabs(cell->value - usual) > largest_step;
  if (apart > farthest_of_all || (apart > farthest_in_time && step))
    check.doubt(*cell,
                grams(cell->value) + " in " + std::string{check.row().text("year")} + " is " +
                    significant(apart) + " times " + (ratio > 1 ? "more" : "less") +
                    " than the median of the years around it, " + grams(usual),
                "of one place and definition, values of neighbouring years differ by less than 2.5 times");
}

void pue_among_provider(RowCheck& check) {
  const CellDraft* const pue = check.row().cell("pue");
  const RowDraft* const site = check.all().find(Kind::region, check.row().id);
  if (!check.own(pue) || !pue->numeric || site == nullptr || site->text("provider").empty()) return;
  std::set<std::string_view> sites;
  double low = pue->value;
  double high = pue->value;
  check.all().each(Kind::region_year, [&](const RowDraft& other) {
    const auto value = other.number("pue");
    if (other.id == check.row().id || !value) return;
    const RowDraft* const of = check.all().find(Kind::region, other.id);
    if (of == nullptr || of->text("provider") != site->text("provider")) return;
    low = sites.empty() ? *value : std::min(low, *value);
    high = sites.empty() ? *value : std::max(high, *value);
    sites.insert(other.id);
  });
  if (sites.size() < fewest_sites ||
      (pue->value >= low - widest_pue_gap && pue->value <= high + widest_pue_gap))
    return;
  check.doubt(*pue,
              "pue " + pue->text + " is far from the other sites of " + std::string{site->text("provider")},
              "those are " + significant(low) + " to " + significant(high));
}

void coordinate(RowCheck& check, std::string_view key, int most) {
  const CellDraft* const cell = check.own_number(key);
  if (cell != nullptr && std::fabs(cell->value) > most)
    check.fault(*cell, "out-of-range", std::string{key} + " = " + cell->text + " is not on Earth",
                "expected -" + std::to_string(most) + " to " + std::to_string(most) +
                    " degrees, south and west negative");
}

struct Place {
  double latitude;
  double longitude;
};

// Along a great circle, in km.
double distance(const Place& a, const Place& b) {
  constexpr double degree = std::numbers::pi / 180;
  constexpr double earth_radius = 6371;
  const double rise = std::sin((b.latitude - a.latitude) * degree / 2);
  const double turn = std::sin((b.longitude - a.longitude) * degree / 2);
  const double chord =
      rise * rise + std::cos(a.latitude * degree) * std::cos(b.latitude * degree) * turn * turn;
  return 2 * earth_radius * std::asin(std::min(1.0, std::sqrt(chord)));
}

std::optional<Place> place_of(const RowDraft& row) {
  const auto latitude = row.number("latitude");
  const auto longitude = row.number("longitude");
  if (!latitude || !longitude) return std::nullopt;
  return Place{*latitude, *longitude};
}

// Signs and order of coordinates are mistaken easily; the sites that are known say where a country is.
void within_country(RowCheck& check) {
  const auto [latitude, longitude] = check.pair("latitude", "longitude");
  const std::string_view country = check.row().text("country");
  if (latitude == nullptr || country.empty()) return;
  const Place here{latitude->value, longitude->value};
  double own = -1;
  double abroad = -1;
  std::string_view nearest_abroad;
  check.all().each(Kind::region, [&](const RowDraft& other) {
    const auto there = place_of(other);
    if (!there || other.id == check.row().id || other.text("country").empty()) return;
    const double km = distance(here, *there);
    if (other.text("country") == country) {
      own = own < 0 ? km : std::min(own, km);
    } else if (abroad < 0 || km < abroad) {
      abroad = km;
      nearest_abroad = other.id;
    }
  });
  if (own < 0) return;
  const bool foreign = own > far_from_own_sites && abroad >= 0 && abroad * nearer_abroad < own;
  if (!foreign && own <= far_from_all_sites) return;
  check.doubt(check.either(*latitude, *longitude),
              latitude->text + ", " + longitude->text + " is " + significant(own) +
                  " km from the nearest site in " + std::string{country} +
                  (foreign ? ", and " + significant(abroad) + " km from " + std::string{nearest_abroad} : ""),
              "latitude (north positive), then longitude (east positive), in degrees");
}

// The grid, what it is part of, and so on up.
std::vector<const RowDraft*> grid_and_above(const RowCheck& check) {
  std::vector<const RowDraft*> out;
  std::string_view id = check.row().text("grid");
  constexpr std::size_t most = 8;  // a circle of parents ends
  while (!id.empty() && out.size() < most) {
    const RowDraft* const grid = check.all().find(Kind::grid, id);
    if (grid == nullptr) return out;
    out.push_back(grid);
    id = grid->text("parent");
  }
  return out;
}

void country_of_grid(RowCheck& check) {
  const CellDraft* const country = check.row().cell("country");
  const CellDraft* const grid = check.row().cell("grid");
  if (country == nullptr || country->text.empty() || !(check.own(country) || check.own(grid))) return;
  const RowDraft* const known = check.all().find(Kind::grid, country->text);
  if (known == nullptr || known->text("kind") != "country") {
    const std::string code = check.all().id_of(Kind::grid, country->text);
    if (check.own(country))
      check.doubt(*country, "no country " + quoted(country->text) + " in the tables",
                  "country is a code of three capitals, " +
                      (code.empty() ? std::string{"such as FRA, DEU or USA"} : "here " + code));
    return;
  }
  if (grid == nullptr) return;
  const auto chain = grid_and_above(check);
  std::string_view of_grid;
  for (const RowDraft* const each : chain) {
    if (each->id == country->text) return;
    if (of_grid.empty() && each->text("kind") == "country") of_grid = each->id;
  }
  if (of_grid.empty()) return;  // a grid of several countries
  check.doubt(check.either(*grid, *country),
              "grid " + grid->text + " is in " + std::string{of_grid} + ", not in " + country->text,
              "country and grid of a region belong together");
}

}  // namespace

void check_region(RowCheck& check) {
  const RowDraft& row = check.row();
  coordinate(check, "latitude", 90);
  coordinate(check, "longitude", 180);
  const auto colon = row.id.find(':');
  const CellDraft* const provider = row.cell("provider");
  const std::string begins = row.id.substr(0, colon);
  if (colon == std::string::npos || begins.empty() || colon + 1 == row.id.size())
    check.doubt(check.at_id(), "an id of a region without its provider",
                "write " + quoted(std::string{row.text("provider")} + ':' + row.id.substr(0, colon)));
  else if (provider != nullptr && provider->text != begins)
    check.fault(check.own(provider) ? *provider : check.at_id(), "unlike-id",
                "provider of '" + row.id + "' is " + quoted(provider->text) + ", its id begins with " +
                    quoted(begins),
                "both name the same provider");
  within_country(check);
  country_of_grid(check);
  bool has_intensity = row.cell("grid") != nullptr;
  check.all().each(Kind::region_year, row.id, [&](const RowDraft& year) {
    has_intensity = has_intensity || year.cell("carbon_intensity") != nullptr;
  });
  if (!has_intensity)
    check.advise(
        check.at_id(), "the region has neither a grid nor a carbon intensity of its own",
        "grid = \"FRA\" names the grid it takes its electricity from; without one a run there needs --ci");
}

void check_region_year(RowCheck& check) {
  intensity(check, Kind::region_year);
  const CellDraft* const wue = check.own_number("wue");
  if (wue != nullptr && wue->value > thirstiest_site)
    check.doubt(*wue, "wue " + wue->text + " is implausible", "sites use 0 to 10 L/kWh, most less than 2");
  pue_among_provider(check);
}

void check_grid_intensity(RowCheck& check) { intensity(check, Kind::grid_intensity); }

}  // namespace kwhatif::catalog
