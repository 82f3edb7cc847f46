// What several forms say of a run, in the words that they share: names, counts, ranges, blanks. Private to
// the forms. Does not live here: the figures (dossier.hpp), what one form alone says.
#pragma once

#include <kwhatif/ask/eu_compute.hpp>
#include <kwhatif/dossier/form.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::dossier {

/// What stands where only the provider knows.
inline constexpr std::string_view for_the_provider = "[to be filled in by the provider]";
inline constexpr std::string_view not_estimated = "not estimated";

/// "0.1.0"
std::string_view program_version();
/// "kwhatif 0.1.0 (data 2026.11+5d41402abc4b2a76)"
std::string made_with(const Dossier& dossier);

/// A run in the words of forms; absent: not known.
struct Facts {
  std::optional<std::string> name;          ///< of the model, as its author calls it
  std::optional<std::string> version;       ///< of the model, the same
  std::optional<std::string> architecture;  ///< of the tables or a config: "llama-3-8b"
  std::optional<std::string> family;        ///< "llama"
  std::optional<std::string> hardware;      ///< "NVIDIA H100 SXM5 80GB"; of several kinds all
  std::optional<std::string> vendor;        ///< of the only kind
  std::optional<std::string> kind;          ///< gpu, tpu, cpu, other; of the only kind
  std::optional<double> memory;             ///< of one device  [GB]; of the only kind
  std::optional<double> devices;
  std::optional<double> parameters;  ///< all
  std::optional<double> active;      ///< used per token
  std::optional<double> tokens;      ///< of the data, passes included
  std::optional<double> epochs;
  std::optional<double> layers;
  std::string unit = "token";            ///< what these tokens are
  std::optional<std::string> precision;  ///< "bf16"
  bool tuned = false;                    ///< fine-tuning and not training from scratch
  std::optional<std::string> place;      ///< "Google Cloud europe-west4 (Netherlands)"
  std::optional<std::string> region;     ///< as its provider calls it: "europe-west4"
  std::optional<std::string> cloud;      ///< "Google Cloud"; of a place that rents devices
  std::optional<std::string> country;
  std::optional<double> intensity;             ///< [g/kWh]
  std::optional<std::string> intensity_words;  ///< "life-cycle, consumption, average, 2025"
  std::optional<double> pue;
  std::optional<double> repeats = 1;  ///< all that is done over one run; none where stages differ in it
  double runs = 1;                    ///< where all stages have as many
  double overhead = 0;
  std::optional<double> development;  ///< as a multiple of the run

  /// The name that a form must have: the author's, else the architecture's with a word, else that there is
  /// none.
  std::string shown_name() const;
  bool text() const { return unit == "token"; }
};
Facts facts_of(const Dossier& dossier, const Subject& subject);

/// Computation by the guidelines, with what the author says beside it.
ask::EuCompute computation(const Dossier& dossier, const Subject& subject);

/// "48.2 to 149 MWh", of two values in the unit of the figure, which has a value.
std::string range_words(const Figure& figure, double low, double high);
/// The same of its 90 % interval; empty where there is none.
std::string range_of(const Figure& figure);
/// "80.2 MWh (90 % prediction interval 48.2 to 149 MWh)", or the blank that says what is missing.
std::string said(const Figure& figure);
/// The blank: "not estimated: give --chips".
std::string blank(const Figure& figure);
/// "forecast" or "measured", as the first word of a sentence.
std::string_view opening(Status status);
/// "Forecast made before training; nothing was metered." or what was measured.
std::string status_sentence(const Subject& subject);
/// What the energy covers: "accelerators, hosts and facility overhead (PUE 1.07); all runs and repeated work
/// included".
std::string boundary_words(const Facts& facts);
/// "location-based, life-cycle, consumption, average, 2025"
std::string emissions_basis(const Facts& facts);
/// The lines that licences of the sources ask for, in one; empty where none does.
std::string attribution(const Dossier& dossier, const std::vector<std::string>& sources);
/// The same of all sources of a run as the last paragraph of a Markdown text.
std::string attribution_paragraph(const Dossier& dossier, const Subject& subject);
/// Of several runs, that this form describes the first; else empty.
std::string first_of_several(const Dossier& dossier);

/// A whole number in full, any other in three significant digits, thousands parted: "2,048", "77,400".
std::string number_words(double value);
/// A number without exponent, whole from 1000 on: "20338208", "0.25".
std::string plain_decimal(double value);
/// A text in a cell of a Markdown table, or a line of its text: nothing in it is markup or breaks the line.
std::string in_markdown(std::string_view text);
/// A text as a YAML string in double quotes.
std::string in_yaml(std::string_view text);
/// A row of a Markdown table; its cells are escaped.
std::string markdown_row(const std::vector<std::string>& cells);
/// Heads and the line below them.
std::string markdown_heads(const std::vector<std::string>& heads);

}  // namespace kwhatif::dossier
