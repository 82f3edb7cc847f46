// The constants of serving, from the tables of the catalog: coefficient rows "serve-…".
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/serve/step.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::serve {

/// What software serves the model.
enum class Engine : std::uint8_t {
  standard,  ///< continuous batching: vLLM, SGLang
  tuned,     ///< compiled for the device: TensorRT-LLM as in MLPerf
  eager      ///< transformers.generate
};

/// One row: its value, and where it is from.
struct Constant {
  double value = 0;
  std::optional<double> low = {}, high = {};
  catalog::Origin origin = {};
};

/// The row "serve-NAME".
/// @errors diag::UsageError: no-data, where the tables are from before models were served
Constant constant(const catalog::Catalog& tables, std::string_view name);

/// One of an engine's: "layer-time"; that of the standard one where it has no row of its own.
Constant engine_constant(const catalog::Catalog& tables, Engine engine, const std::string& name);
/// Of an engine; what an engine has no row for is that of the standard one.
EngineConstants<double> engine_constants(const catalog::Catalog& tables, Engine engine);

/// The row of the bytes of a weight in a precision; none where it is no precision of weights.
std::optional<Constant> width_of(const catalog::Catalog& tables, std::string_view precision);
/// Its bytes.
std::optional<BytesPerParameter<>> bytes_of(const catalog::Catalog& tables, std::string_view precision);

}  // namespace kwhatif::serve
