// The report verb: what people hand in, in the forms of dossier.
#include "form.hpp"
#include "verbs.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/dossier/form.hpp>
#include <kwhatif/run/report_keys.hpp>

#include <utility>

namespace kwhatif::bindings {

namespace {

dossier::Particulars particulars_of(const Question& question, const run::Scenario& run) {
  dossier::Said said = run.report;
  for (const run::ReportKey& key : run::report_keys) {
    if (auto given = question.get(std::string{key.flag}.c_str()))
      said.insert_or_assign(std::string{key.name}, std::move(*given));
  }
  return dossier::particulars(said);
}

dossier::Dossier dossier_of(const Question& question) {
  const catalog::Catalog& tables = question.tables();
  ask::CompareQuestion several;
  for (auto& side : question.sides())
    several.runs.push_back({side.printed ? run::Scenario{} : std::move(side.run), side.name, side.printed});
  if (!several.runs.empty()) {
    auto particulars = particulars_of(question, several.runs.front().run);
    question.refuse_the_rest();
    return dossier::gather(ask::compare(several, tables), std::move(particulars), tables);
  }
  const run::Scenario run = question.run();
  auto particulars = particulars_of(question, run);
  question.refuse_the_rest();
  auto out = dossier::gather(ask::estimate(run, tables), std::move(particulars), tables);
  out.command = command_of(run, "kwhatif report");
  return out;
}

}  // namespace

std::string report(const Question& question) {
  const std::string form = question.text("form", "md");
  const bool second = form == "bib";  // the file that belongs beside a .tex
  const dossier::ReportForm* const found = dossier::find_report_form(second ? "tex" : form);
  if (found == nullptr) {
    std::vector<std::string_view> all;
    for (const dossier::ReportForm& each : dossier::report_forms()) all.push_back(each.name);
    const std::string near = diag::did_you_mean(form, all);
    diag::refuse("unknown-format", "no form '" + form.substr(0, 40) + "' of a report", {},
                 near.empty() ? "forms: " + diag::listed(all) + ", and bib beside tex" : near);
  }
  const dossier::FormChoices choices{.method_section = question.has("method-section")};
  const dossier::Dossier report = dossier_of(question);
  return second ? found->write_second(report, choices) : found->write(report, choices);
}

}  // namespace kwhatif::bindings
