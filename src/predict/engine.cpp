#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/predict/engine.hpp>

#include <algorithm>
#include <array>
#include <cmath>

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

namespace {

double coefficient(const catalog::Catalog& catalog, const std::string& id) {
  const auto row = catalog.find(Kind::coefficient, id);
  const auto value = row ? row->number("value") : std::nullopt;
  if (!value) throw diag::InternalError("the tables have no coefficient '" + id + "'");
  return *value;
}

/// The class of devices whose values stand for unknown columns.
std::string class_of(const std::optional<catalog::Row>& family, const catalog::Row& hardware) {
  if (family) return std::string{family->text("class")};
  const std::string_view kind = hardware.text("kind");
  if (kind == "cpu" || kind == "tpu") return std::string{kind};
  if (kind != "gpu") return "accelerator";
  return hardware.text("vendor") == "AMD" ? "amd" : "card";
}

/// The peaks that a precision needs.
struct Peaks {
  std::optional<double> wide;  ///< of the 16- or 32-bit arithmetic used
  std::optional<double> low;
  bool matrix = true;  ///< wide is that of matrix units
};

std::optional<double> sixteen(const catalog::Row& hardware) {
  const auto bf16 = hardware.number("peak_bf16");
  return bf16 ? bf16 : hardware.number("peak_fp16");
}

Peaks peaks_of(const catalog::Catalog& catalog, const catalog::Row& hardware, std::string_view precision) {
  Peaks out;
  const auto half = sixteen(hardware);
  if (precision == "fp8" || precision == "fp4") {
    out.low = hardware.number("peak_" + std::string{precision});
    out.wide = half;
  } else if (precision == "tf32" || precision == "fp32") {
    out.wide = hardware.number("peak_" + std::string{precision});
    if (!out.wide && half) out.wide = *half * coefficient(catalog, "device-" + std::string{precision});
    out.matrix = precision == "tf32";
  } else {
    out.wide = hardware.number("peak_" + std::string{precision});
    out.matrix = precision != "fp64";
  }
  return out;
}

}  // namespace

std::optional<ForecastDevice> engine_of(const catalog::Catalog& catalog, const catalog::Row& hardware,
                                        std::string_view asked, const EngineOverrides& overrides) {
  const std::string_view precision = asked.empty() ? default_precision(hardware) : asked;
  const Peaks peaks = peaks_of(catalog, hardware, precision);
  const auto rate = hardware.number("memory_bandwidth");
  if (!peaks.wide || !rate) return std::nullopt;
  if ((precision == "fp8" || precision == "fp4") && !peaks.low) return std::nullopt;
  ForecastDevice out;
  out.id = hardware.id();
  out.family = family_of(catalog, hardware.id());
  out.kind = hardware.text("kind");
  const auto family = catalog.find(Kind::device_family, out.family);
  const std::string device_class = class_of(family, hardware);
  const auto column = [&](std::string_view key, const std::string& stand_in, std::string_view said) {
    if (const auto value = hardware.number(key)) return *value;
    out.assumed.emplace_back(said);
    return coefficient(catalog, stand_in);
  };
  Engine<double>& e = out.engine;
  e.peak = *peaks.wide;
  e.low_peak = peaks.low.value_or(0);
  e.efficiency = peaks.matrix ? column("gemm_efficiency", "device-gemm-" + device_class, "GEMM efficiency")
                              : coefficient(catalog, "device-gemm-wide");
  if (peaks.low) {
    const auto known = hardware.number("gemm_efficiency_8bit");
    const auto of_class = catalog.find(Kind::coefficient, "device-gemm-8bit-" + device_class);
    if (known)
      e.low_efficiency = *known;
    else if (of_class)
      e.low_efficiency = of_class->number("value").value_or(0);
    else
      e.low_efficiency = e.efficiency * coefficient(catalog, "device-gemm-8bit");
    // products whose narrow rate is no higher run in 16 bit
    e.low_efficiency = std::max(e.low_efficiency, e.efficiency * e.peak / e.low_peak);
  }
  constexpr double giga = 1e9;
  e.memory_rate = *rate;
  if (out.kind == "cpu") e.memory_rate *= coefficient(catalog, "device-memory-cpu");
  const auto link = [&](std::string_view key, const std::optional<double>& given, const std::string& stand_in,
                        std::string_view said) {
    if (given) return *given;
    if (const auto value = hardware.number(key)) return *value;
    out.assumed.emplace_back(said);
    return coefficient(catalog, stand_in) * giga;
  };
  constexpr double recent = 2022;
  const bool old = hardware.number("year").value_or(recent) < recent;
  e.scale_up = link("link_bandwidth", overrides.scale_up, "device-link-" + device_class, "link bandwidth");
  e.network = link("network_bandwidth", overrides.network,
                   device_class == "card" || device_class == "cpu" ? "device-network-card"
                   : old                                           ? "device-network-old"
                                                                   : "device-network",
                   "network bandwidth");
  e.domain = hardware.number("link_domain").value_or(device_class == "cpu" ? 1.0 : anchor::domain);
  e.program = device_class == "tpu";
  const auto offset = catalog.find(Kind::coefficient, "time-family-" + out.family);
  e.family = offset ? offset->number("value").value_or(0) : 0;
  out.evidence.family = out.family.empty() ? out.id : out.family;
  out.evidence.family_known = offset.has_value();
  out.evidence.covered_badly = out.family == "ada" || out.family == "tpu-v2-v3";
  out.evidence.has_low_precision = hardware.number("peak_fp8").has_value();
  out.evidence.precision_known = !asked.empty();
  const auto assumed = [&](std::string_view what) {
    return std::find(out.assumed.begin(), out.assumed.end(), what) != out.assumed.end();
  };
  const double class_spread = out.evidence.family_known       ? 0
                              : device_class == "cpu"         ? coefficient(catalog, "spread-cpu")
                              : device_class == "accelerator" ? coefficient(catalog, "spread-accelerator")
                                                              : 0;
  const double efficiency_spread = assumed("GEMM efficiency") ? coefficient(catalog, "spread-efficiency") : 0;
  out.evidence.more = std::sqrt(class_spread * class_spread + efficiency_spread * efficiency_spread);
  constexpr double few = 3;  // rows: fewer say nothing of a family
  const auto rows = catalog.find(Kind::coefficient, "time-rows-" + out.family);
  out.rows = static_cast<std::size_t>(rows ? rows->number("value").value_or(0) : 0);
  out.tier = static_cast<double>(out.rows) >= few                     ? Tier::known
             : device_class == "cpu" || device_class == "accelerator" ? Tier::judgement
                                                                      : Tier::borrowed;
  out.memory = hardware.number("memory").value_or(0);
  out.arithmetic = precision == "fp8"   ? Arithmetic::eight
                   : precision == "fp4" ? Arithmetic::four
                                        : Arithmetic::half;
  if (precision == "tf32" || !peaks.matrix) {
    out.arithmetic = Arithmetic::wide;
    out.bytes = 4;
  }
  out.supply.tdp = hardware.number("tdp").value_or(0);
  if (const auto idle = hardware.number("idle_power")) out.supply.idle = *idle;
  if (const auto most = hardware.cell("system_power")) {
    out.supply.most = most->value();
    constexpr double nine_of_ten = 3.2897;  // standard deviations between 5 and 95 %
    if (most->has_spread()) out.supply.most_spread = std::log(most->high() / most->low()) / nine_of_ten;
  }
  out.supply.cpu = out.kind == "cpu";
  static constexpr std::array<std::string_view, 9> before_hopper{
      "kepler", "maxwell", "pascal", "pascal-card", "volta", "turing", "ampere", "ampere-card", "cdna"};
  out.supply.old = std::find(before_hopper.begin(), before_hopper.end(), out.family) != before_hopper.end();
  out.supply.superchip = hardware.text("tdp_covers") == "superchip";
  return out;
}

}  // namespace kwhatif::predict
