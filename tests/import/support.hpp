// Files and texts as an importer gets them. Right values in the tests were calculated by hand or with Python
// from the texts, never taken from an answer.
#pragma once

#include "support/catch.hpp"
#include "support/root.hpp"
#include <kwhatif/document/files.hpp>
#include <kwhatif/import/measurement.hpp>

#include <string>

namespace kwhatif::test {

inline std::string import_file(const std::string& name) {
  return testing::repository_root() + "/tests/import/files/" + name;
}

inline imports::Measurement measured(const std::string& text, const imports::Choice& choice = {}) {
  return imports::read({"some.file", text}, choice);
}

inline imports::Measurement measured_file(const std::string& name, const imports::Choice& choice = {}) {
  return imports::read(*document::read_file(import_file(name)), choice);
}

inline const imports::Finding& finding(const imports::Measurement& m, imports::Measure measure) {
  const imports::Finding* const found = m.find(measure);
  INFO(m.form << " has no " << imports::info_of(measure).label);
  REQUIRE(found != nullptr);
  return *found;
}

inline double value(const imports::Measurement& m, imports::Measure measure) {
  return finding(m, measure).value;
}

/// Code and message of the refusal of a text; empty where it is read.
inline std::string refusal(const std::string& text, const imports::Choice& choice = {}) {
  try {
    imports::read({"some.file", text}, choice);
  } catch (const diag::UsageError& error) {
    const auto& first = error.diagnostics().front();
    return first.code + ": " + first.message + " | " + first.help;
  }
  return {};
}

inline bool warned(const imports::Measurement& m, const std::string& code) {
  for (const auto& w : m.warnings) {
    if (w.code == code) return true;
  }
  return false;
}

inline bool left_out(const imports::Measurement& m, const std::string& part) {
  for (const auto& l : m.left) {
    if ((l.what + l.why).find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace kwhatif::test
