// One architecture, or two against each other, for people and for machines.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/model/equivalence.hpp>
#include <kwhatif/model/loss.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/run/network.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::report {

/// A layout of training that memory is asked for.
struct MemoryPlan {
  model::MemoryOptions options;
  bool given = false;       ///< some of it was asked for; else one device and full recomputation beside it
  std::string device = {};  ///< id in the tables; empty where none is named
  model::Memory device_memory;                    ///< of one device; 0 where none is named
  std::optional<model::FittingPlan> fewest = {};  ///< devices of that kind, a tenth of the memory left free
};

/// More tokens than any training could have; all text there is has about 1e15.
inline constexpr double most_tokens = 1e18;

/// One side of a comparison of two architectures.
struct Contender {
  std::string name;
  double parameters = 0;              ///< [param]
  double active = 0;                  ///< used per token, without the input table [param]
  double dense_equivalent = 0;        ///< by the rule of the contest [param]
  double flop_per_token = 0;          ///< training, exact [FLOP/token]
  std::optional<double> tokens = {};  ///< nothing where no amount reaches the loss [token]
  std::optional<double> loss = {};    ///< [nats/token]
  std::optional<double> flop() const {
    return tokens ? std::optional{flop_per_token * *tokens} : std::nullopt;
  }
};

/// Two architectures made equal in something.
struct Contest {
  std::string equal;  ///< tokens, flops or loss
  model::EquivalenceRule equivalence;
  model::LossLaw law;
  Contender first;
  Contender second;
};

/// Parameters, FLOPs and memory of an architecture.
/// @param preset  the row of the tables it comes from, if any: its published counts are shown beside ours
std::string model_text(const run::Network& network, const std::optional<catalog::Row>& preset,
                       const MemoryPlan& plan);
/// Schema kwhatif/model/1.
/// @param warnings  those of the command; the notes on the config stand beside them
std::string model_json(const run::Network& network, const std::optional<catalog::Row>& preset,
                       const MemoryPlan& plan, const std::vector<diag::Diagnostic>& warnings,
                       const catalog::Catalog& catalog);
/// One row; the same columns whatever the network, empty where it has no such part.
std::string model_csv(const run::Network& network, const std::optional<catalog::Row>& preset,
                      const MemoryPlan& plan);
/// The same, a key, a tab and a value per line.
std::string model_plain(const run::Network& network, const std::optional<catalog::Row>& preset,
                        const MemoryPlan& plan);

/// Both sides, the ratio of their training compute, and the rules that decided it.
std::string contest_text(const Contest& contest);
/// Schema kwhatif/model-comparison/1.
std::string contest_json(const Contest& contest, const std::vector<diag::Diagnostic>& warnings,
                         const catalog::Catalog& catalog);
/// One row per side.
std::string contest_csv(const Contest& contest);
/// The same, a key, a tab and a value per line: "first.tokens".
std::string contest_plain(const Contest& contest);

/// "Adam", "8-bit Adam", …
std::string_view optimizer_title(model::Optimizer optimizer);

}  // namespace kwhatif::report
