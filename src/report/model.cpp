// The documents of model: one architecture, or two against each other.
#include "equal_quality.hpp"
#include "json_support.hpp"
#include "known.hpp"
#include "network_words.hpp"
#include "verb_pages.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/model/towers.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace kwhatif::report {

using quantity::shortest;

namespace {

constexpr std::array published_keys{"params", "active", "tokens"};  // of a row of the tables

Json side_json(const ask::Contender& c) {
  Json out;
  out["id"] = c.name;
  out["params_total"] = c.parameters;
  out["params_active_excl_input_embedding"] = c.active;
  out["dense_equivalent_params"] = c.dense.worth.size;
  out["flop_per_token_training"] = c.flop_per_token;
  out["tokens"] = known_json(c.tokens);
  out["training_flop"] = known_json(c.flop());
  out["predicted_loss_nats_per_token"] = known_json(c.loss);
  return out;
}

Json contest_json(const ask::Contest& c) {
  Json out;
  out["equal"] = c.equal;
  // the factor is that of the mixture of experts, of the second where both are
  const ask::Contender& counted =
      c.second.dense.equivalence.routing == model::Routing::dense ? c.first : c.second;
  out["equivalence"] = {
      {"id", c.equivalence.id}, {"title", c.equivalence.title}, {"limits", c.equivalence.limits}};
  out["equivalence"].update(equivalence_json(counted.dense, c.equivalence));
  out["loss_law"] = {{"id", c.law.id}, {"title", c.law.title}, {"source", c.law.source}};
  out["models"] = Json::array({side_json(c.first), side_json(c.second)});
  if (c.quality) {
    out["equal_quality"] = kind_json(*c.quality);
    out["as_sized"] = sized_json(*c.quality);
  }
  out["training_flop_ratio"] = known_json(ask::ratio(c.first.flop(), c.second.flop()));
  out["flop_per_token_ratio"] = known_json(ask::ratio(c.first.flop_per_token, c.second.flop_per_token));
  return out;
}

Json model_json(const ask::ModelAnswer& answer) {
  const run::Network& n = answer.network;
  const auto& counts = n.parameters;
  Json out;
  out["id"] = n.name;
  out["family"] = n.architecture.family;
  out["params_total"] = counts.total.value();
  out["params_active"] = counts.active.value();
  out["params_active_excl_input_embedding"] = counts.active_excl_input_embedding.value();
  out["params_total_excl_input_embedding"] = counts.total_excl_input_embedding.value();
  out["params_non_embedding"] = counts.non_embedding.value();
  out["unit"] = unit_of(n);
  out["sequence_length"] = n.sequence_length > 0 ? Json(n.sequence_length) : Json(nullptr);
  out["flop_per_token_forward"] = n.flops.forward.coherent();
  out["flop_per_token_training"] = n.flops.training.coherent();
  out["flop_per_token_training_executed"] = n.flops.training_executed.coherent();
  // no rule for images and sounds: not computed, which is not zero
  const bool six_n = n.flops.six_n.coherent() > 0;
  out["flop_per_token_six_n"] = six_n ? Json(n.flops.six_n.coherent()) : Json(nullptr);
  out["training_over_six_n"] = six_n ? Json(n.flops.training_over_six_n) : Json(nullptr);
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
  if (const auto towers = model::count_towers(n.architecture); !towers.empty()) {
    out["towers"] = Json::array();
    for (const auto& tower : towers)
      out["towers"].push_back(
          {{"name", tower.name},
           {"params", tower.parameters.value()},
           {"per", tower.unit},
           {"flop_forward", tower.forward},
           {"tokens", tower.tokens == model::Count{0} ? Json(nullptr) : Json(tower.tokens.value())}});
  }
  out["breakdown"] = {{"parameters", parameters}, {"flop", flops}, {"flop_terms", terms}};
  if (answer.memory) {
    const ask::MemoryPlan& plan = *answer.memory;
    const model::MemoryNeed& need = plan.need;
    const auto& p = plan.options.parallelism;
    out["memory_bytes"] = {{"weights", need.weights.coherent()},
                           {"gradients", need.gradients.coherent()},
                           {"optimizer", need.optimizer.coherent()},
                           {"activations", need.activations.coherent()},
                           {"logits", need.logits.coherent()},
                           {"working", need.working.coherent()},
                           {"overhead", need.overhead.coherent()},
                           {"total", need.total().coherent()},
                           {"counted", need.counted}};
    const auto gigabytes = [](model::Memory m) { return quantity::to_unit(m.coherent(), "GB"); };
    out["memory_gb"] = gigabytes(need.total());
    out["memory_gb_p05"] = gigabytes(need.low);
    out["memory_gb_p95"] = gigabytes(need.high);
    out["memory_plan"] = {{"optimizer", optimizer_title(plan.options.optimizer)},
                          {"recompute", model::recompute_name(plan.options.recompute)},
                          {"micro_batch", plan.options.micro_batch},
                          {"zero_stage", p.zero_stage},
                          {"data", p.data.value()},
                          {"tensor", p.tensor.value()},
                          {"pipeline", p.pipeline.value()},
                          {"expert", p.expert.value()},
                          {"context", p.context.value()},
                          {"virtual_stages", p.virtual_stages.value()},
                          {"sequence_parallel", p.sequence_parallel}};
    if (!plan.device.empty()) {
      out["memory_plan"]["hardware"] = plan.device;
      out["memory_plan"]["device_bytes"] = plan.device_memory.coherent();
      out["memory_plan"]["fits"] = plan.fit == model::Fit::fits;
      out["memory_plan"]["verdict"] = model::fit_name(plan.fit);
      out["memory_plan"]["fewest_devices"] =
          plan.fewest ? Json(plan.fewest->parallelism.devices().value()) : Json(nullptr);
      out["memory_plan"]["possible_devices"] = plan.possible ? Json(plan.possible->value()) : Json(nullptr);
    }
  }
  if (answer.preset) {
    out["published"] = Json::object();
    for (const char* key : published_keys) {
      const auto cell = answer.preset->cell(key);
      if (!cell) continue;
      out["published"][key] = {{"value", cell->text()}, {"source", cell->source()}, {"at", cell->at()}};
    }
  }
  std::vector<diag::Diagnostic> notes;
  for (const auto& remark : n.remarks) {
    if (remark.severity == diag::Severity::note) notes.push_back(remark);
  }
  out["notes"] = warnings_json(notes);
  return out;
}

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

// One row of named cells.
class Row {
 public:
  void add(std::string key, std::string value) {
    table_.columns.push_back({std::move(key)});
    cells_.push_back(std::move(value));
  }
  void add(std::string key, const std::optional<double>& value) { add(std::move(key), known_cell(value)); }
  /// With other rows of the same columns.
  Table table(std::initializer_list<Row> further = {}) && {
    table_.rows.push_back(std::move(cells_));
    for (const Row& row : further) table_.rows.push_back(row.cells_);
    return std::move(table_);
  }

 private:
  Table table_;
  std::vector<std::string> cells_;
};

Table model_table(const ask::ModelAnswer& answer) {
  const run::Network& n = answer.network;
  const auto& counts = n.parameters;
  Row out;
  out.add("id", n.name);
  out.add("family", n.architecture.family);
  out.add("params_total", counts.total.text());
  out.add("params_active", counts.active.text());
  out.add("params_active_excl_input_embedding", counts.active_excl_input_embedding.text());
  out.add("params_total_excl_input_embedding", counts.total_excl_input_embedding.text());
  out.add("params_non_embedding", counts.non_embedding.text());
  model::Count towers = 0;
  double tower_flop = 0;
  for (const auto& tower : model::count_towers(n.architecture)) {
    towers += tower.parameters;
    tower_flop += tower.forward;
  }
  out.add("params_towers", towers.text());
  out.add("flop_towers_forward", shortest(tower_flop));
  out.add("params_published", answer.preset && answer.preset->cell("params")
                                  ? std::string{answer.preset->cell("params")->text()}
                                  : "");
  out.add("unit", unit_of(n));
  out.add("sequence_length_tokens", n.sequence_length > 0 ? shortest(n.sequence_length) : "");
  out.add("flop_per_token_forward", shortest(n.flops.forward.coherent()));
  out.add("flop_per_token_training", shortest(n.flops.training.coherent()));
  out.add("flop_per_token_training_executed", shortest(n.flops.training_executed.coherent()));
  const bool six_n = n.flops.six_n.coherent() > 0;
  out.add("flop_per_token_six_n", six_n ? shortest(n.flops.six_n.coherent()) : "");
  out.add("training_over_six_n", six_n ? shortest(n.flops.training_over_six_n) : "");
  for (const model::Part part : all_parts) {
    const auto count =
        std::ranges::find_if(counts.parts, [&](const model::PartCount& p) { return p.part == part; });
    const auto flop =
        std::ranges::find_if(n.flops.parts, [&](const model::PartFlop& p) { return p.part == part; });
    const bool counted = count != counts.parts.end();
    out.add("params_total_" + key_of(part), counted ? count->total.text() : "");
    out.add("params_active_" + key_of(part), counted ? count->active.text() : "");
    out.add("flop_per_token_forward_" + key_of(part),
            flop != n.flops.parts.end() ? shortest(flop->forward) : "");
  }
  const ask::MemoryPlan* plan = answer.memory ? &*answer.memory : nullptr;
  const auto bytes = [&](const char* key, const auto& of) {
    out.add(std::string{"memory_"} + key + "_bytes",
            plan ? shortest(of(plan->need).coherent()) : std::string{});
  };
  bytes("weights", [](const model::MemoryNeed& m) { return m.weights; });
  bytes("gradients", [](const model::MemoryNeed& m) { return m.gradients; });
  bytes("optimizer", [](const model::MemoryNeed& m) { return m.optimizer; });
  bytes("activations", [](const model::MemoryNeed& m) { return m.activations; });
  bytes("logits", [](const model::MemoryNeed& m) { return m.logits; });
  bytes("working", [](const model::MemoryNeed& m) { return m.working; });
  bytes("overhead", [](const model::MemoryNeed& m) { return m.overhead; });
  bytes("total", [](const model::MemoryNeed& m) { return m.total(); });
  bytes("p05", [](const model::MemoryNeed& m) { return m.low; });
  bytes("p95", [](const model::MemoryNeed& m) { return m.high; });
  out.add("hardware", plan ? plan->device : "");
  out.add("memory_verdict",
          plan && !plan->device.empty() ? std::string{model::fit_name(plan->fit)} : std::string{});
  out.add("fewest_devices", plan && plan->fewest ? plan->fewest->parallelism.devices().text() : "");
  return std::move(out).table();
}

Row contest_row(const ask::Contest& contest, const ask::Contender& c) {
  Row out;
  out.add("id", c.name);
  out.add("params_total", c.parameters);
  out.add("params_active_excl_input_embedding", c.active);
  out.add("dense_equivalent_params", c.dense.worth.size);
  out.add("flop_per_token_training", c.flop_per_token);
  out.add("tokens", c.tokens);
  out.add("training_flop", c.flop());
  out.add("predicted_loss_nats_per_token", c.loss);
  out.add("equal", contest.equal);  // what decided the comparison, in every row
  out.add("equivalence", std::string{contest.equivalence.id});
  out.add("loss_law", std::string{contest.law.id});
  const bool other = &c == &contest.second && contest.quality;
  for (const auto& [head, text] :
       quality_cells(&c.dense, &contest.equivalence, other ? &*contest.quality : nullptr))
    out.add(head, text);
  return out;
}

}  // namespace

Document present(const ask::ModelAnswer& answer, const catalog::Catalog& tables) {
  Content content{.name = "model", .catalog = tables, .warnings = answer.warnings, .records = Records::one};
  if (answer.preset) {
    content.sources.emplace_back(answer.preset->source());
    for (const char* key : published_keys) {
      if (const auto cell = answer.preset->cell(key)) content.sources.emplace_back(cell->source());
    }
  }
  content.page = [&answer] { return model_page(answer); };
  content.body = [&answer] { return model_json(answer); };
  content.rows = [&answer] { return model_table(answer); };
  return Document{std::move(content)};
}

Document present(const ask::Contest& answer, const catalog::Catalog& tables) {
  Content content{.name = "model-comparison",
                  .catalog = tables,
                  .warnings = answer.warnings,
                  .sources = {std::string{answer.law.source}}};
  const auto add = [&](std::string_view id) {
    if (std::ranges::find(content.sources, id) == content.sources.end()) content.sources.emplace_back(id);
  };
  if (answer.quality) {
    for (const model::LossLaw* law : answer.laws) add(law->source);
  }
  for (const std::string_view id : diag::parts(answer.equivalence.sources)) add(id);
  content.page = [&answer] { return contest_page(answer); };
  content.body = [&answer] { return contest_json(answer); };
  content.rows = [&answer] {
    return contest_row(answer, answer.first).table({contest_row(answer, answer.second)});
  };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
