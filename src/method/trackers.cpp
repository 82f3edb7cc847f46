// Methods that measure while a job runs, applied before it, and what cloud providers report.
#include "work.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>

#include <cmath>

namespace kwhatif::method {

using quantity::human;
using quantity::significant;
using run::Slot;
namespace dim = quantity::dim;

void impact_tracker(Work& w) {
  if (!need_time(w) || !need_power(w)) return;
  double pue = 1;
  if (w.options.as_published) {
    w.took("no PUE, as its rough estimate");
    if (w.given(Slot::pue)) w.out.unused.emplace_back("PUE");
  } else {
    pue = given_pue(w, w.constants.number("pue"), "");
  }
  w.set(*w.ours.device_time, *w.ours.power, pue, w.run.inputs.ci());
}

namespace {

// CPUs and memory of a node, per device [W/device].
double host_power(Work& w, Constants& common) {
  const double devices = w.run.host ? w.run.host->number("devices").value_or(0) : 0;
  if (devices <= 0) {
    w.took("no CPU and no memory: the host is unknown");
    return 0;
  }
  const std::string cpu{w.run.host->text("cpu")};
  std::optional<double> tdp;
  for (const std::string& name : {cpu, "Intel " + cpu, "AMD " + cpu}) {
    const auto found = cpu.empty() ? catalog::Lookup{} : w.catalog.meant(catalog::Kind::hardware, name);
    if (!tdp && found.row && found.row->text("kind") == "cpu") tdp = found.row->number("tdp");
  }
  w.took(tdp ? "CPU " + cpu + " of " + human(*tdp, dim::power)
             : "the constant for an unknown CPU, " + human(common.number("cpu_power"), dim::power));
  const bool first = w.constants.has("sockets");
  const double sockets = first ? w.constants.number("sockets") : w.run.host->number("cpu_count").value_or(1);
  double power = common.number("cpu_share") * tdp.value_or(common.number("cpu_power")) * sockets;
  constexpr double gb = 1e9;
  const double memory = w.run.host->number("memory").value_or(0);
  if (memory > 0) {
    const double watts = w.constants.has("ram_power")
                             ? w.constants.number("ram_power") * memory
                             : codecarbon_memory(memory / gb, w.constants.number("module_power"));
    w.took("memory " + significant(memory / gb) + " GB at " + human(watts, dim::power));
    power += watts;
  } else {
    w.took("no memory: how much the host has is unknown");
  }
  return power / devices;
}

// The country's value in the tool's table, else its world average.
Intensity country_intensity(Work& w, Constants& common) {
  const bool given = w.given(Slot::ci);
  if (given && (!w.options.as_published || w.constants.has("given_intensity"))) return w.run.inputs.ci();
  if (given) w.out.unused.emplace_back("intensity");
  std::string id = w.run.grid ? std::string{w.run.grid->id()} : std::string{};
  if (id.empty() && !given) return w.run.inputs.ci();
  for (int steps = 0; !id.empty() && steps < 8; ++steps) {  // a place has few places above it
    for (const catalog::Row& row : w.catalog.all(catalog::Kind::grid_intensity, id)) {
      if (row.source() != "codecarbon-2026") continue;
      const double ci = row.cell("carbon_intensity")->value();
      w.constants.use(std::string{row.source()});
      w.took("intensity " + human(ci, dim::carbon_intensity) + ", " + std::string{row.text("year")} +
             ", of its own table for " + id);
      return quantity::CarbonIntensity<double>::from_coherent(ci);
    }
    const auto place = w.catalog.find(catalog::Kind::grid, id);
    id = place ? std::string{place->text("parent")} : std::string{};
  }
  const double world = common.number("world");
  w.took("intensity " + human(world, dim::carbon_intensity) +
         ", the world average to which it falls back where it does not know the country");
  return quantity::CarbonIntensity<double>::from_coherent(world);
}

}  // namespace

void codecarbon(Work& w) {
  if (!need_time(w)) return;
  Constants common{w.catalog, "codecarbon"};
  double power = 0;
  if (w.given(Slot::power) || w.given(Slot::total_power)) {
    power = w.ours.power->coherent();
    w.took("power " + human(power, dim::power) + " of this run in place of its meters");
  } else if (const auto rated = rating(w)) {
    w.took("GPUs at their rating, " + human(*rated, dim::power) + ", in place of their meters");
    power = *rated + host_power(w, common);
  } else {
    return w.fail("the rating of the device is unknown");
  }
  const double pue = given_pue(w, common.number("pue"), "its default");
  const Intensity ci = country_intensity(w, common);
  for (const std::string& s : common.sources()) w.constants.use(s);
  w.set(*w.ours.device_time, Power::from_coherent(power), pue, ci);
}

void provider_report(Work& w) {
  const std::string provider = w.constants.text("reports_on");
  const bool elsewhere = !w.run.region || w.run.region->text("provider") != provider;
  w.fail(elsewhere ? "it reports on what runs in that cloud only" : w.constants.text("not_computed"));
}

}  // namespace kwhatif::method
