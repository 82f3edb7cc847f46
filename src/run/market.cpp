// Offers of devices, and the names of who makes them.
#include "named_rows.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Row;

namespace {

std::string_view default_text(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(Kind::fallback, id);
  return row ? row->text("value") : std::string_view{};
}

template <class Take>
void each_offer(const catalog::Catalog& catalog, std::string_view provider, Take take) {
  each_named(catalog, Kind::offer, "provider", provider, take);
}

bool sells(const catalog::Catalog& catalog, std::string_view device, std::string_view provider) {
  for (const Billing billing : {Billing::on_demand, Billing::spot, Billing::reserved}) {
    if (price_of(catalog, {.device = device, .provider = provider, .billing = billing})) return true;
  }
  return false;
}

// Great circle; none where a place has no coordinates.
std::optional<double> kilometres(const Row& a, const Row& b) {
  const auto lat_a = a.number("latitude");
  const auto lon_a = a.number("longitude");
  const auto lat_b = b.number("latitude");
  const auto lon_b = b.number("longitude");
  if (!lat_a || !lon_a || !lat_b || !lon_b) return std::nullopt;
  constexpr double radius = 6371;
  constexpr double degree = std::numbers::pi / 180;
  const double half_lat = std::sin((*lat_b - *lat_a) * degree / 2);
  const double half_lon = std::sin((*lon_b - *lon_a) * degree / 2);
  const double h =
      half_lat * half_lat + std::cos(*lat_a * degree) * std::cos(*lat_b * degree) * half_lon * half_lon;
  return 2 * radius * std::asin(std::sqrt(std::min(1.0, h)));
}

}  // namespace

std::string provider_name(const catalog::Catalog& catalog, std::string_view provider) {
  for (const std::string_view pair : diag::parts(default_text(catalog, "provider-names"), ',')) {
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == provider) return std::string{pair.substr(equals + 1)};
  }
  return std::string{provider};
}

std::string provider_of_host(const catalog::Catalog& catalog, const Row& host) {
  for (const std::string_view pair : diag::parts(default_text(catalog, "provider-names"), ',')) {
    const auto equals = pair.find('=');
    if (pair.substr(equals + 1) == host.text("provider")) return std::string{pair.substr(0, equals)};
  }
  return {};
}

bool rents_nothing(const catalog::Catalog& catalog, std::string_view provider) {
  const auto names = diag::parts(default_text(catalog, "rents-nothing"), ' ');
  return std::ranges::find(names, provider) != names.end();
}

Offered offered(const catalog::Catalog& catalog, const Row& device, const Row& region) {
  const std::string_view provider = region.text("provider");
  if (rents_nothing(catalog, provider)) return Offered::no_market;
  bool lists = false;    // something of the provider is known
  bool covered = false;  // and the lists name the region
  bool somewhere = false;
  bool here = false;
  each_offer(catalog, provider, [&](const Row& offer) {
    lists = true;
    const bool same = offer.text("hardware") == device.id();
    const auto regions = offer.cells("regions");
    const bool named =
        std::ranges::any_of(regions, [&](const auto& cell) { return cell.text() == region.id(); });
    covered = covered || named || regions.empty();
    somewhere = somewhere || same;
    here = here || (same && (named || regions.empty()));
  });
  if (here) return Offered::yes;
  if (somewhere) return covered ? Offered::no : Offered::not_told;
  // no list of offers speaks of CPUs, so a price tells; of others an old price outlives the offer
  const bool cpu = device.text("kind") == "cpu";
  if ((cpu || !lists) && sells(catalog, device.id(), provider)) return Offered::yes;
  if (!lists) return Offered::no_market;
  return cpu ? Offered::not_told : Offered::no;
}

std::optional<NearestOffer> nearest_offer(const catalog::Catalog& catalog, const Row& device,
                                          const Row& region) {
  const std::string_view provider = region.text("provider");
  std::optional<NearestOffer> best;
  const auto rank = [&](const NearestOffer& offer) {
    const bool other = offer.provider != provider;
    return std::tuple{other, !offer.region, offer.kilometres.value_or(1e9)};
  };
  const auto consider = [&](NearestOffer offer) {
    if (!best || rank(offer) < rank(*best)) best = std::move(offer);
  };
  for (const Row& offer : catalog.rows(Kind::offer)) {
    if (offer.text("hardware") != device.id()) continue;
    const std::string owner{offer.text("provider")};
    const auto regions = offer.cells("regions");
    for (const auto& cell : regions) {
      const auto place = catalog.find(Kind::region, cell.text());
      if (place && place->id() != region.id())
        consider({.provider = owner, .region = place, .kilometres = kilometres(region, *place)});
    }
    if (regions.empty()) consider({.provider = owner, .region = {}});
  }
  if (best) return best;
  for (const Billing billing : {Billing::on_demand, Billing::reserved, Billing::spot}) {
    for (const DevicePrice& price : prices_of(catalog, device.id(), billing))
      consider({.provider = std::string{price.row.text("provider")}, .region = {}});
  }
  return best;
}

std::string years_of_offers(const catalog::Catalog& catalog, std::string_view provider) {
  std::set<std::string> years;
  each_offer(catalog, provider, [&](const Row& offer) { years.emplace(offer.text("year")); });
  if (years.size() < 2) return diag::listed(years);
  return *years.begin() + " to " + *years.rbegin();
}

bool on_sale(const Row& device) {
  const std::string_view availability = device.text("availability");
  return availability.empty() || availability == "sold";
}

std::optional<Representative> representative(const catalog::Catalog& catalog, std::string_view kind,
                                             int year) {
  const auto row = catalog.find(Kind::fallback, "representative-" + std::string{kind});
  if (!row) return std::nullopt;
  for (const auto& cell : row->cells("value")) {
    const auto from = quantity::whole_number(cell.date());
    if (!from || *from > year) continue;
    if (const auto device = catalog.find(Kind::hardware, cell.text()))
      return Representative{.device = *device, .why = std::string{cell.note()}};
  }
  return std::nullopt;
}

}  // namespace kwhatif::run
