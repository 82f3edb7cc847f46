#include "json_stages.hpp"
#include "network_words.hpp"
#include "pages.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::Derivation;

namespace {

void collect_sources(const Derivation& d, std::vector<std::string>& out) {
  if (d.origin && !d.origin->source.empty() && std::ranges::find(out, d.origin->source) == out.end())
    out.push_back(d.origin->source);
  for (const Derivation& part : d.parts) collect_sources(part, out);
}

Branch branch(const Derivation& d, const run::WorkUnit& work) {
  Branch out;
  out.text = work.said(d.name) + ": " + work.human(d.value, d.dimension);
  if (!d.formula.empty()) out.text += d.repeated ? "  (derived above)" : "  = " + work.said(d.formula);
  if (d.origin) out.text += " ← " + work.said(origin_words(*d.origin));
  for (const Derivation& part : d.parts) out.parts.push_back(branch(part, work));
  return out;
}

void add_trees(Page& page, const std::vector<Derivation>& derivations, const run::WorkUnit& work) {
  page.append(trees_page(derivations, work));
}

// The matrices that the FLOPs of one token were counted from.
Page matrices_page(const run::ResolvedRun& run) {
  Page page;
  if (!run.network || !run.inputs.flop_per_token()) return page;
  const run::Network& n = *run.network;
  std::string head = "FLOP per " + unit_of(n) + ", forward, of " + n.name + length_words(n);
  constexpr double digits = 1000;  // 3, or 2.14 where weights are frozen
  const double times = n.flops.training.coherent() / n.flops.forward.coherent();
  page.heading(head + " (training is " + quantity::shortest(std::round(digits * times) / digits) +
               " times that)");
  Table table{heads({"matrix or product", "part", "size", ">FLOP", ">share"}), {}};
  for (const model::FlopTerm& term : n.flops.terms) {
    table.rows.push_back({term.name, std::string{model::part_name(term.part)}, term.size,
                          quantity::significant(term.forward, 4),
                          quantity::percent(term.forward / n.flops.forward.coherent(), 3)});
  }
  table.rows.push_back({"all", "", "", quantity::significant(n.flops.forward.coherent(), 4), ""});
  return page.table(std::move(table), 2).gap();
}

void add_choices(Page& page, const run::ResolvedRun& run) {
  if (run.choices.empty()) return;
  page.heading("Choices made");
  for (const auto& choice : run.choices)
    page.paragraph(choice.input + ": " + choice.value + ", " + origin_words(choice.origin), 2);
  page.gap();
}

Page explain_page(const ask::Explanation& answer, const catalog::Catalog& tables) {
  const ask::Outcome& outcome = answer.outcome;
  Page page;
  if (!outcome.run().title.empty()) page.heading(outcome.run().title).gap();
  std::vector<std::string> sources = outcome.sources();
  if (outcome.staged()) {
    std::string counted;  // the network whose matrices were shown last
    for (std::size_t i = 0; i < outcome.phases.size(); ++i) {
      const run::ResolvedStage& stage = outcome.phases[i];
      page.heading("Stage '" + stage.name + "': " + std::string{run::info(stage.regime).what}).gap();
      add_trees(page, answer.phases[i], stage.run.work);
      if (const auto& p = outcome.predictions[i]) page.append(terms_page(*p, stage.run.work));
      const Page own = matrices_page(stage.run);
      const std::string text = page_text(own);
      if (!own.empty() && text != counted) page.append(own);
      if (!own.empty()) counted = text;
      add_choices(page, stage.run);
    }
    page.heading("Total of all stages").gap();
    add_trees(page, answer.derivations, outcome.run().work);
  } else {
    sources.clear();
    for (const Derivation& d : answer.derivations) collect_sources(d, sources);
    add_trees(page, answer.derivations, outcome.run().work);
    if (const auto& p = outcome.predictions.front()) page.append(terms_page(*p, outcome.run().work));
    page.append(matrices_page(outcome.run()));
    add_choices(page, outcome.run());
  }
  return page.append(sources_page(sources, tables));
}

}  // namespace

Page trees_page(const std::vector<Derivation>& derivations, const run::WorkUnit& work) {
  Page page;
  for (const Derivation& d : derivations) page.tree(branch(d, work)).gap();
  return page;
}

Page sources_page(const std::vector<std::string>& sources, const catalog::Catalog& tables) {
  Page page;
  if (sources.empty()) return page;
  page.asides().gap().heading("Sources");
  for (const std::string& id : sources) page.hanging("  ", '[' + id + "] " + citation(tables, id), 4);
  for (const std::string& line : attributions(tables, sources)) page.paragraph(line, 2);
  return page;
}

Document present(const ask::Explanation& answer, const catalog::Catalog& tables) {
  Content content{.name = "explain",
                  .catalog = tables,
                  .warnings = answer.outcome.warnings,
                  .sources = answer.outcome.sources()};
  content.page = [&answer, &tables] { return explain_page(answer, tables); };
  content.body = [&answer, &tables] { return explain_json(answer, tables); };
  content.refuse_rows("a derivation is a tree, not rows",
                      "--json gives the tree, `kwhatif estimate` the results in rows");
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
