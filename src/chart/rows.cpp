// Charts of labelled rows: bands, bars, tornado and shares. On a wide picture labels stand on the left and
// words on the right, on a narrow one both stand above their mark.
#include "drawing.hpp"
#include "scale.hpp"
#include <kwhatif/chart/text_width.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kwhatif::chart {

namespace {

constexpr double mark_height = 18;
constexpr double row_gap = 8;
constexpr std::size_t most_rows = 40;

struct RowText {
  std::string label, words;
  bool bold = false;  // its label
};

// Where each row has its texts and its mark.
class RowLayout {
 public:
  RowLayout(const Drawing& drawing, const std::vector<RowText>& rows, double least_height = mark_height)
      : wide_(drawing.wide()), width_(drawing.width()) {
    left_ = pad;
    right_ = width_ - pad;
    double label_room = right_ - left_;
    double words_room = label_room;
    if (wide_) {
      constexpr double gap = 14;
      label_room = widest(rows, &RowText::label, 0.32 * width_);
      words_room = widest(rows, &RowText::words, 0.28 * width_);
      if (label_room > 0) left_ += label_room + gap;
      if (words_room > 0) right_ -= words_room + gap;
    }
    double y = drawing.y;
    for (const RowText& row : rows) {
      Placed placed;
      if (!row.label.empty()) placed.label = wrapped(row.label, label_room, 12, 2, row.bold);
      if (!row.words.empty()) placed.words = wrapped(row.words, words_room, 12, 3);
      placed.top = y;
      placed.bold = row.bold;
      const auto lines = [](const auto& text) { return line_height * static_cast<double>(text.size()); };
      if (wide_) {
        const double height = std::max({least_height, lines(placed.label), lines(placed.words)});
        placed.middle = y + height / 2;
        y += height + row_gap;
      } else {
        placed.one_line = placed.label.size() <= 1 && placed.words.size() == 1 &&
                          text_width(row.label, 12, row.bold) + text_width(row.words, 12) + 12 <= label_room;
        placed.mark =
            lines(placed.label) + (placed.one_line && !placed.label.empty() ? 0 : lines(placed.words));
        placed.middle = y + placed.mark + least_height / 2 + 1;
        y += placed.mark + least_height + row_gap;
      }
      rows_.push_back(std::move(placed));
    }
    bottom_ = y;
  }

  double left() const { return left_; }
  double right() const { return right_; }
  double bottom() const { return bottom_; }
  double middle(std::size_t row) const { return rows_[row].middle; }

  void draw_texts(Drawing& drawing, std::size_t row) const {
    const Placed& p = rows_[row];
    const auto column = [&](const std::vector<std::string>& lines, double x, Anchor anchor, double top,
                            bool bold) {
      for (std::size_t i = 0; i < lines.size(); ++i)
        drawing.text(x, top + line_height * static_cast<double>(i) + 12, lines[i],
                     {12, bold, anchor, Role::ink});
    };
    const auto height = [](const auto& lines) { return line_height * static_cast<double>(lines.size()); };
    if (wide_) {
      column(p.label, left_ - 14, Anchor::end, p.middle - height(p.label) / 2, p.bold);
      column(p.words, right_ + 14, Anchor::start, p.middle - height(p.words) / 2, false);
      return;
    }
    column(p.label, pad, Anchor::start, p.top, p.bold);
    if (p.one_line)
      column(p.words, width_ - pad, Anchor::end, p.top, false);
    else
      column(p.words, pad, Anchor::start, p.top + height(p.label), false);
  }

 private:
  struct Placed {
    std::vector<std::string> label, words;
    double top = 0, mark = 0, middle = 0;
    bool one_line = false;  // label and words share it
    bool bold = false;
  };
  static double widest(const std::vector<RowText>& rows, std::string RowText::*text, double most) {
    double out = 0;
    for (const RowText& row : rows) out = std::max(out, text_width(row.*text, 12, row.bold));
    return std::min(out, most);
  }

  bool wide_;
  double width_;
  double left_ = 0, right_ = 0, bottom_ = 0;
  std::vector<Placed> rows_;
};

// Which rows have room: the first ones, and some that matter.
template <class Row, class Matters>
std::vector<std::size_t> shown(Drawing& drawing, const std::vector<Row>& rows, Matters matters) {
  constexpr std::size_t more = 5;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i < most_rows || (out.size() < most_rows + more && matters(rows[i]))) out.push_back(i);
  }
  if (const std::size_t left = rows.size() - out.size(); left > 0)
    drawing.note(std::to_string(left) + (left == 1 ? " more row is" : " more rows are") + " not drawn.");
  return out;
}

void draw_grid(Drawing& drawing, const Scale& scale, double top, double bottom) {
  for (const Tick& tick : scale.ticks_across(2, drawing.width() - 2))
    drawing.line(tick.at, top, tick.at, bottom, Role::line);
}

std::string said(const RowText& text) {
  return text.label + (text.label.empty() || text.words.empty() ? "" : ": ") + text.words;
}

void draw_whisker(Drawing& drawing, const Scale& scale, const Range& range, double middle, Role role) {
  if (!scale.has(range.first) || !scale.has(range.second)) return;
  const double a = scale.at(range.first);
  const double b = scale.at(range.second);
  drawing.line(a, middle, b, middle, role, 2);
  drawing.line(a, middle - 5, a, middle + 5, role, 2);
  drawing.line(b, middle - 5, b, middle + 5, role, 2);
}

void draw_nothing(Drawing& drawing) {
  drawing.text(pad, drawing.y + 14, "nothing to draw", {12, false, Anchor::start, Role::muted});
  drawing.y += 24;
}

}  // namespace

void draw(Drawing& drawing, const Bands& data) {
  const auto rows = shown(drawing, data.rows, [](const BandRow&) { return false; });
  if (rows.empty()) return draw_nothing(drawing);
  Extent extent;
  std::vector<RowText> texts;
  bool half = false;
  bool most = false;
  for (const std::size_t i : rows) {
    const BandRow& row = data.rows[i];
    extent.add(row.value);
    extent.add(row.half);
    extent.add(row.most);
    half = half || row.half;
    most = most || row.most;
    texts.push_back({row.label, row.words, false});
  }
  if (data.reference) extent.add(*data.reference);
  std::vector<LegendEntry> legend;
  using Symbol = LegendEntry::Symbol;
  if (half || most) legend.push_back({Symbol::dot, data.value_words});
  if (half) legend.push_back({Symbol::thick, data.half_words});
  if (most) legend.push_back({Symbol::thin, data.most_words});
  draw_legend(drawing, legend);
  const double top = drawing.y;
  const RowLayout layout(drawing, texts);
  Scale scale(extent, data.axis.logarithmic, false);
  scale.place(layout.left(), layout.right());
  if (drawing.wide()) draw_grid(drawing, scale, top, layout.bottom());
  if (data.reference && scale.has(*data.reference)) {
    const double x = scale.at(*data.reference);
    if (drawing.wide()) drawing.line(x, top, x, layout.bottom(), Role::muted, 1, true);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const BandRow& row = data.rows[rows[i]];
    const double middle = layout.middle(i);
    layout.draw_texts(drawing, i);
    if (!drawing.wide()) {
      drawing.line(layout.left(), middle, layout.right(), middle, Role::line);
      if (data.reference && scale.has(*data.reference)) {
        const double x = scale.at(*data.reference);
        drawing.line(x, middle - 8, x, middle + 8, Role::muted, 1, true);
      }
    }
    drawing.open(row.id, said(texts[i]));
    if (row.half && scale.has(row.half->first) && scale.has(row.half->second)) {
      const double a = scale.at(std::min(row.half->first, row.half->second));
      const double b = scale.at(std::max(row.half->first, row.half->second));
      drawing.rect(a, middle - 5, b - a, 10, Role::soft);
    }
    if (row.most) draw_whisker(drawing, scale, *row.most, middle, Role::main);
    if (scale.has(row.value)) drawing.circle(scale.at(row.value), middle, 4.5, Role::main);
    drawing.close();
  }
  drawing.y = layout.bottom();
  draw_axis_below(drawing, scale, data.axis.title, layout.left(), layout.right());
}

void draw(Drawing& drawing, const Bars& data) {
  const auto rows = shown(drawing, data.rows, [](const BarRow& row) { return row.decisive; });
  if (rows.empty()) return draw_nothing(drawing);
  Extent extent;
  std::vector<RowText> texts;
  bool most = false;
  bool decisive = false;
  for (const std::size_t i : rows) {
    const BarRow& row = data.rows[i];
    extent.add(row.value);
    extent.add(row.most);
    most = most || row.most;
    decisive = decisive || row.decisive;
    texts.push_back({row.label, row.words, row.decisive});
  }
  if (data.axis.logarithmic || data.origin != 0) extent.add(data.origin);
  if (most) draw_legend(drawing, {{LegendEntry::Symbol::whisker, "90 % prediction interval"}});
  const double top = drawing.y;
  const RowLayout layout(drawing, texts);
  Scale scale(extent, data.axis.logarithmic, data.origin == 0);
  scale.place(layout.left(), layout.right());
  if (drawing.wide()) draw_grid(drawing, scale, top, layout.bottom());
  const double origin = scale.at(data.origin);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const BarRow& row = data.rows[rows[i]];
    const double middle = layout.middle(i);
    layout.draw_texts(drawing, i);
    drawing.open(row.id, said(texts[i]));
    if (scale.has(row.value)) {
      const double end = scale.at(row.value);
      drawing.rect(std::min(origin, end), middle - 6, std::max(1.0, std::fabs(end - origin)), 12,
                   decisive && !row.decisive ? Role::soft : Role::main);
    }
    if (row.most) draw_whisker(drawing, scale, *row.most, middle, Role::ink);
    drawing.close();
    if (!drawing.wide()) drawing.line(origin, middle - 8, origin, middle + 8, Role::muted);
  }
  if (drawing.wide()) drawing.line(origin, top, origin, layout.bottom(), Role::muted);
  drawing.y = layout.bottom();
  draw_axis_below(drawing, scale, data.axis.title, layout.left(), layout.right());
}

void draw(Drawing& drawing, const Tornado& data) {
  const auto rows = shown(drawing, data.rows, [](const TornadoRow&) { return false; });
  if (rows.empty()) return draw_nothing(drawing);
  Extent extent;
  extent.add(data.base);
  std::vector<RowText> texts;
  for (const std::size_t i : rows) {
    const TornadoRow& row = data.rows[i];
    extent.add(row.low);
    extent.add(row.high);
    const bool both = !row.low_words.empty() && !row.high_words.empty();
    texts.push_back({row.label, row.low_words + (both ? " to " : "") + row.high_words, false});
  }
  using Symbol = LegendEntry::Symbol;
  draw_legend(drawing, {{Symbol::soft_bar, "input at its 5 % point"}, {Symbol::bar, "at its 95 % point"}});
  if (!data.base_words.empty()) drawing.y += line_height;
  const double top = drawing.y;
  const RowLayout layout(drawing, texts);
  Scale scale(extent, data.axis.logarithmic, false);
  scale.place(layout.left(), layout.right());
  if (drawing.wide()) draw_grid(drawing, scale, top, layout.bottom());
  const double base = scale.has(data.base) ? scale.at(data.base) : layout.left();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TornadoRow& row = data.rows[rows[i]];
    const double middle = layout.middle(i);
    layout.draw_texts(drawing, i);
    drawing.open(row.id, said(texts[i]));
    for (const bool high : {false, true}) {
      const double value = high ? row.high : row.low;
      if (!scale.has(value)) continue;
      const double end = scale.at(value);
      // both ends on one side of the result stand above each other
      const bool same_side = (row.low > data.base) == (row.high > data.base);
      const double height = same_side ? 7 : 14;
      drawing.rect(std::min(base, end), middle - 7 + (same_side && high ? 7 : 0), std::fabs(end - base),
                   height, high ? Role::main : Role::soft);
    }
    drawing.close();
    if (!drawing.wide()) drawing.line(base, middle - 9, base, middle + 9, Role::ink);
  }
  if (drawing.wide()) drawing.line(base, top, base, layout.bottom(), Role::ink);
  if (!data.base_words.empty()) {
    const std::string words = shortened(data.base_words, drawing.width() - 2 * pad, 12, true);
    const double half = text_width(words, 12, true) / 2;
    drawing.text(std::clamp(base, pad + half, std::max(pad + half, drawing.width() - pad - half)), top - 3,
                 words, {12, true, Anchor::middle, Role::ink});
  }
  drawing.y = layout.bottom();
  draw_axis_below(drawing, scale, data.axis.title, layout.left(), layout.right());
}

namespace {

double drawn(double share) { return std::isfinite(share) && share > 0 ? std::min(share, 1.0) : 0; }

// A list of what a single bar is made of.
void draw_parts(Drawing& drawing, const Shares& data, const ShareRow& row) {
  // on a wide picture words do not stand too far from what they are of
  constexpr double widest = 520;
  const double right = drawing.wide() ? std::min(drawing.width() - pad, pad + widest) : drawing.width() - pad;
  const double room = right - pad - 22;
  for (const SharePart& part : row.parts) {
    if (part.name >= data.names.size()) continue;
    const std::string words =
        (std::isfinite(part.share) ? quantity::percent(part.share) : std::string{"unknown"}) +
        (part.words.empty() ? "" : ", " + part.words);
    const double words_room = std::min(text_width(words, 12), 0.55 * room);
    drawing.rect(pad, drawing.y + 2, 14, 11, part_colour(part.name), part.name >= part_colours);
    drawing.text(pad + 22, drawing.y + 12, shortened(data.names[part.name], room - words_room - 12, 12));
    drawing.text(right, drawing.y + 12, shortened(words, words_room, 12),
                 {12, false, Anchor::end, Role::ink});
    drawing.y += 19;
  }
}

}  // namespace

void draw(Drawing& drawing, const Shares& data) {
  const auto rows = shown(drawing, data.rows, [](const ShareRow&) { return false; });
  if (rows.empty()) return draw_nothing(drawing);
  constexpr double height = 26;
  std::vector<RowText> texts;
  for (const std::size_t i : rows) texts.push_back({data.rows[i].label, data.rows[i].words, false});
  if (rows.size() > 1) {
    std::vector<LegendEntry> legend;
    for (std::size_t i = 0; i < data.names.size(); ++i)
      legend.push_back({LegendEntry::Symbol::part, data.names[i], i});
    draw_legend(drawing, legend);
  }
  const RowLayout layout(drawing, texts, height);
  const double length = layout.right() - layout.left();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ShareRow& row = data.rows[rows[i]];
    layout.draw_texts(drawing, i);
    const double sum = std::accumulate(row.parts.begin(), row.parts.end(), 0.0,
                                       [](double s, const SharePart& p) { return s + drawn(p.share); });
    const double top = layout.middle(i) - height / 2;
    drawing.open(row.id, said(texts[i]));
    drawing.rect(layout.left(), top, length, height, Role::line);
    double before = 0;
    for (const SharePart& part : row.parts) {
      const double share = drawn(part.share) / std::max(1.0, sum);
      if (share == 0 || part.name >= data.names.size()) continue;
      const double x = layout.left() + before * length;
      const double w = share * length;
      before += share;
      const Colour colour = part_colour(part.name);
      drawing.open(row.id + '/' + std::to_string(part.name),
                   data.names[part.name] + ": " + quantity::percent(part.share) +
                       (part.words.empty() ? "" : ", " + part.words));
      drawing.rect(x, top, w > 3 ? w - 1 : w, height, colour, part.name >= part_colours);
      const std::string words = quantity::percent(part.share);
      if (part.name < part_colours && text_width(words, 12) + 6 <= w)
        drawing.text(x + w / 2, top + 17, words, {12, false, Anchor::middle, Role::ink}, colour.text_on());
      drawing.close();
    }
    drawing.close();
  }
  drawing.y = layout.bottom();
  if (rows.size() == 1) draw_parts(drawing, data, data.rows[rows.front()]);
}

}  // namespace kwhatif::chart
