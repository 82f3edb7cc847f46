#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

namespace kwhatif::ask {

namespace {

constexpr std::array members{&LifecyclePart::energy, &LifecyclePart::location, &LifecyclePart::embodied,
                             &LifecyclePart::total,  &LifecyclePart::water,    &LifecyclePart::cost};

template <class Quantity>
std::optional<double> number(const std::optional<Quantity>& q) {
  return q ? std::optional{q->coherent()} : std::nullopt;
}

LifecyclePart of_run(const run::RunEstimate<double>& r) {
  return {.energy = number(r.facility_energy),
          .location = number(r.operational_location),
          .embodied = number(r.embodied),
          .total = number(r.total_co2e),
          .water = number(r.water),
          .cost = number(r.cost)};
}

LifecyclePart times(const LifecyclePart& part, double factor) {
  LifecyclePart out;
  for (const auto member : members) {
    if (part.*member) out.*member = *(part.*member) * factor;
  }
  return out;
}

LifecyclePart of_queries(const ServeCase& service, double queries) {
  const LifecyclePart one{.energy = service.figures[ServeFigure::facility],
                          .location = service.figures[ServeFigure::location],
                          .embodied = service.figures[ServeFigure::embodied],
                          .total = service.figures[ServeFigure::total],
                          .water = service.figures[ServeFigure::water],
                          .cost = service.figures[ServeFigure::query_cost]};
  return times(one, queries);
}

// A sum of what is known of all of them, and the share of each.
void add_up(LifecycleAnswer& out) {
  for (const auto member : members) {
    double sum = 0;
    bool known = !out.phases.empty();
    for (const LifecyclePhase& phase : out.phases) {
      known = known && phase.part.*member;
      if (known) sum += *(phase.part.*member);
    }
    if (!known) continue;
    out.total.*member = sum;
    for (LifecyclePhase& phase : out.phases) {
      if (sum > 0) phase.share.*member = *(phase.part.*member) / sum;
    }
  }
}

// The band of a quotient of two figures that are uncertain apart from each other: their spreads of ln add as
// squares.
void band_of_queries(ServingShare& share, const uncertain::Band* once, double once_value,
                     const std::optional<serve::Percentiles>& query, double query_value) {
  const auto spread = [](double value, double low, double high) {
    return std::pair{std::log(value / low), std::log(high / value)};
  };
  std::pair<double, double> a{0, 0};
  std::pair<double, double> b{0, 0};
  if (once != nullptr && once->p05 > 0) a = spread(once_value, once->p05, once->p95);
  if (query && query->p05 > 0) b = spread(query_value, query->p05, query->p95);
  const auto squared = [](double x) { return std::max(x, 0.0) * std::max(x, 0.0); };
  const double down = std::sqrt(squared(a.first) + squared(b.second));  // little training, costly queries
  const double up = std::sqrt(squared(a.second) + squared(b.first));
  if (down == 0 && up == 0) return;
  share.low = share.queries * std::exp(-down);
  share.high = share.queries * std::exp(up);
}

void find_shares(LifecycleAnswer& out, const LifecyclePart& once) {
  const auto query = out.service ? out.service->figures[ServeFigure::facility] : std::nullopt;
  if (!once.energy || !query || *query <= 0 || *once.energy <= 0) return;
  constexpr std::array shares{0.5, 0.8, 0.9};
  for (const double share : shares) {
    ServingShare found{
        .share = share, .queries = queries_for_share(*once.energy, *query, share), .low = {}, .high = {}};
    band_of_queries(found, out.training.certainty.find("facility_energy"),
                    number(out.training.result.facility_energy).value_or(0),
                    out.service->intervals[static_cast<std::size_t>(ServeFigure::facility)], *query);
    out.shares.push_back(found);
  }
}

// Provider: training with its development, by FLOP, token and parameter; consumer: serving alone. Training is
// never spread over the queries (SCI for AI).
void find_scores(LifecycleAnswer& out, const LifecyclePart& once, const LifecycleQuestion& question) {
  const auto& result = out.training.result;
  const auto& run = out.training.run();
  const auto add = [&](const char* view, const std::optional<double>& mass, double count, std::string unit) {
    if (mass && count > 0) out.scores.push_back({view, std::move(unit), *mass / count});
  };
  constexpr double million = 1e6;
  constexpr double billion = 1e9;
  constexpr double exa = 1e18;
  if (result.training_flop)
    add("provider", once.total, result.training_flop->coherent() / exa, "EFLOP of training");
  if (const auto seen = run.inputs.tokens()) {
    const double passes = run.inputs.epochs() ? run.inputs.epochs()->coherent() : 1;
    add("provider", once.total, seen->coherent() * passes / million,
        "million " + run.work.said("training tokens"));
  }
  const auto active = run.network ? std::optional{run.network->parameters.active.as_double()}
                                  : number(run.inputs.active_parameters());
  const auto all = run.network ? std::optional{run.network->parameters.total.as_double()} : active;
  if (all) add("provider", once.total, *all / billion, "billion parameters, gross (all of them)");
  if (active && active != all)
    add("provider", once.total, *active / billion, "billion parameters, effective (used per token)");
  std::optional<double> query;
  if (out.service) {
    query = out.service->figures[ServeFigure::total];
    add("consumer", query, 1, "query");
    add("consumer", query, out.service->service.work.answer.coherent() / million,
        "million tokens of answers");
  }
  if (!question.functional_unit) return;
  const run::Given& unit = *question.functional_unit;
  if (unit.text == "tokens" || unit.text == "queries" || unit.text == "runs") {
    const auto runs = run.inputs.runs() ? run.inputs.runs()->coherent() : 1;
    if (unit.text == "runs") add("provider", once.total, runs, "run");
    const bool known =
        unit.text == "runs" || std::ranges::any_of(out.scores, [&](const Score& score) {
          return score.unit.find(unit.text == "queries" ? "query" : "token") != std::string::npos;
        });
    if (!known)
      out.missing.push_back("no score per " + unit.text +
                            ": CO2e with manufacture, or their number, is not known");
    return;
  }
  const auto parsed =
      quantity::parse(unit.text, {.dimension = quantity::dim::one, .bare_number = true, .example = "50M"});
  if (!parsed.ok || parsed.value.coherent <= 0)
    diag::refuse("unknown-word", unit.named + " cannot be '" + unit.text.substr(0, 40) + "'", unit.where,
                 "one of tokens, queries, runs, or how many units of your own there are: 50M");
  add("provider", once.total, parsed.value.coherent, "unit of " + unit.text + " given");
}

void name_missing(LifecycleAnswer& out, const std::string& unserved) {
  if (out.training.result.base_flop)
    out.missing.push_back("the training of the base model, " +
                          quantity::human(out.training.result.base_flop->coherent(), quantity::dim::flop) +
                          ", is not counted: a lifecycle of its own says what it took");
  for (const run::MissingFactor& m : out.training.run().missing)
    out.missing.push_back(std::string{grid::result_info(*grid::result_named(m.result)).label} + ": " + m.why +
                          "; " + m.flag + " gives it");
  const bool developed =
      std::ranges::any_of(out.phases, [](const auto& p) { return p.key == "development"; });
  if (!developed)
    out.missing.push_back(
        "development is not counted: --development olmo, epoch, olmo-3 or a multiple of the run");
  if (!unserved.empty())
    out.missing.push_back(unserved);
  else if (!out.service)
    out.missing.push_back("serving is not counted: --serve FILE says how, or --serve here");
  else if (!out.queries)
    out.missing.push_back(
        "serving is not in the sum: --queries, or --queries-per-day with --life, says how much");
}

}  // namespace

ServeQuestion service_of(const run::Scenario& run, ServeQuestion service) {
  using run::Input;
  struct Pair {
    Input input;
    const char* flag;
  };
  const auto take = [&](std::initializer_list<Pair> pairs) {
    for (const Pair& pair : pairs) {
      if (const auto& given = run.get(pair.input)) service.inputs.emplace(pair.flag, *given);
    }
  };
  const auto says = [&](std::initializer_list<const char*> flags) {
    return std::ranges::any_of(flags, [&](const char* flag) { return service.inputs.contains(flag); });
  };
  if (!says({"model", "params"}))
    take({{Input::model, "model"},
          {Input::config, "model"},
          {Input::params, "params"},
          {Input::active, "active"}});
  if (!says({"hardware"}))
    take({{Input::hardware, "hardware"},
          {Input::price, "price"},
          {Input::billing, "billing"},
          {Input::embodied, "embodied"},
          {Input::embodied_extra, "embodied-extra"}});
  if (!says({"region", "grid", "ci"}))
    take({{Input::region, "region"},
          {Input::grid, "grid"},
          {Input::ci, "ci"},
          {Input::ci_market, "ci-market"},
          {Input::pue, "pue"},
          {Input::wue, "wue"},
          {Input::water_intensity, "water-intensity"},
          {Input::year, "year"}});
  take({{Input::lifetime, "lifetime"}, {Input::lifetime_use, "lifetime-use"}});
  if (!service.files) service.files = run.files;
  return service;
}

double queries_for_share(double once, double query, double share) {
  return share / (1 - share) * once / query;
}

LifecycleAnswer lifecycle(const LifecycleQuestion& question, const catalog::Catalog& tables) {
  LifecycleAnswer out{.training = estimate(question.run, tables),
                      .service = {},
                      .queries = {},
                      .queries_per_day = {},
                      .phases = {},
                      .total = {},
                      .shares = {},
                      .scores = {},
                      .functional_unit = {},
                      .missing = {},
                      .warnings = {},
                      .sources = {}};
  const LifecyclePart training = of_run(out.training.result);
  out.phases.push_back({"training", "Training", training, {}});
  LifecyclePart once = training;
  if (const auto factor = out.training.run().inputs.development()) {
    const LifecyclePart development = times(training, factor->coherent());
    for (const auto member : members) {
      if (once.*member) *(once.*member) += *(development.*member);
    }
    out.phases.push_back({"development", "Development", development, {}});
  }
  std::string unserved;
  if (question.service) {
    try {
      out.service = serve_one(*question.service, tables);
    } catch (const diag::Error& error) {
      const auto& why = error.diagnostics().front();
      // the run's model or device cannot be served: nobody's mistake; a flag that cannot be is one
      constexpr std::array<std::string_view, 4> of_the_run{"wrong-unit", "no-data", "does-not-fit",
                                                           "unknown-model"};
      const bool no_model = why.code == "missing-value" && why.where.line == 0;
      if (!question.service_is_a_guess ||
          (!no_model && std::ranges::find(of_the_run, why.code) == of_the_run.end()))
        throw;
      out.warnings.push_back({.code = "not-served",
                              .message = "serving is not counted: " + why.message,
                              .where = {},
                              .help = why.help,
                              .severity = diag::Severity::warning});
      unserved = "serving is not counted: " + why.message + (why.help.empty() ? "" : " (" + why.help + ")");
    }
  }
  if (out.service) {
    out.queries = out.service->queries;
    out.queries_per_day = out.service->queries_per_day;
    if (out.queries) out.phases.push_back({"serving", "Serving", of_queries(*out.service, *out.queries), {}});
  }
  add_up(out);
  find_shares(out, once);
  find_scores(out, once, question);
  if (question.functional_unit) out.functional_unit = question.functional_unit->text;
  name_missing(out, unserved);
  out.warnings.insert(out.warnings.begin(), out.training.warnings.begin(), out.training.warnings.end());
  out.sources = out.training.sources();
  if (out.service) {
    for (const auto& warning : out.service->warnings) {
      if (std::ranges::find(out.warnings, warning.message, &diag::Diagnostic::message) ==
              out.warnings.end() &&
          std::ranges::find(out.warnings, warning.code, &diag::Diagnostic::code) == out.warnings.end())
        out.warnings.push_back(warning);
    }
    out.sources.insert(out.sources.end(), out.service->sources.begin(), out.service->sources.end());
  }
  return out;
}

}  // namespace kwhatif::ask
