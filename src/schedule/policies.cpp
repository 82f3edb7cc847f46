#include "sliding.hpp"
#include <kwhatif/schedule/policies.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

namespace kwhatif::schedule {

namespace {

// Hour of the day of an hour since 1970, which may lie before.
std::size_t utc_hour(std::int64_t hour) { return static_cast<std::size_t>((hour % 24 + 24) % 24); }

// Pauses of a set of hours in rising order.
std::size_t pauses_of(const std::vector<std::size_t>& hours) {
  std::size_t out = 0;
  for (std::size_t i = 1; i < hours.size(); ++i) out += hours[i] != hours[i - 1] + 1 ? 1U : 0U;
  return out;
}

}  // namespace

std::size_t clock_hours(double hours) {
  return hours <= 1 ? 1 : static_cast<std::size_t>(std::ceil(hours - 1e-9));
}

double median(const Trace& trace) {
  if (trace.intensity.empty()) return 0;
  auto values = trace.intensity;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double saving(double mean, double now) {
  const double share = now > 0 ? 1 - mean / now : 0.0;
  return std::fabs(share) < 1e-12 ? 0.0 : share;  // sums in another order
}

std::vector<std::size_t> least_ahead(const std::vector<double>& values, std::size_t window) {
  std::vector<std::size_t> out;
  out.reserve(values.size());
  std::deque<std::size_t> low;  // rising values: the front is the least of the window
  std::size_t ahead = 0;
  for (std::size_t h = 0; h < values.size(); ++h) {
    for (; ahead < values.size() && ahead <= h + window; ++ahead) {
      while (!low.empty() && values[ahead] < values[low.back()]) low.pop_back();
      low.push_back(ahead);
    }
    while (low.front() < h) low.pop_front();
    out.push_back(low.front());
  }
  return out;
}

Prefix::Prefix(const Trace& trace) : trace_(&trace), sums_(trace.hours() + 1, 0) {
  for (std::size_t i = 0; i < trace.hours(); ++i) sums_[i + 1] = sums_[i] + trace.intensity[i];
}

double Prefix::sum(std::size_t start, double hours) const {
  const auto whole = static_cast<std::size_t>(std::floor(hours + 1e-9));
  const double part = std::max(0.0, hours - static_cast<double>(whole));
  const std::size_t end = std::min(start + whole, trace_->hours());
  double out = sums_[end] - sums_[std::min(start, end)];
  if (part > 0 && end < trace_->hours()) out += part * trace_->intensity[end];
  return out;
}

Outcome run_now(const Prefix& prefix, const Job& job, std::size_t hour) {
  Outcome out;
  out.start = hour;
  out.end = static_cast<double>(hour) + job.hours;
  out.done = clock_hours(out.end) <= prefix.hours();
  out.mean = prefix.sum(hour, job.hours) / job.hours;
  return out;
}

Outcome shift(const Prefix& prefix, const Job& job, std::size_t hour, std::size_t window) {
  Outcome best = run_now(prefix, job, hour);
  for (std::size_t start = hour + 1; start <= hour + window; ++start) {
    const Outcome other = run_now(prefix, job, start);
    if (!other.done) break;
    if (other.mean < best.mean) best = other;
  }
  return best;
}

Outcome pause(const Trace& trace, const Job& job, std::size_t hour, double extra) {
  Outcome out;
  const std::size_t last = hour + clock_hours(job.hours + extra);
  const std::size_t end = std::min(last, trace.hours());
  std::vector<std::size_t> order(end - std::min(hour, end));
  std::iota(order.begin(), order.end(), hour);
  const std::size_t needed = std::min(order.size(), clock_hours(job.hours));
  out.done = order.size() >= clock_hours(job.hours);
  if (needed == 0) {
    out.start = hour;
    out.end = static_cast<double>(hour);
    return out;
  }
  // the cheapest hours, of equal ones the first; the dearest of them is the one that runs in part
  const auto dearest = order.begin() + static_cast<std::ptrdiff_t>(needed - 1);
  std::nth_element(order.begin(), dearest, order.end(), [&](std::size_t a, std::size_t b) {
    const double x = trace.intensity[a];
    const double y = trace.intensity[b];
    return x < y || (x == y && a < b);
  });
  const std::size_t partly = *dearest;
  const double part = std::min(1.0, job.hours - static_cast<double>(needed - 1));
  order.resize(needed);
  std::ranges::sort(order);
  double sum = 0;
  for (const std::size_t h : order) sum += (h == partly ? part : 1.0) * trace.intensity[h];
  out.mean = sum / job.hours;
  out.start = order.front();
  out.end = static_cast<double>(order.back()) + 1;
  out.pauses = pauses_of(order);
  return out;
}

Outcome threshold(const Trace& trace, const Job& job, std::size_t hour, double limit, double extra) {
  return BelowLimit(trace, job, limit).from(hour, extra);
}

Savings Savings::of(std::vector<double> shares) {
  Savings out;
  if (!shares.empty())
    out.mean = std::accumulate(shares.begin(), shares.end(), 0.0) / static_cast<double>(shares.size());
  out.shares = std::move(shares);
  std::ranges::sort(out.shares);
  return out;
}

double Savings::quantile(double q) const {
  if (shares.empty()) return 0;
  const double rank = q * static_cast<double>(shares.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, shares.size() - 1);
  return shares[below] + (rank - static_cast<double>(below)) * (shares[above] - shares[below]);
}

namespace {

// Starting at once at every hour where that is possible.
void look_at_all(YearOfStarts& out, const Trace& trace, const std::vector<double>& now) {
  std::array<double, 24> counts{};
  for (std::size_t h = 0; h < now.size(); ++h) {
    if (now[h] < now[out.best_start]) out.best_start = h;
    if (now[h] > now[out.worst_start]) out.worst_start = h;
    const std::size_t hour_of_day = utc_hour(trace.first_hour + static_cast<std::int64_t>(h));
    out.by_hour[hour_of_day] += now[h];
    counts[hour_of_day] += 1;
    out.possible_average += now[h] / static_cast<double>(now.size());
  }
  out.least = now[out.best_start];
  out.most = now[out.worst_start];
  for (std::size_t h = 0; h < counts.size(); ++h)
    out.by_hour[h] = counts[h] > 0 ? out.by_hour[h] / counts[h] : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

YearOfStarts year_of_starts(const Trace& trace, const Job& job, const Policy& policy, std::size_t every) {
  YearOfStarts out;
  const Prefix prefix(trace);
  const std::size_t reach =
      clock_hours(std::max(job.hours + policy.extra, job.hours + static_cast<double>(policy.window)));
  if (reach > trace.hours() || job.hours <= 0) return out;
  const std::size_t starts = trace.hours() - reach + 1;
  out.possible = trace.hours() - clock_hours(job.hours) + 1;
  std::vector<double> now(out.possible);
  for (std::size_t h = 0; h < now.size(); ++h) now[h] = prefix.sum(h, job.hours) / job.hours;
  CheapestHours cheapest(trace.intensity, clock_hours(job.hours));
  const std::size_t pause_reach = clock_hours(job.hours + policy.extra);
  for (std::size_t h = 0; h < pause_reach; ++h) cheapest.add(h);
  const BelowLimit limited(trace, job, policy.threshold.value_or(median(trace)));
  const auto best = least_ahead(now, policy.window);
  std::vector<double> shift_shares;
  std::vector<double> pause_shares;
  std::vector<double> threshold_shares;
  double pauses = 0;
  double threshold_pauses = 0;
  for (std::size_t h = 0; h < starts; ++h) {
    if (h > 0) {
      cheapest.remove(h - 1);
      if (h + pause_reach <= trace.hours()) cheapest.add(h + pause_reach - 1);
    }
    if (h % every != 0) continue;
    ++out.starts;
    out.now.push_back(now[h]);
    shift_shares.push_back(saving(now[best[h]], now[h]));
    pause_shares.push_back(std::max(0.0, saving(cheapest.sum(job.hours) / job.hours, now[h])));
    pauses += static_cast<double>(cheapest.pauses());
    const Outcome below = limited.from(h, policy.extra);
    threshold_shares.push_back(saving(below.mean, now[h]));
    threshold_pauses += static_cast<double>(below.pauses);
  }
  const auto count = static_cast<double>(out.starts);
  out.shift = Savings::of(std::move(shift_shares));
  out.pause = Savings::of(std::move(pause_shares));
  out.threshold = Savings::of(std::move(threshold_shares));
  out.pause.pauses = pauses / count;
  out.threshold.pauses = threshold_pauses / count;
  out.average = std::accumulate(out.now.begin(), out.now.end(), 0.0) / count;
  std::ranges::sort(out.now);
  look_at_all(out, trace, now);
  return out;
}

std::array<std::array<double, 12>, 24> heat_map(const Trace& trace) {
  std::array<std::array<double, 12>, 24> sums{};
  std::array<std::array<double, 12>, 24> counts{};
  for (std::size_t i = 0; i < trace.hours(); ++i) {
    const std::int64_t hour = trace.first_hour + static_cast<std::int64_t>(i);
    const auto day = std::chrono::floor<std::chrono::days>(
        std::chrono::sys_time<std::chrono::hours>{std::chrono::hours{hour}});
    const std::chrono::year_month_day date{day};
    const std::size_t h = utc_hour(hour);
    const std::size_t m = static_cast<unsigned>(date.month()) - 1;
    sums[h][m] += trace.intensity[i];
    counts[h][m] += 1;
  }
  for (std::size_t h = 0; h < 24; ++h) {
    for (std::size_t m = 0; m < 12; ++m)
      sums[h][m] = counts[h][m] > 0 ? sums[h][m] / counts[h][m] : std::numeric_limits<double>::quiet_NaN();
  }
  return sums;
}

}  // namespace kwhatif::schedule
