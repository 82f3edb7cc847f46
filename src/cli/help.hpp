// Help as pages: of the program, of a verb, on a topic.
#pragma once

#include "verb.hpp"
#include <kwhatif/report/page.hpp>

#include <string>

namespace kwhatif::cli {

report::Page help_page();
report::Page help_page(const Verb& verb);
/// On a verb, a concept, a flag or a key.
/// @errors diag::UsageError: unknown-topic
report::Page help_page(const std::string& asked);
/// The concepts, one line each.
report::Page topics_page();

}  // namespace kwhatif::cli
