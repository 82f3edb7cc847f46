#include "verbs.hpp"

namespace kwhatif::bindings {

std::span<const Verb> verb_table() {
  static const std::vector<Verb> all = [] {
    std::vector<Verb> out(run_verbs().begin(), run_verbs().end());
    out.insert(out.end(), table_verbs().begin(), table_verbs().end());
    return out;
  }();
  return all;
}

}  // namespace kwhatif::bindings
