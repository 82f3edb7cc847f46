// The families of config.json that are read with their own rules.
#pragma once

#include <kwhatif/model/architecture.hpp>

#include <span>
#include <string_view>

namespace kwhatif::model {

/// One model_type and the rules behind it.
struct Family {
  std::string_view model_type;  ///< as config.json writes it
  std::string_view title;       ///< what is printed as "read as"
  Kind kind;
};

/// All of them, by kind and then as they appeared over the years.
std::span<const Family> families();

}  // namespace kwhatif::model
