// Lists of what can be rented: the instances of a SkyPilot catalog, and price sheets.
#include "found.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::refresh {

using catalog::Catalog;
using catalog::Kind;
using catalog::Row;

namespace {

std::string instance_in_id(std::string_view name) {
  std::string out = lower(name);
  std::ranges::replace(out, ' ', '-');
  std::ranges::replace(out, '/', '-');
  return out;
}

struct Device {
  std::string hardware;  ///< empty: not known, see why
  std::string host;      ///< where a host of the tables has the instance's name
  std::string why;
};

// The folder that a catalog keeps a provider's list in.
std::string provider_in_path(const std::string& path) {
  const auto end = path.rfind('/');
  if (end == std::string::npos) return {};
  const auto begin = path.rfind('/', end - 1);
  return path.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1));
}

// The text of a key of the column GpuInfo, which is written like JSON, with quotes of either kind.
std::string_view info_of(std::string_view info, std::string_view key) {
  const auto at = info.find(key);
  if (at == std::string_view::npos) return {};
  constexpr std::string_view marks = "'\": ";
  const auto begin = info.find_first_not_of(marks, at + key.size());
  if (begin == std::string_view::npos) return {};
  return info.substr(begin, info.find_first_of("'\",}", begin) - begin);
}

// Memory of one device in GB, as devices are named by it. Some lists have GB in the column of MiB.
double memory_in(std::string_view info) {
  constexpr double mib_of_gb = 1024;
  double mib = 0;
  const std::string_view text = info_of(info, "SizeInMiB");
  std::from_chars(text.data(), text.data() + text.size(), mib);
  return mib < mib_of_gb ? mib : mib / mib_of_gb;
}

// All that a name may mean.
std::vector<std::string> candidates_of(const catalog::Lookup& found) {
  std::vector<std::string> out = found.also;
  if (found.row && std::ranges::find(out, found.row->id()) == out.end())
    out.insert(out.begin(), std::string{found.row->id()});
  return out;
}

// Of the devices that a short name may mean, the one with that memory: "A100" with 40 GB.
std::string by_memory(const Catalog& tables, const catalog::Lookup& found, double memory_gb) {
  constexpr double near = 0.12;  // 80 GB are printed as 79.6 to 81.9 GiB
  constexpr double giga = 1e9;
  std::vector<std::string> fitting;
  for (const std::string& id : candidates_of(found)) {
    const auto row = tables.find(Kind::hardware, id);
    const auto memory = row ? row->number("memory") : std::nullopt;
    if (memory && std::abs(*memory / giga / memory_gb - 1) < near) fitting.push_back(id);
  }
  return fitting.size() == 1 ? fitting.front() : std::string{};
}

// @param names  of the device, the most telling first
Device device_of(const Catalog& tables, std::string_view provider, std::string_view instance,
                 const std::vector<std::string_view>& names, double memory_gb) {
  if (const catalog::Lookup host = tables.meant(Kind::host, instance); host.row && host.also.empty()) {
    const std::string_view hardware = host.row->text("hardware");
    if (!hardware.empty() &&
        (host.row->text("provider").empty() || run::provider_of_host(tables, *host.row) == provider))
      return {std::string{hardware}, std::string{host.row->id()}, {}};
  }
  for (const Row& row : tables.rows(Kind::price)) {
    if (row.text("provider") == provider && row.text("instance") == instance)
      return {std::string{row.text("hardware")}, {}, {}};
  }
  std::string why = "no device of the tables has this name";
  for (const std::string_view name : names) {
    const catalog::Lookup found = tables.meant(Kind::hardware, name);
    if (!found.row && found.also.empty()) continue;
    if (found.also.empty()) return {std::string{found.row->id()}, {}, {}};
    if (memory_gb > 0) {
      if (const std::string one = by_memory(tables, found, memory_gb); !one.empty()) return {one, {}, {}};
    }
    why = "may be " + diag::listed(candidates_of(found));
  }
  return {{}, {}, why};
}

std::string money(double dollars) {
  constexpr int decimals = 6;
  std::string out = quantity::fixed(dollars, decimals);
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out;
}

constexpr std::string_view per_hour = "USD/h";

// A price above nothing. What else a cell says in the place of one is told: -1 and 0 are how lists say that
// there is none, and nobody rents for them.
std::optional<double> dollars_of(const Sheet& sheet, std::size_t row, std::optional<std::size_t> column,
                                 const std::string& place, Reading& out) {
  const std::string_view text = sheet.cell(row, column);
  const auto dollars = sheet.number(row, column);
  if (dollars && *dollars > 0) return dollars;
  const std::string word = lower(text);
  if (dollars || word == "nan" || word == "null")
    out.suspect(place, text, "in the place of a price in '" + sheet.head()[*column] + "': not written");
  return std::nullopt;
}

Found price(std::string_view hardware, std::string_view provider, const std::string& instance,
            const std::string& host, int devices, std::string_view billing, std::string_view date) {
  Found out;
  const std::string named = instance.empty() ? "" : '/' + instance_in_id(instance);
  out.id = std::string{hardware} + '/' + std::string{provider} + named + '/' + std::string{billing} + '/' +
           std::string{date};
  out.words = {{"hardware", std::string{hardware}},
               {"host", host},
               {"instance", host.empty() ? instance : std::string{}},
               {"devices", std::to_string(devices)},
               {"billing", std::string{billing}}};
  out.instance = instance;
  out.place = std::string{provider} + ' ' + (instance.empty() ? std::string{hardware} : instance) + ' ' +
              std::string{billing};
  return out;
}

void needs_day(const Hints& hints, const Sheet& sheet) {
  if (hints.accessed.empty())
    throw diag::UsageError({.code = "missing-date",
                            .message = "the prices of '" + sheet.name() + "' have no day",
                            .help = "say when the file was downloaded: --accessed 2027-03-14"});
}

struct Instance {
  Device device;
  std::string accelerator;
  int devices = 0;
  std::map<std::string, double> list;               ///< by region, on demand
  std::map<std::string, std::vector<double>> spot;  ///< by region, of its zones
};

// Where the price is read: the region of the tables' own row, else where it is lowest.
std::string region_of(const Catalog& tables, std::string_view provider, const std::string& name,
                      const Instance& instance) {
  std::string newest;
  std::string out;
  for (const Row& row : tables.rows(Kind::price)) {
    if (row.text("provider") != provider || row.text("region").empty()) continue;
    if (row.text("instance") != name &&
        (instance.device.host.empty() || row.text("host") != instance.device.host))
      continue;
    const std::string region{row.text("region").substr(row.text("region").find(':') + 1)};
    if (row.text("date") < newest || !instance.list.contains(region)) continue;
    newest = row.text("date");
    out = region;
  }
  if (!out.empty()) return out;
  double lowest = 0;
  for (const auto& [region, dollars] : instance.list) {
    if (out.empty() || dollars < lowest) {
      out = region;
      lowest = dollars;
    }
  }
  return out;
}

std::map<std::string, Instance> instances_of(const Catalog& tables, const Sheet& sheet,
                                             std::string_view provider, Reading& out) {
  const auto name = sheet.needed("instancetype");
  const auto accelerator = sheet.needed("acceleratorname");
  const auto count = sheet.needed("acceleratorcount");
  const auto list = sheet.needed("price");
  const auto region = sheet.needed("region");
  const auto spot = sheet.column("spotprice");
  const auto info = sheet.column("gpuinfo");
  std::map<std::string, Instance> found;
  std::size_t without = 0;
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    ++out.rows;
    const std::string_view device = sheet.cell(row, accelerator);
    const auto devices = sheet.number(row, count);
    const std::string instance{sheet.cell(row, name)};
    if (device.empty() || !devices || *devices < 1 || std::floor(*devices) != *devices || instance.empty()) {
      ++without;
      continue;
    }
    const auto [at, fresh] = found.try_emplace(instance);
    if (fresh) {
      at->second.device =
          device_of(tables, provider, instance, {info_of(sheet.cell(row, info), "Name"), device},
                    memory_in(sheet.cell(row, info)));
      at->second.accelerator = device;
      at->second.devices = static_cast<int>(*devices);
    }
    const std::string place{sheet.cell(row, region)};
    if (const auto dollars = dollars_of(sheet, row, list, joined(provider, ' ', instance), out)) {
      const auto [known, first] = at->second.list.try_emplace(place, *dollars);
      known->second = std::min(known->second, *dollars);
    }
    if (const auto dollars = dollars_of(sheet, row, spot, joined(provider, ' ', instance), out))
      at->second.spot[place].push_back(*dollars);
  }
  if (without > 0) out.remarks.push_back(counted(without, "row") + " without a whole accelerator left out");
  return found;
}

void add_prices(const Catalog& tables, std::string_view provider, const std::string& name,
                const Instance& instance, const Hints& hints, Batch& batch) {
  const std::string region = region_of(tables, provider, name, instance);
  if (region.empty()) return;
  const std::string place = joined(provider, ':', region);
  const bool known = tables.find(Kind::region, place).has_value();
  const auto add = [&](std::string_view billing, double dollars, const std::vector<double>& all) {
    Found row = price(instance.device.hardware, provider, name, instance.device.host, instance.devices,
                      billing, hints.accessed);
    row.words.emplace_back("region", known ? place : std::string{});
    Figure value = figure(Kind::price, "instance_price", money(dollars), per_hour);
    if (all.size() > 1 && all.front() != all.back()) {
      value.low = money(all.front()) + ' ' + std::string{per_hour};
      value.high = money(all.back()) + ' ' + std::string{per_hour};
    }
    row.figures = {std::move(value)};
    batch.rows.push_back(std::move(row));
  };
  add("on-demand", instance.list.at(region), {});
  const auto spot = instance.spot.find(region);
  if (spot == instance.spot.end()) return;
  std::vector<double> zones = spot->second;
  std::ranges::sort(zones);
  // One of the printed prices, in the middle of those of the region's zones.
  const double middle = zones[(zones.size() - 1) / 2];
  if (middle < instance.list.at(region)) add("spot", middle, zones);
}

}  // namespace

Reading read_skypilot(const Catalog& tables, const Sheet& sheet, const Hints& hints) {
  needs_day(hints, sheet);
  Reading out;
  out.form = Form::skypilot;
  const std::string provider = hints.provider.empty() ? provider_in_path(sheet.name()) : hints.provider;
  const auto regions = tables.rows(Kind::region);
  if (std::ranges::none_of(regions, [&](const Row& row) { return row.text("provider") == provider; }))
    throw diag::UsageError({.code = "unknown-provider",
                            .message = "'" + sheet.name() + "' does not say whose instances these are",
                            .help =
                                "the folder of the file is the provider (aws/vms.csv); say --provider aws "
                                "otherwise; it needs rows in data/regions"});
  // Their pages quote euros, and the catalog repeats the number.
  if (provider == "scaleway" || provider == "seeweb")
    throw diag::UsageError({.code = "not-in-dollars",
                            .message = "the list of " + provider + " is in euros",
                            .help = "the tables have US dollars only: rates of exchange change daily"});
  Batch prices;
  prices.kind = Kind::price;
  prices.series = &series("skypilot-catalog");
  prices.at = "catalogs, " + provider + "/" + file_name(sheet.name());
  prices.standing = "secondary";  // the provider's price in somebody's list
  prices.shared = {{"provider", provider}, {"date", hints.accessed}};
  Batch offers;
  offers.kind = Kind::offer;
  offers.series = prices.series;
  offers.at = prices.at + ", columns AcceleratorName and Region";
  offers.standing = "verified";
  offers.shared = {{"provider", provider}, {"year", hints.accessed.substr(0, 4)}};
  std::map<std::string, std::set<std::string>> places;  // by device
  std::set<std::string> unplaced;
  for (const auto& [name, instance] : instances_of(tables, sheet, provider, out)) {
    if (instance.device.hardware.empty()) {
      out.not_known(instance.accelerator + " (" + name + ")", instance.device.why);
      continue;
    }
    add_prices(tables, provider, name, instance, hints, prices);
    for (const auto& [region, dollars] : instance.list) {
      const std::string id = joined(provider, ':', region);
      if (tables.find(Kind::region, id))
        places[instance.device.hardware].insert(id);
      else
        unplaced.insert(id);
    }
  }
  for (const std::string& id : unplaced) out.not_known(id, "no region of the tables has this id");
  for (const auto& [hardware, regions_of] : places) {
    Found offer;
    offer.id = joined(provider, '/', hardware);
    offer.place = offer.id;
    offer.words = {{"hardware", hardware}, {"regions", diag::listed(regions_of)}};
    offers.rows.push_back(std::move(offer));
  }
  out.batches = {std::move(prices), std::move(offers)};
  return out;
}

Reading read_price_sheet(const Catalog& tables, const Sheet& sheet, const Hints& hints) {
  Reading out;
  out.form = Form::price_sheet;
  const auto provider = sheet.needed("provider");
  const auto instance = sheet.needed("instance");
  const auto hardware = sheet.needed("hardware*");
  const auto gpus = sheet.needed("gpus");
  const auto whole = sheet.column("usd per instance h");
  const auto each = sheet.needed("usd per gpu h on demand");
  const auto spot = sheet.column("usd per gpu h spot");
  const auto day = sheet.column("read on");
  // "(not sold on demand)" in the place of a price
  const auto dollars_in = [&](std::size_t row, std::optional<std::size_t> column) {
    const std::string_view of =
        sheet.cell(row, instance).empty() ? sheet.cell(row, hardware) : sheet.cell(row, instance);
    if (sheet.cell(row, column).starts_with('(')) return std::optional<double>{};
    return dollars_of(sheet, row, column, joined(sheet.cell(row, provider), ' ', of), out);
  };
  for (std::size_t row = 0; row < sheet.rows(); ++row) {
    ++out.rows;
    const std::string whose{sheet.cell(row, provider)};
    const std::string name{sheet.cell(row, instance)};
    const std::string_view text =
        sheet.cell(row, whole).empty() ? sheet.cell(row, each) : sheet.cell(row, whole);
    if (text.find("EUR") != std::string_view::npos) {
      out.not_known(joined(whose, ' ', name), "not in US dollars: the tables have no rates of exchange");
      continue;
    }
    const Device device = device_of(tables, whose, name, {sheet.cell(row, hardware)}, 0);
    const auto known = tables.find(Kind::hardware, sheet.cell(row, hardware));
    const std::string id = known ? std::string{known->id()} : device.hardware;
    if (id.empty()) {
      out.not_known(sheet.cell(row, hardware), device.why);
      continue;
    }
    std::string date{sheet.cell(row, day)};
    constexpr std::size_t year_digits = 4;
    if (date.find('-') == year_digits && date.size() == 2 * year_digits + 1)
      date.resize(year_digits);  // "2025-2026"
    if (date.empty()) {
      needs_day(hints, sheet);
      date = hints.accessed;
    }
    const int devices = static_cast<int>(sheet.number(row, gpus).value_or(1));
    auto batch = std::ranges::find_if(out.batches, [&](const Batch& b) {
      return b.shared.front().second == whose && b.shared.back().second == date;
    });
    if (batch == out.batches.end()) {
      Batch fresh;
      fresh.kind = Kind::price;
      fresh.series = &series("price-sheet");
      fresh.at = file_name(sheet.name()) + ", rows of " + whose;
      fresh.standing = "secondary";
      fresh.shared = {{"provider", whose}, {"date", date}};
      out.batches.push_back(std::move(fresh));
      batch = out.batches.end() - 1;
    }
    const auto add = [&](std::string_view billing, std::string_view key, double dollars) {
      Found found = price(id, whose, name, device.host, devices, billing, date);
      found.figures = {figure(Kind::price, key, money(dollars), per_hour)};
      if (billing == "reserved") found.words.emplace_back("term", "capacity block");
      batch->rows.push_back(std::move(found));
    };
    // "10.582 (capacity block)": bought ahead
    const bool ahead = sheet.cell(row, each).find("capacity block") != std::string_view::npos;
    const std::string_view billing = ahead ? "reserved" : "on-demand";
    if (const auto of_all = dollars_in(row, whole))
      add(billing, "instance_price", *of_all);
    else if (const auto of_one = dollars_in(row, each))
      add(billing, "price", *of_one);
    if (const auto of_one = dollars_in(row, spot)) add("spot", "price", *of_one);
  }
  return out;
}

}  // namespace kwhatif::refresh
