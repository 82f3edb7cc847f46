#include <kwhatif/analysis/schedule.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

namespace kwhatif::analysis {

namespace {

std::size_t whole_hours(double hours) { return static_cast<std::size_t>(std::ceil(hours - 1e-9)); }

// Pauses of a set of hours in rising order.
std::size_t pauses_of(const std::vector<std::size_t>& hours) {
  std::size_t out = 0;
  for (std::size_t i = 1; i < hours.size(); ++i) out += hours[i] != hours[i - 1] + 1 ? 1U : 0U;
  return out;
}

// Sums of the k smallest of a sliding window: counts and sums over ranks, in a Fenwick tree.
class Smallest {
 public:
  explicit Smallest(const std::vector<double>& values) : sorted_(values), rank_(values.size()) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    for (std::size_t r = 0; r < order.size(); ++r) {
      rank_[order[r]] = r + 1;
      sorted_[r] = values[order[r]];
    }
    counts_.assign(values.size() + 1, 0);
    sums_.assign(values.size() + 1, 0);
    while (step_ * 2 <= values.size()) step_ *= 2;
  }
  void change(std::size_t hour, bool in) {
    for (std::size_t i = rank_[hour]; i < counts_.size(); i += i & (~i + 1)) {
      counts_[i] += in ? 1 : -1;
      sums_[i] += in ? sorted_[rank_[hour] - 1] : -sorted_[rank_[hour] - 1];
    }
  }
  /// Sum of the `hours` smallest, the last one in part.
  double sum(double hours) const {
    auto left = static_cast<long>(std::floor(hours + 1e-9));
    const double part = std::max(0.0, hours - static_cast<double>(left));
    double out = 0;
    std::size_t at = 0;
    for (std::size_t s = step_; s > 0; s /= 2) {
      if (at + s < counts_.size() && counts_[at + s] <= left) {
        at += s;
        left -= counts_[at];
        out += sums_[at];
      }
    }
    return part > 0 && at < sorted_.size() ? out + part * sorted_[at] : out;
  }

 private:
  std::vector<double> sorted_;
  std::vector<std::size_t> rank_;
  std::vector<long> counts_;
  std::vector<double> sums_;
  std::size_t step_ = 1;
};

}  // namespace

Prefix::Prefix(const Trace& trace) : trace_(&trace), sums_(trace.hours() + 1, 0) {
  for (std::size_t i = 0; i < trace.hours(); ++i) sums_[i + 1] = sums_[i] + trace.intensity[i];
}

double Prefix::sum(std::size_t start, double hours) const {
  const auto whole = static_cast<std::size_t>(std::floor(hours + 1e-9));
  const double part = std::max(0.0, hours - static_cast<double>(whole));
  const std::size_t end = std::min(start + whole, trace_->hours());
  double out = sums_[end] - sums_[std::min(start, end)];
  if (part > 1e-9 && end < trace_->hours()) out += part * trace_->intensity[end];
  return out;
}

Outcome run_now(const Prefix& prefix, const Job& job, std::size_t hour) {
  Outcome out;
  out.start = hour;
  out.end = static_cast<double>(hour) + job.hours;
  out.done = whole_hours(out.end) <= prefix.hours();
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
  const std::size_t last = hour + whole_hours(job.hours + extra);
  out.done = last <= trace.hours();
  const std::size_t end = std::min(last, trace.hours());
  std::vector<std::size_t> order(end - std::min(hour, end));
  std::iota(order.begin(), order.end(), hour);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return trace.intensity[a] < trace.intensity[b]; });
  const std::size_t needed = std::min(order.size(), whole_hours(job.hours));
  order.resize(needed);
  double left = job.hours;
  double sum = 0;
  for (const std::size_t h : order) {
    const double part = std::min(1.0, left);
    sum += part * trace.intensity[h];
    left -= part;
  }
  std::sort(order.begin(), order.end());
  out.mean = sum / job.hours;
  out.start = order.empty() ? hour : order.front();
  out.end = order.empty() ? static_cast<double>(hour) : static_cast<double>(order.back()) + 1;
  out.pauses = pauses_of(order);
  return out;
}

Outcome threshold(const Trace& trace, const Job& job, std::size_t hour, double limit, double extra) {
  Outcome out;
  double left = job.hours;
  double sum = 0;
  std::vector<std::size_t> ran;
  double slack = extra;  // hours that may still be waited
  for (std::size_t h = hour; h < trace.hours() && left > 1e-9; ++h) {
    const double part = std::min(1.0, left);
    if (trace.intensity[h] > limit && slack >= 1) {
      slack -= 1;
      continue;
    }
    sum += part * trace.intensity[h];
    left -= part;
    ran.push_back(h);
  }
  out.done = left <= 1e-9;
  out.mean = sum / (job.hours - std::max(0.0, left));
  out.start = ran.empty() ? hour : ran.front();
  out.end = ran.empty() ? static_cast<double>(hour) : static_cast<double>(ran.back()) + 1;
  out.pauses = pauses_of(ran);
  return out;
}

double Savings::quantile(double q) const {
  return shares.empty() ? 0 : shares[static_cast<std::size_t>(q * static_cast<double>(shares.size() - 1))];
}

YearOfStarts year_of_starts(const Trace& trace, const Job& job, const Policy& policy, std::size_t every) {
  YearOfStarts out;
  const Prefix prefix(trace);
  const std::size_t reach =
      whole_hours(std::max(job.hours + policy.extra, job.hours + static_cast<double>(policy.window)));
  if (reach > trace.hours() || job.hours <= 0) return out;
  const std::size_t starts = trace.hours() - reach + 1;
  std::vector<double> now(starts + policy.window);
  for (std::size_t h = 0; h < now.size(); ++h) now[h] = prefix.sum(h, job.hours) / job.hours;
  Smallest cheapest(trace.intensity);
  const std::size_t pause_reach = whole_hours(job.hours + policy.extra);
  for (std::size_t h = 0; h < pause_reach; ++h) cheapest.change(h, true);
  double limit = policy.threshold;
  if (limit <= 0) {
    auto sorted = trace.intensity;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                     sorted.end());
    limit = sorted[sorted.size() / 2];
  }
  std::deque<std::size_t> low;  // rising values: the front is the least of the window
  std::size_t ahead = 0;
  const std::size_t watched =
      std::max<std::size_t>(every, (starts + 59) / 60);  // pauses and thresholds: about 60 starts
  std::size_t watched_count = 0;
  for (std::size_t h = 0; h < starts; ++h) {
    for (; ahead <= h + policy.window; ++ahead) {
      while (!low.empty() && now[ahead] < now[low.back()]) low.pop_back();
      low.push_back(ahead);
    }
    while (low.front() < h) low.pop_front();
    if (h > 0) {
      cheapest.change(h - 1, false);
      if (h + pause_reach <= trace.hours()) cheapest.change(h + pause_reach - 1, true);
    }
    if (h % every != 0) continue;
    ++out.starts;
    out.now.push_back(now[h]);
    if (now[h] < now[out.best_start]) out.best_start = h;
    if (now[h] > now[out.worst_start]) out.worst_start = h;
    const auto saved = [&](double mean) {
      const double share = now[h] > 0 ? 1 - mean / now[h] : 0.0;
      return std::fabs(share) < 1e-12 ? 0.0 : share;  // sums in another order
    };
    out.shift.shares.push_back(saved(now[low.front()]));
    out.pause.shares.push_back(std::max(0.0, saved(cheapest.sum(job.hours) / job.hours)));
    if (h % watched < every) {
      const Outcome t = threshold(trace, job, h, limit, policy.extra);
      out.threshold.shares.push_back(saved(t.mean));
      out.threshold.pauses += static_cast<double>(t.pauses);
      out.pause.pauses += static_cast<double>(pause(trace, job, h, policy.extra).pauses);
      ++watched_count;
    }
  }
  for (Savings* s : {&out.shift, &out.pause, &out.threshold}) {
    s->mean =
        std::accumulate(s->shares.begin(), s->shares.end(), 0.0) / static_cast<double>(s->shares.size());
    std::sort(s->shares.begin(), s->shares.end());
  }
  out.pause.pauses /= static_cast<double>(watched_count);
  out.threshold.pauses /= static_cast<double>(watched_count);
  out.average = std::accumulate(out.now.begin(), out.now.end(), 0.0) / static_cast<double>(out.now.size());
  std::sort(out.now.begin(), out.now.end());
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
    const auto h = static_cast<std::size_t>(((hour % 24) + 24) % 24);
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

std::vector<PlaceOffer> across_places(const std::vector<Trace>& places, const Job& job, std::int64_t hour,
                                      std::size_t window, double transfer) {
  std::vector<PlaceOffer> out;
  const auto mean_of = [](const Trace& t) {
    return std::accumulate(t.intensity.begin(), t.intensity.end(), 0.0) / static_cast<double>(t.hours());
  };
  for (std::size_t p = 0; p < places.size(); ++p) {
    const std::int64_t at = hour - places[p].first_hour;
    if (at < 0 || static_cast<std::size_t>(at) >= places[p].hours()) continue;
    const Prefix prefix(places[p]);
    PlaceOffer offer;
    offer.place = p;
    offer.outcome = shift(prefix, job, static_cast<std::size_t>(at), window);
    if (!offer.outcome.done) continue;
    offer.start_hour = places[p].first_hour + static_cast<std::int64_t>(offer.outcome.start);
    offer.co2e = offer.outcome.mean * job.energy;
    if (p != 0) offer.co2e += transfer * (mean_of(places[0]) + mean_of(places[p])) / 2;
    out.push_back(offer);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const PlaceOffer& a, const PlaceOffer& b) { return a.co2e < b.co2e; });
  return out;
}

}  // namespace kwhatif::analysis
