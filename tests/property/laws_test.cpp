// What must follow from a change of one input, on random runs: scale laws, bands around results, derivations
// that multiply out.
#include "support.hpp"

#include <algorithm>

namespace kwhatif::test {
namespace {

using run::Input;

const std::vector<std::string> of_time{
    "device_hours",          "it_energy_kwh", "facility_energy_kwh", "operational_location_kg",
    "operational_market_kg", "cost_usd",      "cost_low_usd",        "electricity_cost_usd"};

Decimal doubled(const RunPart& part) { return {part.number.digits * 2, part.number.exponent}; }

TEST_CASE("random runs: twice the tokens at a given rate and power is twice of everything but the rate") {
  for_seeds(11, 60, [](Random& random) {
    const RandomRun run = random_run(random, {.rate = true, .tokens = true});
    RandomRun twice = run;
    twice.set(Input::tokens, doubled(*run.find(Input::tokens)));
    INFO(run.command("estimate") << '\n' << twice.command("estimate"));
    const Numbers a = estimated(run);
    const Numbers b = estimated(twice);
    REQUIRE(a.contains("it_energy_kwh"));
    for (const std::string& key : of_time) check_factor(a, b, key, 2);
    check_factor(a, b, "training_flop", 2);
    check_factor(a, b, "wall_hours", 2);
    check_factor(a, b, "achieved_tflops_per_device", 1);
    check_factor(a, b, "power_w_per_device", 1);
  });
}

TEST_CASE("random runs: the PUE moves what is drawn from the grid, and nothing else") {
  for_seeds(12, 60, [](Random& random) {
    RandomRun run = random_run(random, {.place = true});
    run.set(Input::pue, Decimal{125, -2});
    RandomRun other = run;
    other.set(Input::pue, Decimal{175, -2});
    INFO(run.command("estimate"));
    const Numbers a = estimated(run);
    const Numbers b = estimated(other);
    REQUIRE(a.contains("facility_energy_kwh"));
    for (const auto& [key, value] : a) {
      const bool drawn = key.starts_with("facility") || key.starts_with("operational") ||
                         key.starts_with("electricity") || key.starts_with("total") ||
                         key.starts_with("water");
      if (!drawn) check_factor(a, b, key, 1);
    }
    for (const char* key :
         {"facility_energy_kwh", "operational_location_kg", "operational_market_kg", "electricity_cost_usd"})
      check_factor(a, b, key, 1.75 / 1.25);
    CHECK(close(a.at("facility_energy_kwh"), 1.25 * a.at("it_energy_kwh")));
  });
}

TEST_CASE("random runs: CO2e is energy times intensity, and money device-time times price") {
  for_seeds(13, 60, [](Random& random) {
    RandomRun run = random_run(random, {.place = true});
    for (const Input place : {Input::region, Input::grid, Input::year}) run.drop(place);
    const std::uint64_t g_per_kwh = random.below(900);
    const std::uint64_t contracts = random.below(900);
    run.set(Input::ci, Decimal{g_per_kwh, 0});
    run.set(Input::ci_market, Decimal{contracts, 0});
    run.set(Input::price, Decimal{325, -2});
    run.set(Input::electricity_price, Decimal{12, -2});
    INFO(run.command("estimate"));
    const Numbers a = estimated(run);
    REQUIRE(a.contains("facility_energy_kwh"));
    const double kwh = a.at("facility_energy_kwh");
    CHECK(close(a.at("operational_location_kg"), kwh * static_cast<double>(g_per_kwh) / 1000));
    CHECK(close(a.at("operational_market_kg"), kwh * static_cast<double>(contracts) / 1000));
    CHECK(close(a.at("cost_usd"), a.at("device_hours") * 3.25));
    CHECK(close(a.at("electricity_cost_usd"), kwh * 0.12));
    CHECK(close(a.at("it_energy_kwh"), a.at("device_hours") * a.at("power_w_per_device") / 1000));
    if (a.contains("wall_hours")) CHECK(close(a.at("wall_hours") * a.at("devices"), a.at("device_hours")));
  });
}

TEST_CASE("random runs: twice the devices at a given rate take half the time and the same energy") {
  for_seeds(14, 60, [](Random& random) {
    RandomRun run = random_run(random, {.rate = true, .work = true, .hardware = true});
    run.drop(Input::total_power);
    run.set(Input::power, Decimal{450, 0});
    RandomRun twice = run;
    twice.set(Input::chips, doubled(*run.find(Input::chips)));
    INFO(run.command("estimate"));
    const Numbers a = estimated(run);
    const Numbers b = estimated(twice);
    REQUIRE(a.contains("wall_hours"));
    for (const std::string& key : of_time) check_factor(a, b, key, 1);
    check_factor(a, b, "wall_hours", 0.5);
    check_factor(a, b, "devices", 2);
  });
}

TEST_CASE("random runs: runs and overhead multiply the time, and not the compute of one run") {
  for_seeds(15, 40, [](Random& random) {
    RandomRun run = random_run(random);
    run.drop(Input::runs);
    run.drop(Input::overhead);
    RandomRun more = run;
    more.set(Input::runs, Decimal{3, 0});
    more.set(Input::overhead, Decimal{25, -2});
    INFO(more.command("estimate"));
    const Numbers a = estimated(run);
    const Numbers b = estimated(more);
    for (const std::string& key : of_time) check_factor(a, b, key, 3.75);
    check_factor(a, b, "wall_hours", 3.75);
    check_factor(a, b, "training_flop", 1);
    check_factor(a, b, "achieved_tflops_per_device", 1);
  });
}

TEST_CASE("random runs: bands stand in order around their result, and only around results that are there") {
  for_seeds(16, 80, [](Random& random) {
    const RandomRun run = random_run(random);
    INFO(run.command("estimate"));
    const Json document = answer(words("estimate", run, {"--json"}));
    const Numbers results = numbers_of(*document.find("results"));
    const Json* intervals = document.find("intervals");
    if (intervals == nullptr) return;
    for (const auto& [key, band] : intervals->entries) {
      INFO(key);
      REQUIRE(results.contains(key));
      const Numbers b = numbers_of(band);
      REQUIRE(b.size() == 5);
      CHECK(b.at("p05") <= b.at("p25"));
      CHECK(b.at("p25") <= b.at("p50"));
      CHECK(b.at("p50") <= b.at("p75"));
      CHECK(b.at("p75") <= b.at("p95"));
      CHECK(b.at("p05") <= results.at(key));
      CHECK(results.at(key) <= b.at("p95"));
    }
  });
}

// A formula such as "device-time of one run × runs × (1 + overhead)" with the values of the names in it.
class Formula {
 public:
  Formula(std::string_view text, const std::map<std::string, double>& values)
      : rest_(text), values_(values) {}

  double value() {
    const double out = sum();
    INFO("left over: '" << rest_ << "'");
    CHECK(rest_.empty());
    return out;
  }

 private:
  void blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool skip(std::string_view sign) {
    blanks();
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(sign.size());
    return true;
  }
  double sum() {
    double out = product();
    while (true) {
      if (skip("+ "))
        out += product();
      else if (skip("− ") || skip("- "))
        out -= product();
      else
        return out;
    }
  }
  double product() {
    double out = factor();
    while (true) {
      if (skip("×") || skip("·"))
        out *= factor();
      else if (skip("/"))
        out /= factor();
      else
        return out;
    }
  }
  double factor() {
    blanks();
    const std::pair<const std::string, double>* longest = nullptr;
    for (const auto& value : values_) {
      if (rest_.starts_with(value.first) &&
          (longest == nullptr || value.first.size() > longest->first.size()))
        longest = &value;
    }
    if (longest != nullptr) {
      rest_.remove_prefix(longest->first.size());
      return longest->second;
    }
    if (skip("(")) {
      const double out = sum();
      CHECK(skip(")"));
      return out;
    }
    const auto end = std::min(rest_.find_first_not_of("0123456789.e"), rest_.size());
    INFO("neither a part nor a number: '" << rest_ << "'");
    const auto number = number_in(rest_.substr(0, end));
    REQUIRE(number);
    rest_.remove_prefix(end);
    return *number;
  }

  std::string_view rest_;
  const std::map<std::string, double>& values_;
};

// Each derived number from its parts, and each leaf has somebody who is responsible for it.
void multiply_out(const Json& derivation, std::size_t& derived) {
  const std::string name = derivation.find("name")->text;
  INFO(name);
  const Json* formula = derivation.find("formula");
  const Json* parts = derivation.find("parts");
  if (parts == nullptr) {
    if (derivation.find("derived_above") != nullptr) return;
    REQUIRE(derivation.find("status") != nullptr);
    CHECK_FALSE(derivation.find("status")->text.empty());
    return;
  }
  REQUIRE(formula != nullptr);
  std::map<std::string, double> values;
  for (const Json& part : parts->items) values[part.find("name")->text] = part.find("value")->number;
  INFO(formula->text);
  CHECK(close(Formula(formula->text, values).value(), derivation.find("value")->number));
  ++derived;
  for (const Json& part : parts->items) multiply_out(part, derived);
}

TEST_CASE("random runs: what explain derives multiplies out, and is what estimate says") {
  for_seeds(17, 80, [](Random& random) {
    const RandomRun run = random_run(random);
    INFO(run.command("explain"));
    const Json document = answer(words("explain", run, {"--json"}));
    std::size_t derived = 0;
    for (const Json& derivation : document.find("derivations")->items) multiply_out(derivation, derived);
    CHECK(derived >= 1);
    const Numbers results = estimated(run);
    for (const Json& derivation : document.find("derivations")->items) {
      const std::string& name = derivation.find("name")->text;
      const double value = derivation.find("value")->number;
      if (name == "facility energy") CHECK(close(value / 3.6e6, results.at("facility_energy_kwh")));
      if (name == "CO2e, location-based") CHECK(close(value, results.at("operational_location_kg")));
      if (name == "wall time") CHECK(close(value / 3600, results.at("wall_hours")));
    }
  });
}

}  // namespace
}  // namespace kwhatif::test
