// Traces of a day or two, as forecasts of interfaces are: what is left out is told, hours that were never
// seen have no mean, the usual window gives way, and shares between few starts are between them.
#include "support/catch.hpp"
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/schedule/policies.hpp>

#include <cmath>
#include <string>

namespace kwhatif::schedule {
namespace {

Trace rising(std::size_t hours) {
  Trace trace;
  for (std::size_t h = 0; h < hours; ++h) trace.intensity.push_back(1e-9 * static_cast<double>(100 + h));
  return trace;
}

TEST_CASE("a start is possible where the job ends within the trace, whatever its window") {
  Trace trace = rising(48);
  trace.intensity[40] = 1e-12;  // in the last window
  const auto year = year_of_starts(trace, {1, 1}, {24, 24, {}}, 1);
  CHECK(year.possible == 48);
  CHECK(year.starts == 24);
  CHECK(year.best_start == 40);
  CHECK(year.least == Approx(1e-12));
  CHECK(year.worst_start == 47);
}

TEST_CASE("hours of the day without a start have no mean") {
  const auto year = year_of_starts(rising(8), {2, 1}, {2, 2, {}}, 1);
  CHECK(year.possible == 7);
  CHECK_FALSE(std::isnan(year.by_hour[6]));
  CHECK(std::isnan(year.by_hour[7]));
  CHECK(std::isnan(year.by_hour[23]));
}

TEST_CASE("shares of few starts lie between them") {
  const auto two = Savings::of({0.0, 0.2});
  CHECK(two.quantile(0.05) == Approx(0.01));
  CHECK(two.quantile(0.5) == Approx(0.1));
  CHECK(two.quantile(0.95) == Approx(0.19));
  CHECK(Savings::of({0.3}).quantile(0.95) == 0.3);
}

// A day of half-hours as NESO's interface gives it, the last quarter of it a forecast.
std::string day() {
  std::string out = "{\"data\":[";
  for (int i = 0; i < 48; ++i) {
    const std::string hour = (i / 2 < 10 ? "0" : "") + std::to_string(i / 2);
    const std::string value = std::to_string(300 - 5 * i);
    out += std::string(i > 0 ? "," : "") + "{\"from\":\"2026-11-20T" + hour + (i % 2 == 0 ? ":00Z" : ":30Z") +
           "\",\"intensity\":{\"forecast\":" + value + ",\"actual\":" + (i < 36 ? value : "null") + "}}";
  }
  return out + "]}";
}

ask::ScheduleQuestion of_a_day() {
  ask::ScheduleQuestion question;
  question.run.set(run::Input::hours, {"6h", {}, "--hours"});
  question.trace = run::Given{"answer.json", {}, "--trace"};
  question.files = [](const std::string& path) {
    return std::make_shared<diag::SourceText>(diag::SourceText{path, day()});
  };
  return question;
}

bool notes(const ask::ScheduleAnswer& answer, const std::string& part) {
  for (const auto& note : answer.notes) {
    if (note.message.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("an answer of one day is long enough for a job of six hours") {
  const auto answer = ask::schedule(of_a_day(), catalog::Catalog::builtin());
  CHECK(answer.policy.window == 18);
  CHECK(answer.policy.extra == 18);
  CHECK(answer.year.starts == 1);
  // from 00:00 the mean of six hours is 297.5 - 25 = 272.5 g/kWh, from 18:00 it is 92.5
  CHECK(answer.year.shift.mean == Approx(1 - 92.5 / 272.5));
  CHECK(answer.year.shift.quantile(0.5) == Approx(answer.year.shift.mean));
  CHECK(answer.year.best_start == 18);
  CHECK(notes(answer, "the trace is short"));
  const std::string text =
      report::render(report::present(answer, catalog::Catalog::builtin()), report::Form::text);
  CHECK(text.find("of the 19 at which the trace has starts") != std::string::npos);
  CHECK(text.find("leave out the last 18 of 19") != std::string::npos);
}

TEST_CASE("a window that was asked for is not shortened") {
  auto question = of_a_day();
  question.window = run::Given{"24h", {}, "--window"};
  CHECK_THROWS_AS(ask::schedule(question, catalog::Catalog::builtin()), diag::UsageError);
}

TEST_CASE("the values of an answer have the name that it gives them") {
  const auto trace = read_trace(std::make_shared<diag::SourceText>(diag::SourceText{"answer.json", day()}));
  CHECK(trace.column == "intensity.actual");
  REQUIRE(trace.remarks.size() >= 1);
  CHECK(trace.remarks.back().find("12 of 48 values are intensity.forecast") != std::string::npos);
  const run::Given wrong{"Carbon intensity", {}, "--trace-column"};
  CHECK_THROWS_AS(
      read_trace(std::make_shared<diag::SourceText>(diag::SourceText{"answer.json", day()}), {wrong, {}}),
      diag::UsageError);
}

}  // namespace
}  // namespace kwhatif::schedule
