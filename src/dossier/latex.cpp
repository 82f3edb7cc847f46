// The outline as LaTeX that needs nothing but booktabs: tables, the sentence for a paper, the bibliography.
//
// Tables have columns of fixed width with ragged lines, so that long names break; tables of sentences become
// lists, which may run over pages. Letters that the usual fonts of pdflatex lack are written by their number.
#include "latex_text.hpp"
#include "outline.hpp"
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>

namespace kwhatif::dossier {

namespace {

std::string cell(const Cell& cell) {
  const std::string text = in_latex(cell.text);
  return cell.blank ? "\\textit{" + text + '}' : text;
}

// Widths in parts of the line, by what stands in the columns.
std::string columns(const Grid& grid) {
  constexpr std::size_t least = 9;
  constexpr std::size_t most = 34;
  constexpr double gap = 0.036;  // twice \tabcolsep, 6 pt, of a line of 345 pt or more
  std::vector<double> weights;
  double all = 0;
  for (std::size_t i = 0; i < grid.heads.size(); ++i) {
    std::size_t longest = grid.heads[i].text.size();
    for (const auto& row : grid.rows) longest = std::max(longest, row[i].text.size());
    weights.push_back(static_cast<double>(std::clamp(longest, least, most)));
    all += weights.back();
  }
  const double room = 0.995 - gap * static_cast<double>(weights.size() - 1);
  std::string out;
  for (const double weight : weights) out += "p{" + quantity::fixed(room * weight / all, 3) + "\\linewidth}";
  return "@{}" + out + "@{}";
}

// The alignment is said in each cell: it needs no package.
std::string aligned(const Grid& grid, std::size_t column, const std::string& text) {
  // a first word is hyphenated behind a space alone
  return std::string{grid.heads[column].number ? "{\\raggedleft" : "{\\raggedright"} + "\\hspace{0pt}" +
         text + "\\par}";
}

std::string lines_of(const Grid& grid, std::size_t from, std::size_t to) {
  std::string out;
  for (std::size_t r = from; r < to; ++r) {
    for (std::size_t i = 0; i < grid.rows[r].size(); ++i)
      out += std::string{i == 0 ? "" : " & "} + aligned(grid, i, cell(grid.rows[r][i]));
    out += " \\\\\n";
  }
  return out;
}

std::string table(const Grid& grid) {
  constexpr std::size_t rows_of_a_page = 12;
  std::string out;
  for (std::size_t from = 0; from < grid.rows.size(); from += rows_of_a_page) {
    const std::size_t to = std::min(grid.rows.size(), from + rows_of_a_page);
    std::string heads;
    for (std::size_t i = 0; i < grid.heads.size(); ++i)
      heads += std::string{i == 0 ? "" : " & "} + aligned(grid, i, in_latex(grid.heads[i].text));
    out += "\\begin{table}[htbp]\n\\centering\n\\caption{" + in_latex(grid.caption) +
           (from > 0 ? " (continued)" : "") + "}\n\\small\n\\begin{tabular}{" + columns(grid) +
           "}\n\\toprule\n" + heads + " \\\\\n\\midrule\n" + lines_of(grid, from, to) +
           "\\bottomrule\n\\end{tabular}\n\\end{table}\n\n";
  }
  return out;
}

// Sentences: each row an item, its head in bold.
std::string items(const Grid& grid) {
  std::string out = "\\paragraph{" + in_latex(grid.caption) + ".}\n\\begin{itemize}\n";
  for (const auto& row : grid.rows) {
    out += "\\item \\textbf{" + cell(row.front()) + '}';
    for (std::size_t i = 1; i < row.size(); ++i) out += (i == 1 ? ": " : "; ") + cell(row[i]);
    out += ".\n";
  }
  return out + "\\end{itemize}\n\n";
}

bool is_prose(const Grid& grid) {
  constexpr std::size_t most_columns = 5;
  constexpr std::size_t longest = 400;  // a cell that would not fit on a page
  return grid.prose || grid.heads.size() > most_columns ||
         std::ranges::any_of(grid.rows, [](const auto& row) {
           return std::ranges::any_of(row, [](const Cell& c) { return c.text.size() > longest; });
         });
}

std::string part(const Part& part) {
  std::string out;
  switch (part.kind) {
    case Part::Kind::paragraph:
      return cell(part.texts.front()) + "\n\n";
    case Part::Kind::list:
      if (part.texts.empty()) return {};
      for (const Cell& item : part.texts) out += "\\item " + cell(item) + '\n';
      return "\\begin{itemize}\n" + out + "\\end{itemize}\n\n";
    case Part::Kind::grid:
      return is_prose(part.grid) ? items(part.grid) : table(part.grid);
    case Part::Kind::chart:
      return {};  // its numbers stand in the tables
    case Part::Kind::code:
      return "{\\ttfamily " + in_latex(part.texts.front().text) + "\\par}\n\n";
  }
  return out;
}

// --- the method from the derivation tree ------------------------------------------------------------------

// "IT energy × PUE": names stand upright, signs are those of mathematics.
std::string formula(const std::string& text) {
  std::string out;
  std::string name;
  const auto flush = [&] {
    const std::string trimmed{diag::trimmed(name)};
    if (!trimmed.empty()) out += "\\textrm{" + in_latex(trimmed) + '}';
    name.clear();
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view{text}.substr(i);
    const auto sign = [&](std::string_view pattern, std::string_view latex) {
      if (!rest.starts_with(pattern)) return false;
      flush();
      out += latex;
      i += pattern.size();
      return true;
    };
    if (sign(" × ", " \\times \\allowbreak ") || sign(" / ", " / \\allowbreak ") ||
        sign(" + ", " + \\allowbreak ") || sign(" − ", " - \\allowbreak ") || sign("(", "(") ||
        sign(")", ")"))
      continue;
    name += text[i++];
  }
  flush();
  return out;
}

void add_equations(std::string& out, const ask::Derivation& d) {
  if (!d.formula.empty() && !d.repeated)
    out += "\\item $" + formula(d.name) + " = \\allowbreak " + formula(d.formula) + "$; here " +
           in_latex(quantity::human(d.value, d.dimension)) + ".\n";
  for (const ask::Derivation& one : d.parts) add_equations(out, one);
}

std::string method(const Dossier& dossier) {
  std::string out =
      "\\section*{Method}\nEvery figure follows from the inputs and assumptions above by these "
      "formulas.\n";
  for (const run::ResolvedStage& phase : dossier.subject().estimate.phases) {
    std::string equations;
    for (const ask::Derivation& d : ask::explain(phase.run)) add_equations(equations, d);
    if (equations.empty()) continue;
    if (!phase.name.empty()) out += "\\paragraph{Stage " + in_latex(phase.name) + ".}\n";
    out += "\\begin{itemize}\n" + equations + "\\end{itemize}\n";
  }
  return out + '\n';
}

// A name that TeX and BibTeX read as it is.
bool readable(std::string_view stem) {
  return !stem.empty() && std::ranges::all_of(stem, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

std::string cited(const std::vector<Reference>& references) {
  std::string out;
  for (const Reference& r : references) out += (out.empty() ? "" : ",") + r.key;
  return "\\nocite{" + out + "}\n";
}

}  // namespace

std::string latex(const Dossier& dossier, const FormChoices& choices) {
  const Outline outline = outline_of(dossier, choices);
  std::string out =
      "% " + comment_text(made_with(dossier)) +
      "\n% To paste into a paper: what stands between the two lines of '=', and \\usepackage{booktabs}.\n"
      "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n"
      "\\usepackage{booktabs}\n\\setlength{\\emergencystretch}{3em}\n"
      "\\setlength{\\textwidth}{6.3in}\n\\setlength{\\oddsidemargin}{0.1in}\n"
      "\\begin{document}\n% ==========\n\\begingroup\\raggedright\n\\section*{" +
      in_latex(outline.title) + "}\n";
  const bool bibliography = readable(choices.bibliography);
  for (const std::string& words : outline.sentences)
    out += in_latex(words) + (bibliography ? "~\\cite{kwhatif}" : "") + "\n\n";
  out += "\\begin{itemize}\n";
  for (const auto& [label, value] : outline.head)
    out += "\\item " + in_latex(label) + ": " + cell(value) + '\n';
  out += "\\end{itemize}\n\n";
  std::size_t waiting = 0;
  for (const Section& section : outline.sections) {
    if (section.id == "method") {
      out += method(dossier);
      continue;
    }
    out += "\\section*{" + in_latex(section.title) + "}\n";
    for (const Part& one : section.parts) {
      const bool of_bibliography = section.id == "sources" && one.kind == Part::Kind::list && bibliography;
      if (!of_bibliography) out += part(one);
    }
    constexpr std::size_t most_floats = 6;  // that wait for a page
    const auto floats = static_cast<std::size_t>(
        std::ranges::count_if(section.parts, [](const Part& p) { return p.kind == Part::Kind::grid; }));
    waiting += floats;
    if (waiting < most_floats) continue;
    out += "\\clearpage\n";
    waiting = 0;
  }
  out += "\\par\\endgroup\n% ==========\n";
  if (bibliography)
    out += "\\begingroup\\raggedright\n" + cited(outline.references) +
           "\\bibliographystyle{plain}\n\\bibliography{" + std::string{choices.bibliography} +
           "}\n\\endgroup\n";
  else
    out +=
        "% The .bib beside this file has a name that BibTeX cannot read: rename it, then "
        "\\bibliography{NAME}.\n";
  return out + "\\end{document}\n";
}

namespace {

// "A. One, B. Two and others" as BibTeX parts names: by "and". One word, or a name alone, is an institution's
// and whole.
std::string bibtex_authors(std::string_view authors) {
  bool others = false;
  for (const std::string_view ending : {" and others", " et al."}) {
    if (!authors.ends_with(ending)) continue;
    authors.remove_suffix(ending.size());
    others = true;
  }
  const bool several = others || authors.find(", ") != std::string_view::npos;
  std::string out;
  while (!authors.empty()) {
    const auto end = std::min(authors.find(", "), authors.size());
    const std::string_view name = authors.substr(0, end);
    authors.remove_prefix(std::min(end + 2, authors.size()));
    const bool person = several && name.find(' ') != std::string_view::npos;
    out.append(out.empty() ? "" : " and ").append(person ? in_bibtex(name) : '{' + in_bibtex(name) + '}');
  }
  return others ? out + " and others" : out;
}

}  // namespace

std::string bibtex(const Dossier& dossier, const FormChoices&) {
  std::string out = "% " + comment_text(made_with(dossier)) + '\n';
  for (const Reference& r : references_of(dossier)) {
    out += "\n@misc{" + r.key + ",\n  title = {{" + in_bibtex(r.title) + "}}";
    if (!r.authors.empty())
      out += ",\n  author = {" + bibtex_authors(r.authors) + '}';
    else
      out += ",\n  key = {" + r.key + '}';
    if (!r.year.empty()) out += ",\n  year = {" + in_bibtex(r.year) + '}';
    if (!r.locator.empty()) out += ",\n  note = {" + in_bibtex(r.locator) + '}';
    out += "\n}\n";
  }
  return out;
}

}  // namespace kwhatif::dossier
