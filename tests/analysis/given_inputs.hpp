// Runs of tests as lists of inputs with their texts, as flags would give them.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/scenario/scenario.hpp>

#include <string>
#include <utility>
#include <vector>

namespace kwhatif::test {

inline const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

using Inputs = std::vector<std::pair<scenario::Input, std::string>>;

inline scenario::Scenario run_of(const Inputs& inputs) {
  scenario::Scenario run;
  for (const auto& [input, text] : inputs)
    run.set(input, {text, {}, "--" + std::string{scenario::info(input).flag}});
  return run;
}

}  // namespace kwhatif::test
