// compare: run files, published runs, or one run varied along axes; places are ranked.
#include "verb.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/compare.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace kwhatif::cli {

namespace {

using ask::Compared;

Compared run_at(Context& context, std::size_t i) {
  const Arguments& arguments = context.arguments;
  const std::string& name = arguments.positionals[i].text;
  if (is_published(context, name) && arguments.run.empty()) return *ask::published_run(context.catalog, name);
  const run::Scenario given = run_of(context, i);
  Compared out;
  out.run = run::resolve(given, context.catalog);
  out.result = run::estimate(out.run.inputs);
  out.label = given.title.empty() ? std::filesystem::path{name}.stem().string() : given.title;
  return out;
}

// --against N and --limit N.
std::size_t whole(const run::Given& given, std::size_t low, std::size_t high) {
  const auto parsed = quantity::parse(given.text, {.bare_number = true, .example = "1"});
  const double v = parsed.value.coherent;
  if (!parsed.ok || v != std::floor(v) || v < static_cast<double>(low) || v > static_cast<double>(high))
    throw diag::UsageError({.code = "out-of-range",
                            .message = given.named + " must be a whole number from " + std::to_string(low) +
                                       " to " + std::to_string(high) + ", not '" + given.text.substr(0, 40) +
                                       "'",
                            .where = given.where});
  return static_cast<std::size_t>(v);
}

std::size_t reference(const Context& context, std::size_t runs) {
  const auto given = context.arguments.get("against");
  return given ? whole(*given, 1, runs) - 1 : 0;
}

// A ranking of unlike rows needs to be asked for.
void refuse_mixed(const Context& context, const ask::Ranking& ranking) {
  if (ranking.mixed.empty() || context.arguments.has("mixed")) return;
  auto errors = ranking.mixed;
  for (diag::Diagnostic& d : errors) {
    d.severity = diag::Severity::error;
    d.help += "; --mixed ranks them all the same";
  }
  throw diag::ScenarioError(std::move(errors));
}

}  // namespace

int compare(Context& context) {
  const Arguments& arguments = context.arguments;
  const auto axes_given = arguments.options.find("vary");
  const bool axes_named = axes_given != arguments.options.end() && !axes_given->second.empty();
  std::vector<Compared> runs;
  std::vector<std::string> left_out;
  std::vector<diag::Diagnostic> warnings;
  std::optional<Compared> own;  // the run at its own place
  if (axes_named) {
    if (arguments.positionals.size() > 1)
      throw diag::UsageError(
          {.code = "too-many-arguments",
           .message = "--vary takes one run, not " + std::to_string(arguments.positionals.size()),
           .where = arguments.positionals[1].where,
           .help = "compare files without --vary, or vary one of them"});
    const run::Scenario base = run_of(context);
    const auto axes = grid::read_axes(axes_given->second, context.catalog);
    auto varied = ask::vary(base, axes, context.catalog);
    runs = std::move(varied.runs);
    left_out = std::move(varied.left_out);
    warnings = std::move(varied.warnings);
    if (base.has(run::Input::region) || base.has(run::Input::grid)) {
      own.emplace();
      own->run = run::resolve(base, context.catalog);
      own->result = run::estimate(own->run.inputs);
    }
  } else {
    if (arguments.positionals.size() < 2)
      throw diag::UsageError({.code = "missing-value",
                              .message = "compare needs two runs, or one run and --vary",
                              .help = "write for example: kwhatif compare a.toml b.toml, or " +
                                      std::string{find_verb("compare")->example}});
    for (std::size_t i = 0; i < arguments.positionals.size(); ++i) {
      runs.push_back(run_at(context, i));
      const auto& more = runs.back().run.warnings;
      warnings.insert(warnings.end(), more.begin(), more.end());
    }
  }
  ask::EqualWork rule = ask::EqualWork::as_given;
  if (const auto given = arguments.get("equal")) rule = ask::read_equal_work(*given);
  const std::size_t against = reference(context, runs.size());
  auto comparison = ask::compare(std::move(runs), against, rule);
  const auto ranking =
      axes_named ? ask::rank_places(comparison.runs, own ? &*own : nullptr, context.catalog) : std::nullopt;
  if (ranking) {
    refuse_mixed(context, *ranking);
    warnings.insert(warnings.end(), ranking->mixed.begin(), ranking->mixed.end());
  } else {
    std::vector<const Compared*> all;
    for (const Compared& c : comparison.runs) all.push_back(&c);
    const auto mixed = ask::mixtures(all, context.catalog);
    warnings.insert(warnings.end(), mixed.begin(), mixed.end());
  }
  comparison.warnings.insert(comparison.warnings.end(), warnings.begin(), warnings.end());
  report_warnings(context, comparison.warnings);
  if (arguments.has("json")) {
    context.out = report::compare_json(comparison, ranking, left_out, context.catalog);
  } else if (wants_rows(arguments)) {
    context.out = rows_text(
        arguments, ranking ? report::ranking_table(comparison, *ranking) : report::compare_table(comparison));
  } else if (ranking && rule == ask::EqualWork::as_given) {
    std::size_t limit = 0;
    if (const auto given = arguments.get("limit")) limit = whole(*given, 1, 100'000);
    context.out = report::ranking_text(comparison, *ranking, left_out, limit, context.catalog);
  } else {
    context.out = report::compare_text(comparison, context.catalog);
  }
  return done;
}

}  // namespace kwhatif::cli
