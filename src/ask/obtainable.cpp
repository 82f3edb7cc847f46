#include <kwhatif/ask/obtainable.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>

namespace kwhatif::ask {

using run::Input;

grid::AxisOptions axis_options(const run::Scenario& run, bool unavailable) {
  grid::AxisOptions out{.year = 0, .unavailable = unavailable};
  const auto& given = run.get(Input::year);
  std::vector<diag::Diagnostic> faults;  // told where the run is resolved
  if (given) out.year = static_cast<int>(run::read_whole(Input::year, *given, faults).value_or(0));
  return out;
}

bool rents_anything(const run::Scenario& run, std::span<const grid::Axis> axes,
                    const catalog::Catalog& tables) {
  const auto rents = [&](const std::string& name) {
    const auto row = tables.meant(catalog::Kind::region, name).row;
    return row && !run::years_of_offers(tables, row->text("provider")).empty();
  };
  for (const grid::Axis& axis : axes) {
    if (axis.input != Input::region) continue;
    for (std::size_t i = 0; i < axis.size(); ++i) {
      if (rents(axis.text(i))) return true;
    }
    return false;
  }
  const auto& given = run.get(Input::region);
  return given && rents(given->text);
}

bool obtainable(const run::ResolvedRun& run, const catalog::Catalog& tables) {
  // of the user's own devices and places, not of values that they corrected, nobody has a list
  if (!run.hardware || !run.region || run.hardware->users("kind") || run.region->users("provider"))
    return true;
  return run::offered(tables, *run.hardware, *run.region) == run::Offered::yes;
}

namespace {

std::optional<catalog::Row> device_named(const catalog::Catalog& tables, const std::string& name) {
  if (auto row = tables.meant(catalog::Kind::hardware, name).row) return row;
  const auto host = tables.meant(catalog::Kind::host, name).row;
  return host ? tables.find(catalog::Kind::hardware, host->text("hardware")) : std::nullopt;
}

// The values of an input in a grid: those of its axis, else the one of the run.
struct Side {
  std::vector<std::string> names;
  std::vector<std::optional<catalog::Row>> rows;
  std::vector<bool> chosen;
  bool axis = false;
};

template <class LookUp>
Side side_of(const run::Scenario& run, const grid::Space& space, Input input, LookUp look_up) {
  Side out;
  const auto axis = std::ranges::find(space.axes(), input, &grid::Axis::input);
  const auto add = [&](std::string name, bool chosen) {
    out.rows.push_back(look_up(name));
    out.names.push_back(std::move(name));
    out.chosen.push_back(chosen);
  };
  out.axis = axis != space.axes().end();
  for (std::size_t i = 0; out.axis && i < axis->size(); ++i) add(axis->text(i), axis->searched(i));
  if (const auto& given = run.get(input); !out.axis && given) add(given->text, false);
  return out;
}

// "a10 in aws:af-south-1 (nearest offer: azure:eastus)"
std::string pair_in_words(const catalog::Catalog& tables, const catalog::Row& device,
                          const catalog::Row& place) {
  std::string out = std::string{device.id()} + " in " + std::string{place.id()};
  const auto near = run::nearest_offer(tables, device, place);
  if (!near) return out + " (no offer is known anywhere)";
  return out + " (nearest offer: " +
         (near->region ? std::string{near->region->id()} : run::provider_name(tables, near->provider)) + ')';
}

}  // namespace

Offers offers_of(const run::Scenario& run, const grid::Space& space, const catalog::Catalog& tables,
                 bool unavailable) {
  Offers out;
  const Side devices = side_of(run, space, Input::hardware,
                               [&](const std::string& name) { return device_named(tables, name); });
  const Side places = side_of(run, space, Input::region, [&](const std::string& name) {
    return tables.meant(catalog::Kind::region, name).row;
  });
  std::vector<std::string> unsold;
  for (std::size_t i = 0; i < devices.rows.size(); ++i) {
    if (devices.rows[i] && !devices.chosen[i] && !run::on_sale(*devices.rows[i]))
      unsold.push_back(devices.names[i]);
  }
  if (!unsold.empty())
    out.warnings.push_back({.code = "not-sold",
                            .message = "never sold, announced or withdrawn: " + diag::listed(unsold),
                            .where = {},
                            .help = "`kwhatif show hardware` says which and since when",
                            .severity = diag::Severity::warning});
  if (!rents_anything(run, space.axes(), tables)) return out;
  std::uint64_t left_out = 0;
  std::uint64_t named = 0;
  std::string examples;
  for (std::size_t i = 0; i < devices.rows.size(); ++i) {
    const auto& device = devices.rows[i];
    for (std::size_t j = 0; device && j < places.rows.size(); ++j) {
      const auto& place = places.rows[j];
      if (!place || device->users("kind") || place->users("provider")) continue;
      const run::Offered found = run::offered(tables, *device, *place);
      if (found == run::Offered::yes) continue;
      if (devices.chosen[i] || places.chosen[j]) {
        ++left_out;
        continue;
      }
      const bool quiet = found == run::Offered::no_market ||
                         (found == run::Offered::not_told && device->text("kind") == "cpu");
      constexpr std::uint64_t most_examples = 3;
      if (quiet || named++ >= most_examples) continue;
      examples += (examples.empty() ? "" : ", ") + pair_in_words(tables, *device, *place);
    }
  }
  if (left_out > 0 && !unavailable && devices.axis && places.axis)
    out.notes.push_back({.code = "not-offered",
                         .message = std::to_string(left_out) + " of " +
                                    std::to_string(devices.rows.size() * places.rows.size()) +
                                    " pairs of device and place are left out: not known to be offered there",
                         .where = {},
                         .help = "--unavailable takes them, too",
                         .severity = diag::Severity::note});
  if (named > 0)
    out.warnings.push_back({.code = "not-offered",
                            .message = std::to_string(named) +
                                       (named == 1 ? " pair that is named is" : " pairs that are named are") +
                                       " not known to be offered: " + examples + (named > 3 ? ", …" : ""),
                            .where = {},
                            .help = {},
                            .severity = diag::Severity::warning});
  return out;
}

}  // namespace kwhatif::ask
