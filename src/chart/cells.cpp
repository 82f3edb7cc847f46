// The heat map.
#include "drawing.hpp"
#include "scale.hpp"
#include <kwhatif/chart/text_width.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::chart {

namespace {

constexpr std::size_t most_rows = 120;
constexpr std::size_t most_columns = 120;

// Three digits, whole from 100 on.
std::string shown(double value) {
  constexpr double whole_from = 99.5;
  constexpr double short_to = 1e6;
  if (std::fabs(value) >= whole_from && std::fabs(value) < short_to) return quantity::fixed(value, 0);
  return quantity::significant(value, 2);
}

void draw_key(Drawing& drawing, const Extent& extent, const std::string& title) {
  if (extent.empty()) return;
  constexpr int steps = 5;
  const bool one = !(extent.high() > extent.low());
  const double w = std::min(70.0, (drawing.width() - 2 * pad) / steps);
  drawing.paragraph(title, 11, Role::ink, 2);
  for (int i = 0; i < (one ? 1 : steps); ++i) {
    const double share = i / static_cast<double>(steps - 1);
    const Colour colour = ramp(one ? 0 : share);
    drawing.rect(pad + i * w, drawing.y + 2, w, 18, colour);
    const std::string words = shown(extent.low() * (1 - share) + extent.high() * share);
    if (text_width(words, 11) + 4 <= w)
      drawing.text(pad + (i + 0.5) * w, drawing.y + 15, words, {11, false, Anchor::middle, Role::ink},
                   colour.text_on());
  }
  drawing.y += 24;
}

}  // namespace

void draw(Drawing& drawing, const Cells& data) {
  const std::size_t rows = std::min(data.cells.size(), most_rows);
  std::size_t columns = data.column_names.size();
  for (const auto& row : data.cells) columns = std::max(columns, row.size());
  if (data.cells.size() > rows)
    drawing.note(std::to_string(data.cells.size() - rows) + " more rows are not drawn.");
  if (columns > most_columns)
    drawing.note(std::to_string(columns - most_columns) + " more columns are not drawn.");
  columns = std::min(columns, most_columns);
  Extent extent;
  double widest = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < std::min(columns, data.cells[r].size()); ++c) {
      const double v = data.cells[r][c];
      extent.add(v);
      if (std::isfinite(v)) widest = std::max(widest, text_width(shown(v), 1));
    }
  }
  double names = 0;
  for (std::size_t r = 0; r < std::min(rows, data.row_names.size()); ++r)
    names = std::max(names, text_width(data.row_names[r], 11));
  names = std::min(names, 0.3 * drawing.width());
  const double left = pad + names + (names > 0 ? 6 : 0);
  const double cell_width =
      std::min(64.0, (drawing.width() - pad - left) / static_cast<double>(std::max<std::size_t>(columns, 1)));
  constexpr double cell_height = 17;
  const double size = widest * 11 + 4 <= cell_width ? 11 : 9.5;
  const bool in_words = widest * size + 2 <= cell_width;
  draw_key(drawing, extent, data.values.title);
  if (!data.rows.title.empty() || !data.columns.title.empty()) {
    const bool both = !data.rows.title.empty() && !data.columns.title.empty();
    drawing.paragraph((data.rows.title.empty() ? "" : "down: " + data.rows.title) + (both ? "; " : "") +
                          (data.columns.title.empty() ? "" : "across: " + data.columns.title),
                      11, Role::muted, 2);
  }
  // all names, or every second, third …
  const std::size_t named = std::min(columns, data.column_names.size());
  double widest_name = 0;
  for (std::size_t c = 0; c < named; ++c)
    widest_name = std::max(widest_name, text_width(data.column_names[c], 11));
  const auto stride = static_cast<std::size_t>(std::max(1.0, std::ceil((widest_name + 1) / cell_width)));
  for (std::size_t c = 0; c < named; c += stride) {
    const double middle = left + (static_cast<double>(c) + 0.5) * cell_width;
    const double half = text_width(data.column_names[c], 11) / 2;
    if (middle - half < 2 || middle + half > drawing.width() - 2) continue;
    drawing.text(middle, drawing.y + 12, data.column_names[c], {11, false, Anchor::middle, Role::muted});
  }
  if (!data.column_names.empty()) drawing.y += 17;
  // half of the difference cannot overflow
  const double span = extent.high() / 2 - extent.low() / 2;
  for (std::size_t r = 0; r < rows; ++r) {
    const double top = drawing.y + static_cast<double>(r) * cell_height;
    const std::string name = r < data.row_names.size() ? data.row_names[r] : std::string{};
    drawing.text(left - 6, top + 12.5, shortened(name, names, 11), {11, false, Anchor::end, Role::muted});
    for (std::size_t c = 0; c < std::min(columns, data.cells[r].size()); ++c) {
      const double v = data.cells[r][c];
      if (!std::isfinite(v)) continue;
      const double x = left + static_cast<double>(c) * cell_width;
      const Colour colour = ramp(span > 0 ? (v / 2 - extent.low() / 2) / span : 0);
      const std::string column = c < data.column_names.size() ? data.column_names[c] : std::string{};
      std::string id = name;
      id.append("/").append(column);
      std::string words = name;
      words.append(" ").append(column).append(": ").append(shown(v));
      drawing.open(id, words);
      drawing.rect(x, top, cell_width, cell_height, colour);
      if (in_words)
        drawing.text(x + cell_width / 2, top + 12.5, shown(v), {size, false, Anchor::middle, Role::ink},
                     colour.text_on());
      drawing.close();
    }
  }
  drawing.y += static_cast<double>(rows) * cell_height + 6;
}

}  // namespace kwhatif::chart
