#include <kwhatif/catalog/schema.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::catalog {

namespace {

namespace dim = quantity::dim;
using enum FieldType;

constexpr Field text_field(std::string_view key, bool required = false) {
  return {.key = key, .type = text, .required = required};
}
constexpr Field whole(std::string_view key, bool required = false) {
  return {.key = key, .type = integer, .required = required};
}
constexpr Field words(std::string_view key, std::string_view options, bool required = false) {
  return {.key = key, .type = choice, .detail = options, .required = required};
}
constexpr Field refers(std::string_view key, std::string_view kind, bool required = false) {
  return {.key = key, .type = reference, .detail = kind, .required = required};
}
// A word that means something only because rows of another kind have it too.
constexpr Field known_from(std::string_view key, std::string_view kind_and_key, bool required = false) {
  return {.key = key, .type = known, .detail = kind_and_key, .required = required};
}
constexpr Field measured(std::string_view key, quantity::Dimension dimension, bool required = false) {
  return {.key = key, .type = FieldType::quantity, .dimension = dimension, .required = required};
}
constexpr Field anything(std::string_view key, bool required = false) {
  return {.key = key, .type = any, .required = required};
}
constexpr Field id{.key = "id", .type = text, .required = true};
constexpr Field named{.key = "name", .type = text, .required = true};
constexpr Field note = text_field("note");
constexpr Field aliases{.key = "aliases", .type = texts};
constexpr Field default_for{.key = "default_for", .type = texts};

constexpr std::array source_fields{
    id,
    words("kind", "paper|report|web|repository|dataset|book|press|standard|model-card|own", true),
    text_field("title", true),
    text_field("authors"),
    whole("year"),
    text_field("url"),
    text_field("arxiv"),
    text_field("doi"),
    text_field("publisher"),
    text_field("accessed"),
    text_field("licence"),
    text_field("attribution"),
    note,
};

constexpr std::array hardware_fields{
    id,
    named,
    aliases,
    default_for,
    text_field("vendor"),
    words("kind", "gpu|tpu|cpu|other", true),
    words("made_for", "training|inference"),
    words("availability", "sold|withdrawn|announced|never-sold"),
    whole("year"),
    measured("process", dim::length),
    measured("die_area", dim::area),
    measured("memory", dim::data),
    text_field("memory_type"),
    measured("memory_bandwidth", dim::bandwidth),
    measured("peak_fp64", dim::device_flop_rate),
    measured("peak_fp32", dim::device_flop_rate),
    measured("peak_tf32", dim::device_flop_rate),
    measured("peak_fp16", dim::device_flop_rate),
    measured("peak_bf16", dim::device_flop_rate),
    measured("peak_fp8", dim::device_flop_rate),
    measured("peak_fp4", dim::device_flop_rate),
    measured("peak_int8", dim::device_flop_rate),
    measured("gemm_efficiency", dim::one),
    measured("gemm_efficiency_8bit", dim::one),
    measured("link_bandwidth", dim::bandwidth),
    whole("link_domain"),
    measured("network_bandwidth", dim::bandwidth),
    measured("tdp", dim::device_power),
    words("tdp_covers", "board|superchip"),
    measured("system_power", dim::device_power),
    measured("average_power", dim::device_power),
    measured("idle_power", dim::device_power),
    measured("embodied", dim::co2e),
    measured("price_on_demand", dim::device_price),
    measured("price_spot", dim::device_price),
    note,
};

constexpr std::array host_fields{
    id,
    named,
    aliases,
    default_for,
    refers("hardware", "hardware"),
    whole("devices"),
    whole("cores"),
    measured("node_power", dim::power),
    measured("average_node_power", dim::power),
    measured("host_power", dim::device_power),
    text_field("cpu"),
    whole("cpu_count"),
    measured("memory", dim::data),
    measured("embodied", dim::co2e),
    measured("price_on_demand", dim::price_rate),
    measured("price_spot", dim::price_rate),
    text_field("provider"),
    note,
};

constexpr std::array grid_fields{
    id,
    named,
    aliases,
    default_for,
    words("kind", "world|region|country|subdivision|egrid|zone", true),
    refers("parent", "grid"),
    refers("same_as", "grid"),
    note,
};

constexpr std::string_view boundaries = "life-cycle|direct|unstated";
constexpr std::string_view bases = "production|consumption|unstated";
constexpr std::string_view signals = "average|marginal";
constexpr std::string_view accountings = "location|market";

constexpr std::array grid_intensity_fields{
    refers("id", "grid", true),
    whole("year", true),
    measured("carbon_intensity", dim::carbon_intensity, true),
    words("boundary", boundaries, true),
    words("basis", bases, true),
    words("signal", signals, true),
    words("accounting", accountings, true),
    note,
};

constexpr std::array grid_loss_fields{
    id, text_field("name"), measured("losses", dim::one, true), whole("year"), note,
};

constexpr std::array region_fields{
    id,
    text_field("name"),
    aliases,
    default_for,
    text_field("provider", true),
    text_field("city"),
    text_field("country"),
    measured("latitude", dim::one),
    measured("longitude", dim::one),
    refers("grid", "grid"),
    refers("grid_alternative", "grid"),
    note,
};

constexpr std::array region_year_fields{
    refers("id", "region", true),
    whole("year"),
    measured("carbon_intensity", dim::carbon_intensity),
    measured("carbon_free_share", dim::one),
    measured("grid_low_carbon_share", dim::one),
    measured("pue", dim::one),
    measured("wue", dim::water_intensity),
    words("water", "consumption|withdrawal|unstated"),
    words("boundary", boundaries),
    words("basis", bases),
    words("signal", signals),
    words("accounting", accountings),
    note,
};

constexpr std::array equivalence_fields{
    id,
    named,
    anything("value", true),
    words("applies_to", "co2e|energy", true),
    text_field("geography"),
    whole("year"),
    text_field("edition"),
    words("group", "car|flight|home|person|train|tree|other", true),
    words("headline", "yes|no"),
    note,
};

constexpr std::array lever_fields{
    id,
    named,
    words("category", "rethink|reuse|reduce|model|machine|mechanization|map|inference", true),
    words("effect_on", "energy|gpu_energy|time|co2e|flops|tokens|inference_energy", true),
    measured("factor", dim::one),
    words("flag",
          "attention|compiled|framework|global-batch|micro-batch|pipeline-parallel|precision|recompute|"
          "tensor-parallel|virtual-stages|zero"),
    words("set", "2|16-bit|fp4|fp8|fused|half|none|tuned|x2|x4|x8|yes"),
    text_field("condition"),
    text_field("mechanism"),
    text_field("companion"),
    note,
};

constexpr std::array fact_fields{id, named, anything("value", true), whole("year"), note};

constexpr std::array utilisation_fields{
    id,
    text_field("model"),
    measured("params", dim::parameter),
    measured("active", dim::parameter),
    refers("hardware", "hardware"),
    text_field("hardware_text"),
    whole("chips"),
    text_field("precision"),
    whole("sequence_length"),
    measured("mfu", dim::one),
    measured("hfu", dim::one),
    measured("achieved", dim::device_flop_rate),
    words("recompute", "yes|no|unknown"),
    whole("year"),
    note,
};

constexpr std::array model_fields{
    id,
    named,
    aliases,
    Field{.key = "huggingface", .type = texts},
    default_for,
    words("kind", "language|encoder|seq2seq|multimodal|vision|diffusion|speech|protein"),
    Field{.key = "config", .type = file},
    text_field("family"),
    whole("year"),
    measured("params", dim::parameter),
    measured("active", dim::parameter),
    measured("tokens", dim::token),
    whole("sequence_length"),
    note,
};

constexpr std::array fallback_fields{id, anything("value", true), text_field("note", true)};

constexpr std::array study_fields{id, text_field("title", true), refers("source", "source"), note};

constexpr std::array run_fields{
    id,
    named,
    text_field("study"),
    words("kind", "dense_lm|moe_lm|encoder_lm|encdec_lm|vision|diffusion|speech|nas|other|claim", true),
    text_field("boundary"),
    text_field("origin"),
    words("verdict", "holds|holds-if|fails"),
    text_field("said"),
    note,
    measured("facts.params", dim::parameter),
    measured("facts.active", dim::parameter),
    measured("facts.tokens", dim::token),
    measured("facts.epochs", dim::one),
    measured("facts.flops", dim::flop),
    text_field("facts.flops_basis"),
    refers("facts.hardware", "hardware"),
    text_field("facts.hardware_text"),
    measured("facts.chips", dim::device),
    measured("facts.hours", dim::time),
    measured("facts.device_hours", dim::device_time),
    measured("facts.power", dim::device_power),
    text_field("facts.power_basis"),
    measured("facts.tflops", dim::device_flop_rate),
    measured("facts.mfu", dim::one),
    measured("facts.pue", dim::one),
    measured("facts.ci", dim::carbon_intensity),
    text_field("facts.region_text"),
    measured("facts.energy", dim::energy),
    text_field("facts.energy_basis"),
    measured("facts.co2e", dim::co2e),
    text_field("facts.co2e_basis"),
    measured("facts.cost_low", dim::money),
    measured("facts.cost_high", dim::money),
    whole("facts.year"),
    text_field("facts.precision"),
    whole("facts.sequence_length"),
    measured("inputs.params", dim::parameter),
    measured("inputs.active", dim::parameter),
    measured("inputs.tokens", dim::token),
    measured("inputs.epochs", dim::one),
    measured("inputs.flops", dim::flop),
    anything("inputs.hardware"),
    measured("inputs.chips", dim::device),
    measured("inputs.nodes", dim::one),
    anything("inputs.precision"),
    measured("inputs.mfu", dim::one),
    measured("inputs.tflops", dim::device_flop_rate),
    measured("inputs.power", dim::device_power),
    measured("inputs.total_power", dim::power),
    measured("inputs.hours", dim::time),
    measured("inputs.device_hours", dim::device_time),
    anything("inputs.region"),
    anything("inputs.grid"),
    whole("inputs.year"),
    measured("inputs.ci", dim::carbon_intensity),
    measured("inputs.ci_market", dim::carbon_intensity),
    measured("inputs.pue", dim::one),
    measured("inputs.runs", dim::one),
    measured("inputs.overhead", dim::one),
    measured("inputs.price", dim::device_price),
    measured("inputs.price_low", dim::device_price),
    measured("inputs.price_high", dim::device_price),
    measured("inputs.electricity_price", dim::energy_price),
    anything("inputs.model"),
    whole("inputs.seq_len"),
    measured("inputs.samples", dim::sample),
    measured("inputs.steps", dim::one),
    measured("inputs.flops_per_sample", dim::flop_per_sample),
    measured("inputs.global_batch", dim::token),
    whole("inputs.micro_batch"),
    measured("inputs.step_time", dim::time),
    measured("inputs.steps_per_second", dim::step_rate),
    measured("inputs.tokens_per_second", dim::token_rate),
    measured("inputs.total_tokens_per_second", dim::token_rate),
    measured("inputs.samples_per_second", dim::sample_rate),
    measured("inputs.total_samples_per_second", dim::sample_rate),
    measured("inputs.accelerator_power", dim::device_power),
    measured("inputs.energy", dim::energy),
    measured("inputs.hfu", dim::one),
    anything("inputs.mfu_convention"),
    anything("inputs.recompute"),
    measured("published.training_flop", dim::flop),
    measured("published.device_time", dim::device_time),
    measured("published.wall_time", dim::time),
    measured("published.achieved", dim::device_flop_rate),
    measured("published.mfu", dim::one),
    measured("published.it_energy", dim::energy),
    measured("published.facility_energy", dim::energy),
    measured("published.operational_location", dim::co2e),
    measured("published.operational_market", dim::co2e),
    measured("published.embodied", dim::co2e),
    measured("published.total_co2e", dim::co2e),
    measured("published.cost", dim::money),
    measured("published.cost_low", dim::money),
    measured("published.cost_high", dim::money),
    measured("published.electricity_cost", dim::money),
    anything("inputs.embodied"),
    anything("inputs.embodied_extra"),
    anything("inputs.building"),
    measured("inputs.lifetime", dim::time),
    measured("inputs.lifetime_use", dim::one),
    measured("inputs.wue", dim::water_intensity),
    measured("inputs.water_intensity", dim::water_intensity),
    anything("inputs.development"),
    measured("published.water", dim::water),
    measured("published.water_on_site", dim::water),
    measured("published.water_off_site", dim::water),
    measured("published.development_energy", dim::energy),
    measured("published.development_co2e", dim::co2e),
    anything("published.value"),
    text_field("why.training_flop"),
    text_field("why.device_time"),
    text_field("why.wall_time"),
    text_field("why.achieved"),
    text_field("why.mfu"),
    text_field("why.it_energy"),
    text_field("why.facility_energy"),
    text_field("why.operational_location"),
    text_field("why.operational_market"),
    text_field("why.embodied"),
    text_field("why.total_co2e"),
    text_field("why.cost"),
    text_field("why.cost_low"),
    text_field("why.cost_high"),
    text_field("why.electricity_cost"),
    text_field("why.water"),
    text_field("why.water_on_site"),
    text_field("why.water_off_site"),
    text_field("why.development_energy"),
    text_field("why.development_co2e"),
    text_field("why.value"),
    text_field("missing.training_flop"),
    text_field("missing.device_time"),
    text_field("missing.wall_time"),
    text_field("missing.achieved"),
    text_field("missing.mfu"),
    text_field("missing.it_energy"),
    text_field("missing.facility_energy"),
    text_field("missing.operational_location"),
    text_field("missing.operational_market"),
    text_field("missing.embodied"),
    text_field("missing.total_co2e"),
    text_field("missing.cost"),
    text_field("missing.cost_low"),
    text_field("missing.cost_high"),
    text_field("missing.electricity_cost"),
    text_field("missing.water"),
    text_field("missing.water_on_site"),
    text_field("missing.water_off_site"),
    text_field("missing.development_energy"),
    text_field("missing.development_co2e"),
    text_field("missing.value"),
    Field{.key = "compute.times", .type = list},
    Field{.key = "compute.over", .type = list},
    Field{.key = "compute.sum", .type = list},
    words("compute.relation", "about|under|over"),
    refers("compute.from", "run"),
    refers("compute.to", "run"),
};

constexpr std::array imported_fields{
    id,
    whole("rows_in", true),
    whole("rows_out", true),
    text_field("what"),
    Field{.key = "skipped", .type = list},
    note,
};

constexpr std::array device_family_fields{
    id,
    named,
    words("kind", "gpu|tpu|cpu|other", true),
    words("class", "datacenter|card|amd|tpu|accelerator|cpu", true),
    text_field("members", true),
    note,
};

constexpr std::array observation_fields{
    id,
    text_field("family", true),
    words("use", "yes|no", true),
    words("evidence", "run|step|own", true),
    words("power", "system|none"),
    refers("hardware", "hardware"),
    measured("params", dim::parameter),
    measured("active", dim::parameter),
    measured("tokens", dim::token),
    measured("flops", dim::flop),
    measured("chips", dim::device),
    measured("device_hours", dim::device_time),
    measured("power_drawn", dim::device_power),
    measured("mfu", dim::one),
    measured("power_ratio", dim::one),
    whole("year"),
    note,
};

constexpr std::array coefficient_fields{id, anything("value", true), note};

constexpr std::array timing_fields{id, Field{.key = "values", .type = file, .required = true}, note};

constexpr std::array method_constant_fields{id, anything("value", true), note};

constexpr std::array trace_fields{
    refers("id", "grid", true),
    whole("year", true),
    Field{.key = "values", .type = file, .required = true},
    words("boundary", "life-cycle|direct|unstated", true),
    words("basis", "production|consumption|unstated", true),
    words("signal", "average|marginal", true),
    measured("mean", dim::carbon_intensity),
    note,
};

constexpr std::array offer_fields{
    id,
    refers("hardware", "hardware", true),
    known_from("provider", "region.provider", true),
    Field{.key = "regions", .type = texts, .detail = "region"},
    whole("year", true),
    note,
};

constexpr std::array price_fields{
    id,
    refers("hardware", "hardware", true),
    text_field("provider", true),
    refers("host", "host"),
    text_field("instance"),
    refers("region", "region"),
    words("billing", "on-demand|spot|reserved", true),
    text_field("term"),
    measured("price", dim::device_price),
    measured("instance_price", dim::price_rate),
    whole("devices"),
    words("covers", "all|device"),
    words("sold", "yes|no|by-contract"),
    text_field("date", true),
    note,
};

constexpr std::array manufacture_fields{
    id,
    named,
    refers("hardware", "hardware"),
    measured("each", dim::device_co2e, true),
    words("counts", "die|board|node-share|node-share-and-building", true),
    whole("year"),
    note,
};

constexpr std::array grid_water_fields{
    refers("id", "grid", true),
    measured("water_intensity", dim::water_intensity, true),
    whole("year", true),
    note,
};

constexpr std::array framework_fields{
    id,
    named,
    Field{.key = "aliases", .type = texts},
    words("class", "tuned|standard|legacy", true),
    words("compiled", "yes|no"),
    words("attention", "fused|unfused"),
    note,
};

constexpr std::array<KindSchema, kind_count> all_schemas{{
    {Kind::source, "source", "sources", "Sources", true, source_fields},
    {Kind::hardware, "hardware", "hardware", "Hardware", true, hardware_fields},
    {Kind::host, "host", "hosts", "Hosts, instances and slices", true, host_fields},
    {Kind::grid, "grid", "grids", "Places with a grid", true, grid_fields},
    {Kind::grid_intensity, "grid_intensity", "intensities", "Grid carbon intensities", false,
     grid_intensity_fields},
    {Kind::grid_loss, "grid_loss", "losses", "Grid losses", true, grid_loss_fields},
    {Kind::region, "region", "regions", "Cloud regions and sites", true, region_fields},
    {Kind::region_year, "region_year", "region-years", "Cloud regions by year", false, region_year_fields},
    {Kind::equivalence, "equivalence", "equivalences", "Equivalences", true, equivalence_fields},
    {Kind::lever, "lever", "levers", "Levers", true, lever_fields},
    {Kind::fact, "fact", "facts", "Other facts", true, fact_fields},
    {Kind::utilisation, "utilisation", "utilisation", "Published utilisation", true, utilisation_fields},
    {Kind::model, "model", "models", "Models", true, model_fields},
    {Kind::fallback, "default", "defaults", "Defaults", true, fallback_fields},
    {Kind::study, "study", "studies", "Studies", true, study_fields},
    {Kind::run, "run", "runs", "Published runs", true, run_fields},
    {Kind::imported, "import", "imports", "Bookkeeping of imports", true, imported_fields},
    {Kind::device_family, "device_family", "device-families", "Device families", true, device_family_fields},
    {Kind::observation, "observation", "observations", "Evidence of the predictions", true,
     observation_fields},
    {Kind::coefficient, "coefficient", "coefficients", "Fitted coefficients", true, coefficient_fields},
    {Kind::timing, "timing", "timings", "Measured times that the forecast is fitted to", true, timing_fields},
    {Kind::method_constant, "method_constant", "method-constants", "Constants of published methods", true,
     method_constant_fields},
    {Kind::trace, "trace", "traces", "Hourly carbon intensities", false, trace_fields},
    {Kind::offer, "offer", "offers", "Devices that can be rented, and where", true, offer_fields},
    {Kind::framework, "framework", "frameworks", "Software that trains", true, framework_fields},
    {Kind::price, "price", "prices", "Prices per device-hour, by provider and billing", true, price_fields},
    {Kind::manufacture, "manufacture", "manufactures", "CO2e of making devices", true, manufacture_fields},
    {Kind::grid_water, "grid_water", "waters", "Water consumed by generation", false, grid_water_fields},
}};

// Keys of a kind by a hash: rows are asked for values by key, some kinds have more than a hundred.
constexpr std::size_t places = 256;
constexpr std::size_t place_of(std::string_view key) {
  const std::size_t last = key.empty() ? 0 : key.size() - 1;
  std::uint32_t some = static_cast<std::uint32_t>(key.size());
  for (const std::size_t at : {last, last / 2, last * 3 / 4})
    some = some << 8U | static_cast<unsigned char>(at < key.size() ? key[at] : 0);
  return some * 2654435769U >> 24U;  // spread over all places
}

// Index of a field and 1, or 0: with the next place free, a key is not there.
using KeyPlaces = std::array<std::uint8_t, places>;
constexpr std::array<KeyPlaces, kind_count> key_places = [] {
  std::array<KeyPlaces, kind_count> out{};
  for (std::size_t k = 0; k < kind_count; ++k) {
    if (all_schemas[k].fields.size() >= 200) throw "too many keys for their places";  // does not compile
    for (std::size_t i = 0; i < all_schemas[k].fields.size(); ++i) {
      std::size_t at = place_of(all_schemas[k].fields[i].key);
      while (out[k][at] != 0) at = (at + 1) % places;
      out[k][at] = static_cast<std::uint8_t>(i + 1);
    }
  }
  return out;
}();

}  // namespace

std::optional<std::size_t> KindSchema::index(std::string_view key) const {
  const KeyPlaces& of_kind = key_places[static_cast<std::size_t>(kind)];
  for (std::size_t at = place_of(key); of_kind[at] != 0; at = (at + 1) % places) {
    const std::size_t i = of_kind[at] - std::size_t{1};
    if (fields[i].key == key) return i;
  }
  return std::nullopt;
}

std::span<const KindSchema> schemas() { return all_schemas; }

const KindSchema& schema(Kind kind) { return all_schemas[static_cast<std::size_t>(kind)]; }

std::optional<Kind> kind_named(std::string_view name) {
  for (const KindSchema& s : all_schemas) {
    if (s.name == name || s.plural == name) return s.kind;
  }
  return std::nullopt;
}

}  // namespace kwhatif::catalog
