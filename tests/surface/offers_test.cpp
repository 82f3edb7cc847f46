// What the program offers is there: verbs and flags in help and completion, flags that change the answer,
// exit codes, money of hosts.
#include "surface/support.hpp"
#include "verb.hpp"
#include <kwhatif/run/input.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <unistd.h>

namespace kwhatif::test {
namespace {

// The verbs of the contract that this edition has; one that is taken out of the table does not go unseen.
const std::vector<std::string> contract_verbs{"estimate", "explain",     "model",  "compare",   "sweep",
                                              "plan",     "schedule",    "serve",  "levers", "methods",   "reproduce",
                                              "backtest", "sensitivity", "equiv",  "list",      "show",
                                              "check",    "import",      "init",   "completion"};

// Flags of a verb as its help names them.
std::set<std::string> flags_in_help(const std::string& verb) {
  const Ran ran = run_line(verb + " --help");
  REQUIRE(ran.code == 0);
  std::set<std::string> out;
  for (std::size_t at = 0; (at = ran.out.find("\n  -", at)) != std::string::npos;) {
    at += 3;
    if (ran.out.compare(at, 4, "-o, ") == 0 || ran.out.compare(at, 4, "-h, ") == 0) at += 4;
    out.insert(ran.out.substr(at, ran.out.find_first_of(" ,=\n", at) - at));
  }
  return out;
}

TEST_CASE("help lists every verb of the contract, and the help of each verb says what it answers") {
  const Ran help = run_line("--help");
  CHECK(help.code == 0);
  for (const std::string& verb : contract_verbs) {
    INFO(verb);
    REQUIRE(cli::find_verb(verb) != nullptr);
    CHECK(help.out.find("  " + verb) != std::string::npos);
    const Ran own = run_line(verb + " --help");
    CHECK(own.code == 0);
    CHECK(own.out.find("example: kwhatif " + verb) != std::string::npos);
  }
}

TEST_CASE("help names every flag that the verb takes") {
  for (const cli::Verb& verb : cli::verbs()) {
    INFO(verb.name);
    const auto offered = flags_in_help(std::string{verb.name});
    const auto check = [&](std::string_view flag) {
      INFO(flag);
      CHECK(offered.contains("--" + std::string{flag}));
    };
    for (const auto& option : verb.options) check(option.name);
    for (const auto& option : cli::common_options()) check(option.name);
    if (!verb.run_flags) continue;
    for (const auto& input : run::input_table()) check(input.flag);
  }
}

std::string completion(const std::string& shell) {
  const Ran ran = run_line("completion " + shell);
  REQUIRE(ran.code == 0);
  return ran.out;
}

// What bash offers after a line whose last word is being typed. The script asks the program on the PATH.
std::set<std::string> offered_by_bash(const std::string& script, const std::vector<std::string>& words) {
  const char* program = std::getenv("KWHATIF_PROGRAM");
  REQUIRE(program != nullptr);
  std::ofstream question(script + ".question");
  question << "PATH='" << std::filesystem::path(program).parent_path().string() << "':$PATH\nsource '"
           << script << "'\nCOMP_WORDS=(";
  for (const std::string& word : words) question << " '" << word << "'";
  question << ")\nCOMP_CWORD=" << words.size() - 1
           << "\nCOMP_LINE=\"${COMP_WORDS[*]}\"\nCOMP_POINT=${#COMP_LINE}\n_kwhatif\nprintf '%s\\n' "
              "\"${COMPREPLY[@]}\"\n";
  question.close();
  std::FILE* pipe = ::popen(("bash '" + script + ".question' 2>/dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::set<std::string> out;
  std::string line;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    while (line.ends_with(' ')) line.pop_back();
    out.insert(line);
    line.clear();
  }
  ::pclose(pipe);
  return out;
}

TEST_CASE("bash completes every verb, and after a verb each of its flags") {
  const auto script =
      std::filesystem::temp_directory_path() / ("kwhatif-completion-" + std::to_string(::getpid()));
  std::ofstream(script) << completion("bash");
  const auto verbs = offered_by_bash(script.string(), {"kwhatif", ""});
  for (const std::string& verb : contract_verbs) {
    INFO(verb);
    CHECK(verbs.contains(verb));
  }
  for (const std::string& verb : contract_verbs) {
    const auto offered = offered_by_bash(script.string(), {"kwhatif", verb, "--"});
    for (const std::string& flag : flags_in_help(verb)) {
      INFO(verb << ' ' << flag);
      CHECK(offered.contains(flag));
    }
  }
  const auto words = offered_by_bash(script.string(), {"kwhatif", "estimate", "--recompute", ""});
  for (const char* word : {"none", "selective", "full"}) CHECK(words.contains(word));
  std::filesystem::remove(script);
  std::filesystem::remove(script.string() + ".question");
}

// Neither shell is on every machine: what their scripts ask is looked for in them, and asked.
TEST_CASE("zsh and fish ask the program, which names every verb and after a verb each of its flags") {
  CHECK(completion("zsh").find("$(kwhatif completion words \"${(@Q)words[2,CURRENT-1]}\" \"$PREFIX\"") !=
        std::string::npos);
  CHECK(completion("zsh").find("compadd -a candidates") != std::string::npos);
  CHECK(completion("zsh").starts_with("#compdef kwhatif\n"));
  CHECK(completion("fish").find("(kwhatif completion words $before[2..-1] \"$current\"") !=
        std::string::npos);
  CHECK(completion("fish").find("complete -c kwhatif -f -a '(__kwhatif_words)'") != std::string::npos);
  const auto answered = [](const std::vector<std::string>& words) {
    std::vector<std::string> line{"completion", "words"};
    line.insert(line.end(), words.begin(), words.end());
    const Ran ran = run_program(line);
    REQUIRE(ran.code == 0);
    std::set<std::string> out;
    for (std::size_t at = 0; at < ran.out.size();) {
      const auto end = ran.out.find('\n', at);
      out.insert(ran.out.substr(at, end - at));
      at = end + 1;
    }
    return out;
  };
  const auto verbs = answered({""});
  for (const std::string& verb : contract_verbs) {
    INFO(verb);
    CHECK(verbs.contains(verb));
    const auto offered = answered({verb, "--"});
    for (const std::string& flag : flags_in_help(verb)) {
      INFO(flag);
      CHECK(offered.contains(flag));
      CHECK(answered({verb, flag.substr(0, flag.size() - 1)}).contains(flag));
    }
  }
}

TEST_CASE("exit codes: 0 done, 1 the answer is no, 2 wrong input") {
  const std::pair<int, std::string> expected[] = {
      {0, ""},
      {0, "--version"},
      {0, "estimate " + known_run},
      {0, "sweep " + known_run + " --axis pue=1.1,1.2"},
      {0, "plan " + known_run + " --axis pue=1.1,1.2 --max-co2e 1kt"},
      {1, "plan " + known_run + " --axis pue=1.1,1.2 --max-co2e 1kg"},
      {0, "reproduce strubell-2019"},
      {0, "backtest"},
      {2, "frobnicate"},
      {2, "estimate"},
      {2, "estimate --frobnicate 3"},
      {2, "estimate --params"},
      {2, "estimate --params 7B --tokens 1T --pue 0.9"},
      {2, "estimate --flops 1e20 --power 300"},
      {2, "estimate no-such-file.toml"},
      {2, "estimate --flops 1e20 --hardware no-such-device"},
      {2, "sweep " + known_run + " --axis pue=nonsense"},
      {2, "plan " + known_run + " --max-co2e 5"},
      {2, "list nonsense"},
      {2, "show hardware no-such-device"},
      {2, "reproduce no-such-study"},
      {2, "completion csh"},
      {2, "model no-such-model"},
      {2, "equiv 3"},
      {2, "estimate " + known_run + " --json --csv"},
  };
  for (const auto& [code, line] : expected) {
    const Ran ran = run_line(line);
    INFO("kwhatif " << line << '\n' << ran.out.substr(0, 300) << ran.err);
    CHECK(ran.code == code);
    CHECK((ran.err.find("error[") != std::string::npos) == (code == 2));
    if (code == 2) CHECK(ran.out.empty());
  }
  const Ran bad = run_line("check -", "[hardware]\nid = 3\n");
  CHECK(bad.code != 0);
  CHECK(run_line("estimate - --json", "[training]\nflops = \"1e20\"\nfrobnicate = 3\n").code == 2);
}

// p4d.24xlarge: 8 devices at 21.9576 USD/h for all of them, 2.083 USD/h for one on spot (data/prices,
// us-east-1, 2026-09).
TEST_CASE("a number of nodes is that many hosts with their devices and their price") {
  const Json json =
      document("estimate --hours 100h --hardware p4d.24xlarge --nodes 3 --pue 1.1 --ci 100g/kWh");
  CHECK(json.at("results.devices")->number == 24);
  CHECK(json.at("results.device_hours")->number == Approx(2400));
  CHECK(json.at("results.cost_usd")->number == Approx(3 * 100 * 21.9576).epsilon(1e-9));
  CHECK(json.at("results.cost_low_usd")->number == Approx(3 * 8 * 100 * 2.083).epsilon(1e-9));
  // the same devices by number
  const Json chips =
      document("estimate --hours 100h --hardware p4d.24xlarge --chips 24 --pue 1.1 --ci 100g/kWh");
  CHECK(chips.at("results.cost_usd")->number == json.at("results.cost_usd")->number);
}

}  // namespace
}  // namespace kwhatif::test
