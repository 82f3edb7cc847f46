#include "given_words.hpp"

#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::ask {

std::size_t word_given(const run::Given& given, std::span<const std::string_view> known) {
  const auto at = std::ranges::find(known, given.text);
  if (at != known.end()) return static_cast<std::size_t>(at - known.begin());
  const std::string near = diag::did_you_mean(given.text, known);
  diag::refuse("unknown-word", given.named + " cannot be '" + given.text.substr(0, 40) + "'", given.where,
               near + (near.empty() ? "" : " ") + "one of: " + diag::listed(known));
}

std::uint64_t whole_given(const run::Given& given, std::uint64_t low, std::uint64_t high) {
  const auto parsed =
      quantity::parse(given.text, {.dimension = quantity::dim::one, .bare_number = true, .example = "8"});
  const double v = parsed.value.coherent;
  if (!parsed.ok || v != std::floor(v) || v < static_cast<double>(low) || v > static_cast<double>(high))
    diag::refuse("out-of-range",
                 given.named + " must be a whole number from " + quantity::grouped(low) + " to " +
                     quantity::grouped(high) + ", not '" + given.text.substr(0, 40) + "'",
                 given.where);
  return static_cast<std::uint64_t>(v);
}

}  // namespace kwhatif::ask
