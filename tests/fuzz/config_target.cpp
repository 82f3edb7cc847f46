// A Hugging Face config.json: read and counted.
#include "finite.hpp"
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/run/network.hpp>

namespace kwhatif::fuzz {

void config(std::string_view input) {
  try {
    for (const double length : {1.0, 4096.0}) {
      const auto network = run::count_network(input, "config.json", length, model::Recompute::full);
      require_finite(network.flops.forward.coherent(), "forward FLOP");
      require_finite(network.flops.training.coherent(), "training FLOP");
      require_finite(network.flops.training_executed.coherent(), "executed FLOP");
      require_finite(network.flops.six_n.coherent(), "6 N");
      if (network.parameters.active.value() > network.parameters.total.value())
        broken("more parameters are used per token than there are");
      model::MemoryOptions options;
      options.sequence_length = length;
      require_finite(
          model::training_memory(network.architecture, network.inventory, options).total().coherent(),
          "memory");
      diag::render(network.remarks);
    }
  } catch (const diag::Error& error) {
    diag::render(error.diagnostics());
  }
}

}  // namespace kwhatif::fuzz
