#include <kwhatif/run/input.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace kwhatif::run {

namespace {

namespace dim = quantity::dim;

constexpr std::array table{
#define KWHATIF_INPUT(input, ...) InputInfo{{__VA_ARGS__}, Input::input, std::nullopt},
#define KWHATIF_INPUT_NUMBER(input, slot, ...) InputInfo{{__VA_ARGS__}, Input::input, Slot::slot},
#include <kwhatif/run/fields.def>
};

}  // namespace

std::span<const InputInfo> input_table() { return table; }

const InputInfo& info(Input input) { return table[static_cast<std::size_t>(input)]; }

std::optional<Input> input_by_flag(std::string_view flag) {
  std::string dashed{flag};
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  for (const InputInfo& row : table) {
    if (row.flag == dashed) return row.input;
  }
  return std::nullopt;
}

std::optional<Input> input_by_key(std::string_view key) {
  for (const InputInfo& row : table) {
    if (row.key == key) return row.input;
  }
  return std::nullopt;
}

}  // namespace kwhatif::run
