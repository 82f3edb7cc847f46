// Answers become dossiers.
#include "figures.hpp"

#include <algorithm>
#include <utility>

namespace kwhatif::dossier {

namespace {

Subject subject_of(ask::Estimate estimate, const Particulars& particulars) {
  std::string name = estimate.run().title;
  Subject out{.name = std::move(name), .estimate = std::move(estimate), .figures = {}};
  out.figures = figures_of(out.estimate, particulars.measured.has_value());
  out.repeats = repeats_of(out.estimate);
  return out;
}

Dossier dossier_of(std::vector<ask::Estimate> estimates, Particulars particulars,
                   const catalog::Catalog& tables) {
  Dossier out;
  // of a run file a flag may have displaced what was measured
  if (particulars.measured && particulars.measured->named.starts_with("--") &&
      std::ranges::none_of(estimates, gives_a_measure))
    diag::refuse("nothing-measured", particulars.measured->named + ": no time, power or energy is given",
                 particulars.measured->where,
                 "give what was measured: --hours or --device-hours, --power, --energy; or leave it out");
  for (ask::Estimate& estimate : estimates)
    out.subjects.push_back(subject_of(std::move(estimate), particulars));
  out.particulars = std::move(particulars);
  out.tables = &tables;
  return out;
}

}  // namespace

std::string_view name(Status status) {
  switch (status) {
    case Status::forecast:
      return "forecast";
    case Status::calculated:
      return "calculated";
    case Status::measured:
      return "measured";
  }
  return "";
}

const Figure& Subject::figure(std::string_view key) const {
  const auto found = std::ranges::find(figures, key, &Figure::key);
  if (found == figures.end()) throw diag::InternalError("no figure '" + std::string{key} + "'");
  return *found;
}

Status Subject::status() const {
  const Figure& energy = figure("it_energy_kwh");
  return energy.value ? energy.status : figure("device_hours").status;
}

Dossier gather(ask::Estimate estimate, Particulars particulars, const catalog::Catalog& tables) {
  std::vector<diag::Diagnostic> warnings = estimate.warnings;
  std::vector<ask::Estimate> one;
  one.push_back(std::move(estimate));
  Dossier out = dossier_of(std::move(one), std::move(particulars), tables);
  out.warnings = std::move(warnings);
  return out;
}

Dossier gather(ask::Comparison comparison, Particulars particulars, const catalog::Catalog& tables) {
  std::vector<ask::Estimate> all;
  for (const ask::Compared& one : comparison.runs) all.push_back(ask::estimate_of(one.run, tables));
  Dossier out = dossier_of(std::move(all), std::move(particulars), tables);
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) out.subjects[i].name = comparison.runs[i].label;
  out.warnings = comparison.warnings;
  out.comparison = std::move(comparison);
  return out;
}

Dossier gather(ask::PlanAnswer plan, Particulars particulars, const catalog::Catalog& tables) {
  if (!plan.best) diag::refuse("no-plan", "no run meets the limits", {}, "`kwhatif plan` says which bind");
  Dossier out = gather(*plan.best, std::move(particulars), tables);
  out.warnings = plan.warnings;
  out.plan = std::move(plan);
  return out;
}

Dossier gather(ask::LifecycleAnswer life, Particulars particulars, const catalog::Catalog& tables) {
  Dossier out = gather(life.training, std::move(particulars), tables);
  out.warnings = life.warnings;
  out.life = std::move(life);
  return out;
}

}  // namespace kwhatif::dossier
