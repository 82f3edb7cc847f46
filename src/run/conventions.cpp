// Rates as papers print them: those that count repeated forward passes, or the whole square of attention,
// become rates of the model's own FLOPs.
#include "resolver.hpp"
#include <kwhatif/quantity/format.hpp>

namespace kwhatif::run {

using catalog::Responsible;
using catalog::Standing;

void Resolver::resolve_conventions() {
  const auto& hfu = scenario_.get(Input::hfu);
  const auto& flops = scenario_.get(Input::flops_convention);
  const auto& attention = scenario_.get(Input::mfu_convention);
  const auto& recompute = scenario_.get(Input::recompute);
  const auto& mfu = scenario_.get(Input::mfu);
  const auto& tflops = scenario_.get(Input::tflops);
  const auto scaled = [&](Slot slot, double factor, const Given& given, const std::string& how) {
    const double given_value = slot == Slot::mfu && &given == (hfu ? &*hfu : nullptr)
                                   ? numbers_.quantity(Input::hfu)->coherent
                                   : value(slot);
    const double half_step = given_value > 0 ? out_.record(slot).half_step * factor : 0;
    set(slot, given_value * factor,
        {.origin = {.responsible = Responsible::derived,
                    .standing = Standing::derived,
                    .source = {},
                    .at = given.named,
                    .note = given.text + " (" + given.named + ") " + how,
                    .text = given.text},
         .half_step = half_step});
  };
  const auto repeated = [&]() -> std::optional<std::pair<double, std::string>> {
    if (!has(Slot::executed_ratio)) return std::nullopt;
    const double ratio = value(Slot::executed_ratio);
    return std::pair{1 / ratio, "over " + quantity::significant(ratio) +
                                    ", the executed over the model's FLOPs: recomputation is " +
                                    recompute->text};
  };
  const auto needs_recompute = [&](const Given& given) {
    fault("missing-input", given.named + ": how much of the forward pass is done again is unknown",
          given.where, "give --recompute none, selective or full; selective needs --model or --config");
  };
  if (hfu) {
    if (mfu || tflops) {
      fault("conflict",
            "the rate is given twice: " + hfu->text + " (" + hfu->named + ") and " +
                (mfu ? mfu->text + " (" + mfu->named : tflops->text + " (" + tflops->named) + ")",
            hfu->where, "give one of --hfu, --mfu and --tflops");
      return;
    }
    const auto factor = repeated();
    if (!factor) return needs_recompute(*hfu);
    if (numbers_.quantity(Input::hfu)) scaled(Slot::mfu, factor->first, *hfu, factor->second);
    return;
  }
  const auto& rate = mfu ? mfu : tflops;
  const Slot slot = mfu ? Slot::mfu : Slot::achieved;
  for (const auto* convention : {&flops, &attention}) {
    if (*convention && !rate)
      warn("no-effect", (*convention)->named + " has no effect: no rate is given",
           "it says what --mfu or --tflops counts", (*convention)->where);
  }
  if (!rate || !has(slot)) return;
  if (flops && flops->text == "hardware") {
    const auto factor = repeated();
    if (!factor) return needs_recompute(*flops);
    scaled(slot, factor->first, *rate, factor->second);
  } else if (!flops && recompute && recompute->text != "none") {
    warn("flops-convention",
         rate->named + " is read as a rate of the model's own FLOPs, though the forward pass is repeated",
         "a rate that counts the repetition: --flops-convention hardware; else --flops-convention model",
         rate->where);
  }
  if (attention && attention->text == "full-attention") {
    if (!out_.network) {
      fault("missing-input", attention->named + " full-attention needs an architecture", attention->where,
            "give --model, --config or --layers with its sizes");
      return;
    }
    const double more = full_attention_flops(*out_.network);
    scaled(slot, 1 / more, *rate,
           "over " + quantity::significant(more, 4) +
               ", the FLOPs with the whole square of attention over those with its causal half");
  }
}

}  // namespace kwhatif::run
