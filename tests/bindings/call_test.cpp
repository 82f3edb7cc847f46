// The library for other languages says what the program says.
#include "support/catch.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/bindings/call.hpp>
#include <kwhatif/report/present.hpp>

#include <string>

namespace kwhatif {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

std::string answer(const std::string& question) {
  const auto reply = bindings::call(question, tables());
  INFO(question << '\n' << reply.text);
  CHECK_FALSE(reply.error);
  return reply.text;
}

std::string fault(const std::string& question) {
  const auto reply = bindings::call(question, tables());
  INFO(question << '\n' << reply.text);
  CHECK(reply.error);
  CHECK(reply.text.find("\"errors\"") != std::string::npos);
  return reply.text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("bindings: every published run is estimated to the same bytes") {
  std::size_t runs = 0;
  for (const catalog::Row& row : tables().rows(catalog::Kind::run)) {
    const std::string id{row.id()};
    const auto scenario = ask::published_scenario(tables(), id);
    REQUIRE(scenario);
    std::string ours;
    try {
      ours =
          report::render(report::present(ask::estimate(*scenario, tables()), tables()), report::Form::json);
    } catch (const diag::Error&) {
      fault(R"({"run": ")" + id + R"("})");
      continue;
    }
    CHECK(answer(R"({"verb": "estimate", "run": ")" + id + R"("})") == ours);
    ++runs;
  }
  CHECK(runs > 50);
}

TEST_CASE("bindings: inputs are texts or numbers, by flag or name, over a run file") {
  const auto results =
      [](const std::string& text) {  // a scenario holds the texts as given, these are numbers
        const std::size_t from = text.find("\"results\"");
        return text.substr(from, text.find("\"assumptions\"") - from);
      };
  const std::string typed = results(answer(
      R"({"inputs": {"params": "70B", "tokens": "2T", "hardware": "h100-sxm5", "chips": "2048", "seq-len": "4096"}})"));
  CHECK(typed ==
        results(answer(
            R"({"inputs": {"params": 70000000000, "tokens": 2e12, "hardware": "h100-sxm5", "chips": 2048,
                         "seq_len": 4096, "grid": null}})")));
  CHECK(typed.size() > 1000);
  CHECK(has(answer(R"({"run_file": "[model]\nparameters = \"7B\"\n[training]\ntokens = \"1T\"\n",
                       "inputs": {"hardware": "a100-sxm4-80gb", "chips": 8}, "form": "text", "width": 90})"),
            "on 8 x a100-sxm4-80gb"));
}

TEST_CASE("bindings: each fault names its field") {
  const std::string faults = fault(R"({"inputs": {"params": "70B", "tokens": "2T", "hardware": "h100-sxm6",
                                       "chips": -1, "pue": 110}})");
  for (const char* field : {"hardware", "chips", "pue"})
    CHECK(has(faults, "\"field\": \"" + std::string{field} + '"'));
  CHECK(has(faults, "h100-sxm5"));
  CHECK(has(fault(R"({"inputs": {"parms": "70B"}})"), "did you mean 'params'?"));
  CHECK(has(fault(R"({"run_file": "[model]\nparametres = 7\n"})"), "\"line\": 2"));
  CHECK(has(fault(R"({"verb": "estimat"})"), "unknown-verb"));
  CHECK(has(fault(R"({"verb": "estimate", "options": {"vary": "ci=1,2"}, "inputs": {"hours": "1 h"}})"),
            "unknown-option"));
  for (const char* question : {"", "[]", "{", "3", R"({"inputs": []})", R"({"runs": 3, "verb": "compare"})",
                               R"({"inputs": {"params": {}}})", R"({"verb": []})", R"({"form": "xml"})",
                               R"({"verb": "show", "arguments": [1, {}]})", "{\"verb\": \"\xff\"}"})
    fault(question);
}

TEST_CASE("bindings: inputs in a list are laid one over another, also over a run") {
  const auto plain = [](const std::string& question) {
    return answer(R"({"form": "plain", )" + question + '}');
  };
  const auto line = [](const std::string& text, const std::string& key) {
    const std::size_t from = text.find(key + '\t');
    return text.substr(from, text.find('\n', from) - from);
  };
  const std::string run =
      R"({"params": "7B", "tokens": "1T", "hardware": "h100-sxm5", "chips": 256, "mfu": 0.4})";
  // the time displaces the utilisation of before; as one object the two would contradict each other
  CHECK(line(plain(R"("inputs": [)" + run + R"(, {"hours": "240 h"}])"), "wall_hours") == "wall_hours\t240");
  CHECK(line(plain(R"("inputs": [)" + run + R"(, {"chips": 512}, {"chips": 256}])"), "wall_hours") ==
        line(plain(R"("inputs": )" + run), "wall_hours"));
  CHECK(has(answer(R"({"verb": "sweep", "run": "patterson-2021/gpt-3", "options": {"axis": "pue=1.1,1.2"}})"),
            "facility_energy_kwh"));
  fault(R"({"inputs": [3]})");
}

TEST_CASE("bindings: several forms of one answer") {
  const std::string both = answer(R"({"run": "patterson-2021/gpt-3", "form": ["plain", "text"]})");
  CHECK(has(both, R"("plain":"training_flop\t)"));
  CHECK(has(both, R"("text":")"));
  CHECK(has(fault(R"({"run": "patterson-2021/gpt-3", "form": ["xml"]})"), "no-such-form"));
}

TEST_CASE("bindings: every verb answers") {
  const std::string run =
      R"("inputs": {"params": "7B", "tokens": "1T", "hardware": "h100-sxm5", "chips": 256, "grid": "FRA"})";
  for (const char* verb : {"estimate", "explain", "sensitivity", "levers", "methods", "lifecycle"})
    CHECK(has(answer(R"({"verb": ")" + std::string{verb} + "\", " + run + '}'), "\"schema\": \"kwhatif/"));
  CHECK(has(answer(R"({"verb": "compare", "options": {"vary": ["chips=128,256"]}, )" + run + '}'),
            "\"ratios\""));
  CHECK(has(answer(R"({"verb": "compare", "runs": [{"run": "patterson-2021/gpt-3"}, {)" + run + "}]}"),
            "\"ratios\""));
  CHECK(
      has(answer(R"({"verb": "sweep", "options": {"axis": "chips=8,16", "top": 1}, "inputs": {"params": "7B",
                       "tokens": "1T", "hardware": "h100-sxm5", "grid": "FRA"}})"),
          "sweep"));
  CHECK(has(answer(R"({"verb": "plan", "options": {"max-time": "30 days", "minimize": "energy"},
                       "inputs": {"params": "7B", "tokens": "100B", "grid": "FRA"}})"),
            "kwhatif/plan/1"));
  CHECK(has(answer(R"({"verb": "schedule", "inputs": {"hours": "36h", "hardware": "h100-sxm5", "chips": 64,
                       "grid": "US-CAL-CISO"}})"),
            "kwhatif/schedule/1"));
  CHECK(has(
      answer(
          R"({"verb": "serve", "options": {"model": "llama-3.1-8b", "hardware": "h100-sxm5", "devices": 1}})"),
      "kwhatif/serve/1"));
  CHECK(has(answer(R"({"verb": "model", "arguments": ["config.json"], "files": {"config.json":
      "{\"model_type\": \"gpt2\", \"n_layer\": 12, \"n_embd\": 768, \"n_head\": 12, \"vocab_size\": 50257, \"n_positions\": 1024}"}})"),
            "\"params_total\": 124439808"));
  CHECK(
      has(answer(R"({"verb": "list", "arguments": ["grids"], "options": {"limit": 2}})"), "kwhatif/list/1"));
  CHECK(has(answer(R"({"verb": "show", "arguments": ["hardware", "h100-sxm5"]})"), "kwhatif/show/1"));
  CHECK(has(answer(R"({"verb": "reproduce", "arguments": ["carbontracker-2020"]})"), "kwhatif/reproduce/1"));
  CHECK(has(answer(R"({"verb": "import", "arguments": ["a.csv"], "inputs": {"grid": "FRA"}, "files": {"a.csv":
      "timestamp,project_name,run_id,duration,emissions,energy_consumed\n2024-05-01T10:00:00,x,1,3600,1.2,3.5\n"}})"),
            "kwhatif/import/1"));
  CHECK(has(fault(R"({"verb": "import", "arguments": ["a.csv"], "options": {"row": 0}})"), "out-of-range"));
  CHECK(has(answer(R"({"verb": "equiv", "arguments": ["85 t"]})"), "kwhatif/equiv/1"));
  CHECK(has(fault(R"({"verb": "model", "arguments": ["/etc/passwd"]})"), "came with the question"));
}

TEST_CASE("bindings: a report in each form, of one run and of a comparison, with who reports it") {
  const std::string run =
      R"("inputs": {"params": "7B", "tokens": "1T", "hardware": "h100-sxm5", "chips": 256, "grid": "FRA"})";
  CHECK(
      has(answer(R"({"verb": "report", "options": {"author": "A. Turing", "title": "Alpha"}, )" + run + '}'),
          "A. Turing"));
  CHECK(has(answer(R"({"verb": "report", "form": "tex", )" + run + '}'), "\\begin{"));
  CHECK(has(answer(R"({"verb": "report", "form": "bib", )" + run + '}'), "@"));
  CHECK(has(answer(R"({"verb": "report", "form": "html", )" + run + '}'),
            "kwhatif report --params 7B --tokens 1T --hardware h100-sxm5 --chips 256 --grid FRA"));
  CHECK(has(answer(R"({"verb": "report", "form": "csv", "runs": [{)" + run + R"(, "name": "one"}, {)" + run +
                   R"(, "name": "other"}]})"),
            "other"));
  CHECK(has(fault(R"({"verb": "report", "form": "htm", )" + run + '}'), "unknown-format"));
  CHECK(has(fault(R"({"verb": "report", "options": {"date": "tomorrow"}, )" + run + '}'), "bad-date"));
}

TEST_CASE("bindings: the form has every input once, with what may stand in it") {
  const std::string form = answer(R"({"verb": "inputs"})");
  for (const auto& input : run::input_table())
    CHECK(has(form, R"("flag":")" + std::string{input.flag} + R"(","key":")" + std::string{input.key} + '"'));
  CHECK(has(form, R"("choices":["none","selective","full"])"));
  CHECK(has(form, R"({"id":"h100-sxm5","name":)"));
  CHECK(has(form, "ODbL"));
  CHECK(has(form, R"("flag":"queries-per-day","label":"Queries per day")"));
  CHECK(has(form, R"("form":"bib","extension":".bib")"));
  CHECK(has(form, R"("flag":"params","key":"model.parameters","label":"Parameters")"));
}

TEST_CASE("bindings: a view has the texts of an estimate, bands, and a reason where there is none") {
  const std::string run =
      R"("inputs": {"params": "70B", "tokens": "2T", "hardware": "h100-sxm5", "chips": 2048})";
  const std::string view = answer(R"({"form": "view", )" + run + "}");
  const std::string text = answer(R"({"form": "text", )" + run + "}");
  for (const char* part : {"Wall time", "MWh", "days"}) {
    CHECK(has(view, part));
    CHECK(has(text, part));
  }
  CHECK(has(view, "\"most\": \""));
  CHECK(has(view, "CO2e is not computed: the place is unknown: give --region, --grid or --ci"));
  CHECK(has(view, "\"sentence\": \"The training takes "));
  CHECK(has(answer(R"({"verb": "levers", "form": "view", )" + run + "}"), "\"blocks\""));
}

TEST_CASE("bindings: what a view would set for an assumption is taken, and changes little") {
  const std::string run = R"("params": "70B", "tokens": "2T", "hardware": "h100-sxm5", "chips": 2048,
                             "region": "gcp:us-central1")";
  const std::string view = answer(R"({"form": "view", "inputs": {)" + run + "}}");
  std::size_t taken = 0;
  for (std::size_t at = view.find("\"input\": \""); at != std::string::npos;
       at = view.find("\"input\": \"", at + 1)) {
    const auto quoted = [&](const std::string& key) {
      const auto from = view.find('"' + key + "\": ", at) + key.size() + 4;
      return view[from] == '"' ? view.substr(from, view.find('"', from + 1) + 1 - from) : std::string{};
    };
    const std::string set = quoted("set");
    if (set.empty()) continue;
    answer(R"({"inputs": {)" + run + ", " + quoted("flag") + ": " + set + "}}");
    ++taken;
  }
  CHECK(taken >= 5);
}

TEST_CASE("bindings: a run is said as inputs, command and run file, and read again") {
  const std::string said = answer(
      R"({"verb": "said", "run_file": "[model]\nparameters = \"7B\"\n[training]\ntokens = \"1T\"\n",
          "inputs": {"hours": "14.8 days"}})");
  CHECK(has(said, R"("inputs":{"params":"7B","tokens":"1T","hours":"14.8 days"})"));
  CHECK(has(said, "kwhatif estimate --params 7B --tokens 1T --hours '14.8 days'"));
  CHECK(has(said, "[training]"));
  CHECK(has(fault(R"({"verb": "said", "run": "patterson-2021/gpt-9"})"), "unknown-run"));
}

TEST_CASE("bindings: a log that came with the question is read as a run") {
  const std::string log = answer(R"({"verb": "measured", "form": "view", "arguments": ["state.json"], "files":
      {"state.json": "{\"log_history\": [], \"train_runtime\": 3600.0}"}, "inputs": {"chips": 8}})");
  CHECK(has(log, R"("chips":"8")"));
}

}  // namespace
}  // namespace kwhatif
