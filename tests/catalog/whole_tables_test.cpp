// Whole tables against the collections that they were taken from: extracts of tests/extracts/whole, where the
// licences allow. What differs is a row of a table here, with its reason; one that nothing needs is a fault.
#include "support/catch.hpp"
#include "support/root.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/document/csv.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::catalog {
namespace {

struct Difference {
  std::string_view id;
  std::string_view key;
  std::string_view why;
};

constexpr std::string_view one_loss =
    "one place has one loss: the row of the newest edition of eGRID is taken";
constexpr std::array differences{
    Difference{"a10g", "tdp", "150 W is the A10; nvidia-smi prints a limit of 300 W for the A10G of AWS"},
    Difference{"b300-sxm", "peak_fp32", "the cited page prints 80 now; 75 stands second"},
    Difference{"tpu-v6e", "average_power",
               "a mean of the fleet at the fleet's utilisation is no power of a run: it is a fact now"},
    Difference{"gaudi3", "peak_bf16",
               "the cited page prints 1677 at the clock it runs at; 1835 stands second"},
    Difference{"gaudi3", "peak_fp8", "the same"},
    Difference{"tpu-v2-host", "node_power", "a mean in training, times devices, is no rating"},
    Difference{"tpu-v3-host", "node_power", "the same"},
    Difference{"tpu-v4-host", "node_power", "the same"},
    Difference{"tpu-v6e-host", "node_power", "the same"},
    Difference{"bow-2000", "node_power", "a power in use, not a rating: it is the average now"},
    Difference{"USA", "losses", one_loss},
};

// The lines of an extract below its head.
void each_line(const std::string& file, const std::function<void(const std::vector<std::string>&)>& take) {
  const auto source = document::read_file(testing::repository_root() + "/tests/extracts/whole/" + file);
  document::CsvReader reader{source->text, ','};
  document::CsvRecord record;
  REQUIRE(reader.next(record));
  while (reader.next(record)) take(record.fields);
}

std::optional<double> value_of(const Field& field, std::string_view text, double& step) {
  const auto parsed = quantity::parse(text, {.dimension = field.dimension, .bare_number = true});
  if (!parsed.ok) return std::nullopt;
  step = parsed.value.half_step;
  return parsed.value.coherent;
}

bool agrees(const Field& field, const Cell& cell, std::string_view text) {
  if (field.type != FieldType::quantity) return cell.text() == text;
  double step = 0;
  const auto want = value_of(field, text, step);
  if (!want || !cell.numeric()) return false;
  // the step of the coarser one: either may have been rounded
  constexpr double relative = 1e-9;
  return std::abs(cell.value() - *want) <= std::max(step, cell.half_step()) + relative * std::abs(*want);
}

// What the making of a device emits stands in a table of its own, each figure with what it counts.
bool made(const std::string& hardware, std::string_view text) {
  const Field& each = schema(Kind::manufacture).fields[*schema(Kind::manufacture).index("each")];
  const auto rows = Catalog::builtin().rows(Kind::manufacture);
  return std::ranges::any_of(rows, [&](const Row& row) {
    return row.text("hardware") == hardware && agrees(each, *row.cell("each"), std::string{text} + "/device");
  });
}

struct Extract {
  std::string_view file;
  Kind kind;
  std::size_t lines;  ///< that are compared
};

void compare(const Extract& extract, std::vector<bool>& needed) {
  const KindSchema& kind = schema(extract.kind);
  std::size_t lines = 0;
  each_line(std::string{extract.file}, [&](const std::vector<std::string>& line) {
    const std::string& id = line[0];
    const std::string& source = line[2];
    const std::string& key = line[3];
    const std::string& text = line[4];
    ++lines;
    const auto field = kind.index(key);
    REQUIRE(field);
    bool found = key == "embodied" && made(id, text);
    for (const Row& row : Catalog::builtin().all(extract.kind, id)) {
      if (!line[1].empty() && row.cell("year") && row.text("year") != line[1]) continue;
      for (const Cell& cell : row.cells(key)) {
        if (!source.empty() && cell.source() != source) continue;
        found = found || agrees(kind.fields[*field], cell, text);
        if (source.empty()) break;  // the preferred value alone
      }
    }
    if (found) return;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      if (differences[i].id == id && differences[i].key == key) {
        needed[i] = true;
        found = true;
      }
    }
    if (!found)
      FAIL_CHECK(extract.file << ": " << id << ' ' << line[1] << ' ' << source << ' ' << key << " is " << text
                              << " there");
  });
  CHECK(lines == extract.lines);
}

TEST_CASE("the tables hold the collections that they were taken from, but for differences with a reason") {
  std::vector<bool> needed(differences.size());
  for (const Extract& extract :
       {Extract{"grids.csv", Kind::grid_intensity, 1059}, Extract{"losses.csv", Kind::grid_loss, 148},
        Extract{"regions.csv", Kind::region_year, 721}, Extract{"hardware.csv", Kind::hardware, 1048},
        Extract{"hosts.csv", Kind::host, 267}})
    compare(extract, needed);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (!needed[i]) FAIL_CHECK("nothing differs in " << differences[i].key << " of " << differences[i].id);
  }
}

// Where sources disagree all values stay.
TEST_CASE("values that disagree by more than 30 % are both in the tables") {
  std::size_t pairs = 0;
  each_line("disagreements.csv", [&](const std::vector<std::string>& line) {
    ++pairs;
    const auto stands = [&](const std::string& value, const std::string& source) {
      const Field& field =
          schema(Kind::grid_intensity).fields[*schema(Kind::grid_intensity).index("carbon_intensity")];
      const auto rows = Catalog::builtin().all(Kind::grid_intensity, line[0]);
      return std::ranges::any_of(rows, [&](const Row& row) {
        return row.text("year") == line[1] && row.source() == source && row.text("boundary") == line[2] &&
               agrees(field, *row.cell("carbon_intensity"), value + " g/kWh");
      });
    };
    CAPTURE(line[0], line[1]);
    CHECK(stands(line[3], line[4]));
    CHECK(stands(line[5], line[6]));
  });
  const auto import = Catalog::builtin().find(Kind::imported, "grid-disagreements-2026");
  REQUIRE(import);
  CHECK(import->number("rows_in") == static_cast<double>(pairs));
}

}  // namespace
}  // namespace kwhatif::catalog
