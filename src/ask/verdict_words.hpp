// The one sentence of a verdict.
#pragma once

#include <kwhatif/ask/verdict.hpp>

namespace kwhatif::ask {

/// @param with  what moves as the measure does: "CO2e"; empty: nothing
std::string verdict_sentence(const Decision& decision, std::string_view with);

/// "97 % sure": cut, never more than is known.
std::string sure_words(double probability);

}  // namespace kwhatif::ask
