// The constants of one method from the tables.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::method {

/// Reads METHOD.KEY rows and remembers the sources used.
class Constants {
 public:
  Constants(const catalog::Catalog& catalog, std::string method)
      : catalog_(catalog), method_(std::move(method)) {}

  std::string text(std::string_view key) const {
    const auto row = find(key);
    return row ? std::string{row->text("value")} : std::string{};
  }
  bool has(std::string_view key) const { return find(key).has_value(); }
  std::optional<catalog::Row> find(std::string_view key) const {
    return catalog_.find(catalog::Kind::method_constant, method_ + '.' + std::string{key});
  }
  /// In the coherent unit of what is written.
  double number(std::string_view key) {
    const auto row = find(key);
    if (!row)
      throw diag::InternalError("no constant '" + method_ + '.' + std::string{key} + "' in the tables");
    const auto parsed = quantity::parse(row->text("value"), {.any = true});
    if (!parsed.ok) throw diag::InternalError("the constant '" + std::string{row->id()} + "' is no number");
    use(std::string{row->source()});
    return parsed.value.coherent;
  }
  std::string note(std::string_view key) const {
    const auto row = find(key);
    return row ? std::string{row->text("note")} : std::string{};
  }
  std::string source_of(std::string_view key) const {
    const auto row = find(key);
    return row ? std::string{row->source()} : std::string{};
  }
  void use(const std::string& source) {
    if (!source.empty() && std::find(sources_.begin(), sources_.end(), source) == sources_.end())
      sources_.push_back(source);
  }
  const std::vector<std::string>& sources() const { return sources_; }

 private:
  const catalog::Catalog& catalog_;
  std::string method_;
  std::vector<std::string> sources_;
};

}  // namespace kwhatif::method
