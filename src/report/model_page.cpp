// The pages of model: one architecture, or two against each other.
#include "equal_quality.hpp"
#include "network_words.hpp"
#include "verb_pages.hpp"
#include <kwhatif/model/towers.hpp>
#include <kwhatif/quantity/format.hpp>

#include <cmath>

namespace kwhatif::report {

using quantity::human;
using quantity::significant;

namespace {

constexpr double training_passes = 3;  // forward, and both gradients

std::string percent(double share) { return significant(100 * share) + " %"; }

std::string ways(const model::Parallelism& p) {
  std::string out =
      p.data.text() + " data x " + p.tensor.text() + " tensor x " + p.pipeline.text() + " pipeline";
  if (p.context > model::Count{1}) out += " x " + p.context.text() + " context";
  if (p.virtual_stages > model::Count{1}) out += ", " + p.virtual_stages.text() + " virtual stages";
  if (p.tensor > model::Count{1})
    out += p.sequence_parallel ? ", sequence parallel" : ", no sequence parallelism";
  return out;
}

std::string layout(const model::MemoryOptions& o) {
  const auto& p = o.parallelism;
  std::string out{optimizer_title(o.optimizer)};
  out += ", mixed precision, " +
         (o.micro_batch == 1 ? std::string{"one sequence"} : significant(o.micro_batch, 1) + " sequences") +
         " at a time, ";
  out += p.zero_stage == 0 ? "nothing sharded" : "ZeRO stage " + std::to_string(p.zero_stage);
  const bool whole = o.recompute == model::Recompute::none;
  out += ", " + (whole ? "no" : std::string{model::recompute_name(o.recompute)}) + " recomputation";
  if (p.devices() > model::Count{1}) {
    out += "; " + p.devices().text() + " devices: " + ways(p);
    if (p.expert > model::Count{1}) out += ", experts over " + p.expert.text();
  }
  return out;
}

std::string fit(const ask::MemoryPlan& plan) {
  return percent(plan.share) + " of the " + human(plan.device_memory) + " of " + plan.device + ": " +
         std::string{model::fit_name(plan.fit)};
}

std::string fewest(const ask::MemoryPlan& plan) {
  const std::string head = "fewest devices of " + plan.device + ": ";
  const std::string perhaps = plan.possible ? "may fit on " + plan.possible->text() : "";
  if (!plan.fewest)
    return head + "surely on none up to 131,072, with this optimizer, sharding, batch and recomputation" +
           (perhaps.empty() ? "" : "; " + perhaps);
  const auto& p = plan.fewest->parallelism;
  return head + p.devices().text() + " (" + ways(p) + ")" +
         (plan.possible && *plan.possible < p.devices() ? "; " + perhaps : "");
}

void add_memory(Page& page, const ask::MemoryPlan& plan) {
  page.gap().heading("Memory for training per device (" + layout(plan.options) + ")");
  const model::MemoryNeed& need = plan.need;
  page.table({{{""}, {"", Align::right}},
              {{"weights", human(need.weights)},
               {"gradients", human(need.gradients)},
               {"optimizer states", human(need.optimizer)},
               {"activations", human(need.activations)},
               {"logits", human(need.logits)},
               {"layer at work, loss", human(need.working)},
               {"runtime, fragmentation", human(need.overhead)},
               {"all", human(need.total())},
               {"5 % to 95 %", human(need.low) + " to " + human(need.high)}}},
             2, {7});
  if (!plan.device.empty()) {
    page.paragraph(fit(plan), 2).paragraph(fewest(plan), 2);
    return;
  }
  if (plan.recomputed) page.paragraph("activations with full recomputation: " + human(*plan.recomputed), 2);
  Table sizes{heads({"", ">"}), {}};
  for (const auto& size : plan.sizes)
    sizes.rows.push_back(
        {"fewest devices of " + significant(quantity::to_unit(size.memory.coherent(), "GB")) + " GB",
         size.devices ? size.devices->text() : "none"});
  page.table(std::move(sizes), 2);
  page.paragraph(plan.given
                     ? "(with this optimizer, sharding, batch and recomputation; fits in 95 % of cases)"
                     : "(everything sharded, full recomputation; fits in 95 % of cases)",
                 2);
}

void add_parameters(Page& page, const ask::ModelAnswer& answer) {
  const auto& p = answer.network.parameters;
  Table counts{heads({"Parameters", ">total", ">active", ">share"}), {}};
  for (const auto& part : p.parts)
    counts.rows.push_back({"  " + std::string{model::part_name(part.part)}, grouped(part.total.text()),
                           grouped(part.active.text()),
                           percent(part.total.as_double() / p.total.as_double())});
  const std::size_t all = counts.rows.size();
  counts.rows.push_back({"  all", grouped(p.total.text()), grouped(p.active.text()), ""});
  counts.rows.push_back({"  without the input table", grouped(p.total_excl_input_embedding.text()),
                         grouped(p.active_excl_input_embedding.text()), ""});
  page.table(std::move(counts), 0, {all});
  if (!answer.preset) return;
  for (const auto& [key, label] :
       {std::pair{"params", "published total"}, std::pair{"active", "published active"}}) {
    const auto cell = answer.preset->cell(key);
    if (cell)
      page.hanging("  ",
                   std::string{label} + ": " + std::string{cell->text()} + " [" +
                       std::string{cell->source()} + ", " + std::string{cell->at()} + "]" +
                       (cell->note().empty() ? "" : " " + std::string{cell->note()}),
                   4);
  }
}

// What stands beside the language model of a multimodal file, and what one image or piece of sound costs.
void add_towers(Page& page, const run::Network& n) {
  const std::vector<model::TowerCount> towers = model::count_towers(n.architecture);
  if (towers.empty()) return;
  model::Count beside = 0;
  for (const auto& tower : towers) beside += tower.parameters;
  Table table{heads({"Language model and towers", ">parameters", ">FLOP forward", "per"}), {}};
  constexpr int digits = 5;  // a count, not an estimate
  table.rows.push_back({"  language model", grouped((n.parameters.total - beside).text()),
                        significant(n.flops.forward.coherent(), digits), "token"});
  for (const auto& tower : towers)
    table.rows.push_back({"  " + tower.name, grouped(tower.parameters.text()),
                          significant(tower.forward, digits), tower.unit});
  page.gap().table(std::move(table), 0);
  for (const auto& tower : towers) {
    double all = 0;
    for (const auto& other : towers) all += other.unit == tower.unit ? other.forward : 0;
    if (tower.tokens == model::Count{0}) continue;
    page.paragraph("Each " + tower.unit + ": " + significant(all, digits) + " FLOP forward, " +
                       significant(training_passes * all, digits) + " in training, and " +
                       grouped(tower.tokens.text()) + " tokens of the sequence",
                   2);
  }
}

void add_flops(Page& page, const run::Network& n) {
  const model::FlopCount& f = n.flops;
  page.gap().heading("FLOP per " + unit_of(n) + length_words(n));
  Table table{heads({"", ">", ""}), {}};
  const auto add = [&](std::string label, double flop, std::string remark) {
    constexpr int digits = 5;  // a count, not an estimate
    table.rows.push_back({std::move(label), significant(flop, digits), std::move(remark)});
  };
  add("forward", f.forward.coherent(), "");
  for (const auto& part : f.parts)
    add("  " + std::string{model::part_name(part.part)}, part.forward,
        percent(part.forward / f.forward.coherent()));
  const std::size_t training = table.rows.size();
  // Three passes, or fewer where a frozen base is tuned by adapters.
  constexpr double thousandths = 1000;
  const double passes = std::round(f.training.coherent() / f.forward.coherent() * thousandths) / thousandths;
  add("training", f.training.coherent(), quantity::shortest(passes) + " x forward");
  if (f.training_executed.coherent() != f.training.coherent())
    add("executed", f.training_executed.coherent(), "with recomputation: what HFU counts");
  if (f.training_over_six_n > 0)
    add("6 x N", f.six_n.coherent(),
        "N active without the input table; the exact count is " + significant(f.training_over_six_n, 4) +
            " times that");
  page.table(std::move(table), 2, {training});
  page.asides().paragraph(run::work_unit(n).said("Counted: " + f.counted), 2).results();
}

}  // namespace

Page model_page(const ask::ModelAnswer& answer) {
  const run::Network& n = answer.network;
  const std::string title{answer.preset ? answer.preset->text("name") : ""};
  Page page;
  page.heading(n.name + (title.empty() ? "" : ": " + title) + " (" + n.architecture.family + ")").gap();
  add_parameters(page, answer);
  add_towers(page, n);
  add_flops(page, n);
  if (answer.memory) add_memory(page, *answer.memory);
  page.asides().gap();
  std::string heading = "Notes";
  for (const diag::Diagnostic& remark : n.remarks) {
    if (remark.severity != diag::Severity::note) continue;
    if (!heading.empty()) page.heading(std::exchange(heading, {}));
    page.paragraph(run::work_unit(n).said(remark.message), 2);
  }
  return page;
}

Page contest_page(const ask::Contest& c) {
  Table table{{{""}, {c.first.name, Align::right}, {c.second.name, Align::right}, {"ratio", Align::right}},
              {}};
  const bool refused = c.quality && c.quality->answer.sized && !c.quality->answer.sized->tokens;
  const auto row = [&](std::string label, std::optional<double> a, std::optional<double> b,
                       const auto& print) {
    const auto over = ask::ratio(a, b);
    table.rows.push_back({std::move(label), a ? print(*a) : "unknown",
                          b ? print(*b) : (refused ? "refused" : "unknown"), over ? significant(*over) : ""});
  };
  const auto counted = [](const quantity::Dimension& dimension) {
    return [dimension](double v) { return human(v, dimension); };
  };
  const auto exact = [](double v) { return significant(v, 4); };
  row("Parameters", c.first.parameters, c.second.parameters, counted(quantity::dim::parameter));
  row("Active, without input table", c.first.active, c.second.active, counted(quantity::dim::parameter));
  row("Dense equivalent", c.first.dense.worth.size, c.second.dense.worth.size,
      counted(quantity::dim::parameter));
  row("Training FLOP per token", c.first.flop_per_token, c.second.flop_per_token, exact);
  row("Tokens", c.first.tokens, c.second.tokens, counted(quantity::dim::token));
  const std::size_t decisive = table.rows.size();
  row("Training compute", c.first.flop(), c.second.flop(), counted(quantity::dim::flop));
  // at equal loss each law has its own, and they are equal by each
  if (!c.quality && (c.first.loss || c.second.loss))
    row("Predicted loss, nats/token", c.first.loss, c.second.loss, exact);
  Page page;
  page.table(std::move(table), 0, {decisive});
  constexpr std::size_t beside = 13;
  page.gap().hanging("Equal:       ", c.equal, beside);
  page.hanging("Equivalence: ",
               std::string{c.equivalence.id} + ", " + std::string{c.equivalence.title} + " (" +
                   std::string{c.equivalence.limits} + ")",
               beside);
  std::string laws;
  if (c.quality) {
    for (const model::LossLaw* law : c.laws) laws += (laws.empty() ? "" : "; ") + std::string{law->title};
    page.hanging("Loss laws:   ", laws + (c.laws.size() > 1 ? "; geometric mean of their tokens" : ""),
                 beside);
    add_equal_quality(page, {&*c.quality});
    return page;
  }
  page.hanging(
      "Loss law:    ", std::string{c.law.id} + ", " + std::string{c.law.title} + ", of the dense equivalents",
      beside);
  for (const ask::Contender* side : {&c.first, &c.second}) {
    if (side->dense.side.shape.sparse()) page.paragraph(side->name + " is " + worth_words(side->dense) + ".");
  }
  return page;
}

std::string_view optimizer_title(model::Optimizer optimizer) {
  constexpr std::string_view names[] = {"SGD",        "SGD with momentum",       "Adam",
                                        "8-bit Adam", "Adam with 16-bit states", "Adafactor"};
  return names[static_cast<std::size_t>(optimizer)];
}

}  // namespace kwhatif::report
