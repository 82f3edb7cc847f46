// The comparable intensity of places: formulas and tables against an independent implementation, and what
// must hold of any place.
#include "support/catch.hpp"
#include "support/root.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/grid_intensity.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace kwhatif::run {
namespace {

using test::Inputs;
using test::run_of;
using test::tables;

std::vector<std::vector<std::string>> rows_of(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::vector<std::vector<std::string>> out;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#') || line.starts_with("region,")) continue;
    std::vector<std::string> cells;
    std::stringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    out.push_back(std::move(cells));
  }
  return out;
}

ResolvedRun at(const std::string& region, const Inputs& more = {}) {
  Inputs inputs{{Input::power, "1 kW"}, {Input::chips, "1"}, {Input::region, region}, {Input::pue, "1"}};
  inputs.insert(inputs.end(), more.begin(), more.end());
  if (std::ranges::none_of(inputs, [](const auto& i) { return i.first == Input::hours; }))
    inputs.emplace_back(Input::hours, "2 years");
  return resolve(run_of(inputs), tables());
}

TEST_CASE("fits of the grid have the values of an independent implementation", "[golden]") {
  struct Level {
    double g, volatility, factors, month;
  };
  for (const Level& l : {Level{12, 0.1946, 0.5, 0.1261}, Level{20, 0.2389, 0.5, 0.1383},
                         Level{50, 0.6232, 0.2448, 0.2148}, Level{100, 0.6684, 0.136, 0.2076},
                         Level{200, 0.5511, 0.0937, 0.1616}, Level{400, 0.2764, 0.0817, 0.0763},
                         Level{600, 0.1709, 0.0799, 0.03}, Level{900, 0.1723, 0.0794, 0.0241}}) {
    CHECK(volatility(l.g) == Approx(l.volatility).margin(1e-4));
    CHECK(scale_of_factors(l.g) == Approx(l.factors).margin(1e-4));
    CHECK(scale_of_hours(l.g, 720) == Approx(l.month).margin(1e-4));
  }
  for (const auto& [hours, scale] : std::map<double, double>{
           {1, 0.3158}, {24, 0.2596}, {168, 0.1974}, {720, 0.1616}, {2190, 0.1265}, {8760, 0}})
    CHECK(scale_of_hours(200, hours) == Approx(scale).margin(1e-4));
  for (const auto& [direct, upstream] :
       std::map<double, double>{{0, 18}, {20, 18 + 1560.0 / 170}, {100, 49.2}, {300, 70}, {600, 80.4}}) {
    CHECK(upstream_part(direct) == Approx(upstream));
    CHECK(direct_part(direct + upstream) == Approx(direct).margin(1e-9));
    CHECK(scale_of_direct(direct) == (direct < 100 ? 0.12 : 0.055));
  }
  CHECK_FALSE(scale_of_production(40, true));
  CHECK(*scale_of_production(100, true) == 0.36);
  CHECK(*scale_of_production(300, true) == 0.14);
  CHECK(*scale_of_production(40, false) == 0.14);
}

// The zone of Stockholm is left out: the other implementation also read a value that its own source repeats;
// and two regions of Azure in China that lie in other provinces by their coordinates.
TEST_CASE("regions have the value, band and status of an independent implementation", "[golden]") {
  std::size_t checked = 0;
  for (const auto& row : rows_of(testing::repository_root() + "/tests/run/comparable_regions.csv")) {
    CAPTURE(row[0]);
    const ResolvedRun run = at(row[0]);
    REQUIRE(run.intensity.has_value());
    const GridIntensity& found = *run.intensity;
    CHECK(name(found.status) == row[6]);
    CHECK(found.run_year ==
          (found.comparable() ? planned_year(catalog::Catalog::builtin()) : found.read_year));
    if (found.status == IntensityStatus::refused) continue;
    CHECK(found.g_per_kwh == Approx(std::stod(row[1])).epsilon(1e-3));
    const auto [lo50, hi50] = found.band(0.5);
    const auto [lo90, hi90] = found.band(0.9);
    CHECK(lo50 == Approx(std::stod(row[2])).epsilon(2e-3).margin(0.06));
    CHECK(hi50 == Approx(std::stod(row[3])).epsilon(2e-3).margin(0.06));
    CHECK(lo90 == Approx(std::stod(row[4])).epsilon(2e-3).margin(0.06));
    CHECK(hi90 == Approx(std::stod(row[5])).epsilon(2e-3).margin(0.06));
    ++checked;
  }
  CHECK(checked == 231);
}

TEST_CASE("parts of the scale, and the odds between two places, are those of the worked examples",
          "[golden]") {
  const auto of = [](const char* grid, int year, double hours = 9000) {
    GridIntensity out = comparable(tables(), grid, year);
    last(out, hours);
    return out;
  };
  const GridIntensity che = of("CHE", 2027);
  CHECK(che.g_per_kwh == Approx(94.389).epsilon(1e-4));
  CHECK(che.shift == Approx(-0.121).margin(6e-4));
  CHECK(che.scales.bridge == Approx(0.216).margin(6e-4));
  CHECK(che.scales.year == Approx(0.258).margin(6e-4));
  CHECK(che.scales.factors == Approx(0.142).margin(6e-4));
  const GridIntensity miso = of("US-MIDW-MISO", 2027, 168);
  CHECK(miso.scales.hours == Approx(0.056).margin(6e-4));
  CHECK(miso.scales.bridge == Approx(0.056).margin(6e-4));
  const GridIntensity hkg = of("HKG", 2026);
  CHECK(hkg.g_per_kwh == Approx(583.158).epsilon(1e-4));
  CHECK(hkg.scales.direct == 0.055);
  CHECK(hkg.scales.year == Approx(0.067).margin(6e-4));
  const GridIntensity mex = of("MEX", 2027);
  CHECK(mex.status == IntensityStatus::conflict);
  CHECK(mex.g_per_kwh == Approx(417.774).epsilon(1e-4));
  CHECK(mex.scales.conflict == Approx(0.2).margin(1e-9));
  const GridIntensity fra = of("FRA", 2025);
  CHECK(fra.g_per_kwh == Approx(41.137).epsilon(1e-4));
  CHECK(fra.scales.year == 0);
  const GridIntensity ind = of("IND", 2027);
  CHECK(ind.scales.production == 0.14);
  CHECK(of("CA-AB", 2027).status == IntensityStatus::refused);

  struct Odds {
    const char* one;
    const char* other;
    double probability;
    bool robust;
  };
  for (const Odds& o :
       {Odds{"CHE", "FIN", 0.159, false}, Odds{"CHE", "DEU", 0.989, true}, Odds{"IRL", "NLD", 0.142, false},
        Odds{"CA-QC", "US-NW-BPAT", 0.977, true}, Odds{"HKG", "TWN", 0.317, false},
        Odds{"IRL", "US-TEX-ERCO", 0.506, false}, Odds{"NOR", "SWE", 0.121, false}}) {
    CAPTURE(o.one, o.other);
    const GridIntensity one = of(o.one, 2027), other = of(o.other, 2027);
    CHECK(probability_cleaner(one, other) == Approx(o.probability).margin(6e-4));
    CHECK(probability_cleaner(other, one) == Approx(1 - probability_cleaner(one, other)).margin(1e-12));
    CHECK(robust(one, other) == o.robust);
  }
}

TEST_CASE("a provider's hourly share counts the clean part of the grid once", "[golden]") {
  CHECK(*net_of_contracts(0.403, 0.43, 0.3) == Approx(0.328).margin(5e-4));   // published: 0.330
  CHECK(*net_of_contracts(0.201, 0.73, 0.69) == Approx(0.175).margin(5e-4));  // published: 0.177
  CHECK(*net_of_contracts(0.478, 0.93, 0.58) == Approx(0.080).margin(5e-4));  // published: 0.080
  CHECK(*net_of_contracts(412.72, 0.87, 0.349) == Approx(82.417).margin(5e-3));
  CHECK_FALSE(net_of_contracts(555, 0.33, 0.45));
  CHECK_FALSE(net_of_contracts(39, 0.98, 0.985));
  const auto iowa = contracts_of(tables(), "gcp:us-central1");
  REQUIRE(iowa);
  CHECK(iowa->year == 2024);
  CHECK(*iowa->net == Approx(82).margin(0.5));
  const auto hong_kong = contracts_of(tables(), "gcp:asia-east2");
  REQUIRE(hong_kong);
  CHECK_FALSE(hong_kong->net);
  CHECK_FALSE(hong_kong->refused.empty());
  CHECK_FALSE(contracts_of(tables(), "aws:us-east-1"));
}

TEST_CASE("of any place: bands are ordered and grow, shifts fall, one zone has one value", "[property]") {
  std::map<std::string, double> by_grid;
  for (const catalog::Row& row : tables().rows(catalog::Kind::grid)) {
    CAPTURE(row.id());
    double last_year = 0;
    for (const int year : {2026, 2027, 2030}) {
      GridIntensity found = comparable(tables(), row.id(), year);
      if (!found.comparable()) {
        CHECK_FALSE(found.refused.empty());
        break;
      }
      CHECK(found.g_per_kwh > 0);
      CHECK(found.data_year >= found.read_year);
      CHECK(found.shift <= 0);
      CHECK(found.scales.year >= last_year);
      last_year = found.scales.year;
      double before = 1e9;
      for (const double hours : {1.0, 24.0, 720.0, 4000.0, 8760.0}) {
        last(found, hours);
        CHECK(found.scales.total() <= before);
        before = found.scales.total();
        const auto [lo90, hi90] = found.band(0.9);
        const auto [lo50, hi50] = found.band(0.5);
        CHECK((0 < lo90 && lo90 < lo50 && lo50 < hi50 && hi50 < hi90 && std::isfinite(hi90)));
      }
      CHECK(found.scales.hours == 0);
    }
  }
  for (const catalog::Row& row : tables().rows(catalog::Kind::region)) {
    const std::string grid{row.text("grid")};
    if (grid.empty() || row.id().find('@') != std::string_view::npos ||
        !row.text("grid_alternative").empty() || row.id().find(":average") != std::string_view::npos)
      continue;
    const ResolvedRun run = at(std::string{row.id()});
    const auto [known, fresh] = by_grid.emplace(grid, run.inputs.ci()->coherent());
    if (!fresh) CHECK(known->second == run.inputs.ci()->coherent());
  }
}

TEST_CASE("asked for by year, boundary, basis or source a row comes as it is") {
  const auto che = at("gcp:europe-west6", {{Input::basis, "production"}});
  CHECK(che.intensity->status == IntensityStatus::as_is);
  CHECK(che.intensity->basis == "production");
  CHECK(che.intensity->g_per_kwh < 50);  // 39 of what is produced, 94 of what is used
  const auto direct = at("gcp:us-central1", {{Input::boundary, "direct"}});
  CHECK(direct.intensity->boundary == "direct");
  CHECK(direct.intensity->scales.factors == 0);
  const auto old_word = at("gcp:us-central1", {{Input::basis, "direct"}});
  CHECK(old_word.inputs.ci()->coherent() == direct.inputs.ci()->coherent());
  CHECK(std::ranges::any_of(old_word.warnings, [](const auto& w) { return w.code == "renamed"; }));
  const auto refused = at("aws:ca-west-1");
  CHECK(refused.intensity->status == IntensityStatus::refused);
  CHECK(refused.intensity->basis == "production");
  CHECK(std::ranges::any_of(refused.warnings, [](const auto& w) { return w.code == "not-comparable"; }));
}

TEST_CASE(
    "the band of CO2e holds the grid where the energy is exact, and half of it goes through the copula") {
  const ResolvedRun run = at("gcp:europe-west6");
  const auto spread = uncertain::spread_of(run);
  const auto bands = uncertain::intervals(run.inputs, spread);
  const auto* co2e = bands.find("operational_location");
  REQUIRE(co2e);
  const double energy = estimate(run.inputs).facility_energy->coherent();
  const auto [low, high] = run.intensity->band(0.9);
  CHECK(co2e->p05 == Approx(energy * low / 3.6e9).epsilon(0.01));
  CHECK(co2e->p95 == Approx(energy * high / 3.6e9).epsilon(0.01));
  CHECK_FALSE(bands.find("facility_energy"));
}

TEST_CASE("two runs on one grid share it, two in Europe in part, and the odds agree with joint draws") {
  struct Pair {
    const char* one;
    const char* other;
  };
  for (const Pair& pair :
       {Pair{"gcp:europe-west6", "aws:eu-central-2"}, Pair{"gcp:europe-west6", "gcp:europe-west9"},
        Pair{"azure:westus3", "gcp:us-central1"}, Pair{"aws:eu-west-1", "gcp:europe-west4"}}) {
    CAPTURE(pair.one, pair.other);
    const ResolvedRun a = at(pair.one), b = at(pair.other);
    const auto sa = uncertain::spread_of(a), sb = uncertain::spread_of(b);
    const std::vector<uncertain::Uncertain> both{{a.inputs, sa}, {b.inputs, sb}};
    const uncertain::Draws draws(both);
    std::size_t at_result = 0;
    for (; at_result < draws.results(0).size(); ++at_result) {
      if (run::result_table[at_result].key == "operational_location") break;
    }
    const auto& one = *draws.results(0)[at_result];
    const auto& other = *draws.results(1)[at_result];
    const auto ratio = one / other;
    if (a.intensity->place == b.intensity->place) {
      for (const double r : ratio.values) CHECK(r == Approx(1).epsilon(1e-9));
      continue;
    }
    double less = 0;
    for (const double r : ratio.values) less += r < 1 ? 1 : 0;
    less /= static_cast<double>(ratio.values.size());
    // the closed form leaves the factors of the technologies out, the draws have them
    CHECK(less == Approx(probability_cleaner(*a.intensity, *b.intensity)).margin(0.07));
  }
}

}  // namespace
}  // namespace kwhatif::run
