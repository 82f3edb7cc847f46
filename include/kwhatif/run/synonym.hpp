// What other tools, papers and people call the inputs of a run: --gpus for --chips, lr for nothing at all.
#pragma once

#include <kwhatif/run/input.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kwhatif::run {

/// One group of words that mean the same.
struct Synonym {
  std::string_view words;      ///< parted by '|'
  std::optional<Input> input;  ///< what they are here; none where no input is meant
  std::string_view advice;     ///< what else to know, without a full stop; may be empty
};

/// The one table of such words.
std::span<const Synonym> synonym_table();

/// How an input is named where it is asked for: as a flag ("--chips"), a key ("hardware.count"), or a flag
/// without dashes ("chips").
enum class Naming : std::uint8_t { flag, key, axis };

/// "use --chips; …" where the word is one of the table, else empty. Case, '-' and '_' do not matter.
std::string meant_by(std::string_view word, Naming naming);

}  // namespace kwhatif::run
