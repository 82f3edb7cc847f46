// Files of image, video, sound and diffusion models: counted to the parameter, against published counts.
#include "support.hpp"
#include <kwhatif/model/adapters.hpp>
#include <kwhatif/model/flops.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;
using kwhatif::diag::Diagnostic;
using kwhatif::diag::Severity;

namespace {

std::string image_config(const std::string& name) {
  return read_file("tests/model/configs/images/" + name + ".json");
}

FlopCount flops(const std::string& text) {
  return count_flops(take_inventory(read_config(text, "config.json").architecture), {.sequence_length = 512});
}

Diagnostic refusal(const std::string& text) {
  try {
    read_config(text, "config.json");
  } catch (const ConfigError& error) {
    REQUIRE_FALSE(error.diagnostics().empty());
    return error.diagnostics().front();
  }
  FAIL("read, though it should be refused");
  return {};
}

// A text with one of its values put in place of another.
std::string with(std::string text, const std::string& key, const std::string& value) {
  const std::size_t at = text.find('"' + key + "\":");
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + key.size() + 3;
  int depth = 0;
  std::size_t end = begin;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth-- == 0) break;
    if (c == ',' && depth == 0) break;
  }
  return text.replace(begin, end - begin, value);
}

}  // namespace

TEST_CASE("image, video and sound models have their published parameters", "[model][golden]") {
  const auto rows = read_csv("tests/model/published_image_models.csv");
  CHECK(rows.size() >= 60);
  for (const auto& row : rows) {
    CAPTURE(row[0]);
    const ReadConfig read = read_config(image_config(row[0]), row[0]);
    CHECK(count_parameters(take_inventory(read.architecture)).total.value() == std::stoull(row[1]));
    // A whole file is understood whole.
    for (const Diagnostic& remark : read.remarks) {
      CAPTURE(remark.message);
      CHECK(remark.severity == Severity::note);
    }
  }
}

TEST_CASE("parts that a file leaves out are those of the class", "[model][golden]") {
  CHECK(count(R"({"model_type":"sam"})").total.value() == 93735472);
  CHECK(count(R"({"model_type":"sam","vision_config":{}})").total.value() == 93735472);
  CHECK(count(R"({"model_type":"clip"})").total.value() == 151277313);
  // mteb: siglip2-base-patch16-256, whose table of positions has as many rows
  CHECK(count(R"({"model_type":"siglip2","text_config":{"vocab_size":256000}})").total.value() == 375234050);
}

TEST_CASE("image models have their published multiplications", "[model][golden]") {
  for (const auto& row : read_csv("tests/model/published_image_models.csv")) {
    if (row[2].empty()) continue;
    CAPTURE(row[0]);
    // Published figures are rounded; CLIP's count the whole square of the text, here its causal half.
    constexpr double flop_per_gmac = 2e9;
    CHECK(flops(image_config(row[0])).forward.coherent() / flop_per_gmac ==
          Approx(std::stod(row[2])).epsilon(0.006));
  }
}

// huggingface/pytorch-image-models, results/benchmark-infer-amp-nchw-pt112-cu113-rtx3090.csv and
// results-imagenet.csv, param_count in millions
TEST_CASE("timm's networks are known by name", "[model][golden]") {
  const auto rows = read_csv("tests/model/timm_param_counts.csv");
  CHECK(rows.size() >= 100);
  for (const auto& row : rows) {
    CAPTURE(row[0]);
    const double millions =
        count(R"({"architecture":")" + row[0] + R"(","num_classes":1000,"num_features":1})")
            .total.as_double() /
        1e6;
    CHECK(std::abs(millions - std::stod(row[1])) <= 0.00501);
  }
  // torchvision, num_params and _ops: the same networks under the names of timm
  struct Known {
    const char* name;
    std::uint64_t parameters;
    double gmac;
  };
  for (const Known& k :
       {Known{"resnet50", 25557032, 4.089}, Known{"wide_resnet50_2", 68883240, 11.398},
        Known{"resnext50_32x4d", 25028904, 4.23}, Known{"vgg16", 138357544, 15.47},
        Known{"mobilenetv3_large_100", 5483032, 0.217}, Known{"mobilenetv2_100", 3504872, 0.301},
        Known{"regnety_160", 83590140, 15.912}, Known{"vit_large_patch16_224", 304326632, 61.555}}) {
    CAPTURE(k.name);
    const std::string text =
        R"({"architecture":")" + std::string(k.name) + R"(","num_classes":1000,"num_features":1})";
    CHECK(count(text).total.value() == k.parameters);
    CHECK(flops(text).forward.coherent() / 2e9 == Approx(k.gmac).epsilon(0.003));
  }
  const std::string vit = read_file("tests/model/configs/timm-vit-base.json");
  CHECK(count(vit).total.value() == 86567656);
  CHECK(count(with(vit, "num_classes", "0")).total.value() == 86567656 - 769000);
}

TEST_CASE("a name of timm that is not known is refused with the name", "[model][hostile]") {
  for (const char* name :
       {"vit_base_r50_s16_224", "maxvit_tiny_224", "eva02_large_patch14_448", "vit_base_patch16_siglip_224",
        "resnet50d", "", "vit", "vit_base_patch0_224", "swin_tiny_patch4_window0_224", "deit3",
        "vit_base_patch16_224_miil", "efficientnet_b99", "convnext_tiny_hnf", "_", "____"}) {
    CAPTURE(name);
    const Diagnostic d = refusal(R"({"architecture":")" + std::string(name) + R"(","num_features":768})");
    CHECK(d.code == "config-unsupported");
    CHECK(d.message.find(name) != std::string::npos);
    CHECK(d.help.find("--params") != std::string::npos);
  }
}

TEST_CASE("a sample is called what it is", "[model]") {
  const auto unit = [](const char* name) { return flops(image_config(name)).unit; };
  CHECK(unit("flux-dev") == Unit::denoising_step);
  CHECK(unit("wan2.1-1.3b") == Unit::video_step);
  CHECK(unit("clip-b32") == Unit::image_text_pair);
  CHECK(unit("sam-b") == Unit::image);
  CHECK(unit("vae-sd15") == Unit::image);
  CHECK(unit("videomae-b") == Unit::video);
  CHECK(unit("ast") == Unit::sound);
  for (const Unit u :
       {Unit::image, Unit::denoising_step, Unit::image_text_pair, Unit::sound, Unit::video, Unit::video_step})
    CHECK(unit_name(u).find("token") == std::string_view::npos);
  const FlopCount flux = flops(image_config("flux-dev"));
  CHECK(flux.training.coherent() == Approx(3 * flux.forward.coherent()));
  CHECK(flux.counted.find("token") == std::string::npos);
}

TEST_CASE("what changes the weights of a denoiser is counted or refused", "[model][hostile]") {
  const std::string sd3 = image_config("sd3.5-medium");
  // thirteen second attentions: 4 d² + 4 d, a modulation of 3 d² + 3 d, and two norms of 64
  const std::uint64_t d = 1536;
  CHECK(count(sd3).total.value() - count(with(sd3, "dual_attention_layers", "[]")).total.value() ==
        13 * (4 * (d * d + d) + 3 * (d * d + d) + 2 * 64));
  CHECK(refusal(with(sd3, "qk_norm", "\"layer_norm\"")).code == "config-unsupported");
  CHECK(refusal(with(sd3, "patch_size", "4096")).code == "config-inconsistent");
  CHECK(refusal(with(image_config("dit-xl-2-256"), "norm_type", "\"layer_norm\"")).code ==
        "config-unsupported");
  CHECK(refusal(with(image_config("ddpm-cifar"), "time_embedding_type", "\"fourier\"")).code ==
        "config-unsupported");
  CHECK(refusal(with(image_config("vae-sd15"), "down_block_types", "[\"AttnDownEncoderBlock2D\"]")).code ==
        "config-unsupported");
  CHECK(refusal(R"({"_class_name":"MochiTransformer3DModel","num_layers":48})").message.find("video") !=
        std::string::npos);
  CHECK(refusal(with(image_config("detr-r50"), "backbone", "\"hgnetv2\"")).code == "config-unsupported");
  CHECK(refusal(with(image_config("clip-b32"), "architectures", "[\"CLIPForImageClassification\"]")).code ==
        "config-unsupported");
}

TEST_CASE("a model that no rule counts is called what it is", "[model][hostile]") {
  struct Case {
    const char* text;
    const char* says;
  };
  for (const Case& c :
       {Case{R"({"model_type":"sam2","vision_config":{"model_type":"sam2_vision_model"}})", "segmenter"},
        {R"({"model_type":"rt_detr","d_model":256})", "detector"},
        {R"({"model_type":"clap","text_config":{"model_type":"clap_text_model","vocab_size":50265}})",
         "pair of sound"},
        {R"({"model_type":"encodec","codebook_size":1024})", "codec"},
        {R"({"_class_name":"UNetSpatioTemporalConditionModel"})", "video"},
        {R"({"_class_name":"HunyuanDiT2DModel"})", "denoising transformer"},
        {R"({"_class_name":"FluxControlNetModel"})", "control network"}}) {
    CAPTURE(c.text);
    const Diagnostic d = refusal(c.text);
    CHECK(d.message.find(c.says) != std::string::npos);
    CHECK(d.help.find("--flops") != std::string::npos);
  }
}

TEST_CASE("adapters are counted as their file names them", "[model][golden]") {
  // PEFT prints 8,388,608 for Llama 2 7B (the shape of LLaMA 7B) and 294,912 for GPT-2
  const auto adapters = [](const std::string& base, const std::string& file) {
    Inventory inventory = preset_inventory(base);
    const Count before = count_parameters(inventory).total;
    const Architecture architecture = read_config(preset_text(base), base).architecture;
    const Count added =
        add_adapters(inventory, architecture, *read_adapter_file(file, "adapter_config.json"), base);
    CHECK(count_parameters(inventory).total == before + added);
    return added.value();
  };
  CHECK(adapters("llama-7b", read_file("tests/model/configs/peft-adapter_config.json")) == 8388608);
  CHECK(adapters("gpt2", R"({"peft_type":"LORA","r":8,"target_modules":["c_attn"]})") == 294912);
  CHECK(adapters("gpt2", R"({"peft_type":"LORA","r":8,"target_modules":["c_attn","c_attn"]})") == 294912);
  CHECK(adapters("bert-base-uncased", R"({"peft_type":"LORA","r":8,"target_modules":["query","value"]})") ==
        294912);
  // all seven matrices of a layer: 32 x 16 x (4 x 8192 + 3 x 15104)
  CHECK(adapters("llama-7b", R"({"peft_type":"LORA","r":16,"target_modules":"all-linear"})") ==
        32 * 16 * (4 * 8192 + 3 * 15104));
  CHECK(
      adapters(
          "llama-7b",
          R"({"peft_type":"LORA","r":16,"target_modules":["q_proj","k_proj","v_proj","o_proj","gate_proj","up_proj","down_proj"]})") ==
      32 * 16 * (4 * 8192 + 3 * 15104));
  CHECK_FALSE(read_adapter_file(preset_text("gpt2"), "config.json"));
  CHECK_FALSE(read_adapter_file("no json", "config.json"));
  for (const char* file :
       {R"({"peft_type":"IA3","target_modules":["q_proj"]})", R"({"peft_type":"LORA","r":8})",
        R"({"peft_type":"LORA","r":0,"target_modules":["q_proj"]})",
        R"({"peft_type":"LORA","r":8,"target_modules":".*q_proj"})",
        R"({"peft_type":"LORA","r":8,"target_modules":["q_proj"],"use_dora":true})",
        R"({"peft_type":"LORA","r":8,"target_modules":["q_proj"],"bias":"all"})",
        R"({"peft_type":"LORA","r":8,"target_modules":["q_proj"],"modules_to_save":["lm_head"]})"}) {
    CAPTURE(file);
    CHECK_THROWS_AS(read_adapter_file(file, "adapter_config.json"), ConfigError);
  }
  // InternLM 2 calls attention's output and the three of the feed-forward part wo, w1, w2 and w3
  CHECK(adapters("internlm2.5-7b", R"({"peft_type":"LORA","r":8,"target_modules":["wo"]})") ==
        32 * 8 * (4096 + 4096));
  // PEFT passes over names that the base has no module of: told, not counted
  for (const auto& [base, targets, missing] : {std::tuple{"gpt2", R"("frobnicate")", "frobnicate"},
                                               {"gpt2", R"("c_attn", "q_proj")", "'q_proj'"},
                                               {"llama-7b", R"("q_proj", "c_attn")", "'c_attn'"},
                                               {"bert-base-uncased", R"("query", "v_proj")", "'v_proj'"},
                                               {"phi-3-mini-4k", R"("gate_proj")", "'gate_proj'"}}) {
    CAPTURE(base, targets);
    Inventory inventory = preset_inventory(base);
    const Architecture architecture = read_config(preset_text(base), base).architecture;
    const auto file = read_adapter_file(
        R"({"peft_type":"LORA","r":8,"target_modules":[)" + std::string(targets) + "]}", "adapters");
    try {
      add_adapters(inventory, architecture, *file, base);
      FAIL("counted");
    } catch (const ConfigError& error) {
      CHECK(error.diagnostics().front().message.find(missing) != std::string::npos);
    }
  }
}

TEST_CASE("no image config crashes, whatever its values", "[model][hostile]") {
  constexpr const char* values[] = {
      "0",     "-1",    "1",    "3",     "1000000000", "1e300",
      "0.5",   "\"x\"", "null", "[]",    "{}",         "true",
      "false", "[1,2]", "64",   "[[1]]", "100000",     "[1000000000,1000000000,1000000000,1000000000]"};
  std::mt19937 random(20261128);
  for (const auto& row : read_csv("tests/model/published_image_models.csv")) {
    const std::string text = image_config(row[0]);
    std::vector<std::string> keys;
    for (std::size_t at = text.find("\":"); at != std::string::npos; at = text.find("\":", at + 1)) {
      const std::size_t begin = text.rfind('"', at - 1) + 1;
      keys.push_back(text.substr(begin, at - begin));
    }
    for (int i = 0; i < 60; ++i) {
      std::string broken = text;
      for (int j = 0; j < 2; ++j) {
        const std::string& key = keys[random() % keys.size()];
        if (broken.find('"' + key + "\":") != std::string::npos)
          broken = with(broken, key, values[random() % std::size(values)]);
      }
      CAPTURE(broken);
      try {
        const Inventory inventory = take_inventory(read_config(broken, "config.json").architecture);
        CHECK(count_parameters(inventory).total > Count{0});
        CHECK(count_flops(inventory, {.sequence_length = 512}).forward.coherent() >= 0);
      } catch (const ConfigError& error) {
        CHECK_FALSE(error.diagnostics().empty());
      }
    }
  }
}
