// What verbs that vary inputs read alike.
#pragma once

#include "verb.hpp"

namespace kwhatif::cli {

/// The run around the axes; without a file everything may come from them.
inline run::Scenario run_around_axes(const Context& context) {
  return context.arguments.positionals.empty() ? context.arguments.run : run_of(context);
}

}  // namespace kwhatif::cli
