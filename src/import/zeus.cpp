// Zeus: energy windows (CSV), the power-limit optimiser's profile (JSON), and its traces. All boards alone.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>

namespace kwhatif::imports {

namespace {

struct EnergyWindow {
  std::string name;
  double start = 0;
  double seconds = 0;
  double joules = 0;
  int line = 0;
};

constexpr double joules_per_kwh = 3.6e6;
constexpr std::string_view board_note = "the boards alone, by their energy counters; no host";

Measurement named(std::string form, std::string name) {
  Measurement out;
  out.form = std::move(form);
  out.name = std::move(name);
  out.tool = "Zeus";
  return out;
}

void add_boards(Measurement& into, double joules, double seconds, double boards, const std::string& statistic,
                int first, int last) {
  Finding& energy = found(into, Measure::energy, joules / joules_per_kwh, statistic, first, last);
  energy.boundary = Boundary::accelerator;
  energy.note = board_note;
  found(into, Measure::wall_time, seconds, statistic, first, last);
  Finding& power = found(into, Measure::accelerator_power, joules / seconds / boards,
                         "energy / time / boards", first, last);
  power.boundary = Boundary::accelerator;
  power.note = board_note;
}

std::optional<Measurement> of_windows(const Input& input, const TextTable& table) {
  std::vector<std::size_t> boards;
  for (std::size_t i = 0; i < table.heads.size(); ++i) {
    if (table.heads[i].starts_with("gpu") && table.heads[i].ends_with("_energy")) boards.push_back(i);
  }
  if (boards.empty()) return std::nullopt;
  Measurement out = named("zeus-csv", "Zeus energy windows (CSV)");
  say_short(out, table);
  std::vector<EnergyWindow> windows;
  std::size_t number = 0;
  for (const auto& row : table.rows) {
    ++number;
    EnergyWindow w{.name = std::string{table.cell(row, "window_name")}, .line = row.line};
    const auto start = table.number(row, "start_time");
    const auto seconds = table.number(row, "elapsed_time");
    if (!start || !seconds || !(*seconds > 0)) continue;
    w.start = *start;
    w.seconds = *seconds;
    for (const std::size_t at : boards) w.joules += imports::number(row.cells[at]).value_or(0);
    if (input.choice.row && *input.choice.row != number) continue;
    if (!input.choice.run_id.empty() && w.name != input.choice.run_id) continue;
    windows.push_back(std::move(w));
  }
  if (windows.empty())
    no_values("no window of the Zeus file is meant, or none has a time",
              "--run-id takes a window_name, --row counts from 1");
  // windows can lie in one another (epoch, step): the outermost count
  std::ranges::sort(windows, [](const EnergyWindow& a, const EnergyWindow& b) {
    return a.start != b.start ? a.start < b.start : a.seconds > b.seconds;
  });
  std::vector<EnergyWindow> outer;
  std::size_t inner = 0;
  for (const EnergyWindow& w : windows) {
    constexpr double slack = 0.001;
    if (!outer.empty() && w.start + slack < outer.back().start + outer.back().seconds) {
      ++inner;
      continue;
    }
    outer.push_back(w);
  }
  double joules = 0;
  double seconds = 0;
  int first = outer.front().line;
  int last = 0;
  bool one_name = true;
  bool limits = false;
  for (const EnergyWindow& w : outer) {
    joules += w.joules;
    seconds += w.seconds;
    first = std::min(first, w.line);
    last = std::max(last, w.line);
    one_name = one_name && w.name == outer.front().name;
    limits = limits || contains(w.name, "PowerLimit");
  }
  const std::string statistic =
      outer.size() == 1 ? "window '" + outer.front().name + "'" : "sum of " + counted(outer.size(), "window");
  found(out, Measure::count, static_cast<double>(boards.size()), "columns gpuN_energy", 1);
  add_boards(out, joules, seconds, static_cast<double>(boards.size()), statistic, first, last);
  out.read = counted(table.rows.size(), "window") + ", " + counted(boards.size(), "board");
  if (inner > 0) leave(out, counted(inner, "window"), "they lie inside others that are counted");
  if (limits && !one_name) {
    for (Finding& f : out.findings) {
      if (f.measure == Measure::accelerator_power || f.measure == Measure::energy)
        f.doubt = "windows at several power limits: choose one with --run-id NAME or --row N";
    }
    warn(out, "several-limits", "the windows are those of a search over power limits: their mean is no run's",
         "choose one with --run-id, for example --run-id " + outer.front().name);
  }
  return out;
}

[[noreturn]] void ask_row(const std::string& what, const std::string& list) {
  diag::refuse("several-runs", "the file holds " + what + ": " + list, {}, "choose one with --row N");
}

std::optional<Measurement> of_trace(const Input& input, const TextTable& table) {
  if (!table.column("average_power") || !table.column("time_per_epoch")) return std::nullopt;
  std::string list;
  std::size_t number = 0;
  const TextTable::Row* chosen = nullptr;
  for (const auto& row : table.rows) {
    ++number;
    constexpr std::size_t shown = 8;
    if (number <= shown)
      list += (number == 1 ? "" : "; ") + std::string{"row "} + std::to_string(number) + ": " +
              std::string{table.cell(row, "network")} + ", batch " +
              std::string{table.cell(row, "batch_size")} + ", limit " +
              std::string{table.cell(row, "power_limit")} + " W";
    if (table.rows.size() == 1 || input.choice.row == number) chosen = &row;
  }
  if (table.rows.empty()) no_values("a Zeus trace without a row", "");
  if (chosen == nullptr) ask_row(counted(table.rows.size(), "run") + " of a Zeus trace", list);
  Measurement out = named("zeus-trace", "Zeus trace (CSV)");
  out.read =
      "row " + std::to_string(chosen - table.rows.data() + 1) + " of " + std::to_string(table.rows.size());
  const int line = chosen->line;
  if (const auto watts = table.number(*chosen, "average_power"); watts && *watts > 0) {
    Finding& f = found(out, Measure::accelerator_power, *watts, "average_power", line);
    f.boundary = Boundary::accelerator;
    f.note = board_note;
  }
  if (const auto time = table.number(*chosen, "time_per_epoch"); time && *time > 0) {
    found(out, Measure::wall_time, *time, "time_per_epoch: one epoch", line);
    found(out, Measure::epochs, 1.0, "the row is one epoch", line);
  }
  if (const auto batch = table.number(*chosen, "batch_size"); batch && *batch > 0)
    found(out, Measure::batch_samples, *batch, "batch_size", line);
  leave(out,
        "network '" + std::string{table.cell(*chosen, "network")} + "', dataset '" +
            std::string{table.cell(*chosen, "dataset")} + "'",
        "names that no table has", line);
  return out;
}

}  // namespace

std::optional<Measurement> read_zeus(const Input& input) {
  for (const JsonValue& document : input.json) {
    const JsonValue* const list = document.find("measurements");
    if (list == nullptr || !list->is_array() || list->items.empty() ||
        !list->items.front().number_of("power_limit"))
      continue;
    std::string rows;
    const JsonValue* chosen = list->items.size() == 1 ? &list->items.front() : nullptr;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      const JsonValue& item = list->items[i];
      rows += (i == 0 ? "" : "; ") + std::string{"row "} + std::to_string(i + 1) + ": limit " +
              quantity::significant(item.number_of("power_limit").value_or(0)) + " W";
      if (input.choice.row == i + 1) chosen = &item;
    }
    if (chosen == nullptr) ask_row("the profile of " + counted(list->items.size(), "power limit"), rows);
    const auto joules = chosen->number_of("energy");
    const auto seconds = chosen->number_of("time");
    if (!joules || !seconds || !(*seconds > 0)) no_values("a profile of Zeus without energy and time", "");
    Measurement out = named("zeus-profile", "Zeus power-limit profile (JSON)");
    out.read = "one power limit";
    add_boards(out, *joules, *seconds, 1, "energy and time of the profile", chosen->line, chosen->line);
    out.findings.back().note = "of all boards that were measured together";
    return out;
  }
  const auto heads = heads_of(input.text);
  const auto has = [&](std::string_view name) { return std::ranges::find(heads, name) != heads.end(); };
  if (!(has("window_name") && has("elapsed_time")) && !(has("average_power") && has("time_per_epoch")))
    return std::nullopt;
  const TextTable table = read_table(input.text);
  if (auto windows = of_windows(input, table)) return windows;
  return of_trace(input, table);
}

}  // namespace kwhatif::imports
