// Private to the model module: the words of a name in timm, and the mobile networks and RegNets behind them.
#pragma once

#include "image_networks.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// The words of a name, between underscores.
std::vector<std::string_view> words_of(std::string_view name);
/// "224"
std::optional<std::uint64_t> whole_word(std::string_view text);
/// "patch16" behind "patch"
std::optional<std::uint64_t> number_behind(std::string_view word, std::string_view before);

/// efficientnet_b0 to b8, efficientnetv2_s to l, mobilenetv2, mobilenetv3; with "tf_" in front as well.
std::optional<MobileShape> mobile_named(std::vector<std::string_view> words);
/// Sandler 2018: the baseline scaled in width.
MobileShape mobilenet_v2(double width);
/// regnety_002 to regnety_320
std::optional<RegNetShape> regnet_named(std::string_view name, Count image);

}  // namespace kwhatif::model
