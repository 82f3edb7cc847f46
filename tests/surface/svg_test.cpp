// The plots: well-formed SVG with a title, labels that say what and in which unit, and one mark for every
// number.
#include "support/xml.hpp"
#include "surface/support.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

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
    for (const Element* label : root.all("text")) labels.insert(label->text);
  }
  ~Plot() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Plot(const Plot&) = delete;
  Plot& operator=(const Plot&) = delete;

  bool says(std::string_view part) const {
    return std::any_of(labels.begin(), labels.end(),
                       [&](const std::string& label) { return label.find(part) != std::string::npos; });
  }
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

 private:
  std::filesystem::path path_;
};

TEST_CASE("the heat map names place, unit, months and hours, and has the mean of every one of them") {
  const std::string command =
      "schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid US-CAL-CISO --heat-map";
  const Plot plot(command);
  CHECK(plot.root.children.front().text == "California ISO (US-CAL-CISO) 2023");
  CHECK(plot.says("California ISO (US-CAL-CISO) 2023: mean g CO2e per kWh by UTC hour and month"));
  for (const char* month :
       {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"})
    CHECK(plot.labels.contains(month));
  for (const char* hour : {"00:00", "06:00", "12:00", "18:00", "23:00"}) CHECK(plot.labels.contains(hour));
  std::size_t cells = 0;
  double sum = 0;
  for (const Element* label : plot.root.all("text")) {
    const auto value = number_in(label->text);
    if (!value) continue;
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
  CHECK(plot.root.all("circle").size() >= blind * 9 / 10);
  CHECK(blind >= 10);
  for (const Element* circle : plot.root.all("circle")) {
    REQUIRE_FALSE(circle->children.empty());
    const std::string& said = circle->children.front().text;
    INFO(said);
    double published = 0;
    double predicted = 0;
    const auto at = said.find(": published ");
    REQUIRE(at != std::string::npos);
    REQUIRE(std::sscanf(said.c_str() + at, ": published %lf, predicted %lf device-h", &published,
                        &predicted) == 2);
    CHECK(said.ends_with("device-h"));
    // over the diagonal is predicted too much: both axes have one scale, upwards on the screen is less of y
    const double cx = *number_in(circle->attributes.at("cx"));
    const double cy = *number_in(circle->attributes.at("cy"));
    if (predicted > published * 1.05) CHECK(640 - cy > cx);
    if (published > predicted * 1.05) CHECK(640 - cy < cx);
  }
  plot.check_inside();
}

}  // namespace
}  // namespace kwhatif::test
