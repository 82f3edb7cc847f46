// A training log from its reports to findings.
#include "log_forms.hpp"
#include "steps.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::imports {

namespace {

constexpr std::size_t takes = static_cast<std::size_t>(Take::count_of_takes);

struct Report {
  std::array<std::optional<double>, takes> numbers;
  std::optional<double> clock;
  int line = 0;
  int line_last = 0;
  bool evaluated = false;  ///< the log evaluated since the last report

  std::optional<double>& operator[](Take take) { return numbers[static_cast<std::size_t>(take)]; }
  const std::optional<double>& operator[](Take take) const { return numbers[static_cast<std::size_t>(take)]; }
  bool empty() const {
    return std::ranges::none_of(numbers, [](const auto& n) { return n.has_value(); });
  }
};

std::optional<double> number_at(const Mark& mark, std::string_view line) {
  if (!mark.behind) {
    if (mark.take != Take::parameters) return number_after(line, mark.text);
    const auto at = line.find(mark.text);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = line.substr(at + mark.text.size());
    const auto begin = rest.find_first_not_of(" \t:=|");
    return begin == std::string_view::npos ? std::nullopt : suffixed_number(rest.substr(begin));
  }
  const auto at = line.find(mark.text);
  if (at == std::string_view::npos) return std::nullopt;
  return trailing_number(line.substr(0, at));
}

// Everything that a log says, before it is weighed.
struct Said {
  std::vector<Report> reports;
  Report head;
  std::string device;
  int device_line = 0;
  std::array<int, takes> head_lines{};
  std::size_t repeated = 0;  ///< reports of further ranks on a step that is known
  std::size_t unreadable = 0;
  std::optional<double> average;  ///< tokens per second and device since the start, as the tool has it
  int average_line = 0;
  bool utc = false;
};

void take_head(Said& said, const Piece& piece) {
  for (const Mark& mark : head_marks()) {
    auto& slot = said.head[mark.take];
    if (slot || !contains(piece.text, mark.text)) continue;
    const auto value = number_at(mark, piece.text);
    if (!value || !(*value > 0)) continue;
    slot = value;
    said.head_lines[static_cast<std::size_t>(mark.take)] = piece.line;
  }
  if (!said.device.empty()) return;
  constexpr std::string_view capacity = "CUDA capacity: ";
  if (const auto at = piece.text.find(capacity); at != std::string_view::npos) {
    const auto rest = piece.text.substr(at + capacity.size());
    said.device = diag::trimmed(rest.substr(0, rest.find(" with")));
    said.device_line = piece.line;
  } else if (piece.text.starts_with("| device ")) {
    const auto bar = piece.text.find('|', 1);
    if (bar == std::string_view::npos) return;
    const auto rest = piece.text.substr(bar + 1);
    said.device = diag::trimmed(rest.substr(0, rest.find('|')));
    said.device_line = piece.line;
  }
}

void end_report(Said& said, Report& report) {
  if (report.empty()) return;
  if (!said.reports.empty()) {
    const auto& step = report[Take::step];
    if (step && said.reports.back()[Take::step] == step && !report.evaluated) {
      ++said.repeated;
      report = {};
      return;
    }
  }
  said.reports.push_back(report);
  report = {};
}

Said hear(const LogForm& form, std::string_view text) {
  Said said;
  Report open;
  bool evaluated = false;
  for_each_piece(text, [&](const Piece& piece) {
    const bool report = is_report(form, piece.text);
    if (!report && (!form.block || piece.text.empty())) {
      take_head(said, piece);
      // nanoGPT, Megatron, torchtitan: evaluation stands on a line of its own
      if (contains(piece.text, "val loss") || contains(piece.text, "validation loss") ||
          contains(piece.text, "saving checkpoint") || contains(piece.text, "Saving the checkpoint"))
        evaluated = true;
      return;
    }
    if (!form.block) end_report(said, open);
    if (const auto n = number_after(piece.text, "throughput/device/TPS (actual avg)")) {
      said.average = n;
      said.average_line = piece.line;
    }
    bool any = false;
    std::array<bool, takes> seen{};
    for (const Mark& mark : form.marks) {
      if (seen[static_cast<std::size_t>(mark.take)]) continue;  // the first mark of a kind wins
      if (form.block && contains(piece.text, "(actual avg)")) continue;
      const auto value = number_at(mark, piece.text);
      if (!value || !std::isfinite(*value)) continue;
      seen[static_cast<std::size_t>(mark.take)] = true;
      if (form.block && open[mark.take]) end_report(said, open);
      open[mark.take] = value;
      any = true;
    }
    if (!any) {
      if (report && !form.block) ++said.unreadable;
      if (form.block) take_head(said, piece);
      return;
    }
    if (open.line == 0) open.line = piece.line;
    open.line_last = piece.line;
    open.evaluated = open.evaluated || evaluated;
    evaluated = false;
    if (!open.clock) open.clock = find_stamp(piece.text, &said.utc);
  });
  end_report(said, open);
  return said;
}

std::vector<StepReport> series(const Said& said, Take take, double scale, bool sampled) {
  std::vector<StepReport> out;
  const Report* before = nullptr;
  for (const Report& report : said.reports) {
    if (const auto& value = report[take]; value && *value > 0) {
      StepReport& step = out.emplace_back();
      step.value = *value * scale;
      step.line = report.line;
      step.interrupted = report.evaluated;
      const auto& mfu = report[Take::mfu_percent];
      step.warming = sampled && mfu && *mfu < 0;
      if (!sampled && before != nullptr && report[Take::step] && (*before)[Take::step]) {
        const double steps = *report[Take::step] - *(*before)[Take::step];
        if (steps > 0) step.steps = steps;
      }
    }
    before = &report;
  }
  return out;
}

// Step times from the clock, where the log prints none.
std::vector<StepReport> by_clock(const Said& said) {
  std::vector<StepReport> out;
  for (std::size_t i = 1; i < said.reports.size(); ++i) {
    const Report& a = said.reports[i - 1];
    const Report& b = said.reports[i];
    if (!a.clock || !b.clock || !a[Take::step] || !b[Take::step]) continue;
    const double steps = *b[Take::step] - *a[Take::step];
    const double time = *b.clock - *a.clock;
    if (steps > 0 && time > 0) out.push_back({time / steps, steps, b.line, false, b.evaluated});
  }
  return out;
}

struct RateRow {
  Take take;
  Measure measure;
  double scale;
  Better better;
};
constexpr double percent = 0.01;
constexpr std::array rates{
    RateRow{Take::tokens_device, Measure::tokens_per_second, 1, Better::high},
    RateRow{Take::tokens_total, Measure::total_tokens_per_second, 1, Better::high},
    RateRow{Take::samples_device, Measure::samples_per_second, 1, Better::high},
    RateRow{Take::samples_total, Measure::total_samples_per_second, 1, Better::high},
    RateRow{Take::teraflops, Measure::achieved, 1, Better::high},
    RateRow{Take::mfu_percent, Measure::mfu, percent, Better::high},
};

void add_times(Measurement& into, const Said& said, const LogForm& form) {
  auto times = series(said, Take::step_milliseconds, 1e-3, form.sampled);
  if (times.empty()) times = series(said, Take::step_seconds, 1, form.sampled);
  std::string_view report = "reported step";
  if (times.empty()) {
    const auto per_second = series(said, Take::steps_per_second, 1, form.sampled);
    for (StepReport step : per_second) {
      step.value = 1 / step.value;
      times.push_back(step);
    }
  }
  if (times.empty()) {
    times = by_clock(said);
    report = "difference of the clock";
  }
  const auto time = step_statistic(times, Better::low);
  if (!time) return;
  Finding& step =
      found(into, Measure::step_time, time->stepping, time->words(report), time->line_first, time->line_last);
  constexpr std::size_t few = 3;
  if (time->used < few) step.note = "from so few reports it can be far off";
  if (form.sampled) {
    if (time->interrupted > 0)
      leave(into, counted(time->interrupted, "step") + " of up to " + seconds_in_words(time->worst),
            "evaluation, a checkpoint or a pause is inside; how often that comes between the reports is not "
            "in the log",
            time->line_first, time->line_last);
    return;
  }
  if (time->counted > 1) {
    Finding& overall =
        found(into, Measure::step_time_overall, time->overall,
              "mean of " + counted(time->counted, "report") + " after warm-up, interruptions in it",
              time->line_first, time->line_last);
    overall.doubt = "the rate in all; the step time above is that while stepping";
  }
}

void add_rates(Measurement& into, const Said& said, const LogForm& form) {
  for (const RateRow& row : rates) {
    auto reports = series(said, row.take, row.scale, form.sampled);
    const auto rate = step_statistic(reports, row.better);
    if (!rate) continue;
    found(into, row.measure, rate->stepping, rate->words("report"), rate->line_first, rate->line_last);
  }
  if (said.average && *said.average > 0)
    found(into, Measure::tokens_per_second, *said.average, "actual average of the last report",
          said.average_line)
        .doubt = "the rate in all, with interruptions; the one above is that while stepping";
  const bool negative = std::ranges::any_of(
      said.reports, [](const Report& r) { return r[Take::mfu_percent] && *r[Take::mfu_percent] < 0; });
  if (negative)
    leave(into, "MFU of -100 %",
          form.sampled ? "nanoGPT prints it before the first steps are over"
                       : "printed where the tool does not know the device's peak");
}

// What is said on every report, or once at the head.
std::optional<double> last_of(const Said& said, Take take, int& line) {
  for (auto at = said.reports.rbegin(); at != said.reports.rend(); ++at) {
    if ((*at)[take]) {
      line = at->line;
      return (*at)[take];
    }
  }
  line = said.head_lines[static_cast<std::size_t>(take)];
  return said.head[take];
}

void add_said(Measurement& into, const Said& said) {
  struct Plain {
    Take take;
    Measure measure;
    std::string_view statistic;
  };
  constexpr std::array plain{Plain{Take::batch_tokens, Measure::batch_tokens, "as the log says"},
                             Plain{Take::batch_samples, Measure::batch_samples, "as the log says"},
                             Plain{Take::sequence_length, Measure::sequence_length, "as the log says"},
                             Plain{Take::micro_batch, Measure::micro_batch, "as the log says"},
                             Plain{Take::parameters, Measure::parameters, "as the log says"},
                             Plain{Take::devices, Measure::count, "as the log says"},
                             Plain{Take::consumed_tokens, Measure::tokens, "in the last report"},
                             Plain{Take::consumed_samples, Measure::samples, "in the last report"}};
  for (const Plain& row : plain) {
    int line = 0;
    const auto value = last_of(said, row.take, line);
    if (value && *value > 0) found(into, row.measure, *value, std::string{row.statistic}, line);
  }
  double most = 0;
  int line = 0;
  for (const Report& report : said.reports) {
    if (const auto& memory = report[Take::memory]; memory && *memory > most) {
      most = *memory;
      line = report.line;
    }
  }
  if (most > 0) found(into, Measure::memory, most, "most of all reports", line);
  if (!said.device.empty()) found(into, Measure::device, said.device, "as the log says", said.device_line);
}

void add_steps(Measurement& into, const Said& said) {
  const Report& first = said.reports.front();
  const Report& last = said.reports.back();
  std::string range = counted(said.reports.size(), "report");
  if (first[Take::step] && last[Take::step]) {
    range += " of steps " + in_digits(*first[Take::step]) + " to " + in_digits(*last[Take::step]);
    const Finding* const batch = into.find(Measure::batch_tokens);
    if (*last[Take::step] < *first[Take::step])
      warn(into, "steps-go-back",
           "the steps go back within the log: it holds more than one run, or a restart");
    else if (batch != nullptr && into.find(Measure::tokens) == nullptr && *last[Take::step] > 0)
      found(into, Measure::tokens, *last[Take::step] * batch->value, "last step x tokens of a step",
            last.line);
  }
  into.read = range;
  std::optional<double> from;
  std::optional<double> to;
  int line = 0;
  for (const Report& report : said.reports) {
    if (!report.clock) continue;
    if (!from) {
      from = report.clock;
      line = report.line;
    }
    to = report.clock;
  }
  if (from && to && *to > *from) {
    into.clock = Clock{*from, *to, said.utc};
    found(into, Measure::wall_time, *to - *from, "from the first to the last report", line, last.line_last);
  }
}

}  // namespace

std::size_t reports_in(const LogForm& form, std::string_view text) {
  std::size_t out = 0;
  for_each_piece(text, [&](const Piece& piece) {
    if (is_report(form, piece.text)) ++out;
  });
  return out;
}

Measurement read_log(const LogForm& form, std::string_view text) {
  Measurement out;
  out.form = form.id;
  out.name = form.name;
  out.tool = form.tool;
  const Said said = hear(form, text);
  if (said.reports.empty()) return out;
  add_times(out, said, form);
  add_rates(out, said, form);
  add_said(out, said);
  add_steps(out, said);
  if (said.repeated > 0)
    leave(out, counted(said.repeated, "report"), "further ranks repeat a step: it is counted once");
  if (said.unreadable > 0) leave(out, counted(said.unreadable, "report"), "nothing in them is a number");
  if (form.remark != nullptr) form.remark(out);
  return out;
}

}  // namespace kwhatif::imports
