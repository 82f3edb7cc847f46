#include "write.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/files.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace kwhatif::refresh {

using catalog::Catalog;
using catalog::Kind;

namespace {

constexpr std::size_t month_digits = 7;  // of "2027-03-14"
constexpr std::size_t year_digits = 4;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool whole_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Which values of a row are written, and whether the row is.
struct Chosen {
  const Found* row = nullptr;
  std::vector<const Figure*> figures;
  std::vector<std::string> regions;  ///< of an offer
};

std::vector<Chosen> chosen_of(const Reading& reading, const Diff& diff, std::size_t index) {
  const Batch& batch = reading.batches[index];
  std::map<std::size_t, Chosen> rows;
  std::set<std::size_t> needed;
  for (const Comparison& value : diff.values) {
    if (value.batch != index || value.left_out) continue;
    Chosen& chosen = rows[value.row];
    chosen.row = &batch.rows[value.row];
    if (value.figure < chosen.row->figures.size())
      chosen.figures.push_back(&chosen.row->figures[value.figure]);
    chosen.regions = value.more;
    const bool appended = batch.kind == Kind::timing || batch.kind == Kind::trace || batch.kind == Kind::fact;
    if (value.fate == Fate::fresh || (value.fate == Fate::changed && !appended) || batch.series->whole)
      needed.insert(value.row);
  }
  std::vector<Chosen> out;
  for (auto& [row, chosen] : rows) {
    if (needed.contains(row)) out.push_back(std::move(chosen));
  }
  return out;
}

// "2027-03" of a yearly table, "aws-2027-03-14" of a list of prices, "2025" of eGRID's year.
std::string edition_of(const Catalog& tables, const Reading& reading, const Batch& batch,
                       const std::string& accessed) {
  if (reading.form == Form::skypilot) return batch.shared.front().second + '-' + accessed;
  if (reading.form == Form::price_sheet) return accessed;
  if (reading.form == Form::egrid) {
    int newest = 0;
    for (const Found& row : batch.rows) newest = std::max(newest, row.year.value_or(0));
    const std::string year = std::to_string(newest);
    if (!tables.find(Kind::source, "egrid-" + year)) return year;
    return year + "-read-" + accessed.substr(0, month_digits);
  }
  return accessed.substr(0, month_digits);
}

std::string path_of(const Batch& batch, const std::string& edition) {
  switch (batch.kind) {
    case Kind::trace:
      return "hourly/traces-electricity-maps-portal-" + edition + ".toml";
    case Kind::offer:
      return "offers/skypilot-" + edition + ".toml";
    default:
      return std::string{batch.series->file} + '-' + edition + ".toml";
  }
}

std::string source_row(const Batch& batch, const std::string& id, const std::string& edition,
                       const std::string& accessed, const std::string& file) {
  const Series& of = *batch.series;
  std::string out = "\n[[source]]\n";
  const auto line = [&](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    std::string name{key};
    constexpr std::size_t width = 11;
    name.resize(std::max(width, name.size()), ' ');
    out += name + " = " + quoted(value) + '\n';
  };
  line("id", id);
  line("kind", of.kind);
  line("title", std::string{of.title} + ' ' + edition);
  line("authors", of.authors);
  out += "year        = " + accessed.substr(0, year_digits) + '\n';
  line("url", of.url);
  line("publisher", of.publisher);
  line("accessed", accessed);
  line("licence", of.licence);
  std::string attribution{of.attribution};
  if (const auto at = attribution.find("{year}"); at != std::string::npos)
    attribution.replace(at, std::string_view{"{year}"}.size(), accessed.substr(0, year_digits));
  line("attribution", attribution);
  line("note", "Read by kwhatif-refresh in " + file + ".");
  return out;
}

std::string unit_in(const Figure& figure) {
  const auto blank = figure.text.find(' ');
  return blank == std::string::npos ? std::string{} : figure.text.substr(blank + 1);
}

std::string figure_cell(const Figure& figure, bool bare) {
  const std::string digits = figure.text.substr(0, figure.text.find(' '));
  if (figure.low.empty()) return quoted(bare ? digits : figure.text);
  return "{ value = " + quoted(figure.text) + ", low = " + quoted(figure.low) +
         ", high = " + quoted(figure.high) + " }";
}

struct Columns {
  bool year = false;
  std::vector<std::string> words;
  std::vector<std::string> figures;
  std::map<std::string, std::string> units;  ///< of figures whose cells hold digits alone
};

Columns columns_of(const std::vector<Chosen>& rows) {
  Columns out;
  const auto add = [](std::vector<std::string>& to, const std::string& name) {
    if (std::ranges::find(to, name) == to.end()) to.push_back(name);
  };
  std::set<std::string> mixed;
  for (const Chosen& row : rows) {
    out.year = out.year || row.row->year.has_value();
    for (const auto& [key, text] : row.row->words) {
      if (!text.empty()) add(out.words, key);
    }
    for (const Figure* const figure : row.figures) {
      add(out.figures, figure->key);
      const std::string unit = unit_in(*figure);
      if (!figure->low.empty() || (out.units.contains(figure->key) && out.units[figure->key] != unit))
        mixed.insert(figure->key);
      out.units[figure->key] = unit;
    }
  }
  std::erase_if(out.units,
                [&](const auto& unit) { return unit.second.empty() || mixed.contains(unit.first); });
  return out;
}

std::string word_cell(const Chosen& row, const std::string& key) {
  if (key == "regions")
    return '[' + diag::listed(row.regions, ", ", [](const std::string& id) { return quoted(id); }) + ']';
  for (const auto& [name, text] : row.row->words) {
    if (name == key) return key == "devices" && whole_number(text) ? text : quoted(text);
  }
  return key == "devices" ? "1" : quoted("");
}

// Rows that have the same keys: a table has no empty quantities.
std::string table_text(const Catalog& tables, const Batch& batch, const std::vector<Chosen>& rows,
                       const std::string& source) {
  const Columns columns = columns_of(rows);
  std::string out = "\n[[table]]\nsource  = " + quoted(source) + "\nat      = " + quoted(batch.at) +
                    "\nstatus  = " + quoted(batch.standing) + "\ncolumns = [\"id\"";
  if (columns.year) out += ", \"year\"";
  for (const std::string& key : columns.words) out += ", " + quoted(key);
  for (const std::string& key : columns.figures) out += ", " + quoted(key);
  out += "]\n";
  if (!columns.units.empty()) {
    out += "unit    = { " +
           diag::listed(columns.units, ", ",
                        [](const auto& unit) { return unit.first + " = " + quoted(unit.second); }) +
           " }\n";
  }
  out += "rows    = [\n";
  for (const Chosen& row : rows) {
    std::string id = row.row->id;
    // the row of the tables keeps its id and its regions; this one has the others
    if (batch.kind == Kind::offer && tables.find(Kind::offer, id)) id += '-' + batch.shared.back().second;
    out += "  [" + quoted(id);
    if (columns.year) out += ", " + std::to_string(row.row->year.value_or(0));
    for (const std::string& key : columns.words) out += ", " + word_cell(row, key);
    for (const std::string& key : columns.figures) {
      const auto found = std::ranges::find(row.figures, key, &Figure::key);
      out += ", " +
             (found == row.figures.end() ? quoted("") : figure_cell(**found, columns.units.contains(key)));
    }
    out += "],\n";
  }
  out += "]\n";
  if (!batch.shared.empty()) out += "  [table.row]\n";
  for (const auto& [key, value] : batch.shared)
    out += "  " + key + " = " + (key == "year" ? value : quoted(value)) + '\n';
  return out;
}

// A row by itself: what refers to a file beside it is no cell of a table.
std::string single_rows(const Batch& batch, const std::vector<Chosen>& rows, const std::string& source) {
  std::string out;
  for (const Chosen& row : rows) {
    const auto line = [&](std::string_view key, std::string_view value) {
      out += key;
      out += " = ";
      out += value;
      out += '\n';
    };
    out += "\n[[" + std::string{catalog::schema(batch.kind).name} + "]]\n";
    line("id", quoted(row.row->id));
    if (row.row->year) line("year", std::to_string(*row.row->year));
    for (const auto& [key, text] : row.row->words) line(key, quoted(text));
    for (const auto& [key, text] : batch.shared) line(key, quoted(text));
    for (const Figure* const figure : row.figures) line(figure->key, figure_cell(*figure, false));
    line("source", quoted(source));
    line("at", quoted(batch.at));
    line("status", quoted(batch.standing));
  }
  return out;
}

// Parts of a batch whose rows have values of the same keys.
std::vector<std::vector<Chosen>> alike(std::vector<Chosen> rows) {
  std::map<std::string, std::vector<Chosen>> parts;
  for (Chosen& row : rows) {
    const std::string keys = diag::listed(row.figures, "|", [](const Figure* f) { return f->key; });
    parts[keys].push_back(std::move(row));
  }
  std::vector<std::vector<Chosen>> out;
  for (auto& [keys, part] : parts) out.push_back(std::move(part));
  return out;
}

// The rows of the times are appended to the file that the forecast reads.
TableFile timings_with(const std::string& data, const std::vector<Chosen>& rows) {
  TableFile out;
  out.path = "predict/timings.csv";
  out.replaces = true;
  out.text = document::read_file(data + '/' + out.path)->text;
  if (!out.text.ends_with('\n')) out.text += '\n';
  for (const Chosen& row : rows) {
    out.text +=
        diag::listed(row.row->words, ",",
                     [](const auto& cell) {
                       return cell.second.find(',') == std::string::npos ? cell.second : quoted(cell.second);
                     }) +
        '\n';
    ++out.rows;
  }
  return out;
}

std::string import_row(const Reading& reading, const Diff& diff, std::size_t index, const std::string& source,
                       std::size_t rows) {
  const Batch& batch = reading.batches[index];
  const std::string account = batch.kind == Kind::grid_intensity ? "grids"
                              : batch.kind == Kind::fact         ? "facts"
                                                                 : "refresh";
  std::vector<std::pair<std::string, std::string>> skipped;
  for (const Unknown& name : reading.unknown) skipped.emplace_back(name.name, name.why);
  std::set<std::size_t> written;
  for (const Comparison& value : diff.values) {
    if (value.batch == index && !value.left_out) written.insert(value.row);
  }
  for (const Comparison& value : diff.values) {  // rows of which nothing is left
    if (value.batch != index || !value.left_out || !written.insert(value.row).second) continue;
    const Found& row = batch.rows[value.row];
    skipped.emplace_back(row.id + (row.year ? ' ' + std::to_string(*row.year) : ""),
                         row.figures[value.figure].text + ", " + value.doubt);
  }
  std::string out =
      "\n[[import]]\nid       = " + quoted(account + '/' + source) + "\nwhat     = " +
      quoted(reading.file + ", read by kwhatif-refresh; " + std::to_string(diff.count(Fate::same)) +
             " of its values were in the tables as they are") +
      "\nrows_in  = " + std::to_string(rows + skipped.size()) + "\nrows_out = " + std::to_string(rows) +
      "\nskipped  = [\n";
  for (const auto& [id, why] : skipped) out += "  { id = " + quoted(id) + ", why = " + quoted(why) + " },\n";
  return out + "]\n";
}

// Where the order of the sources of a place is written down.
void add_then(const Catalog& tables, const Batch& batch, const std::string& source, Plan& plan) {
  if (batch.kind != Kind::grid_intensity && batch.kind != Kind::region_year) return;
  const auto makers = diag::parts(batch.series->compared);
  for (const catalog::Row& row : tables.rows(Kind::fallback)) {
    const auto value = row.cell("value");
    if (!row.id().starts_with("grid-") || !row.id().ends_with("-sources") || !value) continue;
    const auto names = diag::parts(value->text(), ' ');
    const auto found = std::ranges::find_if(names, [&](std::string_view name) {
      return std::ranges::any_of(makers, [&](std::string_view maker) { return name.starts_with(maker); });
    });
    if (found != names.end())
      plan.then.push_back("put '" + source + "' before '" + std::string{*found} + "' in " +
                          std::string{row.id()} + " of defaults/defaults.toml");
  }
}

}  // namespace

Plan plan_files(const Catalog& tables, const std::string& data, const Reading& reading, const Diff& diff,
                const std::string& accessed) {
  Plan out;
  std::map<std::string, TableFile> files;
  std::set<std::string> described;
  std::string sources;
  std::string imports;
  std::string named;
  for (std::size_t i = 0; i < reading.batches.size(); ++i) {
    const Batch& batch = reading.batches[i];
    const std::vector<Chosen> rows = chosen_of(reading, diff, i);
    const bool anything = std::ranges::any_of(diff.values, [&](const Comparison& value) {
      return value.batch == i && value.fate != Fate::same && !value.left_out;
    });
    if (rows.empty() || !anything) continue;
    if (batch.kind == Kind::timing) {
      TableFile times = timings_with(data, rows);
      files[times.path] = std::move(times);
      out.then.emplace_back("kwhatif-fit data data/predict/times.toml, and look at the diff");
      continue;
    }
    const std::string edition = edition_of(tables, reading, batch, accessed);
    const std::string source = std::string{batch.series->id} + '-' + edition;
    const std::string path = path_of(batch, edition);
    TableFile& file = files[path];
    if (file.text.empty()) {
      file.path = path;
      file.text = "# " + reading.file + ": " + std::string{form_row(reading.form).what} +
                  ". Written by kwhatif-refresh, read " + accessed + ".\n";
      if (batch.series->licence.starts_with("ODbL"))
        file.text += "# " + std::string{batch.series->attribution} + ".\n";
      file.text += "\nschema = " + quoted(std::string{catalog::schema(batch.kind).name} + "/1") + '\n';
    }
    file.rows += rows.size();
    if (batch.kind == Kind::trace)
      file.text += single_rows(batch, rows, source);
    else
      for (const std::vector<Chosen>& part : alike(rows))
        file.text += table_text(tables, batch, part, source);
    if (described.insert(source).second) {
      sources += source_row(batch, source, edition, accessed, reading.file);
      imports += import_row(reading, diff, i, source, rows.size());
      add_then(tables, batch, source, out);
      if (named.empty()) named = source;
    }
    if (batch.kind == Kind::trace) {
      for (const Chosen& row : rows) {
        for (const Attached& attached : reading.attached) {
          if (attached.path == "hourly/" + row.row->words.front().second)
            files[attached.path] = {attached.path, attached.text, 0, false};
        }
      }
    }
  }
  if (!sources.empty()) {
    const std::string path = "sources/refresh-" + named + ".toml";
    files[path] = {path, "schema = \"source/1\"\n" + sources, 0, false};
    const std::string account = "imports-refresh-" + named + ".toml";
    files[account] = {account, "schema = \"import/1\"\n" + imports, 0, false};
  }
  for (auto& [path, file] : files) out.files.push_back(std::move(file));
  return out;
}

}  // namespace kwhatif::refresh
