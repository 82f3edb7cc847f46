// Versions and tools beyond the given files: lines as the tools print them, values made up.
#include "import/support.hpp"

namespace kwhatif::test {
namespace {

using enum imports::Measure;
using imports::Boundary;

const std::string codecarbon_head =
    "timestamp,project_name,run_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_power,cpu_"
    "energy,"
    "gpu_energy,ram_energy,energy_consumed,country_name,country_iso_code,region,cloud_provider,cloud_region,"
    "os,"
    "python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_model,longitude,latitude,"
    "ram_total_size,tracking_mode,on_cloud,pue\n";

std::string codecarbon_row(const std::string& time, const std::string& id, const std::string& duration,
                           const std::string& gpu, const std::string& all, const std::string& pue = "1.0") {
  return time + ",demo," + id + "," + duration + ",0.1575,2e-05,105.0,2480.0,40.0,0.21," + gpu + ",0.08," +
         all +
         ",Norway,NOR,viken,gcp,europe-north1,Linux,3.11.6,2.3.4,64,AMD EPYC 7543,8,8 x NVIDIA "
         "A100-SXM4-40GB,"
         "10.7,59.9,512.0,machine,Y," +
         pue + "\n";
}

TEST_CASE("CodeCarbon: rows of one run are sums so far, a PUE is taken out, a cloud region is kept") {
  const auto m = measured("\xEF\xBB\xBF" + codecarbon_head +
                          codecarbon_row("2024-02-11T08:00:00", "a", "3600.0", "2.48", "2.77") +
                          codecarbon_row("2024-02-11T09:00:00", "a", "7200.0", "7.44", "7.875", "1.5"));
  CHECK(value(m, energy) == Approx(5.25));
  CHECK(value(m, pue) == 1.5);
  CHECK(value(m, wall_time) == 7200);
  CHECK(value(m, accelerator_power) == Approx(7.44 / 1.5 * 3.6e6 / 7200 / 8));
  CHECK(finding(m, region).text == "gcp:europe-north1");
  CHECK(finding(m, device).text == "NVIDIA A100-SXM4-40GB");
  CHECK(value(m, count) == 8);
}

TEST_CASE("CodeCarbon: ranks of one host count once, short rows are named") {
  std::string text = codecarbon_head;
  text += codecarbon_row("2024-02-11T09:00:00", "a", "7200.0", "4.96", "5.25");
  text += codecarbon_row("2024-02-11T09:00:02", "b", "7190.0", "4.95", "5.24");
  text += "2024-02-11T10:00:00,demo,c,100,0.1\n";
  const auto m = measured(text);
  CHECK(value(m, energy) == Approx(5.25));
  CHECK(warned(m, "counted-once"));
  CHECK(warned(m, "short-row"));
  const auto sum = measured(text, {.sum = true});
  CHECK(value(sum, energy) == Approx(10.49));
}

TEST_CASE("CodeCarbon: columns of 1.0, and a row whose fields shifted") {
  const auto m = measured(
      "experiment_id,timestamp,project_name,duration,emissions,energy_consumed,country_name,country_iso_code,"
      "region,"
      "on_cloud,cloud_provider,cloud_region\ne1,2020-12-01T10:00:00,old,60,0.01,0.02,France,FRA,,N,,\n");
  CHECK(value(m, energy) == 0.02);
  CHECK(value(m, wall_time) == 60);
  const auto shifted =
      measured(codecarbon_head + codecarbon_row("2024-02-11T09:00:00", "a", "7200.0", "4.96", "0.08"));
  CHECK(warned(shifted, "odd-row"));
}

TEST_CASE(
    "carbontracker: the measured block counts, also without an equivalence; the PUE of its version is taken "
    "out") {
  const auto m = measured(
      "2025-03-02 13:45:01 - carbontracker version 2.3.1\n"
      "2025-03-02 13:45:01 - Only predicted and actual consumptions are multiplied by a PUE coefficient of "
      "1.58.\n"
      "2025-03-02 13:55:03 - Epoch 1:\n2025-03-02 13:55:03 - Duration: 0:10:02.00\n"
      "2025-03-02 13:55:03 - Average power usage (W) for gpu: [300.0, 310.0]\n"
      "2025-03-02 14:05:10 - Epoch 2:\n2025-03-02 14:05:10 - Duration: 0:10:00.00\n"
      "2025-03-02 14:05:10 - Average power usage (W) for gpu: [320.0, 330.0]\n"
      "2025-03-02 14:05:10 - CarbonTracker: \nActual consumption for 2 "
      "epoch(s):\n\tTime:\t0:20:04\n\tEnergy:\t0.512300000000 kWh\n"
      "\tCO2eq:\t75.820400000000 g\nPredicted consumption for 50 "
      "epoch(s):\n\tTime:\t8:21:40\n\tEnergy:\t12.807500000000 kWh\n"
      "\tCO2eq:\t1895.510000000000 g\n");
  CHECK(value(m, wall_time) == 1204);
  CHECK(value(m, energy) == Approx(0.5123 / 1.58));
  CHECK(finding(m, energy).boundary == Boundary::components);
  CHECK(value(m, epochs) == 2);
  CHECK(value(m, accelerator_power) == Approx((602 * 610.0 + 600 * 650.0) / 1202 / 2));
  CHECK(left_out(m, "a prediction of carbontracker"));
}

TEST_CASE("a record of two boards: sums by device, gaps counted, N/A is no zero") {
  std::string text = "timestamp, index, name, power.draw [W], utilization.gpu [%]\n";
  const auto line = [&](int second, int device, const std::string& watts) {
    text += "2025/06/01 10:" + std::string(second / 60 < 10 ? "0" : "") + std::to_string(second / 60) + ":" +
            (second % 60 < 10 ? "0" : "") + std::to_string(second % 60) + ".000, " + std::to_string(device) +
            ", NVIDIA H100 80GB HBM3, " + watts + ", 97 %\n";
  };
  for (int t = 0; t <= 100; ++t) {
    if (t > 40 && t < 60) continue;  // a gap of 20 s
    line(t, 0, t == 10 ? "[N/A]" : "400.00 W");
    line(t, 1, t <= 80 ? "600.00 W" : "300.00 W");
  }
  const auto m = measured(text);
  // board 1: 600 W until 80 s, 300 W from 81 s, a trapezoid between; 80 s without the gap
  const double second_board = (40.0 * 600 + 20 * 600 + 450 + 19 * 300) / 80;
  CHECK(value(m, accelerator_power) == Approx((400 + second_board) / 2));
  CHECK(value(m, count) == 2);
  INFO(finding(m, accelerator_power).statistic);
  CHECK(finding(m, accelerator_power).statistic.find("covers 80.0 %, 1 gap, the longest 20.0 s") !=
        std::string::npos);
  CHECK(left_out(m, "without a number of watts"));
}

TEST_CASE("a record without a head is told by its units, without units by --columns") {
  std::string with;
  std::string without;
  for (int t = 10; t < 40; ++t) {
    const std::string stamp = "2026/05/09 03:57:" + std::to_string(t) + ".161";
    with += stamp + ", 250.00 W, 98 %, 40\n";
    without += stamp + ", 250.00, 98, 40\n";
  }
  CHECK(value(measured(with), accelerator_power) == Approx(250));
  CHECK(refusal(without).find("--columns timestamp,index,power.draw") != std::string::npos);
  CHECK(
      value(measured(without, {.columns = {"timestamp", "power.draw", "utilization.gpu", "temperature.gpu"}}),
            accelerator_power) == Approx(250));
}

TEST_CASE("nvidia-smi dmon, pmon, -q and its table") {
  const auto dmon = measured(
      "#Date       Time        gpu    pwr  gtemp  mtemp     sm    mem\n#YYYYMMDD   HH:MM:SS    Idx      W    "
      "  C      C      %      %\n"
      " 20240601   10:00:00      0    400     60      -     98     40\n 20240601   10:00:01      0    420    "
      " 60      -     98     40\n"
      " 20240601   10:00:02      0      -     60      -     98     40\n 20240601   10:00:03      0    400    "
      " 60      -     98     40\n");
  CHECK(value(dmon, accelerator_power) == Approx((410.0 + 2 * 410) / 3));
  CHECK(refusal(
            "# gpu         pid   type     sm    mem    enc    dec    command\n# Idx           #    C/G      "
            "%      %      %      %    name\n    0       1234     C     95     40      -      -    python\n")
            .find("no watts") != std::string::npos);
  const auto table = measured(
      "| NVIDIA-SMI 535.1    Driver Version: 535.1 |\n|   0  NVIDIA H100 80GB HBM3          On  | "
      "00000000:1B:00.0 Off |\n"
      "| N/A   36C    P0              71W / 700W |   0MiB / 81559MiB |  0%   Default |\n");
  CHECK(value(table, accelerator_power) == 71);
  CHECK(finding(table, device).text == "NVIDIA H100 80GB HBM3");
}

TEST_CASE("rocm-smi and amd-smi: CSV, JSON, tables") {
  const auto csv = measured(
      "device,Average Graphics Package Power (W),GPU use (%)\ncard0,210.0,99\ncard1,230.0,99\n\n"
      "device,Average Graphics Package Power (W),GPU use (%)\ncard0,214.0,99\ncard1,226.0,99\n");
  CHECK(value(csv, accelerator_power) == Approx(220));
  CHECK(value(csv, count) == 2);
  CHECK(csv.tool == "rocm-smi");
  const auto json = measured(
      "{\"card0\": {\"Average Graphics Package Power (W)\": \"19.0\", \"GPU use (%)\": \"50\"}, \"card1\": "
      "{\"Current Socket Graphics Package Power (W)\": 21}}\n");
  CHECK(value(json, accelerator_power) == Approx(20));
  const auto table = measured(
      "======= ROCm System Management Interface =======\n===== Concise Info =====\nGPU  Temp   AvgPwr  SCLK  "
      "  MCLK     Fan  Perf  PwrCap  VRAM%  GPU%\n"
      "0    47.0c  91.0W   800Mhz  1600Mhz  0%   auto  560.0W    0%   0%\n1    46.0c  N/A     800Mhz  "
      "1600Mhz  0%   auto  0.0W      0%   0%\n");
  CHECK(table.readings.front().watts == 91);
  const auto amd = measured(
      "[{\"gpu\": 0, \"power\": {\"socket_power\": {\"value\": 450, \"unit\": \"W\"}}}, {\"gpu\": 1, "
      "\"power\": {\"socket_power\": {\"value\": 470, \"unit\": \"W\"}}}]");
  CHECK(value(amd, accelerator_power) == Approx(460));
}

TEST_CASE("torchtitan: every rank prints a step, it counts once, step times by the clock") {
  std::string text =
      "[titan] 2026-02-24 19:46:00,000 - root - INFO - CUDA capacity: NVIDIA H100 80GB HBM3 with 79.10GiB "
      "memory\n"
      "[titan] 2026-02-24 19:46:00,000 - root - INFO - Model llama3 8B size: 8,030,261,248 total parameters\n"
      "[titan] 2026-02-24 19:46:00,000 - root - INFO - Training starts at step 1, with local batch size 1, "
      "global batch size 8, sequence length 8192, total training steps 100\n";
  for (int step = 1; step <= 20; ++step) {
    for (int rank = 0; rank < 3; ++rank) {
      text += "[rank" + std::to_string(rank) + "]:[titan] 2026-02-24 19:46:" + std::to_string(step + 10) +
              ",500 - root - INFO - \x1b[31mstep: " + (step < 10 ? " " : "") + std::to_string(step) +
              "  \x1b[32mloss:  7.6  grad_norm: 26.6  memory: 66.91GiB(37.51%)  tps: " +
              (step == 1 ? "1,005" : "10,050") + "  tflops: 314.71  mfu: 31.82%\n";
    }
  }
  const auto m = measured(text);
  CHECK(m.form == "torchtitan-log");
  CHECK(value(m, tokens_per_second) == 10050);
  CHECK(value(m, step_time) == Approx(1.0));
  CHECK(value(m, memory) == Approx(66.91));
  CHECK(value(m, parameters) == 8030261248);
  CHECK(value(m, batch_samples) == 8);
  CHECK(value(m, sequence_length) == 8192);
  CHECK(finding(m, device).text == "NVIDIA H100 80GB HBM3");
  CHECK(left_out(m, "40 reports"));
  CHECK(m.convention_full_attention);
}

TEST_CASE("step logs of further tools") {
  const auto maxtext = measured(
      "completed step: 1, seconds: 0.631, TFLOP/s/device: 5688.282, Tokens/s/device: 311629.521, "
      "total_weights: 1572864, loss: 12.979\n"
      "completed step: 2, seconds: 10.228, TFLOP/s/device: 350.869, Tokens/s/device: 19222.175, "
      "total_weights: 1572864, loss: 12.980\n"
      "completed step: 3, seconds: 10.344, TFLOP/s/device: 346.932, Tokens/s/device: 19006.461, "
      "total_weights: 1572864, loss: 12.979\n");
  CHECK(value(maxtext, step_time) == Approx((10.228 + 10.344) / 2));
  CHECK(value(maxtext, tokens_per_second) == Approx((19222.175 + 19006.461) / 2));
  const auto deepspeed = measured(
      "[2024-07-17 19:53:24,981] [INFO] [timer.py:258:stop] epoch=0/micro_step=10/global_step=10, "
      "RunningAvgSamplesPerSec=16.1, CurrSamplesPerSec=16.8, MemAllocated=0.02GB\n"
      "[2024-07-17 19:53:34,981] [INFO] [timer.py:258:stop] epoch=0/micro_step=20/global_step=20, "
      "RunningAvgSamplesPerSec=16.1, CurrSamplesPerSec=17.0, MemAllocated=0.02GB\n");
  CHECK(value(deepspeed, total_samples_per_second) == Approx(16.9));
  CHECK(value(deepspeed, step_time) == Approx(1.0));
  const auto nemo = measured(
      "Training epoch 0, iteration 12/99 | lr: 1.6e-05 | global_batch_size: 512 | global_step: 12 | "
      "reduced_train_loss: 10.03 | train_step_timing in s: 5.432 | consumed_samples: 6656\n");
  CHECK(value(nemo, step_time) == Approx(5.432));
  CHECK(value(nemo, batch_samples) == 512);
  const auto bar = measured(
      "Epoch 0: :   3%|#         | 9000/301500 [1:42:42<55:37:46, v_num=0-56, reduced_train_loss=nan.0, "
      "global_step=9e+3, consumed_samples=6.3e+5, train_step_timing in s=0.615, val_loss=7.040]\n");
  CHECK(value(bar, step_time) == Approx(0.615));
  CHECK(value(bar, samples) == 630000);
  const auto timm = measured(
      "Train: 0 [   0/1251 (  0%)]  Loss: 6.93 (6.93)  Time: 5.437s,  188.34/s  (5.437s,  188.34/s)  LR: "
      "1.000e-06  Data: 1.0\n"
      "Train: 0 [  50/1251 (  4%)]  Loss: 6.92 (6.93)  Time: 0.437s, 2343.25/s  (0.537s, 1906.89/s)  LR: "
      "1.000e-06  Data: 0.0\n"
      "Train: 0 [ 100/1251 (  8%)]  Loss: 6.92 (6.93)  Time: 0.439s, 2332.57/s  (0.487s, 2102.67/s)  LR: "
      "1.000e-06  Data: 0.0\n");
  CHECK(value(timm, total_samples_per_second) == Approx((2343.25 + 2332.57) / 2));
  CHECK(value(timm, step_time) == Approx(0.438));
  const auto fairseq = measured(
      "2022-01-01 10:00:00 | INFO | train_inner | epoch 001: 100 / 1000 loss=10.1, ppl=1000, wps=25000.5, "
      "ups=2.5, wpb=10000.2, bsz=400, num_updates=100, lr=1e-5, train_wall=40\n");
  CHECK(value(fairseq, total_tokens_per_second) == Approx(25000.5));
  CHECK(value(fairseq, step_time) == Approx(0.4));
  CHECK(value(fairseq, batch_tokens) == Approx(10000.2));
  const auto nanochat = measured(
      "step 00010/21400 (0.05%) | loss: 8.6 | lrm: 1.00 | dt: 475.31ms | tok/sec: 1,103,064 | mfu: 48.36 | "
      "total time: 0.00m\n"
      "step 00011/21400 (0.05%) | loss: 8.5 | lrm: 1.00 | dt: 475.31ms | tok/sec: 1,103,064 | mfu: 48.36 | "
      "total time: 0.00m\n");
  CHECK(value(nanochat, total_tokens_per_second) == 1103064);
  CHECK(value(nanochat, step_time) == Approx(0.47531));
  const auto modded = measured(
      "step:100/5100 train_loss:4.1 train_time:14000ms step_avg:155.50ms\nstep:101/5100 train_loss:4.1 "
      "train_time:14155ms step_avg:155.55ms\n");
  CHECK(value(modded, step_time) == Approx(0.155525));
  const auto tqdm = measured(
      "Steps:  10%|#  | 150/1500 [01:20<12:30, 1.80it/s, lr=1e-5, step_loss=0.1]\rSteps:  20%|##  | 300/1500 "
      "[02:50<11:30, 1.7it/s, lr=1e-5, step_loss=0.1]\n");
  CHECK(tqdm.form == "progress-bar");
  CHECK(value(tqdm, step_time) == Approx(90.0 / 150));
  const auto unnamed = measured(
      "step 1 loss 3.1 1200.0 samples/sec\nstep 2 loss 3.0 1500.0 samples/sec\nstep 3 loss 3.0 1510.0 "
      "samples/sec\n");
  CHECK(value(unnamed, total_samples_per_second) == Approx(1505));
  CHECK(warned(unnamed, "odd-log"));
}

TEST_CASE("stepping rate and rate in all: checkpoints stay out of one and in the other") {
  std::string text;
  for (int step = 1; step <= 40; ++step) {
    const double time = step == 1 ? 30000 : step % 10 == 0 ? 9000 : 1000;
    text += " [2024-08-21 10:19:42] iteration " + std::to_string(step) +
            "/ 100 | consumed samples: " + std::to_string(step * 64) +
            " | elapsed time per iteration (ms): " + std::to_string(time) +
            " | global batch size: 64 | lm loss: 2.1E+00 |\n";
  }
  const auto m = measured(
      "  seq_length ...................................... 2048\n  world_size "
      "...................................... 16\n" +
      text);
  CHECK(value(m, step_time) == Approx(1.0));
  CHECK(value(m, step_time_overall) == Approx((35 * 1.0 + 4 * 9.0) / 39));
  CHECK(finding(m, step_time).statistic.find("4 interrupted ones left out") != std::string::npos);
  CHECK(value(m, sequence_length) == 2048);
  CHECK(value(m, count) == 16);
}

TEST_CASE("the Trainer's standard output: banner, progress bar, last line") {
  const std::string banner =
      "***** Running training *****\n  Num examples = 2,048\n  Num Epochs = 1\n  Instantaneous batch size "
      "per device = 4\n"
      "  Total train batch size (w. parallel, distributed & accumulation) = 32\n  Gradient Accumulation "
      "steps = 2\n  Total optimization steps = 64\n  Number of trainable parameters = 4,194,304\n";
  const auto ended = measured(banner +
                              "{'loss': 1.2, 'learning_rate': 5e-06, 'epoch': 0.5}\n{'train_runtime': "
                              "'100.0', 'train_samples_per_second': '20.48', 'train_steps_per_second': "
                              "'0.64', 'train_loss': '1.1', 'epoch': '1.0'}\n");
  CHECK(value(ended, wall_time) == 100);
  CHECK(value(ended, step_time) == Approx(100.0 / 64));
  CHECK(value(ended, samples) == 2048);
  CHECK(value(ended, batch_samples) == 32);
  CHECK(value(ended, count) == 4);
  const auto running = measured(banner +
                                "  2%|#  | 1/64 [00:05<05:00,  5.0s/it]\r 50%|##### | 32/64 [01:07<01:04,  "
                                "2.0s/it]{'loss': 1.2, 'learning_rate': 5e-06, 'epoch': 0.5}\n");
  CHECK(value(running, step_time) == Approx(62.0 / 31));
  const auto metrics = measured(
      "***** train metrics *****\n  epoch                    =        3.0\n  train_runtime            = "
      "0:36:58.55\n  train_samples_per_second =      1.474\n  train_steps_per_second   =      0.185\n");
  CHECK(value(metrics, wall_time) == Approx(36 * 60 + 58.55));
}

TEST_CASE("metrics as CSV: TensorBoard, Weights & Biases, Lightning") {
  std::string tb = "Wall time,Step,Value\n";
  for (int i = 0; i < 20; ++i)
    tb += std::to_string(1700000000 + i * 50) + "," + std::to_string(i * 100) + ",2.5\n";
  CHECK(value(measured(tb), step_time) == Approx(0.5));
  const auto wandb = measured(
      "_step,_runtime,_timestamp,train/loss,trainer/"
      "global_step\n0,10,1700000010,3,0\n1,20,1700000020,2,50\n2,30,1700000030,2,100\n3,40,1700000040,2,"
      "150\n");
  CHECK(value(wandb, step_time) == Approx(0.2));
  CHECK(refusal("epoch,step,train_loss\n0,10,2.5\n0,20,2.4\n").find("none of them a time or a rate") !=
        std::string::npos);
}

TEST_CASE("sacct: pipes, steps with the energy, devices, several jobs") {
  const std::string text =
      "JobID|JobName|ElapsedRaw|Elapsed|ConsumedEnergyRaw|AllocTRES|NNodes|State|\n"
      "77|train|90061|1-01:01:01||billing=8,cpu=64,gres/gpu:a100=8,gres/gpu=8,node=2|2|COMPLETED|\n"
      "77.batch|batch|90061|1-01:01:01|5000000||1|COMPLETED|\n77.extern|extern|90061|1-01:01:01|7200000||2|"
      "COMPLETED|\n";
  const auto m = measured(text);
  CHECK(value(m, wall_time) == 90061);
  CHECK(value(m, energy) == Approx(2.0));
  CHECK(value(m, count) == 8);
  CHECK(value(m, nodes) == 2);
  CHECK(finding(m, device).text == "a100");
  CHECK(refusal(text + "78|train|10|00:00:10|36000||1|COMPLETED|\n").starts_with("several-runs"));
  const auto fixed = measured(
      "       JobID    Elapsed ConsumedEnergy   NNodes      State \n------------ ---------- -------------- "
      "-------- ---------- \n        1935   00:02:02        101.63K        1  COMPLETED \n  1935.batch   "
      "00:02:02              0        1  COMPLETED \n");
  CHECK(value(fixed, energy) == Approx(101630 / 3.6e6));
}

TEST_CASE("MLPerf results and power, and the log of a power meter") {
  const auto m = measured(
      ":::MLLOG {\"namespace\": \"\", \"time_ms\": 1000000, \"event_type\": \"POINT_IN_TIME\", \"key\": "
      "\"global_batch_size\", \"value\": 256, \"metadata\": {}}\n"
      "0: :::MLLOG {\"namespace\": \"\", \"time_ms\": 1010000, \"event_type\": \"INTERVAL_START\", \"key\": "
      "\"run_start\", \"value\": null, \"metadata\": {}}\n"
      ":::MLLOG {\"namespace\": \"\", \"time_ms\": 1040000, \"event_type\": \"POINT_IN_TIME\", \"key\": "
      "\"tracked_stats\", \"value\": {\"throughput\": 120.5}, \"metadata\": {\"step\": 2}}\n"
      ":::MLLOG {\"namespace\": \"\", \"time_ms\": 1060000, \"event_type\": \"POINT_IN_TIME\", \"key\": "
      "\"eval_accuracy\", \"value\": 0.9, \"metadata\": {\"samples_count\": 5120}}\n"
      ":::MLLOG {\"namespace\": \"\", \"time_ms\": 1070000, \"event_type\": \"INTERVAL_END\", \"key\": "
      "\"run_stop\", \"value\": null, \"metadata\": {\"status\": \"success\"}}\n");
  CHECK(value(m, wall_time) == Approx(60));
  CHECK(value(m, samples) == 5120);
  CHECK(value(m, batch_samples) == 256);
  CHECK(value(m, total_samples_per_second) == 120.5);
  std::string power =
      ":::MLLOG {\"namespace\": \"\", \"time_ms\": 1714557600000, \"key\": \"power_measurement_start\", "
      "\"value\": null, \"metadata\": {}}\n";
  for (int i = 1; i <= 4; ++i) {
    for (int node = 0; node < 2; ++node)
      power += ":::MLLOG {\"namespace\": \"\", \"time_ms\": " + std::to_string(1714557600000 + i * 1000) +
               ", \"key\": \"power_reading\", \"value\": " + std::to_string(6000 + 100 * node) +
               ", \"metadata\": {\"host\": \"node_" + std::to_string(node) + "\"}}\n";
  }
  const auto p = measured(power);
  CHECK(value(p, total_power) == Approx(12100));
  CHECK(value(p, nodes) == 2);
  const auto meter = measured(
      "Time,28-12-2024 15:21:14.682,Watts,1400.000000,Volts,228.570000,Amps,6.260000,PF,0.994400,Mark,demo\n"
      "Time,28-12-2024 15:21:15.682,Watts,1500.000000,Volts,228.570000,Amps,6.260000,PF,0.994400,Mark,demo\n"
      "Time,28-12-2024 15:21:16.682,Watts,-1.000000,Volts,nan,Amps,nan,PF,nan,Mark,demo\nTime,28-12-2024 "
      "15:21:17.682,Watts,1500.000000,Volts,228,Amps,6,PF,0.99,Mark,demo\n");
  CHECK(value(meter, total_power) == Approx((1450.0 + 2 * 1500) / 3));
}

TEST_CASE("BoAmps: kWh and billions") {
  const auto m = measured(
      "{\"header\": {\"formatVersion\": \"0.1\"}, \"task\": {\"taskStage\": \"training\", \"algorithms\": "
      "[{\"algorithmName\": \"transformers\", \"parametersNumber\": 7.0}]},\n"
      "\"measures\": [{\"measurementMethod\": \"codecarbon\", \"powerConsumption\": 51200.0, "
      "\"measurementDuration\": 604800.0}],\n"
      "\"infrastructure\": {\"components\": [{\"componentType\": \"gpu\", \"componentName\": \"H100 SXM\", "
      "\"nbComponent\": 64}]}, \"environment\": {\"country\": \"Norway\", \"powerSourceCarbonIntensity\": "
      "30.0}}");
  CHECK(value(m, energy) == 51200);
  CHECK(value(m, parameters) == 7e9);
  CHECK(value(m, count) == 64);
  CHECK(value(m, wall_time) == 604800);
  CHECK(value(m, carbon_intensity) == 30);
}

TEST_CASE("model cards: a text with a unit is no number of grams") {
  CHECK(value(measured("---\nlicense: mit\nco2_eq_emissions: 100\n---\n# Model\n"), emissions) ==
        Approx(0.1));
  CHECK(refusal("---\nco2_eq_emissions:\n  emissions: 1.2 kg\n---\n")
            .find("a card's emissions are a number of grams") != std::string::npos);
  const auto body = measured(
      "---\nlicense: mit\n---\n## Environmental Impact\n- **Hardware Type:** 64 x A100\n- **Hours used:** "
      "100\n- **Cloud Provider:** [More Information Needed]\n");
  CHECK(value(body, count) == 64);
  CHECK(value(body, wall_time) == 360000);
}

}  // namespace
}  // namespace kwhatif::test
