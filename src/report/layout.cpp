// Words and tables on paper: paragraphs wrap, and so do the columns of tables; where the paper is too narrow
// for that, these stand in blocks.
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <numeric>
#include <optional>

namespace kwhatif::report {

namespace {

// Calls `each` with the words between blanks.
template <class F>
void for_each_word(std::string_view text, F each) {
  while (!text.empty()) {
    std::size_t end = 0;  // find_first_of() takes longer for every letter than a word has letters
    while (end < text.size() && text[end] != ' ' && text[end] != '\n') ++end;
    if (end > 0) each(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_url(std::string_view word) { return word.find("://") != std::string_view::npos; }

// The first piece of a word that is too long for its column: up to where an id or a path may be parted.
std::string_view piece(std::string_view word, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t at = word.find_first_of("-/_:,"); at < word.size();
       at = word.find_first_of("-/_:,", at + 1)) {
    if (end > 0 && width(word.substr(0, at + 1)) > columns) break;
    end = at + 1;
  }
  return word.substr(0, end == 0 ? word.size() : end);
}

// What a column cannot be narrower than if none of its words is to be parted; URLs never are, and stand out.
std::size_t longest_word(std::string_view text) {
  std::size_t out = 0;
  for_each_word(text, [&](std::string_view word) {
    if (!is_url(word)) out = std::max(out, width(word));
  });
  return out;
}

// A column with the widths that it may have.
struct Measured {
  bool text = false;        ///< its cells may wrap; those of numbers, aligned right, may not
  std::size_t natural = 0;  ///< where nothing wraps
  std::size_t words = 0;    ///< where no word is parted
};

class Layout {
 public:
  Layout(const Table& given, std::size_t room) : table_(given), room_(room) {
    for (auto& row : table_.rows) {
      for (std::string& cell : row) cell = diag::visible(cell);
    }
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const auto& [title, align] = table_.columns[c];
      Measured& m = columns_.emplace_back(Measured{align == Align::left, width(title), longest_word(title)});
      for (const auto& row : table_.rows) {
        m.natural = std::max(m.natural, width(row[c]));
        m.words = std::max(m.words, m.text ? longest_word(row[c]) : width(row[c]));
      }
    }
  }

  bool in_one_block() const { return fits(first_columns(columns_.size())); }

  std::vector<TableLine> lines() {
    if (in_one_block()) {
      block(first_columns(columns_.size()), 0);
      return std::move(out_);
    }
    const Columns names = first_columns(names_of_rows());
    std::vector<Columns> blocks;
    for (std::size_t c = names.size(); c < columns_.size(); ++c) {
      const Columns beside = joined(names, c);
      if (line_width(narrowed(beside, true)) > room_) {
        records(names);
        return std::move(out_);
      }
      if (!blocks.empty() && fits(joined(blocks.back(), c)))
        blocks.back().push_back(c);
      else
        blocks.push_back(beside);
    }
    for (const Columns& columns : blocks) block(columns, &columns == blocks.data() ? 0 : names.size());
    return std::move(out_);
  }

 private:
  using Columns = std::vector<std::size_t>;

  static Columns first_columns(std::size_t count) {
    Columns out(count);
    std::iota(out.begin(), out.end(), std::size_t{0});
    return out;
  }

  static Columns joined(Columns columns, std::size_t c) {
    columns.push_back(c);
    return columns;
  }

  static std::size_t line_width(const std::vector<std::size_t>& widths) {
    return std::accumulate(widths.begin(), widths.end(), widths.empty() ? 0 : 2 * (widths.size() - 1));
  }

  bool fits(const Columns& columns) const { return line_width(narrowed(columns)) <= room_; }

  // Columns that say which row it is, repeated in every block: up to the last text before numbers, where that
  // leaves room for those, else up to the first text.
  std::size_t names_of_rows() const {
    const std::size_t others = columns_.size() - 1;
    std::size_t first = 0;
    while (first < others && !columns_[first].text) ++first;
    if (first == others) return std::min<std::size_t>(1, others);
    std::size_t last = first;
    for (std::size_t c = first; c < others; ++c) {
      if (columns_[c].text && !columns_[c + 1].text) last = c;
    }
    return (line_width(narrowed(first_columns(last + 1))) * 3 <= room_ * 2 ? last : first) + 1;
  }

  // Takes room from the columns until a line fits: from the texts, the last one first, then from the widest;
  // a column keeps what is good to read before any is made narrower than that, and the longest of its words.
  // Then from the heads of numbers.
  // @param parts  the words of a last text may be parted if nothing else helps
  std::vector<std::size_t> narrowed(const Columns& columns, bool parts = false) const {
    std::vector<std::size_t> widths;
    for (const std::size_t c : columns) widths.push_back(columns_[c].natural);
    std::size_t line = line_width(widths);
    if (line <= room_) return widths;
    const auto column = [&](std::size_t i) -> const Measured& { return columns_[columns[i]]; };
    const auto narrow = [&](std::size_t i, std::size_t kept) {
      if (line <= room_ || widths[i] <= kept) return;
      const std::size_t less = std::min(line - room_, widths[i] - kept);
      widths[i] -= less;
      line -= less;
    };
    std::vector<std::size_t> texts;
    for (std::size_t i = widths.size(); i-- > 0;) {
      if (column(i).text) texts.push_back(i);
    }
    const bool last_is_text = column(widths.size() - 1).text;
    std::stable_sort(texts.begin() + (last_is_text ? 1 : 0), texts.end(),
                     [&](std::size_t a, std::size_t b) { return widths[a] > widths[b]; });
    for (const std::size_t least : {std::size_t{30}, std::size_t{20}}) {
      for (const std::size_t i : texts) narrow(i, std::max(least, column(i).words));
    }
    constexpr std::size_t least_label = 12;
    for (const std::size_t i : texts)
      narrow(i, std::max({least_label, column(i).natural / 2, column(i).words}));
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (!column(i).text) narrow(i, column(i).words);
    }
    if (parts && last_is_text && line > room_) narrow(widths.size() - 1, longest_piece(columns.back()));
    return widths;
  }

  // What the column cannot be narrower than if words are parted.
  std::size_t longest_piece(std::size_t c) const {
    std::size_t out = 0;
    for (const auto& row : table_.rows) {
      for_each_word(row[c], [&](std::string_view word) {
        for (std::string_view next; !word.empty(); word.remove_prefix(next.size())) {
          next = piece(word, 0);
          if (!is_url(word)) out = std::max(out, width(next));
        }
      });
    }
    return out;
  }

  // @param names  columns that stood before already: rows that have nothing else are passed over
  void block(const Columns& columns, std::size_t names) {
    const auto widths = narrowed(columns, true);
    if (names > 0) out_.push_back({});
    const auto add = [&](const std::vector<std::string>& cells, std::optional<std::size_t> row) {
      std::vector<std::string> lines;
      std::size_t before = 0;  // columns that the cell begins after
      for (std::size_t i = 0; i < columns.size(); before += widths[i++] + 2) {
        const std::string& cell = cells[columns[i]];
        const auto parts = width(cell) <= widths[i] ? std::vector{cell} : wrapped_lines(cell, widths[i]);
        lines.resize(std::max(lines.size(), parts.size()));
        for (std::size_t k = 0; k < parts.size(); ++k) {
          const bool right = !columns_[columns[i]].text;
          const std::size_t start = before + (right ? widths[i] - std::min(widths[i], width(parts[k])) : 0);
          lines[k].append(start - std::min(start, width(lines[k])), ' ');
          lines[k] += parts[k];
        }
      }
      for (std::string& line : lines) {
        line.erase(line.find_last_not_of(' ') + 1);
        out_.push_back({std::move(line), row});
      }
    };
    std::vector<std::string> titles;
    for (const Column& column : table_.columns) titles.push_back(column.title);
    const auto any = [&](const std::vector<std::string>& cells, std::size_t from) {
      return std::any_of(columns.begin() + static_cast<std::ptrdiff_t>(from), columns.end(),
                         [&](std::size_t c) { return !cells[c].empty(); });
    };
    if (any(titles, 0)) add(titles, std::nullopt);
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      if (names == 0 || any(table_.rows[r], names)) add(table_.rows[r], r);
    }
  }

  // Each row by itself: its names, and below them one line or more for every other column.
  void records(const Columns& names) {
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      std::string text;
      for (const std::size_t c : names) text += table_.rows[r][c] + "  ";
      for (std::string& line : wrapped_lines(text, room_)) out_.push_back({std::move(line), r});
      for (std::size_t c = names.size(); c < columns_.size(); ++c) {
        if (table_.rows[r][c].empty()) continue;
        const std::string& title = table_.columns[c].title;
        for (const std::string& line :
             wrapped_lines(title + (title.empty() ? "" : ": ") + table_.rows[r][c], room_ - 2))
          out_.push_back({"  " + line, r});
      }
    }
  }

  Table table_;
  std::size_t room_;
  std::vector<Measured> columns_;
  std::vector<TableLine> out_;
};

}  // namespace

std::size_t width(std::string_view text) { return diag::characters(text); }

std::vector<std::string> wrapped_lines(std::string_view text, std::size_t columns) {
  std::vector<std::string> out(1);
  for_each_word(text, [&](std::string_view word) {
    bool joined = false;  // to the piece before
    while (!word.empty()) {
      const bool parted = width(word) > columns && !is_url(word);
      const std::string_view next = parted ? piece(word, columns) : word;
      std::string& line = out.back();
      if (line.empty())
        line = next;
      else if (const std::size_t blank = joined ? 0 : 1; width(line) + blank + width(next) <= columns)
        line.append(blank, ' ').append(next);
      else
        out.emplace_back(next);
      word.remove_prefix(next.size());
      joined = true;
    }
  });
  return out;
}

std::string wrapped(std::string_view paragraph, std::size_t columns, std::size_t indent) {
  std::string out;
  for (const std::string& line : wrapped_lines(paragraph, columns - std::min(indent, columns)))
    if (!line.empty()) out += std::string(indent, ' ') + line + '\n';
  return out;
}

std::string hanging(std::string_view head, std::string_view paragraph, std::size_t columns,
                    std::size_t indent) {
  constexpr std::size_t least_room = 20;
  if (indent + least_room > columns && columns > 2 * least_room)  // beside the head there is none
    return std::string{head} + '\n' + wrapped(paragraph, columns, least_room);
  // a head that is longer than the indent takes room of the first line alone
  const std::size_t longer = width(head) > indent && !paragraph.empty() ? width(head) - indent : 0;
  std::string body = wrapped(std::string(longer, 'x') + std::string{paragraph},
                             std::max(columns, indent + least_room), indent);
  body.erase(0, std::min(indent + longer, body.size()));
  return std::string{head} + (body.empty() ? "\n" : body);
}

bool in_one_block(const Table& table, std::size_t columns) { return Layout(table, columns).in_one_block(); }

std::vector<TableLine> laid_out(const Table& table, std::size_t columns) {
  return Layout(table, columns).lines();
}

}  // namespace kwhatif::report
