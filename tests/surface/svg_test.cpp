// The plots: well-formed SVG with a title, labels that say what and in which unit, and one mark for every
// number.
#include "support/xml.hpp"
#include "surface/support.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

namespace kwhatif::test {
namespace {

class Plot {
 public:
  explicit Plot(const std::string& command)
      : path_(std::filesystem::temp_directory_path() / ("kwhatif-" + std::to_string(::getpid()) + ".svg")) {
    const Ran ran = run_line(command + " --output " + path_.string() + " --force");
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    std::ifstream file(path_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::string fault;
    const auto read = parse_xml(text, fault);
    INFO(fault);
    REQUIRE(read);
    root = *read;
    CHECK(root.name == "svg");
    CHECK(root.attributes.at("xmlns") == "http://www.w3.org/2000/svg");
    CHECK(root.attributes.contains("viewBox"));
    REQUIRE_FALSE(root.children.empty());
    CHECK(root.children.front().name == "title");
    for (const Element* label : root.all("text")) {
      labels.insert(label->text);
      words += (words.empty() ? "" : " ") + label->text;
    }
  }
  ~Plot() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Plot(const Plot&) = delete;
  Plot& operator=(const Plot&) = delete;

  // Also over the lines that a text is broken into.
  bool says(std::string_view part) const { return words.find(part) != std::string::npos; }
  // Nothing is drawn beside the picture.
  void check_inside() const {
    double x0 = 0;
    double y0 = 0;
    double width = 0;
    double height = 0;
    REQUIRE(std::sscanf(root.attributes.at("viewBox").c_str(), "%lf %lf %lf %lf", &x0, &y0, &width,
                        &height) == 4);
    for (const char* name : {"circle", "rect", "text"}) {
      for (const Element* mark : root.all(name)) {
        for (const char* key : {"cx", "x"}) {
          if (!mark->attributes.contains(key)) continue;
          const auto at = number_in(mark->attributes.at(key));
          REQUIRE(at);
          CHECK(*at >= x0);
          CHECK(*at <= x0 + width);
        }
        for (const char* key : {"cy", "y"}) {
          if (!mark->attributes.contains(key)) continue;
          const auto at = number_in(mark->attributes.at(key));
          REQUIRE(at);
          CHECK(*at >= y0);
          CHECK(*at <= y0 + height);
        }
      }
    }
  }

  Element root;
  std::set<std::string> labels;
  std::string words;

 private:
  std::filesystem::path path_;
};

TEST_CASE("the heat map names place, unit, months and hours, and has the mean of every one of them") {
  const std::string command =
      "schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid US-CAL-CISO --heat-map";
  const Plot plot(command);
  CHECK(plot.says("California ISO (US-CAL-CISO) 2023: mean g CO2e per kWh by UTC hour and month"));
  for (const char* month :
       {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"})
    CHECK(plot.labels.contains(month));
  for (const char* hour : {"00:00", "06:00", "12:00", "18:00", "23:00"}) CHECK(plot.labels.contains(hour));
  std::size_t cells = 0;
  double sum = 0;
  for (const Element* mark : plot.root.all("g")) {
    const auto label = mark->all("text");
    REQUIRE(label.size() == 1);
    const auto value = number_in(label.front()->text);
    REQUIRE(value);
    ++cells;
    sum += *value;
  }
  CHECK(cells == 24 * 12);
  CHECK(plot.root.all("rect").size() >= 24 * 12);
  const Json json = document("schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid US-CAL-CISO");
  CHECK(sum / static_cast<double>(cells) == Approx(json.at("trace.mean_g_per_kwh")->number).epsilon(0.01));
  plot.check_inside();
}

TEST_CASE(
    "the plot of the backtest names both axes with their unit, and has a mark for every blind prediction") {
  const Plot plot("backtest");
  CHECK(plot.root.children.front().text.find("Blind predictions of device-time against published values") ==
        0);
  CHECK(plot.says("published"));
  CHECK(plot.says("predicted"));
  CHECK(plot.says("device-h"));
  for (const char* tick : {"10", "100", "1000"}) CHECK(plot.labels.contains(tick));
  std::size_t blind = 0;
  const Json backtest = document("backtest");
  for (const Json& row : backtest.find("rows")->items) {
    if (row.find("mode")->text == "blind" && row.find("predictor")->text == "kwhatif" &&
        row.find("kind")->text == "run")
      ++blind;
  }
  CHECK(blind >= 10);
  std::vector<const Element*> marks = plot.root.all("g");
  CHECK(marks.size() >= blind * 9 / 10);
  // where x + y of the screen is that of points whose two values are equal
  double sum = 0;
  std::size_t equal = 0;
  const auto middle = [](const Element& mark) {
    const Element* circle = mark.all("circle").front();
    return *number_in(circle->attributes.at("cx")) + *number_in(circle->attributes.at("cy"));
  };
  struct Said {
    double published = 0, predicted = 0;
  };
  const auto said_by = [](const Element& mark) {
    REQUIRE_FALSE(mark.children.empty());
    const std::string& said = mark.children.front().text;
    INFO(said);
    Said out;
    const auto at = said.find(": published ");
    REQUIRE(at != std::string::npos);
    REQUIRE(std::sscanf(said.c_str() + at, ": published %lf, predicted %lf device-h", &out.published,
                        &out.predicted) == 2);
    CHECK(said.ends_with("device-h"));
    return out;
  };
  for (const Element* mark : marks) {
    const Said said = said_by(*mark);
    const double ratio = said.predicted / said.published;
    if (ratio > 1.1 || ratio < 1 / 1.1) continue;
    sum += middle(*mark);
    ++equal;
  }
  REQUIRE(equal > 3);
  const double diagonal = sum / static_cast<double>(equal);
  for (const Element* mark : marks) {
    // over the diagonal is predicted too much: both axes have one scale, upwards on the screen is less of y
    const Said said = said_by(*mark);
    if (said.predicted > said.published * 1.25) CHECK(middle(*mark) < diagonal);
    if (said.published > said.predicted * 1.25) CHECK(middle(*mark) > diagonal);
  }
  plot.check_inside();
}

}  // namespace
}  // namespace kwhatif::test
