#include "json_support.hpp"

#include <kwhatif/catalog/store.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/report/model.hpp>

namespace kwhatif::report {

std::string model_json(const scenario::Network& n, const std::optional<catalog::Row>& preset) {
  const auto& p = n.parameters;
  Json out;
  out["schema"] = "kwhatif/model/1";
  out["data_version"] = catalog::data_version();
  out["id"] = n.name;
  out["family"] = n.architecture.family;
  out["params_total"] = p.total.value();
  out["params_active"] = p.active.value();
  out["params_active_excl_input_embedding"] = p.active_excl_input_embedding.value();
  out["params_total_excl_input_embedding"] = p.total_excl_input_embedding.value();
  out["params_non_embedding"] = p.non_embedding.value();
  out["unit"] = model::unit_name(n.flops.unit);
  out["sequence_length"] = n.sequence_length > 0 ? Json(n.sequence_length) : Json(nullptr);
  out["flop_per_token_forward"] = n.flops.forward.coherent();
  out["flop_per_token_training"] = n.flops.training.coherent();
  out["flop_per_token_training_executed"] = n.flops.training_executed.coherent();
  out["flop_per_token_six_n"] = n.flops.six_n.coherent();
  out["training_over_six_n"] = n.flops.training_over_six_n;
  out["counted"] = n.flops.counted;
  Json parameters = Json::array();
  for (const auto& part : p.parts)
    parameters.push_back({{"part", model::part_name(part.part)}, {"total", part.total.value()}, {"active", part.active.value()}});
  Json flops = Json::array();
  for (const auto& part : n.flops.parts)
    flops.push_back({{"part", model::part_name(part.part)}, {"forward", part.forward}});
  Json terms = Json::array();
  for (const auto& term : n.flops.terms)
    terms.push_back({{"name", term.name}, {"part", model::part_name(term.part)}, {"size", term.size}, {"forward", term.forward}});
  out["breakdown"] = {{"parameters", parameters}, {"flop", flops}, {"flop_terms", terms}};
  if (n.sequence_length > 0) {
    model::MemoryOptions options;
    options.sequence_length = n.sequence_length;
    const auto need = model::training_memory(n.architecture, n.inventory, options);
    out["memory_bytes"] = {{"weights", need.weights.coherent()},         {"gradients", need.gradients.coherent()},
                           {"optimizer", need.optimizer.coherent()},     {"activations", need.activations.coherent()},
                           {"logits", need.logits.coherent()},           {"total", need.total().coherent()},
                           {"counted", need.counted}};
  }
  if (preset) {
    out["published"] = Json::object();
    for (const char* key : {"params", "active", "tokens"}) {
      if (const auto cell = preset->cell(key))
        out["published"][key] = {{"value", cell->text()}, {"source", cell->source()}, {"at", cell->at()}};
    }
  }
  out["warnings"] = Json::array();
  for (const auto& remark : n.remarks)
    out["warnings"].push_back({{"code", remark.code}, {"message", remark.message}, {"hint", remark.help}});
  return printed(out);
}

}  // namespace kwhatif::report
