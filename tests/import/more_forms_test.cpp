// Further tools, each with a small log whose lines are as the tool's public source prints them: litgpt
// (litgpt/pretrain.py), GPT-NeoX (megatron/logging.py), Weights & Biases (wandb-summary.json), MLPerf's power
// logs (mlperf_logging/result_summarizer), cards that name a cloud's region, rates that bring their network.
#include "import/support.hpp"

namespace kwhatif::test {
namespace {

using enum imports::Measure;
using imports::Boundary;

TEST_CASE("litgpt: an iteration is a micro-batch, and its mean with the optimizer's steps is the rate") {
  const auto m = measured_file("litgpt.log");
  CHECK(m.form == "litgpt-log");
  CHECK(value(m, count) == 4);
  CHECK(value(m, micro_batch) == 16);
  CHECK(value(m, batch_samples) == 512);
  CHECK(value(m, parameters) == 304234567);
  // 8 iterations are 7 x 412.25 ms + 452.25 ms; the first of all is warm-up
  CHECK(value(m, samples_per_second) == Approx(16 / (0.41725)).epsilon(0.002));
  CHECK(finding(m, step_time).doubt.find("iteration") != std::string::npos);
}

TEST_CASE("GPT-NeoX: samples per second, step time, batch and the rate of arithmetic") {
  const auto m = measured_file("gpt_neox.log");
  CHECK(m.form == "gpt-neox-log");
  CHECK(value(m, total_samples_per_second) == Approx(256).epsilon(0.001));
  CHECK(value(m, step_time) == Approx(4));
  CHECK(value(m, batch_samples) == 1024);
  CHECK(value(m, achieved) == Approx(115.3));
  CHECK(finding(m, achieved).note.find("recomputation") != std::string::npos);
}

TEST_CASE("Weights & Biases: a summary holds the last values") {
  const auto m = measured_file("wandb-summary.json");
  CHECK(m.form == "wandb-summary");
  CHECK(value(m, wall_time) == Approx(21240.8));
  CHECK(value(m, steps) == 4000);
  CHECK(value(m, total_tokens_per_second) == Approx(398120.5));
  CHECK(m.find(total_samples_per_second) == nullptr);  // that of the evaluation
  CHECK(left_out(m, "calls of the logger"));
  const auto nested =
      measured(R"({"_wandb": {"runtime": 600}, "throughput": {"device": {"tokens_per_sec": 12000}}})");
  CHECK(value(nested, tokens_per_second) == 12000);
  CHECK(value(nested, wall_time) == 600);
  CHECK(refusal(R"({"_runtime": 0, "_timestamp": 1719412345, "loss": 2.1})").starts_with("no-values"));
}

TEST_CASE("MLPerf power logs: the record is what lies between its start and its stop") {
  const auto m = measured_file("mlperf_power_node_0.txt");
  CHECK(m.form == "mlperf-power");
  // 60 readings, alternately 6,100 and 6,000 W, each of the second before it: 60 s
  CHECK(value(m, total_power) == Approx(6050).epsilon(0.001));
  CHECK(value(m, energy) == Approx(6050.0 * 60 / 3.6e6).epsilon(0.001));
  CHECK(value(m, wall_time) == Approx(60));
  CHECK(finding(m, energy).boundary == Boundary::node);
  CHECK_FALSE(warned(m, "no-stop"));
  const auto open = measured(
      ":::MLLOG {\"time_ms\": 1000, \"key\": \"power_measurement_start\", \"value\": null, \"metadata\": "
      "{}}\n"
      ":::MLLOG {\"time_ms\": 2000, \"key\": \"power_reading\", \"value\": 500, \"metadata\": {\"host\": "
      "\"a\"}}\n"
      ":::MLLOG {\"time_ms\": 3000, \"key\": \"power_reading\", \"value\": 500, \"metadata\": {\"host\": "
      "\"a\"}}\n");
  CHECK(warned(open, "no-stop"));
  CHECK(value(open, total_power) == Approx(500));
}

TEST_CASE("further logs: translation, detection, Paddle, Estimator") {
  const auto marian = measured(
      "[2022-12-19 15:45:00] Ep. 16 : Up. 500 : Sen. 53,671 : Cost 0.09 * 1,000 @ 2,271 after 1,667,796 : "
      "Time "
      "500.0s : 2000.00 words/s : gNorm 0.2638\n"
      "[2022-12-19 15:53:20] Ep. 16 : Up. 1000 : Sen. 66,220 : Cost 0.09 * 1,000 @ 1,831 after 2,785,405 : "
      "Time "
      "500.0s : 2100.00 words/s : gNorm 0.2310\n"
      "[2022-12-19 16:01:40] Ep. 17 : Up. 1500 : Sen. 6,932 : Cost 0.09 * 1,000 @ 2,314 after 3,899,140 : "
      "Time "
      "500.0s : 2200.00 words/s : gNorm 0.2297\n");
  CHECK(marian.form == "marian-log");
  CHECK(value(marian, step_time) == Approx(1));
  CHECK(value(marian, total_tokens_per_second) == Approx(2150));
  const auto opennmt = measured(
      "[2020-09-25 15:28:21,140 INFO] Step 50/ 1000; acc: 7.52; ppl: 8832.29; lr: 1.0; 18916/18871 tok/s; 6 "
      "sec\n"
      "[2020-09-25 15:28:27,140 INFO] Step 100/ 1000; acc: 9.34; ppl: 1840.06; lr: 1.0; 18911/18785 tok/s; "
      "12 sec\n"
      "[2020-09-25 15:28:33,140 INFO] Step 150/ 1000; acc: 9.35; ppl: 1419.18; lr: 1.0; 19062/19017 tok/s; "
      "18 sec\n");
  CHECK(opennmt.form == "opennmt-log");
  CHECK(value(opennmt, step_time) == Approx(0.12));
  CHECK(finding(opennmt, total_tokens_per_second).doubt.find("target") != std::string::npos);
  const auto paddle = measured(
      "[2022/04/19 15:14:20] INFO: [Train][Epoch 7/90][Iter: 750/1252]lr: 0.1, loss: 1.8, batch_cost: 0.8s, "
      "reader_cost: 0.02, ips: 320.0 images/sec, eta: 5:36:10\n"
      "[2022/04/19 15:14:28] INFO: [Train][Epoch 7/90][Iter: 760/1252]lr: 0.1, loss: 1.8, batch_cost: 0.8s, "
      "reader_cost: 0.02, ips: 320.0 images/sec, eta: 5:36:06\n");
  CHECK(paddle.form == "paddle-log");
  CHECK(value(paddle, samples_per_second) == 320);
  CHECK(value(paddle, step_time) == Approx(0.8));
  const auto tokens = measured(
      "global step 10, loss: 9.5, avg_reader_cost: 0.1 sec, avg_batch_cost: 0.5 sec, ips: 16384 tokens/s\n"
      "global step 20, loss: 9.4, avg_reader_cost: 0.1 sec, avg_batch_cost: 0.5 sec, ips: 16384 tokens/s\n");
  CHECK(tokens.form == "paddle-tokens-log");
  CHECK(value(tokens, tokens_per_second) == 16384);
  for (const auto& [id, line] :
       {std::pair{"detectron2-log",
                  "[11/14 20:41:3# d2.utils.events]:  eta: 0:01:51  iter: #9  total_loss: 1.6  loss_cls: 1.4 "
                  " time: "
                  "0.1250  data_time: 0.0048  lr: 5e-06  max_mem: 2030M\n"},
        std::pair{
            "mmengine-log",
            "2022/08/22 15:51:5# - mmengine - INFO - Epoch(train) [1][#0/1563]  lr: 1.0e-03  eta: 0:18:23  "
            "time: 0.1250  data_time: 0.0077  memory: 392  loss: 5.3465\n"},
        std::pair{
            "yolox-log",
            "2022-08-07 20:23:2# | INFO | yolox.core.trainer:261 - epoch: 1/300, iter: #0/14786, mem: 584Mb, "
            "iter_time: 0.125s, data_time: 0.002s, total_loss: 14.6, lr: 2e-11, size: 416, ETA: 11:38:15\n"},
        std::pair{"tf-estimator-log",
                  "INFO:tensorflow:global_step/sec: 8.0\nINFO:tensorflow:loss = #, step = #01\n"}}) {
    std::string text;
    for (const char digit : {'1', '2', '3'}) {
      std::string copy = line;
      for (char& c : copy) c = c == '#' ? digit : c;
      text += copy;
    }
    const auto m = measured(text);
    CHECK(m.form == id);
    CHECK(value(m, step_time) == Approx(0.125));
  }
}

TEST_CASE("a card's provider and region are one place") {
  const auto m = measured(
      "# Model card\n\n- **Hardware Type:** 8 x A100\n- **Hours used:** 100\n- **Cloud Provider:** AWS\n"
      "- **Compute Region:** us-east-1\n");
  CHECK(finding(m, region).text == "AWS, us-east-1");
}

TEST_CASE("a measured rate keeps the sizes of its network") {
  const auto m = measured_file("runs.jsonl", {.row = 2});
  CHECK(value(m, layers) == 16);
  CHECK(value(m, hidden) == 2048);
  CHECK(value(m, heads) == 32);
  CHECK(value(m, kv_heads) == 8);
  CHECK(value(m, head_size) == 64);
  CHECK(value(m, feed_forward) == 8192);
  CHECK(value(m, vocabulary) == 128256);
  CHECK(value(m, parameters) == 1235814400);
}

}  // namespace
}  // namespace kwhatif::test
