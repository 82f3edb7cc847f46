// The inputs of a run as they were given.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/input.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kwhatif::catalog {
class Catalog;
}

namespace kwhatif::run {

/// One input as given.
struct Given {
  std::string text;
  diag::Span where;   ///< of the value
  std::string named;  ///< how the user named it: "--pue" or "site.pue"
};

struct StageGiven;

/// A result as somebody printed it, in the table [published] of a run file: held against what follows from
/// the inputs.
struct PublishedFigure {
  std::string result;  ///< a key of result_table: "facility_energy"
  Given given;
};

/// An input that gave way to another one said anew.
struct Displaced {
  Input input;
  Given given;       ///< what it said
  std::string by;    ///< the flag that took its place: "--grid"
  std::string part;  ///< what of it no longer counts, where the rest does; empty: all of it
};

/// How inputs are said anew: once, as by a flag, or by axes that take each of their values in turn.
enum class Anew { once, along_axes };

/// All inputs of one run as given, nothing looked up.
class Scenario {
 public:
  std::string title;  ///< of the run file, if any
  std::vector<diag::Diagnostic>
      faults;                      ///< of the run file's keys and types; resolve() reports them with its own
  std::vector<StageGiven> stages;  ///< of the run file, in its order; see stage.hpp
  std::vector<PublishedFigure>
      published;  ///< of the run file; ask::check_claim() holds them against the inputs
  /// [report] of the run file, by names of report_keys: what only the author of a report can say.
  std::map<std::string, Given, std::less<>> report;
  std::vector<Displaced> displaced;  ///< what gave way to flags and axes; resolve() writes it down
  /// The run as it was measured, where what is said anew changes what its throughput rests on (more devices,
  /// another model): it is then a pilot of this run.
  std::shared_ptr<const Scenario> measured;
  document::Reader files;  ///< reads what the inputs name by its path; empty: such inputs are refused

  void set(Input input, Given given) { given_[static_cast<std::size_t>(input)] = std::move(given); }
  void clear(Input input) { given_[static_cast<std::size_t>(input)].reset(); }
  const std::optional<Given>& get(Input input) const { return given_[static_cast<std::size_t>(input)]; }
  bool has(Input input) const { return get(input).has_value(); }
  bool empty() const;
  /// The content of a file that an input names.
  /// @errors diag::Error: cannot-read, also where no reader was given
  std::string file(const std::string& path) const;

  /// Takes out, here and in the stages, what gives way to the inputs of `anew` (a region to a grid, an MFU to
  /// the hours that were measured), and keeps a record of it in `displaced`.
  /// @param catalog  tells hosts from devices; may be null: then nodes stay
  void give_way(const Scenario& anew, const catalog::Catalog* catalog, Anew manner = Anew::once);
  /// `over`'s inputs win over this one's, in all that they displace (flags over a run file).
  void overlay(const Scenario& over, const catalog::Catalog* catalog);

 private:
  std::array<std::optional<Given>, input_count> given_;
};

/// One [[stage]] as given: what differs from the run around it, and the keys of its regime.
struct StageGiven {
  std::string name;
  std::string regime;  ///< an id of regime_table()
  diag::Span where;    ///< of the regime
  Scenario inputs;
  std::map<std::string, Given, std::less<>> own;  ///< by names of stage_key_table()
};

/// Reads a run file.
///
/// Keys are those of input_table(), as [section] key = value; counts and ratios may be bare numbers, all
/// other quantities are texts with a unit. [[stage]] tables hold the same inputs by flag name (seq_len =
/// 8192), or in [stage.training] and so on, and the keys of stage_key_table(). Faults of keys and types are
/// kept in `faults`, so that resolve() can report them together with those of the values.
/// @errors diag::ScenarioError: syntax-error; in `faults`: unknown-key, wrong-type, unknown-word,
/// missing-input
Scenario read_run(const std::shared_ptr<const diag::SourceText>& source);

/// Whether a text names a choice rather than a number: `--development olmo`.
bool names_a_choice(std::string_view text);

/// The quantity in a given input.
/// @errors appended to `faults`; the value is then absent
std::optional<quantity::Parsed> read_quantity(Input input, const Given& given,
                                              std::vector<diag::Diagnostic>& faults);

/// The whole number in a given input.
/// @errors out-of-range, appended to `faults`; the value is then absent
std::optional<long> read_whole(Input input, const Given& given, std::vector<diag::Diagnostic>& faults);

/// A commented run file to start from (init).
std::string run_file(const Scenario& scenario, const std::string& title);

}  // namespace kwhatif::run
