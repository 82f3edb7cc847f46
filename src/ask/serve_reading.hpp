// The inputs of a service as numbers and words, each refused at its place where it cannot be.
#pragma once

#include <kwhatif/ask/serve.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::ask {

/// What a number may be.
struct ServeRange {
  double low = 0, high = 0;
  std::string_view words;  ///< "1 to 1 million"
  std::string_view hint = {};
};

class ServeReading {
 public:
  explicit ServeReading(const ServeQuestion& question) : question_(question) {}

  const run::Given* given(std::string_view flag) const;
  bool has(std::string_view flag) const { return given(flag) != nullptr; }
  /// @errors diag::UsageError: those of quantity::parse(), out-of-range
  std::optional<double> number(std::string_view flag, const quantity::Dimension& dimension,
                               const ServeRange& range, std::string_view example) const;
  /// Per second: "2", "12/s", "100/min", "1M/day".
  std::optional<double> rate(std::string_view flag, const ServeRange& range) const;
  std::optional<double> whole(std::string_view flag, const ServeRange& range) const;
  /// @errors diag::UsageError: conflict, where both are given
  void apart(std::string_view one, std::string_view other, std::string help) const;
  /// Refuses a value.
  [[noreturn]] void refuse(std::string_view flag, std::string code, const std::string& message,
                           std::string help) const;

 private:
  double in_range(std::string_view flag, double x, const ServeRange& range) const;

  const ServeQuestion& question_;
};

/// The key of a flag in a serve file: "queries_per_day".
std::string serve_key(std::string_view flag);

}  // namespace kwhatif::ask
