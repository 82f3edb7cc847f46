#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/schedule/places.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace kwhatif;
using schedule::Job;
using schedule::Moving;
using schedule::Places;
using schedule::Trace;

namespace {

// Intensities of order one: the formulas know no unit.
Trace random_trace(test::Random& random, std::size_t hours, std::int64_t first_hour = 0) {
  Trace out;
  out.first_hour = first_hour;
  for (std::size_t i = 0; i < hours; ++i) out.intensity.push_back(std::round(random.between(0, 100)));
  return out;
}

std::vector<Trace> random_traces(test::Random& random, std::size_t places, std::size_t hours) {
  std::vector<Trace> out;
  for (std::size_t p = 0; p < places; ++p) out.push_back(random_trace(random, hours));
  return out;
}

std::size_t clock(double hours) { return static_cast<std::size_t>(std::ceil(hours)); }

// CO2e over the energy of the job, by the definition alone: `where` is the place of each hour.
double emitted(const std::vector<Trace>& traces, const Job& job, double transfer, std::size_t start,
               const std::vector<std::size_t>& where) {
  double co2e = 0;
  std::size_t before = 0;  // the data lie at home
  for (std::size_t i = 0; i < where.size(); ++i) {
    const std::size_t hour = start + i;
    const double part = std::min(1.0, job.hours - static_cast<double>(i));
    co2e += job.energy * part / job.hours * traces[where[i]].intensity[hour];
    if (where[i] != before)
      co2e += transfer * (traces[before].intensity[hour] + traces[where[i]].intensity[hour]) / 2;
    before = where[i];
  }
  return co2e / job.energy;
}

std::size_t moves_in(const std::vector<std::size_t>& where) {
  std::size_t out = 0;
  for (std::size_t i = 1; i < where.size(); ++i) out += where[i] != where[i - 1] ? 1U : 0U;
  return out;
}

// The least of all assignments of hours to places.
double brute_force(const std::vector<Trace>& traces, const Job& job, const Moving& moving,
                   std::size_t start) {
  std::vector<std::size_t> where(clock(job.hours), 0);
  double best = emitted(traces, job, moving.transfer, start, where);
  while (true) {
    std::size_t i = 0;
    while (i < where.size() && ++where[i] == traces.size()) where[i++] = 0;
    if (i == where.size()) return best;
    if (moving.max_moves && moves_in(where) > *moving.max_moves) continue;
    best = std::min(best, emitted(traces, job, moving.transfer, start, where));
  }
}

std::vector<std::size_t> assignment(const schedule::Split& split) {
  std::vector<std::size_t> out;
  for (const auto& s : split.stretches) out.insert(out.end(), clock(s.hours), s.place);
  return out;
}

Job random_job(test::Random& random, std::uint64_t most) {
  return {1.0 + static_cast<double>(random.below(most)) - (random.below(2) == 0 ? 0.25 : 0.0),
          random.between(1, 50)};
}

}  // namespace

TEST_CASE("the split is the least of all assignments of hours to places") {
  test::Random random(11);
  for (int i = 0; i < 120; ++i) {
    const auto traces = random_traces(random, 3, 9);
    const Job job = random_job(random, 6);
    const double transfer = random.below(4) == 0 ? 0 : job.energy * random.magnitude(-3, 0.5);
    for (const int limit : {-1, 0, 1, 2, 7}) {
      Moving moving{transfer, {}};
      if (limit >= 0) moving.max_moves = static_cast<std::size_t>(limit);
      const Places places(traces, job, moving);
      for (const std::size_t start : {std::size_t{0}, *places.last_start()}) {
        INFO("case " << i << ", limit " << limit << ", start " << start << ", hours " << job.hours);
        const auto split = places.split(start);
        CHECK(split.mean == Approx(brute_force(traces, job, moving, start)).epsilon(1e-12).margin(1e-12));
        // what is listed is what it costs
        const auto where = assignment(split);
        REQUIRE(where.size() == clock(job.hours));
        CHECK(emitted(traces, job, transfer, start, where) ==
              Approx(split.mean).epsilon(1e-12).margin(1e-12));
        CHECK(moves_in(where) == split.moves());
        if (limit >= 0) CHECK(split.moves() <= static_cast<std::size_t>(limit));
        double running = 0;
        double hours = 0;
        for (const auto& s : split.stretches) {
          running += s.mean * s.hours / job.hours;
          hours += s.hours;
        }
        CHECK(hours == Approx(job.hours));
        CHECK(running + split.moving == Approx(split.mean).epsilon(1e-12).margin(1e-12));
      }
    }
  }
}

TEST_CASE("one place throughout is the split without moves, and its start is searched like any other") {
  test::Random random(12);
  for (int i = 0; i < 60; ++i) {
    const auto traces = random_traces(random, 4, 40);
    const Job job = random_job(random, 12);
    const double transfer = job.energy * random.magnitude(-3, 1);
    const Places places(traces, job, {transfer, 0});
    const std::size_t hour = random.below(20);
    const std::size_t window = random.below(8);
    const auto offers = schedule::best_offers(places, hour, window);
    REQUIRE(offers.size() == traces.size());
    CHECK(offers.front().mean == schedule::best_split(places, hour, window).mean);
    for (const auto& offer : offers) {
      CHECK(offer.start >= hour);
      CHECK(offer.start <= hour + window);
      const std::vector<std::size_t> where(clock(job.hours), offer.place);
      CHECK(offer.mean == Approx(emitted(traces, job, transfer, offer.start, where)));
    }
    // at home this is the flexible start
    const schedule::Prefix prefix(traces[0]);
    const auto home =
        std::find_if(offers.begin(), offers.end(), [](const auto& offer) { return offer.place == 0; });
    CHECK(home->mean == schedule::shift(prefix, job, hour, window).mean);
    CHECK(home->moving == 0);
  }
}

TEST_CASE("a split costs no more than any one place, more with dearer moves, less with more of them") {
  test::Random random(13);
  for (int i = 0; i < 60; ++i) {
    const auto traces = random_traces(random, 4, 60);
    const Job job = random_job(random, 24);
    const std::size_t start = random.below(20);
    const double tolerance = 1 + 1e-12;
    double cheaper = 0;
    for (const double share : {0.0, 0.001, 0.01, 0.1, 1.0, 1e9}) {
      const double transfer = share * job.energy;
      const Places places(traces, job, {transfer, {}});
      const double mean = places.split(start).mean;
      for (std::size_t p = 0; p < places.size(); ++p) CHECK(mean <= places.alone(p, start) * tolerance);
      CHECK(cheaper <= mean * tolerance);
      cheaper = mean;
      double fewer = places.split(start).mean * 1e12;
      for (std::size_t limit = 0; limit < 6; ++limit) {
        const double limited = Places(traces, job, {transfer, limit}).split(start).mean;
        CHECK(limited <= fewer * tolerance);
        CHECK(mean <= limited * tolerance);
        fewer = limited;
      }
    }
  }
}

TEST_CASE("free moves take the least intensity of every hour, dear ones leave the job whole") {
  test::Random random(14);
  for (int i = 0; i < 40; ++i) {
    auto traces = random_traces(random, 3, 30);
    for (auto& trace : traces) {
      for (double& v : trace.intensity) v += 1;  // nowhere nothing, or moving would be free there
    }
    const Job job{20.5, 7};
    const Places free(traces, job, {});
    double least = 0;
    for (std::size_t h = 0; h < 21; ++h) {
      double lowest = traces[0].intensity[h];
      for (const auto& trace : traces) lowest = std::min(lowest, trace.intensity[h]);
      least += lowest * (h < 20 ? 1.0 : 0.5);
    }
    CHECK(free.split(0).mean == Approx(least / 20.5).epsilon(1e-12));
    CHECK(free.split(0).moving == 0);

    const Places dear(traces, job, {1e15, {}});
    const auto split = dear.split(0);
    CHECK(split.stretches.size() == 1);
    CHECK(split.mean == dear.alone(0, 0));  // and even starting elsewhere is too dear
  }
}

TEST_CASE("the year of places equals one start at a time") {
  test::Random random(15);
  for (int i = 0; i < 12; ++i) {
    const auto traces = random_traces(random, 3, 120);
    const Job job = random_job(random, 20);
    Moving moving{job.energy * random.magnitude(-3, 0), {}};
    if (i % 3 == 0) moving.max_moves = 2;
    const Places places(traces, job, moving);
    const std::size_t window = random.below(10);
    const std::size_t starts = *places.last_start() + 1 - window;
    for (const std::size_t every : {1U, 7U, 25U}) {
      const auto year = schedule::year_of_places(places, window, starts, every);
      double alone = 0;
      double split = 0;
      double moves = 0;
      std::vector<double> hours(3, 0);
      std::vector<double> saves(3, 0);
      std::size_t count = 0;
      for (std::size_t h = 0; h < starts; h += every) {
        const double now = places.alone(0, h);
        const auto offers = schedule::best_offers(places, h, window);
        const auto best = schedule::best_split(places, h, window);
        alone += schedule::saving(offers.front().mean, now);
        split += schedule::saving(best.mean, now);
        moves += static_cast<double>(best.moves());
        for (const auto& s : best.stretches) hours[s.place] += s.hours / job.hours;
        for (const auto& offer : offers) saves[offer.place] += schedule::saving(offer.mean, now);
        ++count;
      }
      const auto n = static_cast<double>(count);
      CHECK(year.starts == count);
      CHECK(year.alone.mean == Approx(alone / n));
      CHECK(year.split.mean == Approx(split / n));
      CHECK(year.moves == Approx(moves / n));
      CHECK(std::accumulate(year.share.begin(), year.share.end(), 0.0) == Approx(1));
      for (std::size_t p = 0; p < 3; ++p) {
        CHECK(year.share[p] == Approx(hours[p] / n).margin(1e-12));
        CHECK(year.place_saves[p] == Approx(saves[p] / n).margin(1e-12));
      }
      CHECK(year.split.quantile(0) >= 0);
      for (std::size_t k = 0; k < year.split.shares.size(); ++k)
        CHECK(year.split.shares[k] >= year.alone.shares[k] - 1e-12);
    }
  }
}

TEST_CASE("hours without data cannot be run: a place comes and goes") {
  // home is dirty throughout; the other place is clean, but has data for hours 3 to 7 of the home only
  Trace home;
  home.first_hour = 1000;
  home.intensity.assign(12, 100);
  Trace other;
  other.first_hour = 1003;
  other.intensity.assign(5, 1);
  const Places places({home, other}, {4, 1}, {});
  CHECK(std::isinf(places.alone(1, 2)));
  CHECK(places.alone(1, 3) == Approx(1));
  CHECK(places.alone(1, 4) == Approx(1));
  CHECK(std::isinf(places.alone(1, 5)));
  const auto before = places.split(1);  // hours 1 and 2 at home, then away
  CHECK(assignment(before) == std::vector<std::size_t>{0, 0, 1, 1});
  // leaving at hour 8 would need the intensity of the other place then, so it leaves one hour early
  CHECK(assignment(places.split(6)) == std::vector<std::size_t>{1, 0, 0, 0});
  CHECK(assignment(places.split(7)) == std::vector<std::size_t>{0, 0, 0, 0});
  CHECK(schedule::best_offers(places, 6, 2).size() == 1);
  const auto year = schedule::year_of_places(places, 0, 9, 1);
  CHECK(year.place_saves[1] == Approx(0.99));
}

TEST_CASE("strides of a year reach every hour of the day and are needed for long, limited jobs alone") {
  Trace trace;
  trace.intensity.assign(8760, 1);
  const std::vector<Trace> traces(16, trace);
  CHECK(schedule::stride_of(Places(traces, {4000, 1}, {}), 24, 4737) == 1);
  CHECK(schedule::stride_of(Places(traces, {36, 1}, {0, 10}), 24, 8701) == 1);
  const std::size_t every = schedule::stride_of(Places(traces, {4000, 1}, {0, 100}), 24, 4737);
  CHECK(every > 1);
  CHECK(std::gcd(every, std::size_t{24}) == 1);
}
