// diag: where something is in a text, what is wrong with it, and what was probably meant.
//
// Everything a person gets to read about a problem is a Diagnostic: a code that names the kind of problem,
// one sentence, the place, and a help line with the accepted form or the nearest known name. Loaders collect
// Diagnostics and throw one Error that carries them all, so a user sees every fault of a file at once.
// Places are a Span: a shared SourceText (file, standard input or the command line itself), line, column and
// length, so that the caret can point at a value and not only at a line.
//
// Does not live here: reading files (catalog, run), colours and streams (cli), the wording of results
// (report). This module includes nothing of the project.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::diag {

/// A named text that Spans point into: a file, "standard input", or the reconstructed command line.
struct SourceText {
  std::string name;
  std::string text;

  /// The line with the given number.
  /// @param number  1-based; out of range gives an empty view
  std::string_view line(int number) const;
};

/// A place in a SourceText. Columns count bytes of UTF-8 code points, 1-based; length 0 means "no caret".
struct Span {
  std::shared_ptr<const SourceText> source;
  int line = 0;
  int column = 0;
  int length = 1;
};

enum class Severity { error, warning, note };

/// One problem, as it is shown to a person.
struct Diagnostic {
  std::string code;     ///< kebab-case word, stable: scripts may match on it
  std::string message;  ///< one sentence without a full stop
  Span where = {};      ///< may be empty (no source)
  std::string help = {};
  Severity severity = Severity::error;
};

/// How diagnostics are printed.
struct Style {
  bool colour = false;     ///< severity, caret and "help:" stand out
  std::size_t limit = 20;  ///< of many, so many are printed and the rest counted
};

/// `file:line:column: error[code]: message`, the source line with a caret, `help:`. Ends with a newline.
std::string render(const Diagnostic& diagnostic, const Style& style = {});

/// All of them one after the other.
std::string render(const std::vector<Diagnostic>& diagnostics, const Style& style = {});

/// Base of all errors that are somebody's input or tables; carries at least one Diagnostic.
class Error : public std::runtime_error {
 public:
  explicit Error(std::vector<Diagnostic> diagnostics);
  explicit Error(Diagnostic diagnostic);
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

/// A table under data/ or --data is wrong.
class DataError : public Error {
  using Error::Error;
};
/// A run file or its values are wrong.
class ScenarioError : public Error {
  using Error::Error;
};
/// A flag, verb or argument is wrong.
class UsageError : public Error {
  using Error::Error;
};
/// Throws a UsageError.
[[noreturn]] void refuse(std::string code, std::string message, const Span& where, std::string help = {});

/// Our bug: reported as such, exit code 3.
class InternalError : public std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace kwhatif::diag
