// The words of the work: nothing says "token" of a network that sees images, hears or reads proteins. Names
// of keys and flags stay what they are (flop_per_token, --tokens), and so do the words of a published source
// on a language model.
#include "surface/support.hpp"

#include <cctype>

namespace kwhatif::test {
namespace {

// The lines in which "token" stands as a word, without those of the locators of sources.
std::string lines_on_tokens(const std::string& text) {
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    std::string low = line;
    for (char& c : low) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (std::size_t at = low.find("token"); at != std::string::npos; at = low.find("token", at + 1)) {
      const auto part_of_a_name = [&](std::size_t i) {
        return i < low.size() &&
               (std::isalnum(static_cast<unsigned char>(low[i])) || low[i] == '_' || low[i] == '-');
      };
      std::size_t after = at + 5;
      if (after < low.size() && low[after] == 's') ++after;
      const bool name = (at > 0 && part_of_a_name(at - 1)) || part_of_a_name(after);
      const bool key = line.starts_with("tokens\t") || line.starts_with("| tokens |") ||
                       line.find("  tokens ") == 0 || line.find("tokens\t") != std::string::npos ||
                       line.find("input\ttokens") != std::string::npos;
      if (!name && !key) out += line + '\n';
    }
  }
  return out;
}

const std::vector<std::string> runs{
    "--model vit-large-patch16-224 --samples 1.28M --epochs 90 --hardware a100-sxm4-80gb --chips 8 --grid "
    "FRA",
    "--model resnet-50 --samples 1.28M --epochs 90 --hardware a100-sxm4-80gb --chips 8 --grid FRA "
    "--global-batch 2048",
    "--model whisper-large-v3 --samples 10M --hardware a100-sxm4-80gb --chips 64 --grid FRA",
    "--model whisper-large-v3 --samples 10M --hardware a100-sxm4-80gb --chips 64 --grid FRA --global-batch "
    "256",
    "--model esm2-650m --samples 10M --hardware a100-sxm4-80gb --chips 64 --grid FRA"};

TEST_CASE("every verb speaks of images, positions and residues where a network is trained on these") {
  for (const std::string& run : runs) {
    for (const std::string verb :
         {"estimate", "explain", "sensitivity", "methods", "compare --vary chips=8,16",
          "compare --vary global-batch=1024,2048", "sweep --axis chips=8,16", "sweep --axis samples=1M,2M",
          "plan --max-days 300 --minimize co2e", "plan --max-days 3 --maximize samples",
          "plan --max-days 3 --maximize tokens", "report -o - --format md", "report -o - --format checklist",
          "schedule"}) {
      for (const std::string form : {"", " --plain"}) {
        const std::string line = verb + " " + run + form;
        const Ran ran = run_line(line);
        INFO(line);
        CHECK(lines_on_tokens(ran.out) == "");
        CHECK(lines_on_tokens(ran.err) == "");
      }
    }
  }
}

TEST_CASE("messages on missing or doubtful work name the unit of the network") {
  for (const std::string line :
       {"estimate --model resnet-50 --epochs 90 --hardware v100-sxm2-16gb --chips 8",
        "estimate --model resnet-50 --hardware v100-sxm2-16gb --chips 8",
        "estimate --model esm2-650m --epochs 3 --hardware v100-sxm2-16gb --chips 8",
        "estimate --model resnet-50 --samples 1.28M --epochs 90 --hardware v100-sxm2-16gb --chips 8 --done "
        "100",
        "estimate --model resnet-50 --hours 10h --hardware v100-sxm2-16gb --chips 8 --done 1M",
        "estimate --model whisper-large-v3 --samples 1k --hardware v100-sxm2-16gb --chips 8"}) {
    const Ran ran = run_line(line);
    INFO(line);
    CHECK(lines_on_tokens(ran.err) == "");
  }
}

TEST_CASE("a batch in tokens is refused for images, with the form that is accepted") {
  const Ran ran = run_line(
      "estimate --model resnet-50 --samples 1.28M --hardware v100-sxm2-16gb --chips 8 --global-batch '256 "
      "tokens'");
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("\"256 images\"") != std::string::npos);
}

double flop_of(const std::string& line) {
  std::string fault;
  const auto document = parse_json(run_line(line).out, fault);
  INFO(line << ": " << fault);
  REQUIRE(document);
  const Json* const flop = document->at("results.training_flop");
  REQUIRE(flop != nullptr);
  return flop->number;
}

TEST_CASE("hours of sound are clips of what hears, and refused of all else") {
  const std::string whisper =
      "estimate --model whisper-large-v3 --hardware a100-sxm4-80gb --chips 64 --grid FRA --json --samples ";
  const double hours = flop_of(whisper + "'680k h'");
  const double clips = flop_of(whisper + "81.6M");  // 680,000 h x 3,600 s / 30 s
  CHECK(hours == Approx(clips));
  const Ran refused =
      run_line("estimate --model resnet-50 --hardware a100-sxm4-80gb --chips 8 --samples '680k h'");
  CHECK(refused.code == 2);
  CHECK(refused.out.empty());
  CHECK(refused.err.find("resnet-50 is trained on images") != std::string::npos);
  CHECK(run_line("estimate --params 7B --hardware a100-sxm4-80gb --chips 8 --samples '680k h'").code == 2);
}

TEST_CASE("steps beside the data set are accepted where they agree") {
  const std::string run = "estimate --params 7B --hardware h100-sxm5 --chips 64 --grid FRA ";
  CHECK(run_line(run + "--tokens 2T --steps 500k --global-batch 4M").code == 0);
  const Ran other = run_line(run + "--tokens 2T --steps 250k --global-batch 4M");
  CHECK(other.code == 2);
  CHECK(other.err.find("2.00 T tokens") != std::string::npos);
  CHECK(other.err.find("1.00 T tokens") != std::string::npos);
  // 1,281,167 / 256 is no whole number: 5,004 or 5,005 steps an epoch
  const std::string images =
      "estimate --model resnet-50 --samples 1281167 --epochs 90 --global-batch 256 --hardware v100-sxm2-16gb "
      "--chips 8 --steps ";
  CHECK(run_line(images + "450360").code == 0);
  CHECK(run_line(images + "450450").code == 0);
  CHECK(run_line(images + "5004").code == 2);
}

TEST_CASE("FLOP of a sample without their prefix are told") {
  const std::string run = "estimate --samples 1M --hardware v100-sxm2-16gb --chips 8 --flops-per-sample ";
  const Ran ran = run_line(run + "24.6");
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("\"24.6 GFLOP\"") != std::string::npos);
  CHECK(run_line(run + "'24.6 GFLOP'").code == 0);
}

TEST_CASE("init writes files that check and estimate take without a word") {
  for (const std::string name : {"vision", "finetune", "pilot", "stages", "hardware", "region"}) {
    const Ran written = run_line("init " + name);
    REQUIRE(written.code == 0);
    const bool run = name != "hardware" && name != "region";
    INFO(name);
    if (run) {
      const Ran estimated = run_line("estimate -", written.out);
      CHECK(estimated.code == 0);
      CHECK(estimated.err == "");
    }
  }
}

}  // namespace
}  // namespace kwhatif::test
