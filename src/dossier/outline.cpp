// The order of the sections, and what stands above them.
#include "outline.hpp"

#include <kwhatif/dossier/sentence.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>

namespace kwhatif::dossier {

namespace {

constexpr std::size_t most_columns = 4;

Cell value_cell(const Figure& figure) {
  if (!figure.coherent) return {blank(figure), true};
  return {figure.work.human(*figure.coherent, figure.dimension)};
}

// "80.1 MWh (48.2 to 149 MWh)".
Cell short_cell(const Figure& figure) {
  if (!figure.coherent) return {std::string{not_estimated}, true};
  const std::string range = range_of(figure);
  return {figure.work.human(*figure.coherent, figure.dimension) + (range.empty() ? "" : " (" + range + ')')};
}

Cell interval_cell(const Figure& figure) {
  if (!figure.coherent) return {std::string{not_estimated}, true};
  const std::string range = range_of(figure);
  if (!range.empty()) return {range};
  // no band of what was predicted, or counted by a rule of thumb, is a gap and no certainty
  const auto holds = [&](const char* word) { return figure.evidence.find(word) != std::string::npos; };
  if (holds("predicted: ") || holds("default: ")) return {std::string{not_estimated}, true};
  return {"none: exact"};
}

std::string label_of(const Wanted& wanted, const Figure& figure) {
  return figure.work.said(std::string{wanted.label.empty() ? figure.label : wanted.label});
}

// Status, and what of the evidence is weaker than a count: all of it stands under assumptions.
std::string basis_words(const Figure& figure) {
  std::string out{name(figure.status)};
  if (figure.evidence.empty()) return out;
  std::size_t end = 0;
  for (const std::string_view weak : {"predicted: ", "default: ", "tables: "}) {
    const auto at = figure.evidence.find(weak);
    if (at != std::string::npos)
      end = std::max(end, std::min(figure.evidence.size(), figure.evidence.find("; ", at)));
  }
  return out + "; " + (end == 0 ? figure.evidence : figure.evidence.substr(0, end));
}

Grid of_one(const Subject& subject, const std::vector<Wanted>& wanted) {
  Grid out{
      .heads = {{"Quantity"}, {"Value", true}, {"90 % prediction interval", true}, {"Status and basis"}}};
  for (const Wanted& w : wanted) {
    const Figure& figure = subject.figure(w.key);
    out.rows.push_back({{label_of(w, figure)},
                        figure.coherent ? value_cell(figure) : Cell{std::string{not_estimated}, true},
                        interval_cell(figure),
                        figure.coherent ? Cell{basis_words(figure)} : Cell{figure.missing, true}});
  }
  return out;
}

Grid of_few(const Dossier& dossier, const std::vector<Wanted>& wanted) {
  Grid out{.heads = {{"Quantity"}}};
  for (const Subject& subject : dossier.subjects) out.heads.push_back({subject.name, true});
  for (const Wanted& w : wanted) {
    auto& row = out.rows.emplace_back();
    row.push_back({label_of(w, dossier.subject().figure(w.key))});
    for (const Subject& subject : dossier.subjects) row.push_back(short_cell(subject.figure(w.key)));
  }
  return out;
}

Grid of_many(const Dossier& dossier, const std::vector<Wanted>& wanted) {
  Grid out{.heads = {{"Run"}}};
  for (const Wanted& w : wanted) out.heads.push_back({label_of(w, dossier.subject().figure(w.key)), true});
  for (const Subject& subject : dossier.subjects) {
    auto& row = out.rows.emplace_back();
    row.push_back({subject.name});
    for (const Wanted& w : wanted) row.push_back(short_cell(subject.figure(w.key)));
  }
  return out;
}

std::string kind_words(const Dossier& dossier) {
  if (dossier.comparison) return "Comparison of " + std::to_string(dossier.subjects.size()) + " runs";
  if (dossier.plan) return "Plan";
  if (dossier.life) return "Life cycle";
  return dossier.subject().status() == Status::measured ? "Report of a training run" : "Training forecast";
}

std::string title_of(const Dossier& dossier) {
  const Particulars& said = dossier.particulars;
  if (said.title) return said.title->text;
  std::string subject;
  if (said.model_name) subject = said.model_name->text;
  if (subject.empty() && dossier.subjects.size() == 1) subject = dossier.subject().name;
  if (subject.empty() && dossier.subjects.size() == 1)
    subject = facts_of(dossier, dossier.subject()).architecture.value_or("");
  return kind_words(dossier) + (subject.empty() ? "" : ": " + subject);
}

void add_head(Outline& out, const Dossier& dossier) {
  const Particulars& said = dossier.particulars;
  const auto line = [&](std::string label, const std::optional<run::Given>& given) {
    out.head.emplace_back(std::move(label), given ? Cell{given->text} : for_author("not given"));
  };
  out.head.emplace_back("Status", Cell{status_sentence(dossier.subject())});
  std::string model = said.model_name ? said.model_name->text : std::string{};
  if (said.model_name && said.model_version) model += ", version " + said.model_version->text;
  out.head.emplace_back("Model", model.empty() ? for_author("name of the model") : Cell{model});
  line("Generates", said.modality);
  line("Author", said.author);
  line("Organisation", said.organisation);
  line("Contact", said.contact);
  line("Date", said.date);
  out.head.emplace_back("Made with", Cell{made_with(dossier)});
}

}  // namespace

Cell for_author(std::string_view what) { return {'[' + std::string{what} + ']', true}; }

Grid figures_grid(const Dossier& dossier, std::string caption, const std::vector<Wanted>& wanted) {
  const std::size_t runs = dossier.subjects.size();
  Grid out = runs == 1              ? of_one(dossier.subject(), wanted)
             : runs <= most_columns ? of_few(dossier, wanted)
                                    : of_many(dossier, wanted);
  out.caption = std::move(caption);
  return out;
}

Outline outline_of(const Dossier& dossier, const FormChoices& choices) {
  Outline out{.title = title_of(dossier)};
  add_head(out, dossier);
  for (const Subject& subject : dossier.subjects) {
    if (out.sentences.size() == most_columns) break;
    out.sentences.push_back(sentence(dossier, subject));
  }
  if (dossier.life) {
    if (std::string words = serving_sentence(*dossier.life); !words.empty())
      out.sentences.push_back(std::move(words));
  }
  out.references = references_of(dossier);
  const auto add = [&](Section section) {
    if (!section.parts.empty()) out.sections.push_back(std::move(section));
  };
  if (dossier.comparison) add(comparison_section(dossier));
  if (dossier.plan) add(plan_section(dossier));
  if (dossier.life) add(life_section(dossier));
  add(run_section(dossier));
  add(hardware_section(dossier));
  add(energy_section(dossier));
  add(emissions_section(dossier));
  add(resources_section(dossier));
  add(uncertainty_section(dossier));
  add(not_included_section(dossier));
  add(assumptions_section(dossier));
  add(thresholds_section(dossier));
  if (choices.method_section) add(method_section(dossier));
  add(sources_section(dossier, out.references));
  return out;
}

}  // namespace kwhatif::dossier
