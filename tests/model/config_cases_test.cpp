// Small files that people really have: the right count, or one true sentence on what the file is.
#include "support.hpp"
#include <kwhatif/model/flops.hpp>

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;
using kwhatif::diag::Diagnostic;
using kwhatif::diag::Severity;

namespace {

std::string file(const std::string& name) { return read_file("tests/model/configs/" + name); }

bool warns(const ReadConfig& read, const std::string& code) {
  return std::any_of(read.remarks.begin(), read.remarks.end(),
                     [&](const Diagnostic& d) { return d.code == code && d.severity == Severity::warning; });
}

Diagnostic refusal(const std::string& text) {
  try {
    read_config(text, "config.json");
  } catch (const ConfigError& error) {
    REQUIRE(error.diagnostics().size() == 1);
    return error.diagnostics().front();
  }
  FAIL("read, though it should be refused");
  return {};
}

std::uint64_t in_experts(const std::string& text) {
  const Inventory inventory = take_inventory(read_config(text, "config.json").architecture);
  Count sum;
  for (const Weight& w : inventory.weights) {
    if (w.name.starts_with("expert gate") || w.name.starts_with("expert up") ||
        w.name.starts_with("expert down"))
      sum += w.elements() * w.stored;
  }
  return sum.value();
}

}  // namespace

TEST_CASE("experts of a latent width are counted in it", "[model][golden]") {
  // 3 layers x 64 experts x 3 matrices of 512 x 512, and two projections of 1024 x 512 a layer
  const std::string text = file("minimal_latent_moe.json");
  CHECK(in_experts(text) == 150994944);
  const std::string wide = std::string(text).replace(text.find("\"routed_expert_hidden_size\":512,"), 32, "");
  CHECK(in_experts(wide) == 301989888);
  CHECK(count(wide).total.value() - count(text).total.value() == 301989888 - 150994944 - 3 * 2 * 1024 * 512);
}

TEST_CASE("an encoder with slopes for positions and a gate is counted as such", "[model][golden]") {
  const std::string text = file("minimal_geglu_bert.json");
  CHECK(count(text).total.value() == 137368320);
  CHECK(
      warns(read_config(text, "config.json"), "config-other-class"));  // XBertModel is not transformers' own
}

TEST_CASE("a tower inside a flat file is counted", "[model][golden]") {
  const std::string text = file("minimal_flat_vlm.json");
  CHECK(count(text).total.value() == 2208985600);
  CHECK_FALSE(warns(read_config(text, "config.json"), "config-part-left-out"));
  // of a type without a rule for the whole, the language model alone, and that is told
  const std::string other = std::string(text).replace(text.find("qwen2_vl"), 8, "dots_ocr");
  CHECK(warns(read_config(other, "config.json"), "config-part-left-out"));
  CHECK(count(other).total.value() == 1543714304);
}

TEST_CASE("text towers are encoders, not llama-like decoders", "[model][golden]") {
  CHECK(count(file("minimal_clip_text.json")).total.value() == 123060480);
  // SigLIP's: two tables, twelve layers with biases and two norms, a last norm, the projection of the last
  // state
  const std::uint64_t layer = 4 * (768 * 768 + 768) + 2 * 768 * 3072 + 3072 + 768 + 4 * 768;
  CHECK(
      count(
          R"({"model_type":"siglip_text_model","vocab_size":32000,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,"num_attention_heads":12,"max_position_embeddings":64})")
          .total.value() == 32000 * 768 + 64 * 768 + 12 * layer + 2 * 768 + 768 * 768 + 768);
}

TEST_CASE("layers may be listed where files count them", "[model][golden]") {
  // 65,536,000 tables; attention 4 x 3,145,728; one dense 12,582,912; 3 x (16 x 1,572,864 + 16,384); norms
  // 9,216
  CHECK(count(file("minimal_freq_list.json")).total.value() == 166257664);
  // mamba 4,222,000 + 2 x experts 10,493,960 + attention 2,621,440 + norms 5,120 + tables 65,536,000
  CHECK(count(file("minimal_layers_block_type.json")).total.value() == 93372480);
  const std::string text = file("minimal_freq_list.json");
  const std::string short_list = std::string(text).replace(text.find("[0,1,1,1]"), 9, "[0,1,1]");
  CHECK(refusal(short_list).code == "config-inconsistent");
}

TEST_CASE("FLUX and timm's ViT are counted", "[model][golden]") {
  CHECK(count(file("flux.1-schnell-transformer.json")).total.value() == 11891178560);
  CHECK(count(file("timm-vit-base.json")).total.value() == 86567656);
}

TEST_CASE("the Flax UNet is the UNet", "[model][golden]") {
  CHECK(count(file("sd2.1-unet-flax.json")).total.value() == 865910724);
}

TEST_CASE("what is no config of a model is called what it is, with the way on", "[model][hostile]") {
  const Diagnostic peft = refusal(file("peft-adapter_config.json"));
  CHECK(peft.message.find("meta-llama/Llama-2-7b-hf") != std::string::npos);
  CHECK(peft.help.find("--finetune lora --rank 16 --targets query-value") != std::string::npos);
  struct Case {
    const char* text;
    const char* says;
  };
  for (const Case& c :
       {Case{R"({"_class_name":"AutoencoderKLWan","z_dim":16})", "autoencoder"},
        {R"({"_class_name":"DDIMScheduler","beta_end":0.012})", "schedule"},
        {R"({"_class_name":"StableDiffusionPipeline","unet":["diffusers","UNet2DConditionModel"]})",
         "pipeline"},
        {R"({"tokenizer_class":"LlamaTokenizer","model_max_length":4096})", "tokenizer"},
        {R"({"image_processor_type":"ViTImageProcessor","size":224})", "prepared"},
        {R"({"metadata":{},"weight_map":{"a":"b"}})", "index"},
        {R"({"bos_token_id":1,"eos_token_id":2,"transformers_version":"4.40.0"})", "generation_config"},
        {R"({"dim":4096,"n_layers":32,"n_heads":32,"vocab_size":-1})", "params.json"},
        {R"({"best_metric":null,"log_history":[{"loss":1}]})", "log of a training"}}) {
    CAPTURE(c.text);
    const Diagnostic d = refusal(c.text);
    CHECK(d.code == "config-not-a-model");
    CHECK(d.message.find(c.says) != std::string::npos);
    CHECK_FALSE(d.help.empty());
  }
}

TEST_CASE("a type that is no decoder is never read as one", "[model][hostile]") {
  const std::string sizes =
      R"("hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,"num_attention_heads":12,"vocab_size":30000)";
  for (const char* more :
       {"", R"(,"architectures":["XYZModel"])", R"(,"rope_theta":10000,"architectures":["XYZForMaskedLM"])",
        R"(,"rms_norm_eps":1e-6,"is_encoder_decoder":true)", R"(,"rope_theta":1e4,"type_vocab_size":2)",
        R"(,"num_key_value_heads":4,"image_size":224)", R"(,"rope_theta":1e4,"mask_token_id":5)",
        R"(,"architectures":["XYZForCausalLM"],"ssm_state_size":16)"}) {
    CAPTURE(more);
    const Diagnostic d = refusal(R"({"model_type":"xyz",)" + sizes + more + "}");
    CHECK(d.code == "config-unsupported");
    CHECK(d.help.find("--params") != std::string::npos);
  }
  // every type that the list names, whatever the fields say
  for (const char* type : {"blip-2", "speecht5", "rwkv7", "luke", "reformer", "musicgen", "llada"}) {
    CAPTURE(type);
    CHECK(refusal(std::string(R"({"model_type":")") + type + R"(","rope_theta":1e4,)" + sizes + "}").code ==
          "config-unsupported");
  }
}

TEST_CASE("the head of a decoder is the one of its class", "[model][golden]") {
  const std::string llama =
      R"("model_type":"llama","vocab_size":32000,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32)";
  // LLaMA-7B without its output matrix 6,607,343,616, with two classes 8,192 more (score, no bias)
  CHECK(count("{" + llama + R"(,"architectures":["LlamaModel"]})").total.value() == 6607343616);
  CHECK(count("{" + llama + R"(,"architectures":["LlamaForSequenceClassification"]})").total.value() ==
        6607343616 + 2 * 4096);
  CHECK(count("{" + llama + R"(,"num_labels":9,"architectures":["LlamaForTokenClassification"]})")
            .total.value() == 6607343616 + 9 * 4096 + 9);
  const ReadConfig eagle = read_config("{" + llama + R"(,"architectures":["LlamaForCausalLMEagle3"]})", "c");
  CHECK(warns(eagle, "config-part-left-out"));
}

TEST_CASE("the heads of encoders are those of their classes", "[model][golden]") {
  const auto bert = [](const std::string& more) {
    return count(
               R"({"model_type":"bert","vocab_size":30522,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":512,"type_vocab_size":2,)" +
               more + "}")
        .total.value();
  };
  // transformers: BertModel 109,482,240 with its pooler of 590,592
  CHECK(bert(R"("architectures":["BertForTokenClassification"],"num_labels":9)") ==
        109482240 - 590592 + 9 * 769);
  CHECK(bert(R"("architectures":["BertForQuestionAnswering"])") == 109482240 - 590592 + 2 * 769);
  // transformers: distilbert-base-uncased-finetuned-sst-2-english, 66,955,010
  CHECK(
      count(
          R"({"model_type":"distilbert","architectures":["DistilBertForSequenceClassification"],"vocab_size":30522,"dim":768,"n_layers":6,"n_heads":12,"hidden_dim":3072,"max_position_embeddings":512})")
          .total.value() == 66955010);
}

TEST_CASE("a window that no layer is named for is told", "[model]") {
  const std::string text =
      R"({"model_type":"xyz","architectures":["XyzForCausalLM"],"vocab_size":10,"hidden_size":8,"intermediate_size":8,"num_hidden_layers":2,"num_attention_heads":2,"sliding_window":4)";
  CHECK(warns(read_config(text + "}", "c"), "config-part-left-out"));
  CHECK_FALSE(warns(read_config(text + R"(,"use_sliding_window":false})", "c"), "config-part-left-out"));
}

TEST_CASE("Ling 2.0 has norms on queries and keys", "[model][golden]") {
  // a scale of 128 for queries and one for keys in each of 20 layers
  const std::string text =
      R"({"model_type":"bailing_moe","architectures":["BailingMoeV2ForCausalLM"],"vocab_size":157184,"hidden_size":2048,"intermediate_size":5120,"moe_intermediate_size":512,"num_hidden_layers":20,"num_attention_heads":16,"num_key_value_heads":4,"head_dim":128,"num_experts":256,"num_experts_per_tok":8,"num_shared_experts":1,"moe_shared_expert_intermediate_size":512,"first_k_dense_replace":1,"use_bias":false,"use_qkv_bias":false,"moe_router_enable_expert_bias":true,"use_qk_norm":)";
  CHECK(count(text + "true}").total.value() - count(text + "false}").total.value() == 20 * 2 * 128);
}

TEST_CASE("a field that repeats another is no unknown field", "[model]") {
  const std::string t5 =
      R"({"model_type":"t5","vocab_size":32128,"d_model":512,"d_kv":64,"d_ff":1024,"num_layers":8,"num_heads":6)";
  const std::uint64_t plain = count(t5 + "}").total.value();
  const auto read = [&](const std::string& more) {
    const ReadConfig config = read_config(t5 + more + "}", "config.json");
    CHECK_FALSE(warns(config, "config-unknown-field"));
    return count_parameters(take_inventory(config.architecture)).total.value();
  };
  CHECK(read(R"(,"feed_forward_proj":"relu","is_gated_act":false)") == plain);
  // a third matrix of 512 x 1024 in each of 8 + 8 layers
  CHECK(read(R"(,"feed_forward_proj":"gated-gelu","is_gated_act":true)") == plain + 16 * 512 * 1024);
  CHECK(read(R"(,"is_gated_act":true)") == plain + 16 * 512 * 1024);
  // DETR: a class more than named, for nothing; names beside their number change nothing
  const std::string detr =
      R"({"model_type":"detr","architectures":["DetrForObjectDetection"],"num_labels":91)";
  CHECK(count(detr + "}").total.value() == 41524768);
  const ReadConfig named = read_config(detr + R"(,"id2label":{"0":"a"},"label2id":{"a":0}})", "config.json");
  CHECK_FALSE(warns(named, "config-unknown-field"));
  CHECK(count_parameters(take_inventory(named.architecture)).total.value() == 41524768);
}

TEST_CASE("two spellings that differ are told", "[model]") {
  const ReadConfig read = read_config(
      R"({"model_type":"llama","vocab_size":32000,"hidden_size":4096,"d_model":512,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32})",
      "config.json");
  CHECK(warns(read, "config-two-values"));
}

TEST_CASE("layers without end are refused in every family", "[model][hostile]") {
  for (const char* layers : {"1000000000", "-3", "0", "1e300"}) {
    CAPTURE(layers);
    for (
        const std::string text :
        {R"({"model_type":"llama","vocab_size":10,"hidden_size":8,"intermediate_size":8,"num_attention_heads":2,"num_hidden_layers":)",
         R"({"model_type":"t5","vocab_size":10,"d_model":8,"d_kv":4,"d_ff":8,"num_heads":2,"num_layers":)",
         R"({"model_type":"bart","vocab_size":10,"d_model":8,"encoder_ffn_dim":8,"decoder_ffn_dim":8,"encoder_attention_heads":2,"decoder_attention_heads":2,"decoder_layers":2,"max_position_embeddings":8,"encoder_layers":)",
         R"({"model_type":"mamba","vocab_size":10,"hidden_size":8,"num_hidden_layers":)"}) {
      const Diagnostic d = refusal(text + layers + "}");
      CHECK(d.code == "config-bad-value");
      CHECK(d.message.find("layers") != std::string::npos);
    }
  }
}
