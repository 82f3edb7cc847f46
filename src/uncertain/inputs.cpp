#include <kwhatif/uncertain/sensitivity.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::uncertain {

using run::Slot;

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

double InputDistribution::log_deviation() const {
  constexpr int cells = 256;
  double sum = 0;
  double square = 0;
  for (int i = 0; i < cells; ++i) {
    const double x = quantile((i + 0.5) / cells);
    // where values reach zero the logarithm is replaced by the relative difference
    const double y = low_ > 0 ? std::log(x / median_) : (median_ != 0 ? x / median_ - 1 : 0);
    sum += y;
    square += y * y;
  }
  const double mean = sum / cells;
  return std::sqrt(std::max(0.0, square / cells - mean * mean));
}

bool InputDistribution::same(const InputDistribution& other) const {
  return shape_ == other.shape_ && low_ == other.low_ && median_ == other.median_ && high_ == other.high_;
}

namespace {

/// The distribution that a record carries, where records have one.
template <class Record>
std::optional<predict::Distribution> distribution_of(const Record& record) {
  if constexpr (requires { record.distribution; })
    return record.distribution;
  else
    return std::nullopt;
}

}  // namespace

Spread spread_of(const run::ResolvedRun& run) {
  Spread out;
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<Slot>(i);
    const auto value = run::slot_value(run.inputs, slot);
    if (!value) continue;
    const run::SlotRecord& record = run.record(slot);
    if (const auto predicted = distribution_of(record)) {
      out.inputs[i] = InputDistribution::predicted(*predicted);
    } else if (record.low && record.high && *record.low < *record.high) {
      const bool ordered = 0 < *record.low && *record.low <= *value && *value <= *record.high;
      out.inputs[i] = ordered ? InputDistribution::lognormal(*record.low, *value, *record.high)
                              : InputDistribution::around(*record.low, *value, *record.high);
    } else if (record.half_step > 0 && record.origin.responsible == catalog::Responsible::table &&
               slot != Slot::devices) {
      out.inputs[i] = InputDistribution::uniform(*value - record.half_step, *value + record.half_step);
    }
  }
  return out;
}

std::vector<Driver> drivers(const run::RunInputs<double>& inputs, const Spread& spread,
                            std::string_view result) {
  std::vector<Driver> out;
  double variance = 0;
  for (const Elasticity& e : elasticities(inputs, result)) {
    const auto& distribution = spread[e.slot];
    if (!distribution || e.elasticity == 0) continue;
    Driver driver{
        .slot = e.slot, .share = 0, .elasticity = e.elasticity, .deviation = distribution->log_deviation()};
    driver.share = std::pow(driver.elasticity * driver.deviation, 2);
    variance += driver.share;
    out.push_back(driver);
  }
  for (Driver& driver : out) driver.share = variance > 0 ? driver.share / variance : 0;
  std::stable_sort(out.begin(), out.end(),
                   [](const Driver& a, const Driver& b) { return a.share > b.share; });
  return out;
}

}  // namespace kwhatif::uncertain
