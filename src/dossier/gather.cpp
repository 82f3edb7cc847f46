// Answers become dossiers: each result a figure with its interval, status and evidence.
#include <kwhatif/dossier/dossier.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::dossier {

namespace {

Interval interval_of(const uncertain::Band& band) {
  const auto in_unit = [&](double x) { return run::machine_value(band.info, x); };
  return {in_unit(band.p05), in_unit(band.p25), in_unit(band.p50), in_unit(band.p75), in_unit(band.p95)};
}

std::vector<Figure> figures_of(const ask::Estimate& estimate) {
  std::vector<Figure> out;
  run::for_each_result(estimate.result, [&](const run::ResultInfo& info, const auto& field) {
    Figure figure{.key = info.json_key, .label = info.label, .unit = info.unit, .dimension = info.dimension};
    if (field) {
      figure.coherent = field->coherent();
      figure.value = run::machine_value(info, field->coherent());
    }
    if (const auto* band = estimate.certainty.find(info.key)) figure.interval = interval_of(*band);
    out.push_back(std::move(figure));
  });
  return out;
}

Subject subject_of(ask::Estimate estimate) {
  Subject out{.name = estimate.run().title, .estimate = std::move(estimate), .figures = {}, .command = {}};
  out.figures = figures_of(out.estimate);
  return out;
}

}  // namespace

std::string_view name(Status status) { return status == Status::forecast ? "forecast" : "measured"; }

const Figure& Subject::figure(std::string_view key) const {
  return *std::ranges::find(figures, key, &Figure::key);
}

Status Subject::status() const { return figure("it_energy_kwh").status; }

Dossier gather(ask::Estimate estimate, Particulars particulars, const catalog::Catalog& tables) {
  Dossier out;
  out.particulars = std::move(particulars);
  out.tables = &tables;
  out.warnings = estimate.warnings;
  out.subjects.push_back(subject_of(std::move(estimate)));
  return out;
}

}  // namespace kwhatif::dossier
