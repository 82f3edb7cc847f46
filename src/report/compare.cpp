// Runs side by side as text and CSV.
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/compare.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::Cause;
using ask::Compared;
using ask::Comparison;
using ask::Measure;
using ask::RunRatio;
using quantity::human;
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

const RunRatio* ratio_in(const Comparison& comparison, std::size_t run, Measure measure) {
  for (const RunRatio& r : comparison.ratios) {
    if (r.run == run && r.measure == measure) return &r;
  }
  return nullptr;
}

Table runs_table(const Comparison& comparison) {
  Table table{{{"", Align::right}, {"run"}}, {}};
  for (const Measure m : comparison.measures)
    table.columns.push_back({std::string{ask::label(m)}, Align::right});
  table.columns.push_back({"Device-time", Align::right});
  table.columns.push_back({"Devices", Align::right});
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const Compared& c = comparison.runs[i];
    std::vector<std::string> row{std::to_string(i + 1), c.label};
    for (const Measure m : comparison.measures) row.push_back(cell(c, m));
    row.push_back(shown(c.result.device_time));
    row.push_back(shown(c.result.devices));
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Every ratio to the reference, one row per run.
Table ratios_table(const Comparison& comparison) {
  Table table{{{"", Align::right}, {"run"}}, {}};
  for (const Measure m : comparison.measures)
    table.columns.push_back({std::string{ask::label(m)}, Align::right});
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    if (i == comparison.against) continue;
    std::vector<std::string> row{std::to_string(i + 1), comparison.runs[i].label};
    for (const Measure m : comparison.measures) {
      const RunRatio* r = ratio_in(comparison, i, m);
      row.push_back(r && r->ratio ? significant(*r->ratio) : std::string{"unknown"});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Where factors pull against each other, one alone can be more than the whole: that is no share of it.
bool all_are_shares(const std::vector<Cause>& causes) {
  return std::all_of(causes.begin(), causes.end(), [](const Cause& cause) {
    constexpr double rounding = 1e-9;
    return !cause.log_share || std::fabs(*cause.log_share) <= 1 + rounding;
  });
}

std::string split_text(const RunRatio& r) {
  std::string out = std::string{ask::label(r.measure)} + " of " + std::to_string(r.run + 1) + " over " +
                    std::to_string(r.against + 1) + ": " + significant(*r.ratio) + " (" +
                    times_words(*r.ratio) + ")";
  if (r.low && r.high && significant(*r.high) != significant(*r.low))  // else the rounding of tables
    out += ", " + significant(*r.low) + " to " + significant(*r.high) + " by what the two do not share";
  out += '\n';
  if (r.causes.empty()) {
    out += *r.ratio == 0 ? "  zero, so it has no factors\n" : "  no factors: one of them is unknown\n";
    return out;
  }
  Table table{{{""}, {"", Align::right}, {""}, {"", Align::right}, {""}}, {}};
  const bool changed = std::fabs(std::log(*r.ratio)) > least_change;
  const bool shares = changed && all_are_shares(r.causes);
  for (const Cause& cause : r.causes) {
    table.rows.push_back({cause.label, significant(cause.ratio), times_words(cause.ratio),
                          shares && cause.log_share ? quantity::percent(*cause.log_share) : "",
                          cause.value_text + " against " + cause.against_text});
  }
  out += text(table, 2);
  if (changed && !shares)
    out += "  without shares: the factors pull in opposite directions, one alone by more than the whole\n";
  return out;
}

// The measure that says most: CO2e by contracts where it differs, else by location, else energy.
std::vector<Measure> main_measures(const Comparison& comparison) {
  std::vector<Measure> out;
  for (const Measure m : {Measure::market, Measure::location, Measure::energy}) {
    if (std::find(comparison.measures.begin(), comparison.measures.end(), m) == comparison.measures.end())
      continue;
    out.push_back(m);
    if (m != Measure::market) break;
  }
  for (const Measure m : {Measure::wall_time, Measure::cost}) {
    if (comparison.runs.size() == 2 &&
        std::find(comparison.measures.begin(), comparison.measures.end(), m) != comparison.measures.end())
      out.push_back(m);
  }
  return out;
}

std::vector<std::string> sources_of(const Comparison& comparison) {
  std::vector<std::string> out;
  for (const Compared& c : comparison.runs) {
    for (const std::string& id : c.run.sources()) {
      if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
    }
  }
  return out;
}

std::string sources_text(const Comparison& comparison, const catalog::Catalog& catalog) {
  const auto ids = sources_of(comparison);
  std::string out;
  if (!ids.empty()) {
    out += '\n' +
           wrapped("Sources: " + diag::listed(ids) + " (`kwhatif show sources ID` says more)", page_width, 0);
  }
  for (const std::string& line : attributions(catalog, ids)) out += wrapped(line, page_width, 2);
  return out;
}

}  // namespace

std::string times_words(double ratio) {
  constexpr double same = 1e-9;
  if (std::fabs(ratio - 1) < same) return "the same";
  if (ratio == 0) return "none";
  return ratio > 1 ? significant(ratio) + " times more" : significant(1 / ratio) + " times less";
}

std::string compare_text(const Comparison& comparison, const catalog::Catalog& catalog) {
  std::string out =
      wrapped("Work: " + comparison.rule_words, page_width, 0) + '\n' + text(runs_table(comparison));
  if (comparison.runs.size() < 2) return out + sources_text(comparison, catalog);
  const std::string& reference = comparison.runs[comparison.against].label;
  out += "\nOver " + std::to_string(comparison.against + 1) + " (" + diag::visible(reference) + ")\n" +
         text(ratios_table(comparison), 2);
  std::size_t shown_splits = 0;
  std::size_t splits = 0;
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    for (const Measure m : main_measures(comparison)) {
      const RunRatio* r = i == comparison.against ? nullptr : ratio_in(comparison, i, m);
      if (!r || !r->ratio || ++splits > most_splits) continue;
      out += '\n' + split_text(*r);
      ++shown_splits;
    }
  }
  if (splits > shown_splits)
    out +=
        "\n… and the factors of " + std::to_string(splits - shown_splits) + " more ratios: --json has them\n";
  return out + sources_text(comparison, catalog);
}

namespace {

void add_run_columns(Table& table, const Comparison& comparison) {
  for (const auto& [axis, value] : comparison.runs.front().position) table.columns.push_back({axis});
  table.columns.push_back({"run"});
}

// An axis may be named as a result or another column is: each column has a name of its own.
Table with_own_names(Table table, const Comparison& comparison) {
  for (std::size_t axis = 0; axis < comparison.runs.front().position.size(); ++axis) {
    const auto alike = std::count_if(table.columns.begin(), table.columns.end(),
                                     [&](const Column& c) { return c.title == table.columns[axis].title; });
    if (alike > 1) table.columns[axis].title.insert(0, "input_");
  }
  return table;
}

void add_run_cells(std::vector<std::string>& row, const Compared& c) {
  for (const auto& [axis, value] : c.position) row.push_back(value);
  row.push_back(c.label);
}

void add_results(Table& table, std::vector<std::string>& row, const Compared& c, bool head) {
  run::for_each_result(c.result, [&](const run::ResultInfo& info, const auto& field) {
    if (head) table.columns.push_back({std::string{info.json_key}});
    row.push_back(!field ? std::string{}
                         : quantity::shortest(info.unit.empty()
                                                  ? field->coherent()
                                                  : quantity::to_unit(field->coherent(), info.unit)));
  });
}

}  // namespace

Table compare_table(const Comparison& comparison) {
  Table table;
  add_run_columns(table, comparison);
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    std::vector<std::string> row;
    add_run_cells(row, comparison.runs[i]);
    add_results(table, row, comparison.runs[i], i == 0);
    for (const Measure m : comparison.measures) {
      if (i == 0) table.columns.push_back({std::string{ask::key(m)} + "_ratio"});
      const RunRatio* r = ratio_in(comparison, i, m);
      row.push_back(i == comparison.against ? "1" : r && r->ratio ? quantity::shortest(*r->ratio) : "");
    }
    table.rows.push_back(std::move(row));
  }
  return with_own_names(std::move(table), comparison);
}

std::string ranking_text(const Comparison& comparison, const ask::Ranking& ranking,
                         const std::vector<std::string>& left_out, std::size_t limit,
                         const catalog::Catalog& catalog) {
  std::string out = wrapped("Work: " + comparison.rule_words, page_width, 0);
  for (const auto& group : ranking.groups) {
    if (ranking.groups.size() > 1) out += '\n' + group.label;
    out += '\n';
    Table table{{{"", Align::right},
                 {"place"},
                 {"name"},
                 {"CO2e", Align::right},
                 {"intensity", Align::right},
                 {"year", Align::right},
                 {"boundary"},
                 {"PUE", Align::right},
                 {"over best", Align::right}},
                {}};
    const bool chosen = !ranking.chosen.empty();
    if (chosen) table.columns.push_back({"over " + ranking.chosen, Align::right});
    table.columns.push_back({"source"});
    std::size_t skipped = 0;
    for (std::size_t i = 0; i < group.places.size(); ++i) {
      const auto& place = group.places[i];
      const Compared& c = comparison.runs[place.run];
      if (limit > 0 && i >= limit && place.id != ranking.chosen && i + 1 < group.places.size()) {
        ++skipped;
        continue;
      }
      if (skipped > 0) {
        std::vector<std::string> gap(table.columns.size());
        gap[1] = "… " + std::to_string(skipped) + " more";
        table.rows.push_back(std::move(gap));
        skipped = 0;
      }
      std::vector<std::string> row{std::to_string(i + 1),
                                   place.id,
                                   place.name,
                                   shown(c.result.operational_location),
                                   shown(c.run.inputs.ci()),
                                   place.intensity.year ? std::to_string(*place.intensity.year) : "",
                                   place.intensity.boundary,
                                   c.run.inputs.pue() ? significant(c.run.inputs.pue()->coherent()) : "",
                                   place.over_best ? significant(*place.over_best) : ""};
      if (chosen) row.push_back(place.over_chosen ? significant(*place.over_chosen) : "");
      row.push_back(place.intensity.source);
      table.rows.push_back(std::move(row));
    }
    out += text(table);
    if (group.places.size() > 1 && group.places.back().over_best)
      out += "The last of " + std::to_string(group.places.size()) + " places emits " +
             significant(*group.places.back().over_best) + " times what the first does.\n";
  }
  if (!left_out.empty()) {
    out += '\n' + std::to_string(left_out.size()) + (left_out.size() == 1 ? " place has" : " places have") +
           " no data for this:\n";
    constexpr std::size_t most = 3;
    for (std::size_t i = 0; i < left_out.size() && i < most; ++i) out += wrapped(left_out[i], page_width, 2);
    if (left_out.size() > most)
      out += "  … and " + std::to_string(left_out.size() - most) + " more (--json lists them)\n";
  }
  return out + sources_text(comparison, catalog);
}

Table ranking_table(const Comparison& comparison, const ask::Ranking& ranking) {
  Table table;
  add_run_columns(table, comparison);
  for (const char* name : {"place", "name", "intensity_g_per_kwh", "year", "boundary", "source", "pue",
                           "over_best", "over_chosen"})
    table.columns.push_back({name});
  bool head = true;
  for (const auto& group : ranking.groups) {
    for (const auto& place : group.places) {
      const Compared& c = comparison.runs[place.run];
      std::vector<std::string> row;
      add_run_cells(row, c);
      const auto number = [](const std::optional<double>& x) {
        return x ? quantity::shortest(*x) : std::string{};
      };
      row.push_back(place.id);
      row.push_back(place.name);
      row.push_back(c.run.inputs.ci()
                        ? quantity::shortest(quantity::to_unit(c.run.inputs.ci()->coherent(), "g/kWh"))
                        : "");
      row.push_back(place.intensity.year ? std::to_string(*place.intensity.year) : "");
      row.push_back(place.intensity.boundary);
      row.push_back(place.intensity.source);
      row.push_back(c.run.inputs.pue() ? quantity::shortest(c.run.inputs.pue()->coherent()) : "");
      row.push_back(number(place.over_best));
      row.push_back(number(place.over_chosen));
      add_results(table, row, c, head);
      head = false;
      table.rows.push_back(std::move(row));
    }
  }
  return with_own_names(std::move(table), comparison);
}

}  // namespace kwhatif::report
