// Sections on what the figures rest on: uncertainty, gaps, assumptions, thresholds, method, sources.
#include "outline.hpp"
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/dossier/thresholds.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/charts.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::dossier {

using quantity::human;

namespace {

// "0.5 to 0.8", in the unit of the figure.
// Of one run: the results whose band is worth a line.
Grid bands(const Subject& subject, std::string caption) {
  constexpr double visible = 1.005;
  Grid out{
      .caption = std::move(caption),
      .heads = {{"Quantity"}, {"Median", true}, {"50 % interval", true}, {"90 % prediction interval", true}}};
  for (const Figure& figure : subject.figures) {
    if (!figure.value || !figure.interval || *figure.value == 0) continue;
    const Interval& in = *figure.interval;
    if (!(in.p05 > 0) || in.p95 / in.p05 < visible) continue;
    const double unit = *figure.coherent / *figure.value;
    out.rows.push_back({{figure.work.said(std::string{figure.label})},
                        {figure.work.human(in.p50 * unit, figure.dimension)},
                        {range_words(figure, in.p25, in.p75)},
                        {range_words(figure, in.p05, in.p95)}});
  }
  return out;
}

std::vector<Cell> drivers_of(const Subject& subject) {
  constexpr double worth_telling = 0.01;
  std::vector<Cell> out;
  for (const uncertain::Driver& driver : subject.estimate.certainty.drivers) {
    if (driver.share < worth_telling) break;
    out.push_back({std::string{run::info(driver.slot).label} + ": " + quantity::percent(driver.share)});
  }
  return out;
}

// What the bands promise.
std::string promise(const Subject& subject) {
  for (const auto& prediction : subject.estimate.predictions) {
    if (prediction && !prediction->covered())
      return "These intervals are judged: no such run on such devices is among those that they were tested "
             "on.";
  }
  const bool forecast =
      std::ranges::any_of(subject.estimate.predictions, [](const auto& p) { return p.has_value(); });
  return forecast ? "Nine of ten such runs fall into the 90 % interval, by a test on published runs."
                  : "These intervals are what the tables leave open.";
}

void add_unique(std::vector<std::string>& all, const std::string& id) {
  if (!id.empty() && std::ranges::find(all, id) == all.end()) all.push_back(id);
}

std::vector<std::string> source_ids(const Dossier& dossier) {
  std::vector<std::string> out;
  for (const Subject& subject : dossier.subjects) {
    for (const Figure& figure : subject.figures) {
      for (const std::string& id : figure.sources) add_unique(out, id);
    }
    for (const std::string& id : subject.estimate.sources()) add_unique(out, id);
    for (const auto& list : subject.estimate.assumptions) {
      for (const ask::Assumption& a : list) add_unique(out, a.origin.source);
    }
  }
  if (dossier.comparison) {
    for (const std::string& id : dossier.comparison->sources()) add_unique(out, id);
  }
  if (dossier.plan) {
    for (const std::string& id : dossier.plan->sources()) add_unique(out, id);
  }
  if (dossier.life) {
    for (const std::string& id : dossier.life->sources) add_unique(out, id);
  }
  return out;
}

std::string bib_key(const std::string& id) {
  std::string out;
  for (const char c : id) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    out += fine ? c : '-';
  }
  constexpr std::size_t longest = 60;
  return out.substr(0, longest);
}

// The derivation as lines of formulas, each once.
void add_formulas(std::vector<Cell>& out, const ask::Derivation& d) {
  if (!d.formula.empty() && !d.repeated)
    out.push_back({d.name + " = " + d.formula + " = " + human(d.value, d.dimension)});
  for (const ask::Derivation& part : d.parts) add_formulas(out, part);
}

}  // namespace

Section uncertainty_section(const Dossier& dossier) {
  Section out{"uncertainty", "Uncertainty"};
  bool any = false;
  for (const Subject& subject : dossier.subjects) {
    const std::string of = dossier.subjects.size() > 1 ? " of " + subject.name : std::string{};
    Grid grid = bands(subject, "Intervals" + of);
    if (grid.rows.empty()) continue;
    any = true;
    if (dossier.subjects.size() == 1) out.say(promise(subject));
    out.table(std::move(grid));
    auto drivers = drivers_of(subject);
    if (!drivers.empty() && dossier.subjects.size() == 1) {
      const auto* band = subject.estimate.certainty.find(subject.estimate.certainty.explained);
      out.say("What the uncertainty" +
              (band == nullptr ? std::string{} : " of " + std::string{band->info.label}) +
              " comes from, as shares of its variance:");
      out.list(std::move(drivers));
    }
  }
  if (!any) out.say("No interval: nothing that the figures follow from is uncertain.");
  if (dossier.subjects.size() == 1 && !dossier.plan && !dossier.life) {
    for (chart::Chart& one : report::charts_of(dossier.subject().estimate, *dossier.tables))
      out.draw(std::move(one));
  }
  return out;
}

Section not_included_section(const Dossier& dossier) {
  Section out{"not-included", "Not included"};
  const Facts facts = facts_of(dossier, dossier.subject());
  std::vector<Cell> blanks;
  const auto blank_of = [&](std::string_view what) {
    blanks.push_back({std::string{what} + ": [author to add]", true});
  };
  if (!dossier.life && !facts.development) blank_of("Experiments and preliminary runs");
  if (facts.overhead == 0) blank_of("Failed and repeated work");
  blank_of("Collecting, generating and preparing the data");
  if (!dossier.life) blank_of("Inference after the training");
  blank_of("Storage and networks beyond the site");
  blank_of("End of life of the hardware, staff and travel");
  if (!dossier.subject().figure("operational_market_kg").value)
    blank_of("Market-based CO2e: contracts for electricity held in the year of the run");
  if (!dossier.subject().figure("embodied_kg").value) blank_of("CO2e of manufacture");
  if (!dossier.subject().figure("water_l").value) blank_of("Water");
  out.list(std::move(blanks));
  return out;
}

namespace {

Grid assumptions_grid(std::string caption, const std::vector<ask::Assumption>& assumptions) {
  Grid grid{.caption = std::move(caption),
            .heads = {{"Input"}, {"Value"}, {"Status"}, {"Source and reason"}},
            .rows = {},
            .prose = true};
  for (const ask::Assumption& a : assumptions) {
    std::string words = report::origin_words(a.origin);
    if (const std::string effect = report::effect_words(a); !effect.empty())
      words += "; its spread moves " + effect;
    grid.rows.push_back(
        {{a.input}, {report::shown(a)}, {std::string{catalog::name(a.origin.responsible)}}, {words}});
  }
  return grid;
}

}  // namespace

Section assumptions_section(const Dossier& dossier) {
  Section out{"assumptions", "Assumptions"};
  for (const Subject& subject : dossier.subjects) {
    for (std::size_t phase = 0; phase < subject.estimate.assumptions.size(); ++phase) {
      std::string caption = "Not given, so taken from tables, predicted or by default";
      if (dossier.subjects.size() > 1) caption += ": " + subject.name;
      if (subject.estimate.staged()) caption += ", stage " + subject.estimate.phases[phase].name;
      out.table(assumptions_grid(std::move(caption), subject.estimate.assumptions[phase]));
    }
    constexpr std::size_t most = 4;
    if (static_cast<std::size_t>(&subject - dossier.subjects.data()) + 1 == most) {
      if (dossier.subjects.size() > most) out.say("Those of the other runs: `kwhatif estimate` of each.");
      break;
    }
  }
  if (dossier.life && dossier.life->service)
    out.table(assumptions_grid("Of serving", dossier.life->service->assumptions));
  if (out.parts.empty()) out.say("None: every number was given.");
  return out;
}

Section thresholds_section(const Dossier& dossier) {
  Section out{"thresholds", "Thresholds of the EU"};
  for (const Subject& subject : dossier.subjects) {
    const auto lines = threshold_lines(dossier, subject);
    Grid grid{.caption = "Training compute against the thresholds" +
                         (dossier.subjects.size() > 1 ? ": " + subject.name : std::string{}),
              .heads = {{"Threshold"},
                        {"at", true},
                        {"Estimate", true},
                        {"Ratio", true},
                        {"Standing"},
                        {"What else must hold"}}};
    for (const ThresholdLine& line : lines)
      grid.rows.push_back({{line.name},
                           {line.threshold},
                           {line.estimate},
                           {line.ratio},
                           {line.standing},
                           {line.condition.empty() ? "nothing" : line.condition}});
    out.table(std::move(grid));
    constexpr std::size_t most = 4;
    if (static_cast<std::size_t>(&subject - dossier.subjects.data()) + 1 == most) break;
  }
  if (out.parts.empty()) {
    out.parts.push_back({.texts = {{"Not estimated: the training compute is not known.", true}}});
    return out;
  }
  std::vector<Cell> notes;
  for (const std::string& note : threshold_notes(dossier, dossier.subject())) notes.push_back({note});
  if (!notes.empty()) out.list(std::move(notes));
  return out;
}

Section method_section(const Dossier& dossier) {
  Section out{"method", "Method"};
  out.say("Every figure follows from the inputs and assumptions above by these formulas:");
  for (const run::ResolvedStage& phase : dossier.subject().estimate.phases) {
    std::vector<Cell> lines;
    for (const ask::Derivation& d : ask::explain(phase.run)) add_formulas(lines, d);
    if (!phase.name.empty()) out.say("Stage " + phase.name + ':');
    out.list(std::move(lines));
  }
  return out;
}

std::vector<Reference> references_of(const Dossier& dossier) {
  std::vector<Reference> out;
  out.push_back(
      {.key = "kwhatif",
       .words = made_with(dossier) + ": energy and CO2e of AI training, before the training starts",
       .authors = {},
       .title = "kwhatif: energy and CO2e of AI training, before the training starts",
       .year = std::to_string(dossier.tables->edition_year()),
       .locator = "version " + std::string{program_version()} + ", data " + dossier.tables->version()});
  for (const std::string& id : source_ids(dossier)) {
    const auto row = dossier.tables->find(catalog::Kind::source, id);
    if (!row) continue;
    Reference reference{.key = bib_key(id), .words = report::citation(*dossier.tables, id)};
    // a key of BibTeX stands once: the tables have sources of our own as well
    while (std::ranges::find(out, reference.key, &Reference::key) != out.end()) reference.key += "-data";
    const auto text = [&](std::string_view key) { return std::string{row->text(key)}; };
    reference.authors = text("authors").empty() ? text("publisher") : text("authors");
    reference.title = text("title");
    reference.year = text("year");
    reference.locator = !text("arxiv").empty() ? "arXiv " + text("arxiv")
                        : !text("doi").empty() ? "doi " + text("doi")
                                               : text("url");
    out.push_back(std::move(reference));
  }
  return out;
}

Section sources_section(const Dossier& dossier, const std::vector<Reference>& references) {
  Section out{"sources", "Sources"};
  std::vector<Cell> all;
  for (const Reference& reference : references) all.push_back({'[' + reference.key + "] " + reference.words});
  out.list(std::move(all));
  std::vector<std::string> ids;
  for (const Subject& subject : dossier.subjects) {
    for (const std::string& id : subject.estimate.sources()) add_unique(ids, id);
  }
  for (const std::string& line : report::attributions(*dossier.tables, ids)) out.say(line);
  out.say("Data: " + dossier.tables->version() + ". The command that repeats this report:");
  if (!dossier.command.empty()) out.code(dossier.command);
  return out;
}

}  // namespace kwhatif::dossier
