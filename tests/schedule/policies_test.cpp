#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/schedule/policies.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace kwhatif;
using schedule::Job;
using schedule::Policy;
using schedule::Trace;

namespace {

std::vector<Trace> traces_of_2022() {
  std::vector<Trace> out;
  for (const auto& row : catalog::Catalog::builtin().rows(catalog::Kind::trace)) {
    if (row.number("year").value_or(0) == 2022) out.push_back(schedule::trace_of(row));
  }
  return out;
}

Trace random_trace(test::Random& random, std::size_t hours) {
  Trace out;
  for (std::size_t i = 0; i < hours; ++i)
    out.intensity.push_back(std::round(random.between(10, 800)) * 1e-3 / 3.6e6);
  return out;
}

double slow_mean(const Trace& trace, std::size_t start, std::size_t hours) {
  double sum = 0;
  for (std::size_t h = start; h < start + hours; ++h) sum += trace.intensity[h];
  return sum / static_cast<double>(hours);
}

// Saving in percent, mean over 60 evenly spaced starts and then over the traces, straight from the
// definitions.
double simulated(const std::vector<Trace>& traces, std::size_t hours, std::size_t extra, bool pausing) {
  double total = 0;
  for (const Trace& trace : traces) {
    double sum = 0;
    for (std::size_t i = 0; i < 60; ++i) {
      const std::size_t start = i * 8280 / 59;  // up to 20 days before the end of the year
      double best = slow_mean(trace, start, hours);
      const double now = best;
      if (pausing) {
        std::vector<double> window(
            trace.intensity.begin() + static_cast<std::ptrdiff_t>(start),
            trace.intensity.begin() + static_cast<std::ptrdiff_t>(start + hours + extra));
        std::sort(window.begin(), window.end());
        best = std::accumulate(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(hours), 0.0) /
               static_cast<double>(hours);
      } else {
        for (std::size_t later = 1; later <= extra; ++later)
          best = std::min(best, slow_mean(trace, start + later, hours));
      }
      sum += 1 - best / now;
    }
    total += sum / 60;
  }
  return 100 * total / static_cast<double>(traces.size());
}

}  // namespace

TEST_CASE("the nineteen traces are whole and have the means their sources give") {
  const auto rows = catalog::Catalog::builtin().rows(catalog::Kind::trace);
  REQUIRE(rows.size() == 19);
  for (const auto& row : rows) {
    const Trace trace = schedule::trace_of(row);
    INFO(trace.zone << ' ' << trace.year);
    CHECK(trace.hours() >= 8756);
    CHECK(trace.hours() <= 8760);
    CHECK(trace.filled <= 4);
    CHECK(trace.remarks.empty());
    CHECK(schedule::stamp(trace.first_hour) == std::to_string(trace.year) + "-01-01T00:00Z");
    const double mean = std::accumulate(trace.intensity.begin(), trace.intensity.end(), 0.0) /
                        static_cast<double>(trace.hours());
    CHECK(std::fabs(quantity::to_unit(mean - *row.number("mean"), "g/kWh")) < 0.15);
  }
}

// Published beside the traces; which 60 starts were taken is not, and other evenly spaced ones move a figure
// by up to 0.6.
TEST_CASE("the simulated savings on sixteen zones of 2022 come out, by definition and by the fast way") {
  const auto traces = traces_of_2022();
  REQUIRE(traces.size() == 16);
  struct Row {
    std::size_t hours;
    double shift, pause, pause_double;
  };
  for (const Row& row : {Row{1, 16.8, 16.8, 2.0}, Row{6, 14.4, 15.6, 7.3}, Row{36, 5.4, 9.6, 12.1},
                         Row{192, 1.3, 4.1, 16.1}}) {
    INFO(row.hours << " h");
    constexpr double margin = 0.25;
    CHECK(std::fabs(simulated(traces, row.hours, 24, false) - row.shift) < margin);
    CHECK(std::fabs(simulated(traces, row.hours, 24, true) - row.pause) < margin);
    CHECK(std::fabs(simulated(traces, row.hours, row.hours, true) - row.pause_double) < margin);
    double shift = 0;
    double pause = 0;
    double pause_double = 0;
    for (const Trace& trace : traces) {
      const Job job{static_cast<double>(row.hours), 1};
      const auto day = schedule::year_of_starts(trace, job, {24, 24, {}}, 1);
      shift += 100 * day.shift.mean / 16;
      pause += 100 * day.pause.mean / 16;
      pause_double += 100 * schedule::year_of_starts(trace, job, {24, job.hours, {}}, 1).pause.mean / 16;
    }
    CHECK(std::fabs(shift - row.shift) < margin + 0.25);
    CHECK(std::fabs(pause - row.pause) < margin + 0.25);
    CHECK(std::fabs(pause_double - row.pause_double) < margin + 0.25);
  }
}

TEST_CASE("pausing a 192-hour job pays from 1 % in western India to about half in South Australia") {
  const std::vector<std::pair<std::string, double>> published{
      {"IN-WE", 1.1}, {"US-SE-SOCO", 3.8}, {"FRA", 16.3},  {"US-CAL-CISO", 23.1},
      {"GB", 24.6},   {"DK-DK1", 28.0},    {"AU-SA", 48.5}};
  for (const Trace& trace : traces_of_2022()) {
    for (const auto& [zone, saving] : published) {
      if (trace.zone != zone) continue;
      INFO(zone);
      CHECK(std::fabs(simulated({trace}, 192, 192, true) - saving) < 1.0);
    }
  }
}

TEST_CASE("the year of starts equals the policies one start at a time") {
  test::Random random(5);
  for (int i = 0; i < 30; ++i) {
    const Trace trace = random_trace(random, 300 + random.below(200));
    const Job job{1.0 + static_cast<double>(random.below(80)) + (random.below(2) == 0 ? 0.5 : 0.0), 1};
    const Policy policy{random.below(40), static_cast<double>(random.below(60)), {}};
    const auto year = schedule::year_of_starts(trace, job, policy, 1);
    const schedule::Prefix prefix(trace);
    REQUIRE(year.starts > 0);
    double shift = 0;
    double pause = 0;
    for (std::size_t h = 0; h < year.starts; ++h) {
      const double now = schedule::run_now(prefix, job, h).mean;
      shift += 1 - schedule::shift(prefix, job, h, policy.window).mean / now;
      pause += 1 - schedule::pause(trace, job, h, policy.extra).mean / now;
    }
    CHECK(year.shift.mean == Approx(shift / static_cast<double>(year.starts)).margin(1e-9));
    CHECK(year.pause.mean == Approx(pause / static_cast<double>(year.starts)).margin(1e-9));
    CHECK(year.shift.quantile(0) >= 0);
    CHECK(year.pause.mean >= -1e-12);
  }
}

namespace {

// The definitions, hour by hour: the cheapest hours of the window and when they are interrupted.
std::pair<double, double> paused_by_hand(const Trace& trace, double hours, std::size_t start, double extra) {
  const auto end = start + static_cast<std::size_t>(std::ceil(hours + extra));
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t h = start; h < end; ++h) order.emplace_back(trace.intensity[h], h);
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> ran;
  double sum = 0;
  for (double left = hours; left > 0; left -= 1) {
    sum += std::min(1.0, left) * order[ran.size()].first;
    ran.push_back(order[ran.size()].second);
  }
  std::sort(ran.begin(), ran.end());
  double pauses = 0;
  for (std::size_t i = 1; i < ran.size(); ++i) pauses += ran[i] == ran[i - 1] + 1 ? 0 : 1;
  return {sum / hours, pauses};
}

// Waits while the intensity is above the limit and a whole hour of waiting is left; else runs.
std::pair<double, double> limited_by_hand(const Trace& trace, double hours, std::size_t start, double limit,
                                          double extra) {
  double left = hours;
  double waits = std::floor(extra);
  double sum = 0;
  double pauses = 0;
  bool running = false;
  bool begun = false;
  for (std::size_t h = start; left > 0; ++h) {
    if (trace.intensity[h] > limit && waits >= 1) {
      waits -= 1;
      running = false;
      continue;
    }
    if (begun && !running) pauses += 1;
    begun = running = true;
    sum += std::min(1.0, left) * trace.intensity[h];
    left -= 1;
  }
  return {sum / hours, pauses};
}

}  // namespace

TEST_CASE("pauses and the threshold of a year are those of every one of its starts") {
  test::Random random(51);
  for (int i = 0; i < 40; ++i) {
    Trace trace = random_trace(random, 150 + random.below(150));
    if (i % 4 == 0) {  // many equal hours
      for (double& v : trace.intensity) v = std::round(v * 3.6e6 / 1e-3 / 200) * 200e-3 / 3.6e6;
    }
    const Job job{1.0 + static_cast<double>(random.below(60)) + (random.below(2) == 0 ? 0.25 : 0.0), 1};
    const double extra = static_cast<double>(random.below(50)) + (random.below(3) == 0 ? 0.5 : 0.0);
    const double limit = random.between(0, 900) * 1e-3 / 3.6e6;
    const auto year = schedule::year_of_starts(trace, job, {random.below(30), extra, limit}, 1);
    INFO("case " << i << ", " << job.hours << " h, extra " << extra);
    REQUIRE(year.starts > 0);
    double pauses = 0;
    double threshold_pauses = 0;
    double saved = 0;
    std::vector<double> shares;
    for (std::size_t h = 0; h < year.starts; ++h) {
      const double now = schedule::run_now(schedule::Prefix(trace), job, h).mean;
      const auto [paused, interruptions] = paused_by_hand(trace, job.hours, h, extra);
      saved += schedule::saving(paused, now);
      pauses += interruptions;
      const auto [mean, stops] = limited_by_hand(trace, job.hours, h, limit, extra);
      shares.push_back(schedule::saving(mean, now));
      threshold_pauses += stops;
    }
    const auto n = static_cast<double>(year.starts);
    std::sort(shares.begin(), shares.end());
    REQUIRE(year.threshold.shares.size() == year.starts);
    CHECK(year.pause.mean == Approx(saved / n).margin(1e-9));
    CHECK(year.pause.pauses == Approx(pauses / n));
    CHECK(year.threshold.pauses == Approx(threshold_pauses / n));
    CHECK(year.threshold.mean == Approx(std::accumulate(shares.begin(), shares.end(), 0.0) / n).margin(1e-9));
    for (const double q : {0.05, 0.5, 0.95}) {  // between two ranks linearly
      const double rank = q * (n - 1);
      const auto below = static_cast<std::size_t>(rank);
      const double next = shares[std::min(below + 1, shares.size() - 1)];
      const double part = rank - std::floor(rank);
      CHECK(year.threshold.quantile(q) == Approx((1 - part) * shares[below] + part * next).margin(1e-9));
    }
  }
}

TEST_CASE("more freedom never costs: pausing beats shifting, a wider window beats a narrow one") {
  test::Random random(8);
  const Trace trace = random_trace(random, 400);
  const schedule::Prefix prefix(trace);
  for (int i = 0; i < 50; ++i) {
    const Job job{static_cast<double>(1 + random.below(48)), 1};
    const std::size_t start = random.below(200);
    const double now = schedule::run_now(prefix, job, start).mean;
    const double narrow = schedule::shift(prefix, job, start, 6).mean;
    const double wide = schedule::shift(prefix, job, start, 24).mean;
    const double paused = schedule::pause(trace, job, start, 24).mean;
    CHECK(narrow <= now);
    CHECK(wide <= narrow);
    CHECK(paused <= wide * (1 + 1e-12));
    const auto policy = schedule::threshold(trace, job, start, 400e-3 / 3.6e6, 24);
    CHECK(policy.done);
    CHECK(policy.end <= static_cast<double>(start) + job.hours + 24);
  }
}

TEST_CASE("a threshold of nothing is a threshold: it waits as long as it may") {
  test::Random random(3);
  const Trace trace = random_trace(random, 200);
  const Job job{10, 1};
  const auto waits = schedule::year_of_starts(trace, job, {0, 20, 0.0}, 1);
  const auto median = schedule::year_of_starts(trace, job, {0, 20, {}}, 1);
  CHECK(waits.threshold.mean != median.threshold.mean);
  const auto from = schedule::threshold(trace, job, 0, 0, 20);
  CHECK(from.start == 20);
  CHECK(from.end == 30);
  CHECK(from.pauses == 0);
}

TEST_CASE("a job of no length to speak of has the intensity of its hour") {
  test::Random random(6);
  const Trace trace = random_trace(random, 100);
  const Job job{1e-12, 1};
  CHECK(schedule::run_now(schedule::Prefix(trace), job, 7).mean == Approx(trace.intensity[7]).epsilon(1e-9));
  CHECK(schedule::threshold(trace, job, 7, 1, 24).mean == Approx(trace.intensity[7]).epsilon(1e-9));
  CHECK(schedule::pause(trace, job, 7, 0).mean == Approx(trace.intensity[7]).epsilon(1e-9));
}

TEST_CASE("waiting near the end of the trace ends in time") {
  test::Random random(7);
  const Trace trace = random_trace(random, 50);
  const auto late = schedule::threshold(trace, {10, 1}, 35, 0, 24);
  CHECK(late.done);
  CHECK(late.start == 40);
}

TEST_CASE("pausing near the end of the trace uses what is left of it") {
  test::Random random(4);
  const Trace trace = random_trace(random, 50);
  CHECK(schedule::pause(trace, {10, 1}, 35, 24).done);
  CHECK(schedule::pause(trace, {10, 1}, 40, 24).done);
  CHECK_FALSE(schedule::pause(trace, {10, 1}, 41, 24).done);
}

TEST_CASE("nothing is saved where nothing is emitted") {
  Trace trace;
  trace.intensity.assign(100, 0);
  const auto year = schedule::year_of_starts(trace, {5, 1}, {24, 24, {}}, 1);
  CHECK(year.shift.mean == 0);
  CHECK(year.pause.mean == 0);
  CHECK(year.threshold.mean == 0);
  CHECK(schedule::saving(0, 0) == 0);
  CHECK(schedule::saving(3, 4) == Approx(0.25));
  CHECK(schedule::saving(5, 4) == Approx(-0.25));
}

TEST_CASE("the least value ahead is the earliest of equals") {
  CHECK(schedule::least_ahead({3, 1, 2, 1, 5}, 2) == std::vector<std::size_t>{1, 1, 3, 3, 4});
  CHECK(schedule::least_ahead({3, 1, 2}, 0) == std::vector<std::size_t>{0, 1, 2});
  CHECK(schedule::least_ahead({}, 3).empty());
}
