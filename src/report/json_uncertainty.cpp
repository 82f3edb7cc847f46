#include "json_support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/uncertainty.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

namespace kwhatif::report {

void add_band(Json& intervals, const uncertain::Band& band) {
  const auto in_unit = [&](double v) {
    return band.info.unit.empty() ? v : quantity::to_unit(v, band.info.unit);
  };
  intervals[std::string{band.info.json_key}] = {{"p05", in_unit(band.p05)},
                                                {"p25", in_unit(band.p25)},
                                                {"p50", in_unit(band.p50)},
                                                {"p75", in_unit(band.p75)},
                                                {"p95", in_unit(band.p95)}};
}

void add_uncertainty(Json& out, const run::ResolvedRun& run) {
  out["intervals"] = Json::object();
  out["drivers"] = Json::array();
  if (!uncertain(run)) return;
  const auto spread = uncertain::spread_of(run);
  const auto intervals = uncertain::intervals(run, spread);
  for (const uncertain::Band& band : intervals.bands) add_band(out["intervals"], band);
  const std::string_view result = explained_result(intervals);
  if (result.empty()) return;
  for (const auto& driver : uncertain::drivers(run.inputs, spread, result)) {
    out["drivers"].push_back({{"input", run::info(driver.slot).key},
                              {"share_of_variance", driver.share},
                              {"elasticity", driver.elasticity},
                              {"of", result}});
  }
}

}  // namespace kwhatif::report
