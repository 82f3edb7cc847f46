#include <kwhatif/catalog/origin.hpp>

#include <array>

namespace kwhatif::catalog {

namespace {
constexpr std::array<std::string_view, 6> standing_names{"",        "verified", "secondary",
                                                         "derived", "recalled", "assumed"};
constexpr std::array<std::string_view, 5> responsible_names{"user", "table", "default", "predicted",
                                                            "derived"};
}  // namespace

std::string_view name(Standing standing) { return standing_names[static_cast<std::size_t>(standing)]; }

Standing standing_from(std::string_view name) {
  for (std::size_t i = 1; i < standing_names.size(); ++i) {
    if (standing_names[i] == name) return static_cast<Standing>(i);
  }
  return Standing::none;
}

std::string_view name(Responsible responsible) {
  return responsible_names[static_cast<std::size_t>(responsible)];
}

}  // namespace kwhatif::catalog
