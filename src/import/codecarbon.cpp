// CodeCarbon's emissions.csv, of every version since 1.0: columns by name, never by place.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::imports {

namespace {

using Row = TextTable::Row;

struct TrackedRun {
  std::string id;
  const Row* row = nullptr;
  std::size_t number = 0;   ///< of its last row, from 1
  std::size_t flushes = 1;  ///< rows, of which the last counts
  double energy = 0;        ///< [kWh] as printed
  double duration = 0;
  double pue = 1;
  std::optional<double> end = {};
};

std::string shown(const TextTable& table, const TrackedRun& run) {
  std::string out = "row " + std::to_string(run.number) + " (line " + std::to_string(run.row->line) + "): ";
  const auto project = table.cell(*run.row, "project_name");
  if (!project.empty()) out += std::string{project} + ", ";
  if (!run.id.empty()) out += "run " + run.id.substr(0, 36) + ", ";
  return out + seconds_in_words(run.duration) + ", " + quantity::significant(run.energy) + " kWh";
}

// Rows of one run id are what it had used so far.
std::vector<TrackedRun> runs_of(Measurement& into, const TextTable& table) {
  const std::string_view id_column = table.column("run_id") ? "run_id" : "experiment_id";
  std::vector<TrackedRun> out;
  std::size_t number = 0;
  std::vector<std::string> unread;
  for (const Row& row : table.rows) {
    ++number;
    const auto energy = table.number(row, "energy_consumed");
    const auto duration = table.number(row, "duration");
    if (!energy || !duration || *energy < 0 || *duration < 0) {
      unread.push_back(std::to_string(row.line));
      continue;
    }
    TrackedRun run{.id = std::string{table.cell(row, id_column)},
                   .row = &row,
                   .number = number,
                   .energy = *energy,
                   .duration = *duration};
    const auto pue = table.number(row, "pue");
    if (pue && *pue >= 1) run.pue = *pue;
    run.end = find_stamp(table.cell(row, "timestamp"));
    const auto same =
        std::ranges::find_if(out, [&](const TrackedRun& r) { return !r.id.empty() && r.id == run.id; });
    if (same == out.end()) {
      out.push_back(run);
      continue;
    }
    run.flushes = same->flushes + 1;
    if (run.energy < same->energy)
      warn(into, "energy-goes-back",
           "line " + std::to_string(row.line) + ": run " + run.id.substr(0, 36) +
               " has less energy than in a row before it",
           "rows of one run are sums so far; the last one was taken");
    *same = run;
  }
  if (!unread.empty())
    warn(into, "odd-row",
         counted(unread.size(), "row") + " (line " + diag::listed(unread) +
             ") without an energy or a duration, skipped");
  return out;
}

bool same_host(const TextTable& table, const Row& a, const Row& b) {
  for (const std::string_view column : {"cpu_model", "gpu_model", "gpu_count", "ram_total_size", "os"}) {
    if (table.cell(a, column) != table.cell(b, column)) return false;
  }
  return true;
}

// Whether two runs lie in the same time on the same host: ranks of one training, each of which counted all.
bool are_ranks(const TextTable& table, const TrackedRun& a, const TrackedRun& b) {
  if (!a.end || !b.end || table.cell(*a.row, "tracking_mode") == "process" ||
      !same_host(table, *a.row, *b.row))
    return false;
  const double from = std::max(*a.end - a.duration, *b.end - b.duration);
  const double to = std::min(*a.end, *b.end);
  constexpr double most = 0.8;
  return to - from > most * std::max(a.duration, b.duration);
}

[[noreturn]] void ask_which(const TextTable& table, const std::vector<TrackedRun>& runs) {
  constexpr std::size_t listed = 8;
  std::string list;
  for (std::size_t i = 0; i < runs.size() && i < listed; ++i)
    list += (i == 0 ? "" : "; ") + shown(table, runs[i]);
  if (runs.size() > listed) list += "; and " + std::to_string(runs.size() - listed) + " more";
  diag::refuse("several-runs", "the file holds " + counted(runs.size(), "run") + ": " + list, {},
               "choose one with --row N, --run-id ID or --project NAME, or add them up with --sum");
}

std::vector<TrackedRun> chosen(const TextTable& table, std::vector<TrackedRun> runs, const Choice& choice) {
  if (choice.row) {
    std::erase_if(runs, [&](const TrackedRun& run) { return run.number != *choice.row; });
    if (runs.empty())
      diag::refuse("unknown-run", "no run ends in row " + std::to_string(*choice.row), {},
                   "rows are counted from 1 below the head; of several rows of one run the last counts");
  }
  if (!choice.run_id.empty()) {
    std::erase_if(runs, [&](const TrackedRun& run) { return !run.id.starts_with(choice.run_id); });
    if (runs.empty())
      diag::refuse("unknown-run", "no run id begins with '" + choice.run_id.substr(0, 60) + "'", {});
  }
  if (!choice.project.empty()) {
    std::erase_if(
        runs, [&](const TrackedRun& run) { return table.cell(*run.row, "project_name") != choice.project; });
    if (runs.empty())
      diag::refuse("unknown-run", "no run of project '" + choice.project.substr(0, 60) + "'", {});
  }
  return runs;
}

void add_hardware(Measurement& into, const TextTable& table, const Row& row) {
  const std::string_view model = table.cell(row, "gpu_model");
  const auto count = table.number(row, "gpu_count");
  const auto times = model.find(" x ");
  std::string_view name = model;
  std::optional<double> in_name;
  if (times != std::string_view::npos) {
    in_name = number(model.substr(0, times));
    if (in_name) name = model.substr(times + 3);
  }
  if (!name.empty()) {
    Finding& f = found(into, Measure::device, std::string{name}, "gpu_model", row.line);
    if (contains(name, " x ")) f.doubt = "several kinds of devices";
    const auto n = count ? count : in_name;
    if (n && *n >= 1) found(into, Measure::count, *n, count ? "gpu_count" : "gpu_model", row.line);
  } else if (const auto cpu = table.cell(row, "cpu_model"); !cpu.empty()) {
    Finding& f = found(into, Measure::device, std::string{cpu}, "cpu_model", row.line);
    f.note = "no GPU in the row: the processor did the work";
    if (const auto n = table.number(row, "cpu_count"))
      leave(into, "cpu_count " + in_digits(*n), "logical processors, not sockets", row.line);
  }
}

void add_place(Measurement& into, const TextTable& table, const Row& row) {
  if (const auto code = table.cell(row, "country_iso_code"); !code.empty())
    found(into, Measure::country, std::string{code}, "country_iso_code", row.line);
  const auto provider = table.cell(row, "cloud_provider");
  const auto region = table.cell(row, "cloud_region");
  if (!provider.empty() && !region.empty())
    found(into, Measure::region, std::string{provider} + ':' + std::string{region},
          "cloud_provider, cloud_region", row.line);
  if (const auto name = table.cell(row, "region"); !name.empty())
    leave(into, "region '" + std::string{name} + "'", "a name, which is no key of a table", row.line);
}

void add_energy(Measurement& into, const TextTable& table, const std::vector<TrackedRun>& runs) {
  double it = 0;
  double printed = 0;
  double duration = 0;
  double boards = 0;
  int first = 0;
  int last = 0;
  for (const TrackedRun& run : runs) {
    it += run.energy / run.pue;
    printed += run.energy;
    duration += run.duration;
    boards += table.number(*run.row, "gpu_energy").value_or(0) / run.pue;
    first = first == 0 ? run.row->line : std::min(first, run.row->line);
    last = std::max(last, run.row->line);
  }
  const TrackedRun& run = runs.back();
  const std::string sum = runs.size() > 1 ? "sum of " + counted(runs.size(), "run") : std::string{};
  Finding& time = found(into, Measure::wall_time, duration, sum.empty() ? "duration" : sum, first, last);
  if (!sum.empty()) time.note = "as if one ran after the other";
  const bool with_pue = printed > it;
  Finding& energy =
      found(into, Measure::energy, it,
            sum.empty() ? with_pue ? "energy_consumed / pue" : "energy_consumed" : sum, first, last);
  energy.boundary = Boundary::components;
  energy.note = "GPU, CPU and memory, as read or assumed by CodeCarbon; no fans, power supplies and disks";
  if (with_pue) {
    energy.note = quantity::significant(printed, 4) + " kWh are printed, a PUE of " +
                  quantity::shortest(run.pue) + " inside; " + energy.note;
    found(into, Measure::pue, run.pue, "pue", run.row->line);
  }
  const Finding* const count = into.find(Measure::count);
  constexpr double joules_per_kwh = 3.6e6;
  if (boards > 0 && duration > 0 && count != nullptr) {
    Finding& power =
        found(into, Measure::accelerator_power, boards * joules_per_kwh / duration / count->value,
              with_pue ? "gpu_energy / pue / duration / gpu_count" : "gpu_energy / duration / gpu_count",
              first, last);
    power.boundary = Boundary::accelerator;
  }
  double emissions = 0;
  for (const TrackedRun& r : runs) emissions += table.number(*r.row, "emissions").value_or(0);
  if (emissions > 0) {
    found(into, Measure::emissions, emissions, sum.empty() ? "emissions" : sum, first, last);
    constexpr double grams = 1000;
    if (printed > 0) {
      Finding& ci = found(into, Measure::carbon_intensity, emissions * grams / printed,
                          "emissions / energy_consumed", first, last);
      ci.doubt = "from CodeCarbon's own tables, not measured";
    }
  }
  double parts = 0;
  for (const std::string_view column : {"cpu_energy", "gpu_energy", "ram_energy"})
    parts += table.number(*run.row, column).value_or(0);
  constexpr double slack = 0.02;
  if (table.column("ram_energy") && std::abs(parts - run.energy) > slack * run.energy)
    warn(into, "odd-row",
         "line " + std::to_string(run.row->line) + ": energies of CPU, GPU and memory make " +
             quantity::significant(parts, 4) + " kWh, energy_consumed is " +
             quantity::significant(run.energy, 4) + " kWh",
         "fields of a row that lost one shift to the left; compare it with the head");
}

}  // namespace

std::optional<Measurement> read_codecarbon(const Input& input) {
  const auto heads = heads_of(input.text);
  const auto has = [&](std::string_view name) { return std::ranges::find(heads, name) != heads.end(); };
  if (!has("energy_consumed") || !has("duration") || !has("emissions")) return std::nullopt;
  const TextTable table = read_table(input.text);
  Measurement out;
  out.form = "codecarbon-csv";
  out.name = "CodeCarbon emissions.csv";
  out.tool = "CodeCarbon";
  say_short(out, table);
  auto all = runs_of(out, table);
  if (all.empty())
    no_values("CodeCarbon's file has no row with an energy and a duration",
              "the tracker writes one when it stops or flushes");
  const std::size_t in_file = all.size();
  auto runs = chosen(table, std::move(all), input.choice);
  if (runs.size() > 1) {
    // ranks that counted the same host: once
    const bool ranks =
        std::ranges::all_of(runs, [&](const TrackedRun& run) { return are_ranks(table, runs.front(), run); });
    if (ranks) {
      const auto most = *std::ranges::max_element(runs, {}, &TrackedRun::energy);
      warn(out, "counted-once",
           counted(runs.size(), "run") +
               " on one host at the same time: ranks of one training, each of which counted the whole host; "
               "the one with the most energy was taken (row " +
               std::to_string(most.number) + ")",
           "where they are trainings of their own on devices of their own, choose one with --row or add them "
           "up with --sum");
      if (!input.choice.sum) runs = {most};
    } else if (!input.choice.sum) {
      ask_which(table, runs);
    }
  }
  const TrackedRun& run = runs.back();
  out.version = table.cell(*run.row, "codecarbon_version");
  out.read = counted(table.rows.size(), "row") + ", " + counted(in_file, "run");
  if (run.flushes > 1) {
    out.read += "; the last of " + counted(run.flushes, "row") + " of a run";
    leave(out, counted(run.flushes - 1, "row") + " of the same run",
          "sums so far; the last row holds all of it");
  }
  add_hardware(out, table, *run.row);
  add_place(out, table, *run.row);
  add_energy(out, table, runs);
  if (table.column("cpu_power"))
    leave(out, "cpu_power, gpu_power, ram_power",
          "the last readings, no means; before August 2026 without the PUE that is in the energies",
          run.row->line);
  if (table.cell(*run.row, "tracking_mode") == "machine" && out.find(Measure::count) != nullptr)
    leave(out, "tracking_mode machine", "whatever else ran on the machine is in the energy", run.row->line);
  if (run.end && runs.size() == 1) out.clock = Clock{*run.end - run.duration, *run.end, false};
  return out;
}

}  // namespace kwhatif::imports
