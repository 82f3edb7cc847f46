#include "pages.hpp"
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/schedule.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using quantity::human;
using quantity::significant;

namespace {

constexpr std::size_t most_stretches = 8;

std::string percent(double share) {
  std::string out = significant(100 * share, std::fabs(share) >= 0.1 ? 3 : 2);
  if (std::fabs(100 * share) < 0.05) out = "0";
  return out + " %";
}

std::string intensity(double coherent) { return human(coherent, quantity::dim::carbon_intensity); }
std::string mass(double coherent) { return human(coherent, quantity::dim::co2e); }
std::string hours(double number) { return number == 0 ? "0 h" : human(number * 3600, quantity::dim::time); }

// "no move", "1 move", "3 moves".
std::string times(std::size_t n, const std::string& what) {
  return n == 0 ? "no " + what : std::to_string(n) + ' ' + what + (n == 1 ? "" : "s");
}

// CO2e of the job at this mean intensity; without its energy, otherwise.
std::string emitted(const ScheduleAnswer& a, double mean, std::string otherwise = "-") {
  const auto co2e = a.co2e(mean);
  return co2e ? mass(*co2e) : std::move(otherwise);
}

std::string at_hour(const ScheduleAnswer& a, double hour) { return schedule::stamp(a.trace, hour); }
std::string at_hour(const ScheduleAnswer& a, std::size_t hour) {
  return at_hour(a, static_cast<double>(hour));
}

std::string savings_text(const ScheduleAnswer& a) {
  Table table{{{"Policy"},
               {"mean saving", Align::right},
               {"5 %", Align::right},
               {"median", Align::right},
               {"95 %", Align::right},
               {"pauses", Align::right},
               {"CO2e", Align::right}},
              {}};
  const auto add = [&](std::string name, const schedule::Savings& s) {
    table.rows.push_back({std::move(name), percent(s.mean), percent(s.quantile(0.05)),
                          percent(s.quantile(0.5)), percent(s.quantile(0.95)), significant(s.pauses, 2),
                          emitted(a, a.year.average * (1 - s.mean), "")});
  };
  const std::string window = hours(static_cast<double>(a.policy.window));
  const std::string extra = hours(a.policy.extra);
  table.rows.push_back(
      {"start at once", "", "", "", "", "", emitted(a, a.year.average, intensity(a.year.average))});
  add("best start within " + window, a.year.shift);
  add("pause and resume, up to " + extra + " more", a.year.pause);
  add("run below " + intensity(a.threshold) + ", up to " + extra + " more", a.year.threshold);
  if (a.places) {
    const std::string of = std::to_string(a.places->names.size()) + " places, start within " + window;
    add("whole in the best of " + of, a.places->year.alone);
    add("split over " + of, a.places->year.split);
  }
  std::string out = text(table);
  out += "over " + std::to_string(a.year.starts) +
         " start hours; savings are against starting at once at the same hour" +
         (a.places ? " at home\n" : "\n");
  if (a.places && a.places->year.starts < a.year.starts)
    out += "whole and split: over " + std::to_string(a.places->year.starts) + " of them\n";
  return out;
}

std::string best_times_text(const ScheduleAnswer& a) {
  const auto& by_hour = a.year.by_hour;
  const auto best =
      static_cast<std::size_t>(std::min_element(by_hour.begin(), by_hour.end()) - by_hour.begin());
  const auto worst =
      static_cast<std::size_t>(std::max_element(by_hour.begin(), by_hour.end()) - by_hour.begin());
  return "Best hour of the day to start: " + two_digits(best) + ":00 UTC (" +
         percent(schedule::saving(by_hour[best], a.year.average)) +
         " below the mean of all starts); worst: " + two_digits(worst) + ":00 UTC (" +
         percent(-schedule::saving(by_hour[worst], a.year.average)) +
         " above)\nBest start of the trace: " + at_hour(a, a.year.best_start) + ", " +
         intensity(a.year.now.front()) + "; worst: " + at_hour(a, a.year.worst_start) + ", " +
         intensity(a.year.now.back()) + '\n';
}

std::string from_start_text(const ScheduleAnswer& a) {
  const auto& s = *a.start;
  Table table{{{"From " + schedule::stamp(s.hour)},
               {"starts"},
               {"ends"},
               {"intensity", Align::right},
               {"CO2e", Align::right},
               {"saving", Align::right},
               {"pauses", Align::right}},
              {}};
  const auto add = [&](std::string name, const schedule::Outcome& o) {
    table.rows.push_back({std::move(name), at_hour(a, o.start),
                          o.done ? at_hour(a, o.end) : "after the trace's end", intensity(o.mean),
                          emitted(a, o.mean), percent(schedule::saving(o.mean, s.now.mean)),
                          std::to_string(o.pauses)});
  };
  add("start at once", s.now);
  add("best start in the window", s.shift);
  add("pause and resume", s.pause);
  add("threshold", s.threshold);
  return text(table);
}

// Over the year: what the whole job saves in each place, and where the split runs.
std::string places_text(const ScheduleAnswer& a) {
  const auto& p = *a.places;
  Table table{{{"Place"},
               {"mean of the trace", Align::right},
               {"whole job there saves", Align::right},
               {"part of the split", Align::right}},
              {}};
  std::vector<std::size_t> order(p.names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return p.means[x] < p.means[y]; });
  for (const std::size_t i : order) {
    const double saves = p.year.place_saves[i];
    table.rows.push_back({p.names[i] + (i == 0 ? ", home" : ""), intensity(p.means[i]),
                          std::isnan(saves) ? "-" : percent(saves), percent(p.year.share[i])});
  }
  return text(table) + "the split moves " + significant(p.year.moves, 2) +
         " times on average while it runs\n";
}

std::string offers_text(const ScheduleAnswer& a) {
  Table table{{{"Whole job in one place"},
               {"starts"},
               {"intensity", Align::right},
               {"CO2e", Align::right},
               {"saving", Align::right}},
              {}};
  for (const auto& offer : a.places->offers) {
    table.rows.push_back({a.places->names[offer.place] + (offer.place == 0 ? ", home" : ""),
                          at_hour(a, offer.start), intensity(offer.mean - offer.moving),
                          emitted(a, offer.mean), percent(schedule::saving(offer.mean, a.start->now.mean))});
  }
  return text(table);
}

std::string split_text(const ScheduleAnswer& a) {
  const auto& p = *a.places;
  const auto& split = *p.split;
  std::string out = "Split: " + emitted(a, split.mean, intensity(split.mean) + " on average") + ", saving " +
                    percent(schedule::saving(split.mean, a.start->now.mean)) + "; " +
                    times(split.moves(), "move") + " while it runs";
  if (split.moving > 0) out += "; moving is " + emitted(a, split.moving) + " of it";
  Table table{{{"from"}, {"to"}, {"place"}, {"work", Align::right}, {"intensity", Align::right}}, {}};
  std::vector<double> in(p.names.size(), 0);
  for (const auto& s : split.stretches) {
    in[s.place] += s.hours;
    if (table.rows.size() == most_stretches) continue;
    table.rows.push_back({at_hour(a, s.start), at_hour(a, static_cast<double>(s.start) + s.hours),
                          p.names[s.place], hours(s.hours), intensity(s.mean)});
  }
  out += '\n' + text(table, 2);
  if (split.stretches.size() > most_stretches)
    out += "  and " + std::to_string(split.stretches.size() - most_stretches) +
           " more stretches; --json and --csv list them all\n";
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return in[x] > in[y]; });
  std::string shares;
  for (const std::size_t i : order)
    shares += (shares.empty() ? "" : ", ") + p.names[i] + ' ' + percent(in[i] / a.job.hours);
  return out + wrapped("Hours, and so energy: " + shares, page_width, 2);
}

std::string definitions_text(const ScheduleAnswer& a) {
  std::vector<std::string> lines{
      "CO2e of a job is its energy times the mean intensity of the hours it runs in; constant power.",
      "best start: one unbroken run, started 0 to N whole hours later, where the mean is least.",
      "pause and resume: the cheapest hours among work and extra time; pausing and resuming cost nothing.",
      "threshold: runs while the intensity is at or below the limit and waits otherwise, until the extra "
      "time is used up."};
  if (a.places) {
    const auto& moving = a.places->moving;
    lines.push_back("whole: the unbroken run in one place. split: each hour in any place" +
                    (!moving.max_moves ? std::string{}
                     : *moving.max_moves == 0
                         ? ", with no move while it runs"
                         : ", with at most " + times(*moving.max_moves, "move") + " while it runs") +
                    "; of all ways to do so the one of least CO2e.");
    lines.push_back(
        (moving.transfer > 0
             ? "A move draws " + human(moving.transfer, quantity::dim::energy) +
                   ", half at each end at the intensities of the hour of the move, and takes no time. The "
                   "data "
                   "lie at home before: starting elsewhere is a move too, which is counted in CO2e."
             : std::string{"Moving is taken as free and takes no time: --transfer gives the energy of a "
                           "move."}) +
        " Nothing is moved back. Power and PUE are the same in all places.");
  }
  lines.emplace_back("All know the year in advance: a forecast reaches less.");
  std::string out = "Definitions\n";
  for (const std::string& line : lines) out += wrapped(line, page_width, 2);
  return out;
}

std::string sources_text(const ScheduleAnswer& a, const catalog::Catalog& catalog) {
  if (a.sources.empty()) return {};
  std::string out = "\nSources\n";
  for (const std::string& id : a.sources) {
    const std::string line =
        wrapped('[' + id + "] " + citation(catalog, id) + (id == a.trace.source ? "; " + a.trace.at : ""),
                page_width, 4);
    out += "  " + line.substr(4);
  }
  for (const std::string& line : attributions(catalog, a.sources)) out += wrapped(line, page_width, 2);
  return out;
}

}  // namespace

std::string reading(const schedule::Trace& trace) {
  if (trace.unit.empty() || !trace.source.empty()) return {};
  std::string out = trace.column.empty() ? "values" : "column '" + trace.column + "'";
  out += " in " + trace.unit + ", ";
  out += trace.boundary.empty() ? "boundary not stated" : trace.boundary;
  if (!trace.basis.empty()) out += ", of " + trace.basis;
  out += ", " + trace.signal + " signal";
  if (trace.step < 60) out += "; steps of " + std::to_string(trace.step) + " minutes averaged to hours";
  std::string others;
  for (const std::string& other : trace.others) others += (others.empty() ? "'" : ", '") + other + '\'';
  if (!others.empty()) out += "; not read: " + others + " (--trace-column chooses)";
  return out;
}

std::string signal_note(const schedule::Trace& trace) {
  if (trace.signal == "marginal")
    return "this is a marginal signal: what one more kWh causes. Use it to judge what a shift changes; the "
           "CO2e "
           "here is no inventory, which needs average intensities.";
  return "these are average intensities of the grid. What one more kWh causes (the marginal signal) can "
         "differ "
         "and even point the other way; use these for accounting, and a marginal signal to judge what a "
         "shift "
         "changes.";
}

std::string schedule_text(const ScheduleAnswer& a, const catalog::Catalog& catalog) {
  std::string out = diag::visible(a.place) + ", hourly intensities from " + at_hour(a, std::size_t{0}) +
                    " to " + at_hour(a, a.trace.hours() - 1) + ", mean " + intensity(a.mean) + '\n';
  if (const std::string read = reading(a.trace); !read.empty())
    out += wrapped("Read: " + read, page_width, 0);
  out += "Job of " + hours(a.job.hours) +
         (a.energy_known ? ", " + human(a.job.energy, quantity::dim::energy) + " from the grid"
                         : ", energy unknown (give --hardware and --chips)") +
         "\n\n";
  out += savings_text(a) + '\n' + best_times_text(a);
  if (a.places) out += '\n' + places_text(a);
  if (a.start) out += '\n' + from_start_text(a);
  if (a.places && a.places->split) out += '\n' + offers_text(a) + '\n' + split_text(a);
  out += '\n' + definitions_text(a);
  if (a.run) {
    const Page assumed = assumptions_page(ask::assumptions(*a.run));
    if (!assumed.empty()) out += '\n' + page_text(assumed);
  }
  out += '\n' + wrapped("note: " + signal_note(a.trace), page_width, 0);
  for (const std::string& note : a.notes) out += wrapped("note: " + note, page_width, 0);
  return out + sources_text(a, catalog);
}

}  // namespace kwhatif::report
