// run: what the user wants to train, where and on what, as written; and its resolution into numbers.
//
// Two stages. *Scenario*: the inputs as given (flags, run file, standard input), each with its text and
// place, nothing looked up. *resolve*: names become table rows, rows and texts become the numbers of
// RunInputs, contradictions become errors that show both values, and every default that was needed
// is written down as an assumption. This file is the one table of inputs: flags, run file keys, study inputs,
// help and completion all follow it. Does not live here: formulas (formulas.hpp), wording of results
// (report).
#pragma once

#include <kwhatif/quantity/dimension.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kwhatif::run {

/// Everything that a run can be told.
enum class Input : std::uint8_t {
  model,
  config,
  params,
  active,
  tokens,
  epochs,
  seq_len,
  flops,
  recompute,
  finetune,
  rank,
  targets,
  loss_law,
  runs,
  overhead,
  hours,
  device_hours,
  hardware,
  chips,
  nodes,
  precision,
  mfu,
  tflops,
  power,
  total_power,
  price,
  price_low,
  price_high,
  region,
  grid,
  year,
  basis,
  source,
  ci,
  ci_market,
  pue,
  electricity_price,
  count
};
inline constexpr std::size_t input_count = static_cast<std::size_t>(Input::count);

/// How the text of an input is read.
enum class InputType : std::uint8_t { name, path, word, whole, quantity };

struct InputInfo {
  Input input;
  std::string_view flag;  ///< without the dashes: "params"
  std::string_view key;   ///< in a run file: "model.parameters"
  InputType type;
  quantity::Dimension dimension;  ///< of quantities
  std::string_view example;       ///< an accepted form
  std::string_view help;          ///< one line, without a full stop
  std::string_view choices = {};  ///< of words, parted by '|'
};

std::span<const InputInfo> input_table();
const InputInfo& info(Input input);
/// By flag ("device-hours") or by study key ("device_hours").
std::optional<Input> input_by_flag(std::string_view flag);
/// By run file key ("training.device_time").
std::optional<Input> input_by_key(std::string_view key);

}  // namespace kwhatif::run
