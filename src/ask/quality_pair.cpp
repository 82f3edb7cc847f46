#include <kwhatif/ask/quality_pair.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>

namespace kwhatif::ask {

Worthy worthy(std::string name, const model::QualitySide& side, const model::EquivalenceRule& rule) {
  const auto found = model::equivalence(rule.rule, side.shape);
  if (!found)
    throw diag::ScenarioError(
        {.code = "missing-input",
         .message =
             name + ": " + std::string{rule.id} + " needs the number of experts, and only sizes are known",
         .help = "name the architecture with --model or --config, or use another rule"});
  return {.name = std::move(name),
          .side = side,
          .equivalence = *found,
          .worth = model::worth_of(*found, side.shape.active),
          .sequence_length = 0};
}

QualityPair quality_pair(const Worthy& reference, std::optional<double> tokens, const Worthy& other,
                         const model::EquivalenceRule& rule, const std::vector<const model::LossLaw*>& laws) {
  const auto answer = model::equal_quality(rule.rule, reference.side, tokens, other.side, laws);
  if (!answer) throw diag::InternalError("a rule knows each model and not both");
  QualityPair out{.reference = reference,
                  .other = other,
                  .tokens = tokens,
                  .rule = rule,
                  .answer = *answer,
                  .alternatives = {}};
  if (!answer->kind) return out;
  for (const model::EquivalenceRule& beside : model::equivalence_rules()) {
    if (beside.rule == rule.rule) continue;
    const auto by = model::equal_quality(beside.rule, reference.side, std::nullopt, other.side, laws);
    out.alternatives.push_back({beside.id, by ? std::optional{by->kind->compute_ratio} : std::nullopt});
  }
  return out;
}

std::vector<std::string> extrapolations(const std::vector<const QualityPair*>& pairs) {
  struct Said {
    std::string what;
    std::vector<std::string> names;
  };
  std::vector<Said> all;
  const auto add = [&](const Worthy& of, const model::LossLaw& law, double tokens) {
    for (std::string why : model::extrapolation_warnings(law, of.worth.size, tokens)) {
      const std::string by = " (" + std::string{law.id} + ")";  // both laws share their runs
      if (why.ends_with(by)) why.erase(why.size() - by.size());
      auto said = std::ranges::find(all, why, &Said::what);
      if (said == all.end()) said = all.insert(all.end(), {why, {}});
      if (std::ranges::find(said->names, of.name) == said->names.end()) said->names.push_back(of.name);
    }
  };
  for (const QualityPair* pair : pairs) {
    if (!pair->answer.sized || !pair->answer.sized->tokens) continue;  // no law has answered
    for (const model::LawTokens& by : pair->answer.sized->laws) {
      add(pair->reference, *by.law, *pair->tokens);
      add(pair->other, *by.law, *by.tokens);
    }
  }
  constexpr std::size_t most_names = 3;
  std::vector<std::string> out;
  for (const Said& said : all) {
    const std::size_t count = said.names.size();
    out.push_back(
        (count > most_names ? std::to_string(count) + " models" : diag::listed(said.names, " and ")) + ": " +
        said.what);
  }
  return out;
}

}  // namespace kwhatif::ask
