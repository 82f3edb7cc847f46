// catalog: the tables of kwhatif (hardware, hosts, grids, regions, studies, sources …), read-only.
//
// A Catalog answers by id or by any name people write ("A100-80GB", "TPUv3", "FR"), says what is ambiguous,
// and suggests the nearest names; it never guesses. Every value knows its source, locator and standing
// (Cell). Tables come from data/*.toml: read at build time into constant arrays (builtin), or at run time
// from a folder (load), optionally laid over the built-in ones (overlay). Kinds and keys are declared in
// schema.hpp and nowhere else. Does not live here: what a run is (run), which row of several is taken
// for a place (run/site), formulas.
#pragma once

#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/diagnostic.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::catalog {

/// One value of a row, with where it comes from: a view, good as long as its row.
class Cell {
 public:
  /// @param index  among the values of the row
  Cell(const Tables& tables, const RowRecord& row, std::size_t index)
      : tables_(&tables),
        row_(&row),
        shape_(&tables.shapes[row.shape]),
        slot_(&tables.slots[shape_->first_slot + index]),
        value_(row.first_value + index) {}

  std::string_view text() const {
    return tables_->string(numeric() ? written().text : tables_->values[value_]);
  }
  bool numeric() const { return slot_->numeric != 0; }
  /// In the coherent unit of the field's dimension (any-dimension fields: of the unit written).
  double value() const { return numeric() ? written().value : 0; }
  double half_step() const { return numeric() ? tables_->reals[written().half_step] : 0; }
  bool has_spread() const { return low() != 0 || high() != 0; }
  double low() const { return tables_->reals[detail().low]; }
  double high() const { return tables_->reals[detail().high]; }
  /// Source of the value, or of its row.
  std::string_view source() const;
  std::string_view at() const;
  std::string_view note() const { return tables_->string(detail().note); }
  std::string_view date() const { return tables_->string(detail().date); }
  Standing standing() const;
  std::size_t field() const { return slot_->field; }
  /// From the user's tables that are laid over the built-in ones.
  bool users() const { return tables_->line(value_) != 0; }
  /// Where the user wrote it: "mine.toml:5"; empty for built-in values.
  std::string place() const;
  /// As the origin of a number in a run. Of a value from the user's tables the user is responsible, whatever
  /// source they name for it.
  Origin origin(Responsible responsible = Responsible::table) const;

 private:
  const NumberRecord& written() const { return tables_->numbers[tables_->values[value_]]; }
  const DetailRecord& detail() const { return tables_->details[slot_->detail]; }

  const Tables* tables_;
  const RowRecord* row_;
  const ShapeRecord* shape_;
  const SlotRecord* slot_;
  std::size_t value_;
};

/// One row of a table. It shares the ownership of its tables, so what keeps a row needs no catalog.
class Row {
 public:
  Row(std::shared_ptr<const Tables> tables, const RowRecord& record)
      : tables_(std::move(tables)), record_(&record), shape_(&tables_->shapes[record.shape]) {}

  Kind kind() const { return static_cast<Kind>(shape_->kind); }
  std::string_view id() const { return tables_->string(record_->id); }
  std::string_view source() const { return tables_->string(shape_->source); }
  std::string_view at() const { return tables_->string(shape_->at); }
  Standing standing() const { return static_cast<Standing>(shape_->standing); }
  std::string_view file() const { return tables_->string(shape_->file); }
  int line() const { return static_cast<int>(record_->line); }

  std::size_t size() const { return shape_->slot_count; }
  Cell operator[](std::size_t i) const { return {*tables_, *record_, i}; }
  /// The preferred (first) value of a key, if the row has one.
  std::optional<Cell> cell(std::string_view key) const;
  /// All values of a key, the preferred one first.
  std::vector<Cell> cells(std::string_view key) const;
  /// Text of a key, empty where the row has none.
  std::string_view text(std::string_view key) const;
  /// Number of a key in the coherent unit.
  std::optional<double> number(std::string_view key) const;
  /// The same of a key that the program cannot do without.
  /// @errors diag::DataError: wrong-type, where a table of the user has a text there
  double needed_number(std::string_view key) const;
  /// Of the user's tables, or with values of theirs, laid over the built-in ones.
  bool laid_over() const { return shape_->laid_over != 0; }
  /// Whether the preferred value of a key is the user's.
  bool users(std::string_view key) const;
  bool same_row(const Row& other) const { return record_ == other.record_; }

 private:
  /// Which value is the preferred one of a key; size() where the row has none.
  std::size_t first_of(std::string_view key) const;

  std::shared_ptr<const Tables> tables_;
  const RowRecord* record_;
  const ShapeRecord* shape_;
};

/// What became of looking a name up.
struct Lookup {
  std::optional<Row> row;         ///< the one row that is meant
  std::vector<std::string> also;  ///< other ids the name could stand for
  bool by_alias = false;          ///< the name is not the row's id
  std::string suggestion;         ///< "did you mean …?" where nothing is found
};

class Catalog {
 public:
  /// The tables inside the binary.
  static const Catalog& builtin();
  /// What to do about values that can hardly be meant, such as 4,100 g/kWh.
  enum class Doubts : std::uint8_t { accepted, refused };
  /// Tables of a folder alone, as the build reads data/.
  /// @errors diag::DataError with all faults found
  static Catalog load(const std::string& folder, Doubts doubts = Doubts::accepted);
  /// Tables with a folder's rows laid over them. A row with the id (and year, source and definition) of
  /// another gives its keys new values and keeps the others, or replaces it whole (`replace = true`); any
  /// other is added.
  /// @errors diag::DataError with all faults found
  static Catalog overlay(const std::string& folder, const Catalog& base = builtin());
  /// Faults of a folder's tables or of one table file, on top of others (a folder with an edition of its own:
  /// on its own); empty where all is well. Doubts are errors, advice is warnings.
  static std::vector<diag::Diagnostic> check(const std::string& path, const Catalog& base = builtin());

  const Tables& tables() const { return *tables_; }
  /// The same, to be kept: tables that were loaded live as long as this, the built-in ones as the program.
  const std::shared_ptr<const Tables>& shared_tables() const { return tables_; }
  /// The folder that overlay() laid over other tables; empty where there is none.
  const std::string& overlaid_folder() const { return overlaid_folder_; }
  /// The folder that load() read; empty for the built-in tables.
  const std::string& loaded_folder() const { return loaded_folder_; }
  /// What can hardly be meant in the folder laid over.
  const std::vector<diag::Diagnostic>& warnings() const { return warnings_; }
  /// "2026.11"; "unnamed" where the tables do not say.
  std::string_view edition() const;
  /// Edition and content hash of the tables without what is laid over them: "2026.11+5d41402abc4b2a76".
  const std::string& version() const { return version_; }
  /// Year and month of the edition. Tables without a name are from before editions were named, in 2026.11.
  int edition_year() const;
  int edition_month() const;
  std::size_t size(Kind kind) const;
  Row row(Kind kind, std::size_t index) const;
  std::vector<Row> rows(Kind kind) const;

  /// By exact id.
  std::optional<Row> find(Kind kind, std::string_view id) const;
  /// All rows with this id (observations have several).
  std::vector<Row> all(Kind kind, std::string_view id) const;
  /// By id, name or alias, ignoring case, blanks, '-' and '_'; devices also as drivers and operating systems
  /// name them ("NVIDIA A100-SXM4-80GB", "AMD EPYC 7763 64-Core Processor").
  Lookup lookup(Kind kind, std::string_view name) const;
  /// As lookup(), without the search for near names that an unknown name costs.
  Lookup meant(Kind kind, std::string_view name) const;

 private:
  Lookup named(Kind kind, std::string_view name) const;
  explicit Catalog(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}

  std::shared_ptr<const Tables> tables_;
  std::string overlaid_folder_;
  std::string loaded_folder_;
  std::string version_;
  std::vector<diag::Diagnostic> warnings_;
};

}  // namespace kwhatif::catalog
