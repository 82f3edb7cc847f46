// What JavaScript calls: a question as JSON in, its answer as text out (see bindings/call.hpp). Files come
// with the question; none are read.
#include "../bindings/verbs.hpp"
#include <kwhatif/bindings/call.hpp>
#include <kwhatif/catalog/store.hpp>

#include <string>
#include <vector>

namespace kwhatif::bindings {

// Sweeps, plans and schedules are questions of a terminal: without them, and what answers them, the file is
// smaller.
std::span<const Verb> verb_table() {
  static const std::vector<Verb> all = [] {
    std::vector<Verb> out(run_verbs().begin(), run_verbs().end());
    out.insert(out.end(), {Verb{"equiv", equiv}, Verb{"report", report}});
    return out;
  }();
  return all;
}

}  // namespace kwhatif::bindings

namespace {

kwhatif::bindings::Reply& last() {
  static kwhatif::bindings::Reply reply;
  return reply;
}

}  // namespace

extern "C" {

/// The answer; it stays until the next call.
const char* kwhatif_page_call(const char* question) {
  last() = kwhatif::bindings::call(question, kwhatif::catalog::Catalog::builtin());
  return last().text.c_str();
}

/// 1 where the last answer is {"errors": …}.
int kwhatif_page_failed() { return last().error ? 1 : 0; }

const char* kwhatif_page_version() {
  static const std::string version =
      KWHATIF_VERSION " (data " + std::string{kwhatif::catalog::data_version()} + ")";
  return version.c_str();
}

}  // extern "C"
