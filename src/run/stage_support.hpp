// Shared by the reader of run files and that of their stages.
#pragma once

#include <kwhatif/document/toml.hpp>
#include <kwhatif/run/scenario.hpp>

#include <array>

namespace kwhatif::run {

/// The work of a stage is its own: never inherited, never taken out by a flag.
inline constexpr std::array stage_work{Input::tokens, Input::epochs, Input::flops, Input::hours,
                                       Input::device_hours};

/// The value of one entry as an input of a run.
/// @param named  how messages call it: "training.tokens"
/// @errors       appended: wrong-type, missing-unit
void read_input(Scenario& run, Input input, const document::Entry& entry, const std::string& named,
                std::vector<diag::Diagnostic>& faults);

/// One `key = value` below [section].
/// @errors  appended: unknown-key, wrong-type, missing-unit
void read_keyed(Scenario& run, const document::Entry& entry, const std::string& section,
                std::vector<diag::Diagnostic>& faults);

/// One `key = value` below [report].
/// @errors  appended: unknown-key, wrong-type
void read_report(Scenario& run, const document::Entry& entry, std::vector<diag::Diagnostic>& faults);

/// All [[stage]] tables.
/// @errors  appended: unknown-key, unknown-word, missing-input, wrong-type
void read_stages(Scenario& run, const document::Entry& stages, std::vector<diag::Diagnostic>& faults);

}  // namespace kwhatif::run
