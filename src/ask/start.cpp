#include "start_cases.hpp"
#include <kwhatif/ask/start.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/model_name.hpp>

#include <algorithm>

namespace kwhatif::ask {

namespace {

using run::Input;
using run::Scenario;

// The inputs of a published row as a run.
Scenario published(const catalog::Row& row) {
  Scenario out;
  for (const auto& input : run::input_table()) {
    std::string key = "inputs." + std::string{input.flag};
    std::replace(key.begin(), key.end(), '-', '_');
    if (const auto cell = row.cell(key))
      out.set(input.input, {std::string{cell->text()}, {}, std::string{input.key}});
  }
  return out;
}

StartingRun start_from(const run::Given& preset, const catalog::Catalog& tables) {
  if (const auto file = starting_file(preset.text)) return {{}, {}, std::string{*file}};
  std::vector<catalog::Row> rows;
  for (const catalog::Row& row : tables.rows(catalog::Kind::run)) {
    const std::string_view id = row.id();
    const bool named = id == preset.text || id.substr(id.find('/') + 1) == preset.text;
    if (named && !published(row).empty()) rows.push_back(row);
  }
  if (rows.size() > 1) {
    // the publication that prints the most of the run's inputs
    const auto inputs = [](const catalog::Row& row) {
      const Scenario run = published(row);
      return std::count_if(run::input_table().begin(), run::input_table().end(),
                           [&](const auto& i) { return run.has(i.input); });
    };
    std::ranges::stable_sort(rows, [&](const auto& a, const auto& b) { return inputs(a) > inputs(b); });
  }
  if (!rows.empty())
    return {
        published(rows.front()),
        std::string{rows.front().text("name")} + ", as published in " + std::string{rows.front().source()},
        {}};
  const auto model = run::find_model(tables, preset.text);
  if (model.row) {
    StartingRun out;
    out.title = std::string{model.row->text("name")};
    out.run.set(Input::model, {std::string{model.row->id()}, {}, {}});
    const std::string_view kind = model.row->text("kind");
    if (kind == "vision" || kind == "diffusion" || kind == "speech") {  // images, clips: not tokens
      out.run.set(Input::samples, {kind == "vision" ? "1.28M" : "100M", {}, {}});
    } else {
      out.run.set(
          Input::tokens,
          {model.row->text("tokens").empty() ? "1T" : std::string{model.row->text("tokens")}, {}, {}});
    }
    out.run.set(Input::hardware, {"h100-sxm5", {}, {}});
    out.run.set(Input::chips, {"1024", {}, {}});
    out.run.set(Input::region, {"gcp:us-central1", {}, {}});
    return out;
  }
  diag::refuse("unknown-preset", "no model or published run '" + preset.text.substr(0, 60) + "'",
               preset.where,
               model.suggestion + (model.suggestion.empty() ? "" : " ") +
                   "`kwhatif list models` and `kwhatif list runs` print all; files for a task: " +
                   diag::listed(starting_files()));
}

StartingRun example() {
  StartingRun out;
  out.title = "My run";
  const auto set = [&](Input input, const char* text) { out.run.set(input, {text, {}, {}}); };
  set(Input::params, "70B");
  set(Input::tokens, "2T");
  set(Input::hardware, "h100-sxm5");
  set(Input::chips, "2048");
  set(Input::region, "gcp:us-central1");
  return out;
}

}  // namespace

StartingRun starting_run(const std::optional<run::Given>& preset, const catalog::Catalog& tables) {
  return preset ? start_from(*preset, tables) : example();
}

}  // namespace kwhatif::ask
