// The commands that the tests of the surface run: at least one of every verb that answers, and what machines
// get of it.
#pragma once

#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/json.hpp"
#include "support/program.hpp"
#include "support/root.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::test {

/// A run of which everything is known, so that no number of it is a prediction:
/// 3.14e23 FLOP / 24.6 TFLOP/s, at 330 W, PUE 1.10, 429 g/kWh, 3 USD/h; GPT-3 of patterson-2021, table 4.
inline const std::string known_run =
    "--flops 3.14e23 --hardware v100-sxm2-16gb --chips 10000 --tflops 24.6TFLOP/s --power 330W --pue 1.1 "
    "--ci 429g/kWh "
    "--price 3USD/h --electricity-price 0.1USD/kWh";
/// A run of which most is predicted.
inline const std::string predicted_run =
    "--params 7B --tokens 1T --hardware h100-sxm5 --chips 64 --grid FRA --year 2023";

struct Command {
  std::string_view verb;
  std::string line;
  int code = 0;
};

/// Every verb with an answer, most of them in several ways.
inline std::vector<Command> commands() {
  return {
      {"estimate", "estimate " + known_run},
      {"estimate", "estimate " + predicted_run},
      {"explain", "explain " + predicted_run},
      {"model", "model mixtral-8x7b --hardware h100-sxm5"},
      {"model", "model gpt2 --against bert-base-uncased --tokens 1B"},
      {"compare", "compare patterson-2021/gpt-3 --vary grid=EST,SWE"},
      {"compare", "compare patterson-2021/transformer-big-p100-us patterson-2021/evolved-medium-tpu-v2-iowa"},
      {"sweep", "sweep " + known_run + " --axis pue=1.1,1.2 --axis chips=10000,20000 --top 2"},
      {"sweep", "sweep " + predicted_run + " --axis mfu=0.3,0.4 --axis pue=1.1,1.2 --pareto energy,cost"},
      {"sweep", "sweep " + predicted_run + " --axis chips=8,16,32 --histogram co2e"},
      {"sweep",
       "sweep " + predicted_run + " --axis chips=8,16 --axis pue=1.1,1.2 --group-by chips --reduce mean"},
      {"plan", "plan " + known_run + " --axis pue=1.1,1.2 --max-co2e 1kt"},
      {"plan", "plan " + predicted_run + " --axis chips=64,128 --max-co2e 50t --confidence 90"},
      {"plan", "plan " + predicted_run + " --axis chips=64,128 --max-co2e 1t", 1},
      {"schedule", "schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid US-CAL-CISO"},
      {"schedule",
       "schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid GB --year 2022 --places DK-DK1"},
      {"methods", "methods patterson-2021/gpt-3"},
      {"levers", "levers patterson-2021/gpt-3"},
      {"reproduce", "reproduce strubell-2019"},
      {"backtest", "backtest"},
      {"sensitivity", "sensitivity " + predicted_run},
      {"serve", "serve llama-3.1-8b --hardware h100-sxm5 --grid FRA --queries 1M"},
      {"serve", "serve mixtral-8x7b --hardware h100-sxm5 --wue 0.3L/kWh --vary batch=8,64 --vary load=0.2,1"},
      {"equiv", "equiv 85t"},
      {"import", "import " + testing::repository_root() + "/tests/import/files/trainer_state.json"},
      {"list", "list hardware --limit 3"},
      {"show", "show hardware h100-sxm5"},
  };
}

/// Runs a command; the test fails where it has another exit code than it should.
inline Ran run_checked(const Command& command, const std::string& more = "") {
  const Ran ran = run_line(command.line + more);
  INFO("kwhatif " << command.line << more << '\n' << ran.err);
  REQUIRE(ran.code == command.code);
  return ran;
}

/// Its document; the test fails where it prints none.
inline Json document(const Command& command) {
  const Ran ran = run_checked(command, " --json");
  std::string fault;
  const auto read = parse_json(ran.out, fault);
  INFO("kwhatif " << command.line << " --json\n" << fault);
  REQUIRE(read);
  return *read;
}
inline Json document(const std::string& line) { return document(Command{"", line}); }

/// Calls visit(path of ancestors and itself, outermost first; key under the last of them) for every value
/// that is no array or object and for every array and object.
using Path = std::vector<std::pair<std::string, const Json*>>;
inline void walk(const Json& value, Path& path, const std::function<void(const Path&)>& visit) {
  visit(path);
  for (const auto& [key, child] : value.entries) {
    path.emplace_back(key, &child);
    walk(child, path, visit);
    path.pop_back();
  }
  for (const Json& child : value.items) {
    path.emplace_back("", &child);
    walk(child, path, visit);
    path.pop_back();
  }
}
inline void walk(const Json& root, const std::function<void(const Path&)>& visit) {
  Path path{{"", &root}};
  walk(root, path, visit);
}

}  // namespace kwhatif::test
