// Bands from held-out residuals, and the coefficients as text.
#include <kwhatif/predict/fit.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::predict {

double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  constexpr int digits = 6;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::fabs(value))));
  return std::round(value * scale) / scale;
}

double correlation(const Coefficients& coefficients, std::string_view model) {
  const double between = coefficients.at(std::string{model} + "-variance-between");
  return between / (between + coefficients.at(std::string{model} + "-variance-within"));
}

std::vector<HeldOut> of_tier(const std::vector<HeldOut>& held_out, const std::vector<HeldOut>& unseen_device,
                             Tier tier) {
  std::vector<HeldOut> out;
  for (const HeldOut& h : held_out) {
    if (h.tier == tier) out.push_back(h);
  }
  if (tier == Tier::borrowed) {
    for (const HeldOut& h : unseen_device) {
      const auto same = [&](const HeldOut& other) { return other.observation == h.observation; };
      if (h.tier == Tier::borrowed && std::none_of(out.begin(), out.end(), same)) out.push_back(h);
    }
  }
  return out;
}

std::array<double, residual_levels.size()> residual_quantiles(const std::vector<HeldOut>& held_out,
                                                              const std::vector<Observation>& observations,
                                                              double correlation, std::string_view without) {
  std::array<double, residual_levels.size()> out{};
  std::map<std::string_view, double> members;
  for (const HeldOut& h : held_out) {
    if (observations[h.observation].family != without) ++members[observations[h.observation].family];
  }
  if (members.empty()) return out;
  std::vector<std::pair<double, double>> weighted;  // residual, weight
  double total = 1;
  for (const HeldOut& h : held_out) {
    const std::string_view family = observations[h.observation].family;
    if (family == without) continue;
    weighted.emplace_back(h.residual, 1 / (1 + (members[family] - 1) * correlation));
    total += weighted.back().second;
  }
  std::sort(weighted.begin(), weighted.end());
  std::vector<double> at;
  double below = 0.5;
  for (const auto& [residual, share] : weighted) {
    at.push_back((below + share / 2) / total);
    below += share;
  }
  const auto value_at = [&](double u) {
    const auto above = std::lower_bound(at.begin(), at.end(), u);
    if (above == at.begin()) return weighted.front().first;
    if (above == at.end()) return weighted.back().first;
    const auto i = static_cast<std::size_t>(above - at.begin());
    const double share = (u - at[i - 1]) / (at[i] - at[i - 1]);
    return weighted[i - 1].first + share * (weighted[i].first - weighted[i - 1].first);
  };
  const double middle = value_at(0.5);
  for (std::size_t k = 0; k < out.size(); ++k) {
    const double u = residual_levels[k];
    out[k] = value_at(u);
    // beyond the outermost residual: stretched like a normal tail
    if (u < at.front())
      out[k] = middle + (out[k] - middle) * normal_quantile(u) / normal_quantile(at.front());
    if (u > at.back()) out[k] = middle + (out[k] - middle) * normal_quantile(u) / normal_quantile(at.back());
    out[k] -= middle;
  }
  return out;
}

std::string to_toml(const Coefficients& coefficients) {
  std::string out =
      "# Written by kwhatif-fit. Do not edit: change the observations or the priors and run it again.\n"
      "# <model>-runs-*: number of runs behind a device family or class; <model>-variance-*: estimated "
      "variances;\n"
      "# <model>-residual-<tier>-q<per mille>: quantiles of the residuals of held-out families.\n\n"
      "schema = \"coefficient/1\"\n\n"
      "[[table]]\n"
      "source  = \"kwhatif-fit\"\n"
      "at      = \"kwhatif-fit data\"\n"
      "status  = \"derived\"\n"
      "columns = [\"id\", \"value\"]\n"
      "rows = [\n";
  for (const auto& [name, value] : coefficients) {
    out += "  [\"" + name + "\", \"" + quantity::shortest(value) + "\"],\n";
  }
  return out + "]\n";
}

}  // namespace kwhatif::predict
