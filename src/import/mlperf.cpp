// MLPerf: result and power logs (:::MLLOG lines), and the log of a power meter (spl.txt of PTDaemon).
#include "forms.hpp"
#include "steps.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <map>

namespace kwhatif::imports {

namespace {

constexpr std::string_view mark = ":::MLLOG";
constexpr double per_second = 1000;

struct LoggedEvent {
  std::string key;
  double time = 0;  ///< [s]
  JsonValue value;
  JsonValue metadata;
  int line = 0;
};

std::vector<LoggedEvent> events_of(std::string_view text, std::size_t& unread) {
  std::vector<LoggedEvent> out;
  for_each_piece(text, [&](const Piece& piece) {
    const auto at = piece.text.find(mark);
    if (at == std::string_view::npos) return;
    std::optional<JsonFault> fault;
    auto documents = read_json(piece.text.substr(at + mark.size()), fault);
    if (documents.empty() || !documents.front().is_object()) {
      ++unread;
      return;
    }
    const JsonValue& document = documents.front();
    LoggedEvent event{.key = document.text_of("key"),
                      .time = document.number_of("time_ms").value_or(0) / per_second,
                      .value = {},
                      .metadata = {},
                      .line = piece.line};
    if (const auto* value = document.find("value")) event.value = *value;
    if (const auto* metadata = document.find("metadata")) event.metadata = *metadata;
    out.push_back(std::move(event));
  });
  return out;
}

// A reading holds since the one before, and the first one since the start: so MLPerf's own summary counts.
void begin_at(Measurement& out, std::optional<double> start) {
  if (!start) return;
  std::map<std::uint16_t, Reading> first;
  for (const Reading& r : out.readings) first.try_emplace(r.device, r);
  std::vector<Reading> opening;
  for (auto& [device, reading] : first) {
    if (reading.time <= *start) continue;
    reading.time = *start;
    opening.push_back(reading);
  }
  out.readings.insert(out.readings.begin(), opening.begin(), opening.end());
}

void add_power_events(Measurement& out, const std::vector<LoggedEvent>& events) {
  std::map<std::string, std::uint16_t, std::less<>> hosts;
  double efficiency = 1;
  std::optional<double> from, to;
  for (const LoggedEvent& event : events) {
    if (event.key == "conversion_eff") efficiency = event.value.as_number().value_or(1);
    if (event.key == "power_measurement_start") from = event.time;
    if (event.key == "power_measurement_stop") to = event.time;
    if (event.key == "interconnect_power_est")
      leave(out, "interconnect_power_est", "of the network's switches, not of the nodes", event.line);
  }
  for (const LoggedEvent& event : events) {
    if (event.key != "power_reading" || (from && event.time < *from) || (to && event.time > *to)) continue;
    const auto watts = event.value.as_number();
    if (!watts || *watts < 0) continue;
    const auto host =
        hosts.try_emplace(event.metadata.text_of("host"), static_cast<std::uint16_t>(hosts.size()))
            .first->second;
    out.readings.push_back(
        {.time = event.time, .watts = *watts * efficiency, .device = host, .line = event.line});
  }
  if (out.readings.empty()) return;
  begin_at(out, from);
  if (from && !to)
    warn(out, "no-stop", "power_measurement_stop is missing: the last reading ends the record");
  if (!from && to)
    warn(out, "no-start", "power_measurement_start is missing: the first reading begins the record");
  out.form = "mlperf-power";
  out.name = "MLPerf power log";
  out.readings_of = Boundary::node;
  add_readings(out);
  for (Finding& f : out.findings) {
    if (f.measure != Measure::total_power && f.measure != Measure::energy) continue;
    f.value *= static_cast<double>(hosts.size());
    if (hosts.size() > 1) f.statistic += "; sum of " + counted(hosts.size(), "node");
    f.note = "the nodes at their plugs; no cooling and no storage elsewhere";
  }
  found(out, Measure::nodes, static_cast<double>(hosts.size()), "hosts with readings",
        out.readings.front().line);
}

}  // namespace

std::optional<Measurement> read_mllog(const Input& input) {
  if (!contains(input.text, mark)) return std::nullopt;
  std::size_t unread = 0;
  const auto events = events_of(input.text, unread);
  if (events.empty())
    no_values("lines with :::MLLOG, none of which is readable", "each line is :::MLLOG and a JSON object");
  Measurement out;
  out.form = "mlperf-result";
  out.name = "MLPerf training result log";
  out.tool = "MLPerf";
  out.read = counted(events.size(), "event");
  if (unread > 0) leave(out, counted(unread, "line"), "no JSON object behind :::MLLOG");
  std::optional<double> start, stop;
  int start_line = 0;
  int stop_line = 0;
  std::vector<StepReport> rates;
  std::vector<StepReport> times;
  double samples = 0;
  int samples_line = 0;
  const auto once = [&](const LoggedEvent& event, std::string_view key, Measure measure) {
    if (event.key != key || out.find(measure) != nullptr) return;
    if (const auto n = event.value.as_number(); n && *n > 0)
      found(out, measure, *n, std::string{key}, event.line);
  };
  for (const LoggedEvent& event : events) {
    if (event.key == "run_start" && !start) {
      start = event.time;
      start_line = event.line;
    }
    if (event.key == "run_stop") {
      stop = event.time;
      stop_line = event.line;
      if (event.metadata.text_of("status") == "aborted")
        warn(out, "aborted", "the run was aborted: it did not reach its target");
    }
    once(event, "global_batch_size", Measure::batch_samples);
    once(event, "max_sequence_length", Measure::sequence_length);
    once(event, "number_of_nodes", Measure::nodes);
    if (event.key == "submission_benchmark" || event.key == "submission_platform")
      leave(out, event.key + " '" + event.value.text + "'",
            event.key == "submission_platform" ? "how many devices of which kind stands in it only for people"
                                               : "a name of MLPerf",
            event.line);
    if (event.key == "tracked_stats") {
      if (const auto n = event.value.number_of("throughput"); n && *n > 0)
        rates.push_back({.value = *n, .line = event.line});
      if (const auto n = event.value.number_of("train_step_time"); n && *n > 0)
        times.push_back({.value = *n, .line = event.line});
    }
    for (const std::string_view key : {"samples_count", "epoch_num"}) {
      const auto n = event.metadata.number_of(key);
      if (n && key == "samples_count" && *n > samples) {
        samples = *n;
        samples_line = event.line;
      }
    }
    if (event.key == "trained_samples" || event.key == "train_samples") {
      const auto n = event.value.as_number();
      if (n && event.key == "trained_samples") {
        samples = std::max(samples, *n);
        samples_line = event.line;
      } else if (n) {
        leave(out, "train_samples " + in_digits(*n), "the size of the data set", event.line);
      }
    }
  }
  add_power_events(out, events);
  if (start && stop && *stop > *start) {
    found(out, Measure::wall_time, *stop - *start, "run_stop - run_start", start_line, stop_line);
    out.clock = Clock{*start, *stop, true};
  }
  if (samples > 0)
    found(out, Measure::samples, samples, "samples_count of the last evaluation", samples_line);
  if (const auto rate = step_statistic(rates, Better::high)) {
    Finding& f = found(out, Measure::total_samples_per_second, rate->stepping, rate->words("report"),
                       rate->line_first, rate->line_last);
    f.note = "samples of all devices, as MLPerf counts them";
  }
  if (const auto time = step_statistic(times, Better::low))
    found(out, Measure::step_time, time->stepping, time->words("report"), time->line_first, time->line_last);
  if (out.findings.empty())
    no_values("an MLPerf log without run_start and run_stop, readings or rates",
              "the result of one run: results/SYSTEM/BENCHMARK/result_0.txt");
  return out;
}

std::optional<Measurement> read_meter(const Input& input) {
  Measurement out;
  out.form = "power-meter";
  out.name = "log of a power meter (PTDaemon, spl.txt)";
  out.tool = "PTDaemon";
  out.readings_of = Boundary::node;
  std::size_t unread = 0;
  std::size_t lines = 0;
  for_each_piece(input.text, [&](const Piece& piece) {
    if (!piece.text.starts_with("Time,")) return;
    const auto fields = diag::parts(piece.text, ',');
    constexpr std::size_t least = 4;
    if (fields.size() < least || fields[2] != "Watts") return;
    ++lines;
    // the date stands with the day or the month first; within one record only differences count
    const std::string_view date = fields[1];
    constexpr std::size_t of_date = 10;
    const auto watts = number(fields[3]);
    if (date.size() < of_date + 9 || !watts || *watts < 0) {
      ++unread;
      return;
    }
    std::string first{date.substr(0, 2)};
    std::string second{date.substr(3, 2)};
    if (number(second).value_or(0) > 12) std::swap(first, second);
    const auto time = find_stamp(std::string{date.substr(6, 4)} + '-' + second + '-' + first +
                                 std::string{date.substr(of_date)});
    if (!time) {
      ++unread;
      return;
    }
    out.readings.push_back({.time = *time, .watts = *watts, .line = piece.line});
  });
  if (lines == 0) return std::nullopt;
  if (out.readings.empty())
    no_values("a power meter's log without a reading (" + counted(unread, "line") + " of nan or -1)", "");
  out.read = counted(lines, "reading");
  if (unread > 0) leave(out, counted(unread, "reading"), "nan or -1: no reading, no zero");
  add_readings(out);
  return out;
}

}  // namespace kwhatif::imports
