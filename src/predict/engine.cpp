#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/predict/engine.hpp>
#include <kwhatif/predict/planned_run.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::predict {

using catalog::Kind;

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
  } else if (!precision.empty()) {
    out.wide = hardware.number("peak_" + std::string{precision});
  } else {
    out.wide = half;
    if (!out.wide) {
      out.wide = hardware.number("peak_tf32");
      if (!out.wide) {
        out.wide = hardware.number("peak_fp32");
        out.matrix = false;
      }
    }
  }
  return out;
}

}  // namespace

std::optional<ForecastDevice> engine_of(const catalog::Catalog& catalog, const catalog::Row& hardware,
                                        std::string_view precision, const EngineOverrides& overrides) {
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
  out.evidence.family_known = offset.has_value();
  out.evidence.covered_badly = out.family == "ada" || out.family == "tpu-v2" || out.family == "tpu-v3";
  out.evidence.has_low_precision = hardware.number("peak_fp8").has_value();
  out.evidence.precision_known = !precision.empty();
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
  if (const auto most = hardware.number("system_power")) out.supply.most = *most;
  static constexpr std::array<std::string_view, 9> before_hopper{
      "kepler", "maxwell", "pascal", "pascal-card", "volta", "turing", "ampere", "ampere-card", "cdna"};
  out.supply.old = std::find(before_hopper.begin(), before_hopper.end(), out.family) != before_hopper.end();
  out.supply.superchip = hardware.text("tdp_covers") == "superchip";
  return out;
}

}  // namespace kwhatif::predict
