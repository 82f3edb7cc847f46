#include "scale.hpp"

#include <kwhatif/chart/text_width.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace kwhatif::chart {

namespace {

constexpr double least_span = 1e-9;  // relative: less than that is one value
constexpr double tick_size = 11;
constexpr std::size_t most_ticks = 9;

}  // namespace

void Extent::add(double value) {
  if (!std::isfinite(value)) return;
  low_ = empty_ ? value : std::min(low_, value);
  high_ = empty_ ? value : std::max(high_, value);
  empty_ = false;
}

void Extent::add(const std::optional<Range>& range) {
  if (!range) return;
  add(range->first);
  add(range->second);
}

Scale::Scale(const Extent& extent, bool logarithmic, bool from_zero)
    : logarithmic_(logarithmic && !extent.empty() && extent.low() > 0) {
  constexpr double margin = 0.04;
  if (extent.empty()) return;
  if (logarithmic_) {
    low_ = std::log10(extent.low());
    high_ = std::log10(extent.high());
    if (high_ - low_ < least_span) {
      low_ -= 0.3;
      high_ += 0.3;
    }
    const double more = margin * (high_ - low_);
    low_ -= more;
    high_ += more;
    return;
  }
  unit_ = std::max(std::fabs(extent.low()), std::fabs(extent.high()));
  if (unit_ == 0) unit_ = 1;
  low_ = extent.low() / unit_;
  high_ = extent.high() / unit_;
  const bool near_zero = low_ > 0 && low_ < 0.5 * high_;
  if (from_zero || near_zero) {
    low_ = std::min(low_, 0.0);
    high_ = std::max(high_, 0.0);
  }
  const bool ends_low = low_ == 0;
  const bool ends_high = high_ == 0 && low_ < 0;
  if (high_ - low_ < least_span) {
    low_ -= ends_low ? 0 : 0.5;
    high_ += ends_low ? 1 : 0.5;
  }
  const double more = margin * (high_ - low_);
  if (!ends_low) low_ -= more;
  if (!ends_high) high_ += more;
}

bool Scale::has(double value) const { return std::isfinite(value) && (!logarithmic_ || value > 0); }

double Scale::share(double value) const {
  if (logarithmic_ && value <= 0) return 0;
  const double v = logarithmic_ ? std::log10(value) : value / unit_;
  return std::clamp((v - low_) / (high_ - low_), 0.0, 1.0);
}

double Scale::at(double value) const { return from_ + (to_ - from_) * share(value); }

double Scale::Number::value() const {
  // whole powers of ten up to 22 are exact: 3 · 10^-1 is 0.3
  const auto d = static_cast<double>(digits);
  if (exponent < 0 && exponent >= -22) return d / std::pow(10.0, -exponent);
  return d * std::pow(10.0, exponent);
}

std::string Scale::Number::words() const {
  if (digits == 0) return "0";
  long long d = std::llabs(digits);
  int e = exponent;
  for (; d % 10 == 0; d /= 10) ++e;
  std::string text = std::to_string(d);
  const int magnitude = static_cast<int>(text.size()) - 1 + e;
  if (magnitude < -4 || magnitude >= 6) {
    if (text.size() > 1) text.insert(1, ".");
    text += 'e' + std::to_string(magnitude);
  } else if (e >= 0) {
    text.append(static_cast<std::size_t>(e), '0');
  } else {
    const auto after = static_cast<std::size_t>(-e);
    if (text.size() <= after) text.insert(0, after + 1 - text.size(), '0');
    text.insert(text.size() - after, ".");
  }
  return digits < 0 ? '-' + text : text;
}

// Steps of 1, 2 or 5, about as many as wanted.
std::vector<Scale::Number> Scale::evenly(double wanted) const {
  double low = low_;
  double high = high_;
  double unit = unit_;
  if (logarithmic_) {  // a short piece of a logarithmic axis
    unit = std::pow(10.0, high_);
    if (!(unit > 0) || !std::isfinite(unit)) return {};
    low = std::pow(10.0, low_ - high_);
    high = 1;
  }
  const double size = std::log10((high - low) / wanted) + std::log10(unit);
  int exponent = static_cast<int>(std::floor(size));
  const double rest = std::pow(10.0, size - exponent);
  long long step = rest <= 1.001 ? 1 : rest <= 2.001 ? 2 : rest <= 5.001 ? 5 : 10;
  if (step == 10) {
    step = 1;
    ++exponent;
  }
  const double in_units = static_cast<double>(step) * std::pow(10.0, exponent - std::log10(unit));
  const auto first = static_cast<long long>(std::ceil(low / in_units - 1e-9));
  const auto last = static_cast<long long>(std::floor(high / in_units + 1e-9));
  std::vector<Number> out;
  for (long long k = first; k <= last && out.size() < 50; ++k) out.push_back({k * step, exponent});
  return out;
}

// From the densest (0) on; later ones are every second, third … power of ten.
std::vector<Scale::Number> Scale::by_factors(std::size_t density) const {
  static const std::array<std::vector<long long>, 5> sets{
      {{10, 20, 30, 40, 50, 60, 70, 80, 90}, {10, 15, 20, 30, 50, 70}, {10, 20, 50}, {10, 30}, {10}}};
  const auto& set = sets[std::min(density, sets.size() - 1)];
  const int stride = density < sets.size() ? 1 : static_cast<int>(density - sets.size()) + 2;
  std::vector<Number> out;
  int decade = static_cast<int>(std::floor(low_)) - 1;
  decade -= ((decade % stride) + stride) % stride;
  for (; decade <= static_cast<int>(std::ceil(high_)); decade += stride) {
    for (const long long digits : set) {
      const double at = std::log10(static_cast<double>(digits)) + decade - 1;
      if (at >= low_ && at <= high_) out.push_back({digits, decade - 1});
    }
  }
  return out;
}

template <class Fits>
std::vector<Tick> Scale::chosen(double wanted, Fits fits) const {
  const auto placed = [&](const std::vector<Number>& numbers) {
    std::vector<Tick> out;
    for (const Number& n : numbers) {
      const double value = n.value();
      if (has(value)) out.push_back({at(value), n.words()});
    }
    return out;
  };
  constexpr std::size_t densities = 340;  // the last ones fit one power of ten of all that a double holds
  for (std::size_t density = 0; logarithmic_ && density < densities; ++density) {
    const auto numbers = by_factors(density);
    if (numbers.size() < 2) break;
    if (numbers.size() > most_ticks) continue;
    auto out = placed(numbers);
    if (fits(out)) return out;
  }
  for (double n = std::max(1.0, wanted); n >= 0.5; n -= 0.5) {
    auto out = placed(evenly(n));
    if (fits(out)) return out;
  }
  return {};
}

std::vector<Tick> Scale::ticks_across(double left, double right) const {
  const auto fits = [&](std::vector<Tick>& ticks) {
    constexpr double gap = 10;
    double free = left - gap;
    std::erase_if(ticks, [&](const Tick& t) {
      const double half = text_width(t.words, tick_size) / 2;
      return t.at - half < left || t.at + half > right;
    });
    for (const Tick& t : ticks) {
      const double half = text_width(t.words, tick_size) / 2;
      if (t.at - half < free + gap) return false;
      free = t.at + half;
    }
    return true;
  };
  return chosen(std::min(6.0, (to_ - from_) / 60), fits);
}

std::vector<Tick> Scale::ticks_up() const {
  const auto fits = [](const std::vector<Tick>& ticks) {
    constexpr double gap = 16;
    for (std::size_t i = 1; i < ticks.size(); ++i) {
      if (std::fabs(ticks[i].at - ticks[i - 1].at) < gap) return false;
    }
    return true;
  };
  return chosen(std::min(6.0, std::fabs(to_ - from_) / 40), fits);
}

void draw_axis_below(Drawing& drawing, const Scale& scale, const std::string& title, double left,
                     double right) {
  drawing.line(left, drawing.y, right, drawing.y, Role::muted);
  const auto ticks = scale.ticks_across(2, drawing.width() - 2);
  for (const Tick& tick : ticks) {
    drawing.line(tick.at, drawing.y, tick.at, drawing.y + 4, Role::muted);
    drawing.text(tick.at, drawing.y + 16, tick.words, {tick_size, false, Anchor::middle, Role::muted});
  }
  drawing.y += ticks.empty() ? 6 : 22;
  if (title.empty()) return;
  // under its plot where it has room there, else over the whole width
  const double room = drawing.width() - 2 * pad;
  const std::string more = scale.logarithmic() ? title + " (logarithmic)" : title;
  for (const std::string& part : wrapped(more, room, tick_size, 2)) {
    const double half = text_width(part, tick_size) / 2;
    const double middle = std::clamp((left + right) / 2, pad + half, drawing.width() - pad - half);
    drawing.text(middle, drawing.y + 11, part, {tick_size, false, Anchor::middle, Role::ink});
    drawing.y += 14;
  }
  drawing.y += 4;
}

}  // namespace kwhatif::chart
