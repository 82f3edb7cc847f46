// A flag that is offered changes the answer or is refused: none is taken and ignored.
#include "surface/support.hpp"
#include <kwhatif/run/input.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace kwhatif::test {
namespace {

using Words = std::vector<std::string>;

// Values to try where the example of the table would be the one that holds anyhow.
const std::map<std::string, std::vector<std::string>> values{
    {"recompute", {"full"}},
    {"finetune", {"lora"}},
    {"rank", {"64"}},
    {"targets", {"query-value"}},
    {"loss-law", {"hoffmann-2022"}},
    {"image-size", {"384"}},
    {"step-time", {"8 s"}},
    {"steps-per-second", {"0.125"}},
    {"equivalence", {"geometric-mean"}},
    {"precision", {"fp8", "fp32", "tf32"}},
    {"epochs", {"2"}},
    {"runs", {"3"}},
    {"basis", {"direct", "consumption"}},
    {"billing", {"spot"}},
    {"boundary", {"direct"}},
    {"source", {"electricity-maps-annual", "eea-2020", "owid-ember-2024"}},
    {"year", {"2019"}},
    {"seq-len", {"8192"}},
    {"hours", {"600h"}},
    {"device-hours", {"200000 device-h"}},
    {"model", {"gpt2"}},
    {"active", {"2B"}},
    {"nodes", {"7"}},
    {"chips", {"56"}},
    {"hardware", {"a100-sxm4-80gb"}},
    {"experts-per-token", {"2"}},
    {"micro-batch", {"1", "2"}},
    {"virtual-stages", {"1"}},
    {"network", {"5 GB/s"}}};

const std::set<std::string> not_here{
    "config",  // names a file; tests/model and the transcripts have those
    "pilot",   // the same; tests/run/pilot_test has it
};

// Runs on which a flag can matter: parameters, a counted network, fine-tuning, tokens by a loss law (of a
// sparse model, too), measured time, a host.
const std::vector<std::string> bases{
    "--params 7B --tokens 1T --hardware h100-sxm5 --chips 64 --grid FRA",
    "--model llama-2-70b --tokens 1T --hardware h100-sxm5 --chips 512 --grid FRA",
    "--model llama-2-70b --tokens 1B --finetune lora --hardware h100-sxm5 --chips 64 --grid FRA",
    "--params 7B --tokens optimal --hardware h100-sxm5 --chips 64 --grid FRA",
    "--params 47B --active 13B --tokens optimal --hardware h100-sxm5 --chips 64 --grid FRA",
    "--hours 10h --hardware h100-sxm5 --chips 64 --grid FRA --price 3USD/h",
    "--params 7B --tokens 1T --hardware p4d.24xlarge --nodes 3 --region gcp:us-central1",
    "--flops 1e20 --tflops 100TFLOP/s --power 300W",
    "--params 7B --tokens 1T --hardware h100-sxm5 --chips 64 --grid FRA --purchase 30000USD "
    "--electricity-price 0.1USD/kWh --lifetime 6years",
    "--layers 32 --hidden 5120 --heads 32 --ffn 4096 --vocab 32000 --experts 16 --experts-per-token 1 "
    "--tokens 1T "
    "--hardware h100-sxm5 --chips 512 --grid FRA",
    "--params 70B --tokens 1T --hardware h100-sxm5 --chips 512 --grid FRA --pipeline-parallel 8 --recompute "
    "full",
    "--model llama-2-70b --tokens 1T --hardware h100-sxm5 --chips 512 --grid FRA --mfu 0.4 --recompute full",
    "--model vit-base-patch16-224 --samples 2M --epochs 90 --hardware a100-sxm4-80gb --chips 8 --grid FRA",
    "--params 7B --global-batch 4M --steps 250k --hardware h100-sxm5 --chips 64 --grid FRA"};

// The base without what the new flag stands instead of.
Words with_flag(const std::string& base, const std::string& flag, const std::string& value) {
  const std::map<std::string, std::set<std::string>> instead{
      {"chips", {"--nodes"}},
      {"nodes", {"--chips"}},
      {"grid", {"--region"}},
      {"region", {"--grid"}},
      {"ci", {"--grid", "--region"}},
      {"mfu", {"--tflops"}},
      {"tflops", {"--mfu"}},
      {"total-power", {"--power"}},
      {"power", {"--total-power"}},
      {"device-hours", {"--hours"}},
      {"hours", {"--device-hours"}},
      {"flops", {"--params", "--tokens", "--model", "--finetune"}},
      {"model", {"--params"}},
      {"params", {"--model"}},
      {"hfu", {"--mfu"}}};
  const auto found = instead.find(flag);
  Words out;
  const Words words = shell_words(base);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--" + flag || (found != instead.end() && found->second.contains(words[i]))) continue;
    out.insert(out.end(), {words[i], words[i + 1]});
  }
  out.insert(out.end(), {"--" + flag, value});
  return out;
}

Ran run_verb(const std::string& verb, const Words& flags, const std::string& more) {
  Words words{verb};
  words.insert(words.end(), flags.begin(), flags.end());
  for (const std::string& word : shell_words(more)) words.push_back(word);
  return run_program(words);
}

std::vector<std::string> values_of(const run::InputInfo& input) {
  const auto found = values.find(std::string{input.flag});
  return found != values.end() ? found->second : std::vector<std::string>{std::string{input.example}};
}

// The results of an answer: what stands under "scenario" repeats the flag and would hide one that is ignored.
std::string results_of(const Ran& ran) {
  std::string fault;
  const auto json = parse_json(ran.out, fault);
  if (!json) return ran.out;
  std::string out;
  for (const char* key : {"results", "intervals"}) {
    const Json* part = json->find(key);
    if (part == nullptr) continue;
    walk(*part, [&](const Path& path) { out += path.back().first + '=' + path.back().second->text + ';'; });
  }
  return out;
}

// Whether the answer repeats what was given, by the name of the flag.
bool stands_in_scenario(const Ran& ran, std::string flag) {
  std::replace(flag.begin(), flag.end(), '-', '_');
  std::string fault;
  const auto json = parse_json(ran.out, fault);
  const Json* run = json ? json->find("scenario") : nullptr;
  return run != nullptr && run->find(flag) != nullptr;
}

TEST_CASE("every input of a run stands in the answer and changes the results on some run that it fits") {
  for (const auto& input : run::input_table()) DYNAMIC_SECTION(input.flag) {
      const std::string flag{input.flag};
      if (not_here.contains(flag)) continue;
      bool changed = false;
      std::string tried;
      for (const std::string& base : bases) {
        const Ran before = run_verb("estimate", shell_words(base), "--json");
        REQUIRE(before.code == 0);
        for (const std::string& value : values_of(input)) {
          const Ran after = run_verb("estimate", with_flag(base, flag, value), "--json");
          tried += base + " --" + flag + " '" + value + "': " + std::to_string(after.code) + ' ' +
                   after.err.substr(0, 160) + '\n';
          if (after.code != 0 || results_of(after) == results_of(before)) continue;
          changed = true;
          CHECK(stands_in_scenario(after, flag));
          break;
        }
        if (changed) break;
      }
      INFO(tried);
      CHECK(changed);
    }
}

TEST_CASE("an input of a run that another verb takes changes its answer or is refused") {
  const std::string base = bases.front();
  const std::map<std::string, std::string> verbs{{"explain", "--json"},
                                                 {"compare", "--vary overhead=0,0.5 --json"},
                                                 {"sweep", "--axis overhead=0,0.5 --top 2 --json"},
                                                 {"plan", "--axis overhead=0,0.5 --max-energy 1TWh --json"},
                                                 {"methods", "--json"},
                                                 {"levers", "--json"},
                                                 {"sensitivity", "--json"}};
  for (const auto& [verb, more] : verbs) DYNAMIC_SECTION(verb) {
      const Ran before = run_verb(verb, shell_words(base), more);
      INFO(before.err);
      REQUIRE(before.code == 0);
      for (const auto& input : run::input_table()) {
        const std::string flag{input.flag};
        // an axis stands instead of the value that was given
        if (not_here.contains(flag) || more.find(flag + '=') != std::string::npos) continue;
        bool answered = false;
        std::string tried;
        for (const std::string& value : values_of(input)) {
          const Ran after = run_verb(verb, with_flag(base, flag, value), more);
          tried += "kwhatif " + verb + ' ' + base + " --" + flag + " '" + value + "' " + more + '\n';
          const bool refused = after.code == 2 && after.err.find("error[") != std::string::npos;
          // a warning that says so is an answer, too
          answered = answered || refused || after.out != before.out || after.err != before.err;
        }
        INFO(tried);
        CHECK(answered);
      }
    }
}

}  // namespace
}  // namespace kwhatif::test
