// The architecture: parameters and FLOPs counted from a config.json, recomputation, adapters, and the
// compute-optimal number of tokens.
#include "resolver.hpp"
#include "stage_cost.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/model/equivalence.hpp>
#include <kwhatif/model/image_size.hpp>
#include <kwhatif/model/loss.hpp>
#include <kwhatif/model/plain.hpp>
#include <kwhatif/model/regimes.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/model_name.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Responsible;
using catalog::Standing;
using quantity::human;

AssumedLength assumed_length(const model::Architecture& architecture, const catalog::Catalog& catalog) {
  constexpr double longest = 8192;
  constexpr double crop =
      780;  // Baevski et al. 2020, section 4.2: crops of 250,000 samples at 16 kHz, 320 a frame
  if (hears(architecture) && architecture.kind != model::Kind::encoder_decoder)
    return {crop, "crops of 15.6 s, as wav2vec 2.0 was trained on: 50 frames a second", false};
  const double context = architecture.context_length.as_double();
  if (context > 0 && context <= longest) return {context, "the context length of the config", false};
  const auto fallback = catalog.find(Kind::fallback, "sequence-length");
  return {*fallback->number("value"), std::string{fallback->text("note")}, context > longest};
}

Network count_network(std::string_view text, const std::string& name, double sequence_length,
                      model::Recompute recompute) {
  return count_network(model::read_config(text, name), name, sequence_length, recompute);
}

double full_attention_flops(const Network& network) {
  const double forward = network.flops.forward.coherent();
  double more = 0;
  if (network.sequence_length <= 0 || forward <= 0) return 1;
  for (const auto& core : network.inventory.attention) {
    if (core.fixed_keys > 0 || !core.reach.causal) continue;
    const auto positions = [&](model::AttentionCounting counting) {
      return model::attended_positions(core.reach, network.sequence_length, counting);
    };
    constexpr double multiply_add = 2;
    more += core.layers.as_double() * multiply_add * (core.score_width + core.value_width).as_double() *
            (positions(model::AttentionCounting::full) - positions(model::AttentionCounting::causal)) /
            core.compression;
  }
  return 1 + more / forward;
}

Network count_network(model::ReadConfig read, const std::string& name, double sequence_length,
                      model::Recompute recompute) {
  Network out;
  out.name = name;
  out.architecture = std::move(read.architecture);
  out.remarks = std::move(read.remarks);
  try {
    out.inventory = model::take_inventory(out.architecture);
    out.parameters = model::count_parameters(out.inventory);
  } catch (const model::CountOverflow& overflow) {
    throw diag::ScenarioError({.code = "config-count-overflow", .message = name + ": " + overflow.what()});
  }
  const bool text_model = out.inventory.unit == model::Unit::token;
  out.sequence_length = text_model ? sequence_length : 0;
  out.flops = model::count_flops(out.inventory, {.sequence_length = sequence_length, .recompute = recompute});
  return out;
}

namespace {

// Experts beside total and active size alone are no architecture: they say how a token finds its experts.
bool routing_alone(const Scenario& scenario) {
  if (!scenario.has(Input::params) || !scenario.has(Input::active)) return false;
  return std::ranges::none_of(plain_sizes, [&](Input size) {
    return size != Input::experts && size != Input::experts_per_token && scenario.has(size);
  });
}

}  // namespace

// Of a model whose row knows its size alone: 6ND by its active parameters.
void Resolver::take_size(const catalog::Row& model) {
  const bool sparse = model.cell("active").has_value();
  set(Slot::active_parameters, *model.cell(sparse ? "active" : "params"), Responsible::table,
      sparse ? "active parameters of " + std::string{model.id()}
             : "all parameters of " + std::string{model.id()});
}

void Resolver::resolve_network() {
  const auto name_network = [&] {
    const auto& preset = scenario_.get(Input::model);
    const auto& config = scenario_.get(Input::config);
    const Given* plain = plain_given();
    const auto twice = [&](const Given& one, const Given& other) {
      fault("conflict",
            "two models are given: " + one.text + " (" + one.named + ") and " + other.text + " (" +
                other.named + ")",
            other.where, "give one of --model, --config and --layers with its sizes");
    };
    if (preset && config) return twice(*preset, *config);
    if (plain != nullptr && (preset || config)) return twice(preset ? *preset : *config, *plain);
    const auto side = numbers_.whole(Input::image_size);
    const auto read = [&](const std::string& text, const std::string& name) {
      auto out = model::read_config(text, name);
      const auto& asked = scenario_.get(Input::image_size);
      if (side && model::sees_images(out.architecture))
        return model::read_config(model::at_image_size(text, static_cast<std::uint64_t>(*side)), name);
      if (side)
        warn("no-effect", asked->named + " has no effect: " + name + " sees no images", "leave it out",
             asked->where);
      return out;
    };
    try {
      if (config) {
        count_network(read(scenario_.file(config->text), config->text), config->text, std::nullopt, *config);
      } else if (plain != nullptr) {
        count_plain(*plain);
      } else if (preset) {
        const auto found = find_model(catalog_, preset->text);
        if (!found.row) {
          fault(found.also.empty() ? "unknown-model" : "ambiguous-name",
                preset->named + ": no model '" + preset->text.substr(0, 60) + "'", preset->where,
                help_on_model(catalog_, preset->text, found));
          return;
        }
        read_as("model", *preset, found);
        for (auto& [flag, text] : out_.summary) {
          if (flag == "model") text = found.row->id();
        }
        const std::string name{found.row->id()};
        if (found.row->text("config").empty() && found.row->cell("params"))
          take_size(*found.row);
        else
          count_network(read(config_of(*found.row), name), name, *found.row, *preset);
      } else if (const auto& length = scenario_.get(Input::seq_len); length && options_.defaults) {
        warn("no-architecture",
             length->named + " acts on the forecast of time alone: the count of FLOPs needs an architecture",
             "name one with --model or --config", length->where);
      }
    } catch (const diag::Error& error) {
      const auto& given = config ? config : preset;
      for (diag::Diagnostic d : error.diagnostics()) {
        if (d.where.source == nullptr && !preset) d.where = given ? given->where : plain->where;
        faults_.push_back(std::move(d));
      }
    }
  };
  const auto known_word = [&](Input input) {
    const auto& given = scenario_.get(input);
    if (!given) return;
    const std::string_view all = info(input).choices;
    const std::string fenced = '|' + std::string{all} + '|';
    if (given->text.find('|') == std::string::npos &&
        fenced.find('|' + given->text + '|') != std::string::npos)
      return;
    std::string choices{all};
    for (std::size_t at = 0; (at = choices.find('|', at)) != std::string::npos; at += 2)
      choices.replace(at, 1, ", ");
    const std::string near = diag::did_you_mean(given->text, diag::parts(all));
    fault("unknown-word", given->named + " cannot be '" + given->text.substr(0, 40) + "'", given->where,
          near + (near.empty() ? "" : " ") + "one of: " + choices);
  };
  const auto tune = [&] {
    const bool low_rank = is_low_rank(scenario_);
    for (const Input input : {Input::rank, Input::targets}) {
      const auto& given = scenario_.get(input);
      if (given && !low_rank)
        fault("conflict", given->named + " has no effect without adapters", given->where,
              "add --finetune lora or qlora");
    }
    if (!low_rank || !has(Slot::active_parameters)) return;
    if (scenario_.has(Input::rank) && !numbers_.whole(Input::rank)) return;
    const auto& given = *scenario_.get(Input::finetune);
    const auto cost = low_rank_cost(scenario_, out_.network.get(), value(Slot::active_parameters));
    const bool quantised = given.text == "qlora";
    catalog::Origin counted{.responsible = Responsible::derived,
                            .standing = Standing::derived,
                            .source = quantised ? "dettmers-2023" : "hu-2021",
                            .at = quantised ? "section 3" : "section 4.1",
                            .note = {},
                            .text = {}};
    if (out_.network) {
      const auto trained = adapters_of(scenario_, *out_.network);
      // From here on the network is counted as it is trained.
      auto tuned = std::make_shared<Network>(*out_.network);
      model::FlopCount& flops = tuned->flops;
      flops.training = quantity::FlopPerToken<>::from_coherent(cost.flop());
      flops.training_executed = quantity::FlopPerToken<>::from_coherent(cost.executed_flop());
      if (flops.six_n.coherent() > 0) flops.training_over_six_n = cost.flop() / flops.six_n.coherent();
      flops.counted = "frozen " + tuned->name +
                      ": forward and gradient to inputs, attention products in full; adapters of " +
                      human(trained.as_double(), quantity::dim::parameter) +
                      ": all three passes; training = " +
                      quantity::significant(cost.flop() / flops.forward.coherent(), 4) + " x forward; " +
                      flops.counted_forward;
      counted.note = flops.counted;
      out_.network = std::move(tuned);
      const auto assumed = [&](Input input, const std::string& what, const std::string& why) {
        if (scenario_.has(input)) return;
        choose(std::string{info(input).flag}, what,
               {.responsible = Responsible::fallback,
                .standing = Standing::assumed,
                .source = {},
                .at = {},
                .note = why,
                .text = what});
      };
      assumed(Input::rank, std::to_string(assumed_rank), "a usual rank; compute hardly depends on it");
      assumed(Input::targets, "all-linear",
              "adapters on all matrices but the output; compute hardly depends on it");
    } else {
      counted.note =
          "frozen base: 2 FLOP forward and 2 for the gradient to inputs; attention products and the "
          "adapters' "
          "own share are left out, they need an architecture (--model or --config)";
    }
    if (quantised)
      counted.note += "; unpacking the quantised weights costs time, not FLOPs, and is not counted";
    set(Slot::flop_per_token, cost.flop(), {.origin = counted, .half_step = 0, .low = {}, .high = {}});
  };
  // The dense size that a model is worth, by the rule of the run; of a mixture of experts with words on it.
  const auto worth = [&](const model::SparseShape& shape, const Given& tokens, std::string& basis) {
    const auto& named = scenario_.get(Input::equivalence);
    const auto* rule =
        named ? model::find_equivalence_rule(named->text) : &model::equivalence_rules().front();
    if (rule == nullptr) return 0.0;  // a fault already
    const auto found = model::equivalence(rule->rule, shape);
    if (!found) {
      fault("missing-input", std::string{rule->id} + " needs the number of experts",
            named ? named->where : tokens.where, "name the architecture with --model or --config");
      return 0.0;
    }
    if (!shape.sparse()) {
      basis = "all parameters";
      return shape.active;
    }
    basis = "what " + human(shape.active, quantity::dim::parameter) + " active of " +
            human(shape.total, quantity::dim::parameter) + " are worth by " + std::string{rule->id} +
            ", experts " + std::string{model::routing_name(found->routing)};
    if (found->high > found->low)
      basis += ", " + human(found->low * shape.active, quantity::dim::parameter) + " to " +
               human(found->high * shape.active, quantity::dim::parameter) + " in nine of ten";
    return found->factor * shape.active;
  };
  const auto balance = [&] {
    const auto& given = scenario_.get(Input::tokens);
    const auto& named = scenario_.get(Input::loss_law);
    const bool optimal = given && given->text == "optimal";
    for (const Input input :
         {Input::loss_law, Input::equivalence, Input::experts, Input::experts_per_token}) {
      const auto* unused = &scenario_.get(input);
      const bool counts = input == Input::experts || input == Input::experts_per_token;
      if (optimal || !*unused || (counts && !routing_alone(scenario_))) continue;
      warn("no-effect", (*unused)->named + " has no effect: the number of tokens is given",
           "--tokens optimal goes by it", (*unused)->where);
    }
    const model::LossLaw* law = named ? model::find_loss_law(named->text) : &model::loss_laws().front();
    if (!optimal || law == nullptr) return;
    if (out_.network && !work_unit(*out_.network).text()) {
      fault("no-data", given->named + " = optimal: the loss laws are those of language models", given->where,
            "give --samples or --tokens");
      return;
    }
    double parameters = 0;
    std::string basis;
    if (out_.network) {
      parameters =
          worth(model::sparse_shape(out_.network->architecture, out_.network->parameters), *given, basis);
    } else if (has(Slot::active_parameters)) {
      const double active = value(Slot::active_parameters);
      const auto& total = numbers_.quantity(Input::params);
      const bool alone = !total || !(total->coherent >= active);  // below: a fault already
      model::SparseShape shape{.total = alone ? active : total->coherent, .active = active};
      if (const auto used = numbers_.whole(Input::experts_per_token)) {
        shape.used = static_cast<double>(*used);
        if (const auto experts = numbers_.whole(Input::experts))
          shape.per_used = static_cast<double>(*experts) / *shape.used;
      }
      parameters = worth(shape, *given, basis);
      if (scenario_.has(Input::active) && !total)
        basis = "the active ones, as of a dense model: --params says how many there are in all";
    } else if (has(Slot::training_flop)) {
      parameters = model::compute_optimal(*law, value(Slot::training_flop)).parameters;
      basis = "and so is the size, for the compute given";
      set(Slot::active_parameters, parameters,
          {.origin = {.responsible = Responsible::derived,
                      .standing = Standing::derived,
                      .source = std::string{law->source},
                      .at = "approach 3, constants of the loss law",
                      .note = "compute-optimal size for the compute given",
                      .text = {}},
           .half_step = 0,
           .low = {},
           .high = {}});
    } else {
      if (faults_.empty())
        fault("missing-input", given->named + " = optimal needs the size of the model", given->where,
              "give --params, --model, --config or --flops");
      return;
    }
    if (!(parameters > 0)) return;
    const double tokens = model::optimal_tokens(*law, parameters);
    std::string others;  // the laws disagree by as much as they do, and the default is the lower one
    for (const model::LossLaw& other : model::loss_laws()) {
      if (other.id == law->id || (&other != &model::loss_laws()[0] && &other != &model::loss_laws()[1]))
        continue;
      others += " (" + human(model::optimal_tokens(other, parameters), quantity::dim::token) + " by " +
                std::string{other.id} + ")";
    }
    set(Slot::tokens, tokens,
        {.origin = {.responsible = Responsible::derived,
                    .standing = Standing::derived,
                    .source = std::string{law->source},
                    .at = "approach 3, constants of the loss law",
                    .note = "compute-optimal for " + human(parameters, quantity::dim::parameter) + " (" +
                            basis + "), " + quantity::significant(tokens / parameters) +
                            " tokens per parameter" + others + "; predicted loss " +
                            quantity::significant(model::predicted_loss(*law, parameters, tokens)) +
                            " nats per token by " + std::string{law->title},
                    .text = "optimal"},
         .half_step = 0,
         .low = {},
         .high = {}});
    for (const std::string& why : model::extrapolation_warnings(*law, parameters, tokens))
      warn("extrapolated", why, "the compute-optimal number of tokens is uncertain here", given->where);
  };
  if (!scenario_.stages.empty()) {
    (void)resolve_stages(scenario_, catalog_, options_);  // their faults are faults of the run
    warn("stages-left-out",
         "this is the run around its stages: they count in `kwhatif estimate` and `kwhatif explain` only",
         "give the work without [[stage]] to use it elsewhere", scenario_.stages.front().where);
  }
  name_network();
  for (const InputInfo& row : input_table()) {
    if (row.type == InputType::word && row.input != Input::precision) known_word(row.input);
  }
  if (const auto& used = scenario_.get(Input::experts_per_token); used && routing_alone(scenario_)) {
    const auto experts = numbers_.whole(Input::experts);
    const auto passed = numbers_.whole(Input::experts_per_token);
    if (experts && passed && *passed > *experts)
      fault("out-of-range",
            "a token cannot pass " + used->text + " experts of " + scenario_.get(Input::experts)->text,
            used->where);
  }
  tune();
  balance();
}

// The sizes of a plain architecture; the first of them names it in messages.
const Given* Resolver::plain_given() const {
  if (routing_alone(scenario_)) return nullptr;
  for (const Input size : plain_sizes) {
    if (const auto& given = scenario_.get(size)) return &*given;
  }
  return nullptr;
}

void Resolver::count_plain(const Given& given) {
  for (const Input needed : {Input::layers, Input::hidden}) {
    if (scenario_.has(needed)) continue;
    fault("missing-input",
          given.named + " describes a plain architecture, which needs --" + std::string{info(needed).flag},
          given.where, "give --layers and --hidden, and --heads, --ffn, --vocab where they are known");
    return;
  }
  const auto count = [&](Input input) {
    const auto n = numbers_.whole(input);
    return model::Count{n ? static_cast<std::uint64_t>(*n) : 0U};
  };
  if (!numbers_.whole(Input::layers) || !numbers_.whole(Input::hidden)) return;
  model::PlainShape shape{.layers = count(Input::layers),
                          .width = count(Input::hidden),
                          .heads = count(Input::heads),
                          .key_value_heads = count(Input::kv_heads),
                          .head_size = count(Input::head_size),
                          .feed_forward = count(Input::ffn),
                          .vocabulary = count(Input::vocab),
                          .experts = count(Input::experts),
                          .experts_per_token = count(Input::experts_per_token),
                          .parameters = {}};
  if (const auto& total = numbers_.quantity(Input::params)) shape.parameters = total->coherent;
  // Of sizes that do not fit together, the one that has no meaning without the others is to blame.
  const auto plain = [&] {
    try {
      return model::plain_architecture(shape);
    } catch (diag::ScenarioError& error) {
      const bool experts = shape.experts < shape.experts_per_token;
      const auto& blamed = scenario_.get(experts ? Input::experts_per_token : Input::kv_heads);
      std::vector<diag::Diagnostic> all = error.diagnostics();
      if (blamed) {
        for (diag::Diagnostic& d : all) d.where = blamed->where;
      }
      throw diag::ScenarioError(std::move(all));
    }
  }();
  const std::string name =
      scenario_.get(Input::layers)->text + " layers of " + scenario_.get(Input::hidden)->text;
  choose("architecture", name,
         {.responsible = Responsible::derived,
          .standing = Standing::assumed,
          .source = {},
          .at = {},
          .note = plain.settled,
          .text = name});
  model::ReadConfig read;
  read.architecture = plain.architecture;
  count_network(read, name, std::nullopt, given);
}

void Resolver::count_network(const model::ReadConfig& read, const std::string& name,
                             const std::optional<catalog::Row>& preset, const Given& given) {
  double length = 0;
  std::optional<catalog::Cell> published_length;
  if (preset) published_length = preset->cell("sequence_length");
  std::string length_note;
  Standing standing = Standing::none;
  Responsible responsible = Responsible::user;
  if (scenario_.has(Input::seq_len)) {
    const auto n = numbers_.whole(Input::seq_len);
    if (!n) return;
    length = static_cast<double>(*n);
  } else if (published_length) {
    length = published_length->value();
  }
  if (length == 0) {
    const auto assumed = assumed_length(read.architecture, catalog_);
    length = assumed.tokens;
    length_note = assumed.note;
    responsible = Responsible::fallback;
    standing = Standing::assumed;
  }
  model::Recompute recompute = model::Recompute::none;
  if (const auto& r = scenario_.get(Input::recompute)) {
    if (r->text == "selective") recompute = model::Recompute::selective;
    if (r->text == "full") recompute = model::Recompute::full;
  }
  auto network = std::make_shared<Network>(run::count_network(read, name, length, recompute));
  for (const diag::Diagnostic& remark : network->remarks) {
    if (remark.severity == diag::Severity::warning) out_.warnings.push_back(remark);
  }
  if (network->sequence_length > 0 && !scenario_.has(Input::seq_len)) {
    if (published_length) {
      choose("seq-len", std::string{published_length->text()}, published_length->origin());
    } else {
      choose("seq-len", quantity::shortest(length),
             {.responsible = responsible,
              .standing = standing,
              .source = {},
              .at = {},
              .note = length_note,
              .text = {}});
    }
  }
  catalog::Origin counted{.responsible = Responsible::derived,
                          .standing = Standing::derived,
                          .source = preset ? std::string{preset->source()} : std::string{},
                          .at = preset ? std::string{preset->at()} : given.text,
                          .note = "counted from the matrices of " + name + ": " + network->flops.counted,
                          .text = {}};
  for (const Input which : {Input::params, Input::active}) {
    const auto& own = scenario_.get(which);
    const auto& parsed = numbers_.quantity(which);
    if (!own || !parsed) continue;
    const double mine = which == Input::active ? network->parameters.active.as_double()
                                               : network->parameters.total.as_double();
    if (std::fabs(parsed->coherent - mine) > std::max(parsed->half_step, 0.02 * mine))
      fault("conflict",
            "the number of parameters is given twice and differs: " + own->text + " (" + own->named +
                ") and " + human(mine, quantity::dim::parameter) + " (counted from " + name + ")",
            own->where, "leave out " + own->named);
  }
  set(Slot::flop_per_token, network->flops.training.coherent(),
      {.origin = counted, .half_step = 0, .low = {}, .high = {}});
  counted.note = "counted from " + name + ", used per token, without the input table";
  set(Slot::active_parameters, network->parameters.active_excl_input_embedding.as_double(),
      {.origin = counted, .half_step = 0, .low = {}, .high = {}});
  // the published length is that of pre-training: no fine-tuning and no stage takes it for its own
  const bool from_scratch = !scenario_.has(Input::finetune) && scenario_.stages.empty();
  const bool work_said = scenario_.has(Input::tokens) || scenario_.has(Input::samples) ||
                         scenario_.has(Input::steps) || scenario_.has(Input::flops) || options_.count_work;
  if (preset && from_scratch && !work_said && options_.defaults) {
    if (const auto tokens = preset->cell("tokens"))
      set(Slot::tokens, *tokens, Responsible::table, "published training length of " + name);
  }
  out_.network = std::move(network);
}

void Resolver::resolve_recompute() {
  const auto& given = scenario_.get(Input::recompute);
  if (!given) return;
  if (given->text != "none" && given->text != "selective" && given->text != "full")
    return;  // a fault already
  SlotRecord record{.origin = {.responsible = Responsible::derived,
                               .standing = Standing::derived,
                               .source = {},
                               .at = given->named,
                               .note = given->text + " recomputation",
                               .text = given->text},
                    .half_step = 0,
                    .low = {},
                    .high = {}};
  if (out_.network) {
    const auto& flops = out_.network->flops;
    record.origin.note += ", counted from the matrices of " + out_.network->name;
    set(Slot::executed_ratio, flops.training_executed.coherent() / flops.training.coherent(),
        std::move(record));
    return;
  }
  if (given->text == "none") {
    set(Slot::executed_ratio, 1, std::move(record));
  } else if (given->text == "full") {
    const auto with = *catalog_.find(Kind::fallback, "flop-factor-recompute")->cell("value");
    const auto without = *catalog_.find(Kind::fallback, "flop-factor")->cell("value");
    record.origin = with.origin(Responsible::table);
    record.origin.note = "full recomputation: 8 instead of 6 FLOP per parameter and token";
    double ratio = with.value() / without.value();
    if (is_low_rank(scenario_)) {  // the same forward pass again, on top of less
      ratio = 1 + (with.value() - without.value()) / low_rank_cost(scenario_, nullptr, 1).flop();
      record.origin.note = "full recomputation: the forward pass twice";
    }
    set(Slot::executed_ratio, ratio, std::move(record));
  } else {
    warn("no-architecture", given->named + " selective has no effect: it needs an architecture to be counted",
         "name one with --model or --config", given->where);
  }
}

void Resolver::take_counted_work() {
  if (!options_.count_work || !faults_.empty()) return;
  auto work = options_.count_work(out_);
  if (!work) return;
  std::vector<diag::Diagnostic> unread;
  const auto compute = read_quantity(Input::flops, work->compute, unread);
  if (!compute) throw diag::InternalError("counted work that is no number: " + work->compute.text);
  check_range(Input::flops, work->compute, compute->coherent, faults_);
  set(Slot::training_flop, compute->coherent, std::move(work->record));
}

}  // namespace kwhatif::run
