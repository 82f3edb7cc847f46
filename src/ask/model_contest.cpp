// Two architectures made equal in tokens, compute or predicted loss.
#include "given_words.hpp"
#include "model_named.hpp"
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace kwhatif::ask {

namespace {

constexpr double fewest_tokens = 1e4;  // as for a run
constexpr double most_tokens = 1e18;   // more than any training could have; all text there is has about 1e15

// Of rules with ids: the one given, else the first.
template <class Rules>
const auto& rule_of(const ModelQuestion::Option& given, const Rules& rules) {
  if (!given) return rules.front();
  std::vector<std::string_view> ids;
  for (const auto& rule : rules) ids.push_back(rule.id);
  return rules[word_given(*given, ids)];
}

double experts_per_used(const model::Architecture& architecture) {
  for (const model::Stack& stack : architecture.stacks) {
    for (const model::Block& block : stack.blocks) {
      if (block.experts) return block.experts->routed.as_double() / block.experts->used.as_double();
    }
  }
  return 1;
}

Contender contender(const run::Network& network, model::SparseEquivalence rule) {
  if (network.inventory.unit != model::Unit::token)
    diag::refuse("wrong-unit", network.name + " is no model of text: tokens, FLOPs and losses do not compare",
                 {});
  Contender out;
  out.name = network.name;
  out.parameters = network.parameters.total.as_double();
  out.active = network.parameters.active_excl_input_embedding.as_double();
  const bool sparse = network.parameters.active != network.parameters.total;
  out.dense_equivalent =
      sparse ? model::dense_equivalent(rule, out.parameters, network.parameters.active.as_double(),
                                       experts_per_used(network.architecture))
             : out.parameters;
  out.flop_per_token = network.flops.training.coherent();
  return out;
}

double tokens_of(const ModelQuestion& question, const NamedModel& named) {
  if (question.tokens) {
    const auto n = quantity::parse(
        question.tokens->text, {.dimension = quantity::dim::token, .bare_number = true, .example = "300B"});
    if (!n.ok || n.value.coherent < fewest_tokens || n.value.coherent > most_tokens)
      diag::refuse(n.ok ? "out-of-range" : n.fault.code,
                   question.tokens->named + ": " + (n.ok ? "must be 10,000 to 1e18 tokens" : n.fault.message),
                   question.tokens->where, "write for example 300B");
    return n.value.coherent;
  }
  const auto published = named.preset ? named.preset->number("tokens") : std::nullopt;
  if (!published)
    diag::refuse("missing-value", "the training length of " + named.network.name + " is unknown", {},
                 "give --tokens");
  return *published;
}

}  // namespace

Contest model_contest(const ModelQuestion& question, const catalog::Catalog& tables) {
  for (const auto* option :
       {&question.recompute, &question.hardware, &question.optimizer, &question.zero, &question.micro_batch,
        &question.chips, &question.tp, &question.pp, &question.ep}) {
    if (*option)
      diag::refuse("no-effect", (*option)->named + " has no effect where two models are compared",
                   (*option)->where, "leave it out, or ask for each model without --against");
  }
  constexpr std::array<std::string_view, 3> in{"tokens", "flops", "loss"};
  std::vector<diag::Diagnostic> warnings;
  const auto named = named_model(question, question.name, tables, warnings);
  const auto other = named_model(question, question.against.value_or(run::Given{}), tables, warnings);
  const std::string equal{in[question.equal ? word_given(*question.equal, in) : 0]};
  const auto& rule = rule_of(question.equivalence, model::equivalence_rules());
  const auto& law = rule_of(question.loss_law, model::loss_laws());
  Contest out{.equal = equal,
              .equivalence = rule,
              .law = law,
              .first = contender(named.network, rule.rule),
              .second = contender(other.network, rule.rule),
              .warnings = std::move(warnings)};
  Contender& first = out.first;
  Contender& second = out.second;
  const auto loss = [&](const Contender& c) {
    return model::predicted_loss(law, c.dense_equivalent, *c.tokens);
  };
  first.tokens = tokens_of(question, named);
  first.loss = loss(first);
  if (equal == "tokens") second.tokens = first.tokens;
  if (equal == "flops") second.tokens = *first.flop() / second.flop_per_token;
  if (equal == "loss") second.tokens = model::tokens_for_loss(law, second.dense_equivalent, *first.loss);
  if (second.tokens && !(*second.tokens <= most_tokens)) second.tokens.reset();
  if (second.tokens) second.loss = loss(second);
  for (const Contender* side : {&first, &second}) {
    if (!side->tokens) continue;
    for (const std::string& why : model::extrapolation_warnings(law, side->dense_equivalent, *side->tokens))
      out.warnings.push_back({.code = "extrapolated",
                              .message = side->name + ": " + why,
                              .help = "use differences of losses, not losses",
                              .severity = diag::Severity::warning});
  }
  return out;
}

std::optional<double> ratio(const std::optional<double>& first, const std::optional<double>& second) {
  return first && second ? std::optional{*first / *second} : std::nullopt;
}

}  // namespace kwhatif::ask
