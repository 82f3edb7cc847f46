#include "verbs.hpp"
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/ask/tables.hpp>

#include <array>

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

std::string equiv(const Question& question) {
  return shown(question, ask::equivalents(only_argument(question), question.has("all"), question.tables()));
}

constexpr std::array verbs{
    Verb{"sweep", sweep}, Verb{"plan", plan}, Verb{"schedule", schedule},
    Verb{"list", list},   Verb{"show", show}, Verb{"equiv", equiv},
};

}  // namespace

std::span<const Verb> table_verbs() { return verbs; }

}  // namespace kwhatif::bindings
