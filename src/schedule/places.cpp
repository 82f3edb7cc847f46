// One job in several places: whole in one of them, or split by the hour.
#include <kwhatif/schedule/places.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace kwhatif::schedule {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

}  // namespace

// How each state of the pass was reached: by hour and layer the place that is cheapest to leave, by hour,
// layer and place whether the job came from there.
struct Places::Path {
  std::vector<std::uint32_t> left;
  std::vector<std::uint8_t> moved;
};

Places::Places(std::vector<Trace> traces, const Job& job, const Moving& moving)
    : traces_(std::move(traces)),
      job_(job),
      moving_(moving),
      steps_(clock_hours(job.hours)),
      last_weight_(job.hours - static_cast<double>(steps_ - 1)) {
  // energy of a move in hours of the job: everything below is intensity times hours
  const double transfer = moving_.transfer > 0 ? moving_.transfer / job_.energy * job_.hours : 0;
  const std::size_t n = traces_.size();
  intensity_.assign(hours() * n, never);
  half_.assign(hours() * n, never);
  for (std::size_t p = 0; p < n; ++p) {
    const Trace& trace = traces_[p];
    prefixes_.emplace_back(trace);
    offsets_.push_back(trace.first_hour - traces_.front().first_hour);
    for (std::size_t i = 0; i < trace.hours(); ++i) {
      const std::int64_t hour = offsets_[p] + static_cast<std::int64_t>(i);
      if (hour < 0 || hour >= static_cast<std::int64_t>(hours())) continue;
      const std::size_t at = static_cast<std::size_t>(hour) * n + p;
      intensity_[at] = trace.intensity[i];
      half_[at] = transfer / 2 * trace.intensity[i];
    }
  }
}

std::optional<std::size_t> Places::last_start() const {
  if (steps_ > hours()) return std::nullopt;
  return hours() - steps_;
}

// Moving the data from home to the place of the first hour, in intensity times hours of the job.
double Places::arrival(std::size_t place, std::size_t start) const {
  const double* half = half_.data() + start * size();
  return place == 0 ? 0 : half[0] + half[place];
}

double Places::moving_there(std::size_t place, std::size_t start) const {
  return arrival(place, start) / job_.hours;
}

double Places::alone(std::size_t place, std::size_t start) const {
  const std::int64_t at = static_cast<std::int64_t>(start) - offsets_[place];
  if (at < 0 || static_cast<std::size_t>(at) + steps_ > traces_[place].hours()) return never;
  return prefixes_[place].sum(static_cast<std::size_t>(at), job_.hours) / job_.hours +
         moving_there(place, start);
}

Split Places::split(std::size_t start) const {
  Split free = traced(start, std::nullopt);
  if (!moving_.max_moves || free.moves() <= *moving_.max_moves) return free;  // the limit does not bind
  return traced(start, moving_.max_moves);
}

// States are (moves so far, place); without a limit the moves are not counted. Costs are intensity times
// hours, from the start to the end of the hour at hand.
Split Places::traced(std::size_t start, std::optional<std::size_t> max_moves) const {
  const std::size_t n = size();
  const std::size_t layers = max_moves ? *max_moves + 1 : 1;
  const auto weight = [&](std::size_t step) { return step + 1 < steps_ ? 1.0 : last_weight_; };
  Path path;
  path.left.assign(steps_ * layers, 0);
  path.moved.assign(steps_ * layers * n, 0);
  std::vector<double> cost(layers * n, never);
  for (std::size_t p = 0; p < n; ++p) cost[p] = arrival(p, start) + weight(0) * intensity_[start * n + p];
  for (std::size_t step = 1; step < steps_; ++step) {
    const double* now = intensity_.data() + (start + step) * n;
    const double* half = half_.data() + (start + step) * n;
    const double w = weight(step);
    for (std::size_t k = layers; k-- > 0;) {  // downwards: a move comes from the layer of the hour before
      double* to = cost.data() + k * n;
      const bool may_move = !max_moves || k > 0;
      const double* from = max_moves && may_move ? to - n : to;
      double leaving = never;
      std::uint32_t left = 0;
      if (may_move) {
        for (std::size_t p = 0; p < n; ++p) {
          if (from[p] + half[p] < leaving) {
            leaving = from[p] + half[p];
            left = static_cast<std::uint32_t>(p);
          }
        }
      }
      path.left[step * layers + k] = left;
      std::uint8_t* moved = path.moved.data() + (step * layers + k) * n;
      for (std::size_t p = 0; p < n; ++p) {
        const double arriving = leaving + half[p];
        moved[p] = arriving < to[p] ? 1 : 0;
        to[p] = std::min(to[p], arriving) + w * now[p];
      }
    }
  }
  const auto least = static_cast<std::size_t>(std::ranges::min_element(cost) - cost.begin());

  Split out;
  out.mean = cost[least] / job_.hours;
  std::size_t place = least % n;
  std::size_t layer = least / n;
  double moves = 0;
  std::size_t end = steps_;
  const auto stretch = [&](std::size_t from_step, std::size_t at) {
    Stretch s{at, start + from_step, 0, 0};
    for (std::size_t step = from_step; step < end; ++step) {
      s.hours += weight(step);
      s.mean += weight(step) * intensity_[(start + step) * n + at];
    }
    s.mean /= s.hours;
    out.stretches.push_back(s);
    end = from_step;
  };
  for (std::size_t step = steps_; step-- > 1;) {
    const std::size_t state = step * layers + layer;
    if (path.moved[state * n + place] == 0) continue;
    const std::size_t before = path.left[state];
    if (max_moves) --layer;
    if (before == place) continue;
    stretch(step, place);
    moves += half_[(start + step) * n + before] + half_[(start + step) * n + place];
    place = before;
  }
  stretch(0, place);
  std::reverse(out.stretches.begin(), out.stretches.end());
  out.moving = moves / job_.hours + moving_there(place, start);
  if (out.stretches.size() == 1) out.mean = alone(place, start);  // to the last bit
  return out;
}

std::vector<PlaceOffer> best_offers(const Places& places, std::size_t hour, std::size_t window) {
  std::vector<PlaceOffer> out;
  const std::size_t last = std::min(hour + window, places.last_start().value_or(0));
  for (std::size_t p = 0; p < places.size(); ++p) {
    PlaceOffer best{p, hour, never, 0};
    for (std::size_t s = hour; s <= last; ++s) {
      const double mean = places.alone(p, s);
      if (mean < best.mean) best = {p, s, mean, places.moving_there(p, s)};
    }
    if (std::isfinite(best.mean)) out.push_back(best);
  }
  std::ranges::stable_sort(out, [](const PlaceOffer& a, const PlaceOffer& b) { return a.mean < b.mean; });
  return out;
}

Split best_split(const Places& places, std::size_t hour, std::size_t window) {
  Split best = places.split(hour);
  const std::size_t last = std::min(hour + window, places.last_start().value_or(0));
  for (std::size_t s = hour + 1; s <= last; ++s) {
    Split other = places.split(s);
    if (other.mean < best.mean) best = std::move(other);
  }
  return best;
}

namespace {

// States that one split looks at.
double states_per_split(const Places& places) {
  const auto& limit = places.moving().max_moves;
  return std::ceil(places.job().hours) * static_cast<double>(places.size()) *
         static_cast<double>(limit ? *limit + 1 : 1);
}

}  // namespace

double states_visited(const Places& places, std::size_t window, std::size_t starts, std::size_t every) {
  const auto ahead = static_cast<double>(window + 1);
  const double looked_at = std::ceil(static_cast<double>(starts) / static_cast<double>(every));
  return states_per_split(places) *
         (std::min(static_cast<double>(starts + window), looked_at * ahead) + ahead);
}

std::size_t stride_of(const Places& places, std::size_t window, std::size_t starts) {
  constexpr double most = 2e9;  // states visited, about as many nanoseconds
  if (states_per_split(places) * static_cast<double>(starts + window) <= most) return 1;
  constexpr double fewest = 24;
  const double affordable =
      std::max(fewest, most / (states_per_split(places) * static_cast<double>(window + 1)));
  auto every = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(starts) / affordable));
  while (std::gcd(every, std::size_t{24}) != 1) ++every;  // all hours of the day get their turn
  return every;
}

YearOfPlaces year_of_places(const Places& places, std::size_t window, std::size_t starts, std::size_t every) {
  YearOfPlaces out;
  const std::size_t n = places.size();
  // by start: cost of the best way, and of the split its moves and hours in each place
  std::vector<std::vector<double>> alone(n + 1, std::vector<double>(starts + window, never));
  std::vector<double> split(starts + window, never);
  std::vector<double> moves(starts + window, 0);
  std::vector<double> hours((starts + window) * n, 0);
  std::size_t next = 0;  // first start not looked at yet
  for (std::size_t h = 0; h < starts; h += every) {
    for (std::size_t s = std::max(next, h); s <= h + window; ++s) {
      for (std::size_t p = 0; p < n; ++p) {
        alone[p][s] = places.alone(p, s);
        alone[n][s] = std::min(alone[n][s], alone[p][s]);
      }
      const Split best = places.split(s);
      split[s] = best.mean;
      moves[s] = static_cast<double>(best.moves());
      for (const Stretch& stretch : best.stretches) hours[s * n + stretch.place] += stretch.hours;
    }
    next = h + window + 1;
  }
  std::vector<std::vector<std::size_t>> best_alone;
  for (const auto& costs : alone) best_alone.push_back(least_ahead(costs, window));
  const auto best_start = least_ahead(split, window);

  std::vector<double> alone_shares;
  std::vector<double> split_shares;
  std::vector<double> possible(n, 0);
  out.place_saves.assign(n, 0);
  out.share.assign(n, 0);
  for (std::size_t h = 0; h < starts; h += every) {
    const double now = alone[0][h];
    const auto saved = [&](double mean) { return std::max(0.0, saving(mean, now)); };
    alone_shares.push_back(saved(alone[n][best_alone[n][h]]));
    const std::size_t s = best_start[h];
    split_shares.push_back(saved(split[s]));
    out.moves += moves[s];
    for (std::size_t p = 0; p < n; ++p) {
      out.share[p] += hours[s * n + p] / places.job().hours;
      const double mean = alone[p][best_alone[p][h]];
      if (!std::isfinite(mean)) continue;
      out.place_saves[p] += saving(mean, now);
      possible[p] += 1;
    }
    ++out.starts;
  }
  for (std::size_t p = 0; p < n; ++p) {
    out.share[p] /= static_cast<double>(out.starts);
    out.place_saves[p] =
        possible[p] > 0 ? out.place_saves[p] / possible[p] : std::numeric_limits<double>::quiet_NaN();
  }
  out.moves /= static_cast<double>(out.starts);
  out.alone = Savings::of(std::move(alone_shares));
  out.split = Savings::of(std::move(split_shares));
  return out;
}

}  // namespace kwhatif::schedule
