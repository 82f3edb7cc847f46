#include "support/catch.hpp"
#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/predict/fit.hpp>
#include <kwhatif/predict/model.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace kwhatif;
using catalog::Catalog;
using catalog::Kind;
using predict::Tier;

#include <unistd.h>

namespace {

predict::Plan plan_of(const Catalog& tables, std::string_view hardware, double active, double devices) {
  predict::Plan out;
  out.device = predict::device_of(tables, *tables.find(Kind::hardware, hardware)).value();
  out.active = quantity::Parameters<double>::from_coherent(active);
  out.devices = quantity::Devices<double>::from_coherent(devices);
  return out;
}

double median(const predict::UtilisationModel& model, const predict::Plan& plan) {
  return model.predict(plan).median();
}

}  // namespace

TEST_CASE("refitting the tables gives the shipped coefficients") {
  const Catalog& tables = Catalog::builtin();
  const auto fitted = predict::fit(tables).coefficients;
  const auto shipped = predict::coefficients(tables);
  for (const auto& [name, value] : fitted) {
    INFO(name);
    const auto found = shipped.find(name);
    REQUIRE(found != shipped.end());
    CHECK(found->second == Approx(value).epsilon(1e-3).margin(1e-3));
  }
}

TEST_CASE("utilisation stays in (0, 1) and is monotone from 1 to 1e14 parameters and 1 to 1e6 devices") {
  const Catalog& tables = Catalog::builtin();
  const predict::UtilisationModel model(tables);
  for (const catalog::Row& hardware : tables.rows(Kind::hardware)) {
    if (!predict::device_of(tables, hardware)) continue;
    double before = 0;
    for (double n = 1; n < 1e14; n *= 10) {
      const auto distribution = model.predict(plan_of(tables, hardware.id(), n, 64));
      CHECK(distribution.quantile(1e-9) > 0);
      CHECK(distribution.quantile(1 - 1e-9) < 1);
      CHECK(distribution.quantile(0.05) < distribution.quantile(0.95));
      CHECK(distribution.median() >= before);
      before = distribution.median();
    }
    double more = 1;
    for (double devices = 1; devices < 1e6; devices *= 10) {
      const double mfu = median(model, plan_of(tables, hardware.id(), 7e9, devices));
      CHECK(mfu <= more);
      more = mfu;
    }
  }
}

TEST_CASE("a sparse model is predicted below a dense one of the same active size") {
  const Catalog& tables = Catalog::builtin();
  const predict::UtilisationModel model(tables);
  auto plan = plan_of(tables, "h100-sxm5", 17e9, 2048);
  const double dense = median(model, plan);
  plan.total = quantity::Parameters<double>::from_coherent(109e9);
  const double coarse = median(model, plan);
  plan.total = quantity::Parameters<double>::from_coherent(400e9);
  CHECK(coarse < dense);
  CHECK(median(model, plan) < coarse);
}

TEST_CASE("evidence makes the tier, and less evidence a wider band") {
  const Catalog& tables = Catalog::builtin();
  const predict::UtilisationModel model(tables);
  const auto known = model.predict(plan_of(tables, "a100-sxm4-80gb", 7e9, 256));
  const auto borrowed = model.predict(plan_of(tables, "mi300x", 7e9, 256));
  const auto judged = model.predict(plan_of(tables, "xeon-8380", 1e9, 1));
  CHECK(known.tier == Tier::known);
  CHECK(borrowed.tier == Tier::borrowed);
  CHECK(judged.tier == Tier::judgement);
  const auto width = [](const predict::Distribution& d) { return d.residual.back() - d.residual.front(); };
  CHECK(width(known) < width(borrowed));
  CHECK(width(borrowed) < width(judged));
  CHECK(known.quantile(0.95) / known.quantile(0.05) < 3);
}

TEST_CASE("power rises with utilisation and stays near what was measured") {
  const Catalog& tables = Catalog::builtin();
  const predict::PowerModel model(tables);
  const auto v100 = predict::device_of(tables, *tables.find(Kind::hardware, "v100-sxm2-16gb")).value();
  const auto at = [&](double mfu) {
    return model.predict(v100, quantity::Ratio<double>::from_coherent(mfu));
  };
  CHECK(at(0.1).median() < at(0.3).median());
  const auto band = at(0.2);
  CHECK(band.quantile(0.05) < 330);  // GPT-3, patterson-2021 table 4
  CHECK(band.quantile(0.95) > 330);
}

TEST_CASE("two past runs of the user narrow the band and move it their way") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("kwhatif-predict-test-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "runs.toml"} << R"(schema = "observation/1"
[defaults]
source = "kwhatif"
at = "test"
status = "assumed"
[[observation]]
id = "ours/a"
family = "own"
use = "yes"
evidence = "own"
hardware = "h100-sxm5"
params = "7B"
chips = 128
mfu = "0.45"
[[observation]]
id = "ours/b"
family = "own"
use = "yes"
evidence = "own"
hardware = "h100-sxm5"
params = "13B"
chips = 256
mfu = "0.46"
)";
  const Catalog own = Catalog::overlay(folder.string());
  std::filesystem::remove_all(folder);
  const auto plan = plan_of(own, "h100-sxm5", 13e9, 256);
  const auto before = predict::UtilisationModel(Catalog::builtin()).predict(plan);
  const predict::UtilisationModel model(own);
  const auto after = model.predict(plan);
  CHECK(model.history().runs == 2);
  CHECK(after.median() > before.median());
  const auto width = [](const predict::Distribution& d) { return d.residual.back() - d.residual.front(); };
  CHECK(width(after) < 0.95 * width(before));
}

TEST_CASE("blind predictions of unseen families keep the stated accuracy and coverage") {
  const auto result = ask::backtest(Catalog::builtin());
  const auto of = [&](std::string_view predictor, std::string_view tier) {
    for (const auto& s : result.summaries) {
      if (s.mode == ask::BacktestMode::blind && s.predictor == predictor && s.quantity == "device_time" &&
          s.tier == tier)
        return s;
    }
    return ask::BacktestSummary{};
  };
  const auto ours = of("kwhatif", "known");
  REQUIRE(ours.rows > 30);
  CHECK(ours.median_factor <= 1.205);
  CHECK(ours.rms_log <= 0.30);
  CHECK(ours.coverage90 >= 0.85);
  CHECK(ours.coverage90 <= 0.97);
  CHECK(ours.width90 <= 3);
  for (const std::string_view baseline : {"constant MFU", "LLMCarbon"}) {
    CHECK(ours.rms_log < 0.8 * of(baseline, "known").rms_log);
    CHECK(ours.median_factor < of(baseline, "known").median_factor);
  }
}
