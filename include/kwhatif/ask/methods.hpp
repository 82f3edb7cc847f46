// One run under every published method, beside our own estimate of it.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/method/method.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/scenario.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

struct MethodsQuestion {
  run::Scenario run;
  bool as_published = false;  ///< the tools' literal output, faults included
  bool details = false;       ///< people are also told what each method takes, and the faults of its tool
};

struct MethodsAnswer {
  run::ResolvedRun run;
  run::RunEstimate<double> result;
  std::vector<method::Applied> methods;  ///< in the order of their publication
  std::vector<std::size_t> by_energy;    ///< of those that give an energy, the least first
  std::optional<double> apart;           ///< the most energy over the least, where two differ
  bool details = false;                  ///< as asked

  /// All sources of the run and of the methods, in order of use.
  std::vector<std::string> sources() const;
};

/// @errors those of run::resolve(); diag::ScenarioError: no-work where neither compute nor device-time is
/// known
MethodsAnswer methods(const MethodsQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
