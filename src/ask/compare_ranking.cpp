// Places ranked by CO2e, and what must not be mixed in a ranking.
#include <kwhatif/ask/compare.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace kwhatif::ask {

using catalog::Kind;
using catalog::Row;

namespace {

std::string joined(const std::map<std::string, std::size_t>& counts, std::string_view what) {
  std::string out;
  for (const auto& [value, count] : counts)
    out +=
        (out.empty() ? "" : ", ") + value + " (" + std::to_string(count) + (count == 1 ? " run)" : " runs)");
  return std::string{what} + ' ' + out;
}

bool is_place(std::string_view axis) { return axis == "region" || axis == "grid"; }

// Axes that choose the grid value of a place; any other axis makes it no ranking of places.
bool refines(std::string_view axis) { return axis == "year" || axis == "basis" || axis == "source"; }

// The axes that are no place: what a group has in common.
std::string group_label(const Compared& c) {
  std::string out;
  for (const auto& [axis, value] : c.position) {
    if (is_place(axis)) continue;
    if (!out.empty()) out += ", ";
    out.append(axis).append("=").append(value);
  }
  return out;
}

std::string place_of(const run::ResolvedRun& run) {
  if (run.region) return std::string{run.region->id()};
  return run.grid ? std::string{run.grid->id()} : std::string{};
}

}  // namespace

IntensityRow intensity_row(const run::ResolvedRun& run, const catalog::Catalog& catalog) {
  IntensityRow out;
  const auto& record = run.record(run::Slot::ci);
  if (!run.inputs.ci() || record.origin.responsible == catalog::Responsible::user) return out;
  std::string wanted;
  for (const auto& [flag, text] : run.summary) {
    if (flag == "year") wanted = text;
  }
  // the row with this value, source and locator; the newest, as the rule of the scenario takes it
  const auto look = [&](const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      const auto cell = row.cell("carbon_intensity");
      if (!cell || cell->value() != run.inputs.ci()->coherent() || cell->source() != record.origin.source)
        continue;
      if (row.text("accounting") == "market" || row.text("signal") == "marginal") continue;
      const auto number = row.number("year");
      const std::optional<int> year = number ? std::optional{static_cast<int>(*number)} : std::nullopt;
      if (!wanted.empty() && (!year || std::to_string(*year) != wanted)) continue;
      if (out.source.empty() || year > out.year)
        out = {year, std::string{cell->source()}, std::string{row.text("boundary")}};
    }
  };
  if (run.region) look(catalog.all(Kind::region_year, run.region->id()));
  if (out.source.empty() && run.grid) look(catalog.all(Kind::grid_intensity, run.grid->id()));
  return out;
}

std::vector<diag::Diagnostic> mixtures(const std::vector<const Compared*>& runs,
                                       const catalog::Catalog& catalog) {
  std::map<std::string, std::size_t> years;
  std::map<std::string, std::size_t> boundaries;
  for (const Compared* c : runs) {
    const IntensityRow row = intensity_row(c->run, catalog);
    if (row.source.empty()) continue;
    ++years[row.year ? std::to_string(*row.year) : "of no stated year"];
    ++boundaries[row.boundary];
  }
  std::vector<diag::Diagnostic> out;
  if (years.size() > 1)
    out.push_back({.code = "mixed-years",
                   .message = joined(years, "the carbon intensities are of different years:"),
                   .help = "--year with one of them compares like with like",
                   .severity = diag::Severity::warning});
  if (boundaries.size() > 1)
    out.push_back({.code = "mixed-boundaries",
                   .message = joined(boundaries, "the carbon intensities count different things:"),
                   .help = "--basis life-cycle or direct compares like with like",
                   .severity = diag::Severity::warning});
  return out;
}

std::optional<Ranking> rank_places(const std::vector<Compared>& runs, const Compared* chosen,
                                   const catalog::Catalog& catalog) {
  if (runs.empty()) return std::nullopt;
  const auto& position = runs.front().position;
  if (std::ranges::none_of(position, [](const auto& axis) { return is_place(axis.first); }))
    return std::nullopt;
  if (!std::ranges::all_of(position,
                           [](const auto& axis) { return is_place(axis.first) || refines(axis.first); }))
    return std::nullopt;
  Ranking out;
  if (chosen) out.chosen = place_of(chosen->run);
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Compared& c = runs[i];
    if (!c.result.operational_location) continue;
    const std::string label = group_label(c);
    auto at = std::ranges::find(labels, label);
    if (at == labels.end()) {
      labels.push_back(label);
      out.groups.push_back({label, {}});
      at = labels.end() - 1;
    }
    Place place;
    place.run = i;
    place.id = place_of(c.run);
    const auto& row = c.run.region ? c.run.region : c.run.grid;
    if (row) place.name = row->text("name");
    place.intensity = intensity_row(c.run, catalog);
    out.groups[static_cast<std::size_t>(at - labels.begin())].places.push_back(std::move(place));
  }
  if (out.groups.empty()) return std::nullopt;  // nothing to rank by
  const auto co2e = [&](const Place& p) { return runs[p.run].result.operational_location->coherent(); };
  for (RankingGroup& group : out.groups) {
    std::ranges::stable_sort(group.places, [&](const Place& a, const Place& b) { return co2e(a) < co2e(b); });
    const double best = co2e(group.places.front());
    // the chosen place with the group's other axes, else the run as it is
    std::optional<double> own;
    for (const Place& p : group.places) {
      if (!out.chosen.empty() && p.id == out.chosen) own = co2e(p);
    }
    if (!own && chosen && chosen->result.operational_location)
      own = chosen->result.operational_location->coherent();
    std::vector<const Compared*> members;
    for (Place& p : group.places) {
      if (best > 0) p.over_best = co2e(p) / best;
      if (own && *own > 0) p.over_chosen = co2e(p) / *own;
      members.push_back(&runs[p.run]);
    }
    for (auto& d : mixtures(members, catalog)) {
      const auto same = [&](const diag::Diagnostic& other) { return other.message == d.message; };
      if (std::ranges::none_of(out.mixed, same)) out.mixed.push_back(std::move(d));
    }
  }
  return out;
}

}  // namespace kwhatif::ask
