// Models at equal quality as people and programs read it: where there is no number, none is printed.
#include "support/random.hpp"
#include "surface/support.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::test {
namespace {

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The line of a table that begins with this.
std::string row_of(const std::string& text, const std::string& head) {
  const auto at = text.find('\n' + head);
  return at == std::string::npos ? std::string{} : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

constexpr std::array models{"llama-2-70b",   "mixtral-8x7b", "llama-3-8b",  "deepseek-v3", "qwen3-30b-a3b",
                            "gpt-3",         "gpt-oss-120b", "gpt2",        "olmoe-1b-7b", "llama-3.1-405b",
                            "mixtral-8x22b", "qwen3-32b",    "llama-3.2-1b"};
constexpr std::array lengths{"1B", "30B", "300B", "2T", "15T", "40T"};

std::string known(const Ran& ran) { return ran.out + ran.err; }

TEST_CASE("runs at equal quality are answered within limits or refused without a number") {
  Random random{20261128};
  int refused = 0;
  int answered = 0;
  for (int i = 0; i < 60; ++i) {
    const std::string first = models[random.below(models.size())];
    const std::string second = models[random.below(models.size())];
    if (first == second) continue;
    const std::string line =
        "compare --tokens " + std::string{lengths[random.below(lengths.size())]} +
        " --hardware h100-sxm5 --chips 1024 --grid SWE --equal loss --vary model=" + first + ',' + second;
    const Ran ran = run_line(line);
    INFO(line << '\n' << known(ran));
    if (ran.code == 2 && ran.err.find("unknown-model") != std::string::npos) continue;  // not in the tables
    REQUIRE(ran.code == 0);
    const Json json = document(line);
    const Json& sized = *json.find("as_sized");
    const Json& other = json.find("runs")->items[1];
    const Json& results = *other.find("results");
    if (sized.find("refused")->is_text()) {
      ++refused;
      CHECK_FALSE(has_digit(sized.find("refused")->text));
      for (const char* key : {"tokens", "compute_ratio", "low", "high"}) CHECK(sized.find(key)->is_null());
      for (const char* key : {"training_flop", "device_hours", "wall_hours", "facility_energy_kwh",
                              "operational_location_kg", "cost_usd"})
        CHECK(results.find(key)->is_null());
      CHECK(other.find("scenario")->find("tokens") == nullptr);
      for (const Json& ratio : json.find("ratios")->items) CHECK(ratio.find("ratio")->is_null());
      const std::string row = row_of(ran.out, "2  ");
      CHECK(row.find("refused") != std::string::npos);
      CHECK(row.find("Wh") == std::string::npos);
      CHECK(row.find("years") == std::string::npos);
    } else {
      ++answered;
      CHECK(sized.find("tokens")->number <= 100e12);
      // what the rule leaves open is in the band of the runs, or there is none where it has no end
      const Json& energy = json.find("ratios")->items[0];
      const bool closed = sized.find("low")->is_number() && sized.find("high")->is_number();
      CHECK(energy.find("low")->is_number() == closed);
      if (closed)
        CHECK(energy.find("high")->number / energy.find("low")->number >
              0.9 * sized.find("high")->number / sized.find("low")->number);
      CHECK(sized.find("compute_ratio")->number < 100);
      CHECK(other.find("scenario")->find("tokens")->number == Approx(sized.find("tokens")->number));
      CHECK(results.find("training_flop")->number /
                json.find("runs")->items[0].find("results")->find("training_flop")->number ==
            Approx(sized.find("compute_ratio")->number));
    }
    // one function behind both verbs, and the rule stands in each
    const Json beside = document("model " + first + " --against " + second + " --equal loss --tokens " +
                                 line.substr(17, line.find(' ', 17) - 17));
    for (const char* answer : {"as_sized", "equal_quality"}) {
      const Json* a = json.find(answer);
      const Json* b = beside.find(answer);
      REQUIRE(a->is_null() == b->is_null());
      if (a->is_null()) continue;
      for (const auto& [key, value] : a->entries) {
        INFO(key);
        if (value.is_number() && !key.starts_with("energy"))
          CHECK(b->find(key)->number == Approx(value.number));
        if (value.is_text()) CHECK(b->find(key)->text == value.text);
      }
    }
    CHECK(json.find("equivalence")->find("rule")->text == "leverage");
    CHECK(beside.find("equivalence")->find("rule")->text == "leverage");
    CHECK(ran.out.find("leverage") != std::string::npos);
  }
  CHECK(refused >= 5);
  CHECK(answered >= 5);
}

TEST_CASE("energy at equal quality is the compute ratio by what a FLOP takes of each") {
  const std::string line =
      "compare --tokens 36T --hardware h100-sxm5 --chips 1024 --grid SWE --vary "
      "model=qwen3-32b,qwen3-30b-a3b";
  const Json json = document(line + " --equal loss");
  const Json given = document(line);
  const auto per_flop = [&](std::size_t run) {
    const Json& results = *given.find("runs")->items[run].find("results");
    return results.find("facility_energy_kwh")->number / results.find("training_flop")->number;
  };
  const Json& kind = *json.find("equal_quality");
  CHECK(kind.find("energy_ratio")->number ==
        Approx(kind.find("compute_ratio")->number * per_flop(1) / per_flop(0)));
  CHECK(kind.find("energy_low")->number < kind.find("energy_ratio")->number);
  CHECK(kind.find("energy_high")->number > kind.find("energy_ratio")->number);
}

TEST_CASE("the rule of equivalence reaches every verb that counts by it") {
  const std::string runs =
      "compare --tokens 2T --hardware h100-sxm5 --chips 1024 --grid SWE "
      "--vary model=llama-2-70b,mixtral-8x7b";
  const auto k = [](const Json& json) { return json.find("equivalence")->find("k")->number; };
  const Json active = document(runs + " --equal loss --equivalence none");
  CHECK(k(active) == 1);
  CHECK(active.find("equivalence")->find("low")->is_null());
  CHECK(k(document(runs + " --equal loss --equivalence geometric-mean")) ==
        Approx(std::sqrt(3.626)).epsilon(1e-3));
  CHECK(k(document("model llama-2-70b --against mixtral-8x7b --equal loss --equivalence geometric-mean")) ==
        Approx(std::sqrt(3.626)).epsilon(1e-3));
  const Ran given = run_line(runs + " --equivalence geometric-mean");
  CHECK(given.err.find("no effect") == std::string::npos);
  std::string words = given.out;
  std::ranges::replace(words, '\n', ' ');
  CHECK(words.find("mixtral-8x7b is worth a dense 24.5 B by the rule geometric-mean") != std::string::npos);
  const Ran unknown = run_line(runs + " --equal loss --equivalence levrage");
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("did you mean 'leverage'?") != std::string::npos);
  // compute-optimal tokens: of the dense equivalent
  const auto optimal = [](const std::string& rule) {
    return document("estimate --model mixtral-8x7b --hardware h100-sxm5 --tokens optimal" + rule)
        .find("scenario")
        ->find("tokens")
        ->number;
  };
  CHECK(optimal("") > 1.5 * optimal(" --equivalence none"));
  CHECK(optimal("") == optimal(" --equivalence leverage"));
}

}  // namespace
}  // namespace kwhatif::test
