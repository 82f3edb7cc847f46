#include <kwhatif/ask/progress.hpp>

namespace kwhatif::ask {

std::optional<Progress> progress_of(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                                    const uncertain::Certainty& certainty) {
  if (!run.done) return std::nullopt;
  Progress out{.share = *run.done, .rows = {}};
  run::for_each_result(result, [&](const run::ResultInfo& info, const auto& quantity) {
    if (!quantity || info.phases != run::Phases::sum) return;
    const double whole = quantity->coherent();
    ProgressRow row{.info = info,
                    .so_far = out.share * whole,
                    .left = (1 - out.share) * whole,
                    .whole = whole,
                    .whole_band = {}};
    if (const auto* band = certainty.find(info.key)) row.whole_band = *band;
    out.rows.push_back(row);
  });
  return out;
}

}  // namespace kwhatif::ask
