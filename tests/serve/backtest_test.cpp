// The energy of serving against measured requests.
//
// chat_rows.csv: 328 configurations of ML.ENERGY v3, task lm-arena-chat (ml-energy/leaderboard at 0cd52da,
// public/data/tasks/lm-arena-chat.json, Apache-2.0): energy of the boards alone, per token of the answers.
// The lengths of the prompts are not in it; 150 tokens are taken. The constants were fitted to these rows.
#include "cases.hpp"

#include <algorithm>
#include <cmath>

namespace kwhatif::serve {
namespace {

struct Misses {
  std::vector<double> logarithms;
  double rms() const {
    double sum = 0;
    for (const double x : logarithms) sum += x * x;
    return std::sqrt(sum / static_cast<double>(logarithms.size()));
  }
  double median() {
    std::sort(logarithms.begin(), logarithms.end());
    return logarithms[logarithms.size() / 2];
  }
};

// Only the size is taken of these models: layers and cache by the rule for unknown architectures.
Step<> predicted(const Texts& row) {
  const double total = number_in(row, "params_total");
  const double layers = std::round(constant(tables(), "layers").value *
                                   std::pow(total / 1e9, constant(tables(), "layers-power").value));
  const double cache = constant(tables(), "cache-per-layer").value * layers;
  const auto model = model_of(total, number_in(row, "params_active"), layers, cache,
                              bytes_of(tables(), row.at("precision"))->coherent());
  auto work =
      workload(number_in(row, "devices"), number_in(row, "batch"), 150, number_in(row, "answer_tokens"));
  work.replicas = number_in(row, "replicas");
  return step(model, device_of(row.at("hardware")), engine_constants(tables(), Engine::standard), work);
}

}  // namespace

TEST_CASE("measured chat requests take what the model says", "[serve][backtest]") {
  Misses energy, rate, watts;
  std::size_t dense = 0, dense_within = 0, sparse = 0, sparse_within = 0;
  const double dense_band = constant(tables(), "band-dense").value;
  const double sparse_band = constant(tables(), "band-sparse").value;
  for (const Texts& row : rows_of("chat_rows.csv")) {
    const auto s = predicted(row);
    const double miss = std::log(s.energy_per_token().coherent() / number_in(row, "j_per_token"));
    energy.logarithms.push_back(miss);
    rate.logarithms.push_back(std::log(s.token_rate().coherent() / number_in(row, "tokens_per_s")));
    watts.logarithms.push_back(std::log(s.power.coherent() / number_in(row, "watts")));
    const bool is_dense = row.at("params_total") == row.at("params_active");
    const double band = std::log(is_dense ? dense_band : sparse_band);
    (is_dense ? dense : sparse) += 1;
    if (std::fabs(miss) <= band) (is_dense ? dense_within : sparse_within) += 1;
  }
  CHECK(energy.logarithms.size() == 328);
  CHECK(energy.rms() <= 0.27);
  CHECK(std::fabs(energy.median()) < 0.05);
  CHECK(rate.rms() <= 0.25);
  CHECK(watts.rms() <= 0.20);
  // 5 to 95 %: nine of ten, not all
  const auto share = [](std::size_t part, std::size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  INFO("dense " << dense_within << " of " << dense << ", sparse " << sparse_within << " of " << sparse);
  CHECK(share(dense_within, dense) > 0.85);
  CHECK(share(dense_within, dense) < 0.99);
  CHECK(share(sparse_within, sparse) > 0.85);
}

// Without what scheduling takes for each request, large batches would be far too good.
TEST_CASE("the term of each request carries weight", "[serve][backtest]") {
  Misses with, without;
  for (const Texts& row : rows_of("chat_rows.csv")) {
    const auto s = predicted(row);
    const double measured = number_in(row, "tokens_per_s");
    with.logarithms.push_back(std::log(s.token_rate().coherent() / measured));
    const double scheduling = constant(tables(), "request-time").value * number_in(row, "batch");
    without.logarithms.push_back(std::log(s.tokens.coherent() / (s.time.coherent() - scheduling) / measured));
  }
  CHECK(without.rms() > with.rms() + 0.1);
}

}  // namespace kwhatif::serve
