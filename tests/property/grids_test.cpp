// Grids of random runs against one estimate per row: sweep, its reductions, and plan.
#include "support.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace kwhatif::test {
namespace {

using run::Input;

struct Axes {
  std::vector<Input> inputs;
  std::vector<std::vector<std::string>> values;
  std::vector<std::string> flags() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      std::string axis = std::string{run::info(inputs[i]).flag} + '=';
      for (std::size_t v = 0; v < values[i].size(); ++v) axis += (v == 0 ? "" : ",") + values[i][v];
      out.insert(out.end(), {"--axis", axis});
    }
    return out;
  }
  std::string shown() const {
    std::string out;
    for (const std::string& word : flags()) out += ' ' + word;
    return out;
  }
  std::size_t rows() const {
    std::size_t out = 1;
    for (const auto& v : values) out *= v.size();
    return out;
  }
};

// One to three axes over inputs that fit any run with a device, a count and work.
Axes some_axes(Random& random) {
  const std::vector<std::pair<Input, std::vector<std::string>>> pool{
      {Input::chips, {"8", "64", "256", "1024"}},
      {Input::pue, {"1", "1.1", "1.35"}},
      {Input::overhead, {"0.05", "0.2"}},
      {Input::runs, {"1", "5"}},
      {Input::hardware, {"h100-sxm5", "a100-sxm4-80gb", "tpu-v4"}},
      {Input::ci, {"0g/kWh", "35g/kWh", "0.429kg/kWh"}},
      {Input::price, {"1USD/h", "2.5USD/h"}},
  };
  Axes out;
  const std::size_t count = 1 + random.below(3);
  while (out.inputs.size() < count) {
    const auto& [input, values] = pool[random.below(pool.size())];
    if (std::find(out.inputs.begin(), out.inputs.end(), input) != out.inputs.end()) continue;
    out.inputs.push_back(input);
    out.values.push_back(values);
  }
  return out;
}

// A run on which every one of these axes can be laid: its own value of the input is taken out.
RandomRun base_for(Random& random, const Axes& axes) {
  RandomRun run = random_run(random, {.work = true, .place = true, .hardware = true});
  // a rate, a precision or a power of the old device may be more than a new one can
  for (const Input input : {Input::tflops, Input::precision, Input::total_power}) run.drop(input);
  if (std::find(axes.inputs.begin(), axes.inputs.end(), Input::ci) != axes.inputs.end()) {
    for (const Input input : {Input::region, Input::grid, Input::year}) run.drop(input);
  }
  for (const Input input : axes.inputs) run.drop(input);
  return run;
}

// The run of a row: the last axis varies fastest.
std::vector<std::string> row_words(const RandomRun& run, const Axes& axes, std::size_t row) {
  auto out = words("estimate", run, {"--json"});
  for (std::size_t i = axes.inputs.size(); i-- > 0;) {
    const auto& values = axes.values[i];
    out.push_back("--" + std::string{run::info(axes.inputs[i]).flag});
    out.push_back(values[row % values.size()]);
    row /= values.size();
  }
  return out;
}

// Whether estimate warns that the model does not fit into the devices: plan does not look at such runs.
bool fits(const Json& document) {
  const auto& warnings = document.find("warnings")->items;
  return std::none_of(warnings.begin(), warnings.end(),
                      [](const Json& w) { return w.find("code")->text == "does-not-fit"; });
}

std::vector<Numbers> enumerated(const RandomRun& run, const Axes& axes) {
  std::vector<Numbers> out;
  for (std::size_t row = 0; row < axes.rows(); ++row)
    out.push_back(numbers_of(*answer(row_words(run, axes, row)).find("results")));
  return out;
}

std::vector<std::string> with_axes(const std::string& verb, const RandomRun& run, const Axes& axes,
                                   std::vector<std::string> more) {
  const auto flags = axes.flags();
  more.insert(more.begin(), flags.begin(), flags.end());
  return words(verb, run, more);
}

TEST_CASE("random grids: a row of a sweep is the estimate of that run, in CSV and in JSON Lines") {
  for_seeds(21, 25, [](Random& random) {
    const Axes axes = some_axes(random);
    const RandomRun run = base_for(random, axes);
    const auto line = with_axes("sweep", run, axes, {"--csv"});
    INFO(run.command("sweep") << axes.shown());
    const Ran ran = run_program(line);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    std::string fault;
    const auto csv = parse_csv(ran.out, fault);
    INFO(fault);
    REQUIRE(csv);
    REQUIRE(csv->rows.size() == axes.rows());
    const Ran lines = run_program(with_axes("sweep", run, axes, {"--json"}));
    std::string_view rest = lines.out;
    const auto expected = enumerated(run, axes);
    for (std::size_t row = 0; row < expected.size(); ++row) {
      INFO("row " << row);
      const auto end = rest.find('\n');
      REQUIRE(end != std::string_view::npos);
      const auto json = parse_json(rest.substr(0, end), fault);
      REQUIRE(json);
      rest.remove_prefix(end + 1);
      std::size_t same = 0;
      for (std::size_t c = 0; c < csv->head.size(); ++c) {
        const std::string& key = csv->head[c];
        const bool axis = std::any_of(axes.inputs.begin(), axes.inputs.end(), [&](Input input) {
          return key == run::info(input).flag || key.starts_with(std::string{run::info(input).flag} + '_');
        });
        if (key == "row" || axis) continue;
        INFO(key);
        const auto found = expected[row].find(key);
        REQUIRE(json->find(key) != nullptr);
        if (found == expected[row].end()) {
          CHECK(csv->rows[row][c].empty());
          CHECK(json->find(key)->is_null());
          continue;
        }
        CHECK(number_in(csv->rows[row][c]) == found->second);
        CHECK(json->find(key)->number == found->second);
        ++same;
      }
      CHECK(same >= 3);
    }
  });
}

TEST_CASE("random grids: the best rows and the best under a limit are those of looking at all") {
  for_seeds(22, 25, [](Random& random) {
    const Axes axes = some_axes(random);
    const RandomRun run = base_for(random, axes);
    INFO(run.command("sweep") << axes.shown());
    const auto all = enumerated(run, axes);
    const std::string key = random.below(2) == 0 ? "operational_location_kg" : "device_hours";
    const std::string by = key == "device_hours" ? "device_hours" : "co2e";
    std::vector<double> wanted;
    for (const Numbers& row : all) wanted.push_back(row.at(key));
    std::sort(wanted.begin(), wanted.end());
    const Json top = answer(with_axes("sweep", run, axes, {"--top", "3", "--by", by, "--json"}));
    const auto& rows = top.find("rows")->items;
    REQUIRE(rows.size() == std::min<std::size_t>(3, wanted.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(rows[i].at("results." + key)->number == wanted[i]);
      CHECK(numbers_of(*rows[i].find("results")) ==
            all[static_cast<std::size_t>(rows[i].find("row")->number)]);
    }
  });
}

TEST_CASE("random grids: plan finds the best of all runs that meet the limits, or says that there is none") {
  for_seeds(23, 25, [](Random& random) {
    Axes axes = some_axes(random);
    const RandomRun run = base_for(random, axes);
    std::vector<Numbers> all;
    std::vector<bool> possible;
    for (std::size_t row = 0; row < axes.rows(); ++row) {
      const Json document = answer(row_words(run, axes, row));
      all.push_back(numbers_of(*document.find("results")));
      possible.push_back(fits(document));
    }
    // a limit between the least and the most of what the runs take, sometimes below all of them
    double least = std::numeric_limits<double>::infinity();
    double most = 0;
    for (const Numbers& row : all) {
      least = std::min(least, row.at("device_hours"));
      most = std::max(most, row.at("device_hours"));
    }
    const double limit = random.below(5) == 0 ? least * 0.5 : random.between(least, most * 1.1);
    const std::string text = "device_hours<=" + std::to_string(limit) + " device-h";
    INFO(run.command("plan") << axes.shown() << " where " << text);
    std::optional<double> best;
    for (std::size_t row = 0; row < all.size(); ++row) {
      if (!possible[row] || all[row].at("device_hours") > std::stod(std::to_string(limit))) continue;
      const double kg = all[row].at("operational_location_kg");
      best = std::min(best.value_or(kg), kg);
    }
    const Ran ran =
        run_program(with_axes("plan", run, axes, {"--where", text, "--minimize", "co2e", "--json"}));
    INFO(ran.err << ran.out.substr(0, 600));
    std::string fault;
    const auto json = parse_json(ran.out, fault);
    REQUIRE(json);
    REQUIRE(json->find("feasible") != nullptr);
    CHECK((json->find("feasible")->number != 0) == best.has_value());
    CHECK(ran.code == (best ? 0 : 1));
    const Json* found = json->at("best.results.operational_location_kg");
    if (best && found != nullptr) CHECK(found->number == *best);
  });
}

}  // namespace
}  // namespace kwhatif::test
