// Runs of tests as lists of inputs with their texts, as flags would give them.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/scenario.hpp>

#include <string>
#include <utility>
#include <vector>

namespace kwhatif::test {

inline const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

using Inputs = std::vector<std::pair<run::Input, std::string>>;

inline run::Scenario run_of(const Inputs& inputs) {
  run::Scenario run;
  for (const auto& [input, text] : inputs)
    run.set(input, {text, {}, "--" + std::string{run::info(input).flag}});
  return run;
}

}  // namespace kwhatif::test
