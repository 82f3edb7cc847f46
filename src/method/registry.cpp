// What each published method takes for a run.
#include "constants.hpp"
#include <kwhatif/method/method.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>

#include <array>
#include <cmath>

namespace kwhatif::method {

using estimate::RunEstimate;
using estimate::Slot;
using provenance::Responsible;
using quantity::human;
using quantity::significant;
using scenario::ResolvedRun;
namespace dim = quantity::dim;

namespace {

using Time = quantity::DeviceTime<double>;
using Power = quantity::DevicePower<double>;
using Ratio = quantity::Ratio<double>;
using Intensity = std::optional<quantity::CarbonIntensity<double>>;

// Everything a method may look at, and where it writes.
struct Work {
  const ResolvedRun& run;
  const RunEstimate<double>& ours;
  const catalog::Catalog& catalog;
  const Options& options;
  Constants constants;
  Applied& out;

  void took(std::string words) { out.taken.push_back(std::move(words)); }
  void fail(std::string why) { out.problem = std::move(why); }
  void set(const Time& time, const Power& power, double pue, const Intensity& ci) {
    out.footprint = footprint(time, power, Ratio::from_coherent(pue), ci);
  }
};

// "v100-sxm2-16gb" belongs to the family "v100", "tpu-v3" to itself.
std::string family(const ResolvedRun& run) {
  if (!run.hardware) return {};
  const std::string_view id = run.hardware->id();
  for (const std::string_view f : {"tpu-v2", "tpu-v3", "tpu-v4", "p100", "v100", "a100", "h100"}) {
    if (id == f || (id.starts_with(f) && !f.starts_with("tpu") && id.size() > f.size() &&
                    (id[f.size()] == '-' || id[f.size()] == 's')))
      return std::string{f};
  }
  return {};
}

std::string family_key(const Work& w, const std::string& head) {
  const std::string f = family(w.run);
  return f.empty() || !w.constants.has(head + f) ? std::string{} : head + f;
}

std::optional<double> rating(const Work& w) {
  if (w.run.inputs.tdp) return w.run.inputs.tdp->coherent();
  return w.run.hardware ? w.run.hardware->number("tdp") : std::nullopt;
}

// The rating in the method's own table, or ours.
std::optional<Power> own_rating(Work& w, Constants& constants, const std::string& head, const char* table) {
  const std::string f = family(w.run);
  if (!f.empty() && constants.has(head + f)) {
    const double p = constants.number(head + f);
    w.took("power " + human(p, dim::power) + ", its own figure" +
           (constants.note(head + f).empty() ? "" : " (" + constants.note(head + f) + ")"));
    return Power::from_coherent(p);
  }
  if (w.run.hardware && *table != '\0') {
    for (const catalog::Cell& cell : w.run.hardware->cells("tdp")) {
      if (cell.source() == table) {
        w.took("power " + human(cell.value(), dim::power) + ", the rating in its own table");
        constants.use(table);
        return Power::from_coherent(cell.value());
      }
    }
  }
  const auto own = rating(w);
  if (!own) return std::nullopt;
  w.took("power " + human(*own, dim::power) + ", the rating");
  return Power::from_coherent(*own);
}

bool need_time(Work& w) {
  if (w.ours.device_time) return true;
  w.fail("the device-time is unknown, and the method predicts none");
  return false;
}

bool need_power(Work& w) {
  if (w.ours.power) return true;
  w.fail("the power is unknown");
  return false;
}

constexpr const char* no_rating = "the rating of the device is unknown";

void strubell(Work& w) {
  if (!need_time(w) || !need_power(w)) return;
  w.took("power " + human(w.ours.power->coherent(), dim::power) +
         " of this run in place of a day's sample on one card");
  w.set(*w.ours.device_time, *w.ours.power, w.constants.number("pue"),
        quantity::CarbonIntensity<double>::from_coherent(w.constants.number("ci")));
  w.took("PUE " + significant(w.out.footprint->pue.coherent()) + " and " +
         human(w.out.footprint->ci->coherent(), dim::carbon_intensity) + " for any place");
}

void patterson(Work& w) {
  if (!need_time(w)) return;
  if (!w.run.inputs.pue) return w.fail("the PUE is unknown");
  const bool given = w.run.record(Slot::power).origin.responsible == Responsible::user && w.run.inputs.power;
  const std::string key = family_key(w, "power.");
  std::optional<Power> power = w.ours.power;
  if (!given && !key.empty()) {
    power = Power::from_coherent(w.constants.number(key));
    w.took("power " + human(power->coherent(), dim::power) + ", its average for this processor (table 3)");
  }
  if (!power) return w.fail("the power is unknown");
  w.set(*w.ours.device_time, *power, w.run.inputs.pue->coherent(), w.run.inputs.ci);
}

void mlco2(Work& w) {
  if (!need_time(w)) return;
  const auto power = own_rating(w, w.constants, "power.", "mlco2-impact-gpus");
  if (!power) return w.fail(no_rating);
  Intensity ci = w.run.inputs.ci;
  w.set(*w.ours.device_time, *power, 1, ci);
  if (!w.options.as_published || !ci) return;
  // round2(W·h/1000), round2(int(g)/1000), round2 of the product
  const auto round2 = [](double x) { return std::round(x * 100) / 100; };
  const double kwh = round2(quantity::to_unit(w.out.footprint->energy.coherent(), "kWh"));
  const double kg_per_kwh = round2(std::trunc(quantity::to_unit(ci->coherent(), "g/kWh")) / 1000);
  w.took("intensity " + significant(1000 * kg_per_kwh) + " g/kWh, as the page rounds it");
  w.out.footprint->ci =
      quantity::CarbonIntensity<double>::from_coherent(kg_per_kwh / quantity::coherent_per("kWh"));
  w.out.footprint->co2e = quantity::OperationalLocation<double>::from_coherent(round2(kwh * kg_per_kwh));
}

void green_algorithms(Work& w) {
  if (!need_time(w)) return;
  Constants common{w.catalog, "green-algorithms"};
  auto power = own_rating(w, common, "power.", "green-algorithms-hardware");
  if (!power) return w.fail(no_rating);
  const double memory = w.run.host ? w.run.host->number("memory").value_or(0) : 0;  // of a node
  const double devices = w.run.host ? w.run.host->number("devices").value_or(0) : 0;
  if (memory > 0 && devices > 0) {
    constexpr double gb = 1e9;
    power = power_with_memory(*power, Power::from_coherent(memory / devices * common.number("memory_power")));
    w.took("memory of the host, " + significant(memory / devices / gb) + " GB per device");
  } else {
    w.took("no memory: how much the host has is unknown");
  }
  std::string key = "pue";
  if (w.run.region && w.constants.has("pue." + std::string{w.run.region->text("provider")}))
    key += '.' + std::string{w.run.region->text("provider")};
  const double pue = w.constants.number(key);
  w.took("PUE " + significant(pue) +
         (key == "pue" ? " (" + w.constants.note("pue") + ")" : " of the provider"));
  Intensity ci = w.run.inputs.ci;
  if (w.run.grid && w.run.record(Slot::ci).origin.responsible != Responsible::user) {
    const std::string table = w.out.id;
    for (const catalog::Row& row : w.catalog.all(catalog::Kind::grid_intensity, w.run.grid->id())) {
      if (row.source() != table) continue;
      ci = quantity::CarbonIntensity<double>::from_coherent(row.cell("carbon_intensity")->value());
      w.constants.use(table);
      w.took("intensity " + human(ci->coherent(), dim::carbon_intensity) + ", " +
             std::string{row.text("year")} + ", of its own table");
    }
  }
  for (const std::string& s : common.sources()) w.constants.use(s);
  w.set(*w.ours.device_time, *power, pue, ci);
}

void carbontracker(Work& w) {
  if (!w.ours.training_flop) return w.fail("the compute is unknown");
  const std::string f = family(w.run);
  std::optional<double> peak;
  if (w.run.inputs.peak) peak = w.run.inputs.peak->coherent();
  std::optional<double> power = rating(w);
  if (!f.empty() && w.constants.has("peak." + f)) {
    peak = w.constants.number("peak." + f);
    power = w.constants.number("power." + f);
    w.took("any " + f + " as V100S PCIe: " + human(*peak, dim::flop_rate) + " at " +
           human(*power, dim::power));
  } else if (peak && power) {
    w.took("the peak, " + human(*peak, dim::flop_rate) + ", and the rating, " + human(*power, dim::power));
  }
  if (!peak || !power) return w.fail("peak or rating of the device is unknown");
  const double runs = w.run.inputs.runs ? w.run.inputs.runs->coherent() : 1;
  const double overhead = w.run.inputs.overhead ? w.run.inputs.overhead->coherent() : 0;
  w.set(Time::from_coherent(w.ours.training_flop->coherent() * runs * (1 + overhead) / *peak),
        Power::from_coherent(*power), w.constants.number("pue"), w.run.inputs.ci);
}

// 6·P·D where both are known, else the compute given.
std::optional<double> six_pd(Work& w) {
  if (w.run.inputs.active_parameters && w.run.inputs.tokens) {
    constexpr double flop_factor = 6;  // 2 forward, 4 backward
    const double epochs = w.run.inputs.epochs ? w.run.inputs.epochs->coherent() : 1;
    return flop_factor * w.run.inputs.active_parameters->coherent() * w.run.inputs.tokens->coherent() *
           epochs;
  }
  if (!w.ours.training_flop) return std::nullopt;
  w.took("the compute as given: parameters or tokens are unknown");
  return w.ours.training_flop->coherent();
}

void llmcarbon_embodied(Work& w, double device_seconds) {
  Constants c{w.catalog, "llmcarbon"};
  const std::string f = family(w.run);
  if (f.empty() || !c.has("embodied.device." + f)) return;
  const double board = (c.number("embodied.cpu") + c.number("embodied.dram") + c.number("embodied.ssd") +
                        c.number("embodied.others")) /
                       c.number("node");
  w.out.embodied_kg = (c.number("embodied.device." + f) + board) * device_seconds / c.number("lifetime");
}

void llmcarbon(Work& w) {
  const auto flop = six_pd(w);
  if (!flop) return w.fail("the compute is unknown");
  if (!w.ours.achieved) return w.fail("the measured rate is unknown; the method needs it");
  if (!need_power(w)) return;
  if (!w.run.inputs.pue) return w.fail("the PUE is unknown");
  const double time = *flop / w.ours.achieved->coherent();
  w.took("rate " + human(w.ours.achieved->coherent(), dim::flop_rate) + ", power and PUE of this run");
  w.set(Time::from_coherent(time), *w.ours.power, w.run.inputs.pue->coherent(), w.run.inputs.ci);
  llmcarbon_embodied(w, time);
}

void llmcarbon_predictor(Work& w) {
  if (!w.run.inputs.active_parameters) return w.fail("the parameters are unknown");
  const auto flop = six_pd(w);
  if (!flop) return w.fail("the compute is unknown");
  const auto memory = w.run.hardware ? w.run.hardware->number("memory") : std::nullopt;
  if (!memory) return w.fail("the device's memory is unknown");
  if (w.run.hardware->text("kind") != "gpu") return w.fail("it predicts GPUs only");
  if (!need_power(w)) return;
  if (!w.run.inputs.pue) return w.fail("the PUE is unknown");
  Constants c{w.catalog, "llmcarbon"};
  const auto quadratic = [&](const std::string& head) {
    return Quadratic{c.number(head + ".square"), c.number(head + ".linear"), c.number(head + ".constant")};
  };
  const LlmCarbonConstants constants{.rate_node = quadratic("rate.node"),
                                     .rate_pipeline = quadratic("rate.pipeline"),
                                     .devices = quadratic("devices"),
                                     .parameters_per_gb = c.number("parameters_per_gb"),
                                     .node = c.number("node"),
                                     .other_devices = c.number("other.devices"),
                                     .other_devices_40gb = c.number("other.devices_40gb"),
                                     .other_rate = (1 - c.number("other.loss") / c.number("other.loss_of")) /
                                                   c.number("peak.a100") * c.number("peak.v100")};
  constexpr double gb = 1e9;
  const double parameters = w.run.inputs.active_parameters->coherent();
  const auto p = predict(constants, parameters, std::round(*memory / gb));
  w.constants.use("mlcarbon-repository");
  const std::string f = family(w.run);
  if (!w.options.as_published) {
    if (p.devices <= 0 || p.tflops <= 0)
      return w.fail("its regression gives " + significant(p.devices) + " GPUs at " + significant(p.tflops) +
                    " TFLOP/s for this size");
    if (f != "a100" && f != "v100")
      return w.fail("it was fitted on A100 and scaled to V100; --as-published prints what it says of others");
    constexpr double full_memory = 80;
    if (f == "a100" && std::round(*memory / gb) != full_memory)
      return w.fail("it takes every GPU without 80 GB for a V100; --as-published prints that");
  }
  if (p.devices <= 0 || p.tflops <= 0)
    return w.fail("the tool prints " + significant(p.devices) + " GPUs at " + significant(p.tflops) +
                  " TFLOP/s");
  w.took(significant(p.devices, 4) + " GPUs at " + significant(p.tflops) +
         " TFLOP/s, predicted; power and PUE of this run");
  w.set(Time::from_coherent(*flop / (p.tflops * 1e12)), *w.ours.power, w.run.inputs.pue->coherent(),
        w.run.inputs.ci);
}

void opencarboneval(Work& w) {
  if (!w.ours.training_flop) return w.fail("the compute is unknown");
  std::string f = family(w.run);
  const auto memory = w.run.hardware ? w.run.hardware->number("memory") : std::nullopt;
  constexpr double gb = 1e9;
  if (memory) {
    const std::string sized = f + '-' + significant(std::round(*memory / gb), 2) + "gb";
    if (w.constants.has("alpha_low." + sized)) f = sized;
  }
  if (f.empty() || !w.constants.has("alpha_low." + f)) return w.fail("its table has no such device");
  const double flop = w.ours.training_flop->coherent();
  const double seconds = 0.5 * (opencarboneval_seconds(flop, w.constants.number("alpha_low." + f)) +
                                opencarboneval_seconds(flop, w.constants.number("alpha_high." + f)));
  const double power = w.constants.number("power." + f);
  w.took("mean rate " + human(flop / seconds, dim::flop_rate) + " and " + human(power, dim::power) +
         ", its table for " + f);
  w.set(Time::from_coherent(seconds), Power::from_coherent(power), 1, w.run.inputs.ci);
}

void impact_tracker(Work& w) {
  if (!need_time(w) || !need_power(w)) return;
  const double pue = w.options.as_published ? 1.0 : w.constants.number("pue");
  w.took(w.options.as_published ? "no PUE, as its rough estimate" : "PUE " + significant(pue));
  w.set(*w.ours.device_time, *w.ours.power, pue, w.run.inputs.ci);
}

void sci(Work& w) {
  if (!need_time(w) || !need_power(w)) return;
  if (!w.run.inputs.pue) return w.fail("the PUE is unknown");
  w.set(*w.ours.device_time, *w.ours.power, w.run.inputs.pue->coherent(), w.run.inputs.ci);
  const auto each = w.run.hardware ? w.run.hardware->number("embodied") : std::nullopt;
  if (!each) {
    w.took("no manufacture: the tables have none for this device");
    return;
  }
  const double lifetime = w.constants.number("lifetime");
  w.out.embodied_kg =
      embodied_share(quantity::Quantity<dim::co2e / dim::device, double>::from_coherent(*each),
                     *w.ours.device_time, quantity::WallTime<double>::from_coherent(lifetime))
          .coherent();
  w.took("manufacture " + human(*each, dim::co2e) + " per device over " + human(lifetime, dim::time));
}

struct Entry {
  const char* id;
  void (*apply)(Work&);
};
constexpr std::array entries{Entry{"strubell-2019", strubell},
                             Entry{"mlco2-impact", mlco2},
                             Entry{"experiment-impact-tracker", impact_tracker},
                             Entry{"carbontracker-2020", carbontracker},
                             Entry{"green-algorithms-v1", green_algorithms},
                             Entry{"patterson-2021", patterson},
                             Entry{"llmcarbon", llmcarbon},
                             Entry{"llmcarbon-predictor", llmcarbon_predictor},
                             Entry{"opencarboneval", opencarboneval},
                             Entry{"sci", sci},
                             Entry{"green-algorithms-v3", green_algorithms}};

void compare_with_ours(const Work& w) {
  Applied& a = w.out;
  if (!a.footprint) return;
  const auto& theirs = *a.footprint;
  const auto& ours = w.ours;
  if (ours.facility_energy && ours.facility_energy->coherent() > 0)
    a.energy_ratio = theirs.energy.coherent() / ours.facility_energy->coherent();
  if (theirs.co2e && ours.operational_location && ours.operational_location->coherent() > 0)
    a.co2e_ratio = theirs.co2e->coherent() / ours.operational_location->coherent();
  if (!ours.it_energy || !ours.facility_energy || !ours.device_time) return;
  const auto add = [&](const char* key, const char* label, double x, double y, const std::string& left,
                       const std::string& right) {
    a.differences.push_back({key, label, x / y, left, right});
  };
  const auto shown = [](double x, const quantity::Dimension& d) { return human(x, d); };
  const double time = ours.device_time->coherent();
  const double power = ours.it_energy->coherent() / time;
  const double pue = ours.facility_energy->coherent() / ours.it_energy->coherent();
  add("device_time", "device-time", theirs.device_time.coherent(), time,
      shown(theirs.device_time.coherent(), dim::device_time), shown(time, dim::device_time));
  add("power", "power", theirs.power.coherent(), power, shown(theirs.power.coherent(), dim::power),
      shown(power, dim::power));
  add("pue", "PUE", theirs.pue.coherent(), pue, significant(theirs.pue.coherent()), significant(pue));
  if (theirs.ci && w.run.inputs.ci && w.run.inputs.ci->coherent() > 0)
    add("ci", "intensity", theirs.ci->coherent(), w.run.inputs.ci->coherent(),
        shown(theirs.ci->coherent(), dim::carbon_intensity),
        shown(w.run.inputs.ci->coherent(), dim::carbon_intensity));
}

}  // namespace

std::vector<Applied> apply_all(const ResolvedRun& run, const RunEstimate<double>& result,
                               const catalog::Catalog& catalog, const Options& options) {
  std::vector<Applied> out;
  out.reserve(entries.size());
  for (const Entry& entry : entries) {
    Applied& a = out.emplace_back();
    a.id = entry.id;
    Work w{run, result, catalog, options, Constants{catalog, entry.id}, a};
    a.title = w.constants.text("title");
    a.source = w.constants.source_of("title");
    a.covers = w.constants.text("covers");
    a.leaves_out = w.constants.text("leaves_out");
    a.defect = w.constants.text("defect");
    entry.apply(w);
    compare_with_ours(w);
    a.sources = w.constants.sources();
  }
  return out;
}

}  // namespace kwhatif::method
