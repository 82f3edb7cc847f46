// schedule for people.
#include "pages.hpp"
#include "schedule_pages.hpp"
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kwhatif::report {

using ask::ScheduleAnswer;
using quantity::human;
using quantity::significant;

namespace {

constexpr std::size_t most_stretches = 8;

std::string percent(double share) {
  if (std::fabs(100 * share) < 0.05) return "0 %";
  return significant(100 * share, std::fabs(share) >= 0.1 ? 3 : 2) + " %";
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

std::string named(const ScheduleAnswer& a, std::size_t place) {
  return a.places->names[place] + (place == 0 ? ", home" : "");
}

// Places in the order of a number that each has, the least first.
std::vector<std::size_t> by(const std::vector<double>& numbers) {
  std::vector<std::size_t> out(numbers.size());
  std::iota(out.begin(), out.end(), 0);
  std::ranges::stable_sort(out, [&](std::size_t x, std::size_t y) { return numbers[x] < numbers[y]; });
  return out;
}

void add_savings(Page& page, const ScheduleAnswer& a) {
  Table table{heads({"Policy", ">mean saving", ">5 %", ">median", ">95 %", ">pauses", ">CO2e"}), {}};
  std::size_t best = 0;
  double most = 0;
  const auto add = [&](std::string name, const schedule::Savings& s) {
    if (s.mean > most) {
      most = s.mean;
      best = table.rows.size();
    }
    table.rows.push_back({std::move(name), percent(s.mean), percent(s.quantile(0.05)),
                          percent(s.quantile(0.5)), percent(s.quantile(0.95)), significant(s.pauses, 2),
                          emitted(a, a.year.average * (1 - s.mean), "")});
  };
  table.rows.push_back(
      {"start at once", "", "", "", "", "", emitted(a, a.year.average, intensity(a.year.average))});
  add("best start", a.year.shift);
  add("pause and resume", a.year.pause);
  add("run below " + intensity(a.threshold), a.year.threshold);
  if (a.places) {
    add("whole in the best place", a.places->year.alone);
    add("split over places", a.places->year.split);
  }
  page.table(std::move(table), 0, {best});
  const std::string count =
      a.places ? ", in one of " + std::to_string(a.places->names.size()) + " places" : "";
  page.paragraph("starts wait up to " + hours(static_cast<double>(a.policy.window)) + ", pauses take up to " +
                 hours(a.policy.extra) + " more" + count + "; over " + std::to_string(a.year.starts) +
                 " start hours; savings are against starting at once at the same hour" +
                 (a.places ? " at home" : ""));
  const std::size_t left_out = a.year.possible - a.year.starts;
  constexpr std::size_t one_in = 20;  // of a year, the last day goes without saying
  if (left_out * one_in > a.year.possible)
    page.paragraph("savings leave out the last " + std::to_string(left_out) + " of " +
                   std::to_string(a.year.possible) +
                   " possible start hours: their window reaches beyond the end of the trace");
  if (a.places && a.places->year.starts < a.year.starts)
    page.paragraph("whole and split: over " + std::to_string(a.places->year.starts) + " of them");
}

void add_best_times(Page& page, const ScheduleAnswer& a) {
  const auto& by_hour = a.year.by_hour;
  std::size_t best = by_hour.size();
  std::size_t worst = by_hour.size();
  std::size_t seen = 0;
  for (std::size_t h = 0; h < by_hour.size(); ++h) {
    if (std::isnan(by_hour[h])) continue;
    ++seen;
    if (best == by_hour.size() || by_hour[h] < by_hour[best]) best = h;
    if (worst == by_hour.size() || by_hour[h] > by_hour[worst]) worst = h;
  }
  if (seen == 0) return;
  const std::string of = seen < by_hour.size()
                             ? ", of the " + std::to_string(seen) + " at which the trace has starts"
                             : std::string{};
  page.gap()
      .paragraph("Best hour of the day to start" + of + ": " + two_digits(best) + ":00 UTC (" +
                 percent(schedule::saving(by_hour[best], a.year.possible_average)) +
                 " below the mean of all starts); worst: " + two_digits(worst) + ":00 UTC (" +
                 percent(-schedule::saving(by_hour[worst], a.year.possible_average)) + " above)")
      .paragraph("Best start of the trace: " + at_hour(a, a.year.best_start) + ", " +
                 intensity(a.year.least) + "; worst: " + at_hour(a, a.year.worst_start) + ", " +
                 intensity(a.year.most));
}

// Over the year: what the whole job saves in each place, and where the split runs.
void add_places(Page& page, const ScheduleAnswer& a) {
  const auto& p = *a.places;
  Table table{heads({"Place", ">mean of trace", ">whole job saves", ">part of split"}), {}};
  for (const std::size_t i : by(p.means)) {
    const double saves = p.year.place_saves[i];
    table.rows.push_back({named(a, i), intensity(p.means[i]), std::isnan(saves) ? "-" : percent(saves),
                          percent(p.year.share[i])});
  }
  page.gap().table(std::move(table));
  page.paragraph("the split moves " + significant(p.year.moves, 2) + " times on average while it runs");
}

void add_from_start(Page& page, const ScheduleAnswer& a) {
  const auto& s = *a.start;
  Table table{
      heads({"From " + schedule::stamp(s.hour), ">intensity", ">CO2e", ">saving", ">pauses", "runs from"}),
      {}};
  std::size_t best = 0;
  double least = s.now.mean;
  const auto add = [&](std::string name, const schedule::Outcome& o) {
    if (o.done && o.mean < least) {
      least = o.mean;
      best = table.rows.size();
    }
    table.rows.push_back(
        {std::move(name), intensity(o.mean), emitted(a, o.mean),
         percent(schedule::saving(o.mean, s.now.mean)), std::to_string(o.pauses),
         at_hour(a, o.start) + " to " + (o.done ? at_hour(a, o.end) : std::string{"after the trace's end"})});
  };
  add("start at once", s.now);
  add("best start", s.shift);
  add("pause and resume", s.pause);
  add("run below " + intensity(a.threshold), s.threshold);
  page.gap().table(std::move(table), 0, {best});
}

void add_offers(Page& page, const ScheduleAnswer& a) {
  Table table{heads({"Whole job in one place", "starts", ">intensity", ">CO2e", ">saving"}), {}};
  for (const auto& offer : a.places->offers) {
    table.rows.push_back({named(a, offer.place), at_hour(a, offer.start),
                          intensity(offer.mean - offer.moving), emitted(a, offer.mean),
                          percent(schedule::saving(offer.mean, a.start->now.mean))});
  }
  page.gap().table(std::move(table), 0, {0});
}

void add_split(Page& page, const ScheduleAnswer& a) {
  const auto& p = *a.places;
  const auto& split = *p.split;
  const auto start = static_cast<double>(split.start());
  page.gap().paragraph("Split: " + emitted(a, split.mean, intensity(split.mean) + " on average") +
                       ", saving " + percent(schedule::saving(split.mean, a.start->now.mean)) + "; " +
                       times(split.moves(), "move") + " while it runs" +
                       (split.moving > 0 ? "; moving is " + emitted(a, split.moving) + " of it" : "") +
                       "; ends " + at_hour(a, start + a.job.hours));
  Table table{heads({"from", ">work", ">intensity", "place"}), {}};
  std::vector<double> less(p.names.size(), 0);  // hours in each place, negative: the most comes first
  for (const auto& s : split.stretches) {
    less[s.place] -= s.hours;
    if (table.rows.size() < most_stretches)
      table.rows.push_back({at_hour(a, s.start), hours(s.hours), intensity(s.mean), p.names[s.place]});
  }
  page.table(std::move(table), 2);
  if (split.stretches.size() > most_stretches)
    page.paragraph("and " + std::to_string(split.stretches.size() - most_stretches) +
                       " more stretches; --json and --csv list them all",
                   2);
  std::string shares;
  for (const std::size_t i : by(less)) {
    if (less[i] < 0)
      shares += (shares.empty() ? "" : ", ") + p.names[i] + ' ' + percent(-less[i] / a.job.hours);
  }
  page.paragraph("Hours, and so energy: " + shares, 2);
}

void add_definitions(Page& page, const ScheduleAnswer& a) {
  page.asides().gap().heading("Definitions");
  const auto say = [&](std::string line) { page.paragraph(std::move(line), 2); };
  say("CO2e of a job is its energy times the mean intensity of the hours it runs in; constant power.");
  say("best start: one unbroken run, started 0 to N whole hours later, where the mean is least.");
  say("pause and resume: the cheapest hours among work and extra time; pausing and resuming cost nothing.");
  say("run below: runs while the intensity is at or below the threshold and waits otherwise, until the extra "
      "time is used up.");
  if (a.places) {
    const auto& moving = a.places->moving;
    std::string limit;
    if (moving.max_moves)
      limit = *moving.max_moves == 0
                  ? ", with no move while it runs"
                  : ", with at most " + times(*moving.max_moves, "move") + " while it runs";
    say("whole: the unbroken run in one place. split: each hour in any place" + limit +
        "; of all ways to do so the one of least CO2e.");
    say((moving.transfer > 0
             ? "A move draws " + human(moving.transfer, quantity::dim::energy) +
                   ", half at each end at the intensities of the hour of the move, and takes no time. The "
                   "data "
                   "lie at home before: starting elsewhere is a move too, which is counted in CO2e."
             : std::string{"Moving is taken as free and takes no time: --transfer gives the energy of a "
                           "move."}) +
        " Nothing is moved back. Power and PUE are the same in all places.");
  }
  say("All know the year in advance: a forecast reaches less.");
}

void add_sources(Page& page, const ScheduleAnswer& a, const catalog::Catalog& tables) {
  if (a.sources.empty()) return;
  page.gap().heading("Sources");
  for (const std::string& id : a.sources)
    page.hanging("  ",
                 '[' + id + "] " + citation(tables, id) + (id == a.trace.source ? "; " + a.trace.at : ""), 4);
  for (const std::string& line : attributions(tables, a.sources)) page.paragraph(line, 2);
}

}  // namespace

Page schedule_page(const ScheduleAnswer& a, const catalog::Catalog& tables) {
  Page page;
  page.heading(diag::visible(a.place) + ": hours from " + at_hour(a, std::size_t{0}) + " to " +
               at_hour(a, a.trace.hours() - 1) + ", mean " + intensity(a.mean));
  if (const std::string read = ask::reading(a.trace); !read.empty()) page.paragraph("Read: " + read);
  page.paragraph("Job of " + hours(a.job.hours) +
                 (a.energy_known ? ", " + human(a.job.energy, quantity::dim::energy) + " from the grid"
                                 : ", energy unknown (give --hardware and --chips)"));
  page.gap();
  add_savings(page, a);
  add_best_times(page, a);
  if (a.places) add_places(page, a);
  if (a.start) add_from_start(page, a);
  if (a.places && a.places->split) {
    add_offers(page, a);
    add_split(page, a);
  }
  add_definitions(page, a);
  page.append(assumptions_page(a.assumptions));
  page.gap();
  for (const diag::Diagnostic& note : a.notes)
    page.paragraph("note: " + note.message + (note.help.empty() ? "" : "; " + note.help + '.'));
  add_sources(page, a, tables);
  return page;
}

}  // namespace kwhatif::report
