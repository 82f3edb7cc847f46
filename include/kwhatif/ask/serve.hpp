// What it takes to answer: the energy of a token and of a query through four boundaries, its CO2e,
// manufacture, water and money, and how sure that is; one service, or one for each combination of values.
//
// A question is a set of inputs as given, by flag or by key of a serve file; what is not given is taken from
// the tables or a default and listed. Does not live here: the formulas (serve), wording (report).
#pragma once

#include <kwhatif/ask/assumptions.hpp>
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/scenario.hpp>
#include <kwhatif/serve/service.hpp>
#include <kwhatif/serve/service_bands.hpp>
#include <kwhatif/serve/serving_constants.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::ask {

/// One input of a service: its flag is its key in a serve file, with '_' for '-'.
struct ServeInput {
  std::string_view flag;
  std::string_view value;  ///< what it takes, for help
  std::string_view help;
};
inline constexpr std::array serve_inputs{
    ServeInput{"model", "ID|FILE", "in a serve file: the model, or its config.json"},
    ServeInput{"params", "N", "instead of a model: its parameters"},
    ServeInput{"active", "N", "with --params: parameters used per token, of a mixture of experts"},
    ServeInput{"hardware", "ID", "accelerator of the tables"},
    ServeInput{"devices", "N",
               "of one instance; the fewest that hold the model and bear --rate where not given"},
    ServeInput{"chips", "N", "the same"},
    ServeInput{"batch", "N", "requests in flight at once"},
    ServeInput{"rate", "N", "instead of batch and load: requests that arrive: 2/s, 100/min"},
    ServeInput{"prompt", "N", "tokens of a prompt"},
    ServeInput{"answer", "N", "tokens of an answer"},
    ServeInput{"precision", "bf16|fp16|fp8|int8|fp4|mxfp4|int4|fp32", "of the weights"},
    ServeInput{"engine", "standard|tuned|eager|vllm|sglang|tensorrt-llm|transformers",
               "what serves: vllm and sglang are standard, tensorrt-llm tuned, transformers eager"},
    ServeInput{"cached", "SHARE", "of the prompt whose keys and values are kept from before: 56 %"},
    ServeInput{"speculative", "D:Y", "tokens drafted per step, and tokens that a step yields: 3:2"},
    ServeInput{"data-parallel", "N", "replicas of the weights that share the requests"},
    ServeInput{"steps", "N", "of a model of images: denoising steps"},
    ServeInput{"passes", "1|2", "of a model of images: passes per step, 2 with guidance"},
    ServeInput{"image-size", "N", "of a model of images: pixels of a side"},
    ServeInput{"load", "SHARE", "of the provisioned time in which the devices serve"},
    ServeInput{"host", "W|SHARE", "power of the host per device, or its share of the TDP: 245W, 35 %"},
    ServeInput{"pue", "X", "power usage effectiveness"},
    ServeInput{"region", "ID", "cloud region, provider:region"},
    ServeInput{"grid", "ID", "country or sub-national grid"},
    ServeInput{"year", "N", "vintage of the grid and site values"},
    ServeInput{"ci", "X", "own carbon intensity: 429 g/kWh"},
    ServeInput{"ci-market", "X", "own carbon intensity by contracts"},
    ServeInput{"wue", "X", "water on site per IT energy: 0.3 L/kWh"},
    ServeInput{"water-intensity", "X", "water of the power stations per electricity: 3.1 L/kWh"},
    ServeInput{"embodied", "MASS", "CO2e of making one device with its share of the host: 583 kg"},
    ServeInput{"embodied-extra", "SHARE",
               "network, storage and spares on top, as a share of the manufacture"},
    ServeInput{"lifetime", "TIME", "how long a device is in service"},
    ServeInput{"lifetime-use", "SHARE", "of its service that somebody has it reserved"},
    ServeInput{"price", "X", "money per device-hour: 2.48 USD/h"},
    ServeInput{"billing", "on-demand|spot|reserved", "which price of a provider applies"},
    ServeInput{"queries", "N", "so many queries in all"},
    ServeInput{"queries-per-day", "N", "with --life: queries a day"},
    ServeInput{"life", "TIME", "with --queries-per-day: how long the model is served"},
};

/// A service as given.
struct ServeQuestion {
  std::map<std::string, run::Given, std::less<>> inputs = {};  ///< by flag
  std::vector<run::Given> vary = {};                           ///< "batch=8,64,256"
  std::optional<run::Given> levers = {};                       ///< also what measures would do to it
  std::optional<run::Given> explain = {};                      ///< also how each number follows
  bool any_batch = false;                     ///< also one that is no whole number, as arrivals lead to
  std::vector<diag::Diagnostic> faults = {};  ///< of a serve file: refused with those of its values
  document::Reader files = {};                ///< reads a config.json; empty: models of the tables only
};

/// Reads a serve file: a table [serve] whose keys are serve_inputs.
/// @errors diag::ScenarioError with all faults: syntax-error, unknown-key, wrong-type, missing-input
ServeQuestion read_service(const std::shared_ptr<const diag::SourceText>& source);
/// The same, its faults but those of TOML kept in the question, so that they are told with those of its
/// values.
ServeQuestion read_service_with_faults(const std::shared_ptr<const diag::SourceText>& source);

/// The figures of a service, in the order of output.
enum class ServeFigure : std::uint8_t {
  device_per_token,
  facility_per_token,
  device,
  host,
  idle,
  node,
  provisioned,
  facility,
  location,
  market,
  embodied,
  total,
  water_on_site,
  water_off_site,
  water,
  token_rate,
  device_token_rate,
  token_time,
  answer_time,
  device_power,
  utilisation,
  device_time,
  reserved_time,
  query_cost,
  million_tokens_cost,
  count
};
inline constexpr std::size_t serve_figure_count = static_cast<std::size_t>(ServeFigure::count);

struct ServeFigureInfo {
  ServeFigure figure{};
  std::string_view key;    ///< in JSON, with its unit
  std::string_view unit;   ///< of the JSON value; empty: the coherent one
  std::string_view label;  ///< for people
  quantity::Dimension dimension;
};
std::span<const ServeFigureInfo, serve_figure_count> serve_figure_table();

/// Values of the figures in coherent units; what is not known is absent.
struct ServeFigures {
  std::array<std::optional<double>, serve_figure_count> values{};
  const std::optional<double>& operator[](ServeFigure f) const { return values[static_cast<std::size_t>(f)]; }
  std::optional<double>& operator[](ServeFigure f) { return values[static_cast<std::size_t>(f)]; }
  /// In the unit of its key.
  std::optional<double> machine(const ServeFigureInfo& info) const;
};

/// What stands between energy and the other figures; what is absent is not known.
template <class T>
struct ServeFactorsOf {
  std::optional<T> intensity, market_intensity;  ///< [kg/J]
  std::optional<T> made;                         ///< manufacture, with what comes on top [kg/device]
  std::optional<T> made_alone, made_extra;       ///< without it, and its share of that
  T life{};                                      ///< of a device [s]
  T life_use{1.0};
  std::optional<T> wue, water_intensity;  ///< [L/J]
  std::optional<T> price;                 ///< [USD/(device s)]
};
using ServeFactors = ServeFactorsOf<double>;

/// One service and its answer.
struct ServeCase {
  std::vector<std::pair<std::string, std::string>> axes = {};  ///< of --vary: flag and value

  std::string model;                  ///< id, path or "70 B parameters"
  std::string model_name;             ///< for people
  catalog::Origin model_origin = {};  ///< of what was counted of it
  bool multimodal = false;
  bool sparse = false;
  std::optional<catalog::Row> hardware = {};
  std::string precision;
  std::string engine;  ///< as named
  serve::Engine engine_class = serve::Engine::standard;
  std::optional<double> rate = {};  ///< requests per second to all instances
  double instances = 1;             ///< that share them; all else is of one
  struct Image {
    double side = 0;  ///< [pixel]; 0: that of its config
    double steps = 0;
    double passes = 0;  ///< per step
    double flop = 0;    ///< of a pass
  };
  std::optional<Image> image = {};  ///< of a model of images: a query is an image
  bool saturated = false;           ///< more arrive than it answers
  bool batch_given = false;         ///< or followed from a rate
  serve::Service<> service = {};
  serve::ServiceMemory memory = {};
  ServeFactors factors = {};
  std::string place = {};                      ///< name; empty where none is known
  std::optional<double> queries = {};          ///< in all
  std::optional<double> queries_per_day = {};  ///< where the number of all rests on it
  /// A figure of all queries together, coherent; none where it or their number is not known.
  std::optional<double> of_all(ServeFigure figure) const {
    return queries && figures[figure] ? std::optional{*queries * *figures[figure]} : std::nullopt;
  }

  serve::Unknowns unknowns = {};  ///< what is drawn for its bands
  serve::Served<> served = {};
  bool compute_bound = false;
  ServeFigures figures = {};
  std::array<std::optional<serve::Percentiles>, serve_figure_count> intervals{};  ///< coherent units

  /// What batch and load do to it, all else as above.
  struct Elsewhere {
    double batch = 0, load = 0;
    std::optional<double> device_per_token = {};  ///< [J/token]; of answers
    double facility = 0;                          ///< [J/query]
    bool has_room = true;                         ///< in the memory of the devices
  };
  std::vector<Elsewhere> sensitivity = {};  ///< by batch, then load

  std::vector<Assumption> assumptions = {};
  std::vector<run::MissingFactor> missing = {};  ///< of manufacture and water
  std::vector<diag::Diagnostic> warnings = {};
  std::vector<std::string> sources = {};
  std::string band = {};     ///< the row of constants that its band is from: band-dense
  std::string problem = {};  ///< of a row of --vary: why it has no answer

  /// Against the first row of --vary that has an answer: what it takes over what that takes.
  struct Beside {
    std::optional<double> device_per_token = {};
    double facility = 1;
    std::optional<double> location = {}, total = {}, cost = {};
    std::optional<serve::Percentiles> band = {};  ///< of `facility`; what both do not know is drawn once
    double apart = 1;  ///< 5 to 95 % of what the model misses of one and not of the other: 1/this to this
  };
  std::optional<Beside> beside = {};
};

/// What a measure does to a service.
struct ServeLever {
  std::string id;
  std::string name;
  std::string flag;                ///< of the input that it sets; empty: known by a published factor alone
  std::string was;                 ///< of that input
  std::string value;               ///< of that input
  std::optional<double> device;    ///< factor on the energy of the devices per token, by the model
  std::optional<double> facility;  ///< factor on the energy of the facility per query, by the model
  std::optional<catalog::Row> published = {};  ///< the lever of the tables with a published factor
  std::string problem = {};                    ///< why it cannot be
};

struct ServeAnswer {
  std::vector<std::string> axes = {};  ///< flags of --vary; empty: one service
  std::vector<ServeCase> cases = {};
  std::optional<std::size_t> first = {};  ///< of several: the row that the others are beside
  std::optional<std::size_t> least = {};  ///< of several: the row with the least facility energy per query
  std::optional<std::vector<ServeLever>> levers = {};  ///< best first; where they were asked for
  /// How each number follows, the main ones first; where that was asked for.
  std::optional<std::vector<Derivation>> derivations = {};
  std::vector<diag::Diagnostic> warnings = {};
  std::vector<std::string> sources = {};
};

/// One service, --vary apart. Where several inputs of a file or command line cannot be, all are told, up
/// to 20.
/// @errors diag::UsageError, diag::ScenarioError: missing-value, unknown-model, unknown-hardware, no-data,
///         does-not-fit, wrong-unit, out-of-range, unknown-word, conflict; those of run::resolve()
ServeCase serve_one(const ServeQuestion& question, const catalog::Catalog& tables);

/// The derivation of the figures of a service, by the formulas that its answer comes from; a quantity that
/// several use is derived where it first occurs.
/// @tested  property: each value equals its formula of its parts, and the roots those of the answer
std::vector<Derivation> serve_derivations(const ServeQuestion& question, const ServeCase& answer,
                                          const catalog::Catalog& tables);

/// Measures on a service, by the same model, all else as in its answer; published factors beside them.
std::vector<ServeLever> serve_levers(const ServeQuestion& question, const ServeCase& answer,
                                     const catalog::Catalog& tables);

/// @errors the same, and of --vary: unknown-axis, bad-axis, given-twice, too-large, conflict
ServeAnswer serve(const ServeQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
