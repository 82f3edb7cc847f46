// Documents as text for people: blocks one below the other, as wide as the paper.
#include "pages.hpp"
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::report {

namespace {

struct Line {
  std::string text;
  bool strong = false;
};

class Printer {
 public:
  explicit Printer(const Paper& paper) : paper_(paper) {}

  void print(const Block& block) {
    if (paper_.quiet && block.aside) return;
    switch (block.kind) {
      case Block::Kind::gap:
        gap_ = !lines_.empty();
        return;
      case Block::Kind::heading:
        add(wrapped(block.text, paper_.width, block.indent), true);
        return;
      case Block::Kind::paragraph:
        add(block.head.empty() ? wrapped(block.text, paper_.width, block.indent)
                               : hanging(block.head, block.text, paper_.width, block.indent));
        return;
      case Block::Kind::table:
        table(block);
        return;
      case Block::Kind::tree:
        tree(block.tree, "", "");
        return;
      case Block::Kind::command:
        command(block);
        return;
      case Block::Kind::lines:
        add(block.text);
        return;
    }
  }

  std::string text() const {
    std::string out;
    for (const Line& line : lines_) {
      const std::string shown = diag::visible(line.text);
      out += line.strong && paper_.colour && !shown.empty() ? "\x1b[1m" + shown + "\x1b[0m" : shown;
      out += '\n';
    }
    return out;
  }

 private:
  void line(std::string text, bool strong = false) {
    if (gap_) lines_.push_back({});
    gap_ = false;
    lines_.push_back({std::move(text), strong});
  }

  void add(std::string_view text, bool strong = false) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      line(std::string{text.substr(0, end)}, strong);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  void table(const Block& block) {
    if (!block.text.empty()) {
      narrow_table(block);
      return;
    }
    const std::string indent(block.indent, ' ');
    for (const auto& [text, row] : laid_out(block.table, room(block))) {
      const bool decisive = row && std::ranges::find(block.decisive, *row) != block.decisive.end();
      line(text.empty() ? text : indent + text, decisive || !row);
    }
  }

  std::size_t room(const Block& block) const { return paper_.width - std::min(block.indent, paper_.width); }

  // As many of the columns as the paper has room for, the first ones first; one without room leaves it to
  // narrower ones behind it. A long text in the last one wraps and stays. What was left out is said.
  void narrow_table(const Block& block) {
    const auto& [columns, rows] = block.table;
    const std::size_t last = columns.size() - 1;
    const bool wraps = columns[last].align == Align::left &&
                       std::ranges::any_of(rows, [&](const auto& row) { return width(row[last]) > 40; });
    std::vector<std::size_t> taken{0};
    std::vector<std::string> left_out;
    const auto fits = [&](std::size_t more) {
      auto tried = taken;
      tried.push_back(more);
      if (wraps && more != last) tried.push_back(last);
      return in_one_block(with_columns(block.table, tried), room(block));
    };
    for (std::size_t c = 1; c < columns.size(); ++c) {
      if ((c == 1 && last == 1) || (wraps && c == last) || fits(c))
        taken.push_back(c);
      else if (!columns[c].title.empty())
        left_out.push_back(columns[c].title);
    }
    const Block fitting{
        .kind = Block::Kind::table, .indent = block.indent, .table = with_columns(block.table, taken)};
    table(fitting);
    if (left_out.empty()) return;
    gap_ = true;
    add(wrapped("not shown here: " + diag::listed(left_out) + "; " + block.text, paper_.width, block.indent));
  }

  static Table with_columns(const Table& whole, const std::vector<std::size_t>& columns) {
    Table out;
    for (const std::size_t c : columns) out.columns.push_back(whole.columns[c]);
    for (const auto& row : whole.rows) {
      auto& cells = out.rows.emplace_back();
      for (const std::size_t c : columns) cells.push_back(row[c]);
    }
    return out;
  }

  // Breaks between words, but keeps a flag and its value together.
  void command(const Block& block) {
    constexpr std::string_view backslash = " \\";
    std::string text = block.head;
    std::size_t words = 0;  // on the line
    for (std::string_view rest = block.text; !rest.empty(); ++words) {
      auto end = word_end(rest);
      if (rest.starts_with("--") && end < rest.size()) end += 1 + word_end(rest.substr(end + 1));
      const bool last = end == rest.size();
      const std::size_t more =
          (words > 0 ? 1 : 0) + width(rest.substr(0, end)) + (last ? 0 : backslash.size());
      if (words > 0 && width(text) + more > paper_.width) {
        line(text.append(backslash));
        text.assign(block.indent, ' ');
        words = 0;
      }
      text.append(words > 0 ? 1 : 0, ' ').append(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    line(text);
  }

  // Up to the blank after the first word; blanks in quotes are none.
  static std::size_t word_end(std::string_view text) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size() && (quoted || text[end] != ' '); ++end)
      quoted = quoted != (text[end] == '"' || text[end] == '\'');
    return end;
  }

  // A line of the tree; long ones go on under their own text, beside the branches.
  void tree(const Branch& branch, const std::string& first, const std::string& rest) {
    constexpr std::size_t least_room = 40;
    const std::size_t lead = std::max(width(first), width(rest) + 4);  // of the longest line
    const std::size_t room = paper_.width > lead + least_room ? paper_.width - lead : least_room;
    const std::string further = rest + (branch.parts.empty() ? "    " : "│   ");
    bool begun = false;
    for (const std::string& each : wrapped_lines(branch.text, room))
      line((std::exchange(begun, true) ? further : first) + each);
    for (std::size_t i = 0; i < branch.parts.size(); ++i) {
      const bool last = i + 1 == branch.parts.size();
      tree(branch.parts[i], rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "));
    }
  }

  const Paper& paper_;
  std::vector<Line> lines_;
  bool gap_ = false;  // before the next line, if there is one
};

}  // namespace

namespace {

// Which tables answered, where these are not the built-in ones alone.
Page tables_page(const catalog::Catalog& tables) {
  Page page;
  page.asides();
  const bool instead = !tables.loaded_folder().empty();
  if (!instead && tables.overlaid_folder().empty()) return page;
  std::string words = "Tables: edition " + tables.version();
  if (instead) words += " in " + tables.loaded_folder() + ", instead of the built-in ones";
  if (!tables.overlaid_folder().empty()) {
    words += (instead ? "; over them " : ", and over them ") + tables.overlaid_folder() + ' ' +
             catalog::content_hash(tables.tables(), true);
  }
  return page.gap().paragraph(words);
}

}  // namespace

std::string render_text(const Document& document, const Paper& paper) {
  Page page = document.content().page();
  const bool is_file = document.refusal(Form::json) != nullptr;  // a run file to start from
  if (!is_file) page.append(tables_page(document.content().catalog));
  return page_text(page, paper);
}

std::string page_text(const Page& page, const Paper& paper) {
  Printer printer(paper);
  for (const Block& block : page.blocks()) printer.print(block);
  return printer.text();
}

}  // namespace kwhatif::report
