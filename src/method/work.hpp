// What the functions of all methods share.
#pragma once

#include "constants.hpp"
#include <kwhatif/method/method.hpp>

#include <optional>
#include <string>

namespace kwhatif::method {

using Time = quantity::DeviceTime<double>;
using Power = quantity::DevicePower<double>;
using Ratio = quantity::Ratio<double>;
using Intensity = std::optional<quantity::CarbonIntensity<double>>;

// Everything a method may look at, and where it writes.
struct Work {
  const run::ResolvedRun& run;
  const run::RunEstimate<double>& ours;
  const catalog::Catalog& catalog;
  const Options& options;
  Constants constants;
  Applied& out;

  void took(std::string words) { out.taken.push_back(std::move(words)); }
  /// Whether the user gave this number.
  bool given(run::Slot slot) const;
  void fail(std::string why) { out.problem = std::move(why); }
  void set(const Time& time, const Power& power, double pue, const Intensity& ci) {
    out.footprint = footprint(time, power, Ratio::from_coherent(pue), ci);
  }
};

/// Family of the run's device as the methods name it: "v100-sxm2-16gb" belongs to "v100"; empty where there
/// is none.
std::string family(const run::ResolvedRun& run);
/// Rating of the run's device [W].
std::optional<double> rating(const Work& w);
/// Whether the run's power is known; says so in the result where not.
bool need_power(Work& w);
/// The same for its device-time, which most methods take as given.
bool need_time(Work& w);
/// The PUE that the user gave, else the method's own constant.
double given_pue(Work& w, double own, const std::string& own_words);

// Methods that measure while a job runs, and what cloud providers report (trackers.cpp).
void impact_tracker(Work& w);
void codecarbon(Work& w);
void provider_report(Work& w);

// Methods that predict time or rate (predicting.cpp).
void carbontracker(Work& w);
void llmcarbon(Work& w);
void llmcarbon_predictor(Work& w);
void opencarboneval(Work& w);

}  // namespace kwhatif::method
