#include "estimated.hpp"

#include <kwhatif/chart/chart.hpp>
#include <kwhatif/dossier/dossier.hpp>
#include <kwhatif/dossier/sentence.hpp>
#include <kwhatif/report/charts.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <array>
#include <atomic>

namespace kwhatif::python {

namespace {

std::string rendered(const report::Document& document, std::string_view form, std::size_t width) {
  for (const auto& info : report::form_table()) {
    if (form == (info.flag.empty() ? std::string_view{"text"} : info.flag))
      return report::render(document, info.form, {.width = width});
  }
  diag::refuse("no-such-form", "no form '" + std::string{form.substr(0, 60)} + "'", {},
               "json, text, csv or plain");
}

}  // namespace

Estimated::Estimated(run::Scenario run, const catalog::Catalog& tables, ask::Extent extent)
    : run_(std::move(run)), tables_(tables) {
  numbers_ = std::make_shared<const ask::Estimate>(ask::estimate(run_, tables_, extent));
  if (extent == ask::Extent::whole) whole_ = numbers_;
}

std::optional<double> Estimated::number(std::string_view json_key, bool& known) const {
  std::optional<double> out;
  known = false;
  run::for_each_result(numbers(), [&](const run::ResultInfo& info, const auto& field) {
    if (info.json_key != json_key) return;
    known = true;
    if (field) out = run::machine_value(info, field->coherent());
  });
  return out;
}

std::shared_ptr<const uncertain::Certainty> Estimated::certainty() const {
  if (const auto all = std::atomic_load(&whole_)) return {all, &all->certainty};
  auto found = std::atomic_load(&certainty_);
  if (found) return found;
  found = std::make_shared<const uncertain::Certainty>(ask::certainty_of(*numbers_));
  std::atomic_store(&certainty_, found);
  return found;
}

std::optional<uncertain::Band> Estimated::band(std::string_view json_key, bool& known) const {
  const auto row = std::ranges::find(run::result_table, json_key, &run::ResultInfo::json_key);
  known = row != run::result_table.end();
  if (!known) return std::nullopt;
  auto all = std::atomic_load(&certainty_);
  if (const auto answer = std::atomic_load(&whole_)) all = {answer, &answer->certainty};
  const std::array<std::string_view, 1> wanted{row->key};
  const auto* const found = all ? all->find(row->key) : nullptr;
  if (all) return found == nullptr ? std::nullopt : std::optional{*found};
  const auto certainty = numbers_->staged() ? uncertain::certainty(numbers_->phases, wanted)
                                            : uncertain::certainty(numbers_->run(), wanted);
  const auto* const alone = certainty.find(row->key);
  return alone == nullptr ? std::nullopt : std::optional{*alone};
}

std::shared_ptr<const ask::Estimate> Estimated::whole() const {
  auto found = std::atomic_load(&whole_);
  if (found) return found;
  ask::Estimate numbers = *numbers_;
  numbers.certainty = *certainty();
  found = std::make_shared<const ask::Estimate>(ask::completed(std::move(numbers), tables_));
  std::atomic_store(&whole_, found);
  return found;
}

std::string Estimated::shown(std::string_view form, std::size_t width) const {
  const auto answer = whole();
  return rendered(report::present(*answer, tables_), form, width);
}

std::string Estimated::explained(std::string_view form, std::size_t width) const {
  const auto answer = ask::explain(run_, tables_);
  return rendered(report::present(answer, tables_), form, width);
}

std::string Estimated::sentence() const {
  const auto report = dossier::gather(*whole(), dossier::particulars(run_.report), tables_);
  return dossier::sentence(report, report.subject());
}

std::vector<Picture> Estimated::charts(double width, const std::string& id_prefix) const {
  const auto answer = whole();
  std::vector<Picture> out;
  for (const chart::Chart& each : report::charts_of(*answer, tables_)) {
    const chart::Style style{.width = width, .id_prefix = id_prefix + '-' + each.id};
    out.push_back({each.title, each.description, chart::svg(each, style)});
  }
  return out;
}

}  // namespace kwhatif::python
