#include "term_sums.hpp"

#include "sequence.hpp"
#include <kwhatif/predict/distribution.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace kwhatif::uncertain {

namespace {

constexpr std::uint32_t seed = 20261123;

// Where a score enters all terms alike that it enters at all: which these are.
std::optional<std::vector<bool>> common(std::span<const Term> terms, std::size_t score) {
  std::vector<bool> out(terms.size());
  const Curve* first = nullptr;
  for (std::size_t t = 0; t < terms.size(); ++t) {
    const Curve* const curve = terms[t].logarithm[score];
    if (curve == nullptr) continue;
    if (first != nullptr && *curve != *first) return std::nullopt;
    first = curve;
    out[t] = true;
  }
  if (first == nullptr) return std::nullopt;
  return out;
}

// How far a score moves the sum by itself, to first order; only for the choice among them.
double moved(std::span<const Term> terms, std::size_t score) {
  double out = 0;
  for (const Term& term : terms) {
    if (const Curve* const curve = term.logarithm[score])
      out += term.typical * (value_at(*curve, 1) - value_at(*curve, -1));
  }
  return std::fabs(out);
}

// The distribution function of a monotone curve, by even steps of its value.
class Below {
 public:
  static std::optional<Below> of(const Curve& curve) {
    const bool rising = curve.back() > curve.front();
    Below out;
    out.first_ = rising ? curve.front() : curve.back();
    out.step_ = ((rising ? curve.back() : curve.front()) - out.first_) / static_cast<double>(cells);
    if (!(out.step_ > 0)) return std::nullopt;
    std::size_t i = 0;  // from the lower end
    const auto value = [&](std::size_t k) { return curve[rising ? k : score_count - 1 - k]; };
    for (std::size_t k = 0; k + 1 < score_count; ++k) {
      if (value(k + 1) < value(k)) return std::nullopt;
    }
    for (std::size_t c = 0; c <= cells; ++c) {
      const double x = out.first_ + out.step_ * static_cast<double>(c);
      while (i + 2 < score_count && value(i + 1) <= x) ++i;
      const double width = value(i + 1) - value(i);
      const double t = width > 0 ? std::clamp((x - value(i)) / width, 0.0, 1.0) : 1;
      const auto& at = scores().at;
      const double low = at[i].probability;
      const double high = at[i + 1].probability;
      out.share_[c] = low + t * (high - low);
    }
    return out;
  }
  double operator()(double x) const {
    const double position = (x - first_) / step_;
    if (!(position > 0)) return 0;
    if (position >= static_cast<double>(cells)) return 1;
    const auto i = static_cast<std::size_t>(position);
    return share_[i] + (position - static_cast<double>(i)) * (share_[i + 1] - share_[i]);
  }

 private:
  static constexpr std::size_t cells = 1024;
  double first_ = 0;
  double step_ = 0;
  std::array<double, cells + 1> share_{};
};

// The normal scores of the middles of equal shares.
const std::array<double, term_points>& strata() {
  static const std::array<double, term_points> out = [] {
    std::array<double, term_points> scores{};
    for (std::size_t i = 0; i < term_points / 2; ++i) {
      scores[i] = predict::normal_quantile((static_cast<double>(i) + 0.5) / term_points);
      scores[term_points - 1 - i] = -scores[i];
    }
    return scores;
  }();
  return out;
}

// The sums at one point: of the terms that the unknown integrated over multiplies, and of the others.
struct Point {
  double with = 0;
  double without = 0;
};

std::vector<Point> points_of(std::span<const Term> terms, std::size_t integrated,
                             const std::vector<bool>& multiplied) {
  std::vector<std::vector<double>> logarithm(terms.size(), std::vector<double>(term_points));
  std::size_t dimension = 0;
  std::vector<std::uint32_t> stratum(term_points);
  std::array<double, term_points> of_stratum{};
  // the first dimensions are spread best together
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t s = 0; s < terms.front().logarithm.size(); ++s) {
    if (s != integrated) order.emplace_back(-moved(terms, s), s);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [by_it, s] : order) {
    const Sequence sequence(dimension++, seed, term_points);
    constexpr std::size_t block = 32;
    std::array<double, block> u{};
    for (std::uint32_t first = 0; first < term_points; first += block) {
      sequence.block(first, u);
      for (std::size_t i = 0; i < block; ++i)
        stratum[first + i] = static_cast<std::uint32_t>(u[i] * term_points);
    }
    const Curve* last = nullptr;
    for (std::size_t t = 0; t < terms.size(); ++t) {
      const Curve* const curve = terms[t].logarithm[s];
      if (curve == nullptr) continue;
      if (last == nullptr || *last != *curve) {
        for (std::size_t i = 0; i < term_points; ++i) of_stratum[i] = value_at(*curve, strata()[i]);
      }
      last = curve;
      for (std::size_t i = 0; i < term_points; ++i) logarithm[t][i] += of_stratum[stratum[i]];
    }
  }
  std::vector<Point> out(term_points);
  for (std::size_t t = 0; t < terms.size(); ++t) {
    for (std::size_t i = 0; i < term_points; ++i) {
      const double value = terms[t].typical * std::exp(logarithm[t][i]);
      (multiplied[t] ? out[i].with : out[i].without) += value;
    }
  }
  return out;
}

// Where a rising function is zero, near that share of the sorted guesses; all in logarithms.
template <class At>
double root_near(const At& at, const std::vector<double>& guess, double share) {
  const auto rank = [&](double of) {
    const double last = static_cast<double>(guess.size() - 1);
    return std::log(guess[static_cast<std::size_t>(std::clamp(of, 0.0, 1.0) * last)]);
  };
  constexpr double aside = 1.0 / 16;
  constexpr double close = 1e-4;  // scores
  double low = rank(share - aside);
  double high = rank(share + aside);
  double x = rank(share);
  double off = at(x);
  if (std::fabs(off) < close || !(high > low)) return x;
  const double of_score = predict::normal_quantile(std::clamp(share + aside, 0.01, 0.99)) -
                          predict::normal_quantile(std::clamp(share - aside, 0.01, 0.99));
  double slope = of_score / (high - low);
  constexpr int most_steps = 6;
  for (int i = 0; i < most_steps; ++i) {
    const double next = std::clamp(x - off / slope, x - (high - low), x + (high - low));
    const double there = at(next);
    if (std::fabs(there) < close) return next;
    if (next != x && (there - off) / (next - x) > 0) slope = (there - off) / (next - x);
    x = next;
    off = there;
  }
  // steep or flat here: by halves
  const double width = high - low;
  low = x;
  high = x;
  constexpr int most_widths = 64;
  for (int i = 0; i < most_widths && at(low) > 0; ++i) low -= width;
  for (int i = 0; i < most_widths && at(high) < 0; ++i) high += width;
  while (high - low > 1e-7) {
    const double middle = (low + high) / 2;
    (at(middle) < 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

std::vector<double> percentiles_of_terms(std::span<const Term> terms, std::span<const double> p) {
  std::optional<std::size_t> chosen;
  double most = 0;
  for (std::size_t s = 0; s < terms.front().logarithm.size(); ++s) {
    const double by_this = moved(terms, s);
    if (by_this <= most || !common(terms, s)) continue;
    chosen = s;
    most = by_this;
  }
  if (!chosen) return {};
  const auto multiplied = *common(terms, *chosen);
  const Curve* curve = nullptr;
  for (const Term& term : terms) curve = term.logarithm[*chosen] != nullptr ? term.logarithm[*chosen] : curve;
  const auto below = Below::of(*curve);
  if (!below) return {};
  const auto points = points_of(terms, *chosen, multiplied);
  const auto share = [&](double y) {
    double sum = 0;
    for (const Point& point : points) {
      if (y > point.without) sum += (*below)(std::log((y - point.without) / point.with));
    }
    return sum / static_cast<double>(points.size());
  };
  // first guesses: the points, each with an outcome of its own of the unknown that is integrated over
  std::vector<double> guess;
  const Sequence sequence(sobol_dimensions - 1, seed, term_points);
  std::array<double, 32> u{};
  for (std::uint32_t first = 0; first < term_points; first += 32) {
    sequence.block(first, u);
    for (std::size_t i = 0; i < u.size(); ++i) {
      const auto at = static_cast<std::size_t>(u[i] * term_points);
      const Point& point = points[first + i];
      guess.push_back(point.without + point.with * std::exp(value_at(*curve, strata()[at])));
    }
  }
  std::sort(guess.begin(), guess.end());
  std::vector<double> out;
  for (const double wanted : p) {
    // in scores over logarithms the function is nearly a line
    const double z = predict::normal_quantile(wanted);
    const auto at = [&](double y) {
      return predict::normal_quantile(std::clamp(share(std::exp(y)), 1e-9, 1 - 1e-9)) - z;
    };
    out.push_back(std::exp(root_near(at, guess, wanted)));
  }
  return out;
}

}  // namespace kwhatif::uncertain
