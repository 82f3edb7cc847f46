// Manufacture, water and development: what a run answers for beside its electricity.
//
// Rules. Manufacture: a figure given by the user; else the user's own table; else the host that is named,
// over its devices; else the median of the figures published for the device that count its share of the node;
// else, of accelerators of data centres, the default. Of cards and processors the board alone is told apart.
// Water on site: the newest WUE of the region up to the year asked for, else its provider's average, if it is
// consumption; off site: the factor of the grid, else of the country that it lies in. Nothing else: what no
// table has stays unknown and is named.
#include "resolver.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/market.hpp>
#include <kwhatif/run/place.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Responsible;
using catalog::Row;
using quantity::human;

namespace {

// The span of what others print of accelerators with their share of the node, over the default.
struct Span {
  double low = 1;
  double high = 1;
};
Span span_of_shares(const catalog::Cell& standard) {
  return {standard.low() / standard.value(), standard.high() / standard.value()};
}

// Whether a host holds the device in a data centre: its class, or that it is no processor.
bool of_data_centre(const catalog::Catalog& catalog, const Row& device, const std::string& family) {
  if (device.text("kind") == "cpu") return false;
  const auto row = catalog.find(Kind::device_family, family);
  return row ? row->text("class") != "card" : device.text("kind") == "tpu";
}

std::string figures_words(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    const auto cell = row.cell("each");
    out += (out.empty() ? "" : ", ") + human(cell->value(), quantity::dim::co2e) + " (" +
           std::string{row.source()} + ')';
  }
  return out;
}

}  // namespace

// A word names whose experience is taken: a sourced choice, never a default.
void Resolver::take_development() {
  const auto& given = scenario_.get(Input::development);
  if (!given || numbers_.quantity(Input::development)) return;
  if (!names_a_choice(given->text)) return;  // no number: told by its reader
  constexpr std::string_view prefix = "development-";
  if (const auto known = catalog_.meant(Kind::fallback, std::string{prefix} + given->text).row) {
    const auto row = default_row(std::string{known->id()});
    set(Slot::development, *row.cell("value"), Responsible::table, std::string{row.text("note")});
    return;
  }
  std::vector<std::string> known;
  for (const Row& row : catalog_.rows(Kind::fallback)) {
    if (row.id().starts_with(prefix)) known.emplace_back(row.id().substr(prefix.size()));
  }
  fault("unknown-word", given->named + " cannot be '" + given->text.substr(0, 40) + "'", given->where,
        "a multiple of the final run, such as 0.5, or whose experience: " + diag::listed(known));
}

bool Resolver::manufacture_of_host() {
  if (!out_.host) return false;
  const auto whole = out_.host->cell("embodied");
  const auto devices = out_.host->number("devices");
  if (!whole || !devices || *devices <= 0) return false;
  const auto standard = *default_row("manufacture").cell("value");
  const Span span = span_of_shares(standard);
  const double each = whole->value() / *devices;
  auto origin = whole->origin(Responsible::table);
  origin.note = std::string{whole->text()} + " for one " + std::string{out_.host->id()} +
                " over its devices" + (origin.note.empty() ? "" : "; " + origin.note);
  set(Slot::embodied_each, each,
      {.origin = std::move(origin),
       .half_step = whole->half_step() / *devices,
       .low = each * span.low,
       .high = each * span.high});
  return true;
}

bool Resolver::manufacture_of_device() {
  const Row& device = *out_.hardware;
  if (const auto own = device.cell("embodied")) {
    set(Slot::embodied_each, *own, Responsible::table, "with its share of the host");
    return true;
  }
  const bool data_centre = of_data_centre(
      catalog_, device,
      out_.forecast ? out_.forecast->device.family : predict::family_of(catalog_, device.id()));
  std::vector<Row> figures;
  const auto gather = [&](std::string_view counts) {
    for (std::size_t i = 0; i < catalog_.size(Kind::manufacture); ++i) {
      const Row row = catalog_.row(Kind::manufacture, i);
      if (row.text("hardware") == device.id() && row.text("counts") == counts) figures.push_back(row);
    }
  };
  constexpr std::string_view building_included = "with its share of node and building";
  std::string_view counts = "with its share of the node";
  if (data_centre) {
    gather("node-share");
    if (figures.empty()) {
      gather("node-share-and-building");
      if (!figures.empty()) counts = building_included;
    }
  } else {
    gather("board");
    counts = "the board alone, its host is not counted";
  }
  const auto own = [](const Row& row) { return row.users("each"); };
  if (std::ranges::any_of(figures, own)) std::erase_if(figures, [&](const Row& row) { return !own(row); });
  if (counts == building_included && has(Slot::building)) {
    warn("no-effect",
         scenario_.get(Input::building)->named + " has no effect: the figure of " + std::string{device.id()} +
             " counts the building",
         "--embodied with a figure without it settles it", scenario_.get(Input::building)->where);
    out_.inputs.forget(Slot::building);
  }
  if (figures.empty()) {
    if (data_centre) set_default(Slot::embodied_each, "manufacture");
    return data_centre;
  }
  const auto each = [](const Row& row) { return row.cell("each")->value(); };
  std::ranges::sort(figures, {}, each);
  const Row& below = figures[(figures.size() - 1) / 2];
  const Row& above = figures[figures.size() / 2];
  const double median = std::sqrt(each(below) * each(above));
  const auto standard = *default_row("manufacture").cell("value");
  const Span span = span_of_shares(standard);
  auto origin = below.cell("each")->origin(Responsible::table);
  if (figures.size() > 1) {
    origin.standing = catalog::Standing::derived;
    origin.note = std::string{counts} + (figures.size() == 2 ? ": geometric mean of " : ": median of ") +
                  figures_words(figures);
  } else {
    origin.note = std::string{counts} + (origin.note.empty() ? "" : "; " + origin.note);
  }
  set(Slot::embodied_each, median,
      {.origin = std::move(origin),
       .half_step = 0,
       .low = std::min(each(figures.front()), median * span.low),
       .high = std::max(each(figures.back()), median * span.high)});
  return true;
}

void Resolver::default_manufacture() {
  const auto unknown = [&](std::string why) {
    out_.missing.push_back({"embodied", std::move(why), "--embodied"});
  };
  if (!has(Slot::embodied_each)) {
    const bool found = manufacture_of_host() || (out_.hardware && manufacture_of_device());
    if (!found) {
      unknown(out_.hardware
                  ? "no figure of the manufacture of " + std::string{out_.hardware->id()} + " is known"
                  : "the device is unknown");
      return;
    }
  }
  if (!has(Slot::lifetime)) set_default(Slot::lifetime, "lifetime");
  if (!has(Slot::lifetime_use)) set_default(Slot::lifetime_use, "lifetime-use");
}

void Resolver::default_wue() {
  if (has(Slot::wue)) return;
  const auto unknown = [&](std::string why) {
    out_.missing.push_back({"water_on_site", std::move(why), "--wue"});
  };
  if (!out_.region)
    return unknown(out_.grid ? "a grid has no WUE: the site is unknown" : "the site is unknown");
  const auto wanted = numbers_.whole(Input::year);
  const std::string provider{out_.region->text("provider")};
  std::optional<Row> best;
  bool withdrawn = false;
  const auto consider = [&](const Row& row) {
    if (!row.cell("wue")) return;
    const double year = row.number("year").value_or(0);
    if (wanted && year > static_cast<double>(*wanted)) return;
    if (row.text("water") == "withdrawal") {
      withdrawn = true;
      return;
    }
    const auto rank = [](const Row& r) { return std::pair{r.users("wue"), r.number("year").value_or(0)}; };
    if (!best || rank(row) > rank(*best)) best = row;
  };
  for (const Row& row : catalog_.all(Kind::region_year, out_.region->id())) consider(row);
  const bool own = best.has_value();
  // the averages of a provider stand by year: looked up one by one, since there are far more years of regions
  constexpr int years = 15;
  for (int year = catalog_.edition_year();
       !own && !withdrawn && !best && year > catalog_.edition_year() - years; --year) {
    for (const Row& row : catalog_.all(Kind::region_year, provider + ":average@" + std::to_string(year)))
      consider(row);
  }
  if (!best)
    return unknown(withdrawn
                       ? provider_name(catalog_, provider) +
                             " prints the water it withdraws there, not what it consumes"
                       : "no WUE of " + std::string{out_.region->id()} +
                             (provider_name(catalog_, provider) == provider
                                  ? std::string{}
                                  : " or " + provider_name(catalog_, provider)) +
                             (wanted ? " up to " + std::to_string(*wanted) : std::string{}) + " is known");
  set(Slot::wue, *best->cell("wue"), own ? Responsible::table : Responsible::fallback,
      (own ? "region " : "no WUE for this region: ") + std::string{best->id()} + ", " +
          std::string{best->text("year")});
  if (!own) spread_as_elsewhere(Slot::wue, "wue-of-sites");
}

// How far a place can be from the mean of the sites, or of the country, that stands for it.
void Resolver::spread_as_elsewhere(Slot slot, const std::string& id) {
  if (!catalog_.find(Kind::fallback, id)) return;
  const auto factor = *default_row(id).cell("value");
  SlotRecord& record = out_.records[static_cast<std::size_t>(slot)];
  record.low = value(slot) * factor.low();
  record.high = value(slot) * factor.high();
}

void Resolver::default_water_intensity() {
  if (has(Slot::water_intensity)) return;
  const auto unknown = [&](std::string why) {
    out_.missing.push_back({"water_off_site", std::move(why), "--water-intensity"});
  };
  if (!out_.grid) return unknown("the grid is unknown");
  std::optional<Row> grid = out_.grid;
  constexpr int depth = 8;  // of places within places
  for (int i = 0; grid && i < depth; ++i) {
    if (grid->text("kind") == "world" && grid->id() != out_.grid->id()) break;
    for (const std::string_view code : {grid->id(), grid->text("same_as")}) {
      const auto found = code.empty() ? std::vector<Row>{} : catalog_.all(Kind::grid_water, code);
      if (found.empty()) continue;
      const auto newest = std::ranges::max_element(found, {}, [](const Row& row) {
        return std::pair{row.users("water_intensity"), row.number("year")};
      });
      const bool own = grid->id() == out_.grid->id();
      set(Slot::water_intensity, *newest->cell("water_intensity"),
          own ? Responsible::table : Responsible::fallback,
          (own ? "" : "no factor for " + std::string{out_.grid->id()} + ": ") + std::string{grid->id()} +
              ", " + std::string{newest->text("year")} + ", consumption");
      if (!own) spread_as_elsewhere(Slot::water_intensity, "water-of-grids");
      return;
    }
    grid = grid->text("parent").empty() ? std::nullopt : catalog_.find(Kind::grid, grid->text("parent"));
  }
  unknown("no water factor of the electricity of " + std::string{out_.grid->id()} + " is known");
}

// A figure given that no device, site or system comes near to: mostly a unit, or a percentage, mistaken.
void Resolver::doubt_life_cycle() {
  struct Usual {
    Input input;
    double low;
    double high;
    std::string_view words;
  };
  constexpr double per_kwh = 1 / 3.6e6;
  constexpr std::array all{
      Usual{Input::embodied, 1, 2e4,
            "boards are at 10 to 600 kg, with their share of the node up to 1,000 kg"},
      Usual{Input::embodied_extra, 0, 1, "network and storage add some 5 %; a share: 0.05 or 5 %"},
      Usual{Input::wue, 0, 10 * per_kwh, "sites are at 0 to 3 L/kWh"},
      Usual{Input::water_intensity, 0, 40 * per_kwh, "grids are at 1 to 19 L/kWh"},
      Usual{Input::building, 0, 5, "buildings are at 120 to 400 kg/kW"}};
  for (const Usual& usual : all) {
    const auto& given = scenario_.get(usual.input);
    const auto& number = numbers_.quantity(usual.input);
    if (!given || !number || number->coherent == 0) continue;
    if (number->coherent >= usual.low && number->coherent <= usual.high) continue;
    warn("implausible", given->named + " = " + given->text + " is far from all published figures",
         std::string{usual.words}, given->where);
  }
}

void Resolver::default_life_cycle() {
  if (!options_.unneeded) doubt_life_cycle();
  // editions from before the tables of manufacture and water answer as they did
  if (!catalog_.find(Kind::fallback, "manufacture")) return;
  const auto known = estimate(out_.inputs);
  if (known.device_time || options_.unneeded) default_manufacture();
  if (known.it_energy || options_.unneeded) {
    default_wue();
    default_water_intensity();
  }
}

}  // namespace kwhatif::run
