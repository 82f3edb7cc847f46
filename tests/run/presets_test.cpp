// The models of the tables: counted as others print them, and found by the names that people have for them.
// No expectation here comes from this program: published counts stand in data/models with their sources.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/model/config_json.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/parameters.hpp>
#include <kwhatif/predict/predictor.hpp>
#include <kwhatif/run/model_name.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/run_forecast.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>

namespace kwhatif::run {
namespace {

using catalog::Kind;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

// "6738415616": all digits, where "70B" is rounded.
bool to_the_unit(std::string_view text) {
  constexpr std::size_t digits = 6;
  return text.size() > digits && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

double apart(double ours, double published) { return std::abs(ours / published - 1); }

TEST_CASE("every model of the tables is counted as published") {
  // Hubs count a few numbers that are no weights (indices of positions, corrections of routers): the row says
  // which. Names and abstracts round to one or two digits.
  constexpr double of_other_numbers = 5e-6;
  constexpr double of_names = 0.05;
  std::size_t exact = 0;
  std::ostringstream deviations;
  for (const auto& row : tables().rows(Kind::model)) {
    const auto params = row.cell("params");
    INFO(row.id());
    REQUIRE(params);
    const auto read = model::read_config(row.text("config"), std::string{row.id()});
    const auto count = model::count_parameters(model::take_inventory(read.architecture));
    const double ours = count.total.as_double();
    const double deviation = apart(ours, params->value());
    if (deviation > 0)
      deviations << row.id() << ": counted " << count.total.text() << ", published " << params->text() << " ("
                 << 100 * (ours / params->value() - 1) << " %)\n";
    INFO(deviations.str());
    if (to_the_unit(params->text())) {
      exact += deviation == 0 ? 1U : 0U;
      CHECK(deviation <= of_other_numbers);
      if (deviation > 0) CHECK((!params->note().empty() || !row.text("note").empty()));
    } else {
      CHECK((std::abs(ours - params->value()) <= params->half_step() || deviation <= of_names));
    }
    for (const auto& remark : read.remarks) {
      INFO(remark.message);
      CHECK(remark.severity == diag::Severity::note);
    }
  }
  CHECK(tables().size(Kind::model) >= 160);
  CHECK(exact >= 200);
}

TEST_CASE("what models use of themselves for a token is near what is published") {
  // Some count the table of words, some do not, and cards round: 15 % is what the readings differ by.
  constexpr double of_readings = 0.15;
  for (const auto& row : tables().rows(Kind::model)) {
    const auto active = row.cell("active");
    if (!active) continue;
    INFO(row.id());
    const auto read = model::read_config(row.text("config"), std::string{row.id()});
    const auto count = model::count_parameters(model::take_inventory(read.architecture));
    const double near = std::min(apart(count.active.as_double(), active->value()),
                                 apart(count.active_excl_input_embedding.as_double(), active->value()));
    const double rounded =
        std::min(std::abs(count.active.as_double() - active->value()),
                 std::abs(count.active_excl_input_embedding.as_double() - active->value()));
    CHECK((near <= of_readings || rounded <= active->half_step()));
  }
}

TEST_CASE("the network of the forecast has the parameters that its memory and gradients need") {
  for (const auto& row : tables().rows(Kind::model)) {
    const Network network =
        count_network(row.text("config"), std::string{row.id()}, 2048, model::Recompute::none);
    const auto& a = network.architecture;
    // where a stack sees only a share of the tokens, the sum by tokens is no sum of parameters; towers come
    // on top
    if (a.kind != model::Kind::decoder || a.stacks.empty() || row.text("kind") == "multimodal") continue;
    INFO(row.id());
    const auto w = predict::weights(forecast_network(network));
    const double tables_twice = a.tied ? w.head : 0;  // gradients of a tied table are those of both uses
    // of tables that are looked up and not multiplied the forecast has one, as large as an output of its own:
    // embedding models have no output, Gemma 3n has one table more for each layer
    double looked_up = 0;
    for (const auto& weight : network.inventory.weights) {
      if (weight.use == model::Use::token_table) looked_up += (weight.elements() * weight.stored).as_double();
    }
    const double unseen = a.tied ? looked_up : std::max(0.0, looked_up - w.head);
    CHECK(w.total - tables_twice == Approx(network.parameters.total.as_double() - unseen).epsilon(0.05));
  }
}

TEST_CASE("the hub's ids name their models, however spelt and without their owner") {
  std::set<std::string> seen;
  for (const auto& row : tables().rows(Kind::model)) {
    for (const auto& cell : row.cells("huggingface")) {
      std::string id{cell.text()};
      INFO(row.id() << ' ' << id);
      const auto lower = [](std::string name) {
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        return name;
      };
      CHECK(seen.insert(lower(id)).second);  // no id in two rows
      for (const std::string& spelt : {id, id.substr(id.find('/') + 1)}) {
        for (const std::string& name : {spelt, lower(spelt)}) {
          const auto meant = model_name(tables(), name);
          CHECK_FALSE(meant.file);
          REQUIRE(meant.found.row);
          CHECK(meant.found.row->id() == row.id());
        }
      }
    }
  }
  CHECK(seen.size() >= 350);
}

TEST_CASE("a point between two numbers tells models apart") {
  const auto id = [](const char* name) {
    const auto row = model_name(tables(), name).found.row;
    return row ? std::string{row->id()} : "unknown";
  };
  CHECK(id("OPT-13B") == "opt-13b");
  CHECK(id("OPT 1.3B") == "opt-1.3b");
  CHECK(id("facebook/OPT-1.3b") == "opt-1.3b");
  CHECK(id("opt-1-3b") == "opt-1.3b");
  CHECK(id("Llama 3 8B") == "llama-3-8b");
  CHECK(id("llama3-8b") == "llama-3-8b");
  CHECK(id("LLAMA_3_1_8B") == "llama-3.1-8b");
  CHECK(id("qwen25-7b") == "unknown");  // as well Qwen 25
}

TEST_CASE("a file is told from an id of the hub") {
  CHECK(is_hub_id("meta-llama/Llama-3.1-8B"));
  for (const char* no : {"llama", "/llama", "llama/", "./llama", "~/llama", "a/b/c", "a b/c", ""})
    CHECK_FALSE(is_hub_id(no));
  for (const char* file : {"config.json", "meta-llama/config.json", "./config", "a/b/c", "llama-3-8b.json"})
    CHECK(model_name(tables(), file).file);
  for (const char* name : {"llama-3-8b", "meta-llama/Meta-Llama-3-8B", "nobody/nothing", "nothing"})
    CHECK_FALSE(model_name(tables(), name).file);
}

TEST_CASE("addresses of the hub and revisions name the model before them") {
  for (const char* name :
       {"https://huggingface.co/meta-llama/Llama-3.1-8B", "https://huggingface.co/meta-llama/Llama-3.1-8B/",
        "http://huggingface.co/meta-llama/Llama-3.1-8B/tree/main",
        "https://huggingface.co/meta-llama/Llama-3.1-8B/blob/main/config.json",
        "huggingface.co/meta-llama/Llama-3.1-8B?library=transformers", "hf.co/meta-llama/Llama-3.1-8B#files",
        "hf://meta-llama/Llama-3.1-8B@main",
        "meta-llama/Llama-3.1-8B@0e9e39f249a16976918f6564b8830bc894c89659"}) {
    INFO(name);
    const auto meant = model_name(tables(), name);
    CHECK_FALSE(meant.file);
    REQUIRE(meant.found.row);
    CHECK(meant.found.row->id() == "llama-3.1-8b");
    CHECK(find_model(tables(), name).row);
  }
  CHECK(find_model(tables(), "https://huggingface.co/gpt2").row->id() == "gpt2");
  // what is no address of the hub stays what it is
  for (const char* name : {"a@b", "./models@2/config", "config@2.json", "https://example.org/a/b", "a/b/c@d"})
    CHECK(hub_id(name) == name);
  CHECK(help_on_model(tables(), "https://huggingface.co/meta-llama/Llama-3.1-9B/tree/main", {})
            .find("config.json") != std::string::npos);
}

TEST_CASE("an id that the tables do not know gets the nearest and the way on") {
  const auto help = [](const std::string& name) {
    return help_on_model(tables(), name, model_name(tables(), name).found);
  };
  CHECK(help("meta-llama/Llama-3.1-9B").find("llama-3.1-8b") != std::string::npos);
  CHECK(help("somebody/Llama-3.2-3B-Instruct-bnb").find("llama-3.2-3b") != std::string::npos);
  for (const char* name : {"meta-llama/Llama-3.1-9B", "nobody/zzzzzzzzzzz"}) {
    INFO(name);
    CHECK(help(name).find("config.json") != std::string::npos);
    CHECK(help(name).find("--config") != std::string::npos);
  }
  CHECK(help("lama-3-8b").find("did you mean 'llama-3-8b'") != std::string::npos);
  CHECK(help("lama-3-8b").find("config.json") == std::string::npos);
  std::string code;
  try {
    (void)resolve(test::scenario_of({{Input::model, "nobody/Qwen3-8C"}, {Input::tokens, "1B"}}), tables());
  } catch (const diag::Error& error) {
    code = error.diagnostics().front().code;
  }
  CHECK(code == "unknown-model");
}

}  // namespace
}  // namespace kwhatif::run
