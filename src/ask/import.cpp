#include "import_keys.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace kwhatif::ask {

namespace {

using imports::Measure;
using imports::Measurement;

struct ReadFile {
  std::string path;
  Measurement measurement;
};

bool is_record(const Measurement& m) { return !m.readings.empty(); }

double overlap(const imports::Clock& a, const imports::Clock& b, double shift) {
  return std::min(a.to, b.to + shift) - std::max(a.from, b.from + shift);
}

// By how much the clock of a record of power must be set to lie on that of the run: 0, or whole quarters of
// an hour where only the zones differ; none where they never meet.
std::optional<double> clock_shift(const imports::Clock& run, const imports::Clock& record) {
  constexpr double least = 0.1;
  const double shorter = std::max(1.0, std::min(run.to - run.from, record.to - record.from));
  if (overlap(run, record, 0) > least * shorter) return 0.0;
  constexpr double quarter = 900;
  constexpr int widest = 14 * 4;
  constexpr double nearly_all = 0.95;
  for (int quarters = -widest; quarters <= widest; ++quarters) {
    if (overlap(run, record, quarters * quarter) > nearly_all * shorter) return quarters * quarter;
  }
  return std::nullopt;
}

void warn(ImportAnswer& answer, std::string code, std::string message, std::string help = {}) {
  answer.warnings.push_back({.code = std::move(code),
                             .message = std::move(message),
                             .where = {},
                             .help = std::move(help),
                             .severity = diag::Severity::warning});
}

// Records of power of the same form are one: other nodes, or another part of the time.
void join_records(std::vector<ReadFile>& files, ImportAnswer& answer) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t j = i + 1; j < files.size();) {
      Measurement& into = files[i].measurement;
      const Measurement& other = files[j].measurement;
      if (!is_record(into) || !is_record(other) || into.form != other.form || into.form == "wandb-csv") {
        ++j;
        continue;
      }
      const bool together = into.clock && other.clock && into.clock->from < other.clock->to &&
                            other.clock->from < into.clock->to;
      imports::join(into, other);
      warn(answer, "records-joined",
           "'" + files[i].path + "' and '" + files[j].path + "' are records of one form: " +
               (together ? "they overlap in time and are taken as devices of different nodes"
                         : "they do not overlap in time and are taken as one record"));
      answer.files.push_back({files[j].path, other.form, other.name, other.tool, other.version, other.read});
      files.erase(files.begin() + static_cast<std::ptrdiff_t>(j));
    }
  }
}

// A record of power counts for the time in which the run's log shows steps.
void align(std::vector<ReadFile>& files, ImportAnswer& answer) {
  const auto run = std::ranges::find_if(
      files, [](const ReadFile& f) { return !is_record(f.measurement) && f.measurement.clock; });
  for (ReadFile& file : files) {
    Measurement& record = file.measurement;
    if (!is_record(record) || !record.timed || !record.clock) continue;
    if (run == files.end()) {
      if (files.size() > 1)
        warn(answer, "no-clock",
             "only '" + file.path +
                 "' has a clock: its power is the mean over its own time, with whatever else ran then");
      continue;
    }
    const auto shift = clock_shift(*run->measurement.clock, *record.clock);
    if (!shift) {
      warn(answer, "no-overlap",
           "'" + file.path + "' and '" + run->path +
               "' do not overlap in time: the power is the mean over its own record",
           "are they of one run?");
      continue;
    }
    if (*shift != 0) {
      constexpr double seconds = 3600;
      warn(answer, "clock-zones",
           "the clocks of '" + file.path + "' and '" + run->path + "' differ by " +
               quantity::significant(std::abs(*shift) / seconds) + " h: taken as two time zones");
      for (imports::Reading& r : record.readings) r.time += *shift;
    }
    const double share = imports::restrict_to(record, *run->measurement.clock);
    constexpr double enough = 0.8;
    if (share < enough)
      warn(answer, "low-coverage",
           "'" + file.path + "' covers " + quantity::percent(share, 3) + " of the time of '" + run->path +
               "'");
  }
}

// Logs of one training that several ranks wrote: the one that says most stands for all.
void keep_one_rank(std::vector<ReadFile>& files, ImportAnswer& answer) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::size_t best = i;
    std::vector<std::size_t> same;
    for (std::size_t j = i + 1; j < files.size(); ++j) {
      const Measurement& m = files[j].measurement;
      const bool log = m.form.ends_with("-log") && m.form != "carbontracker-log";
      if (!log || m.form != files[i].measurement.form) continue;
      same.push_back(j);
      if (m.findings.size() > files[best].measurement.findings.size()) best = j;
    }
    if (same.empty()) continue;
    std::swap(files[i], files[best]);
    for (auto at = same.rbegin(); at != same.rend(); ++at) {
      answer.left.push_back({"the log " + files[*at].path,
                             "of another rank: " + files[i].path + " stands for all", 0, 0, files[*at].path});
      files.erase(files.begin() + static_cast<std::ptrdiff_t>(*at));
    }
  }
}

std::vector<ReadFile> read_all(const ImportQuestion& question, ImportAnswer& answer) {
  std::vector<ReadFile> out;
  for (const run::Given& given : question.files) {
    try {
      out.push_back({given.text, imports::read(*question.read(given.text), question.choice)});
    } catch (const diag::Error& error) {
      auto diagnostics = error.diagnostics();
      const std::string& code = diagnostics.front().code;
      if (question.of_folder && (code == "unknown-form" || code == "no-values")) {
        answer.left.push_back({"the file " + given.text, diagnostics.front().message, 0, 0, given.text});
        continue;
      }
      for (diag::Diagnostic& d : diagnostics) {
        if (!d.where.source) d.where = given.where;
      }
      throw diag::UsageError(std::move(diagnostics));
    }
  }
  return out;
}

// Numbers of the table that decide among files: logs of the training know its rate, records its power.
int rank(const ReadFile& file, Measure measure) {
  const bool record = is_record(file.measurement);
  const bool of_power = measure == Measure::accelerator_power || measure == Measure::total_power ||
                        measure == Measure::energy || measure == Measure::device || measure == Measure::count;
  return record == of_power ? 0 : 1;
}

}  // namespace

const ImportedValue* ImportAnswer::used(std::string_view key) const {
  const auto at =
      std::ranges::find_if(values, [&](const ImportedValue& v) { return v.used && v.key == key; });
  return at == values.end() ? nullptr : &*at;
}

const ImportedValue* ImportAnswer::find(imports::Measure measure) const {
  const auto at =
      std::ranges::find_if(values, [&](const ImportedValue& v) { return v.finding.measure == measure; });
  return at == values.end() ? nullptr : &*at;
}

run::Scenario as_run(const ImportAnswer& answer) {
  run::Scenario out = answer.said;
  for (const ImportedValue& value : answer.values) {
    const auto input = value.used ? run::input_by_key(value.key) : std::nullopt;
    if (input) out.set(*input, {value.written, {}, value.key});
  }
  return out;
}

namespace {

// A study holds at least one printed result that its inputs give.
void finish_study(ImportAnswer& answer, const ImportQuestion& question, const catalog::Catalog& tables) {
  answer.figures = study_figures(answer, tables);
  answer.next = "kwhatif check " + (question.written_to.empty() ? "study.toml" : question.written_to);
  if (std::ranges::any_of(answer.figures, &ImportedFigure::follows)) return;
  std::string keys;
  for (const ImportedFigure& figure : answer.figures) keys += (keys.empty() ? "" : ", ") + figure.key;
  diag::refuse("nothing-published",
               keys.empty() ? "no result is printed that could be recomputed: a study would be empty"
                            : "what is printed (" + keys +
                                  ") does not follow from the inputs: a study would "
                                  "have nothing to recompute",
               question.files.front().where,
               keys.empty() ? "write what is to be checked under [published] of a run file, such as it_energy"
               : keys.find("operational_location") != std::string::npos
                   ? "add what is missing as flags: CO2e needs --pue, and --grid or --ci"
                   : "add what is missing as flags, such as --chips, --hours and --power");
}

}  // namespace

ImportAnswer import_files(const ImportQuestion& question, const catalog::Catalog& tables) {
  if (question.files.empty())
    diag::refuse("missing-value", "import needs the file of a measurement", {},
                 "a training log, a tracker's file, a record of power: kwhatif import train.log power.csv");
  if (question.as_study && question.files.size() == 1) {
    const auto source = question.read(question.files.front().text);
    if (source->text.find('[') != std::string::npos && is_run_file(source)) {
      ImportAnswer study = study_of_run_file(source, question.files.front(), question.said);
      finish_study(study, question, tables);
      return study;
    }
  }
  ImportAnswer out;
  out.said = question.said;
  auto files = read_all(question, out);
  if (question.of_folder) {
    if (files.empty())
      diag::refuse("unknown-form",
                   "none of the " + std::to_string(question.files.size()) +
                       " files of the folder is read: " + out.left.front().why,
                   question.files.front().where, "`kwhatif import FILE` says of each what it is");
    keep_one_rank(files, out);
  }
  join_records(files, out);
  align(files, out);
  struct Ranked {
    int rank;
    ImportedValue value;
  };
  std::vector<Ranked> ranked;
  const bool log_has_time = std::ranges::any_of(files, [](const ReadFile& f) {
    return !is_record(f.measurement) && f.measurement.find(Measure::wall_time) != nullptr;
  });
  for (const ReadFile& file : files) {
    const Measurement& m = file.measurement;
    out.files.push_back({file.path, m.form, m.name, m.tool, m.version, m.read});
    for (imports::Finding finding : m.findings) {
      finding.file = file.path;
      if (finding.measure == Measure::wall_time && is_record(m) && log_has_time)
        finding.doubt = "the time of the record, not of the run";
      const bool of_mfu = finding.measure == Measure::mfu || finding.measure == Measure::achieved;
      if (of_mfu && m.convention_full_attention && finding.note.empty())
        finding.note = "the full attention square is counted";
      ranked.push_back(
          {rank(file, finding.measure),
           {.finding = std::move(finding), .key = {}, .written = {}, .used = false, .why_not = {}}});
    }
    for (imports::Left left : m.left) {
      left.file = file.path;
      out.left.push_back(std::move(left));
    }
    for (diag::Diagnostic warning : m.warnings) {
      if (files.size() > 1) warning.message = file.path + ": " + warning.message;
      out.warnings.push_back(std::move(warning));
    }
  }
  std::ranges::stable_sort(ranked, {}, [](const Ranked& r) {
    return std::pair{r.value.finding.measure, r.rank};
  });
  for (Ranked& r : ranked) out.values.push_back(std::move(r.value));
  look_up_names(out, tables);
  choose_inputs(out);
  find_gaps(out, tables);
  const std::string file = question.written_to.empty() ? "run.toml" : question.written_to;
  const bool rate = out.used("hardware.tokens_per_second") != nullptr ||
                    out.used("hardware.total_tokens_per_second") != nullptr ||
                    out.used("hardware.achieved") != nullptr || out.used("hardware.mfu") != nullptr ||
                    out.used("training.step_time") != nullptr;
  const bool samples = out.used("hardware.samples_per_second") != nullptr ||
                       out.used("hardware.total_samples_per_second") != nullptr;
  out.next = "kwhatif estimate " + file +
             (rate      ? " --tokens 2T --chips 2048"
              : samples ? " --samples 100M --chips 64"
                        : "");
  const bool counted =
      std::ranges::none_of(out.gaps, [](const ImportGap& g) { return g.key == "hardware.count"; });
  if (rate && !counted) {  // said later, the number of the plan would be taken for that of the measurement
    std::string paths;
    for (const run::Given& given : question.files) paths += ' ' + given.text;
    out.next = "kwhatif import" + paths + " --chips N -o " + file;
  }
  if (question.as_study) finish_study(out, question, tables);
  return out;
}

}  // namespace kwhatif::ask
