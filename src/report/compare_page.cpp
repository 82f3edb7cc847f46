// The page of compare: runs side by side, what makes the difference, and places ranked.
#include "equal_quality.hpp"
#include "grid_pages.hpp"
#include "pages.hpp"
#include "verb_pages.hpp"
#include "verdict.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::Cause;
using ask::Compared;
using ask::Comparison;
using ask::Measure;
using ask::RunRatio;
using quantity::significant;

namespace {

constexpr double least_change = 0.1;     // of the logarithm: shares of hardly any change say nothing
constexpr std::size_t most_splits = 12;  // more are a list nobody reads; JSON has them all

std::string cell(const Compared& c, Measure measure) {
  switch (measure) {
    case Measure::energy:
      return shown(c.result.facility_energy);
    case Measure::location:
      return shown(c.result.operational_location);
    case Measure::market:
      return shown(c.result.operational_market);
    case Measure::wall_time:
      return shown(c.result.wall_time);
    case Measure::cost:
      if (!c.result.cost && c.result.cost_low && c.result.cost_high)
        return shown(c.result.cost_low) + " to " + shown(c.result.cost_high);
      return shown(c.result.cost);
  }
  return {};
}

// Whether the run has no work because what it would take to equal quality is refused.
bool refused(const Comparison& comparison, std::size_t run) {
  const ask::QualityPair* pair = comparison.equal_quality(run);
  return pair && pair->answer.sized && !pair->answer.sized->tokens;
}

// Titles of runs are long: they stand above the tables. Values of axes are short, and many.
bool names_above(const Comparison& comparison) { return comparison.runs.front().position.empty(); }

Table numbered_table(const Comparison& comparison) {
  Table table{heads({">"}), {}};
  if (!names_above(comparison)) table.columns.push_back({"run"});
  for (const Measure m : comparison.measures) {
    std::string head{ask::label(m)};  // "CO2e, location-based" of 8 letters of numbers
    if (const auto at = head.find("-based"); at != std::string::npos) head.resize(at);
    table.columns.push_back({std::move(head), Align::right});
  }
  return table;
}

std::vector<std::string> numbered(const Comparison& comparison, std::size_t run) {
  std::vector<std::string> row{std::to_string(run + 1)};
  if (!names_above(comparison)) row.push_back(comparison.runs[run].label);
  return row;
}

Table runs_table(const Comparison& comparison) {
  Table table = numbered_table(comparison);
  // a sum, not a product: it has no causes of its own
  const bool made =
      std::ranges::any_of(comparison.runs, [](const Compared& c) { return c.result.total_co2e.has_value(); });
  if (made) table.columns.push_back({"CO2e with manufacture", Align::right});
  table.columns.push_back({"Device-time", Align::right});
  table.columns.push_back({"Devices", Align::right});
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const Compared& c = comparison.runs[i];
    auto row = numbered(comparison, i);
    const bool none = refused(comparison, i);
    for (const Measure m : comparison.measures) row.push_back(none ? "refused" : cell(c, m));
    if (made) row.push_back(none ? "refused" : shown(c.result.total_co2e));
    row.push_back(none ? "refused" : shown(c.result.device_time));
    row.push_back(shown(c.result.devices));
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Every ratio to the reference, one row per run.
Table ratios_table(const Comparison& comparison) {
  Table table = numbered_table(comparison);
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    if (i == comparison.against) continue;
    auto row = numbered(comparison, i);
    for (const Measure m : comparison.measures) {
      const RunRatio* r = comparison.ratio(i, m);
      row.push_back(r && r->ratio ? significant(*r->ratio)
                                  : std::string{refused(comparison, i) ? "refused" : "unknown"});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// "57.1 times less", "2.09 times more", "the same".
std::string times_words(double ratio) {
  constexpr double same = 1e-9;
  if (std::fabs(ratio - 1) < same) return "the same";
  if (ratio == 0) return "none";
  return ratio > 1 ? significant(ratio) + " times more" : significant(1 / ratio) + " times less";
}

void add_split(Page& page, const RunRatio& r) {
  std::string head = std::string{ask::label(r.measure)} + " of " + std::to_string(r.run + 1) + " over " +
                     std::to_string(r.against + 1) + ": " + significant(*r.ratio) + " (" +
                     times_words(*r.ratio) + ")";
  if (r.low && r.high && significant(*r.high) != significant(*r.low))  // else the rounding of tables
    head += ", " + significant(*r.low) + " to " + significant(*r.high) + " by what the two do not share";
  page.gap().heading(head);
  if (r.causes.empty()) {
    page.paragraph(*r.ratio == 0 ? "zero, so it has no factors" : "no factors: one of them is unknown", 2);
    return;
  }
  Table table{heads({"", ">", "", ">", ""}), {}};
  const bool changed = std::fabs(std::log(*r.ratio)) > least_change;
  const bool shares = changed && ask::are_shares(r.causes);
  for (const Cause& cause : r.causes) {
    table.rows.push_back({cause.label.substr(0, cause.label.find(" (")),  // the values say what it is made of
                          significant(cause.ratio), times_words(cause.ratio),
                          shares && cause.log_share ? quantity::percent(*cause.log_share) : "",
                          cause.value_text + " against " + cause.against_text});
  }
  page.table(std::move(table), 2);
  if (changed && !shares)
    page.paragraph("without shares: the factors pull in opposite directions, so none is a share of the whole",
                   2);
}

void add_comparison(Page& page, const Comparison& comparison) {
  page.gap();
  for (std::size_t i = 0; i < comparison.runs.size() && names_above(comparison); ++i)
    page.hanging(std::to_string(i + 1) + "  ", comparison.runs[i].label, 3);
  page.gap().table(runs_table(comparison));
  if (comparison.runs.size() < 2 || comparison.measures.empty()) return;
  page.gap().heading("Over " + std::to_string(comparison.against + 1) + " (" +
                     comparison.runs[comparison.against].label + ")");
  page.table(ratios_table(comparison), 2);
  std::size_t splits = 0;
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    for (const Measure m : main_measures(comparison)) {
      const RunRatio* r = i == comparison.against ? nullptr : comparison.ratio(i, m);
      if (r && r->ratio && ++splits <= most_splits) add_split(page, *r);
    }
  }
  if (splits > most_splits)
    page.gap().paragraph("… and the factors of " + std::to_string(splits - most_splits) +
                         " more ratios: --json has them");
}

// What a carbon intensity and a site have beside the number: said once where all places have it alike.
struct Detail {
  std::string title;
  Align align;
  std::vector<std::string> cells;

  bool alike() const {
    return cells.size() > 1 &&
           std::ranges::count(cells, cells.front()) == static_cast<std::ptrdiff_t>(cells.size());
  }
};

std::vector<Detail> details_of(const Comparison& comparison, const ask::RankingGroup& group) {
  std::vector<Detail> out{
      {"year", Align::right, {}}, {"intensity", Align::left, {}}, {"PUE", Align::right, {}}};
  for (const ask::Place& place : group.places) {
    const run::ResolvedRun& run = comparison.runs[place.run].run;
    const auto& pue = run.inputs.pue();
    const auto& found = run.intensity;
    const bool unsaid = !found || found->basis == "unstated";
    out[0].cells.push_back(found && found->data_year > 0 ? std::to_string(found->data_year) : "");
    out[1].cells.push_back(!found ? "" : found->boundary + (unsaid ? "" : ", " + found->basis));
    out[2].cells.push_back(pue ? significant(pue->coherent()) : "");
  }
  return out;
}

std::string rank_words(const ask::Place& place) {
  const std::string low = std::to_string(place.rank_low);
  return place.rank_low == place.rank_high ? low : low + "-" + std::to_string(place.rank_high);
}

void add_group(Page& page, const Comparison& comparison, const ask::RankingGroup& group) {
  const ask::Ranking& ranking = *comparison.ranking;
  const auto details = details_of(comparison, group);
  std::string common;
  Table table{heads({">rank", "place", ">CO2e", ">g/kWh", ">over best"}), {}};
  if (!ranking.chosen.empty()) table.columns.push_back({"over chosen", Align::right});
  for (const Detail& detail : details) {
    if (!detail.alike())
      table.columns.push_back({detail.title, detail.align});
    else if (!detail.cells.front().empty() && group.label.find(detail.title + '=') == std::string::npos)
      common += (common.empty() ? "All places: " : ", ") + detail.title + ' ' + detail.cells.front();
  }
  table.columns.push_back({"name [source]"});
  const auto number = [](const std::optional<double>& x) { return x ? significant(*x) : std::string{}; };
  const std::size_t most = comparison.most_places.value_or(group.places.size());
  std::vector<std::size_t> decisive{0};
  std::size_t skipped = 0;
  std::size_t tier = 0;
  for (std::size_t i = 0; i < group.places.size(); ++i) {
    const ask::Place& place = group.places[i];
    const Compared& c = comparison.runs[place.run];
    const bool chosen = place.id == ranking.chosen;
    if (i >= most && !chosen && i + 1 < group.places.size()) {
      ++skipped;
      continue;
    }
    if (skipped > 0) {
      table.rows.emplace_back(table.columns.size());
      table.rows.back()[1] = "… " + std::to_string(std::exchange(skipped, 0)) + " more";
    }
    if (place.tier != tier && i > 0 && group.places[i - 1].tier != place.tier)
      table.rows.emplace_back(table.columns.size());
    tier = place.tier;
    if (chosen) decisive.push_back(table.rows.size());
    const auto& ci = c.run.inputs.ci();
    std::vector<std::string> row{rank_words(place), place.id, shown(c.result.operational_location),
                                 ci ? significant(quantity::to_unit(ci->coherent(), "g/kWh")) : "",
                                 number(place.over_best)};
    if (!ranking.chosen.empty()) row.push_back(number(place.over_chosen));
    for (const Detail& detail : details) {
      if (!detail.alike()) row.push_back(detail.cells[i]);
    }
    const std::string source{c.run.intensity ? c.run.intensity->row->source() : ""};
    row.push_back(place.name + (source.empty() ? "" : (place.name.empty() ? "[" : " [") + source + ']'));
    table.rows.push_back(std::move(row));
  }
  page.gap();
  if (ranking.groups.size() > 1) page.heading(group.label);
  if (!ranking.chosen.empty()) common += (common.empty() ? "Chosen: " : "; chosen: ") + ranking.chosen;
  if (!common.empty()) page.paragraph(common);
  page.table(std::move(table), 0, decisive);
  const bool open =
      std::ranges::any_of(group.places, [](const ask::Place& p) { return p.rank_low != p.rank_high; });
  if (open)
    page.paragraph(
        "A rank is a range where the grids' bands leave it open. Neighbours differ with a probability "
        "of 0.8 or more across a gap, and by less within.");
  if (group.places.size() > 1 && group.places.back().over_best)
    page.paragraph("The last of " + std::to_string(group.places.size()) + " places emits " +
                   significant(*group.places.back().over_best) + " times what the first does.");
}

void add_left_out(Page& page, const std::vector<std::string>& left_out) {
  if (left_out.empty()) return;
  constexpr std::size_t most = 3;
  page.gap().paragraph(std::to_string(left_out.size()) +
                       (left_out.size() == 1 ? " place has" : " places have") + " no data for this:");
  for (std::size_t i = 0; i < left_out.size() && i < most; ++i) page.paragraph(left_out[i], 2);
  if (left_out.size() > most)
    page.paragraph("… and " + std::to_string(left_out.size() - most) + " more (--json lists them)", 2);
}

}  // namespace

std::vector<Measure> main_measures(const Comparison& comparison) {
  const auto has = [&](Measure m) {
    return std::ranges::find(comparison.measures, m) != comparison.measures.end();
  };
  std::vector<Measure> out;
  for (const Measure m : {Measure::market, Measure::location, Measure::energy}) {
    if (!has(m)) continue;
    out.push_back(m);
    if (m != Measure::market) break;
  }
  for (const Measure m : {Measure::wall_time, Measure::cost}) {
    if (comparison.runs.size() == 2 && has(m)) out.push_back(m);
  }
  return out;
}

Page compare_page(const Comparison& comparison, const catalog::Catalog& tables) {
  Page page;
  page.paragraph("Work: " + comparison.rule_words);
  if (!comparison.quality.empty()) {
    std::vector<const ask::QualityPair*> pairs;
    for (const ask::RunPair& of : comparison.quality) pairs.push_back(&of.pair);
    add_equal_quality(page, pairs);
  } else if (const std::string words = quality_differs(comparison.worth); !words.empty()) {
    page.paragraph("Quality: " + words);
  }
  if (comparison.ranks()) {
    for (const auto& group : comparison.ranking->groups) add_group(page, comparison, group);
    add_left_out(page, comparison.left_out);
  } else {
    add_comparison(page, comparison);
  }
  add_verdict(page, comparison.verdict);
  bool open = false;
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) open = open || comparison.open_ended(i);
  if (!comparison.verdict && open && comparison.runs.size() == 2)
    page.gap().paragraph(
        "Verdict: open. How long these runs would have to train for equal quality has no upper end "
        "by the rule's band, so which of the two needs less is not certain either way.");
  if (!comparison.notes.empty()) page.asides().gap().append(notes_page(comparison.notes));
  return page.append(sources_page(comparison.sources(), tables));
}

}  // namespace kwhatif::report
