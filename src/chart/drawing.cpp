#include "drawing.hpp"

#include <kwhatif/chart/text_width.hpp>
#include <kwhatif/chart/xml.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::chart {

namespace {

struct RoleStyle {
  std::string_view name;   // of its class and its custom property
  std::string_view light;  // also where a viewer knows no style sheets
  std::string_view dark;
};
// In the order of Role. Contrast of text on paper is 7 and more, of marks 3 and more.
constexpr std::array roles{
    RoleStyle{"paper", "#ffffff", "#16181c"}, RoleStyle{"ink", "#1a1a1a", "#f0f0f0"},
    RoleStyle{"muted", "#555555", "#b8bcc2"}, RoleStyle{"line", "#d5d8dc", "#40444b"},
    RoleStyle{"main", "#0072b2", "#56b4e9"},  RoleStyle{"soft", "#9ccbe6", "#2d5f83"},
    RoleStyle{"warm", "#c24e00", "#ff9e4a"},
};
const RoleStyle& style_of(Role role) { return roles[static_cast<std::size_t>(role)]; }

std::string colours(bool dark) {
  std::string out;
  for (const RoleStyle& r : roles)
    out += "--" + std::string{r.name} + ":var(--chart-" + std::string{r.name} + ',' +
           std::string{dark ? r.dark : r.light} + ");";
  out.pop_back();
  return out;
}

std::string style_sheet(const std::string& id) {
  std::string out = "<style>#" + id + "{" + colours(false) +
                    ";max-width:100%;height:auto}\n@media screen and (prefers-color-scheme:dark){#" + id +
                    "{" + colours(true) + "}}\n@media print{#" + id +
                    "{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";
  for (const RoleStyle& r : roles) {
    const std::string name{r.name};
    out.append("#").append(id).append(" .f-").append(name).append("{fill:var(--").append(name);
    out.append(")}#").append(id).append(" .s-").append(name).append("{stroke:var(--").append(name);
    out.append(")}\n");
  }
  return out + "</style>\n";
}

std::string fill(Role role) {
  const RoleStyle& s = style_of(role);
  return " class=\"f-" + std::string{s.name} + "\" fill=\"" + std::string{s.light} + '"';
}
std::string stroke(Role role, double thick) {
  const RoleStyle& s = style_of(role);
  return " class=\"s-" + std::string{s.name} + "\" stroke=\"" + std::string{s.light} + "\" stroke-width=\"" +
         px(thick) + '"';
}

constexpr std::array palette{Colour{0, 114, 178},  Colour{230, 159, 0},   Colour{0, 158, 115},
                             Colour{240, 228, 66}, Colour{204, 121, 167}, Colour{86, 180, 233},
                             Colour{213, 94, 0}};
static_assert(palette.size() == part_colours);
constexpr std::array ramp_stops{Colour{255, 255, 229}, Colour{254, 227, 145}, Colour{254, 153, 41},
                                Colour{204, 76, 2}, Colour{102, 37, 6}};

// Relative luminance of WCAG 2.
double luminance(const Colour& c) {
  const auto linear = [](int channel) {
    const double s = channel / 255.0;
    return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

// An id is a name in style sheets: what else stands in it is left out.
std::string as_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool other = (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (letter || (other && !out.empty())) out += c;
  }
  return out.empty() ? "chart" : out;
}

std::string joined_sentences(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + ' ' + b;
}

}  // namespace

std::string Colour::hex() const {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "#";
  for (const int channel : {red, green, blue}) {
    const auto c = static_cast<unsigned>(std::clamp(channel, 0, 255));
    out += digits[c / 16U];
    out += digits[c % 16U];
  }
  return out;
}

std::string_view Colour::text_on() const {
  // contrasts (1.05 / (L + 0.05) and (L + 0.05) / 0.05) are equal at this luminance
  constexpr double middle = 0.1791;
  return luminance(*this) > middle ? "#000" : "#fff";
}

Colour part_colour(std::size_t index) { return palette[index % palette.size()]; }

Colour ramp(double share) {
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(ramp_stops.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(at), ramp_stops.size() - 2);
  const double rest = at - static_cast<double>(i);
  const auto mix = [&](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * rest)); };
  const Colour& a = ramp_stops[i];
  const Colour& b = ramp_stops[i + 1];
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

std::string px(double value) {
  constexpr double most = 1e6;
  if (std::isnan(value)) value = 0;
  return quantity::shortest(std::round(std::clamp(value, -most, most) * 10) / 10);
}

Drawing::Drawing(const Chart& chart, const Style& style)
    : chart_(chart),
      width_(std::isfinite(style.width) ? std::clamp(std::floor(style.width), 240.0, 2000.0) : 720),
      prefix_(as_name(style.id_prefix)) {
  y = pad;
  if (!chart.title.empty()) {
    paragraph(chart.title, wide() ? 15 : 14, Role::ink, 3, true);
    y += 6;
  }
}

void Drawing::text(double x, double baseline, std::string_view words, const Font& font,
                   std::string_view fixed_fill) {
  if (words.empty()) return;
  out_ += "<text x=\"" + px(x) + "\" y=\"" + px(baseline) + '"';
  if (font.size != 12) out_ += " font-size=\"" + px(font.size) + '"';
  if (font.bold) out_ += " font-weight=\"bold\"";
  if (font.anchor != Anchor::start)
    out_ += font.anchor == Anchor::middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
  out_ += fixed_fill.empty() ? fill(font.role) : " fill=\"" + std::string{fixed_fill} + '"';
  out_ += '>' + xml_text(words) + "</text>\n";
}

void Drawing::line(double x1, double y1, double x2, double y2, Role role, double thick, bool dashed) {
  out_ += "<path d=\"M" + px(x1) + ' ' + px(y1) + 'L' + px(x2) + ' ' + px(y2) + '"' + stroke(role, thick) +
          (dashed ? " stroke-dasharray=\"4 3\"" : "") + "/>\n";
}

void Drawing::rect(double x, double top, double w, double h, Role role) {
  out_ += "<rect x=\"" + px(x) + "\" y=\"" + px(top) + "\" width=\"" + px(std::max(0.0, w)) + "\" height=\"" +
          px(std::max(0.0, h)) + '"' + fill(role) + "/>\n";
}

void Drawing::rect(double x, double top, double w, double h, const Colour& colour, bool hatched) {
  const std::string place = "<rect x=\"" + px(x) + "\" y=\"" + px(top) + "\" width=\"" +
                            px(std::max(0.0, w)) + "\" height=\"" + px(std::max(0.0, h)) + '"';
  out_ += place + " fill=\"" + colour.hex() + "\"/>\n";
  if (!hatched) return;
  hatches_ = true;
  out_ += place + " fill=\"url(#" + prefix_ + "-hatch)\"/>\n";
}

void Drawing::circle(double x, double at, double radius, Role role, bool hollow) {
  out_ += "<circle cx=\"" + px(x) + "\" cy=\"" + px(at) + "\" r=\"" + px(radius) + '"';
  if (hollow) {
    const RoleStyle& s = style_of(role);
    const RoleStyle& paper = style_of(Role::paper);
    out_ += " class=\"f-" + std::string{paper.name} + " s-" + std::string{s.name} + "\" fill=\"" +
            std::string{paper.light} + "\" stroke=\"" + std::string{s.light} + "\" stroke-width=\"2\"";
  } else {
    out_ += fill(role);
  }
  out_ += "/>\n";
}

void Drawing::path(std::string_view commands, Role role, double thick, std::string_view dashes) {
  out_ += "<path d=\"" + std::string{commands} + "\" fill=\"none\"" + stroke(role, thick) +
          " stroke-linecap=\"round\" stroke-linejoin=\"round\"" +
          (dashes.empty() ? "" : " stroke-dasharray=\"" + std::string{dashes} + '"') + "/>\n";
}

void Drawing::open(std::string_view id, std::string_view words) {
  out_ += "<g";
  if (!id.empty()) out_ += " data-id=\"" + xml_text(id) + '"';
  out_ += "><title>" + xml_text(words) + "</title>\n";
}

void Drawing::paragraph(std::string_view words, double size, Role role, std::size_t most_lines, bool bold) {
  if (words.empty()) return;
  for (const std::string& part : wrapped(words, width_ - 2 * pad, size, most_lines, bold)) {
    text(pad, y + size, part, {size, bold, Anchor::start, role});
    y += std::ceil(size * 1.3);
  }
}

void Drawing::note(const std::string& words) { notes_ = joined_sentences(notes_, words); }

std::string Drawing::finish() {
  const std::string below = joined_sentences(chart_.note, notes_);
  if (!below.empty()) {
    y += 4;
    paragraph(below, 11, Role::muted, 8);
  }
  const std::string height = px(std::ceil(y + pad));
  const std::string& id = prefix_;
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"" + id + "\" width=\"" + px(width_) +
         "\" height=\"" + height + "\" viewBox=\"0 0 " + px(width_) + ' ' + height +
         "\" role=\"img\" aria-labelledby=\"" + id + "-title " + id +
         "-desc\" font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\" font-size=\"12\">\n" +
         "<title id=\"" + id + "-title\">" + xml_text(chart_.title) + "</title>\n<desc id=\"" + id +
         "-desc\">" + xml_text(joined_sentences(chart_.description, below)) + "</desc>\n" + style_sheet(id) +
         (hatches_ ? "<defs><pattern id=\"" + id +
                         "-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
                         "patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" stroke=\"#000\" "
                         "stroke-opacity=\"0.45\" stroke-width=\"3\"/></pattern></defs>\n"
                   : "") +
         "<rect width=\"100%\" height=\"100%\"" + fill(Role::paper) + "/>\n" + out_ + "</svg>\n";
}

std::string_view dashes_of(std::size_t series) {
  static constexpr std::array<std::string_view, 4> all{"", "6 4", "1 4", "8 3 2 3"};
  return all[series % all.size()];
}

void draw_legend(Drawing& drawing, const std::vector<LegendEntry>& entries) {
  using Symbol = LegendEntry::Symbol;
  constexpr double symbol_width = 22;
  constexpr double gap = 16;
  const double room = drawing.width() - 2 * pad - symbol_width;
  double x = pad;
  bool any = false;
  for (const LegendEntry& entry : entries) {
    const std::string words = shortened(entry.words, room, 11);
    if (words.empty()) continue;
    const double w = symbol_width + text_width(words, 11);
    if (any && x + w > drawing.width() - pad) {
      x = pad;
      drawing.y += 16;
    }
    const double middle = drawing.y + 8;
    switch (entry.symbol) {
      case Symbol::dot:
      case Symbol::hollow:
        drawing.circle(x + 8, middle, 4.5, entry.symbol == Symbol::dot ? Role::main : Role::warm,
                       entry.symbol == Symbol::hollow);
        break;
      case Symbol::thin:
      case Symbol::whisker:
        drawing.line(x, middle, x + 16, middle, entry.symbol == Symbol::thin ? Role::main : Role::ink, 2);
        break;
      case Symbol::thick:
        drawing.rect(x, middle - 4, 16, 8, Role::soft);
        break;
      case Symbol::bar:
      case Symbol::soft_bar:
        drawing.rect(x, middle - 5, 14, 10, entry.symbol == Symbol::bar ? Role::main : Role::soft);
        break;
      case Symbol::part:
        drawing.rect(x, middle - 5, 14, 10, part_colour(entry.part), entry.part >= part_colours);
        break;
      case Symbol::stroke:
        drawing.path("M" + px(x) + ' ' + px(middle) + "H" + px(x + 16),
                     entry.part % 2 == 0 ? Role::main : Role::warm, 2, dashes_of(entry.part));
        break;
    }
    drawing.text(x + symbol_width, middle + 4, words, {11});
    x += w + gap;
    any = true;
  }
  if (any) drawing.y += 22;
}

}  // namespace kwhatif::chart
