// Files of carbon intensities of places: Our World in Data, Ember, eGRID, Electricity Maps.
#include "found.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::refresh {

using catalog::Kind;

namespace {

// The tables begin here: what is older tells nothing about a run of today.
constexpr int first_year_of_tables = 2015;
constexpr std::string_view gram = "gCO2e/kWh";
constexpr double gram_per_kwh_of_lb_per_mwh = 0.45359237;
// Global warming potentials of IPCC AR5 over 100 years, as EPA uses them. @source egrid-2024
constexpr double warming_of_methane = 28;
constexpr double warming_of_nitrous_oxide = 265;
constexpr int hours_of_day = 24;
constexpr int hours_of_year = 8760;

Batch intensities(std::string_view of, std::string at, std::string standing, std::string_view boundary,
                  std::string_view basis) {
  Batch out;
  out.kind = Kind::grid_intensity;
  out.series = &series(of);
  out.at = std::move(at);
  out.standing = std::move(standing);
  out.shared = {{"boundary", std::string{boundary}},
                {"basis", std::string{basis}},
                {"signal", "average"},
                {"accounting", "location"}};
  return out;
}

Found intensity(std::string id, int year, double g_per_kwh, std::string_view place) {
  Found out;
  out.id = std::move(id);
  out.year = year;
  out.figures = {figure(Kind::grid_intensity, "carbon_intensity", two_decimals(g_per_kwh), gram)};
  out.place = place;
  return out;
}

// Codes of Our World in Data that are not ISO 3166, and names of places without a code.
constexpr std::array own_codes{
    std::pair{"OWID_WRL", "WORLD"},           std::pair{"OWID_KOS", "XKX"},
    std::pair{"OWID_EU27", "EU27"},           std::pair{"World", "WORLD"},
    std::pair{"European Union (27)", "EU27"}, std::pair{"EU", "EU27"},
};

std::string_view own_code(std::string_view name) {
  const auto* const found = std::ranges::find_if(own_codes, [&](const auto& c) { return name == c.first; });
  return found == own_codes.end() ? std::string_view{} : std::string_view{found->second};
}

// Continents and unions, which are no places to run at.
bool is_group(std::string_view code) { return code.empty() || code.starts_with("OWID_"); }

void add_country(Reading& out, const catalog::Catalog& tables, std::string_view name, std::string_view code,
                 int year, double value, std::size_t& groups) {
  std::string_view known = own_code(code);
  if (known.empty()) known = own_code(name);
  if (known.empty() && is_group(code)) {
    ++groups;
    return;
  }
  const std::string_view id = known.empty() ? code : known;
  if (!tables.find(Kind::grid, id)) {
    out.not_known(std::string{name} + " (" + std::string{code} + ")", "no place of the tables has this code");
    return;
  }
  out.batches.front().rows.push_back(intensity(std::string{id}, year, value, name));
}

void remark_groups(Reading& out, std::size_t groups) {
  if (groups > 0)
    out.remarks.push_back(counted(groups, "row") + " of continents and unions left out: no run is there");
}

}  // namespace

Reading read_owid(const catalog::Catalog& tables, const Sheet& sheet) {
  Reading out;
  out.form = Form::owid;
  const auto entity = sheet.needed("entity");
  const auto code = sheet.needed("code");
  const auto year = sheet.needed("year");
  const auto value = sheet.needed("carbon intensity of electricity*");
  out.batches.push_back(intensities("owid-ember",
                                    file_name(sheet.name()) + ", column '" + sheet.head()[value] + "'",
                                    "verified", "life-cycle", "production"));
  std::size_t groups = 0;
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    const int of = sheet.year(row, year);
    const auto g = sheet.number(row, value);
    ++out.rows;
    if (g && of >= first_year_of_tables)
      add_country(out, tables, sheet.cell(row, entity), sheet.cell(row, code), of, *g, groups);
  }
  remark_groups(out, groups);
  return out;
}

Reading read_ember(const catalog::Catalog& tables, const Sheet& sheet) {
  Reading out;
  out.form = Form::ember;
  const auto area = sheet.needed("area");
  const auto code = sheet.any_column({"iso 3 code", "country code"});
  if (!code) sheet.needed("iso 3 code");
  const auto year = sheet.needed("year");
  const auto variable = sheet.needed("variable");
  const auto unit = sheet.needed("unit");
  const auto value = sheet.needed("value");
  out.batches.push_back(intensities(
      "ember-yearly",
      file_name(sheet.name()) + ", variable 'CO2 intensity', column '" + sheet.head()[value] + "'",
      "verified", "life-cycle", "production"));
  std::size_t groups = 0;
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    if (folded_head(sheet.cell(row, variable)) != "co2 intensity") continue;
    ++out.rows;
    const std::string in = folded_head(sheet.cell(row, unit));
    if (in != "gco2 kwh" && in != "gco2e kwh" && in != "gco2 per kwh" && in != "gco2e per kwh")
      diag::refuse(
          "unknown-unit",
          "the unit of 'CO2 intensity' must be gCO2/kWh, not '" + std::string{sheet.cell(row, unit)} + "'",
          sheet.at(row, unit));
    const int of = sheet.year(row, year);
    const auto g = sheet.number(row, value);
    if (g && of >= first_year_of_tables)
      add_country(out, tables, sheet.cell(row, area), sheet.cell(row, code), of, *g, groups);
  }
  if (out.rows == 0)
    throw diag::UsageError({.code = "no-rows",
                            .message = "no row of '" + sheet.name() + "' has the variable 'CO2 intensity'",
                            .help = "of Ember's files, yearly_full_release_long_format.csv is read"});
  remark_groups(out, groups);
  return out;
}

Reading read_egrid(const catalog::Catalog& tables, const Sheet& sheet) {
  Reading out;
  out.form = Form::egrid;
  const bool subregions = sheet.column("subrgn").has_value();
  const bool states = !subregions && sheet.column("pstatabb").has_value();
  const std::string prefix = subregions ? "sr" : states ? "st" : "us";
  const auto place = subregions ? sheet.column("subrgn") : sheet.column("pstatabb");
  const auto year = sheet.needed("year");
  const auto whole = sheet.column(prefix + "c2erta");
  const auto carbon = sheet.column(prefix + "co2rta");
  const auto methane = sheet.column(prefix + "ch4rta");
  const auto nitrous = sheet.column(prefix + "n2orta");
  if (!whole && (!carbon || !methane || !nitrous)) sheet.needed(prefix + "c2erta");
  std::string columns =
      whole ? sheet.head()[*whole]
            : sheet.head()[*carbon] + ", " + sheet.head()[*methane] + " and " + sheet.head()[*nitrous];
  out.batches.push_back(intensities("egrid", file_name(sheet.name()) + ", " + columns + " in lb/MWh",
                                    "derived", "direct", "production"));
  out.batches.front().shared.emplace_back(
      "note", whole ? "converted from lb/MWh" : "CO2 + 28 CH4 + 265 N2O (AR5), converted from lb/MWh");
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    const std::string name{place ? sheet.cell(row, place) : "USA"};
    if (name.empty()) continue;
    ++out.rows;
    const int of = sheet.year(row, year);
    auto rate = sheet.number(row, whole);
    if (!whole) {
      const auto c = sheet.number(row, carbon);
      const auto m = sheet.number(row, methane);
      const auto n = sheet.number(row, nitrous);
      constexpr double per_thousand = 1;  // all three columns are in lb/MWh since eGRID2018
      if (c && m && n) rate = *c + per_thousand * (warming_of_methane * *m + warming_of_nitrous_oxide * *n);
    }
    if (!rate) continue;
    std::string id = "USA";
    if (subregions) id = "US-eGRID-" + name;
    if (states) id = "US-" + name;
    if (!tables.find(Kind::grid, id)) {
      out.not_known(name, "no place '" + id + "' in the tables");
      continue;
    }
    out.batches.front().rows.push_back(intensity(id, of, *rate * gram_per_kwh_of_lb_per_mwh, name));
  }
  return out;
}

namespace {

struct ZoneYear {
  std::map<std::pair<std::string, int>, double> values;    ///< by day and hour
  std::map<std::string, std::map<int, std::string>> days;  ///< "2024-01-01": hour and digits

  std::size_t hours() const { return values.size(); }
  double mean() const {
    double sum = 0;
    for (const auto& [when, value] : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
};

// "2024-01-01 00:00:00", "2024-01-01T00:00:00Z", "2024-01-01T00:00Z", "2024".
struct Stamp {
  int year = 0;
  std::string day;
  int hour = 0;
};

Stamp stamp_of(const Sheet& sheet, std::size_t row, std::size_t column) {
  constexpr std::size_t year_digits = 4;
  constexpr std::size_t day_digits = 10;
  constexpr std::size_t hour_at = 11;
  const std::string_view text = sheet.cell(row, column);
  const auto digits = [&](std::size_t from, std::size_t count) {
    const std::string_view part = text.size() < from ? std::string_view{} : text.substr(from, count);
    return part.size() == count && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  const bool day = text.size() >= day_digits && text[year_digits] == '-' && digits(year_digits + 1, 2) &&
                   digits(year_digits + 4, 2);
  if (!digits(0, year_digits) || (text.size() != year_digits && !day))
    diag::refuse("not-a-time",
                 "'" + std::string{text} + "' in column '" + sheet.head()[column] + "' is not a time",
                 sheet.at(row, column), "times are written 2024-01-01 00:00:00");
  Stamp out;
  out.year = *quantity::whole_number(text.substr(0, year_digits));
  if (day) out.day = text.substr(0, day_digits);
  if (digits(hour_at, 2)) out.hour = *quantity::whole_number(text.substr(hour_at, 2));
  return out;
}

std::string trace_text(const ZoneYear& zone) {
  std::string out =
      "# Contains information from Electricity Maps (electricitymaps.com), made available under the Open "
      "Database "
      "License\n# (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/; contents under the Database "
      "Contents "
      "License (DbCL) 1.0.\n# g CO2e per kWh of each hour of the UTC day; an empty field is a missing "
      "hour.\nutc_day";
  for (int hour = 0; hour < hours_of_day; ++hour) out += (hour < 10 ? ",0" : ",") + std::to_string(hour);
  for (const auto& [day, hours] : zone.days) {
    out += '\n' + day;
    for (int hour = 0; hour < hours_of_day; ++hour) {
      out += ',';
      if (const auto found = hours.find(hour); found != hours.end()) out += found->second;
    }
  }
  return out + '\n';
}

}  // namespace

Reading read_electricity_maps(const catalog::Catalog& tables, const Sheet& sheet) {
  Reading out;
  const auto time = sheet.needed("datetime utc");
  const auto zone = sheet.needed("zone id");
  // heads of 2022 and 2023, of 2024 and of 2025
  const auto life_cycle =
      sheet.any_column({"carbon intensity gco2eq kwh lca", "carbon intensity gco2eq kwh life cycle",
                        "carbon intensity gco2e kwh life cycle"});
  const auto direct =
      sheet.any_column({"carbon intensity gco2eq kwh direct", "carbon intensity gco2e kwh direct"});
  if (!life_cycle && !direct) sheet.needed("carbon intensity gco2eq kwh life cycle");
  std::map<std::pair<std::string, int>, std::array<ZoneYear, 2>> zones;
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    const Stamp stamp = stamp_of(sheet, row, time);
    const std::string name{sheet.cell(row, zone)};
    ++out.rows;
    const std::array columns{life_cycle, direct};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto g = sheet.number(row, columns[i]);
      if (!g) continue;
      ZoneYear& of = zones[{name, stamp.year}][i];
      const auto [known, fresh] = of.values.try_emplace({stamp.day, stamp.hour}, *g);
      if (!fresh)
        out.suspect(name + ' ' + std::string{sheet.cell(row, time)},
                    two_decimals(known->second) + " and " + two_decimals(*g),
                    "two rows of one time: the later one stands, corrections are appended");
      known->second = *g;
      if (!stamp.day.empty()) of.days[stamp.day][stamp.hour] = std::string{sheet.cell(row, columns[i])};
    }
  }
  const bool hourly = std::ranges::any_of(zones, [](const auto& z) {
    return std::ranges::any_of(z.second, [](const ZoneYear& of) { return of.hours() > 1; });
  });
  out.form = hourly ? Form::electricity_maps_hourly : Form::electricity_maps_yearly;
  Batch traces;
  traces.kind = Kind::trace;
  traces.series = &series("electricity-maps-portal");
  traces.at = file_name(sheet.name()) + ", life-cycle column";
  traces.standing = "verified";
  traces.shared = {{"boundary", "life-cycle"}, {"basis", "consumption"}, {"signal", "average"}};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto column = i == 0 ? life_cycle : direct;
    if (!column) continue;
    Batch batch = intensities(
        "electricity-maps-portal", file_name(sheet.name()) + ", column '" + sheet.head()[*column] + "'",
        hourly ? "derived" : "verified", i == 0 ? "life-cycle" : "direct", "consumption");
    if (hourly) batch.shared.emplace_back("note", "mean over the hours of the year");
    for (const auto& [key, pair] : zones) {
      const auto& [name, year] = key;
      const ZoneYear& of = pair[i];
      if (of.hours() == 0) continue;
      const auto id = grid_named(tables, name);
      if (!id) {
        if (i == 0 || !life_cycle) out.not_known(name, "no zone of the tables has this key");
        continue;
      }
      constexpr double enough = 0.9;  // of the hours of a year, for a mean that stands for it
      if (hourly && static_cast<double>(of.hours()) < enough * hours_of_year) {
        if (i == 0 || !life_cycle)
          out.remarks.push_back(name + " " + std::to_string(year) + " has " + counted(of.hours(), "hour") +
                                " only: no mean of the year was taken");
        continue;
      }
      batch.rows.push_back(intensity(*id, year, of.mean(), name));
      if (!hourly || i != 0) continue;
      Found trace;
      trace.id = *id;
      trace.year = year;
      trace.place = name;
      const std::string path = "odbl/" + *id + '_' + std::to_string(year) + ".csv";
      trace.words = {{"values", path}};
      constexpr double tenth = 10;
      trace.figures = {
          figure(Kind::trace, "mean", two_decimals(std::round(of.mean() * tenth) / tenth), "g/kWh")};
      traces.rows.push_back(trace);
      out.attached.push_back({"hourly/" + path, trace_text(of)});
    }
    out.batches.push_back(std::move(batch));
  }
  if (!traces.rows.empty()) out.batches.push_back(std::move(traces));
  return out;
}

}  // namespace kwhatif::refresh
