// Tables on paper that is too narrow for them: wrapped, then in blocks, then row by row; never wider, never
// cut.
#include "support/catch.hpp"
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <string>

namespace kwhatif::report {
namespace {

std::string on_paper(const Table& table, std::size_t columns) {
  std::string out;
  for (const TableLine& line : laid_out(table, columns)) out += line.text + '\n';
  return out;
}

const Table places{heads({"place", ">CO2e", ">over best", "name"}),
                   {{"gcp:europe-west6", "44.8 t", "1.14", "Zurich, on the lake of that name in Switzerland"},
                    {"fra", "1 t", "1", ""}}};

TEST_CASE("a table is as wide as it needs to be") {
  CHECK(on_paper({heads({"name", ">n"}), {{"a\nb\x1b", "1"}}}, 80) ==
        "name                n\na<U+000A>b<U+001B>  1\n");
  CHECK(in_one_block(places, 86));
}

TEST_CASE("texts wrap in their columns before heads do") {
  CHECK(on_paper(places, 68) ==
        "place               CO2e  over best  name\n"
        "gcp:europe-west6  44.8 t       1.14  Zurich, on the lake of that\n"
        "                                     name in Switzerland\n"
        "fra                  1 t          1\n");
  CHECK(on_paper({heads({"a", ">over the best"}), {{"x", "1"}}}, 7) ==
        "a  over\n    the\n   best\nx     1\n");
}

TEST_CASE("what is too wide stands in blocks with the names of the rows") {
  const Table wide{heads({"row", ">first", ">second", "mark"}),
                   {{"one", "12345678", "12345678", ""}, {"two", "1", "2", "<- knee"}}};
  CHECK(on_paper(wide, 18) ==
        "row     first\n"
        "one  12345678\n"
        "two         1\n"
        "\n"
        "row    second\n"
        "one  12345678\n"
        "two         2\n"
        "\n"
        "row  mark\n"
        "two  <- knee\n");
  CHECK(laid_out(wide, 18).back().row == 1);
  CHECK_FALSE(laid_out(wide, 18).front().row);
}

TEST_CASE("where not even one column stands beside the names, each row does by itself") {
  CHECK(on_paper({heads({"name", ">power"}), {{"h100-sxm5", "12345678 W"}}}, 12) ==
        "h100-sxm5\n  power:\n  12345678 W\n");
}

TEST_CASE("ids are parted at their joints, URLs never") {
  const Table table{heads({"id", "at"}),
                    {{"a", "codecarbon/data/energy_mix.json"}, {"b", "https://example.org/a-b"}}};
  CHECK(on_paper(table, 20) ==
        "id  at\n"
        "a   codecarbon/data/\n"
        "    energy_mix.json\n"
        "b   https://example.org/a-b\n");
}

TEST_CASE("no line of numbers and words is wider than the paper") {
  for (std::size_t columns = 12; columns < 90; ++columns) {
    for (const TableLine& line : laid_out(places, columns)) {
      INFO(columns << ": " << line.text);
      CHECK(width(line.text) <= std::max<std::size_t>(columns, 18));
    }
  }
}

}  // namespace
}  // namespace kwhatif::report
