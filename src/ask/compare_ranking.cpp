// Places ranked by CO2e, and what must not be mixed in a ranking.
#include <kwhatif/ask/compare.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace kwhatif::ask {

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
bool refines(std::string_view axis) {
  return axis == "year" || axis == "boundary" || axis == "basis" || axis == "source";
}

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

std::vector<diag::Diagnostic> mixtures(const std::vector<const Compared*>& runs) {
  std::map<std::string, std::size_t> years;
  std::map<std::string, std::size_t> boundaries;
  std::map<std::string, std::size_t> bases;
  for (const Compared* c : runs) {
    const auto& found = c->run.intensity;
    if (!found) continue;
    ++years[found->comparable()    ? "the newest"
            : found->read_year > 0 ? std::to_string(found->read_year)
                                   : "of no stated year"];
    ++boundaries[found->boundary];
    ++bases[found->basis];
  }
  std::vector<diag::Diagnostic> out;
  const auto add = [&](const auto& counts, const char* code, std::string_view what, std::string help) {
    if (counts.size() > 1)
      out.push_back({.code = code,
                     .message = joined(counts, what),
                     .help = std::move(help) +
                             "; without --year, --boundary, --basis and --source all are brought "
                             "to one definition",
                     .severity = diag::Severity::warning});
  };
  add(years, "mixed-years",
      "the carbon intensities are of different years:", "--year with one of them compares like with like");
  add(boundaries, "mixed-boundaries", "the carbon intensities count different things:",
      "--boundary life-cycle or direct compares like with like");
  add(bases, "mixed-bases", "the carbon intensities are of different mixes:",
      "--basis production or consumption compares like with like");
  return out;
}

namespace {

constexpr double surely = 0.8;

// Ranks that a place may have, and where neighbours differ. The places are sorted.
void add_ranks(std::vector<Place>& places, const std::vector<Compared>& runs) {
  const auto less = [&](std::size_t i, std::size_t j) -> double {
    const Compared& a = runs[places[i].run];
    const Compared& b = runs[places[j].run];
    const double one = a.result.operational_location->coherent(),
                 other = b.result.operational_location->coherent();
    if (!a.run.intensity || !b.run.intensity || one <= 0 || other <= 0)
      return one == other ? 0.5 : one < other ? 1 : 0;
    const double grids = b.run.intensity->g_per_kwh / a.run.intensity->g_per_kwh;
    return run::probability_cleaner(*a.run.intensity, *b.run.intensity, other / one / grids);
  };
  const std::size_t n = places.size();
  for (std::size_t i = 0; i < n; ++i) {
    places[i].rank_low = 1;
    places[i].rank_high = n;
    for (std::size_t j = 0; j < n; ++j) {
      if (j < i && less(j, i) >= surely) ++places[i].rank_low;
      if (j > i && less(i, j) >= surely) --places[i].rank_high;
    }
    if (i + 1 < n) {
      places[i].cleaner_than_next = less(i, i + 1);
      places[i + 1].tier = places[i].tier + (*places[i].cleaner_than_next >= surely ? 1 : 0);
    }
  }
}

}  // namespace

std::optional<Ranking> rank_places(const std::vector<Compared>& runs, const Compared* chosen) {
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
    if (c.run.intensity && c.run.intensity->status == run::IntensityStatus::refused) {
      out.left_out.push_back(place_of(c.run) +
                             ": no comparable carbon intensity: " + c.run.intensity->refused);
      continue;
    }
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
      const auto& grid = runs[p.run].run.intensity;
      if (grid && grid->g_per_kwh > 0) {
        constexpr double nine_of_ten = 0.9;
        const auto [low, high] = grid->band(nine_of_ten);
        p.low = co2e(p) * low / grid->g_per_kwh;
        p.high = co2e(p) * high / grid->g_per_kwh;
      }
      members.push_back(&runs[p.run]);
    }
    add_ranks(group.places, runs);
    for (auto& d : mixtures(members)) {
      const auto same = [&](const diag::Diagnostic& other) { return other.message == d.message; };
      if (std::ranges::none_of(out.mixed, same)) out.mixed.push_back(std::move(d));
    }
  }
  return out;
}

}  // namespace kwhatif::ask
