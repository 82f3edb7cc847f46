#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/document/toml.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/schedule.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::cli {

namespace {

[[noreturn]] void refuse(std::string code, std::string message, const diag::Span& where,
                         std::string help = {}) {
  throw diag::UsageError(
      {.code = std::move(code), .message = std::move(message), .where = where, .help = std::move(help)});
}

double quantity_of(const scenario::Given& given, const quantity::Dimension& dimension,
                   std::string_view example) {
  const auto parsed = quantity::parse(given.text, {.dimension = dimension, .example = example});
  if (!parsed.ok)
    refuse(parsed.fault.code, given.named + ": " + parsed.fault.message, given.where, parsed.fault.help);
  if (parsed.value.coherent < 0) refuse("out-of-range", given.named + " cannot be negative", given.where);
  return parsed.value.coherent;
}

std::string zones(const catalog::Catalog& catalog) {
  std::string out;
  std::string_view last;
  for (const catalog::Row& row : catalog.rows(catalog::Kind::trace)) {
    if (row.id() == last) continue;
    last = row.id();
    out += (out.empty() ? "" : ", ") + std::string{row.id()};
  }
  return out;
}

std::string name_of(const catalog::Catalog& catalog, std::string_view grid) {
  const auto row = catalog.find(catalog::Kind::grid, grid);
  return row ? std::string{row->text("name")} + " (" + std::string{grid} + ")" : std::string{grid};
}

// The trace of a grid, region or name: of the year asked for, else the newest.
std::optional<analysis::Trace> trace_named(const catalog::Catalog& catalog, std::string_view name,
                                           std::optional<int> year) {
  std::string grid{name};
  if (const auto region = catalog.lookup(catalog::Kind::region, name); region.row)
    grid = region.row->text("grid");
  else if (const auto found = catalog.lookup(catalog::Kind::grid, name); found.row)
    grid = found.row->id();
  std::optional<catalog::Row> best;
  for (const catalog::Row& row : analysis::traces_of(catalog, grid)) {
    const int own = static_cast<int>(row.number("year").value_or(0));
    if (year && own != *year) continue;
    if (!best || own > best->number("year").value_or(0)) best = row;
  }
  if (!best) return std::nullopt;
  return analysis::trace_of(*best);
}

class Schedule {
 public:
  explicit Schedule(Context& context) : context_(context), arguments_(context.arguments) {}

  int run() {
    read_run();
    find_trace();
    if (heat_map()) return done;
    read_policy();
    work();
    const std::string text = arguments_.has("json")  ? report::schedule_json(answer_, context_.catalog)
                             : arguments_.has("csv") ? report::schedule_csv(answer_)
                                                     : report::schedule_text(answer_, context_.catalog);
    if (const auto output = arguments_.get("output"))
      write_file(context_, output->text, text);
    else
      context_.out = text;
    return done;
  }

 private:
  void read_run() {
    scenario::Scenario run = arguments_.run;
    if (!arguments_.positionals.empty()) run = run_of(arguments_);
    for (const auto input : {scenario::Input::region, scenario::Input::grid}) {
      if (const auto& given = run.get(input)) place_ = *given;
    }
    if (const auto& given = run.get(scenario::Input::year)) {
      const auto parsed = scenario::read_quantity(scenario::Input::year, *given, faults_);
      if (parsed) year_ = static_cast<int>(parsed->coherent);
    }
    run.clear(scenario::Input::year);  // the year of the trace, not of the yearly mean
    if (run.empty()) return;
    const auto resolved = scenario::resolve(run, context_.catalog);
    const auto result = estimate::estimate(resolved.inputs);
    if (result.wall_time)
      answer_.job.hours = result.wall_time->coherent() / 3600;
    else if (resolved.inputs.wall_time)
      answer_.job.hours = resolved.inputs.wall_time->coherent() / 3600;
    if (result.facility_energy) {
      answer_.job.energy = result.facility_energy->coherent();
      answer_.energy_known = true;
    }
    answer_.sources = resolved.sources();
    resolved_ = resolved;
  }

  void find_trace() {
    if (const auto file = arguments_.get("trace")) {
      answer_.trace = analysis::read_trace(document::read_file(file->text));
      answer_.place = file->text;
    } else {
      if (!place_)
        refuse("no-place", "schedule needs a place with an hourly trace, or a trace of your own", {},
               "give --grid (" + zones(context_.catalog) + "), --region, or --trace FILE");
      const auto trace = trace_named(context_.catalog, place_->text, year_);
      if (!trace) {
        std::string what = "no hourly trace for '" + place_->text + "'";
        if (year_) what += " in " + std::to_string(*year_);
        refuse("no-data", what, place_->where,
               "there are traces of " + zones(context_.catalog) + "; or give --trace FILE");
      }
      answer_.trace = *trace;
      answer_.place = name_of(context_.catalog, trace->zone) + ' ' + std::to_string(trace->year);
    }
    // only what the answer rests on: the trace in place of the yearly value
    std::vector<std::string> sources;
    if (!answer_.trace.source.empty()) sources.push_back(answer_.trace.source);
    if (resolved_) {
      auto copy = *resolved_;
      copy.inputs.ci.reset();
      copy.inputs.ci_market.reset();
      for (const std::string& id : copy.sources()) {
        if (std::find(sources.begin(), sources.end(), id) == sources.end()) sources.push_back(id);
      }
    }
    answer_.sources = sources;
  }

  bool heat_map() {
    if (!arguments_.has("heat-map")) return false;
    if (const auto output = arguments_.get("output"))
      write_file(context_, output->text,
                 output->text.ends_with(".svg") ? report::heat_map_svg(answer_.trace, answer_.place)
                                                : report::heat_map_text(answer_.trace, answer_.place));
    else
      context_.out = report::heat_map_text(answer_.trace, answer_.place);
    return true;
  }

  void read_policy() {
    if (answer_.job.hours <= 0)
      refuse("no-work", "the length of the job is unknown", {},
             "give --hours 36h, or --params, --tokens, --hardware and --chips");
    if (const auto given = arguments_.get("window"))
      answer_.policy.window =
          static_cast<std::size_t>(std::llround(quantity_of(*given, quantity::dim::time, "24 h") / 3600));
    if (const auto given = arguments_.get("extra")) {
      if (given->text.ends_with('%')) {
        answer_.policy.extra = answer_.job.hours * quantity_of(*given, quantity::dim::one, "100 %");
      } else {
        answer_.policy.extra = quantity_of(*given, quantity::dim::time, "24 h or 100 %") / 3600;
      }
    }
    if (const auto given = arguments_.get("threshold"))
      answer_.policy.threshold = quantity_of(*given, quantity::dim::carbon_intensity, "200 g/kWh");
    const double longest =
        answer_.job.hours + std::max(answer_.policy.extra, static_cast<double>(answer_.policy.window));
    if (longest > static_cast<double>(answer_.trace.hours()))
      refuse("out-of-range",
             "the job and its window, " + quantity::human(longest * 3600, quantity::dim::time) +
                 ", are longer than the trace of " +
                 quantity::human(static_cast<double>(answer_.trace.hours()) * 3600, quantity::dim::time),
             {}, "use more devices, a shorter window, or a longer trace");
  }

  void work() {
    const auto& trace = answer_.trace;
    answer_.year = analysis::year_of_starts(trace, answer_.job, answer_.policy, 1);
    const analysis::Prefix prefix(trace);
    answer_.mean = prefix.sum(0, static_cast<double>(trace.hours())) / static_cast<double>(trace.hours());
    answer_.threshold = answer_.policy.threshold;
    if (answer_.threshold <= 0) {
      auto sorted = trace.intensity;
      std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                       sorted.end());
      answer_.threshold = sorted[sorted.size() / 2];
    }
    std::array<double, 24> counts{};
    for (std::size_t h = 0; h < answer_.year.starts; ++h) {
      const auto of_day =
          static_cast<std::size_t>(((trace.first_hour + static_cast<std::int64_t>(h)) % 24 + 24) % 24);
      answer_.by_hour[of_day] += analysis::run_now(prefix, answer_.job, h).mean;
      counts[of_day] += 1;
    }
    for (std::size_t h = 0; h < 24; ++h)
      answer_.by_hour[h] = counts[h] > 0 ? answer_.by_hour[h] / counts[h] : answer_.year.average;
    const auto start = arguments_.get("start");
    if (start) {
      const auto hour = analysis::hour_of(start->text);
      if (!hour)
        refuse("bad-time", "'" + start->text.substr(0, 40) + "' is no whole hour", start->where,
               "write 2022-06-01T08:00Z");
      const std::int64_t at = *hour - trace.first_hour;
      if (at < 0 || static_cast<std::size_t>(at) + static_cast<std::size_t>(std::ceil(answer_.job.hours)) >
                        trace.hours())
        refuse("out-of-range", "the job does not lie within the trace", start->where,
               "the trace runs from " + analysis::stamp(trace.first_hour) + " to " +
                   analysis::stamp(trace.first_hour + static_cast<std::int64_t>(trace.hours()) - 1));
      const auto h = static_cast<std::size_t>(at);
      answer_.start = report::ScheduleAnswer::FromStart{
          .hour = *hour,
          .now = analysis::run_now(prefix, answer_.job, h),
          .shift = analysis::shift(prefix, answer_.job, h, answer_.policy.window),
          .pause = analysis::pause(trace, answer_.job, h, answer_.policy.extra),
          .threshold = analysis::threshold(trace, answer_.job, h, answer_.threshold, answer_.policy.extra)};
    }
    if (const auto places = arguments_.get("places")) across(*places);
  }

  void across(const scenario::Given& places) {
    if (!answer_.start)
      refuse("missing-value", "--places needs --start", places.where,
             "give for example --start 2022-06-01T08:00Z");
    if (const auto given = arguments_.get("transfer"))
      answer_.transfer = quantity_of(*given, quantity::dim::energy, "50 kWh");
    std::vector<analysis::Trace> traces{answer_.trace};
    answer_.place_names = {answer_.place + ", no move"};
    std::string_view rest = places.text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      const std::string name{rest.substr(0, end)};
      rest.remove_prefix(std::min(end + 1, rest.size()));
      auto trace = trace_named(context_.catalog, name,
                               answer_.trace.year > 0 ? std::optional{answer_.trace.year} : year_);
      if (!trace)
        refuse("no-data",
               "no hourly trace for '" + name + "'" +
                   (answer_.trace.year > 0 ? " in " + std::to_string(answer_.trace.year) : ""),
               places.where, "there are traces of " + zones(context_.catalog));
      if (std::find(answer_.sources.begin(), answer_.sources.end(), trace->source) == answer_.sources.end())
        answer_.sources.push_back(trace->source);
      answer_.place_names.push_back(name_of(context_.catalog, trace->zone));
      traces.push_back(std::move(*trace));
    }
    answer_.offers = analysis::across_places(traces, answer_.job, answer_.start->hour, answer_.policy.window,
                                             answer_.transfer);
  }

  Context& context_;
  const Arguments& arguments_;
  std::optional<scenario::Given> place_;
  std::optional<int> year_;
  std::optional<scenario::ResolvedRun> resolved_;
  std::vector<diag::Diagnostic> faults_;
  report::ScheduleAnswer answer_;
};

}  // namespace

int schedule(Context& context) { return Schedule{context}.run(); }

}  // namespace kwhatif::cli
