// The forms that a dossier can be written in: one row each.
#pragma once

#include <kwhatif/dossier/dossier.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::dossier {

/// What only some forms ask for.
struct FormChoices {
  std::string_view cyclonedx_version = "1.6";    ///< or 1.7
  bool method_section = false;                   ///< tex, md, html: the method from the derivation tree
  std::string_view bibliography = "references";  ///< tex: stem of the .bib beside it
};

/// One form.
struct ReportForm {
  std::string_view name;       ///< "cyclonedx", after --format
  std::string_view extension;  ///< ".json"
  std::string_view help;       ///< one line: what it is, for whom
  bool several = false;        ///< takes several runs; others take the first and say so
  std::string (*write)(const Dossier& dossier, const FormChoices& choices) = nullptr;
  /// A second file that belongs beside it: of a.tex a.bib; empty: none.
  std::string_view second_extension = {};
  std::string (*write_second)(const Dossier& dossier, const FormChoices& choices) = nullptr;
};

/// In the order of help.
std::span<const ReportForm> report_forms();
/// nullptr where there is no such form.
const ReportForm* find_report_form(std::string_view name);
/// The form that a file's name says: by its extension where only one form has it, or by the word before it:
/// a.tex, a.eu.md, a.boamps.json, a.cdx.json.
/// @errors diag::UsageError: unknown-format; ambiguous-format, where several forms have the extension
const ReportForm& report_form_of(const run::Given& path);

// The forms, one file of src/dossier each.
std::string markdown(const Dossier& dossier, const FormChoices& choices);
std::string html(const Dossier& dossier, const FormChoices& choices);
std::string latex(const Dossier& dossier, const FormChoices& choices);
std::string bibtex(const Dossier& dossier, const FormChoices& choices);  ///< beside latex
std::string eu(const Dossier& dossier, const FormChoices& choices);
std::string card(const Dossier& dossier, const FormChoices& choices);
std::string checklist(const Dossier& dossier, const FormChoices& choices);
std::string cyclonedx(const Dossier& dossier, const FormChoices& choices);
std::string boamps(const Dossier& dossier, const FormChoices& choices);
std::string csv(const Dossier& dossier, const FormChoices& choices);
std::string json(const Dossier& dossier, const FormChoices& choices);
std::string sci(const Dossier& dossier, const FormChoices& choices);
std::string spdx(const Dossier& dossier, const FormChoices& choices);

}  // namespace kwhatif::dossier
