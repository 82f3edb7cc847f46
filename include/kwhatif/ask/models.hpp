// What an architecture holds, what a token costs, and the memory that training it needs; or two architectures
// made equal in something.
#pragma once

#include <kwhatif/ask/quality_pair.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/model/equivalence.hpp>
#include <kwhatif/model/loss.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/run/network.hpp>
#include <kwhatif/run/scenario.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// Options are as given: one that is unknown or out of range is an error at its place.
struct ModelQuestion {
  using Option = std::optional<run::Given>;

  run::Given name;              ///< an id of the tables, or the path of a config.json
  document::Reader files = {};  ///< reads a config.json; empty: models of the tables only
  Option seq_len = {};
  Option image_size = {};  ///< side of images  [pixel]
  Option recompute = {};   ///< none, selective, full

  // a layout of training
  Option hardware = {};
  Option optimizer = {};
  Option zero = {};
  Option micro_batch = {};
  Option chips = {};
  Option tp = {};
  Option pp = {};
  Option ep = {};
  Option context_parallel = {};
  Option virtual_stages = {};
  Option sequence_parallel = {};  ///< yes, no

  // another model beside it
  Option against = {};
  Option equal = {};  ///< tokens, flops, loss
  Option equivalence = {};
  Option loss_law = {};
  Option tokens = {};  ///< of the first
};

/// Memory that training takes in one layout.
struct MemoryPlan {
  model::MemoryOptions options = {};
  bool given = false;  ///< some of the layout was asked for
  model::MemoryNeed need = {};

  std::string device = {};                        ///< id in the tables; empty where none is named
  model::Memory device_memory = {};               ///< of one device; 0 where none is named
  double share = 0;                               ///< the need over that
  model::Fit fit = model::Fit::fits;              ///< the band of the need against that
  std::optional<model::FittingPlan> fewest = {};  ///< devices of that kind that it surely fits into
  std::optional<model::Count> possible = {};      ///< that it may fit into

  // where no device is named
  std::optional<model::Memory> recomputed =
      {};  ///< activations with full recomputation, where no layout is given
  struct Size {
    model::Memory memory;
    std::optional<model::Count> devices;  ///< the fewest that surely suffice; none where too many would
  };
  std::vector<Size> sizes = {};
};

/// One architecture.
struct ModelAnswer {
  run::Network network;
  std::optional<catalog::Row> preset;  ///< its row of the tables, with the published counts
  std::optional<MemoryPlan> memory;    ///< none where there are no sequences
  std::vector<diag::Diagnostic> warnings;
};

/// One side of a comparison of two architectures.
struct Contender {
  std::string name;
  double parameters = 0;              ///< [param]
  double active = 0;                  ///< used per token, without the input table [param]
  Worthy dense;                       ///< the dense model that it is worth, by the rule of the contest
  double flop_per_token = 0;          ///< training, exact [FLOP/token]
  std::optional<double> tokens = {};  ///< nothing where it is unknown, or refused [token]
  std::optional<double> loss = {};    ///< nothing beyond what a law was tested on [nats/token]
  std::optional<double> flop() const {
    return tokens ? std::optional{flop_per_token * *tokens} : std::nullopt;
  }
};

/// Two architectures made equal in something.
struct Contest {
  std::string equal;  ///< tokens, flops or loss
  model::EquivalenceRule equivalence;
  model::LossLaw law;                       ///< of the losses
  std::vector<const model::LossLaw*> laws;  ///< of the tokens at equal loss
  std::optional<QualityPair> quality = {};  ///< at equal loss
  Contender first;
  Contender second;
  std::vector<diag::Diagnostic> warnings = {};
};
/// The first over the second, where both are known.
std::optional<double> ratio(const std::optional<double>& first, const std::optional<double>& second);

/// @errors diag::UsageError: missing-value, unknown-model, cannot-read, unknown-word, out-of-range,
/// unknown-hardware, no-data; those of model::read_config()
ModelAnswer model(const ModelQuestion& question, const catalog::Catalog& tables);
/// The question's model and the one that it is `against`.
/// @errors as model(); wrong-unit where one is no model of text
Contest model_contest(const ModelQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
