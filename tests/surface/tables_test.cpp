// Documents and tables of one verb hold the same numbers, and both hold known ones.
#include "surface/support.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace kwhatif::test {
namespace {

Csv table(const std::string& line) {
  const Ran ran = run_line(line + " --csv");
  INFO("kwhatif " << line << " --csv\n" << ran.out << ran.err);
  std::string fault;
  const auto csv = parse_csv(ran.out, fault);
  INFO(fault);
  REQUIRE(csv);
  return *csv;
}

// A cell and a value of a document that mean the same.
void check_same(const std::string& cell, const Json* value) {
  REQUIRE(value != nullptr);
  INFO("cell '" << cell << "', document '" << value->text << "'");
  if (value->is_null()) {
    CHECK(cell.empty());
  } else if (value->is_number()) {
    const auto number = number_in(cell);
    REQUIRE(number);
    CHECK(*number == value->number);
  } else if (value->is_text()) {
    CHECK(cell == value->text);
  }
}

// The rows of a table against the objects of an array, in order, by columns of equal meaning.
void check_rows(const Csv& csv, const std::vector<Json>& rows,
                const std::vector<std::pair<std::string, std::string>>& columns, std::size_t first = 0) {
  REQUIRE(csv.rows.size() == rows.size() + first);
  REQUIRE_FALSE(rows.empty());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (const auto& [column, key] : columns) {
      INFO("row " << r << ": " << column);
      REQUIRE(csv.column(column));
      check_same(csv.cell(r + first, column), rows[r].at(key));
    }
  }
}

TEST_CASE("estimate --csv has the same columns whatever is given, with the bands of the document") {
  const Csv bare = table("estimate --flops 1e20 --hours 1h --chips 8");
  const Csv predicted = table("estimate " + predicted_run);
  CHECK(table("estimate " + known_run).head == bare.head);
  CHECK(predicted.head == bare.head);
  CHECK(table("estimate --params 7B --tokens 1T --hardware h100-sxm5 --chips 64 --mfu 0.4").head ==
        bare.head);
  CHECK(table("levers " + known_run + " --apply map-4m").head == bare.head);
  CHECK(predicted.cell(0, "params") == "7e9");
  CHECK(predicted.cell(0, "grid") == "FRA");
  CHECK(predicted.cell(0, "input_mfu").empty());
  const Csv known = table("estimate " + known_run);  // what was given, in the units of the heads
  for (const auto& [head, cell] : {std::pair{"power_w", "330"},
                                   {"ci_g_per_kwh", "429"},
                                   {"tflops", "24.6"},
                                   {"price_usd_per_hour", "3"},
                                   {"electricity_price_usd_per_kwh", "0.1"},
                                   {"pue", "1.1"},
                                   {"flops", "3.14e23"}}) {
    INFO(head);
    CHECK(known.cell(0, head) == cell);
  }
  const Json json = document("estimate " + predicted_run);
  REQUIRE(json.find("intervals")->entries.size() >= 8);
  for (const auto& [key, result] : json.find("results")->entries) {
    for (const char* percentile : {"p05", "p25", "p50", "p75", "p95"}) {
      const std::string head = key + '_' + percentile;
      INFO(head);
      const Json* band = json.find("intervals")->find(key);
      if (band == nullptr) {
        CHECK(predicted.cell(0, head).empty());
      } else {
        check_same(predicted.cell(0, head), band->find(percentile));
      }
    }
  }
}

TEST_CASE("methods: table and document are the same, and kwhatif's own row is the estimate") {
  const Csv csv = table("methods patterson-2021/gpt-3");
  const Json json = document("methods patterson-2021/gpt-3");
  check_rows(csv, json.find("methods")->items,
             {{"method", "id"},
              {"facility_energy_kwh", "facility_energy_kwh"},
              {"operational_location_kg", "operational_location_kg"},
              {"energy_ratio", "energy_ratio"},
              {"co2e_ratio", "co2e_ratio"}},
             1);
  check_same(csv.cell(0, "facility_energy_kwh"), json.at("results.facility_energy_kwh"));
  check_same(csv.cell(0, "operational_location_kg"), json.at("results.operational_location_kg"));
  for (const Json& m : json.find("methods")->items) {
    if (!m.find("facility_energy_kwh")->is_number() || !m.find("energy_ratio")->is_number()) continue;
    INFO(m.find("id")->text);
    const double ours = json.at("results.facility_energy_kwh")->number;
    CHECK(m.find("facility_energy_kwh")->number ==
          Approx(m.find("energy_ratio")->number * ours).epsilon(1e-9));
  }
}

TEST_CASE("schedule: table and document are the same, and kilograms are energy times intensity") {
  const std::string line = "schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid US-CAL-CISO";
  const Csv csv = table(line);
  const Json json = document(line);
  const double kwh = json.at("job.facility_energy_kwh")->number;
  check_same(csv.cell(0, "mean_intensity_g_per_kwh"), json.at("now.mean_g_per_kwh"));
  check_same(csv.cell(0, "co2e_kg"), json.at("now.operational_location_kg"));
  for (std::size_t row = 0; row < csv.rows.size(); ++row) {
    const std::string policy = csv.cell(row, "policy");
    INFO(policy);
    CHECK(*number_in(csv.cell(row, "co2e_kg")) ==
          Approx(*number_in(csv.cell(row, "mean_intensity_g_per_kwh")) * kwh / 1000).epsilon(1e-9));
    if (policy == "now") continue;
    check_same(csv.cell(row, "mean_saving"), json.at("savings." + policy + ".mean"));
    for (const char* key : {"p05", "p25", "p50", "p75", "p95"})
      check_same(csv.cell(row, key), json.at("savings." + policy + '.' + key));
  }
}

TEST_CASE("reproduce: table and document are the same") {
  const Json json = document("reproduce strubell-2019");
  const Json& study = json.find("studies")->items.at(0);
  check_rows(table("reproduce strubell-2019"), study.find("rows")->items,
             {{"row", "id"},
              {"quantity", "quantity"},
              {"published", "published"},
              {"computed", "computed"},
              {"relative_error", "relative_error"},
              {"verdict", "verdict"}});
  for (const Json& row : study.find("rows")->items) {
    if (!row.find("computed")->is_number()) continue;
    INFO(row.find("id")->text);
    const double published = row.find("published")->number;
    CHECK(row.find("computed")->number / published - 1 ==
          Approx(row.find("relative_error")->number).margin(1e-9));
  }
}

TEST_CASE("backtest: table and document are the same, and covered means inside the band") {
  const Json json = document("backtest");
  check_rows(table("backtest"), json.find("rows")->items,
             {{"id", "id"},
              {"mode", "mode"},
              {"predictor", "predictor"},
              {"published", "published"},
              {"predicted", "predicted"},
              {"ratio", "ratio"},
              {"p05", "p05"},
              {"p95", "p95"}});
  for (const Json& row : json.find("rows")->items) {
    INFO(row.find("id")->text);
    CHECK(row.find("predicted")->number / row.find("published")->number == Approx(row.find("ratio")->number));
    if (row.find("p05")->is_null()) continue;
    const double published = row.find("published")->number;
    const bool inside = row.find("p05")->number <= published && published <= row.find("p95")->number;
    CHECK((row.find("covered")->number != 0) == inside);
  }
}

TEST_CASE("equiv: table and document are the same, and the amounts follow from one piece") {
  const Json json = document("equiv 85t");
  CHECK(json.find("unit")->text == "kg");
  CHECK(json.find("amount")->number == 85000);
  const Csv csv = table("equiv 85t");
  for (const Json& e : json.find("equivalents")->items) {
    if (e.find("km") == nullptr || e.find("value_of_one")->text != "107.5 gCO2e/km") continue;
    CHECK(e.find("km")->number == Approx(85000 / 0.1075));  // 107.5 g a kilometre
    CHECK(e.find("miles")->number == Approx(85000 / 0.1075 / 1.609344));
    check_same(csv.cell(0, "count"), e.find("km"));
  }
}

TEST_CASE("model: published counts stand under their keys") {
  const Json mixtral = document("model mixtral-8x7b");
  CHECK(mixtral.find("params_total")->number == 46702792704);   // model.safetensors.index.json / 2
  CHECK(mixtral.find("params_active")->number == 12879925248);  // 12.9B in jiang-2024
  CHECK(mixtral.find("flop_per_token_training")->number ==
        3 * mixtral.find("flop_per_token_forward")->number);
  double total = 0;
  double active = 0;
  for (const Json& part : mixtral.at("breakdown.parameters")->items) {
    total += part.find("total")->number;
    active += part.find("active")->number;
  }
  CHECK(total == mixtral.find("params_total")->number);
  CHECK(active == mixtral.find("params_active")->number);
  double memory = 0;
  for (const char* key :
       {"weights", "gradients", "optimizer", "activations", "logits", "working", "overhead"})
    memory += mixtral.at(std::string{"memory_bytes."} + key)->number;
  CHECK(mixtral.at("memory_bytes.total")->number == Approx(memory));
  CHECK(mixtral.at("memory_bytes.weights")->number >= 2 * 46702792704.0);
  CHECK(mixtral.at("memory_gb")->number == Approx(memory / 1e9));
  CHECK(mixtral.at("memory_gb_p05")->number < memory / 1e9);
  CHECK(mixtral.at("memory_gb_p95")->number > memory / 1e9);
}

TEST_CASE("sensitivity: the tornado's ends stand on their sides, the largest swing first") {
  const Json json = document("sensitivity " + predicted_run);
  REQUIRE_FALSE(json.find("tornado")->items.empty());
  std::map<std::string, double> elasticity;
  for (const Json& row : json.find("elasticities")->items)
    elasticity[row.find("input")->text] = row.find("elasticity")->number;
  CHECK(elasticity.at("pue") == Approx(1));
  CHECK(elasticity.at("ci") == Approx(1));
  double before = 1e300;
  for (const Json& row : json.find("tornado")->items) {
    INFO(row.find("input")->text);
    CHECK(row.find("input_p05")->number <= row.find("input_p95")->number);
    // the result at the low end of the input and at its high end: the sign is that of the elasticity
    const double swing = row.find("result_high")->number - row.find("result_low")->number;
    CHECK((swing > 0) == (elasticity.at(row.find("input")->text) > 0));
    CHECK(std::abs(swing) <= before);
    before = std::abs(swing);
  }
}

TEST_CASE("compare: ratios are of the run over the one it is compared with") {
  const Json json =
      document("compare patterson-2021/transformer-big-p100-us patterson-2021/evolved-medium-tpu-v2-iowa");
  const auto& runs = json.find("runs")->items;
  const std::map<std::string, std::string> keys{{"facility_energy", "facility_energy_kwh"},
                                                {"operational_location", "operational_location_kg"},
                                                {"wall_time", "wall_hours"}};
  std::size_t checked = 0;
  for (const Json& ratio : json.find("ratios")->items) {
    const auto key = keys.find(ratio.find("quantity")->text);
    if (key == keys.end() || !ratio.find("ratio")->is_number()) continue;
    INFO(key->second);
    const auto result = [&](const char* which) {
      return runs.at(static_cast<std::size_t>(ratio.find(which)->number))
          .at("results." + key->second)
          ->number;
    };
    CHECK(ratio.find("ratio")->number == Approx(result("run") / result("against")));
    ++checked;
    double product = 1;
    for (const Json& factor : json.find("factors")->items) {
      if (factor.find("quantity")->text == key->first &&
          factor.find("run")->number == ratio.find("run")->number)
        product *= factor.find("ratio")->number;
    }
    CHECK(product == Approx(ratio.find("ratio")->number));
  }
  CHECK(checked >= 3);
}

TEST_CASE("levers: document and table name the same levers, sources and savings") {
  for (const std::string run :
       {"patterson-2021/gpt-3", "--params 7B --tokens 1T --hardware h100-sxm5 --chips 64"}) {
    const Json json = document("levers " + run);
    const Csv csv = table("levers " + run);
    check_rows(csv, json.find("levers")->items,
               {{"lever", "id"},
                {"applies", "applies"},
                {"energy_low", "energy.low"},
                {"energy_high", "energy.high"},
                {"co2e_typical", "co2e.typical"},
                {"source", "source"},
                {"status", "status"}});
    for (const Json& lever : json.find("levers")->items) {
      INFO(lever.find("id")->text);
      for (const char* of : {"energy", "co2e", "time"}) {
        CHECK(lever.find(of)->find("low")->number <= lever.find(of)->find("typical")->number);
        CHECK(lever.find(of)->find("typical")->number <= lever.find(of)->find("high")->number);
      }
      if (!lever.find("setting")->is_null()) CHECK(lever.find("status")->text == "forecast");
    }
  }
}

}  // namespace
}  // namespace kwhatif::test
