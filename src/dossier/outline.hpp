// One outline for the reports that people read: sections of paragraphs, tables, charts and lines to copy. The
// sections are filled by outline_*.cpp; markdown, html and latex render them and know nothing of runs. Texts
// are raw: a renderer makes them visible and escapes them.
#pragma once

#include "facts.hpp"
#include <kwhatif/chart/chart.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::dossier {

struct Cell {
  std::string text;
  bool blank = false;  ///< what the author or a flag would have to say: shown as a gap
};

struct Head {
  std::string text;
  bool number = false;  ///< aligned right
};

/// A table; the first cell of a row names it.
struct Grid {
  std::string caption = {};
  std::vector<Head> heads = {};
  std::vector<std::vector<Cell>> rows = {};
  bool prose = false;  ///< cells are sentences: on narrow paper a list says the same
};

struct Part {
  enum class Kind { paragraph, list, grid, chart, code };
  Kind kind = Kind::paragraph;
  std::vector<Cell> texts = {};  ///< of a paragraph and code one, of a list its items
  Grid grid = {};
  chart::Chart chart = {};
};

struct Section {
  std::string_view id;  ///< of its heading: "energy"
  std::string title;
  std::vector<Part> parts = {};

  void say(std::string text) { parts.push_back({.texts = {{std::move(text)}}}); }
  void list(std::vector<Cell> items) {
    parts.push_back({.kind = Part::Kind::list, .texts = std::move(items)});
  }
  void table(Grid grid) {
    if (!grid.rows.empty()) parts.push_back({.kind = Part::Kind::grid, .grid = std::move(grid)});
  }
  void draw(chart::Chart chart) { parts.push_back({.kind = Part::Kind::chart, .chart = std::move(chart)}); }
  void code(std::string text) { parts.push_back({.kind = Part::Kind::code, .texts = {{std::move(text)}}}); }
};

/// A source that is cited.
struct Reference {
  std::string key;           ///< of BibTeX: letters, digits, '-' and ':'
  std::string words;         ///< the whole citation
  std::string authors = {};  ///< empty: not known
  std::string title = {};
  std::string year = {};
  std::string locator = {};  ///< "arXiv 2104.10350", a URL; may be empty
};

struct Outline {
  std::string title;
  std::vector<std::pair<std::string, Cell>> head = {};  ///< status, date, author …
  std::vector<std::string> sentences = {};              ///< of each run, for a paper
  std::vector<Section> sections = {};
  std::vector<Reference> references = {};
};

Outline outline_of(const Dossier& dossier, const FormChoices& choices);

// --- its parts, by file ----------------------------------------------------------------------------------

/// What a figure table says beside the names of figures.
struct Wanted {
  std::string_view key;
  std::string_view label = {};  ///< instead of the figure's own
};
/// Figures of all runs: of one run with interval and evidence; of a few a column each; of many a row each.
Grid figures_grid(const Dossier& dossier, std::string caption, const std::vector<Wanted>& wanted);
/// The blank of a form that the author has to fill.
Cell for_author(std::string_view what);

// outline_run.cpp
Section run_section(const Dossier& dossier);
Section hardware_section(const Dossier& dossier);
Section energy_section(const Dossier& dossier);
Section emissions_section(const Dossier& dossier);
Section resources_section(const Dossier& dossier);
// outline_beside.cpp
Section comparison_section(const Dossier& dossier);
Section plan_section(const Dossier& dossier);
Section life_section(const Dossier& dossier);
/// For the summary: what serving takes, and from how many queries on it exceeds the rest; empty without a
/// service.
std::string serving_sentence(const ask::LifecycleAnswer& answer);
// outline_basis.cpp
Section uncertainty_section(const Dossier& dossier);
Section not_included_section(const Dossier& dossier);
Section assumptions_section(const Dossier& dossier);
Section thresholds_section(const Dossier& dossier);
Section method_section(const Dossier& dossier);
Section sources_section(const Dossier& dossier, const std::vector<Reference>& references);
std::vector<Reference> references_of(const Dossier& dossier);

}  // namespace kwhatif::dossier
