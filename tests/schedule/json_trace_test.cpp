// Answers of interfaces saved to a file: read like a table, or refused with the way on.
#include "support/catch.hpp"
#include <kwhatif/schedule/trace.hpp>

#include <string>

namespace kwhatif::schedule {
namespace {

Trace trace_in(const std::string& text) {
  return read_trace(std::make_shared<const diag::SourceText>(diag::SourceText{"answer.json", text}));
}

constexpr double per_joule = 1e-3 / 3.6e6;

TEST_CASE("the answer of NESO's interface is read: half-hours, actual before forecast") {
  const auto trace = trace_in(R"({"data":[
    {"from":"2018-01-20T12:00Z","to":"2018-01-20T12:30Z","intensity":{"forecast":266,"actual":263,"index":"moderate"}},
    {"from":"2018-01-20T12:30Z","to":"2018-01-20T13:00Z","intensity":{"forecast":270,"actual":269,"index":"moderate"}},
    {"from":"2018-01-20T13:00Z","to":"2018-01-20T13:30Z","intensity":{"forecast":280,"actual":282,"index":"high"}},
    {"from":"2018-01-20T13:30Z","to":"2018-01-20T14:00Z","intensity":{"forecast":290,"actual":290,"index":"high"}}]})");
  REQUIRE(trace.hours() == 2);
  CHECK(trace.intensity[0] / per_joule == Approx((263 + 269) / 2.0));
  CHECK(trace.intensity[1] / per_joule == Approx((282 + 290) / 2.0));
  CHECK(trace.boundary == "direct");
  CHECK(stamp(trace.first_hour) == "2018-01-20T12:00Z");
}

TEST_CASE("the answer of Electricity Maps is read with its boundary") {
  const auto trace = trace_in(R"({"zone":"DE","history":[
    {"zone":"DE","carbonIntensity":302,"datetime":"2018-04-25T18:00:00.000Z","emissionFactorType":"lifecycle"},
    {"zone":"DE","carbonIntensity":310,"datetime":"2018-04-25T19:00:00.000Z","emissionFactorType":"lifecycle"},
    {"zone":"DE","carbonIntensity":null,"datetime":"2018-04-25T20:00:00.000Z","emissionFactorType":"lifecycle"},
    {"zone":"DE","carbonIntensity":330,"datetime":"2018-04-25T21:00:00.000Z","emissionFactorType":"lifecycle"}]})");
  REQUIRE(trace.hours() == 4);
  CHECK(trace.intensity[0] / per_joule == Approx(302));
  CHECK(trace.intensity[2] / per_joule == Approx(310));
  CHECK(trace.filled == 1);
  CHECK(trace.boundary == "life-cycle");
}

TEST_CASE("other JSON is refused with the forms that are read") {
  for (const char* text : {"{}", "{\"data\":[]}", "[1,2,3]", "{\"data\":[{\"from\":\"x\"", "{\"history\":{}}",
                           "{\"data\":[{\"intensity\":{}}]}"}) {
    CAPTURE(text);
    try {
      (void)trace_in(text);
      FAIL_CHECK("read");
    } catch (const diag::Error& error) {
      CHECK(error.diagnostics().front().code == "bad-trace");
      CHECK(error.diagnostics().front().help.find("NESO") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace kwhatif::schedule
