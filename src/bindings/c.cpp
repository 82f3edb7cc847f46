// The C side: one shared library whose functions keep their names and forms.
#include <kwhatif/bindings/c.h>
#include <kwhatif/bindings/call.hpp>
#include <kwhatif/catalog/store.hpp>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#define KWHATIF_EXPORT __attribute__((visibility("default")))

extern "C" {

KWHATIF_EXPORT char* kwhatif_call(const char* question, int* error) {
  try {
    const auto reply =
        kwhatif::bindings::call(question != nullptr ? question : "", kwhatif::catalog::Catalog::builtin(),
                                kwhatif::document::read_file);
    if (error != nullptr) *error = reply.error ? 1 : 0;
    auto* const out = static_cast<char*>(std::malloc(reply.text.size() + 1));
    if (out != nullptr) std::memcpy(out, reply.text.c_str(), reply.text.size() + 1);
    return out;
  } catch (const std::bad_alloc&) {
    if (error != nullptr) *error = 1;
    return nullptr;
  }
}

KWHATIF_EXPORT void kwhatif_free(char* answer) { std::free(answer); }

KWHATIF_EXPORT const char* kwhatif_version(void) {
  static const std::string version =
      KWHATIF_VERSION " (data " + std::string{kwhatif::catalog::data_version()} + ")";
  return version.c_str();
}

}  // extern "C"
