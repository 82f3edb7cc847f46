#include "sliding.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kwhatif::schedule {

CheapestHours::CheapestHours(const std::vector<double>& values, std::size_t chosen)
    : sorted_(values),
      rank_(values.size()),
      hour_(values.size()),
      counts_(values.size() + 1, 0),
      sums_(values.size() + 1, 0),
      is_chosen_(values.size() + 2, 0),
      wanted_(chosen) {
  std::iota(hour_.begin(), hour_.end(), std::size_t{0});
  std::ranges::stable_sort(hour_, [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t r = 0; r < hour_.size(); ++r) {
    rank_[hour_[r]] = r + 1;
    sorted_[r] = values[hour_[r]];
  }
  while (highest_step_ * 2 <= values.size()) highest_step_ *= 2;
}

void CheapestHours::count(std::size_t rank, bool in) {
  const double value = sorted_[rank - 1];
  for (std::size_t i = rank; i < counts_.size(); i += i & (~i + 1)) {
    counts_[i] += in ? 1 : -1;
    sums_[i] += in ? value : -value;
  }
  in_window_ += in ? 1U : std::size_t(-1);
}

// The rank that as many hours of the window as are wanted do not exceed.
std::size_t CheapestHours::rank_of_dearest() const {
  auto left = static_cast<long>(wanted_);
  std::size_t at = 0;
  for (std::size_t s = highest_step_; s > 0; s /= 2) {
    if (at + s < counts_.size() && counts_[at + s] < left) {
      at += s;
      left -= counts_[at];
    }
  }
  return at + 1;
}

void CheapestHours::choose(std::size_t hour, bool in) {
  const std::size_t neighbours = std::size_t{is_chosen_[hour]} + is_chosen_[hour + 2];
  runs_ = in ? runs_ + 1 - neighbours : runs_ + neighbours - 1;
  is_chosen_[hour + 1] = in ? 1 : 0;
}

void CheapestHours::add(std::size_t hour) {
  count(rank_[hour], true);
  if (in_window_ > wanted_) {
    if (rank_[hour] > dearest_) return;
    choose(hour_[dearest_ - 1], false);
  }
  choose(hour, true);
  if (in_window_ >= wanted_) dearest_ = rank_of_dearest();
}

void CheapestHours::remove(std::size_t hour) {
  count(rank_[hour], false);
  if (is_chosen_[hour + 1] == 0) return;
  choose(hour, false);
  if (in_window_ < wanted_) return;
  dearest_ = rank_of_dearest();
  choose(hour_[dearest_ - 1], true);
}

double CheapestHours::sum(double hours) const {
  auto left = static_cast<long>(std::floor(hours + 1e-9));
  const double part = std::max(0.0, hours - static_cast<double>(left));
  double out = 0;
  std::size_t at = 0;
  for (std::size_t s = highest_step_; s > 0; s /= 2) {
    if (at + s < counts_.size() && counts_[at + s] <= left) {
      at += s;
      left -= counts_[at];
      out += sums_[at];
    }
  }
  if (part > 0 && at < sorted_.size()) out += part * sorted_[at];
  return std::max(0.0, out);  // what was added and taken away again may leave a rounding below zero
}

BelowLimit::BelowLimit(const Trace& trace, const Job& job, double limit)
    : trace_(trace), job_(job), below_before_(trace.hours() + 1, 0), below_sums_(1, 0), prefix_(trace) {
  for (std::size_t h = 0; h < trace.hours(); ++h) {
    below_before_[h] = below_.size();
    if (trace.intensity[h] > limit) {
      above_.push_back(h);
      continue;
    }
    const bool broken = !below_.empty() && below_.back() + 1 != h;
    breaks_.push_back((breaks_.empty() ? 0 : breaks_.back()) + (broken ? 1U : 0U));
    below_sums_.push_back(below_sums_.back() + trace.intensity[h]);
    below_.push_back(h);
  }
  below_before_[trace.hours()] = below_.size();
}

Outcome BelowLimit::from(std::size_t hour, double extra) const {
  const std::size_t end_of_trace = trace_.hours();
  const std::size_t wanted = clock_hours(job_.hours);
  Outcome out;
  out.start = std::min(hour, end_of_trace);
  out.end = static_cast<double>(out.start);
  out.done = false;
  if (hour >= end_of_trace) return out;
  const double most = static_cast<double>(end_of_trace - hour) - static_cast<double>(wanted);
  const auto waits = static_cast<std::size_t>(std::max(0.0, std::floor(std::min(extra, most))));
  // it runs below the limit alone until it has waited all it may; from there on it runs through
  const std::size_t first_above = hour - below_before_[hour] + waits;
  const std::size_t through = first_above < above_.size() ? above_[first_above] : end_of_trace;
  const std::size_t first_below = below_before_[hour];
  const std::size_t below = std::min(wanted, below_before_[through] - first_below);
  const std::size_t rest = std::min(wanted - below, end_of_trace - through);
  const std::size_t ran = below + rest;
  if (ran == 0) return out;
  const std::size_t last_below = below > 0 ? below_[first_below + below - 1] : 0;
  const std::size_t last = rest > 0 ? through + rest - 1 : last_below;
  out.done = ran == wanted;
  out.start = below > 0 ? below_[first_below] : through;
  out.end = static_cast<double>(last) + 1;
  if (below > 0) {
    out.pauses = breaks_[first_below + below - 1] - breaks_[first_below];
    if (rest > 0 && last_below + 1 != through) ++out.pauses;
  }
  // the last hour in part
  const double part = out.done ? std::min(1.0, job_.hours - static_cast<double>(wanted - 1)) : 1.0;
  const std::size_t whole_below = rest > 0 ? below : below - 1;
  double sum = below_sums_[first_below + whole_below] - below_sums_[first_below];
  if (rest > 0) sum += prefix_.sum(through, static_cast<double>(rest - 1));
  sum += part * trace_.intensity[last];
  out.mean = sum / (static_cast<double>(ran - 1) + part);
  return out;
}

}  // namespace kwhatif::schedule
