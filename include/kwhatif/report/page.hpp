// A page: blocks of text for people, one below the other. Presenters of answers and the help of the command
// line fill it; the renderer of text lays it out on paper of any width.
#pragma once

#include <kwhatif/report/document.hpp>
#include <kwhatif/report/table.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::report {

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
    table,      ///< aligned; where the paper is too narrow, columns wrap or stand in several blocks, and with
                ///< a text that says how to have them nevertheless the last ones are left out
    tree,
    command,  ///< for the shell, after its head; where it is too long, a backslash ends the line before a
              ///< flag
    lines     ///< laid out already
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
  /// A table with more columns than some paper has room for.
  /// @param instead  how to have those that are left out
  Page& wide_table(Table table, std::string instead, std::size_t indent = 0) {
    return add({.kind = Block::Kind::table,
                .text = std::move(instead),
                .indent = indent,
                .table = std::move(table)});
  }
  Page& tree(Branch tree) { return add({.kind = Block::Kind::tree, .tree = std::move(tree)}); }
  Page& command(std::string head, std::string text, std::size_t indent = 4) {
    return add(
        {.kind = Block::Kind::command, .head = std::move(head), .text = std::move(text), .indent = indent});
  }
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

/// A page as text.
std::string page_text(const Page& page, const Paper& paper = {});

}  // namespace kwhatif::report
