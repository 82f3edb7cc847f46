// The fit of times: it gives what the tables ship, and predicts publishers that it has not seen.
#include "support/catch.hpp"
#include <kwhatif/predict/times_fit.hpp>

#include <cmath>
#include <set>

namespace kwhatif::predict {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

TEST_CASE("refitting the measured times gives the shipped coefficients") {
  const auto rows = timings(tables());
  REQUIRE(rows.size() > 800);
  const TimesFit fit = fit_times(tables(), rows);
  const Constants shipped = constants(tables());
  for (const std::string& name : fitted_coefficients(tables())) {
    INFO(name);
    for (const auto& field : coefficient_fields<double>) {
      // printed with six digits; another compiler's exp and log may move the last of them
      if (field.name == name)
        CHECK(fit.coefficients.*field.member == Approx(shipped.times.*field.member).epsilon(1e-4));
    }
  }
  for (const auto& [family, value] : fit.families) {
    if (family.empty()) continue;  // devices that no family names
    INFO(family);
    const auto row = tables().find(catalog::Kind::coefficient, "time-family-" + family);
    REQUIRE(row);
    CHECK(value == Approx(row->number("value").value_or(99)).margin(1e-4));
  }
}

TEST_CASE("every measured time names its source, its device and a rate that the device can reach") {
  std::set<std::string> ids;
  for (const Timing& t : timings(tables())) {
    INFO(t.id);
    CHECK(ids.insert(t.id).second);
    CHECK_FALSE(t.source.empty());
    CHECK_FALSE(t.publisher.empty());
    CHECK(t.seconds > 0);
    CHECK((t.weight > 0 && t.weight <= 1));
    const Settings<double> s = settle(constants(tables()).usual, t.training, *t.training.software);
    const Times<double> times_of = times(
        constants(tables()).times, Work<double>{t.training.network, t.training.gmac}, t.device.engine, s);
    CHECK(t.seconds > times_of.floor * 0.99);
  }
}

TEST_CASE("publishers and device families that were left out lie in their bands as often as is said") {
  const auto rows = timings(tables());
  for (const LeftOut left_out : {LeftOut::publisher, LeftOut::family}) {
    struct Count {
      double n = 0, in90 = 0, in50 = 0, square = 0;
    };
    std::map<Scope, Count> counts;
    for (const HeldOutTime& h : hold_out_times(tables(), rows, left_out, {{}})) {
      const Timing& t = rows[h.timing];
      if (t.weight < 1) continue;  // rows of one setting over and over
      Count& c = counts[t.training.scope];
      ++c.n;
      c.square += h.ln_ratio * h.ln_ratio;
      const auto inside = [&](double low, double high) {
        return t.seconds >= h.forecast.quantile(low) && t.seconds <= h.forecast.quantile(high);
      };
      c.in90 += inside(0.05, 0.95) ? 1 : 0;
      c.in50 += inside(0.25, 0.75) ? 1 : 0;
    }
    for (const auto& [scope, c] : counts) {
      INFO("scope " << static_cast<int>(scope) << ", " << c.n << " rows");
      CHECK(c.in90 / c.n >= 0.85);
      CHECK(c.in50 / c.n >= 0.40);
      CHECK(std::sqrt(c.square / c.n) <= 0.36);
    }
  }
}

}  // namespace
}  // namespace kwhatif::predict
