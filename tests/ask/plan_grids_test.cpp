// plan against enumeration: every run of a small grid by resolve() and estimate() alone.
#include "ask/share_kept.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/ask/plan_grids.hpp>
#include <kwhatif/ask/plan_search.hpp>
#include <kwhatif/grid/confidence.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

using namespace kwhatif;
using grid::Limit;
using run::Input;

namespace {

run::Given given(std::string text) { return {std::move(text), {}, "--axis"}; }
const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

struct Row {
  run::Scenario run;
  run::ResolvedRun resolved;
  run::RunEstimate<double> result;
};

// The rule of plan: what does not fit into the memory of the devices is no run.
bool fits(const run::ResolvedRun& run) {
  for (const auto& w : run.warnings) {
    if (w.code == "does-not-fit") return false;
  }
  const auto memory = run.hardware ? run.hardware->number("memory") : std::nullopt;
  if (!memory || !run.inputs.active_parameters() || !run.inputs.devices()) return true;
  return 16 * run.inputs.active_parameters()->coherent() <= 0.9 * *memory * run.inputs.devices()->coherent();
}

// All runs of a grid that can be, in the order of the grid.
std::vector<Row> enumerate(const run::Scenario& base, const std::vector<run::Given>& written) {
  const auto axes = grid::read_axes(written, tables());
  std::vector<run::Scenario> runs{base};
  grid::clear_rivals(runs.front(), axes, tables());
  for (const auto& axis : axes) {
    std::vector<run::Scenario> more;
    for (const auto& run : runs) {
      for (std::size_t i = 0; i < axis.size(); ++i) {
        auto one = run;
        one.set(axis.input, {axis.text(i), {}, "--" + axis.name});
        more.push_back(std::move(one));
      }
    }
    runs = std::move(more);
  }
  std::vector<Row> out;
  for (auto& run : runs) {
    try {
      auto resolved = run::resolve(run, tables(), {.unneeded = true});  // the grid's band is that of a year
      if (!fits(resolved)) continue;
      const auto result = run::estimate(resolved.inputs);
      out.push_back({std::move(run), std::move(resolved), result});
    } catch (const diag::ScenarioError&) {
    }
  }
  return out;
}

bool keeps(const Row& row, const std::vector<Limit>& limits, double confidence) {
  if (confidence > 0 && !limits.empty()) return test::share_kept(row.resolved, limits) >= confidence;
  return std::all_of(limits.begin(), limits.end(), [&](const Limit& l) {
    const auto v = grid::result_value(row.result, l.result);
    return v && l.holds(*v);
  });
}

// Values of three results of the rows that no other beats.
std::set<std::array<double, 3>> front_of(const std::vector<const Row*>& rows,
                                         const std::array<std::size_t, 3>& results) {
  std::vector<std::array<double, 3>> points;
  for (const Row* row : rows) {
    std::array<double, 3> p{};
    bool all = true;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto v = grid::result_value(row->result, results[k]);
      all = all && v;
      p[k] = v.value_or(0);
    }
    if (all) points.push_back(p);
  }
  std::set<std::array<double, 3>> out;
  for (const auto& p : points) {
    const bool beaten = std::any_of(points.begin(), points.end(), [&](const auto& q) {
      return q != p && q[0] <= p[0] && q[1] <= p[1] && q[2] <= p[2];
    });
    if (!beaten) out.insert(p);
  }
  return out;
}

// With a confidence: the value is kept in that share of draws by some run, and a better one by none.
void check_sure_bindings(const ask::PlanFound& answer, const ask::PlanGoal& question,
                         const std::vector<Row>& rows) {
  for (std::size_t k = 0; k < question.limits.size(); ++k) {
    const auto& binding = answer.bindings[k];
    if (!binding.nearest) continue;
    auto others = question.limits;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
    std::vector<const Row*> compared;
    for (const Row& row : rows) {
      if (binding.alone || keeps(row, others, question.confidence)) compared.push_back(&row);
    }
    if (compared.empty()) continue;  // then all are compared, as for those that cannot be met at all
    const auto any_keeps = [&](double bound) {
      const std::vector<Limit> only{
          {.result = binding.limit.result, .compare = Limit::Compare::at_most, .bound = bound, .text = {}}};
      return std::any_of(compared.begin(), compared.end(),
                         [&](const Row* row) { return keeps(*row, only, question.confidence); });
    };
    if (binding.limit.compare == Limit::Compare::at_least) continue;
    CHECK(any_keeps(binding.value * (1 + 1e-12)));
    CHECK_FALSE(any_keeps(binding.value * (1 - 1e-9)));
  }
}

// Where nothing meets the limits: how near each can be come, all others kept or, where that cannot be, alone.
void check_bindings(const ask::PlanFound& answer, const ask::PlanGoal& question,
                    const std::vector<Row>& rows) {
  if (answer.without) {  // runs keep the limits but lack the result
    CHECK(std::any_of(rows.begin(), rows.end(),
                      [&](const Row& row) { return keeps(row, question.limits, question.confidence); }));
    return;
  }
  REQUIRE(answer.bindings.size() == question.limits.size());
  if (question.confidence > 0) return check_sure_bindings(answer, question, rows);
  for (std::size_t k = 0; k < question.limits.size(); ++k) {
    const Limit& limit = question.limits[k];
    const double sign =
        limit.compare == Limit::Compare::at_least || limit.compare == Limit::Compare::more ? -1 : 1;
    auto others = question.limits;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
    std::optional<double> with_others;
    std::optional<double> alone;
    for (const Row& row : rows) {
      const auto v = grid::result_value(row.result, limit.result);
      if (!v) continue;
      if (!alone || sign * *v < sign * *alone) alone = v;
      if (keeps(row, others, 0) && (!with_others || sign * *v < sign * *with_others)) with_others = v;
    }
    const auto& binding = answer.bindings[k];
    REQUIRE(binding.nearest.has_value() == alone.has_value());
    if (!alone) continue;
    CHECK(binding.alone == (others.empty() || !limit.holds(*alone)));
    CHECK(binding.value == (binding.alone ? *alone : with_others.value_or(*alone)));
  }
}

run::Scenario base(test::Random& random) {
  run::Scenario run;
  const auto set = [&](Input input, std::string text) { run.set(input, {std::move(text), {}, "--flag"}); };
  switch (random.below(4)) {
    case 0:
      set(Input::model, "llama-3-8b");
      set(Input::tokens, "1T");
      break;
    case 1:
      set(Input::params, "70B");
      set(Input::tokens, "300B");
      break;
    case 2:
      set(Input::flops, "1e22");
      break;
    default:
      set(Input::params, "7B");
      set(Input::tokens, "1T");
  }
  set(Input::hardware, "a100-sxm4-80gb");
  set(Input::chips, "64");
  set(Input::region, "gcp:us-central1");
  if (random.below(3) == 0) set(Input::overhead, "12 %");
  return run;
}

// Axes with values that fit nowhere, or only together with some values of the others.
std::vector<run::Given> some_axes(test::Random& random) {
  std::vector<std::string> pool{"chips=1,2,8,64,512",
                                "chips=8192,1",
                                "hardware=v100-sxm2-16gb,a100-sxm4-80gb,h100-sxm5,tpu-v4,rtx-4090",
                                "hardware=h100-sxm5,apple-m4-max",
                                "region=gcp:europe-north1,gcp:us-central1,aws:eu-north-1",
                                "grid=SWE,FRA,POL",
                                "precision=bf16,fp8,fp32",
                                "mfu=0.2,0.4",
                                "pue=1.1:1.5:lin3",
                                "tflops=100 TFLOP/s,400 TFLOP/s",
                                "price=1 USD/h,3 USD/h",
                                "tokens=100B,1T",
                                "params=1B,70B,700B",
                                "power=400 W,700 W"};
  std::vector<run::Given> out;
  std::set<std::string> names;
  const std::size_t count = 1 + random.below(3);
  while (out.size() < count) {
    const std::string& spec = pool[random.below(pool.size())];
    std::string name = spec.substr(0, spec.find('='));
    if (name == "tflops") name = "mfu";  // rivals
    if (name == "grid") name = "region";
    if (!names.insert(name).second) continue;
    out.push_back(given(spec));
  }
  return out;
}

bool rivals(const run::Scenario& run, const std::vector<run::Given>& axes) {
  return std::any_of(axes.begin(), axes.end(), [&](const auto& a) {
    return a.text.starts_with("params=") && (run.has(Input::model) || run.has(Input::flops));
  });
}

}  // namespace

TEST_CASE("plan finds what enumeration with one estimate per run finds, or says no where it does") {
  test::Random random(2611);
  int yes = 0;
  int no = 0;
  int left_out = 0;
  for (int i = 0; i < test::repeats(400); ++i) {
    const auto run = base(random);
    const auto axes = some_axes(random);
    if (rivals(run, axes)) continue;
    ask::PlanGoal question;
    const auto number = [&](double low, double high) { return std::to_string(random.magnitude(low, high)); };
    std::string text;
    const auto limit = [&](const std::string& one) { text += (text.empty() ? "" : " and ") + one; };
    if (random.below(2) == 0) limit("co2e<=" + number(0, 2.5) + " t");
    if (random.below(2) == 0) limit("time<" + number(0, 2.5) + " days");
    if (random.below(3) == 0) limit("cost<=" + number(4, 6.5) + " USD");
    if (random.below(3) == 0) limit("energy<=" + number(4, 6) + " kWh");
    if (random.below(6) == 0) limit("chips>=8");
    if (!text.empty()) question.limits = grid::read_limits(given(text));
    if (!text.empty() && random.below(4) == 0) question.confidence = 0.9;
    question.largest_model = random.below(5) == 0;
    question.minimize = *grid::result_named(std::array{"co2e", "cost", "time", "energy"}[random.below(4)]);
    question.front = {*grid::result_named("co2e"), *grid::result_named("time"), *grid::result_named("cost")};
    std::string said = text + " |";
    for (const auto& a : axes) said += ' ' + a.text;
    for (const auto& info : run::input_table()) {
      if (run.has(info.input)) said += " --" + std::string{info.flag} + ' ' + run.get(info.input)->text;
    }
    INFO(said << (question.confidence > 0 ? " surely" : "") << (question.largest_model ? " largest" : ""));

    const auto rows = enumerate(run, axes);
    const std::size_t wanted = question.largest_model ? *grid::result_named("flops") : question.minimize;
    std::optional<double> best;
    std::vector<const Row*> kept;
    for (const Row& row : rows) {
      if (!keeps(row, question.limits, question.confidence)) continue;
      kept.push_back(&row);
      const auto v = grid::result_value(row.result, wanted);
      if (v && (!best || (question.largest_model ? *v > *best : *v < *best))) best = v;
    }

    auto grids = ask::plan_grids(run, axes, tables(), {.spreads = question.confidence > 0});
    REQUIRE(grids.spaces.empty() == rows.empty());
    left_out += static_cast<int>(grids.left_out.size());
    if (rows.empty()) {
      CHECK_FALSE(grids.fault.empty());
      continue;
    }
    const auto answer = ask::search(std::move(grids.spaces), question, tables());
    REQUIRE(answer.best.has_value() == best.has_value());
    (best ? yes : no) += 1;
    if (!best) {
      check_bindings(answer, question, rows);
      continue;
    }
    CHECK(test::same_bits(answer.best->value, *best));
    const auto run_of = [&](const ask::PlanPoint& point) {
      const auto& space = answer.spaces[point.space];
      return run::resolve(space.scenario(space.indices(point.row)), tables(), {.unneeded = true});
    };
    const auto resolved = run_of(*answer.best);
    CHECK(test::same_bits(*grid::result_value(run::estimate(resolved.inputs), wanted), *best));
    // the best of each device
    for (const auto& point : answer.by_hardware) {
      const std::string id{run_of(point).hardware->id()};
      std::optional<double> own;
      for (const Row* row : kept) {
        if (row->resolved.hardware->id() != id) continue;
        const auto v = grid::result_value(row->result, wanted);
        if (v && (!own || (question.largest_model ? *v > *own : *v < *own))) own = v;
      }
      CHECK(own == point.value);
    }
    std::set<std::array<double, 3>> front;
    for (const auto& point : answer.front) {
      const auto result = run::estimate(run_of(point).inputs);
      std::array<double, 3> p{};
      for (std::size_t k = 0; k < 3; ++k) p[k] = *grid::result_value(result, (*question.front)[k]);
      front.insert(p);
    }
    CHECK(front == front_of(kept, *question.front));
  }
  CHECK(yes > test::repeats(100));
  CHECK(no > test::repeats(50));
  CHECK(left_out > test::repeats(50));
}

TEST_CASE("the most tokens and parameters of a random grid meet the limits, and a little more nowhere does") {
  test::Random random(1127);
  int found = 0;
  for (int i = 0; i < 40; ++i) {
    const Input grow = random.below(2) == 0 ? Input::tokens : Input::params;
    run::Scenario run;
    run.set(grow == Input::tokens ? Input::params : Input::tokens,
            {grow == Input::tokens ? "7B" : "1T", {}, "--flag"});
    run.set(grow, {grow == Input::tokens ? "1e9" : "1e6", {}, "--flag"});
    run.set(Input::region, {"gcp:us-central1", {}, "--region"});
    const std::vector<run::Given> axes{
        given(random.below(2) == 0 ? "hardware=v100-sxm2-16gb,h100-sxm5" : "hardware=a100-sxm4-80gb,tpu-v4"),
        given(random.below(2) == 0 ? "chips=1,8,512" : "chips=64,2048")};
    const auto number = [&](double low, double high) { return std::to_string(random.magnitude(low, high)); };
    ask::PlanGoal question;
    question.grow = grow;
    std::string text = "co2e<=" + number(-1, 2) + " t";
    if (random.below(2) == 0) text = "time<" + number(0, 2) + " days and " + text;
    question.limits = grid::read_limits(given(text));
    if (random.below(3) == 0) question.confidence = 0.8;
    INFO(text << ", " << axes[0].text << ", " << axes[1].text << " at " << question.confidence);
    auto grids = ask::plan_grids(run, axes, tables(), {.spreads = question.confidence > 0});
    const auto answer = ask::search(std::move(grids.spaces), question, tables());
    const auto any = [&](double value) {
      std::string digits = std::to_string(value);
      auto more = run;
      more.set(grow, {digits.substr(0, digits.find('.')), {}, "--flag"});
      const auto rows = enumerate(more, axes);
      return std::any_of(rows.begin(), rows.end(),
                         [&](const Row& row) { return keeps(row, question.limits, question.confidence); });
    };
    if (!answer.best) {
      CHECK_FALSE(any(grow == Input::tokens ? 1e9 : 1e6));
      continue;
    }
    ++found;
    CHECK(any(answer.best->value));
    CHECK_FALSE(any(answer.best->value * 1.00001));
  }
  CHECK(found > 25);
}

TEST_CASE("one more value on an axis never takes the answer away, and one that fits nowhere is told") {
  run::Scenario run;
  run.set(Input::params, {"70B", {}, "--params"});
  run.set(Input::tokens, {"2T", {}, "--tokens"});
  run.set(Input::grid, {"SWE", {}, "--grid"});
  run.set(Input::hardware, {"h100-sxm5", {}, "--hardware"});
  run.set(Input::chips, {"64", {}, "--chips"});
  ask::PlanGoal question;
  question.minimize = *grid::result_named("energy");
  const auto best = [&](const std::vector<std::string>& axes) {
    std::vector<run::Given> written;
    for (const auto& a : axes) written.push_back(given(a));
    auto grids = ask::plan_grids(run, written, tables());
    REQUIRE_FALSE(grids.spaces.empty());
    const auto left_out = grids.left_out;
    const auto answer = ask::search(std::move(grids.spaces), question, tables());
    REQUIRE(answer.best);
    return std::pair{answer.best->value, left_out};
  };
  const double alone = best({"chips=64"}).first;
  for (const std::vector<std::string>& axes :
       std::vector<std::vector<std::string>>{{"chips=1,64"},
                                             {"chips=64,1"},
                                             {"chips=1,2,3,64"},
                                             {"hardware=h100-sxm5,rtx-4090,v100-sxm2-16gb"},
                                             {"params=70B,70T"},
                                             {"precision=bf16,fp64"},
                                             {"region=gcp:europe-north1,gcp:us-central1", "chips=1,64"},
                                             {"tflops=300 TFLOP/s,900 TFLOP/s,1100 TFLOP/s"}}) {
    INFO(axes.front());
    const auto [value, left_out] = best(axes);
    if (axes.front().starts_with("chips")) CHECK(value == alone);
    if (axes.front().starts_with("precision")) CHECK(value <= alone);
    const bool told = axes.front().starts_with("chips") || axes.front().starts_with("params") ||
                      axes.front().starts_with("tflops") || axes.size() > 1;
    if (told) {
      REQUIRE(left_out.size() == 1);
      CHECK_FALSE(left_out.front().values.empty());
      CHECK_FALSE(left_out.front().why.empty());
    }
  }
  CHECK(best({"chips=1,2,3,64"}).second.front().values == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("a value that is wrong by itself is an error, not one that does not fit") {
  run::Scenario run;
  run.set(Input::params, {"7B", {}, "--params"});
  run.set(Input::tokens, {"2T", {}, "--tokens"});
  run.set(Input::grid, {"SWE", {}, "--grid"});
  run.set(Input::hardware, {"h100-sxm5", {}, "--hardware"});
  const auto code = [&](const std::string& axis) {
    try {
      static_cast<void>(ask::plan_grids(run, {given(axis)}, tables()));
    } catch (const diag::Error& error) {
      return error.diagnostics().front().code;
    }
    return std::string{};
  };
  CHECK(code("chips=0,64") == "out-of-range");
  CHECK(code("chips=64,8.5") == "out-of-range");
  CHECK(code("mfu=0.4,45") == "out-of-range");
  CHECK(code("mfu=0.4:1.4:lin11") == "out-of-range");
  CHECK(code("hardware=h100-sxm5,h100-smx") == "unknown-hardware");
  CHECK(code("region=gcp:europe-north1,gcp:europe-nroth1") == "unknown-region");
  CHECK(code("grid=SWE,SWEE") == "unknown-grid");
  CHECK(code("precision=bf16,bf15") == "unknown-word");
  CHECK(code("chips=64,128").empty());
}

TEST_CASE("a device of a group that is named after its host keeps the host") {
  run::Scenario run;
  run.set(Input::params, {"7B", {}, "--params"});
  run.set(Input::tokens, {"1T", {}, "--tokens"});
  run.set(Input::nodes, {"8", {}, "--nodes"});
  const auto grids = ask::plan_grids(run, {given("hardware=p5.48xlarge")}, tables());
  REQUIRE_FALSE(grids.spaces.empty());
  const auto& space = grids.spaces.front();
  CHECK(space.scenario(space.indices(0)).get(Input::hardware)->text == "p5.48xlarge");
  CHECK(space.sample().inputs.devices()->coherent() == 64);
}

TEST_CASE("a region named by an axis beats a grid of the run, and devices are those it offers") {
  run::Scenario run;
  run.set(Input::params, {"7B", {}, "--params"});
  run.set(Input::tokens, {"1T", {}, "--tokens"});
  run.set(Input::grid, {"SWE", {}, "--grid"});
  const auto grids = ask::plan_grids(run, {given("region=gcp:us-central1,gcp:europe-west4")}, tables());
  CHECK_FALSE(grids.offers.groups.empty());
}
