// Hourly files as people have them: read where the meaning is certain, refused where it is not.
#include "schedule/trace_files.hpp"
#include "support/random.hpp"
#include "support/root.hpp"
#include <kwhatif/document/files.hpp>

#include <filesystem>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

using namespace kwhatif;
using namespace kwhatif::test_traces;

TEST_CASE("files as people have them are read by what their heads say") {
  struct Row {
    std::string file, column, unit, first_hour;
    std::size_t hours;
    double mean, second;  // [g/kWh], by an independent reading
    std::string boundary = {}, signal = "average";
    std::size_t others = 0;
    int step = 60;
  };
  const std::string intensity = "Carbon intensity (gCO2/kWh)";
  constexpr double pound = 0.45359237;  // g/kWh of 1 lb/MWh
  const std::vector<Row> rows{
      {"energy_first", intensity, "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"generation_first", intensity, "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"price_first", intensity, "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"semicolon_in_field", "Carbon Intensity gCO2eq/kWh", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"quoted_comma", "Carbon Intensity gCO2eq/kWh", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"two_ci", "Carbon Intensity gCO2eq/kWh (LCA)", "g/kWh", "2023-01-01T00:00Z", 72, 380, 405.9,
       "life-cycle", "average", 1},
      {"halfhour", "actual (gCO2/kWh)", "g/kWh", "2023-01-01T00:00Z", 48, 305, (331 + 343) / 2.0, "",
       "average", 1, 30},
      {"watttime", "MOER", "lb/MWh", "2023-01-01T00:00Z", 24, 660 * pound, 0, "", "marginal", 0, 5},
      {"pounds_moer", "MOER (lbs CO2/MWh)", "lb/MWh", "2023-01-01T00:00Z", 72, 660 * pound, 716.9 * pound, "",
       "marginal"},
      {"hour1to24", "gco2e_per_kwh", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"index_col", "carbon_intensity_gco2_kwh", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"epoch", "gco2e_per_kwh", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"german_date", "CO2 (gCO2/kWh)", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"uk_date", "Actual Carbon Intensity (gCO2/kWh)", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"entsoe", "Carbon intensity [gCO2/kWh]", "g/kWh", "2022-12-31T23:00Z", 72, 300, 325.9},
      {"newest_first", "gco2e_per_kwh", "g/kWh", "2023-01-08T00:00Z", 72, 300, 325.9},
      {"decimal_comma", intensity, "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
      {"offset530", "gco2e_per_kwh", "g/kWh", "2022-12-31T18:00Z", 73, 299.8226, (300.0 + 325.9) / 2},
      {"na", "gco2e_per_kwh", "g/kWh", "2023-01-01T00:00Z", 72, 299.66528, 325.9},
      {"seconds59", "gco2e_per_kwh", "g/kWh", "2023-01-01T00:00Z", 72, 300, 325.9},
  };
  const auto folder = std::filesystem::path{testing::repository_root()} / "tests/schedule/traces";
  for (const Row& row : rows) {
    INFO(row.file);
    const Trace trace = schedule::read_trace(document::read_file((folder / (row.file + ".csv")).string()));
    CHECK(trace.column == row.column);
    CHECK(trace.unit == row.unit);
    CHECK(trace.boundary == row.boundary);
    CHECK(trace.signal == row.signal);
    CHECK(trace.step == row.step);
    CHECK(trace.others.size() == row.others);
    CHECK(first(trace) == row.first_hour);
    REQUIRE(trace.hours() == row.hours);
    CHECK(mean(trace) == Approx(row.mean).epsilon(1e-6));
    if (row.second > 0) CHECK(grams(trace.intensity[1]) == Approx(row.second).epsilon(1e-9));
    CHECK(trace.filled == (row.file == "na" ? 1 : 0));
  }
  const auto refused = [&](const std::string& file) {
    return refusal(document::read_file((folder / file).string())->text);
  };
  CHECK(refused("dst_spring_local.csv") == "bad-trace:27");
  CHECK(refused("neso_generation_mix.csv") == "missing-unit:1");
  CHECK(refused("entsoe_generation.csv") == "missing-unit:1");
}

TEST_CASE("a unit is named by whole words: mass, gas, energy") {
  struct Row {
    std::string head;
    double grams;  // of the value 100
  };
  constexpr double pound = 453.59237;
  for (const Row& row : std::vector<Row>{{"gco2e_per_kwh", 100},
                                         {"g/kWh", 100},
                                         {"gCO₂eq/kWh", 100},
                                         {"Carbon Intensity gCO₂eq/kWh (LCA)", 100},
                                         {"CO2 intensity in grams per kilowatt-hour", 100},
                                         {"carbon_intensity_g_kwh", 100},
                                         {"carbonIntensityGCO2perKWh", 100},
                                         {"kgCO2e/MWh", 100},
                                         {"kg CO2-eq per kWh", 1e5},
                                         {"mgCO2/kWh", 0.1},
                                         {"mg/Wh", 100},
                                         {"t CO2-e/MWh", 1e5},
                                         {"tCO2/GWh", 100},
                                         {"mTCO2/MWh", 1e5},
                                         {"Emissions (metric tons CO2 / MWh)", 1e5},
                                         {"tonnes CO2e per GWh", 100},
                                         {"lb/MWh", pound / 10},
                                         {"MOER (lbs CO2/MWh)", pound / 10},
                                         {"pounds of CO2 per MWh", pound / 10},
                                         {"co2_rate_lb_per_mwh_for_electricity", pound / 10},
                                         {"g CO2/MJ", 360}}) {
    INFO(row.head);
    // values small enough for the range, in the same proportion
    const double value = row.grams > 9000 ? 0.01 : 100;
    const Trace trace =
        read("time," + row.head + "\n2023-01-01T00:00Z," + (value < 1 ? "0.01" : "100") + "\n");
    CHECK(grams(trace.intensity[0]) == Approx(row.grams * value / 100).epsilon(1e-9));
  }
  for (const std::string head : {"Energy (kWh)",
                                 "Generation (MWh)",
                                 "Gas (MWh)",
                                 "GWh",
                                 "gWh",
                                 "Grid load MWh",
                                 "Day-ahead price (EUR/MWh)",
                                 "Carbon price (EUR/tCO2)",
                                 "Emissions (tCO2)",
                                 "CO2 (kg/h)",
                                 "kWh/g",
                                 "SO2 rate (lb/MWh)",
                                 "generated_nox_rate_lb_per_mwh",
                                 "Water (L/kWh)",
                                 "MWh to grid",
                                 "Total kWh",
                                 "kgC/kWh",
                                 "tons CO2/MWh",
                                 "value",
                                 "CARBON_INTENSITY",
                                 "Mg wind kWh"}) {
    INFO(head);
    CHECK(refusal(under(head)) == "missing-unit:1");
  }
}

TEST_CASE("of several columns of intensities one is read and the others are named") {
  const auto both = [](const std::string& a, const std::string& b) {
    const Trace trace = read(lines("time," + a + ',' + b, 3, [](int d, int h, const std::string& v) {
      return iso(d, h) + ',' + v + ",77";
    }));
    REQUIRE(trace.others.size() == 1);
    CHECK((trace.column == a ? trace.others[0] == b : trace.others[0] == a));
    return trace;
  };
  CHECK(both("direct gCO2/kWh", "life cycle gCO2/kWh").boundary == "life-cycle");
  CHECK(both("Carbon intensity gCO2/kWh (Life cycle)", "Carbon intensity gCO2/kWh (direct)").boundary ==
        "life-cycle");
  CHECK(both("CI (gCO2/kWh)", "CI direct (gCO2/kWh)").boundary.empty());
  CHECK(both("forecast (gCO2/kWh)", "actual (gCO2/kWh)").column == "actual (gCO2/kWh)");
  CHECK(both("average gCO2/kWh", "marginal gCO2/kWh").signal == "average");
  const Trace oge =
      both("generated_co2_rate_lb_per_mwh_for_electricity", "consumed_co2_rate_lb_per_mwh_for_electricity");
  CHECK(oge.basis == "consumption");
  CHECK(both("co2_lb_per_mwh", "co2e_lb_per_mwh").column == "co2e_lb_per_mwh");

  const std::string tie =
      lines("time,DE (gCO2/kWh),FR (gCO2/kWh)", 3,
            [](int d, int h, const std::string& v) { return iso(d, h) + ',' + v + ",77"; });
  CHECK(refusal(tie) == "ambiguous:1");
  CHECK(help_of(tie).find("--trace-column 'DE (gCO2/kWh)'") != std::string::npos);
  CHECK(grams(read(tie, "FR (gCO2/kWh)").intensity[0]) == Approx(77));
  CHECK(grams(read(tie, "fr (gco2/kwh)").intensity[0]) == Approx(77));
  CHECK(grams(read(tie, "3").intensity[0]) == Approx(77));
  CHECK(refusal(tie, "IT (gCO2/kWh)") == "unknown-column:0");
}

TEST_CASE("a column and a unit can be given, and what the head says otherwise is said") {
  const std::string bare = under("value");
  CHECK(refusal(bare) == "missing-unit:1");
  CHECK(grams(read(bare, nullptr, "g/kWh").intensity[0]) == Approx(100));
  CHECK(grams(read(bare, "value", "kgCO2e/MWh").intensity[0]) == Approx(100));
  CHECK(grams(read(bare, nullptr, "lbs CO2 per MWh").intensity[0]) == Approx(45.359237));
  CHECK(refusal(bare, "value") == "missing-unit:1");
  CHECK(refusal(bare, nullptr, "kWh") == "wrong-unit:0");
  CHECK(refusal(bare, nullptr, "parsecs") == "wrong-unit:0");
  const Trace other = read(under("g/kWh"), nullptr, "mg/kWh");
  CHECK(grams(other.intensity[0]) == Approx(0.1));
  REQUIRE(other.remarks.size() == 1);
  CHECK(other.remarks[0].find("says g/kWh; the values are read in mg/kWh") != std::string::npos);
  // no header at all
  const std::string headless = "2023-01-01T00:00Z,100\n2023-01-01T01:00Z,101\n";
  CHECK(refusal(headless) == "missing-unit:1");
  CHECK(read(headless, nullptr, "g/kWh").hours() == 2);
  CHECK(grams(read(headless, "2", "g/kWh").intensity[1]) == Approx(101));
  // a signal known by its name
  const Trace moer = read(under("moer"));
  CHECK(moer.signal == "marginal");
  CHECK(moer.remarks.size() == 1);
  CHECK(grams(moer.intensity[0]) == Approx(45.359237));
  CHECK(grams(read(under("MOER"), nullptr, "kg/MWh").intensity[0]) == Approx(100));
}

TEST_CASE("times are read in the forms that people write") {
  const auto hours = [](const std::string& header,
                        const std::function<std::string(int, int, const std::string&)>& line,
                        int count = 60) {
    const Trace trace = read(lines(header, count, line));
    CHECK(trace.hours() == static_cast<std::size_t>(count));
    CHECK(trace.filled == 0);
    for (const int h : {0, 1, count - 1})
      CHECK(grams(trace.intensity[static_cast<std::size_t>(h)]) == Approx(100 + h));
    return first(trace);
  };
  const std::string midnight = "2023-01-01T00:00Z";
  using S = const std::string&;
  CHECK(hours("time,g/kWh", [](int d, int h, S v) {
          return "2023-01-" + two(d) + ' ' + two(h) + ":00:00," + v;
        }) == midnight);
  CHECK(hours("time,g/kWh",
              [](int d, int h, S v) { return "2023/01/" + two(d) + ' ' + two(h) + ":00," + v; }) == midnight);
  CHECK(hours("time,g/kWh",
              [](int d, int h, S v) { return "202301" + two(d) + 'T' + two(h) + "00Z," + v; }) == midnight);
  CHECK(hours("time,g/kWh",
              [](int d, int h, S v) { return "202301" + two(d) + ' ' + two(h) + ":00," + v; }) == midnight);
  CHECK(hours("time,g/kWh", [](int d, int h, S v) { return two(d) + "-Jan-2023 " + two(h) + ":00," + v; }) ==
        midnight);
  CHECK(hours("time;g/kWh", [](int d, int h, S v) {
          return "Jan " + std::to_string(d) + ", 2023 " + std::to_string(h % 12 == 0 ? 12 : h % 12) +
                 (h < 12 ? ":00 AM;" : ":00 PM;") + v;
        }) == midnight);
  CHECK(hours("time,g/kWh", [](int d, int h, S v) {
          return "1/" + std::to_string(d) + "/2023 " + std::to_string(h) + ":00," + v;
        }) == midnight);
  CHECK(hours("time,g/kWh", [](int d, int h, S v) {
          return std::to_string(d) + "/1/2023 " + std::to_string(h) + ":00," + v;
        }) == midnight);
  CHECK(hours("time,g/kWh", [](int d, int h, S v) { return iso(d, h) + '/' + iso(d, h) + ',' + v; }) ==
        midnight);
  CHECK(hours("time,g/kWh", [](int d, int h, S v) {
          return std::to_string((1672531200LL + (d - 1) * 86400 + h * 3600) * 1000) + ',' + v;
        }) == midnight);
  CHECK(hours("n,timestamp,g/kWh", [](int d, int h, S v) {
          return std::to_string(100000000 + h) + ',' +
                 std::to_string(1672531200LL + (d - 1) * 86400 + h * 3600) + ".0," + v;
        }) == midnight);
  CHECK(hours("date,time,g/kWh", [](int d, int h, S v) {
          return "2023-01-" + two(d) + ',' + std::to_string(h) + ":00," + v;
        }) == midnight);
  CHECK(hours("date,hour,g/kWh", [](int d, int h, S v) {
          return "2023-01-" + two(d) + ',' + std::to_string(h) + ',' + v;
        }) == midnight);
  CHECK(hours("OPR_DT,OPR_HR,kg/MWh", [](int d, int h, S v) {
          return "2023-01-" + two(d) + ',' + std::to_string(h + 1) + ',' + v;
        }) == midnight);
  CHECK(hours("time,g/kWh", [](int d, int h, S v) {  // hours that end: 01:00 to 24:00
          return "2023-01-" + two(d) + ' ' + two(h + 1) + ":00," + v;
        }) == midnight);
  CHECK(hours("interval end (UTC),g/kWh", [](int d, int h, S v) {
          return iso(h == 23 ? d + 1 : d, (h + 1) % 24) + ',' + v;
        }) == midnight);
  CHECK(hours("Local time,UTC time,g/kWh", [](int d, int h, S v) { return "x," + iso(d, h) + ',' + v; }) ==
        midnight);
  CHECK(hours("from,to,g/kWh", [](int d, int h, S v) { return iso(d, h) + ',' + iso(d + 1, h) + ',' + v; }) ==
        midnight);
  CHECK(hours("time,g/kWh", [](int d, int h, S v) {
          return "2023-01-" + two(d) + 'T' + two(h) + ":00:00-05:00," + v;
        }) == "2023-01-01T05:00Z");
  CHECK(hours("time (EST),g/kWh", [](int d, int h, S v) {
          return "2023-01-" + two(d) + ' ' + two(h) + ":00," + v;
        }) == "2023-01-01T05:00Z");
  CHECK(hours("time (EPT),g/kWh", [](int d, int h, S v) {
          return "2023-01-" + two(d) + ' ' + two(h) + ":00," + v;
        }) == "2023-01-01T05:00Z");
  CHECK(hours("time,g/kWh", [](int d, int h, S v) {
          return two(d) + ".01.2023 " + two(h) + ":00 (CET) - " + two(d) + ".01.2023 " + two(h) +
                 ":59 (CET)," + v;
        }) == "2022-12-31T23:00Z");
}

TEST_CASE("times that could mean two things are refused, with the way on") {
  using S = const std::string&;
  // 3 April or 4 March: one day alone does not tell
  CHECK(refusal(lines("time,g/kWh", 20,
                      [](int, int h, S v) { return "03/04/2023 " + two(h) + ":00," + v; })) == "ambiguous:2");
  CHECK(refusal(lines("time,g/kWh", 20,
                      [](int, int h, S v) { return "05/05/2023 " + two(h) + ":00," + v; })) == "none");
  CHECK(refusal(lines("time,g/kWh", 20,
                      [](int, int h, S v) { return "13/04/2023 " + two(h) + ":00," + v; })) == "none");
  CHECK(refusal(lines("time,g/kWh", 3, [](int, int h, S v) { return "01/02/23 " + two(h) + ":00," + v; })) ==
        "bad-trace:2");
  // hours 1 to 23 of a day: beginnings or ends
  const auto some_hours = [](S head) {
    return lines("date," + head + ",g/kWh", 10,
                 [](int, int h, S v) { return "2023-01-01," + std::to_string(h + 1) + ',' + v; });
  };
  CHECK(refusal(some_hours("hour")) == "ambiguous:2");
  CHECK(first(read(some_hours("hour ending"))) == "2023-01-01T00:00Z");
  CHECK(first(read(some_hours("hour beginning"))) == "2023-01-01T01:00Z");
  CHECK(refusal(lines("date,hour,g/kWh", 25, [](int, int h, S v) {
          return "2023-01-01," + std::to_string(h + 1) + ',' + v;
        })) == "bad-trace:26");
  CHECK(refusal(lines("time (local),g/kWh", 5, [](int d, int h, S v) {
          return "2023-01-" + two(d) + ' ' + two(h) + ":00," + v;
        })) == "bad-trace:1");
}

TEST_CASE("clocks that change are followed where the file names them, and noticed where it does not") {
  // 26 March 2023 in central Europe: 23 hours; 29 October 2023: 25 hours
  std::string spring = "MTU (CET/CEST),gCO2/kWh\n";
  for (int h = 0; h < 24; ++h) {
    if (h != 2) spring += "26.03.2023 " + two(h) + ":00," + std::to_string(100 + h) + '\n';
  }
  const Trace short_day = read(spring);
  CHECK(first(short_day) == "2023-03-25T23:00Z");
  CHECK(short_day.hours() == 23);
  CHECK(short_day.filled == 0);
  CHECK(refusal(spring + "27.03.2023 00:00,1\n26.03.2023 02:00,5\n") == "bad-trace:26");

  std::string autumn;
  for (const int h : {0, 1, 2, 2, 3, 4})
    autumn += "29.10.2023 " + two(h) + ":00," + std::to_string(100 + h) + '\n';
  const Trace long_day = read("MTU (CET/CEST),gCO2/kWh\n" + autumn);
  CHECK(first(long_day) == "2023-10-28T22:00Z");
  CHECK(long_day.hours() == 6);
  CHECK(refusal("time,gCO2/kWh\n" + autumn) == "bad-trace:5");
  CHECK(refusal("time (UTC),gCO2/kWh\n" + autumn) == "bad-trace:5");

  std::string american = "time (EST/EDT),g/kWh\n";
  for (const int h : {0, 1, 3, 4}) american += "2023-03-12 " + two(h) + ":00,100\n";
  CHECK(read(american).hours() == 4);
  CHECK(first(read(american)) == "2023-03-12T05:00Z");
  american.replace(0, american.find(','), "time");
  CHECK(refusal(american) == "bad-trace:4");
  // in UTC the same is a missing hour
  american.replace(0, american.find(','), "time (UTC)");
  CHECK(read(american).filled == 1);

  // British half-hours are counted through the change
  std::string british = "SETTLEMENT_DATE,SETTLEMENT_PERIOD,gCO2/kWh\n";
  for (int p = 1; p <= 50; ++p) british += "2023-10-29," + std::to_string(p) + ",100\n";
  for (int p = 1; p <= 48; ++p) british += "2023-10-30," + std::to_string(p) + ",100\n";
  const Trace gb = read(british);
  CHECK(first(gb) == "2023-10-28T23:00Z");
  CHECK(gb.hours() == 49);
  CHECK(gb.filled == 0);
}

TEST_CASE("steps of less than an hour are averaged, longer ones refused") {
  for (const int step : {5, 10, 15, 20, 30}) {
    std::string content = "time,g/kWh\n";
    for (int m = 0; m < 180; m += step)
      content += "2023-01-01T" + two(m / 60) + ':' + two(m % 60) + "Z," + std::to_string(100 + m) + '\n';
    const Trace trace = read(content);
    CHECK(trace.step == step);
    REQUIRE(trace.hours() == 3);
    for (int h = 0; h < 3; ++h)
      CHECK(grams(trace.intensity[static_cast<std::size_t>(h)]) == Approx(100 + h * 60 + (60 - step) / 2.0));
  }
  const auto at = [](const std::string& times) {
    std::string content = "time,g/kWh\n";
    for (std::size_t i = 0; i < times.size(); i += 6)
      content += "2023-01-01T" + times.substr(i, 5) + "Z,100\n";
    return content;
  };
  CHECK(read(at("00:00 00:30 02:00 02:30 03:00 ")).filled == 1);
  CHECK(refusal(at("00:00 03:00 06:00 ")) == "bad-trace:3");
  CHECK(refusal(at("00:00 01:00 01:30 02:00 03:00 04:00 ")) == "bad-trace:4");
  CHECK(refusal("time,g/kWh\n2023-01-01T00:00:30Z,1\n") == "bad-trace:2");
  CHECK(refusal("month,g/kWh\n2023-01-01,100\n2023-02-01,100\n2023-03-01,100\n") == "bad-trace:3");
}

TEST_CASE("numbers are read in the one way that all of them allow") {
  const auto values = [](const std::vector<std::string>& cells) {
    std::string content = "time;g/kWh\n";
    for (std::size_t i = 0; i < cells.size(); ++i)
      content += iso(1, static_cast<int>(i)) + ';' + cells[i] + '\n';
    return content;
  };
  CHECK(grams(read(values({"288,5", "300", "1.234,5"})).intensity[2]) == Approx(1234.5));
  CHECK(grams(read(values({"1,234.5", "998.5"})).intensity[0]) == Approx(1234.5));
  CHECK(grams(read(values({"1,234", "998.5"})).intensity[0]) == Approx(1234));
  CHECK(grams(read(values({"1,234", "998,5"})).intensity[0]) == Approx(1.234));
  CHECK(grams(read(values({"0,125", "300"})).intensity[0]) == Approx(0.125));
  CHECK(refusal(values({"300", "1,234"})) == "ambiguous:3");
  CHECK(refusal(values({"300", "12x"})) == "bad-trace:3");
  CHECK(refusal(values({"300", "inf"})) == "bad-trace:3");
  CHECK(refusal(values({"300", "-5"})) == "out-of-range:3");
  CHECK(refusal(values({"300", "9001"})) == "out-of-range:3");
  CHECK(refusal(values({"nan", "NA"})) == "bad-trace:2");
  const Trace gaps = read(values({"n/e", "300", "", "NA", "null", "-", "200"}));
  CHECK(first(gaps) == "2023-01-01T01:00Z");
  CHECK(gaps.filled == 4);
  CHECK(grams(gaps.intensity[4]) == Approx(300));
  CHECK_FALSE(std::signbit(read(values({"-0"})).intensity[0]));
}

TEST_CASE("separators, quotes and lines are those of the file") {
  const std::string rows = "2023-01-01T00:00Z|100|a\n2023-01-01T01:00Z|101|b\n";
  const auto with = [&](std::string head, char separator, const std::string& end) {
    std::string content = head + '\n' + rows;
    std::replace(content.begin(), content.end(), '|', separator);
    std::string out;
    for (const char c : content) out += c == '\n' ? end : std::string(1, c);
    return out;
  };
  for (const char separator : {',', ';', '\t', '|'}) {
    for (const std::string end : {"\n", "\r\n"}) {
      CHECK(read(with("time|g/kWh|note", separator, end)).hours() == 2);
      CHECK(
          read("\xEF\xBB\xBF# a remark\n\nHourly intensities" + end + with("time|g/kWh|note", separator, end))
              .hours() == 2);
    }
  }
  CHECK(read("time,name,g/kWh\n2023-01-01T00:00Z,\"a, \"\"b\"\"\nc\",100\n").hours() == 1);
  CHECK(refusal("time,name,g/kWh\n2023-01-01T00:00Z,\"a,100\n") == "bad-trace:2");
  const Trace two_lines = read("time,Carbon intensity\nUTC,gCO2/kWh\n2023-01-01 00:00,100\n");
  CHECK(two_lines.column == "Carbon intensity gCO2/kWh");
  CHECK(two_lines.remarks.empty());
  CHECK(read("\"time\",\"g/kWh\"\n\"2023-01-01T00:00Z\",\"100\"\n").hours() == 1);
  CHECK(read("time,g/kWh,\n2023-01-01T00:00Z,100,\n").hours() == 1);
}

TEST_CASE("a trace is checked: gaps, order, doubles, places") {
  const std::string head = "utc_hour,gco2e_per_kwh\n";
  const Trace fine = read(head + "2022-01-01T00:00Z,100\n2022-01-01T01:00Z,200\n2022-01-01T04:00Z,50\n");
  CHECK(fine.hours() == 5);
  CHECK(fine.filled == 2);
  CHECK(grams(fine.intensity[3]) == Approx(200));
  CHECK(refusal(head + "2022-01-01T00:00Z,100\n2022-01-01T00:00Z,100\n") == "bad-trace:3");
  CHECK(refusal(head + "2022-01-01T05:00Z,1\n2022-01-01T01:00Z,1\n2022-01-01T06:00Z,1\n") == "bad-trace:3");
  CHECK(refusal(head + "2022-01-01T00:00Z,100\n2022-01-02T00:00Z,100\n") == "bad-trace:3");
  CHECK(refusal(head + "2022-01-01T00:00Z,1\n2022-01-01T01:00Z,1\n2022-01-01T09:00Z,1\n") == "bad-trace:4");
  CHECK(refusal(head + "2022-02-30T00:00Z,5\n") == "bad-trace:2");
  CHECK(refusal(head + "2022-01-01T00:00Z\n") == "bad-trace:2");
  CHECK(refusal(head + "2022-01-01T00:00Z,5\nTotal,5\n") == "bad-trace:3");
  CHECK(refusal("") == "bad-trace:0");
  CHECK(refusal("a,b\nc,d\n") == "bad-trace:2");
  CHECK(refusal(std::string{"t\0i\0m\0e\0", 8}) == "bad-trace:0");
  CHECK(read("time,g/kWh\n2022-01-01 00:00,5\n").remarks.size() == 1);

  std::string places = "time,Zone,g/kWh\n";
  for (const std::string zone : {"DE", "FR"}) {
    for (int h = 0; h < 3; ++h) places += iso(1, h) + ',' + zone + ",100\n";
  }
  CHECK(help_of(places).starts_with("the file holds several places: 'Zone' is 'DE' and 'FR' | keep"));
}

TEST_CASE("work on a trace is bounded: years, lines, fields") {
  std::string long_trace = "time,g/kWh\n";
  for (std::int64_t h = 0; h < 21 * 8766; ++h) long_trace += std::to_string(631152000 + h * 3600) + ",1\n";
  CHECK(refusal(long_trace) == "out-of-range:" + std::to_string(1 + 21 * 8766));
  std::string many = "time,g/kWh\n";
  for (int i = 0; i < 1'200'001; ++i) many += "2023-01-01,1\n";
  CHECK(refusal(many) == "out-of-range:1200002");
  CHECK(refusal("time,g/kWh" + std::string(5000, ',') + '\n') == "bad-trace:1");
}

TEST_CASE("heads and cells that can be read in many ways take no time") {
  std::string gases;
  for (int i = 0; i < 45; ++i) gases += "co2e";
  CHECK(refusal(under("g " + gases + " x")) == "missing-unit:1");
  std::string groups = "1";
  for (int i = 0; i < 400'000; ++i) groups += ",1";
  CHECK(refusal("time,g/kWh\n2023-01-01T00:00Z,\"" + groups + "\"\n") == "bad-trace:2");
}

TEST_CASE("messages about a file say what is wrong with it, at the first line that has it") {
  const auto short_years = [](const std::string& a, const std::string& b) {
    return "time;g/kWh\n" + a + ";1\n" + b + ";2\n";
  };
  CHECK(refusal(short_years("15.02.24 10:00", "15.02.24 11:00")) == "bad-trace:2");
  CHECK(help_of(short_years("15.02.24 10:00", "15.02.24 11:00")) ==
        "'15.02.24 10:00': the year has two digits | write years with four digits: 2022-01-01T00:00Z");
  CHECK(help_of(short_years("15-Feb-24", "16-Feb-24")).starts_with("'15-Feb-24': the year has two digits"));
  CHECK(refusal(short_years("15.02.2024 10:00", "15.02.24 11:00")) == "bad-trace:3");

  std::string regions = "SETTLEMENTDATE,REGIONID,t/MWh\n";
  for (int h = 0; h < 3; ++h) {
    for (const std::string region : {"NSW1", "QLD1"})
      regions += "2023/01/01 " + two(h) + ":05:00," + region + ",0.5\n";
  }
  CHECK(
      help_of(regions).starts_with("the file holds several places: 'REGIONID' is 'NSW1' and 'QLD1' | keep"));

  const std::string row = "2023-01-01T00:00Z,a,1\n";
  CHECK(help_of("time,\"name,g/kWh\n" + row + row).starts_with("the quote that opens here is not closed"));
  CHECK(refusal("time,\"name,g/kWh\n" + row + row) == "bad-trace:1");
  // a later field's opening quote closes it: the line between would be lost
  CHECK(refusal("time,name,g/"
                "kWh\n2023-01-01T00:00Z,\"a,1\n2023-01-01T01:00Z,\"b\",2\n2023-01-01T02:00Z,\"c\",3\n") ==
        "bad-trace:2");
  CHECK(refusal("time,name,g/kWh\n2023-01-01T00:00Z,\"a\" b,1\n") == "none");
}

TEST_CASE("junk is a trace or a refusal with a way on, never a crash") {
  test::Random random(31);
  const std::string whole = lines(
      "Datetime (UTC);\"Carbon intensity (gCO2/kWh)\"", 30,
      [](int d, int h, const std::string& v) { return two(d) + "/01/2023 " + two(h) + ":00;" + v + ",5"; });
  const std::string zoned =
      lines("\"time (UTC+05:30)\",g CO2e co2e/kWh", 30, [](int d, int h, const std::string& v) {
        return "2023-01-" + two(d) + 'T' + two(h) + ":00:00.000001+05:30,\"" + v + '"';
      });
  const std::string_view alphabet = "0123456789-:/;,.\"\n TZ+()gkWhCO2/e";
  for (int i = 0; i < 4000; ++i) {
    std::string damaged = i % 2 == 0 ? whole : zoned;
    for (std::uint64_t n = 0; n <= random.below(4); ++n)
      damaged[random.below(damaged.size())] = alphabet[random.below(alphabet.size())];
    if (i % 8 == 0) damaged = random.text(alphabet, 200);
    try {
      const Trace trace = read(damaged);
      if (trace.intensity.empty()) FAIL(damaged);
      for (const double v : trace.intensity) {
        if (!(v >= 0) || v > 9000e-3 / 3.6e6) FAIL(damaged);
      }
    } catch (const diag::UsageError& error) {
      if (error.diagnostics().front().help.empty()) FAIL(damaged);
    }
  }
}
