// Private to the model module: typed access to the fields of a config, with aliases, defaults and complaints.
#pragma once

#include "json_tree.hpp"
#include <kwhatif/model/config_json.hpp>

#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// Spellings of one field, the usual one first.
using Names = std::initializer_list<const char*>;

/// A size that the library assumes where a config leaves it out.
struct SizeDefault {
  std::string_view field;
  std::uint64_t value;
};

/// The fields of one JSON object.
///
/// Problems are collected, not thrown: a reader asks for everything it needs and check() throws at the end.
/// A field with a problem reads as 1, so that reading can go on.
class Fields {
 public:
  Fields(const JsonValue& object, std::shared_ptr<const diag::SourceText> source, std::string path,
         const JsonValue* outer = nullptr)
      : object_(&object), outer_(outer), source_(std::move(source)), path_(std::move(path)) {}

  /// Sizes assumed where the object is nested in a multimodal file, which leaves out what is the default.
  void assume(std::span<const SizeDefault> defaults) { defaults_ = defaults; }

  /// A required whole number of at least 1.
  Count count(Names names);
  /// The same, absent or null reads as nothing. Two spellings that differ are told.
  std::optional<Count> maybe_count(Names names);
  /// The same where spellings may differ by right, as the lengths that a model was made and used for.
  std::optional<Count> first_count(Names names);
  /// The same, absent or null reads as `fallback`.
  Count count_or(Names names, Count fallback) { return maybe_count(names).value_or(fallback); }
  /// A whole number that may be 0.
  Count count_or_zero(Names names, Count fallback);
  std::vector<Count> counts(std::string_view name);
  bool flag(std::string_view name, bool fallback);
  std::optional<bool> maybe_flag(std::string_view name);
  /// A positive real number.
  double number(std::string_view name, double fallback);
  std::string text(std::string_view name, std::string_view fallback);
  std::vector<std::string> texts(std::string_view name);
  /// The value itself; nullptr where absent or null. Counts as read.
  const JsonValue* find(std::string_view name);
  bool has(std::string_view name) { return find(name) != nullptr; }
  /// Whether the field is there and says null, where that differs from being absent.
  bool says_null(std::string_view name) const;
  /// A nested object as fields of its own. Problems and remarks go to this one.
  std::optional<Fields> object(std::string_view name);

  void error(std::string_view field, std::string_view code, std::string message, std::string help = {});
  void warn(std::string_view field, std::string code, std::string message, std::string help = {});
  void note(std::string_view field, std::string code, std::string message);
  /// Fields nobody asked for, null ones apart.
  std::vector<const JsonValue*> unread() const;
  /// Marks fields as understood: they decide nothing in this family, or say again what is known.
  void decides_nothing(Names names) {
    for (const char* name : names) used_.emplace(name);
  }
  /// "text_config.hidden_size"
  std::string full_name(std::string_view field) const;
  bool has_errors() const { return !log().errors.empty(); }
  /// Throws ConfigError where problems were found.
  void check() const;
  std::vector<diag::Diagnostic> take_remarks() { return std::move(log().remarks); }
  const std::string& path() const { return path_; }

 private:
  struct Log {
    std::vector<diag::Diagnostic> errors;
    std::vector<diag::Diagnostic> remarks;
  };
  Log& log() { return parent_ != nullptr ? parent_->log() : own_log_; }
  const Log& log() const { return parent_ != nullptr ? parent_->log() : own_log_; }
  std::optional<Count> whole(std::string_view name, const JsonValue& value, std::uint64_t least);
  diag::Span where(std::string_view field) const;
  void warn_of_another_value(Names names, std::string_view taken, Count value);

  const JsonValue* object_;
  const JsonValue*
      outer_;  // of a nested language model: the file around it, asked for what is said there only
  std::shared_ptr<const diag::SourceText> source_;
  std::string path_;
  std::span<const SizeDefault> defaults_;
  std::set<std::string, std::less<>> used_;
  Log own_log_;
  Fields* parent_ = nullptr;
};

}  // namespace kwhatif::model
