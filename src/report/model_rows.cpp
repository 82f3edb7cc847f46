// An architecture, or two against each other, as keys and values: for --csv and --plain.
#include <kwhatif/model/memory.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/model.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kwhatif::report {

using quantity::shortest;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Every part there is, so that the columns do not depend on the network.
constexpr std::array all_parts{model::Part::embeddings,  model::Part::attention,   model::Part::feed_forward,
                               model::Part::experts,     model::Part::norms,       model::Part::head,
                               model::Part::convolution, model::Part::state_space, model::Part::conditioning};

std::string key_of(model::Part part) {
  std::string key{model::part_name(part)};
  std::replace_if(
      key.begin(), key.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return key;
}

Pairs pairs_of(const run::Network& n, const std::optional<catalog::Row>& preset, const MemoryPlan& plan) {
  const auto& counts = n.parameters;
  Pairs out{{"id", n.name},
            {"family", n.architecture.family},
            {"params_total", counts.total.text()},
            {"params_active", counts.active.text()},
            {"params_active_excl_input_embedding", counts.active_excl_input_embedding.text()},
            {"params_total_excl_input_embedding", counts.total_excl_input_embedding.text()},
            {"params_non_embedding", counts.non_embedding.text()},
            {"params_published",
             preset && preset->cell("params") ? std::string{preset->cell("params")->text()} : ""},
            {"unit", std::string{model::unit_name(n.flops.unit)}},
            {"sequence_length_tokens", n.sequence_length > 0 ? shortest(n.sequence_length) : ""},
            {"flop_per_token_forward", shortest(n.flops.forward.coherent())},
            {"flop_per_token_training", shortest(n.flops.training.coherent())},
            {"flop_per_token_training_executed", shortest(n.flops.training_executed.coherent())},
            {"flop_per_token_six_n", shortest(n.flops.six_n.coherent())},
            {"training_over_six_n", shortest(n.flops.training_over_six_n)}};
  for (const model::Part part : all_parts) {
    const auto count = std::find_if(counts.parts.begin(), counts.parts.end(),
                                    [&](const model::PartCount& p) { return p.part == part; });
    const auto flop = std::find_if(n.flops.parts.begin(), n.flops.parts.end(),
                                   [&](const model::PartFlop& p) { return p.part == part; });
    const bool counted = count != counts.parts.end();
    out.emplace_back("params_total_" + key_of(part), counted ? count->total.text() : "");
    out.emplace_back("params_active_" + key_of(part), counted ? count->active.text() : "");
    out.emplace_back("flop_per_token_forward_" + key_of(part),
                     flop != n.flops.parts.end() ? shortest(flop->forward) : "");
  }
  std::optional<model::MemoryNeed> need;
  if (n.sequence_length > 0) need = model::training_memory(n.architecture, n.inventory, plan.options);
  const auto bytes = [&](const char* key, const auto& of) {
    out.emplace_back(std::string{"memory_"} + key + "_bytes", need ? shortest(of(*need).coherent()) : "");
  };
  bytes("weights", [](const model::MemoryNeed& m) { return m.weights; });
  bytes("gradients", [](const model::MemoryNeed& m) { return m.gradients; });
  bytes("optimizer", [](const model::MemoryNeed& m) { return m.optimizer; });
  bytes("activations", [](const model::MemoryNeed& m) { return m.activations; });
  bytes("logits", [](const model::MemoryNeed& m) { return m.logits; });
  bytes("total", [](const model::MemoryNeed& m) { return m.total(); });
  out.emplace_back("hardware", plan.device);
  out.emplace_back("fewest_devices", plan.fewest ? plan.fewest->parallelism.devices().text() : "");
  return out;
}

Pairs pairs_of(const Contender& c) {
  const auto maybe = [](const std::optional<double>& value) {
    return value ? shortest(*value) : std::string{};
  };
  return {{"id", c.name},
          {"params_total", shortest(c.parameters)},
          {"params_active_excl_input_embedding", shortest(c.active)},
          {"dense_equivalent_params", shortest(c.dense_equivalent)},
          {"flop_per_token_training", shortest(c.flop_per_token)},
          {"tokens", maybe(c.tokens)},
          {"training_flop", maybe(c.flop())},
          {"predicted_loss_nats_per_token", maybe(c.loss)}};
}

std::string plain(const Pairs& pairs, const std::string& before = {}) {
  std::string out;
  for (const auto& [key, value] : pairs)
    out.append(before).append(key).append(1, '\t').append(value).append(1, '\n');
  return out;
}

std::string as_csv(const std::vector<Pairs>& rows) {
  Table table;
  for (const auto& [key, value] : rows.front()) table.columns.push_back({key});
  for (const Pairs& pairs : rows) {
    std::vector<std::string> row;
    for (const auto& [key, value] : pairs) row.push_back(value);
    table.rows.push_back(std::move(row));
  }
  return csv(table);
}

// What decided the comparison, in every row.
Pairs with_rules(const Contest& c, Pairs pairs) {
  pairs.emplace_back("equal", c.equal);
  pairs.emplace_back("equivalence", std::string{c.equivalence.id});
  pairs.emplace_back("loss_law", std::string{c.law.id});
  return pairs;
}

}  // namespace

std::string model_csv(const run::Network& network, const std::optional<catalog::Row>& preset,
                      const MemoryPlan& plan) {
  return as_csv({pairs_of(network, preset, plan)});
}

std::string model_plain(const run::Network& network, const std::optional<catalog::Row>& preset,
                        const MemoryPlan& plan) {
  return plain(pairs_of(network, preset, plan));
}

std::string contest_csv(const Contest& contest) {
  return as_csv(
      {with_rules(contest, pairs_of(contest.first)), with_rules(contest, pairs_of(contest.second))});
}

std::string contest_plain(const Contest& contest) {
  return plain({{"equal", contest.equal},
                {"equivalence", std::string{contest.equivalence.id}},
                {"loss_law", std::string{contest.law.id}}}) +
         plain(pairs_of(contest.first), "first.") + plain(pairs_of(contest.second), "second.");
}

}  // namespace kwhatif::report
