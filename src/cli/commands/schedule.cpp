#include "schedule_traces.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/schedule.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

namespace kwhatif::cli {

namespace {

double quantity_of(const run::Given& given, const quantity::Dimension& dimension, std::string_view example) {
  const auto parsed = quantity::parse(given.text, {.dimension = dimension, .example = example});
  if (!parsed.ok)
    refuse(parsed.fault.code, given.named + ": " + parsed.fault.message, given.where, parsed.fault.help);
  if (parsed.value.coherent < 0) refuse("out-of-range", given.named + " cannot be negative", given.where);
  return parsed.value.coherent;
}

double mean_of(const schedule::Trace& trace) {
  return schedule::Prefix(trace).sum(0, static_cast<double>(trace.hours())) /
         static_cast<double>(trace.hours());
}

class Schedule {
 public:
  explicit Schedule(Context& context) : context_(context), arguments_(context.arguments) {}

  int run() {
    read_form();
    read_run();
    find_trace();
    if (arguments_.has("heat-map")) {
      for (const std::string_view option :
           {"window", "extra", "threshold", "start", "places", "transfer", "max-moves"}) {
        if (const auto given = arguments_.get(option))
          refuse("no-effect", given->named + " has no effect on a heat map", given->where, "leave it out");
      }
      report_warnings(context_, answer_.warnings);
      write(heat_map());
      return done;
    }
    read_policy();
    work();
    report_warnings(context_, answer_.warnings);
    write(form_ == "json"    ? report::schedule_json(answer_, context_.catalog)
          : form_ == "csv"   ? report::schedule_csv(answer_)
          : form_ == "plain" ? report::schedule_plain(answer_)
                             : report::schedule_text(answer_, context_.catalog));
    return done;
  }

 private:
  // text, json, csv, plain or svg: of the flag, else of the file's extension
  void read_form() {
    for (const std::string form : {"json", "csv", "plain"}) {
      if (arguments_.has(form)) form_ = form;
    }
    const auto output = arguments_.get("output");
    if (!output || output->text == "-") return;
    const auto extension = std::filesystem::path{output->text}.extension().string();
    if (!form_.empty()) {
      const bool other = extension == ".json" || extension == ".csv" || extension == ".svg";
      if (other && extension != '.' + form_)
        refuse("conflict", "--" + form_ + " does not go with '" + output->text + "'", output->where,
               "the extension says it; leave one of them out");
      return;
    }
    const bool drawing = arguments_.has("heat-map");
    if (extension == ".json" || extension == ".csv" || (extension == ".svg" && drawing))
      form_ = extension.substr(1);
    else if (!extension.empty() && extension != ".txt")
      refuse("unknown-format", "no format for '" + output->text + "'", output->where,
             drawing ? "use .svg, .txt, .csv or .json" : "use .txt, .csv or .json; --heat-map draws an .svg");
  }

  void write(const std::string& text) {
    if (const auto output = arguments_.get("output"); output && output->text != "-")
      write_file(context_, output->text, text);
    else
      context_.out = text;
  }

  std::string heat_map() const {
    if (form_ == "svg") return report::heat_map_svg(answer_.trace, answer_.place);
    if (form_ == "json") return report::heat_map_json(answer_.trace, context_.catalog);
    if (form_ == "csv") return report::csv(report::heat_map_table(answer_.trace));
    if (form_ == "plain") return report::plain(report::heat_map_table(answer_.trace));
    return report::heat_map_text(answer_.trace, answer_.place);
  }

  void warn(std::string code, std::string message, const diag::Span& where, std::string help) {
    answer_.warnings.push_back({.code = std::move(code),
                                .message = std::move(message),
                                .where = where,
                                .help = std::move(help),
                                .severity = diag::Severity::warning});
  }

  void read_run() {
    run::Scenario run = arguments_.run;
    if (!arguments_.positionals.empty()) run = run_of(context_);
    for (const auto input : {run::Input::region, run::Input::grid}) {
      if (const auto& given = run.get(input)) place_ = *given;
    }
    if (const auto& given = run.get(run::Input::year)) {
      std::vector<diag::Diagnostic> faults;
      const auto year = run::read_whole(run::Input::year, *given, faults);
      if (!year) throw diag::ScenarioError(faults);
      year_ = static_cast<int>(*year);
    }
    for (const auto input : {run::Input::ci, run::Input::ci_market, run::Input::source, run::Input::basis}) {
      if (const auto& given = arguments_.run.get(input))
        warn("no-effect", given->named + " has no effect here", given->where,
             "the hourly trace decides; --trace FILE brings your own");
    }
    read_stages(run);
    run.clear(run::Input::year);  // the year of the trace, not of the yearly mean
    if (run.empty()) return;
    const auto resolved = run::resolve(run, context_.catalog);
    const auto result = run::estimate(resolved.inputs);
    if (result.wall_time)
      answer_.job.hours = result.wall_time->coherent() / 3600;
    else if (resolved.inputs.wall_time())
      answer_.job.hours = resolved.inputs.wall_time()->coherent() / 3600;
    if (result.facility_energy) {
      answer_.job.energy = result.facility_energy->coherent();
      answer_.energy_known = true;
    }
    answer_.warnings.insert(answer_.warnings.end(), resolved.warnings.begin(), resolved.warnings.end());
    // the trace stands in place of the yearly value, and money is not asked for
    answer_.run = resolved;
    using run::Slot;
    for (const Slot slot :
         {Slot::ci, Slot::ci_market, Slot::price, Slot::price_low, Slot::price_high, Slot::electricity_price})
      answer_.run->inputs.forget(slot);
  }

  // One trace, one job: the stages run one after the other in one place, and draw what they draw on average.
  void read_stages(const run::Scenario& run) {
    for (const run::StageGiven& stage : run.stages) {
      for (const auto input : {run::Input::region, run::Input::grid}) {
        if (const auto& given = stage.inputs.get(input))
          refuse("conflict",
                 "stage '" + stage.name + "' has a place of its own, and a schedule is of one place",
                 given->where, "--grid or --region takes all stages to one place");
      }
    }
    if (!run.stages.empty())
      answer_.notes.push_back("the stages are taken as one job that draws their average power throughout");
  }

  void find_trace() {
    choice_ = {arguments_.get("trace-column"), arguments_.get("trace-unit")};
    if (const auto file = arguments_.get("trace")) {
      if (const auto& grid = arguments_.run.get(run::Input::grid))
        refuse("conflict", "--grid and --trace both give the intensities", grid->where,
               "give one of them; --region may stay, for its PUE");
      answer_.trace = trace_in(*file, choice_);
      answer_.place = file->text;
    } else {
      if (!place_)
        refuse(
            "no-place", "schedule needs a place with an hourly trace, or a trace of your own", {},
            "give --grid (" + diag::listed(zones(context_.catalog, year_)) + "), --region, or --trace FILE");
      answer_.trace = trace_named(context_.catalog, *place_, year_);
      answer_.place =
          name_of(context_.catalog, answer_.trace.zone) + ' ' + std::to_string(answer_.trace.year);
    }
    refuse_idle_choice();
    if (!answer_.trace.source.empty()) answer_.sources.push_back(answer_.trace.source);
    if (!answer_.run) return;
    for (const std::string& id : answer_.run->sources()) add_source(id);
  }

  // A column or unit of no file.
  void refuse_idle_choice() const {
    if (arguments_.has("trace") || arguments_.has("places")) return;
    for (const auto& given : {choice_.column, choice_.unit}) {
      if (given)
        refuse("no-effect", given->named + " has no effect on the built-in traces", given->where,
               "give --trace FILE, or leave it out");
    }
  }

  void add_source(const std::string& id) {
    if (!id.empty() && std::find(answer_.sources.begin(), answer_.sources.end(), id) == answer_.sources.end())
      answer_.sources.push_back(id);
  }

  static std::string duration(double hours) { return quantity::human(hours * 3600, quantity::dim::time); }

  // What makes job and window longer than the trace.
  diag::Span too_long(double window) const {
    const auto given = arguments_.get(answer_.policy.extra > window ? "extra" : "window");
    const bool by_job = answer_.job.hours > static_cast<double>(answer_.trace.hours());
    return given && !by_job ? given->where : given_time();
  }

  // Where the length of the job is given, if it is.
  diag::Span given_time() const {
    for (const auto input : {run::Input::hours, run::Input::device_hours}) {
      if (const auto& given = arguments_.run.get(input)) return given->where;
    }
    return {};
  }

  void read_policy() {
    if (answer_.job.hours <= 0)
      refuse("no-work", "the length of the job is unknown", {},
             "give --hours 36h, or --params, --tokens, --hardware and --chips");
    constexpr double shortest = 1.0 / 3600;  // hours: a second
    if (answer_.job.hours < shortest)
      refuse(
          "out-of-range", "the job is shorter than a second", given_time(),
          "allowed: 1 s to the length of the trace, " + duration(static_cast<double>(answer_.trace.hours())));
    double window = static_cast<double>(answer_.policy.window);
    if (const auto given = arguments_.get("window")) {
      const double hours = quantity_of(*given, quantity::dim::time, "24 h") / 3600;
      window = std::round(hours);
      if (std::fabs(hours - window) > 1e-9 * std::max(1.0, hours))
        refuse("out-of-range", "--window " + given->text.substr(0, 40) + ": a start waits whole hours",
               given->where, "the traces are hourly; write for example --window 24h");
    }
    if (const auto given = arguments_.get("extra")) {
      if (given->text.ends_with('%')) {
        answer_.policy.extra = answer_.job.hours * quantity_of(*given, quantity::dim::one, "100 %");
      } else {
        answer_.policy.extra = quantity_of(*given, quantity::dim::time, "24 h or 100 %") / 3600;
      }
    }
    if (const auto given = arguments_.get("threshold")) {
      constexpr double highest = 9000.0 * 1e-3 / 3.6e6;  // as for --ci
      answer_.policy.threshold = quantity_of(*given, quantity::dim::carbon_intensity, "200 g/kWh");
      if (answer_.policy.threshold > highest)
        refuse("out-of-range", given->named + ' ' + given->text.substr(0, 40) + " is out of range",
               given->where, "allowed: 0 to 9,000 g/kWh");
    }
    const double longest = answer_.job.hours + std::max(answer_.policy.extra, window);
    if (longest > static_cast<double>(answer_.trace.hours()))
      refuse("out-of-range",
             "the job and its window, " + duration(longest) + ", are longer than the trace of " +
                 duration(static_cast<double>(answer_.trace.hours())),
             too_long(window), "use more devices, a shorter --window and --extra, or a longer trace");
    answer_.policy.window = static_cast<std::size_t>(window);
  }

  void work() {
    const auto& trace = answer_.trace;
    answer_.year = schedule::year_of_starts(trace, answer_.job, answer_.policy, 1);
    answer_.mean = mean_of(trace);
    answer_.threshold = answer_.policy.threshold.value_or(schedule::median(trace));
    if (const auto start = arguments_.get("start")) from(*start);
    if (const auto places = arguments_.get("places")) {
      across(*places);
      return;
    }
    note_reading({answer_.trace});
    for (const std::string_view option : {"transfer", "max-moves"}) {
      if (const auto given = arguments_.get(option))
        refuse("missing-value", given->named + " needs --places", given->where,
               "give for example --places FRA,NOR, or --places all");
    }
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
    answer_.start = report::ScheduleAnswer::FromStart{
        .hour = *hour,
        .now = schedule::run_now(prefix, answer_.job, h),
        .shift = schedule::shift(prefix, answer_.job, h, answer_.policy.window),
        .pause = schedule::pause(trace, answer_.job, h, answer_.policy.extra),
        .threshold = schedule::threshold(trace, answer_.job, h, answer_.threshold, answer_.policy.extra)};
  }

  // The year that places are looked up in: of the home's trace.
  int year_of_home() const {
    const auto& trace = answer_.trace;
    return trace.year > 0 ? trace.year : *quantity::whole_number(schedule::stamp(trace, 0).substr(0, 4));
  }

  bool overlaps_home(const schedule::Trace& trace) const {
    const auto end = [](const schedule::Trace& t) {
      return t.first_hour + static_cast<std::int64_t>(t.hours());
    };
    return trace.first_hour < end(answer_.trace) && answer_.trace.first_hour < end(trace);
  }

  // A name of the tables is no file, whatever lies in the folder.
  bool is_file(const std::string& name) const {
    std::error_code ignored;
    return !grid_named(context_.catalog, name) &&
           (name.ends_with(".csv") || std::filesystem::exists(name, ignored));
  }

  [[noreturn]] static void refuse_year(int year, const diag::Span& where) {
    refuse("no-data",
           "the tables have no hourly traces of " + std::to_string(year) + ", the year of the home's trace",
           where, "name files of your own: --places other.csv");
  }

  static constexpr std::size_t most_places = 100;

  // The home and the places of --places, each once.
  std::vector<schedule::Trace> traces_of(const run::Given& places) {
    std::vector<schedule::Trace> out{answer_.trace};
    const int year = year_of_home();
    std::set<std::string, std::less<>> known{answer_.trace.zone};
    const auto add = [&](schedule::Trace trace) {
      if (known.insert(trace.zone).second) out.push_back(std::move(trace));
    };
    if (places.text == "all") {
      if (zones(context_.catalog, year).empty()) refuse_year(year, places.where);
      for (const std::string& zone : zones(context_.catalog, year)) {
        auto trace = *trace_of_grid(context_.catalog, zone, year);
        if (overlaps_home(trace)) {
          add(std::move(trace));
        } else {
          warn("left-out", zone + " has no hours in common with the trace of the home", places.where,
               "its trace begins at " + schedule::stamp(trace, 0));
        }
      }
      note_other_years(year);
    } else {
      std::set<std::string, std::less<>> named;  // a name that comes again is looked up once
      for (const run::Given& place : elements(places)) {
        if (!named.insert(place.text).second) continue;
        if (out.size() > most_places)
          refuse("out-of-range", "--places names more than " + std::to_string(most_places) + " places",
                 place.where, "allowed: 1 to " + std::to_string(most_places));
        const bool file = is_file(place.text);
        if (!file && zones(context_.catalog, year).empty()) refuse_year(year, place.where);
        auto trace = file ? trace_in(place, choice_) : trace_named(context_.catalog, place, year);
        if (!overlaps_home(trace))
          refuse("no-data", "'" + place.text + "' has no hours in common with the trace of the home",
                 place.where, "its trace begins at " + schedule::stamp(trace, 0));
        add(std::move(trace));
      }
    }
    if (out.size() == 1)
      refuse("no-data", "--places names no other place than the home", places.where,
             "of " + std::to_string(year) + " there are traces of " +
                 diag::listed(zones(context_.catalog, year)));
    return out;
  }

  // What reading the traces had to assume.
  void note_reading(const std::vector<schedule::Trace>& traces) {
    std::string filled;
    for (const auto& trace : traces) {
      if (trace.filled > 0)
        filled += (filled.empty() ? "" : ", ") + trace.zone + ' ' + std::to_string(trace.filled);
    }
    if (!filled.empty())
      answer_.notes.push_back("missing hours take the value of the hour before: " + filled);
    for (const auto& trace : traces) {
      if (const std::string read = report::reading(trace); !read.empty() && &trace != &traces.front())
        answer_.notes.push_back(trace.zone + ": " + read);
      for (const std::string& remark : trace.remarks)
        answer_.notes.push_back(traces.size() > 1 ? trace.zone + ": " + remark : remark);
    }
  }

  void note_other_years(int year) {
    if (year_ || answer_.trace.year == 0) return;
    const std::size_t own = zones(context_.catalog, year).size();
    for (const catalog::Row& row : schedule::traces_of(context_.catalog, answer_.trace.zone)) {
      const int other = static_cast<int>(row.number("year").value_or(0));
      const std::size_t count = zones(context_.catalog, other).size();
      if (count > own)
        answer_.notes.push_back("all places are the " + std::to_string(own) + " with a trace of " +
                                std::to_string(year) + "; of " + std::to_string(other) + " there are " +
                                std::to_string(count) + ": --year " + std::to_string(other));
    }
  }

  // Intensities that count different things are compared all the same, and said so.
  void note_mixture(const std::vector<schedule::Trace>& traces) {
    const auto mixed = [&](std::string schedule::Trace::*field) {
      std::map<std::string, std::size_t> counts;
      for (const auto& trace : traces) {
        if (!(trace.*field).empty()) ++counts[trace.*field];
      }
      std::string out;
      if (counts.size() < 2) return out;
      for (const auto& [word, count] : counts)
        out += (out.empty() ? "" : ", ") + std::to_string(count) + ' ' + word;
      return out;
    };
    if (const std::string words = mixed(&schedule::Trace::boundary); !words.empty())
      answer_.notes.push_back("the places' intensities count different things: " + words);
    if (const std::string words = mixed(&schedule::Trace::basis); !words.empty())
      answer_.notes.push_back("the places' intensities are of different kinds: " + words +
                              " (what is used there, imports included, or what is generated there)");
    if (const std::string words = mixed(&schedule::Trace::signal); !words.empty())
      answer_.notes.push_back("the places' intensities are different signals, which do not compare: " +
                              words);
  }

  void across(const run::Given& list) {
    report::ScheduleAnswer::OverPlaces over;
    if (const auto given = arguments_.get("transfer")) {
      over.moving.transfer = quantity_of(*given, quantity::dim::energy, "50 kWh");
      if (over.moving.transfer > 0 && !answer_.energy_known)
        refuse("missing-value", "--transfer needs the energy of the job to weigh it against", given->where,
               "give --hardware and --chips");
      constexpr double most = 1e9;  // energies of the job
      if (over.moving.transfer > most * answer_.job.energy)
        refuse("out-of-range", "--transfer " + given->text.substr(0, 40) + " is out of range", given->where,
               "allowed: 0 to 10^9 times the energy of the job, " +
                   quantity::human(answer_.job.energy, quantity::dim::energy));
    }
    if (const auto given = arguments_.get("max-moves")) over.moving.max_moves = moves_of(*given);
    auto traces = traces_of(list);
    note_reading(traces);
    note_mixture(traces);
    for (std::size_t p = 0; p < traces.size(); ++p) {
      over.zones.push_back(traces[p].zone);
      over.names.push_back(name_of(context_.catalog, traces[p].zone));
      over.means.push_back(mean_of(traces[p]));
      add_source(traces[p].source);
    }
    const schedule::Places places(std::move(traces), answer_.job, over.moving);
    const std::size_t window = answer_.policy.window;
    const std::size_t starts = answer_.year.starts;
    const std::size_t every = schedule::stride_of(places, window, starts);
    constexpr double most = 5e10;  // a minute
    if (const double states = schedule::states_visited(places, window, starts, every); states > most)
      refuse("too-large",
             "the split over " + std::to_string(places.size()) + " places has " +
                 quantity::significant(states, 2) + " states to look at",
             list.where,
             "allowed: 5e10, about a minute; use a shorter job or --window, fewer places, or fewer "
             "--max-moves");
    over.year = schedule::year_of_places(places, window, starts, every);
    if (answer_.start) {
      const std::size_t hour = answer_.start->now.start;
      over.offers = schedule::best_offers(places, hour, window);
      over.split = schedule::best_split(places, hour, window);
      for (std::size_t p = 0; p < over.names.size(); ++p) {
        if (std::none_of(over.offers.begin(), over.offers.end(), [&](const auto& o) { return o.place == p; }))
          warn("left-out", over.names[p] + " has no data for the whole job from this start", list.where,
               "its trace begins at " + schedule::stamp(places.trace(p), 0) + " and ends at " +
                   schedule::stamp(places.trace(p), static_cast<double>(places.trace(p).hours())));
      }
    }
    answer_.places = std::move(over);
  }

  static std::size_t moves_of(const run::Given& given) {
    constexpr double most = 100;  // more are no limit worth the search
    const auto parsed = quantity::parse(given.text, {.bare_number = true, .example = "3"});
    const double v = parsed.value.coherent;
    if (!parsed.ok || v != std::floor(v) || v < 0 || v > most)
      refuse("out-of-range",
             "--max-moves must be a whole number from 0 to 100, not '" + given.text.substr(0, 40) + "'",
             given.where, "leave it out for any number of moves");
    return static_cast<std::size_t>(v);
  }

  Context& context_;
  const Arguments& arguments_;
  std::optional<run::Given> place_;
  std::optional<int> year_;
  std::string form_;
  schedule::TraceChoice choice_;
  report::ScheduleAnswer answer_;
};

}  // namespace

int schedule(Context& context) { return Schedule{context}.run(); }

}  // namespace kwhatif::cli
