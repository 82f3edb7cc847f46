// A run file: read, resolved with and without stages, estimated, written again.
#include "finite.hpp"
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <memory>

namespace kwhatif::fuzz {

void run_file(std::string_view input) {
  own_folder();  // model.config = "…" names a file
  const auto& catalog = catalog::Catalog::builtin();
  const auto source = std::make_shared<diag::SourceText>(diag::SourceText{"run.toml", std::string{input}});
  try {
    const run::Scenario given = run::read_run(source);
    diag::render(given.faults);
    if (!given.stages.empty()) {
      const auto staged = run::resolve_stages(given, catalog);
      for (const auto& stage : staged.stages) require_finite(stage.result);
      require_finite(run::estimate(staged.total.inputs));
      return;
    }
    const auto run = run::resolve(given, catalog);
    require_finite(run.inputs);
    require_finite(run::estimate(run.inputs));
    // what `init` would write reads back
    const auto written = std::make_shared<diag::SourceText>(
        diag::SourceText{"written.toml", run::run_file(given, given.title)});
    if (!run::read_run(written).faults.empty())
      broken("a run file that was written has faults:\n" + written->text);
  } catch (const diag::Error& error) {
    diag::render(error.diagnostics());
  }
}

}  // namespace kwhatif::fuzz
