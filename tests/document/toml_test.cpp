// TOML as a tree that knows where everything stands.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/document/files.hpp>
#include <kwhatif/document/toml.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace kwhatif::document {
namespace {

Value read(std::string text) {
  return parse_toml(std::make_shared<diag::SourceText>(diag::SourceText{"run.toml", std::move(text)}));
}

TEST_CASE("keys come in the order of the file, with the place of key and value") {
  const Value root = read("zebra = 1\n[hardware]\npower  = \"330 W\"  # host included\nid = \"v100\"\n");
  REQUIRE(root.entries.size() == 2);
  CHECK(root.entries[0].key == "zebra");
  const Value* hardware = root.find("hardware");
  REQUIRE(hardware != nullptr);
  REQUIRE(hardware->entries.size() == 2);
  CHECK(hardware->entries[0].key == "power");
  CHECK(hardware->entries[0].key_span.line == 3);
  CHECK(hardware->entries[0].key_span.column == 1);
  CHECK(hardware->entries[0].key_span.length == 5);
  CHECK(hardware->entries[0].value.span.line == 3);
  CHECK(hardware->entries[0].value.span.column == 10);
  CHECK(hardware->entries[0].value.span.length == 7);
  CHECK(hardware->entries[1].key == "id");
  CHECK(hardware->find("nothing") == nullptr);
}

TEST_CASE("every value keeps its type and its digits") {
  const Value root = read(
      "a = \"x\"\nb = 2023\nc = 0.10\nd = true\ne = [1, 2]\nf = 2025-06-01\ng = { h = 1 }\ni = 3.14e23\n");
  using Type = Value::Type;
  CHECK(root.find("a")->type == Type::text);
  CHECK(root.find("b")->type == Type::integer);
  CHECK(root.find("b")->integer == 2023);
  CHECK(root.find("b")->text == "2023");
  CHECK(root.find("c")->type == Type::real);
  CHECK(root.find("c")->text == "0.10");
  CHECK(root.find("d")->type == Type::boolean);
  CHECK(root.find("e")->items.size() == 2);
  CHECK(root.find("f")->type == Type::other);
  CHECK(root.find("f")->text == "2025-06-01");
  CHECK(root.find("g")->find("h")->integer == 1);
  CHECK(root.find("i")->text == "3.14e23");
}

TEST_CASE("what is no TOML is a syntax error with its place") {
  const auto fails = [](const std::string& text) {
    try {
      read(text);
      return diag::Diagnostic{};
    } catch (const diag::Error& error) {
      return error.diagnostics().at(0);
    }
  };
  const auto unquoted = fails("[hardware]\npower = 330 W\n");
  CHECK(unquoted.code == "syntax-error");
  CHECK(unquoted.where.line == 2);
  CHECK(unquoted.help == "texts and quantities stand in quotes: power = \"330 W\"");
  CHECK(fails("a = 1\na = 2\n").code == "syntax-error");
  CHECK(fails("a = \"open\n").code == "syntax-error");
  CHECK(fails("\xff\xfe").code == "syntax-error");
  CHECK(fails(std::string(100000, '[')).code == "syntax-error");
  CHECK(fails(std::string("a = \0", 5)).code == "syntax-error");
  CHECK(fails(std::string((32U << 20U) + 1, '#')).code == "too-large");
  CHECK(fails(std::string(9000, '\n') + "a = 1\n[[[b]]]\n" + std::string(5000, '\n')).where.line == 9002);
}

TEST_CASE("levels are limited, however they are written, and the limit has its place") {
  const auto code = [](const std::string& text) {
    try {
      read(text);
      return std::string{"none"};
    } catch (const diag::Error& error) {
      const auto& d = error.diagnostics().at(0);
      return d.code + ':' + std::to_string(d.where.line);
    }
  };
  const auto repeated = [](const std::string& part, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += part;
    return out;
  };
  for (const int levels : {100, 7400, 200000}) {
    CHECK(code("b = 1\n" + repeated("a.", levels) + "a = 1\n") == "too-deep:2");
    CHECK(code("[" + repeated("a.", levels) + "a]\n") == "too-deep:1");
    CHECK(code("[[" + repeated("\"a\" . ", levels) + "a]]\n") == "too-deep:1");
    CHECK(code("a = " + repeated("[", levels) + repeated("]", levels) + "\n") == "too-deep:1");
    CHECK(code("a = " + repeated("{a = ", levels) + "1" + repeated("}", levels) + "\n") == "too-deep:1");
    // a few levels of each kind multiply
    CHECK(code("a = " + repeated("{a.b.c.d = [", levels) + repeated("]}", levels) + "\n") == "too-deep:1");
  }
  CHECK(code("[" + repeated("a.", 40) + "a]\nb = 1\n" + repeated("c.", 40) + "c = 2\n") == "too-deep:3");
  CHECK(code(repeated("a.", 40) + "a = 1\n") == "none");
  CHECK(code("[" + repeated("a.", 40) + "a]\n[b]\n" + repeated("c.", 40) + "c = 2\n") == "none");
  // dots, brackets and signs in texts and comments are no levels
  CHECK(code("a = \"" + repeated("a.[{", 100) + "\\\"" + repeated(".", 100) + "\"  # " +
             repeated("a.[", 100) + "\n") == "none");
  CHECK(code("a = \"\"\"\n" + repeated("a.\"[{\n", 100) + "\"\"\"\nb = '" + repeated("a.[\"", 100) + "'\n") ==
        "none");
  CHECK(code("a = [" + repeated("1.5, ", 500) + repeated("{ b = 1.5, c.d = [[2.5]] }, ", 100) + "]\n") ==
        "none");
}

TEST_CASE("a text has no more values than its kind of file may") {
  const auto code = [](const std::string& text, const Limits& limits) {
    try {
      parse_toml(std::make_shared<diag::SourceText>(diag::SourceText{"run.toml", text}), limits);
      return std::string{"none"};
    } catch (const diag::Error& error) {
      return error.diagnostics().at(0).code;
    }
  };
  std::string keys;
  for (int i = 0; i < 30000; ++i) keys += 'k' + std::to_string(i) + "=1\n";
  CHECK(code(keys, run_file_limits) == "too-large");
  CHECK(code(keys, table_limits) == "none");
  std::string items = "a = [";
  for (std::size_t i = 0; i <= table_limits.values; ++i) items += "1,";
  CHECK(code(items + "]\n", table_limits) == "too-large");
  CHECK(code("a = '''\n" + std::string(run_file_limits.bytes, 'x') + "'''\n", run_file_limits) ==
        "too-large");
  CHECK(code("a = \"" + std::string(100000, ',') + "\" # " + std::string(100000, '=') + "\n",
             run_file_limits) == "none");
}

TEST_CASE("numbers keep their digits wherever they stand, in a long line too") {
  std::string line = "\"größe\" = [";
  constexpr int numbers = 80000;
  for (int i = 0; i < numbers; ++i)
    line += (i % 100 == 0 ? "\"é\", " : "") + std::to_string(i % 10) + ".50, ";
  const Value root = read("# ä\nfirst = 0.10\n" + line + "]\r\nlast = 1.2300\n");
  CHECK(root.find("first")->text == "0.10");
  CHECK(root.find("last")->text == "1.2300");
  const auto& items = root.find("größe")->items;
  REQUIRE(items.size() == numbers + numbers / 100);
  int seen = 0;
  for (const Value& item : items) {
    if (item.type != Value::Type::real) continue;
    if (item.text != std::to_string(seen % 10) + ".50") FAIL(item.text << " at " << seen);
    ++seen;
  }
  CHECK(seen == numbers);
}

TEST_CASE("a large text that is broken at its end says where") {
  std::string text;
  while (text.size() < 2U << 20U)
    text += "# a line of a comment that is long enough to make the text large\n";
  const auto lines = std::count(text.begin(), text.end(), '\n');
  for (const std::string end : {"[[[a]]]\n", "x = 1\n[[[", "a = 1\n\n\n[ [ [a\nb = 2\n"}) {
    try {
      read(text + end);
      FAIL("read");
    } catch (const diag::Error& error) {
      CHECK(error.diagnostics().at(0).code == "syntax-error");
      CHECK(error.diagnostics().at(0).where.line > lines);
      CHECK(error.diagnostics().at(0).where.line <= lines + 4);
    }
  }
}

TEST_CASE("a file that cannot be read says why") {
  const auto message = [](const std::string& path) {
    try {
      read_file(path);
      return std::string{};
    } catch (const diag::Error& error) {
      CHECK(error.diagnostics().at(0).code == "cannot-read");
      return error.diagnostics().at(0).message;
    }
  };
  CHECK(message("no/such/file.toml") == "cannot read 'no/such/file.toml': No such file or directory");
  CHECK(message(".") == "cannot read '.': it is a folder");
}

TEST_CASE("a file is read byte for byte") {
  const auto path = (std::filesystem::temp_directory_path() / "kwhatif_toml_test.bin").string();
  const std::string bytes = std::string("a\r\n\0b", 5) + std::string(200000, 'x');
  std::ofstream(path, std::ios::binary) << bytes;
  CHECK(read_file(path)->text == bytes);
  CHECK(read_file(path)->name == path);
  std::remove(path.c_str());
}

TEST_CASE("junk is an error or a document, never a crash") {
  test::Random random(41);
  const std::string_view alphabet = "ab=[]{}.\"'#\n\r\t ,0123456789eE+-_:TZ\\uU\x80\xc3\xff";
  for (int i = 0; i < 4000; ++i) {
    const std::string text = i % 4 == 0 ? random.bytes(200) : random.text(alphabet, 80);
    try {
      const Value root = read(text);
      if (root.type != Value::Type::table) FAIL(text);
    } catch (const diag::Error& error) {
      CHECK(error.diagnostics().size() == 1);
    }
  }
}

TEST_CASE("a document damaged in one place is an error or a document, never a crash") {
  test::Random random(42);
  const std::string whole =
      "schema = \"grid_intensity/1\"\n[[table]]\nsource = \"x\"\ncolumns = [\"id\", \"year\"]\n"
      "rows = [ [\"FRA\", 2023, { value = \"1.5\", note = \"\"\"a\nb\"\"\" }] ]\n[table.row]\nbasis = "
      "'production'\n";
  for (int i = 0; i < 4000; ++i) {
    std::string text = whole;
    const std::size_t at = random.below(text.size());
    if (i % 3 == 0) text.erase(at, 1 + random.below(5));
    if (i % 3 == 1) text.insert(at, random.bytes(3));
    if (i % 3 == 2) text[at] = static_cast<char>(static_cast<unsigned char>(random.below(256)));
    try {
      read(text);
    } catch (const diag::Error& error) {
      CHECK_FALSE(diag::render(error.diagnostics()).empty());
    }
  }
}

}  // namespace
}  // namespace kwhatif::document
