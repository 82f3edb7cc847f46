#include <kwhatif/model/image_size.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace kwhatif::model {

namespace {

// Pixels along the side of one position that a denoising network sees: 1 of pixels; 8 behind the usual
// autoencoders; 16 where four of their latents are packed into one position of at least 64 channels (FLUX,
// Qwen-Image); 32 behind that of SANA.
template <class Json>
std::uint64_t pixels_per_position(const Json& config) {
  constexpr std::uint64_t latent = 8;
  constexpr std::uint64_t packed = 16;
  constexpr std::uint64_t deep = 32;
  constexpr std::uint64_t packed_channels = 64;
  constexpr std::uint64_t colours = 3;
  if (!config.contains("in_channels") || !config["in_channels"].is_number_unsigned()) return 1;
  const auto channels = config["in_channels"].template get<std::uint64_t>();
  if (channels == colours) return 1;
  const std::string name = config.value("_class_name", std::string{});
  if (name.starts_with("Sana")) return deep;
  return channels >= packed_channels ? packed : latent;
}

}  // namespace

std::string at_image_size(std::string_view text, std::uint64_t side) {
  using Json = nlohmann::ordered_json;
  Json config = Json::parse(text, nullptr, false);
  if (config.is_discarded() || !config.is_object()) return std::string{text};
  const bool diffusers = config.contains("_class_name") || config.contains("sample_size");
  if (diffusers) {
    const std::uint64_t pixels = pixels_per_position(config);
    config["sample_size"] = std::max<std::uint64_t>(1, side / pixels);
  } else {
    config["image_size"] = side;
  }
  if (const auto tower = config.find("vision_config"); tower != config.end() && tower->is_object())
    (*tower)["image_size"] = side;
  return config.dump();
}

std::optional<std::uint64_t> image_size_of(std::string_view text) {
  const auto config = nlohmann::ordered_json::parse(text, nullptr, false);
  if (config.is_discarded() || !config.is_object()) return std::nullopt;
  const bool diffusers = config.contains("_class_name") || config.contains("sample_size");
  const auto found = config.find(diffusers ? "sample_size" : "image_size");
  if (found == config.end() || !found->is_number_unsigned()) return std::nullopt;
  constexpr std::uint64_t most = 1U << 20U;
  const auto side = found->get<std::uint64_t>();
  if (side == 0 || side > most) return std::nullopt;
  return diffusers ? side * pixels_per_position(config) : side;
}

bool sees_images(const Architecture& architecture) {
  return architecture.kind == Kind::vision_transformer || architecture.kind == Kind::convolutional ||
         architecture.kind == Kind::diffusion || !architecture.towers.empty();
}

}  // namespace kwhatif::model
