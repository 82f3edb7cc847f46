// The checks of formats themselves: one that lets things pass would make its tests worthless.
#include "support/formats.hpp"

#include "support/catch.hpp"

namespace kwhatif::test {
namespace {

TEST_CASE("JSON is told from what only looks like it") {
  for (const char* good : {"{}", "[1, -2.5e-7, \"a\\u00e9\\n\", null, true, {\"a\": []}]", " 0 ", "\"\""})
    CHECK(fault_of_json(good).empty());
  for (const char* bad :
       {"", "{", "[1,]", "{\"a\":}", "01", "1.", "nan", "inf", "-", "\"\n\"", "\"\\x\"", "{} {}", "{'a':1}"})
    CHECK_FALSE(fault_of_json(bad).empty());
}

TEST_CASE("CSV is rectangular, quoted where needed, and has a head") {
  CHECK(fault_of_csv("a,b\n1,\"x, \"\"y\"\"\nz\"\n,\n").empty());
  for (const char* bad :
       {"", "a,b\n1\n", "a,a\n1,2\n", "a,\n1,2\n", "a,b\n1,x\"y\n", "a,b\n1,2", "a\n\"x\n", "a\n\"x\"y\n"})
    CHECK_FALSE(fault_of_csv(bad).empty());
}

TEST_CASE("plain lines have one key, one tab and one value") {
  CHECK(fault_of_plain("a\t1\nb.c\t\n").empty());
  for (const char* bad : {"a\n", "\t1\n", "a\t1\t2\n", "a\t1", "a\t1\na\t2\n"})
    CHECK_FALSE(fault_of_plain(bad).empty());
}

TEST_CASE("XML nests, quotes and escapes") {
  CHECK(fault_of_xml("<svg a=\"1\" b=\"&lt;\"><g/>x &amp; y<t>é</t></svg>\n").empty());
  for (const char* bad : {"", "x", "<a>", "<a></b>", "<a b=1/>", "<a b=\"1\" b=\"2\"/>", "<a>&</a>",
                          "<a>&x;</a>", "<a>\x1b</a>", "<a b=\"<\"/>", "<a/><b/>", "<a b=\"1\"c=\"2\"/>"})
    CHECK_FALSE(fault_of_xml(bad).empty());
}

TEST_CASE("hidden characters are found") {
  CHECK(hidden_in("é漢\n…").empty());
  CHECK(hidden_in("a\tb", true).empty());
  for (const char* bad : {"\x1b", "\r", "\t", "\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xa8",
                          "\xe2\x80\x8b", "\xef\xbb\xbf", "\x9b", "\xc3", "\xf3\xa0\x81\x81", "\xe2\x81\xa6"})
    CHECK_FALSE(hidden_in(bad).empty());
}

}  // namespace
}  // namespace kwhatif::test
