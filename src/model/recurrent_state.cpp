#include <kwhatif/model/recurrent_state.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace kwhatif::model {

namespace {

// FLOPs that the readers count per element of a state (read_mixers.cpp, read_rwkv.cpp).
struct Recurrence {
  std::string_view name;
  double flop_per_element;
};
constexpr double rwkv_flop_per_channel = 24;
constexpr double rwkv_elements_per_channel = 3;  // sum, weight and maximum of the average
constexpr std::array recurrences{
    Recurrence{"gated delta rule", 7}, Recurrence{"linear attention", 5},
    Recurrence{"gated linear recurrence", 6},
    Recurrence{"running average", rwkv_flop_per_channel / rwkv_elements_per_channel}};

// What a convolution needs of the tokens before.
double of_convolution(double channels, double kernel) { return channels * std::max(0.0, kernel - 1); }

double of_mixer(const ListedMixer& mixer) {
  double out = 0;
  const auto known = std::ranges::find(recurrences, mixer.recurrence, &Recurrence::name);
  if (known != recurrences.end()) out += mixer.recurrence_flop / known->flop_per_element;
  for (const ListedWeight& weight : mixer.weights) {
    const bool convolution = weight.use == Use::matrix && (weight.name.ends_with("convolution"));
    if (convolution) out += of_convolution(weight.rows.as_double(), weight.columns.as_double());
  }
  return out;
}

double of_state_space(const StateSpace& m) {
  const double states = m.states.as_double();
  const double beside = m.heads > Count{0} ? 2 * m.groups.as_double() * states : 0;  // B and C, of Mamba 2
  return m.inner.as_double() * states + of_convolution(m.inner.as_double() + beside, m.kernel.as_double());
}

}  // namespace

Memory recurrent_state(const Architecture& architecture, double bytes_per_element) {
  double elements = 0;
  for (const Stack& stack : architecture.stacks) {
    for (const Block& block : stack.blocks) {
      const double layers = block.layers.as_double();
      if (block.mixer) elements += layers * of_mixer(*block.mixer);
      if (block.state_space) elements += layers * of_state_space(*block.state_space);
    }
  }
  return Memory::from_coherent(elements * bytes_per_element);
}

}  // namespace kwhatif::model
