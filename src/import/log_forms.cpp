#include "log_forms.hpp"

#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <array>
#include <cmath>

namespace kwhatif::imports {

namespace {

using enum Take;

constexpr std::array nanogpt{Mark{"iter ", step}, Mark{", time ", step_milliseconds},
                             Mark{"mfu ", mfu_percent}};
constexpr std::array llmc{Mark{"step ", step},
                          Mark{" ms |", step_milliseconds, true},
                          Mark{" tok/s", tokens_total, true},
                          Mark{"% bf16 MFU", mfu_percent, true},
                          Mark{"% fp32 MFU", mfu_percent, true},
                          Mark{"% fp16 MFU", mfu_percent, true}};
constexpr std::array torchtitan{Mark{"step:", step},         Mark{"tps:", tokens_device},
                                Mark{"wps:", tokens_device}, Mark{"tflops:", teraflops},
                                Mark{"mfu:", mfu_percent},   Mark{"memory:", memory}};
constexpr std::array megatron{Mark{"iteration", step},
                              Mark{"elapsed time per iteration (ms):", step_milliseconds},
                              Mark{"elapsed time per iteration (s):", step_seconds},
                              Mark{"consumed samples:", consumed_samples},
                              Mark{"consumed tokens:", consumed_tokens},
                              Mark{"global batch size:", batch_samples},
                              Mark{"throughput per GPU (TFLOP/s/GPU):", teraflops},
                              Mark{"TFLOPs:", teraflops},
                              Mark{"samples per second:", samples_total},
                              Mark{"tokens per GPU (tokens/s/GPU):", tokens_device},
                              Mark{"tokens-per-second-per-gpu:", tokens_device},
                              Mark{"tokens per gpu per second (tgs):", tokens_device},
                              Mark{"seqlen:", sequence_length}};
constexpr std::array gpt_neox{Mark{"iteration", step}, Mark{"samples/sec:", samples_total},
                              Mark{"elapsed time per iteration (ms):", step_milliseconds},
                              Mark{"approx flops per GPU:", teraflops}};
constexpr std::array litgpt{Mark{"iter ", step}, Mark{"iter time:", step_milliseconds}};
constexpr std::array nemo{Mark{"global_step", step}, Mark{"train_step_timing in s", step_seconds},
                          Mark{"consumed_samples", consumed_samples},
                          Mark{"global_batch_size", batch_samples}, Mark{"TFLOPS_per_GPU", teraflops}};
constexpr std::array olmo_core{Mark{"[step=", step},
                               Mark{"throughput/device/TPS", tokens_device},
                               Mark{"throughput/device/MFU", mfu_percent},
                               Mark{"throughput/total tokens", consumed_tokens},
                               Mark{"gpu_memory/GPU active mem (GiB)", memory},
                               Mark{"system/GPU active mem (GiB)", memory}};
constexpr std::array olmo{Mark{"[step=", step}, Mark{"throughput/device/tokens_per_second", tokens_device},
                          Mark{"throughput/total_tokens", consumed_tokens},
                          Mark{"System/Peak GPU Memory (MB)", memory}};
constexpr std::array maxtext{Mark{"completed step:", step}, Mark{"seconds:", step_seconds},
                             Mark{"TFLOP/s/device:", teraflops}, Mark{"TFLOP/s:", teraflops},
                             Mark{"Tokens/s/device:", tokens_device}};
constexpr std::array deepspeed{Mark{"global_step=", step}, Mark{"CurrSamplesPerSec=", samples_total},
                               Mark{"SamplesPerSec=", samples_total}};
constexpr std::array fairseq{Mark{"num_updates=", step}, Mark{"wps=", tokens_total},
                             Mark{"ups=", steps_per_second}, Mark{"wpb=", batch_tokens}};
constexpr std::array timm{Mark{"Time:", step_seconds}, Mark{"/s ", samples_total, true}};
constexpr std::array open_clip{Mark{"Batch (t):", step_seconds}, Mark{"/s/gpu", samples_device, true}};
constexpr std::array torchvision{Mark{"img/s:", samples_device}, Mark{"time:", step_seconds},
                                 Mark{"max mem:", memory}};
constexpr std::array imagenet{Mark{"Time", step_seconds}};
constexpr std::array torchtune{Mark{"Step ", step}, Mark{"tokens_per_second_per_gpu:", tokens_device},
                               Mark{"peak_memory_active:", memory}};
constexpr std::array composer{Mark{"throughput/device/tokens_per_sec:", tokens_device},
                              Mark{"throughput/device/samples_per_sec:", samples_device},
                              Mark{"throughput/tokens_per_sec:", tokens_total},
                              Mark{"throughput/samples_per_sec:", samples_total},
                              Mark{"throughput/device/mfu:", mfu_percent},
                              Mark{"time/token:", consumed_tokens},
                              Mark{"time/batch:", step}};
constexpr std::array nanochat{Mark{"step", step}, Mark{"dt:", step_milliseconds},
                              Mark{"tok/sec:", tokens_total}, Mark{"mfu:", mfu_percent}};
constexpr std::array modded{Mark{"step:", step}, Mark{"step_avg:", step_milliseconds}};
constexpr std::array marian{Mark{"Up. ", step}, Mark{"words/s", tokens_total, true}};
constexpr std::array opennmt{Mark{"Step ", step}, Mark{"tok/s", tokens_total, true}};
constexpr std::array paddle_tokens{Mark{"step", step}, Mark{"avg_batch_cost:", step_seconds},
                                   Mark{"batch_cost:", step_seconds}, Mark{"ips:", tokens_device}};
constexpr std::array paddle{Mark{"Iter:", step},
                            Mark{"iter:", step},
                            Mark{"step:", step},
                            Mark{"avg_batch_cost:", step_seconds},
                            Mark{"batch_cost:", step_seconds},
                            Mark{"avg_ips:", samples_device},
                            Mark{"ips:", samples_device}};
constexpr std::array detectron2{Mark{"iter:", step}, Mark{"time:", step_seconds}};
constexpr std::array mmengine{Mark{"time:", step_seconds}};
constexpr std::array yolox{Mark{"iter:", step}, Mark{"iter_time:", step_seconds}};
constexpr std::array tf_estimator{Mark{"global_step/sec:", steps_per_second}};
constexpr std::array keras{Mark{"ms/step", step_milliseconds, true}};
constexpr std::array per_gpu{Mark{"tokens per gpu per second", tokens_device},
                             Mark{"tokens/sec/gpu", tokens_device, true},
                             Mark{"tokens/s/gpu", tokens_device, true},
                             Mark{"tokens/s/device", tokens_device, true},
                             Mark{"tokens_per_second_per_gpu", tokens_device},
                             Mark{"tokens_per_gpu_per_second", tokens_device},
                             Mark{"step", step},
                             Mark{"iteration", step}};
constexpr std::array in_all{Mark{"samples/sec", samples_total, true}, Mark{"samples/s", samples_total, true},
                            Mark{"images/sec", samples_total, true},  Mark{"img/s", samples_total, true},
                            Mark{"imgs/s", samples_total, true},      Mark{"images/s", samples_total, true},
                            Mark{"tokens/sec", tokens_total, true},   Mark{"tokens/s", tokens_total, true},
                            Mark{"tok/sec", tokens_total, true},      Mark{"tok/s", tokens_total, true},
                            Mark{"samples/sec:", samples_total},      Mark{"tok/sec:", tokens_total},
                            Mark{"tokens/sec:", tokens_total},        Mark{"step", step}};

constexpr std::array heads{
    Mark{"tokens per iteration will be", batch_tokens},
    Mark{"total batch size", batch_tokens},
    Mark{"number of parameters:", parameters},
    Mark{"number parameters:", parameters},
    Mark{"num_parameters", parameters},
    Mark{"Total parameters:", parameters},
    Mark{" total parameters", parameters, true},
    Mark{"global batch size ", batch_samples},
    Mark{"global_batch_size ...", batch_samples},
    Mark{"Total train batch size (w. parallel, distributed & accumulation) =", batch_samples},
    Mark{"Instantaneous batch size per device =", micro_batch},
    Mark{"Gradient Accumulation steps =", accumulation},
    Mark{"Total optimization steps =", steps_planned},
    Mark{"Num examples =", examples},
    Mark{"Num Epochs =", epochs},
    Mark{"sequence length T", sequence_length},
    Mark{"sequence length ", sequence_length},
    Mark{"seq_length ...", sequence_length},
    Mark{"max_seq_length ...", sequence_length},
    Mark{"micro_batch_size ...", micro_batch},
    Mark{"local batch size ", micro_batch},
    Mark{"micro_batch_size=", micro_batch},
    Mark{"global_batch_size=", batch_samples},
    Mark{"max_seq_length=", sequence_length},
    Mark{"distributed processes registered. Starting with", devices},
    Mark{"using world size:", devices},
    Mark{"world_size ...", devices},
    Mark{"num_processes", devices},
    Mark{"Num_devices:", devices}};

// Only the number it prints is taken over; what an MFU is against decides what it means.
void of_nanogpt(Measurement& into) {
  constexpr double a100 = 312;  // TFLOP/s, bf16 dense
  into.convention_full_attention = true;
  for (std::size_t i = 0; i < into.findings.size(); ++i) {
    if (into.findings[i].measure != Measure::mfu) continue;
    const Finding mfu = into.findings[i];
    Finding& rate = found(into, Measure::achieved, mfu.value * a100, mfu.statistic + ", times 312 TFLOP/s",
                          mfu.line_first, mfu.line_last);
    rate.note =
        "nanoGPT divides by 312 TFLOP/s (A100) whatever the card, and counts the full attention square";
    into.findings[i].doubt = "against 312 TFLOP/s (A100) whatever the card";
    break;
  }
}
void of_torchtitan(Measurement& into) {
  into.convention_full_attention = true;
  for (Finding& f : into.findings) {
    if (f.measure == Measure::mfu || f.measure == Measure::achieved)
      f.note = "torchtitan counts the full attention square and no embedding";
  }
}
void of_olmo_core(Measurement& into) {
  into.convention_full_attention = true;
  for (Finding& f : into.findings) {
    if (f.measure == Measure::mfu) f.note = "by the PaLM rule: the full attention square";
  }
}
void of_megatron(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure == Measure::achieved)
      f.note = "FLOPs as its version of Megatron counts them; the time and the batch are the safer basis";
  }
}
void of_gpt_neox(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure == Measure::achieved)
      f.note = "GPT-NeoX counts the recomputation of activations, where it is on, and the whole vocabulary";
  }
  const Finding* const rate = into.find(Measure::total_samples_per_second);
  const Finding* const time = into.find(Measure::step_time);
  if (rate == nullptr || time == nullptr) return;
  const Finding of_rate = *rate;
  found(into, Measure::batch_samples, std::round(of_rate.value * time->value), "samples/sec x time of a step",
        of_rate.line_first, of_rate.line_last);
}
// An iteration is one pass of every device over its micro-batch; so many of them make an optimizer step.
void of_litgpt(Measurement& into) {
  const Finding* const overall = into.find(Measure::step_time_overall);
  const Finding* const median = into.find(Measure::step_time);
  const Finding* const micro = into.find(Measure::micro_batch);
  const Finding* const time = overall != nullptr ? overall : median;
  if (time != nullptr && micro != nullptr) {
    const Finding of_time = *time;
    Finding& rate = found(into, Measure::samples_per_second, micro->value / of_time.value,
                          "micro-batch over the mean time of an iteration, with its optimizer steps",
                          of_time.line_first, of_time.line_last);
    rate.note = "sequences of each device";
  }
  for (Finding& f : into.findings) {
    if (f.measure == Measure::step_time)
      f.doubt = "of an iteration over a micro-batch, of which an optimizer step may take several";
    if (f.measure == Measure::steps) f.doubt = "iterations, not optimizer steps";
  }
}
void of_deepspeed(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure == Measure::total_samples_per_second)
      f.note = "DeepSpeed counts the samples of all devices";
  }
}
void of_torchvision(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure == Measure::samples_per_second) f.note = "each process prints its own images per second";
  }
}
void of_marian(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure == Measure::total_tokens_per_second) f.note = "Marian counts the words of the labels alone";
  }
}
void of_opennmt(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure == Measure::total_tokens_per_second)
      f.doubt = "of the target side alone; those of the source stand before the stroke";
  }
}
void of_paddle(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure == Measure::samples_per_second || f.measure == Measure::tokens_per_second)
      f.note = "ips is the batch of one process over its time";
  }
}
void of_nobody(Measurement& into) {
  for (Finding& f : into.findings) {
    if (f.measure != Measure::total_samples_per_second && f.measure != Measure::total_tokens_per_second)
      continue;
    f.note = "taken as that of all devices";
    warn(into, "odd-log",
         "no tool that kwhatif knows writes this log: its rate is taken as that of all devices together",
         "where it is one device's, move it to the key without total_");
    return;
  }
}

constexpr std::array forms{
    LogForm{.id = "nanogpt-log",
            .name = "nanoGPT log",
            .tool = "nanoGPT",
            .must = "iter \n: loss \n, time \nms",
            .marks = nanogpt,
            .sampled = true,
            .what = "step time, batch, rate of arithmetic",
            .remark = of_nanogpt},
    LogForm{.id = "llmc-log",
            .name = "llm.c log",
            .tool = "llm.c",
            .must = "step \n| loss \n tok/s",
            .marks = llmc,
            .what = "tokens/s in all, step time, batch"},
    LogForm{.id = "torchtitan-log",
            .name = "torchtitan log",
            .tool = "torchtitan",
            .must = "step:\nloss:\nps:\nmemory:",
            .marks = torchtitan,
            .what = "tokens/s per device, step time, memory",
            .remark = of_torchtitan},
    LogForm{.id = "gpt-neox-log",
            .name = "GPT-NeoX log",
            .tool = "GPT-NeoX",
            .must = "samples/sec:\niteration\nelapsed time per iteration (ms)\napprox flops per GPU:\nTFLOPS",
            .marks = gpt_neox,
            .what = "samples/s in all, step time, batch, rate of arithmetic per device",
            .remark = of_gpt_neox},
    LogForm{.id = "litgpt-log",
            .name = "litgpt log",
            .tool = "litgpt",
            .must = "Epoch \n| iter \n| loss train:\n| iter time:",
            .marks = litgpt,
            .what = "time of an iteration, sequences/s per device",
            .remark = of_litgpt},
    LogForm{.id = "megatron-log",
            .name = "Megatron-LM log",
            .tool = "Megatron-LM",
            .must = "iteration\nelapsed time per iteration (",
            .marks = megatron,
            .what = "step time, batch, rate of arithmetic per device",
            .remark = of_megatron},
    LogForm{.id = "nemo-log",
            .name = "NeMo log",
            .tool = "NeMo",
            .must = "train_step_timing in s",
            .marks = nemo,
            .what = "step time, batch"},
    LogForm{.id = "olmo-core-log",
            .name = "OLMo-core log",
            .tool = "OLMo-core",
            .must = "throughput/device/TPS",
            .marks = olmo_core,
            .block = true,
            .what = "tokens/s per device, tokens",
            .remark = of_olmo_core},
    LogForm{.id = "olmo-log",
            .name = "OLMo log",
            .tool = "OLMo",
            .must = "throughput/device/tokens_per_second=",
            .marks = olmo,
            .block = true,
            .what = "tokens/s per device, tokens"},
    LogForm{.id = "maxtext-log",
            .name = "MaxText log",
            .tool = "MaxText",
            .must = "completed step:\nseconds:\nTFLOP/s",
            .marks = maxtext,
            .what = "step time, tokens/s per device"},
    LogForm{.id = "deepspeed-log",
            .name = "DeepSpeed log",
            .tool = "DeepSpeed",
            .must = "SamplesPerSec=",
            .marks = deepspeed,
            .what = "samples/s in all",
            .remark = of_deepspeed},
    LogForm{.id = "fairseq-log",
            .name = "fairseq log",
            .tool = "fairseq",
            .must = "wps=\nups=\nnum_updates=",
            .marks = fairseq,
            .what = "tokens/s in all, step time, batch"},
    LogForm{.id = "timm-log",
            .name = "timm log",
            .tool = "timm",
            .must = "Train:\nTime:\n/s\nLoss",
            .marks = timm,
            .what = "images/s in all, step time"},
    LogForm{.id = "open-clip-log",
            .name = "OpenCLIP log",
            .tool = "OpenCLIP",
            .must = "Train Epoch:\nBatch (t):",
            .marks = open_clip,
            .what = "samples/s per device, step time"},
    LogForm{.id = "torchvision-log",
            .name = "torchvision log",
            .tool = "torchvision",
            .must = "Epoch: [\nimg/s:\ntime:",
            .marks = torchvision,
            .what = "images/s per device, step time",
            .remark = of_torchvision},
    LogForm{.id = "imagenet-log",
            .name = "PyTorch ImageNet example log",
            .tool = "PyTorch examples",
            .must = "Epoch: [\nTime\nData\nLoss",
            .marks = imagenet,
            .sampled = true,
            .what = "step time"},
    LogForm{.id = "torchtune-log",
            .name = "torchtune log",
            .tool = "torchtune",
            .must = "Step \ntokens_per_second_per_gpu:",
            .marks = torchtune,
            .what = "tokens/s per device, memory"},
    LogForm{.id = "composer-log",
            .name = "Composer log",
            .tool = "Composer",
            .must = "throughput/\n_per_sec:",
            .marks = composer,
            .block = true,
            .what = "tokens/s and samples/s"},
    LogForm{.id = "nanochat-log",
            .name = "nanochat and build-nanogpt log",
            .tool = "nanochat",
            .must = "step\n dt:\ntok/sec:",
            .marks = nanochat,
            .what = "tokens/s in all, step time"},
    LogForm{.id = "modded-nanogpt-log",
            .name = "modded-nanogpt log",
            .tool = "modded-nanogpt",
            .must = "step:\ntrain_time:\nstep_avg:",
            .marks = modded,
            .sampled = true,
            .what = "step time"},
    LogForm{.id = "marian-log",
            .name = "Marian log",
            .tool = "Marian",
            .must = "Ep. \n: Up. \n: Cost \n words/s",
            .marks = marian,
            .what = "words/s in all, step time",
            .remark = of_marian},
    LogForm{.id = "opennmt-log",
            .name = "OpenNMT-py log",
            .tool = "OpenNMT-py",
            .must = "Step \nacc:\nppl:\n tok/s",
            .marks = opennmt,
            .what = "step time",
            .remark = of_opennmt},
    LogForm{.id = "paddle-tokens-log",
            .name = "PaddlePaddle log of tokens",
            .tool = "PaddlePaddle",
            .must = "batch_cost:\nips:\ntokens/s",
            .marks = paddle_tokens,
            .what = "tokens/s per device, step time",
            .remark = of_paddle},
    LogForm{.id = "paddle-log",
            .name = "PaddlePaddle log",
            .tool = "PaddlePaddle",
            .must = "batch_cost:\nips:",
            .marks = paddle,
            .what = "samples/s per device, step time",
            .remark = of_paddle},
    LogForm{.id = "detectron2-log",
            .name = "Detectron2 log",
            .tool = "Detectron2",
            .must = "eta:\niter:\ntotal_loss:\ntime:\ndata_time:",
            .marks = detectron2,
            .what = "step time"},
    LogForm{.id = "mmengine-log",
            .name = "MMEngine log",
            .tool = "MMEngine",
            .must = "(train)\nlr:\n time:\ndata_time:",
            .marks = mmengine,
            .what = "step time"},
    LogForm{.id = "yolox-log",
            .name = "YOLOX log",
            .tool = "YOLOX",
            .must = "iter:\niter_time:\ndata_time:\nloss:",
            .marks = yolox,
            .what = "step time"},
    LogForm{.id = "tf-estimator-log",
            .name = "TensorFlow Estimator log",
            .tool = "TensorFlow",
            .must = "global_step/sec:",
            .marks = tf_estimator,
            .what = "steps/s"},
    LogForm{.id = "keras-log",
            .name = "Keras log",
            .tool = "Keras",
            .must = "ms/step\nloss",
            .marks = keras,
            .what = "step time"},
    LogForm{.id = "rate-per-device-log",
            .name = "log of rates per device",
            .tool = "",
            .must = "|per-gpu",
            .marks = per_gpu,
            .certain = false,
            .what = "tokens/s per device"},
    LogForm{.id = "rate-log",
            .name = "log of rates",
            .tool = "",
            .must = "|rates",
            .marks = in_all,
            .certain = false,
            .what = "samples/s or tokens/s in all",
            .remark = of_nobody},
};

}  // namespace

std::span<const LogForm> log_forms() { return forms; }
std::span<const Mark> head_marks() { return heads; }

bool is_report(const LogForm& form, std::string_view line) {
  if (form.certain) {
    for (const std::string_view part : diag::parts(form.must, '\n')) {
      if (!contains(line, part)) return false;
    }
    return true;
  }
  // any of its rates, with a number
  for (const Mark& mark : form.marks) {
    if (mark.take == step || !contains(line, mark.text)) continue;
    if (mark.behind ? trailing_number(line.substr(0, line.find(mark.text))).has_value()
                    : number_after(line, mark.text).has_value())
      return true;
  }
  return false;
}

}  // namespace kwhatif::imports
