// A job in several places: their traces, and the best of whole and split.
#include "schedule_traces.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::ask {

using diag::refuse;

namespace {

constexpr std::size_t most_places = 100;

// The year that places are looked up in: of the home's trace.
int year_of(const schedule::Trace& home) {
  return home.year > 0 ? home.year : *quantity::whole_number(schedule::stamp(home, 0).substr(0, 4));
}

bool overlap(const schedule::Trace& a, const schedule::Trace& b) {
  const auto end = [](const schedule::Trace& t) {
    return t.first_hour + static_cast<std::int64_t>(t.hours());
  };
  return a.first_hour < end(b) && b.first_hour < end(a);
}

// The home and the places of --places, each once.
class Gathered {
 public:
  Gathered(ScheduleAnswer& answer, const ScheduleQuestion& question, const catalog::Catalog& catalog)
      : answer_(answer), question_(question), catalog_(catalog), places_(*question.places) {
    traces_.push_back(answer.trace);
    known_.insert(answer.trace.zone);
  }

  std::vector<schedule::Trace> all(std::optional<int> asked_year) {
    if (places_.text == "all") {
      add_all();
      if (!asked_year) note_other_years();
    } else {
      add_named();
    }
    if (traces_.size() == 1)
      refuse("no-data", "--places names no other place than the home", places_.where,
             "of " + std::to_string(year_) + " there are traces of " + diag::listed(zones(catalog_, year_)));
    return std::move(traces_);
  }

 private:
  void add(schedule::Trace trace) {
    if (known_.insert(trace.zone).second) traces_.push_back(std::move(trace));
  }

  void refuse_year(const diag::Span& where) const {
    if (!zones(catalog_, year_).empty()) return;
    refuse("no-data",
           "the tables have no hourly traces of " + std::to_string(year_) + ", the year of the home's trace",
           where, "name files of your own: --places other.csv");
  }

  void add_all() {
    refuse_year(places_.where);
    for (const std::string& zone : zones(catalog_, year_)) {
      auto trace = *trace_of_grid(catalog_, zone, year_);
      if (overlap(trace, answer_.trace))
        add(std::move(trace));
      else
        answer_.warnings.push_back(
            warning("left-out", zone + " has no hours in common with the trace of the home", places_.where,
                    "its trace begins at " + schedule::stamp(trace, 0)));
    }
  }

  void add_named() {
    std::set<std::string, std::less<>> named;  // a name that comes again is looked up once
    for (const run::Given& place : elements(places_)) {
      if (!named.insert(place.text).second) continue;
      if (traces_.size() > most_places)
        refuse("out-of-range", "--places names more than " + std::to_string(most_places) + " places",
               place.where, "allowed: 1 to " + std::to_string(most_places));
      auto own = trace_of_file(place, question_, catalog_);
      if (!own) refuse_year(place.where);
      auto trace = own ? std::move(*own) : trace_named(catalog_, place, year_);
      if (!overlap(trace, answer_.trace))
        refuse("no-data", "'" + place.text + "' has no hours in common with the trace of the home",
               place.where, "its trace begins at " + schedule::stamp(trace, 0));
      add(std::move(trace));
    }
  }

  void note_other_years() {
    if (answer_.trace.year == 0) return;
    const std::size_t own = zones(catalog_, year_).size();
    for (const catalog::Row& row : schedule::traces_of(catalog_, answer_.trace.zone)) {
      const int other = static_cast<int>(row.number("year").value_or(0));
      const std::size_t count = zones(catalog_, other).size();
      if (count > own)
        answer_.notes.push_back(trace_note("all places are the " + std::to_string(own) + " with a trace of " +
                                           std::to_string(year_) + "; of " + std::to_string(other) +
                                           " there are " + std::to_string(count) + ": --year " +
                                           std::to_string(other)));
    }
  }

  ScheduleAnswer& answer_;
  const ScheduleQuestion& question_;
  const catalog::Catalog& catalog_;
  const run::Given& places_;
  int year_ = year_of(answer_.trace);
  std::vector<schedule::Trace> traces_;
  std::set<std::string, std::less<>> known_;
};

// Intensities that count different things are compared all the same, and said so.
void note_mixture(const std::vector<schedule::Trace>& traces, std::vector<diag::Diagnostic>& notes) {
  const auto note = [&](std::string schedule::Trace::*field, const char* what, const char* remark) {
    std::map<std::string, std::size_t> counts;
    for (const auto& trace : traces) {
      if (!(trace.*field).empty()) ++counts[trace.*field];
    }
    if (counts.size() < 2) return;
    const auto counted = [](const auto& entry) { return std::to_string(entry.second) + ' ' + entry.first; };
    notes.push_back(trace_note("the places' intensities " + std::string{what} + ": " +
                               diag::listed(counts, ", ", counted) + remark));
  };
  note(&schedule::Trace::boundary, "count different things", "");
  note(&schedule::Trace::basis, "are of different kinds",
       " (what is used there, imports included, or what is generated there)");
  note(&schedule::Trace::signal, "are different signals, which do not compare", "");
}

std::size_t moves_of(const run::Given& given) {
  constexpr double most = 100;  // more are no limit worth the search
  const auto parsed = quantity::parse(given.text, {.bare_number = true, .example = "3"});
  const double v = parsed.value.coherent;
  if (!parsed.ok || v != std::floor(v) || v < 0 || v > most)
    refuse("out-of-range",
           "--max-moves must be a whole number from 0 to 100, not '" + given.text.substr(0, 40) + "'",
           given.where, "leave it out for any number of moves");
  return static_cast<std::size_t>(v);
}

schedule::Moving moving_of(const ScheduleQuestion& question, const ScheduleAnswer& answer) {
  schedule::Moving out;
  if (const auto& given = question.transfer) {
    out.transfer = quantity_of(*given, quantity::dim::energy, "50 kWh");
    if (out.transfer > 0 && !answer.energy_known)
      refuse("missing-value", "--transfer needs the energy of the job to weigh it against", given->where,
             "give --hardware and --chips");
    constexpr double most = 1e9;  // energies of the job
    if (out.transfer > most * answer.job.energy)
      refuse("out-of-range", "--transfer " + given->text.substr(0, 40) + " is out of range", given->where,
             "allowed: 0 to 10^9 times the energy of the job, " +
                 quantity::human(answer.job.energy, quantity::dim::energy));
  }
  if (question.max_moves) out.max_moves = moves_of(*question.max_moves);
  return out;
}

// From the given start.
void offer(const schedule::Places& places, const diag::Span& where, ScheduleAnswer& answer,
           ScheduleAnswer::OverPlaces& over) {
  const std::size_t hour = answer.start->now.start;
  over.offers = schedule::best_offers(places, hour, answer.policy.window);
  over.split = schedule::best_split(places, hour, answer.policy.window);
  for (std::size_t p = 0; p < over.names.size(); ++p) {
    if (std::ranges::any_of(over.offers, [&](const auto& o) { return o.place == p; })) continue;
    const auto& trace = places.trace(p);
    answer.warnings.push_back(warning("left-out",
                                      over.names[p] + " has no data for the whole job from this start", where,
                                      "its trace begins at " + schedule::stamp(trace, 0) + " and ends at " +
                                          schedule::stamp(trace, static_cast<double>(trace.hours()))));
  }
}

}  // namespace

void across_places(ScheduleAnswer& answer, const ScheduleQuestion& question, std::optional<int> year,
                   const catalog::Catalog& catalog) {
  ScheduleAnswer::OverPlaces over;
  over.moving = moving_of(question, answer);
  auto traces = Gathered(answer, question, catalog).all(year);
  note_reading(traces, answer.notes);
  note_mixture(traces, answer.notes);
  for (const auto& trace : traces) {
    over.zones.push_back(trace.zone);
    over.names.push_back(name_of(catalog, trace.zone));
    over.means.push_back(mean_of(trace));
    add_source(answer.sources, trace.source);
  }
  const schedule::Places places(std::move(traces), answer.job, over.moving);
  const std::size_t window = answer.policy.window;
  const std::size_t starts = answer.year.starts;
  const std::size_t every = schedule::stride_of(places, window, starts);
  constexpr double most = 5e10;  // a minute
  if (const double states = schedule::states_visited(places, window, starts, every); states > most)
    refuse("too-large",
           "the split over " + std::to_string(places.size()) + " places has " +
               quantity::significant(states, 2) + " states to look at",
           question.places->where,
           "allowed: 5e10, about a minute; use a shorter job or --window, fewer places, or fewer "
           "--max-moves");
  over.year = schedule::year_of_places(places, window, starts, every);
  if (answer.start) offer(places, question.places->where, answer, over);
  answer.places = std::move(over);
}

}  // namespace kwhatif::ask
