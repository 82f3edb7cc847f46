// Reads table files into Tables. Collects all faults instead of stopping at the first.
#pragma once

#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/document/toml.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kwhatif::catalog {

/// For help lines.
inline constexpr std::string_view standing_words = "verified, secondary, derived, recalled or assumed";

/// A value before it is packed.
struct CellDraft {
  std::size_t field = 0;
  std::string text;
  double value = 0;
  double half_step = 0;
  double low = 0;
  double high = 0;
  bool numeric = false;
  std::string source;
  std::string at;
  std::string note;
  std::string date;
  Standing standing = Standing::none;
  diag::Span span;
};

/// A row before it is packed.
struct RowDraft {
  Kind kind = Kind::source;
  std::string id;
  std::string source;
  std::string at;
  Standing standing = Standing::none;
  std::string file;
  diag::Span span;
  std::vector<CellDraft> cells;
  bool base = false;  ///< from the built-in tables: already checked, may be replaced
};

class Loader {
 public:
  /// Takes over packed tables as the base that files are laid over.
  void add_base(const Tables& tables);
  /// Reads one table file, or every *.toml below a folder in order of name.
  void add(const std::string& path);
  /// References, duplicate ids, values without source: what only shows when all rows are there.
  void validate();

  const std::vector<diag::Diagnostic>& diagnostics() const { return diagnostics_; }
  /// @errors diag::DataError
  void throw_if_faulty() const;
  /// Packs the rows; sorted, deduplicated, with the alias index.
  std::shared_ptr<const Tables> finish() const;

 private:
  /// What a value takes over when it says nothing itself.
  struct Inherited {
    std::string source;
    std::string at;
    Standing standing = Standing::none;
  };

  void add_file(const std::string& path, const std::string& shown_name);
  void read_rows(const document::Value& array, Kind kind, const Inherited& defaults,
                 const std::string& folder);
  void read_table(const document::Value& table, Kind kind, const Inherited& defaults);
  void read_study(const document::Value& root, const Inherited& defaults);
  RowDraft begin_row(const document::Value& table, Kind kind, const Inherited& defaults);
  void read_key(RowDraft& row, const std::string& key, const document::Value& value,
                const diag::Span& key_span, const std::string& folder, std::string_view default_unit = {});
  void read_value(RowDraft& row, std::size_t field, const document::Value& value, const std::string& folder,
                  std::string_view default_unit);
  bool take_provenance(Inherited& target, const std::string& key, const document::Value& value);
  void interpret(CellDraft& cell, const Field& field, const document::Value& value, const std::string& folder,
                 std::string_view default_unit);
  void finish_row(RowDraft row);
  /// Whether as many faults are known as anybody reads: the rest of the work would be for nothing, and a name
  /// is looked for among all names with every fault.
  bool enough() const { return diagnostics_.size() >= most_faults; }
  void fault(std::string code, std::string message, const diag::Span& where, std::string help = {});
  bool expect(const document::Value& value, document::Value::Type type, std::string_view what);

  static constexpr std::size_t most_faults = 200;
  std::vector<RowDraft> rows_;
  std::vector<diag::Diagnostic> diagnostics_;
};

}  // namespace kwhatif::catalog
