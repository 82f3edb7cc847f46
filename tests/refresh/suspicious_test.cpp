// What a downloaded file says that nobody can mean, or twice, or that `kwhatif check` would refuse: it is
// told, and the rest is written.
#include "refresh/support.hpp"

#include <algorithm>

namespace kwhatif::refresh {
namespace {

using catalog::Catalog;
using catalog::Kind;

const Hints today{.provider = {}, .year = {}, .accessed = "2026-12-14"};

struct Read {
  Reading reading;
  Diff diff;
};
Read read_and_compare(const Catalog& catalog, const std::string& file) {
  Reading reading = read(catalog, file, {}, today);
  Diff diff = compare(catalog, reading);
  return {std::move(reading), std::move(diff)};
}

// The lines below "Look at these".
std::string looked_at(const Read& of) {
  const std::string text = report(of.reading, of.diff, true);
  const auto from = text.find("Look at these");
  if (from == std::string::npos) return {};
  std::string out = text.substr(from, text.find("\n\n", from) - from);
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

const std::string owid_head = "Entity,Code,Year,Carbon intensity of electricity per kWh\n";

TEST_CASE("two rows of one year for a place: both are told, the later one stands") {
  const CopiedTables tables{"twice"};
  const Catalog catalog = Catalog::load(tables.data());
  const std::string file = tables.put(
      "owid.csv",
      owid_head + "Poland,POL,2026,650\nPoland,POL,2026,651\nSpain,ESP,2026,120\nSpain,ESP,2026,120\n");
  const Read of = read_and_compare(catalog, file);
  CHECK(looked_at(of) ==
        "Look at these: 2\n"
        "  Poland  650 gCO2e/kWh and 651 gCO2e/kWh\n"
        "      two rows of 2026 for carbon_intensity: the later one stands, corrections\n"
        "      are appended\n"
        "  Spain   120 gCO2e/kWh and 120 gCO2e/kWh\n"
        "      two rows of 2026 for carbon_intensity, alike");
  write_files(tables.data(), plan_files(catalog, tables.data(), of.reading, of.diff, today.accessed));
  const Catalog after = Catalog::load(tables.data());
  CHECK(after.size(Kind::grid_intensity) == catalog.size(Kind::grid_intensity) + 2);
  const auto rows = after.all(Kind::grid_intensity, "POL");
  const auto row = std::ranges::find_if(rows, [](const catalog::Row& r) { return r.number("year") == 2026; });
  REQUIRE(row != rows.end());
  CHECK(row->text("carbon_intensity") == "651 gCO2e/kWh");
}

TEST_CASE("two rows of one time do not make a year of hours") {
  const CopiedTables tables{"zone-twice"};
  const Catalog catalog = Catalog::load(tables.data());
  const std::string file =
      tables.put("FR_2025_yearly.csv",
                 "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO₂eq/kWh (direct),"
                 "Carbon intensity gCO₂eq/kWh (Life cycle)\n"
                 "2025-01-01 00:00:00,France,France,FR,20,30\n2025-01-01 00:00:00,France,France,FR,20,31\n");
  const Read of = read_and_compare(catalog, file);
  CHECK(of.reading.form == Form::electricity_maps_yearly);
  CHECK(of.reading.suspicious.size() == 2);  // the direct value is given twice as well
  CHECK(of.reading.suspicious.front().text == "30 and 31");
  CHECK(of.reading.batches.front().rows.front().figures.front().text == "31 gCO2e/kWh");
}

TEST_CASE("a year in the future is nothing new, and is not written") {
  const CopiedTables tables{"future"};
  const Catalog catalog = Catalog::load(tables.data());
  const Read of = read_and_compare(catalog, tables.put("owid.csv", owid_head + "Spain,ESP,2031,120\n"));
  const std::string text = report(of.reading, of.diff, true);
  CHECK(text.find("New:") == std::string::npos);
  CHECK(text.find("Nothing new.") != std::string::npos);
  CHECK(looked_at(of) ==
        "Look at these: 1\n"
        "  ESP  2031  120 gCO2e/kWh  2031 is in the future of 2026: not written");
  CHECK(plan_files(catalog, tables.data(), of.reading, of.diff, today.accessed).files.empty());
}

TEST_CASE("numbers that are no price, minus one, zero and nan, are told") {
  const CopiedTables tables{"no-price"};
  const Catalog catalog = Catalog::load(tables.data());
  SECTION("in a list of instances") {
    const Read of = read_and_compare(
        catalog, tables.put("aws/vms.csv",
                            "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,"
                            "SpotPrice,Region,AvailabilityZone\n"
                            "p5.48xlarge,H100,8.0,192.0,2048.0,,-1,0,us-east-1,use1-az1\n"
                            "p5.48xlarge,H100,8.0,192.0,2048.0,,-1,,us-east-1,use1-az2\n"
                            "p4d.24xlarge,A100,8.0,96.0,1152.0,,20,nan,us-east-1,use1-az2\n"));
    CHECK(looked_at(of) ==
          "Look at these: 3\n"
          "  aws p5.48xlarge   -1\n"
          "      in the place of a price in 'Price': not written (2 times)\n"
          "  aws p5.48xlarge   0    in the place of a price in 'SpotPrice': not written\n"
          "  aws p4d.24xlarge  nan  in the place of a price in 'SpotPrice': not written");
  }
  SECTION("in a price sheet") {
    const Read of = read_and_compare(
        catalog, tables.put("sheet.csv",
                            "provider,instance,hardware_id,gpus,usd_per_instance_h,usd_per_gpu_h_on_demand,"
                            "usd_per_gpu_h_spot,read_on\n"
                            "lambda,x1,h100-sxm5,8,nan,-1,0,2026-12-01\n"
                            "lambda,x2,h100-sxm5,8,-,(not sold on demand),,2026-12-01\n"
                            "lambda,x3,h100-sxm5,8,,3,,2031-12-01\n"));
    CHECK(of.reading.suspicious.size() == 3);
    CHECK(of.diff.values.size() == 1);
    CHECK(of.diff.values.front().left_out);
    CHECK(of.diff.values.front().doubt == "2031 is in the future of 2026: not written");
    const std::string infinite =
        tables.put("infinite.csv",
                   "provider,instance,hardware_id,gpus,usd_per_gpu_h_on_demand\nlambda,x,h100-sxm5,8,inf\n");
    CHECK(code_of([&] { read_and_compare(catalog, infinite); }) == "not-a-number");
  }
}

TEST_CASE("what check would refuse is not written, and the rest is") {
  const CopiedTables tables{"refused"};
  const Catalog catalog = Catalog::load(tables.data());
  const std::string file = tables.put("owid.csv", owid_head + "France,FRA,2026,390\nGermany,DEU,2026,330\n");
  Read of = read_and_compare(catalog, file);
  const auto plan = [&] { return plan_files(catalog, tables.data(), of.reading, of.diff, today.accessed); };
  CHECK(code_of([&] { write_files(tables.data(), plan()); }) == "implausible");  // never by itself
  CHECK(leave_out_refused(tables.data(), plan(), of.reading, of.diff));
  CHECK_FALSE(leave_out_refused(tables.data(), plan(), of.reading, of.diff));
  CHECK(of.diff.values.front().left_out);
  CHECK(of.diff.values.front().doubt ==
        "refused by check, not written: 390 g/kWh in 2026 is 7.32 times more than the median of the years "
        "around it, 53.3 g/kWh");
  write_files(tables.data(), plan());
  CHECK(Catalog::check(tables.data()).empty());
  const std::string account = text_of(tables.data() + "/imports-refresh-owid-ember-2026-12.toml");
  CHECK(account.find("rows_in  = 2\nrows_out = 1\n") != std::string::npos);
  CHECK(account.find("{ id = \"FRA 2026\", why = \"390 gCO2e/kWh, refused by check") != std::string::npos);
}

}  // namespace
}  // namespace kwhatif::refresh
