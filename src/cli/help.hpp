// Help as pages: of the program, of a verb, on a topic.
#pragma once

#include "verb.hpp"
#include <kwhatif/report/page.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::cli {

report::Page help_page();
report::Page help_page(const Verb& verb);
/// On a verb, a concept, a flag or a key.
/// @errors diag::UsageError: unknown-topic
report::Page help_page(const std::string& asked);
/// The concepts, one line each.
report::Page topics_page();
/// Their names.
std::vector<std::string_view> concepts();

/// Options with what they mean.
report::Table option_table(std::span<const Option> options);
/// What the program's exit code says, and which variables of the environment it reads.
report::Table exit_codes();
report::Table environment();
/// The inputs of a run: flag, key of a run file, what it is.
report::Table inputs_table();

}  // namespace kwhatif::cli
