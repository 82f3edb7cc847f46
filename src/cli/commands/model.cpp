#include "verb.hpp"

#include <kwhatif/document/toml.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/model.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::cli {

namespace {

model::Recompute recompute_of(const Arguments& arguments) {
  const auto given = arguments.get("recompute");
  if (!given || given->text == "none") return model::Recompute::none;
  if (given->text == "selective") return model::Recompute::selective;
  if (given->text == "full") return model::Recompute::full;
  throw diag::UsageError({.code = "unknown-word", .message = "--recompute cannot be '" + given->text.substr(0, 40) + "'",
                          .where = given->where, .help = "one of: none, selective, full"});
}

double length_of(const Arguments& arguments, double otherwise) {
  const auto given = arguments.get("seq-len");
  if (!given) return otherwise;
  const auto n = quantity::parse(given->text, {.dimension = quantity::dim::one, .bare_number = true, .example = "4096"});
  if (!n.ok || n.value.coherent < 1 || n.value.coherent > 1e8 || n.value.coherent != std::floor(n.value.coherent))
    throw diag::UsageError({.code = "out-of-range", .message = "--seq-len must be a whole number from 1 to 100000000", .where = given->where});
  return n.value.coherent;
}

}  // namespace

int model(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.positionals.empty())
    throw diag::UsageError({.code = "missing-value", .message = "model needs the id of a model or a config.json",
                            .help = "write for example: kwhatif model llama-3.1-405b; `kwhatif list models` prints all"});
  const auto& name = arguments.positionals.front();
  std::optional<catalog::Row> preset;
  std::string text;
  std::string shown = name.text;
  const auto found = context.catalog.lookup(catalog::Kind::model, name.text);
  const bool looks_like_file = name.text.ends_with(".json") || name.text.find('/') != std::string::npos;
  if (found.row && !looks_like_file) {
    preset = found.row;
    text = found.row->text("config");
    shown = found.row->id();
  } else {
    try {
      text = document::read_file(name.text)->text;
    } catch (const diag::Error& error) {
      if (looks_like_file) throw diag::UsageError({.code = "cannot-read", .message = error.diagnostics().front().message, .where = name.where});
      std::string help = found.suggestion;
      for (const std::string& id : found.also) help += (help.empty() ? "it could be " : ", ") + id;
      throw diag::UsageError({.code = "unknown-model", .message = "no model or file '" + name.text.substr(0, 60) + "'", .where = name.where,
                              .help = help + (help.empty() ? "" : " ") + "`kwhatif list models` prints all"});
    }
  }
  const double context_length = model::read_config(text, shown).architecture.context_length.as_double();
  double length = preset && preset->number("sequence_length") ? *preset->number("sequence_length") : 0;
  const bool given = arguments.has("seq-len");
  if (length == 0) length = context_length > 0 && context_length <= 8192 ? context_length : 4096;
  length = length_of(arguments, length);
  const auto network = scenario::count_network(text, shown, length, recompute_of(arguments));
  std::vector<diag::Diagnostic> warnings;
  std::copy_if(network.remarks.begin(), network.remarks.end(), std::back_inserter(warnings),
               [](const diag::Diagnostic& d) { return d.severity == diag::Severity::warning; });
  if (!given && network.sequence_length > 0 && context_length > 8192 && !(preset && preset->number("sequence_length")))
    warnings.push_back({.code = "assumed-length",
                        .message = "the config allows " + quantity::shortest(context_length) + " tokens; FLOPs are counted at " + quantity::shortest(length),
                        .where = {}, .help = "--seq-len sets the length trained at", .severity = diag::Severity::warning});
  report_warnings(context, warnings);
  context.out = arguments.has("json") ? report::model_json(network, preset) : report::model_text(network, preset);
  return done;
}

}  // namespace kwhatif::cli
