// Downloaded files against the tables: recognised by content, compared, written.
#include "refresh/support.hpp"

#include <algorithm>
#include <map>

namespace kwhatif::refresh {
namespace {

using catalog::Catalog;
using catalog::Kind;

const Hints today{.provider = {}, .year = {}, .accessed = "2026-12-14"};

Reading read_extract(const std::string& name) {
  return read(Catalog::builtin(), (tests_folder() / "extracts" / name).string(), {}, today);
}

struct Extract {
  std::string_view file;
  Form form;
  std::size_t values;
};
const std::vector<Extract> extracts{
    {"carbon-intensity-electricity.csv", Form::owid, 215},
    {"yearly_full_release_long_format.csv", Form::ember, 5},
    {"egrid2024_srl24.csv", Form::egrid, 27},
    {"electricity-maps-yearly-2022.csv", Form::electricity_maps_yearly, 4},
    {"electricity-maps-yearly-2024.csv", Form::electricity_maps_yearly, 6},
    {"Cloud_Region_Metadata.csv", Form::gsf, 328},
    {"2024.csv", Form::google, 82},
    {"uptime-pue.csv", Form::uptime, 11},
    {"skypilot/aws/vms.csv", Form::skypilot, 21},
    {"price-sheet.csv", Form::price_sheet, 108},
    {"training_results_v4.0/NVIDIA/results/l40s_n16_ngc24.04_nemo/llama2_70b_lora", Form::mlperf, 1},
};

TEST_CASE("every form is recognised by content, and an extract of today's values says nothing new") {
  for (const Extract& extract : extracts) {
    CAPTURE(extract.file);
    const Reading reading = read_extract(std::string{extract.file});
    CHECK(reading.form == extract.form);
    const Diff diff = compare(Catalog::builtin(), reading);
    CHECK(diff.values.size() == extract.values);
    CHECK(diff.count(Fate::same) == extract.values);
    const std::string text = report(reading, diff, true);
    INFO(text);
    CHECK(text.find("Nothing new.") != std::string::npos);
    CHECK(plan_files(Catalog::builtin(), testing::repository_root() + "/data", reading, diff, today.accessed)
              .files.empty());
  }
}

TEST_CASE("every form has an extract") {
  for (const FormRow& form : forms()) {
    if (form.form == Form::electricity_maps_hourly) continue;  // made by a test: a year has 8,760 lines
    CAPTURE(form.word);
    CHECK(std::ranges::count(extracts, form.form, &Extract::form) >= 1);
  }
}

const std::string owid_head = "Entity,Code,Year,Carbon intensity of electricity per kWh\n";
// A new year, a changed value, one that is suspicious, one that cannot be true, a place that is not known, a
// union.
const std::string owid_next = owid_head +
                              "France,FRA,2025,39.9\nFrance,FRA,2026,41.2034\nPoland,POL,2026,1990\n"
                              "Iceland,ISL,2026,60.5\nAtlantis,ATL,2026,12\nEurope,OWID_EUR,2026,250\n";

TEST_CASE("the report names what is new, changed, to be looked at, unknown and missing") {
  const CopiedTables tables{"report"};
  const Catalog catalog = Catalog::load(tables.data());
  const Reading reading = read(catalog, tables.put("owid.csv", owid_next), {}, today);
  const Diff diff = compare(catalog, reading);
  CHECK(diff.count(Fate::fresh) == 3);
  CHECK(diff.count(Fate::changed) == 1);
  CHECK(std::ranges::count_if(diff.values, [](const Comparison& c) { return !c.doubt.empty(); }) == 2);
  CHECK(std::ranges::count_if(diff.values, [](const Comparison& c) { return c.left_out; }) == 1);
  CHECK(reading.unknown.size() == 1);
  CHECK(diff.vanished.size() > 50);  // the file has four places of 2025 and 2026
  CHECK(report(reading, diff, false) == text_of(tests_folder() / "refresh/owid-report.txt"));
}

TEST_CASE("what is written is read as tables, and then nothing is new") {
  const CopiedTables tables{"write"};
  const std::string file = tables.put("owid.csv", owid_next);
  Catalog catalog = Catalog::load(tables.data());
  Reading reading = read(catalog, file, {}, today);
  Diff diff = compare(catalog, reading);
  const Plan plan = plan_files(catalog, tables.data(), reading, diff, today.accessed);
  const std::size_t before = tables.files();
  write_files(tables.data(), plan);
  CHECK(tables.files() == before + 3);  // the table, its source, the account
  CHECK(std::ranges::any_of(plan.then, [](const std::string& step) {
    return step.find("put 'owid-ember-2026-12' before 'owid-ember-2026-04' in grid-sources") !=
           std::string::npos;
  }));
  CHECK(text_of(tables.data() + "/grids/intensity-owid-ember-2026-12.toml") ==
        text_of(tests_folder() / "refresh/owid-table.toml"));
  catalog = Catalog::load(tables.data());
  const auto rows = catalog.all(Kind::grid_intensity, "FRA");
  const auto row = std::ranges::find_if(rows, [](const catalog::Row& r) { return r.number("year") == 2026; });
  REQUIRE(row != rows.end());
  CHECK(row->text("carbon_intensity") == "41.2 gCO2e/kWh");
  CHECK(row->source() == "owid-ember-2026-12");
  CHECK(row->standing() == catalog::Standing::verified);
  const auto source = catalog.find(Kind::source, "owid-ember-2026-12");
  REQUIRE(source);
  CHECK(source->text("licence") == "CC BY 4.0");
  CHECK(source->text("accessed") == "2026-12-14");
  CHECK(source->text("attribution") ==
        "Carbon intensity of electricity: Our World in Data based on Ember (2026), CC BY 4.0");
  reading = read(catalog, file, {}, today);
  diff = compare(catalog, reading);
  CHECK(diff.count(Fate::changed) == 0);
  CHECK(diff.count(Fate::fresh) == 1);  // what cannot be true was not written
  CHECK(plan_files(catalog, tables.data(), reading, diff, today.accessed).files.empty());
  CHECK(code_of([&] { write_files(tables.data(), plan); }) == "exists");
}

TEST_CASE("files that would make faulty tables are not written, none of them") {
  const CopiedTables tables{"faulty"};
  Plan plan;
  plan.files.push_back({"grids/good.toml", "schema = \"grid_intensity/1\"\n", 0, false});
  plan.files.push_back(
      {"grids/bad.toml", "schema = \"grid_intensity/1\"\n[[table]]\nsource = \"nobody\"\n", 0, false});
  const std::size_t before = tables.files();
  CHECK_FALSE(code_of([&] { write_files(tables.data(), plan); }).empty());
  CHECK(tables.files() == before);
}

TEST_CASE("hours of a year become a trace and a mean, with the notice that the licence asks for") {
  const CopiedTables tables{"hourly"};
  std::string text =
      "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO₂eq/kWh (direct),"
      "Carbon intensity gCO₂eq/kWh (Life cycle),Carbon-free energy percentage (CFE%)\n";
  constexpr int days = 28;
  for (int month = 1; month <= 12; ++month) {
    for (int day = 1; day <= days + 2; ++day) {
      if (month == 2 && day > days) continue;
      for (int hour = 0; hour < 24; ++hour) {
        const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
        text += "2026-" + two(month) + '-' + two(day) + ' ' + two(hour) + ":00:00,Ireland,Ireland,IE," +
                (hour < 12 ? "200.04" : "300.04") + ',' + (hour < 12 ? "250.04" : "350.04") + ",40\n";
      }
    }
  }
  text += "2026-01-01 00:00:00,France,France,FR,20,30,90\n2026-01-01 01:00:00,France,France,FR,20,30,90\n";
  const std::string file = tables.put("IE_2026_hourly.csv", text);
  const Catalog catalog = Catalog::load(tables.data());
  const Reading reading = read(catalog, file, {}, today);
  CHECK(reading.form == Form::electricity_maps_hourly);
  CHECK(std::ranges::any_of(reading.remarks,
                            [](const std::string& r) { return r.starts_with("FR 2026 has 2 hours"); }));
  const Diff diff = compare(catalog, reading);
  CHECK(diff.count(Fate::fresh) == 3);  // life-cycle, direct, the trace
  write_files(tables.data(), plan_files(catalog, tables.data(), reading, diff, today.accessed));
  const Catalog after = Catalog::load(tables.data());
  const auto traces = after.all(Kind::trace, "IRL");
  const auto trace =
      std::ranges::find_if(traces, [](const catalog::Row& r) { return r.number("year") == 2026; });
  REQUIRE(trace != traces.end());
  CHECK(trace->text("mean") == "300 g/kWh");
  CHECK(trace->text("values").starts_with("# Contains information from Electricity Maps"));
  CHECK(trace->text("values").find("\n2026-12-30,250.04,") != std::string::npos);
  CHECK(text_of(tables.data() + "/grids/intensity-electricity-maps-portal-2026-12.toml")
            .find("Open Database License (ODbL) 1.0") != std::string::npos);
  CHECK(compare(after, read(after, file, {}, today)).count(Fate::same) == 3);
}

TEST_CASE("eGRID is read from its rate of CO2e and from those of the gases, of every sheet") {
  const CopiedTables tables{"egrid"};
  const Catalog catalog = Catalog::load(tables.data());
  const auto value = [&](const std::string& text) {
    const Reading reading = read(catalog, tables.put("egrid.csv", text), {}, today);
    REQUIRE(reading.batches.front().rows.size() == 1);
    const Found& row = reading.batches.front().rows.front();
    return row.id + ' ' + row.figures.front().text;
  };
  // 429.983 lb/MWh x 0.45359237 kg/lb = 195.037 kg/MWh
  CHECK(value("YEAR,SUBRGN,SRNAME,SRC2ERTA\n2025,CAMX,WECC California,429.983\n") ==
        "US-eGRID-CAMX 195.04 gCO2e/kWh");
  CHECK(value("State,Year\nYEAR,PSTATABB,STC2ERTA\n2025,TX,\"1,000\"\n") == "US-TX 453.59 gCO2e/kWh");
  // (400 + 28 x 0.02 + 265 x 0.003) x 0.45359237
  CHECK(value("YEAR,USCO2RTA,USCH4RTA,USN2ORTA,USC2ERTA\n2025,400,0.02,0.003,401.355\n") ==
        "USA 182.05 gCO2e/kWh");
}

TEST_CASE("a value that repeats the year before is an estimate and not written") {
  const CopiedTables tables{"repeats"};
  const Catalog catalog = Catalog::load(tables.data());
  // 2023 of South Africa, printed once more for 2024
  const std::string text =
      "year,cloud-provider,cloud-region,em-zone-id,power-usage-effectiveness,water-usage-effectiveness,"
      "grid-carbon-intensity-average-consumption-annual\n"
      "2024,Amazon Web Services,af-south-1,ZA,,,702.03\n2024,Nobody's Cloud,x,,1.2,,\n"
      "2024,Amazon Web Services,moon-north-1,,1.2,,\n2026,Amazon Web Services,af-south-1,,1.19,0.17,\n";
  const Reading reading = read(catalog, tables.put("gsf.csv", text), {}, today);
  CHECK(reading.unknown.size() == 2);
  const Diff diff = compare(catalog, reading);
  const auto repeated = std::ranges::find_if(diff.values, [](const Comparison& c) { return c.left_out; });
  REQUIRE(repeated != diff.values.end());
  CHECK(repeated->doubt == "repeats the value of 2023: not written");
  write_files(tables.data(), plan_files(catalog, tables.data(), reading, diff, today.accessed));
  const Catalog after = Catalog::load(tables.data());
  CHECK(after.size(Kind::grid_intensity) == catalog.size(Kind::grid_intensity));
  CHECK(after.size(Kind::region_year) == catalog.size(Kind::region_year) + 1);
}

TEST_CASE("prices: whole instances, the middle of the spot prices of a region, the tables' own region") {
  const CopiedTables tables{"prices"};
  const Catalog catalog = Catalog::load(tables.data());
  const std::string text =
      "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,"
      "AvailabilityZone\n"
      "p5.48xlarge,H100,8.0,192.0,2048.0,,60.00,20.0,us-east-1,use1-az1\n"
      "p5.48xlarge,H100,8.0,192.0,2048.0,,60.00,24.0,us-east-1,use1-az2\n"
      "p5.48xlarge,H100,8.0,192.0,2048.0,,60.00,30.0,us-east-1,use1-az3\n"
      "p5.48xlarge,H100,8.0,192.0,2048.0,,40.00,10.0,us-west-2,usw2-az1\n"
      "p5.48xlarge,H100,8.0,192.0,2048.0,,40.00,,mars-1,mars1-az1\n"
      "m5.large,,,2.0,8.0,,0.096,0.04,us-east-1,use1-az1\n"
      "1x_A100,A100-80GB,1.0,8.0,117.0,\"{'Gpus': [{'Name': 'A100 PCIe', 'Count': 1, 'MemoryInfo': "
      "{'SizeInMiB': 80}}]}\",1.39,1.39,us-east-1,x\n"
      "x9.large,Q9000,1.0,2.0,8.0,,0.096,0.04,us-east-1,use1-az1\n";
  const Reading reading = read(catalog, tables.put("aws/vms.csv", text), {}, today);
  CHECK(reading.unknown.size() == 2);  // the device and the region
  const Diff diff = compare(catalog, reading);
  write_files(tables.data(), plan_files(catalog, tables.data(), reading, diff, today.accessed));
  const Catalog after = Catalog::load(tables.data());
  const auto list = after.find(Kind::price, "h100-sxm5/aws/p5.48xlarge/on-demand/2026-12-14");
  REQUIRE(list);
  CHECK(list->text("instance_price") == "60 USD/h");
  CHECK(list->text("region") == "aws:us-east-1");
  CHECK(list->text("host") == "p5.48xlarge");
  CHECK(list->standing() == catalog::Standing::secondary);
  // the longer name of the device decides; a spot price that is the list price is none
  CHECK(after.find(Kind::price, "a100-pcie-80gb/aws/1x_a100/on-demand/2026-12-14"));
  CHECK_FALSE(after.find(Kind::price, "a100-pcie-80gb/aws/1x_a100/spot/2026-12-14"));
  const auto spot = after.find(Kind::price, "h100-sxm5/aws/p5.48xlarge/spot/2026-12-14");
  REQUIRE(spot);
  const auto cell = spot->cell("instance_price");
  CHECK(cell->text() == "24 USD/h");
  CHECK(cell->low() < cell->value());
  CHECK(cell->high() > cell->value());
}

TEST_CASE("results of MLPerf become rows of the times that the forecast reads") {
  const CopiedTables tables{"mlperf"};
  const std::string results = "training_results_v6.0/NVIDIA/results/new_n2/llama2_70b_lora/";
  const auto log = [](const std::string& key, const std::string& value, long ms,
                      const std::string& metadata) {
    return ":::MLLOG {\"namespace\": \"\", \"time_ms\": " + std::to_string(ms) +
           ", \"event_type\": \"POINT_IN_TIME\", \"key\": \"" + key + "\", \"value\": " + value +
           ", \"metadata\": {" + metadata + "}}\n";
  };
  std::string file;
  for (int run = 0; run < 5; ++run) {
    const bool reached = run != 4;
    file = tables.put(results + "result_" + std::to_string(run) + ".txt",
                      log("submission_benchmark", "\"llama2_70b_lora\"", 1, "") +
                          log("submission_org", "\"NVIDIA\"", 1, "") + log("global_batch_size", "8", 1, "") +
                          log("run_start", "null", 1000, "") + "a line of the trainer\n" +
                          log("run_stop", "0.92", 1000 + 100000 * (run + 1),
                              std::string{"\"samples_count\": 3072, \"status\": \""} +
                                  (reached ? "success\"" : "aborted\"")));
  }
  tables.put("training_results_v6.0/NVIDIA/systems/new_n2.json",
             "{\"number_of_nodes\": \"2\", \"accelerators_per_node\": \"8\", \"accelerator_model_name\": "
             "\"NVIDIA B200\"}");
  const Catalog catalog = Catalog::load(tables.data());
  const Reading reading = read(catalog, std::filesystem::path{file}.parent_path().string(), {}, today);
  const Diff diff = compare(catalog, reading);
  REQUIRE(diff.count(Fate::fresh) == 1);
  const Found& row = reading.batches.front().rows.front();
  CHECK(row.id == "mlperf-v6.0-NVIDIA-llama2_70b_lora-new_n2-n16");
  // of 100, 200, 300 and 400 s the middle two; 16 devices, 3,072 samples of 8,192 tokens
  CHECK(row.figures.front().number == Approx(250.0 * 16 / (3072 * 8192.0)).epsilon(1e-6));
  write_files(tables.data(), plan_files(catalog, tables.data(), reading, diff, today.accessed));
  const std::string old =
      text_of(std::filesystem::path{testing::repository_root()} / "data/predict/timings.csv");
  const std::string now = text_of(tables.data() + "/predict/timings.csv");
  CHECK(now.starts_with(old));
  CHECK(std::ranges::count(now, '\n') == std::ranges::count(old, '\n') + 1);
  const Catalog after = Catalog::load(tables.data());
  CHECK(compare(after, reading).count(Fate::same) == 1);
}

}  // namespace
}  // namespace kwhatif::refresh
