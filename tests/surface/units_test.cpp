// The unit is in the key, and the number is in that unit: keys of the contract, values worked out by hand,
// and the same number wherever a verb shows the same result.
#include "surface/support.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kwhatif::test {
namespace {

// Ends of keys that name a unit.
constexpr std::array units{"_kwh",
                           "_kg",
                           "_g_per_kwh",
                           "_hours",
                           "_flop",
                           "_tflops_per_device",
                           "_w_per_device",
                           "_w",
                           "_l",
                           "_usd",
                           "_bytes",
                           "_tokens",
                           "_per_token",
                           "_days",
                           "_gb_per_s",
                           "tokens_per_second_per_device",
                           "tokens_per_second",
                           "_seconds",
                           "_l_per_kwh",
                           "_km",
                           "_miles",
                           "_per_query",
                           "_per_s",
                           "_usd_per_h",
                           "_usd_per_hour",
                           "_usd_per_kwh"};

bool has_unit(std::string_view key) {
  return std::any_of(units.begin(), units.end(),
                     [&](std::string_view unit) { return key.ends_with(unit); }) ||
         key.find("flop_per_token") != std::string_view::npos;
}

// Numbers without a unit: counts, shares, ratios, years, positions.
const std::set<std::string, std::less<>> plain_numbers{"mfu",
                                                       "possible_starts",
                                                       "hfu",
                                                       "devices",
                                                       "chips",
                                                       "hours",
                                                       "km",
                                                       "miles",
                                                       "year",
                                                       "intensity_year",
                                                       "intensity_read_year",
                                                       "contracts_year",
                                                       "contracts_carbon_free_share",
                                                       "contracts_grid_share",
                                                       "rank_low",
                                                       "rank_high",
                                                       "tier",
                                                       "cleaner_than_next",
                                                       "row",
                                                       "rows",
                                                       "size",
                                                       "run",
                                                       "against",
                                                       "count",
                                                       "starts",
                                                       "runs_searched",
                                                       "confidence",
                                                       "limits_kept_in",
                                                       "index",
                                                       "probability",
                                                       "settles_share",
                                                       "best_needs_less_probability",
                                                       "times_the_limit",
                                                       "pauses",
                                                       "moves",
                                                       "mean_saving",
                                                       "share_of_variance",
                                                       "share_of_split_hours",
                                                       "log_share",
                                                       "gpu_share_of_power",
                                                       "elasticity",
                                                       "ratio",
                                                       "energy_ratio",
                                                       "co2e_ratio",
                                                       "over_best",
                                                       "over_chosen",
                                                       "relative_error",
                                                       "training_over_six_n",
                                                       "active_share",
                                                       "low",
                                                       "high",
                                                       "typical",
                                                       "printed",
                                                       "within",
                                                       "known-difference",
                                                       "mismatch",
                                                       "missing",
                                                       "bias_log",
                                                       "rms_log",
                                                       "median_factor",
                                                       "worst_factor",
                                                       "width_90",
                                                       "coverage_50",
                                                       "coverage_90",
                                                       "covered",
                                                       "publishers",
                                                       "measured_times",
                                                       "share",
                                                       "publisher_coverage_50",
                                                       "publisher_coverage_90",
                                                       "global_batch",
                                                       "params_total",
                                                       "params_active",
                                                       "params_active_excl_input_embedding",
                                                       "params_total_excl_input_embedding",
                                                       "params_non_embedding",
                                                       "total",
                                                       "active",
                                                       "sequence_length",
                                                       "fewest_devices",
                                                       "micro_batch",
                                                       "zero_stage",
                                                       "data",
                                                       "tensor",
                                                       "pipeline",
                                                       "expert",
                                                       "first",
                                                       "last",
                                                       "p05",
                                                       "p25",
                                                       "p50",
                                                       "p75",
                                                       "p95",
                                                       "mean",
                                                       "k",
                                                       "worth",
                                                       "worth_low",
                                                       "worth_high",
                                                       "worth_of_reference",
                                                       "active_needed",
                                                       "total_needed",
                                                       "tokens_low",
                                                       "tokens_high",
                                                       "energy_low",
                                                       "energy_high",
                                                       "equivalence_k",
                                                       "knee",
                                                       "filled_hours",
                                                       "epochs",
                                                       "line_first",
                                                       "line_last",
                                                       "seq_len",
                                                       "rank",
                                                       "runs",
                                                       "overhead",
                                                       "lifetime_use",
                                                       "embodied_extra",
                                                       "development",
                                                       "nodes",
                                                       "flop_per_parameter_token",
                                                       "queries",
                                                       "layers",
                                                       "instances",
                                                       "least_row",
                                                       "batch",
                                                       "largest_batch",
                                                       "load",
                                                       "cached",
                                                       "replicas",
                                                       "tokens_per_step",
                                                       "image_steps",
                                                       "image_passes",
                                                       "utilisation"};

// Of inputs given by flags as well, which take bare numbers: "input_mfu", "tokens",
// "dense_equivalent_params".
bool is_plain(std::string_view key) {
  if (key.starts_with("input_")) key.remove_prefix(6);
  return plain_numbers.contains(key) || key.ends_with("_ratio") || key.ends_with("params") ||
         key.ends_with("tokens") || key == "pue" || key == "flops" ||
         key == "tflops";  // TFLOP/s per device: the flag's own name
}

// A unit beside the number or above it: {"value": 700, "unit": "W"}, {"by": "operational_location_kg", …},
// {"result_low": 29, "result_unit": "kWh"}, and the bands of a result: {"facility_energy_kwh": {"p05": …}}.
bool named_around(const Path& path) {
  const std::string& own = path.back().first;
  if (path.size() > 1 && own.find('_') != std::string::npos) {
    const Json* unit = path[path.size() - 2].second->find(own.substr(0, own.find('_')) + "_unit");
    if (unit != nullptr && unit->is_text() && !unit->text.empty()) return true;
  }
  for (const auto& [key, value] : path) {
    if (has_unit(key) || key == "ratio_to_first") return true;  // ratios by the result that they are of
    for (const char* name : {"unit", "by", "result", "quantity", "goal"}) {
      const Json* text = value->find(name);
      if (text == nullptr || !text->is_text() || text->text.empty()) continue;
      if (std::string_view{name} == "unit" || has_unit(text->text)) return true;
    }
  }
  return false;
}

TEST_CASE("every number of every document has its unit in the key, beside it, or none") {
  for (const Command& command : commands()) {
    if (command.verb == "show" || command.verb == "list") continue;  // their values are texts with units
    INFO(command.line);
    walk(document(command), [&](const Path& path) {
      if (!path.back().second->is_number()) return;
      const std::string& key = path.back().first.empty() ? path[path.size() - 2].first : path.back().first;
      INFO(key);
      const bool told = has_unit(key) || is_plain(key) || named_around(path);
      CHECK(told);
    });
  }
}

// The tornado of energy against the known band of estimate, which is in kWh; inputs in the units of
// assumptions.
TEST_CASE("the tornado's numbers are in the units beside them") {
  const Json json = document("sensitivity " + predicted_run + " --result facility_energy");
  const Json estimate = document("estimate " + predicted_run);
  const double middle = estimate.at("results.facility_energy_kwh")->number;
  std::size_t checked = 0;
  for (const Json& row : json.find("tornado")->items) {
    INFO(row.find("input")->text);
    CHECK(row.find("result_unit")->text == "kWh");
    CHECK(std::min(row.find("result_low")->number, row.find("result_high")->number) <= middle);
    CHECK(std::max(row.find("result_low")->number, row.find("result_high")->number) >= middle);
    for (const Json& a : estimate.find("assumptions")->items) {
      if (a.find("input")->text != row.find("input")->text) continue;
      CHECK(row.find("input_unit")->text == a.find("unit")->text);
      CHECK(row.find("input_p05")->number <= a.find("value")->number);
      CHECK(row.find("input_p95")->number >= a.find("value")->number);
      ++checked;
    }
  }
  CHECK(checked >= 2);
  const Json co2e = document("sensitivity " + predicted_run + " --result operational_location");
  CHECK(co2e.find("tornado")->items.at(0).find("result_unit")->text == "kg");
}

TEST_CASE("the heads of every table of results name their units") {
  for (const Command& command : commands()) DYNAMIC_SECTION(command.line) {
      const bool results = command.verb == "estimate" || command.verb == "compare" ||
                           command.verb == "sweep" || command.verb == "plan" || command.verb == "methods" ||
                           command.verb == "schedule" || command.verb == "serve";
      if (!results) continue;
      const Ran ran = run_checked(command, " --csv");
      INFO(command.line << '\n' << ran.out);
      std::string fault;
      const auto csv = parse_csv(ran.out, fault);
      INFO(fault);
      REQUIRE(csv);
      for (std::size_t c = 0; c < csv->head.size(); ++c) {
        const std::string& head = csv->head[c];
        const bool number = std::any_of(csv->rows.begin(), csv->rows.end(),
                                        [&](const auto& row) { return number_in(row[c]).has_value(); });
        INFO(head);
        // bands have the unit before their percentile: facility_energy_kwh_p05
        const std::string_view stem =
            head.size() > 4 && head[head.size() - 4] == '_' && head[head.size() - 3] == 'p'
                ? std::string_view{head}.substr(0, head.size() - 4)
                : std::string_view{head};
        const bool told = !number || has_unit(stem) || is_plain(stem);
        CHECK(told);
      }
    }
}

TEST_CASE("the keys of the contract are in every estimate, null where nothing is known") {
  for (const char* line : {"estimate --flops 1e20 --tflops 100TFLOP/s", "estimate --hours 10h --chips 8"}) {
    const Json json = document(line);
    for (const char* key :
         {"training_flop", "device_hours", "wall_hours", "it_energy_kwh", "facility_energy_kwh",
          "operational_location_kg", "operational_market_kg", "embodied_kg", "total_kg", "water_l",
          "cost_usd", "mfu", "hfu", "power_w_per_device"}) {
      INFO(line << ' ' << key);
      const Json* value = json.at(std::string{"results."} + key);
      REQUIRE(value != nullptr);
      const bool number_or_null = value->is_number() || value->is_null();
      CHECK(number_or_null);
    }
    for (const char* key : {"scenario", "results", "assumptions", "warnings", "sources"}) {
      INFO(key);
      CHECK(json.find(key) != nullptr);
    }
    CHECK(json.at("results.it_energy_kwh")->is_null());
  }
}

// 3.14e23 FLOP / 24.6e12 FLOP/s = 1.276422764e10 s = 3545618.79 h; · 330 W = 1170054.2005 kWh; · 1.1 =
// 1287059.6206 kWh; · 0.429 kg/kWh = 552148.577 kg; / 10000 = 354.5619 h; · 3 USD = 10636856.4; 0.1 USD ·
// 1287059.6206 = 128705.962
TEST_CASE("the numbers of a known run are in the units of their keys") {
  const Json json = document("estimate " + known_run);
  const std::pair<const char*, double> expected[] = {{"training_flop", 3.14e23},
                                                     {"achieved_tflops_per_device", 24.6},
                                                     {"device_hours", 3545618.78952},
                                                     {"wall_hours", 354.561878952},
                                                     {"devices", 10000},
                                                     {"power_w_per_device", 330},
                                                     {"it_energy_kwh", 1170054.200542},
                                                     {"facility_energy_kwh", 1287059.620596},
                                                     {"operational_location_kg", 552148.5772357},
                                                     {"cost_usd", 10636856.36856},
                                                     {"electricity_cost_usd", 128705.9620596},
                                                     {"mfu", 0.1968}};
  for (const auto& [key, value] : expected) {
    INFO(key);
    const Json* result = json.at(std::string{"results."} + key);
    REQUIRE(result != nullptr);
    CHECK(result->number == Approx(value).epsilon(1e-9));
  }
}

// Wherever a verb shows the results of the known run, they are those of estimate.
TEST_CASE("the same result has the same number and key in every verb") {
  const Json estimate = document("estimate " + known_run);
  const Json& expected = *estimate.find("results");
  const auto same = [&](const Json& results, const std::string& where) {
    INFO(where);
    REQUIRE(results.entries.size() == expected.entries.size());
    for (const auto& [key, value] : expected.entries) {
      INFO(key);
      REQUIRE(results.find(key) != nullptr);
      CHECK(results.find(key)->text == value.text);
    }
  };
  same(*document("sweep " + known_run + " --axis pue=1.1 --top 1").find("rows")->items.at(0).find("results"),
       "sweep");
  same(*document("plan " + known_run + " --axis pue=1.1,1.9 --max-co2e 1kt").at("best.results"), "plan");
  same(*document("compare " + known_run + " --vary pue=1.1,1.9").find("runs")->items.at(0).find("results"),
       "compare");
  same(*document("methods " + known_run).find("results"), "methods");
  same(*document("levers " + known_run).find("results"), "levers");
}

TEST_CASE("the column of an axis has the unit that its values are in, in a table and in JSON Lines") {
  const std::string line =
      "sweep --flops 1e22 --tflops 200TFLOP/s --pue 1.1 --chips 8 --axis power=0.3kW,400W "
      "--axis ci=0.429kg/kWh,35g/kWh --axis price=2USD/h";
  const Ran ran = run_line(line + " --csv");
  INFO(ran.out << ran.err);
  std::string fault;
  const auto csv = parse_csv(ran.out, fault);
  REQUIRE(csv);
  REQUIRE(csv->rows.size() == 4);
  CHECK(number_in(csv->cell(0, "power_w")) == 300);
  CHECK(number_in(csv->cell(2, "power_w")) == 400);
  CHECK(number_in(csv->cell(0, "ci_g_per_kwh")) == 429);
  CHECK(number_in(csv->cell(1, "ci_g_per_kwh")) == 35);
  const Ran lines = run_line(line + " --json");
  const auto json = parse_json(std::string_view{lines.out}.substr(0, lines.out.find('\n')), fault);
  REQUIRE(json);
  REQUIRE(json->find("power_w") != nullptr);
  CHECK(json->find("power_w")->number == 300);
  CHECK(json->find("ci_g_per_kwh") != nullptr);
}

TEST_CASE("the tables of sweep, plan and compare hold the numbers of estimate under the same heads") {
  const Json estimate = document("estimate " + known_run);
  for (const std::string& line :
       {"sweep " + known_run + " --axis pue=1.1,1.2", "sweep " + known_run + " --axis pue=1.1 --top 1",
        "plan " + known_run + " --axis pue=1.1,1.9 --max-co2e 1kt",
        "compare " + known_run + " --vary pue=1.1,1.9"}) {
    const Ran ran = run_line(line + " --csv");
    INFO(line << '\n' << ran.out);
    std::string fault;
    const auto csv = parse_csv(ran.out, fault);
    REQUIRE(csv);
    std::size_t same = 0;
    for (const auto& [key, value] : estimate.find("results")->entries) {
      if (!csv->column(key) || !value.is_number()) continue;
      INFO(key);
      CHECK(number_in(csv->cell(0, key)) == value.number);
      ++same;
    }
    CHECK(same >= 5);
  }
}

TEST_CASE("the scenario is the run in numbers as resolved, with names beside ids") {
  const Json known = document("estimate " + known_run);
  const auto check = [](const Json& json, const char* key, double value) {
    INFO(key);
    const Json* found = json.at(std::string{"scenario."} + key);
    REQUIRE(found != nullptr);
    REQUIRE(found->is_number());
    CHECK(found->number == Approx(value).epsilon(1e-12));
  };
  for (const auto& [key, value] : {std::pair{"flops", 3.14e23},
                                   {"chips", 1e4},
                                   {"tflops", 24.6},
                                   {"power_w", 330.0},
                                   {"pue", 1.1},
                                   {"ci_g_per_kwh", 429.0},
                                   {"price_usd_per_hour", 3.0},
                                   {"electricity_price_usd_per_kwh", 0.1}})
    check(known, key, value);
  CHECK(known.at("scenario.power")->text == "330W");  // as given
  CHECK(known.at("scenario.hardware")->text == "v100-sxm2-16gb");
  CHECK(known.at("scenario.country") == nullptr);

  const Json predicted = document("estimate " + predicted_run);
  check(predicted, "params", 7e9);
  check(predicted, "active", 7e9);
  check(predicted, "tokens", 1e12);
  check(predicted, "year", 2023);
  check(predicted, "tdp_w", 700);  // the data sheet of the H100 SXM5
  check(predicted, "mfu", predicted.at("results.mfu")->number);
  for (const Json& a : predicted.find("assumptions")->items) {
    const std::string& input = a.find("input")->text;
    if (input == "pue") check(predicted, "pue", a.find("value")->number);
    if (input == "ci") check(predicted, "ci_g_per_kwh", a.find("value")->number);
  }
  CHECK(predicted.at("scenario.hardware_name")->text.find("H100") != std::string::npos);
  CHECK(predicted.at("scenario.place_name")->text == "France");
  const Json zone = document("estimate --hours 1h --chips 8 --hardware h100-sxm5 --grid US-TEX-ERCO");
  CHECK(zone.at("scenario.place_name")->text == "ERCOT Texas");
  CHECK(zone.at("scenario.country")->text == "United States");
  const Json region =
      document("estimate --hours 1h --chips 8 --hardware h100-sxm5 --region gcp:europe-north1");
  CHECK(region.at("scenario.country")->text == "Finland");

  const Json counted = document("estimate --model mixtral-8x7b --tokens 1T --hardware h100-sxm5 --chips 64");
  check(counted, "params", 46702792704);  // model.safetensors.index.json / 2
  check(counted, "active", 12879925248);  // 12.9B in jiang-2024
  check(document("estimate --params 7B --tokens optimal --flops 1e22"), "tokens",
        document("estimate --params 7B --tokens optimal").at("scenario.tokens")->number);
}

TEST_CASE("no text of a scenario is a number") {
  for (const Command& command : commands()) DYNAMIC_SECTION(command.line) {
      const Json json = document(command);
      if (json.find("scenario") == nullptr) continue;
      for (const auto& [key, value] : json.find("scenario")->entries) {
        INFO(key << " = " << value.text);
        const bool number = value.is_text() && number_in(value.text).has_value();
        CHECK_FALSE(number);
      }
    }
}

}  // namespace
}  // namespace kwhatif::test
