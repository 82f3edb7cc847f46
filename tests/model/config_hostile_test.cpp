// Broken, misleading and hostile configs: each is refused with its place and a reason, or read with a remark.
#include "support.hpp"

#include <random>
#include <string>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;
using kwhatif::diag::Diagnostic;
using kwhatif::diag::Severity;

namespace {

const std::string llama =
    R"("model_type":"llama","vocab_size":32000,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32)";

std::vector<Diagnostic> problems(const std::string& text) {
  try {
    read_config(text, "config.json");
  } catch (const ConfigError& error) {
    return error.diagnostics();
  }
  return {};
}

Diagnostic problem(const std::string& text) {
  const auto all = problems(text);
  REQUIRE(all.size() >= 1);
  return all.front();
}

std::vector<Diagnostic> remarks(const std::string& text) { return read_config(text, "config.json").remarks; }

bool has_code(const std::vector<Diagnostic>& list, const std::string& code) {
  for (const Diagnostic& d : list) {
    if (d.code == code) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a truncated config is refused at every length", "[model][hostile]") {
  const std::string text = preset_text("mixtral-8x7b");
  const std::size_t end = text.find_last_of('}');
  for (std::size_t length = 0; length <= end; ++length) {
    CAPTURE(length);
    const auto all = problems(text.substr(0, length));
    REQUIRE(all.size() == 1);
    CHECK(all.front().code == "config-not-json");
    CHECK(all.front().where.line >= 1);
  }
}

TEST_CASE("what is not JSON is refused with its place", "[model][hostile]") {
  for (const char* text :
       {"", "   ", "null", "42", "[]", "\"llama\"", "{]", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "{\"a\":01}",
        "\x00\x01\x02", "\xff\xfe", "<html>404</html>", "model_type: llama"}) {
    CAPTURE(text);
    CHECK(problem(text).code == "config-not-json");
  }
  const Diagnostic d = problem("{\n  \"a\": 1,\n  \"b\": tru\n}");
  CHECK(d.where.line == 3);
  CHECK(kwhatif::diag::render(d).find("config.json:3:") == 0);
  CHECK(problem("{\"a\": \"\xc3\x28\"}").code == "config-not-json");  // invalid UTF-8
  CHECK(problem("{\"a\": 1e999}").code == "config-not-json");
}

TEST_CASE("a file of 10 MB is refused before it is parsed", "[model][hostile]") {
  const std::string text = "{\"a\":\"" + std::string(10'000'000, 'x') + "\"}";
  const Diagnostic d = problem(text);
  CHECK(d.code == "config-too-large");
  CHECK(d.help.find("tokenizer") != std::string::npos);
}

TEST_CASE("deep nesting is refused without deep recursion", "[model][hostile]") {
  for (const std::string open : {"[", "{\"a\":"}) {
    std::string text = "{\"a\":";
    while (text.size() < 1'000'000) text += open;
    const Diagnostic d = problem(text);
    CHECK(d.code == "config-too-deep");
    CHECK(d.where.line == 1);
  }
}

TEST_CASE("duplicate keys are refused at the second one", "[model][hostile]") {
  const Diagnostic d = problem("{\n  \"hidden_size\": 1,\n  \"hidden_size\": 2\n}");
  CHECK(d.code == "config-duplicate-key");
  CHECK(d.where.line == 3);
  CHECK(d.where.column == 3);
  CHECK(d.message.find("hidden_size") != std::string::npos);
  CHECK(problem(R"({"x":{"a":1,"a":2}})").code == "config-duplicate-key");
  // The same key in two different objects is fine.
  CHECK(problems("{" + llama + R"(,"x":{"a":1},"y":{"a":1}})").empty());
}

TEST_CASE("values out of range or of the wrong kind are refused at their place", "[model][hostile]") {
  struct Case {
    const char* value;
    const char* says;
  };
  for (const Case& c : {Case{"0", "at least 1"},
                        {"-1", "negative"},
                        {"-9223372036854775808", "negative"},
                        {"4096.5", "whole number"},
                        {"-2.0", "whole number"},
                        {"1e30", "larger"},
                        {"18446744073709551615", "larger"},
                        {"18446744073709551616", "larger"},
                        {"\"4096\"", "whole number"},
                        {"true", "whole number"},
                        {"[4096]", "whole number"},
                        {"{}", "whole number"}}) {
    CAPTURE(c.value);
    const Diagnostic d =
        problem(std::string("{\"model_type\":\"llama\",\"vocab_size\":32000,\"intermediate_size\":11008,") +
                "\"num_hidden_layers\":32,\"num_attention_heads\":32,\n\"hidden_size\":   " + c.value + "}");
    CHECK(d.code == "config-bad-value");
    CHECK(d.message.find("hidden_size") != std::string::npos);
    CHECK(d.message.find(c.says) != std::string::npos);
    CHECK(d.where.line == 2);
    CHECK(d.where.column == 18);
  }
  CHECK(problem("{" + llama + R"(,"tie_word_embeddings":"yes"})").message.find("true or false") !=
        std::string::npos);
  CHECK(
      problem(
          R"({"model_type":"bert","architectures":"BertModel","vocab_size":10,"hidden_size":4,"num_hidden_layers":1,"num_attention_heads":1,"intermediate_size":4,"max_position_embeddings":4})")
          .code == "config-bad-value");
  CHECK(problem(R"({"model_type":7})").code == "config-bad-value");
}

TEST_CASE("a whole number written with a fraction of zero is one", "[model]") {
  CHECK(
      problems(
          R"({"model_type":"llama","vocab_size":32000.0,"hidden_size":4.096e3,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32})")
          .empty());
}

TEST_CASE("all missing fields are named at once, with their other spellings", "[model][hostile]") {
  const auto all = problems(R"({"model_type":"llama","vocab_size":32000})");
  REQUIRE(all.size() == 4);
  for (const auto& d : all) CHECK(d.code == "config-missing-field");
  CHECK(all[0].message.find("hidden_size") != std::string::npos);
  CHECK(all[0].help.find("n_embd") != std::string::npos);
  CHECK(has_code(problems("{}"), "config-missing-field"));
  CHECK(problem(R"({"vocab_size":32000})").message.find("model_type") != std::string::npos);
  CHECK(problem(R"({"model_type":"t5","d_model":512,"vocab_size":10,"num_heads":8,"d_ff":4,"num_layers":2})")
            .message.find("d_kv") != std::string::npos);
  CHECK(problem(R"({"model_type":"resnet","embedding_size":64})").message.find("hidden_sizes") !=
        std::string::npos);
}

TEST_CASE("sizes that contradict each other are refused", "[model][hostile]") {
  const auto config = [](const std::string& heads, const std::string& more) {
    return R"({"model_type":"llama","vocab_size":32000,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":)" +
           heads + more + "}";
  };
  CHECK(problem(config("33", "")).code == "config-inconsistent");
  CHECK(problem(config("32", R"(,"num_key_value_heads":5)")).code == "config-inconsistent");
  CHECK(problems(config("33", R"(,"head_dim":128)")).empty());
  CHECK(problem(config("32", R"(,"layer_types":["full_attention"])")).code == "config-inconsistent");
  CHECK(problem(config("32", R"(,"layer_types":["linear_attention"])")).code == "config-unsupported");
  CHECK(
      problem(
          R"({"model_type":"mixtral","vocab_size":32000,"hidden_size":64,"intermediate_size":64,"num_hidden_layers":2,"num_attention_heads":2,"num_local_experts":2,"num_experts_per_tok":3})")
          .code == "config-inconsistent");
  CHECK(
      problem(
          R"({"model_type":"vit","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":2,"intermediate_size":64,"patch_size":32,"image_size":16})")
          .code == "config-inconsistent");
}

TEST_CASE("overflow is refused and never silent", "[model][hostile]") {
  const std::string huge = "1000000000";
  const Diagnostic d = problem(R"({"model_type":"llama","vocab_size":)" + huge + R"(,"hidden_size":)" + huge +
                               R"(,"intermediate_size":)" + huge + R"(,"num_hidden_layers":99999)" +
                               R"(,"num_attention_heads":1})");
  CHECK(d.code == "config-count-overflow");
  CHECK(
      problem(
          R"({"model_type":"llama","vocab_size":1,"hidden_size":1,"intermediate_size":1,"num_hidden_layers":100001,"num_attention_heads":1})")
          .code == "config-bad-value");
  CHECK_THROWS_AS(Count{~std::uint64_t{0}} + Count{1}, CountOverflow);
  CHECK_THROWS_AS(Count{std::uint64_t{1} << 32U} * Count{std::uint64_t{1} << 32U}, CountOverflow);
  CHECK_THROWS_AS(Count{1} - Count{2}, CountOverflow);
}

TEST_CASE("sizes that would take for ever to walk are refused", "[model][hostile]") {
  CHECK(problem(R"({"model_type":"resnet","embedding_size":64,"hidden_sizes":[256],"depths":[1000000000]})")
            .code == "config-bad-value");
  CHECK(
      problem(
          R"({"_class_name":"UNet2DConditionModel","sample_size":64,"block_out_channels":[320],"layers_per_block":999999999,"down_block_types":["DownBlock2D"],"up_block_types":["UpBlock2D"],"cross_attention_dim":768})")
          .code == "config-bad-value");
  std::string stages = "1";
  for (int i = 0; i < 100'000; ++i) stages += ",1";
  CHECK(problem(R"({"model_type":"resnet","embedding_size":64,"hidden_sizes":[)" + stages +
                R"(],"depths":[)" + stages + "]}")
            .code == "config-bad-value");
  // Two hundred thousand unknown fields and the deepest network allowed.
  std::string many = "{" + llama;
  many.replace(many.find("\"num_hidden_layers\":32"), 22, "\"num_hidden_layers\":99999");
  for (int i = 0; i < 200'000; ++i) many += ",\"f" + std::to_string(i) + "\":1";
  CHECK(problems(many + "}").empty());
}

TEST_CASE("families and parts without a rule are refused, not guessed", "[model][hostile]") {
  CHECK(problem(R"({"model_type":"zamba2"})").code == "config-unsupported");
  CHECK(problem(R"({"model_type":"my_hybrid","mamba_d_state":16})").code == "config-unsupported");
  CHECK(
      problem(
          R"({"_class_name":"UNet2DConditionModel","sample_size":64,"block_out_channels":[320],"down_block_types":["KDownBlock2D"],"up_block_types":["UpBlock2D"],"cross_attention_dim":768})")
          .code == "config-unsupported");
}

TEST_CASE("settings that change the weights of a UNet are refused", "[model][hostile]") {
  const std::string unet =
      R"("_class_name":"UNet2DConditionModel","sample_size":64,"block_out_channels":[320],"cross_attention_dim":768,"down_block_types":["CrossAttnDownBlock2D"],"up_block_types":["CrossAttnUpBlock2D"])";
  CHECK(problems("{" + unet + "}").empty());
  for (const char* setting :
       {R"("only_cross_attention":true)", R"("only_cross_attention":[true])",
        R"("dual_cross_attention":true)", R"("conv_in_kernel":1)",
        R"("resnet_time_scale_shift":"scale_shift")", R"("addition_embed_type":"image")"}) {
    CAPTURE(setting);
    CHECK(problem("{" + unet + "," + setting + "}").code == "config-unsupported");
  }
}

TEST_CASE("an unknown decoder is read as a llama-like one, with a warning that says so", "[model]") {
  const std::string text =
      R"({"model_type":"lama","vocab_size":32000,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"rope_theta":1e4})";
  // Nothing but sizes could be anything.
  const Diagnostic bare = problem(std::string(text).replace(text.find(",\"rope_theta\":1e4"), 17, ""));
  CHECK(bare.code == "config-unsupported");
  CHECK(bare.help.find("llama") != std::string::npos);
  const ReadConfig read = read_config(text, "config.json");
  CHECK(count_parameters(take_inventory(read.architecture)).total == Count{6738415616});
  REQUIRE_FALSE(read.remarks.empty());
  const Diagnostic& d = read.remarks.front();
  CHECK(d.code == "config-unknown-type");
  CHECK(d.severity == Severity::warning);
  CHECK(d.help.find("llama") != std::string::npos);
  CHECK(d.where.line == 1);
  // With experts, latent attention, or fields that nobody has told of, it is no plain decoder.
  for (const char* more : {R"("num_local_experts":8,"num_experts_per_tok":2)", R"("kv_lora_rank":512)",
                           R"("frobnication_rank":4)", R"("use_qk_norm":true)"}) {
    CAPTURE(more);
    CHECK(problem(std::string(text).replace(text.size() - 1, 1, "," + std::string(more) + "}")).code ==
          "config-unsupported");
  }
  // … but the language model inside a known file of several kinds is counted, and the rest told.
  const std::string inside = std::string(text).replace(text.find("lama"), 4, "llama");
  const ReadConfig part =
      read_config(R"({"model_type":"granite_speech","text_config":)" + inside + "}", "config.json");
  CHECK(count_parameters(take_inventory(part.architecture)).total == Count{6738415616});
  CHECK(has_code(part.remarks, "config-part-left-out"));
  // A type of transformers without a rule is named for what it is, whatever its fields.
  for (const char* type : {"laguna", "minicpm3", "granite_speech", "t5gemma2", "radio", "informer"}) {
    CAPTURE(type);
    const Diagnostic known = problem(std::string(text).replace(text.find("lama"), 4, type));
    CHECK(known.code == "config-unsupported");
    CHECK(known.message.find(" is a") != std::string::npos);
  }
}

TEST_CASE("model_type may follow from architectures", "[model]") {
  const std::string text =
      R"({"architectures":["MistralForCausalLM"],"vocab_size":32000,"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8})";
  CHECK(count(text).total == Count{7241732096});
  CHECK(has_code(remarks(text), "config-type-guessed"));
}

TEST_CASE("fields of real files without effect are silent, others are named in one warning", "[model]") {
  CHECK(
      remarks(
          "{" + llama +
          R"(,"torch_dtype":"bfloat16","use_cache":true,"rope_theta":10000.0,"bos_token_id":1,"rms_norm_eps":1e-05})")
          .empty());
  const auto noted = remarks("{" + llama + R"(,"frobnicate":1,"wibble":{"a":[1,2]}})");
  REQUIRE(noted.size() == 1);
  CHECK(noted.front().code == "config-unknown-field");
  CHECK(noted.front().severity == Severity::warning);
  CHECK(noted.front().message.find("frobnicate, wibble") != std::string::npos);
}

TEST_CASE("null, byte order mark and Python's Infinity are read", "[model]") {
  CHECK(problems("\xEF\xBB\xBF{" + llama + R"(,"head_dim":null,"rope_scaling":null})").empty());
  CHECK(problems("{" + llama + R"(,"time_step_limit":[0.0,Infinity],"x":-Infinity,"y":NaN})").empty());
  CHECK(has_code(problems(R"({"model_type":"llama","vocab_size":NaN})"), "config-bad-value"));
  // A word inside text stays text.
  CHECK(problems("{" + llama + R"(,"note":"to \"Infinity\" and NaN"})").empty());
}

TEST_CASE("a problem inside a nested part is named with its path", "[model]") {
  const Diagnostic d =
      problem(R"({"model_type":"mistral3","text_config":{"model_type":"mistral","hidden_size":-5}})");
  CHECK(d.message.find("text_config.hidden_size") != std::string::npos);
}

TEST_CASE("randomly damaged presets are read or refused, never worse", "[model][hostile]") {
  std::mt19937 random(20260101);
  const char* const ids[] = {"llama-3-8b", "deepseek-v3", "t5-base", "stable-diffusion-v1-5-unet",
                             "mamba-130m", "resnet-50"};
  for (const char* id : ids) {
    const std::string good = preset_text(id);
    for (int round = 0; round < 400; ++round) {
      std::string text = good;
      for (int change = 0; change < 3; ++change) {
        const std::size_t at = random() % text.size();
        static constexpr char bytes[] = "0123456789-e.\"{}[],:tfn \\\xff";
        text[at] = bytes[random() % (sizeof(bytes) - 1)];
      }
      try {
        const ReadConfig read = read_config(text, id);
        CHECK(count_parameters(take_inventory(read.architecture)).total > Count{0});
      } catch (const ConfigError& error) {
        CHECK_FALSE(error.diagnostics().empty());
        CHECK(error.diagnostics().size() <= 20);
      }
    }
  }
}
