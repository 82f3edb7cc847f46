#include <kwhatif/model/image_size.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace kwhatif::model {

std::string at_image_size(std::string_view text, std::uint64_t side) {
  using Json = nlohmann::ordered_json;
  Json config = Json::parse(text, nullptr, false);
  if (config.is_discarded() || !config.is_object()) return std::string{text};
  // the autoencoders of latent diffusion make one latent pixel of 8 x 8
  constexpr std::uint64_t pixels_per_latent = 8;
  const bool diffusers = config.contains("_class_name") || config.contains("sample_size");
  if (diffusers) {
    const bool latent =
        config.contains("in_channels") && config["in_channels"].is_number() && config["in_channels"] != 3;
    config["sample_size"] = latent ? std::max<std::uint64_t>(1, side / pixels_per_latent) : side;
  } else {
    config["image_size"] = side;
  }
  if (const auto tower = config.find("vision_config"); tower != config.end() && tower->is_object())
    (*tower)["image_size"] = side;
  return config.dump();
}

bool sees_images(const Architecture& architecture) {
  return architecture.kind == Kind::vision_transformer || architecture.kind == Kind::convolutional ||
         architecture.kind == Kind::diffusion || !architecture.towers.empty();
}

}  // namespace kwhatif::model
