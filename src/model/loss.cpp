#include <kwhatif/model/loss.hpp>

#include <array>
#include <cmath>

namespace kwhatif::model {
namespace {

constexpr std::array laws = std::to_array<LossLaw>({
    {.id = "besiroglu-2024",
     .title = "Besiroglu et al. 2024, refit of Hoffmann's data",
     .source = "besiroglu-2024",
     .irreducible = 1.8172,
     .A = 482.01,
     .B = 2085.43,
     .alpha = 0.3478,
     .beta = 0.3658},
    {.id = "hoffmann-2022",
     .title = "Hoffmann et al. 2022, approach 3, as printed",
     .source = "hoffmann-2022",
     .irreducible = 1.69,
     .A = 406.4,
     .B = 410.7,
     .alpha = 0.34,
     .beta = 0.28},
    {.id = "hoffmann-2022-source",
     .title = "Hoffmann et al. 2022, approach 3, digits of the paper's source",
     .source = "hoffmann-2022",
     .irreducible = 1.6934,
     .A = 406.4,
     .B = 410.7,
     .alpha = 0.3392,
     .beta = 0.2849},
});

// Range of Hoffmann's runs (section 3), which Besiroglu's refit shares.
constexpr double most_parameters = 16e9;
constexpr double fewest_tokens = 5e8;
constexpr double most_tokens = 5e11;

}  // namespace

std::span<const LossLaw> loss_laws() { return laws; }

const LossLaw* find_loss_law(std::string_view id) {
  for (const LossLaw& law : laws) {
    if (law.id == id) return &law;
  }
  return nullptr;
}

double predicted_loss(const LossLaw& law, double parameters, double tokens) {
  return law.irreducible + law.A / std::pow(parameters, law.alpha) + law.B / std::pow(tokens, law.beta);
}

ComputeOptimal compute_optimal(const LossLaw& law, double flop) {
  constexpr double flop_per_parameter_and_token = 6;  // Kaplan 2020
  const double exponents = law.alpha + law.beta;
  const double split = std::pow(law.alpha * law.A / (law.beta * law.B), 1 / exponents);
  const double product = flop / flop_per_parameter_and_token;
  ComputeOptimal best;
  best.parameters = split * std::pow(product, law.beta / exponents);
  best.tokens = product / best.parameters;
  best.loss = predicted_loss(law, best.parameters, best.tokens);
  return best;
}

double optimal_tokens(const LossLaw& law, double parameters) {
  return std::pow(law.beta * law.B / (law.alpha * law.A) * std::pow(parameters, law.alpha), 1 / law.beta);
}

std::optional<double> tokens_for_loss(const LossLaw& law, double parameters, double loss) {
  const double left = loss - law.irreducible - law.A / std::pow(parameters, law.alpha);
  if (!(left > 0)) return std::nullopt;
  return std::pow(law.B / left, 1 / law.beta);
}

std::vector<std::string> extrapolation_warnings(const LossLaw& law, double parameters, double tokens) {
  std::vector<std::string> warnings;
  const std::string name = " (" + std::string(law.id) + ")";
  if (parameters > most_parameters) {
    warnings.push_back("the loss law was fitted on models up to 16B parameters" + name);
  }
  if (tokens < fewest_tokens || tokens > most_tokens) {
    warnings.push_back("the loss law was fitted on 0.5B to 500B tokens" + name);
  }
  if (tokens > most_tokens_per_parameter * parameters) {
    warnings.push_back("more than 10,000 tokens per parameter: no law was tested there" + name);
  } else if (tokens >= many_tokens_per_parameter * parameters) {
    warnings.push_back("1,000 tokens per parameter or more: the loss law promises too much there" + name);
  }
  return warnings;
}

}  // namespace kwhatif::model
