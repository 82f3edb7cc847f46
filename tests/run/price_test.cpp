// Prices of device-hours: what price sheets print, whose price a run takes, and what is said where there is
// none. published_prices.csv is the collected list of price sheets that data/prices/2026-09.toml was written
// from.
#include "support/catch.hpp"
#include "support/root.hpp"
#include "support/runs.hpp"
#include <kwhatif/document/csv.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/market.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace kwhatif {
namespace {

using run::Billing;
using run::Input;
using run::Slot;
using test::Flags;
using Texts = std::map<std::string, std::string>;

constexpr double hour = 3600;
const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

run::ResolvedRun resolved(Flags more) {
  Flags flags{{Input::device_hours, "1000 device-h"}, {Input::power, "400 W"}, {Input::pue, "1.2"}};
  flags.insert(flags.end(), more.begin(), more.end());
  return run::resolve(test::scenario_of(flags), tables());
}

// USD per device-hour; 0 where it is unknown.
double price(const run::ResolvedRun& run) {
  return run.inputs.price() ? run.inputs.price()->coherent() * hour : 0;
}

const diag::Diagnostic* find(const std::vector<diag::Diagnostic>& all, std::string_view code) {
  const auto at = std::ranges::find(all, code, &diag::Diagnostic::code);
  return at == all.end() ? nullptr : &*at;
}

std::string fault_of(const Flags& flags) {
  try {
    resolved(flags);
  } catch (const diag::Error& error) {
    return error.diagnostics().front().code;
  }
  return {};
}

std::vector<Texts> published() {
  std::ifstream file(testing::repository_root() + "/tests/run/published_prices.csv");
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  document::CsvReader reader(all, ',');
  document::CsvRecord record;
  REQUIRE(reader.next(record));
  const auto head = record.fields;
  std::vector<Texts> out;
  while (reader.next(record)) {
    Texts& row = out.emplace_back();
    for (std::size_t i = 0; i < head.size(); ++i) row[head[i]] = record.fields.at(i);
  }
  return out;
}

// "p5.48xlarge" of "P5.48XLARGE": names are alike where their letters and digits are.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// What the list calls an instance, as hosts of the tables have it.
std::string host_of(const std::string& instance) {
  if (instance == "8x B200" || instance == "8x H100") return "lambda" + folded(instance);
  std::string out = folded(instance);
  if (const auto at = out.find("nd96"); at == 0) {  // ND96amsr_A100_v4 and ND96asr_A100_v4
    if (out == "nd96asra100v4") return "nd96asrv4";
  }
  return out;
}

// The row of the tables that a line of the list became.
std::optional<run::DevicePrice> tabled(const Texts& line, std::string_view billing) {
  for (const catalog::Row& row : tables().rows(catalog::Kind::price)) {
    if (row.text("hardware") != line.at("hardware_id") || row.text("provider") != line.at("provider") ||
        row.text("billing") != billing || row.file().find("2026-09") == std::string_view::npos)
      continue;
    const bool host = !row.text("host").empty();
    const std::string name = folded(row.text(host ? "host" : "instance"));
    if (name == (host ? host_of(line.at("instance")) : folded(line.at("instance"))))
      return run::price_in(row);
  }
  return std::nullopt;
}

TEST_CASE("the prices of the tables are those of the price sheets, each per device-hour") {
  int checked = 0;
  int lines = 0;
  for (const Texts& line : published()) {
    ++lines;
    CAPTURE(line.at("provider"), line.at("instance"), line.at("hardware_id"));
    const std::vector<std::pair<std::string, std::string>> columns{{"usd_per_gpu_h_on_demand", "on-demand"},
                                                                   {"usd_per_gpu_h_spot", "spot"}};
    for (const auto& [column, billing] : columns) {
      const auto printed =
          quantity::parse(line.at(column), {.dimension = quantity::dim::one, .bare_number = true});
      if (!printed.ok) continue;
      const auto found = tabled(line, billing);
      REQUIRE(found);
      CHECK(found->each * hour == Approx(printed.value.coherent).margin(printed.value.half_step * 1.0001));
      ++checked;
    }
  }
  CHECK(lines == 78);
  CHECK(checked == 74 + 33);
}

TEST_CASE("a run in a region costs what its provider asks there") {
  const std::vector<std::tuple<std::string, std::string, double>> cases{
      {"b200-sxm", "aws:us-west-2", 113.9328 / 8},
      {"b200-sxm", "coreweave:LAS1", 68.8 / 8},
      {"b200-sxm", "oci:eu-stockholm-1", 14.0},
      {"b200-sxm", "lambda:us-west-1", 53.52 / 8},
      {"h100-sxm5", "aws:us-east-1", 6.88},
      {"h100-sxm5", "gcp:us-central1", 88.49 / 8},
      {"h100-sxm5", "azure:eastus", 12.29},
      {"h100-sxm5", "oci:eu-stockholm-1", 10},
      {"h100-sxm5", "coreweave:LGA1", 49.24 / 8},
      {"h100-sxm5", "lambda:us-west-1", 31.92 / 8},
      {"h200-sxm", "aws:us-west-2", 63.296 / 8},
      {"h200-sxm", "azure:eastus2", 10.6},
      {"h200-sxm", "azure:swedencentral", 14.336},
      {"mi300x", "azure:swedencentral", 8.4},
      {"mi300x", "azure:westus3", 6.0},
      {"l4", "gcp:us-central1", 4.001665 / 4},
      {"a100-sxm4-40gb", "azure:eastus", 31.613 / 8},
      {"tpu-v6e", "gcp:us-east5", 21.6 / 8}};
  for (const auto& [device, region, usd] : cases) {
    CAPTURE(device, region);
    CHECK(price(resolved({{Input::hardware, device}, {Input::region, region}})) == Approx(usd).epsilon(1e-9));
  }
}

TEST_CASE("an instance that is named costs what its provider asks for it") {
  CHECK(price(resolved({{Input::hardware, "p5.48xlarge"}, {Input::chips, "8"}})) == Approx(6.88));
  CHECK(price(resolved({{Input::hardware, "a3-megagpu-8g"}, {Input::chips, "8"}})) == Approx(93.400713 / 8));
  CHECK(price(resolved({{Input::hardware, "a2-ultragpu-8g"}, {Input::chips, "8"}})) == Approx(40.550383 / 8));
  CHECK(price(resolved({{Input::hardware, "nd96asr-v4"}, {Input::chips, "8"}})) == Approx(31.613 / 8));
  CHECK(price(resolved({{Input::hardware, "p4d.24xlarge"}, {Input::billing, "spot"}})) == Approx(2.083));
}

// H200 on demand: 3.39 3.99 4.29 4.50 4.59 6.305 7.912 10.00 10.60 10.601 at ten providers.
TEST_CASE("without a place the price is the median over providers, with their span") {
  const auto run = resolved({{Input::hardware, "h200-sxm"}, {Input::grid, "SWE"}});
  CHECK(price(run) == Approx((4.59 + 6.305) / 2).margin(1e-3));
  CHECK(run.inputs.price_low()->coherent() * hour == Approx(3.39));
  CHECK(run.inputs.price_high()->coherent() * hour == Approx(84.806908 / 8));
  const auto& note = run.record(Slot::price).origin.note;
  CHECK(note.find("10 providers, 3.39 USD/device-h (Verda) to 10.6 USD/device-h (Google Cloud)") !=
        std::string::npos);
  CHECK(note.find("2026-09-19") != std::string::npos);
  // a provider without a price of the device: the same, and that it has none
  const auto ovh = resolved({{Input::hardware, "h200-sxm"}, {Input::region, "ovh:ca-toronto"}});
  CHECK(price(ovh) == price(run));
  CHECK(ovh.record(Slot::price).origin.note.starts_with("no price of ovh is known"));
}

TEST_CASE("a place that rents nothing has no price, and says so") {
  for (const char* region : {"hpc:lumi", "meta:lulea"}) {
    CAPTURE(region);
    const auto run = resolved({{Input::hardware, "h100-sxm5"}, {Input::region, region}});
    CHECK_FALSE(run::estimate(run.inputs).cost);
    const auto* const warning = find(run.warnings, "no-price");
    REQUIRE(warning != nullptr);
    CHECK(warning->message.find("rents no devices by the hour") != std::string::npos);
  }
}

TEST_CASE("a node of a supercomputing centre has no price either") {
  int nodes = 0;
  for (const catalog::Row& host : tables().rows(catalog::Kind::host)) {
    if (!run::rents_nothing(tables(), host.text("provider")) || host.text("hardware").empty()) continue;
    CAPTURE(host.id());
    const auto run = resolved({{Input::hardware, std::string{host.id()}}, {Input::chips, "8"}});
    CHECK_FALSE(run::estimate(run.inputs).cost);
    CHECK(find(run.warnings, "no-price") != nullptr);
    ++nodes;
  }
  CHECK(nodes >= 1);
}

TEST_CASE("billing takes the spot and the reserved price, and names what there is where there is none") {
  const Flags h100{{Input::hardware, "h100-sxm5"}, {Input::region, "aws:us-east-1"}};
  const auto with = [](Flags flags, const std::string& billing) {
    flags.emplace_back(Input::billing, billing);
    return resolved(flags);
  };
  CHECK(price(with(h100, "on-demand")) == Approx(6.88));
  CHECK(price(with(h100, "spot")) == Approx(2.598));
  CHECK(price(with(h100, "reserved")) == Approx(5.191));
  CHECK_FALSE(with(h100, "spot").inputs.price_low());
  CHECK(resolved(h100).inputs.price_low()->coherent() * hour == Approx(2.598));
  const auto none = with({{Input::hardware, "h100-sxm5"}, {Input::region, "lambda:us-west-1"}}, "spot");
  CHECK_FALSE(none.inputs.price());
  REQUIRE(find(none.warnings, "no-price") != nullptr);
  CHECK(find(none.warnings, "no-price")->help.find("on-demand 3.99 USD/device-h") != std::string::npos);
  // what is not sold on demand goes by its reserved price, and that is said
  const auto b200 = resolved({{Input::hardware, "b200-sxm"}, {Input::region, "gcp:us-central1"}});
  CHECK(price(b200) == Approx(11.116));
  CHECK(b200.record(Slot::price).origin.note.starts_with("not sold on demand: reserved price (1 year)"));
  CHECK(price(with({{Input::hardware, "gb200"}, {Input::region, "aws:us-east-1"}}, "reserved")) ==
        Approx(761.904 / 72));
  // without a place: over providers; spot prices of H100 are 0.8015 to 6.62
  const auto anywhere = with({{Input::hardware, "h100-sxm5"}}, "spot");
  CHECK(anywhere.inputs.price_low()->coherent() * hour == Approx(0.8015));
  CHECK(anywhere.inputs.price_high()->coherent() * hour == Approx(6.62));
  CHECK(find(with({{Input::hardware, "h100-sxm5"}, {Input::price, "2 USD/h"}}, "spot").warnings,
             "no-effect") != nullptr);
  CHECK(fault_of({{Input::hardware, "h100-sxm5"}, {Input::billing, "monthly"}}) == "unknown-word");
}

TEST_CASE("money in another currency is refused with the reason and the way on") {
  for (const char* text : {"2 EUR/h", "2EUR/h", "€2/h", "2 €/h", "2 GBP/h", "£2/h"}) {
    CAPTURE(text);
    CHECK(fault_of({{Input::hardware, "h100-sxm5"}, {Input::price, text}}) == "other-currency");
  }
  CHECK(fault_of({{Input::electricity_price, "0.12 EUR/kWh"}}) == "other-currency");
  CHECK(fault_of({{Input::price, "2 Euler/h"}}) == "unknown-unit");
}

TEST_CASE("own devices cost their purchase price over their reserved life, and electricity") {
  const Flags own{
      {Input::hardware, "h100-sxm5"}, {Input::region, "aws:us-east-1"}, {Input::purchase, "35000 USD"}};
  const auto half = resolved(own);
  CHECK_FALSE(run::estimate(half.inputs).cost);
  CHECK_FALSE(half.inputs.price());
  CHECK_FALSE(half.inputs.price_low());
  REQUIRE(find(half.warnings, "no-price") != nullptr);
  CHECK(find(half.warnings, "no-price")->help.find("--electricity-price") != std::string::npos);
  auto whole = own;
  whole.emplace_back(Input::electricity_price, "0.12 USD/kWh");
  // 4 years of 365 days, 85 % reserved; 1000 h at 400 W and PUE 1.2
  const double depreciation = 1000 * 35000 / (4 * 365 * 24 * 0.85);
  const double electricity = 1000 * 0.4 * 1.2 * 0.12;
  CHECK(run::estimate(resolved(whole).inputs).cost->coherent() == Approx(depreciation + electricity));
  whole.emplace_back(Input::lifetime, "5 years");
  whole.emplace_back(Input::lifetime_use, "50 %");
  CHECK(run::estimate(resolved(whole).inputs).cost->coherent() ==
        Approx(1000 * 35000 / (5 * 365 * 24 * 0.5) + electricity));
}

TEST_CASE("a device that is not offered where the run is gets a warning with the nearest offer") {
  const auto warning = [](const Flags& flags) {
    const auto all = resolved(flags).warnings;
    const auto* const found = find(all, "not-offered");
    return found == nullptr ? std::string{} : found->message + " | " + found->help;
  };
  CHECK(warning({{Input::hardware, "h100-sxm5"}, {Input::region, "aws:us-east-1"}}).empty());
  CHECK(warning({{Input::hardware, "h100-sxm5"}, {Input::grid, "FRA"}}).empty());
  CHECK(warning({{Input::hardware, "h100-sxm5"}, {Input::region, "hpc:lumi"}}).empty());
  CHECK(warning({{Input::hardware, "xeon-8488c"}, {Input::region, "gcp:us-central1"}}).empty());
  CHECK(warning({{Input::hardware, "h100-sxm5"}, {Input::region, "coreweave:LAS1"}}).empty());
  // a price of 2023 outlives the offer
  CHECK_FALSE(warning({{Input::hardware, "k80"}, {Input::region, "aws:us-east-1"}}).empty());
  // London lies nearer to Paris than any other region of AWS with H100
  const std::string paris = warning({{Input::hardware, "h100-sxm5"}, {Input::region, "aws:eu-west-3"}});
  CHECK(paris.find("--region aws:eu-west-2 (34") != std::string::npos);
  // no TPU at AWS: the nearest of Google's
  CHECK(warning({{Input::hardware, "tpu-v6e"}, {Input::region, "aws:us-east-1"}})
            .find("--region gcp:us-east") != std::string::npos);
  // an instance of another provider
  CHECK(warning({{Input::hardware, "p5.48xlarge"}, {Input::region, "gcp:us-central1"}})
            .find("instance of AWS") != std::string::npos);
  CHECK(find(resolved({{Input::hardware, "b100"}}).warnings, "not-sold") != nullptr);
  CHECK(find(resolved({{Input::hardware, "b200-sxm"}}).warnings, "not-sold") == nullptr);
}

TEST_CASE("prices of the user's own tables win over those of the built-in ones") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "kwhatif_own_prices";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const std::string head = "[defaults]\nsource = \"patterson-2021\"\nat = \"mine\"\nstatus = \"assumed\"\n";
  std::ofstream(folder / "prices.toml")
      << "schema = \"price/1\"\n" + head +
             "[[price]]\nid = \"h100-sxm5/aws/contract/on-demand/2024\"\nhardware = \"h100-sxm5\"\n"
             "provider = \"aws\"\nbilling = \"on-demand\"\nprice = \"1.5 USD/h\"\ndate = \"2024\"\n"
             // an id of the user's own form
             "[[price]]\nid = \"contract-7\"\nhardware = \"mi350x\"\nprovider = \"aws\"\n"
             "billing = \"on-demand\"\nprice = \"2 USD/h\"\ndate = \"2026-10\"\n";
  std::ofstream(folder / "hardware.toml")
      << "schema = \"hardware/1\"\n" + head +
             "[[hardware]]\nid = \"abacus-9\"\nname = \"Abacus 9\"\nkind = \"other\"\n"
             "price_on_demand = \"0.25 USD/h\"\n";
  const auto own = catalog::Catalog::overlay(folder.string());
  const auto price_at = [&](const std::string& device, const std::string& region) {
    return price(run::resolve(test::scenario_of({{Input::device_hours, "1000 device-h"},
                                                 {Input::power, "400 W"},
                                                 {Input::hardware, device},
                                                 {Input::region, region}}),
                              own));
  };
  CHECK(price_at("h100-sxm5", "aws:us-east-1") == Approx(1.5));  // older than the list, but the user's
  CHECK(price_at("h100-sxm5", "azure:eastus") == Approx(12.29));
  CHECK(price_at("mi350x", "aws:us-west-2") == Approx(2));
  CHECK(price_at("abacus-9", "aws:us-east-1") == Approx(0.25));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace kwhatif
