// Slots that follow from what predictions rest on: as tables where these are small, else computed at each
// point.
#include "space_builder.hpp"
#include <kwhatif/uncertain/threads.hpp>

#include <algorithm>

namespace kwhatif::grid {

using run::slot_count;

void SpaceBuilder::follow() {
  Forecasts& forecasts = *lookups_.forecasts();
  space_.forecasts_ = lookups_.forecasts();
  space_.computed_ = 0;
  forecasts.following = 0;
  for (const std::size_t s : following_slots) {
    if (lookups_.follows(s)) forecasts.following |= std::uint64_t{1} << s;
  }
  std::set<std::size_t> axes;
  const auto add = [](std::set<std::size_t>& to, const SlotTable& from) {
    to.insert(from.axes.begin(), from.axes.end());
  };
  std::vector<std::size_t> slots;
  for (std::size_t k = 0; k < predicted_count; ++k) {
    if (lookups_.follows(following_slots[k])) slots.push_back(following_slots[k]);
  }
  if (!slots.empty()) {
    for (std::size_t g = 0; g < forecast_grounds; ++g) add(axes, forecasts.tables[g]);
    for (std::size_t k = 0; k < predicted_count; ++k) add(axes, forecasts.tables[index(Ground::other) + k]);
    for (const run::Slot s : {run::Slot::peak, run::Slot::tdp})
      add(axes, space_.tables_[static_cast<std::size_t>(s)]);
    follow(slots, axes);
  }
  if (!lookups_.follows(valid)) return;
  axes.clear();
  for (const Ground g : {Ground::fewest, Ground::most, Ground::offered})
    add(axes, forecasts.tables[index(g)]);
  add(axes, forecasts.resolves);
  if (space_.options_.must_fit) add(axes, space_.tables_[static_cast<std::size_t>(run::Slot::devices)]);
  follow({valid}, axes);
}

// Combinations that resolve, on the axes that decide it: those of the number of devices by their order, those
// of offers by their number.
std::uint64_t SpaceBuilder::count_resolving() const {
  const Forecasts& forecasts = *lookups_.forecasts();
  const SlotTable& devices = space_.tables_[static_cast<std::size_t>(run::Slot::devices)];
  const SlotTable& offers = forecasts.tables[index(Ground::offered)];
  std::set<std::size_t> outer(forecasts.resolves.axes.begin(), forecasts.resolves.axes.end());
  for (const Ground g : {Ground::fewest, Ground::most}) {
    const auto& axes = forecasts.tables[index(g)].axes;
    outer.insert(axes.begin(), axes.end());
  }
  // calls take() for every combination of values on these axes
  Indices point = base_;
  const auto each = [&](const std::vector<std::size_t>& axes, const auto& take) {
    for (const std::size_t a : axes) point[a] = 0;
    while (true) {
      take();
      std::size_t k = axes.size();
      while (k-- > 0) {
        if (++point[axes[k]] < space_.axes_[axes[k]].size()) break;
        point[axes[k]] = 0;
      }
      if (k == static_cast<std::size_t>(-1)) return;
    }
  };
  const auto without = [&](const SlotTable& table) {
    std::vector<std::size_t> out;
    for (const std::size_t a : table.axes) {
      if (!outer.contains(a)) out.push_back(a);
    }
    return out;
  };
  const bool counts = space_.options_.must_fit;
  const std::vector<std::size_t> of_devices = counts ? without(devices) : std::vector<std::size_t>{};
  // where both have an axis that is not outer, it is
  for (const std::size_t a : of_devices) {
    if (std::ranges::find(offers.axes, a) != offers.axes.end()) outer.insert(a);
  }
  const auto of_numbers = counts ? without(devices) : std::vector<std::size_t>{};
  const auto of_offers = without(offers);
  const bool alike = of_numbers.size() == devices.axes.size();  // the same numbers everywhere
  std::vector<double> numbers;
  std::uint64_t out = 0;
  each({outer.begin(), outer.end()}, [&] {
    Grounds grounds = space_.grounds(point);
    if (grounds.resolves != 0) return;
    std::uint64_t offered = 0;
    each(of_offers, [&] { offered += offers.values[offers.entry(point)] == 0 ? 1U : 0U; });
    if (offered == 0) return;
    if (!counts) {
      out += offered;
      return;
    }
    if (numbers.empty() || !alike) {
      numbers.clear();
      each(of_numbers, [&] { numbers.push_back(devices.values[devices.entry(point)]); });
      std::ranges::sort(numbers);
    }
    grounds.of[index(Ground::offered)] = 0;
    const auto allowed = [&](double n) {
      grounds.devices = n;
      return forecasts.fits(grounds) == 0;
    };
    // few devices do not fit, many are beyond scale: those that are allowed lie together
    const auto fit = std::ranges::partition_point(
        numbers, [&](double n) { return n < grounds.of[index(Ground::fewest)]; });
    const auto end = std::partition_point(fit, numbers.end(), allowed);
    out += offered * static_cast<std::uint64_t>(end - fit);
  });
  return out;
}

void SpaceBuilder::follow(const std::vector<std::size_t>& slots, const std::set<std::size_t>& axes) {
  double all = 1;
  for (const std::size_t a : axes) all *= static_cast<double>(space_.axes_[a].size());
  if (all > static_cast<double>(space_.options_.tabled)) {
    for (const std::size_t s : slots) {
      SlotTable& table = space_.tables_[s];
      arrange(table, axes);
      table.values.clear();
      table.spreads.clear();
      space_.computed_ |= std::uint64_t{1} << s;
    }
    return;
  }
  for (const std::size_t s : slots) shape(space_.tables_[s], axes);
  const SlotTable& first = space_.tables_[slots.front()];
  const std::uint64_t count = first.values.size();
  constexpr std::uint64_t worth_a_thread = 4096;
  const auto threads = static_cast<unsigned>(
      std::clamp<std::uint64_t>(count / worth_a_thread, 1, std::max(1U, space_.options_.threads)));
  uncertain::in_parallel(threads, [&](unsigned thread) {
    Forecasts::Hands hands(*lookups_.forecasts());
    Indices point = base_;
    for (std::uint64_t e = count * thread / threads; e < count * (thread + 1) / threads; ++e) {
      go_to(point, first, e);
      const auto& numbers = hands.at(space_.grounds(point));
      for (const std::size_t s : slots) space_.tables_[s].values[e] = numbers[*place_among_following(s)];
    }
  });
}

}  // namespace kwhatif::grid
