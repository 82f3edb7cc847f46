#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/dossier/form.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::dossier {

namespace {

constexpr std::array forms{
    ReportForm{.name = "md",
               .extension = ".md",
               .help = "the report as Markdown (GitHub)",
               .several = true,
               .write = markdown},
    ReportForm{.name = "html",
               .extension = ".html",
               .help = "the report as one file for a browser, with charts",
               .several = true,
               .write = html},
    ReportForm{.name = "tex",
               .extension = ".tex",
               .help = "table and sentence for a paper, with a .bib beside it",
               .several = true,
               .write = latex,
               .second_extension = ".bib",
               .write_second = bibtex},
    ReportForm{.name = "csv",
               .extension = ".csv",
               .help = "one row per run and figure, for spreadsheets",
               .several = true,
               .write = csv},
    ReportForm{.name = "json",
               .extension = ".json",
               .help = "kwhatif/report/1: every figure with status, interval and evidence",
               .several = true,
               .write = json},
    ReportForm{.name = "card",
               .extension = ".md",
               .help = "model card of Hugging Face: metadata and the section Environmental Impact",
               .write = card},
    ReportForm{.name = "eu",
               .extension = ".md",
               .help = "entries of the EU's Model Documentation Form, with thresholds",
               .write = eu},
    ReportForm{.name = "checklist",
               .extension = ".md",
               .help = "answers to paste: NeurIPS 8, ACL and ARR C1, AAAI 4.8",
               .write = checklist},
    ReportForm{.name = "cyclonedx",
               .extension = ".json",
               .help = "bill of materials, CycloneDX 1.6 or 1.7: environmental considerations",
               .write = cyclonedx},
    ReportForm{.name = "boamps",
               .extension = ".json",
               .help = "energy report of Boavizta's BoAmps 1.1.0",
               .write = boamps},
    ReportForm{.name = "sci",
               .extension = ".md",
               .help = "Software Carbon Intensity (ISO/IEC 21031) per FLOP, token and parameter",
               .write = sci},
    ReportForm{
        .name = "spdx", .extension = ".json", .help = "AI package of SPDX 3.0.1, as JSON-LD", .write = spdx},
};

// What stands before an extension and means a form: a.cdx.json.
struct Short {
  std::string_view word;
  std::string_view form;
};
constexpr std::array shorts{Short{"cdx", "cyclonedx"}, Short{"bom", "cyclonedx"}};

std::string ends_words(const std::vector<std::string_view>& names) {
  return "say which: --format " + diag::listed(names, ", ") + "; or end the name in such as ." +
         std::string{names.back()};
}

}  // namespace

std::span<const ReportForm> report_forms() { return forms; }

const ReportForm* find_report_form(std::string_view name) {
  const auto found = std::ranges::find(forms, name, &ReportForm::name);
  return found == forms.end() ? nullptr : &*found;
}

const ReportForm& report_form_of(const run::Given& path) {
  const std::string_view file = std::string_view{path.text}.substr(path.text.rfind('/') + 1);
  const auto dot = file.rfind('.');
  const std::string_view extension = dot == std::string_view::npos || dot == 0 ? "" : file.substr(dot);
  std::vector<std::string_view> all;
  std::vector<const ReportForm*> fitting;
  for (const ReportForm& form : forms) {
    all.push_back(form.name);
    if (form.extension == extension) fitting.push_back(&form);
  }
  if (fitting.empty())
    diag::refuse("unknown-format",
                 "no form of a report ends in '" + std::string{extension.substr(0, 40)} + "'", path.where,
                 "--format takes " + diag::listed(all));
  const std::string_view stem = file.substr(0, dot);
  std::string_view word = stem.substr(std::min(stem.size(), stem.rfind('.') + 1));
  for (const Short& one : shorts) {
    if (one.word == word) word = one.form;
  }
  const auto said = std::ranges::find(fitting, word, &ReportForm::name);
  if (said != fitting.end() && stem.find('.') != std::string_view::npos) return **said;
  if (fitting.size() == 1) return *fitting.front();
  std::vector<std::string_view> names;
  for (const ReportForm* form : fitting) names.push_back(form->name);
  diag::refuse("ambiguous-format", "several forms of a report end in '" + std::string{extension} + "'",
               path.where, ends_words(names) + std::string{extension});
}

}  // namespace kwhatif::dossier
