#include "verbs.hpp"
#include <kwhatif/ask/import.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/ask/tables.hpp>

#include <array>
#include <charconv>

namespace kwhatif::bindings {

namespace {

std::string sweep(const Question& question) {
  const ask::SweepQuestion out{.run = question.said(),
                               .axes = question.all("axis"),
                               .where = question.all("where"),
                               .top = question.get("top"),
                               .pareto = question.get("pareto"),
                               .group_by = question.get("group-by"),
                               .reduce = question.get("reduce"),
                               .histogram = question.get("histogram"),
                               .row = question.get("explain-row"),
                               .by = question.get("by"),
                               .largest = question.get("largest"),
                               .results = question.get("results"),
                               .threads = question.get("threads"),
                               .unavailable = question.has("unavailable")};
  return shown(question, ask::sweep(out, question.tables()));
}

std::string plan(const Question& question) {
  ask::PlanQuestion out{.run = question.said(),
                        .axes = question.all("axis"),
                        .where = question.all("where"),
                        .minimize = question.get("minimize"),
                        .maximize = question.get("maximize"),
                        .confidence = question.get("confidence"),
                        .unavailable = question.has("unavailable")};
  for (const auto& [option, result] : {std::pair{"max-co2e", "co2e"},
                                       {"max-time", "time"},
                                       {"max-cost", "cost"},
                                       {"max-energy", "energy"}}) {
    if (auto limit = question.get(option)) out.at_most.push_back({result, std::move(*limit)});
  }
  return shown(question, ask::plan(out, question.tables()));
}

std::string schedule(const Question& question) {
  const ask::ScheduleQuestion out{.run = question.said(),
                                  .said = question.said(),
                                  .files = question.files(),
                                  .trace = question.get("trace"),
                                  .choice = {question.get("trace-column"), question.get("trace-unit")},
                                  .window = question.get("window"),
                                  .extra = question.get("extra"),
                                  .threshold = question.get("threshold"),
                                  .start = question.get("start"),
                                  .places = question.get("places"),
                                  .transfer = question.get("transfer"),
                                  .max_moves = question.get("max-moves")};
  if (question.has("heat-map")) return shown(question, ask::heat_map(out, question.tables()));
  return shown(question, ask::schedule(out, question.tables()));
}

std::string list(const Question& question) {
  ask::ListQuestion out{.kind = {},
                        .where = question.all("where"),
                        .sort = question.get("sort"),
                        .columns = question.get("columns"),
                        .all_columns = question.get("all-columns"),
                        .limit = question.get("limit")};
  if (auto names = question.arguments(); !names.empty()) out.kind = std::move(names.front());
  return shown(question, ask::list(out, question.tables()));
}

std::string show(const Question& question) {
  ask::ShowQuestion out;
  const auto names = question.arguments();
  if (names.size() == 2) out.kind = names.front();
  if (!names.empty()) out.id = names.back();
  return shown(question, ask::show(out, question.tables()));
}

std::string reproduce(const Question& question) {
  std::vector<std::string> ids;
  for (run::Given& id : question.arguments()) ids.push_back(std::move(id.text));
  const auto detail = question.has("summary") ? report::Detail::least : report::Detail::usual;
  return shown(question, ask::reproduce(question.tables(), ids), detail);
}

std::string import_files(const Question& question) {
  const auto text = [&](const char* option) {
    const auto given = question.get(option);
    return given ? given->text : std::string{};
  };
  ask::ImportQuestion out{.files = question.arguments(),
                          .read = question.files(),
                          .choice = {.run_id = text("run-id"), .project = text("project")},
                          .said = question.said(),
                          .as_study = question.has("as-study"),
                          .written_to = {}};
  if (const auto row = question.get("row")) {
    std::size_t number = 0;
    const char* const end = row->text.data() + row->text.size();
    const auto [at, wrong] = std::from_chars(row->text.data(), end, number);
    if (wrong != std::errc{} || at != end || number == 0)
      diag::refuse("out-of-range", "row takes a whole number from 1", row->where);
    out.choice.row = number;
  }
  out.choice.sum = question.has("sum");
  for (const run::Given& column : question.all("columns")) out.choice.columns.push_back(column.text);
  const auto form = out.as_study ? report::ImportForm::study : report::ImportForm::run_file;
  return shown(question, ask::import_files(out, question.tables()), form);
}

constexpr std::array verbs{
    Verb{"sweep", sweep},         Verb{"plan", plan},           Verb{"schedule", schedule},
    Verb{"list", list},           Verb{"show", show},           Verb{"equiv", equiv},
    Verb{"reproduce", reproduce}, Verb{"import", import_files}, Verb{"report", report},
};

}  // namespace

std::span<const Verb> table_verbs() { return verbs; }

}  // namespace kwhatif::bindings
