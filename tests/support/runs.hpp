// Random runs for property tests, as flags: ordinary ones, which mostly resolve, and wild ones, whose values
// lie anywhere. Fixed seeds give the same runs on every machine.
#pragma once

#include "random.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/scenario.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::test {

using Flags = std::vector<std::pair<run::Input, std::string>>;

inline run::Scenario scenario_of(const Flags& flags) {
  run::Scenario out;
  for (const auto& [input, text] : flags)
    out.set(input, {text, {}, "--" + std::string{run::info(input).flag}});
  return out;
}

inline std::string command_of(const Flags& flags) {
  std::string out;
  for (const auto& [input, text] : flags)
    out += " --" + std::string{run::info(input).flag} + " '" + text + '\'';
  return out;
}

class Runs {
 public:
  Runs(std::uint64_t seed, const catalog::Catalog& catalog) : random_(seed), catalog_(catalog) {}

  Random& random() { return random_; }
  bool chance(std::uint64_t one_in) { return random_.below(one_in) == 0; }
  std::string id(catalog::Kind kind) {
    return std::string{catalog_.row(kind, random_.below(catalog_.size(kind))).id()};
  }

  /// What people ask: values within two powers of ten of the usual ones.
  Flags ordinary() {
    using run::Input;
    Flags out;
    const auto add = [&](Input input, double value, const std::string& unit = "") {
      out.emplace_back(input, digits(value) + unit);
    };
    const bool device = !chance(4);
    if (device) out.emplace_back(Input::hardware, id(catalog::Kind::hardware));
    const std::uint64_t work = random_.below(5);
    if (work == 0) out.emplace_back(Input::model, id(catalog::Kind::model));
    if (work <= 1) add(Input::tokens, random_.magnitude(8, 13));
    if (work == 1) add(Input::params, random_.magnitude(8, 12));
    if (work == 2) add(Input::flops, random_.magnitude(18, 25));
    if (work == 3) add(Input::device_hours, random_.magnitude(1, 7), " device-h");
    if (work == 4) add(Input::hours, random_.magnitude(0, 3), " h");
    if (work == 4 || !chance(3)) add(Input::chips, std::floor(random_.magnitude(0, 4)));
    if (work <= 1 && chance(3)) add(Input::seq_len, 512 << random_.below(5));
    if (work <= 1 && chance(4)) add(Input::epochs, random_.magnitude(-1, 1));
    if (!device || chance(4)) {
      if (device)
        add(Input::mfu, random_.between(0.02, 0.6));
      else if (work <= 2)
        add(Input::tflops, random_.magnitude(0, 3), " TFLOP/s");
    }
    if (!device || chance(4)) add(Input::power, random_.magnitude(2, 3.2), " W");
    switch (random_.below(5)) {
      case 0:
        out.emplace_back(Input::region, id(catalog::Kind::region));
        break;
      case 1:
      case 2:
        out.emplace_back(Input::grid, id(catalog::Kind::grid));
        break;
      case 3:
        add(Input::ci, random_.magnitude(0.5, 3), " g/kWh");
        break;
      default:
        break;
    }
    if (chance(4)) add(Input::ci_market, random_.magnitude(0, 3), " g/kWh");
    if (chance(3)) add(Input::pue, random_.between(1, 2));
    if (chance(4)) add(Input::runs, std::floor(random_.magnitude(0, 3)));
    if (chance(4)) add(Input::overhead, random_.magnitude(-2, 0.5));
    if (chance(4)) add(Input::price, random_.magnitude(-1, 1), " USD/h");
    if (chance(6)) add(Input::price_low, random_.magnitude(-2, -1), " USD/h");
    if (chance(6)) add(Input::price_high, random_.magnitude(1, 2), " USD/h");
    if (chance(4)) add(Input::electricity_price, random_.magnitude(-2, 0), " USD/kWh");
    return out;
  }

  /// Any flags with any values: an ordinary run in which some are exchanged and others added.
  Flags wild() {
    Flags out = ordinary();
    const std::uint64_t changes = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < changes; ++i) {
      const auto input = static_cast<run::Input>(random_.below(run::input_count));
      std::erase_if(out, [&](const auto& flag) { return flag.first == input; });
      if (!chance(8)) out.emplace_back(input, wild_value(input));
    }
    return out;
  }

 private:
  std::string digits(double value) {
    return chance(2) ? quantity::significant(value, 2 + static_cast<int>(random_.below(3)))
                     : quantity::shortest(value);
  }

  std::string wild_number() {
    static constexpr std::array<const char*, 20> odd{
        "0",     "-0", "-1",  "4.9e-324", "1e-320", "2.3e-308", "1e-300",  "1e-30", "1e-9", "0.5",
        "0.999", "1",  "1e9", "1e18",     "1e30",   "1e300",    "1.7e308", "nan",   "inf",  "1e400"};
    if (chance(3)) return odd[random_.below(odd.size())];
    return digits(chance(2) ? random_.magnitude(-25, 40) : random_.magnitude(-6, 12));
  }

  std::string wild_value(run::Input input) {
    using run::Input;
    using run::InputType;
    const run::InputInfo& row = run::info(input);
    switch (input) {
      case Input::model:
        return id(catalog::Kind::model);
      case Input::hardware:
        return id(chance(2) ? catalog::Kind::host : catalog::Kind::hardware);
      case Input::region:
        return id(catalog::Kind::region);
      case Input::grid:
        return id(catalog::Kind::grid);
      default:
        break;
    }
    if (row.type == InputType::word && !row.choices.empty()) {
      std::vector<std::string> words{""};
      for (const char c : row.choices) {
        if (c == '|')
          words.emplace_back();
        else
          words.back() += c;
      }
      return words[random_.below(words.size())];
    }
    if (row.type != InputType::quantity && row.type != InputType::whole) return std::string{row.example};
    // the number is exchanged, the unit of the example stays
    const std::string_view example = row.example;
    std::size_t unit = 0;
    while (unit < example.size() && std::string_view{"0123456789.,"}.find(example[unit]) != example.npos)
      ++unit;
    if (input == Input::flops) return wild_number();
    return wild_number() + std::string{example.substr(unit)};
  }

  Random random_;
  const catalog::Catalog& catalog_;
};

}  // namespace kwhatif::test
