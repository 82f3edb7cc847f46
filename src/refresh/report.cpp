// The diff as text for people.
#include "diff.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::refresh {

namespace {

constexpr std::size_t shown = 12;   // lines of a part, unless all are asked for
constexpr std::size_t widest = 40;  // of a column that is padded
constexpr std::size_t columns = 80;
constexpr double percent = 100;
constexpr double small_change = 0.001;  // rounding of another edition

using Cells = std::vector<std::string>;

// Words of a reason in lines of their own.
std::string wrapped(std::string_view words) {
  constexpr std::string_view indent = "\n      ";
  std::string out;
  std::size_t used = columns;
  for (const std::string_view word : diag::parts(words, ' ')) {
    const std::size_t length = diag::characters(word);
    if (used + 1 + length > columns) {
      out += indent;
      used = indent.size() - 1;
    } else {
      out += ' ';
      ++used;
    }
    out += word;
    used += length;
  }
  return out;
}

std::string padded(const std::vector<Cells>& lines) {
  std::vector<std::size_t> width;
  for (const Cells& line : lines) {
    width.resize(std::max(width.size(), line.size()));
    for (std::size_t i = 0; i + 1 < line.size(); ++i)
      width[i] = std::max(width[i], std::min(widest, diag::characters(line[i])));
  }
  std::string out;
  for (const Cells& line : lines) {
    std::string text = " ";
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += ' ' + line[i];
      const std::size_t have = diag::characters(line[i]);
      if (i + 1 < line.size() && have < width[i]) text.append(width[i] - have, ' ');
      if (i + 1 < line.size()) text += ' ';
    }
    text.resize(text.find_last_not_of(' ') + 1);
    if (diag::characters(text) > columns && line.size() > 1) {  // the reason, below what it is about
      text.resize(text.size() - line.back().size());
      text.resize(text.find_last_not_of(' ') + 1);
      text += wrapped(line.back());
    }
    out += text + '\n';
  }
  return out;
}

// @param hidden  further lines that are counted but not shown
std::string part(std::string_view title, std::vector<Cells> lines, bool all, std::size_t hidden = 0) {
  const std::size_t of = lines.size();
  if (of + hidden == 0) return {};
  std::string out = '\n' + std::string{title} + ": " + quantity::grouped(of + hidden) + '\n';
  if (!all && of > shown) lines.resize(shown);
  out += padded(lines);
  if (lines.size() < of)
    out += "  and " + quantity::grouped(of - lines.size()) + " more (--all shows them)\n";
  return out;
}

std::string change_of(double change) {
  const std::string digits = quantity::significant(std::abs(change) * percent, 2);
  return (change < 0 ? "-" : "+") + digits + " %";
}

Cells begin_of(const Reading& reading, const Comparison& value) {
  const Found& row = reading.batches[value.batch].rows[value.row];
  // the id of a price repeats what its place says, and is long
  Cells out{reading.batches[value.batch].kind == catalog::Kind::price ? row.place : row.id};
  if (row.year) out.push_back(std::to_string(*row.year));
  return out;
}

const Figure* figure_of(const Reading& reading, const Comparison& value) {
  const Found& row = reading.batches[value.batch].rows[value.row];
  return value.figure < row.figures.size() ? &row.figures[value.figure] : nullptr;
}

std::string regions_of(const Comparison& value) {
  return std::to_string(value.more.size()) + " new: " + diag::listed(value.more);
}

Cells line_of(const Reading& reading, const Comparison& value) {
  Cells out = begin_of(reading, value);
  const Figure* const figure = figure_of(reading, value);
  if (figure == nullptr) {
    if (!value.before.empty()) out.push_back(value.before);
    out.push_back(regions_of(value));
    return out;
  }
  out.push_back(figure->key);
  if (value.fate == Fate::changed) out.push_back(value.before + " to");
  out.push_back(figure->text);
  if (value.fate == Fate::changed) out.push_back(change_of(value.change));
  return out;
}

std::string years_of(const std::vector<int>& years) {
  if (years.empty()) return {};
  if (years.size() == 1) return std::to_string(years.front());
  return std::to_string(years.front()) + " to " + std::to_string(years.back()) + " (" +
         std::to_string(years.size()) + ")";
}

}  // namespace

std::string report(const Reading& reading, const Diff& diff, bool all) {
  std::string out = reading.file + ": " + std::string{form_row(reading.form).what} + '\n';
  out += counted(reading.rows, "row") + " read, " + counted(diff.values.size(), "value") +
         " of the tables' kinds; " + quantity::grouped(diff.count(Fate::same)) +
         " are in the tables as they are\n";
  for (const std::string& remark : reading.remarks) out += "  " + remark + '\n';

  std::vector<Cells> fresh;
  std::vector<const Comparison*> changes;
  std::vector<Cells> doubts;
  for (const Comparison& value : diff.values) {
    // what is not written is neither new nor a change, but something to look at
    if (value.fate == Fate::fresh && !value.left_out) fresh.push_back(line_of(reading, value));
    if (value.fate == Fate::changed && !value.left_out) changes.push_back(&value);
    if (value.doubt.empty()) continue;
    Cells line = begin_of(reading, value);
    if (const Figure* const figure = figure_of(reading, value)) line.push_back(figure->text);
    line.push_back(value.doubt);
    doubts.push_back(std::move(line));
  }
  for (const Suspicious& s : reading.suspicious)
    doubts.push_back({s.place, s.text, s.why + (s.rows > 1 ? " (" + counted(s.rows, "time") + ")" : "")});
  // the largest first: they are what somebody looks at
  std::ranges::stable_sort(changes, std::ranges::greater{},
                           [](const Comparison* c) { return std::abs(c->change); });
  std::vector<Cells> changed;
  std::size_t rounded = 0;
  for (const Comparison* const value : changes) {
    if (figure_of(reading, *value) != nullptr && std::abs(value->change) < small_change && !all)
      ++rounded;
    else
      changed.push_back(line_of(reading, *value));
  }
  const bool nothing = fresh.empty() && changes.empty();
  out += part("New", std::move(fresh), all);
  out += part("Changed", std::move(changed), all, rounded);
  if (rounded > 0) out += "  " + quantity::grouped(rounded) + " of them by less than 0.1 %\n";
  out += part("Look at these", std::move(doubts), true);

  std::vector<Cells> unknown;
  for (const Unknown& name : reading.unknown)
    unknown.push_back({name.name, counted(name.rows, "row"), name.why});
  out += part("Names that the tables do not have", std::move(unknown), all);
  std::vector<Cells> gone;
  for (const Vanished& row : diff.vanished) gone.push_back({row.id, years_of(row.years), row.source});
  out += part("In the tables, but not in this file", std::move(gone), all);
  if (nothing) out += "\nNothing new.\n";
  return out;
}

}  // namespace kwhatif::refresh
