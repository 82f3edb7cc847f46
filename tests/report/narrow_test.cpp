// The narrowest paper that a page is made for: no line is wider, at each width that a terminal may have.
#include "support/catch.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/ask/methods.hpp>
#include <kwhatif/ask/models.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/table.hpp>

#include <sstream>

namespace kwhatif {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

run::Scenario published(std::string_view id) { return *ask::published_scenario(tables(), id, true); }

template <class Answer, class... Detail>
void check_widths(const Answer& answer, Detail... detail) {
  const auto document = report::present(answer, tables(), detail...);
  for (const std::size_t columns : {report::Paper::narrowest, std::size_t{110}, report::Paper::widest}) {
    std::istringstream text(report::render(document, report::Form::text, {.width = columns}));
    std::size_t lines = 0;
    for (std::string line; std::getline(text, line); ++lines) {
      if (line.find("http") != std::string::npos) continue;  // one word, however long
      INFO(columns << " columns: " << line);
      CHECK(report::width(line) <= columns);
    }
    CHECK(lines > 5);
  }
}

TEST_CASE("runs side by side fit the page") {
  const auto side = [](const char* id) { return ask::CompareQuestion::Side{{}, {id, {}, {}}, true}; };
  check_widths(ask::compare(
      {.runs = {side("patterson-2021/transformer-big-p100-us"),
                side("patterson-2021/evolved-medium-tpu-v2-iowa"), side("strubell-2019/nas-gpu")}},
      tables()));
}

TEST_CASE("ranked places fit the page") {
  check_widths(ask::compare({.runs = {{published("patterson-2021/gpt-3")}},
                             .vary = {{"grid=EST,SWE", {}, "--vary"}, {"year=2016,2018", {}, "--vary"}}},
                            tables()));
}

TEST_CASE("levers and methods fit the page") {
  check_widths(ask::levers({.run = published("patterson-2021/gpt-3"), .all = true}, tables()));
  check_widths(ask::methods({.run = published("patterson-2021/gpt-3")}, tables()));
  check_widths(ask::methods({.run = published("patterson-2021/gpt-3"), .details = true}, tables()));
}

TEST_CASE("models fit the page") {
  check_widths(ask::model({.name = {"mixtral-8x7b", {}, {}}}, tables()));
  check_widths(ask::model_contest({.name = {"mixtral-8x7b", {}, {}},
                                   .against = run::Given{"llama-2-70b", {}, {}},
                                   .equal = run::Given{"loss", {}, "--equal"},
                                   .tokens = run::Given{"1T", {}, "--tokens"}},
                                  tables()));
}

TEST_CASE("published studies fit the page") {
  check_widths(ask::reproduce(tables(), {}), report::Detail::least);
  check_widths(ask::reproduce(tables(), {}), report::Detail::usual);
}

// Options in words are checked by the library, whoever asks.
TEST_CASE("a question with an unknown word is refused with the words that there are") {
  const auto fault = [](const ask::ModelQuestion& question) -> diag::Diagnostic {
    try {
      (void)ask::model(question, tables());
      return {};
    } catch (const diag::Error& error) {
      return error.diagnostics().front();
    }
  };
  const auto unknown = fault({.name = {"gpt2", {}, {}}, .optimizer = run::Given{"adm", {}, "--optimizer"}});
  CHECK(unknown.code == "unknown-word");
  CHECK(unknown.help.find("did you mean 'adam'?") == 0);
  CHECK(fault({.name = {"gpt2", {}, {}}, .tp = run::Given{"0", {}, "--tp"}}).code == "out-of-range");
  CHECK(fault({.name = {"config.json", {}, {}}}).code == "cannot-read");  // no reader was given
  CHECK(fault({.name = {}}).code == "missing-value");
}

}  // namespace
}  // namespace kwhatif
