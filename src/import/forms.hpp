// The readers, one per form, and what they share. Private to src/import.
#pragma once

#include "json_tree.hpp"
#include <kwhatif/import/measurement.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::imports {

using Documents = std::vector<JsonValue>;

/// What a file is, as far as readers ask.
struct Input {
  const diag::SourceText& source;
  std::string_view text;
  const Choice& choice;
  Documents json = {};  ///< of a text that begins as JSON does
};

/// Each answers nothing where the file is not of its form.
/// @errors diag::UsageError: no-values, several-runs, unknown-run
using Reader = std::optional<Measurement> (*)(const Input&);

std::optional<Measurement> read_codecarbon(const Input& input);
std::optional<Measurement> read_carbontracker(const Input& input);
std::optional<Measurement> read_smi_csv(const Input& input);
std::optional<Measurement> read_smi_text(const Input& input);
std::optional<Measurement> read_smi_json(const Input& input);
std::optional<Measurement> read_trainer_json(const Input& input);
std::optional<Measurement> read_trainer_log(const Input& input);
std::optional<Measurement> read_progress_bar(const Input& input);
std::optional<Measurement> read_wandb_summary(const Input& input);
std::optional<Measurement> read_model_card(const Input& input);
std::optional<Measurement> read_boamps(const Input& input);
std::optional<Measurement> read_rate_lines(const Input& input);
std::optional<Measurement> read_impact_tracker(const Input& input);
std::optional<Measurement> read_metrics_csv(const Input& input);
std::optional<Measurement> read_sacct(const Input& input);
std::optional<Measurement> read_zeus(const Input& input);
std::optional<Measurement> read_mllog(const Input& input);
std::optional<Measurement> read_meter(const Input& input);

/// A table with named columns, lines that are too short set aside.
struct TextTable {
  std::vector<std::string> heads;  ///< lower case, without blanks around them
  struct Row {
    std::vector<std::string> cells;
    int line = 0;
  };
  std::vector<Row> rows;
  std::vector<int> short_lines;  ///< lines with fewer fields than the head
  char separator = ',';

  std::optional<std::size_t> column(std::string_view head) const;
  std::string_view cell(const Row& row, std::string_view head) const;
  std::optional<double> number(const Row& row, std::string_view head) const;
};
/// @param heads  of a file without them; empty: the first line has them
TextTable read_table(std::string_view text, std::vector<std::string> heads = {});
/// The columns of the first line, lower case.
std::vector<std::string> heads_of(std::string_view text);
/// Says which lines were too short.
void say_short(Measurement& into, const TextTable& table);

[[noreturn]] void no_values(std::string message, std::string help);
/// Adds what a record of power makes.
void add_readings(Measurement& into);

}  // namespace kwhatif::imports
