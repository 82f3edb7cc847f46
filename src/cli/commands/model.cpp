#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/model.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::cli {

namespace {

struct Named {
  run::Network network;
  std::optional<catalog::Row> preset;
};

// One of the words that an option can be.
template <class Value, std::size_t N>
Value word(const Arguments& arguments, std::string_view option,
           const std::array<std::pair<std::string_view, Value>, N>& known, Value otherwise) {
  const auto given = arguments.get(option);
  if (!given) return otherwise;
  std::string all;
  std::vector<std::string_view> names;
  for (const auto& [name, value] : known) {
    if (name == given->text) return value;
    all += (all.empty() ? "" : ", ") + std::string{name};
    names.push_back(name);
  }
  const std::string near = diag::did_you_mean(given->text, names);
  throw diag::UsageError(
      {.code = "unknown-word",
       .message = "--" + std::string{option} + " cannot be '" + given->text.substr(0, 40) + "'",
       .where = given->where,
       .help = near + (near.empty() ? "" : " ") + "one of: " + all});
}

double whole(const Arguments& arguments, std::string_view option, double least, double most,
             double otherwise) {
  const auto given = arguments.get(option);
  if (!given) return otherwise;
  const auto n =
      quantity::parse(given->text, {.dimension = quantity::dim::one, .bare_number = true, .example = "8"});
  if (!n.ok || n.value.coherent < least || n.value.coherent > most ||
      n.value.coherent != std::floor(n.value.coherent))
    throw diag::UsageError({.code = "out-of-range",
                            .message = "--" + std::string{option} + " must be a whole number from " +
                                       quantity::shortest(least) + " to " + quantity::shortest(most),
                            .where = given->where});
  return n.value.coherent;
}

model::Count count(const Arguments& arguments, std::string_view option) {
  return static_cast<std::uint64_t>(whole(arguments, option, 1, 1'000'000, 1));
}

model::Recompute recompute_of(const Arguments& arguments) {
  using enum model::Recompute;
  return word(arguments, "recompute",
              std::to_array<std::pair<std::string_view, model::Recompute>>(
                  {{"none", none}, {"selective", selective}, {"full", full}}),
              none);
}

Named load(Context& context, const run::Given& name, std::vector<diag::Diagnostic>& warnings) {
  const Arguments& arguments = context.arguments;
  Named out;
  std::string text;
  std::string shown = name.text;
  const auto found = context.catalog.lookup(catalog::Kind::model, name.text);
  const bool looks_like_file = name.text.ends_with(".json") || name.text.find('/') != std::string::npos;
  if (found.row && !looks_like_file) {
    out.preset = found.row;
    text = found.row->text("config");
    shown = found.row->id();
  } else {
    try {
      text = document::read_file(name.text)->text;
    } catch (const diag::Error& error) {
      if (looks_like_file)
        throw diag::UsageError(
            {.code = "cannot-read", .message = error.diagnostics().front().message, .where = name.where});
      std::string help = found.suggestion;
      for (const std::string& id : found.also) help += (help.empty() ? "it could be " : ", ") + id;
      throw diag::UsageError({.code = "unknown-model",
                              .message = "no model or file '" + name.text.substr(0, 60) + "'",
                              .where = name.where,
                              .help = help + (help.empty() ? "" : " ") + "`kwhatif list models` prints all"});
    }
  }
  const auto architecture = model::read_config(text, shown).architecture;
  const auto assumed = run::assumed_length(architecture, context.catalog);
  const auto published = out.preset ? out.preset->number("sequence_length") : std::nullopt;
  double length = published.value_or(assumed.tokens);
  length = whole(arguments, "seq-len", 1, 100'000'000, length);
  out.network = run::count_network(text, shown, length, recompute_of(arguments));
  std::copy_if(out.network.remarks.begin(), out.network.remarks.end(), std::back_inserter(warnings),
               [](const diag::Diagnostic& d) { return d.severity == diag::Severity::warning; });
  if (!arguments.has("seq-len") && out.network.sequence_length > 0 && assumed.context_longer && !published)
    warnings.push_back({.code = "assumed-length",
                        .message = shown + ": the config allows " +
                                   quantity::shortest(architecture.context_length.as_double()) +
                                   " tokens; FLOPs are counted at " + quantity::shortest(length),
                        .where = {},
                        .help = "--seq-len sets the length trained at",
                        .severity = diag::Severity::warning});
  return out;
}

// The layout asked for; data parallelism is what the other ways leave of the devices.
report::MemoryPlan plan_of(Context& context, const run::Network& network,
                           std::vector<diag::Diagnostic>& warnings) {
  const Arguments& arguments = context.arguments;
  report::MemoryPlan plan;
  model::MemoryOptions& o = plan.options;
  for (const char* option : {"hardware", "optimizer", "zero", "micro-batch", "chips", "tp", "pp", "ep"})
    plan.given = plan.given || arguments.has(option);
  using enum model::Optimizer;
  o.sequence_length = network.sequence_length;
  o.optimizer =
      word(arguments, "optimizer",
           std::to_array<std::pair<std::string_view, model::Optimizer>>({{"adam", adam},
                                                                         {"adam-8bit", adam_8bit},
                                                                         {"adam-bf16", adam_bf16_states},
                                                                         {"adafactor", adafactor},
                                                                         {"momentum", momentum},
                                                                         {"sgd", sgd}}),
           adam);
  o.recompute = recompute_of(arguments);
  o.micro_batch = whole(arguments, "micro-batch", 1, 1e6, 1);
  o.parallelism.zero_stage = static_cast<int>(whole(arguments, "zero", 0, 3, 0));
  o.parallelism.tensor = count(arguments, "tp");
  o.parallelism.pipeline = count(arguments, "pp");
  o.parallelism.expert = count(arguments, "ep");
  const std::uint64_t split = (o.parallelism.tensor * o.parallelism.pipeline).value();
  if (const auto chips = arguments.get("chips")) {
    const auto all = static_cast<std::uint64_t>(whole(arguments, "chips", 1, 1e9, 1));
    if (all % split != 0)
      throw diag::UsageError({.code = "out-of-range",
                              .message = "--chips is no multiple of --tp x --pp = " + std::to_string(split),
                              .where = chips->where});
    o.parallelism.data = all / split;
  } else {
    o.parallelism.data = o.parallelism.expert;
  }
  if (o.parallelism.expert > o.parallelism.data)
    throw diag::UsageError({.code = "out-of-range",
                            .message = "--ep spreads experts over the data-parallel devices: at most " +
                                       o.parallelism.data.text() + " here",
                            .where = arguments.get("ep")->where,
                            .help = "raise --chips"});
  if (o.parallelism.zero_stage > 0 && o.parallelism.data == model::Count{1} && !arguments.has("hardware"))
    warnings.push_back({.code = "no-effect",
                        .message = "--zero shards over data-parallel devices, of which there is one",
                        .where = arguments.get("zero")->where,
                        .help = "give --chips, or --hardware for the smallest number",
                        .severity = diag::Severity::warning});
  const auto hardware = arguments.get("hardware");
  if (!hardware) return plan;
  const auto found = context.catalog.lookup(catalog::Kind::hardware, hardware->text);
  if (!found.row) {
    std::string help = found.suggestion;
    for (const std::string& id : found.also) help += (help.empty() ? "it could be " : ", ") + id;
    throw diag::UsageError({.code = "unknown-hardware",
                            .message = "no device '" + hardware->text.substr(0, 60) + "'",
                            .where = hardware->where,
                            .help = help + (help.empty() ? "" : " ") + "`kwhatif list hardware` prints all"});
  }
  const auto memory = found.row->number("memory");
  if (!memory)
    throw diag::UsageError({.code = "no-data",
                            .message = "the tables do not know the memory of " + std::string{found.row->id()},
                            .where = hardware->where});
  plan.device = found.row->id();
  plan.device_memory = model::Memory::from_coherent(*memory);
  if (network.sequence_length > 0) {
    constexpr double usable = 0.9;  // buffers, fragmentation and communication take about a tenth
    model::MemoryOptions free = o;
    if (!arguments.has("zero")) free.parallelism.zero_stage = 3;
    if (!arguments.has("recompute")) free.recompute = model::Recompute::full;
    plan.fewest = model::smallest_fit(network.architecture, network.inventory, free,
                                      model::Memory::from_coherent(usable * *memory), 1U << 17U);
  }
  return plan;
}

double experts_per_used(const model::Architecture& architecture) {
  for (const model::Stack& stack : architecture.stacks) {
    for (const model::Block& block : stack.blocks) {
      if (block.experts) return block.experts->routed.as_double() / block.experts->used.as_double();
    }
  }
  return 1;
}

report::Contender contender(const run::Network& network, model::SparseEquivalence rule) {
  report::Contender out;
  out.name = network.name;
  out.parameters = network.parameters.total.as_double();
  out.active = network.parameters.active_excl_input_embedding.as_double();
  const bool sparse = network.parameters.active != network.parameters.total;
  out.dense_equivalent =
      sparse ? model::dense_equivalent(rule, out.parameters, network.parameters.active.as_double(),
                                       experts_per_used(network.architecture))
             : out.parameters;
  out.flop_per_token = network.flops.training.coherent();
  return out;
}

report::Contest contest_of(const Arguments& arguments, const Named& first, const Named& second,
                           std::vector<diag::Diagnostic>& warnings) {
  enum class Equal { tokens, flops, loss };
  const Equal equal = word(arguments, "equal",
                           std::to_array<std::pair<std::string_view, Equal>>(
                               {{"tokens", Equal::tokens}, {"flops", Equal::flops}, {"loss", Equal::loss}}),
                           Equal::tokens);
  const auto given_rule = arguments.get("equivalence");
  const auto rules = model::equivalence_rules();
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& r) {
    return r.id == (given_rule ? given_rule->text : "none");
  });
  if (rule == rules.end()) {
    throw diag::UsageError({.code = "unknown-word",
                            .message = "--equivalence cannot be '" + given_rule->text.substr(0, 40) + "'",
                            .where = given_rule->where,
                            .help = "one of: " + diag::listed(rules, ", ", &model::EquivalenceRule::id)});
  }
  const auto given_law = arguments.get("loss-law");
  const model::LossLaw* law = given_law ? model::find_loss_law(given_law->text) : &model::loss_laws().front();
  if (law == nullptr) {
    throw diag::UsageError(
        {.code = "unknown-word",
         .message = "--loss-law cannot be '" + given_law->text.substr(0, 40) + "'",
         .where = given_law->where,
         .help = "one of: " + diag::listed(model::loss_laws(), ", ", &model::LossLaw::id)});
  }
  report::Contest out{.equal = equal == Equal::tokens  ? "tokens"
                               : equal == Equal::flops ? "flops"
                                                       : "loss",
                      .equivalence = *rule,
                      .law = *law,
                      .first = contender(first.network, rule->rule),
                      .second = contender(second.network, rule->rule)};
  for (const Named* side : {&first, &second}) {
    if (side->network.inventory.unit != model::Unit::token)
      throw diag::UsageError(
          {.code = "wrong-unit",
           .message = side->network.name + " is no model of text: tokens, FLOPs and losses do not compare",
           .where = {}});
  }
  if (const auto given = arguments.get("tokens")) {
    const auto n = quantity::parse(
        given->text, {.dimension = quantity::dim::token, .bare_number = true, .example = "300B"});
    constexpr double fewest = 1e4;  // as for a run
    if (!n.ok || n.value.coherent < fewest || n.value.coherent > report::most_tokens)
      throw diag::UsageError(
          {.code = n.ok ? "out-of-range" : n.fault.code,
           .message = "--tokens: " + (n.ok ? "must be 10,000 to 1e18 tokens" : n.fault.message),
           .where = given->where,
           .help = "write for example 300B"});
    out.first.tokens = n.value.coherent;
  } else if (first.preset && first.preset->number("tokens")) {
    out.first.tokens = first.preset->number("tokens");
  } else {
    throw diag::UsageError({.code = "missing-value",
                            .message = "the training length of " + out.first.name + " is unknown",
                            .where = {},
                            .help = "give --tokens"});
  }
  const auto loss = [&](const report::Contender& c) {
    return model::predicted_loss(*law, c.dense_equivalent, *c.tokens);
  };
  out.first.loss = loss(out.first);
  if (equal == Equal::tokens) out.second.tokens = out.first.tokens;
  if (equal == Equal::flops) out.second.tokens = *out.first.flop() / out.second.flop_per_token;
  if (equal == Equal::loss)
    out.second.tokens = model::tokens_for_loss(*law, out.second.dense_equivalent, *out.first.loss);
  if (out.second.tokens && !(*out.second.tokens <= report::most_tokens)) out.second.tokens.reset();
  if (out.second.tokens) out.second.loss = loss(out.second);
  for (const report::Contender* side : {&out.first, &out.second}) {
    if (!side->tokens) continue;
    for (const std::string& why : model::extrapolation_warnings(*law, side->dense_equivalent, *side->tokens))
      warnings.push_back({.code = "extrapolated",
                          .message = side->name + ": " + why,
                          .where = {},
                          .help = "use differences of losses, not losses",
                          .severity = diag::Severity::warning});
  }
  return out;
}

}  // namespace

int model(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.positionals.empty())
    throw diag::UsageError(
        {.code = "missing-value",
         .message = "model needs the id of a model or a config.json",
         .help = "write for example: kwhatif model llama-3.1-405b; `kwhatif list models` prints all"});
  std::vector<diag::Diagnostic> warnings;
  const Named named = load(context, arguments.positionals.front(), warnings);
  if (const auto other = arguments.get("against")) {
    const auto contest = contest_of(arguments, named, load(context, *other, warnings), warnings);
    report_warnings(context, warnings);
    context.out = arguments.has("json")    ? report::contest_json(contest, warnings, context.catalog)
                  : arguments.has("csv")   ? report::contest_csv(contest)
                  : arguments.has("plain") ? report::contest_plain(contest)
                                           : report::contest_text(contest);
    return done;
  }
  for (const char* option : {"equal", "equivalence", "loss-law", "tokens"}) {
    if (const auto given = arguments.get(option))
      throw diag::UsageError({.code = "missing-value",
                              .message = "--" + std::string{option} + " needs a second model",
                              .where = given->where,
                              .help = "name it with --against"});
  }
  const auto plan = plan_of(context, named.network, warnings);
  report_warnings(context, warnings);
  context.out = arguments.has("json")
                    ? report::model_json(named.network, named.preset, plan, warnings, context.catalog)
                : arguments.has("csv")   ? report::model_csv(named.network, named.preset, plan)
                : arguments.has("plain") ? report::model_plain(named.network, named.preset, plan)
                                         : report::model_text(named.network, named.preset, plan);
  return done;
}

}  // namespace kwhatif::cli
