// Times of hourly files to the second, and the clocks that their heads name.
#include "schedule/trace_files.hpp"

#include <string>
#include <vector>

using namespace kwhatif;
using namespace kwhatif::test_traces;

TEST_CASE("parts of a second are dropped from stamps that lie on a step") {
  const auto at = [](const std::string& a, const std::string& b) {
    return "time,g/kWh\n" + a + ",100\n" + b + ",101\n";
  };
  for (const std::string part : {".123Z", ".000001", ".5+00:00", ",999Z", ".123456789123456789Z", "."}) {
    INFO(part);
    const Trace trace = read(at("2023-01-01T00:00:00" + part, "2023-01-01T01:00:00" + part));
    CHECK(first(trace) == "2023-01-01T00:00Z");
    CHECK(trace.hours() == 2);
  }
  CHECK(first(read(at("2023-01-01T00:00:00.123456+01:00", "2023-01-01T01:00:00.123456+01:00"))) ==
        "2022-12-31T23:00Z");
  CHECK(first(read(at("1672531200.25", "1672534800.75"))) == "2023-01-01T00:00Z");
  CHECK(first(read(at("1672531200123", "1672534800456"))) == "2023-01-01T00:00Z");
  CHECK(refusal(at("2023-01-01T00:59:59.999Z", "2023-01-01T01:59:59.999Z")) == "bad-trace:2");
  CHECK(refusal(at("2023-01-01T00:00:30.5Z", "2023-01-01T01:00:30.5Z")) == "bad-trace:2");
  CHECK(refusal(at("2023-01-01T00:00:00.1x", "2023-01-01T01:00:00.1x")) == "bad-trace:3");
}

TEST_CASE("the zone in the head of the times is followed, or refused where it is not certain") {
  const auto under_time = [](const std::string& head) {
    return lines('"' + head + "\",g/kWh", 30, [](int d, int h, const std::string& v) {
      return "2023-01-" + two(d) + ' ' + two(h) + ":00," + v;
    });
  };
  struct Row {
    std::string head, first_hour;
  };
  for (const Row& row : std::vector<Row>{{"Time (UTC+1)", "2022-12-31T23:00Z"},
                                         {"time [UTC-5]", "2023-01-01T05:00Z"},
                                         {"time [UTC\u22125]", "2023-01-01T05:00Z"},
                                         {"time (UTC+01:00)", "2022-12-31T23:00Z"},
                                         {"time (UTC+0100)", "2022-12-31T23:00Z"},
                                         {"UTC+2", "2022-12-31T22:00Z"},
                                         {"time (UTC + 2)", "2022-12-31T22:00Z"},
                                         {"Date (GMT+1)", "2022-12-31T23:00Z"},
                                         {"time (+10:00)", "2022-12-31T14:00Z"},
                                         {"time (UTC offset: -5)", "2023-01-01T05:00Z"},
                                         {"time (UTC+0)", "2023-01-01T00:00Z"},
                                         {"time (AEST, UTC+10)", "2022-12-31T14:00Z"},
                                         {"time (CET/CEST, UTC+1/UTC+2)", "2022-12-31T23:00Z"},
                                         {"time (NEM)", "2022-12-31T14:00Z"},
                                         {"Zeit (MEZ)", "2022-12-31T23:00Z"},
                                         {"Zeit (MEZ/MESZ)", "2022-12-31T23:00Z"},
                                         {"time_cet", "2022-12-31T23:00Z"},
                                         {"datetime_beginning_ept", "2023-01-01T05:00Z"},
                                         {"datetime_beginning_utc", "2023-01-01T00:00Z"},
                                         {"time (Etc/UTC)", "2023-01-01T00:00Z"},
                                         {"time (YYYY-MM-DDThh:mm)", "2023-01-01T00:00Z"},
                                         {"Datum (TT.MM.JJJJ)", "2023-01-01T00:00Z"},
                                         {"time (hour beginning)", "2023-01-01T00:00Z"},
                                         {"time (ISO 8601)", "2023-01-01T00:00Z"},
                                         {"MTU", "2023-01-01T00:00Z"},
                                         {"date-time", "2023-01-01T00:00Z"}}) {
    INFO(row.head);
    REQUIRE(refusal(under_time(row.head)) == "none");
    CHECK(first(read(under_time(row.head))) == row.first_hour);
  }
  const Trace indian = read(under_time("time (GMT+5:30)"));
  CHECK(first(indian) == "2022-12-31T18:00Z");
  CHECK(indian.remarks.front() == "the stamps are taken in UTC+5:30");
  CHECK(grams(indian.intensity[1]) == Approx(100.5));
  // summer time, where the two clocks are named together
  CHECK(first(read("datetime_beginning_ept,g/kWh\n2023-07-01 00:00,1\n2023-07-01 01:00,1\n")) ==
        "2023-07-01T04:00Z");
  CHECK(first(read("Zeit (MEZ/MESZ),g/kWh\n2023-07-01 00:00,1\n2023-07-01 01:00,1\n")) ==
        "2023-06-30T22:00Z");
  for (const std::string head :
       {"time (America/Los_Angeles)", "time (Europe/Berlin)", "time (US/Pacific)", "time Europe/Berlin",
        "time_America/New_York", "time (IST)", "time (BST)", "time (CST)", "time (UK)", "UK time", "time_est",
        "Eastern Time", "time (Pacific Prevailing Time)", "time (Berlin)", "time (Etc/GMT+5)",
        "time (UTC+25)", "time (UTC+1 or UTC+2)", "time (UTC+5.5)", "time (XYZ)"}) {
    INFO(head);
    CHECK(refusal(under_time(head)) == "bad-trace:1");
    // an offset in each stamp says it all
    CHECK(refusal(head + ",g/kWh\n2023-01-01T00:00Z,1\n2023-01-01T01:00Z,1\n") == "none");
  }
  CHECK(help_of(under_time("time (IST)"))
            .starts_with(
                "the head 'time (IST)' names a zone that is not known here, or could be several: 'IST' | "
                "write times in UTC or with their offset"));
  // the head beside that of the date may name it as well
  const auto beside = [](const std::string& head) {
    return lines("date," + head + ",g/kWh", 30, [](int d, int h, const std::string& v) {
      return "2023-01-" + two(d) + ',' + two(h) + ":00," + v;
    });
  };
  CHECK(first(read(beside("time (UTC+1)"))) == "2022-12-31T23:00Z");
  CHECK(refusal(beside("time (IST)")) == "bad-trace:1");
  CHECK(first(read(beside("hour (24h)"))) == "2023-01-01T00:00Z");
}
