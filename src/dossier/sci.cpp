// Software Carbon Intensity (ISO/IEC 21031) of training, as SCI for AI has it for providers: (O + M) per
// FLOP, training token and parameter. A score needs the manufacture M; without it only the operational part
// is said.
#include "facts.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/words.hpp>

namespace kwhatif::dossier {

namespace {

struct Unit {
  std::string per;  ///< "10^18 FLOP of training"
  double size = 1;  ///< of it in units counted
  std::optional<double> count;
  std::string used;  ///< for people
};

std::string score(const Figure& co2e, const Unit& unit) {
  if (!co2e.coherent || !unit.count || !(*unit.count > 0)) return std::string{not_estimated};
  const double each = unit.size / *unit.count;
  std::string out = quantity::human(*co2e.coherent * each, co2e.dimension) + " CO2e";
  if (co2e.interval && co2e.value && *co2e.value > 0) {
    const double coherent = *co2e.coherent / *co2e.value * each;
    out += " (90 % prediction interval " +
           report::range_words(co2e.interval->p05 * coherent, co2e.interval->p95 * coherent, co2e.dimension) +
           ')';
  }
  return out;
}

std::string count_words(const std::optional<double>& count, const quantity::Dimension& dimension) {
  return count ? quantity::human(*count, dimension) : std::string{not_estimated};
}

std::string method_of(const Facts& facts) {
  return facts.intensity_words ? "sourced" : "given by the author";
}

}  // namespace

std::string sci(const Dossier& dossier, const FormChoices& /*choices*/) {
  const Subject& subject = dossier.subject();
  const Facts facts = facts_of(dossier, subject);
  const Figure& operational = subject.figure("operational_location_kg");
  const Figure& embodied = subject.figure("embodied_kg");
  const Figure& whole = subject.figure("total_kg");
  const auto flop = subject.figure("training_flop").coherent;
  const bool complete = whole.value.has_value();
  constexpr double exa = 1e18;
  constexpr double million = 1e6;
  constexpr double billion = 1e9;
  std::vector<Unit> units{
      {"10^18 FLOP of training", exa, flop, count_words(flop, quantity::dim::flop)},
      {"10^6 training " + facts.unit + 's', million, facts.tokens,
       facts.tokens ? number_words(*facts.tokens) + ' ' + facts.unit + 's' : std::string{not_estimated}},
      {"10^9 parameters, gross", billion, facts.parameters,
       count_words(facts.parameters, quantity::dim::parameter)}};
  if (facts.active && facts.active != facts.parameters)
    units.push_back({"10^9 parameters, effective (used per token)", billion, facts.active,
                     count_words(facts.active, quantity::dim::parameter)});

  std::string out = "# Software Carbon Intensity of training, provider's view\n\n";
  out += status_sentence(subject) + " Made with " + in_markdown(made_with(dossier)) + ".\n\n";
  if (const std::string note = first_of_several(dossier); !note.empty()) out += in_markdown(note) + "\n\n";
  out += complete ? "SCI = (O + M) per R, of the training alone.\n\n"
         : operational.coherent
             ? "**Operational part only, not an SCI score**: the CO2e of manufacture (M) is " +
                   in_markdown(blank(embodied)) + ".\n\n"
             : "**Not an SCI score**: the CO2e of the electricity (O) is " + in_markdown(blank(operational)) +
                   ".\n\n";
  const std::string head = complete ? "(O + M) per R" : "O per R";
  out += markdown_heads({"Functional unit R", head, "R of one run"});
  for (const Unit& unit : units)
    out += markdown_row({unit.per, score(complete ? whole : operational, unit), in_markdown(unit.used)});
  out += "\n## Parts\n\n" + markdown_heads({"Quantity", "Value", "Method"});
  const bool measured = subject.status() == Status::measured;
  out += markdown_row(
      {"E, energy", said(subject.figure("facility_energy_kwh")), measured ? "measured" : "modeled"});
  out += markdown_row({"I, carbon intensity",
                       facts.intensity ? in_markdown(emissions_basis(facts)) : std::string{not_estimated},
                       facts.intensity ? method_of(facts) : ""});
  out += markdown_row({"O = E x I", said(operational), measured ? "measured" : "modeled"});
  out += markdown_row({"M, manufacture", said(embodied), embodied.value ? "modeled" : ""});
  out += markdown_row({"O + M", said(whole), whole.value ? "modeled" : ""});
  out += "\n## Boundary\n\n";
  out += "- In: " + boundary_words(facts) + ".\n";
  out +=
      "- Out: data work, evaluation, deployment and serving, which SCI for AI counts to the provider or the "
      "consumer: " +
      std::string{for_the_provider} + ".\n";
  out += "- No market-based measure counts in a score; the intensity is location-based.\n";
  out +=
      "- Development beside the run: " +
      (subject.figure("development_kg").value ? said(subject.figure("development_kg")) + ", not in the score"
                                              : std::string{for_the_provider}) +
      "\n";
  out += "- FLOP, " + facts.unit +
         "s and parameters are those of one run; O and M are those of all runs and "
         "repeated work.\n\n";
  out += "Application, version, organisation, accountable person, date: ";
  const auto& who = dossier.particulars;
  std::string said_of;
  for (const auto* given : {&who.model_name, &who.model_version, &who.organisation, &who.author, &who.date})
    said_of +=
        (said_of.empty() ? "" : ", ") +
        (*given && !(*given)->text.empty() ? in_markdown((*given)->text) : std::string{for_the_provider});
  return out + said_of + "\n" + attribution_paragraph(dossier, subject);
}

}  // namespace kwhatif::dossier
