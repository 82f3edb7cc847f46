// Whatever is given: read, or refused with a sentence; never a crash, a hang or a number that is none.
#include "import/support.hpp"

#include <cmath>
#include <filesystem>

namespace kwhatif::test {
namespace {

void read_or_refuse(const std::string& text) {
  try {
    const auto m = measured(text, {.row = 1});
    for (const auto& f : m.findings) {
      INFO(m.form << ": " << imports::info_of(f.measure).label);
      CHECK(std::isfinite(f.value));
      CHECK(f.value >= 0);
    }
  } catch (const diag::UsageError& error) {
    CHECK_FALSE(error.diagnostics().front().message.empty());
  }
}

TEST_CASE("any beginning of any file, and any line of it left out") {
  for (const auto& entry : std::filesystem::directory_iterator(import_file(""))) {
    std::string text = document::read_file(entry.path().string())->text;
    if (text.size() > 4000) text.resize(4000);
    INFO(entry.path().filename().string());
    for (std::size_t cut = 0; cut < text.size(); cut += 1 + text.size() / 300)
      read_or_refuse(text.substr(0, cut));
    for (std::size_t at = 0; at < text.size(); at += 1 + text.size() / 200) {
      for (const char c : {'\0', '9', ',', '\n', '-', '"', 'n'}) {
        std::string changed = text;
        changed[at] = c;
        read_or_refuse(changed);
      }
    }
  }
}

TEST_CASE("what is no text says what it is") {
  CHECK(refusal("").find("empty") != std::string::npos);
  CHECK(refusal(" \n\n ").find("empty") != std::string::npos);
  CHECK(refusal(std::string("PK\x03\x04", 4) + std::string(100, '\0')).find("ZIP archive") !=
        std::string::npos);
  CHECK(refusal("\x1f\x8b\x08").find("gzip") != std::string::npos);
  CHECK(refusal(std::string("abc\0def", 7)).find("binary file") != std::string::npos);
  CHECK(refusal(std::string("\x18\0\0\0\0\0\0\0brain.Event:2", 21)).find("TensorBoard") != std::string::npos);
  CHECK(refusal("{\"log_history\": [{\"loss\": 1.0}, {\"lo").find("it ends in the middle") !=
        std::string::npos);
  CHECK(refusal("{\"model_type\": \"llama\", \"architectures\": [\"X\"]}").find("kwhatif model") !=
        std::string::npos);
  CHECK(refusal("[hardware]\nid = \"h100\"\n").find("kwhatif estimate FILE") != std::string::npos);
  CHECK(refusal("dear diary\n")
            .starts_with(
                "unknown-form: 'some.file' is of no form that is read | read are the files of CodeCarbon"));
}

TEST_CASE("NaN, infinity and nesting") {
  read_or_refuse(
      "{\"log_history\": [{\"train_runtime\": NaN, \"train_samples_per_second\": Infinity, \"step\": 0}], "
      "\"global_step\": NaN}");
  read_or_refuse("{\"train_runtime\": 1e999}");
  read_or_refuse(std::string(100000, '['));
  read_or_refuse("{\"train_runtime\": 0, \"train_samples_per_second\": 0, \"train_steps_per_second\": 0}");
  std::string dots(1U << 20U, ':');
  read_or_refuse("iter 0: loss 1, time " + dots + "ms\n");
  read_or_refuse("iter 0: loss 1, time 99999999999999999999999999999999999999ms, mfu 1e308%\n");
  read_or_refuse(
      "timestamp, index, power.draw [W]\n2025/06/01 10:00:00.000, 0, 1e308 W\n2025/06/01 10:00:01.000, 0, "
      "1e308 W\n2025/06/01 10:00:02.000, 0, 1e308 W\n");
}

}  // namespace
}  // namespace kwhatif::test
