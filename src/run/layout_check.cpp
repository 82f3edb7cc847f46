// Whether a training can be laid out as it is said: parallel parts against devices and layers, batches
// against sequences.
#include "resolver.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::run {

void Resolver::check_layout() {
  if (options_.moved) return;  // a share of a device more or less, to see what follows
  const auto parts = [&](Input input) { return static_cast<double>(numbers_.whole(input).value_or(1)); };
  const double stages = parts(Input::pipeline_parallel);
  const double places = parts(Input::tensor_parallel) * stages * parts(Input::context_parallel);
  const bool counted = scenario_.has(Input::chips) || scenario_.has(Input::nodes);
  if (counted && has(Slot::devices) && places > value(Slot::devices)) {
    std::string product;
    const Given* largest = nullptr;
    double most = 0;
    for (const Input input : {Input::tensor_parallel, Input::pipeline_parallel, Input::context_parallel}) {
      const auto& given = scenario_.get(input);
      if (!given) continue;
      product += (product.empty() ? "" : " x ") + given->named + " " + given->text;
      if (parts(input) > most) largest = &*given;
      most = std::max(most, parts(input));
    }
    fault("conflict",
          "this layout needs " + quantity::shortest(places) + " devices (" + product + "), and there are " +
              quantity::shortest(value(Slot::devices)),
          largest->where, "tensor x pipeline x context parallelism is at most the number of devices");
  }
  if (out_.network && !out_.network->architecture.stacks.empty()) {
    double layers = 2;  // the two tables may be stages of their own
    for (const auto& stack : out_.network->architecture.stacks) {
      for (const auto& block : stack.blocks) layers += block.layers.as_double();
    }
    const bool interleaved = stages > 1 && scenario_.has(Input::virtual_stages);
    const double pieces = stages * (interleaved ? parts(Input::virtual_stages) : 1);
    if (pieces > layers)
      fault("conflict",
            "a pipeline of " + quantity::shortest(pieces) + " parts is longer than " + out_.network->name +
                ", which has " + quantity::shortest(layers - 2) + " layers",
            scenario_.get(Input::pipeline_parallel)->where,
            "pipeline stages, times virtual stages, are at most the layers");
  }
  if (!out_.forecast || out_.forecast->per_unit != 1 || !out_.forecast->training.network) return;
  const auto& s = out_.forecast->forecast.settings;
  const std::string of_length = "a sequence of " + quantity::shortest(s.length) + " tokens";
  const auto& batch = scenario_.get(Input::global_batch);
  if (batch && numbers_.quantity(Input::global_batch) && s.batch < s.length)
    warn("small-batch", batch->named + " = " + batch->text + " is less than " + of_length,
         "it counts tokens, not sequences: so many sequences are " +
             quantity::human(s.batch * s.length, quantity::dim::token),
         batch->where);
  const auto sequences = numbers_.whole(Input::micro_batch);
  const double share = s.batch * places / s.devices / s.length;  // of one replica, in sequences
  constexpr double rounding = 1e-6;
  if (batch && counted && sequences &&
      static_cast<double>(*sequences) > std::max(1.0, share) * (1 + rounding)) {
    const auto& given = *scenario_.get(Input::micro_batch);
    warn("small-batch",
         given.named + " = " + given.text + " is more than a replica's share of the batch, " +
             quantity::significant(share) + " sequences",
         "a larger --global-batch, or fewer replicas", given.where);
  }
}

}  // namespace kwhatif::run
