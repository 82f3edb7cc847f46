#include <kwhatif/model/memory.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/model.hpp>
#include <kwhatif/report/table.hpp>

namespace kwhatif::report {

using quantity::human;
using quantity::significant;

namespace {

constexpr std::size_t page_width = 110;

// 6738415616 is "6,738,415,616": counts are exact, so all digits are shown.
std::string grouped(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

}  // namespace

std::string model_text(const scenario::Network& n, const std::optional<catalog::Row>& preset) {
  const auto& p = n.parameters;
  std::string out = n.name;
  if (preset && !preset->text("name").empty()) out += ": " + std::string{preset->text("name")};
  out += " (" + n.architecture.family + ")\n\n";
  Table counts{{{"Parameters"}, {"total", Align::right}, {"active", Align::right}, {"share", Align::right}}, {}};
  for (const auto& part : p.parts) {
    counts.rows.push_back({"  " + std::string{model::part_name(part.part)}, grouped(part.total.text()), grouped(part.active.text()),
                           significant(100 * part.total.as_double() / p.total.as_double(), 3) + " %"});
  }
  counts.rows.push_back({"  all", grouped(p.total.text()), grouped(p.active.text()), ""});
  counts.rows.push_back({"  without the input table", grouped(p.total_excl_input_embedding.text()),
                         grouped(p.active_excl_input_embedding.text()), ""});
  out += text(counts);
  if (preset) {
    for (const auto& [key, label] : {std::pair{"params", "published total"}, std::pair{"active", "published active"}}) {
      const auto cell = preset->cell(key);
      if (cell) out += "  " + std::string{label} + ": " + std::string{cell->text()} + " [" + std::string{cell->source()} + ", " + std::string{cell->at()} + "]" +
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
    flops.rows.push_back({"  executed", significant(n.flops.training_executed.coherent(), 5), "with recomputation: what HFU counts"});
  if (n.flops.training_over_six_n > 0)
    flops.rows.push_back({"  6 x N", significant(n.flops.six_n.coherent(), 5),
                          "N active without the input table; the exact count is " + significant(n.flops.training_over_six_n, 4) + " times that"});
  out += text(flops);
  out += wrapped("Counted: " + n.flops.counted, page_width, 2);
  if (n.sequence_length > 0) {
    model::MemoryOptions options;
    options.sequence_length = n.sequence_length;
    const auto need = model::training_memory(n.architecture, n.inventory, options);
    const auto shown = [](const model::Memory& m) { return human(m.coherent(), quantity::dim::data); };
    out += "\nMemory for training on one device (Adam, mixed precision, one sequence, nothing sharded)\n";
    Table memory{{{""}, {"", Align::right}}, {}};
    memory.rows.push_back({"  weights", shown(need.weights)});
    memory.rows.push_back({"  gradients", shown(need.gradients)});
    memory.rows.push_back({"  optimizer states", shown(need.optimizer)});
    memory.rows.push_back({"  activations", shown(need.activations)});
    memory.rows.push_back({"  logits", shown(need.logits)});
    memory.rows.push_back({"  all", shown(need.total())});
    out += text(memory);
    options.recompute = model::Recompute::full;
    out += "  activations with full recomputation: " + shown(model::training_memory(n.architecture, n.inventory, options).activations) + '\n';
    options.parallelism.zero_stage = 3;
    Table fits{{{""}, {"", Align::right}}, {}};
    for (const double gigabytes : {24.0, 40.0, 80.0, 141.0}) {
      const auto fit = model::smallest_fit(n.architecture, n.inventory, options, model::Memory::from_coherent(0.9e9 * gigabytes), 1U << 17U);
      fits.rows.push_back({"  fewest devices of " + significant(gigabytes, 3) + " GB", fit ? fit->parallelism.devices().text() : "none"});
    }
    out += text(fits);
    out += "  (everything sharded, full recomputation, a tenth of the memory left free)\n";
  }
  std::size_t notes = 0;
  for (const diag::Diagnostic& remark : n.remarks) {
    if (remark.severity != diag::Severity::note) continue;
    if (notes++ == 0) out += "\nNotes\n";
    out += wrapped(remark.message, page_width, 2);
  }
  return out;
}

}  // namespace kwhatif::report
