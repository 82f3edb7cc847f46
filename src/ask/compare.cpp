// Runs beside each other, and what is held equal between them.
#include "claims.hpp"
#include "compare_work.hpp"
#include "given_words.hpp"
#include "verdict_rows.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using quantity::human;
using run::Slot;
namespace dim = quantity::dim;

namespace {

constexpr std::array<std::string_view, 5> rules{"as-given", "tokens", "flops", "loss", "deadline"};

constexpr auto refuse = refuse_work;

void derived(run::ResolvedRun& run, Slot slot, double value, std::string note) {
  run::set_slot(run.inputs, slot, value);
  auto& record = run.records[static_cast<std::size_t>(slot)];
  record = {};
  record.origin.responsible = catalog::Responsible::derived;
  record.origin.note = std::move(note);
}

// The same for a run whose compute is known.
void set_work(Compared& c, double flop, const std::string& note) {
  if (!c.result.training_flop)
    refuse(c, "its compute is unknown, so its work cannot be made equal",
           "give --params and --tokens, or --flops");
  set_compute(c, flop, note);
}

double tokens_seen(const Compared& c) {
  const auto tokens = known_tokens(c);
  if (!tokens) refuse(c, "its tokens are unknown", "give --tokens, or use --equal flops");
  return *tokens;
}

void set_devices(Compared& c, double seconds) {
  if (!c.result.device_time) refuse(c, "its device-time is unknown", "give a device, or --device-hours");
  auto& in = c.run.inputs;
  const double all = c.result.device_time->coherent();
  const double runs = in.runs() ? in.runs()->coherent() : 1;
  const double overhead = in.overhead() ? in.overhead()->coherent() : 0;
  if (in.wall_time())
    derived(c.run, Slot::device_time, all / (runs * (1 + overhead)), "devices x time, as given");
  in.forget(Slot::wall_time);
  if (in.total_power() && c.result.power) {
    derived(c.run, Slot::power, c.result.power->coherent(), "of all devices together, over their number");
    in.forget(Slot::total_power);
  }
  constexpr double hair = 1e-9;  // a deadline met but for rounding needs no further device
  derived(c.run, Slot::devices, std::max(1.0, std::ceil(all / seconds - hair)),
          "as many as meet the deadline");
  c.result = run::estimate(in);
}

std::string work_as_given(const std::vector<Compared>& runs) {
  constexpr double alike = 1e-9;
  const auto& first = runs.front().result.training_flop;
  bool known = true;
  bool same = true;
  for (const Compared& c : runs) {
    known = known && c.result.training_flop;
    same = same && known && first &&
           std::fabs(c.result.training_flop->coherent() / first->coherent() - 1) < alike;
  }
  if (same) return "the same compute in every run, " + human(first->coherent(), dim::flop);
  if (!known) return "each run as given; the compute of not all of them is known";
  return "each run does its own work, as given; --equal tokens, flops, loss or deadline makes them equal";
}

}  // namespace

[[noreturn]] void refuse_work(const Compared& run, const std::string& what, const std::string& help) {
  throw diag::ScenarioError({.code = "no-work", .message = run.label + ": " + what, .help = help});
}

std::optional<double> known_tokens(const Compared& c) {
  const auto& in = c.run.inputs;
  if (!in.tokens()) return std::nullopt;
  return in.tokens()->coherent() * (in.epochs() ? in.epochs()->coherent() : 1);
}

void set_compute(Compared& c, double flop, const std::string& note) {
  if (!c.result.achieved)
    refuse(c, "its rate is unknown, so the time for equal work is too", "give --hardware, --mfu or --tflops");
  auto& in = c.run.inputs;
  if (!(in.achieved() || (in.peak() && in.mfu())))
    derived(c.run, Slot::achieved, c.result.achieved->coherent(), "compute over time, as given");
  derived(c.run, Slot::training_flop, flop, note);
  in.forget(Slot::wall_time);
  in.forget(Slot::device_time);
  if (c.result.devices && !in.devices())
    derived(c.run, Slot::devices, c.result.devices->coherent(), "device-time over time, as given");
  c.result = run::estimate(in);
}

void forget_work(Compared& c) {
  auto& in = c.run.inputs;
  if (c.result.achieved && !(in.achieved() || (in.peak() && in.mfu())))
    derived(c.run, Slot::achieved, c.result.achieved->coherent(), "compute over time, as given");
  for (const Slot work : {Slot::tokens, Slot::training_flop, Slot::wall_time, Slot::device_time})
    in.forget(work);
  using run::Input;
  for (const Input said : {Input::tokens, Input::epochs, Input::flops, Input::hours, Input::device_hours}) {
    std::erase_if(c.run.summary, [&](const auto& flag) { return flag.first == run::info(said).flag; });
  }
  c.result = run::estimate(in);
}

EqualWork read_equal_work(const run::Given& given) {
  return static_cast<EqualWork>(word_given(given, rules));
}

std::string equalise(std::vector<Compared>& runs, std::size_t against, EqualWork rule,
                     std::vector<diag::Diagnostic>& warnings) {
  const Compared reference = runs[against];
  switch (rule) {
    case EqualWork::as_given:
      break;
    case EqualWork::flops: {
      if (!reference.result.training_flop)
        refuse(reference, "its compute is unknown", "give --params and --tokens, or --flops");
      const double flop = reference.result.training_flop->coherent();
      for (Compared& c : runs) {
        if (&c != &runs[against]) set_work(c, flop, "the compute of " + reference.label);
      }
      return "equal FLOP: every run does the " + human(flop, dim::flop) + " of " + reference.label;
    }
    case EqualWork::tokens: {
      const double tokens = tokens_seen(reference);
      for (Compared& c : runs) {
        if (&c == &runs[against]) continue;
        const double scale = tokens / tokens_seen(c);
        if (!c.result.training_flop) refuse(c, "its compute is unknown", "give --params");
        set_work(c, c.result.training_flop->coherent() * scale, "the tokens of " + reference.label);
        c.run.inputs.set(Slot::tokens, c.run.inputs.tokens()->coherent() * scale);
      }
      return "equal tokens: every run sees " + human(tokens, dim::token);
    }
    case EqualWork::loss: {
      std::vector<RunPair> pairs;
      return equalise_quality(runs, against, warnings, pairs);
    }
    case EqualWork::deadline: {
      if (!reference.result.wall_time)
        refuse(reference, "its wall time is unknown, so it sets no deadline", "give --chips");
      const double seconds = reference.result.wall_time->coherent();
      for (Compared& c : runs) {
        if (&c != &runs[against]) set_devices(c, seconds);
      }
      return "equal deadline: every run has as many devices as it needs to end within " +
             human(seconds, dim::time) + ", the time of " + reference.label +
             "; scaling to more devices is taken as free";
    }
  }
  return work_as_given(runs);
}

Comparison compare(std::vector<Compared> runs, std::size_t against, EqualWork rule) {
  Comparison out;
  out.against = against;
  out.rule = rule;
  out.worth = models_worth(runs);  // of the models as given
  out.rule_words = rule == EqualWork::loss ? equalise_quality(runs, against, out.warnings, out.quality)
                                           : equalise(runs, against, rule, out.warnings);
  bool market = false;
  for (const Compared& c : runs) {
    const auto net = measured(c.result, Measure::market);
    market = market || (net && net != measured(c.result, Measure::location));
  }
  for (const Measure measure :
       {Measure::energy, Measure::location, Measure::market, Measure::wall_time, Measure::cost}) {
    if (measure == Measure::market && !market) continue;
    if (std::ranges::any_of(runs, [&](const Compared& c) { return measured(c.result, measure).has_value(); }))
      out.measures.push_back(measure);
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i == against) continue;
    for (RunRatio& ratio : ratios_of(runs[i], runs[against], out.measures)) {
      ratio.run = i;
      ratio.against = against;
      if (out.open_ended(i)) ratio.low = ratio.high = std::nullopt;
      out.ratios.push_back(std::move(ratio));
    }
  }
  out.runs = std::move(runs);
  out.verdict = verdict_of(out);
  return out;
}

std::optional<run::Scenario> published_scenario(const catalog::Catalog& catalog, std::string_view id,
                                                bool with_facts) {
  const auto row = catalog.find(catalog::Kind::run, id);
  if (!row) return std::nullopt;
  auto out = scenario_of(*row);
  out.title = row->text("name");
  if (!with_facts) return out;
  using run::Input;
  for (const auto& [input, key] :
       {std::pair{Input::params, "facts.params"}, std::pair{Input::active, "facts.active"},
        std::pair{Input::tokens, "facts.tokens"}, std::pair{Input::hardware, "facts.hardware"}}) {
    const auto cell = row->cell(key);
    if (cell && !out.has(input)) out.set(input, {std::string{cell->text()}, {}, key});
  }
  return out;
}

std::optional<Compared> published_run(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(catalog::Kind::run, id);
  if (!row) return std::nullopt;
  std::string problem;
  auto run = resolve_printed(*row, catalog, problem);
  if (!run) {
    throw diag::ScenarioError({.code = "no-work",
                               .message = "the printed inputs of " + std::string{id} + " give no run" +
                                          (problem.empty() ? "" : ": " + problem),
                               .help = "`kwhatif show runs " + std::string{id} + "` prints what is known"});
  }
  const auto result = run::estimate(run->inputs);
  return Compared{std::string{row->text("name")}, std::move(*run), result, {}};
}

}  // namespace kwhatif::ask
