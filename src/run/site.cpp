// The place: which of the many published grid values is taken, by a stated rule, and the site's PUE.
//
// Rule. Candidates are the rows of the region by year and the rows of its grid; the user may narrow them by
// --year,
// --basis and --source. Among them, in this order: the location-based average signal; the boundary asked for,
// else life-cycle before direct; a source of the list "grid-sources" (defaults table); the newest year; the
// region's own row before its grid's; the order of that list. What was taken and what else there was is
// written down. A place without any row is an error with the nearest candidates, never a world average.
#include "resolver.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/place.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Responsible;
using catalog::Row;
using quantity::human;

namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find(' ');
    if (end != 0) out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

struct Candidate {
  Row row;
  bool own;  // of the region itself, not of its grid
  int year;
  std::size_t rank;  // position in the list of sources; size() where not listed
};

}  // namespace

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
  for (const Input refinement : {Input::year, Input::basis, Input::source}) {
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

void Resolver::choose_intensity(const std::string& place, const Given& given) {
  const auto year = numbers_.whole(Input::year);
  const auto& basis = scenario_.get(Input::basis);
  const auto& source = scenario_.get(Input::source);
  if (basis && basis->text != "life-cycle" && basis->text != "direct") {
    fault("unknown-word", basis->named + " cannot be '" + basis->text.substr(0, 40) + "'", basis->where,
          "one of: life-cycle, direct");
    return;
  }
  if (source && !catalog_.find(Kind::source, source->text)) {
    const auto near = catalog_.lookup(Kind::source, source->text);
    fault("unknown-source", source->named + ": no source '" + source->text.substr(0, 60) + "'", source->where,
          near.suggestion);
    return;
  }
  if (scenario_.has(Input::ci)) return;  // the user's own intensity; the place still gives the PUE
  const auto preferences = words_of(catalog_.find(Kind::fallback, "grid-sources")->text("value"));
  std::vector<Candidate> all;
  const auto add = [&](const Row& row, bool own) {
    if (!row.cell("carbon_intensity") || row.text("accounting") == "market" ||
        row.text("signal") == "marginal")
      return;
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
    if (basis && c.row.text("boundary") != basis->text) continue;
    if (source && c.row.source() != source->text) continue;
    fitting.push_back(c);
  }
  if (fitting.empty()) {
    std::set<std::string> known;
    for (const Candidate& c : all)
      known.insert(std::to_string(c.year) + " " + std::string{c.row.text("boundary")} + " (" +
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
    if (basis) what += " with basis " + basis->text;
    if (source) what += " from " + source->text;
    fault("no-data", what, given.where, help);
    return;
  }
  const auto better = [&](const Candidate& a, const Candidate& b) {
    const auto key = [&](const Candidate& c) {
      const bool other_boundary = !basis && c.row.text("boundary") != "life-cycle";
      const bool unlisted = c.rank == preferences.size();
      return std::tuple{unlisted && !source, other_boundary, -c.year, !c.own, c.rank};
    };
    return key(a) < key(b);
  };
  const Candidate& best = *std::min_element(fitting.begin(), fitting.end(), better);
  const auto cell = *best.row.cell("carbon_intensity");
  std::string note = (best.own ? "region " : "grid ") + std::string{best.row.id()} + ", " +
                     (best.year > 0 ? std::to_string(best.year) : std::string{"year not stated"}) + ", " +
                     std::string{best.row.text("boundary")} + ", average, location-based";
  if (const std::size_t others = fitting.size() - 1; others > 0) {
    double low = cell.value();
    double high = cell.value();
    for (const Candidate& c : fitting) {
      low = std::min(low, c.row.cell("carbon_intensity")->value());
      high = std::max(high, c.row.cell("carbon_intensity")->value());
    }
    note += "; one of " + std::to_string(others + 1) + " values from " +
            human(low, quantity::dim::carbon_intensity) + " to " +
            human(high, quantity::dim::carbon_intensity) + " in the tables";
  }
  set(Slot::ci, cell, Responsible::table, note);
  if (!year && !source && !best.own && best.year > 0) warn_of_age(best.year, given);
}

// A value of long ago is said to be one, with the newer ones of the grids within.
void Resolver::warn_of_age(int year, const Given& given) {
  constexpr int old = 5;
  const int now = *quantity::whole_number(catalog::data_version().substr(0, 4));
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
      if (!row.laid_over() || row.text("accounting") != "market" || !row.cell("carbon_intensity")) continue;
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
      if (!best || y > best->number("year").value_or(0)) best = row;
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
