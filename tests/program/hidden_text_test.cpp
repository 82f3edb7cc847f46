// Text from files, tables and arguments that steers a terminal, hides or fakes a line, or starts a formula:
// whatever the verb and the form, it comes out visible, and the form stays what it is.
#include "program/process.hpp"
#include "support/catch.hpp"
#include "support/formats.hpp"

namespace kwhatif::test {
namespace {

using Words = std::vector<std::string>;

// As TOML escapes; and the same as bytes, with some that are no UTF-8.
const std::string in_toml =
    "=evil\\u001B[31m\\u202Ebidi\\u200B\\u0085\\u009B2J\\u2028\\u007F\\r\\t\\nfaked: "
    "line<&>\\\"'\\u2066\\uFEFF\\U000E0041";
const std::string in_bytes =
    "=evil\x1b[31m\xe2\x80\xae"
    "bidi\xe2\x80\x8b\xc2\x85\xc2\x9b"
    "2J\xe2\x80\xa8\x7f\r\t\nfaked: line<&>\"'\xe2\x81\xa6\xef\xbb\xbf\xf3\xa0\x81\x81\x9b\xff\xc3";

std::string quoted(const std::string& text) { return '"' + text + '"'; }

// A file name that a file system takes, as hostile as it may be.
const std::string file_name = "t\x1b[2J\xe2\x80\xae\n\x9b.csv";

void write_inputs(const TemporaryFolder& folder) {
  const std::string title = quoted(in_toml);
  const std::string common =
      "title = " + title + "\n[hardware]\nid = \"evil-card\"\ncount = 8\n[site]\ngrid = \"XEV\"\n";
  write_file(folder.path() / "run.toml", common + "[training]\nflops = \"1e21 FLOP\"\n");
  write_file(folder.path() / ("again" + file_name), common + "[training]\nflops = \"1e21 FLOP\"\n");
  write_file(folder.path() / "other.toml", common + "[training]\nflops = \"2e21 FLOP\"\n");
  write_file(folder.path() / "stages.toml",
             "title = " + title +
                 "\n[model]\npreset = \"llama-3-8b\"\n[hardware]\nid = \"h100-sxm5\"\ncount = 8\nmfu = 0.4\n"
                 "[site]\ngrid = \"XEV\"\n[[stage]]\nname = " +
                 title + "\nregime = \"pretrain\"\ntokens = \"1B\"\n[[stage]]\nname = " +
                 quoted("b" + in_toml) + "\nregime = \"pretrain\"\ntokens = \"2B\"\n");
  const std::string origin =
      "source = \"evil-source\"\nat = " + title + "\nstatus = \"verified\"\nnote = " + title + '\n';
  write_file(folder.path() / "mine/hardware.toml",
             "schema = \"hardware/1\"\n[[hardware]]\nid = \"evil-card\"\nname = " + title + "\naliases = [" +
                 title + "]\nvendor = " + title +
                 "\nkind = \"gpu\"\npeak_fp16 = \"100 TFLOP/s\"\ntdp = \"400 W\"\n"
                 "average_power = \"400 W\"\nprice_on_demand = \"2 USD/device-h\"\n" +
                 origin);
  write_file(folder.path() / "mine/sources.toml",
             "schema = \"source/1\"\n[[source]]\nid = \"evil-source\"\nkind = \"paper\"\ntitle = " + title +
                 "\nauthors = " + title + "\nyear = 2024\nurl = " + title + "\nlicence = " + title +
                 "\nnote = " + title + '\n');
  write_file(folder.path() / "mine/grids.toml",
             "schema = \"grid/1\"\n[[grid]]\nid = \"XEV\"\nname = " + title +
                 "\nkind = \"country\"\naliases = [" + title + "]\n" + origin);
  write_file(folder.path() / "mine/intensities.toml",
             "schema = \"grid_intensity/1\"\n[[grid_intensity]]\nid = \"XEV\"\nyear = 2024\n"
             "carbon_intensity = \"300 g/kWh\"\nboundary = \"life-cycle\"\nbasis = \"production\"\nsignal = "
             "\"average\"\n"
             "accounting = \"location\"\n" +
                 origin);
  std::string trace = "time,g/kWh\n";
  for (int hour = 0; hour < 72; ++hour)
    trace += "2024-01-0" + std::to_string(1 + hour / 24) + "T" + (hour % 24 < 10 ? "0" : "") +
             std::to_string(hour % 24) + ":00Z," + std::to_string(100 + hour) + '\n';
  write_file(folder.path() / file_name, trace);
  write_file(folder.path() / "bad.toml", "[hardware]\n" + title + " = 1\nid = " + title + "\npower = " +
                                             title + "\n[site]\ngrid = " + title + "\npue = " + title + '\n');
  write_file(folder.path() / "junk.toml", "title = \"" + in_bytes + "\n" + in_bytes);
  write_file(folder.path() / ("run" + file_name), "[hardware]\nid = 1\n\x1b");
}

const std::vector<Words> commands{
    {"estimate", "run.toml"},
    {"estimate", "stages.toml"},
    {"explain", "run.toml"},
    {"explain", "stages.toml"},
    {"compare", "run.toml", "other.toml"},
    {"compare", "run.toml", "--vary", "grid=FRA,XEV"},
    {"compare", "run.toml", "--vary", "hardware=evil-card,h100-sxm5"},
    {"sweep", "run.toml", "--axis", "pue=1:2:lin3", "--axis", "grid=FRA,XEV"},
    {"sweep", "run.toml", "--axis", "hardware=evil-card,h100-sxm5", "--top", "2"},
    {"plan", "run.toml", "--max-days", "30", "--axis", "pue=1,2"},
    {"schedule", "--hours", "36h", "--hardware", "evil-card", "--chips", "8", "--trace", file_name,
     "--window", "0h", "--extra", "0h"},
    {"schedule", "--hours", "36h", "--hardware", "evil-card", "--chips", "8", "--trace", file_name,
     "--window", "0h", "--extra", "0h", "--start", "2024-01-01", "--places", file_name},
    {"schedule", "--hours", "36h", "--hardware", "evil-card", "--chips", "8", "--trace", file_name,
     "--heat-map"},
    {"sweep", "again" + file_name, "--axis", "pue=1,2", "--explain-row", "1"},
    {"methods", "run.toml"},
    {"methods", "run.toml", "--details"},
    {"levers", "run.toml"},
    {"levers", "run.toml", "--all"},
    {"sensitivity", "run.toml"},
    {"list", "hardware", "--where", "id=evil-card"},
    {"list", "sources", "--where", "id=evil-source"},
    {"list", "grids", "--where", "id=XEV"},
    {"show", "hardware", "evil-card"},
    {"show", "hardware", in_bytes},
    {"show", "sources", "evil-source"},
    {"show", "grids", "XEV"},
    {"show", "intensities", "XEV"},
    {"show", in_bytes},
    {"check", "run.toml", "bad.toml", "junk.toml", "mine", "run" + file_name},
    {"estimate", "bad.toml"},
    {"estimate", "junk.toml"},
    {"estimate", "run" + file_name},
    {"init", in_bytes},
    {"completion", in_bytes},
    {"equiv", in_bytes},
    {"serve", in_bytes},
    {"serve", "gpt2", "--hardware", in_bytes},
    {"serve", "gpt2", "--hardware", "h100-sxm5", "--engine", in_bytes},
    {"serve", "gpt2", "--hardware", "h100-sxm5", "--vary", in_bytes},
    {"model", in_bytes},
    {"list", in_bytes},
    {"list", "hardware", "--where", in_bytes},
    {"list", "hardware", "--columns", in_bytes},
    {"reproduce", in_bytes},
    {"estimate", "--hardware", in_bytes, "--flops", "1e21"},
    {"estimate", "--flops", in_bytes},
    {"estimate", "--" + in_bytes},
    {"sweep", "run.toml", "--axis", in_bytes},
    {"sweep", "run.toml", "--axis", "grid=" + in_bytes},
    {"sweep", "run.toml", "--axis", "pue=1,2", "--where", in_bytes},
    {"plan", "run.toml", "--minimize", in_bytes},
    {"levers", "run.toml", "--apply", in_bytes},
    {"sensitivity", "run.toml", "--result", in_bytes},
    {"schedule", "--hours", "36h", "--grid", in_bytes},
    {"init", "--output", "no" + in_bytes + "/x"},
    {in_bytes},
};

TEST_CASE("hostile text is made visible in every verb and form") {
  const TemporaryFolder folder;
  write_inputs(folder);
  int reached = 0;
  for (const Words& command : commands) {
    for (const std::string form : {"", "--json", "--csv", "--plain"}) {
      Words words = command;
      if (command.size() > 1) words.insert(words.end(), {"--data", "mine"});
      if (!form.empty() && command.size() > 1) words.push_back(form);
      std::string shown;
      for (const std::string& word : words) shown += (word == in_bytes ? "EVIL" : word) + ' ';
      INFO(shown);
      const Outcome outcome = run(words, folder.path());
      INFO(outcome.errors);
      CHECK(hidden_in(outcome.output, form == "--plain") == "");
      CHECK(hidden_in(outcome.errors) == "");
      for (const std::string& text : {outcome.output, outcome.errors}) {
        const bool line_is_faked =
            text.find("\nfaked: line") != std::string::npos || text.find("\n<0x9B>.csv") != std::string::npos;
        if (form != "--csv") CHECK_FALSE(line_is_faked);  // a quoted field of CSV may hold a line end
      }
      CHECK(outcome.exit_code <= 2);
      if (outcome.exit_code == 2) continue;
      if (form == "--csv") {
        CHECK(fault_of_csv(outcome.output) == "");
        const bool formula = outcome.output.find("\n=") != std::string::npos ||
                             outcome.output.find(",=") != std::string::npos ||
                             outcome.output.find("\"=") != std::string::npos;
        CHECK_FALSE(formula);
      }
      if (form == "--plain") CHECK(fault_of_plain(outcome.output) == "");
      if (form == "--json" && command.front() != "sweep") CHECK(fault_of_json(outcome.output) == "");
      if (outcome.output.find("evil") != std::string::npos) ++reached;
    }
  }
  CHECK(reached > 40);  // the hostile text does come out
}

TEST_CASE("a drawing with hostile names is XML") {
  const TemporaryFolder folder;
  write_inputs(folder);
  const std::string name = "<a&\"'\x1b[2J\xe2\x80\xae.csv";
  std::filesystem::copy_file(folder.path() / file_name, folder.path() / name);
  for (const std::string& trace : {file_name, name}) {
    const Outcome outcome =
        run({"schedule", "--trace", trace, "--heat-map", "--output", "map.svg", "--force"}, folder.path());
    INFO(outcome.errors);
    REQUIRE(outcome.exit_code == 0);
    const std::string svg = read_file(folder.path() / "map.svg");
    CHECK(fault_of_xml(svg) == "");
    CHECK(hidden_in(svg) == "");
    CHECK(svg.find("<U+202E>") == std::string::npos);
    CHECK(svg.find("&lt;U+202E&gt;") != std::string::npos);
  }
  REQUIRE(run({"backtest", "--output", "b.svg"}, folder.path()).exit_code == 0);
  CHECK(fault_of_xml(read_file(folder.path() / "b.svg")) == "");
}

TEST_CASE("JSON carries hidden characters as its own escapes") {
  const TemporaryFolder folder;
  write_inputs(folder);
  const std::string json =
      run({"show", "hardware", "evil-card", "--data", "mine", "--json"}, folder.path()).output;
  CHECK(
      json.find("=evil\\u001b[31m\\u202Ebidi\\u200B\\u0085\\u009B2J\\u2028\\u007F\\r\\t\\nfaked: line<&>\\\"'"
                "\\u2066\\uFEFF\\uDB40\\uDC41") != std::string::npos);
}

TEST_CASE("a preset with a hostile name starts a run file that can be read") {
  const TemporaryFolder folder;
  write_inputs(folder);
  write_file(
      folder.path() / "mine/configs/evil.json",
      R"({"model_type": "gpt2", "n_layer": 2, "n_embd": 64, "n_head": 2, "n_positions": 128, "vocab_size": 100})");
  const std::string origin = "source = \"evil-source\"\nat = \"a\"\nstatus = \"verified\"\n";
  write_file(folder.path() / "mine/models.toml",
             "schema = \"model/1\"\n[[model]]\nid = \"evil-model\"\nfamily = \"gpt2\"\nconfig = "
             "\"configs/evil.json\"\ntokens = \"1e12\"\nname = " +
                 quoted(in_toml) + '\n' + origin);
  const Outcome made = run({"init", "evil-model", "--data", "mine", "--output", "made.toml"}, folder.path());
  INFO(made.errors);
  REQUIRE(made.exit_code == 0);
  CHECK(hidden_in(read_file(folder.path() / "made.toml")) == "");
  const Outcome read = run({"estimate", "made.toml", "--data", "mine", "--json"}, folder.path());
  INFO(read.errors);
  CHECK(read.exit_code == 0);
  CHECK(read.output.find("\\u202E") != std::string::npos);
}

}  // namespace
}  // namespace kwhatif::test
