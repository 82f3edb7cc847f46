#include <kwhatif/predict/observation.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <array>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::predict {

using catalog::Kind;
using catalog::Row;

namespace {

namespace dim = quantity::dim;

/// A number of a run: as printed, else as given, else as known. Read by dimension: "1T" are tokens here.
std::optional<double> number_of(const Row& run, std::string_view key, const quantity::Dimension& dimension) {
  for (const std::string_view section : {"published.", "inputs.", "facts."}) {
    for (const auto& cell : run.cells(std::string{section} + std::string{key})) {
      const auto parsed = quantity::parse(
          cell.text(), {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension)});
      if (parsed.ok) return parsed.value.coherent;
    }
  }
  return std::nullopt;
}

std::optional<double> first(std::optional<double> a, std::optional<double> b) { return a ? a : b; }

std::optional<Row> hardware_of(const catalog::Catalog& catalog, std::string_view id, std::string_view text) {
  if (!id.empty()) return catalog.find(Kind::hardware, id);
  if (text.empty()) return std::nullopt;
  return catalog.lookup(Kind::hardware, text).row;
}

template <class Q>
std::optional<Q> quantity_of(std::optional<double> value) {
  return value ? std::optional{Q::from_coherent(*value)} : std::nullopt;
}

void set_size(Plan& plan, std::optional<double> params, std::optional<double> active) {
  plan.active = quantity::Parameters<double>::from_coherent(active.value_or(params.value_or(0)));
  if (params && active && *active < *params) plan.total = quantity_of<quantity::Parameters<double>>(params);
}

constexpr double six = 6;              // FLOP per parameter and token, forward and backward
constexpr double not_repeated = 0.75;  // forward and backward over forward, backward and forward again

}  // namespace

std::optional<Observation> observe_run(const catalog::Catalog& catalog, const Row& run, bool six_nd) {
  std::string_view id = run.text("inputs.hardware");
  if (id.empty()) id = run.text("facts.hardware");
  const auto hardware = hardware_of(catalog, id, {});
  if (!hardware) return std::nullopt;
  const auto device = device_of(catalog, *hardware);
  if (!device) return std::nullopt;
  Observation out;
  out.id = run.id();
  out.plan.device = *device;
  const auto params = number_of(run, "params", dim::parameter);
  const auto active = first(number_of(run, "active", dim::parameter), params);
  const auto tokens = number_of(run, "tokens", dim::token);
  if (!active) return std::nullopt;
  set_size(out.plan, params, active);
  std::optional<double> compute;
  if (!six_nd)
    compute = first(number_of(run, "flops", dim::flop), number_of(run, "training_flop", dim::flop));
  if (!compute && tokens) compute = six * *active * *tokens;
  const auto chips = number_of(run, "chips", dim::device);
  std::optional<double> time = first(number_of(run, "device_time", dim::device_time),
                                     number_of(run, "device_hours", dim::device_time));
  const auto rate =
      run.cell("inputs.tflops") ? number_of(run, "tflops", dim::device_flop_rate) : std::nullopt;
  if (!time && rate && compute) time = *compute / *rate;
  const auto wall = first(number_of(run, "wall_time", dim::time), number_of(run, "hours", dim::time));
  if (!time && chips && wall) time = *chips * *wall;
  if (!compute || !time) return std::nullopt;
  out.plan.compute = quantity_of<quantity::TrainingFlop<double>>(compute);
  out.plan.devices = quantity_of<quantity::Devices<double>>(chips);
  out.plan.year = number_of(run, "year", dim::one);
  out.device_time = quantity_of<quantity::DeviceTime<double>>(time);
  out.mfu = *compute / (*time * device->peak.coherent());
  return out;
}

namespace {

std::optional<double> step_mfu(const Row& row, double peak, bool eight_bit) {
  const auto mfu = row.number("mfu");
  const auto hfu = row.number("hfu");
  const auto rate = row.number("achieved");
  const std::string_view recompute = row.text("recompute");
  if (eight_bit) return rate ? std::optional{*rate / peak} : std::nullopt;
  if (mfu) return mfu;
  if (hfu && recompute == "yes") return *hfu * not_repeated;
  if (hfu && recompute == "no") return hfu;
  if (rate && !hfu && recompute != "yes") return *rate / peak;
  return std::nullopt;
}

std::optional<Observation> observe_step(const catalog::Catalog& catalog, const Row& row) {
  const auto hardware = hardware_of(catalog, row.text("hardware"), row.text("hardware_text"));
  if (!hardware) return std::nullopt;
  const std::string_view precision = row.text("precision");
  const bool eight_bit = precision.find("fp8") != std::string_view::npos;
  if (precision.find("fp4") != std::string_view::npos) return std::nullopt;
  const auto device = device_of(catalog, *hardware, eight_bit ? "fp8" : "");
  const auto params = row.number("params");
  const auto active = first(row.number("active"), params);
  if (!device || !active) return std::nullopt;
  const auto mfu = step_mfu(row, device->peak.coherent(), eight_bit);
  if (!mfu) return std::nullopt;
  Observation out;
  out.id = row.id();
  out.family = row.source();
  out.evidence = Evidence::step;
  out.plan.device = *device;
  set_size(out.plan, params, active);
  out.plan.devices = quantity_of<quantity::Devices<double>>(row.number("chips"));
  out.plan.year = row.number("year");
  out.mfu = mfu;
  out.group = out.family + '|' + std::string{row.text("model")} + '|' + device->id + '|' +
              std::string{precision} + '|' + std::string{row.text("sequence_length")} + '|' +
              std::string{row.text("params")};
  return out;
}

/// Steps of one benchmark that differ little count as one.
void share_weights(std::vector<Observation>& all) {
  const auto cell = [](const Observation& o) {
    const double n = o.plan.devices ? o.plan.devices->coherent() : 1;
    return o.family + '|' + o.plan.device.id + '|' + quantity::shortest(o.plan.device.peak.coherent()) + '|' +
           std::to_string(std::lround(std::log2(o.plan.active.coherent()))) + '|' +
           std::to_string(std::lround(std::log2(n) / 2)) + (o.plan.total ? "|sparse" : "|dense");
  };
  std::map<std::string, double> count;
  for (const Observation& o : all) {
    if (o.evidence == Evidence::step) ++count[cell(o)];
  }
  for (Observation& o : all) {
    if (o.evidence == Evidence::step) o.weight = 1 / count[cell(o)];
  }
}

/// A row that carries its own numbers: past runs of the user, judgements.
std::optional<Observation> observe_inline(const catalog::Catalog& catalog, const Row& row) {
  const auto hardware = hardware_of(catalog, row.text("hardware"), {});
  if (!hardware) return std::nullopt;
  const auto device = device_of(catalog, *hardware);
  if (!device) return std::nullopt;
  Observation out;
  out.plan.device = *device;
  set_size(out.plan, row.number("params"), row.number("active"));
  const auto tokens = row.number("tokens");
  auto compute = row.number("flops");
  if (!compute && tokens) compute = six * out.plan.active.coherent() * *tokens;
  out.plan.compute = quantity_of<quantity::TrainingFlop<double>>(compute);
  out.plan.devices = quantity_of<quantity::Devices<double>>(row.number("chips"));
  const auto time = row.number("device_hours");
  out.device_time = quantity_of<quantity::DeviceTime<double>>(time);
  if (const auto mfu = row.cell("mfu")) {
    out.mfu = mfu->value();
    if (mfu->has_spread()) {
      out.mfu_low = mfu->low();
      out.mfu_high = mfu->high();
    }
  } else if (compute && time) {
    out.mfu = *compute / (*time * device->peak.coherent());
  }
  const auto power = row.number("power_drawn");
  if (const auto ratio = row.cell("power_ratio")) {
    out.power_ratio = ratio->value();
    if (ratio->has_spread()) {
      out.power_low = ratio->low();
      out.power_high = ratio->high();
    }
  } else if (power && device->tdp) {
    out.power_ratio = *power / device->tdp->coherent();
  }
  return out;
}

std::optional<Observation> observe_node(const catalog::Catalog& catalog, const Row& host, bool rating) {
  const auto hardware = hardware_of(catalog, host.text("hardware"), {});
  const auto devices = host.number("devices");
  const auto power = host.number(rating ? "node_power" : "average_node_power");
  if (!hardware || !devices || !power) return std::nullopt;
  const auto device = device_of(catalog, *hardware);
  if (!device || !device->tdp) return std::nullopt;
  Observation out;
  out.plan.device = *device;
  out.power_ratio = *power / (*devices * device->tdp->coherent());
  out.rating = rating;
  return out;
}

std::optional<Observation> observe_listed(const catalog::Catalog& catalog, const Row& row) {
  const std::string_view evidence = row.text("evidence");
  if (!row.text("hardware").empty()) return observe_inline(catalog, row);
  if (evidence == "run") {
    const auto run = catalog.find(Kind::run, row.id());
    if (!run) return std::nullopt;
    auto out = observe_run(catalog, *run, row.text("compute") == "six-nd");
    if (out && row.text("power") == "system" && out->plan.device.tdp) {
      if (const auto power = number_of(*run, "power", dim::device_power))
        out->power_ratio = *power / out->plan.device.tdp->coherent();
    }
    return out;
  }
  if (evidence == "step") {
    const auto step = catalog.find(Kind::utilisation, row.id());
    return step ? observe_step(catalog, *step) : std::nullopt;
  }
  if (evidence == "node") {
    const auto host = catalog.find(Kind::host, row.id());
    return host ? observe_node(catalog, *host, row.text("power") == "rating") : std::nullopt;
  }
  return std::nullopt;
}

Evidence evidence_named(std::string_view word) {
  constexpr std::array<std::string_view, 5> words{"run", "step", "node", "own", "judgement"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<Evidence>(i);
  }
  return Evidence::judgement;
}

}  // namespace

std::vector<Observation> own_runs(const catalog::Catalog& catalog) {
  std::vector<Observation> out;
  for (std::size_t i = 0; i < catalog.size(Kind::observation); ++i) {
    const Row row = catalog.row(Kind::observation, i);
    if (row.text("evidence") != "own" || row.text("use") != "yes") continue;
    auto seen = observe_inline(catalog, row);
    if (!seen) continue;
    seen->id = row.id();
    seen->family = row.text("family");
    seen->evidence = Evidence::own;
    if (const auto year = row.number("year")) seen->plan.year = year;
    out.push_back(std::move(*seen));
  }
  return out;
}

Evidences evidences(const catalog::Catalog& catalog) {
  Evidences out;
  std::set<std::string, std::less<>> named;
  for (const Row& row : catalog.rows(Kind::observation)) {
    named.emplace(row.id());
    if (row.text("evidence") == "own") continue;
    if (row.text("use") == "no") {
      out.exclusions.push_back(
          {std::string{row.id()}, std::string{row.text("family")}, std::string{row.text("note")}});
      continue;
    }
    auto seen = observe_listed(catalog, row);
    if (!seen || (!seen->mfu && !seen->power_ratio)) {
      out.exclusions.push_back({std::string{row.id()}, std::string{row.text("family")},
                                "device, compute or device-hours are not in the tables"});
      continue;
    }
    seen->id = row.id();
    seen->family = row.text("family");
    seen->evidence = evidence_named(row.text("evidence"));
    if (const auto year = row.number("year")) seen->plan.year = year;
    out.observations.push_back(std::move(*seen));
  }
  for (const Row& row : catalog.rows(Kind::utilisation)) {
    if (named.contains(row.id())) continue;
    if (auto seen = observe_step(catalog, row)) out.observations.push_back(std::move(*seen));
  }
  share_weights(out.observations);
  return out;
}

}  // namespace kwhatif::predict
