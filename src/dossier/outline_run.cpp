// Sections on what a run does and takes: model and compute, devices and time, energy, emissions, water and
// money.
#include "outline.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/scenario_entries.hpp>
#include <kwhatif/run/estimator.hpp>

#include <cmath>
#include <functional>

namespace kwhatif::dossier {

namespace {

using quantity::human;
using quantity::significant;

using Said = std::function<std::optional<std::string>(const Subject&, const Facts&)>;
struct Fact {
  std::string label;
  Said said;
};

// Facts beside each other: a row per fact, a column per run; of many runs the first and what is alike.
Grid facts_grid(const Dossier& dossier, std::string caption, const std::vector<Fact>& facts) {
  constexpr std::size_t most_columns = 4;
  const bool few = dossier.subjects.size() <= most_columns;
  const auto said = [&](const Fact& fact) { return dossier.subject().estimate.run().work.said(fact.label); };
  Grid out{.caption = std::move(caption), .heads = {{few && dossier.subjects.size() == 1 ? "Fact" : "Run"}}};
  if (!few) {
    for (const Fact& fact : facts) out.heads.push_back({said(fact)});
    for (const Subject& subject : dossier.subjects) {
      const Facts of = facts_of(dossier, subject);
      auto& row = out.rows.emplace_back();
      row.push_back({subject.name});
      for (const Fact& fact : facts) {
        const auto text = fact.said(subject, of);
        row.push_back(text ? Cell{*text} : Cell{"not known", true});
      }
    }
    return out;
  }
  for (const Subject& subject : dossier.subjects)
    out.heads.push_back({dossier.subjects.size() == 1 ? "Value" : subject.name});
  for (const Fact& fact : facts) {
    auto& row = out.rows.emplace_back();
    row.push_back({said(fact)});
    for (const Subject& subject : dossier.subjects) {
      const auto text = fact.said(subject, facts_of(dossier, subject));
      row.push_back(text ? Cell{*text} : Cell{"not known", true});
    }
  }
  return out;
}

std::optional<std::string> counted(const std::optional<double>& x, const quantity::Dimension& dimension,
                                   const run::WorkUnit& work) {
  return x ? std::optional{work.human(*x, dimension)} : std::nullopt;
}

// A key of the scenario as a text.
std::optional<std::string> entry(const Dossier& dossier, const run::ResolvedStage& phase,
                                 std::string_view key) {
  constexpr double whole = 1e15;
  for (const auto& line : report::scenario_entries(phase.run, *dossier.tables)) {
    if (line.key != key) continue;
    if (const auto* text = std::get_if<std::string>(&line.value); text != nullptr && !text->empty())
      return *text;
    if (const auto* x = std::get_if<double>(&line.value))
      return *x == std::floor(*x) && *x < whole ? quantity::grouped(quantity::fixed(*x, 0)) : significant(*x);
  }
  return std::nullopt;
}

// Of the first stage that says it.
std::optional<std::string> entry(const Dossier& dossier, const Subject& subject, std::string_view key) {
  for (const run::ResolvedStage& phase : subject.estimate.phases) {
    if (auto said = entry(dossier, phase, key)) return said;
  }
  return std::nullopt;
}

std::optional<std::string> optional(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

// Seen in all epochs, or by the first of the passes that its kind of training takes.
std::optional<std::string> tokens_of(const run::ResolvedStage& phase) {
  const auto seen = run::known_tokens(phase.run.inputs);
  const auto& terms = phase.cost.terms;
  if (!seen && !terms.empty()) return phase.run.work.human(terms.front().tokens, quantity::dim::token);
  if (!seen) return std::nullopt;
  return phase.run.work.human((seen->tokens * seen->epochs).coherent(), quantity::dim::token);
}

void add_stages(Section& out, const Dossier& dossier, const Subject& subject) {
  if (!subject.estimate.staged()) return;
  Grid grid{.caption = "Stages of the run",
            .heads = {{"Stage"},
                      {"Kind"},
                      {"Tokens", true},
                      {"Sequence length", true},
                      {"Compute", true},
                      {"Device-time", true},
                      {"Energy", true},
                      {"CO2e", true}}};
  const auto text = [](const std::optional<std::string>& said) {
    return said ? Cell{*said} : Cell{std::string{not_estimated}, true};
  };
  const auto cell = [](const auto& field) {
    return field ? Cell{human(*field)} : Cell{std::string{not_estimated}, true};
  };
  for (const run::ResolvedStage& phase : subject.estimate.phases) {
    const auto r = ask::of_all_runs(phase);
    grid.rows.push_back({{phase.name},
                         {std::string{run::info(phase.regime).what}},
                         text(tokens_of(phase)),
                         text(entry(dossier, phase, "seq_len")),
                         cell(r.training_flop),
                         cell(r.device_time),
                         cell(r.facility_energy),
                         cell(r.operational_location)});
  }
  out.table(std::move(grid));
}

}  // namespace

Section run_section(const Dossier& dossier) {
  Section out{"run", "The run"};
  const auto work = [](const Subject& s) -> const run::WorkUnit& {
    return s.estimate.phases.front().run.work;
  };
  out.table(facts_grid(
      dossier, "Model and data",
      {{"Architecture", [](const Subject&, const Facts& f) { return f.architecture; }},
       {"Parameters",
        [&](const Subject& s, const Facts& f) {
          return counted(f.parameters, quantity::dim::parameter, work(s));
        }},
       {"Active per token",
        [&](const Subject& s, const Facts& f) {
          return counted(f.active, quantity::dim::parameter, work(s));
        }},
       {"Training tokens, passes included",
        [&](const Subject& s, const Facts& f) { return counted(f.tokens, quantity::dim::token, work(s)); }},
       {"Sequence length", [&](const Subject& s, const Facts&) { return entry(dossier, s, "seq_len"); }},
       {"Precision", [](const Subject&, const Facts& f) { return f.precision; }}}));
  out.table(figures_grid(dossier, "Compute and utilisation",
                         {{"training_flop"},
                          {"base_training_flop"},
                          {"training_flop_with_base"},
                          {"achieved_tflops_per_device", "Achieved rate per device"},
                          {"mfu", "Utilisation of the dense peak (MFU)"},
                          {"hfu", "With recomputation (HFU)"},
                          {"step_tokens_per_second_per_device"}}));
  for (const Subject& subject : dossier.subjects) {
    if (dossier.subjects.size() > 1) break;
    const Figure& flop = subject.figure("training_flop");
    if (flop.conventions)
      out.say("Ways to count the compute: " + flop.conventions->what + ", " +
              significant(flop.conventions->low) + " to " + significant(flop.conventions->high) + " FLOP.");
    if (const auto counted_how = entry(dossier, subject, "counted"))
      out.say("Counted: " + work(subject).said(*counted_how) + '.');
    add_stages(out, dossier, subject);
  }
  out.say(
      "Compute is that of one run: repeats, failed work and recomputed activations are not in it, as the "
      "guidelines of the EU count.");
  return out;
}

Section hardware_section(const Dossier& dossier) {
  Section out{"hardware", "Hardware and time"};
  out.table(
      facts_grid(dossier, "Hardware",
                 {{"Device", [](const Subject&, const Facts& f) { return f.hardware; }},
                  {"Number of devices",
                   [](const Subject&, const Facts& f) {
                     return f.devices ? std::optional{number_words(*f.devices)} : std::nullopt;
                   }},
                  {"Host", [&](const Subject& s, const Facts&) { return entry(dossier, s, "host_name"); }},
                  {"Software",
                   [&](const Subject& s, const Facts&) -> std::optional<std::string> {
                     auto said = entry(dossier, s, "framework");
                     return said == "any" ? std::nullopt : said;
                   }},
                  {"Place", [](const Subject&, const Facts& f) { return f.place; }}}));
  out.table(figures_grid(dossier, "Time and devices",
                         {{"devices"},
                          {"one_run_device_hours"},
                          {"device_hours", "Device-hours of all runs"},
                          {"one_run_wall_hours"},
                          {"wall_hours", "Wall time of all runs"}}));
  return out;
}

Section energy_section(const Dossier& dossier) {
  Section out{"energy", "Energy"};
  out.table(figures_grid(dossier, "Energy of all runs",
                         {{"power_w_per_device", "Power per device, host included"},
                          {"it_energy_kwh"},
                          {"accelerator_energy_kwh"},
                          {"facility_energy_kwh"}}));
  for (const Subject& subject : dossier.subjects) {
    const std::string lead = dossier.subjects.size() > 1 ? subject.name + ": " : std::string{};
    out.say("Boundary: " + lead + boundary_words(facts_of(dossier, subject)) +
            ". Storage, networks beyond the site and staff are not counted.");
    if (dossier.subjects.size() > 1) break;
    if (subject.repeats && *subject.repeats != 1)
      out.say("Time and energy are " + significant(*subject.repeats) +
              " times those of one run; the compute is that of one run.");
  }
  return out;
}

Section emissions_section(const Dossier& dossier) {
  Section out{"emissions", "Emissions"};
  out.table(facts_grid(
      dossier, "Electricity",
      {{"Place", [](const Subject&, const Facts& f) { return f.place; }},
       {"Country", [](const Subject&, const Facts& f) { return f.country; }},
       {"Grid", [&](const Subject& s, const Facts&) { return entry(dossier, s, "intensity_grid"); }},
       {"Carbon intensity",
        [](const Subject&, const Facts& f) {
          return f.intensity ? optional(significant(*f.intensity) + " g CO2e/kWh") : std::nullopt;
        }},
       {"Kind and year of that value",
        [](const Subject&, const Facts& f) -> std::optional<std::string> {
          if (f.intensity_words) return f.intensity_words;
          return f.intensity ? std::optional<std::string>{"as given by the author"} : std::nullopt;
        }},
       {"PUE", [](const Subject&, const Facts& f) {
          return f.pue ? optional(significant(*f.pue)) : std::nullopt;
        }}}));
  out.table(figures_grid(dossier, "CO2e",
                         {{"operational_location_kg"},
                          {"operational_market_kg"},
                          {"embodied_kg"},
                          {"total_kg"},
                          {"development_kg"}}));
  out.say(
      "A life-cycle intensity counts fuel supply and plants as well as generation: it is more than the "
      "electricity account of the GHG Protocol, which is of generation alone.");
  for (const Subject& subject : dossier.subjects) {
    if (dossier.subjects.size() > 1) break;
    if (const auto steps = entry(dossier, subject, "intensity_steps"))
      out.say("How the intensity was brought to its year and kind: " + *steps + '.');
  }
  return out;
}

Section resources_section(const Dossier& dossier) {
  Section out{"resources", "Water and cost"};
  out.table(figures_grid(dossier, "Water",
                         {{"water_on_site_l"}, {"water_off_site_l"}, {"water_l", "Water in all"}}));
  out.table(figures_grid(dossier, "Cost",
                         {{"cost_usd"}, {"cost_low_usd"}, {"cost_high_usd"}, {"electricity_cost_usd"}}));
  out.table(figures_grid(dossier, "Development beside the final run", {{"development_energy_kwh"}}));
  return out;
}

}  // namespace kwhatif::dossier
