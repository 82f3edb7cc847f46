#include <kwhatif/run/input.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace kwhatif::run {

namespace {

namespace dim = quantity::dim;
using enum InputType;

constexpr std::array<InputInfo, input_count> table{{
    {Input::model, "model", "model.preset", name, {}, "gpt-3", "a model of the tables"},
    {Input::config, "config", "model.config", path, {}, "config.json", "a Hugging Face config.json"},
    {Input::params, "params", "model.parameters", quantity, dim::parameter, "175B",
     "parameters, all of them"},
    {Input::active, "active", "model.active_parameters", quantity, dim::parameter, "13B",
     "parameters used per token (mixture of experts)"},
    {Input::tokens, "tokens", "training.tokens", quantity, dim::token, "300B",
     "tokens in the data set, or 'optimal' for the compute-optimal number"},
    {Input::epochs, "epochs", "training.epochs", quantity, dim::one, "1", "passes over the data set"},
    {Input::seq_len, "seq-len", "training.sequence_length", whole, dim::one, "4096",
     "tokens per sequence; adds the attention term"},
    {Input::flops, "flops", "training.flops", quantity, dim::flop, "3.14e23",
     "training compute of one run, instead of counting it"},
    {Input::recompute,
     "recompute",
     "training.recompute",
     word,
     {},
     "none",
     "activation recomputation",
     "none|selective|full"},
    {Input::finetune,
     "finetune",
     "training.finetune",
     word,
     {},
     "lora",
     "fine-tuning instead of training from scratch",
     "full|lora|qlora"},
    {Input::rank, "rank", "training.rank", whole, dim::one, "16", "rank of the adapters of lora and qlora"},
    {Input::targets,
     "targets",
     "training.targets",
     word,
     {},
     "all-linear",
     "matrices that get adapters",
     "query-value|attention|all-linear"},
    {Input::loss_law,
     "loss-law",
     "training.loss_law",
     word,
     {},
     "besiroglu-2024",
     "loss law that --tokens optimal goes by",
     "besiroglu-2024|hoffmann-2022|hoffmann-2022-source"},
    {Input::runs, "runs", "training.runs", quantity, dim::one, "1", "number of runs (search trials)"},
    {Input::overhead, "overhead", "training.overhead", quantity, dim::one, "15 %",
     "failed and repeated work, as a share of the useful work"},
    {Input::hours, "hours", "training.wall_time", quantity, dim::time, "14.8 days",
     "wall time of one run, instead of predicting it"},
    {Input::device_hours, "device-hours", "training.device_time", quantity, dim::device_time,
     "3.55M device-h", "device-time of one run over all devices, instead of predicting it"},
    {Input::hardware,
     "hardware",
     "hardware.id",
     name,
     {},
     "h100-sxm5",
     "accelerator or CPU of the tables, or a host"},
    {Input::chips, "chips", "hardware.count", quantity, dim::device, "1024", "number of devices"},
    {Input::nodes, "nodes", "hardware.nodes", quantity, dim::one, "128",
     "number of hosts, where --hardware names a host, instance or slice"},
    {Input::precision,
     "precision",
     "hardware.precision",
     word,
     {},
     "bf16",
     "precision that decides the peak",
     "fp64|fp32|tf32|fp16|bf16|fp8"},
    {Input::mfu, "mfu", "hardware.mfu", quantity, dim::one, "0.40", "model FLOPs utilisation, 0 to 1"},
    {Input::tflops, "tflops", "hardware.achieved", quantity, dim::device_flop_rate, "24.6 TFLOP/s",
     "achieved FLOP rate per device"},
    {Input::power, "power", "hardware.power", quantity, dim::device_power, "330 W",
     "average system power per device, host included"},
    {Input::total_power, "total-power", "hardware.total_power", quantity, dim::power, "1415.78 W",
     "average power of all devices and hosts together"},
    {Input::price, "price", "hardware.price", quantity, dim::device_price, "2.48 USD/h",
     "money per device-hour"},
    {Input::price_low, "price-low", "hardware.price_low", quantity, dim::device_price, "0.74 USD/h",
     "lower price per device-hour"},
    {Input::price_high, "price-high", "hardware.price_high", quantity, dim::device_price, "2.48 USD/h",
     "higher price per device-hour"},
    {Input::region, "region", "site.region", name, {}, "gcp:us-central1", "cloud region, provider:region"},
    {Input::grid, "grid", "site.grid", name, {}, "SWE", "country or sub-national grid"},
    {Input::year, "year", "site.year", whole, dim::one, "2023", "vintage of the grid and site values"},
    {Input::basis,
     "basis",
     "site.basis",
     word,
     {},
     "life-cycle",
     "what the grid value counts",
     "life-cycle|direct"},
    {Input::source,
     "source",
     "site.source",
     name,
     {},
     "owid-ember-2026-04",
     "take the grid value of this source"},
    {Input::ci, "ci", "site.carbon_intensity", quantity, dim::carbon_intensity, "429 g/kWh",
     "own carbon intensity (location-based)"},
    {Input::ci_market, "ci-market", "site.carbon_intensity_market", quantity, dim::carbon_intensity,
     "80 g/kWh", "own carbon intensity by contracts (market-based, net)"},
    {Input::pue, "pue", "site.pue", quantity, dim::one, "1.10", "power usage effectiveness"},
    {Input::electricity_price, "electricity-price", "site.electricity_price", quantity, dim::energy_price,
     "0.12 USD/kWh", "money per kWh of electricity"},
}};

}  // namespace

std::span<const InputInfo> input_table() { return table; }

const InputInfo& info(Input input) { return table[static_cast<std::size_t>(input)]; }

std::optional<Input> input_by_flag(std::string_view flag) {
  std::string dashed{flag};
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  for (const InputInfo& row : table) {
    if (row.flag == dashed) return row.input;
  }
  return std::nullopt;
}

std::optional<Input> input_by_key(std::string_view key) {
  for (const InputInfo& row : table) {
    if (row.key == key) return row.input;
  }
  return std::nullopt;
}

}  // namespace kwhatif::run
