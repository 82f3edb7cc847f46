// A run to start from: an example, a published run, or the training of a known model.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/scenario.hpp>

#include <optional>
#include <string>

namespace kwhatif::ask {

struct StartingRun {
  run::Scenario run;
  std::string title;
};

/// @param preset  a published run, with or without its study, or a model; none: an example
/// @errors diag::UsageError: unknown-preset
StartingRun starting_run(const std::optional<run::Given>& preset, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
