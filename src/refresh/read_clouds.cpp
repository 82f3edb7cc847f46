// Files of cloud regions and facilities: Green Software Foundation, Google, Uptime Institute.
#include "found.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace kwhatif::refresh {

using catalog::Kind;

namespace {

constexpr double percent = 100;
constexpr int last_life_cycle_year_of_google = 2020;

constexpr std::array providers{
    std::pair{"Amazon Web Services", "aws"},         std::pair{"Google Cloud", "gcp"},
    std::pair{"Google Cloud Platform", "gcp"},       std::pair{"Microsoft Azure", "azure"},
    std::pair{"Oracle Cloud Infrastructure", "oci"},
};

std::string provider_of(std::string_view name) {
  const auto* const found = std::ranges::find_if(providers, [&](const auto& p) { return name == p.first; });
  return found == providers.end() ? std::string{} : std::string{found->second};
}

Batch region_years(std::string_view of, std::string at) {
  Batch out;
  out.kind = Kind::region_year;
  out.series = &series(of);
  out.at = std::move(at);
  out.standing = "verified";
  return out;
}

// Digits as the file has them, but for more than two decimals.
std::string digits_of(const Sheet& sheet, std::size_t row, std::size_t column) {
  const std::string text{sheet.cell(row, column)};
  constexpr std::size_t kept = 3;
  const auto dot = text.find('.');
  if (dot == std::string::npos || text.size() - dot - 1 <= kept) return text;
  return two_decimals(*sheet.number(row, column));
}

}  // namespace

Reading read_gsf(const catalog::Catalog& tables, const Sheet& sheet) {
  Reading out;
  out.form = Form::gsf;
  const auto year = sheet.needed("year");
  const auto provider = sheet.needed("cloud provider");
  const auto region = sheet.needed("cloud region");
  const auto zone = sheet.any_column({"em zone id"});
  const auto pue = sheet.needed("power usage effectiveness");
  const auto wue = sheet.any_column({"water usage effectiveness"});
  const auto annual = sheet.any_column({"grid carbon intensity average consumption annual"});
  const std::string name = file_name(sheet.name());
  Batch years = region_years("gsf-real-time-cloud",
                             name + ", columns power-usage-effectiveness and water-usage-effectiveness");
  Batch zones;
  zones.kind = Kind::grid_intensity;
  zones.series = &series("electricity-maps-gsf");
  zones.at = name + ", column grid-carbon-intensity-average-consumption-annual";
  zones.standing = "verified";
  zones.shared = {{"boundary", "life-cycle"},
                  {"basis", "consumption"},
                  {"signal", "average"},
                  {"accounting", "location"}};
  std::map<std::pair<std::string, int>, double> taken;
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    ++out.rows;
    const int of = sheet.year(row, year);
    const std::string whose = provider_of(sheet.cell(row, provider));
    if (whose.empty()) {
      out.not_known(sheet.cell(row, provider), "no provider of the tables has this name");
      continue;
    }
    const std::string id = whose + ':' + std::string{sheet.cell(row, region)};
    Found found;
    found.id = id;
    found.year = of;
    found.place = sheet.cell(row, region);
    if (sheet.number(row, pue))
      found.figures.push_back(figure(Kind::region_year, "pue", digits_of(sheet, row, pue), ""));
    if (wue && sheet.number(row, wue))
      found.figures.push_back(figure(Kind::region_year, "wue", digits_of(sheet, row, *wue), "L/kWh"));
    if (!tables.find(Kind::region, id))
      out.not_known(id, "no region of the tables has this id");
    else if (!found.figures.empty())
      years.rows.push_back(std::move(found));
    const auto g = annual ? sheet.number(row, annual) : std::nullopt;
    const std::string key{sheet.cell(row, zone)};
    if (!g || key.empty()) continue;
    const auto grid = grid_named(tables, key);
    if (!grid) {
      out.not_known(key, "no zone of the tables has this key");
      continue;
    }
    // regions of one zone repeat its value
    if (const auto [known, fresh] = taken.try_emplace({*grid, of}, *g); !fresh) {
      if (known->second != *g)
        out.suspect(key + ' ' + std::to_string(of), two_decimals(known->second) + " and " + two_decimals(*g),
                    "regions of one zone differ: the first one stands");
      continue;
    }
    Found intensity;
    intensity.id = *grid;
    intensity.year = of;
    intensity.place = key;
    intensity.figures = {figure(Kind::grid_intensity, "carbon_intensity", two_decimals(*g), "gCO2e/kWh")};
    zones.rows.push_back(std::move(intensity));
  }
  out.batches = {std::move(years), std::move(zones)};
  out.remarks.emplace_back("marginal columns were left out: their terms give no plain right of re-use");
  return out;
}

Reading read_google(const catalog::Catalog& tables, const Sheet& sheet, const Hints& hints) {
  Reading out;
  out.form = Form::google;
  const auto region = sheet.needed("google cloud region");
  const auto share = sheet.needed("google cfe");
  const auto value =
      sheet.any_column({"grid carbon intensity gco2eq kwh", "lifecycle grid carbon intensity gco2eq kwh"});
  if (!value) sheet.needed("grid carbon intensity gco2eq kwh");
  const std::string name = file_name(sheet.name());
  const auto year = hints.year ? hints.year : quantity::whole_number(name.substr(0, name.find('.')));
  if (!year)
    throw diag::UsageError({.code = "missing-year",
                            .message = "'" + sheet.name() + "' does not say its year",
                            .help = "the files are named 2024.csv; say --year 2024 otherwise"});
  const bool life_cycle = folded_head(sheet.head()[*value]).starts_with("lifecycle");
  Batch batch = region_years("google-region-carbon-info", "data/yearly/" + std::to_string(*year) +
                                                              ".csv, columns '" + sheet.head()[share] +
                                                              "' and '" + sheet.head()[*value] + "'");
  batch.shared = {
      {"boundary", life_cycle ? "life-cycle" : "direct"}, {"signal", "average"}, {"accounting", "location"}};
  if (!life_cycle && *year <= last_life_cycle_year_of_google)
    out.remarks.emplace_back("the head does not say life-cycle, which it did of this year: look at the file");
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    ++out.rows;
    Found found;
    found.id = "gcp:" + std::string{sheet.cell(row, region)};
    found.year = *year;
    found.place = sheet.cell(row, region);
    if (sheet.number(row, value))
      found.figures.push_back(
          figure(Kind::region_year, "carbon_intensity", digits_of(sheet, row, *value), "gCO2e/kWh"));
    if (const auto cfe = sheet.number(row, share))
      found.figures.push_back(
          figure(Kind::region_year, "carbon_free_share", two_decimals(*cfe * percent), "%"));
    if (!tables.find(Kind::region, found.id))
      out.not_known(found.id, "no region of the tables has this id");
    else if (!found.figures.empty())
      batch.rows.push_back(std::move(found));
  }
  out.batches.push_back(std::move(batch));
  return out;
}

Reading read_uptime(const catalog::Catalog& tables, const Sheet& sheet) {
  Reading out;
  out.form = Form::uptime;
  const auto year = sheet.needed("year");
  const auto pue = sheet.needed("average pue*");
  Batch batch;
  batch.kind = Kind::fact;
  batch.series = &series("uptime-survey");
  batch.at = file_name(sheet.name()) + ", column '" + sheet.head()[pue] + "'";
  batch.standing = "secondary";  // somebody typed the table off a page or a chart
  batch.shared = {{"name", "Industry average PUE"}};
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    ++out.rows;
    const int of = sheet.year(row, year);
    if (!sheet.number(row, pue)) continue;
    Found found;
    found.id = "pue-uptime-" + std::to_string(of);
    found.year = of;
    found.place = std::to_string(of);
    found.figures = {figure(Kind::fact, "value", sheet.cell(row, pue), "")};
    batch.rows.push_back(std::move(found));
  }
  out.batches.push_back(std::move(batch));
  if (!tables.find(Kind::region, "industry:average@2025"))
    out.remarks.emplace_back("a run without a PUE takes the default 'pue' of data/defaults: look at it, too");
  return out;
}

}  // namespace kwhatif::refresh
