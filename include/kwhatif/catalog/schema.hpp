// Kinds of rows and the keys each may have. The one place that a new kind or key is declared: the loader, the
// embedded tables, list, show, check and --data all follow it. data/README.md says the same for people.
#pragma once

#include <kwhatif/quantity/dimension.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kwhatif::catalog {

enum class Kind : std::uint8_t {
  source,
  hardware,
  host,
  grid,
  grid_intensity,
  grid_loss,
  region,
  region_year,
  equivalence,
  lever,
  fact,
  utilisation,
  model,
  fallback,  ///< "default" in files: values used where nothing was given
  study,
  run,              ///< a row of a study: "patterson-2021/gpt-3"
  imported,         ///< bookkeeping of what was taken over from published collections
  device_family,    ///< devices that are predicted alike
  observation,      ///< what the predictions are fitted to, and why a row is not used
  coefficient,      ///< written by the fit
  timing,           ///< times of runs, benchmarks and steps that the forecast is fitted to
  method_constant,  ///< what published methods take as given, and what they say of themselves
  trace,            ///< hourly intensities of a place and year
  offer,            ///< who rents which device, and where
  framework,        ///< software that trains, and its habits
  price,            ///< what a provider asks for an hour of a device, by billing and date
  manufacture,      ///< CO2e of making devices, with what each figure counts
  grid_water        ///< water that generation consumes, by place
};
inline constexpr std::size_t kind_count = 28;

enum class FieldType : std::uint8_t {
  text,       ///< one text
  texts,      ///< array of texts; of ids, where `detail` names a kind
  integer,    ///< whole number
  choice,     ///< one of the words in `detail`, parted by '|'
  reference,  ///< id or "…" of the kind named in `detail`
  known,      ///< a text that some row of another kind has as well: `detail` is "kind.key"
  quantity,   ///< text with a unit of `dimension` (counts and ratios may be bare)
  any,        ///< text or quantity of any dimension
  file,       ///< path of a file beside the table; the content is kept
  list        ///< array of small tables { label, value | ref }, kept as written
};

struct Field {
  std::string_view key;  ///< dotted below tables: "inputs.flops"
  FieldType type = FieldType::text;
  quantity::Dimension dimension = {};
  std::string_view detail = {};
  bool required = false;
};

struct KindSchema {
  Kind kind;
  std::string_view name;    ///< in files: schema = "hardware/1"
  std::string_view plural;  ///< on the command line: list hardware|hosts|…
  std::string_view title;   ///< for people
  bool unique_id = true;    ///< false: observations, several rows per id
  std::span<const Field> fields;

  /// Index of a key in `fields`, or none.
  std::optional<std::size_t> index(std::string_view key) const;
};

/// All kinds, in the order of Kind.
std::span<const KindSchema> schemas();
const KindSchema& schema(Kind kind);
/// By name or plural; none where there is no such kind.
std::optional<Kind> kind_named(std::string_view name);

}  // namespace kwhatif::catalog
