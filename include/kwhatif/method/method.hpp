// method: published ways of counting the footprint of training, applied to one run, each with its own scope,
// defaults and constants (data/methods), beside our own estimate of the same run.
//
// footprint.hpp holds the formulas (templates over the number type; predictors over double), this file what a
// method makes of a resolved run. Known faults of the authors' tools are described, not copied, unless
// as_published asks. Does not live here: choosing hardware and place (run), wording (report).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/method/footprint.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::method {

/// Why a method's result is not ours: one of the four numbers, as a factor.
struct Difference {
  std::string key;    ///< device_time, power, pue, ci
  std::string label;  ///< for people
  double ratio = 1;   ///< theirs over ours
  std::string theirs;
  std::string ours;
};

/// A run under one method.
struct Applied {
  std::string id;
  std::string title;
  std::string source;  ///< id in the source table
  std::string covers;
  std::string leaves_out;
  std::string defect;  ///< what the authors' tool does besides its formula; empty where nothing is known
  std::optional<Footprint<double>> footprint;
  std::optional<double> embodied_kg;   ///< counted by the method on top
  std::string problem;                 ///< why there is no footprint
  std::vector<std::string> taken;      ///< what it took for the run, in words: "power 250 W: V100S PCIe …"
  std::vector<std::string> unused;     ///< what the user gave and the method has no place for: "PUE"
  std::optional<double> energy_ratio;  ///< over ours
  std::optional<double> co2e_ratio;
  std::vector<Difference> differences;  ///< factors of co2e_ratio (of energy_ratio where CO2e is unknown)
  std::vector<std::string> sources;     ///< of its constants
};

struct Options {
  bool as_published = false;  ///< the tools' literal output, faults included
};

/// The run under every method, in the order of their publication.
/// @tested golden: the authors' figures of each method; property: differences multiply to the ratio
std::vector<Applied> apply_all(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                               const catalog::Catalog& catalog, const Options& options = {});

}  // namespace kwhatif::method
