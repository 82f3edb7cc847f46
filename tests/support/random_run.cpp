#include "random_run.hpp"

#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>

namespace kwhatif::test {

namespace {

using run::Input;

// One unit of a quantity: how many of it the first one is, as times · 10^shift, without rounding.
struct Unit {
  std::string_view name;
  std::uint64_t times = 1;
  int shift = 0;
};

const std::vector<Unit>& units(Input input) {
  static const std::vector<Unit> counts{{""}, {"k", 1, -3}, {"M", 1, -6}, {"B", 1, -9}, {"T", 1, -12}};
  static const std::vector<Unit> shares{{""}, {" %", 1, 2}};
  static const std::vector<Unit> watts{{" W"}, {" kW", 1, -3}, {" mW", 1, 3}};
  static const std::vector<Unit> times{{" days"}, {" h", 24}, {" min", 1440}, {" s", 86400}};
  static const std::vector<Unit> device_times{{" device-h"}, {" GPU-h"}, {" k device-h", 1, -3}};
  static const std::vector<Unit> rates{{" TFLOP/s"}, {" GFLOP/s", 1, 3}, {" PFLOP/s", 1, -3}};
  static const std::vector<Unit> intensities{{" g/kWh"}, {" kg/MWh"}, {" kg/kWh", 1, -3}, {" t/GWh"}};
  static const std::vector<Unit> prices{{" USD/h"}, {" $/h"}};
  static const std::vector<Unit> energy_prices{{" USD/kWh"}, {" USD/MWh", 1, 3}};
  static const std::vector<Unit> bare{{""}};
  switch (input) {
    case Input::params:
    case Input::active:
    case Input::tokens:
    case Input::flops:
      return counts;
    case Input::overhead:
    case Input::mfu:
      return shares;
    case Input::power:
    case Input::total_power:
      return watts;
    case Input::hours:
      return times;
    case Input::device_hours:
      return device_times;
    case Input::tflops:
      return rates;
    case Input::ci:
    case Input::ci_market:
      return intensities;
    case Input::price:
      return prices;
    case Input::electricity_price:
      return energy_prices;
    default:
      return bare;
  }
}

// "1234e-2" with the point set where that is short, or as it is.
std::string decimal(std::uint64_t digits, int exponent) {
  std::string text = std::to_string(digits);
  if (exponent == 0) return text;
  if (exponent > 0 && exponent < 4) return text + std::string(static_cast<std::size_t>(exponent), '0');
  if (exponent < 0 && exponent > -8) {
    const auto places = static_cast<std::size_t>(-exponent);
    if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
    return text.insert(text.size() - places, ".");
  }
  return text + 'e' + std::to_string(exponent);
}

class Draw {
 public:
  Draw(Random& random, const RunWishes& wishes) : random_(random), wishes_(wishes) {}

  RandomRun run() {
    work();
    machine();
    rate_and_power();
    place();
    rest();
    return std::move(run_);
  }

 private:
  bool often() { return random_.below(4) != 0; }
  bool seldom() { return random_.below(4) == 0; }
  void number(Input input, std::uint64_t low, std::uint64_t high, int exponent) {
    run_.set(input, Decimal{low + random_.below(high - low + 1), exponent});
  }
  void one_of(Input input, const std::vector<std::string_view>& words) {
    run_.set(input, std::string{words[random_.below(words.size())]});
  }

  void work() {
    const auto way = wishes_.tokens ? 0 : random_.below(wishes_.work ? 3 : 4);
    if (way == 3) {  // time alone
      timed_ = true;
      number(Input::chips, 1, 4096, 0);
      if (seldom())
        number(Input::device_hours, 10, 999999, 0);
      else
        number(Input::hours, 1, 900, -1);
      return;
    }
    if (way == 2) {
      number(Input::flops, 100, 999, 17 + static_cast<int>(random_.below(5)));
      return;
    }
    if (way == 1) {
      one_of(Input::model, {"gpt2", "llama-2-70b", "mixtral-8x7b", "bert-base-uncased", "olmo-7b"});
      if (seldom()) one_of(Input::seq_len, {"512", "1024"});
      if (seldom()) one_of(Input::recompute, {"none", "selective", "full"});
    } else {
      number(Input::params, 10, 999, 7 + static_cast<int>(random_.below(3)));
      if (seldom())
        run_.set(Input::active, Decimal{run_.find(Input::params)->number.digits / 4 + 1,
                                        run_.find(Input::params)->number.exponent});
    }
    number(Input::tokens, 10, 999, 8 + static_cast<int>(random_.below(3)));
    if (seldom()) number(Input::epochs, 1, 4, 0);
  }

  void machine() {
    if (wishes_.hardware || often()) {
      one_of(Input::hardware,
             {"h100-sxm5", "a100-sxm4-80gb", "v100-sxm2-16gb", "tpu-v4", "a10", "mi250x", "rtx-3090"});
      if (!timed_ && seldom()) one_of(Input::precision, {"fp16", "bf16", "fp32"});
    }
    if (!run_.has(Input::chips) && (wishes_.hardware || often())) number(Input::chips, 1, 4096, 0);
  }

  void rate_and_power() {
    const bool device = run_.has(Input::hardware);
    if (!timed_ && (wishes_.rate || !device || random_.below(2) == 0)) {
      if (device && random_.below(2) == 0)
        number(Input::mfu, 5, 60, -2);
      else
        number(Input::tflops, 20, 900, -1);
    }
    if (wishes_.rate || !device || seldom()) {
      if (run_.has(Input::chips) && seldom())
        run_.set(Input::total_power,
                 Decimal{run_.find(Input::chips)->number.digits * (200 + random_.below(900)), 0});
      else
        number(Input::power, 200, 1100, 0);
    }
  }

  void place() {
    switch (random_.below(wishes_.place ? 3 : 4)) {
      case 0:
        number(Input::ci, 1, 900, 0);
        break;
      case 1:
        one_of(Input::region, {"gcp:europe-north1", "gcp:us-central1", "aws:us-east-1", "azure:westeurope"});
        break;
      case 2:
        one_of(Input::grid, {"FRA", "SWE", "DEU", "US-CAL-CISO", "IND", "GBR"});
        if (seldom()) one_of(Input::year, {"2020", "2021", "2022"});
        break;
      default:
        break;
    }
    if (random_.below(2) == 0) number(Input::pue, 100, 200, -2);
    if (seldom()) number(Input::ci_market, 0, 500, 0);
  }

  void rest() {
    if (seldom()) number(Input::runs, 1, 40, 0);
    if (seldom()) number(Input::overhead, 1, 50, -2);
    if (seldom()) number(Input::price, 10, 900, -2);
    if (seldom()) number(Input::electricity_price, 5, 40, -2);
  }

  Random& random_;
  const RunWishes& wishes_;
  RandomRun run_;
  bool timed_ = false;
};

}  // namespace

std::string RunPart::text() const {
  if (!word.empty()) return word;
  const Unit& in = units(input)[unit];
  return decimal(number.digits * in.times, number.exponent + in.shift) + std::string{in.name};
}

const RunPart* RandomRun::find(Input input) const {
  const auto at =
      std::find_if(parts.begin(), parts.end(), [&](const RunPart& p) { return p.input == input; });
  return at == parts.end() ? nullptr : &*at;
}

void RandomRun::drop(Input input) {
  std::erase_if(parts, [&](const RunPart& p) { return p.input == input; });
}

void RandomRun::set(Input input, Decimal number) {
  drop(input);
  parts.push_back({.input = input, .number = number});
}

void RandomRun::set(Input input, std::string word) {
  drop(input);
  parts.push_back({.input = input, .word = std::move(word)});
}

std::vector<std::string> RandomRun::flags() const {
  std::vector<std::string> out;
  for (const RunPart& part : parts) {
    out.push_back("--" + std::string{run::info(part.input).flag});
    out.push_back(part.text());
  }
  return out;
}

std::string RandomRun::file() const {
  std::map<std::string, std::string> sections;
  for (const RunPart& part : parts) {
    const std::string key{run::info(part.input).key};
    const auto dot = key.rfind('.');
    sections[key.substr(0, dot)] += key.substr(dot + 1) + " = \"" + part.text() + "\"\n";
  }
  std::string out;
  for (const auto& [name, lines] : sections) out += '[' + name + "]\n" + lines;
  return out;
}

std::string RandomRun::command(const std::string& verb) const {
  std::string out = "kwhatif " + verb;
  for (const std::string& word : flags()) out += word.starts_with("--") ? ' ' + word : " '" + word + '\'';
  return out;
}

run::Scenario RandomRun::scenario() const {
  run::Scenario out;
  for (const RunPart& part : parts)
    out.set(part.input, {part.text(), {}, "--" + std::string{run::info(part.input).flag}});
  return out;
}

RandomRun RandomRun::in_other_units(Random& random) const {
  RandomRun out = *this;
  for (RunPart& part : out.parts) {
    if (part.word.empty()) part.unit = random.below(units(part.input).size());
  }
  return out;
}

RandomRun RandomRun::in_other_order(Random& random) const {
  RandomRun out = *this;
  for (std::size_t i = out.parts.size(); i > 1; --i) std::swap(out.parts[i - 1], out.parts[random.below(i)]);
  return out;
}

RandomRun random_run(Random& random, const RunWishes& wishes) {
  while (true) {
    RandomRun run = Draw{random, wishes}.run();
    try {
      const auto resolved = run::resolve(run.scenario(), catalog::Catalog::builtin());
      const auto result = run::estimate(resolved.inputs);
      if (!result.device_time) continue;
      if (wishes.place && !result.operational_location) continue;
      return run;
    } catch (const diag::ScenarioError&) {  // more than the device can do, a precision that it has not: as it
                                            // should be
    }
  }
}

std::uint64_t seed_of(std::uint64_t test, std::uint64_t n) {
  static const std::uint64_t moved = [] {
    const char* text = std::getenv("KWHATIF_SEED");
    return text == nullptr ? 0ULL : std::strtoull(text, nullptr, 10);
  }();
  return moved * 1'000'003 + test * 10'007 + n;
}

}  // namespace kwhatif::test
