#include <kwhatif/predict/planned_run.hpp>

#include <algorithm>

namespace kwhatif::predict {

using catalog::Kind;

std::string family_of(const catalog::Catalog& catalog, std::string_view hardware) {
  std::string best;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < catalog.size(Kind::device_family); ++i) {
    const auto row = catalog.row(Kind::device_family, i);
    std::string_view rest = row.text("members");
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      const std::string_view member = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const bool fits = hardware.starts_with(member) &&
                        (hardware.size() == member.size() || hardware[member.size()] == '-');
      if (fits && member.size() > longest) {
        longest = member.size();
        best = row.id();
      }
    }
  }
  return best;
}

std::string_view default_precision(const catalog::Row& hardware) {
  std::string_view best;
  double rate = 0;
  for (const std::string_view p : {"bf16", "fp16", "tf32", "fp32"}) {
    const double peak = hardware.number("peak_" + std::string{p}).value_or(0);
    if (peak <= rate) continue;
    best = p;
    rate = peak;
  }
  return best.empty() && hardware.number("peak_fp64") ? "fp64" : best;
}

std::optional<Device> device_of(const catalog::Catalog& catalog, const catalog::Row& hardware,
                                std::string_view precision) {
  if (precision.empty()) precision = default_precision(hardware);
  const auto peak = hardware.number("peak_" + std::string{precision});
  if (!peak) return std::nullopt;
  Device out;
  out.id = hardware.id();
  out.family = family_of(catalog, hardware.id());
  out.kind = hardware.text("kind");
  const auto family = catalog.find(Kind::device_family, out.family);
  out.power_class = family ? std::string{family->text("kind")} : out.kind;
  out.peak = quantity::DeviceFlopRate<double>::from_coherent(*peak);
  if (const auto bandwidth = hardware.number("memory_bandwidth"))
    out.memory_bandwidth = quantity::Quantity<quantity::dim::bandwidth>::from_coherent(*bandwidth);
  if (const auto tdp = hardware.number("tdp")) out.tdp = quantity::DevicePower<double>::from_coherent(*tdp);
  if (const auto idle = hardware.number("idle_power"))
    out.idle = quantity::DevicePower<double>::from_coherent(*idle);
  return out;
}

}  // namespace kwhatif::predict
