// What a sweep found, for people.
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/sweep.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using grid::Reduce;

namespace {

std::optional<std::size_t> slot_of(std::string_view key) {
  for (std::size_t s = 0; s < run::slot_count; ++s) {
    if (run::slot_table[s].key == key) return s;
  }
  return std::nullopt;
}

Table group_table(const grid::Space& space, const SweepAnswer& answer, bool machine) {
  Table table;
  for (const std::size_t a : answer.group_axes)
    table.columns.push_back({machine ? space.axes()[a].column() : space.axes()[a].name});
  const auto value = [&](double v) {
    if (!machine) return shown(answer.by, v);
    return std::isnan(v) ? std::string{} : quantity::shortest(grid::machine_value(answer.by, v));
  };
  const std::string key{grid::result_info(answer.by).json_key};
  const std::string label{grid::result_info(answer.by).label};
  const auto head = [&](const std::string& word) {
    table.columns.push_back({machine ? word + '_' + key : word, Align::right});
  };
  const bool ranked = answer.reduce == Reduce::min || answer.reduce == Reduce::max;
  if (ranked) {
    table.columns.push_back({machine ? (answer.reduce == Reduce::min ? "min_" : "max_") + key
                                     : (answer.reduce == Reduce::min ? "least " : "most ") + label,
                             Align::right});
    for (std::size_t a = 0; a < space.axes().size(); ++a) {
      if (std::find(answer.group_axes.begin(), answer.group_axes.end(), a) == answer.group_axes.end())
        table.columns.push_back({machine ? space.axes()[a].column() : space.axes()[a].name, Align::right});
    }
    table.columns.push_back({"row", Align::right});
  } else if (answer.reduce == Reduce::mean) {
    head("mean");
  } else {
    for (const char* word : {"p05", "p25", "p50", "p75", "p95"}) head(word);
  }
  table.columns.push_back({"rows", Align::right});
  for (const auto& line : answer.groups) {
    std::vector<std::string> cells;
    for (std::size_t k = 0; k < answer.group_axes.size(); ++k) {
      const auto& axis = space.axes()[answer.group_axes[k]];
      cells.push_back(machine && axis.numeric() ? quantity::shortest(axis.machine(line.indices[k]))
                                                : axis.shown(line.indices[k]));
    }
    if (ranked) {
      cells.push_back(value(line.group.best.value));
      const auto at = space.indices(line.group.best.row);
      for (std::size_t a = 0; a < space.axes().size(); ++a) {
        if (std::find(answer.group_axes.begin(), answer.group_axes.end(), a) != answer.group_axes.end())
          continue;
        const auto& axis = space.axes()[a];
        cells.push_back(line.group.count == 0       ? ""
                        : machine && axis.numeric() ? quantity::shortest(axis.machine(at[a]))
                                                    : axis.shown(at[a]));
      }
      cells.push_back(line.group.count == 0 ? "" : std::to_string(line.group.best.row));
    } else if (answer.reduce == Reduce::mean) {
      cells.push_back(line.group.count == 0 ? value(grid::absent) : value(line.group.mean));
    } else {
      for (const double q : line.group.quantiles) cells.push_back(value(q));
    }
    cells.push_back(machine ? std::to_string(line.group.count) : grouped(line.group.count));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table row_table(const grid::Space& space, const SweepAnswer& answer, bool machine) {
  Table table;
  table.columns.push_back({"row", Align::right});
  for (const auto& axis : space.axes())
    table.columns.push_back(
        {machine ? axis.column() : axis.name, axis.numeric() ? Align::right : Align::left});
  for (const std::size_t r : answer.columns) {
    const auto info = grid::result_info(r);
    table.columns.push_back({std::string{machine ? info.json_key : info.label}, Align::right});
  }
  const bool knees =
      std::any_of(answer.rows.begin(), answer.rows.end(), [](const SweepRow& r) { return r.knee; });
  if (knees) table.columns.push_back({"knee"});
  for (const SweepRow& row : answer.rows) {
    std::vector<std::string> cells{std::to_string(row.row)};
    for (std::size_t a = 0; a < space.axes().size(); ++a) {
      const auto& axis = space.axes()[a];
      cells.push_back(machine && axis.numeric() ? quantity::shortest(axis.machine(row.indices[a]))
                                                : axis.shown(row.indices[a]));
    }
    for (const std::size_t r : answer.columns) {
      const auto v = grid::result_value(row.result, r);
      cells.push_back(!v        ? (machine ? "" : "-")
                      : machine ? quantity::shortest(grid::machine_value(r, *v))
                                : shown(r, *v));
    }
    if (knees) cells.push_back(row.knee ? (machine ? "yes" : "<- knee") : "");
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string histogram_text(const SweepAnswer& answer) {
  constexpr double bar_width = 50;
  const grid::Histogram& h = *answer.histogram;
  const std::uint64_t most = std::max<std::uint64_t>(1, *std::max_element(h.counts.begin(), h.counts.end()));
  Table table{{{"from", Align::right}, {"rows", Align::right}, {""}}, {}};
  for (std::size_t b = 0; b < h.counts.size(); ++b) {
    const auto length = static_cast<std::size_t>(
        std::ceil(bar_width * static_cast<double>(h.counts[b]) / static_cast<double>(most)));
    table.rows.push_back({shown(answer.by, h.from[b]), grouped(h.counts[b]), std::string(length, '#')});
  }
  std::string out = text(table);
  out += "lowest " + shown(answer.by, h.lowest) + ", median " + shown(answer.by, h.median) + ", highest " +
         shown(answer.by, h.highest) + "; steps are equal ratios\n";
  return out;
}

}  // namespace

SweepRow sweep_row(const grid::Space& space, std::uint64_t row) {
  SweepRow out;
  out.row = row;
  out.indices = space.indices(row);
  if (const auto inputs = space.inputs(out.indices)) out.result = run::estimate(*inputs);
  return out;
}

std::string left_out_text(const grid::Space& space) {
  constexpr std::size_t most_names = 12;
  std::string out;
  for (const auto& left : space.left_out()) {
    std::string line = std::to_string(left.count) + (left.count == 1 ? " value" : " values") + " of " +
                       space.axes()[left.axis].name + " left out, for example " + left.example;
    for (std::size_t i = 1; i < std::min(left.values.size(), most_names); ++i)
      line += (i == 1 ? "; also " : ", ") + left.values[i];
    if (left.values.size() > most_names)
      line += " and " + std::to_string(left.values.size() - most_names) + " more (--json lists them)";
    out += wrapped(line, page_width, 2);
  }
  if (const auto& unresolved = space.unresolved(); unresolved.count > 0) {
    std::string axes;
    for (const std::size_t a : unresolved.axes) axes += (axes.empty() ? "" : " x ") + space.axes()[a].name;
    out += wrapped(grouped(unresolved.count) + " of " + grouped(unresolved.of) + " combinations of " + axes +
                       " cannot be computed, for example " + unresolved.example,
                   page_width, 2);
  }
  return out;
}

std::vector<std::string> varies_with(const grid::Space& space, std::string_view input) {
  std::vector<std::string> out;
  if (const auto slot = slot_of(input)) {
    const auto& table = space.tables()[*slot];
    for (const std::size_t axis : table.axes) {
      if (table.varies_along(axis)) out.push_back(space.axes()[axis].name);
    }
  }
  return out;
}

std::string sweep_assumptions(const grid::Space& space, std::string_view see, bool left_out) {
  std::string out;
  if (left_out) out += left_out_text(space);
  std::string body;
  bool categorical = false;
  for (const auto& axis : space.axes()) categorical = categorical || !axis.numeric();
  for (const Assumption& a : ask::assumptions(space.sample())) {
    const std::string varies = diag::listed(varies_with(space, a.input));
    if (!varies.empty()) {
      body += "  " + a.input + "  varies with " + varies + "; from tables and defaults, see " +
              std::string{see} + '\n';
    } else if (slot_of(a.input) || !categorical) {
      std::string line = wrapped(a.input + "  " + shown(a) + "  " + origin_words(a.origin), page_width, 6);
      body += "  " + line.substr(6);
    }
  }
  if (!body.empty())
    out += "Assumptions (not given, so taken from tables or defaults; the same for all rows unless said)\n" +
           body;
  return out;
}

std::string explain_command(const grid::Space& space, std::uint64_t row, std::string_view run_file) {
  return explain_command(space.scenario(space.indices(row)), run_file);
}

std::string explain_command(const run::Scenario& run, std::string_view run_file) {
  // Flags alone, so that nothing of the file stands that an axis displaced; stages have no flags.
  const bool by_file = !run.stages.empty() && !run_file.empty();
  std::string out = "kwhatif explain";
  if (by_file) out += ' ' + std::string{run_file};
  for (const auto& info : run::input_table()) {
    const auto& given = run.get(info.input);
    if (!given || (by_file && !given->named.starts_with("--"))) continue;
    const bool quote = given->text.find_first_of(" \t'\"$&|;<>()*") != std::string::npos;
    out += " --" + std::string{info.flag} + ' ' + (quote ? '"' + given->text + '"' : given->text);
  }
  return diag::visible(out);
}

std::string sweep_text(const grid::Space& space, const SweepAnswer& answer, const catalog::Catalog& catalog) {
  std::string size;
  for (const auto& axis : space.axes())
    size += (size.empty() ? "" : " x ") + grouped(axis.size()) + ' ' + axis.name;
  std::string out = grouped(space.size()) + (space.size() == 1 ? " run: " : " runs: ") + size + '\n';
  for (const auto& limit : answer.limits)
    out += (&limit == answer.limits.data() ? "where " : "  and ") + limit.text + '\n';
  out += '\n';
  const bool chosen = answer.kind == "top" || answer.kind == "pareto" || answer.kind == "rows";
  const bool none = chosen && answer.rows.empty();
  if (!answer.title.empty() && !none) out += answer.title + '\n';
  if (answer.kind == "groups")
    out += text(group_table(space, answer, false));
  else if (answer.kind == "histogram")
    out += histogram_text(answer);
  else if (none)
    out += answer.limits.empty() ? "No row has what is asked for\n" : "No row meets the conditions\n";
  else
    out += text(row_table(space, answer, false));
  const std::string notes = sweep_assumptions(space);
  if (!notes.empty()) out += '\n' + notes;
  for (const std::string& line : attributions(catalog, space.sources())) out += wrapped(line, page_width, 2);
  return out;
}

Table sweep_table(const grid::Space& space, const SweepAnswer& answer) {
  if (answer.kind == "groups") return group_table(space, answer, true);
  if (answer.kind == "histogram") {
    Table table{{{"from_" + std::string{grid::result_info(answer.by).json_key}}, {"rows"}}, {}};
    const grid::Histogram& h = *answer.histogram;
    for (std::size_t b = 0; b < h.counts.size(); ++b)
      table.rows.push_back(
          {quantity::shortest(grid::machine_value(answer.by, h.from[b])), std::to_string(h.counts[b])});
    return table;
  }
  return row_table(space, answer, true);
}

}  // namespace kwhatif::report
