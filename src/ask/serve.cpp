// One service from its inputs to its answer: the order of reading, the model, the engine, factors and band.
#include "serve_bands.hpp"
#include "serve_factors.hpp"
#include "serve_figures.hpp"
#include "serve_server.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kwhatif::ask {

namespace dim = quantity::dim;
using catalog::Origin;
using catalog::Responsible;
using run::Slot;
using serve::Engine;

namespace {

constexpr double year_seconds = 365 * 86400.0;

struct EngineName {
  std::string_view name;
  Engine engine;
};
constexpr std::array engines{
    EngineName{"standard", Engine::standard},  EngineName{"vllm", Engine::standard},
    EngineName{"sglang", Engine::standard},    EngineName{"tuned", Engine::tuned},
    EngineName{"tensorrt-llm", Engine::tuned}, EngineName{"eager", Engine::eager},
    EngineName{"transformers", Engine::eager},
};

}  // namespace

ServeCase Server::answer() {
  read_model();
  read_engine();
  read_site();
  read_device();
  read_precision();
  if (image_)
    read_image();
  else
    read_lengths();
  read_way_of_working();
  read_provision();
  read_batch_and_devices();
  read_factors();
  read_queries();
  out_.served = serve::served(out_.service);
  out_.compute_bound = out_.served.step.compute_time > out_.served.step.memory_time;
  out_.figures = serve_figures(out_.served, out_.service, out_.factors);
  choose_band();
  out_.intervals = bands(out_, unknowns_);
  out_.unknowns = unknowns_;
  out_.sensitivity = elsewhere(out_);
  say_missing();
  for (const Assumption& a : out_.assumptions) add_source(a.origin.source);
  return std::move(out_);
}

void Server::assume(std::string input, double value, const quantity::Dimension& dimension,
                    std::string_view unit, Origin origin) {
  out_.assumptions.push_back({.input = std::move(input),
                              .value = value,
                              .dimension = dimension,
                              .unit = unit,
                              .word = {},
                              .origin = std::move(origin),
                              .effect = {}});
}

void Server::choose(std::string input, std::string word, Origin origin) {
  out_.assumptions.push_back({.input = std::move(input),
                              .value = {},
                              .dimension = {},
                              .unit = {},
                              .word = std::move(word),
                              .origin = std::move(origin),
                              .effect = {}});
}

void Server::warn(std::string code, std::string message, std::string help, const diag::Span& where) {
  out_.warnings.push_back({.code = std::move(code),
                           .message = std::move(message),
                           .where = where,
                           .help = std::move(help),
                           .severity = diag::Severity::warning});
}

void Server::add_source(const std::string& id) {
  if (!id.empty() && std::ranges::find(out_.sources, id) == out_.sources.end()) out_.sources.push_back(id);
}

diag::Span Server::place_of(std::string_view flag) const {
  const run::Given* const given = in_.given(flag);
  return given == nullptr ? diag::Span{} : given->where;
}

// A default of serving, with its band.
serve::Constant Server::taken(std::string input, std::string_view constant,
                              const quantity::Dimension& dimension, std::string_view unit, double times) {
  auto out = serve::constant(tables_, constant);
  assume(std::move(input), out.value * times, dimension, unit, out.origin);
  return out;
}

std::optional<serve::Range> Server::band_of(const serve::Constant& constant, double times) {
  if (!constant.low) return std::nullopt;
  return serve::Range{*constant.low * times, *constant.high * times};
}

void Server::read_model() {
  auto known = served_model(question_, tables_);
  out_.model = std::move(known.model);
  out_.model_name = std::move(known.name);
  out_.multimodal = known.multimodal;
  out_.model_origin = std::move(known.origin);
  unknown_architecture_ = known.unknown_architecture;
  out_.service.model = std::move(known.served);
  out_.assumptions = std::move(known.assumptions);
  out_.warnings = std::move(known.warnings);
  image_ = known.image;
  stored_ = std::move(known.stored);
  stored_share_ = known.stored_share;
  inventory_ = std::move(known.inventory);
  if (known.preset) add_source(std::string{known.preset->source()});
}

void Server::read_engine() {
  const run::Given* const given = in_.given("engine");
  if (given == nullptr) {
    out_.engine = "standard";
    if (image_) return;
    choose("engine", "standard",
           {.responsible = Responsible::fallback,
            .source = {},
            .at = {},
            .note = "continuous batching as in vLLM and SGLang",
            .text = {}});
    return;
  }
  const auto found = std::ranges::find(engines, given->text, &EngineName::name);
  if (found == engines.end()) {
    std::vector<std::string_view> names;
    for (const EngineName& e : engines) names.push_back(e.name);
    const std::string near = diag::did_you_mean(given->text, names);
    in_.refuse("engine", "unknown-word", "cannot be '" + given->text.substr(0, 40) + "'",
               near + (near.empty() ? "" : " ") + "one of: " + diag::listed(names));
  }
  out_.engine = found->name;
  out_.engine_class = found->engine;
  if (found->engine == Engine::eager)
    warn("exploratory", "the eager engine rests on three measured runs of one model", "", given->where);
}

void Server::read_factors() {
  out_.factors = serve_factors(*site_);
  unknowns_.intensity_factor = spread_of(Slot::ci, out_.factors.intensity);
  unknowns_.made_factor = spread_of(Slot::embodied_each, out_.factors.made);
}

// 5 and 95 % points over the value, where the tables have them.
std::optional<serve::Range> Server::spread_of(Slot slot, const std::optional<double>& known) const {
  const auto& record = site_->record(slot);
  if (!known || !record.low || !record.high || *known <= 0) return std::nullopt;
  const double value = site_->inputs.values[static_cast<std::size_t>(slot)];
  return serve::Range{*record.low / value, *record.high / value};
}

void Server::read_queries() {
  constexpr ServeRange numbers{1, 1e18, "1 to 1e18 queries"};
  in_.apart("queries", "queries-per-day", "leave one of them out");
  out_.queries = in_.number("queries", dim::one, numbers, "10M");
  const auto daily = out_.queries_per_day = in_.number("queries-per-day", dim::one, numbers, "10k");
  const auto life =
      in_.number("life", dim::time, {86400, 100 * year_seconds, "1 day to 100 years"}, "1 year");
  if (daily && !life)
    in_.refuse("queries-per-day", "missing-value", "needs --life", "give for example --life 1year");
  if (life && !daily)
    in_.refuse("life", "missing-value", "needs --queries-per-day", "give for example --queries-per-day 1M");
  if (daily) out_.queries = *daily * *life / 86400;
}

void Server::choose_band() {
  constexpr double as_good_as_dense = 0.98;
  const auto& model = out_.service.model;
  out_.sparse = model.active.coherent() / model.total.coherent() <= as_good_as_dense;
  const char* band = out_.sparse ? "band-sparse" : "band-dense";
  if (out_.sparse && (out_.precision == "fp8" || out_.precision == "int8")) band = "band-sparse-8";
  if (out_.engine_class == Engine::tuned) band = "band-tuned";
  if (unknown_architecture_ || out_.multimodal || unmeasured_) band = "band-unknown";
  if (out_.engine_class == Engine::eager) band = "band-eager";
  if (image_) band = "band-image";
  out_.band = band;
  const auto factor = serve::constant(tables_, band);
  unknowns_.model_factor = factor.value;
  assume("model_error", factor.value, dim::one, "1", factor.origin);
}

void Server::say_missing() {
  const auto& f = out_.factors;
  if (!f.intensity)
    warn("no-place", "CO2e is not computed: the place is unknown", "give --region, --grid or --ci");
  out_.missing = site_->missing;
  const bool told = std::ranges::any_of(out_.warnings, [](const auto& d) { return d.code == "no-price"; });
  if (!f.price && !told)
    warn("no-price", "money is not computed: no price per device-hour is known", "give --price");
}

namespace {

// The input that a fault stands at.
const std::string* faulty_input(const ServeQuestion& question, const diag::Diagnostic& fault) {
  if (fault.where.source == nullptr) return nullptr;
  for (const auto& [flag, given] : question.inputs) {
    const bool there = given.where.source == fault.where.source && given.where.line == fault.where.line &&
                       given.where.column == fault.where.column;
    if (there) return &flag;
  }
  return nullptr;
}

// What else cannot be: each faulty input is taken back, and the rest read again.
std::vector<diag::Diagnostic> further_faults(ServeQuestion question, std::vector<diag::Diagnostic> faults,
                                             const catalog::Catalog& tables) {
  constexpr std::size_t most = 20;
  while (faults.size() < most) {
    const std::string* const found = faulty_input(question, faults.back());
    if (found == nullptr) return faults;
    const std::string flag = *found;
    question.inputs.erase(flag);
    // what a service cannot be without, as a stand-in that everything fits into
    if (flag == "model") question.inputs.insert_or_assign("params", run::Given{"1B", {}, "--params"});
    if (flag == "hardware")
      question.inputs.insert_or_assign("hardware", run::Given{"h100-sxm5", {}, "--hardware"});
    try {
      Server(question, tables).answer();
      return faults;
    } catch (const diag::Error& error) {
      const diag::Diagnostic& next = error.diagnostics().front();
      const bool of_the_rest = next.code == "missing-value" || next.code == "does-not-fit" ||
                               next.code == "no-data" ||
                               next.code == "conflict";  // what was taken back may be why
      if (of_the_rest) return faults;
      faults.push_back(next);
    }
  }
  return faults;
}

}  // namespace

ServeCase serve_one(const ServeQuestion& question, const catalog::Catalog& tables) {
  auto faults = question.faults;
  std::optional<ServeCase> out;
  try {
    out = Server(question, tables).answer();
  } catch (const diag::Error& error) {
    const auto& own = error.diagnostics();
    // what is missing may be what a faulty line meant to give
    const bool placed = own.front().where.source != nullptr;
    const std::size_t known = faults.size();
    if (known == 0 || placed) faults.insert(faults.end(), own.begin(), own.end());
    if (placed) faults = further_faults(question, std::move(faults), tables);
    if (known == 0 && faults.size() == own.size()) throw;
    std::ranges::stable_sort(faults, {}, [](const diag::Diagnostic& d) {
      return std::pair{d.where.line, d.where.column};
    });
  }
  if (!faults.empty()) throw diag::ScenarioError(std::move(faults));
  return std::move(*out);
}

}  // namespace kwhatif::ask
