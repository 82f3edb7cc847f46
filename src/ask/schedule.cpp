// When to run: the job and its trace, the policies over a year of starts and from one start, the heat map.
#include "schedule_traces.hpp"
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/formulas.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace kwhatif::ask {

using diag::refuse;
using run::Input;

namespace {

constexpr std::array place_inputs{Input::region, Input::grid};

std::string duration(double hours) { return quantity::human(hours * 3600, quantity::dim::time); }

diag::Diagnostic signal_note(const schedule::Trace& trace) {
  if (trace.signal == "marginal")
    return {.code = "marginal-signal",
            .message =
                "this is a marginal signal: what one more kWh causes. Use it to judge what a shift changes",
            .help = "the CO2e here is no inventory, which needs average intensities",
            .severity = diag::Severity::note};
  return {.code = "average-signal",
          .message =
              "these are average intensities of the grid. What one more kWh causes (the marginal "
              "signal) can differ and even point the other way",
          .help = "use these for accounting, and a marginal signal to judge what a shift changes",
          .severity = diag::Severity::note};
}

class Scheduler {
 public:
  Scheduler(const ScheduleQuestion& question, const catalog::Catalog& tables)
      : question_(question), tables_(tables) {
    read_place();
    warn_of_idle_intensities();
    read_stages();
    read_job();
    find_trace();
  }

  HeatMap heat_map() {
    for (const auto* given : {&question_.window, &question_.extra, &question_.threshold, &question_.start,
                              &question_.places, &question_.transfer, &question_.max_moves}) {
      if (*given)
        refuse("no-effect", (*given)->named + " has no effect on a heat map", (*given)->where,
               "leave it out");
    }
    HeatMap out;
    out.mean = schedule::heat_map(answer_.trace);
    out.low = std::numeric_limits<double>::infinity();
    for (const auto& row : out.mean) {
      for (const double v : row) {
        if (std::isnan(v)) continue;
        out.low = std::min(out.low, v);
        out.high = std::max(out.high, v);
      }
    }
    out.trace = std::move(answer_.trace);
    out.place = std::move(answer_.place);
    out.warnings = std::move(answer_.warnings);
    return out;
  }

  ScheduleAnswer schedule() {
    read_policy();
    const auto& trace = answer_.trace;
    answer_.year = schedule::year_of_starts(trace, answer_.job, answer_.policy, 1);
    answer_.mean = mean_of(trace);
    answer_.threshold = answer_.policy.threshold.value_or(schedule::median(trace));
    if (question_.start) from(*question_.start);
    if (question_.places) {
      across_places(answer_, question_, year_, tables_);
    } else {
      note_reading({trace}, answer_.notes);
      for (const auto* given : {&question_.transfer, &question_.max_moves}) {
        if (*given)
          refuse("missing-value", (*given)->named + " needs --places", (*given)->where,
                 "give for example --places FRA,NOR, or --places all");
      }
    }
    answer_.notes.insert(answer_.notes.begin(), signal_note(trace));
    return std::move(answer_);
  }

 private:
  void read_place() {
    for (const Input input : place_inputs) {
      if (const auto& given = question_.run.get(input)) place_ = *given;
    }
    const auto& given = question_.run.get(Input::year);
    if (!given) return;
    std::vector<diag::Diagnostic> faults;
    const auto year = run::read_whole(Input::year, *given, faults);
    if (!year) throw diag::ScenarioError(faults);
    year_ = static_cast<int>(*year);
  }

  void warn_of_idle_intensities() {
    for (const Input input : {Input::ci, Input::ci_market, Input::source, Input::basis}) {
      if (const auto& given = question_.said.get(input))
        answer_.warnings.push_back(warning("no-effect", given->named + " has no effect here", given->where,
                                           "the hourly trace decides; --trace FILE brings your own"));
    }
  }

  // One trace, one job: the stages run one after the other in one place, and draw what they draw on average.
  void read_stages() {
    for (const run::StageGiven& stage : question_.run.stages) {
      for (const Input input : place_inputs) {
        if (const auto& given = stage.inputs.get(input))
          refuse("conflict",
                 "stage '" + stage.name + "' has a place of its own, and a schedule is of one place",
                 given->where, "--grid or --region takes all stages to one place");
      }
    }
    if (!question_.run.stages.empty())
      answer_.notes.push_back(
          trace_note("the stages are taken as one job that draws their average power throughout"));
  }

  void read_job() {
    run::Scenario run = question_.run;
    run.clear(Input::year);  // the year of the trace, not of the yearly mean
    if (run.empty()) return;
    answer_.run = run::resolve(run, tables_);
    auto& inputs = answer_.run->inputs;
    const auto result = run::estimate(inputs);
    if (result.wall_time)
      answer_.job.hours = result.wall_time->coherent() / 3600;
    else if (inputs.wall_time())
      answer_.job.hours = inputs.wall_time()->coherent() / 3600;
    if (result.facility_energy) {
      answer_.job.energy = result.facility_energy->coherent();
      answer_.energy_known = true;
    }
    const auto& warnings = answer_.run->warnings;
    answer_.warnings.insert(answer_.warnings.end(), warnings.begin(), warnings.end());
    // the trace stands in place of the yearly value, and money is not asked for
    using run::Slot;
    for (const Slot slot :
         {Slot::ci, Slot::ci_market, Slot::price, Slot::price_low, Slot::price_high, Slot::electricity_price})
      inputs.forget(slot);
    answer_.assumptions = assumptions(*answer_.run);
  }

  void find_trace() {
    if (const auto& file = question_.trace) {
      if (const auto& grid = question_.said.get(Input::grid))
        refuse("conflict", "--grid and --trace both give the intensities", grid->where,
               "give one of them; --region may stay, for its PUE");
      answer_.trace = trace_in(*file, question_);
      answer_.place = file->text;
    } else {
      if (!place_)
        refuse("no-place", "schedule needs a place with an hourly trace, or a trace of your own", {},
               "give --grid (" + diag::listed(zones(tables_, year_)) + "), --region, or --trace FILE");
      answer_.trace = trace_named(tables_, *place_, year_);
      answer_.place = name_of(tables_, answer_.trace.zone) + ' ' + std::to_string(answer_.trace.year);
    }
    refuse_idle_choice();
    add_source(answer_.sources, answer_.trace.source);
    if (!answer_.run) return;
    for (const std::string& id : answer_.run->sources()) add_source(answer_.sources, id);
  }

  // A column or unit of no file.
  void refuse_idle_choice() const {
    if (question_.trace || question_.places) return;
    for (const auto* given : {&question_.choice.column, &question_.choice.unit}) {
      if (*given)
        refuse("no-effect", (*given)->named + " has no effect on the built-in traces", (*given)->where,
               "give --trace FILE, or leave it out");
    }
  }

  double hours_of_trace() const { return static_cast<double>(answer_.trace.hours()); }

  // Where the length of the job is given, if it is.
  diag::Span given_time() const {
    for (const Input input : {Input::hours, Input::device_hours}) {
      if (const auto& given = question_.said.get(input)) return given->where;
    }
    return {};
  }

  // What makes job and window longer than the trace.
  diag::Span too_long(double window) const {
    const auto& given = answer_.policy.extra > window ? question_.extra : question_.window;
    return given && answer_.job.hours <= hours_of_trace() ? given->where : given_time();
  }

  double window_hours() const {
    const auto& given = question_.window;
    if (!given) return static_cast<double>(answer_.policy.window);
    const double hours = quantity_of(*given, quantity::dim::time, "24 h") / 3600;
    const double whole = std::round(hours);
    if (std::fabs(hours - whole) > 1e-9 * std::max(1.0, hours))
      refuse("out-of-range", "--window " + given->text.substr(0, 40) + ": a start waits whole hours",
             given->where, "the traces are hourly; write for example --window 24h");
    return whole;
  }

  void read_policy() {
    const auto& job = answer_.job;
    auto& policy = answer_.policy;
    if (job.hours <= 0)
      refuse("no-work", "the length of the job is unknown", {},
             "give --hours 36h, or --params, --tokens, --hardware and --chips");
    constexpr double shortest = 1.0 / 3600;  // hours: a second
    if (job.hours < shortest)
      refuse("out-of-range", "the job is shorter than a second", given_time(),
             "allowed: 1 s to the length of the trace, " + duration(hours_of_trace()));
    double window = window_hours();
    if (const auto& given = question_.extra)
      policy.extra = given->text.ends_with('%')
                         ? job.hours * quantity_of(*given, quantity::dim::one, "100 %")
                         : quantity_of(*given, quantity::dim::time, "24 h or 100 %") / 3600;
    if (const auto& given = question_.threshold) {
      constexpr double highest = 9000.0 * 1e-3 / 3.6e6;  // as for --ci
      policy.threshold = quantity_of(*given, quantity::dim::carbon_intensity, "200 g/kWh");
      if (policy.threshold > highest)
        refuse("out-of-range", given->named + ' ' + given->text.substr(0, 40) + " is out of range",
               given->where, "allowed: 0 to 9,000 g/kWh");
    }
    const double left = hours_of_trace() - static_cast<double>(schedule::clock_hours(job.hours));
    const bool window_fits = question_.window || window <= left;
    const bool extra_fits = question_.extra || policy.extra <= left;
    if (left >= 0 && !(window_fits && extra_fits)) {
      if (!window_fits) window = left;
      if (!extra_fits) policy.extra = left;
      answer_.notes.push_back(trace_note(
          "the trace is short: " + std::string{window_fits ? "" : "a start may wait "} +
          (window_fits ? "" : duration(window)) + (window_fits || extra_fits ? "" : ", ") +
          (extra_fits ? "" : "pauses may take " + duration(policy.extra)) + ", not the usual 24 h"));
    }
    const double longest = job.hours + std::max(policy.extra, window);
    if (longest > hours_of_trace())
      refuse("out-of-range",
             "the job and its window, " + duration(longest) + ", are longer than the trace of " +
                 duration(hours_of_trace()),
             too_long(window), "use more devices, a shorter --window and --extra, or a longer trace");
    policy.window = static_cast<std::size_t>(window);
  }

  void from(const run::Given& start) {
    const auto& trace = answer_.trace;
    const auto hour = schedule::hour_of(start.text);
    if (!hour)
      refuse("bad-time", "'" + start.text.substr(0, 40) + "' is no whole hour", start.where,
             "write " + schedule::stamp(trace, 0));
    const std::int64_t at = *hour - trace.first_hour;
    if (at < 0 || static_cast<std::size_t>(at) + schedule::clock_hours(answer_.job.hours) > trace.hours())
      refuse("out-of-range", "the job does not lie within the trace", start.where,
             "the trace runs from " + schedule::stamp(trace, 0) + " to " +
                 schedule::stamp(trace, static_cast<double>(trace.hours() - 1)));
    const auto h = static_cast<std::size_t>(at);
    const schedule::Prefix prefix(trace);
    const double extra = answer_.policy.extra;
    answer_.start = ScheduleAnswer::FromStart{
        .hour = *hour,
        .now = schedule::run_now(prefix, answer_.job, h),
        .shift = schedule::shift(prefix, answer_.job, h, answer_.policy.window),
        .pause = schedule::pause(trace, answer_.job, h, extra),
        .threshold = schedule::threshold(trace, answer_.job, h, answer_.threshold, extra)};
  }

  const ScheduleQuestion& question_;
  const catalog::Catalog& tables_;
  std::optional<run::Given> place_;
  std::optional<int> year_;
  ScheduleAnswer answer_;
};

}  // namespace

std::optional<double> ScheduleAnswer::co2e(double intensity) const {
  if (!energy_known) return std::nullopt;
  return run::operational_location(quantity::FacilityEnergy<>::from_coherent(job.energy),
                                   quantity::CarbonIntensity<>::from_coherent(intensity))
      .coherent();
}

ScheduleAnswer schedule(const ScheduleQuestion& question, const catalog::Catalog& tables) {
  return Scheduler(question, tables).schedule();
}

HeatMap heat_map(const ScheduleQuestion& question, const catalog::Catalog& tables) {
  return Scheduler(question, tables).heat_map();
}

}  // namespace kwhatif::ask
