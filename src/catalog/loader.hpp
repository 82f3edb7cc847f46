// Reads table files into Tables. Collects all faults instead of stopping at the first.
#pragma once

#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/document/toml.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::catalog {

/// For help lines.
inline constexpr std::string_view standing_words = "verified, secondary, derived, recalled or assumed";

/// What to write instead of a key that rows of a kind do not have: a near key, the key that people call so,
/// or the kind of rows that has it; else some of those that there are.
std::string help_for_key(const KindSchema& kind, std::string_view key);

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
  bool base = false;  ///< taken over from the row below
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
  bool base = false;       ///< from the built-in tables: already checked, may be replaced
  bool taken = false;      ///< of the base: a row of the user stands in its place
  bool replace = false;    ///< the user's row stands for the whole row below it
  std::size_t record = 0;  ///< of the base: its number among the rows of its kind
  std::string unusual;     ///< why values that can hardly be meant are meant
  diag::Span unusual_span;

  /// The preferred value of a key.
  const CellDraft* cell(std::string_view key) const;
  std::string_view text(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
};

/// Whether a row of the user stands in the place of another: the same kind, id and, where several rows have
/// one id, year, source and definition.
bool replaces(const RowDraft& later, const RowDraft& earlier);

/// A row of packed tables as it was before.
/// @param index  among the rows of the kind
RowDraft draft_of(const Tables& tables, Kind kind, std::size_t index);
/// The rows of packed tables with that kind and id: the first and the one behind the last.
std::pair<std::size_t, std::size_t> rows_with_id(const Tables& tables, Kind kind, std::string_view id);
/// Rows that are not of the base, packed: sorted, each text and number once, with the index of names.
/// @param base  what they lie over, without the rows marked as taken; may be null
std::shared_ptr<const Tables> packed(const std::vector<RowDraft>& rows, std::string_view edition,
                                     const std::shared_ptr<const Tables>& base);

class Loader {
 public:
  enum class Purpose : std::uint8_t {
    whole,   ///< an edition: every value needs a source
    overlay  ///< of a user, over other tables
  };
  explicit Loader(Purpose purpose) : purpose_(purpose) {}
  /// Whether a folder is an edition of its own.
  static bool has_edition(const std::string& path);

  /// Takes packed tables as the base that files are laid over.
  void add_base(std::shared_ptr<const Tables> tables);
  /// Reads one table file, or every *.toml below a folder in order of name.
  void add(const std::string& path);
  /// Gives the user's rows the values that they keep of the rows below; then references, duplicate ids,
  /// values without source, nonsense across keys: what only shows when all rows are there.
  void validate();
  /// "2026.11", as edition.toml says; empty where there is none.
  const std::string& edition() const { return edition_; }

  const std::vector<diag::Diagnostic>& diagnostics() const { return diagnostics_; }
  /// @errors diag::DataError
  void throw_if_faulty() const;
  /// Packs the rows. The result keeps the base.
  std::shared_ptr<const Tables> finish() const;

 private:
  /// What a value takes over when it says nothing itself.
  struct Inherited {
    std::string source;
    std::string at;
    Standing standing = Standing::none;
  };

  void draft_base();
  void keep_rest_of_base();
  void check_required();
  void check_ids();
  void check_references();
  bool check_provenance(const RowDraft& row, const CellDraft& cell);
  void check_across();
  void sort_diagnostics();
  void read_edition(const document::Value& root);
  bool take_row_words(RowDraft& row, const std::string& key, const document::Value& value);
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
  void read_content(CellDraft& cell, const document::Value& value, const std::string& folder);
  void finish_row(RowDraft row);
  /// Whether as many faults are known as anybody reads: the rest of the work would be for nothing, and a name
  /// is looked for among all names with every fault.
  bool enough() const { return diagnostics_.size() >= most_faults; }
  void fault(std::string code, std::string message, const diag::Span& where, std::string help = {},
             diag::Severity severity = diag::Severity::error);
  bool expect(const document::Value& value, document::Value::Type type, std::string_view what);

  static constexpr std::size_t most_faults = 200;
  Purpose purpose_;
  std::string edition_;
  std::shared_ptr<const Tables> base_;
  std::vector<RowDraft> rows_;
  std::vector<diag::Diagnostic> diagnostics_;
};

}  // namespace kwhatif::catalog
