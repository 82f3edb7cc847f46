// What a row of fields.def says, the one table of inputs, numbers and results.
#pragma once

#include <kwhatif/quantity/dimension.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace kwhatif::run {

/// How the text of an input is read.
enum class InputType : std::uint8_t { name, path, word, whole, quantity, text };

/// What of an estimate a number goes into first, in the order of estimate(): the order of the numbers.
enum class Feeds : std::uint8_t {
  compute,
  rate,
  devices,
  time,
  power,
  repeats,
  facility,
  co2e,
  money,
  executed,
  manufacture,
  water,
  development
};

/// How a result of several phases follows from those of each.
enum class Phases : std::uint8_t {
  sum,
  sum_of_runs,  ///< each is of one run: times its runs
  follows       ///< from the results that are sums, as in one run
};

/// Hard limits of a number, in the coherent unit: outside is refused. Wide enough for anything that trains,
/// and so that no product of inputs within them leaves what a number can hold.
struct Range {
  double low = 0;
  double high = 0;
  bool zero = false;                ///< allowed as well, below `low`
  std::string_view allowed = {};    ///< for people; of a whole number its ends say it
  std::string_view hint_low = {};   ///< what was probably meant by less
  std::string_view hint_high = {};  ///< and by more
};

/// One row: an input, a number of the estimate, or both.
struct Field {
  std::string_view flag =
      {};  ///< without the dashes: "params"; of a number that is not told, what replaces it
  std::string_view key = {};  ///< in a run file: "model.parameters"
  InputType type = InputType::quantity;
  quantity::Dimension dimension = {};
  Feeds feeds = {};               ///< of numbers
  std::string_view label = {};    ///< of numbers, for people
  std::string_view unit = "1";    ///< of the number in JSON
  std::string_view example = {};  ///< an accepted form
  std::string_view help = {};     ///< one line, without a full stop
  std::string_view choices = {};  ///< of words, parted by '|'
  std::optional<Range> range = {};
};

// Shorthands of the rows.
namespace dim = quantity::dim;
inline constexpr double kwh = 3.6e6;
inline constexpr Range price_range{
    1e-9 * (1 / 3600.0), 10, true, "0, or 1e-9 to 36,000 USD per device-hour", "", "per device and hour"};
inline constexpr Range water_range{1e-6 / kwh, 1000 / kwh, true, "0, or 0.000001 to 1,000 L/kWh"};
inline constexpr Range intensity_range{
    1e-6 * (1e-3 / kwh),        9000 * (1e-3 / kwh), true, "0, or 0.000001 to 9,000 g/kWh", "",
    "0.429 kg/kWh is 429 g/kWh"};

}  // namespace kwhatif::run
