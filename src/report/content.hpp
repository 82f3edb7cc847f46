// What a document is made of: blocks for people, a tree of keys for machines, rows of fixed columns.
// Presenters fill it, renderers read it; nothing outside src/report includes this (and so nlohmann/json).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>
#include <kwhatif/report/table.hpp>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace kwhatif::report {

/// Keys stay in the order they are written.
using Json = nlohmann::ordered_json;

/// A tree of lines: a derivation.
struct Branch {
  std::string text;
  std::vector<Branch> parts;
};

/// One block of a page. Which members count depends on the kind.
struct Block {
  enum class Kind {
    gap,        ///< an empty line; several in a row are one
    heading,    ///< one line that names what follows
    paragraph,  ///< wraps; where it has a head, beside it
    table,      ///< aligned; where the page is too narrow, the last column wraps
    tree,
    lines  ///< laid out already
  };
  Kind kind = Kind::gap;
  std::string head = {};
  std::string text = {};
  std::size_t indent = 0;  ///< blanks before the lines; of a paragraph with a head, before all but the first
  Table table = {};
  Branch tree = {};
  std::vector<std::size_t> decisive = {};  ///< rows of a table with the number that was asked for
  bool aside = false;                      ///< left out where only results are wanted
};

/// Blocks from top to bottom.
class Page {
 public:
  Page& gap() { return add({.kind = Block::Kind::gap}); }
  Page& heading(std::string text) { return add({.kind = Block::Kind::heading, .text = std::move(text)}); }
  Page& paragraph(std::string text, std::size_t indent = 0) {
    return add({.kind = Block::Kind::paragraph, .text = std::move(text), .indent = indent});
  }
  /// A paragraph beside its head; further lines stand after `indent` blanks.
  Page& hanging(std::string head, std::string text, std::size_t indent) {
    return add(
        {.kind = Block::Kind::paragraph, .head = std::move(head), .text = std::move(text), .indent = indent});
  }
  Page& table(Table table, std::size_t indent = 0, std::vector<std::size_t> decisive = {}) {
    return add({.kind = Block::Kind::table,
                .indent = indent,
                .table = std::move(table),
                .decisive = std::move(decisive)});
  }
  Page& tree(Branch tree) { return add({.kind = Block::Kind::tree, .tree = std::move(tree)}); }
  Page& lines(std::string text) { return add({.kind = Block::Kind::lines, .text = std::move(text)}); }
  Page& append(const Page& other) {
    for (Block block : other.blocks_) add(std::move(block));
    return *this;
  }
  /// What is added from here on explains the results and is none itself.
  Page& asides() {
    aside_ = true;
    return *this;
  }
  /// What is added from here on are results again.
  Page& results() {
    aside_ = false;
    return *this;
  }

  bool empty() const { return blocks_.empty(); }
  const std::vector<Block>& blocks() const { return blocks_; }

 private:
  Page& add(Block block) {
    block.aside = block.aside || aside_;
    blocks_.push_back(std::move(block));
    return *this;
  }

  std::vector<Block> blocks_;
  bool aside_ = false;
};

/// The content of a document. The parts are functions, so that only what is asked for is made.
struct Content {
  std::string name;  ///< of the schema: "estimate" for kwhatif/estimate/1
  const catalog::Catalog& catalog;
  std::vector<diag::Diagnostic> warnings = {};
  std::vector<diag::Diagnostic> notes = {};  ///< JSON's warnings hold them too; a page has its own words
  std::vector<std::string> sources = {};     ///< ids, in order; empty ones and repetitions are passed over
  std::function<Page()> page = {};
  std::function<Json()> body = {};   ///< the keys between the head and the foot of the envelope
  std::function<Table()> rows = {};  ///< the same columns whatever was asked
  Records records = Records::many;   ///< how many things the rows describe
  /// What stands for the rows as --plain, where their columns are not its keys.
  std::function<Table()> plain_rows = {};
  std::array<std::optional<Document::Refusal>, 4> refused = {};  ///< by form

  Content& refuse(Form form, std::string why, std::string instead) {
    refused[static_cast<std::size_t>(form)] = {std::move(why), std::move(instead)};
    return *this;
  }
  Content& refuse_rows(const std::string& why, const std::string& instead) {
    return refuse(Form::csv, why, instead).refuse(Form::plain, why, instead);
  }
};

// The renderers, one file each (render_text.cpp, …).
std::string render_text(const Document& document, const Paper& paper);
std::string render_json(const Document& document, const Paper& paper);
std::string render_csv(const Document& document, const Paper& paper);
std::string render_plain(const Document& document, const Paper& paper);

}  // namespace kwhatif::report
