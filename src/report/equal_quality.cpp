#include "equal_quality.hpp"

#include "known.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>

namespace kwhatif::report {

using ask::QualityPair;
using ask::Worthy;
using quantity::human;
using quantity::significant;
namespace dim = quantity::dim;

namespace {

constexpr std::size_t most_pairs = 6;  // more are a list nobody reads; JSON has them all

// "69.0 B": what is counted is said before it.
std::string without_unit(std::string text, std::string_view unit) {
  if (const auto at = text.find(unit); at != std::string::npos) text.erase(at);
  return text;
}
std::string size(double parameters) { return without_unit(human(parameters, dim::parameter), " parameter"); }
std::string sizes(double low, double high) {
  return without_unit(range_words(low, high, dim::parameter), " parameter");
}

std::string band(double low, double high) {
  return low < high ? " (" + significant(low) + " to " + significant(high) + " in nine of ten)" : "";
}

std::string routing_words(const Worthy& m) {
  const std::string name{model::routing_name(m.equivalence.routing)};
  if (!m.side.shape.used) return "experts per token unknown";
  return quantity::shortest(*m.side.shape.used) + " active: " + name;
}

std::string kind_words(const Worthy& m, bool again) {
  if (!m.side.shape.sparse()) return "a dense model";
  return std::string{again ? "one" : "a mixture of experts"} + " of " + significant(m.side.shape.ratio()) +
         " times total to active (" + routing_words(m) + ")";
}

// "0.51 of", "1.95 times".
std::string part_words(double ratio) { return significant(ratio) + (ratio < 1 ? " of" : " times"); }

void add_kind(Page& page, const QualityPair& pair) {
  const model::SameKind& kind = *pair.answer.kind;
  const bool both = pair.reference.side.shape.sparse() && pair.other.side.shape.sparse();
  page.paragraph("At equal quality, equal data and recipe, " + kind_words(pair.other, false) + " needs " +
                 part_words(kind.compute_ratio) + " the compute of " + kind_words(pair.reference, both) +
                 band(kind.low, kind.high) + ".");
  const bool sparse = pair.other.side.shape.sparse();
  const std::string quality =
      " for the quality of " + pair.reference.name + (sparse ? ", " + worth_words(pair.reference) : "");
  page.paragraph("such a model: " +
                     (sparse ? size(kind.active_needed) + " active of " + size(kind.total_needed)
                             : size(kind.active_needed) + " dense") +
                     quality,
                 2);
  if (!pair.energy) return;
  const auto& energy = *pair.energy;
  page.paragraph("its energy: " + significant(energy.ratio) + band(energy.low, energy.high) + ": " +
                     significant(kind.compute_ratio) + " in compute x " + significant(energy.rate_ratio) +
                     " in device-time per FLOP x " + significant(energy.power_ratio) +
                     " in power, with the rates and the power of these runs",
                 2);
}

std::string verdict_words(model::SizeVerdict verdict) {
  switch (verdict) {
    case model::SizeVerdict::smaller:
      return "less than ";
    case model::SizeVerdict::larger:
      return "more than ";
    case model::SizeVerdict::equal:
      break;
  }
  return "within the band as much as ";
}

std::string ends_words(const QualityPair& pair) {
  const model::AsSized& sized = *pair.answer.sized;
  if (sized.low && sized.high && !(*sized.low < *sized.high)) return "";
  const auto end = [](const std::optional<double>& x) { return x ? significant(*x) : "no limit"; };
  const bool laws_alone = !pair.answer.kind || !pair.rule.banded;
  return " (" + end(sized.low) + " to " + end(sized.high) + (laws_alone ? ", by the loss laws alone)" : ")");
}

void add_sized(Page& page, const QualityPair& pair) {
  const model::AsSized& sized = *pair.answer.sized;
  std::string name = pair.other.name;
  if (name.starts_with("a ")) name[0] = 'A';
  std::string text = name + " itself is " + worth_words(pair.other) + ", " + verdict_words(sized.verdict) +
                     pair.reference.name + ", " + worth_words(pair.reference);
  if (sized.tokens) {
    text += ": " + human(*sized.tokens, dim::token) + " instead of " + human(*pair.tokens, dim::token) +
            ", " + part_words(*sized.compute_ratio) + " the compute" + ends_words(pair);
  } else if (sized.fewest) {
    text += ": between " + range_words(*sized.fewest, *sized.most, dim::token) + " instead of " +
            human(*pair.tokens, dim::token) + ", for " + sized.refused + "; no ratio of compute";
  } else {
    text += ". How long it would have to train cannot be said: " + sized.refused;
  }
  page.paragraph(text + ".");
  const double here = pair.other.sequence_length;
  const double there = pair.reference.sequence_length;
  if (sized.tokens && here > 0 && there > 0 && here != there)
    page.paragraph("counted at " + quantity::shortest(here) + " and " + quantity::shortest(there) +
                       " tokens per sequence; --seq-len makes that alike",
                   2);
}

void add_notes(Page& page, const Worthy& m) {
  if (!m.equivalence.notes.empty())
    page.paragraph(m.name + ": " + diag::listed(m.equivalence.notes, "; ") + "; the band is wider for it", 2);
}

std::string others_words(const QualityPair& pair) {
  std::string out;
  for (const auto& other : pair.alternatives) {
    if (other.compute_ratio)
      out += (out.empty() ? "Others: --equivalence " : ", ") + std::string{other.id} +
             (out.empty() ? " gives " : " ") + significant(*other.compute_ratio);
  }
  return out;
}

bool alike(const QualityPair& a, const QualityPair& b) {
  const auto energy = [](const QualityPair& p) { return p.energy ? p.energy->ratio : 0; };
  return a.reference.side.shape == b.reference.side.shape && a.other.side.shape == b.other.side.shape &&
         energy(a) == energy(b);
}

}  // namespace

std::string worth_words(const Worthy& m) {
  const bool sparse = m.side.shape.sparse();
  return std::string{sparse ? "worth a dense " : "a dense "} + size(m.worth.size) +
         (m.worth.low < m.worth.high ? " (" + sizes(m.worth.low, m.worth.high) + ")" : "");
}

void add_equal_quality(Page& page, const std::vector<const QualityPair*>& pairs) {
  std::vector<const QualityPair*> different;
  for (const QualityPair* pair : pairs) {
    if (pair->answer.same_model) continue;
    if (std::ranges::none_of(different, [&](const QualityPair* p) { return alike(*p, *pair); }))
      different.push_back(pair);
  }
  if (different.empty()) {
    page.gap().paragraph("The models are the same: equal tokens are equal quality.");
    return;
  }
  bool sparse = false;
  for (std::size_t i = 0; i < std::min(different.size(), most_pairs); ++i) {
    const QualityPair& pair = *different[i];
    page.gap();
    if (pair.answer.kind) add_kind(page, pair);
    if (pair.answer.sized) add_sized(page, pair);
    add_notes(page, pair.reference);
    add_notes(page, pair.other);
    sparse = sparse || pair.answer.kind;
  }
  if (different.size() > most_pairs)
    page.paragraph("… and " + std::to_string(different.size() - most_pairs) + " more pairs: --json has them");
  const model::EquivalenceRule& rule = different.front()->rule;
  page.paragraph(std::string{"Not in it: better data or a better recipe."} +
                 (sparse && rule.banded ? " Makers' comparisons on different data differ from this rule by a "
                                          "factor of 4 in nine of ten."
                                        : ""));
  if (!sparse) return;
  const std::string others = different.size() == 1 ? others_words(*different.front()) : "";
  page.paragraph("Rule: " + std::string{rule.id} + " (" + std::string{rule.title} + ")." +
                 (others.empty() ? "" : " " + others + "."));
}

std::string quality_differs(const ask::ModelsWorth& worth) {
  std::vector<const Worthy*> models;
  for (const auto& run : worth.runs) {
    const auto same = [&](const Worthy* m) { return m->side.shape == run->side.shape; };
    if (run && std::ranges::none_of(models, same)) models.push_back(&*run);
  }
  if (models.size() < 2) return {};
  const auto by = [&] {
    const bool sparse = std::ranges::any_of(models, [](const Worthy* m) { return m->side.shape.sparse(); });
    return sparse ? " by the rule " + std::string{worth.rule.id} : std::string{};
  }();
  constexpr std::size_t most_names = 4;
  if (models.size() > most_names) {
    const auto [least, most] =
        std::ranges::minmax_element(models, {}, [](const Worthy* m) { return m->worth.size; });
    return "not equal; the models are worth a dense " + sizes((*least)->worth.size, (*most)->worth.size) +
           by + "; --equal loss makes it equal";
  }
  return "not equal; " +
         diag::listed(models, "; ", [](const Worthy* m) { return m->name + " is " + worth_words(*m); }) + by +
         "; --equal loss makes it equal";
}

Json equivalence_json(const Worthy& m, const model::EquivalenceRule& rule) {
  const model::Equivalence& e = m.equivalence;
  const bool banded = rule.banded || e.routing == model::Routing::dense;
  const auto known = [&](double x) { return banded ? Json(x) : Json(nullptr); };
  Json out;
  out["rule"] = rule.id;
  out["k"] = e.factor;
  out["low"] = known(e.low);
  out["high"] = known(e.high);
  out["p25"] = known(e.half_low);
  out["p75"] = known(e.half_high);
  out["class"] = model::routing_name(e.routing);
  out["notes"] = e.notes;
  out["worth"] = m.worth.size;
  out["worth_low"] = known(m.worth.low);
  out["worth_high"] = known(m.worth.high);
  return out;
}

Json kind_json(const QualityPair& pair) {
  if (!pair.answer.kind) return nullptr;
  const model::SameKind& kind = *pair.answer.kind;
  const auto known = [&](double x) { return pair.rule.banded ? Json(x) : Json(nullptr); };
  Json out;
  out["compute_ratio"] = kind.compute_ratio;
  out["low"] = known(kind.low);
  out["high"] = known(kind.high);
  out["active_needed"] = kind.active_needed;
  out["total_needed"] = kind.total_needed;
  out["energy_ratio"] = pair.energy ? Json(pair.energy->ratio) : Json(nullptr);
  out["energy_low"] = pair.energy ? Json(pair.energy->low) : Json(nullptr);
  out["energy_high"] = pair.energy ? Json(pair.energy->high) : Json(nullptr);
  out["others"] = Json::array();
  for (const auto& other : pair.alternatives)
    out["others"].push_back({{"rule", other.id}, {"compute_ratio", known_json(other.compute_ratio)}});
  return out;
}

Json sized_json(const QualityPair& pair) {
  if (!pair.answer.sized) return nullptr;
  const model::AsSized& sized = *pair.answer.sized;
  Json out;
  out["verdict"] = model::verdict_name(sized.verdict);
  out["worth"] = sized.other.size;
  out["worth_low"] = sized.other.low;
  out["worth_high"] = sized.other.high;
  out["worth_of_reference"] = sized.reference.size;
  out["tokens"] = known_json(sized.tokens);
  out["tokens_low"] = known_json(sized.fewest);
  out["tokens_high"] = known_json(sized.most);
  out["compute_ratio"] = known_json(sized.compute_ratio);
  out["low"] = known_json(sized.low);
  out["high"] = known_json(sized.high);
  out["refused"] = sized.refused.empty() ? Json(nullptr) : Json(sized.refused);
  return out;
}

std::vector<std::pair<std::string, std::string>> quality_cells(const Worthy* m,
                                                               const model::EquivalenceRule* rule,
                                                               const QualityPair* pair) {
  using Cell = std::optional<double>;
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](std::string head, const Cell& cell) {
    out.emplace_back(std::move(head), known_cell(cell));
  };
  const auto of = [](const auto* from, auto read) { return from ? Cell{read(*from)} : std::nullopt; };
  out.emplace_back("equivalence_rule", m && rule ? std::string{rule->id} : "");
  out.emplace_back("equivalence_class",
                   m ? std::string{model::routing_name(m->equivalence.routing)} : std::string{});
  add("equivalence_k", of(m, [](const Worthy& w) { return w.equivalence.factor; }));
  const Worthy* banded = rule && rule->banded ? m : nullptr;
  add("equivalence_k_p05", of(banded, [](const Worthy& w) { return w.equivalence.low; }));
  add("equivalence_k_p95", of(banded, [](const Worthy& w) { return w.equivalence.high; }));
  add("worth_params", of(m, [](const Worthy& w) { return w.worth.size; }));
  const model::SameKind* kind = pair && pair->answer.kind ? &*pair->answer.kind : nullptr;
  add("equal_quality_compute_ratio", of(kind, [](const model::SameKind& k) { return k.compute_ratio; }));
  const model::SameKind* within = pair && pair->rule.banded ? kind : nullptr;
  add("equal_quality_compute_ratio_p05", of(within, [](const model::SameKind& k) { return k.low; }));
  add("equal_quality_compute_ratio_p95", of(within, [](const model::SameKind& k) { return k.high; }));
  const QualityPair::Energy* energy = pair && pair->energy ? &*pair->energy : nullptr;
  add("equal_quality_energy_ratio", of(energy, [](const QualityPair::Energy& e) { return e.ratio; }));
  add("equal_quality_energy_ratio_p05", of(energy, [](const QualityPair::Energy& e) { return e.low; }));
  add("equal_quality_energy_ratio_p95", of(energy, [](const QualityPair::Energy& e) { return e.high; }));
  const model::AsSized* sized = pair && pair->answer.sized ? &*pair->answer.sized : nullptr;
  out.emplace_back("as_sized_verdict", sized ? std::string{model::verdict_name(sized->verdict)} : "");
  add("as_sized_tokens", sized ? sized->tokens : std::nullopt);
  add("as_sized_compute_ratio", sized ? sized->compute_ratio : std::nullopt);
  add("as_sized_compute_ratio_p05", sized ? sized->low : std::nullopt);
  add("as_sized_compute_ratio_p95", sized ? sized->high : std::nullopt);
  out.emplace_back("as_sized_refused", sized ? sized->refused : "");
  return out;
}

}  // namespace kwhatif::report
