// How many devices a training can use, and how many the largest published ones of its size used.
//
// Each replica needs a sequence of its own in every step, and beyond the critical batch a larger step needs
// more tokens rather than fewer steps. So devices are bounded by the critical batch over the tokens that one
// of them, or of the group that shares a sequence, is given. Does not live here: what a larger number does
// to the time per token (predict).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/resolve.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::run {

/// What fills the devices of one step.
struct StepLoad {
  double batch = 0;     ///< tokens of a step at most                                   [token]
  double sequence = 0;  ///< tokens of a sequence                                       [token]
  double micro = 1;     ///< sequences at once
  double group = 1;     ///< devices that share them                                    [device]
};

/// Tokens of a step beyond which the same loss takes twice the tokens and more, for a language model.
///
/// @param parameters  active   [param]
/// @param tokens      seen     [token]
/// @source kaplan-2020, figure 10: rows "critical-batch" and "critical-batch-power"; the loss is that of
/// model::loss_laws().front()
double critical_batch(double parameters, double tokens, const catalog::Catalog& catalog);

/// Devices that such steps give work to: batch / (sequence · micro) · group, one group at least.
double most_devices(const StepLoad& load);

/// A published training and its devices.
struct PublishedScale {
  double parameters = 0;  ///< total, of measured times about
  double devices = 0;
  std::string name;
  std::string source;  ///< id, or the words of the table of times
};

/// Published language models of the tables on at least so many devices, runs before measured steps.
std::vector<PublishedScale> published_scales(const catalog::Catalog& catalog, double least_devices = 0);

/// The one with most devices among those within a factor of 3 of the parameters; none where there is none.
/// @param guess  devices that it is likely to have, or more; a good one saves time and changes nothing
std::optional<PublishedScale> largest_published(double parameters, const catalog::Catalog& catalog,
                                                double guess = 1e3);

/// What to warn of where a run has more devices than that: beyond-published. Not part of resolve(): it reads
/// the measured times, which a grid would do for every point.
std::optional<diag::Diagnostic> beyond_published(const ResolvedRun& run, const catalog::Catalog& catalog);

}  // namespace kwhatif::run
