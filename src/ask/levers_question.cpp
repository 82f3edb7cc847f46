// The question of levers: one run, and what measures do to it, or the run with some applied.
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/estimator.hpp>

namespace kwhatif::ask {

namespace {

LeversAnswer worked_out(const run::Scenario& given, const catalog::Catalog& tables) {
  LeversAnswer out;
  out.run = run::resolve(given, tables);
  out.result = run::estimate(out.run.inputs);
  if (!out.result.device_time) {
    throw diag::ScenarioError({.code = "no-work",
                               .message = "the device-time is unknown, so nothing can be saved of it",
                               .help = "give --params, --tokens and --hardware, or --hours and --chips"});
  }
  return out;
}

// "a, b" without blanks around and empty parts.
std::vector<std::string> ids_of(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string_view part : diag::parts(text, ',')) {
    if (const std::string_view id = diag::trimmed(part); !id.empty()) out.emplace_back(id);
  }
  return out;
}

}  // namespace

LeversAnswer levers(const LeversQuestion& question, const catalog::Catalog& tables) {
  LeversAnswer out = worked_out(question.run, tables);
  out.levers = levers_for(question.run, out.run, out.result, tables);
  out.all = question.all;
  return out;
}

Estimate estimate_with_levers(const run::Scenario& run, const run::Given& ids,
                              const catalog::Catalog& tables) {
  const LeversAnswer before = worked_out(run, tables);
  return estimate_of(with_levers(run, before.run, before.result, ids_of(ids.text), ids.where, tables),
                     tables);
}

}  // namespace kwhatif::ask
