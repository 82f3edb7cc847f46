// What is warned of where a network is trained on so many devices, with its layout said or not.
#include "support/catch.hpp"
#include <kwhatif/run/memory_check.hpp>

namespace kwhatif::run {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

std::string warned(const std::string& model, const TrainingLayout& layout, double devices,
                   const std::string& hardware = "h100-sxm5") {
  const auto row = tables().find(catalog::Kind::model, model);
  const Network network = count_network(row->text("config"), model, 4096, model::Recompute::none);
  const auto out = memory_warning(network, layout, devices, *tables().find(catalog::Kind::hardware, hardware),
                                  memory_calibration(tables()));
  return out ? out->code : "";
}

TEST_CASE("with more devices a model first cannot, then may, then does fit") {
  int before = 0;
  std::array<int, 3> seen{};
  for (double devices = 1; devices <= 512; ++devices) {
    const std::string code = warned("llama-3.1-405b", {}, devices);
    const int rank = code == "does-not-fit" ? 0 : code == "may-not-fit" ? 1 : 2;
    INFO(devices << ": " << code);
    CHECK(rank >= before);
    before = rank;
    ++seen.at(static_cast<std::size_t>(rank));
  }
  CHECK(seen[0] >= 86);  // 405.9e9 x 16 B of states over 0.95 x 80 GB: 86 devices at the least, whatever else
  CHECK(seen[1] > 0);
  CHECK(seen[2] > 0);
}

TEST_CASE("a layout that is said is judged as it is") {
  using model::Recompute;
  // As in the paper: tensor 8, pipeline 16, sharded optimizer; with and without what makes it fit
  const TrainingLayout published{
      .tensor = 8, .pipeline = 16, .zero = 1, .sequence_parallel = true, .recompute = Recompute::full};
  CHECK(warned("llama-3.1-405b", published, 16384).empty());
  TrainingLayout layout = published;
  layout.pipeline = 1;
  CHECK(warned("llama-3.1-405b", layout, 16384) == "does-not-fit");
  layout = published;
  layout.micro_batch = 64;
  CHECK(warned("llama-3.1-405b", layout, 16384) == "does-not-fit");
  layout = published;
  layout.sequence_parallel = false;
  layout.recompute = Recompute::none;
  CHECK(warned("llama-3.1-405b", layout, 16384) == "does-not-fit");
  // fewer devices than the layout has places: that is told elsewhere
  CHECK(warned("llama-3.1-405b", published, 64).empty());
  CHECK(warned("gpt2", {}, 1, "rtx-4090").empty());
  CHECK(warned("llama-3-8b", {.trainable = 20'000'000, .frozen_weight_bytes = 0.55}, 1, "rtx-4090").empty());
}

}  // namespace
}  // namespace kwhatif::run
