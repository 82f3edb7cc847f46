// What is said where runs stand beside each other: gaps, prices of others, power of unlike kinds.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/ask/beside.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>

using namespace kwhatif;
using run::Input;

namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

ask::Compared compared(const std::string& label, test::Flags flags) {
  flags.insert(flags.begin(), {{Input::params, "3B"}, {Input::tokens, "1T"}, {Input::chips, "64"}});
  ask::Compared out;
  out.label = label;
  out.run = run::resolve(test::scenario_of(flags), tables());
  out.result = run::estimate(out.run.inputs);
  return out;
}

std::string said(const std::vector<ask::Compared>& runs, std::string_view code) {
  std::string out;
  for (const auto& note : ask::notes_beside(runs)) {
    CHECK(note.severity == diag::Severity::note);
    if (note.code == code) out += note.message + '\n';
  }
  return out;
}

}  // namespace

TEST_CASE("power that is given for one and predicted for another is said to be unlike") {
  const auto own = compared("a", {{Input::hardware, "h100-sxm5"}, {Input::power, "900 W"}});
  const auto tabled = compared("b", {{Input::hardware, "h100-sxm5"}});
  CHECK(
      said({own, tabled}, "unlike-power").find("given for a; predicted, as fitted to measured runs for b") !=
      std::string::npos);
  CHECK(said({tabled, tabled}, "unlike-power").empty());
  CHECK(said({own, own}, "unlike-power").empty());
  const auto cpu = compared("c", {{Input::hardware, "xeon-8488c"}});
  const auto tpu = compared("d", {{Input::hardware, "tpu-v6e"}});
  CHECK(said({cpu, tpu, tabled}, "unlike-power").empty());  // one way of knowing for all kinds
}

TEST_CASE("a result that only some runs have is missing with its reason and the run's name") {
  const auto aws = compared("there", {{Input::hardware, "h100-sxm5"}, {Input::region, "aws:us-east-1"}});
  const auto hpc = compared("here", {{Input::hardware, "h100-sxm5"}, {Input::region, "hpc:lumi"}});
  const auto bare = compared("bare", {{Input::hardware, "gaudi1"}, {Input::region, "aws:us-east-1"}});
  CHECK(said({aws, hpc}, "no-price")
            .find("here: money is not computed: hpc:lumi rents no devices by the hour") == 0);
  CHECK(said({aws, aws}, "no-price").empty());
  CHECK(said({hpc, hpc}, "no-price").find("money is not computed") == 0);  // of all: without a name
  CHECK(said({aws, bare}, "no-time")
            .find("bare: device-time, energy and CO2e are not computed: the tables have "
                  "no peak rate of gaudi1") == 0);
}

TEST_CASE("a price that is not of the run's provider is said to be none") {
  const auto aws = compared("a", {{Input::hardware, "h100-sxm5"}, {Input::region, "aws:us-east-1"}});
  const auto ovh = compared("b", {{Input::hardware, "h100-sxm5"}, {Input::region, "ovh:ca-toronto"}});
  CHECK(said({aws, aws}, "price-of-others").empty());
  CHECK(said({aws, ovh}, "price-of-others").find("price for b: no price of ovh is known: median") == 0);
}
