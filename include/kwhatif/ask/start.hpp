// A file to start from: an example, a published run, the training of a known model, or a kind of task.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/scenario.hpp>

#include <optional>
#include <string>

namespace kwhatif::ask {

struct StartingRun {
  run::Scenario run;
  std::string title;
  std::string file;  ///< of a task: the whole of it as it is written; then there is no run
};

/// @param preset  a task (vision, finetune, pilot, stages, hardware, region, serve), a published run, with or
/// without its study, or a model; none: an example
/// @errors diag::UsageError: unknown-preset
StartingRun starting_run(const std::optional<run::Given>& preset, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
