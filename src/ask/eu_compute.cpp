#include <kwhatif/ask/eu_compute.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/model_name.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kwhatif::ask {

namespace {

using Flop = EuCompute::Flop;
using run::Regime;
using run::Slot;

constexpr double seconds_per_day = 86400;
constexpr double days_per_month = 30.4;

std::optional<Flop> plus(const std::optional<Flop>& a, const std::optional<Flop>& b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

// Work that trains nothing: diagnostics, and trials that only people learn from.
bool exploratory(Regime regime) { return regime == Regime::evaluate || regime == Regime::search; }

// Passes of models that only help to train this one.
bool auxiliary(std::string_view label) {
  return label.starts_with("reward model") || label.starts_with("value model");
}

bool given(const run::ResolvedRun& run, std::string_view flag) {
  return std::ranges::any_of(run.summary, [&](const auto& entry) { return entry.first == flag; });
}

// Whether all weights of a network are trained on tokens, so that 6 P D means something.
bool plain_training(const run::ResolvedStage& phase) {
  constexpr std::array plain{Regime::pretrain, Regime::long_context, Regime::anneal, Regime::finetune,
                             Regime::other};
  const auto finetune =
      std::ranges::find(phase.run.summary, "finetune", [](const auto& e) { return e.first; });
  const bool adapters = finetune != phase.run.summary.end() && finetune->second != "full";
  return std::ranges::find(plain, phase.regime) != plain.end() && !adapters && phase.run.work.text();
}

std::optional<Flop> six_pd_of(const run::ResolvedStage& phase) {
  if (!plain_training(phase)) return std::nullopt;
  const auto seen = run::known_tokens(phase.run.inputs);
  if (!seen) return std::nullopt;
  const auto& network = phase.run.network;
  std::optional<quantity::Parameters<>> parameters = phase.run.inputs.active_parameters();
  if (network) parameters = quantity::Parameters<>::from_coherent(network->parameters.active.as_double());
  if (!parameters) return std::nullopt;
  constexpr double k = 3 * forward_flop_per_parameter;
  return run::training_flop(quantity::FlopPerParameterToken<>::from_coherent(k), *parameters, seen->tokens,
                            seen->epochs);
}

// Of a phase, without auxiliary models.
std::optional<Flop> updates_of(const run::ResolvedStage& phase, std::vector<std::string>& left_out) {
  if (!phase.result.training_flop || phase.cost.terms.empty()) return phase.result.training_flop;
  double aside = 0;
  for (const model::StageTerm& term : phase.cost.terms) {
    if (!auxiliary(term.label)) continue;
    aside += term.flop;
    left_out.push_back("stage " + phase.name + ", " + term.label + " (auxiliary model)");
  }
  return Flop::from_coherent(phase.result.training_flop->coherent() - aside);
}

// N L H U of one run of a phase.
std::optional<Flop> hardware_based_of(const run::ResolvedStage& phase, double repeats) {
  const auto peak = phase.run.inputs.peak();
  if (!phase.result.device_time || !phase.result.mfu || !peak) return std::nullopt;
  const auto one = quantity::DeviceTime<>::from_coherent(phase.result.device_time->coherent() / repeats);
  return one * (*peak * *phase.result.mfu);
}

double repeats_of(const run::ResolvedRun& run) {
  return run::slot_value(run.inputs, Slot::runs).value_or(1) *
         (1 + run::slot_value(run.inputs, Slot::overhead).value_or(0));
}

double read_count(const run::Given& given, run::Input like, double least) {
  constexpr double most = 1e18;
  std::vector<diag::Diagnostic> faults;
  const std::string help = "write it like " + std::string{run::info(like).example};
  const auto read = given.text == "optimal" ? std::nullopt : run::read_quantity(like, given, faults);
  if (!faults.empty()) throw diag::ScenarioError(std::move(faults));
  if (!read || !(read->coherent >= least) || read->coherent > most)
    throw diag::ScenarioError(
        {"out-of-range",
         given.named + " must be from " + quantity::shortest(least) + " to 1e18: " + given.text.substr(0, 60),
         given.where, help});
  return read->coherent;
}

double generator_parameters(const run::Given& given, const catalog::Catalog& tables) {
  const auto found = run::find_model(tables, given.text);
  if (found.row) {
    const std::string name{found.row->id()};
    const auto read = model::read_config(run::config_of(*found.row), name);
    const double length = run::assumed_length(read.architecture, tables).tokens;
    return run::count_network(read, name, length).parameters.active.as_double();
  }
  const bool number = !given.text.empty() && given.text.front() >= '0' && given.text.front() <= '9';
  if (!number)
    throw diag::ScenarioError(
        {"unknown-model", given.named + ": no model '" + given.text.substr(0, 60) + "'", given.where,
         found.suggestion + (found.suggestion.empty() ? "" : " ") + "its active parameters will do: 70B"});
  return read_count(given, run::Input::active, 1);
}

std::optional<Flop> synthetic_of(const EuBeside& beside, const catalog::Catalog& tables) {
  if (!beside.synthetic_tokens || !beside.generator) return std::nullopt;
  const double tokens = read_count(*beside.synthetic_tokens, run::Input::tokens, 0);
  const double parameters = generator_parameters(*beside.generator, tables);
  return Flop::from_coherent(forward_flop_per_parameter * parameters * tokens);
}

EuThreshold threshold(std::string_view key, std::string name, std::string condition, double flop,
                      const Flop& estimate) {
  const double compared = estimate.coherent();
  return {.key = key,
          .name = std::move(name),
          .condition = std::move(condition),
          .flop = flop,
          .compared = compared,
          .ratio = compared / flop,
          .standing = against_threshold(compared, flop)};
}

void hold_against_thresholds(EuCompute& out) {
  if (!out.updates) return;
  out.thresholds = {
      threshold(
          "gpai", "general-purpose AI model (guidelines, section 2.1)",
          "only where the model generates language (text or audio), images from text or video from text",
          gpai_flop, *out.updates),
      threshold("systemic_risk", "systemic risk (AI Act, article 51(2); guidelines, section 2.3)",
                "by the cumulative compute", systemic_risk_flop, *out.cumulative)};
  const std::string rule = "provider by modification (guidelines, section 3.2)";
  if (out.base) {
    out.as_modifier = {threshold("modifier", rule, "a third of the compute of the original",
                                 modifier_share * out.base->coherent(), *out.updates)};
  } else {
    out.as_modifier = {
        threshold(
            "modifier_of_systemic_risk", rule,
            "the original's compute is not known and it is a model with systemic risk: a third of 10^25",
            modifier_share * systemic_risk_flop, *out.updates),
        threshold(
            "modifier_of_gpai", rule,
            "the original's compute is not known and it is any other general-purpose AI model: a third of "
            "10^23",
            modifier_share * gpai_flop, *out.updates)};
  }
}

// Which other figures the same count could have had.
void add_spread(EuCompute& out, const Estimate& run, const std::vector<const run::ResolvedStage*>& counted) {
  if (!out.updates) return;
  const double estimate = out.updates->coherent();
  std::optional<CountingRange> range;
  if (const auto* band = run.certainty.find("training_flop"); band != nullptr && band->p95 > band->p05)
    range = CountingRange{std::min(estimate, band->p05), std::max(estimate, band->p95)};
  CountingRange ways;
  const bool all = std::ranges::all_of(counted, [&](const run::ResolvedStage* phase) {
    const auto one = counting_range(*phase);
    if (one) ways = {ways.low + one->low, ways.high + one->high};
    return one.has_value();
  });
  if (all)
    range = range ? CountingRange{std::min(range->low, ways.low), std::max(range->high, ways.high)} : ways;
  if (!range) return;
  out.low = Flop::from_coherent(range->low);
  out.high = Flop::from_coherent(range->high);
}

// Of one run of the phases that count; a band only where it is that of the whole.
void add_times(EuCompute& out, const Estimate& run, const std::vector<const run::ResolvedStage*>& counted) {
  std::optional<double> wall = 0;
  for (const run::ResolvedStage* phase : counted) {
    const auto& time = phase->result.wall_time;
    if (!time || !wall)
      wall.reset();
    else
      *wall += time->coherent() / repeats_of(phase->run) / seconds_per_day;
  }
  if (!counted.empty()) out.wall_days = wall;
  if (!out.repeats || counted.size() != run.phases.size()) return;
  const double per = *out.repeats * seconds_per_day;
  if (const auto* band = run.certainty.find("wall_time")) {
    out.wall_low = band->p05 / per;
    out.wall_high = band->p95 / per;
  }
  if (const auto* band = run.certainty.find("device_time")) {
    out.days_low = band->p05 / per;
    out.days_high = band->p95 / per;
  }
}

void add_device_days(EuCompute& out, const run::ResolvedStage& phase) {
  if (!phase.result.device_time) return;
  const auto& hardware = phase.run.hardware;
  std::string device;
  if (hardware) {
    const std::string_view vendor = hardware->text("vendor");
    const std::string_view name = hardware->text("name");
    device = vendor.empty() || name.starts_with(vendor) ? std::string{name}
                                                        : std::string{vendor} + ' ' + std::string{name};
  }
  const double days = phase.result.device_time->coherent() / repeats_of(phase.run) / seconds_per_day;
  const auto same = std::ranges::find(out.hardware_days, device, &HardwareDays::device);
  if (same != out.hardware_days.end())
    same->days += days;
  else
    out.hardware_days.push_back({std::move(device), days});
}

EuApproach approach_of(const run::ResolvedRun& run) {
  if (run::slot_value(run.inputs, Slot::training_flop)) return EuApproach::given;
  return run::known_compute(run.inputs) ? EuApproach::architecture : EuApproach::hardware;
}

}  // namespace

std::string_view words(AgainstThreshold standing) {
  switch (standing) {
    case AgainstThreshold::below:
      return "below";
    case AgainstThreshold::below_within_margin:
      return "below, within the margin";
    case AgainstThreshold::above_within_margin:
      return "above, within the margin";
    case AgainstThreshold::above:
      break;
  }
  return "above";
}

std::string_view words(EuApproach approach) {
  switch (approach) {
    case EuApproach::architecture:
      return "architecture-based (guidelines, annex A.2.2)";
    case EuApproach::hardware:
      return "hardware-based (guidelines, annex A.2.1)";
    case EuApproach::given:
      break;
  }
  return "a figure given by the provider";
}

AgainstThreshold against_threshold(double flop, double threshold) {
  if (flop * (1 - estimate_margin) > threshold) return AgainstThreshold::above;
  if (flop * (1 + estimate_margin) <= threshold) return AgainstThreshold::below;
  return flop > threshold ? AgainstThreshold::above_within_margin : AgainstThreshold::below_within_margin;
}

std::optional<bool> EuCompute::keeps_margin() const {
  if (!updates || !low || !high) return std::nullopt;
  const double estimate = updates->coherent();
  return low->coherent() >= (1 - estimate_margin) * estimate &&
         high->coherent() <= (1 + estimate_margin) * estimate;
}

std::optional<CountingRange> counting_range(const run::ResolvedStage& phase) {
  const auto& in = phase.run.inputs;
  if (!phase.run.network || !in.flop_per_token() || in.training_flop() || !phase.result.training_flop)
    return std::nullopt;
  const auto six = six_pd_of(phase);
  if (!six) return std::nullopt;
  const double counted = phase.result.training_flop->coherent();
  const double square = counted * run::full_attention_flops(*phase.run.network);
  const auto [low, high] = std::minmax({counted, six->coherent(), square});
  return CountingRange{low, high};
}

EuCompute eu_compute(const Estimate& run, const EuBeside& beside, const catalog::Catalog& tables) {
  EuCompute out;
  out.approach = approach_of(run.staged() ? run.phases.front().run : run.run());
  std::vector<const run::ResolvedStage*> counted;
  bool complete = true;
  std::optional<Flop> six_pd;
  std::optional<Flop> hardware_based;
  bool all_plain = true;
  bool all_hardware = true;
  out.hardware_independent = true;
  for (const run::ResolvedStage& phase : run.phases) {
    if (run.staged() && exploratory(phase.regime)) {
      out.left_out.push_back("stage " + phase.name +
                             (phase.regime == Regime::evaluate ? " (evaluation)" : " (search trials)"));
      continue;
    }
    counted.push_back(&phase);
    const auto updates = updates_of(phase, out.left_out);
    complete = complete && updates.has_value();
    out.updates = plus(out.updates, updates);
    const auto rule = six_pd_of(phase);
    all_plain = all_plain && rule.has_value();
    six_pd = plus(six_pd, rule);
    const auto by_hardware = hardware_based_of(phase, repeats_of(phase.run));
    all_hardware = all_hardware && by_hardware.has_value();
    hardware_based = plus(hardware_based, by_hardware);
    const bool counted_and_timed = run::known_compute(phase.run.inputs) && run::known_time(phase.run.inputs);
    out.hardware_independent = out.hardware_independent && counted_and_timed &&
                               run::slot_value(phase.run.inputs, Slot::mfu).has_value();
    add_device_days(out, phase);
    out.modifies = out.modifies || given(phase.run, "finetune") || given(phase.run, "base-model") ||
                   given(phase.run, "base-flops");
  }
  if (!complete) out.updates.reset();
  if (all_plain) out.six_pd = six_pd;
  if (all_hardware) out.hardware_based = hardware_based;
  out.synthetic = synthetic_of(beside, tables);
  if (run.result.base_flop) out.base = run.result.base_flop;
  if (out.updates) out.cumulative = plus(plus(out.updates, out.synthetic), out.base);
  out.repeats = repeats_of(run.phases.front().run);
  for (const run::ResolvedStage& phase : run.phases) {
    if (out.repeats && repeats_of(phase.run) != *out.repeats) out.repeats.reset();
  }
  add_spread(out, run, counted);
  add_times(out, run, counted);
  hold_against_thresholds(out);
  return out;
}

std::string in_figures(double value, int figures) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific,
                                 figures - 1);
  const std::string_view shown(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
  const auto e = shown.find('e');
  int exponent = 0;
  const char* first = shown.data() + e + 1;
  if (*first == '+') ++first;
  std::from_chars(first, end.ptr, exponent);
  return std::string{shown.substr(0, e)} + "x10^" + std::to_string(exponent);
}

int order_of_magnitude(double value) { return static_cast<int>(std::floor(std::log10(value))); }

std::string_view period_of(double days) {
  const double months = days / days_per_month;
  if (months < 1) return "less than 1 month";
  if (months < 3) return "1 to 3 months";
  return months <= 6 ? "3 to 6 months" : "more than 6 months";
}

}  // namespace kwhatif::ask
