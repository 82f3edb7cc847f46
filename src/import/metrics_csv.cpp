// Metrics that a logger wrote as CSV: Lightning, TensorBoard's and Weights & Biases' exports.
#include "forms.hpp"
#include "steps.hpp"
#include "text.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::imports {

namespace {

struct MetricsForm {
  std::string_view id, name, tool;
};

std::optional<std::size_t> first_of(const TextTable& table, std::initializer_list<std::string_view> heads) {
  for (const std::string_view head : heads) {
    if (const auto at = table.column(head)) return at;
  }
  return std::nullopt;
}

std::optional<double> cell(const TextTable::Row& row, std::optional<std::size_t> at) {
  return at && *at < row.cells.size() ? number(row.cells[*at]) : std::nullopt;
}

MetricsForm form_of(const TextTable& table) {
  if (table.column("wall time") && table.column("step") && table.column("value"))
    return {"tensorboard-csv", "TensorBoard export (CSV)", "TensorBoard"};
  if (table.column("_step") || table.column("_runtime"))
    return {"wandb-csv", "Weights & Biases history (CSV)", "Weights & Biases"};
  return {"metrics-csv", "metrics.csv of Lightning or another logger", ""};
}

// Rates by what a column's name ends with; "device" in it means one device.
struct RateColumn {
  std::string_view ending;
  Measure device, all;
};
constexpr std::array rate_columns{
    RateColumn{"tokens_per_sec", Measure::tokens_per_second, Measure::total_tokens_per_second},
    RateColumn{"tokens_per_second", Measure::tokens_per_second, Measure::total_tokens_per_second},
    RateColumn{"tokens_per_second_per_gpu", Measure::tokens_per_second, Measure::tokens_per_second},
    RateColumn{"tokens_per_sec_per_gpu", Measure::tokens_per_second, Measure::tokens_per_second},
    RateColumn{"samples_per_sec", Measure::samples_per_second, Measure::total_samples_per_second},
    RateColumn{"samples_per_second", Measure::samples_per_second, Measure::total_samples_per_second},
    RateColumn{"items_per_sec", Measure::samples_per_second, Measure::total_samples_per_second},
};

void add_rate_columns(Measurement& out, const TextTable& table) {
  for (std::size_t i = 0; i < table.heads.size(); ++i) {
    const std::string& head = table.heads[i];
    for (const RateColumn& column : rate_columns) {
      if (!head.ends_with(column.ending) || contains(head, "eval") || contains(head, "val")) continue;
      std::vector<StepReport> reports;
      for (const auto& row : table.rows) {
        if (const auto n = cell(row, i); n && *n > 0) reports.push_back({.value = *n, .line = row.line});
      }
      const Measure measure = contains(head, "device") || contains(head, "gpu") ? column.device : column.all;
      const auto rate = step_statistic(reports, Better::high);
      if (!rate || out.find(measure) != nullptr) break;
      found(out, measure, rate->stepping, rate->words("value") + " of column " + head, rate->line_first,
            rate->line_last);
      break;
    }
  }
}

void add_step_times(Measurement& out, const TextTable& table, std::size_t step, std::size_t time) {
  std::vector<StepReport> times;
  std::optional<double> last_step, last_time, first_time;
  int first_line = 0;
  int last_line = 0;
  double most_steps = 0;
  for (const auto& row : table.rows) {
    const auto s = cell(row, step);
    const auto t = cell(row, time);
    if (!s || !t) continue;
    if (!first_time) {
      first_time = t;
      first_line = row.line;
    }
    if (last_step && *s > *last_step && *t > *last_time)
      times.push_back({(*t - *last_time) / (*s - *last_step), *s - *last_step, row.line});
    if (!last_step || *s > *last_step) {
      last_step = s;
      last_time = t;
      last_line = row.line;
      most_steps = std::max(most_steps, *s);
    }
  }
  if (const auto statistic = step_statistic(times, Better::low)) {
    Finding& f = found(out, Measure::step_time, statistic->stepping, statistic->words("difference"),
                       statistic->line_first, statistic->line_last);
    f.note = "a step as the logger counts it";
    found(out, Measure::step_time_overall, statistic->overall, "mean, interruptions in it",
          statistic->line_first, statistic->line_last)
        .doubt = "the rate in all; the step time above is that while stepping";
  }
  if (most_steps > 0)
    found(out, Measure::steps, most_steps, "last value of column " + table.heads[step], last_line);
  if (first_time && last_time && *last_time > *first_time) {
    found(out, Measure::wall_time, *last_time - *first_time, "from the first to the last row", first_line,
          last_line);
    constexpr double since_2001 = 1e9;
    if (*first_time > since_2001) out.clock = Clock{*first_time, *last_time, true};
  }
}

// "system.gpu.0.powerWatts" of a system export.
void add_board_columns(Measurement& out, const TextTable& table, std::optional<std::size_t> time) {
  for (std::size_t i = 0; i < table.heads.size(); ++i) {
    const std::string& head = table.heads[i];
    if (!contains(head, "powerwatts") || !contains(head, "gpu")) continue;
    const auto n = number_after(head, "gpu.");
    for (const auto& row : table.rows) {
      const auto watts = cell(row, i);
      const auto at = time ? cell(row, time) : std::optional<double>{0.0};
      if (watts && at && *watts >= 0)
        out.readings.push_back({.time = *at,
                                .watts = *watts,
                                .device = static_cast<std::uint16_t>(n.value_or(0)),
                                .line = row.line});
    }
  }
  if (out.readings.empty()) return;
  out.timed = time.has_value();
  Measurement power;
  power.readings = out.readings;
  power.timed = out.timed;
  add_readings(power);
  for (const Finding& f : power.findings) {
    if (f.measure != Measure::wall_time || out.find(Measure::wall_time) == nullptr) out.findings.push_back(f);
  }
  out.left.insert(out.left.end(), power.left.begin(), power.left.end());
}

}  // namespace

std::optional<Measurement> read_metrics_csv(const Input& input) {
  const auto heads = heads_of(input.text);
  const auto has = [&](std::string_view part) {
    return std::ranges::any_of(heads, [&](const std::string& h) { return contains(h, part); });
  };
  const auto is = [&](std::string_view name) { return std::ranges::find(heads, name) != heads.end(); };
  constexpr std::size_t least = 2;
  const bool steps = is("step") || is("_step") || is("epoch") || is("global_step") ||
                     is("trainer/global_step") || is("train/global_step");
  const bool times = is("wall time") || is("_runtime") || is("_timestamp") || is("relative time (process)") ||
                     is("time") || has("per_sec") || has("powerwatts");
  if (heads.size() < least || (!steps && !times) ||
      (!has("loss") && !is("value") && !is("_step") && !has("per_sec") && !has("powerwatts") &&
       !has("train")))
    return std::nullopt;
  const TextTable table = read_table(input.text);
  const MetricsForm form = form_of(table);
  Measurement out;
  out.form = form.id;
  out.name = form.name;
  out.tool = form.tool;
  say_short(out, table);
  const auto step =
      first_of(table, {"trainer/global_step", "train/global_step", "global_step", "step", "_step", "epoch"});
  const auto time = first_of(table, {"_timestamp", "wall time", "_runtime", "relative time (process)",
                                     "train/time", "train|time", "time"});
  if (step && time) add_step_times(out, table, *step, *time);
  if (step && table.heads[*step] == "epoch") {
    for (Finding& f : out.findings) {
      if (f.measure == Measure::step_time || f.measure == Measure::step_time_overall)
        f.doubt = "the time of an epoch, not of a step";
      if (f.measure == Measure::steps) f.measure = Measure::epochs;
    }
  }
  add_rate_columns(out, table);
  add_board_columns(out, table, time);
  out.read = counted(table.rows.size(), "row");
  if (out.findings.empty() || (out.findings.size() == 1 && out.find(Measure::steps) != nullptr))
    no_values("metrics without times: " + std::to_string(table.rows.size()) + " rows of " +
                  std::to_string(table.heads.size()) + " columns, none of them a time or a rate",
              "Lightning writes rates with the callback ThroughputMonitor; TensorBoard's export has a column "
              "Wall time");
  return out;
}

}  // namespace kwhatif::imports
