// The device of a service and its place: rates, power, price and factors of the tables, or as given.
#include "serve_server.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/place.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::ask {

namespace dim = quantity::dim;
using catalog::Responsible;
using run::Input;
using run::Slot;
using serve::Engine;

namespace {

/// Inputs of a service that are inputs of a run as well: the place, and what its devices cost.
constexpr std::array inputs_of_a_run{
    Input::region,   Input::grid,           Input::year,     Input::ci,
    Input::pue,      Input::ci_market,      Input::price,    Input::billing,
    Input::embodied, Input::embodied_extra, Input::lifetime, Input::lifetime_use,
    Input::wue,      Input::water_intensity};

template <class Q>
Q coherent(double value) {
  return Q::from_coherent(value);
}

}  // namespace

void Server::read_site() {
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

bool Server::pue_is_a_default() const {
  return site_->record(Slot::pue).origin.responsible == Responsible::fallback;
}

void Server::read_device() {
  if (!site_->hardware)
    in_.refuse("hardware", "unknown-hardware",
               "'" + in_.given("hardware")->text.substr(0, 60) + "' is no device of the tables",
               "`kwhatif list hardware` prints them");
  out_.hardware = site_->hardware;
  const catalog::Row& row = *out_.hardware;
  const auto needed = [&](std::string_view key, const std::string& what) {
    const auto value = row.number(key);
    if (!value)
      in_.refuse("hardware", "no-data",
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
    assume("idle_power", watts, dim::device_power, "W", ratio->cell("value")->origin(Responsible::fallback));
  }
  const auto measured = run::words_of(tables_, "serve-measured-devices");
  unmeasured_ = std::ranges::find(measured, row.id()) == measured.end();
  if (unmeasured_)
    warn("unmeasured-device",
         "no measured service of " + std::string{row.id()} +
             " stands behind this: its figures go by rates and TDP alone",
         "the band is that of an unknown architecture; measured: " + diag::listed(measured));
}

void Server::read_precision() {
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
  if (given == nullptr && stored_ && !image_)
    take_stored_precision();
  else if (given == nullptr)
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

// As the checkpoint stores them: its matrices, or its experts alone, in fewer bits, the rest in 16.
void Server::take_stored_precision() {
  const catalog::Origin of_file{.responsible = catalog::Responsible::table,
                                .standing = out_.model_origin.standing,
                                .source = out_.model_origin.source,
                                .at = out_.model_origin.at,
                                .note = {},
                                .text = {}};
  if (stored_->precision.empty()) {
    warn("unknown-quantisation",
         "the checkpoint is quantised by '" + stored_->method.substr(0, 40) +
             "', which is not known: its weights are taken to have 16 bits",
         "--precision says how many they have", place_of("model"));
    choose("precision", out_.precision, of_file);
    return;
  }
  out_.precision = stored_->precision;
  const double rest = out_.service.model.weight.coherent();
  const double narrow = serve::bytes_of(tables_, out_.precision)->coherent();
  out_.service.model.weight =
      coherent<serve::BytesPerParameter<>>(stored_share_ * narrow + (1 - stored_share_) * rest);
  auto origin = of_file;
  origin.note = "as quantization_config of its config.json says (" + stored_->method +
                "): " + (stored_->experts_only ? "the experts" : "the matrices") + ", " +
                quantity::percent(stored_share_) + " of the parameters; the rest in bf16";
  choose("precision", out_.precision, std::move(origin));
}

void Server::read_provision() {
  auto& provision = out_.service.provision;
  const double tdp = out_.service.device.tdp.coherent();
  if (const run::Given* const host = in_.given("host")) {
    constexpr double most_share = 2;
    const auto as_share =
        quantity::parse(host->text, {.dimension = dim::one, .bare_number = true, .example = "35 %"});
    double watts = as_share.value.coherent * tdp;
    if (as_share.ok && as_share.value.coherent > most_share)
      in_.refuse("host", "out-of-range", host->text.substr(0, 40) + " is out of range",
                 "allowed: a share of the TDP of 0 to 200 %, or a power: 245 W");
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

}  // namespace kwhatif::ask
