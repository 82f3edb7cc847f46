// Rows of tests/serve/*.csv, and the devices and models that they name.
#pragma once

#include "support/catch.hpp"
#include "support/root.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/serve/service.hpp>
#include <kwhatif/serve/serving_constants.hpp>

#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace kwhatif::serve {

using Texts = std::map<std::string, std::string>;

inline std::vector<Texts> rows_of(const std::string& file) {
  std::ifstream in(testing::repository_root() + "/tests/serve/" + file);
  REQUIRE(in);
  const auto cells_of = [](const std::string& line) {
    std::vector<std::string> out{""};
    for (const char c : line) {
      if (c == ',')
        out.emplace_back();
      else
        out.back() += c;
    }
    return out;
  };
  std::string line;
  REQUIRE(std::getline(in, line));
  const auto head = cells_of(line);
  std::vector<Texts> out;
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    REQUIRE(cells.size() == head.size());
    Texts row;
    for (std::size_t i = 0; i < head.size(); ++i) row[head[i]] = cells[i];
    out.push_back(row);
  }
  return out;
}

inline double number_in(const Texts& row, const std::string& key, double otherwise = 0) {
  const std::string& text = row.at(key);
  return text.empty() ? otherwise : std::stod(text);
}

inline const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

// Devices as the reference calculation writes them; its figures differ in the last digit from those of the
// tables.
inline ServingDevice<> device_of(const std::string& id) {
  const auto made = [](double bandwidth, double peak, double tdp, double idle) {
    const auto rate = quantity::DeviceFlopRate<>::from_coherent(peak);
    return ServingDevice<>{.bandwidth = DeviceBandwidth<>::from_coherent(bandwidth),
                           .peak = rate,
                           .peak_16 = rate,
                           .tdp = quantity::DevicePower<>::from_coherent(tdp),
                           .idle = quantity::DevicePower<>::from_coherent(idle)};
  };
  if (id == "h100-sxm5") return made(3.35e12, 989e12, 700, 75);
  if (id == "h200-sxm") return made(4.80e12, 989e12, 700, 80);
  REQUIRE(id == "b200");
  return made(8.00e12, 2250e12, 1000, 140);
}

inline ServedModel<> model_of(double total, double active, double layers, double cache, double bytes) {
  return {.total = quantity::Parameters<>::from_coherent(total),
          .active = quantity::Parameters<>::from_coherent(active),
          .layers = layers,
          .weight = BytesPerParameter<>::from_coherent(bytes),
          .cache = {{.per_token = BytesPerToken<>::from_coherent(cache)}}};
}

// gpt-oss-120b: half of its layers see 128 tokens, and the reference leaves their cache out.
inline ServedModel<> model_of(const std::string& id) {
  if (id == "llama-3.1-8b") return model_of(8.03e9, 8.03e9, 32, 131072, 2);
  if (id == "llama-3.1-70b") return model_of(70.6e9, 70.6e9, 80, 327680, 2);
  if (id == "llama-3.1-405b-fp8") return model_of(405.9e9, 405.9e9, 126, 516096, 1);
  if (id == "deepseek-v3") return model_of(671e9, 37e9, 61, 70272, 1);
  if (id == "gpt-oss-120b") return model_of(116.8e9, 5.1e9, 36, 36864, 0.55);
  REQUIRE(id == "qwen3-30b-a3b");
  return model_of(30.5e9, 3.3e9, 48, 98304, 2);
}

inline Workload<> workload(double devices, double batch, double prompt, double answer) {
  return {.devices = quantity::Devices<>::from_coherent(devices),
          .batch = Requests<>::from_coherent(batch),
          .prompt = TokensPerRequest<>::from_coherent(prompt),
          .answer = TokensPerRequest<>::from_coherent(answer),
          .accepted = 1,
          .replicas = 1};
}

inline Provision<> provision(const ServingDevice<>& device, double load = 0.5, double host = 0.35,
                             double pue = 1.15) {
  return {
      .load = load, .host = quantity::DevicePower<>::from_coherent(host * device.tdp.coherent()), .pue = pue};
}

}  // namespace kwhatif::serve
