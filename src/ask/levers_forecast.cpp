// One rule per input for whether a lever can set it; what it does then is what estimate says.
#include "levers_forecast.hpp"

#include <kwhatif/predict/predictor.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using catalog::Row;
using quantity::human;
using quantity::significant;
using run::Input;
using run::Slot;
namespace dim = quantity::dim;

std::string LeverSetting::flag() const { return "--" + std::string{run::info(input).flag} + ' ' + value; }

bool sets_input(const Row& lever) { return !lever.text("flag").empty() && !lever.text("set").empty(); }

LeverFacts facts_of(const run::Scenario& given, const run::ResolvedRun& run,
                    const run::RunEstimate<double>& result, const catalog::Catalog& catalog) {
  LeverFacts out{given, run, result, catalog};
  if (!given.stages.empty()) out.phases = run::resolve_stages(given, catalog).stages;
  return out;
}

namespace {

bool is_forecast(const run::ResolvedRun& run) {
  return run.forecast && run.inputs.mfu() && run.record(Slot::mfu).distribution;
}

// The stage that is asked what it has already: of those whose time is forecast, the one that takes most.
const run::ResolvedStage* leading_stage(const std::vector<run::ResolvedStage>& phases) {
  const run::ResolvedStage* out = nullptr;
  for (const run::ResolvedStage& phase : phases) {
    if (!is_forecast(phase.run) || !phase.result.device_time) continue;
    if (out == nullptr || phase.result.device_time->coherent() > out->result.device_time->coherent())
      out = &phase;
  }
  return out;
}

const run::ResolvedRun& leading(const run::ResolvedRun& run, const std::vector<run::ResolvedStage>& phases) {
  const run::ResolvedStage* stage = leading_stage(phases);
  return stage == nullptr ? run : stage->run;
}

}  // namespace

std::string why_not_forecast(const LeverFacts& f) {
  const run::ResolvedRun& run = leading(f.run, f.phases);
  if (is_forecast(run)) return {};
  if (run.forecast || !f.phases.empty()) return "nothing is forecast: the time or the rate is given";
  return "nothing is forecast: the device or the work is unknown";
}

namespace {

/// What the rules look at besides: the settings of the forecast.
struct Rule {
  const LeverFacts& facts;
  Input input;
  std::string set;

  const run::ResolvedRun& run() const { return leading(facts.run, facts.phases); }
  const run::RunForecast& forecast() const { return *run().forecast; }
  const predict::Training<double>& training() const { return forecast().training; }
  std::string given() const { return std::string{given_text(run(), run::info(input).flag)}; }
  // As given, else what was taken as usual.
  std::string was() const {
    if (auto text = given(); !text.empty()) return text;
    for (const auto& choice : run().choices) {
      if (choice.input == run::info(input).flag) return choice.value;
    }
    return {};
  }
  std::optional<double> whole(Input wanted) const {
    const std::string text{given_text(run(), run::info(wanted).flag)};
    if (text.empty()) return std::nullopt;
    std::vector<diag::Diagnostic> told_elsewhere;
    const auto n = run::read_whole(wanted, {text, {}, {}}, told_elsewhere);
    return n ? std::optional{static_cast<double>(*n)} : std::nullopt;
  }
  SettingJudgement to(std::string value, Judgement judgement) const {
    return {std::move(judgement), LeverSetting{input, was(), std::move(value)}};
  }
  static SettingJudgement no(std::string why) { return {{Applies::no, std::move(why)}, {}}; }
};

Judgement yes(std::string why) { return {Applies::yes, std::move(why)}; }
Judgement perhaps(std::string why) { return {Applies::perhaps, std::move(why)}; }

std::string digits(double whole) {
  constexpr double limit = 1e18;
  return std::to_string(static_cast<std::uint64_t>(std::min(std::round(whole), limit)));
}

SettingJudgement recomputation(const Rule& r) {
  const std::string given = r.given();
  if (given == r.set) return Rule::no("no recomputation already");
  if (!given.empty())
    return r.to(r.set, yes(given == "full" ? "the run recomputes all activations"
                                           : "the run recomputes some activations"));
  if (r.forecast().forecast.settings.recomputed <= 0)
    return Rule::no("no recomputation already: none is usual for this model");
  return r.to(r.set, perhaps("if the run recomputes; the share taken is what is usual for this size"));
}

int bits(std::string_view precision) {
  constexpr std::array<std::pair<std::string_view, int>, 7> all{
      {{"fp64", 64}, {"fp32", 32}, {"tf32", 19}, {"bf16", 16}, {"fp16", 16}, {"fp8", 8}, {"fp4", 4}}};
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.first == precision; });
  return found == all.end() ? 0 : found->second;
}

SettingJudgement precision(const Rule& r) {
  const auto has = [&](std::string_view format) {
    return r.run().hardware && r.run().hardware->cell("peak_" + std::string{format}).has_value();
  };
  std::string wanted = r.set;
  if (wanted == "16-bit") wanted = has("bf16") ? "bf16" : "fp16";
  const std::string now = r.was();
  if (now.empty()) return Rule::no("the precision is unknown");
  if (bits(now) <= bits(wanted)) return Rule::no("the run is in " + now + " already");
  if (!has(wanted)) return Rule::no("the device has no " + r.set);
  const std::string why = "the device has " + wanted + " and the run is in " + now;
  if (wanted == "fp4") return r.to(wanted, perhaps(why + "; whether it learns as well only you can judge"));
  return r.to(wanted, yes(why));
}

// What the class of software does by habit, where the run does not say.
SettingJudgement habit(const Rule& r, bool done, const std::string& what) {
  if (r.given() == r.set) return Rule::no(what + " already");
  if (!r.given().empty())
    return r.to(r.set, yes("the run says --" + std::string{run::info(r.input).flag} + ' ' + r.given()));
  if (!r.training().software) return r.to(r.set, perhaps("if the software does not do so yet"));
  if (done) return Rule::no(what + " already, as this software does");
  return r.to(r.set, yes("this software does not do so unless told"));
}

SettingJudgement software(const Rule& r) {
  const auto& known = r.training().software;
  if (!known) return r.to(r.set, perhaps("if the software is not tuned to the machine yet"));
  if (*known == predict::Software::tuned) return Rule::no("the software is tuned already");
  return r.to(r.set, yes("the software is of the class " +
                         std::string{*known == predict::Software::standard ? "standard" : "legacy"}));
}

double multiple(std::string_view set) {
  return set == "half" ? 0.5 : set == "x2" ? 2 : set == "x4" ? 4 : set == "x8" ? 8 : 1;
}

// The largest batch that is usual is where the table says how trainings grow; where it only says what is
// usual at this size, that is the limit.
SettingJudgement global_batch(const Rule& r) {
  const run::RunForecast& f = r.forecast();
  const auto& usual = predict::predictor(r.facts.catalog)->constants.usual;
  auto unsaid = f.training;
  unsaid.batch.reset();
  const double here = predict::settle(usual, unsaid, f.forecast.software).batch / f.per_unit;
  const bool grows = f.training.kind == predict::TrainingKind::language && !f.training.lora;
  const double most = grows ? std::max(here, usual.most_batch) : here;
  const double batch = std::round(f.forecast.settings.batch / f.per_unit * multiple(r.set));
  const auto shown = [&](double n) {
    return f.training.kind == predict::TrainingKind::vision ||
                   f.training.kind == predict::TrainingKind::convolution
               ? significant(n) + " images"
               : human(n, dim::token);
  };
  constexpr double hair = 1.001;
  if (batch > most * hair)
    return Rule::no(shown(batch) + " is beyond the " + shown(most) + " that are usual at most");
  if (batch <= here * hair)
    return r.to(digits(batch), yes("no more than the " + shown(here) + " that are usual"));
  return r.to(digits(batch),
              perhaps("more than the " + shown(here) +
                      " that are usual at this size: whether it learns as well only you can judge"));
}

// Where the batch has no work for so many replicas.
std::string starves(const Rule& r, double replicas_times, double micro_times) {
  const auto& s = r.forecast().forecast.settings;
  if (!(s.length > 0)) return {};
  const double micro = r.whole(Input::micro_batch).value_or(1) * micro_times;
  const double replicas = s.devices / (s.tensor * s.pipeline * s.context) * replicas_times;
  constexpr double hair = 1e-9;
  if (s.batch / s.length * (1 + hair) >= replicas * micro) return {};
  return "the batch of " + significant(s.batch / s.length) + " sequences is too small for " +
         significant(replicas) + " replicas of " + significant(micro) + " each";
}

SettingJudgement layout(const Rule& r) {
  const std::string flag{run::info(r.input).flag};
  const bool stages = r.input == Input::virtual_stages;
  const auto now = r.whole(r.input);
  if (!now && !stages) return Rule::no("the run says no --" + flag);
  if (r.input == Input::zero) {
    if (*now != 3) return Rule::no("the weights are not sharded");
    return r.to(r.set, yes("the run shards the weights"));
  }
  if (!r.training().network) return Rule::no("the model has no layers to lay out");
  if (stages) {
    const double pipeline = r.whole(Input::pipeline_parallel).value_or(1);
    const double next = now.value_or(1) * multiple(r.set);
    if (pipeline <= 1) return Rule::no("there is no pipeline");
    if (r.training().network->layers < pipeline * next)
      return Rule::no("the model has no more layers for them");
    return r.to(digits(next), yes("the run has a pipeline"));
  }
  const double next = *now * multiple(r.set);
  if (next < 1 || next != std::floor(next)) return Rule::no(digits(*now) + " cannot be halved");
  const bool micro = r.input == Input::micro_batch;
  if (std::string why = starves(r, micro ? 1 : 1 / multiple(r.set), micro ? multiple(r.set) : 1);
      !why.empty())
    return Rule::no(std::move(why));
  return r.to(digits(next), yes("the run says --" + flag + ' ' + digits(*now)));
}

// The sentence of the memory check, to tell whether a lever changes what it says.
std::string memory_words(const run::ResolvedRun& run) {
  for (const auto& w : run.warnings) {
    if (w.code == "does-not-fit" || w.code == "may-not-fit") return w.message;
  }
  return {};
}

// Whether a lever needs more memory.
bool takes_memory(const LeverSetting& setting, std::string_view set) {
  switch (setting.input) {
    case Input::micro_batch:
      return set != "half";
    case Input::recompute:
    case Input::tensor_parallel:
    case Input::pipeline_parallel:
    case Input::virtual_stages:
    case Input::zero:
      return true;
    default:
      return false;
  }
}

// Why the memory check says nothing of activations; empty where it does.
std::string why_not_judged(const run::ResolvedRun& run) {
  if (!run.network) return "no architecture is given";
  if (!run.inputs.devices()) return "the number of devices is unknown";
  if (!run.hardware || !run.hardware->number("memory")) return "the memory of the device is unknown";
  if (!(run.network->sequence_length > 0)) return "its activations are not counted";
  return {};
}

void judge_memory(LeverEffect& effect, const WhatIf& with, const LeverFacts& facts) {
  const auto only_perhaps = [&](const std::string& why) {
    effect.reason += "; " + why;
    if (effect.applies == Applies::yes) effect.applies = Applies::perhaps;
  };
  const std::string words = memory_words(with.run);
  if (!words.empty() && words != memory_words(facts.run)) {
    only_perhaps(words);
    if (held(with.run) == Held::no) effect.applies = Applies::no;
    return;
  }
  // no worse than the run is, and that is warned of
  if (!words.empty() || !takes_memory(*effect.setting, effect.row.text("set"))) return;
  if (const std::string unknown = why_not_judged(leading(with.run, with.phases)); !unknown.empty())
    return only_perhaps("whether memory allows it is unknown: " + unknown);
  const auto says = [&](Input input) {
    return !given_text(leading(facts.run, facts.phases), run::info(input).flag).empty();
  };
  if (!says(Input::tensor_parallel) && !says(Input::pipeline_parallel)) {
    // the forecast takes a layout that splits nothing, the memory check any
    const std::array unsplit{*effect.setting, LeverSetting{Input::tensor_parallel, {}, "1"}};
    if (held(what_if(facts, unsplit).run) != Held::yes)
      return only_perhaps(
          "it fits into the memory of the devices only where layers or matrices are split over them: "
          "--tensor-parallel or --pipeline-parallel says how");
  }
  effect.reason += "; it fits into the memory of the devices";
}

}  // namespace

SettingJudgement judge_setting(const Row& lever, const LeverFacts& facts) {
  const auto input = run::input_by_flag(lever.text("flag"));
  if (!input) return Rule::no("there is no --" + std::string{lever.text("flag")});
  const Rule r{facts, *input, std::string{lever.text("set")}};
  const auto& settings = r.forecast().forecast.settings;
  switch (*input) {
    case Input::recompute:
      return recomputation(r);
    case Input::precision:
      return precision(r);
    case Input::attention:
      if (!r.training().network) return Rule::no("the model has no attention");
      return habit(r, settings.fused_attention, "attention is fused");
    case Input::compiled:
      return habit(r, !settings.unfused, "kernels are fused or compiled");
    case Input::framework:
      return software(r);
    case Input::global_batch:
      return global_batch(r);
    default:
      return layout(r);
  }
}

WhatIf what_if(const LeverFacts& facts, std::span<const LeverSetting> settings) {
  run::Scenario said;
  for (const LeverSetting& s : settings)
    said.set(s.input, {s.value, {}, "--" + std::string{run::info(s.input).flag}});
  run::Scenario given = facts.given;
  given.overlay(said, &facts.catalog);
  WhatIf out;
  if (given.stages.empty()) {
    out.run = run::resolve(given, facts.catalog);
  } else {
    auto staged = run::resolve_stages(given, facts.catalog);
    out.run = std::move(staged.total);
    out.phases = std::move(staged.stages);
  }
  out.result = run::estimate(out.run.inputs);
  return out;
}

namespace {

// What a lever sets is known of the run before it, too: the lever says what was set there. What else is
// unknown stays.
void tell_as_after(const run::ResolvedRun& before, const run::ResolvedRun& after, uncertain::Spread& spread) {
  const auto& was = before.record(run::Slot::mfu).distribution;
  const auto& is = after.record(run::Slot::mfu).distribution;
  if (!was || !is || !spread[run::Slot::mfu]) return;
  predict::Distribution told = *was;
  std::erase_if(told.parts, [&](const predict::SpreadPart& part) {
    return std::none_of(is->parts.begin(), is->parts.end(),
                        [&](const predict::SpreadPart& p) { return p.name == part.name; });
  });
  double left = 0;
  for (const predict::SpreadPart& part : told.parts) left += part.share;
  for (predict::SpreadPart& part : told.parts) part.share /= left;
  told.deviation *= std::sqrt(left);
  spread[run::Slot::mfu] = uncertain::InputDistribution::predicted(told);
}

// The runs that a run is made of, with their spreads, side by side for the draws.
class SideBySide {
 public:
  SideBySide(const WhatIf& after, const LeverFacts& before) {
    add(after.run, after.phases);
    first_of_before_ = spreads_.size();
    add(before.run, before.phases);
    for (std::size_t i = first_of_before_; i < runs_.size() && runs_.size() == 2 * first_of_before_; ++i)
      tell_as_after(*runs_[i], *runs_[i - first_of_before_], spreads_[i]);
    std::vector<uncertain::Uncertain> all;
    for (std::size_t i = 0; i < runs_.size(); ++i) all.push_back({runs_[i]->inputs, spreads_[i]});
    draws_.emplace(all, uncertain::ratio_draws);
  }

  // Percentiles of a result after over before; none where a part of either lacks it.
  std::optional<uncertain::Band> ratio(std::string_view key) const {
    std::optional<uncertain::Band> out;
    std::size_t k = 0;
    const run::RunEstimate<double> any;
    run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
      if (info.key == key) {
        const auto over = sum(0, first_of_before_, k);
        const auto under = sum(first_of_before_, runs_.size(), k);
        if (over && under && under->typical > 0) out = draws_->band(info, *over / *under);
      }
      ++k;
    });
    return out;
  }

 private:
  void add(const run::ResolvedRun& run, const std::vector<run::ResolvedStage>& phases) {
    if (phases.empty()) runs_.push_back(&run);
    for (const run::ResolvedStage& phase : phases) runs_.push_back(&phase.run);
    while (spreads_.size() < runs_.size()) spreads_.push_back(uncertain::spread_of(*runs_[spreads_.size()]));
  }
  std::optional<uncertain::Drawn> sum(std::size_t from, std::size_t to, std::size_t result) const {
    std::vector<const uncertain::Drawn*> terms;
    for (std::size_t i = from; i < to; ++i) {
      const auto& drawn = draws_->results(i)[result];
      if (!drawn) return std::nullopt;
      terms.push_back(&*drawn);
    }
    return uncertain::sum(terms);
  }

  std::vector<const run::ResolvedRun*> runs_;
  std::vector<uncertain::Spread> spreads_;
  std::size_t first_of_before_ = 0;
  std::optional<uncertain::Draws> draws_;
};

}  // namespace

WhatIfRatio ratio_of(const WhatIf& what_if, const LeverFacts& facts) {
  const SideBySide drawn(what_if, facts);
  const auto factor = [&](std::string_view key, const auto& after, const auto& before,
                          const FactorBand& instead) {
    if (!after || !before || !(before->coherent() > 0)) return instead;
    const double typical = after->coherent() / before->coherent();
    FactorBand out{typical, typical, typical};
    if (const auto band = drawn.ratio(key)) {
      out.low = std::min(band->p05, typical);
      out.high = std::max(band->p95, typical);
    }
    return out;
  };
  const auto& a = what_if.result;
  const auto& b = facts.result;
  WhatIfRatio out;
  out.time = factor("device_time", a.device_time, b.device_time, {});
  // where power, PUE or place are unknown, they are the same with the lever and without
  out.energy = factor("facility_energy", a.facility_energy, b.facility_energy,
                      factor("it_energy", a.it_energy, b.it_energy, out.time));
  out.co2e = factor("operational_location", a.operational_location, b.operational_location, out.energy);
  return out;
}

Held held(const run::ResolvedRun& run) {
  const auto warned = [&](std::string_view code) {
    return std::any_of(run.warnings.begin(), run.warnings.end(),
                       [&](const auto& w) { return w.code == code; });
  };
  return warned("does-not-fit") ? Held::no : warned("may-not-fit") ? Held::perhaps : Held::yes;
}

LeverEffect forecast_effect(LeverEffect effect, const LeverFacts& facts) {
  effect.forecast = true;
  SettingJudgement judgement = judge_setting(effect.row, facts);
  effect.applies = judgement.applies;
  effect.reason = std::move(judgement.reason);
  if (!judgement.setting) return effect;
  try {
    const WhatIf with = what_if(facts, {&*judgement.setting, 1});
    const WhatIfRatio ratio = ratio_of(with, facts);
    effect.setting = std::move(judgement.setting);
    effect.energy = ratio.energy;
    effect.co2e = ratio.co2e;
    effect.time = ratio.time;
    judge_memory(effect, with, facts);
  } catch (const diag::ScenarioError& error) {
    effect.applies = Applies::no;
    effect.reason = error.diagnostics().front().message;
    return effect;
  }
  constexpr double nothing = 5e-4;
  if (effect.applies == Applies::no) return effect;
  if (std::fabs(effect.energy.typical - 1) < nothing && std::fabs(effect.co2e.typical - 1) < nothing) {
    effect.applies = Applies::no;
    effect.reason = "it makes no difference to this run";
  } else if (effect.energy.typical > 1) {
    effect.applies = Applies::no;
    effect.reason =
        "the run would take " + significant(100 * (effect.energy.typical - 1), 2) + " % more energy";
  }
  return effect;
}

}  // namespace kwhatif::ask
