// chart: pictures of numbers, as SVG. Plain data in, text out; nothing here knows runs, tables or files.
//
// A chart is one of a few kinds; its numbers are in the unit that the axis names, and its words are ready for
// people. svg() draws any of them for a width in pixels: labels are measured (text_width.hpp), so that
// nothing overlaps or is cut; what has no room is left out and said. The picture has a title and a
// description, and every mark its words; colours differ in lightness as well, follow a dark screen and print.
// The same chart and style give the same bytes. Does not live here: which charts an answer has
// (report/charts.hpp).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace kwhatif::chart {

/// What the numbers along an axis are.
struct Axis {
  std::string title;  ///< with the unit: "CO2e, t"
  /// Equal steps are equal factors. Where a value to be drawn is not above zero the axis is linear all the
  /// same; a Scatter leaves such points out.
  bool logarithmic = false;
};

/// Two ends, in any order.
using Range = std::pair<double, double>;

/// A value with its prediction interval.
struct BandRow {
  std::string id;     ///< data-id of the mark: stable, for scripts
  std::string label;  ///< "Facility energy"
  std::string words;  ///< the value for people: "1.29 GWh (0.9 to 1.8)"
  double value = 0;
  std::optional<Range> half;  ///< 25 and 75 % points
  std::optional<Range> most;  ///< 5 and 95 % points
};
/// A dot with its 50 and 90 % interval per row.
struct Bands {
  Axis axis;
  std::vector<BandRow> rows;
  std::optional<double> reference;  ///< a line to compare with: 1 of ratios
  // legend, where the intervals are others
  std::string value_words = "central value";
  std::string half_words = "50 % interval";
  std::string most_words = "90 % prediction interval";
};

/// A bar, from the origin of its chart.
struct BarRow {
  std::string id, label, words;
  double value = 0;
  std::optional<Range> most;  ///< 5 and 95 % points
  bool decisive = false;      ///< the one that matters: drawn stronger
};
/// Bars from an origin. On a logarithmic axis factors are bars from 1.
struct Bars {
  Axis axis;
  std::vector<BarRow> rows;
  double origin = 0;
};

/// Parts of a whole.
struct SharePart {
  std::size_t name = 0;  ///< index into Shares::names
  double share = 0;      ///< 0 to 1
  std::string words;     ///< "410 t"
};
struct ShareRow {
  std::string id;
  std::string label;  ///< may be empty where there is one row
  std::string words;  ///< of the whole: "552 t"
  std::vector<SharePart> parts;
};
/// Stacked bars of equal length: where the time goes, which phase takes what.
struct Shares {
  std::vector<std::string> names;  ///< of the parts, in their order
  std::vector<ShareRow> rows;
};

/// What one input does to a result.
struct TornadoRow {
  std::string id, label;
  double low = 0;          ///< the result with the input at its lower end
  double high = 0;         ///< and at its upper end
  std::string low_words;   ///< the lower end of the input
  std::string high_words;  ///< and its upper end
};
/// Bars to both sides of a result, the longest first.
struct Tornado {
  Axis axis;
  double base = 0;
  std::string base_words;  ///< "552 t"
  std::vector<TornadoRow> rows;
};

struct Point {
  std::string id;
  std::string words;  ///< "GPT-3: published 3000, predicted 2800 device-h"
  std::string label;  ///< beside the point where there is room; may be empty
  double x = 0, y = 0;
  std::optional<Range> most;  ///< 5 and 95 % points of y
  bool outside = false;       ///< out of the ordinary: another colour, and hollow
};
/// Points with bands.
struct Scatter {
  Axis x, y;
  bool diagonal = false;  ///< both axes alike, with the line of equality
  bool joined = false;    ///< points are joined in their order
  std::vector<Point> points;
  std::string inside_words, outside_words;  ///< legend; empty: none
};

struct Series {
  std::string id, label;
  std::vector<double> values;  ///< one per step from Lines::first on; what is no number is a gap
};
/// A stretch along x, drawn as a bar below the lines.
struct Span {
  std::string id, words;
  double from = 0, to = 0;
};
struct SpanRow {
  std::string label;  ///< "best start"
  std::vector<Span> spans;
};
/// Values over whole steps of x, and stretches of x beneath.
struct Lines {
  Axis x, y;
  double first = 0;  ///< x of the first value
  std::vector<Series> series;
  std::vector<SpanRow> spans;
  /// Instead of numbers along x: where, and what.
  std::vector<std::pair<double, std::string>> ticks;
};

/// A grid of values by rows and columns, from light (least) to dark (most).
struct Cells {
  Axis rows, columns, values;
  std::vector<std::string> row_names, column_names;
  std::vector<std::vector<double>> cells;  ///< by row, then column; what is no number stays empty
};

/// One picture.
struct Chart {
  std::string id;     ///< what it is: "bands", "drivers"; part of file names and ids
  std::string title;  ///< one line above it
  /// What it shows and says, in sentences, for those who do not see it and as a caption.
  std::string description;
  std::string note;  ///< below it: what is left out, or a caution; may be empty
  std::variant<Bands, Bars, Shares, Tornado, Scatter, Lines, Cells> data;
};

struct Style {
  double width = 720;  ///< [px] 240 to 2000; 360 is a phone, 960 a desktop
  /// Ids within the picture begin with it: different for each picture of a page. Letters, digits, '-' and
  /// '_'; what else stands in it is left out.
  std::string id_prefix = "chart";
};

/// The picture as an element <svg>, a document of its own or part of an HTML page, with a line end.
///
/// It has role="img", a title, a description, and data-id on its marks. A page sets its colours by
/// --chart-paper, --chart-ink, --chart-muted and --chart-line, which win over those for a light or dark
/// screen. Numbers that are not finite are not drawn.
/// @tested  property: well-formed, everything inside the view box, no label over another, for any numbers
std::string svg(const Chart& chart, const Style& style = {});

}  // namespace kwhatif::chart
