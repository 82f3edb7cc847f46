// A file of a measurement, of whatever form.
#include "finite.hpp"
#include <kwhatif/import/measurement.hpp>

namespace kwhatif::fuzz {

void import_file(std::string_view input) {
  try {
    const auto measurement = imports::read({"some.file", std::string{input}}, {.row = 1});
    for (const auto& finding : measurement.findings) {
      require_finite(finding.value, "a finding");
      if (finding.value < 0) broken("a finding below zero");
    }
  } catch (const diag::Error& error) {
    diag::render(error.diagnostics());
  }
}

}  // namespace kwhatif::fuzz
