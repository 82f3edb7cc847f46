// What each published method takes for a run.
#include "work.hpp"
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

std::string family_key(const Work& w, const std::string& head) {
  const std::string f = family(w.run);
  return f.empty() || !w.constants.has(head + f) ? std::string{} : head + f;
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

void impact_tracker(Work& w) {
  if (!need_time(w) || !need_power(w)) return;
  const double pue = w.options.as_published ? 1.0 : w.constants.number("pue");
  w.took(w.options.as_published ? "no PUE, as its rough estimate" : "PUE " + significant(pue));
  w.set(*w.ours.device_time, *w.ours.power, pue, w.run.inputs.ci);
}

// SCI for AI names the functional units of training: per FLOP, per token, per parameter.
void functional_units(Work& w) {
  if (!w.out.footprint || !w.out.footprint->co2e) return;
  const double kg = w.out.footprint->co2e->coherent() + w.out.embodied_kg.value_or(0);
  const auto each = [&](double count, double unit, const char* words) {
    if (count > 0) w.took(human(kg / count * unit, dim::co2e) + " per " + words);
  };
  if (w.ours.training_flop) each(w.ours.training_flop->coherent(), 1e18, "EFLOP");
  if (w.run.inputs.tokens) each(w.run.inputs.tokens->coherent(), 1e6, "million tokens");
  if (w.run.inputs.active_parameters)
    each(w.run.inputs.active_parameters->coherent(), 1e9, "billion active parameters");
}

void sci(Work& w) {
  if (!need_time(w) || !need_power(w)) return;
  if (!w.run.inputs.pue) return w.fail("the PUE is unknown");
  w.set(*w.ours.device_time, *w.ours.power, w.run.inputs.pue->coherent(), w.run.inputs.ci);
  if (const auto each = w.run.hardware ? w.run.hardware->number("embodied") : std::nullopt) {
    const double lifetime = w.constants.number("lifetime");
    using PerDevice = quantity::Quantity<dim::co2e / dim::device, double>;
    w.out.embodied_kg = embodied_share(PerDevice::from_coherent(*each), *w.ours.device_time,
                                       quantity::WallTime<double>::from_coherent(lifetime))
                            .coherent();
    w.took("manufacture " + human(*each, dim::co2e) + " per device over " + human(lifetime, dim::time));
  } else {
    w.took("no manufacture: the tables have none for this device");
  }
  functional_units(w);
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
  add("pue", "PUE", theirs.pue.coherent(), pue, quantity::shortest(theirs.pue.coherent()), significant(pue));
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
