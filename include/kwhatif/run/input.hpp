// run: what the user wants to train, where and on what, as written; and its resolution into numbers.
//
// Two stages. *Scenario*: the inputs as given (flags, run file, standard input), each with its text and
// place, nothing looked up. *resolve*: names become table rows, rows and texts become the numbers of
// RunInputs, contradictions become errors that show both values, and every default that was needed
// is written down as an assumption. This file is the inputs' side of the one table, estimate/fields.def:
// flags, run file keys, study inputs, help and completion all follow it. Does not live here: formulas
// (estimate), wording of results (report).
#pragma once

#include <kwhatif/run/run_inputs.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kwhatif::run {

/// Everything that a run can be told.
enum class Input : std::uint8_t {
#define KWHATIF_INPUT(input, ...) input,
#define KWHATIF_INPUT_NUMBER(input, ...) input,
#include <kwhatif/run/fields.def>
  count
};
inline constexpr std::size_t input_count = static_cast<std::size_t>(Input::count);

/// Its row of the table.
struct InputInfo : Field {
  Input input;
  std::optional<Slot> settles;  ///< the number of the estimate that it is, or decides
};

/// The sizes of a plain architecture.
inline constexpr std::array plain_sizes{Input::layers,   Input::hidden,    Input::heads,
                                        Input::kv_heads, Input::head_size, Input::ffn,
                                        Input::vocab,    Input::experts,   Input::experts_per_token};

/// Ways to name a network, beside its sizes.
inline constexpr std::array network_names{Input::model, Input::config, Input::params, Input::active};

/// Ways to say how fast a run was measured to go.
inline constexpr std::array throughputs{Input::tokens_per_second,  Input::total_tokens_per_second,
                                        Input::samples_per_second, Input::total_samples_per_second,
                                        Input::step_time,          Input::steps_per_second};

std::span<const InputInfo> input_table();
const InputInfo& info(Input input);
/// By flag ("device-hours") or by study key ("device_hours").
std::optional<Input> input_by_flag(std::string_view flag);
/// By run file key ("training.device_time").
std::optional<Input> input_by_key(std::string_view key);

}  // namespace kwhatif::run
