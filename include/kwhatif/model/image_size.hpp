// A config at another image size: the same network on larger or smaller images.
#pragma once

#include <kwhatif/model/architecture.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::model {

/// The config.json with its image size set: `image_size` of the file and of its vision_config, of a denoising
/// network `sample_size` in its latent pixels.
///
/// @param text  content of a config.json; handed back as it is where it is no JSON object
/// @param side  of the images  [pixel]  > 0
/// @return      a config whose places are no longer those of the file
std::string at_image_size(std::string_view text, std::uint64_t side);

/// The size of the images of a config, as at_image_size() sets it: in pixels of a side.
///
/// @return  none where the config does not say, or says different sides
std::optional<std::uint64_t> image_size_of(std::string_view text);

/// Whether the size of an image bears on the network.
bool sees_images(const Architecture& architecture);

}  // namespace kwhatif::model
