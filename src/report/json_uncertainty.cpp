#include "json_support.hpp"
#include <kwhatif/quantity/format.hpp>

namespace kwhatif::report {

namespace {

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

}  // namespace

void add_uncertainty(Json& out, const uncertain::Certainty& certainty) {
  out["intervals"] = Json::object();
  out["drivers"] = Json::array();
  for (const uncertain::Band& band : certainty.bands) add_band(out["intervals"], band);
  for (const auto& driver : certainty.drivers) {
    out["drivers"].push_back({{"input", run::info(driver.slot).key},
                              {"share_of_variance", driver.share},
                              {"elasticity", driver.elasticity},
                              {"of", certainty.explained}});
  }
}

}  // namespace kwhatif::report
