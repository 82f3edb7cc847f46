// Devices and places of a grid together: what is offered, and prices, which belong to both.
#include "space_builder.hpp"
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace kwhatif::grid {

using catalog::Kind;
using catalog::Row;
using run::Input;

namespace {

std::optional<Row> device_named(const catalog::Catalog& catalog, std::string_view name) {
  if (auto row = catalog.meant(Kind::hardware, name).row) return row;
  const auto host = catalog.meant(Kind::host, name).row;
  return host ? catalog.find(Kind::hardware, host->text("hardware")) : std::nullopt;
}

std::optional<std::size_t> axis_in(const std::vector<Axis>& axes, Input input) {
  const auto found = std::ranges::find(axes, input, &Axis::input);
  return found == axes.end() ? std::nullopt : std::optional{static_cast<std::size_t>(found - axes.begin())};
}

}  // namespace

void Lookups::look_up_offers() {
  const auto rows = [&](Input input, const auto& look_up) {
    std::vector<std::optional<Row>> out;
    if (const auto axis = axis_in(space_.axes_, input)) {
      for (std::size_t i = 0; i < space_.axes_[*axis].size(); ++i)
        out.push_back(look_up(space_.axes_[*axis].text(i)));
    } else if (const auto& given = space_.base_.get(input)) {
      out.push_back(look_up(given->text));
    }
    return out;
  };
  devices_ = rows(Input::hardware, [&](const std::string& name) { return device_named(catalog_, name); });
  places_ =
      rows(Input::region, [&](const std::string& name) { return catalog_.meant(Kind::region, name).row; });
  rented_ = std::ranges::any_of(*places_, [&](const auto& place) {
    return place && !run::years_of_offers(catalog_, place->text("provider")).empty();
  });
}

bool Lookups::obtainable(const Indices& point) {
  if (!space_.options_.offered) return true;
  if (!places_) look_up_offers();
  if (places_->empty() || devices_->empty()) return true;
  const auto device_axis = axis_in(space_.axes_, Input::hardware);
  const auto place_axis = axis_in(space_.axes_, Input::region);
  const std::size_t d = device_axis ? point[*device_axis] : 0;
  const std::size_t p = place_axis ? point[*place_axis] : 0;
  const bool chosen = (device_axis && space_.axes_[*device_axis].searched(d)) ||
                      (place_axis && space_.axes_[*place_axis].searched(p));
  const auto& device = (*devices_)[d];
  const auto& place = (*places_)[p];
  if (!chosen || !device || !place || device->users("kind") || place->users("provider")) return true;
  const run::Offered found = run::offered(catalog_, *device, *place);
  // among places that rent nothing, all is as it is
  return found == run::Offered::yes || (found == run::Offered::no_market && !rented_);
}

std::optional<std::size_t> SpaceBuilder::axis_of(Input input) const { return axis_in(space_.axes_, input); }

// The first pair that is offered, so that the search for a point that resolves begins at one.
void SpaceBuilder::start_at_an_offer() {
  if (lookups_.obtainable(base_)) return;
  for (const Input input : {Input::region, Input::hardware}) {
    const auto moved = axis_of(input);
    const auto other = axis_of(input == Input::region ? Input::hardware : Input::region);
    for (std::size_t i = 0; moved && i < (other ? space_.axes_[*other].size() : 1); ++i) {
      Indices from = base_;
      if (other) from[*other] = i;
      for (std::size_t j = 0; j < space_.axes_[*moved].size(); ++j) {
        from[*moved] = j;
        if (!lookups_.obtainable(from) || !lookups_.resolves(from)) continue;
        base_ = from;
        return;
      }
    }
  }
}

// The same value of one axis with a partner that makes an offer.
std::optional<Indices> SpaceBuilder::at_an_offer(const Indices& from, std::size_t axis) {
  const Input input = space_.axes_[axis].input;
  if (!space_.options_.offered || (input != Input::hardware && input != Input::region)) return std::nullopt;
  const auto partner = axis_of(input == Input::hardware ? Input::region : Input::hardware);
  for (std::size_t i = 0; partner && i < space_.axes_[*partner].size(); ++i) {
    Indices point = from;
    point[*partner] = i;
    if (lookups_.obtainable(point) && lookups_.resolves(point)) return point;
  }
  return std::nullopt;
}

// A price belongs to device, place and billing together, and so does an offer: that is known, not searched.
void SpaceBuilder::declare_prices() {
  std::set<std::size_t> together;
  for (const Input input : {Input::hardware, Input::region, Input::billing}) {
    if (const auto axis = axis_of(input)) together.insert(*axis);
  }
  if (together.size() < 2) return;
  const auto varies = [&](Input input) { return axis_of(input) || space_.base_.has(input); };
  if (!varies(Input::price) && !varies(Input::purchase)) {
    for (const run::Slot slot : {run::Slot::price, run::Slot::price_low, run::Slot::price_high})
      depends_[static_cast<std::size_t>(slot)] = together;
  }
  if (!space_.options_.offered || lookups_.follows(valid)) return;
  for (const Input input : {Input::hardware, Input::region}) {
    if (const auto axis = axis_of(input)) depends_[valid].insert(*axis);
  }
}

std::size_t Lookups::first_priced_alike(std::size_t axis, std::size_t region) {
  if (priced_alike_.empty()) {
    std::set<std::string, std::less<>> read_there;  // regions that prices name
    for (const Row& price : catalog_.rows(Kind::price)) read_there.emplace(price.text("region"));
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < space_.axes_[axis].size(); ++i) {
      const auto row = catalog_.meant(Kind::region, space_.axes_[axis].text(i)).row;
      std::string prices = row ? std::string{row->text("provider")} : space_.axes_[axis].text(i);
      if (row && read_there.contains(row->id())) prices = row->id();
      priced_alike_.push_back(first.try_emplace(std::move(prices), i).first->second);
    }
  }
  return priced_alike_[region];
}

// A point with the same prices, where nothing but prices is asked for: they are looked up once per provider.
Indices SpaceBuilder::same_price(const Indices& point, const std::vector<std::size_t>& slots) {
  const auto region = axis_of(Input::region);
  const auto is_price = [](std::size_t s) {
    const auto slot = static_cast<run::Slot>(s);
    return s < run::slot_count &&
           (slot == run::Slot::price || slot == run::Slot::price_low || slot == run::Slot::price_high);
  };
  if (!region || !std::ranges::all_of(slots, is_price)) return point;
  Indices out = point;
  out[*region] = lookups_.first_priced_alike(*region, point[*region]);
  return out;
}

}  // namespace kwhatif::grid
