// From a run and its axes to tables: which number each slot has at each point of the grid.
#include "space_builder.hpp"

#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::grid {

using run::slot_count;

namespace {

constexpr std::size_t lookup_limit = 400'000;
constexpr std::size_t checked_points = 48;
constexpr std::size_t checked_values = 1024;  // of all axes together, each on a random point
constexpr int lessons = 8;                    // differences that are learnt from one by one
constexpr std::size_t corner_names = 16;      // names of an axis that are tried on each corner

}  // namespace

void SpaceBuilder::build() {
  find_base();
  drop_unusable();
  find_dependencies();
  fill();
  check();
  tell_unresolved();
  warn_of_places();
}

// The sample has one place only; the others of the axes are told with it, once.
void SpaceBuilder::warn_of_places() {
  if (const auto& definitions = lookups_.definitions(); definitions.size() > 1) {
    constexpr std::size_t shown = 3;
    const std::vector<std::string> some(
        definitions.begin(),
        std::next(definitions.begin(), static_cast<std::ptrdiff_t>(std::min(shown, definitions.size()))));
    space_.warnings_.push_back(
        {.code = "mixed-definitions",
         .message = "the carbon intensities are of " + std::to_string(definitions.size()) +
                    " definitions: " + diag::listed(some, "; ") + (definitions.size() > shown ? "; …" : ""),
         .help = "without --year, --boundary, --basis and --source all are brought to one",
         .severity = diag::Severity::warning});
  }
  const auto& all = lookups_.of_places();
  if (all.empty()) return;
  std::erase_if(space_.warnings_, is_of_place);
  diag::Diagnostic out = all.begin()->second;
  constexpr std::size_t most_names = 12;
  std::size_t left = all.size() - 1;
  std::string others;
  for (auto more = std::next(all.begin()); more != all.end() && all.size() - 1 - left < most_names;
       ++more, --left)
    others += (others.empty() ? "; likewise: " : ", ") + more->first;
  if (left > 0) others += " and " + std::to_string(left) + " more";
  out.message += others;
  space_.warnings_.push_back(std::move(out));
}

// What changes along an axis from a point on: these slots depend on it.
void SpaceBuilder::vary(const Indices& from, std::size_t axis, const std::vector<std::size_t>& values) {
  const auto reference = lookups_.at(from);
  if (reference.apart) return;
  Indices point = from;
  for (const std::size_t i : values) {
    point[axis] = i;
    const auto here = lookups_.at(point);
    if (here.apart) continue;
    const bool usable_here = usable(here);
    if (usable_here != usable(reference) || (!usable_here && here.words != reference.words))
      depends_[valid].insert(axis);
    if (!usable_here || !usable(reference)) continue;
    for (std::size_t s = 0; s < looked_up_count; ++s) {
      if (!tells(here, s) || !tells(reference, s)) continue;
      if (!same_bits(here.numbers[s], reference.numbers[s]) ||
          (s < slot_count && here.spreads[s] != reference.spreads[s]))
        depends_[s].insert(axis);
    }
  }
}

// Anew where it turned out on the way that what resolves does not follow.
void SpaceBuilder::find_dependencies() {
  bool follows = false;
  do {
    follows = lookups_.follows(valid);
    depends_.fill({});
    search_dependencies();
  } while (follows != lookups_.follows(valid));
}

void SpaceBuilder::search_dependencies() {
  const std::size_t n = space_.axes_.size();
  declare_prices();
  for (std::size_t a = 0; a < n; ++a) {
    vary(base_, a, probes(a));
    for (const Indices& from : other_) vary(from, a, samples(a));
  }
  for (std::size_t a = 0; a < n; ++a) {
    for (const std::size_t i : marks(a)) {
      const auto from = home(a, i);
      for (std::size_t b = 0; from && b < n; ++b) {
        if (meet(a, b)) vary(*from, b, marks(b));
      }
    }
  }
  for (const Indices& corner : corners(base_)) {
    for (std::size_t a = 0; a < n; ++a) {
      auto values = marks(a);
      const std::size_t size = values.size();
      for (std::size_t k = 0; size > corner_names && k < corner_names; ++k)
        values[k] = values[k * (size - 1) / (corner_names - 1)];
      if (size > corner_names) values.resize(corner_names);
      vary(corner, a, values);
    }
  }
  for (const Indices& point : lookups_.failing()) {
    for (std::size_t a = 0; a < n; ++a) vary(point, a, marks(a));
  }
}

// An axis that only sets its own slot needs no lookups.
bool SpaceBuilder::direct(std::size_t s, std::size_t a) {
  if (!space_.axes_[a].numeric() || s == valid) return false;
  Indices point = base_;
  for (const std::size_t i : probes(a)) {
    point[a] = i;
    const auto values = lookups_.at(point);
    // where the base's other values forbid this one, what it sets is known from elsewhere
    const bool spread = s < slot_count && values.spreads[s] != 0;
    if (usable(values) && tells(values, s) &&
        (spread || !same_bits(values.numbers[s], space_.axes_[a].numbers[i])))
      return false;
  }
  return true;
}

void SpaceBuilder::go_to(Indices& point, const SlotTable& table, std::uint64_t entry) const {
  for (std::size_t k = 0; k < table.axes.size(); ++k)
    point[table.axes[k]] =
        static_cast<std::size_t>(entry / table.strides[k] % space_.axes_[table.axes[k]].size());
}

void SpaceBuilder::arrange(SlotTable& table, const std::set<std::size_t>& axes) const {
  table.axes.assign(axes.begin(), axes.end());
  table.strides.assign(axes.size(), 1);
  for (std::size_t k = axes.size(); k-- > 1;)
    table.strides[k - 1] = table.strides[k] * space_.axes_[table.axes[k]].size();
}

void SpaceBuilder::shape(SlotTable& table, const std::set<std::size_t>& axes) {
  double all = 1;
  for (const std::size_t a : axes) all *= static_cast<double>(space_.axes_[a].size());
  if (all > static_cast<double>(axis_limit * 4)) too_many(axes, all);
  arrange(table, axes);
  const auto count = static_cast<std::size_t>(all);
  table.values.assign(count, absent);
  table.spreads.assign(space_.options_.spreads ? count : 0, 0);
}

void SpaceBuilder::too_many(const std::set<std::size_t>& axes, double count) {
  const std::string names = diag::listed(axes, ", ", [&](std::size_t a) { return space_.axes_[a].name; });
  const std::string size = quantity::significant(count);
  const std::string what = axes.size() == 1
                               ? "axis " + names + ": " + size + " values, too many"
                               : "axes " + names + " together: " + size + " combinations, too many";
  throw diag::UsageError(
      {.code = "too-many-lookups",
       .message =
           "one input depends on the " + what + " to look up (at most " + std::to_string(lookup_limit) + ")",
       .where = space_.axes_[*axes.begin()].given.where,
       .help = "give the utilisation and the power (--mfu, --power), or use fewer values on these axes"});
}

// The table of what is looked up. Where it follows whether a run resolves, this one says where all else but
// offers and the number of devices allow it.
SlotTable& SpaceBuilder::table(std::size_t s) {
  Forecasts& forecasts = *lookups_.forecasts();
  if (s > slot_count) return forecasts.tables[s - slot_count - 1];
  return s == valid && lookups_.follows(valid) ? forecasts.resolves : space_.tables_[s];
}

// Whether it has to be looked up.
bool SpaceBuilder::needed(std::size_t s) const {
  if (s == valid) return true;
  if (s < slot_count) return !lookups_.follows(s);
  if (s == place_of(Ground::offered)) return false;  // known without
  if (s >= place_of(Ground::other)) return lookups_.follows(following_slots[s - place_of(Ground::other)]);
  if (s == place_of(Ground::fewest) || s == place_of(Ground::most))
    return lookups_.follows(valid) && space_.options_.must_fit;
  return std::any_of(following_slots.begin(), following_slots.begin() + predicted_count,
                     [&](std::size_t slot) { return lookups_.follows(slot); });
}

void SpaceBuilder::fill() {
  std::map<std::set<std::size_t>, std::vector<std::size_t>> groups;
  for (std::size_t s = 0; s < looked_up_count; ++s) {
    if (!needed(s)) continue;
    const auto& axes = depends_[s];
    if (axes.size() == 1 && direct(s, *axes.begin())) {
      shape(table(s), axes);
      table(s).values = space_.axes_[*axes.begin()].numbers;
      table(s).spreads.clear();
    } else {
      groups[axes].push_back(s);
    }
  }
  fill_offers();
  fill(depends_[valid], groups[depends_[valid]]);  // first: it says where the others can be asked for
  groups.erase(depends_[valid]);
  for (const auto& [axes, slots] : groups) {
    // what a forecast rests on is asked for where there is one
    const auto of_forecast = std::ranges::partition_point(slots, [](std::size_t s) { return s <= valid; });
    fill(axes, {slots.begin(), of_forecast});
    const Indices base = base_;
    if (const auto where = somewhere_with_forecast()) base_ = *where;
    fill(axes, {of_forecast, slots.end()});
    base_ = base;
  }
  follow();
}

std::optional<Indices> SpaceBuilder::somewhere_with_forecast() {
  const auto has = [&](const Indices& point) {
    const auto values = lookups_.at(point);
    return values.known && !std::isnan(values.numbers[place_of(Ground::device)]);
  };
  if (has(base_)) return base_;
  if (forecast_base_) return forecast_base_;
  for (const Indices& point : other_) {
    if (has(point)) return forecast_base_ = point;
  }
  for (std::size_t a = 0; a < space_.axes_.size(); ++a) {
    for (const std::size_t i : samples(a)) {
      Indices point = base_;
      point[a] = i;
      if (has(point)) return forecast_base_ = point;
    }
  }
  return std::nullopt;
}

// Where the device can be had in the region, without a lookup.
void SpaceBuilder::fill_offers() {
  SlotTable& offers = table(place_of(Ground::offered));
  std::set<std::size_t> axes;
  for (const run::Input input : {run::Input::hardware, run::Input::region}) {
    if (const auto axis = axis_of(input); axis && space_.options_.offered) axes.insert(*axis);
  }
  shape(offers, axes);
  Indices point = base_;
  for (std::uint64_t entry = 0; entry < offers.values.size(); ++entry) {
    go_to(point, offers, entry);
    if (lookups_.obtainable(point)) offers.values[entry] = 0;
  }
}

// The tables of slots that depend on the same axes. Every entry is asked for at a point that resolves: at the
// base where that does, else where the table of what resolves has one.
void SpaceBuilder::fill(const std::set<std::size_t>& axes, const std::vector<std::size_t>& slots) {
  if (slots.empty()) return;
  for (const std::size_t s : slots) shape(this->table(s), axes);
  const SlotTable& table = this->table(slots.front());
  const std::size_t count = table.values.size();
  if (count > lookup_limit) too_many(axes, static_cast<double>(count));
  const bool first = std::ranges::find(slots, valid) != slots.end();
  const SlotTable& resolving = this->table(valid);
  const SlotTable& offers = this->table(place_of(Ground::offered));
  std::vector<std::uint64_t> places;  // per entry on the axes shared with that table: one that resolves
  std::vector<std::size_t> shared;
  std::set_intersection(axes.begin(), axes.end(), resolving.axes.begin(), resolving.axes.end(),
                        std::back_inserter(shared));
  const auto place = [&](const Indices& point) {
    std::size_t out = 0;
    for (const std::size_t a : shared) out = out * space_.axes_[a].size() + point[a];
    return out;
  };
  constexpr std::uint64_t nowhere = ~std::uint64_t{0};
  if (!first) {
    std::size_t size = 1;
    for (const std::size_t a : shared) size *= space_.axes_[a].size();
    places.assign(size, nowhere);
    Indices point = base_;
    for (std::uint64_t e = resolving.values.size(); e-- > 0;) {
      if (std::isnan(resolving.values[e])) continue;
      go_to(point, resolving, e);
      places[place(point)] = e;
    }
  }
  for (std::uint64_t entry = 0; entry < count; ++entry) {
    Indices point = base_;
    go_to(point, table, entry);
    if (!first && std::isnan(resolving.values[resolving.entry(point)])) {
      const std::uint64_t somewhere = places[place(point)];
      if (somewhere == nowhere) continue;
      go_to(point, resolving, somewhere);
      go_to(point, table, entry);
    }
    if (!first && !lookups_.obtainable(point)) {  // a partner that makes an offer, where it decides nothing
      for (const std::size_t a : offers.axes) {
        if (axes.contains(a)) continue;
        for (point[a] = 0; point[a] + 1 < space_.axes_[a].size() && !lookups_.obtainable(point);) ++point[a];
      }
    }
    auto values = lookups_.at(same_price(point, slots));
    if (!usable(values)) values = lookups_.at(point);
    if (!usable(values)) continue;
    for (const std::size_t s : slots) {
      this->table(s).values[entry] = values.numbers[s];
      if (s < slot_count && space_.options_.spreads) this->table(s).spreads[entry] = values.spreads[s];
    }
  }
}

bool SpaceBuilder::agrees(const Indices& point) {
  const auto expected = lookups_.at(point);
  const auto tabled = space_.inputs(point);
  if (expected.resolves != tabled.has_value()) return false;
  for (std::size_t s = 0; tabled && s < slot_count; ++s) {
    const auto v = run::slot_value(*tabled, static_cast<run::Slot>(s));
    const double wanted = expected.numbers[s];
    if (v.has_value() == std::isnan(wanted) || (v && !same_bits(*v, wanted))) return false;
    if (space_.spread(s, point) != expected.spreads[s]) return false;
  }
  return true;
}

// A random point where the tables are wrong; every value that was looked at by itself comes up once.
std::optional<Indices> SpaceBuilder::disagreement() {
  for (std::size_t i = 0; i < checked_points; ++i) {
    const Indices point = random_point();
    if (!agrees(point)) return point;
  }
  std::size_t checked = 0;
  for (std::size_t a = 0; a < space_.axes_.size(); ++a) {
    for (const std::size_t i : marks(a)) {
      if (checked++ == checked_values) return std::nullopt;
      Indices point = random_point();
      point[a] = i;
      if (!agrees(point)) return point;
    }
  }
  return std::nullopt;
}

void SpaceBuilder::check() {
  if (space_.axes_.size() < 2) return;
  for (int lesson = 0; lesson < lessons; ++lesson) {
    const auto wrong = disagreement();
    if (!wrong) return;
    const bool follows = lookups_.follows(valid);
    for (std::size_t a = 0; a < space_.axes_.size(); ++a) vary(*wrong, a, marks(a));
    if (follows != lookups_.follows(valid)) find_dependencies();
    fill();
  }
  if (!disagreement()) return;
  lookups_.follow_nothing();
  find_dependencies();
  fill();
  if (!disagreement()) return;
  std::set<std::size_t> every;  // nothing is taken apart any more
  for (std::size_t a = 0; a < space_.axes_.size(); ++a) every.insert(a);
  depends_.fill(every);
  fill();
}

// Combinations that do not resolve although each of their values does somewhere: their rows stay, without
// results, and that is said.
void SpaceBuilder::tell_unresolved() {
  const SlotTable& table = space_.tables_[valid];
  Unresolved& out = space_.unresolved_;
  out.axes = table.axes;
  out.of = 1;
  for (const std::size_t a : table.axes) out.of *= space_.axes_[a].size();
  Indices point = base_;
  std::uint64_t example = 0;
  if (space_.computed(valid)) {
    out.count = out.of - count_resolving();
    if (out.count == 0) return;
    for (go_to(point, table, 0); !std::isnan(lookups_.forecasts()->fits(space_.grounds(point)));)
      go_to(point, table, ++example);
  } else {
    out.count = static_cast<std::uint64_t>(
        std::ranges::count_if(table.values, [](double v) { return std::isnan(v); }));
    if (out.count == 0) return;
    const auto at = std::ranges::find_if(table.values, [](double v) { return std::isnan(v); });
    example = static_cast<std::uint64_t>(at - table.values.begin());
  }
  go_to(point, table, example);
  for (std::size_t k = 0; k < table.axes.size(); ++k)
    out.example += (k == 0 ? "" : ", ") + space_.axes_[table.axes[k]].shown(point[table.axes[k]]);
  out.example += ": " + lookups_.fault(point).message;
}

}  // namespace kwhatif::grid
