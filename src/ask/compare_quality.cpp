// Runs at equal quality: what their models are worth, and how long each has to train.
#include "compare_work.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/factor_band.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using quantity::human;
using run::Slot;
namespace dim = quantity::dim;

namespace {

std::optional<std::string> given_text(const Compared& c, run::Input input) {
  for (const auto& [flag, text] : c.run.summary) {
    if (flag == run::info(input).flag) return text;
  }
  return std::nullopt;
}

std::optional<double> number_given(const Compared& c, run::Input input) {
  const auto text = given_text(c, input);
  if (!text) return std::nullopt;
  std::vector<diag::Diagnostic> unread;
  const run::Given given{.text = *text, .where = {}, .named = std::string{run::info(input).flag}};
  if (run::info(input).type == run::InputType::whole) {
    const auto whole = run::read_whole(input, given, unread);
    return whole ? std::optional{static_cast<double>(*whole)} : std::nullopt;
  }
  const auto read = run::read_quantity(input, given, unread);
  return read ? std::optional{read->coherent} : std::nullopt;
}

// The size of a model of text; nothing where it is of something else, or only its active size is known.
std::optional<model::SparseShape> shape_of(const Compared& c) {
  if (c.run.network) {
    if (c.run.network->inventory.unit != model::Unit::token) return std::nullopt;
    return model::sparse_shape(c.run.network->architecture, c.run.network->parameters);
  }
  const auto& active = c.run.inputs.active_parameters();
  if (!active) return std::nullopt;
  const bool active_given = given_text(c, run::Input::active).has_value();
  const auto total = number_given(c, run::Input::params);
  if (active_given && !total) return std::nullopt;
  model::SparseShape out{.total = std::max(total.value_or(0), active->coherent()),
                         .active = active->coherent()};
  out.used = number_given(c, run::Input::experts_per_token);
  if (const auto experts = number_given(c, run::Input::experts); experts && out.used)
    out.per_used = *experts / *out.used;
  return out;
}

std::optional<double> flop_per_token(const Compared& c) {
  const auto tokens = known_tokens(c);
  const auto compute = run::known_compute(c.run.inputs);
  if (compute && tokens) return compute->coherent() / *tokens;
  if (c.run.inputs.flop_per_token()) return c.run.inputs.flop_per_token()->coherent();
  return std::nullopt;
}

const model::EquivalenceRule& rule_of(const std::vector<Compared>& runs) {
  const Compared* first = nullptr;
  std::string id;
  for (const Compared& c : runs) {
    const auto named = given_text(c, run::Input::equivalence);
    if (!named) continue;
    if (first && *named != id)
      throw diag::ScenarioError({.code = "conflict",
                                 .message = "two rules of equivalence: " + id + " (" + first->label +
                                            ") and " + *named + " (" + c.label + ")",
                                 .help = "runs beside each other are counted by one: give --equivalence"});
    first = &c;
    id = *named;
  }
  const auto* found = first ? model::find_equivalence_rule(id) : nullptr;
  return found ? *found : model::equivalence_rules().front();
}

// Energy of the other's kind over that of the reference: the compute ratio by what each takes for a FLOP. Its
// band is that of the rule and that of rate and power together, as independent.
std::optional<QualityPair::Energy> energy_of(const QualityPair& pair, const Compared& reference,
                                             const Compared& other) {
  const auto usable = [](const Compared& c) { return c.result.achieved && c.result.power; };
  if (!pair.answer.kind || !usable(reference) || !usable(other)) return std::nullopt;
  constexpr double any = 1e24;  // [FLOP]: the same for both
  std::array runs{other, reference};
  for (Compared& c : runs) {
    for (const Slot repeated : {Slot::runs, Slot::overhead}) c.run.inputs.forget(repeated);
    set_compute(c, any, "equal compute");
  }
  const RunRatio of = ratio_of(runs[0], runs[1], Measure::energy);
  if (!of.ratio) return std::nullopt;
  const model::SameKind& kind = *pair.answer.kind;
  const auto band = uncertain::FactorBand{kind.low, kind.compute_ratio, kind.high} *
                    uncertain::FactorBand{of.low.value_or(*of.ratio), *of.ratio, of.high.value_or(*of.ratio)};
  QualityPair::Energy out{.ratio = band.typical, .low = band.low, .high = band.high};
  out.rate_ratio = reference.result.achieved->coherent() / other.result.achieved->coherent();
  out.power_ratio = *of.ratio / out.rate_ratio;
  return out;
}

// What the run's model is called in sentences: an axis of sizes or devices is no name of it.
std::string model_name(const Compared& c, const model::SparseShape& shape) {
  if (c.position.size() != 1) return c.label;
  const std::string& axis = c.position.front().first;
  const auto is = [&](run::Input input) { return axis == run::info(input).flag; };
  if (is(run::Input::model) || is(run::Input::config)) return c.label;
  if (c.run.network) return c.run.network->name;
  const auto size = [](double parameters) {  // "70.0 B": parameters are what a model has
    const std::string all = human(parameters, dim::parameter);
    return all.substr(0, all.find(" parameter"));
  };
  return "a model of " + (shape.sparse() ? size(shape.active) + " active of " : "") + size(shape.total);
}

void train(Compared& c, const QualityPair& pair, const std::string& reference) {
  const auto& sized = pair.answer.sized;
  if (!sized || !sized->tokens || !c.result.achieved) return forget_work(c);
  const double flop = *sized->tokens * pair.other.side.flop_per_token;
  set_compute(c, flop, "the tokens that reach the quality of " + reference);
  auto& in = c.run.inputs;
  in.set(Slot::tokens, *sized->tokens / (in.epochs() ? in.epochs()->coherent() : 1));
  if (sized->low && sized->high && *sized->low < *sized->high) {
    auto& record = c.run.records[static_cast<std::size_t>(Slot::training_flop)];
    record.low = flop * (*sized->low / *sized->compute_ratio);
    record.high = flop * (*sized->high / *sized->compute_ratio);
  }
}

}  // namespace

ModelsWorth models_worth(const std::vector<Compared>& runs) {
  ModelsWorth out{.rule = rule_of(runs), .runs = {}};
  for (const Compared& c : runs) {
    auto& worth = out.runs.emplace_back();
    const auto shape = shape_of(c);
    if (!shape) continue;
    worth = worthy(model_name(c, *shape), {*shape, flop_per_token(c).value_or(0)}, out.rule);
    if (c.run.network) worth->sequence_length = c.run.network->sequence_length;
  }
  return out;
}

std::string equalise_quality(std::vector<Compared>& runs, std::size_t against,
                             std::vector<diag::Diagnostic>& warnings, std::vector<RunPair>& pairs) {
  const ModelsWorth worth = models_worth(runs);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].run.network && runs[i].run.network->inventory.unit != model::Unit::token)
      refuse_work(runs[i], "it is no model of text: quality does not compare", "use --equal flops");
    if (given_text(runs[i], run::Input::finetune))
      refuse_work(runs[i], "it is a fine-tuning, and loss laws are of training from scratch",
                  "use --equal tokens or flops");
    if (!worth.runs[i])
      refuse_work(runs[i],
                  given_text(runs[i], run::Input::active) ? "its size is unknown beyond the active parameters"
                                                          : "its parameters are unknown",
                  "give --params, or use --equal flops");
    if (!(worth.runs[i]->side.flop_per_token > 0))
      refuse_work(runs[i], "its tokens are unknown", "give --tokens, or use --equal flops");
  }
  const Compared reference = runs[against];
  const auto tokens = known_tokens(reference);
  const auto laws = model::quality_laws();
  bool sparse = false;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i == against) continue;
    RunPair of{i, quality_pair(*worth.runs[against], tokens, *worth.runs[i], worth.rule, laws)};
    sparse = sparse || of.pair.answer.kind;
    of.pair.energy = energy_of(of.pair, reference, runs[i]);
    pairs.push_back(std::move(of));
  }
  if (!tokens && !sparse)
    refuse_work(reference, "its tokens are unknown", "give --tokens, or use --equal flops");
  if (!tokens)
    warnings.push_back({.code = "no-tokens",
                        .message = reference.label + ": its tokens are unknown, so how long the others train "
                                                     "to its quality is too",
                        .help = "give --tokens",
                        .severity = diag::Severity::warning});
  const std::string& name = worth.runs[against]->name;
  for (const RunPair& of : pairs) {
    if (tokens && !runs[of.run].result.achieved)
      warnings.push_back(
          {.code = "no-rate",
           .message = runs[of.run].label + ": its rate is unknown, so its time and energy are too",
           .help = "give --tokens (of the reference; what the others need is worked out) and "
                   "--hardware, or --tflops",
           .severity = diag::Severity::warning});
    train(runs[of.run], of.pair, name);
  }
  std::vector<const QualityPair*> all;
  for (const RunPair& of : pairs) all.push_back(&of.pair);
  for (std::string& words : extrapolations(all))
    warnings.push_back(
        {.code = "extrapolated", .message = std::move(words), .severity = diag::Severity::warning});
  return "equal quality: every run trains to the loss of " + name +
         (tokens ? " after " + human(*tokens, dim::token) : std::string{}) +
         "; dense equivalents by the rule " + std::string{worth.rule.id} +
         ", tokens by the loss laws besiroglu-2024 and hoffmann-2022";
}

}  // namespace kwhatif::ask
