// Prices, offers and what stands for a kind: that the rows say what they must, and agree with each other.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace kwhatif;
using catalog::Catalog;
using catalog::Kind;
using catalog::Row;

namespace {

const Catalog& tables() { return Catalog::builtin(); }

bool is_date(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!digits(text.substr(0, 4)) || text.size() < 4) return false;
  for (std::size_t at = 4; at < text.size(); at += 3) {
    if (text[at] != '-' || text.size() < at + 3 || !digits(text.substr(at + 1, 2))) return false;
  }
  return text.size() <= 10;
}

}  // namespace

TEST_CASE("a price names its device, provider, billing and day, and is one price or the lack of one") {
  for (const Row& row : tables().rows(Kind::price)) {
    CAPTURE(row.id());
    const std::string device{row.text("hardware")};
    const std::string provider{row.text("provider")};
    CHECK(row.id().starts_with(device + '/' + provider + '/'));
    CHECK(row.id().ends_with('/' + std::string{row.text("billing")} + '/' + std::string{row.text("date")}));
    CHECK(is_date(row.text("date")));
    const bool priced = row.cell("price").has_value();
    const bool whole = row.cell("instance_price").has_value();
    CHECK(int{priced} + int{whole} + int{!row.text("sold").empty()} == 1);
    if (whole) CHECK(row.number("devices").value_or(0) >= 1);
    CHECK((row.text("host").empty() || row.text("instance").empty()));
    if (const auto host = tables().find(Kind::host, row.text("host"))) {
      CHECK(host->text("hardware") == device);
      CHECK(run::provider_of_host(tables(), *host) == provider);
      if (whole) CHECK(host->number("devices") == row.number("devices"));
    }
    if (const auto region = tables().find(Kind::region, row.text("region")))
      CHECK(region->text("provider") == provider);
    CHECK(run::provider_name(tables(), provider) != provider);  // people know it by a name
    CHECK_FALSE(run::rents_nothing(tables(), provider));
  }
}

TEST_CASE("spot and reserved prices lie below the list price of the same day") {
  for (const Row& row : tables().rows(Kind::price)) {
    if (row.text("billing") == "on-demand" || !run::price_in(row)) continue;
    CAPTURE(row.id());
    const std::string id{row.id()};
    const std::string billing = '/' + std::string{row.text("billing")} + '/';
    std::string list = id;
    list.replace(list.find(billing), billing.size(), "/on-demand/");
    const auto other = tables().find(Kind::price, list);
    if (!other || !run::price_in(*other)) continue;
    CHECK(run::price_in(row)->each < run::price_in(*other)->each);
  }
}

TEST_CASE("all lines of the collected price list are in the tables or accounted for") {
  std::set<std::string> lines;
  for (const Row& row : tables().rows(Kind::price)) {
    if (row.file().find("prices/2026-09") == std::string_view::npos) continue;
    lines.insert(std::string{row.text("hardware")} + '|' + std::string{row.text("provider")} + '|' +
                 std::string{row.text("host")} + std::string{row.text("instance")});
  }
  const auto import = tables().find(Kind::imported, "prices");
  REQUIRE(import);
  CHECK(lines.size() == static_cast<std::size_t>(*import->number("rows_out")));
}

TEST_CASE("no price of the built-in tables stands with a device or host") {
  for (const Kind kind : {Kind::hardware, Kind::host}) {
    for (const Row& row : tables().rows(kind)) {
      CAPTURE(row.id());
      CHECK_FALSE(row.cell("price_on_demand"));
      CHECK_FALSE(row.cell("price_spot"));
    }
  }
}

TEST_CASE("a device that is not on sale has neither an offer nor a price") {
  int unsold = 0;
  for (const Row& row : tables().rows(Kind::hardware)) {
    if (run::on_sale(row)) continue;
    ++unsold;
    CAPTURE(row.id());
    CHECK_FALSE(row.cell("availability")->date().empty());
    CHECK_FALSE(row.cell("availability")->source().empty());
    if (row.text("availability") == "withdrawn") continue;
    CHECK_FALSE(run::has_price(tables(), row.id()));
    for (const Row& offer : tables().rows(Kind::offer)) CHECK(offer.text("hardware") != row.id());
  }
  CHECK(unsold >= 1);
  CHECK_FALSE(run::on_sale(*tables().find(Kind::hardware, "b100")));
}

TEST_CASE("what stands for a kind is of that kind, on sale, for training, of its time, and can be computed") {
  for (const std::string kind : {"gpu", "tpu", "cpu"}) {
    const auto row = tables().find(Kind::fallback, "representative-" + kind);
    REQUIRE(row);
    int before = 10'000;
    for (const auto& cell : row->cells("value")) {
      CAPTURE(kind, cell.text());
      const auto device = tables().find(Kind::hardware, cell.text());
      REQUIRE(device);
      CHECK(device->text("kind") == kind);
      CHECK(run::on_sale(*device));
      CHECK(device->text("made_for") != "inference");
      const int year = quantity::whole_number(cell.date()).value_or(0);
      CHECK(year >= 2015);
      CHECK(year < before);  // newest first
      CHECK(device->number("year").value_or(9999) <= year);
      before = year;
      CHECK_FALSE(cell.note().empty());
      CHECK((device->cell("tdp") || device->cell("system_power") || device->cell("average_power")));
      CHECK(run::has_price(tables(), device->id()));
      // it stands for that year and those after it
      const auto stands = run::representative(tables(), kind, year);
      REQUIRE(stands);
      CHECK(stands->device.id() == device->id());
    }
    CHECK_FALSE(run::representative(tables(), kind, 2010));
  }
  CHECK_FALSE(run::representative(tables(), "other", 2026));
  CHECK(run::representative(tables(), "gpu", 2026)->device.id() == "h100-sxm5");
  CHECK(run::representative(tables(), "gpu", 2022)->device.id() == "a100-sxm4-80gb");
}

// The rule of the table: of the published runs since a GPU stands for its kind, no other GPU has more.
TEST_CASE("the GPU that stands for its kind has most of the published runs of its time") {
  const auto row = tables().find(Kind::fallback, "representative-gpu");
  REQUIRE(row);
  int until = 10'000;
  for (const auto& cell : row->cells("value")) {
    const int from = *quantity::whole_number(cell.date());
    std::map<std::string, int> runs;
    for (const Row& published : tables().rows(Kind::run)) {
      std::string device{published.text("facts.hardware")};
      if (device.empty()) device = published.text("inputs.hardware");
      const auto year = published.number("facts.year");
      const auto known = tables().find(Kind::hardware, device);
      if (year && *year >= from && *year < until && known && known->text("kind") == "gpu") ++runs[device];
    }
    CAPTURE(cell.text(), from, until);
    for (const auto& [device, count] : runs) {
      CAPTURE(device);
      CHECK(count <= runs[std::string{cell.text()}]);
    }
    until = from;
  }
}
