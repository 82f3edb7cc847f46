// A model card of Hugging Face: the metadata co2_eq_emissions, in grams, and the section "Environmental
// Impact" with the blanks of their template.
#include "facts.hpp"
#include <kwhatif/quantity/format.hpp>

#include <array>

namespace kwhatif::dossier {

namespace {

// The blank that the template of cards has.
std::string needed(std::string_view why = {}) {
  return "[More Information Needed" + (why.empty() ? "" : ": " + in_markdown(why)) + ']';
}

struct CardAnswers {
  const Dossier& dossier;
  const Subject& subject;
  Facts facts;

  std::string figure(std::string_view key) const {
    const Figure& one = subject.figure(key);
    return one.coherent ? said(one) : needed(blank(one));
  }
};

std::string or_needed(const std::optional<std::string>& text) { return text ? in_markdown(*text) : needed(); }

std::string with_count(const CardAnswers& a) {
  if (!a.facts.hardware) return {};
  return (a.facts.devices ? number_words(*a.facts.devices) + ' ' : "") + *a.facts.hardware;
}

std::string hours(const CardAnswers& a) {
  const Figure& all = a.subject.figure("device_hours");
  if (!all.coherent) return needed(blank(all));
  std::string out = said(all);
  if (a.subject.figure("wall_hours").coherent) out += "; wall time " + said(a.subject.figure("wall_hours"));
  if (a.facts.runs > 1 || a.facts.overhead > 0) out += "; " + boundary_words(a.facts);
  return out;
}

std::string hardware(const CardAnswers& a) {
  const std::string words = with_count(a);
  return words.empty() ? needed() : in_markdown(words);
}
std::string provider(const CardAnswers& a) { return or_needed(a.facts.cloud); }
std::string region(const CardAnswers& a) {
  return or_needed(a.facts.region ? a.facts.region : a.facts.place);
}
std::string energy(const CardAnswers& a) {
  const std::string words = a.figure("facility_energy_kwh");
  return a.subject.figure("facility_energy_kwh").coherent ? words + "; " + boundary_words(a.facts) : words;
}
std::string carbon(const CardAnswers& a) {
  const std::string words = a.figure("operational_location_kg");
  return a.subject.figure("operational_location_kg").coherent
             ? words + "; " + in_markdown(emissions_basis(a.facts))
             : words;
}
std::string market(const CardAnswers& a) {
  const Figure& figure = a.subject.figure("operational_market_kg");
  return figure.coherent ? said(figure) : needed("no supply contract is given");
}
std::string manufacture(const CardAnswers& a) { return a.figure("embodied_kg"); }
std::string water(const CardAnswers& a) { return a.figure("water_l"); }
std::string compute(const CardAnswers& a) {
  const Figure& figure = a.subject.figure("training_flop");
  return figure.coherent ? said(figure) + "; one run" : needed(blank(figure));
}
std::string exploration(const CardAnswers& a) {
  if (a.subject.figure("development_kg").coherent)
    return "estimated apart, CO2e " + said(a.subject.figure("development_kg"));
  if (a.facts.runs > 1 || a.facts.overhead > 0)
    return "repeated and failed work as far as it was told is in the energy (" + boundary_words(a.facts) +
           "); exploratory runs: " + needed("not known to this estimate");
  return needed("failed and exploratory runs are not known to this estimate");
}
std::string precision(const CardAnswers& a) { return or_needed(a.facts.precision); }

struct CardRow {
  std::string_view label;  ///< of the template, where it has one
  std::string (*entry)(const CardAnswers&);
};
// The labels of the template of cards in huggingface_hub, section Environmental Impact; then what it lacks.
constexpr std::array card_rows{
    CardRow{"Hardware Type", hardware},
    CardRow{"Hours used", hours},
    CardRow{"Cloud Provider", provider},
    CardRow{"Compute Region", region},
    CardRow{"Carbon Emitted", carbon},
    CardRow{"Energy", energy},
    CardRow{"Training regime", precision},
    CardRow{"Training compute", compute},
    CardRow{"Market-based CO2e", market},
    CardRow{"CO2e of manufacture", manufacture},
    CardRow{"Water", water},
    CardRow{"Failed and exploratory runs", exploration},
};

std::string metadata(const CardAnswers& a) {
  const Figure& figure = a.subject.figure("operational_location_kg");
  if (!figure.value) return {};
  constexpr double grams = 1000;
  std::string source = std::string{name(a.subject.status())} + " by " + made_with(a.dossier);
  source += a.subject.status() == Status::forecast ? ", model-based, not metered" : ", from measured inputs";
  if (const std::string range = range_of(figure); !range.empty())
    source += "; 90 % prediction interval " + range;
  source += "; " + emissions_basis(a.facts);
  std::string out = "---\nco2_eq_emissions:\n  emissions: " + plain_decimal(*figure.value * grams) +
                    "\n  source: " + in_yaml(source) +
                    "\n  training_type: " + in_yaml(a.facts.tuned ? "fine-tuning" : "pre-training") + '\n';
  if (const auto& place = a.facts.place) {
    out += "  geographical_location: " + in_yaml(*place) + '\n';
  }
  if (const std::string words = with_count(a); !words.empty())
    out += "  hardware_used: " + in_yaml(words) + '\n';
  return out + "---\n\n";
}

}  // namespace

std::string card(const Dossier& dossier, const FormChoices& /*choices*/) {
  const Subject& subject = dossier.subject();
  const CardAnswers a{dossier, subject, facts_of(dossier, subject)};
  std::string out = metadata(a);
  out += "## Environmental Impact\n\n" + status_sentence(subject) + " Made with " +
         in_markdown(made_with(dossier)) + ".\n\n";
  if (const std::string note = first_of_several(dossier); !note.empty()) out += in_markdown(note) + "\n\n";
  for (const CardRow& row : card_rows) out += "- **" + std::string{row.label} + ":** " + row.entry(a) + '\n';
  return out + attribution_paragraph(dossier, subject);
}

}  // namespace kwhatif::dossier
