// The place: which of the many published grid values is taken, by a stated rule, and the site's PUE.
//
// Rule. A place has the comparable intensity of its grid: run/grid_intensity.hpp. --year, --boundary, --basis
// and
// --source ask for a row instead, which is taken as it is, as are values of the user's own tables and those
// of dated sites. Of what they leave open, in this order: the location-based average signal; a source of the
// list "grid-sources" (defaults table); life-cycle before direct; of one year consumption first; the newest
// year; the region's own row before its grid's; the order of that list. A place without any row is an error
// with the nearest candidates, never a world average.
#include "resolver.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/place.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Responsible;
using catalog::Row;
using quantity::human;

namespace {

struct Candidate {
  Row row;
  bool own;  // of the region itself, not of its grid
  int year;
  std::size_t rank;  // position in the list of sources; size() where not listed
};

bool average_of_place(const Row& row) {
  return row.cell("carbon_intensity") && row.text("accounting") != "market" &&
         row.text("signal") != "marginal";
}

void set_band(SlotRecord& record, const GridIntensity& found) {
  record.distribution = found.distribution();
  record.low = record.distribution->quantile(0.05);
  record.high = record.distribution->quantile(0.95);
}

}  // namespace

bool is_site(const Row& region) {
  return region.id().find('@') == std::string_view::npos &&
         region.id().find(":average") == std::string_view::npos;
}

std::vector<std::string> words_of(const catalog::Catalog& catalog, std::string_view default_id) {
  const auto row = catalog.find(Kind::fallback, default_id);
  if (!row) throw diag::InternalError("no default '" + std::string{default_id} + "' in the tables");
  std::vector<std::string> out;
  std::string_view text = row->text("value");
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<std::string> codes_of(const catalog::Catalog& catalog, std::string_view grid) {
  std::vector<std::string> out{std::string{grid}};
  const auto own = catalog.find(Kind::grid, grid);
  if (own && !own->text("same_as").empty()) out.emplace_back(own->text("same_as"));
  for (std::size_t i = 0; i < catalog.size(Kind::grid); ++i) {
    const Row row = catalog.row(Kind::grid, i);
    if (row.text("same_as") == grid) out.emplace_back(row.id());
  }
  return out;
}

void Resolver::resolve_site() {
  const auto& region = scenario_.get(Input::region);
  const auto& grid = scenario_.get(Input::grid);
  if (region && grid) {
    fault("conflict",
          "two places are given: " + region->text + " (" + region->named + ") and " + grid->text + " (" +
              grid->named + ")",
          grid->where, "give one of --region and --grid");
    return;
  }
  for (const Input refinement : {Input::year, Input::boundary, Input::basis, Input::source}) {
    const auto& given = scenario_.get(refinement);
    if (!given || region || grid || !options_.defaults) continue;
    // the year decides the software, too, where time is predicted
    const bool predicted = has(Slot::peak) && !known_rate(out_.inputs) && !known_time(out_.inputs);
    if (refinement != Input::year || (numbers_.whole(Input::year) && !predicted))
      warn("no-place", given->named + " has no effect without a place", "name one with --region or --grid",
           given->where);
  }
  if (region) take_region(*region);
  if (grid) take_grid(*grid);
  take_market();
}

// The one row that a place's name means; anything else is a fault with the nearest names.
std::optional<Row> Resolver::find_place(Kind kind, const Given& given, const std::string& otherwise) {
  const std::string what{catalog::schema(kind).name};
  const auto found = catalog_.lookup(kind, given.text);
  if (!found.row && !found.also.empty()) {
    ambiguous(given, found);
    return std::nullopt;
  }
  if (!found.row) {
    const std::string help = found.suggestion.empty() ? otherwise : found.suggestion;
    fault("unknown-" + what, given.named + ": no " + what + " '" + given.text.substr(0, 60) + "'",
          given.where,
          help + (help.empty() ? "" : " ") + "`kwhatif list " + std::string{catalog::schema(kind).plural} +
              "` prints all");
    return std::nullopt;
  }
  read_as(what, given, found);
  return found.row;
}

void Resolver::take_region(const Given& given) {
  const bool grid_named = catalog_.meant(Kind::grid, given.text).row.has_value();
  out_.region = find_place(Kind::region, given,
                           grid_named ? "'" + given.text + "' is a grid: use --grid " + given.text + "."
                                      : "a region is provider:region, such as gcp:us-central1.");
  if (!out_.region) return;
  const std::string_view grid = out_.region->text("grid");
  if (!grid.empty()) out_.grid = catalog_.find(Kind::grid, grid);
  choose_intensity("region " + std::string{out_.region->id()}, given);
}

void Resolver::take_grid(const Given& given) {
  const bool region_named = catalog_.meant(Kind::region, given.text).row.has_value();
  out_.grid = find_place(
      Kind::grid, given,
      region_named ? "'" + given.text + "' is a cloud region: use --region " + given.text + "." : "");
  if (out_.grid) choose_intensity("grid " + std::string{out_.grid->id()}, given);
}

namespace {

// Which boundary and basis the user asked for; --basis also takes the words that --boundary has now.
struct Asked {
  std::string boundary;
  std::string basis;
};

Asked asked_for(const Scenario& scenario) {
  Asked out;
  if (const auto& given = scenario.get(Input::basis))
    (given->text == "life-cycle" || given->text == "direct" ? out.boundary : out.basis) = given->text;
  if (const auto& given = scenario.get(Input::boundary)) out.boundary = given->text;
  return out;
}

}  // namespace

void Resolver::choose_intensity(const std::string& place, const Given& given) {
  for (const Input input : {Input::boundary, Input::basis}) {  // words out of choice are told by their reader
    const auto& w = scenario_.get(input);
    const std::string choices = '|' + std::string{info(input).choices} + '|';
    if (w && choices.find('|' + w->text + '|') == std::string::npos) return;
  }
  const auto& basis = scenario_.get(Input::basis);
  if (basis && (basis->text == "life-cycle" || basis->text == "direct")) {
    warn("renamed",
         basis->named + " " + basis->text + " is now --boundary " + basis->text + ", and is taken as that",
         "--basis says whose mix it is: production or consumption", basis->where);
  }
  const auto& source = scenario_.get(Input::source);
  if (source && !catalog_.find(Kind::source, source->text)) {
    const auto near = catalog_.lookup(Kind::source, source->text);
    fault("unknown-source", source->named + ": no source '" + source->text.substr(0, 60) + "'", source->where,
          near.suggestion);
    return;
  }
  if (scenario_.has(Input::ci)) return;  // the user's own intensity; the place still gives the PUE
  const bool asked = numbers_.whole(Input::year) || scenario_.has(Input::boundary) || basis || source;
  const bool own = out_.region && !is_site(*out_.region) && has_own_intensity(*out_.region);
  if (asked || own || !out_.grid || users_own()) {
    out_.intensity = intensity_asked_for(place, given);
  } else {
    out_.intensity = comparable(catalog_, out_.grid->id(), planned_year(catalog_));
    if (out_.region && !out_.region->text("grid_alternative").empty())
      out_.intensity = either(*out_.intensity, comparable(catalog_, out_.region->text("grid_alternative"),
                                                          planned_year(catalog_)));
    if (out_.intensity->status == IntensityStatus::refused) {
      const std::string why = out_.intensity->refused;
      auto as_is = intensity_asked_for(place, given);
      if (!as_is) return;
      as_is->status = IntensityStatus::refused;
      as_is->refused = why;
      out_.intensity = std::move(as_is);
      warn("not-comparable",
           "the carbon intensity of " + place + " is no comparable one: " + why + "; taken is " +
               out_.intensity->definition(),
           "--ci with a value of your own settles it; rankings leave the place out", given.where);
    }
  }
  if (out_.intensity) take_intensity();
  // no number of a grid rests on contracts
  if (out_.region && options_.defaults && !options_.unneeded)
    out_.contracts = contracts_of(catalog_, out_.region->id());
}

// A location-based average of the region itself.
bool Resolver::has_own_intensity(const Row& region) const {
  return std::ranges::any_of(catalog_.all(Kind::region_year, region.id()), average_of_place);
}

// A value in the user's own tables.
bool Resolver::users_own() const {
  const auto laid_over = [](const std::vector<Row>& rows) {
    return std::ranges::any_of(
        rows, [](const Row& row) { return row.users("carbon_intensity") && average_of_place(row); });
  };
  if (out_.region && laid_over(catalog_.all(Kind::region_year, out_.region->id()))) return true;
  return laid_over(catalog_.all(Kind::grid_intensity, out_.grid->id()));
}

// The number, with its definition and steps in words and its band.
void Resolver::take_intensity() {
  const GridIntensity& found = *out_.intensity;
  const auto cell = *found.row->cell("carbon_intensity");
  SlotRecord record{.origin = cell.origin(Responsible::table)};
  std::string note = "grid " + found.place + ", " + found.definition() + ", location-based";
  if (found.row->kind() == Kind::region_year && found.status == IntensityStatus::as_is)
    note.replace(0, 5 + found.place.size(), "region " + std::string{found.row->id()});
  if (!found.steps.empty()) {
    note += "; " + found.steps;
    record.origin.standing = catalog::Standing::derived;
  }
  if (options_.unneeded && found.scales.total() > 0) note += "; its band is that of a whole year";
  if (!found.beside.empty()) note += "; " + found.beside;
  record.origin.note = record.origin.note.empty() ? note : note + "; " + record.origin.note;
  double value = cell.value();
  if (found.comparable()) {
    const predict::Distribution at = found.distribution();
    value = at.unit * std::exp(at.location - found.shift);
  }
  if (found.scales.total() > 0) {
    set_band(record, found);
  } else if (cell.has_spread()) {
    record.low = cell.low();
    record.high = cell.high();
  }
  set(Slot::ci, value, std::move(record));
}

// A run shorter than a year is at an unknown time of it.
void Resolver::say_hours() {
  if (!out_.intensity || !has(Slot::ci)) return;
  const auto known = estimate(out_.inputs).wall_time;
  if (!known) return;
  last(*out_.intensity, known->coherent() / 3600);
  if (!out_.record(Slot::ci).distribution) return;
  set_band(out_.records[static_cast<std::size_t>(Slot::ci)], *out_.intensity);
}

// A row by the user's --year, --boundary, --basis and --source, as it is; of what is left open the usual
// choice.
std::optional<GridIntensity> Resolver::intensity_asked_for(const std::string& place, const Given& given) {
  const auto year = numbers_.whole(Input::year);
  const auto& source = scenario_.get(Input::source);
  const Asked asked = asked_for(scenario_);
  const auto preferences = words_of(catalog_, "grid-sources");
  std::vector<Candidate> all;
  const auto add = [&](const Row& row, bool own) {
    if (!average_of_place(row)) return;
    const auto at = std::find(preferences.begin(), preferences.end(), row.source());
    all.push_back({row, own, static_cast<int>(row.number("year").value_or(0)),
                   static_cast<std::size_t>(at - preferences.begin())});
  };
  if (out_.region) {
    for (const Row& row : catalog_.all(Kind::region_year, out_.region->id())) add(row, true);
  }
  if (out_.grid) {  // a region lies on the one grid that it names
    const auto codes =
        out_.region ? std::vector{std::string{out_.grid->id()}} : codes_of(catalog_, out_.grid->id());
    for (const std::string& grid : codes) {
      for (const Row& row : catalog_.all(Kind::grid_intensity, grid)) add(row, false);
    }
  }
  std::vector<Candidate> fitting;
  for (const Candidate& c : all) {
    if (year && c.year != *year) continue;
    if (!asked.boundary.empty() && c.row.text("boundary") != asked.boundary) continue;
    if (!asked.basis.empty() && c.row.text("basis") != asked.basis) continue;
    if (source && c.row.source() != source->text) continue;
    fitting.push_back(c);
  }
  if (fitting.empty()) {
    std::set<std::string> known;
    for (const Candidate& c : all)
      known.insert(std::to_string(c.year) + " " + std::string{c.row.text("boundary")} +
                   (asked.basis.empty() ? "" : " " + std::string{c.row.text("basis")}) + " (" +
                   std::string{c.row.source()} + ")");
    std::string help;
    if (known.empty()) {
      help = "give --ci, or choose another place with `kwhatif list regions` or `kwhatif list grids`";
      if (out_.grid && !out_.grid->text("parent").empty())
        help = "its grid's parent is " + std::string{out_.grid->text("parent")} + ": --grid " +
               std::string{out_.grid->text("parent")} + "; or " + help;
    } else {
      std::size_t shown = 0;
      for (auto it = known.rbegin(); it != known.rend() && shown < 4; ++it, ++shown)
        help += (shown == 0 ? "there is " : ", ") + *it;
      if (known.size() > shown) help += " and " + std::to_string(known.size() - shown) + " more";
    }
    std::string what = "no carbon intensity for " + place;
    if (year) what += " in " + std::to_string(*year);
    if (!asked.boundary.empty()) what += " with boundary " + asked.boundary;
    if (!asked.basis.empty()) what += (asked.boundary.empty() ? " with basis " : " and basis ") + asked.basis;
    if (source) what += " from " + source->text;
    fault("no-data", what, given.where, help);
    return std::nullopt;
  }
  const auto better = [&](const Candidate& a, const Candidate& b) {
    const auto key = [&](const Candidate& c) {
      const bool other_boundary = asked.boundary.empty() && c.row.text("boundary") != "life-cycle";
      const bool unlisted = c.rank == preferences.size();
      const bool other_basis = year && asked.basis.empty() && c.row.text("basis") != "consumption";
      return std::tuple{!c.row.users("carbon_intensity"),
                        unlisted && !source,
                        other_boundary,
                        other_basis,
                        -c.year,
                        !c.own,
                        c.rank};
    };
    return key(a) < key(b);
  };
  const Candidate& best = *std::min_element(fitting.begin(), fitting.end(), better);
  if (!year && !source && !best.own && best.year > 0) warn_of_age(best.year, given);
  GridIntensity out = as_it_is(catalog_, out_.grid ? out_.grid->id() : out_.region->id(), best.row);
  if (const std::size_t others = fitting.size() - 1; others > 0) {
    const auto in = [](const Candidate& c) { return c.row.cell("carbon_intensity")->value(); };
    const auto [low, high] = std::ranges::minmax_element(fitting, {}, in);
    out.beside = "one of " + std::to_string(others + 1) + " values from " +
                 human(in(*low), quantity::dim::carbon_intensity) + " to " +
                 human(in(*high), quantity::dim::carbon_intensity) + " in the tables";
  }
  return out;
}

// A value of long ago is said to be one, with the newer ones of the grids within.
void Resolver::warn_of_age(int year, const Given& given) {
  constexpr int old = 5;
  const int now = catalog_.edition_year();
  if (!options_.defaults || now - year <= old) return;
  const auto newest = [&](std::string_view grid) {
    int out = 0;
    for (const Row& row : catalog_.all(Kind::grid_intensity, grid)) {
      if (row.text("accounting") != "market" && row.text("signal") != "marginal")
        out = std::max(out, static_cast<int>(row.number("year").value_or(0)));
    }
    return out;
  };
  std::string newer;
  const auto add = [&](const Row& row) {
    const int of = newest(row.id());
    if (of <= year) return;
    newer += (newer.empty() ? "newer: --grid " : ", --grid ") + std::string{row.id()} + " (" +
             std::string{row.text("name")} + ", " + std::to_string(of) + ')';
  };
  for (std::size_t i = 0; i < catalog_.size(Kind::grid); ++i) {
    const Row row = catalog_.row(Kind::grid, i);
    if (row.text("parent") == out_.grid->id()) add(row);
  }
  if (newer.empty() && !out_.grid->text("parent").empty()) {
    if (const auto parent = catalog_.find(Kind::grid, out_.grid->text("parent"))) add(*parent);
  }
  warn("old-value",
       "the newest carbon intensity of grid " + std::string{out_.grid->id()} + " is of " +
           std::to_string(year),
       newer + (newer.empty() ? "" : "; ") + "--year " + std::to_string(year) + " takes it as it is",
       given.where);
}

// A market-based intensity of the user's own tables: the contracts that they hold there.
void Resolver::take_market() {
  if (has(Slot::ci_market) || (!out_.grid && !out_.region)) return;
  const auto year = numbers_.whole(Input::year);
  std::optional<Row> best;
  const auto consider = [&](Kind kind, std::string_view id) {
    for (const Row& row : catalog_.all(kind, id)) {
      if (!row.users("carbon_intensity") || row.text("accounting") != "market") continue;
      const double of = row.number("year").value_or(0);
      if (year && of != static_cast<double>(*year)) continue;
      if (!best || of > best->number("year").value_or(0)) best = row;
    }
  };
  if (out_.region) consider(Kind::region_year, out_.region->id());
  if (!best && out_.grid) consider(Kind::grid_intensity, out_.grid->id());
  if (!best) return;
  std::string note =
      std::string{best->id()} + (best->text("year").empty() ? "" : ", " + std::string{best->text("year")});
  note += ", market-based, in your table " + std::string{best->file()};
  set(Slot::ci_market, *best->cell("carbon_intensity"), Responsible::table, note);
}

void Resolver::choose_pue() {
  if (has(Slot::pue)) return;
  if (!options_.unneeded && !estimate(out_.inputs).it_energy) return;
  if (out_.region) {
    const auto wanted = numbers_.whole(Input::year);
    std::optional<Row> best;
    for (const Row& row : catalog_.all(Kind::region_year, out_.region->id())) {
      if (!row.cell("pue")) continue;
      const double y = row.number("year").value_or(0);
      if (wanted && y > static_cast<double>(*wanted)) continue;
      const auto rank = [](const Row& r) { return std::pair{r.users("pue"), r.number("year").value_or(0)}; };
      if (!best || rank(row) > rank(*best)) best = row;  // the user's own first
    }
    if (best) {
      set(Slot::pue, *best->cell("pue"), Responsible::table,
          "region " + std::string{best->id()} + ", " + std::string{best->text("year")});
      return;
    }
    // the provider's own average, which says whose it is
    const std::string provider{out_.region->text("provider")};
    for (std::size_t i = 0; i < catalog_.size(Kind::region_year); ++i) {
      const Row row = catalog_.row(Kind::region_year, i);
      if (!row.id().starts_with(provider + ":average") || !row.cell("pue")) continue;
      if (!best || row.number("year").value_or(0) > best->number("year").value_or(0)) best = row;
    }
    if (best) {
      set(Slot::pue, *best->cell("pue"), Responsible::fallback,
          "no PUE for this region: " + std::string{best->id()} + ", " + std::string{best->text("year")});
      return;
    }
  }
  set_default(Slot::pue, "pue");
}

}  // namespace kwhatif::run
