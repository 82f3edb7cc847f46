// What each published method takes for a run.
#include "work.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/formulas.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>

namespace kwhatif::method {

using quantity::human;
using quantity::significant;
using run::ResolvedRun;
using run::RunEstimate;
using run::Slot;
namespace dim = quantity::dim;

namespace {

std::string family_key(const Work& w, const std::string& head) {
  const std::string f = family(w.run);
  return f.empty() || !w.constants.has(head + f) ? std::string{} : head + f;
}

// Power of the run's device in the method's own table. A figure of the table that the maker contradicts is
// taken only as published; a device that it lacks then has no figure, unless the tool has a field for one.
std::optional<Power> own_rating(Work& w, Constants& constants, bool has_field) {
  const std::string id = w.run.hardware ? std::string{w.run.hardware->id()} : std::string{};
  const auto ours = rating(w);
  const auto taken = [&](double power, const std::string& words) {
    w.took("power " + human(power, dim::power) + ", " + words);
    return Power::from_coherent(power);
  };
  if (has_field && w.given(Slot::tdp)) return taken(*ours, "the rating given");
  if (constants.has("power." + id)) {
    const double own = constants.number("power." + id);
    const std::string fault = constants.text("fault." + id);
    const std::string note = constants.note("power." + id);
    if (fault.empty() || w.options.as_published || !ours)
      return taken(own, "its own table" + (note.empty() ? "" : " (" + note + ")"));
    return taken(*ours, "the rating; its own table has " + human(own, dim::power) + ", " + fault);
  }
  if (w.options.as_published && !has_field && w.run.hardware) {
    w.fail("its table has no " + std::string{w.run.hardware->text("name")} + ", and no field for a rating");
    return std::nullopt;
  }
  if (!ours) {
    w.fail("the rating of the device is unknown");
    return std::nullopt;
  }
  return taken(*ours, "the rating");
}

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
  if (!w.run.inputs.pue()) return w.fail("the PUE is unknown");
  const bool given = w.given(Slot::power) || w.given(Slot::total_power);
  const std::string key = family_key(w, "power.");
  std::optional<Power> power = w.ours.power;
  if (!given && !key.empty()) {
    power = Power::from_coherent(w.constants.number(key));
    w.took("power " + human(power->coherent(), dim::power) + ", its average for this processor (table 3)");
  }
  if (!power) return w.fail("the power is unknown");
  w.set(*w.ours.device_time, *power, w.run.inputs.pue()->coherent(), w.run.inputs.ci());
}

// The page's own intensity of the run's region, rounded as the page does; what the user gives goes in
// unrounded
// ("private infrastructure").
Intensity page_intensity(Work& w) {
  const Intensity ours = w.run.inputs.ci();
  if (!w.options.as_published || w.given(Slot::ci) || !w.run.region) return ours;
  for (const catalog::Row& row : w.catalog.all(catalog::Kind::region_year, w.run.region->id())) {
    const auto cell = row.cell("carbon_intensity");
    if (row.source() != "mlco2-impact" || !cell) continue;
    const double kg = std::round(std::trunc(quantity::to_unit(cell->value(), "g/kWh")) / 10) / 100;
    w.constants.use(std::string{row.source()});
    w.took("intensity " + significant(1000 * kg) + " g/kWh, its own table's " +
           human(cell->value(), dim::carbon_intensity) + " as the page rounds it");
    return quantity::CarbonIntensity<double>::from_coherent(kg / quantity::coherent_per("kWh"));
  }
  return ours;
}

void mlco2(Work& w) {
  if (!need_time(w)) return;
  const auto power = own_rating(w, w.constants, false);
  if (!power) return;
  const Intensity ci = page_intensity(w);
  w.set(*w.ours.device_time, *power, 1, ci);
  if (!w.options.as_published || !ci) return;
  // round2(round2(W·h/1000) · intensity)
  const auto round2 = [](double x) { return std::round(x * 100) / 100; };
  const double kwh = round2(quantity::to_unit(w.out.footprint->energy.coherent(), "kWh"));
  const double kg_per_kwh = ci->coherent() * quantity::coherent_per("kWh");
  w.out.footprint->co2e = quantity::OperationalLocation<double>::from_coherent(round2(kwh * kg_per_kwh));
}

void green_algorithms(Work& w) {
  if (!need_time(w)) return;
  Constants common{w.catalog, "green-algorithms"};
  auto power = own_rating(w, common, true);
  if (!power) return;
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
  const double pue =
      given_pue(w, w.constants.number(key), key == "pue" ? w.constants.note("pue") : "of the provider");
  Intensity ci = w.run.inputs.ci();
  if (w.run.grid && !w.given(Slot::ci)) {
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

// SCI for AI names the functional units of training: per FLOP, per token, per parameter.
void functional_units(Work& w) {
  if (!w.out.footprint || !w.out.footprint->co2e) return;
  const double kg = w.out.footprint->co2e->coherent() + w.out.embodied_kg.value_or(0);
  const auto each = [&](double count, double unit, const char* words) {
    if (count > 0) w.took(human(kg / count * unit, dim::co2e) + " per " + words);
  };
  if (w.ours.training_flop) each(w.ours.training_flop->coherent(), 1e18, "EFLOP");
  if (w.run.inputs.tokens()) each(w.run.inputs.tokens()->coherent(), 1e6, "million tokens");
  if (w.run.inputs.active_parameters())
    each(w.run.inputs.active_parameters()->coherent(), 1e9, "billion active parameters");
}

// CO2e of making the board: SCI's own figure is of the hardware alone.
std::optional<double> board_manufacture(const Work& w) {
  if (!w.run.hardware) return std::nullopt;
  if (const auto own = w.run.hardware->number("embodied")) return own;
  for (const catalog::Row& row : w.catalog.rows(catalog::Kind::manufacture)) {
    if (row.text("hardware") == w.run.hardware->id() && row.text("counts") == "board")
      return row.number("each");
  }
  return std::nullopt;
}

void sci(Work& w) {
  if (!need_time(w) || !need_power(w)) return;
  if (!w.run.inputs.pue()) return w.fail("the PUE is unknown");
  w.set(*w.ours.device_time, *w.ours.power, w.run.inputs.pue()->coherent(), w.run.inputs.ci());
  if (const auto each = board_manufacture(w)) {
    const double lifetime = w.constants.number("lifetime");
    w.out.embodied_kg =
        run::embodied(*w.ours.device_time, quantity::DeviceCo2e<>::from_coherent(*each),
                      quantity::WallTime<>::from_coherent(lifetime), quantity::Ratio<>::from_coherent(1))
            .coherent();
    w.took("manufacture " + human(*each, dim::co2e) + " per device over " + human(lifetime, dim::time));
  } else {
    w.took("no manufacture: the tables have none for this device");
  }
  functional_units(w);
}

// Inputs that a user may have given and that a method has a place for.
constexpr std::uint64_t reads(std::initializer_list<Slot> slots) {
  std::uint64_t out = 0;
  for (const Slot slot : slots) out |= std::uint64_t{1} << static_cast<unsigned>(slot);
  return out;
}
static_assert(run::slot_count <= 64);

struct Entry {
  const char* id;
  void (*apply)(Work&);
  std::uint64_t reads;
};
constexpr std::uint64_t power_given = reads({Slot::power, Slot::total_power, Slot::power_ratio, Slot::tdp});
constexpr std::uint64_t rate_given = reads({Slot::mfu, Slot::achieved});
constexpr std::uint64_t pue_given = reads({Slot::pue});
constexpr std::uint64_t place_given = reads({Slot::ci});
constexpr std::uint64_t everything = ~std::uint64_t{0};

constexpr std::array entries{
    Entry{"strubell-2019", strubell, power_given | rate_given},
    Entry{"mlco2-impact", mlco2, rate_given | place_given},
    Entry{"experiment-impact-tracker", impact_tracker, power_given | rate_given | pue_given | place_given},
    Entry{"carbontracker-2020", carbontracker, place_given | reads({Slot::tdp})},
    Entry{"green-algorithms-v1", green_algorithms, reads({Slot::tdp}) | rate_given | pue_given | place_given},
    Entry{"codecarbon-v2", codecarbon, power_given | rate_given | pue_given | place_given},
    Entry{"patterson-2021", patterson, power_given | rate_given | pue_given | place_given},
    Entry{"llmcarbon", llmcarbon, power_given | rate_given | pue_given | place_given},
    Entry{"llmcarbon-predictor", llmcarbon_predictor, power_given | pue_given | place_given},
    Entry{"opencarboneval", opencarboneval, place_given},
    Entry{"sci", sci, power_given | rate_given | pue_given | place_given},
    Entry{"google-carbon-footprint", provider_report, everything},
    Entry{"azure-emissions", provider_report, everything},
    Entry{"green-algorithms-v3", green_algorithms, reads({Slot::tdp}) | rate_given | pue_given | place_given},
    Entry{"codecarbon-v3", codecarbon, power_given | rate_given | pue_given | place_given},
    Entry{"aws-ccft", provider_report, everything}};

// What the user gave and the method has no place for.
void name_unused(Work& w, std::uint64_t read) {
  struct Named {
    Slot slot;
    const char* words;
  };
  constexpr std::array named{Named{Slot::pue, "PUE"},
                             Named{Slot::power, "power"},
                             Named{Slot::total_power, "power of all devices"},
                             Named{Slot::power_ratio, "power over TDP"},
                             Named{Slot::tdp, "rating"},
                             Named{Slot::ci, "intensity"},
                             Named{Slot::mfu, "MFU"},
                             Named{Slot::achieved, "rate"}};
  if (!w.out.footprint) return;
  for (const Named& n : named) {
    if ((read & reads({n.slot})) == 0 && w.given(n.slot)) w.out.unused.emplace_back(n.words);
  }
}

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
  const double time = ours.device_time->coherent();
  const double power = ours.it_energy->coherent() / time;
  const double pue = ours.facility_energy->coherent() / ours.it_energy->coherent();
  add("device_time", "device-time", theirs.device_time.coherent(), time, human(theirs.device_time),
      human(time, dim::device_time));
  add("power", "power", theirs.power.coherent(), power, human(theirs.power.coherent(), dim::power),
      human(power, dim::power));
  add("pue", "PUE", theirs.pue.coherent(), pue, quantity::shortest(theirs.pue.coherent()), significant(pue));
  if (theirs.ci && w.run.inputs.ci() && w.run.inputs.ci()->coherent() > 0)
    add("ci", "intensity", theirs.ci->coherent(), w.run.inputs.ci()->coherent(), human(*theirs.ci),
        human(*w.run.inputs.ci()));
}

}  // namespace

bool Work::given(Slot slot) const {
  return run.record(slot).origin.responsible == catalog::Responsible::user &&
         run::slot_value(run.inputs, slot).has_value();
}

double given_pue(Work& w, double own, const std::string& own_words) {
  if (w.given(Slot::pue)) {
    w.took("PUE " + significant(w.run.inputs.pue()->coherent()) + ", as given");
    return w.run.inputs.pue()->coherent();
  }
  w.took("PUE " + significant(own) + (own_words.empty() ? "" : " (" + own_words + ")"));
  return own;
}

bool need_time(Work& w) {
  if (w.ours.device_time) return true;
  w.fail("the device-time is unknown, and the method predicts none");
  return false;
}

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
    name_unused(w, entry.reads);
    compare_with_ours(w);
    a.sources = w.constants.sources();
  }
  return out;
}

}  // namespace kwhatif::method
