// What verbs that vary inputs read alike.
#pragma once

#include "verb.hpp"

#include <string_view>
#include <vector>

namespace kwhatif::cli {

/// An option that may be given more than once.
inline std::vector<run::Given> all_of(const Arguments& arguments, std::string_view option) {
  const auto found = arguments.options.find(option);
  return found == arguments.options.end() ? std::vector<run::Given>{} : found->second;
}

/// The run around the axes; without a file everything may come from them.
inline run::Scenario run_around_axes(const Context& context) {
  return context.arguments.positionals.empty() ? context.arguments.run : run_of(context);
}

}  // namespace kwhatif::cli
