// Two architectures made equal in tokens, compute or predicted loss.
#include "given_words.hpp"
#include "model_named.hpp"
#include <kwhatif/quantity/format.hpp>
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

Worthy worthy_of(const run::Network& network, const model::EquivalenceRule& rule) {
  if (network.inventory.unit != model::Unit::token)
    diag::refuse("wrong-unit", network.name + " is no model of text: tokens, FLOPs and losses do not compare",
                 {});
  Worthy out = worthy(network.name,
                      {.shape = model::sparse_shape(network.architecture, network.parameters),
                       .flop_per_token = network.flops.training.coherent()},
                      rule);
  out.sequence_length = network.sequence_length;
  return out;
}

Contender contender(const run::Network& network, const Worthy& worthy) {
  return {.name = network.name,
          .parameters = network.parameters.total.as_double(),
          .active = network.parameters.active_excl_input_embedding.as_double(),
          .dense = worthy,
          .flop_per_token = worthy.side.flop_per_token};
}

// Of the first: given, else published, else nothing.
std::optional<double> tokens_known(const ModelQuestion& question, const NamedModel& named) {
  if (question.tokens) {
    const auto n = quantity::parse(
        question.tokens->text, {.dimension = quantity::dim::token, .bare_number = true, .example = "300B"});
    if (!n.ok || n.value.coherent < fewest_tokens || n.value.coherent > most_tokens)
      diag::refuse(n.ok ? "out-of-range" : n.fault.code,
                   question.tokens->named + ": " + (n.ok ? "must be 10,000 to 1e18 tokens" : n.fault.message),
                   question.tokens->where, "write for example 300B");
    return n.value.coherent;
  }
  return named.preset ? named.preset->number("tokens") : std::nullopt;
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
  const std::string equal{in[question.equal ? word_given(*question.equal, in) : 0]};
  // equal quality is asked at one sequence length, that of the first where none is given
  ModelQuestion alike = question;
  if (equal == "loss" && !question.seq_len && named.network.sequence_length > 0)
    alike.seq_len =
        run::Given{quantity::shortest(named.network.sequence_length), {}, "that of " + named.network.name};
  const auto other = named_model(alike, question.against.value_or(run::Given{}), tables, warnings);
  const auto& rule = rule_of(question.equivalence, model::equivalence_rules());
  const auto& law = rule_of(question.loss_law, model::loss_laws());
  const Worthy reference = worthy_of(named.network, rule);
  const Worthy beside = worthy_of(other.network, rule);
  Contest out{.equal = equal,
              .equivalence = rule,
              .law = law,
              .laws = question.loss_law ? std::vector{&law} : model::quality_laws(),
              .first = contender(named.network, reference),
              .second = contender(other.network, beside),
              .warnings = std::move(warnings)};
  Contender& first = out.first;
  Contender& second = out.second;
  const auto extrapolated = [&](std::string message) {
    out.warnings.push_back({.code = "extrapolated",
                            .message = std::move(message),
                            .help = "use differences of losses, not losses",
                            .severity = diag::Severity::warning});
  };
  first.tokens = tokens_known(question, named);
  const bool sparse = reference.side.shape.sparse() || beside.side.shape.sparse();
  if (!first.tokens && !(equal == "loss" && sparse))
    diag::refuse("missing-value", "the training length of " + first.name + " is unknown", {},
                 "give --tokens");
  if (equal == "loss") {
    out.quality = quality_pair(reference, first.tokens, beside, rule, out.laws);
    const auto& sized = out.quality->answer.sized;
    if (sized) second.tokens = sized->tokens;
    if (!first.tokens)
      out.warnings.push_back({.code = "no-tokens",
                              .message = "the training length of " + first.name +
                                         " is unknown, so how long " + second.name +
                                         " trains to its quality is too",
                              .help = "give --tokens",
                              .severity = diag::Severity::warning});
    for (std::string& why : extrapolations({&*out.quality})) extrapolated(std::move(why));
  }
  if (equal == "tokens") second.tokens = first.tokens;
  if (equal == "flops") second.tokens = *first.flop() / second.flop_per_token;
  for (Contender* side : {&first, &second}) {
    if (!side->tokens) continue;
    const double size = side->dense.worth.size;
    if (*side->tokens <= model::most_tokens_per_parameter * size)
      side->loss = model::predicted_loss(law, size, *side->tokens);
    if (equal == "loss") continue;  // said above
    for (const std::string& why : model::extrapolation_warnings(law, size, *side->tokens))
      extrapolated(side->name + ": " + why);
  }
  return out;
}

std::optional<double> ratio(const std::optional<double>& first, const std::optional<double>& second) {
  return first && second ? std::optional{*first / *second} : std::nullopt;
}

}  // namespace kwhatif::ask
