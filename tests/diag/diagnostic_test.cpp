// How a problem is shown: place, source line, caret, help; and never more than a terminal can take.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/diag/diagnostic.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace kwhatif::diag {
namespace {

std::shared_ptr<const SourceText> source(std::string text) {
  return std::make_shared<SourceText>(SourceText{"run.toml", std::move(text)});
}

TEST_CASE("a problem shows its place, its line with a caret, and help") {
  const Diagnostic d{.code = "unknown-device",
                     .message = "no device 'a100-smx'",
                     .where = {source("[hardware]\nid = \"a100-smx\"\n"), 2, 6, 10},
                     .help = "did you mean 'a100-sxm'?"};
  CHECK(render(d) ==
        "run.toml:2:6: error[unknown-device]: no device 'a100-smx'\n"
        "  2 | id = \"a100-smx\"\n"
        "    |      ^^^^^^^^^^\n"
        "help: did you mean 'a100-sxm'?\n");
}

TEST_CASE("what has no place is shown without one") {
  CHECK(render(Diagnostic{.code = "no-input", .message = "nothing to estimate"}) ==
        "error[no-input]: nothing to estimate\n");
  CHECK(render(Diagnostic{.code = "too-large", .message = "too large", .where = {source("x"), 0, 0, 0}}) ==
        "run.toml: error[too-large]: too large\n");
  CHECK(render(Diagnostic{.code = "c", .message = "m", .where = {source("x"), 1, 1, 0}}) ==
        "run.toml:1:1: error[c]: m\n  1 | x\n");
}

TEST_CASE("warnings and notes say so") {
  CHECK(render(Diagnostic{.code = "no-place", .message = "m", .severity = Severity::warning}) ==
        "warning[no-place]: m\n");
  CHECK(render(Diagnostic{.code = "n", .message = "m", .severity = Severity::note}) == "note[n]: m\n");
}

TEST_CASE("the caret counts characters, not bytes") {
  const Diagnostic d{.code = "c", .message = "m", .where = {source("name = \"µé漢\" # x"), 1, 14, 3}};
  CHECK(render(d) ==
        "run.toml:1:14: error[c]: m\n"
        "  1 | name = \"µé漢\" # x\n"
        "    |              ^^^\n");
}

TEST_CASE("tabs take one column, so the caret stays under its character") {
  const Diagnostic d{.code = "c", .message = "m", .where = {source("\tx = 1"), 1, 2, 1}};
  CHECK(render(d) == "run.toml:1:2: error[c]: m\n  1 |  x = 1\n    |  ^\n");
}

TEST_CASE("a long line is cut to what surrounds the caret") {
  const std::string line(100000, 'a');
  const std::string text =
      render(Diagnostic{.code = "c", .message = "m", .where = {source(line), 1, 50000, 5}});
  CHECK(text.size() < 500);
  CHECK(text.find("…" + std::string(121, 'a') + "…") != std::string::npos);
  // the caret stands under the fiftieth thousand character: 60 before it and one for the ellipsis
  CHECK(text.find(" | " + std::string(61, ' ') + "^^^^^\n") != std::string::npos);
}

TEST_CASE("control characters of a file or a message never reach the terminal") {
  const std::string evil =
      "x = \"\x1b[31m\x07\x7f\xc2\x9b"
      "2J\"";
  const std::string text = render(Diagnostic{.code = "c",
                                             .message = "no key '\x1b]0;owned\x07'\nerror: faked",
                                             .where = {source(evil), 1, 5, 3},
                                             .help = "\x1b[2Jx"});
  CHECK(text ==
        "run.toml:1:5: error[c]: no key '<U+001B>]0;owned<U+0007>'<U+000A>error: faked\n"
        "  1 | x = \"<U+001B>[31m<U+0007><U+007F><U+009B>2J\"\n"
        "    |     ^^^^^^^^^^\n"
        "help: <U+001B>[2Jx\n");
}

TEST_CASE("at most twenty problems are shown, and the rest is counted") {
  std::vector<Diagnostic> many(25, Diagnostic{.code = "c", .message = "m"});
  const std::string text = render(many);
  CHECK(std::count(text.begin(), text.end(), '\n') == 21);
  CHECK(text.substr(text.size() - std::string{"… and 5 more\n"}.size()) == "… and 5 more\n");
  CHECK(render(many, {.limit = 25}).find("more") == std::string::npos);
}

TEST_CASE("lines are found by number, with either line end") {
  const SourceText text{"t", "one\r\ntwo\n\nfour"};
  CHECK(text.line(1) == "one");
  CHECK(text.line(2) == "two");
  CHECK(text.line(3).empty());
  CHECK(text.line(4) == "four");
  CHECK(text.line(5).empty());
  CHECK(text.line(0).empty());
  CHECK(text.line(-1).empty());
}

TEST_CASE("an error carries all its problems and reads as the first") {
  const Error error{
      std::vector<Diagnostic>{{.code = "a", .message = "first"}, {.code = "b", .message = "second"}}};
  CHECK(std::string{error.what()} == "first");
  CHECK(error.diagnostics().size() == 2);
  CHECK(std::string{Error{std::vector<Diagnostic>{}}.what()} == "unknown error");
}

TEST_CASE("any place in any bytes can be shown") {
  test::Random random(21);
  for (int i = 0; i < 3000; ++i) {
    const auto text = source(random.bytes(400));
    const auto any = [&] { return static_cast<int>(random.below(500)) - 50; };
    const std::string shown =
        render(Diagnostic{.code = "c", .message = random.bytes(40), .where = {text, any(), any(), any()}});
    for (const char c : shown) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\n') || byte == 0x7F) FAIL("control character " << int{byte});
    }
  }
}

}  // namespace
}  // namespace kwhatif::diag
