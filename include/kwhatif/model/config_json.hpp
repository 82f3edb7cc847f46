// Reading a Hugging Face config.json: text in, Architecture and remarks out.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/architecture.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// A config.json cannot be used; carries every problem found (at most 20).
class ConfigError : public diag::Error {
  using Error::Error;
};

/// What a config.json says, and what had to be said about it.
struct ReadConfig {
  Architecture architecture;
  std::vector<diag::Diagnostic> remarks;  ///< warnings and notes: defaults applied, fields ignored
};

/// Largest text accepted. The largest real ones name 21,000 image classes twice and have about 2 MB.
inline constexpr std::size_t largest_config_bytes = std::size_t{4} << 20U;
/// Deepest nesting accepted. Real files have 3 or 4 levels.
inline constexpr int deepest_config_nesting = 32;

/// The architecture that a Hugging Face config.json describes.
///
/// All aliases of a field are read; an absent field takes its family's default. What could change a count and
/// is not read is warned of (config_fields.hpp). Multimodal files give all of it, or the text part and a
/// warning. An unknown model_type is read as llama-like, with a warning, only where the file shows a causal
/// decoder.
///
/// @param text  the file's content, UTF-8
/// @param name  shown in front of line and column
/// @return      architecture and remarks, the remarks in the order of their place
/// @errors      config-not-json, config-too-large, config-too-deep, config-duplicate-key,
///              config-missing-field, config-bad-value, config-inconsistent, config-unsupported,
///              config-not-a-model, config-count-overflow
///              (all ConfigError)
/// @tested      golden: data/models/configs against published counts; hostile:
/// tests/model/config_hostile_test.cpp
ReadConfig read_config(std::string_view text, std::string_view name);

}  // namespace kwhatif::model
