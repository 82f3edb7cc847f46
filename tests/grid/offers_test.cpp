// Devices and places of a grid together: each row is what estimate says of its run, prices included, and what
// is not offered is left out of searches but never of what is named.
#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>

using namespace kwhatif;
using grid::Space;
using run::Input;
using test::given;
using test::tables;

namespace {

run::Scenario work() {
  run::Scenario run;
  run.set(Input::params, {"3B", {}, "--params"});
  run.set(Input::tokens, {"1T", {}, "--tokens"});
  run.set(Input::chips, {"64", {}, "--chips"});
  return run;
}

std::vector<grid::Axis> axes_of(const std::vector<std::string>& texts,
                                const grid::AxisOptions& options = {}) {
  std::vector<run::Given> all;
  for (const std::string& text : texts) all.push_back(given(text));
  return grid::read_axes(all, tables(), options);
}

// Compares every row with the run by itself.
void check_rows(const std::vector<std::string>& texts) {
  const Space space(work(), axes_of(texts), tables());
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    const auto indices = space.indices(row);
    std::optional<run::RunEstimate<double>> alone;
    try {
      alone = run::estimate(run::resolve(space.scenario(indices), tables()).inputs);
    } catch (const diag::ScenarioError&) {
    }
    const auto inputs = space.inputs(indices);
    std::string name;
    for (std::size_t a = 0; a < indices.size(); ++a) name += space.axes()[a].text(indices[a]) + ' ';
    CAPTURE(name);
    REQUIRE(inputs.has_value() == alone.has_value());
    if (!alone) continue;
    const auto result = run::estimate(*inputs);
    REQUIRE(result.cost.has_value() == alone->cost.has_value());
    REQUIRE(result.cost_low.has_value() == alone->cost_low.has_value());
    REQUIRE(result.cost_high.has_value() == alone->cost_high.has_value());
    if (result.cost) REQUIRE(result.cost->coherent() == alone->cost->coherent());
    if (result.cost_low) REQUIRE(result.cost_low->coherent() == alone->cost_low->coherent());
    if (result.cost_high) REQUIRE(result.cost_high->coherent() == alone->cost_high->coherent());
    if (result.operational_location)
      REQUIRE(result.operational_location->coherent() == alone->operational_location->coherent());
  }
}

constexpr const char* regions =
    "region=aws:us-west-2,aws:eu-north-1,gcp:us-central1,azure:eastus,azure:swedencentral,oci:eu-stockholm-1,"
    "coreweave:LAS1,lambda:us-west-1,hpc:lumi,meta:lulea";

}  // namespace

TEST_CASE("the price of a row is that of its device, place and billing together") {
  const std::string devices =
      "hardware=b200-sxm,h100-sxm5,h200-sxm,mi300x,p5.48xlarge,a100-sxm4-80gb,tpu-v6e,gb200,b100,xeon-8488c";
  check_rows({devices, regions});
  check_rows({regions, devices, "billing=on-demand,spot,reserved"});
  check_rows({devices, "billing=on-demand,spot,reserved"});
  check_rows({devices, "grid=SWE,FRA"});
}

TEST_CASE("pairs that a pattern chose must be offered, and named ones stay") {
  const auto axes = axes_of({"hardware=kind:tpu,kind:gpu", "region=all"});
  const Space space(work(), axes, tables(), {.offered = true});
  std::uint64_t offered = 0;
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    const auto indices = space.indices(row);
    const std::string device = space.axes()[0].text(indices[0]);
    const std::string region = space.axes()[1].text(indices[1]);
    CAPTURE(device, region);
    const auto found = run::offered(tables(), *tables().find(catalog::Kind::hardware, device),
                                    *tables().find(catalog::Kind::region, region));
    if (!space.inputs(indices)) continue;
    CHECK(found == run::Offered::yes);
    ++offered;
  }
  // nothing that is offered and can be computed is missing
  std::uint64_t expected = 0;
  for (std::size_t d = 0; d < axes[0].size(); ++d) {
    for (std::size_t r = 0; r < axes[1].size(); ++r) {
      const auto device = tables().find(catalog::Kind::hardware, axes[0].text(d));
      const auto region = tables().find(catalog::Kind::region, axes[1].text(r));
      if (run::offered(tables(), *device, *region) != run::Offered::yes) continue;
      auto run = work();
      run.set(Input::hardware, {axes[0].text(d), {}, "--hardware"});
      run.set(Input::region, {axes[1].text(r), {}, "--region"});
      try {
        // a place without a comparable intensity stands outside every ranking
        const auto resolved = run::resolve(run, tables());
        if (!resolved.intensity || resolved.intensity->status != run::IntensityStatus::refused) ++expected;
      } catch (const diag::ScenarioError&) {
      }
    }
  }
  CHECK(offered == expected);
  CHECK(offered > 500);
  const Space named(work(), axes_of({"hardware=tpu-v6e,h100-sxm5", "region=aws:us-east-1,aws:eu-west-3"}),
                    tables(), {.offered = true});
  CHECK(named.size() == 4);
  for (std::uint64_t row = 0; row < 4; ++row) CHECK(named.inputs(named.indices(row)));
}

TEST_CASE("among places that rent nothing a search keeps all devices") {
  const Space space(work(), axes_of({"hardware=h100-sxm5,mi250x", "region=hpc:*"}), tables(),
                    {.offered = true});
  for (std::uint64_t row = 0; row < space.size(); ++row) CHECK(space.inputs(space.indices(row)));
}

TEST_CASE("a sweep says how many pairs are left out, and which named ones are not offered") {
  const auto codes = [](const std::vector<diag::Diagnostic>& all) {
    std::string out;
    for (const auto& d : all) out += d.code + ": " + d.message + '\n';
    return out;
  };
  ask::SweepQuestion question{
      .run = work(), .axes = {given("hardware=kind:gpu"), given("region=aws:*,gcp:*")}, .top = given("3")};
  const auto all = ask::sweep(question, tables());
  CHECK(codes(all.notes).find("pairs of device and place are left out") != std::string::npos);
  CHECK(codes(all.notes).find("left out, never sold, announced or withdrawn: b100") != std::string::npos);
  for (const auto& row : all.rows) CHECK(row.result.cost);
  question.unavailable = true;
  const auto more = ask::sweep(question, tables());
  CHECK(codes(more.notes).find("left out") == std::string::npos);
  CHECK(more.space.size() > all.space.size());
  CHECK(more.rows.front().result.operational_location->coherent() <=
        all.rows.front().result.operational_location->coherent());
  const auto named = ask::sweep(
      {.run = work(), .axes = {given("hardware=tpu-v6e,h100-sxm5"), given("region=aws:us-east-1")}},
      tables());
  CHECK(codes(named.warnings).find("tpu-v6e in aws:us-east-1 (nearest offer: gcp:us-east") !=
        std::string::npos);
  CHECK(named.space.size() == 2);
}

TEST_CASE("a kind that is named is the device that stands for it in the year, and says which") {
  const auto axis = axes_of({"hardware=cpu,tpu,gpu"}).front();
  CHECK(axis.texts == std::vector<std::string>{"xeon-8488c", "tpu-v6e", "h100-sxm5"});
  REQUIRE(axis.notes.size() == 3);
  CHECK(axis.notes[2].message.starts_with("gpu: h100-sxm5 stands for the kind in 2026: "));
  CHECK(axes_of({"hardware=gpu"}, {.year = 2022}).front().texts ==
        std::vector<std::string>{"a100-sxm4-80gb"});
  CHECK(axes_of({"hardware=gpu,h100-sxm5"}).front().size() == 1);
  const auto unsold = std::ranges::count_if(
      tables().rows(catalog::Kind::hardware),
      [](const catalog::Row& row) { return row.text("kind") == "gpu" && !run::on_sale(row); });
  CHECK(unsold > 1);
  CHECK(axes_of({"hardware=kind:gpu"}, {.unavailable = true}).front().size() ==
        axes_of({"hardware=kind:gpu"}).front().size() + static_cast<std::size_t>(unsold));
  CHECK_THROWS_AS(axes_of({"hardware=kind:abacus"}), diag::UsageError);
}
