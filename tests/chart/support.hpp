// A picture read back: its words with the boxes that they take, its shapes, and what every picture keeps to.
#pragma once

#include "support/catch.hpp"
#include "support/xml.hpp"
#include <kwhatif/chart/chart.hpp>
#include <kwhatif/chart/text_width.hpp>

#include <charconv>
#include <cmath>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace kwhatif::test {

struct TextBox {
  std::string words;
  double left = 0, top = 0, right = 0, bottom = 0;
};

class Picture {
 public:
  explicit Picture(std::string text) : svg(std::move(text)) {
    std::string fault;
    const auto read = parse_xml(svg, fault);
    INFO(fault << '\n' << svg.substr(0, 3000));
    REQUIRE(read);
    root = *read;
    width = number(root, "width");
    height = number(root, "height");
    for (const Element* t : root.all("text")) {
      const double size = t->attributes.contains("font-size") ? number(*t, "font-size") : 12;
      std::string words = t->text;  // the reader leaves numbered characters as they are
      for (std::size_t at = 0; (at = words.find("&#39;", at)) != std::string::npos;)
        words.replace(at, 5, "'");
      const double w = chart::text_width(words, size, t->attributes.contains("font-weight"));
      const double x = number(*t, "x");
      const double y = number(*t, "y");
      const auto anchor = t->attributes.find("text-anchor");
      const double left = anchor == t->attributes.end() ? x : anchor->second == "middle" ? x - w / 2 : x - w;
      // capitals and digits reach 0.73 of the size above the line, letters 0.22 below
      texts.push_back({words, left, y - 0.73 * size, left + w, y + 0.22 * size});
    }
  }

  bool says(std::string_view part) const {
    for (const TextBox& t : texts) {
      if (t.words.find(part) != std::string::npos) return true;
    }
    return false;
  }
  // Lines that a long text was broken into, as one.
  std::string all_words() const {
    std::string out;
    for (const TextBox& t : texts) out += (out.empty() ? "" : " ") + t.words;
    return out;
  }
  std::size_t marks() const {
    std::size_t out = 0;
    for (const Element* g : root.all("g")) out += g->attributes.contains("data-id") ? 1 : 0;
    return out;
  }

  void check_sound() const {
    CHECK(root.name == "svg");
    CHECK(root.attributes.at("role") == "img");
    REQUIRE(root.children.size() > 3);
    CHECK(root.children[0].name == "title");
    CHECK(root.children[1].name == "desc");
    const std::string id = root.attributes.at("id");
    CHECK(root.attributes.at("aria-labelledby") == id + "-title " + id + "-desc");
    check_ids(id);
    check_finite(root);
    check_inside();
    check_apart();
  }

 private:
  static double number(const Element& e, const std::string& key) {
    const std::string& text = e.attributes.at(key);
    double out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || !std::isfinite(out))
      FAIL_CHECK(e.name << ' ' << key << "=\"" << text << '"');
    return out;
  }
  static void check_finite(const Element& e) {
    for (const char* key : {"d", "x", "y", "x1", "cx", "cy", "r", "width", "height", "viewBox"}) {
      const auto found = e.attributes.find(key);
      if (found == e.attributes.end()) continue;
      for (const char* word : {"nan", "inf", "NaN", "Infinity"}) {
        if (found->second.find(word) != std::string::npos)
          FAIL_CHECK(e.name << ' ' << key << "=\"" << found->second << '"');
      }
    }
    for (const Element& child : e.children) check_finite(child);
  }
  void check_ids(const std::string& prefix) const {
    std::set<std::string> seen;
    collect_ids(root, prefix, seen);
  }
  static void collect_ids(const Element& e, const std::string& prefix, std::set<std::string>& seen) {
    if (const auto id = e.attributes.find("id"); id != e.attributes.end()) {
      if (!id->second.starts_with(prefix)) FAIL_CHECK("id " << id->second);
      if (!seen.insert(id->second).second) FAIL_CHECK("twice: " << id->second);
    }
    for (const Element& child : e.children) collect_ids(child, prefix, seen);
  }
  bool holds(double left, double top, double right, double bottom) const {
    constexpr double rounding = 0.11;
    return left >= -rounding && top >= -rounding && right <= width + rounding && bottom <= height + rounding;
  }
  void check_inside() const {
    for (const TextBox& t : texts) {
      if (!holds(t.left, t.top, t.right, t.bottom))
        FAIL_CHECK("'" << t.words << "' at " << t.left << ' ' << t.top << " of " << width << 'x' << height);
    }
    for (const Element* r : root.all("rect")) {
      if (r->attributes.at("width").ends_with('%')) continue;
      const double x = number(*r, "x");
      const double y = number(*r, "y");
      if (!holds(x, y, x + number(*r, "width"), y + number(*r, "height")))
        FAIL_CHECK("rect " << x << ' ' << y);
    }
    for (const Element* c : root.all("circle")) {
      const double x = number(*c, "cx");
      const double y = number(*c, "cy");
      if (!holds(x - 5, y - 5, x + 5, y + 5)) FAIL_CHECK("circle " << x << ' ' << y);
    }
    for (const Element* p : root.all("path")) {
      if (!p->attributes.contains("class")) continue;  // of a pattern
      static const std::regex point{R"([ML](-?[\d.e-]+) (-?[\d.e-]+))"};
      const std::string& d = p->attributes.at("d");
      for (std::sregex_iterator at{d.begin(), d.end(), point}, end; at != end; ++at) {
        double x = 0;
        double y = 0;
        const std::string xs = (*at)[1];
        const std::string ys = (*at)[2];
        std::from_chars(xs.data(), xs.data() + xs.size(), x);
        std::from_chars(ys.data(), ys.data() + ys.size(), y);
        if (!holds(x, y, x, y)) FAIL_CHECK("path " << at->str());
      }
    }
  }
  void check_apart() const {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (std::size_t k = i + 1; k < texts.size(); ++k) {
        const TextBox& a = texts[i];
        const TextBox& b = texts[k];
        constexpr double rounding = 0.3;
        if (a.left + rounding < b.right && b.left + rounding < a.right && a.top + rounding < b.bottom &&
            b.top + rounding < a.bottom)
          FAIL_CHECK("'" << a.words << "' over '" << b.words << '\'');
      }
    }
  }

 public:
  std::string svg;
  Element root;
  double width = 0, height = 0;
  std::vector<TextBox> texts;
};

}  // namespace kwhatif::test
