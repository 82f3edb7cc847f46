#include "timm_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>

namespace kwhatif::model {

using Name = std::string_view;

// The words of a name, between underscores.
std::vector<Name> words_of(Name name) {
  std::vector<Name> words;
  while (!name.empty()) {
    const std::size_t at = std::min(name.find('_'), name.size());
    words.push_back(name.substr(0, at));
    name.remove_prefix(std::min(at + 1, name.size()));
  }
  return words;
}

std::optional<std::uint64_t> whole_word(Name text) {
  constexpr std::size_t longest = 6;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty() || text.size() > longest)
    return {};
  return value;
}

std::optional<std::uint64_t> number_behind(Name word, Name before) {
  return word.starts_with(before) ? whole_word(word.substr(before.size())) : std::nullopt;
}

namespace {

struct EfficientNetRow {
  double width, depth;
  std::uint64_t image;
};
constexpr std::array efficientnets = std::to_array<EfficientNetRow>({{1.0, 1.0, 224},
                                                                     {1.0, 1.1, 240},
                                                                     {1.1, 1.2, 260},
                                                                     {1.2, 1.4, 300},
                                                                     {1.4, 1.8, 380},
                                                                     {1.6, 2.2, 456},
                                                                     {1.8, 2.6, 528},
                                                                     {2.0, 3.1, 600},
                                                                     {2.2, 3.6, 672}});

struct V2Row {
  bool fused;
  double expansion;
  std::uint64_t stride, out, blocks;
};
MobileShape efficientnet_v2(Name size) {
  constexpr double squeeze = 0.25;
  const auto stages = [](std::uint64_t stem, std::initializer_list<V2Row> rows) {
    MobileShape shape{.image = 384, .stem = stem, .stages = {}, .last = 1280};
    Count before = stem;
    for (const V2Row& r : rows) {
      shape.stages.push_back({.stride = r.stride,
                              .in = before,
                              .out = r.out,
                              .blocks = r.blocks,
                              .expansion = r.expansion,
                              .squeeze_share = r.fused ? 0 : squeeze,
                              .fused = r.fused});
      before = r.out;
    }
    return shape;
  };
  if (size == "s")
    return stages(24, {{true, 1, 1, 24, 2},
                       {true, 4, 2, 48, 4},
                       {true, 4, 2, 64, 4},
                       {false, 4, 2, 128, 6},
                       {false, 6, 1, 160, 9},
                       {false, 6, 2, 256, 15}});
  if (size == "m")
    return stages(24, {{true, 1, 1, 24, 3},
                       {true, 4, 2, 48, 5},
                       {true, 4, 2, 80, 5},
                       {false, 4, 2, 160, 7},
                       {false, 6, 1, 176, 14},
                       {false, 6, 2, 304, 18},
                       {false, 6, 1, 512, 5}});
  return stages(32, {{true, 1, 1, 32, 4},
                     {true, 4, 2, 64, 7},
                     {true, 4, 2, 96, 7},
                     {false, 4, 2, 192, 10},
                     {false, 6, 1, 224, 19},
                     {false, 6, 2, 384, 25},
                     {false, 6, 1, 640, 7}});
}

struct V3Row {
  std::uint64_t kernel, expanded, out;
  bool squeezed;
  std::uint64_t stride;
};
MobileShape mobilenet_v3(bool large) {
  constexpr double quarter = 0.25;
  const auto shape = [&](std::initializer_list<V3Row> rows, std::uint64_t last, std::uint64_t hidden) {
    constexpr std::uint64_t stem = 16;
    MobileShape out{.image = 224, .stem = stem, .stages = {}, .last = last, .hidden = hidden};
    Count before = stem;
    for (const V3Row& r : rows) {
      out.stages.push_back(
          {.kernel = r.kernel,
           .stride = r.stride,
           .in = before,
           .out = r.out,
           .expanded = r.expanded,
           .squeezed = r.squeezed ? scaled_channels(static_cast<double>(r.expanded), quarter) : Count{0}});
      before = r.out;
    }
    return out;
  };
  if (large)
    return shape({{3, 16, 16, false, 1},
                  {3, 64, 24, false, 2},
                  {3, 72, 24, false, 1},
                  {5, 72, 40, true, 2},
                  {5, 120, 40, true, 1},
                  {5, 120, 40, true, 1},
                  {3, 240, 80, false, 2},
                  {3, 200, 80, false, 1},
                  {3, 184, 80, false, 1},
                  {3, 184, 80, false, 1},
                  {3, 480, 112, true, 1},
                  {3, 672, 112, true, 1},
                  {5, 672, 160, true, 2},
                  {5, 960, 160, true, 1},
                  {5, 960, 160, true, 1}},
                 960, 1280);
  return shape({{3, 16, 16, true, 2},
                {3, 72, 24, false, 2},
                {3, 88, 24, false, 1},
                {5, 96, 40, true, 2},
                {5, 240, 40, true, 1},
                {5, 240, 40, true, 1},
                {5, 120, 48, true, 1},
                {5, 144, 48, true, 1},
                {5, 288, 96, true, 2},
                {5, 576, 96, true, 1},
                {5, 576, 96, true, 1}},
               576, 1024);
}

struct RegNetRow {
  Name name;
  double first, slope, factor;
  std::uint64_t group, depth;
};
// Widths w0 + wa·j for block j, rounded to w0·wm^k and then to 8 and the group (Radosavovic 2020,
// section 3.3).
constexpr std::array regnets = std::to_array<RegNetRow>({{"regnety_002", 24, 36.44, 2.49, 8, 13},
                                                         {"regnety_004", 48, 27.89, 2.09, 8, 16},
                                                         {"regnety_006", 48, 32.54, 2.32, 16, 15},
                                                         {"regnety_008", 56, 38.84, 2.4, 16, 14},
                                                         {"regnety_016", 48, 20.71, 2.65, 24, 27},
                                                         {"regnety_032", 80, 42.63, 2.66, 24, 21},
                                                         {"regnety_040", 96, 31.41, 2.24, 64, 22},
                                                         {"regnety_064", 112, 33.22, 2.27, 72, 25},
                                                         {"regnety_080", 192, 76.82, 2.19, 56, 17},
                                                         {"regnety_120", 168, 73.36, 2.37, 112, 19},
                                                         {"regnety_160", 200, 106.23, 2.48, 112, 18},
                                                         {"regnety_320", 232, 115.89, 2.53, 232, 20}});

RegNetShape regnet_shape(const RegNetRow& row, Count image) {
  constexpr double multiple = 8;
  RegNetShape shape{.image = image, .widths = {}, .depths = {}, .group_width = row.group};
  const auto group = static_cast<double>(row.group);
  std::vector<double> widths;
  for (std::uint64_t j = 0; j < row.depth; ++j) {
    const double continuous = row.first + row.slope * static_cast<double>(j);
    const double power = std::nearbyint(std::log(continuous / row.first) / std::log(row.factor));
    widths.push_back(std::nearbyint(row.first * std::pow(row.factor, power) / multiple) * multiple);
  }
  for (std::size_t j = 0; j < widths.size(); ++j) {
    if (j == 0 || widths[j] != widths[j - 1]) {
      const double whole = std::max(group, std::nearbyint(widths[j] / group) * group);
      shape.widths.emplace_back(static_cast<std::uint64_t>(whole));
      shape.depths.emplace_back(0U);
    }
    shape.depths.back() += 1;
  }
  return shape;
}

}  // namespace

MobileShape mobilenet_v2(double width) {
  struct Row {
    double expansion, out;
    std::uint64_t blocks, stride;
  };
  constexpr std::array rows = std::to_array<Row>({{1, 16, 1, 1},
                                                  {6, 24, 2, 2},
                                                  {6, 32, 3, 2},
                                                  {6, 64, 4, 2},
                                                  {6, 96, 3, 1},
                                                  {6, 160, 3, 2},
                                                  {6, 320, 1, 1}});
  constexpr double stem = 32;
  constexpr double last = 1280;
  MobileShape shape{.image = 224,
                    .stem = scaled_channels(stem, width),
                    .stages = {},
                    .last = scaled_channels(last, std::max(1.0, width))};
  Count before = shape.stem;
  for (const Row& r : rows) {
    const Count out = scaled_channels(r.out, width);
    shape.stages.push_back(
        {.stride = r.stride, .in = before, .out = out, .blocks = r.blocks, .expansion = r.expansion});
    before = out;
  }
  return shape;
}

std::optional<MobileShape> mobile_named(std::vector<Name> words) {
  if (words[0] == "tf") words.erase(words.begin());
  if (words.size() < 2) return {};
  if (words.back() == "ns" || words.back() == "ap") words.pop_back();  // other trainings of the same
  if (words.size() == 2 && words[0] == "efficientnet") {
    const auto size = number_behind(words[1], "b");
    if (!size || *size >= efficientnets.size()) return {};
    const EfficientNetRow& row = efficientnets[*size];
    return efficientnet(row.width, row.depth, row.image);
  }
  if (words.size() == 2 && words[0] == "efficientnetv2" &&
      (words[1] == "s" || words[1] == "m" || words[1] == "l"))
    return efficientnet_v2(words[1]);
  if (words.size() == 2 && words[0] == "mobilenetv2") {
    if (words[1] == "100") return mobilenet_v2(1.0);
    if (words[1] == "140") return mobilenet_v2(1.4);
    if (words[1] == "050") return mobilenet_v2(0.5);
  }
  if (words.size() == 3 && words[0] == "mobilenetv3" && words[2] == "100" &&
      (words[1] == "large" || words[1] == "small"))
    return mobilenet_v3(words[1] == "large");
  return {};
}

std::optional<RegNetShape> regnet_named(Name name, Count image) {
  const auto row = std::ranges::find(regnets, name, &RegNetRow::name);
  if (row == regnets.end()) return {};
  return regnet_shape(*row, image);
}

}  // namespace kwhatif::model
