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
  if (hfu && (mfu || tflops)) {
    fault("conflict",
          "the rate is given twice: " + hfu->text + " (" + hfu->named + ") and " +
              (mfu ? mfu->text + " (" + mfu->named : tflops->text + " (" + tflops->named) + ")",
          hfu->where, "give one of --hfu, --mfu and --tflops");
    return;
  }
  if (hfu && flops && flops->text == "model") {
    fault(
        "conflict",
        hfu->named + " counts repeated forward passes, and " + flops->named + " model says that it does not",
        flops->where, "a utilisation of the model's own FLOPs is --mfu");
    return;
  }
  const auto& rate = hfu ? hfu : mfu ? mfu : tflops;
  const Slot slot = tflops && !mfu ? Slot::achieved : Slot::mfu;
  for (const auto* convention : {&flops, &attention}) {
    if (*convention && !rate)
      warn("no-effect", (*convention)->named + " has no effect: no rate is given",
           "it says what --mfu or --tflops counts", (*convention)->where);
  }
  if (hfu) {  // as an MFU whose convention is hardware
    const auto& number = numbers_.quantity(Input::hfu);
    if (number) set(Slot::mfu, number->coherent, {.origin = {}, .half_step = number->half_step});
  }
  if (!rate || !has(slot)) return;
  double over = 1;
  std::string how;
  const auto divide = [&](double ratio, const std::string& what) {
    over *= ratio;
    how += (how.empty() ? "over " : ", and over ") + what;
  };
  const bool counts_repetition = hfu || (flops && flops->text == "hardware");
  if (counts_repetition) {
    const Given& given = hfu ? *hfu : *flops;
    if (!has(Slot::executed_ratio)) {
      fault("missing-input", given.named + ": how much of the forward pass is done again is unknown",
            given.where, "give --recompute none, selective or full; selective needs --model or --config");
      return;
    }
    const double ratio = value(Slot::executed_ratio);
    divide(ratio, quantity::significant(ratio) + ", the executed over the model's FLOPs: recomputation is " +
                      recompute->text);
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
    divide(more, quantity::significant(more, 4) +
                     ", the FLOPs with the whole square of attention over those with its causal half");
  }
  if (how.empty()) return;
  set(slot, value(slot) / over,
      {.origin = {.responsible = Responsible::derived,
                  .standing = Standing::derived,
                  .source = {},
                  .at = rate->named,
                  .note = rate->text + " (" + rate->named + ") " + how,
                  .text = rate->text},
       .half_step = out_.record(slot).half_step / over});
}

}  // namespace kwhatif::run
