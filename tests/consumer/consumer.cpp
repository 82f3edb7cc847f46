// Commands of kwhatif through the door of its library: without an argument their lines, with a number the
// JSON of that one.
#include <kwhatif/ask/check.hpp>
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/ask/methods.hpp>
#include <kwhatif/ask/models.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/report/present.hpp>

#include <iostream>
#include <sstream>

using namespace kwhatif;
using Words = std::vector<std::string>;
using catalog::Catalog;

template <class Answer>
std::string json(const Answer& answer, const Catalog& tables) {
  return report::render(report::present(answer, tables), report::Form::json);
}

run::Given given(const std::string& text, const std::string& named = {}) { return {text, {}, named}; }

// A published run or a file, if any, and flags over it.
run::Scenario run_of(const Words& words, const Catalog& tables) {
  run::Scenario flags;
  const std::size_t first = words.at(0).starts_with("--") ? 0 : 1;
  for (std::size_t i = first; i < words.size(); i += 2)
    flags.set(run::input_by_flag(words[i].substr(2)).value(), given(words.at(i + 1), words[i]));
  flags.files = document::read_file;
  run::Scenario run;
  if (first == 1) {
    const auto published = ask::published_scenario(tables, words[0]);
    run = published ? *published : run::read_run(document::read_file(words[0]));
  }
  run.overlay(flags, &tables);
  return run;
}

// What a verb answers to the words after it.
std::string answer(const std::string& verb, const Words& words, const Catalog& tables) {
  if (verb == "estimate") return json(ask::estimate(run_of(words, tables), tables), tables);
  if (verb == "explain") return json(ask::explain(run_of(words, tables), tables), tables);
  if (verb == "list") return json(ask::list({.kind = given(words.at(0))}, tables), tables);
  if (verb == "show") return json(ask::show({given(words.at(0)), given(words.at(1))}, tables), tables);
  if (verb == "compare")
    return json(
        ask::compare(
            {.runs = {{.run = run_of({words.at(0)}, tables), .name = given(words[0]), .printed = true},
                      {.run = run_of({words.at(1)}, tables), .name = given(words[1]), .printed = true}}},
            tables),
        tables);
  if (verb == "levers") return json(ask::levers({.run = run_of(words, tables)}, tables), tables);
  if (verb == "methods") return json(ask::methods({.run = run_of(words, tables)}, tables), tables);
  if (verb == "model") return json(ask::model({.name = given(words.at(0))}, tables), tables);
  if (verb == "sensitivity") return json(ask::sensitivity(run_of(words, tables), {}, tables), tables);
  if (verb == "equiv") return json(ask::equivalents(given(words.at(0)), false, tables), tables);
  if (verb == "reproduce") {
    const auto tried = ask::reproduce(tables, words);
    return report::render(report::present(tried, tables, report::Detail::usual), report::Form::json);
  }
  return json(ask::check({.files = {{given(words.at(0))}}, .read = document::read_file}, tables), tables);
}

// Verb, words, and at the end perhaps a folder of tables.
const std::vector<std::string> commands{
    "estimate --flops 3.14e23 --hardware v100-sxm2-16gb --chips 10000 --tflops 24.6TFLOP/s --ci 429g/kWh",
    "estimate --params 70B --tokens 2T --hardware h100-sxm5 --chips 2048 --region gcp:us-central1",
    "estimate patterson-2021/gpt-3 --pue 1.2",
    "estimate stages.toml --grid FRA",
    "estimate --flops 1e20 --hardware our-card --chips 4 --grid SWE --data tables",
    "explain --model mixtral-8x7b --tokens 1T --hardware a100-sxm4-80gb --chips 512 --grid USA",
    "explain stages.toml",
    "list regions",
    "list hardware --data tables",
    "show hardware V100",
    "show grids FRA",
    "check stages.toml",
    "compare patterson-2021/transformer-big-p100-us patterson-2021/evolved-medium-tpu-v2-iowa",
    "levers --params 7B --tokens 1T --hardware a100-sxm4-80gb --chips 64 --grid DEU",
    "methods --params 7B --tokens 1T --hardware a100-sxm4-80gb --chips 64 --grid DEU",
    "model mixtral-8x7b",
    "sensitivity --params 70B --tokens 2T --hardware h100-sxm5 --chips 2048 --grid SWE",
    "equiv 85t",
    "reproduce patterson-2021",
};

int main(int count, char** arguments) {
  if (count < 2) {
    for (const std::string& line : commands) std::cout << line << '\n';
    return 0;
  }
  std::istringstream line(commands.at(std::stoul(arguments[1])));
  Words words;
  for (std::string word; line >> word;) words.push_back(word);
  const bool own = words.at(words.size() - 2) == "--data";
  const Catalog tables = own ? Catalog::overlay(words.back()) : Catalog::builtin();
  if (own) words.resize(words.size() - 2);
  std::cout << answer(words[0], {words.begin() + 1, words.end()}, tables);
}
