#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/synonym.hpp>

#include <array>

namespace kwhatif::run {

namespace {

constexpr std::array synonyms{
    Synonym{"gpus|num-gpus|n-gpus|gpu-count|devices|num-devices|accelerators|tpus|cpus|workers|world-"
            "size|count",
            Input::chips, "the name of the device is the hardware"},
    Synonym{"gpu|gpus-type|gpu-type|gpu-model|device|device-name|accelerator|tpu|cpu|card|chip",
            Input::hardware, "the number of devices is chips"},
    Synonym{"instance|instance-type|machine-type|vm|vm-size|host", Input::hardware,
            "the number of hosts is nodes"},
    Synonym{"hosts|servers|instances|machines|num-nodes|nnodes", Input::nodes, ""},
    Synonym{"batch|batch-size|bs|train-batch-size|global-batch-size|gradient-accumulation-steps|grad-accum",
            Input::global_batch, "tokens of one optimizer step on all devices: sequences x tokens in each"},
    Synonym{"micro-batch-size|mbs|per-device-train-batch-size", Input::micro_batch, "sequences per replica"},
    Synonym{"software|trainer|library|stack", Input::framework, ""},
    Synonym{"tp|tensor-model-parallel-size", Input::tensor_parallel, ""},
    Synonym{"pp|pipeline-model-parallel-size", Input::pipeline_parallel, ""},
    Synonym{"cp|sequence-parallel", Input::context_parallel, ""},
    Synonym{"ep", Input::expert_parallel, ""},
    Synonym{"vp|interleaving|virtual-pipeline", Input::virtual_stages, ""},
    Synonym{"fsdp|zero-stage", Input::zero, "full sharding (FSDP) is 3"},
    Synonym{"torch-compile|compile", Input::compiled, "yes or no"},
    Synonym{"flash-attention|flash-attn|attn-implementation", Input::attention, "fused or unfused"},
    Synonym{"interconnect|bandwidth|infiniband|network-bandwidth", Input::network,
            "per device and direction, as all-reduces reach it"},
    Synonym{"num-layers|n-layers|n-layer|depth|num-hidden-layers", Input::layers, ""},
    Synonym{"hidden-size|d-model|n-embd|width|embed-dim", Input::hidden, ""},
    Synonym{"num-attention-heads|n-heads|n-head|num-heads", Input::heads, ""},
    Synonym{"num-key-value-heads|n-kv-heads", Input::kv_heads, ""},
    Synonym{"intermediate-size|ffn-hidden-size|d-ff|ffn-dim|mlp-size", Input::ffn, ""},
    Synonym{"vocab-size|vocabulary", Input::vocab, ""},
    Synonym{"num-experts|n-experts|num-local-experts", Input::experts, ""},
    Synonym{"top-k|num-experts-per-tok|moe-top-k", Input::experts_per_token, ""},
    Synonym{"throughput|tokens-per-sec|tok-s|tps|tokens-per-second-per-gpu", Input::tokens_per_second,
            "per device; of all together it is --total-tokens-per-second"},
    Synonym{"samples-per-sec|images-per-second|images-per-sec|img-s|examples-per-second|sequences-per-second",
            Input::samples_per_second, "per device; of all together it is --total-samples-per-second"},
    Synonym{"it-s|iterations-per-second|iters-per-sec|steps-per-sec", Input::steps_per_second,
            "with --global-batch"},
    Synonym{"s-it|seconds-per-step|time-per-step|time-per-iteration|iteration-time|sec-per-iter",
            Input::step_time, "with --global-batch"},
    Synonym{"board-power|gpu-board-power", Input::accelerator_power,
            "measured on the board: the host is added"},
    Synonym{"flop-rate|achieved", Input::tflops, "per device"},
    Synonym{"resolution|img-size|image-resolution|input-size", Input::image_size, "in pixels"},
    Synonym{"progress|completed", Input::done, "a share of the run, or tokens so far"},
    Synonym{"lora|qlora|peft|adapter|adapters|fine-tune|fine-tuning|sft", Input::finetune,
            "full, lora or qlora"},
    Synonym{"lora-rank|lora-r", Input::rank, ""},
    Synonym{"carbon-intensity|intensity|grid-intensity|co2-intensity|emission-factor|carbon|co2-per-kwh",
            Input::ci, ""},
    Synonym{"country|country-iso-code|location|place|state|zone", Input::grid,
            "a cloud region, provider:region, is the region"},
    Synonym{"cloud|cloud-region|datacenter|provider|availability-zone", Input::region,
            "provider:region, such as gcp:us-central1"},
    Synonym{"lr|learning-rate|optimizer|warmup|warmup-steps|weight-decay|dropout|seed|scheduler|lr-scheduler",
            std::nullopt, "it changes neither energy nor CO2e"},
    Synonym{"max-steps|num-steps|train-steps|iterations|iters|max-iters", Input::steps,
            "with --global-batch"},
    Synonym{"num-samples|train-samples|images|num-images|examples|num-examples", Input::samples,
            "in the data set; --epochs counts passes"},
    Synonym{"dataset|dataset-size|train-tokens|training-tokens|num-tokens|n-tokens", Input::tokens,
            "of samples: --samples"},
    Synonym{"num-train-epochs|num-epochs|max-epochs|passes", Input::epochs, ""},
    Synonym{"model-name|model-name-or-path|model-id|arch|architecture", Input::model,
            "a config.json is the config"},
    Synonym{"parameters|num-parameters|n-params|model-size|size|weights", Input::params, ""},
    Synonym{"active-params|active-parameters|activated", Input::active, ""},
    Synonym{"seqlen|sequence-length|max-seq-length|max-length|context|context-length|ctx|block-size",
            Input::seq_len, ""},
    Synonym{"dtype|data-type|fp16|bf16|fp8|fp32|tf32|amp|mixed-precision|half", Input::precision,
            "fp64, fp32, tf32, fp16, bf16, fp8 or fp4"},
    Synonym{"utilization|utilisation|gpu-utilization|gpu-util|efficiency", Input::mfu,
            "of the peak FLOP rate, not what nvidia-smi calls utilisation"},
    Synonym{"watts|watt|wattage|tdp|gpu-power|device-power|average-power", Input::power,
            "the average of a device with its share of the host"},
    Synonym{"system-power|node-power|cluster-power", Input::total_power, ""},
    Synonym{"duration|time|runtime|walltime|train-time|training-time|elapsed|days|hour", Input::hours,
            "with any unit of time: 14.8 days, 10:01:48, 2h30m"},
    Synonym{"gpu-hours|gpu-days|chip-hours|tpu-hours|device-time", Input::device_hours, ""},
    Synonym{"flop|total-flops|training-flops|compute|pf-days|petaflop-days", Input::flops, ""},
    Synonym{"gradient-checkpointing|activation-checkpointing|checkpointing|remat|recomputation",
            Input::recompute, "none, selective or full"},
    Synonym{"cost|hourly-price|price-per-hour|hourly-cost|rate-per-hour", Input::price,
            "per device and hour"},
    Synonym{"market-intensity|ppa|rec|recs|market-based", Input::ci_market, ""},
    Synonym{"power-usage-effectiveness|cooling-overhead", Input::pue, ""},
    Synonym{"date|vintage", Input::year, ""},
    Synonym{"trials|num-trials|repeats|repetitions|num-runs", Input::runs, ""},
    Synonym{"kwh|energy-consumed|energy-kwh|it-energy", Input::energy, "measured IT energy of one run"},
};

bool listed(std::string_view words, const std::string& folded) {
  const auto all = diag::parts(words);
  return std::any_of(all.begin(), all.end(),
                     [&](std::string_view word) { return diag::fold(word) == folded; });
}

}  // namespace

std::span<const Synonym> synonym_table() { return synonyms; }

std::string meant_by(std::string_view word, Naming naming) {
  while (word.starts_with('-')) word.remove_prefix(1);
  const std::string folded = diag::fold(word);
  for (const Synonym& row : synonyms) {
    if (folded.empty() || !listed(row.words, folded)) continue;
    std::string out;
    if (row.input) {
      const InputInfo& input = info(*row.input);
      out = naming == Naming::flag  ? "use --" + std::string{input.flag}
            : naming == Naming::key ? "the key is " + std::string{input.key}
                                    : "use " + std::string{input.flag};
    }
    if (!row.advice.empty()) out += (out.empty() ? "" : "; ") + std::string{row.advice};
    return out;
  }
  return {};
}

}  // namespace kwhatif::run
