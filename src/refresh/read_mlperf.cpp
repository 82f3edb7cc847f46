// Results of MLPerf Training: the log lines of the runs of one benchmark on one system become one row of
// times. Does not live here: what the forecast makes of it (predict/timings).
#include "found.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/csv.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <numeric>

#include <nlohmann/json.hpp>

namespace kwhatif::refresh {

using catalog::Catalog;
using catalog::Kind;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr double seconds_of_ms = 1e-3;
constexpr std::size_t runs_for_trimming = 3;

struct Run {
  std::string benchmark;
  std::string submitter;
  double seconds = 0;
  double progress = 0;  ///< samples, or what the benchmark counts as an epoch
  double batch = 0;
  bool success = false;
};

// Tokens of what a benchmark counts as progress and as its batch. Of others the tables know no architecture.
struct Benchmark {
  std::string_view name;
  double tokens_of_progress;
  double tokens_of_sample;
};
constexpr double lora_sequence = 8192;
constexpr double gpt3_sequence = 2048;
constexpr std::array benchmarks{
    Benchmark{"llama2_70b_lora", lora_sequence, lora_sequence},
    Benchmark{"llama31_405b", lora_sequence, lora_sequence},
    Benchmark{"gpt3", 1, gpt3_sequence},  // its epochs are tokens
};

double number_in(const Json& of, std::string_view key) {
  const auto found = of.find(key);
  if (found == of.end()) return 0;
  if (found->is_number()) return found->get<double>();
  if (found->is_string()) return quantity::whole_number(found->get<std::string>()).value_or(0);
  return 0;
}

std::string text_in(const Json& of, std::string_view key) {
  const auto found = of.find(key);
  return found != of.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Run run_of(const std::string& path, Json& system) {
  const auto source = document::read_file(path);
  Run out;
  double begin = 0;
  double end = 0;
  int number = 0;
  for (std::size_t at = 0; at < source->text.size();) {
    const auto stop = std::min(source->text.find('\n', at), source->text.size());
    std::string_view line{source->text.data() + at, stop - at};
    at = stop + 1;
    ++number;
    constexpr std::string_view log = ":::MLLOG ";
    constexpr std::string_view description = ":::SYSJSON ";
    const auto log_at = line.find(log);
    const bool of_system = line.starts_with(description);
    if (log_at == std::string_view::npos && !of_system) continue;
    line.remove_prefix(of_system ? description.size() : log_at + log.size());
    const Json entry = Json::parse(line, nullptr, false);
    if (entry.is_discarded() || !entry.is_object()) {
      diag::Span where;
      where.source = source;
      where.line = number;
      where.column = 1;
      diag::refuse("not-json", "the log line is no JSON: the file is cut off or damaged", where);
    }
    if (of_system) {
      system = entry;
      continue;
    }
    const std::string key = text_in(entry, "key");
    const Json metadata = entry.value("metadata", Json::object());
    if (key == "submission_benchmark") out.benchmark = text_in(entry, "value");
    if (key == "submission_org") out.submitter = text_in(entry, "value");
    if (key == "global_batch_size") out.batch = number_in(entry, "value");
    if (key == "run_start") begin = number_in(entry, "time_ms");
    if (key == "run_stop") {
      end = number_in(entry, "time_ms");
      out.success = text_in(metadata, "status") == "success";
    }
    if (key == "eval_accuracy" || key == "run_stop") {
      const double samples = number_in(metadata, "samples_count");
      const double epochs = number_in(metadata, "epoch_num");
      if (samples > 0 || epochs > 0) out.progress = samples > 0 ? samples : epochs;
    }
  }
  if (begin <= 0 || end <= begin)
    throw diag::UsageError({.code = "no-time",
                            .message = "'" + path + "' has no run_start and run_stop",
                            .help = "the run did not end, or the file is cut off"});
  out.seconds = (end - begin) * seconds_of_ms;
  return out;
}

// The description of the system lies beside the results: SUBMITTER/systems/SYSTEM.json.
Json system_beside(const std::string& result) {
  const fs::path system = fs::absolute(result).parent_path().parent_path();
  const fs::path file =
      system.parent_path().parent_path() / "systems" / (system.filename().string() + ".json");
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return Json::object();
  const Json out = Json::parse(document::read_file(file.string())->text, nullptr, false);
  return out.is_object() ? out : Json::object();
}

// "v5.1" of a path through training_results_v5.1.
std::string round_of(const std::string& path) {
  constexpr std::string_view folder = "training_results_";
  const std::string whole = fs::absolute(path).string();
  const auto at = whole.find(folder);
  if (at == std::string::npos) return {};
  const auto begin = at + folder.size();
  return whole.substr(begin, whole.find('/', begin) - begin);
}

// A row of the tables of the same benchmark: its architecture, and what the log does not say.
std::map<std::string, std::string> row_like(const Catalog& tables, std::string_view benchmark,
                                            std::string_view hardware, std::vector<std::string>& head) {
  const auto timings = tables.find(Kind::timing, "published");
  std::map<std::string, std::string> out;
  if (!timings) return out;
  document::CsvReader reader{timings->text("values"), ','};
  document::CsvRecord record;
  reader.next(record);
  head = record.fields;
  bool same_device = false;
  while (reader.next(record)) {
    if (record.fields.front().find('-' + std::string{benchmark} + '-') == std::string::npos) continue;
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < std::min(head.size(), record.fields.size()); ++i)
      row[head[i]] = record.fields[i];
    const bool same = row["hardware"] == hardware;
    if (out.empty() || (same && !same_device)) {
      out = row;
      same_device = same;
    }
  }
  return out;
}

double mean_of(const std::vector<Run>& runs, double Run::*of) {
  double sum = 0;
  for (const Run& run : runs) sum += run.*of;
  return sum / static_cast<double>(runs.size());
}

}  // namespace

Reading read_mlperf(const Catalog& tables, const std::vector<std::string>& files, const Hints& hints) {
  Reading out;
  out.form = Form::mlperf;
  Json system = Json::object();
  std::vector<Run> runs;
  for (const std::string& file : files) {
    Run run = run_of(file, system);
    ++out.rows;
    if (run.success)
      runs.push_back(std::move(run));
    else
      out.remarks.push_back(file_name(file) + " did not reach its target and was left out");
  }
  if (runs.empty())
    throw diag::UsageError(
        {.code = "no-rows", .message = "no run of '" + files.front() + "' reached its target"});
  if (system.empty()) system = system_beside(files.front());
  const std::string benchmark = runs.front().benchmark;
  const std::string name = fs::absolute(files.front()).parent_path().parent_path().filename().string();
  const double devices = number_in(system, "number_of_nodes") * number_in(system, "accelerators_per_node");
  if (devices < 1)
    throw diag::UsageError({.code = "no-system",
                            .message = "nothing says how many devices '" + files.front() + "' ran on",
                            .help = "the description of the system lies in systems/ beside results/"});
  const std::string accelerator = text_in(system, "accelerator_model_name");
  const auto* const known = std::ranges::find(benchmarks, benchmark, &Benchmark::name);
  if (known == benchmarks.end()) {
    out.not_known(benchmark, "the forecast knows no architecture of this benchmark");
    return out;
  }
  const catalog::Lookup device = tables.meant(Kind::hardware, accelerator);
  if (!device.row || !device.also.empty()) {
    out.not_known(accelerator, "no device of the tables has this name, or several have");
    return out;
  }
  std::vector<std::string> head;
  auto row = row_like(tables, benchmark, device.row->id(), head);
  if (row.empty()) {
    out.not_known(benchmark, "no row of data/predict/timings.csv has this benchmark");
    return out;
  }
  // As the rules of the benchmark have it: without the fastest and the slowest run.
  std::ranges::sort(runs, {}, &Run::seconds);
  const std::size_t all = runs.size();
  if (all >= runs_for_trimming) {
    runs.pop_back();
    runs.erase(runs.begin());
  }
  const double tokens = mean_of(runs, &Run::progress) * known->tokens_of_progress;
  if (tokens <= 0)
    throw diag::UsageError({.code = "no-progress",
                            .message = "'" + files.front() + "' does not say how many samples were seen"});
  const std::string round = round_of(files.front());
  if (round.empty())
    out.remarks.emplace_back(
        "the path does not say the round (training_results_v5.1): it is missing in the id");
  const std::string count = quantity::shortest(devices);
  const std::string id = "mlperf-" + (round.empty() ? "" : round + '-') + runs.front().submitter + '-' +
                         benchmark + '-' + name + "-n" + count;
  constexpr int digits = 8;
  row["id"] = id;
  row["publisher"] = "mlperf-" + runs.front().submitter;
  row["source"] = "mlcommons/training_results_" + round + ", " + runs.front().submitter + "/results/" + name +
                  '/' + benchmark + ": mean of " + std::to_string(all) +
                  " runs without the extremes, run_start to run_stop";
  row["hardware"] = device.row->id();
  row["devices"] = count;
  row["batch"] = quantity::shortest(runs.front().batch * known->tokens_of_sample);
  const double each = mean_of(runs, &Run::seconds) * devices / tokens;
  row["seconds"] = quantity::significant(each, digits);
  if (!hints.accessed.empty()) row["year"] = hints.accessed.substr(0, 4);
  for (const std::string_view unknown :
       {"micro_batch", "tensor", "pipeline", "context", "expert", "memory_gb"})
    row[std::string{unknown}] = {};
  Batch batch;
  batch.kind = Kind::timing;
  batch.series = &series("mlperf-training");
  batch.at = row["source"];
  batch.standing = "verified";
  Found found;
  found.id = id;
  found.place = name;
  for (const std::string& column : head) found.words.emplace_back(column, row[column]);
  Figure seconds;
  seconds.key = "seconds";
  seconds.text = row["seconds"] + " s";
  seconds.number = each;
  constexpr double printed = 1e-6;  // the stamps are whole milliseconds
  seconds.half_step = seconds.number * printed;
  found.figures = {std::move(seconds)};
  batch.rows = {std::move(found)};
  out.batches = {std::move(batch)};
  out.remarks.push_back("precision " + row["precision"] + " and software " + row["software"] +
                        " are those of another row of this benchmark: look at the submission");
  return out;
}

}  // namespace kwhatif::refresh
