// The report as rows: one per run and figure, the same columns whatever was given. An empty cell is not
// known.
#include "facts.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>

namespace kwhatif::dossier {

namespace {

std::string cell(const std::optional<double>& value) {
  return value ? quantity::shortest(*value) : std::string{};
}

}  // namespace

std::string csv(const Dossier& dossier, const FormChoices& /*choices*/) {
  report::Table table{
      .columns = report::heads({"run", "name", "field", "label", "value", "unit", "status", "p05", "p25",
                                "p50", "p75", "p95", "counting_low", "counting_high", "evidence", "missing",
                                "sources", "attribution", "data_version"}),
      .rows = {}};
  for (std::size_t i = 0; i < dossier.subjects.size(); ++i) {
    const Subject& subject = dossier.subjects[i];
    for (const Figure& figure : subject.figures) {
      const auto& band = figure.interval;
      const auto& ways = figure.conventions;
      const auto point = [&](double Interval::*at) { return band ? cell((*band).*at) : std::string{}; };
      std::string sources;
      for (const std::string& id : figure.sources) sources += (sources.empty() ? "" : " ") + id;
      table.rows.push_back({std::to_string(i + 1), subject.name, std::string{figure.key},
                            std::string{figure.label}, cell(figure.value), std::string{figure.unit},
                            std::string{name(figure.status)}, point(&Interval::p05), point(&Interval::p25),
                            point(&Interval::p50), point(&Interval::p75), point(&Interval::p95),
                            ways ? cell(ways->low) : std::string{}, ways ? cell(ways->high) : std::string{},
                            figure.evidence, figure.value ? std::string{} : blank(figure), sources,
                            attribution(dossier, figure.sources), dossier.tables->version()});
    }
  }
  return report::csv(table);
}

}  // namespace kwhatif::dossier
