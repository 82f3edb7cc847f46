// Every verb in every form: it prints what the form promises, or says why it does not.
#include "program/process.hpp"
#include "support/catch.hpp"
#include "support/formats.hpp"

#include <set>

namespace kwhatif::test {
namespace {

using Words = std::vector<std::string>;

const std::string run_file =
    "title = \"A run\"\n[training]\nflops = \"1e21 FLOP\"\n[hardware]\nid = \"h100-sxm5\"\ncount = 8\n"
    "[site]\ngrid = \"FRA\"\n";
const std::string stages_file =
    "title = \"Stages\"\n[model]\npreset = \"llama-3-8b\"\n[hardware]\nid = \"h100-sxm5\"\ncount = 8\nmfu = "
    "0.4\n"
    "[site]\ngrid = \"FRA\"\n[[stage]]\nname = \"first\"\nregime = \"pretrain\"\ntokens = \"1B\"\n"
    "[[stage]]\nname = \"second\"\nregime = \"pretrain\"\ntokens = \"2B\"\n";

const Words all_rows{"sweep", "run.toml", "--axis", "pue=1:2:lin5", "--axis", "grid=FRA,DEU"};

const std::vector<Words> commands{
    {"estimate", "run.toml"},
    {"estimate", "stages.toml"},
    {"estimate", "--params", "7B", "--tokens", "1T"},
    {"explain", "run.toml"},
    {"explain", "stages.toml"},
    {"model", "gpt-3"},
    {"compare", "run.toml", "stages.toml"},
    {"compare", "run.toml", "--vary", "grid=FRA,DEU,POL"},
    {"compare", "run.toml", "--vary", "mfu=0.3,0.4"},
    {"compare", "run.toml", "--vary", "grid=FRA,DEU", "--vary", "pue=1,2", "--vary", "year=2020,2021",
     "--mixed"},
    all_rows,
    {"sweep", "run.toml", "--axis", "pue=1:2:lin5", "--top", "2"},
    {"sweep", "run.toml", "--axis", "pue=1:2:lin5", "--pareto", "energy,time"},
    {"sweep", "run.toml", "--axis", "pue=1:2:lin5", "--axis", "grid=FRA,DEU", "--group-by", "grid"},
    {"sweep", "run.toml", "--axis", "pue=1:2:lin5", "--reduce", "quantiles"},
    {"sweep", "run.toml", "--axis", "pue=1:2:lin5", "--histogram", "energy"},
    {"sweep", "run.toml", "--axis", "pue=1:2:lin5", "--explain-row", "1"},
    {"plan", "--params", "7B", "--tokens", "100B", "--grid", "FRA", "--max-days", "30"},
    {"plan", "--params", "7B", "--tokens", "100B", "--grid", "FRA", "--hardware", "h100-sxm5", "--max-days",
     "0.001"},
    {"plan", "run.toml", "--solve", "pue", "--target", "energy=500 MWh"},
    {"schedule", "--hours", "36h", "--hardware", "h100-sxm5", "--chips", "8", "--grid", "US-CAL-CISO"},
    {"schedule", "--hours", "36h", "--hardware", "h100-sxm5", "--chips", "8", "--trace", "trace.csv",
     "--window", "0h", "--extra", "0h", "--start", "2024-01-01"},
    {"schedule", "--hours", "36h", "--hardware", "h100-sxm5", "--chips", "8", "--grid", "US-CAL-CISO",
     "--heat-map"},
    {"methods", "patterson-2021/gpt-3"},
    {"levers", "patterson-2021/gpt-3"},
    {"levers", "run.toml", "--all"},
    {"reproduce", "patterson-2021"},
    {"backtest"},
    {"sensitivity", "run.toml"},
    {"sensitivity", "--params", "7B", "--tokens", "1T", "--hardware", "h100-sxm5", "--chips", "8"},
    {"serve", "llama-3.1-8b", "--hardware", "h100-sxm5"},
    {"serve", "llama-3.1-8b", "--hardware", "h100-sxm5", "--vary", "hardware=h100-sxm5,t4,v100-sxm2-16gb",
     "--devices", "1"},
    {"lifecycle", "--params", "7B", "--tokens", "1T", "--hardware", "h100-sxm5", "--chips", "8", "--devices",
     "1", "--queries", "1B"},
    {"report", "run.toml", "--format", "md"},
    {"equiv", "85 t"},
    {"equiv", "85 MWh"},
    {"list"},
    {"list", "hardware"},
    {"list", "hardware", "--columns", "id,tdp", "--limit", "3"},
    {"list", "regions", "--where", "country=nowhere"},
    {"show", "hardware", "h100-sxm5"},
    {"show", "h100"},
    {"show", "grid", "FRA"},
    {"show", "intensities", "FRA"},
    {"show", "sources", "strubell-2019"},
    {"show", "studies", "patterson-2021"},
    {"check", "run.toml"},
    {"check", "bad.toml", "run.toml"},
    {"import", "nanogpt.log", "--chips", "8"},
    {"init"},
    {"init", "gpt-3"},
    {"completion", "bash"},
};

void write_inputs(const TemporaryFolder& folder) {
  write_file(folder.path() / "run.toml", run_file);
  write_file(folder.path() / "stages.toml", stages_file);
  write_file(folder.path() / "bad.toml", "[hardware]\nid = \"h100-smx\"\ncount = 0\n");
  write_file(
      folder.path() / "nanogpt.log",
      "tokens per iteration will be: 491,520\niter 0: loss 10.98, time 19062.76ms, mfu -100.00%\n"
      "iter 10: loss 9.14, time 250.00ms, mfu 38.66%\niter 20: loss 8.73, time 250.00ms, mfu 38.53%\n"
      "iter 30: loss 8.14, time 250.00ms, mfu 38.66%\niter 40: loss 7.73, time 250.00ms, mfu 38.53%\n");
  std::string trace = "time,g/kWh\n";
  for (int hour = 0; hour < 72; ++hour)
    trace += "2024-01-0" + std::to_string(1 + hour / 24) + "T" + (hour % 24 < 10 ? "0" : "") +
             std::to_string(hour % 24) + ":00Z," + std::to_string(100 + hour) + '\n';
  write_file(folder.path() / "trace.csv", trace);
}

std::string fault_of_json_lines(const std::string& text) {
  std::size_t from = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', from)) {
    const std::string fault = fault_of_json(std::string_view{text}.substr(from, end - from));
    if (!fault.empty()) return fault;
    from = end + 1;
  }
  return from == text.size() ? "" : "the last line has no end";
}

TEST_CASE("every verb takes --json, --csv and --plain, or refuses them with the reason") {
  const TemporaryFolder folder;
  write_inputs(folder);
  for (const Words& command : commands) {
    std::string shown;
    for (const std::string& word : command) shown += word + ' ';
    const Outcome text = run(command, folder.path());
    for (const std::string form : {"--json", "--csv", "--plain"}) {
      INFO(shown << form);
      Words words = command;
      words.push_back(form);
      const Outcome outcome = run(words, folder.path());
      INFO(outcome.errors);
      if (outcome.errors.find("error[no-such-form]") != std::string::npos) {
        CHECK(outcome.exit_code == 2);
        CHECK(outcome.output.empty());
        CHECK(outcome.errors.find("has no " + form + ": ") != std::string::npos);
        CHECK(outcome.errors.find("\nhelp: ") != std::string::npos);
        continue;
      }
      CHECK(outcome.exit_code == text.exit_code);
      CHECK(outcome.output != text.output);
      if (form == "--csv") CHECK(fault_of_csv(outcome.output) == "");
      if (form == "--plain") CHECK(fault_of_plain(outcome.output) == "");
      if (form == "--json") {
        const bool rows = command == all_rows;
        CHECK((rows ? fault_of_json_lines(outcome.output) : fault_of_json(outcome.output)) == "");
        if (!rows) CHECK(outcome.output.find("\"schema\": \"kwhatif/") != std::string::npos);
      }
    }
  }
}

TEST_CASE("the table of forms leaves out no verb") {
  const TemporaryFolder folder;
  std::set<std::string> tried;
  for (const Words& command : commands) tried.insert(command.front());
  std::string help = run({"--help"}, folder.path()).output;
  help.resize(help.find("\nTopics"));  // a list of its own
  std::size_t verbs = 0;
  for (std::size_t at = help.find("\n  "); at != std::string::npos; at = help.find("\n  ", at + 1)) {
    const std::string verb = help.substr(at + 3, help.find(' ', at + 3) - at - 3);
    if (verb.empty()) continue;
    INFO(verb);
    CHECK(tried.count(verb) == 1);
    ++verbs;
  }
  CHECK(verbs >= 18);
}

TEST_CASE("two forms at once are refused") {
  const TemporaryFolder folder;
  CHECK(run({"equiv", "85 t", "--json", "--csv"}, folder.path()).exit_code == 2);
}

}  // namespace
}  // namespace kwhatif::test
