#include "json_support.hpp"
#include <kwhatif/model/memory.hpp>
#include <kwhatif/report/model.hpp>

namespace kwhatif::report {

namespace {

Json side_json(const Contender& c) {
  Json out;
  out["id"] = c.name;
  out["params_total"] = c.parameters;
  out["params_active_excl_input_embedding"] = c.active;
  out["dense_equivalent_params"] = c.dense_equivalent;
  out["flop_per_token_training"] = c.flop_per_token;
  out["tokens"] = c.tokens ? Json(*c.tokens) : Json(nullptr);
  out["training_flop"] = c.flop() ? Json(*c.flop()) : Json(nullptr);
  out["predicted_loss_nats_per_token"] = c.loss ? Json(*c.loss) : Json(nullptr);
  return out;
}

}  // namespace

std::string contest_json(const Contest& c, const std::vector<diag::Diagnostic>& warnings,
                         const catalog::Catalog& catalog) {
  Json out;
  out["equal"] = c.equal;
  out["equivalence"] = {
      {"id", c.equivalence.id}, {"title", c.equivalence.title}, {"limits", c.equivalence.limits}};
  out["loss_law"] = {{"id", c.law.id}, {"title", c.law.title}, {"source", c.law.source}};
  out["models"] = Json::array({side_json(c.first), side_json(c.second)});
  const auto a = c.first.flop();
  const auto b = c.second.flop();
  out["training_flop_ratio"] = a && b ? Json(*a / *b) : Json(nullptr);
  out["flop_per_token_ratio"] = c.first.flop_per_token / c.second.flop_per_token;
  return document("model-comparison", out, warnings, {std::string{c.law.source}}, catalog);
}

std::string model_json(const run::Network& n, const std::optional<catalog::Row>& preset,
                       const MemoryPlan& plan, const std::vector<diag::Diagnostic>& warnings,
                       const catalog::Catalog& catalog) {
  const auto& counts = n.parameters;
  Json out;
  out["id"] = n.name;
  out["family"] = n.architecture.family;
  out["params_total"] = counts.total.value();
  out["params_active"] = counts.active.value();
  out["params_active_excl_input_embedding"] = counts.active_excl_input_embedding.value();
  out["params_total_excl_input_embedding"] = counts.total_excl_input_embedding.value();
  out["params_non_embedding"] = counts.non_embedding.value();
  out["unit"] = model::unit_name(n.flops.unit);
  out["sequence_length"] = n.sequence_length > 0 ? Json(n.sequence_length) : Json(nullptr);
  out["flop_per_token_forward"] = n.flops.forward.coherent();
  out["flop_per_token_training"] = n.flops.training.coherent();
  out["flop_per_token_training_executed"] = n.flops.training_executed.coherent();
  out["flop_per_token_six_n"] = n.flops.six_n.coherent();
  out["training_over_six_n"] = n.flops.training_over_six_n;
  out["counted"] = n.flops.counted;
  Json parameters = Json::array();
  for (const auto& part : counts.parts)
    parameters.push_back({{"part", model::part_name(part.part)},
                          {"total", part.total.value()},
                          {"active", part.active.value()}});
  Json flops = Json::array();
  for (const auto& part : n.flops.parts)
    flops.push_back({{"part", model::part_name(part.part)}, {"forward", part.forward}});
  Json terms = Json::array();
  for (const auto& term : n.flops.terms)
    terms.push_back({{"name", term.name},
                     {"part", model::part_name(term.part)},
                     {"size", term.size},
                     {"forward", term.forward}});
  out["breakdown"] = {{"parameters", parameters}, {"flop", flops}, {"flop_terms", terms}};
  if (n.sequence_length > 0) {
    const auto need = model::training_memory(n.architecture, n.inventory, plan.options);
    const auto& p = plan.options.parallelism;
    out["memory_bytes"] = {{"weights", need.weights.coherent()},
                           {"gradients", need.gradients.coherent()},
                           {"optimizer", need.optimizer.coherent()},
                           {"activations", need.activations.coherent()},
                           {"logits", need.logits.coherent()},
                           {"total", need.total().coherent()},
                           {"counted", need.counted}};
    out["memory_plan"] = {{"optimizer", optimizer_title(plan.options.optimizer)},
                          {"recompute", model::recompute_name(plan.options.recompute)},
                          {"micro_batch", plan.options.micro_batch},
                          {"zero_stage", p.zero_stage},
                          {"data", p.data.value()},
                          {"tensor", p.tensor.value()},
                          {"pipeline", p.pipeline.value()},
                          {"expert", p.expert.value()}};
    if (!plan.device.empty()) {
      out["memory_plan"]["hardware"] = plan.device;
      out["memory_plan"]["device_bytes"] = plan.device_memory.coherent();
      out["memory_plan"]["fits"] = need.total() <= plan.device_memory;
      out["memory_plan"]["fewest_devices"] =
          plan.fewest ? Json(plan.fewest->parallelism.devices().value()) : Json(nullptr);
    }
  }
  std::vector<std::string> sources;
  if (preset) {
    sources.emplace_back(preset->source());
    out["published"] = Json::object();
    for (const char* key : {"params", "active", "tokens"}) {
      const auto cell = preset->cell(key);
      if (!cell) continue;
      out["published"][key] = {{"value", cell->text()}, {"source", cell->source()}, {"at", cell->at()}};
      sources.emplace_back(cell->source());
    }
  }
  std::vector<diag::Diagnostic> notes;
  for (const auto& remark : n.remarks) {
    if (remark.severity == diag::Severity::note) notes.push_back(remark);
  }
  out["notes"] = warnings_json(notes);
  return document("model", out, warnings, sources, catalog);
}

}  // namespace kwhatif::report
