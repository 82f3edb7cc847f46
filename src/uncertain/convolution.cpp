#include "convolution.hpp"

#include <kwhatif/predict/distribution.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace kwhatif::uncertain {

const Scores& scores() {
  static const Scores table = [] {
    Scores out;
    double sum = 0;
    for (std::size_t i = 0; i < score_count; ++i) {
      const double z = -greatest_score + score_step * static_cast<double>(i);
      out.at[i] = 2 * i < score_count ? Score::of(z)
                                      : Score{z, 1 - out.at[score_count - 1 - i].probability,
                                              -out.at[score_count - 1 - i].student4};
      out.weight[i] = std::exp(-z * z / 2);
      sum += out.weight[i];
    }
    for (double& w : out.weight) w /= sum;
    for (std::size_t i = 0; i + 1 < score_count; ++i) {
      const double left = i == 0 ? 0 : out.at[i].probability;
      out.mass[i] = (i + 2 == score_count ? 1 : out.at[i + 1].probability) - left;
    }
    return out;
  }();
  return table;
}

double value_at(const Curve& curve, double score) {
  const double position =
      std::clamp((score + greatest_score) / score_step, 0.0, static_cast<double>(score_count - 1));
  const std::size_t i = std::min(static_cast<std::size_t>(position), score_count - 2);
  return curve[i] + (position - static_cast<double>(i)) * (curve[i + 1] - curve[i]);
}

namespace {

struct Extent {
  double mean = 0;
  double deviation = 0;
  double low = 0;
  double high = 0;
};

Extent extent_of(const Summand& summand) {
  Extent out;
  const Scores& score = scores();
  out.low = out.high = summand.curve.front().front();
  double square = 0;
  for (std::size_t c = 0; c < summand.curve.size(); ++c) {
    for (std::size_t i = 0; i < score_count; ++i) {
      const double x = summand.curve[c][i];
      const double w = summand.weight[c] * score.weight[i];
      out.mean += w * x;
      square += w * x * x;
      out.low = std::min(out.low, x);
      out.high = std::max(out.high, x);
    }
  }
  out.deviation = std::sqrt(std::max(0.0, square - out.mean * out.mean));
  return out;
}

// Masses at whole multiples of a step, counted from `first`.
struct Masses {
  std::ptrdiff_t first = 0;
  std::vector<double> mass{1};
};

// Every outcome over its nearest three points, so that mass, mean and variance stay.
Masses masses_of(const Summand& summand, const Extent& extent, double step) {
  Masses out;
  const Scores& score = scores();
  out.first = static_cast<std::ptrdiff_t>(std::floor(extent.low / step)) - 1;
  const auto last = static_cast<std::ptrdiff_t>(std::ceil(extent.high / step)) + 1;
  out.mass.assign(static_cast<std::size_t>(last - out.first + 1), 0);
  const auto put = [&](double x, double mass) {
    const double position = x / step - static_cast<double>(out.first);
    const double nearest = std::floor(position + 0.5);
    const double t = position - nearest;
    double* at = out.mass.data() + static_cast<std::size_t>(nearest);
    at[-1] += mass * t * (t - 1) / 2;
    at[0] += mass * (1 - t * t);
    at[1] += mass * t * (t + 1) / 2;
  };
  for (std::size_t c = 0; c < summand.curve.size(); ++c) {
    const Curve& curve = summand.curve[c];
    for (std::size_t i = 0; i + 1 < score_count; ++i) {
      const double mass = summand.weight[c] * score.mass[i];
      const double rise = curve[i + 1] - curve[i];
      if (rise == 0) {
        put(curve[i], mass);
        continue;
      }
      // in pieces no longer than a step, under a density that changes evenly
      constexpr double most_pieces = 256;
      const double pieces = std::clamp(std::ceil(std::fabs(rise) / step), 2.0, most_pieces);
      const double bend = score_step * (score.at[i].normal + score_step / 2);
      for (double k = 0; k < pieces; ++k) {
        const double t = (k + 0.5) / pieces;
        put(curve[i] + t * rise, mass / pieces * (1 - bend * (t - 0.5)));
      }
    }
  }
  return out;
}

Masses convolved(const Masses& a, const Masses& b) {
  Masses out;
  out.first = a.first + b.first;
  out.mass.assign(a.mass.size() + b.mass.size() - 1, 0);
  const auto& [shorter, longer] =
      std::minmax(a.mass, b.mass, [](const auto& x, const auto& y) { return x.size() < y.size(); });
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    const double m = shorter[i];
    double* to = out.mass.data() + i;
    for (std::size_t j = 0; j < longer.size(); ++j) to[j] += m * longer[j];
  }
  return out;
}

struct Atom {
  double at = 0;
  double mass = 0;
};

// A distribution function on whole multiples of a step, and its jumps beside it.
struct Below {
  std::ptrdiff_t first = 0;
  std::vector<double> share;
  std::vector<Atom> atoms;
};

Below below(const Summand& summand, std::ptrdiff_t first, std::size_t count, double step) {
  Below out;
  out.first = first;
  out.share.assign(count, 0);
  std::vector<double> from(count + 1);  // what lies below this point and all above it
  const auto& score = scores();
  for (std::size_t c = 0; c < summand.curve.size(); ++c) {
    const Curve& curve = summand.curve[c];
    for (std::size_t i = 0; i + 1 < score_count; ++i) {
      const double mass = summand.weight[c] * score.mass[i];
      const double a = curve[i];
      const double b = curve[i + 1];
      if (a == b) {
        if (out.atoms.empty() || out.atoms.back().at != a) out.atoms.push_back({a, 0});
        out.atoms.back().mass += mass;
        continue;
      }
      // within the step of the score the density is that of a normal, to second order
      const double bend = score_step * (score.at[i].normal + score_step / 2) / 2;
      const auto [low, high] = std::minmax(a, b);
      const double base = static_cast<double>(first);
      const double begin = std::clamp(std::ceil(low / step - base), 0.0, static_cast<double>(count));
      const double end = std::clamp(std::ceil(high / step - base), 0.0, static_cast<double>(count));
      for (auto j = static_cast<std::size_t>(begin); j < static_cast<std::size_t>(end); ++j) {
        const double t = ((base + static_cast<double>(j)) * step - a) / (b - a);
        const double share = t + bend * t * (1 - t);
        out.share[j] += mass * (a < b ? share : 1 - share);
      }
      from[static_cast<std::size_t>(end)] += mass;
    }
  }
  double sum = 0;
  for (std::size_t j = 0; j < count; ++j) {
    sum += from[j];
    out.share[j] += sum;
  }
  return out;
}

double dot(const double* a, const double* b, std::size_t n) {
  std::array<double, 4> sum{};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sum[k] += a[i + k] * b[i + k];
  }
  for (; i < n; ++i) sum[0] += a[i] * b[i];
  return sum[0] + sum[1] + sum[2] + sum[3];
}

// Cubic through four points at -1, 0, 1, 2.
double cubic(double a, double b, double c, double d, double t) {
  return b + t * (c - a / 3 - b / 2 - d / 6 + t * ((a + c) / 2 - b + t * ((d - a) / 6 + (b - c) / 2)));
}

// The distribution function of all summands together, on the grid of their masses.
class Together {
 public:
  Together(const Summand& widest, const Extent& extent, const Masses& rest, double step)
      : step_(step), rest_(rest) {
    const auto others = static_cast<std::ptrdiff_t>(rest.mass.size());
    const auto low = static_cast<std::ptrdiff_t>(std::floor(extent.low / step)) - 1;
    const auto high = static_cast<std::ptrdiff_t>(std::ceil(extent.high / step)) + 1;
    first_ = low + rest.first;
    last_ = high + rest.first + others - 1;
    widest_ = below(widest, low - others, static_cast<std::size_t>(high - low + 2 * others + 1), step);
    reversed_.assign(rest.mass.rbegin(), rest.mass.rend());
    double sum = 0;
    for (const double m : rest.mass) sums_.push_back(sum += m);
  }

  std::ptrdiff_t first() const { return first_; }
  std::ptrdiff_t last() const { return last_; }
  double at(std::ptrdiff_t j) const {
    // Σ_k m_k · G(j - k), k from rest.first on
    const auto others = static_cast<std::ptrdiff_t>(reversed_.size());
    const std::ptrdiff_t from = j - (rest_.first + others - 1) - widest_.first;
    double out = dot(reversed_.data(), widest_.share.data() + from, reversed_.size());
    for (const Atom& atom : widest_.atoms)
      out += atom.mass * rest_below(static_cast<double>(j) - atom.at / step_);
    return out;
  }

 private:
  // Share of the others below a place, in steps: their sum is known half-way between the points.
  double rest_below(double place) const {
    const double position = place - static_cast<double>(rest_.first) - 0.5;
    const double whole = std::floor(position);
    const auto i = static_cast<std::ptrdiff_t>(whole);
    const auto sum = [&](std::ptrdiff_t k) {
      if (k < 0) return 0.0;
      return k < static_cast<std::ptrdiff_t>(sums_.size()) ? sums_[static_cast<std::size_t>(k)] : 1.0;
    };
    return std::clamp(cubic(sum(i - 1), sum(i), sum(i + 1), sum(i + 2), position - whole), 0.0, 1.0);
  }

  double step_;
  const Masses& rest_;
  std::ptrdiff_t first_ = 0;
  std::ptrdiff_t last_ = 0;
  Below widest_;
  std::vector<double> reversed_;
  std::vector<double> sums_;
};

// Where, in steps from `low`, the share is p: it lies between there and the next point.
double place_between(const Together& all, std::ptrdiff_t low, double below, double above, double p) {
  const double linear = above > below ? (p - below) / (above - below) : 0.5;
  const double before = all.at(std::max(low - 1, all.first()));
  const double after = all.at(std::min(low + 2, all.last()));
  constexpr double least = 1e-6;
  if (!(before > least && before < below && below < above && above < after && after < 1 - least))
    return linear;
  // in scores the function is nearly a line
  const double a = predict::normal_quantile(before);
  const double b = predict::normal_quantile(below);
  const double c = predict::normal_quantile(above);
  const double d = predict::normal_quantile(after);
  const double wanted = predict::normal_quantile(p);
  double t = (wanted - b) / (c - b);
  for (int i = 0; i < 4; ++i) {
    const double slope = (cubic(a, b, c, d, t + 1e-4) - cubic(a, b, c, d, t - 1e-4)) / 2e-4;
    if (!(slope > 0)) return linear;
    t -= (cubic(a, b, c, d, t) - wanted) / slope;
  }
  return t >= 0 && t <= 1 ? t : linear;
}

}  // namespace

namespace {

struct Measured {
  const Summand* summand;
  Extent extent;
};

// The change per score where outcomes lie closest: 0 where a share of them that a percentile can see is one
// and the same, the deviation of a normal.
double closest(const Summand& summand) {
  constexpr double seen = 3;  // scores; beyond lies a thousandth
  double out = std::numeric_limits<double>::infinity();
  const Scores& score = scores();
  for (const Curve& curve : summand.curve) {
    for (std::size_t i = 0; i + 1 < score_count; ++i) {
      if (std::fabs(score.at[i].normal) < seen) out = std::min(out, std::fabs(curve[i + 1] - curve[i]));
    }
  }
  return out / score_step;
}

// Outcomes farther out than all together can come back from: where exactly, no percentile sees.
void clip(std::vector<Summand>& summands) {
  constexpr double far = 12;
  double square = 0;
  for (const Summand& summand : summands) {
    double wide = 0;
    for (const Curve& curve : summand.curve)
      wide = std::max(wide, std::fabs(value_at(curve, 1) - value_at(curve, -1)) / 2);
    square += wide * wide;
  }
  const double most = far * std::sqrt(square);
  for (Summand& summand : summands) {
    const double middle = summand.curve[summand.curve.size() / 2][score_count / 2];
    for (Curve& curve : summand.curve) {
      for (double& x : curve) x = std::clamp(x, middle - most, middle + most);
    }
  }
}

// Of the grid, for the widest first. All together are as smooth as the closest outcomes of each allow; a few
// steps to that are enough. Where nothing smooths, the step is the error.
double step_of(std::span<const Measured> parts) {
  constexpr double of_widest = 16;
  constexpr double of_closest = 4;
  constexpr double finest = 1024;
  constexpr double error = 3e-4;
  constexpr double most_work = 4e6;
  const double widest = parts.front().extent.deviation;
  double square = 0;
  double range = 0;
  for (const Measured& part : parts) {
    const double slope = closest(*part.summand);
    square += slope * slope;
    if (&part != &parts.front()) range += part.extent.high - part.extent.low;
  }
  const double cheap = range / std::sqrt(most_work);
  return std::min(widest / of_widest,
                  std::max({std::sqrt(square) / of_closest, error, cheap, widest / finest}));
}

// The widest first, the others together beside it.
struct Prepared {
  std::vector<Measured> parts;
  Masses rest;

  explicit Prepared(std::span<const Summand> summands) {
    for (const Summand& summand : summands) parts.push_back({&summand, extent_of(summand)});
    std::stable_sort(parts.begin(), parts.end(), [](const Measured& a, const Measured& b) {
      return a.extent.deviation > b.extent.deviation;
    });
  }
  /// Where nothing varies, not even the widest, beyond what its numbers can tell: the sum itself.
  std::optional<double> constant() const {
    constexpr double least = 1e-12;
    const Extent& widest = parts.front().extent;
    const double size = std::max({1.0, std::fabs(widest.low), std::fabs(widest.high)});
    if (widest.deviation > least * size) return std::nullopt;
    double out = 0;
    for (const Measured& part : parts) out += part.extent.mean;
    return out;
  }
  void convolve(double step) {
    for (std::size_t i = parts.size(); i-- > 1;)
      rest = convolved(rest, masses_of(*parts[i].summand, parts[i].extent, step));
  }
};

}  // namespace

Curve curve_of_sum(std::vector<Summand> summands) {
  clip(summands);
  Prepared made(summands);
  if (const auto always = made.constant()) {
    Curve out{};
    out.fill(*always);
    return out;
  }
  constexpr double of_widest = 8;
  const double step = made.parts.front().extent.deviation / of_widest;
  made.convolve(step);
  const Together all(*made.parts.front().summand, made.parts.front().extent, made.rest, step);
  Curve out{};
  std::ptrdiff_t j = all.first();
  constexpr double least = 1e-9;
  const auto score_at = [&](std::ptrdiff_t at) {
    return predict::normal_quantile(std::clamp(all.at(at), least, 1 - least));
  };
  double before = score_at(j);
  double after = before;
  for (std::size_t i = 0; i < score_count; ++i) {
    const double wanted = scores().at[i].normal;
    while (after < wanted && j < all.last()) {
      before = after;
      after = score_at(++j);
    }
    const double t = after > before ? std::clamp((after - wanted) / (after - before), 0.0, 1.0) : 0;
    out[i] = step * (static_cast<double>(j) - t);
  }
  return out;
}

std::vector<double> percentiles_of_sum(std::vector<Summand> summands, std::span<const double> p) {
  clip(summands);
  Prepared made(summands);
  if (const auto always = made.constant()) return std::vector<double>(p.size(), *always);
  const double step = step_of(made.parts);
  made.convolve(step);
  const Together all(*made.parts.front().summand, made.parts.front().extent, made.rest, step);
  std::vector<double> out;
  std::ptrdiff_t low = all.first();
  for (const double share : p) {
    std::ptrdiff_t high = all.last();
    double below_it = all.at(low);
    double above_it = 1;
    while (high - low > 1) {
      const std::ptrdiff_t middle = low + (high - low) / 2;
      const double there = all.at(middle);
      (there < share ? low : high) = middle;
      (there < share ? below_it : above_it) = there;
    }
    out.push_back(step * (static_cast<double>(low) + place_between(all, low, below_it, above_it, share)));
  }
  return out;
}

}  // namespace kwhatif::uncertain
