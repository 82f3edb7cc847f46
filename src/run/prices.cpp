// Prices of devices: which row of several is taken.
#include "named_rows.hpp"
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Row;

namespace {

constexpr std::array billings{std::pair{Billing::on_demand, std::string_view{"on-demand"}},
                              std::pair{Billing::spot, std::string_view{"spot"}},
                              std::pair{Billing::reserved, std::string_view{"reserved"}}};

template <class Take>
void each_price(const catalog::Catalog& catalog, std::string_view device, Take take) {
  each_named(catalog, Kind::price, "hardware", device, take);
}

// A list may name the region, name none, or name another one.
int distance_of(const Row& row, std::string_view region) {
  const std::string_view own = row.text("region");
  if (own.empty()) return 1;
  return own == region ? 0 : 2;
}

bool better(const Row& a, const Row& b, const PriceQuestion& question) {
  const bool host_named = !question.host.empty();
  const auto key = [&](const Row& row) {
    return std::tuple{!row.laid_over(), host_named && row.text("host") != question.host,
                      row.text("covers") == "device"};
  };
  const auto place = [&](const Row& row) {
    return std::tuple{distance_of(row, question.region), row.line()};
  };
  if (key(a) != key(b)) return key(a) < key(b);
  if (a.text("date") != b.text("date")) return a.text("date") > b.text("date");
  return place(a) < place(b);
}

}  // namespace

std::string_view word_of(Billing billing) {
  return std::ranges::find(billings, billing, &std::pair<Billing, std::string_view>::first)->second;
}

std::optional<Billing> billing_named(std::string_view word) {
  const auto* const found = std::ranges::find(billings, word, &std::pair<Billing, std::string_view>::second);
  return found == billings.end() ? std::nullopt : std::optional{found->first};
}

std::optional<Row> price_row(const catalog::Catalog& catalog, const PriceQuestion& question) {
  std::optional<Row> best;
  each_price(catalog, question.device, [&](const Row& row) {
    if (row.text("provider") != question.provider || row.text("billing") != word_of(question.billing)) return;
    if (!best || better(row, *best, question)) best = row;
  });
  return best;
}

std::optional<DevicePrice> price_in(const Row& row) {
  const auto own = row.cell("price");
  const auto whole = row.cell("instance_price");
  if (!own && !whole) return std::nullopt;
  const auto& cell = own ? *own : *whole;
  const double devices = own ? 1 : row.number("devices").value_or(1);
  DevicePrice out{.row = row, .each = cell.value() / devices, .origin = cell.origin()};
  if (cell.has_spread()) {
    out.low = cell.low() / devices;
    out.high = cell.high() / devices;
  }
  return out;
}

std::optional<DevicePrice> price_of(const catalog::Catalog& catalog, const PriceQuestion& question) {
  const auto row = price_row(catalog, question);
  return row ? price_in(*row) : std::nullopt;
}

std::vector<DevicePrice> prices_of(const catalog::Catalog& catalog, std::string_view device,
                                   Billing billing) {
  std::map<std::string, Row, std::less<>> best;
  each_price(catalog, device, [&](const Row& row) {
    if (row.text("billing") != word_of(billing)) return;
    const auto [found, fresh] = best.try_emplace(std::string{row.text("provider")}, row);
    const PriceQuestion any{.device = device, .provider = found->first, .billing = billing};
    if (!fresh && better(row, found->second, any)) found->second = row;
  });
  std::vector<DevicePrice> out;
  for (const auto& [provider, row] : best) {
    if (auto price = price_in(row)) out.push_back(std::move(*price));
  }
  const auto alone = [](const DevicePrice& price) { return price.row.text("covers") == "device"; };
  if (!std::ranges::all_of(out, alone)) std::erase_if(out, alone);
  std::ranges::stable_sort(out, {}, &DevicePrice::each);
  return out;
}

bool has_price(const catalog::Catalog& catalog, std::string_view device) {
  bool found = false;
  each_price(catalog, device,
             [&](const Row& row) { found = found || row.cell("price") || row.cell("instance_price"); });
  return found;
}

}  // namespace kwhatif::run
