// The transcript format itself: a runner that lets things pass would make all transcripts worthless.
#include "support/transcript.hpp"

#include "support/catch.hpp"

namespace kwhatif::test {
namespace {

constexpr std::string_view example =
    "# how it looks\n"
    "--- file run.toml\n"
    "# a comment of the file\n"
    "x = 1\n"
    "\n"
    "$ kwhatif estimate run.toml\n"
    "1.29 GWh\n"
    "\n"
    "552 t\n"
    "! warning: one\n"
    "!\n"
    "? 2\n"
    "\n"
    "# next\n"
    "$ kwhatif list\n"
    "...\n";

TEST_CASE("a transcript has files, commands, output, errors and exit codes") {
  const Transcript t = read_transcript(example);
  REQUIRE(t.files.size() == 1);
  CHECK(t.files[0].first == "run.toml");
  CHECK(t.files[0].second == "# a comment of the file\nx = 1\n\n");
  REQUIRE(t.steps.size() == 2);
  CHECK(t.steps[0].command == "kwhatif estimate run.toml");
  CHECK(t.steps[0].expected.output == Lines{"1.29 GWh", "", "552 t"});
  CHECK(t.steps[0].expected.errors == Lines{"warning: one", ""});
  CHECK(t.steps[0].expected.exit_code == 2);
  CHECK(t.steps[1].expected.exit_code == 0);
}

TEST_CASE("three dots stand for any lines, also none") {
  CHECK(matches({"a", "b"}, {"a", "b"}));
  CHECK_FALSE(matches({"a", "b"}, {"a"}));
  CHECK_FALSE(matches({"a"}, {"a", "b"}));
  CHECK_FALSE(matches({}, {"a"}));
  CHECK(matches({"..."}, {}));
  CHECK(matches({"a", "...", "d"}, {"a", "b", "c", "d"}));
  CHECK(matches({"...", "c", "..."}, {"c"}));
  CHECK(matches({"...", "x", "...", "x"}, {"x", "y", "x"}));
  CHECK_FALSE(matches({"a", "...", "d"}, {"a", "b"}));
  CHECK_FALSE(matches({"...", "b", "a", "..."}, {"a", "b"}));
}

TEST_CASE("a difference shows what was expected and what came") {
  CHECK(difference({"a", "..."}, {"a", "b"}).empty());
  CHECK(difference({"a", "b", "c"}, {"a", "x", "c"}) == "  a\n- b\n+ x\n  c\n");
  CHECK(difference({"a"}, {}) == "- a\n");
}

TEST_CASE("an update rewrites what differs and nothing else") {
  const Transcript t = read_transcript(example);
  const Answer changed{{"1.30 GWh"}, {}, 0};
  const Answer listed{{"anything", "at all"}, {}, 0};
  CHECK(updated(t, {changed, listed}) ==
        "# how it looks\n--- file run.toml\n# a comment of the file\nx = 1\n\n$ kwhatif estimate run.toml\n"
        "1.30 GWh\n\n# next\n$ kwhatif list\n...\n");
  const Transcript again = read_transcript(updated(t, {changed, listed}));
  CHECK(again.steps[0].expected.output == changed.output);
}

TEST_CASE("only the program's own commands of a README are run") {
  const Transcript t = read_markdown(
      "text\n```console\n$ kwhatif equiv \"85 t\"\nmuch\n...\n```\n```sh\n$ kwhatif no\n```\n"
      "```console\n$ apt-get install x\nReading\n$ kwhatif list\na\n```\n");
  REQUIRE(t.steps.size() == 2);
  CHECK(t.steps[0].command == "kwhatif equiv \"85 t\"");
  CHECK(t.steps[0].expected.output == Lines{"much", "..."});
  CHECK(t.steps[1].command == "kwhatif list");
  CHECK(t.steps[1].expected.output == Lines{"a"});
}

}  // namespace
}  // namespace kwhatif::test
