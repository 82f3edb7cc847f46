#include "json_support.hpp"

namespace kwhatif::report {

namespace {

void add_band(Json& intervals, const uncertain::Band& band) {
  Json& out = intervals[std::string{band.info.json_key}];
  for (const auto& [name, value] : uncertain::percentiles)
    out[std::string{name}] = run::machine_value(band.info, band.*value);
}

}  // namespace

Json intervals_json(const std::vector<uncertain::Band>& bands) {
  Json out = Json::object();
  for (const uncertain::Band& band : bands) add_band(out, band);
  return out;
}

void add_uncertainty(Json& out, const uncertain::Certainty& certainty) {
  out["intervals"] = intervals_json(certainty.bands);
  out["drivers"] = Json::array();
  for (const auto& driver : certainty.drivers) {
    out["drivers"].push_back({{"input", run::info(driver.slot).key},
                              {"share_of_variance", driver.share},
                              {"elasticity", driver.elasticity},
                              {"of", certainty.explained}});
  }
}

}  // namespace kwhatif::report
