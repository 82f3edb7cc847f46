// One picture while it is drawn: shapes and texts from top to bottom, in pixels, with colours by their role.
// Does not live here: what a kind of chart looks like (the other files of this room).
#pragma once

#include <kwhatif/chart/chart.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::chart {

/// What a colour is for; a style sheet in the picture maps it for light and dark screens.
enum class Role { paper, ink, muted, line, main, soft, warm };

enum class Anchor { start, middle, end };

struct Font {
  double size = 12;
  bool bold = false;
  Anchor anchor = Anchor::start;
  Role role = Role::ink;
};

inline constexpr double line_height = 15;  // of text of 12
inline constexpr double pad = 12;          // around everything
inline constexpr double wide_from = 560;   // labels stand beside the marks from this width on

/// A colour that does not depend on the screen.
struct Colour {
  int red = 0, green = 0, blue = 0;
  std::string hex() const;
  /// Black or white, whichever is easier to read on it.
  std::string_view text_on() const;
};
/// For parts beside each other: those of Okabe and Ito, in an order in which neighbours differ in lightness.
Colour part_colour(std::size_t index);
inline constexpr std::size_t part_colours = 7;
/// From light (0) to dark (1).
Colour ramp(double share);

/// A number of pixels as text.
std::string px(double value);

class Drawing {
 public:
  Drawing(const Chart& chart, const Style& style);

  double width() const { return width_; }
  void narrow_to(double width) { width_ = width; }
  bool wide() const { return width_ >= wide_from; }
  /// Where the next thing begins.
  double y = 0;

  void text(double x, double baseline, std::string_view words, const Font& font = {},
            std::string_view fill = {});
  void line(double x1, double y1, double x2, double y2, Role role, double thick = 1, bool dashed = false);
  void rect(double x, double top, double w, double h, Role role);
  void rect(double x, double top, double w, double h, const Colour& fill, bool hatched = false);
  void circle(double x, double at, double radius, Role role, bool hollow = false);
  /// A path of the given commands, not filled.
  void path(std::string_view commands, Role role, double thick, std::string_view dashes = {});
  /// A mark: a group with an id for scripts and words that appear when it is pointed at.
  void open(std::string_view id, std::string_view words);
  void close() { out_ += "</g>\n"; }
  /// What is drawn so far without a mark stands beneath what follows.
  void paragraph(std::string_view words, double size, Role role, std::size_t most_lines, bool bold = false);
  /// To be said below the picture: what is left out.
  void note(const std::string& words);

  /// Ends the picture.
  std::string finish();

 private:
  const Chart& chart_;
  double width_;
  std::string prefix_;
  std::string out_;
  std::string notes_;
  bool hatches_ = false;
};

/// One entry of a legend: a symbol and words.
struct LegendEntry {
  enum class Symbol { dot, hollow, thin, whisker, thick, bar, soft_bar, part, stroke };
  Symbol symbol = Symbol::dot;
  std::string words;
  std::size_t part = 0;  ///< index of a part or of a line
};
/// Entries beside each other, in as many lines as they need.
void draw_legend(Drawing& drawing, const std::vector<LegendEntry>& entries);
/// How the line of a series is broken: tells it from others without colour. Empty: not at all.
std::string_view dashes_of(std::size_t series);

void draw(Drawing& drawing, const Bands& data);
void draw(Drawing& drawing, const Bars& data);
void draw(Drawing& drawing, const Shares& data);
void draw(Drawing& drawing, const Tornado& data);
void draw(Drawing& drawing, const Scatter& data);
void draw(Drawing& drawing, const Lines& data);
void draw(Drawing& drawing, const Cells& data);

}  // namespace kwhatif::chart
