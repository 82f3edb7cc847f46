// Loss laws: what size and data buy, and what the best split of a compute budget is.
//
// The laws were fitted on one corpus and tokenizer each, one epoch, models up to 16B parameters: use
// differences, not absolute losses. Whatever leaves the fitted range comes with a warning in words.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// L(N, D) = E + A/N^alpha + B/D^beta, in nats per token.
struct LossLaw {
  std::string_view id;
  std::string_view title;
  std::string_view source;
  double irreducible;  ///< E
  double A;
  double B;
  double alpha;
  double beta;
};

/// The laws to choose from, the default (Besiroglu 2024) first.
std::span<const LossLaw> loss_laws();
/// The law of that id; nullptr where there is none.
const LossLaw* find_loss_law(std::string_view id);

/// Loss of a model of N parameters after D tokens.
///
/// @param parameters  N, embeddings included   [param]  > 0
/// @param tokens      D                        [token]  > 0
/// @return            [nats/token]
/// @source            hoffmann-2022, eq. 2; besiroglu-2024
double predicted_loss(const LossLaw& law, double parameters, double tokens);

/// Size and data that a budget is best spent on.
struct ComputeOptimal {
  double parameters = 0;  ///< N*  [param]
  double tokens = 0;      ///< D*  [token]
  double loss = 0;        ///< [nats/token]
};

/// The lowest loss for a training compute of C = 6·N·D.
///
///   G = (alpha·A / (beta·B))^(1/(alpha+beta));  N* = G · (C/6)^(beta/(alpha+beta));  D* = (C/6) / N*
///
/// @param flop  C  [FLOP]  > 0
/// @source      hoffmann-2022, eq. 4
/// @tested      golden: Besiroglu's constants at 5.88e23 FLOP give 7.30e10 parameters and 1.34e12 tokens
ComputeOptimal compute_optimal(const LossLaw& law, double flop);

/// Tokens that make a given size compute-optimal: alpha·A/N^alpha = beta·B/D^beta.
///
/// @param parameters  N  [param]  > 0
/// @return            D  [token]
double optimal_tokens(const LossLaw& law, double parameters);

/// Tokens after which a model of this size reaches the loss.
///
///   D = (B / (L − E − A/N^alpha))^(1/beta)
///
/// @return  nothing where the size cannot reach the loss with any data
std::optional<double> tokens_for_loss(const LossLaw& law, double parameters, double loss);

/// Tokens per parameter from which a law says little, and beyond which it is not asked: the largest ratio
/// measured, where laws already promise too much.
/// @source  sardana-2024, figure 4 (up to 10,000 tokens per parameter)
inline constexpr double many_tokens_per_parameter = 1'000;
inline constexpr double most_tokens_per_parameter = 10'000;

/// Why a point lies outside what the law was fitted on, in sentences; empty where it does not.
///
/// @source  hoffmann-2022, section 3 (5e8 to 5e11 tokens, up to 16B parameters)
std::vector<std::string> extrapolation_warnings(const LossLaw& law, double parameters, double tokens);

}  // namespace kwhatif::model
