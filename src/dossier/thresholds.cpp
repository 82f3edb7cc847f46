#include "facts.hpp"
#include <kwhatif/dossier/thresholds.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::dossier {

namespace {

constexpr int fewest_figures = 2;  // that the form asks for

std::string flop_words(double flop, int figures = fewest_figures) {
  return ask::in_figures(flop, figures) + " FLOP";
}

// As many as show on which side of a threshold an estimate lies.
int figures_of(double ratio) {
  constexpr int most = 6;
  int figures = fewest_figures;
  for (double half_a_digit = 0.05; figures < most && std::abs(ratio - 1) < half_a_digit; half_a_digit /= 10)
    ++figures;
  return ratio == 1 ? fewest_figures : figures;
}

ThresholdLine line_of(const ask::EuThreshold& threshold) {
  const int figures = figures_of(threshold.ratio);
  return {.name = threshold.name,
          .threshold = flop_words(threshold.flop),
          .estimate = flop_words(threshold.compared, figures),
          .ratio = quantity::significant(threshold.ratio, figures),
          .standing = std::string{words(threshold.standing)},
          .condition = threshold.condition};
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string margin_sentence(const ask::EuCompute& compute) {
  const std::string rule = "The guidelines expect an estimate to lie within 30 % (annex A.2). ";
  const auto kept = compute.keeps_margin();
  if (!kept) return rule + "How far this count can be off is not known: one way of counting alone applies.";
  return rule + "Here the count lies between " + flop_words(compute.low->coherent()) + " and " +
         flop_words(compute.high->coherent()) + (*kept ? "; within 30 %: yes." : "; within 30 %: no.");
}

std::string modality_sentence(const Dossier& dossier) {
  const auto& modality = dossier.particulars.modality;
  const std::string rule =
      "10^23 FLOP matters only for a model that generates language (text or audio), or images or video from "
      "text; ";
  if (!modality || modality->text.empty())
    return rule + "what this one generates is not stated (--modality).";
  constexpr std::array those{"text", "language", "code", "audio", "speech", "image", "video"};
  const std::string said = lower(modality->text);
  const bool generates =
      std::ranges::any_of(those, [&](const char* word) { return said.find(word) != std::string::npos; });
  return rule + "its provider says that this one generates: " + modality->text +
         (generates ? "." : ", which is none of these.");
}

}  // namespace

std::vector<ThresholdLine> threshold_lines(const Dossier& dossier, const Subject& subject) {
  const ask::EuCompute compute = computation(dossier, subject);
  std::vector<ThresholdLine> out;
  for (const ask::EuThreshold& threshold : compute.thresholds) out.push_back(line_of(threshold));
  if (compute.modifies || compute.base) {  // whoever trains from scratch modifies nothing
    for (const ask::EuThreshold& threshold : compute.as_modifier) out.push_back(line_of(threshold));
  }
  return out;
}

std::vector<std::string> threshold_notes(const Dossier& dossier, const Subject& subject) {
  const ask::EuCompute compute = computation(dossier, subject);
  std::vector<std::string> out;
  if (compute.updates) out.push_back(margin_sentence(compute));
  out.push_back(modality_sentence(dossier));
  if (compute.modifies)
    out.push_back(
        "This run starts from another model: where that is somebody else's, the rule of one third applies.");
  if (!compute.base)
    out.push_back(
        "Compute of a base model: not stated (--base-flops, --base-model). The rule of one third concerns "
        "who "
        "modifies the model of somebody else.");
  if (!compute.synthetic)
    out.push_back(
        "Forward passes for synthetic data that is not public: not stated (--synthetic-tokens, "
        "--generator).");
  out.push_back(
      "The guidelines are not binding, and this is not legal advice: what a provider has to do follows from "
      "the "
      "AI Act and from more than a number of operations.");
  return out;
}

}  // namespace kwhatif::dossier
