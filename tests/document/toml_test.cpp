// TOML as a tree that knows where everything stands.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/document/toml.hpp>

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
