// The entries on computation and energy of the Model Documentation Form (General-Purpose AI Code of
// Practice), as a Markdown table to copy from. What the rows ask for is a table below; the arithmetic is
// ask/eu_compute.hpp.
#include "facts.hpp"
#include <kwhatif/dossier/thresholds.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/words.hpp>

#include <array>

namespace kwhatif::dossier {

namespace {

constexpr int figures = 2;  // that the form asks for

// What a row may say.
struct Answers {
  const Dossier& dossier;
  const Subject& subject;
  Facts facts;
  ask::EuCompute compute;

  std::string flop(const std::optional<ask::EuCompute::Flop>& value) const {
    return value ? ask::in_figures(value->coherent(), figures) + " FLOP" : std::string{not_estimated};
  }
};

std::string blank_of(const Answers& a, std::string_view key) { return blank(a.subject.figure(key)); }

std::string estimated(const Answers& a) {
  switch (a.subject.figure("facility_energy_kwh").status) {
    case Status::measured:
      return "measured";
    case Status::calculated:
      return "estimated from a measurement and the PUE";
    case Status::forecast:
      break;
  }
  return "estimated, a forecast";
}

std::string few_days(double days) {
  constexpr double powers_from = 100;  // above, two digits in full would look like more
  return days < powers_from ? quantity::significant(days, figures) : ask::in_figures(days, figures);
}

std::string days_range(std::optional<double> low, std::optional<double> high) {
  if (!low || !high) return {};
  return "; 90 % prediction interval " + few_days(*low) + " to " + few_days(*high) + " days";
}

std::string period(const Answers& a) {
  if (!a.compute.wall_days) return blank_of(a, "wall_hours");
  std::string out{ask::period_of(*a.compute.wall_days)};
  if (a.compute.wall_low && a.compute.wall_high) {
    const auto low = ask::period_of(*a.compute.wall_low);
    const auto high = ask::period_of(*a.compute.wall_high);
    if (low != high)
      out += " (90 % prediction interval: from " + std::string{low} + " to " + std::string{high} + ')';
  }
  return out;
}

std::string wall_clock(const Answers& a) {
  if (!a.compute.wall_days) return blank_of(a, "wall_hours");
  return ask::in_figures(*a.compute.wall_days, 1) + " wall clock days (" + few_days(*a.compute.wall_days) +
         " days" + days_range(a.compute.wall_low, a.compute.wall_high) + ')';
}

std::string hardware_days(const Answers& a) {
  if (a.compute.hardware_days.empty()) return blank_of(a, "device_hours");
  std::string out;
  for (const ask::HardwareDays& each : a.compute.hardware_days)
    out += (out.empty() ? "" : "; ") + ask::in_figures(each.days, figures) + ' ' +
           (each.device.empty() ? "device" : in_markdown(each.device)) + " days";
  const bool one = a.compute.hardware_days.size() == 1;
  const std::string range = days_range(a.compute.days_low, a.compute.days_high);
  return range.empty() ? out : out + " (" + (one ? "" : "all together") + range.substr(one ? 2 : 0) + ')';
}

std::string magnitude(const Answers& a) {
  if (!a.compute.updates || !(a.compute.updates->coherent() > 0)) return blank_of(a, "training_flop");
  const double flop = a.compute.updates->coherent();
  return "10^" + std::to_string(ask::order_of_magnitude(flop)) + " FLOP (the exponent of " +
         ask::in_figures(flop, figures) + ", not the nearest power of ten)";
}

std::string computation_used(const Answers& a) {
  if (!a.compute.updates) return blank_of(a, "training_flop");
  std::string out =
      a.flop(a.compute.updates) + " (" +
      (a.compute.approach == ask::EuApproach::given ? "a figure given by the provider" : "estimated") +
      "; operations of one run that contribute to parameter updates";
  if (a.compute.low) out += "; between " + a.flop(a.compute.low) + " and " + a.flop(a.compute.high);
  return out + ')';
}

std::string cumulative(const Answers& a) {
  if (!a.compute.cumulative) return blank_of(a, "training_flop");
  return a.flop(a.compute.cumulative) + " with synthetic data (" +
         (a.compute.synthetic ? a.flop(a.compute.synthetic) : "not stated") + ") and the base model (" +
         (a.compute.base ? a.flop(a.compute.base) : "not stated") + ')';
}

std::string counting(const Answers& a) {
  const auto& phases = a.subject.estimate.phases;
  const auto& run = phases.front().run;
  switch (a.compute.approach) {
    case ask::EuApproach::architecture:
      if (phases.size() > 1)
        return "the sum of its " + std::to_string(phases.size()) +
               " stages: operations per token or answer of each stage's kind of training, times how many it "
               "sees";
      if (run.network && run::slot_value(run.inputs, run::Slot::flop_per_token))
        return "multiplications and additions of the matrices of the architecture, forward and backward, "
               "times " +
               std::string{run.work.many} + " and passes over them";
      return "six operations per active parameter and token (6 P D)";
    case ask::EuApproach::hardware:
      return "devices x seconds x dense peak x model FLOPs utilisation (N L H U)";
    case ask::EuApproach::given:
      break;
  }
  return "how it was counted: " + std::string{for_the_provider};
}

std::string computation_method(const Answers& a) {
  if (!a.compute.updates)
    return "Not estimated: " +
           (a.subject.figure("training_flop").missing.empty()
                ? std::string{"the work of the run is not known"}
                : a.subject.figure("training_flop").missing) +
           '.';
  std::string out = "Approach: " + std::string{words(a.compute.approach)} + "; " + counting(a) + '.';
  if (a.compute.six_pd) out += " The approximation 6 P D gives " + a.flop(a.compute.six_pd) + '.';
  if (a.compute.hardware_based && a.compute.hardware_independent)
    out += " Hardware-based (N L H U, with U the model FLOPs utilisation over the dense peak H): " +
           a.flop(a.compute.hardware_based) + ", from time and utilisation given apart from the count.";
  else if (a.compute.approach != ask::EuApproach::hardware)
    out +=
        " A second estimate by the hardware (annex A.2.1) needs time and utilisation from elsewhere than "
        "this "
        "count: none is given.";
  out += " All operations count alike, whatever their precision. Counted: updates of parameters" +
         std::string{a.compute.synthetic ? ", forward passes for synthetic data" : ""} +
         std::string{a.compute.base ? ", the base model" : ""} +
         ". Not counted (annex A.1): recomputed activations, evaluation, failed and exploratory runs, reward "
         "and "
         "value models.";
  for (const std::string& part : a.compute.left_out) out += " Left out: " + in_markdown(part) + '.';
  out += " Synthetic data that is not public: " +
         (a.compute.synthetic ? a.flop(a.compute.synthetic) : std::string{for_the_provider}) + '.';
  const auto kept = a.compute.keeps_margin();
  return out + " Within 30 %: " + (kept ? *kept ? "yes" : "no" : "not known") + '.';
}

std::string energy_used(const Answers& a) {
  const Figure& energy = a.subject.figure("facility_energy_kwh");
  if (!energy.value) return blank(energy);
  constexpr double kwh_per_mwh = 1000;
  std::string out = ask::in_figures(*energy.value / kwh_per_mwh, figures) + " MWh (" + estimated(a);
  if (!energy.interval) return out + "; no interval, because nothing that it follows from is uncertain)";
  return out + "; 90 % prediction interval " + ask::in_figures(energy.interval->p05 / kwh_per_mwh, figures) +
         " to " + ask::in_figures(energy.interval->p95 / kwh_per_mwh, figures) + " MWh)";
}

std::string energy_method(const Answers& a) {
  const Figure& energy = a.subject.figure("facility_energy_kwh");
  if (!energy.value)
    return "Not estimated" + (energy.missing.empty() ? "" : ": " + in_markdown(energy.missing)) +
           ". If a provider of computing or hardware withholds what is needed, the form lets you say N/A and "
           "what "
           "is missing: " +
           std::string{for_the_provider};
  const auto& result = a.subject.estimate.result;
  std::string out = "Device-hours x average power of a device with its share of the host x PUE";
  if (result.power) out += ": " + quantity::human(*result.power);
  if (a.facts.pue) out += ", PUE " + quantity::significant(*a.facts.pue);
  out += ". ";
  if (a.subject.status() == Status::measured)
    out +=
        "Measured: " + (energy.evidence.empty() ? std::string{"time, power or energy were given as measured"}
                                                : in_markdown(energy.evidence));
  else
    out +=
        "Forecast from information on the computational resources used, as annex XI, section 1, point 2(e) "
        "allows where the energy is not known" +
        (energy.evidence.empty() ? "" : "; " + in_markdown(energy.evidence));
  out += ". Boundary: " + boundary_words(a.facts) +
         "; storage and network beyond the hosts are not included, nor is inference.";
  return out;
}

std::string model_size(const Answers& a) {
  if (!a.facts.parameters) return std::string{for_the_provider};
  return ask::in_figures(*a.facts.parameters, figures) + " parameters";
}

std::string size_range(const Answers& a) {
  if (!a.facts.parameters) return std::string{for_the_provider};
  struct Step {
    double below;
    std::string_view name;
  };
  constexpr std::array steps{Step{5e8, "1 to 500M"},     Step{5e9, "500M to 5B"},
                             Step{15e9, "5B to 15B"},    Step{50e9, "15B to 50B"},
                             Step{100e9, "50B to 100B"}, Step{500e9, "100B to 500B"},
                             Step{1e12, "500B to 1T"}};
  for (const Step& step : steps) {
    if (*a.facts.parameters <= step.below) return std::string{step.name};
  }
  return "more than 1T";
}

std::string provider_alone(const Answers& /*a*/) { return std::string{for_the_provider}; }

// Who gets an entry, and how well the row is known: the form itself was not read.
struct EuRow {
  std::string_view item;
  bool ai_office, national, downstream;
  std::string_view known_from;
  std::string (*entry)(const Answers&);
};
/// @source  eu-model-documentation-form-2025
constexpr std::array rows{
    EuRow{"Training time, period", false, true, false, "secondary", period},
    EuRow{"Training time, wall clock", true, false, false, "secondary", wall_clock},
    EuRow{"Training time, hardware days", true, false, false, "quotation", hardware_days},
    EuRow{"Amount of computation used for training, order of magnitude", false, true, false, "quotation",
          magnitude},
    EuRow{"Amount of computation used for training", true, false, false, "secondary", computation_used},
    EuRow{"Cumulative computation (guidelines, annex A.1; not a row of the form)", true, false, false,
          "guidelines", cumulative},
    EuRow{"Measurement methodology (computation)", true, true, false, "secondary", computation_method},
    EuRow{"Amount of energy used for training", true, true, false, "secondary", energy_used},
    EuRow{"Measurement methodology (energy)", true, true, false, "secondary", energy_method},
    EuRow{"Benchmarked amount of computation used for inference", true, true, false, "quotation",
          provider_alone},
    EuRow{"Measurement methodology (inference: task and hardware)", true, true, false, "secondary",
          provider_alone},
    EuRow{"Total model size", true, true, true, "quotation; recipients recalled", model_size},
    EuRow{"Total model size, range", false, false, true, "secondary; recipients recalled", size_range},
    EuRow{"Required hardware (integration)", true, true, true, "secondary; recipients recalled",
          provider_alone},
};

std::string_view mark(bool gets) { return gets ? "x" : ""; }

std::string scopes(const Answers& a) {
  std::string out =
      "Computation and training time are those of one run. Energy is that of the whole training as it was "
      "described: ";
  if (!a.compute.repeats)
    out += boundary_words(a.facts) + ". The two entries have different scopes.";
  else if (*a.compute.repeats > 1)
    out += boundary_words(a.facts) + ": " + quantity::significant(*a.compute.repeats) +
           " times what one run takes. The two entries have different scopes.";
  else if (!a.compute.left_out.empty())
    out +=
        "it includes the stages that do not count as training compute. The two entries have different "
        "scopes.";
  else
    out += "one run without repeated work, so that both have the same scope.";
  if (a.facts.development)
    out += " Development beside it (" + quantity::significant(*a.facts.development) +
           " times the run) is in neither.";
  return out;
}

}  // namespace

std::string eu(const Dossier& dossier, const FormChoices& /*choices*/) {
  const Subject& subject = dossier.subject();
  const Answers a{dossier, subject, facts_of(dossier, subject), computation(dossier, subject)};
  const auto& who = dossier.particulars;
  const auto author_says = [&](const std::optional<run::Given>& given) {
    return given && !given->text.empty() ? in_markdown(given->text) : std::string{for_the_provider};
  };

  std::string out = "# Model Documentation Form: draft entries on computation and energy\n\n";
  out += status_sentence(subject) + " Made with " + in_markdown(made_with(dossier)) +
         ". **Not legal advice**: check every entry against the current form and the guidelines before you "
         "sign.\n\n";
  if (const std::string note = first_of_several(dossier); !note.empty()) out += in_markdown(note) + "\n\n";
  out += "- Model: " + (a.facts.name ? in_markdown(*a.facts.name) : std::string{for_the_provider}) + '\n';
  out += "- Version: " + author_says(who.model_version) + '\n';
  out += "- Provider: " + author_says(who.organisation) + '\n';
  out += "- Contact: " + author_says(who.contact) + '\n';
  out += "- Date: " + author_says(who.date) + "\n\n";

  out +=
      markdown_heads({"Item", "Entry", "AI Office", "National authorities", "Downstream", "Row known from"});
  for (const EuRow& row : rows)
    out += markdown_row({std::string{row.item}, row.entry(a), std::string{mark(row.ai_office)},
                         std::string{mark(row.national)}, std::string{mark(row.downstream)},
                         std::string{row.known_from}});
  out +=
      "\nThe form itself was not read. *Quotation*: the row, its unit or its precision is quoted elsewhere; "
      "*secondary*: from a summary of the form; *recalled*: from memory. The form has no row for CO2e.\n\n";
  out += "## Scope\n\n" + scopes(a) + "\n\n";

  out += "## Thresholds of the guidelines\n\n";
  const auto lines = threshold_lines(dossier, subject);
  if (lines.empty()) {
    out += "Not estimated: the computation used for training is not known.\n\n";
  } else {
    out +=
        markdown_heads({"Threshold", "FLOP", "Estimate", "Estimate over threshold", "Standing", "Matters"});
    for (const ThresholdLine& line : lines)
      out += markdown_row({line.name, line.threshold, line.estimate, line.ratio, "**" + line.standing + "**",
                           line.condition});
    out += '\n';
  }
  for (const std::string& note : threshold_notes(dossier, subject)) out += "- " + in_markdown(note) + '\n';
  out +=
      "\n## Sources\n\n"
      "- European Commission: Guidelines on the scope of the obligations for general-purpose AI models, "
      "C(2025) "
      "5045 final, 18 July 2025.\n"
      "- General-Purpose AI Code of Practice, transparency chapter: Model Documentation Form, July 2025 (not "
      "read "
      "itself).\n";
  if (!dossier.command.empty()) out += "\nRepeated by: " + in_markdown(dossier.command) + '\n';
  return out + attribution_paragraph(dossier, subject);
}

}  // namespace kwhatif::dossier
