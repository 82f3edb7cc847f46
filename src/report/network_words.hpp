// Private to report: in what words the FLOPs of a network are counted. The words are those of a run's work
// (run/work.hpp) and of the networks that are counted by image, clip or step (model/inventory.hpp).
#pragma once

#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/work.hpp>

#include <string>

namespace kwhatif::report {

/// "token", "residue", "image and denoising step", …
inline std::string unit_of(const run::Network& network) {
  const model::Unit unit = network.flops.unit;
  return std::string{unit == model::Unit::token ? run::work_unit(network).one : model::unit_name(unit)};
}

/// " at 4096 tokens per sequence"; empty where no length decides.
inline std::string length_words(const run::Network& network) {
  if (!(network.sequence_length > 0)) return {};
  const run::WorkUnit work = run::work_unit(network);
  return " at " + quantity::shortest(network.sequence_length) + ' ' + std::string{work.many} + " per " +
         std::string{work.sample};
}

}  // namespace kwhatif::report
