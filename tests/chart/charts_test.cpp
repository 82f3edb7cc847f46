// Charts of every kind, read back: well-formed, inside their box, no label over another, whatever the
// numbers.
#include "chart/support.hpp"
#include "support/random.hpp"
#include <kwhatif/chart/xml.hpp>

#include <array>
#include <limits>

namespace kwhatif::chart {
namespace {

using test::Picture;
using test::Random;

constexpr std::array widths{240.0, 360.0, 560.0, 720.0, 960.0};

Chart titled(decltype(Chart::data) data) {
  return {"id", "A title that is as long as titles of answers are: 552 t of CO2e", "What it shows.",
          "A note.", std::move(data)};
}

Bands three_bands() {
  return {{"times the result", true},
          {{"a", "Facility energy", "1.29 GWh (0.9 to 1.8 GWh)", 1, Range{0.8, 1.2}, Range{0.6, 1.9}},
           {"b", "CO2e, location-based", "552 t", 1, Range{0.7, 1.3}, Range{0.4, 2.6}},
           {"c", "Wall time", "14.8 days", 1, std::nullopt, std::nullopt}},
          1};
}

TEST_CASE("a band is drawn where its numbers are") {
  for (const double width : widths) {
    const Picture p(svg(titled(three_bands()), {width, "p"}));
    p.check_sound();
    CHECK(p.marks() == 3);
    CHECK(p.width == width);
    for (const char* words : {"Facility energy", "CO2e, location-based", "Wall time", "552 t", "14.8 days"})
      CHECK(p.all_words().find(words) != std::string::npos);
    CHECK(p.says("90 % prediction interval"));
    CHECK(p.all_words().find("times the result (logarithmic)") != std::string::npos);
    // all three values are alike, so the dots stand above each other; one more is that of the legend
    const auto dots = p.root.all("circle");
    REQUIRE(dots.size() == 4);
    CHECK(dots[1]->attributes.at("cx") == dots[2]->attributes.at("cx"));
    CHECK(dots[2]->attributes.at("cx") == dots[3]->attributes.at("cx"));
  }
}

TEST_CASE("bars are as long as their values, from zero") {
  const Bars bars{{"CO2e, t", false}, {{"a", "a", "", 10, {}, false}, {"b", "b", "", 40, {}, true}}, 0};
  const Picture p(svg(titled(bars), {600, "p"}));
  p.check_sound();
  std::vector<double> lengths;
  for (const test::Element* g : p.root.all("g")) {
    REQUIRE(g->all("rect").size() == 1);
    lengths.push_back(std::stod(g->all("rect").front()->attributes.at("width")));
  }
  REQUIRE(lengths.size() == 2);
  CHECK(lengths[1] == Approx(4 * lengths[0]).margin(0.5));
  CHECK(p.says("0"));
}

TEST_CASE("shares fill their row in proportion, and say their per cent") {
  const Shares shares{{"training", "serving"}, {{"r", "Energy", "3 GWh", {{0, 0.25, "a"}, {1, 0.75, "b"}}}}};
  const Picture p(svg(titled(shares), {720, "p"}));
  p.check_sound();
  CHECK(p.says("25 %"));
  CHECK(p.says("75 %"));
  CHECK(p.says("training"));
  CHECK(p.all_words().find("75 %, b") != std::string::npos);
}

TEST_CASE("points on the diagonal are equal on both axes") {
  Scatter scatter{.x = {"published, device-h", true},
                  .y = {"predicted, device-h", true},
                  .diagonal = true,
                  .joined = false,
                  .points = {},
                  .inside_words = "inside",
                  .outside_words = "outside"};
  for (const double v : {1.0, 30.0, 1000.0})
    scatter.points.push_back({"p", "words", "label", v, v, Range{v / 2, v * 2}, v > 500});
  const Picture p(svg(titled(scatter), {720, "p"}));
  p.check_sound();
  for (const char* tick : {"1", "10", "100", "1000"}) CHECK(p.says(tick));
  std::vector<std::pair<double, double>> at;
  for (const test::Element* g : p.root.all("g")) {
    const auto& c = g->all("circle").front()->attributes;
    at.emplace_back(std::stod(c.at("cx")), std::stod(c.at("cy")));
  }
  REQUIRE(at.size() == 3);
  CHECK(at[1].first - at[0].first == Approx(at[0].second - at[1].second).margin(0.25));
  CHECK(at[2].first - at[0].first == Approx(at[0].second - at[2].second).margin(0.25));
  CHECK(at[1].first - at[0].first == Approx((at[2].first - at[0].first) * std::log10(30) / 3).margin(0.25));
}

TEST_CASE("a heat map has a cell for every number, and tells them apart by lightness") {
  Cells cells{{"hour", false},  {"month", false},
              {"g/kWh", false}, {"00", "01"},
              {"Jan", "Feb"},   {{100, 200}, {300, std::numeric_limits<double>::quiet_NaN()}}};
  const Picture p(svg(titled(cells), {360, "p"}));
  p.check_sound();
  CHECK(p.marks() == 3);
  for (const char* number : {"100", "200", "300"}) CHECK(p.says(number));
}

TEST_CASE("the same chart gives the same bytes, and ids that begin as asked") {
  const Chart chart = titled(three_bands());
  CHECK(svg(chart, {720, "a"}) == svg(chart, {720, "a"}));
  CHECK(svg(chart, {720, "a"}) != svg(chart, {720, "b"}));
  CHECK(Picture(svg(chart, {720, "x\"><script>1"})).root.attributes.at("id") == "xscript1");
  CHECK(Picture(svg(chart, {720, ""})).root.attributes.at("id") == "chart");
  CHECK(Picture(svg(chart, {1e9, "a"})).width == 2000);
  CHECK(Picture(svg(chart, {-3, "a"})).width == 240);
  CHECK(Picture(svg(chart, {std::nan(""), "a"})).width == 720);
}

TEST_CASE("what is left out is said, what matters stays") {
  Bars bars{{"t", false}, {}, 0};
  for (int i = 0; i < 500; ++i)
    bars.rows.push_back(
        {"r" + std::to_string(i), "place " + std::to_string(i), "1 t", 1.0 + i, {}, i == 450});
  const Picture p(svg(titled(bars), {360, "p"}));
  p.check_sound();
  CHECK(p.all_words().find("459 more rows are not drawn") != std::string::npos);
  CHECK(p.says("place 450"));
  CHECK(p.root.children[1].text.find("459 more rows") != std::string::npos);
}

TEST_CASE("hostile labels are text, and stay in their room") {
  const std::string hostile =
      "</title><script>alert(1)</script>&\"'\x1b[31m\xff\xe2\x80\xae" + std::string(3000, 'W');
  Chart chart{"id", hostile, hostile, hostile,
              Bands{{hostile, true}, {{hostile, hostile, hostile, 1, Range{0.5, 2}, Range{0.1, 9}}}, 1}};
  for (const double width : widths) {
    const std::string text = svg(chart, {width, hostile});
    CHECK(text.find("<script") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    Picture(text).check_sound();
  }
}

// --- any numbers

double number(Random& random) {
  switch (random.below(12)) {
    case 0:
      return 0;
    case 1:
      return -random.magnitude(-3, 6);
    case 2:
      return std::numeric_limits<double>::quiet_NaN();
    case 3:
      return random.below(2) == 0 ? std::numeric_limits<double>::infinity() : -HUGE_VAL;
    case 4:
      return random.any_finite();
    case 5:
      return 1e9 + random.between(0, 1e-3);
    default:
      return random.magnitude(-4, 9);
  }
}

std::optional<Range> range(Random& random) {
  if (random.below(3) == 0) return std::nullopt;
  return Range{number(random), number(random)};
}

std::string words(Random& random) {
  static const std::string alphabet = "abc defghi jklmnop WWW 0123456789.,() <>&";
  return random.text(alphabet, random.below(8) == 0 ? 200 : 30);
}

decltype(Chart::data) any_data(Random& random) {
  const bool log = random.below(2) == 0;
  const std::size_t n = random.below(10) == 0 ? random.below(200) : random.below(8);
  const Axis axis{words(random), log};
  switch (random.below(7)) {
    case 0: {
      Bands out{axis, {}, random.below(2) == 0 ? std::optional{number(random)} : std::nullopt};
      for (std::size_t i = 0; i < n; ++i)
        out.rows.push_back(
            {"id", words(random), words(random), number(random), range(random), range(random)});
      return out;
    }
    case 1: {
      Bars out{axis, {}, log ? 1.0 : 0.0};
      for (std::size_t i = 0; i < n; ++i)
        out.rows.push_back(
            {"id", words(random), words(random), number(random), range(random), random.below(3) == 0});
      return out;
    }
    case 2: {
      Shares out;
      const std::size_t names = random.below(12);
      for (std::size_t i = 0; i < names; ++i) out.names.push_back(words(random));
      for (std::size_t i = 0; i < n; ++i) {
        ShareRow row{"id", words(random), words(random), {}};
        for (std::size_t k = 0; k < names; ++k)
          row.parts.push_back(
              {k, random.below(4) == 0 ? number(random) : random.between(0, 0.4), words(random)});
        out.rows.push_back(std::move(row));
      }
      return out;
    }
    case 3: {
      Tornado out{axis, number(random), words(random), {}};
      for (std::size_t i = 0; i < n; ++i)
        out.rows.push_back(
            {"id", words(random), number(random), number(random), words(random), words(random)});
      return out;
    }
    case 4: {
      Scatter out{.x = axis,
                  .y = {words(random), random.below(2) == 0},
                  .diagonal = random.below(3) == 0,
                  .joined = random.below(3) == 0,
                  .points = {},
                  .inside_words = words(random),
                  .outside_words = words(random)};
      for (std::size_t i = 0; i < n; ++i)
        out.points.push_back({"id", words(random), words(random), number(random), number(random),
                              range(random), random.below(2) == 0});
      return out;
    }
    case 5: {
      Lines out{.x = {words(random), false},
                .y = axis,
                .first = random.between(-5, 5),
                .series = {},
                .spans = {},
                .ticks = {}};
      for (std::size_t s = random.below(5); s > 0; --s) {
        Series series{"id", words(random), {}};
        for (std::size_t i = random.below(4) == 0 ? 3000 : n; i > 0; --i)
          series.values.push_back(number(random));
        out.series.push_back(std::move(series));
      }
      for (std::size_t s = random.below(16); s > 0; --s)
        out.spans.push_back({words(random), {{"id", words(random), number(random), number(random)}}});
      for (std::size_t t = random.below(6); t > 0; --t) out.ticks.emplace_back(number(random), words(random));
      return out;
    }
    default: {
      Cells out{axis, {words(random), false}, {words(random), false}, {}, {}, {}};
      const std::size_t columns = random.below(14);
      for (std::size_t c = 0; c < columns; ++c) out.column_names.push_back(words(random));
      for (std::size_t r = 0; r < n; ++r) {
        out.row_names.push_back(words(random));
        auto& row = out.cells.emplace_back();
        for (std::size_t c = 0; c < columns; ++c) row.push_back(number(random));
      }
      return out;
    }
  }
}

TEST_CASE("any numbers and any words make a sound picture") {
  Random random(20261128);
  for (int i = 0; i < test::repeats(1500); ++i) {
    const Chart chart{"id", words(random), words(random), words(random), any_data(random)};
    const double width = widths[random.below(widths.size())];
    INFO("case " << i << ", kind " << chart.data.index() << ", width " << width);
    Picture(svg(chart, {width, "p"})).check_sound();
  }
}

TEST_CASE("widths of text are those of the wider usual font") {
  // Liberation Sans and DejaVu Sans, as a browser measures them
  CHECK(text_width("0", 1000) == 637);
  CHECK(text_width("iW", 100) == Approx(27.8 + 98.9));
  CHECK(text_width("", 12) == 0);
  CHECK(text_width("ab", 24) == Approx(2 * text_width("ab", 12)));
  CHECK(text_width("ab", 12, true) > text_width("ab", 12));
  CHECK(shortened("Facility energy", 200, 12) == "Facility energy");
  CHECK(shortened("Facility energy", 60, 12).ends_with("…"));
  CHECK(shortened("Facility energy", 3, 12).empty());
  for (const double room : {10.0, 30.0, 77.0, 120.0}) {
    const auto lines = wrapped("CO2e of electricity, location-based WWWWWWWWWWWWWWWWWWWWWW", room, 12, 3);
    CHECK(lines.size() <= 3);
    for (const std::string& line : lines) CHECK(text_width(line, 12) <= room);
  }
  CHECK(wrapped("one two", 40, 12, 2) == std::vector<std::string>{"one", "two"});
}

}  // namespace
}  // namespace kwhatif::chart
