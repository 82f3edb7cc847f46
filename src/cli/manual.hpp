// The manual pages, made of what --help and `kwhatif help` say; set in roff.
#pragma once

#include <kwhatif/report/page.hpp>

#include <string>

namespace kwhatif::cli {

/// kwhatif.1: every verb with its options, every topic.
std::string manual();
/// kwhatif-run.5: the keys of a run file.
std::string run_file_manual();

/// A page in the requests of man(7); whatever it says stays text.
std::string roff(const report::Page& page);

}  // namespace kwhatif::cli
