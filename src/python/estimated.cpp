#include "estimated.hpp"

#include <kwhatif/report/present.hpp>

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
  auto answer = ask::estimate(run_, tables_, extent);
  numbers_ = answer.result;
  if (extent == ask::Extent::whole) whole_ = std::make_shared<const ask::Estimate>(std::move(answer));
}

std::optional<double> Estimated::number(std::string_view json_key, bool& known) const {
  std::optional<double> out;
  known = false;
  run::for_each_result(numbers_, [&](const run::ResultInfo& info, const auto& field) {
    if (info.json_key != json_key) return;
    known = true;
    if (field) out = run::machine_value(info, field->coherent());
  });
  return out;
}

std::shared_ptr<const ask::Estimate> Estimated::whole() const {
  auto found = std::atomic_load(&whole_);
  if (found) return found;
  found = std::make_shared<const ask::Estimate>(ask::estimate(run_, tables_));
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

}  // namespace kwhatif::python
