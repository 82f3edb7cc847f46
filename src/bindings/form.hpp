// What a front end with a form needs beside answers: the inputs themselves, and a run as the texts of its
// inputs.
#pragma once

#include "question.hpp"

#include <string>

namespace kwhatif::bindings {

/// The form itself:
/// - groups[].{key, label, inputs[].{flag, key, label, help, example, type, choices[], names}}; `names` of an
///   input is the kind whose ids may stand in it
/// - service[].{flag, label, help, example}: of serve and lifecycle, as far as the run does not say them
/// - report.forms[].{form, extension, help} and report.keys[].{flag, help}: of the verb report
/// - names: {kind: [{id, name}]}
/// - notices[]: lines that licences of the tables ask for
/// - edition, data_version: of the tables
std::string inputs(const Question& question);

/// A run as it was said: {title, inputs: {flag: text}, stages, command, run_file}; of a published run or a
/// run file with the inputs laid over it.
std::string said(const Question& question);

/// A run as a command line: the verb, and the flags of its inputs, quoted for a shell.
std::string command_of(const run::Scenario& run, const std::string& verb);

/// The same of what the files of "arguments" measured, and `blocks`: what was read, taken and left
/// (report/view.hpp).
std::string imported(const Question& question);

}  // namespace kwhatif::bindings
