// Money: the price of a device-hour by provider and billing, own devices, and whether the device is offered
// at all where the run is.
//
// Rule. A price given by the user; else own devices (--purchase); else the price in the user's own table of
// the host or device; else the provider's (of the region, or of the host that is named); where that provider
// has none, the median over all providers that have one, with their span. Places that rent nothing have no
// price. On demand where nothing else is asked for; what a provider does not sell on demand goes by its
// reserved price, and that is said.
#include "resolver.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Responsible;
using catalog::Row;

namespace {

constexpr std::array all_billings{Billing::on_demand, Billing::spot, Billing::reserved};

std::string shown(double each) { return quantity::human(each, quantity::dim::device_price); }

// "on-demand list price of AWS for aws:us-east-1, 2026-09-19"
std::string named(const catalog::Catalog& catalog, const DevicePrice& price) {
  const Row& row = price.row;
  const std::string_view billing = row.text("billing");
  std::string out = billing == "on-demand" ? "on-demand list price" : std::string{billing} + " price";
  if (!row.text("term").empty()) out += " (" + std::string{row.text("term")} + ')';
  out += " of " + provider_name(catalog, row.text("provider"));
  if (!row.text("region").empty()) out += " for " + std::string{row.text("region")};
  out += ", " + std::string{row.text("date")};
  if (!row.cell("price"))
    out += "; " + std::string{row.text("instance_price")} + " for one " +
           std::string{row.text(row.text("host").empty() ? "instance" : "host")} + " over its devices";
  if (row.text("covers") == "device") out += "; the device alone, its host is extra";
  return out;
}

SlotRecord record_of(const DevicePrice& price, std::string note) {
  SlotRecord out{.origin = price.origin, .half_step = 0, .low = price.low, .high = price.high};
  if (!price.row.text("note").empty()) note += "; " + std::string{price.row.text("note")};
  out.origin.note = std::move(note);
  return out;
}

// "on-demand 3.43 USD/device-h, reserved 2.21 USD/device-h"
std::string known_billings(const catalog::Catalog& catalog, PriceQuestion question) {
  std::string out;
  for (const Billing billing : all_billings) {
    question.billing = billing;
    const auto price = price_of(catalog, question);
    if (price) out += (out.empty() ? "" : ", ") + std::string{word_of(billing)} + ' ' + shown(price->each);
  }
  return out;
}

}  // namespace

std::optional<Billing> Resolver::asked_billing() {
  const auto& given = scenario_.get(Input::billing);
  if (!given) return std::nullopt;
  const auto billing = billing_named(given->text);
  if (!billing)
    fault("unknown-word", given->named + " cannot be '" + given->text.substr(0, 40) + "'", given->where,
          "one of: on-demand, spot, reserved");
  return billing;
}

// What owning needs beside the purchase price. The cost follows where the price of electricity is known, too.
void Resolver::own_devices() {
  if (scenario_.has(Input::billing))
    warn("no-effect", scenario_.get(Input::billing)->named + " has no effect on own devices",
         "leave out --purchase for a price per hour", scenario_.get(Input::billing)->where);
  if (!has(Slot::lifetime)) set_default(Slot::lifetime, "lifetime");
  if (!has(Slot::lifetime_use)) set_default(Slot::lifetime_use, "lifetime-use");
  if (!has(Slot::electricity_price))
    warn("no-price",
         "money is not computed: own devices cost their purchase price over their years of service and the "
         "electricity, whose price is unknown",
         "give --electricity-price");
}

// The user's own tables may have a price of the host or of the device. So have editions from before prices
// had a table of their own.
bool Resolver::own_price() {
  const bool old_edition = catalog_.size(catalog::Kind::price) == 0;
  const auto counts = [&](const std::optional<catalog::Cell>& cell) {
    return cell && (cell->users() || old_edition);
  };
  const auto devices = out_.host ? out_.host->number("devices") : std::nullopt;
  const bool of_host = devices && counts(out_.host->cell("price_on_demand"));
  if (!of_host && !out_.hardware) return false;
  const Row& row = of_host ? *out_.host : *out_.hardware;
  const auto take = [&](Slot slot, std::string_view key, const std::string& what) {
    const auto cell = row.cell(key);
    if (!counts(cell)) return;
    const double each = cell->value() / (of_host ? *devices : 1);
    if (slot == Slot::price_low && each >= value(Slot::price)) return;
    auto origin = cell->origin(Responsible::table);
    if (of_host)
      origin.note = std::string{cell->text()} + " for one " + std::string{row.id()} + " over its devices";
    else if (!cell->date().empty())
      origin.note += (origin.note.empty() ? "as of " : "; as of ") + std::string{cell->date()};
    origin.note = what + (cell->users() ? " in your table; " : "; ") + origin.note;
    set(slot, each, {.origin = std::move(origin), .half_step = 0});
  };
  take(Slot::price, "price_on_demand", "on-demand price");
  if (has(Slot::price)) take(Slot::price_low, "price_spot", "spot price");
  return has(Slot::price);
}

void Resolver::default_price() {
  const auto billing = asked_billing();
  if (has(Slot::purchase) && !has(Slot::price)) return own_devices();
  if (has(Slot::price) || has(Slot::price_low) || has(Slot::price_high)) {
    if (billing)
      warn("no-effect", scenario_.get(Input::billing)->named + " has no effect beside a price that is given",
           "leave one of them out", scenario_.get(Input::billing)->where);
    return;
  }
  if ((!billing || *billing == Billing::on_demand) && own_price()) return;
  std::string provider;
  if (out_.region)
    provider = std::string{out_.region->text("provider")};
  else if (out_.host)
    provider = provider_of_host(catalog_, *out_.host);
  if (out_.region && rents_nothing(catalog_, provider)) {
    no_price(std::string{out_.region->id()} + " rents no devices by the hour",
             "give --price, or for own devices --purchase and --electricity-price");
    return;
  }
  if (!out_.region && out_.host && rents_nothing(catalog_, out_.host->text("provider"))) {
    no_price(std::string{out_.host->id()} + " is a node of " + std::string{out_.host->text("provider")} +
                 ", which rents no devices by the hour",
             "give --price, or for own devices --purchase and --electricity-price");
    return;
  }
  if (!out_.hardware) {
    if (billing)
      warn("no-effect",
           scenario_.get(Input::billing)->named + " has no effect without a device of the tables",
           "name one with --hardware", scenario_.get(Input::billing)->where);
    return;
  }
  if (!provider.empty() && price_of_provider(provider, billing)) return;
  price_over_providers(provider, billing.value_or(Billing::on_demand));
}

// Money that stays unknown, and why. Tables over many runs ask for numbers alone.
void Resolver::no_price(const std::string& why, const std::string& help) {
  if (!options_.unneeded && estimate(out_.inputs).device_time)
    warn("no-price", "money is not computed: " + why, help);
}

// True where nothing is left to look for: a price was found, or the billing that was asked for is not sold.
bool Resolver::price_of_provider(const std::string& provider, std::optional<Billing> billing) {
  PriceQuestion question{.device = out_.hardware->id(),
                         .provider = provider,
                         .billing = billing.value_or(Billing::on_demand),
                         .region = out_.region ? out_.region->id() : std::string_view{},
                         .host = out_.host ? out_.host->id() : std::string_view{}};
  const auto row = price_row(catalog_, question);
  auto price = row ? price_in(*row) : std::nullopt;
  std::string why;
  if (!price && !billing && row) {  // told not to be sold on demand
    question.billing = Billing::reserved;
    price = price_of(catalog_, question);
    why = "not sold on demand" +
          std::string{row->text("sold") == "by-contract" ? " without a contract" : ""} + ": ";
  }
  if (!price) {
    const std::string known = known_billings(catalog_, question);
    const std::string seller = provider_name(catalog_, provider);
    if (!billing) {
      if (!known.empty())
        choose("price", "of other providers",
               {.responsible = Responsible::fallback,
                .source = std::string{row ? row->source() : ""},
                .at = std::string{row ? row->at() : ""},
                .note = seller + " has no on-demand price of " + std::string{question.device} + "; it has " +
                        known + ": --billing takes it",
                .text = {}});
      return false;
    }
    if (known.empty()) return false;
    no_price(seller + " has no " + std::string{word_of(*billing)} + " price of " +
                 std::string{question.device} + " in the tables",
             "there is " + known + ": choose with --billing, or give --price");
    return true;
  }
  set(Slot::price, price->each, record_of(*price, why + named(catalog_, *price)));
  if (billing) return true;
  question.billing = Billing::spot;
  const auto spot = price_of(catalog_, question);
  if (spot && spot->each < price->each)
    set(Slot::price_low, spot->each, record_of(*spot, named(catalog_, *spot)));
  return true;
}

// The median of what providers ask, with the least and the most of them.
void Resolver::price_over_providers(const std::string& provider, Billing billing) {
  const std::string device{out_.hardware->id()};
  const auto prices = prices_of(catalog_, device, billing);
  const std::string seller = provider.empty() ? "" : provider_name(catalog_, provider);
  const std::string none = seller.empty() ? "" : "no price of " + seller + " is known: ";
  if (prices.empty()) {
    if (scenario_.has(Input::billing))
      no_price("no " + std::string{word_of(billing)} + " price of " + device + " is in the tables",
               "leave out --billing, or give --price");
    else
      no_price("no provider in the tables has a price of " + device,
               "give --price, or --purchase for own devices");
    return;
  }
  if (prices.size() == 1) {
    const DevicePrice& only = prices.front();
    SlotRecord record = record_of(only, none + named(catalog_, only) + ", the only one known");
    record.origin.responsible = Responsible::fallback;
    set(Slot::price, only.each, std::move(record));
    if (scenario_.has(Input::billing)) return;
    const auto spot = price_of(
        catalog_, {.device = device, .provider = only.row.text("provider"), .billing = Billing::spot});
    if (spot && spot->each < only.each)
      set(Slot::price_low, spot->each, record_of(*spot, named(catalog_, *spot)));
    return;
  }
  const std::size_t n = prices.size();
  const DevicePrice& middle = prices[(n - 1) / 2];
  const double median = (middle.each + prices[n / 2].each) / 2;
  std::set<std::string> dates;
  for (const DevicePrice& price : prices) dates.emplace(price.row.text("date"));
  const auto of = [&](const DevicePrice& price) {
    return shown(price.each) + " (" + provider_name(catalog_, price.row.text("provider")) + ')';
  };
  const std::string span =
      std::to_string(n) + " providers, " + of(prices.front()) + " to " + of(prices.back());
  SlotRecord record{.origin = middle.origin, .half_step = 0};
  record.origin.standing = catalog::Standing::derived;
  record.origin.responsible = Responsible::fallback;
  record.origin.note = none + "median of " + std::string{word_of(billing)} + " prices of " + span +
                       ", read " + *dates.begin() + (dates.size() > 1 ? " to " + *dates.rbegin() : "") +
                       "; --region takes its provider's";
  record.low = prices.front().each;
  record.high = prices.back().each;
  set(Slot::price, median, std::move(record));
  const auto end = [&](Slot slot, const DevicePrice& price, const char* what) {
    SlotRecord out = record_of(
        price, std::string{what} + " of " + std::to_string(n) + " providers: " + named(catalog_, price));
    out.low = out.high = std::nullopt;
    set(slot, price.each, std::move(out));
  };
  end(Slot::price_low, prices.front(), "the least");
  end(Slot::price_high, prices.back(), "the most");
}

// A device where nobody is known to offer it: the run is computed, and the nearest offer named.
void Resolver::warn_of_offers() {
  if (options_.unneeded || !out_.hardware) return;
  const Row& device = *out_.hardware;
  const std::string id{device.id()};
  if (const auto cell = device.cell("availability"); cell && !on_sale(device)) {
    const std::string_view word = cell->text();
    std::string date{cell->date()};
    warn("not-sold",
         id +
             (word == "announced"   ? " is announced, not sold yet"
              : word == "withdrawn" ? " is not sold any more"
                                    : " was announced, but never sold") +
             (date.empty() ? "" : ", as of " + date),
         std::string{cell->note()});
  }
  const auto& given = scenario_.get(Input::region);
  if (!out_.region || !given || out_.region->id().find(":average") != std::string_view::npos) return;
  const Row& region = *out_.region;
  const std::string provider{region.text("provider")};
  const std::string seller = provider_name(catalog_, provider);
  const std::string owner = out_.host ? provider_of_host(catalog_, *out_.host) : std::string{};
  if (!owner.empty() && owner != provider && !rents_nothing(catalog_, provider)) {
    warn("not-offered",
         std::string{out_.host->id()} + " is an instance of " + provider_name(catalog_, owner) + ", not of " +
             seller,
         "name the device, or a region of " + provider_name(catalog_, owner), given->where);
    return;
  }
  const Offered found = offered(catalog_, device, region);
  if (found == Offered::yes || found == Offered::no_market) return;
  if (found == Offered::not_told && device.text("kind") == "cpu") return;
  const std::string years = years_of_offers(catalog_, provider);
  std::string message =
      id + " is not known to be offered in " + std::string{region.id()} + ": the lists of " + seller +
      " that were read" + (years.empty() ? "" : " (" + years + ")") +
      (found == Offered::not_told ? " do not speak of this region" : " do not have it there");
  const auto near = nearest_offer(catalog_, device, region);
  std::string help;
  if (!near)
    help = "no offer of it is known anywhere";
  else if (near->region)
    help = "the nearest offer: --region " + std::string{near->region->id()} +
           (near->kilometres ? " (" + quantity::significant(*near->kilometres, 2) + " km away)" : "");
  else
    help = provider_name(catalog_, near->provider) + " offers it; where, its list does not say";
  warn("not-offered", message, help, given->where);
}

}  // namespace kwhatif::run
