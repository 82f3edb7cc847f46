#include <kwhatif/model/memory.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/model.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

namespace kwhatif::report {

using quantity::human;
using quantity::significant;

namespace {

std::string layout(const model::MemoryOptions& o) {
  const auto& p = o.parallelism;
  std::string out{optimizer_title(o.optimizer)};
  out += ", mixed precision, " +
         (o.micro_batch == 1 ? std::string{"one sequence"} : significant(o.micro_batch, 1) + " sequences") +
         " at a time, ";
  out += p.zero_stage == 0 ? "nothing sharded" : "ZeRO stage " + std::to_string(p.zero_stage);
  out += ", " + std::string{model::recompute_name(o.recompute)} + " recomputation";
  if (p.devices() > model::Count{1}) {
    out += "; " + p.devices().text() + " devices: " + p.data.text() + " data x " + p.tensor.text() +
           " tensor x " + p.pipeline.text() + " pipeline";
    if (p.expert > model::Count{1}) out += ", experts over " + p.expert.text();
  }
  return out;
}

std::string memory_text(const run::Network& n, const MemoryPlan& plan) {
  model::MemoryOptions options = plan.options;
  const auto need = model::training_memory(n.architecture, n.inventory, options);
  std::string out = "\nMemory for training per device (" + layout(options) + ")\n";
  Table memory{{{""}, {"", Align::right}}, {}};
  memory.rows.push_back({"  weights", human(need.weights)});
  memory.rows.push_back({"  gradients", human(need.gradients)});
  memory.rows.push_back({"  optimizer states", human(need.optimizer)});
  memory.rows.push_back({"  activations", human(need.activations)});
  memory.rows.push_back({"  logits", human(need.logits)});
  memory.rows.push_back({"  all", human(need.total())});
  out += text(memory);
  if (!plan.device.empty()) {
    const double share = need.total().coherent() / plan.device_memory.coherent();
    out += "  " + significant(100 * share) + " % of the " + human(plan.device_memory) + " of " + plan.device +
           ": " +
           (share > 1     ? "does not fit"
            : share > 0.9 ? "hardly fits: buffers and fragmentation take about a tenth"
                          : "fits") +
           '\n';
    if (plan.fewest) {
      const auto& p = plan.fewest->parallelism;
      out += "  fewest devices of " + plan.device + ": " + p.devices().text() + " (" + p.data.text() +
             " data x " + p.tensor.text() + " tensor x " + p.pipeline.text() +
             " pipeline; a tenth of the memory left free)\n";
    } else {
      out += "  fewest devices of " + plan.device +
             ": none up to 131,072, with this optimizer, sharding, batch and recomputation\n";
    }
    return out;
  }
  if (!plan.given) {
    options.recompute = model::Recompute::full;
    out += "  activations with full recomputation: " +
           human(model::training_memory(n.architecture, n.inventory, options).activations) + '\n';
    options.parallelism.zero_stage = 3;
  }
  options.parallelism.data = options.parallelism.tensor = options.parallelism.pipeline = 1;
  Table fits{{{""}, {"", Align::right}}, {}};
  for (const double gigabytes : {24.0, 40.0, 80.0, 141.0}) {
    const auto fit = model::smallest_fit(n.architecture, n.inventory, options,
                                         model::Memory::from_coherent(0.9e9 * gigabytes), 1U << 17U);
    fits.rows.push_back({"  fewest devices of " + significant(gigabytes, 3) + " GB",
                         fit ? fit->parallelism.devices().text() : "none"});
  }
  out += text(fits);
  return out + (plan.given ? "  (with this optimizer, sharding, batch and recomputation; a tenth of the "
                             "memory left free)\n"
                           : "  (everything sharded, full recomputation, a tenth of the memory left free)\n");
}

}  // namespace

std::string contest_text(const Contest& c) {
  Table table{{{""}, {c.first.name, Align::right}, {c.second.name, Align::right}, {"ratio", Align::right}},
              {}};
  const auto row = [&](const std::string& label, std::optional<double> a, std::optional<double> b,
                       const auto& print) {
    table.rows.push_back(
        {label, a ? print(*a) : "none", b ? print(*b) : "none", a && b ? significant(*a / *b) : ""});
  };
  const auto counted = [](const quantity::Dimension& dimension) {
    return [dimension](double v) { return human(v, dimension); };
  };
  row("Parameters", c.first.parameters, c.second.parameters, counted(quantity::dim::parameter));
  row("Active per token, without input table", c.first.active, c.second.active,
      counted(quantity::dim::parameter));
  row("Dense equivalent", c.first.dense_equivalent, c.second.dense_equivalent,
      counted(quantity::dim::parameter));
  row("Training FLOP per token", c.first.flop_per_token, c.second.flop_per_token,
      [](double v) { return significant(v, 4); });
  row("Tokens", c.first.tokens, c.second.tokens, counted(quantity::dim::token));
  row("Training compute", c.first.flop(), c.second.flop(), counted(quantity::dim::flop));
  if (c.first.loss || c.second.loss)
    row("Predicted loss, nats per token", c.first.loss, c.second.loss,
        [](double v) { return significant(v, 4); });
  std::string out = text(table);
  out += "\nEqual:       " + c.equal + '\n';
  out += "Equivalence: " + std::string{c.equivalence.id} + ", " + std::string{c.equivalence.title} + " (" +
         std::string{c.equivalence.limits} + ")\n";
  out += "Loss law:    " + std::string{c.law.id} + ", " + std::string{c.law.title} +
         ", of the dense equivalents\n";
  if (!c.second.tokens)
    out += wrapped(
        c.second.name + " cannot reach that loss with 1e18 tokens or fewer: by the loss law it is too small.",
        page_width, 0);
  return out;
}

std::string_view optimizer_title(model::Optimizer optimizer) {
  switch (optimizer) {
    case model::Optimizer::sgd:
      return "SGD";
    case model::Optimizer::momentum:
      return "SGD with momentum";
    case model::Optimizer::adam:
      return "Adam";
    case model::Optimizer::adam_8bit:
      return "8-bit Adam";
    case model::Optimizer::adam_bf16_states:
      return "Adam with 16-bit states";
    case model::Optimizer::adafactor:
      return "Adafactor";
  }
  return "";
}

std::string model_text(const run::Network& n, const std::optional<catalog::Row>& preset,
                       const MemoryPlan& plan) {
  const auto& p = n.parameters;
  std::string out = n.name;
  if (preset && !preset->text("name").empty()) out += ": " + std::string{preset->text("name")};
  out += " (" + n.architecture.family + ")\n\n";
  Table counts{{{"Parameters"}, {"total", Align::right}, {"active", Align::right}, {"share", Align::right}},
               {}};
  for (const auto& part : p.parts) {
    counts.rows.push_back({"  " + std::string{model::part_name(part.part)}, grouped(part.total.text()),
                           grouped(part.active.text()),
                           significant(100 * part.total.as_double() / p.total.as_double(), 3) + " %"});
  }
  counts.rows.push_back({"  all", grouped(p.total.text()), grouped(p.active.text()), ""});
  counts.rows.push_back({"  without the input table", grouped(p.total_excl_input_embedding.text()),
                         grouped(p.active_excl_input_embedding.text()), ""});
  out += text(counts);
  if (preset) {
    for (const auto& [key, label] :
         {std::pair{"params", "published total"}, std::pair{"active", "published active"}}) {
      const auto cell = preset->cell(key);
      if (cell)
        out += "  " + std::string{label} + ": " + std::string{cell->text()} + " [" +
               std::string{cell->source()} + ", " + std::string{cell->at()} + "]" +
               (cell->note().empty() ? "" : " " + std::string{cell->note()}) + '\n';
    }
  }
  const std::string unit{model::unit_name(n.flops.unit)};
  out += "\nFLOP per " + unit;
  if (n.sequence_length > 0) out += " at " + quantity::shortest(n.sequence_length) + " tokens per sequence";
  out += '\n';
  Table flops{{{""}, {"", Align::right}, {""}}, {}};
  flops.rows.push_back({"  forward", significant(n.flops.forward.coherent(), 5), ""});
  for (const auto& part : n.flops.parts)
    flops.rows.push_back({"    " + std::string{model::part_name(part.part)}, significant(part.forward, 5),
                          significant(100 * part.forward / n.flops.forward.coherent(), 3) + " %"});
  flops.rows.push_back({"  training", significant(n.flops.training.coherent(), 5), "3 x forward"});
  if (n.flops.training_executed.coherent() != n.flops.training.coherent())
    flops.rows.push_back({"  executed", significant(n.flops.training_executed.coherent(), 5),
                          "with recomputation: what HFU counts"});
  if (n.flops.training_over_six_n > 0)
    flops.rows.push_back({"  6 x N", significant(n.flops.six_n.coherent(), 5),
                          "N active without the input table; the exact count is " +
                              significant(n.flops.training_over_six_n, 4) + " times that"});
  out += text(flops);
  out += wrapped("Counted: " + n.flops.counted, page_width, 2);
  if (n.sequence_length > 0) out += memory_text(n, plan);
  std::size_t notes = 0;
  for (const diag::Diagnostic& remark : n.remarks) {
    if (remark.severity != diag::Severity::note) continue;
    if (notes++ == 0) out += "\nNotes\n";
    out += wrapped(remark.message, page_width, 2);
  }
  return out;
}

}  // namespace kwhatif::report
