// How a checkpoint stores its weights, by the quantization_config of its config.json.
//
// Does not live here: the bytes of a number (serve), what the quantised arithmetic costs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::model {

struct Inventory;

/// A checkpoint whose matrices are stored in fewer bits than the rest.
struct Quantised {
  std::string method;         ///< as the file says: "fp8", "mxfp4", "awq", "bitsandbytes"
  std::string precision;      ///< fp8, int8, fp4, mxfp4 or int4; empty where the method is not known
  bool experts_only = false;  ///< mxfp4: the experts; else all matrices but the output's
};

/// @param text  content of a config.json that read_config() has read
/// @return      none where the file says nothing of the kind
/// @errors      ConfigError: as read_config()
std::optional<Quantised> quantised(std::string_view text);

/// The share of the parameters that are stored so.
double quantised_share(const Quantised& how, const Inventory& inventory);

}  // namespace kwhatif::model
