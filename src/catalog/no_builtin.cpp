// What kwhatif-embed links instead of the generated tables: it runs before they exist.
#include <kwhatif/catalog/store.hpp>

namespace kwhatif::catalog {

const Tables& builtin_tables() {
  static constexpr char empty[1] = {'\0'};  // the pool begins with the empty string and its end
  static constexpr double zero[1] = {0};    // and that of reals with 0
  static constexpr Tables none{.reals = {.below = zero}, .strings = {&empty[0], 1}};
  return none;
}

std::string_view data_version() { return data_edition(); }

}  // namespace kwhatif::catalog
