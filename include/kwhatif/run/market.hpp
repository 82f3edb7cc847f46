// market: who rents which device where, and what an hour of it costs, by the tables of offers and prices.
//
// A price belongs to provider, device and billing, and was read on a day for a region. Of the prices of one
// provider the user's own table comes first, then the host that is named, whole instances before devices
// alone, the newest day, the region itself. Does not live here: what a run takes of it (run/price.cpp), the
// search over offers (ask/offers).
#pragma once

#include <kwhatif/catalog/catalog.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::run {

enum class Billing : std::uint8_t { on_demand, spot, reserved };
/// "on-demand", as in the tables and on the command line.
std::string_view word_of(Billing billing);
/// None where it is none of the words.
std::optional<Billing> billing_named(std::string_view word);

/// What a provider asks for an hour of one device, its share of the host included.
struct DevicePrice {
  catalog::Row row;
  double each = 0;  ///< coherent
  std::optional<double> low = {}, high = {};
  /// Of the value that was read: its source, locator and standing.
  catalog::Origin origin = {};
};

/// What is wanted of a provider.
struct PriceQuestion {
  std::string_view device;
  std::string_view provider;
  Billing billing = Billing::on_demand;
  std::string_view region = {};  ///< id; empty: any
  std::string_view host = {};    ///< id of the instance that is named; empty: any
};

/// The row that answers; it may say that the provider does not sell the device so, then it has no price.
std::optional<catalog::Row> price_row(const catalog::Catalog& catalog, const PriceQuestion& question);
/// The price in a row, per device-hour; none where the row says that there is none.
std::optional<DevicePrice> price_in(const catalog::Row& row);
/// Both together.
std::optional<DevicePrice> price_of(const catalog::Catalog& catalog, const PriceQuestion& question);
/// One price per provider that has one, the least first. Prices of devices alone only where there is no
/// other.
std::vector<DevicePrice> prices_of(const catalog::Catalog& catalog, std::string_view device, Billing billing);
/// Whether anybody has a price of the device, whatever the billing.
bool has_price(const catalog::Catalog& catalog, std::string_view device);

/// The short name of the provider of a host, as regions have it: "aws"; empty where the tables do not say.
std::string provider_of_host(const catalog::Catalog& catalog, const catalog::Row& host);
/// How people call a provider: "AWS", "Google Cloud"; the short name where the tables have no other.
std::string provider_name(const catalog::Catalog& catalog, std::string_view provider);
/// Supercomputing centres, company sites and averages rent nothing by the hour.
bool rents_nothing(const catalog::Catalog& catalog, std::string_view provider);

enum class Offered : std::uint8_t {
  yes,
  no,         ///< the lists that were read name other regions, or other devices only
  not_told,   ///< the lists that were read do not speak of this region
  no_market,  ///< nothing is known of what is rented there
};
/// Whether a device can be had in a region, as far as the tables know.
Offered offered(const catalog::Catalog& catalog, const catalog::Row& device, const catalog::Row& region);

/// Where a device can be had instead.
struct NearestOffer {
  std::string provider;
  std::optional<catalog::Row> region;     ///< none where the provider does not say where
  std::optional<double> kilometres = {};  ///< from the region that was asked for
};
/// The nearest region of the same provider, else the same provider, else the nearest of another, else
/// another; none where nobody is known to offer it.
std::optional<NearestOffer> nearest_offer(const catalog::Catalog& catalog, const catalog::Row& device,
                                          const catalog::Row& region);
/// Years of the lists that were read of a provider, for sentences: "2025", "2025 and 2026"; empty: none.
std::string years_of_offers(const catalog::Catalog& catalog, std::string_view provider);

/// Not announced, never sold or withdrawn: what a search over all devices may take.
bool on_sale(const catalog::Row& device);

/// The device that stands for "gpu", "tpu" or "cpu" in a year, and why.
struct Representative {
  catalog::Row device;
  std::string why;
};
std::optional<Representative> representative(const catalog::Catalog& catalog, std::string_view kind,
                                             int year);

}  // namespace kwhatif::run
