// What the tests of reports share: runs as flags, and their dossiers.
#pragma once

#include "support/runs.hpp"
#include <kwhatif/dossier/form.hpp>

#include <string>
#include <utility>

namespace kwhatif::test {

inline ask::Estimate estimated(const Flags& flags) {
  return ask::estimate(scenario_of(flags), catalog::Catalog::builtin());
}

inline dossier::Dossier dossier_of(const Flags& flags, dossier::Particulars who = {}) {
  return dossier::gather(estimated(flags), std::move(who), catalog::Catalog::builtin());
}

inline std::string written(const dossier::Dossier& dossier, std::string_view form,
                           const dossier::FormChoices& choices = {}) {
  const dossier::ReportForm* found = dossier::find_report_form(form);
  return found == nullptr ? "no form " + std::string{form} : found->write(dossier, choices);
}

}  // namespace kwhatif::test
