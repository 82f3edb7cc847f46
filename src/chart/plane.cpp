// Charts with two axes: scatter and lines.
#include "drawing.hpp"
#include "scale.hpp"
#include <kwhatif/chart/text_width.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::chart {

namespace {

struct Plot {
  double left = 0, right = 0, top = 0, bottom = 0;
};

double label_room(const std::vector<Tick>& ticks) {
  double out = 0;
  for (const Tick& tick : ticks) out = std::max(out, text_width(tick.words, 11));
  return out;
}

// Title of the upright axis: above it, where it can be read without turning the head.
void draw_upright_title(Drawing& drawing, const Scale& scale, const std::string& title) {
  if (title.empty()) return;
  const std::string more = scale.logarithmic() ? title + " (logarithmic)" : title;
  drawing.paragraph(more, 11, Role::ink, 2);
  drawing.y += 8;
}

void draw_upright_axis(Drawing& drawing, const std::vector<Tick>& ticks, const Plot& plot) {
  for (const Tick& tick : ticks) {
    drawing.line(plot.left, tick.at, plot.right, tick.at, Role::line);
    drawing.text(plot.left - 6, tick.at + 4, tick.words, {11, false, Anchor::end, Role::muted});
  }
}

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  bool meets(const Box& o) const {
    return left < o.right && o.left < right && top < o.bottom && o.top < bottom;
  }
};

// Words beside points, where neither points nor other words are.
class Labels {
 public:
  explicit Labels(const Plot& plot) : plot_(plot) {}
  void keep_free(const Box& box) { taken_.push_back(box); }
  void draw(Drawing& drawing, double x, double y, const std::string& words) {
    const double w = text_width(words, 11);
    constexpr double away = 8;
    const std::array boxes{Box{x + away, y - 6, x + away + w, y + 7},
                           Box{x - away - w, y - 6, x - away, y + 7},
                           Box{x - w / 2, y - away - 13, x + w / 2, y - away},
                           Box{x - w / 2, y + away, x + w / 2, y + away + 13}};
    for (const Box& box : boxes) {
      const bool inside = box.left >= plot_.left && box.right <= plot_.right && box.top >= plot_.top &&
                          box.bottom <= plot_.bottom;
      if (!inside || std::ranges::any_of(taken_, [&](const Box& b) { return b.meets(box); })) continue;
      drawing.text(box.left, box.top + 10, words, {11, false, Anchor::start, Role::ink});
      taken_.push_back(box);
      return;
    }
  }

 private:
  Plot plot_;
  std::vector<Box> taken_;
};

}  // namespace

void draw(Drawing& drawing, const Scatter& data) {
  constexpr std::size_t most = 2000;
  Extent xs;
  Extent ys;
  std::vector<const Point*> points;
  const auto drawable = [](const Axis& axis, double v) {
    return std::isfinite(v) && (!axis.logarithmic || v > 0);
  };
  for (const Point& p : data.points) {
    if (points.size() == most || !drawable(data.x, p.x) || !drawable(data.y, p.y)) continue;
    points.push_back(&p);
    xs.add(p.x);
    ys.add(p.y);
    if (p.most && drawable(data.y, p.most->first) && drawable(data.y, p.most->second)) ys.add(p.most);
  }
  if (data.diagonal && !points.empty()) {
    xs.add(Range{ys.low(), ys.high()});
    ys = xs;
  }
  if (const std::size_t left = data.points.size() - points.size(); left > 0)
    drawing.note(std::to_string(left) + (left == 1 ? " point is" : " points are") + " not drawn.");
  using Symbol = LegendEntry::Symbol;
  std::vector<LegendEntry> legend;
  const bool bands = std::ranges::any_of(points, [](const Point* p) { return p->most.has_value(); });
  if (!data.inside_words.empty()) legend.push_back({Symbol::dot, data.inside_words});
  if (!data.outside_words.empty()) legend.push_back({Symbol::hollow, data.outside_words});
  if (bands) legend.push_back({Symbol::thin, "90 % prediction interval"});
  draw_legend(drawing, legend);

  Scale x(xs, data.x.logarithmic, false);
  Scale y(ys, data.y.logarithmic, false);
  draw_upright_title(drawing, y, data.y.title);
  Plot plot;
  const double height = drawing.wide() ? 380 : 280;
  plot.top = drawing.y;
  plot.bottom = plot.top + height;
  y.place(plot.bottom, plot.top);
  const double margin = std::min(label_room(y.ticks_up()), 0.3 * drawing.width());
  plot.left = pad + margin + 8;
  plot.right = drawing.width() - pad - 4;
  if (data.diagonal) {
    plot.right = std::min(plot.right, plot.left + 560);
    plot.bottom = plot.top + (plot.right - plot.left);
    y.place(plot.bottom, plot.top);
  }
  x.place(plot.left, plot.right);
  draw_upright_axis(drawing, y.ticks_up(), plot);
  for (const Tick& tick : x.ticks_across(2, drawing.width() - 2))
    drawing.line(tick.at, plot.top, tick.at, plot.bottom, Role::line);
  if (data.diagonal) drawing.line(plot.left, plot.bottom, plot.right, plot.top, Role::muted, 1, true);
  if (data.joined && points.size() > 1) {
    std::string path;
    for (const Point* p : points) path += (path.empty() ? "M" : "L") + px(x.at(p->x)) + ' ' + px(y.at(p->y));
    drawing.path(path, Role::muted, 1);
  }
  Labels labels(plot);
  for (const Point* p : points) {
    const double cx = x.at(p->x);
    const double cy = y.at(p->y);
    const Role role = p->outside ? Role::warm : Role::main;
    labels.keep_free({cx - 5, cy - 5, cx + 5, cy + 5});
    drawing.open(p->id, p->words);
    if (p->most && y.has(p->most->first) && y.has(p->most->second)) {
      const double from = y.at(p->most->first);
      const double to = y.at(p->most->second);
      drawing.line(cx, from, cx, to, role, 1.5);
      labels.keep_free({cx - 1, std::min(from, to), cx + 1, std::max(from, to)});
    }
    drawing.circle(cx, cy, 4, role, p->outside);
    drawing.close();
  }
  for (const Point* p : points) {
    if (!p->label.empty()) labels.draw(drawing, x.at(p->x), y.at(p->y), p->label);
  }
  drawing.y = plot.bottom;
  draw_axis_below(drawing, x, data.x.title, plot.left, plot.right);
}

namespace {

// A line through the values; where there are more than pixels, through the least and the largest of each.
std::string line_path(const std::vector<double>& values, double first, const Scale& x, const Scale& y,
                      double room) {
  const auto columns = static_cast<std::size_t>(std::max(1.0, room));
  const std::size_t step = values.size() > 2 * columns ? (values.size() + columns - 1) / columns : 1;
  std::string out;
  bool down = false;  // the pen
  const auto to = [&](std::size_t i) {
    const std::string at = px(x.at(first + static_cast<double>(i))) + ' ' + px(y.at(values[i]));
    out += (down ? "L" : "M") + at;
    // a value between two gaps is a dot
    const bool alone = !down && (i + 1 >= values.size() || !y.has(values[i + 1]));
    if (alone) out += "h0";
    down = true;
  };
  for (std::size_t i = 0; i < values.size(); i += step) {
    std::size_t least = values.size();
    std::size_t most = values.size();
    bool gap = false;
    for (std::size_t k = i; k < std::min(i + step, values.size()); ++k) {
      if (!y.has(values[k])) {
        gap = true;
        continue;
      }
      if (least == values.size() || values[k] < values[least]) least = k;
      if (most == values.size() || values[k] > values[most]) most = k;
    }
    if (least == values.size()) {
      down = false;
      continue;
    }
    to(std::min(least, most));
    if (least != most) to(std::max(least, most));
    if (gap) down = false;
  }
  return out;
}

}  // namespace

void draw(Drawing& drawing, const Lines& data) {
  constexpr std::size_t most_spans = 400;
  constexpr std::size_t most_span_rows = 12;
  Extent xs;
  Extent ys;
  for (const Series& series : data.series) {
    for (const double v : series.values) ys.add(v);
    if (!series.values.empty()) {
      xs.add(data.first);
      xs.add(data.first + static_cast<double>(series.values.size() - 1));
    }
  }
  for (const SpanRow& row : data.spans) {
    for (const Span& span : row.spans) xs.add(Range{span.from, span.to});
  }
  if (data.series.size() > 1) {
    std::vector<LegendEntry> legend;
    for (std::size_t i = 0; i < data.series.size(); ++i)
      legend.push_back({LegendEntry::Symbol::stroke, data.series[i].label, i});
    draw_legend(drawing, legend);
  }
  Scale x(xs, data.x.logarithmic, false);
  Scale y(ys, data.y.logarithmic, false);
  draw_upright_title(drawing, y, data.y.title);
  Plot plot;
  plot.top = drawing.y;
  plot.bottom = plot.top + (drawing.wide() ? 260 : 200);
  y.place(plot.bottom, plot.top);
  plot.left = pad + std::min(label_room(y.ticks_up()), 0.3 * drawing.width()) + 8;
  plot.right = drawing.width() - pad - 4;
  x.place(plot.left, plot.right);
  draw_upright_axis(drawing, y.ticks_up(), plot);
  for (std::size_t i = 0; i < data.series.size(); ++i) {
    const Series& series = data.series[i];
    const std::string path = line_path(series.values, data.first, x, y, plot.right - plot.left);
    if (path.empty()) continue;
    drawing.open(series.id, series.label);
    drawing.path(path, i % 2 == 0 ? Role::main : Role::warm, 2, dashes_of(i));
    drawing.close();
  }
  drawing.y = plot.bottom;
  if (data.ticks.empty()) {
    draw_axis_below(drawing, x, data.x.title, plot.left, plot.right);
  } else {
    drawing.line(plot.left, drawing.y, plot.right, drawing.y, Role::muted);
    double free = 2;
    for (const auto& [at, words] : data.ticks) {
      if (!x.has(at)) continue;
      const double middle = x.at(at);
      const double half = text_width(words, 11) / 2;
      if (middle - half < free || middle + half > drawing.width() - 2) continue;
      drawing.line(middle, drawing.y, middle, drawing.y + 4, Role::muted);
      drawing.text(middle, drawing.y + 16, words, {11, false, Anchor::middle, Role::muted});
      free = middle + half + 10;
    }
    drawing.y += 22;
    for (const std::string& part : wrapped(data.x.title, drawing.width() - 2 * pad, 11, 2)) {
      const double half = text_width(part, 11) / 2;
      const double middle =
          std::clamp((plot.left + plot.right) / 2, pad + half, drawing.width() - pad - half);
      drawing.text(middle, drawing.y + 11, part, {11, false, Anchor::middle, Role::ink});
      drawing.y += 14;
    }
    drawing.y += 4;
  }
  std::size_t rows = 0;
  std::size_t left_out = 0;
  for (const SpanRow& row : data.spans) {
    if (++rows > most_span_rows) {
      ++left_out;
      continue;
    }
    drawing.paragraph(row.label, 11, Role::ink, 2);
    drawing.rect(plot.left, drawing.y + 2, plot.right - plot.left, 10, Role::line);
    std::size_t spans = 0;
    for (const Span& span : row.spans) {
      if (!x.has(span.from) || !x.has(span.to)) continue;
      if (++spans > most_spans) {
        ++left_out;
        continue;
      }
      const double a = x.at(std::min(span.from, span.to));
      const double b = x.at(std::max(span.from, span.to));
      drawing.open(span.id, span.words);
      drawing.rect(a, drawing.y + 2, std::max(1.0, b - a), 10, Role::main);
      drawing.close();
    }
    drawing.y += 18;
  }
  if (left_out > 0) drawing.note(std::to_string(left_out) + " more stretches are not drawn.");
}

}  // namespace kwhatif::chart
