#include <kwhatif/dossier/form.hpp>

#include <array>

namespace kwhatif::dossier {

namespace {

constexpr std::array forms{
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
};

}  // namespace

std::span<const ReportForm> report_forms() { return forms; }

const ReportForm* find_report_form(std::string_view name) {
  for (const ReportForm& form : forms) {
    if (form.name == name) return &form;
  }
  return nullptr;
}

}  // namespace kwhatif::dossier
