// Adapters on a frozen base, as flags and run files ask for them.
#include "stage_cost.hpp"

namespace kwhatif::run {

namespace {

model::Count rank_of(const Scenario& scenario) {
  const auto& given = scenario.get(Input::rank);
  if (!given) return assumed_rank;
  std::vector<diag::Diagnostic> reported_by_the_resolver;
  const auto n = read_whole(Input::rank, *given, reported_by_the_resolver);
  return n ? static_cast<std::uint64_t>(*n) : assumed_rank;
}

model::AdapterTargets targets_of(const Scenario& scenario) {
  const auto& given = scenario.get(Input::targets);
  if (given && given->text == "query-value") return model::AdapterTargets::attention_query_value;
  if (given && given->text == "attention") return model::AdapterTargets::attention;
  return model::AdapterTargets::all_linear;
}

}  // namespace

bool is_low_rank(const Scenario& scenario) {
  const auto& given = scenario.get(Input::finetune);
  return given && (given->text == "lora" || given->text == "qlora");
}

model::Count adapters_of(const Scenario& scenario, const Network& network) {
  return model::adapter_parameters(network.inventory, targets_of(scenario), rank_of(scenario));
}

// FLOPs of one token where a frozen base is tuned by adapters; without an architecture the adapters' share is
// left out.
model::StageCost low_rank_cost(const Scenario& scenario, const Network* network, double active) {
  if (network != nullptr) return model::low_rank_tuning(network->flops, adapters_of(scenario, *network), 1);
  constexpr double forward_flop = 2;  // per parameter and token
  model::FlopCount rough;
  rough.forward = quantity::FlopPerToken<>::from_coherent(forward_flop * active);
  rough.training = rough.training_executed =
      quantity::FlopPerToken<>::from_coherent(3 * forward_flop * active);
  return model::low_rank_tuning(rough, 0, 1);
}

}  // namespace kwhatif::run
