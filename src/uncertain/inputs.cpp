// Where the spread of a run comes from, and which unknowns several runs share.
#include <kwhatif/uncertain/factor_band.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace kwhatif::uncertain {

using run::Slot;

Score Score::of(double normal) {
  const double probability = predict::normal_probability(normal);
  return {normal, probability, predict::student4_quantile(probability)};
}

InputDistribution InputDistribution::lognormal(double low, double median, double high) {
  InputDistribution out;
  out.shape_ = Shape::lognormal;
  out.low_ = low;
  out.median_ = median;
  out.high_ = high;
  return out;
}

InputDistribution InputDistribution::uniform(double low, double high) {
  return around(low, (low + high) / 2, high);
}

InputDistribution InputDistribution::around(double low, double median, double high) {
  InputDistribution out;
  out.shape_ = Shape::uniform;
  out.low_ = std::min(low, median);
  out.median_ = median;
  out.high_ = std::max(median, high);
  return out;
}

InputDistribution InputDistribution::standard_normal() {
  InputDistribution out;
  out.shape_ = Shape::normal;
  return out;
}

InputDistribution InputDistribution::predicted(const predict::Distribution& distribution) {
  InputDistribution out;
  out.shape_ = Shape::predicted;
  out.prediction_ = distribution;
  out.median_ = distribution.median();
  out.low_ = distribution.quantile(0.05);
  out.high_ = distribution.quantile(0.95);
  return out;
}

double InputDistribution::quantile(double u) const {
  if (shape_ == Shape::predicted) return prediction_.quantile(u);
  if (shape_ == Shape::normal) return predict::normal_quantile(u);
  if (shape_ == Shape::uniform)
    return u < 0.5 ? low_ + 2 * u * (median_ - low_) : high_ - 2 * (1 - u) * (high_ - median_);
  const double z = predict::normal_quantile(u) / predict::normal_quantile(0.95);
  const double end = u < 0.5 ? low_ : high_;
  return median_ * std::exp(std::fabs(z) * std::log(end / median_));
}

void InputDistribution::log_quantiles(std::span<const Score> scores, std::span<double> out) const {
  if (shape_ == Shape::predicted) {
    const predict::Distribution& d = prediction_;
    const double unit = std::log(d.unit);
    const double least = std::log(d.least);
    const double most = std::log(d.most);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double z = d.tails == predict::Tails::normal ? scores[i].normal : scores[i].student4;
      out[i] = unit + std::clamp(d.location + d.deviation * z, least, most);
    }
  } else if (shape_ == Shape::lognormal) {
    const double z95 = predict::normal_quantile(0.95);
    const double median = std::log(median_);
    const double below = std::log(median_ / low_) / z95;
    const double above = std::log(high_ / median_) / z95;
    for (std::size_t i = 0; i < scores.size(); ++i)
      out[i] = median + scores[i].normal * (scores[i].normal < 0 ? below : above);
  } else {
    for (std::size_t i = 0; i < scores.size(); ++i) out[i] = std::log(quantile(scores[i].probability));
  }
}

namespace {

constexpr std::size_t deviation_cells = 256;

// The middles of equal shares.
const std::array<Score, deviation_cells>& middles() {
  static const std::array<Score, deviation_cells> out = [] {
    std::array<Score, deviation_cells> scores;
    for (std::size_t i = 0; i < deviation_cells / 2; ++i) {
      const double u = (static_cast<double>(i) + 0.5) / deviation_cells;
      const Score low{predict::normal_quantile(u), u, predict::student4_quantile(u)};
      scores[i] = low;
      scores[deviation_cells - 1 - i] = {-low.normal, 1 - u, -low.student4};
    }
    return scores;
  }();
  return out;
}

}  // namespace

double InputDistribution::log_deviation() const {
  std::array<double, deviation_cells> y;
  if (low_ > 0) {
    log_quantiles(middles(), y);
    const double median = std::log(median_);
    for (double& each : y) each -= median;
  } else {  // where values reach zero the logarithm is replaced by the relative difference
    for (std::size_t i = 0; i < y.size(); ++i)
      y[i] = median_ != 0 ? quantile(middles()[i].probability) / median_ - 1 : 0;
  }
  double sum = 0;
  double square = 0;
  for (const double each : y) {
    sum += each;
    square += each * each;
  }
  const double mean = sum / deviation_cells;
  return std::sqrt(std::max(0.0, square / deviation_cells - mean * mean));
}

bool InputDistribution::same(const InputDistribution& other) const {
  return shape_ == other.shape_ && low_ == other.low_ && median_ == other.median_ && high_ == other.high_ &&
         prediction_.location == other.prediction_.location && follows() == other.follows() &&
         parts() == other.parts();
}

bool InputDistribution::before(const InputDistribution& other) const {
  const auto key = [](const InputDistribution& d) {
    return std::tuple(d.shape_, d.median_, d.low_, d.high_, d.follows());
  };
  return key(*this) < key(other);
}

namespace {

// What tells one unknown from another of the same numbers: its place in the tables, and the device or site.
std::string origin_of(const run::ResolvedRun& run, Slot slot) {
  const auto& origin = run.record(slot).origin;
  std::string out = origin.source + '\n' + origin.at;
  const auto add = [&](const std::optional<catalog::Row>& row) {
    out += '\n';
    if (row) out += row->id();
  };
  const bool site = slot == Slot::pue || slot == Slot::ci || slot == Slot::ci_market;
  add(site ? run.region : run.hardware);
  add(site ? run.grid : run.host);
  return out;
}

}  // namespace

Spread spread_of(const run::ResolvedRun& run) {
  Spread out;
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<Slot>(i);
    const auto value = run::slot_value(run.inputs, slot);
    if (!value) continue;
    const run::SlotRecord& record = run.record(slot);
    if (record.distribution) {
      out.inputs[i] = InputDistribution::predicted(*record.distribution);
    } else if (record.low && record.high && *record.low < *record.high) {
      const bool ordered = 0 < *record.low && *record.low <= *value && *value <= *record.high;
      out.inputs[i] = ordered ? InputDistribution::lognormal(*record.low, *value, *record.high)
                              : InputDistribution::around(*record.low, *value, *record.high);
    } else if (record.half_step > 0 && record.origin.responsible == catalog::Responsible::table &&
               slot != Slot::devices) {
      out.inputs[i] = InputDistribution::uniform(*value - record.half_step, *value + record.half_step);
    }
    if (out.inputs[i]) out.origin[i] = origin_of(run, slot);
    for (const auto& factor : record.factors)
      out.factors.push_back({slot, InputDistribution::lognormal(factor.low, 1, factor.high), factor.source});
  }
  return out;
}

bool uncertain(const run::ResolvedRun& run) {
  return std::any_of(run.records.begin(), run.records.end(), [](const run::SlotRecord& record) {
    return record.distribution || record.low || record.high || !record.factors.empty();
  });
}

std::optional<std::pair<double, double>> range_of(const run::SlotRecord& record, double value) {
  const bool own = record.low && record.high;
  if (!own && record.factors.empty()) return std::nullopt;
  FactorBand out{own ? *record.low : value, value, own ? *record.high : value};
  if (out.low > 0) {
    for (const auto& factor : record.factors) out = out * FactorBand{factor.low, 1, factor.high};
  }
  return std::pair{out.low, out.high};
}

namespace {

// Whether a measure was taken on an input: then it is its old self times a number.
bool measured(const Spread& spread, Slot slot) {
  return std::any_of(spread.factors.begin(), spread.factors.end(),
                     [&](const Spread::Factor& f) { return f.slot == slot; });
}

bool proportional(const InputDistribution& a, const InputDistribution& b) {
  constexpr std::array points{0.05, 0.3, 0.5, 0.7, 0.95};
  constexpr double rounding = 1e-9;
  const double scale = a.median() / b.median();
  return std::all_of(points.begin(), points.end(), [&](double u) {
    return std::fabs(a.quantile(u) - scale * b.quantile(u)) <= rounding * std::fabs(a.quantile(u));
  });
}

}  // namespace

namespace {

// The whole of a prediction or table value, the same in all runs that have it.
bool same_whole(const Source& s, Slot name, const std::string& origin, const InputDistribution& distribution,
                bool may_scale) {
  if (s.factor || s.part || s.feeds.front().slot != name || s.origin != origin) return false;
  return s.distribution == distribution || (may_scale && proportional(s.distribution, distribution));
}

// The part of a prediction that is of its run alone.
struct OwnPart {
  Source::Feed feed;
  const InputDistribution* whole = nullptr;
  const std::string* origin =
      nullptr;  ///< of a prediction that lies nowhere: what else it shares a part with

  double alike(const OwnPart& other) const {
    if (feed.slot != other.feed.slot) return 0;
    if (whole->where().doublings.empty() && other.whole->where().doublings.empty())
      return *origin == *other.origin && *whole == *other.whole ? 1 : 0;
    return predict::alike(whole->where(), other.whole->where());
  }
};

// Own parts as sums of independent sources, so that any two correlate as they are alike (Cholesky).
void add_own_parts(std::vector<OwnPart> parts, std::vector<Source>& out) {
  std::stable_sort(parts.begin(), parts.end(), [](const OwnPart& a, const OwnPart& b) {
    if (a.feed.slot != b.feed.slot) return a.feed.slot < b.feed.slot;
    return a.whole->before(*b.whole);
  });
  const std::size_t n = parts.size();
  std::vector<std::vector<double>> root(n);
  constexpr double nothing = 1e-9;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      double rest = parts[j].alike(parts[k]);
      for (std::size_t i = 0; i < k; ++i) rest -= root[j][i] * root[k][i];
      if (k == j)
        root[j].push_back(rest > nothing ? std::sqrt(rest) : 0);
      else
        root[j].push_back(root[k][k] > 0 ? rest / root[k][k] : 0);
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    Source source{InputDistribution::standard_normal(), "own " + std::to_string(k), false, true, {}};
    for (std::size_t j = k; j < n; ++j) {
      Source::Feed feed = parts[j].feed;
      feed.weight *= root[j][k];
      if (std::fabs(feed.weight) > nothing) source.feeds.push_back(feed);
    }
    if (!source.feeds.empty()) out.push_back(std::move(source));
  }
}

// Parts that go into the same predictions with the same weights are one.
void join_parts(std::vector<Source>& sources) {
  std::vector<Source> out;
  constexpr double rounding = 1e-12;
  for (Source& source : sources) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Source& s) {
      if (!s.part || !source.part || s.feeds.size() != source.feeds.size()) return false;
      const double ratio = source.feeds.front().weight / s.feeds.front().weight;
      for (std::size_t i = 0; i < s.feeds.size(); ++i) {
        const Source::Feed& a = s.feeds[i];
        const Source::Feed& b = source.feeds[i];
        if (a.run != b.run || a.slot != b.slot || std::fabs(b.weight / a.weight - ratio) > rounding * ratio)
          return false;
      }
      return true;
    });
    if (same == out.end()) {
      out.push_back(std::move(source));
      continue;
    }
    for (std::size_t i = 0; i < same->feeds.size(); ++i) {
      double& weight = same->feeds[i].weight;  // not std::hypot, whose last bit is each system's own
      weight = std::sqrt(weight * weight + source.feeds[i].weight * source.feeds[i].weight);
    }
    same->origin += '\n' + source.origin;
  }
  sources = std::move(out);
}

}  // namespace

std::vector<Source> sources_of(std::span<const Uncertain> runs) {
  std::vector<Source> out;
  std::vector<OwnPart> own;
  const auto add = [&](const Source& source, auto is_same) {
    const auto found = std::find_if(out.begin(), out.end(), is_same);
    if (found == out.end())
      out.push_back(source);
    else
      found->feeds.push_back(source.feeds.front());
  };
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const run::RunInputs<double>& inputs = runs[run].inputs;
    const Spread& spread = runs[run].spread;
    for (std::size_t i = 0; i < run::slot_count; ++i) {
      const auto slot = static_cast<Slot>(i);
      if (!spread.inputs[i] || !run::slot_value(inputs, slot)) continue;
      const auto& location = spread[Slot::ci];
      const bool twin = slot == Slot::ci_market && location && inputs.ci() && *location == *spread.inputs[i];
      const Slot name = twin ? Slot::ci : slot;
      const std::string& origin = spread.origin[static_cast<std::size_t>(name)];
      const InputDistribution& whole = *spread.inputs[i];
      for (const predict::SpreadPart& part : whole.parts()) {
        const Source::Feed feed{run, slot, std::sqrt(part.share)};
        if (part.name.empty()) {
          own.push_back({feed, &whole, &origin});
          continue;
        }
        add({InputDistribution::standard_normal(), part.name, false, true, {feed}},
            [&](const Source& s) { return s.part && s.origin == part.name; });
      }
      if (!whole.parts().empty()) continue;
      add({whole, origin, false, false, {{run, slot}}}, [&](const Source& s) {
        const bool scaled = measured(spread, slot) || measured(runs[s.feeds.front().run].spread, slot);
        return same_whole(s, name, origin, whole, scaled);
      });
    }
    for (const Spread::Factor& factor : spread.factors) {
      if (!run::slot_value(inputs, factor.slot) || factor.distribution.log_deviation() == 0) continue;
      add({factor.distribution, factor.origin, true, false, {{run, factor.slot}}}, [&](const Source& s) {
        return s.factor && s.distribution == factor.distribution && s.origin == factor.origin;
      });
    }
  }
  add_own_parts(std::move(own), out);
  // before parts are joined: neither order nor names may depend on the order of the runs
  const auto slot = [](const Source& s) { return std::ranges::min(s.feeds, {}, &Source::Feed::slot).slot; };
  std::stable_sort(out.begin(), out.end(), [&](const Source& a, const Source& b) {
    if (a.factor != b.factor) return b.factor;
    if (slot(a) != slot(b)) return slot(a) < slot(b);
    if (!(a.distribution == b.distribution)) return a.distribution.before(b.distribution);
    return a.origin < b.origin;
  });
  join_parts(out);
  return out;
}

}  // namespace kwhatif::uncertain
