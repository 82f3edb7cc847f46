#include <kwhatif/dossier/form.hpp>

#include <array>

namespace kwhatif::dossier {

namespace {

// Rows come as their files do.
constexpr std::array<ReportForm, 0> forms{};

}  // namespace

std::span<const ReportForm> report_forms() { return forms; }

const ReportForm* find_report_form(std::string_view name) {
  for (const ReportForm& form : forms) {
    if (form.name == name) return &form;
  }
  return nullptr;
}

}  // namespace kwhatif::dossier
