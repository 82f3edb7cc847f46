// Answers to the items on computing of three checklists, as text to paste: NeurIPS 8, ACL and ARR C1, AAAI
// 4.8 and 4.10. What only the author knows stays a blank.
#include "facts.hpp"
#include <kwhatif/quantity/format.hpp>

namespace kwhatif::dossier {

namespace {

constexpr std::string_view for_the_author = "[author: to be filled in]";

std::string or_author(const std::optional<std::string>& text) {
  return text ? in_markdown(*text) : std::string{for_the_author};
}

std::string workers(const Facts& facts) {
  if (!facts.hardware) return std::string{for_the_author};
  std::string out =
      (facts.devices ? number_words(*facts.devices) + " x " : "") + in_markdown(*facts.hardware);
  if (facts.memory) out += ", " + number_words(*facts.memory) + " GB of memory each";
  if (!facts.devices) out += ", how many: " + std::string{for_the_author};
  return out;
}

// Time and energy of all runs, and of one where they differ.
std::string of_one_and_all(const Subject& subject, const Facts& facts, std::string_view key) {
  const Figure& figure = subject.figure(key);
  if (!figure.coherent) return blank(figure);
  if (!facts.repeats) return said(figure) + ", with the repeated work of each stage";
  if (*facts.repeats <= 1) return said(figure);
  return quantity::human(*figure.coherent / *facts.repeats, figure.dimension) + " per run; " + said(figure) +
         " for " + number_words(facts.runs) + " runs with " + quantity::percent(facts.overhead) +
         " of failed and repeated work";
}

std::string more_compute(const Facts& facts) {
  std::string out;
  if (facts.overhead > 0)
    out = "failed and repeated work of " + quantity::percent(facts.overhead) + " is included. ";
  if (facts.development)
    out += "experiments before the run are put at " + quantity::significant(*facts.development) +
           " times the run and not included. ";
  return out + "Preliminary and failed experiments: " + std::string{for_the_author};
}

}  // namespace

std::string checklist(const Dossier& dossier, const FormChoices& /*choices*/) {
  const Subject& subject = dossier.subject();
  const Facts facts = facts_of(dossier, subject);
  const bool forecast = subject.status() == Status::forecast;
  const std::string standing =
      forecast ? "Its figures are a forecast, model-based and not metered, with 90 % prediction intervals; "
                 "[author: "
                 "replace them by measured values once the run is finished]."
               : "Its time, power or energy were measured; what follows from them is calculated.";

  std::string out = "# Checklist answers on computing\n\n" + status_sentence(subject) + " Made with " +
                    in_markdown(made_with(dossier)) + ". Check each answer before you hand it in.\n\n";
  if (const std::string note = first_of_several(dossier); !note.empty()) out += in_markdown(note) + "\n\n";

  out += "## NeurIPS, item 8: experiments compute resources\n\n";
  out += "Answer: [Yes]\n\nJustification: " + standing + "\n\n";
  out += "- Workers: " + workers(facts) + "; " +
         (facts.place ? in_markdown(*facts.place)
                      : "cluster or cloud provider: " + std::string{for_the_author}) +
         "; storage: " + std::string{for_the_author} + '\n';
  out += "- Compute of each run and in total: " + of_one_and_all(subject, facts, "device_hours") + '\n';
  out += "- Time of execution: " + of_one_and_all(subject, facts, "wall_hours") + '\n';
  out += "- Energy: " + of_one_and_all(subject, facts, "facility_energy_kwh") + "; " + boundary_words(facts) +
         '\n';
  out +=
      "- CO2e: " + said(subject.figure("operational_location_kg")) +
      (subject.figure("operational_location_kg").coherent ? "; " + in_markdown(emissions_basis(facts)) : "") +
      '\n';
  out += "- More compute than reported: " + more_compute(facts) + "\n\n";

  out += "## ACL and ARR, item C1: parameters, budget, infrastructure\n\n";
  out += "Answer: [Yes], section " + std::string{for_the_author} + "\n\n";
  out += "- Parameters: " +
         (facts.parameters ? quantity::human(*facts.parameters, quantity::dim::parameter)
                           : std::string{for_the_author}) +
         '\n';
  out += "- Computational budget: " + of_one_and_all(subject, facts, "device_hours") + "; " +
         said(subject.figure("training_flop")) + " of training compute, one run\n";
  out += "- Infrastructure: " + workers(facts) + ", " + or_author(facts.place) + "\n- " + standing + "\n\n";

  out += "## AAAI, items 4.8 and 4.10: infrastructure, number of runs\n\n";
  out += "Answer: [partial]\n\n";
  out += "- GPU and CPU models, memory: " + workers(facts) +
         "; CPU and its memory: " + std::string{for_the_author} + '\n';
  out += "- Operating system, names and versions of libraries: " + std::string{for_the_author} + '\n';
  out +=
      "- Runs of each result: " + (facts.runs > 1 ? number_words(facts.runs) : std::string{for_the_author}) +
      "\n- " + standing + '\n';
  return out + attribution_paragraph(dossier, subject);
}

}  // namespace kwhatif::dossier
