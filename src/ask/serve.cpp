// One service: its inputs in numbers, what was taken for those that nobody gave, its answer and its band.
#include "serve_bands.hpp"
#include "serve_factors.hpp"
#include "serve_figures.hpp"
#include "serve_model.hpp"
#include "serve_reading.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/place.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

namespace {

namespace dim = quantity::dim;
using catalog::Origin;
using catalog::Responsible;
using quantity::human;
using run::Input;
using run::Slot;
using serve::Engine;

constexpr double million = 1e6;
constexpr double year_seconds = 365 * 86400.0;
constexpr ServeRange share{0, 1, "0 to 1", "a fraction: 0.5 or 50 %, not 50"};
constexpr ServeRange counts{1, million, "1 to 1 million"};
constexpr ServeRange lengths{1, 1e8, "1 to 100 million tokens"};

/// Inputs of a service that are inputs of a run as well: the place, and what its devices cost.
constexpr std::array inputs_of_a_run{
    Input::region,   Input::grid,           Input::year,     Input::ci,
    Input::pue,      Input::ci_market,      Input::price,    Input::billing,
    Input::embodied, Input::embodied_extra, Input::lifetime, Input::lifetime_use,
    Input::wue,      Input::water_intensity};

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

template <class Q>
Q coherent(double value) {
  return Q::from_coherent(value);
}

class Server {
 public:
  Server(const ServeQuestion& question, const catalog::Catalog& tables)
      : question_(question), in_(question), tables_(tables) {}

  ServeCase answer() {
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
    out_.sensitivity = elsewhere(out_);
    say_missing();
    for (const Assumption& a : out_.assumptions) add_source(a.origin.source);
    return std::move(out_);
  }

 private:
  // --- what was taken

  void assume(std::string input, double value, const quantity::Dimension& dimension, std::string_view unit,
              Origin origin) {
    out_.assumptions.push_back({.input = std::move(input),
                                .value = value,
                                .dimension = dimension,
                                .unit = unit,
                                .word = {},
                                .origin = std::move(origin),
                                .effect = {}});
  }

  void choose(std::string input, std::string word, Origin origin) {
    out_.assumptions.push_back({.input = std::move(input),
                                .value = {},
                                .dimension = {},
                                .unit = {},
                                .word = std::move(word),
                                .origin = std::move(origin),
                                .effect = {}});
  }

  void warn(std::string code, std::string message, std::string help, const diag::Span& where = {}) {
    out_.warnings.push_back({.code = std::move(code),
                             .message = std::move(message),
                             .where = where,
                             .help = std::move(help),
                             .severity = diag::Severity::warning});
  }

  void add_source(const std::string& id) {
    if (!id.empty() && std::ranges::find(out_.sources, id) == out_.sources.end()) out_.sources.push_back(id);
  }

  diag::Span place_of(std::string_view flag) const {
    const run::Given* const given = in_.given(flag);
    return given == nullptr ? diag::Span{} : given->where;
  }

  // A default of serving, with its band.
  serve::Constant taken(std::string input, std::string_view constant, const quantity::Dimension& dimension,
                        std::string_view unit, double times = 1) {
    auto out = serve::constant(tables_, constant);
    assume(std::move(input), out.value * times, dimension, unit, out.origin);
    return out;
  }

  static std::optional<serve::Range> band_of(const serve::Constant& constant, double times = 1) {
    if (!constant.low) return std::nullopt;
    return serve::Range{*constant.low * times, *constant.high * times};
  }

  // --- the model

  void read_model() {
    auto known = served_model(question_, tables_);
    out_.model = std::move(known.model);
    out_.model_name = std::move(known.name);
    out_.multimodal = known.multimodal;
    unknown_architecture_ = known.unknown_architecture;
    out_.service.model = std::move(known.served);
    out_.assumptions = std::move(known.assumptions);
    out_.warnings = std::move(known.warnings);
    image_ = known.image;
    inventory_ = std::move(known.inventory);
    if (known.preset) add_source(std::string{known.preset->source()});
  }

  void read_engine() {
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

  // --- device and place

  void read_site() {
    if (!in_.has("hardware"))
      diag::refuse("missing-value", "serve needs the device that answers", {},
                   "give --hardware, for example --hardware h100-sxm5; `kwhatif list hardware` prints all");
    run::Scenario site;
    site.files = question_.files;
    site.set(Input::hardware, *in_.given("hardware"));
    for (const Input input : inputs_of_a_run) {
      if (const run::Given* const given = in_.given(run::info(input).flag)) site.set(input, *given);
    }
    // the band of a place is that of a whole year: a service is no run of some hours
    site_ = run::resolve(site, tables_, {.unneeded = true});
    if (site_->intensity && site_->inputs.ci()) {
      for (const std::string& id : site_->intensity->sources) add_source(id);
    }
    const auto said = assumptions(*site_);
    for (const Assumption& a : said) {
      constexpr std::array wanted{"pue",      "ci",   "ci_market",    "price",          "hardware",
                                  "region",   "grid", "billing",      "embodied",       "embodied_extra",
                                  "lifetime", "wue",  "lifetime_use", "water_intensity"};
      const bool is_wanted = std::ranges::find(wanted, a.input) != wanted.end();
      if (is_wanted && !(a.input == "pue" && pue_is_a_default())) out_.assumptions.push_back(a);
    }
    for (const diag::Diagnostic& d : site_->warnings) {
      constexpr std::array about_place{"old-value", "no-price", "ambiguous", "year", "no-effect"};
      if (std::ranges::find(about_place, d.code) != about_place.end()) out_.warnings.push_back(d);
    }
    if (site_->region)
      out_.place = site_->region->text("name").empty() ? site_->region->id() : site_->region->text("name");
    else if (site_->grid)
      out_.place = site_->grid->text("name");
  }

  bool pue_is_a_default() const {
    return site_->record(Slot::pue).origin.responsible == Responsible::fallback;
  }

  void read_device() {
    if (!site_->hardware)
      in_.refuse("hardware", "unknown-hardware",
                 "'" + in_.given("hardware")->text.substr(0, 60) + "' is no device of the tables",
                 "`kwhatif list hardware` prints them");
    out_.hardware = site_->hardware;
    const catalog::Row& row = *out_.hardware;
    const auto needed = [&](std::string_view key, const std::string& what) {
      const auto value = row.number(key);
      if (!value)
        in_.refuse(
            "hardware", "no-data",
            std::string{row.id()} + ": the tables do not know its " + what + ", which serving rests on",
            "a table of yours may give it (--data)");
      return *value;
    };
    auto& device = out_.service.device;
    device.bandwidth = coherent<serve::DeviceBandwidth<>>(needed("memory_bandwidth", "memory bandwidth"));
    const auto bf16 = row.number("peak_bf16");
    device.peak_16 =
        coherent<quantity::DeviceFlopRate<>>(bf16 ? *bf16 : needed("peak_fp16", "peak rate in 16 bits"));
    device.peak = device.peak_16;
    device.tdp = coherent<quantity::DevicePower<>>(needed("tdp", "TDP"));
    device_memory_ = needed("memory", "memory");
    if (const auto idle = row.cell("idle_power")) {
      device.idle = coherent<quantity::DevicePower<>>(idle->value());
      assume("idle_power", idle->value(), dim::device_power, "W", idle->origin());
    } else {
      const auto ratio = tables_.find(catalog::Kind::fallback, "idle-ratio");
      if (!ratio) diag::refuse("no-data", "the tables have no default 'idle-ratio'", {});
      const double watts = ratio->needed_number("value") * device.tdp.coherent();
      device.idle = coherent<quantity::DevicePower<>>(watts);
      assume("idle_power", watts, dim::device_power, "W",
             ratio->cell("value")->origin(Responsible::fallback));
    }
    const auto measured = run::words_of(tables_, "serve-measured-devices");
    unmeasured_ = std::ranges::find(measured, row.id()) == measured.end();
    if (unmeasured_)
      warn("unmeasured-device",
           "no measured service of " + std::string{row.id()} +
               " stands behind this: its figures go by rates and TDP alone",
           "the band is that of an unknown architecture; measured: " + diag::listed(measured));
  }

  void read_precision() {
    const run::Given* const given = in_.given("precision");
    out_.precision = given == nullptr ? "bf16" : given->text;
    const auto bytes = serve::bytes_of(tables_, out_.precision);
    constexpr std::array<std::string_view, 8> known{"fp32", "bf16", "fp16",  "fp8",
                                                    "int8", "fp4",  "mxfp4", "int4"};
    if (!bytes) {
      const std::string near = diag::did_you_mean(out_.precision, known);
      in_.refuse("precision", "unknown-word", "cannot be '" + out_.precision.substr(0, 40) + "'",
                 near + (near.empty() ? "" : " ") + "one of: " + diag::listed(known));
    }
    out_.service.model.weight = *bytes;
    if (given == nullptr)
      choose("precision", "bf16",
             {.responsible = Responsible::fallback,
              .source = {},
              .at = {},
              .note = "weights of 16 bits, unless said otherwise",
              .text = {}});
    // the usual engines show no gain of narrow arithmetic in what was measured
    if (out_.engine_class != Engine::tuned) return;
    if (const auto peak = out_.hardware->number("peak_" + out_.precision);
        peak && out_.precision.starts_with("fp"))
      out_.service.device.peak = coherent<quantity::DeviceFlopRate<>>(*peak);
  }

  // --- the requests

  void read_lengths() {
    for (const char* flag : {"steps", "passes", "image-size"}) {
      if (in_.has(flag))
        in_.refuse(flag, "no-effect", "has no effect on a model of text", "it is of models of images");
    }
    constexpr ServeRange prompts{0, 1e8, "0 to 100 million tokens"};
    auto& work = out_.service.work;
    const auto prompt = in_.number("prompt", dim::token, prompts, "300");
    const auto answer = in_.number("answer", dim::token, lengths, "500");
    work.prompt = coherent<serve::TokensPerRequest<>>(
        prompt ? *prompt : taken("prompt", "prompt", dim::token, "tokens").value);
    work.answer = coherent<serve::TokensPerRequest<>>(
        answer ? *answer : taken("answer", "answer", dim::token, "tokens").value);
    if (inventory_) count_attention(out_.service.model, *inventory_, work);
  }

  // One image: a step that yields it.
  void read_image() {
    for (const char* flag :
         {"prompt", "answer", "batch", "rate", "cached", "speculative", "data-parallel", "engine"}) {
      if (in_.has(flag))
        in_.refuse(
            flag, "no-effect", "has no effect on a model of images",
            "images are bound by arithmetic, whatever the batch: --steps, --passes and --image-size count");
    }
    constexpr ServeRange step_range{1, 1000, "1 to 1,000 steps"};
    constexpr ServeRange pass_range{1, 2, "1 or 2"};
    const auto steps = in_.whole("steps", step_range);
    const auto passes = in_.whole("passes", pass_range);
    out_.image = ServeCase::Image{.side = image_->side,
                                  .steps = steps ? *steps : image_constant("steps"),
                                  .passes = passes ? *passes : image_constant("passes")};
    out_.service.image = serve::ImageWork<>{.flop = coherent<quantity::Quantity<dim::flop>>(
                                                image_->flop * out_.image->steps * out_.image->passes),
                                            .flop_share = serve::constant(tables_, "image-flop-share").value};
    auto& work = out_.service.work;
    work.prompt = coherent<serve::TokensPerRequest<>>(0);
    work.answer = coherent<serve::TokensPerRequest<>>(1);  // the image
    warn("exploratory", "images are modelled by their arithmetic alone, from measured rows of two models", "",
         place_of("model"));
  }

  // As the makers of the model recommend, where a row says so; else as usual.
  double image_constant(const std::string& what) {
    const std::string usual = "image-" + what;
    const std::string own = usual + '-' + out_.model;
    const bool known = tables_.find(catalog::Kind::coefficient, "serve-" + own).has_value();
    return taken(what, known ? own : usual, dim::one, "1").value;
  }

  void read_way_of_working() {
    auto& work = out_.service.work;
    work.cached = in_.number("cached", dim::one, share, "56 %").value_or(0);
    work.replicas = in_.whole("data-parallel", counts).value_or(1);
    work.accepted = 1;
    out_.service.engine = serve::engine_constants(tables_, out_.engine_class);
    const run::Given* const given = in_.given("speculative");
    if (given == nullptr) return;
    const auto colon = given->text.find(':');
    const auto part = [&](std::string_view text) {
      const auto parsed = quantity::parse(text, {.dimension = dim::one, .bare_number = true, .example = "3"});
      return parsed.ok ? parsed.value.coherent : -1;
    };
    const double drafts =
        colon == std::string::npos ? -1 : part(std::string_view{given->text}.substr(0, colon));
    const double yield =
        colon == std::string::npos ? -1 : part(std::string_view{given->text}.substr(colon + 1));
    constexpr double most_drafts = 64;
    if (drafts < 0 || drafts > most_drafts || yield < 1 || yield > drafts + 1)
      in_.refuse("speculative", "out-of-range", "cannot be '" + given->text.substr(0, 40) + "'",
                 "write drafted:yield, such as 3:2, three tokens drafted per step and two gained on "
                 "average; a step yields 1 to drafted + 1");
    work.drafts = drafts;
    work.accepted = yield;
  }

  void read_provision() {
    auto& provision = out_.service.provision;
    const double tdp = out_.service.device.tdp.coherent();
    if (const run::Given* const host = in_.given("host")) {
      constexpr double most_share = 5;
      const auto as_share =
          quantity::parse(host->text, {.dimension = dim::one, .bare_number = true, .example = "35 %"});
      double watts = as_share.value.coherent * tdp;
      if (as_share.ok && as_share.value.coherent > most_share)
        in_.refuse("host", "out-of-range", host->text.substr(0, 40) + " is out of range",
                   "allowed: a share of the TDP of 0 to 5, or a power: 245 W");
      if (!as_share.ok)
        watts = *in_.number("host", dim::power, {0, 2e4, "0 to 20 kW per device"}, "245 W or 35 %");
      provision.host = coherent<quantity::DevicePower<>>(watts);
    } else {
      const auto usual = taken("host", "host-share", dim::device_power, "W", tdp);
      provision.host = coherent<quantity::DevicePower<>>(usual.value * tdp);
      unknowns_.host = band_of(usual, tdp);
    }
    const auto pue = site_->inputs.pue();
    if (pue && !pue_is_a_default()) {
      provision.pue = pue->coherent();
    } else {
      const auto usual = taken("pue", "pue", dim::one, "1");
      provision.pue = usual.value;
      unknowns_.pue = band_of(usual);
    }
  }

  void read_batch_and_devices() {
    auto& work = out_.service.work;
    in_.apart("batch", "rate", "the rate of requests decides the batch; leave one of them out");
    in_.apart("load", "rate", "the rate of requests decides the load; leave one of them out");
    in_.apart("devices", "chips", "they are the same; leave one of them out");
    const char* const devices_flag = in_.has("chips") ? "chips" : "devices";
    const auto devices = in_.whole(devices_flag, counts);
    const auto batch = in_.number("batch", dim::one, counts, "64");
    const auto usual = serve::constant(tables_, "batch");
    const bool one = in_.has("rate") || image_;
    work.batch = coherent<serve::Requests<>>(batch.value_or(one ? 1 : usual.value));
    usable_ = serve::constant(tables_, "usable-memory").value;
    const auto of_device = coherent<serve::Bytes<>>(device_memory_);
    const auto fewest = serve::fewest_devices(out_.service.model, work, of_device, usable_);
    if (devices) {
      work.devices = coherent<quantity::Devices<>>(*devices);
    } else {
      if (!fewest)
        diag::refuse("does-not-fit", "no number of " + std::string{out_.hardware->id()} + " holds the model",
                     place_of("hardware"), "choose a device with more memory");
      work.devices = coherent<quantity::Devices<>>(static_cast<double>(*fewest));
      assume("devices", work.devices.coherent(), dim::device, "1",
             {.responsible = Responsible::fallback,
              .source = {},
              .at = {},
              .note = "the least power of two whose memory holds weights, keys and values",
              .text = {}});
    }
    if (work.replicas > work.devices.coherent())
      in_.refuse("data-parallel", "out-of-range",
                 "is more than the devices, " + human(work.devices.coherent(), dim::device),
                 "a replica needs at least one device");
    out_.memory = serve::service_memory(out_.service.model, work, of_device, usable_);
    check_weights(devices_flag);
    const double room = out_.memory.largest_batch();
    out_.batch_given = batch || one;
    if (in_.has("rate"))
      follow_arrivals(room);
    else if (!batch && !image_)
      take_usual_batch(usual, room);
    else if (batch && *batch > room)
      warn("no-room",
           human(work.devices.coherent(), dim::device) + " x " + std::string{out_.hardware->id()} +
               " have room for the keys and values of " + quantity::significant(room) + " requests, not " +
               quantity::significant(*batch),
           (fewest ? std::to_string(*fewest) + " devices have; the figures are for the batch as given"
                   : std::string{"the figures are for the batch as given"}),
           place_of("batch"));
    read_load();
  }

  void check_weights(const char* devices_flag) const {
    if (out_.memory.largest_batch() >= 1) return;
    const auto& work = out_.service.work;
    auto one = work;
    one.batch = coherent<serve::Requests<>>(1);
    const auto least =
        serve::fewest_devices(out_.service.model, one, coherent<serve::Bytes<>>(device_memory_), usable_);
    std::string help =
        least ? std::to_string(*least) + " devices hold it" : "choose a device with more memory";
    constexpr double wide = 2;  // bytes of a weight
    if (out_.service.model.weight.coherent() >= wide) help += "; --precision fp8 has smaller weights";
    diag::refuse("does-not-fit",
                 human(work.devices.coherent(), dim::device) + " x " + std::string{out_.hardware->id()} +
                     " do not hold the model: weights of " + human(out_.memory.weights) + " in " +
                     human(out_.memory.usable) + " of usable memory",
                 place_of(in_.has(devices_flag) ? devices_flag : "hardware"), help);
  }

  void take_usual_batch(const serve::Constant& usual, double room) {
    auto& work = out_.service.work;
    serve::Constant batch = usual;
    if (room < batch.value) {
      batch.value = room;
      batch.origin.note = "as many as the memory of the devices has room for; " + batch.origin.note;
    }
    work.batch = coherent<serve::Requests<>>(batch.value);
    assume("batch", batch.value, dim::one, "1", batch.origin);
    unknowns_.batch = serve::Range{std::min(*usual.low, room), std::min(*usual.high, room)};
  }

  void follow_arrivals(double room) {
    constexpr ServeRange rates{1e-9, 1e9, "0.000000001 to 1e9 requests per second"};
    const double rate = *in_.rate("rate", rates);
    out_.rate = rate;
    const auto most = serve::constant(tables_, "most-batch");
    const auto per_second = coherent<quantity::Quantity<dim::step_rate>>(rate);
    const auto most_batch = coherent<serve::Requests<>>(std::min(most.value, room));
    const auto found = serve::arrivals(out_.service, per_second, most_batch);
    out_.service.work.batch = found.batch;
    out_.service.provision.load = found.busy;
    unknowns_.rate = serve::KnownRate{.rate = per_second,
                                      .most_batch = most_batch,
                                      .power_factor = serve::constant(tables_, "band-power").value};
    out_.saturated = found.saturated;
    if (found.saturated)
      warn("saturated",
           "more requests arrive than the instance answers at " +
               quantity::significant(found.batch.coherent()) + " in flight: the rest waits",
           "give more devices, or share the requests among more instances", place_of("rate"));
  }

  void read_load() {
    if (in_.has("rate")) return;
    constexpr ServeRange loads{1e-4, 1, "0.0001 to 1", "a fraction: 0.5 or 50 %, not 50"};
    if (const auto load = in_.number("load", dim::one, loads, "50 %")) {
      out_.service.provision.load = *load;
      return;
    }
    const auto usual = taken("load", "load", dim::one, "1");
    out_.service.provision.load = usual.value;
    unknowns_.load = band_of(usual);
  }

  // --- factors

  void read_factors() {
    out_.factors = serve_factors(*site_);
    unknowns_.intensity_factor = spread_of(Slot::ci, out_.factors.intensity);
    unknowns_.made_factor = spread_of(Slot::embodied_each, out_.factors.made);
  }

  // 5 and 95 % points over the value, where the tables have them.
  std::optional<serve::Range> spread_of(Slot slot, const std::optional<double>& known) const {
    const auto& record = site_->record(slot);
    if (!known || !record.low || !record.high || *known <= 0) return std::nullopt;
    const double value = site_->inputs.values[static_cast<std::size_t>(slot)];
    return serve::Range{*record.low / value, *record.high / value};
  }

  void read_queries() {
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

  // --- how sure it is, and what it lacks

  void choose_band() {
    constexpr double as_good_as_dense = 0.98;
    const auto& model = out_.service.model;
    out_.sparse = model.active.coherent() / model.total.coherent() <= as_good_as_dense;
    const char* band = out_.sparse ? "band-sparse" : "band-dense";
    if (out_.engine_class == Engine::tuned) band = "band-tuned";
    if (unknown_architecture_ || out_.multimodal || unmeasured_) band = "band-unknown";
    if (out_.engine_class == Engine::eager) band = "band-eager";
    if (image_) band = "band-image";
    const auto factor = serve::constant(tables_, band);
    unknowns_.model_factor = factor.value;
    assume("model_error", factor.value, dim::one, "1", factor.origin);
  }

  void say_missing() {
    const auto& f = out_.factors;
    if (!f.intensity)
      warn("no-place", "CO2e is not computed: the place is unknown", "give --region, --grid or --ci");
    out_.missing = site_->missing;
    const bool told = std::ranges::any_of(out_.warnings, [](const auto& d) { return d.code == "no-price"; });
    if (!f.price && !told)
      warn("no-price", "money is not computed: no price per device-hour is known", "give --price");
  }

  const ServeQuestion& question_;
  ServeReading in_;
  const catalog::Catalog& tables_;
  std::optional<run::ResolvedRun> site_;
  std::optional<model::Inventory> inventory_;
  double device_memory_ = 0;  // [B]
  double usable_ = 1;
  bool unknown_architecture_ = false;
  bool unmeasured_ = false;
  std::optional<KnownModel::Image> image_;
  serve::Unknowns unknowns_;
  ServeCase out_;
};

}  // namespace

ServeCase serve_one(const ServeQuestion& question, const catalog::Catalog& tables) {
  return Server(question, tables).answer();
}

}  // namespace kwhatif::ask
