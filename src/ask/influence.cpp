#include <kwhatif/ask/influence.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

namespace {

// What is looked at where nothing is asked for: the last of these that is known.
constexpr std::array<std::string_view, 3> usual{"device_time", "facility_energy", "operational_location"};

struct Chosen {
  run::ResultInfo result;
  double value = 0;
};

Chosen result_of(const run::ResolvedRun& run, const std::optional<run::Given>& asked) {
  std::vector<std::string_view> known;
  std::optional<Chosen> out;
  const auto named = asked ? grid::result_named(asked->text) : std::nullopt;
  const auto results = run::estimate(run.inputs);
  run::for_each_result(results, [&](const run::ResultInfo& info, const auto& field) {
    if (!field) return;
    if (!std::isfinite(field->coherent()))
      diag::refuse("out-of-range", std::string{info.label} + " is beyond what a number can hold", {},
                   "an input is far from what it can be: `kwhatif estimate` shows them all");
    known.push_back(info.key);
    if (asked ? named && grid::result_info(*named).key == info.key
              : std::ranges::find(usual, info.key) != usual.end())
      out = Chosen{info, field->coherent()};
  });
  if (out) return *out;
  const std::string near = asked ? diag::did_you_mean(asked->text, known) : "";
  const std::string help = near + (near.empty() ? "" : " ") + "results of this run: " + diag::listed(known);
  if (!asked) diag::refuse("no-work", "nothing follows from what is given", {}, help);
  diag::refuse("unknown-result", "no result '" + asked->text.substr(0, 60) + "' of this run", asked->where,
               help);
}

}  // namespace

Sensitivity sensitivity(const run::Scenario& run, const std::optional<run::Given>& result,
                        const catalog::Catalog& tables) {
  Sensitivity out;
  out.run = run::resolve(run, tables);
  const Chosen chosen = result_of(out.run, result);
  out.result = chosen.result;
  out.value = chosen.value;
  out.elasticities = uncertain::elasticities(run, tables, out.result.key);
  out.tornado = uncertain::tornado(run, tables, out.result.key);
  return out;
}

}  // namespace kwhatif::ask
