// Cells as text, CSV, JSON and `--plain`.
#include "support/catch.hpp"
#include <kwhatif/chart/xml.hpp>
#include <kwhatif/report/table.hpp>

namespace kwhatif::report {
namespace {

TEST_CASE("a CSV field is quoted where needed, and is never a formula") {
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"x\"\nand y") == "\"say \"\"x\"\"\nand y\"");
  CHECK(csv_field("a\rb\x1b") == "a<U+000D>b<U+001B>");
  for (const char* formula : {"=1+1", "@SUM(A1)", "+1+1", "-1+cmd|' /C calc'!A0", "-x", "+x(1)", "-2+3+cmd"})
    CHECK(csv_field(formula).find("'" + std::string{formula}.substr(0, 1)) <= 1);
  for (const char* number : {"-1", "+3.5", "-2.5e-07", "-12.5 %", "-0.4 kg/kWh", "-", "a=1", "1-2"})
    CHECK(csv_field(number) == number);
}

TEST_CASE("plain lines number the rows of many, and hold one tab each") {
  const Table table{{{"a"}, {"b_kg"}}, {{"x\ty", "1"}, {"z\n", ""}}};
  CHECK(plain(table) == "1.a\tx<U+0009>y\n1.b_kg\t1\n2.a\tz<U+000A>\n2.b_kg\t\n");
  CHECK(plain({{{"a"}}, {{"1"}}}, Records::one) == "a\t1\n");
}

TEST_CASE("JSON strings escape what is hidden") {
  CHECK(json_text("a\"\\\n\x1b\x7f\xe2\x80\xae\xf3\xa0\x81\x81") ==
        "\"a\\\"\\\\\\n\\u001b\\u007F\\u202E\\uDB40\\uDC41\"");
  CHECK(json_text("\xff é") == "\"\xef\xbf\xbd é\"");
}

TEST_CASE("XML text has no tags, references or forbidden characters of its own") {
  CHECK(chart::xml_text("<a b='1'>&\"\x1b") == "&lt;a b=&#39;1&#39;&gt;&amp;&quot;&lt;U+001B&gt;");
}

}  // namespace
}  // namespace kwhatif::report
