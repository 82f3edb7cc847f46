#include "facts.hpp"
#include <kwhatif/dossier/sentence.hpp>
#include <kwhatif/quantity/format.hpp>

namespace kwhatif::dossier {

namespace {

using quantity::human;

constexpr std::size_t longest_name = 80;  // of a sentence; a title may be a page long

std::string run_words(const Dossier& dossier, const Subject& subject, const Facts& facts) {
  std::string name = dossier.subjects.size() > 1 ? subject.name : facts.name.value_or(subject.name);
  if (name.empty()) name = facts.architecture.value_or("");
  if (name.empty()) return "the training run";
  if (name.size() > longest_name) {
    std::size_t cut = longest_name;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0U) == 0x80U) --cut;  // whole characters
    name = name.substr(0, cut) + "…";
  }
  return dossier.subjects.size() > 1 ? "the run '" + name + '\'' : "training " + name;
}

std::string hours_words(const Figure& hours, const Facts& facts) {
  const std::string device = facts.hardware ? *facts.hardware + ' ' : std::string{};
  return "about " + number_words(*hours.value) + ' ' + device + "device-hours";
}

// " (90 % prediction interval 48 to 149 MWh)".
std::string interval_words(const Figure& figure) {
  const std::string range = range_of(figure);
  return range.empty() ? "" : " (90 % prediction interval " + range + ')';
}

std::string emissions_words(const Figure& co2e, const Facts& facts) {
  std::string out = human(*co2e.coherent, co2e.dimension) + " CO2e (";
  if (const std::string range = range_of(co2e); !range.empty()) out += range + "; ";
  out += emissions_basis(facts);
  if (facts.place) out += ", " + *facts.place;
  return out + ')';
}

// Why, without the flags that would mend it: a paper's readers have none.
std::string absent(const Figure& figure) {
  constexpr std::string_view not_computed = " is not computed: ";
  std::string_view why = figure.missing;
  if (const auto at = why.find(not_computed); at != std::string_view::npos)
    why.remove_prefix(at + not_computed.size());
  for (const std::string_view help : {": give ", ": --"}) why = why.substr(0, why.find(help));
  const bool flags = why.find("--") != std::string_view::npos;
  return std::string{not_estimated} + (why.empty() || flags ? "" : ", because " + std::string{why});
}

}  // namespace

std::string sentence(const Dossier& dossier, const Subject& subject) {
  const Facts facts = facts_of(dossier, subject);
  const Figure& hours = subject.figure("device_hours");
  const Figure& facility = subject.figure("facility_energy_kwh");
  const Figure& energy = facility.value ? facility : subject.figure("it_energy_kwh");
  const Figure& co2e = subject.figure("operational_location_kg");
  const std::string meter = facility.value ? " at the facility meter" : " at the computers (IT energy)";
  const bool timed = hours.value && hours.status == Status::measured;
  const bool metered = energy.value && energy.status != Status::forecast;
  std::string out;
  if (timed || metered) {
    const std::string run = run_words(dossier, subject, facts);
    out = static_cast<char>(run.front() - 'a' + 'A') + run.substr(1);
    if (hours.value)
      out += (timed ? " took " : " took an estimated ") + hours_words(hours, facts) +
             (timed ? " (measured)" : interval_words(hours));
    if (energy.value) out += hours.value ? " and" : "";
    if (energy.value)
      out += (metered ? " drew " : " drew an estimated ") + human(*energy.coherent, energy.dimension) +
             meter + interval_words(energy);
    out += '.';
    if (co2e.value) out += " From that follow " + emissions_words(co2e, facts) + '.';
    return out + (metered
                      ? " Time, power or energy were measured; what follows from them was calculated."
                      : " The time was measured; the energy is a model-based estimate and was not metered.");
  }
  out = "We forecast, before training, that " + run_words(dossier, subject, facts);
  if (hours.value) out += " will take " + hours_words(hours, facts);
  if (energy.value) {
    out += (hours.value ? " and draw " : " will draw ") + human(*energy.coherent, energy.dimension) + meter +
           interval_words(energy);
  } else if (hours.value) {
    out += interval_words(hours) + "; its energy is " + absent(energy);
  } else if (const Figure& flop = subject.figure("training_flop"); flop.value) {
    out += " will take " + human(*flop.coherent, flop.dimension) + "; its time and energy are not estimated";
  }
  if (energy.value)
    out += co2e.value ? ", i.e. " + emissions_words(co2e, facts) : "; its CO2e is " + absent(co2e);
  out += ". These are model-based estimates; nothing was metered.";
  return out;
}

}  // namespace kwhatif::dossier
