// Hidden characters in text become visible, and nothing else changes.
#include "support/catch.hpp"
#include "support/formats.hpp"
#include "support/random.hpp"
#include <kwhatif/diag/visible.hpp>

namespace kwhatif::diag {
namespace {

TEST_CASE("what steers a terminal or cannot be seen is written out") {
  CHECK(visible("\x1b[31mred") == "<U+001B>[31mred");
  CHECK(visible("\xc2\x9b\x7f\r\b") == "<U+009B><U+007F><U+000D><U+0008>");
  CHECK(visible("abc\xe2\x80\xae"
                "fed") == "abc<U+202E>fed");
  CHECK(visible("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x8b\xef\xbb\xbf") == "<U+2028><U+2029><U+200B><U+FEFF>");
  CHECK(visible("\xf3\xa0\x81\x81") == "<U+E0041>");
  CHECK(visible("\x9b\xff") == "<0x9B><0xFF>");
  CHECK(visible("\xc3") == "<0xC3>");                                          // cut off
  CHECK(visible("\xc0\xaf\xe0\x80\xaf") == "<0xC0><0xAF><0xE0><0x80><0xAF>");  // overlong
  CHECK(visible("\xed\xa0\x80") == "<0xED><0xA0><0x80>");                      // a surrogate
  CHECK(visible("\xf4\x90\x80\x80").starts_with("<0xF4>"));                    // beyond Unicode
  CHECK(visible("\xef\xbf\xbf") == "<U+FFFF>");
}

TEST_CASE("what can be read stays as it is") {
  for (const char* text : {"", "plain", "CO₂e · 漢字 é … 😀", "a\xf0\x9f\x98\x80z", "\xef\xbf\xbd"})
    CHECK(visible(text) == text);
}

TEST_CASE("line ends and tabs stay where they are layout") {
  CHECK(visible("a\n\tb") == "a<U+000A><U+0009>b");
  CHECK(visible("a\n\tb", Layout::lines) == "a\n<U+0009>b");
  CHECK(visible("a\n\tb", Layout::lines_and_tabs) == "a\n\tb");
}

TEST_CASE("of any bytes nothing hidden is left, and a second pass changes nothing") {
  test::Random random(7);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = random.bytes(60);
    const std::string shown = visible(text, Layout::lines);
    CHECK(test::hidden_in(shown) == "");
    CHECK(visible(shown, Layout::lines) == shown);
  }
}

}  // namespace
}  // namespace kwhatif::diag
