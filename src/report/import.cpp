// import: what was read, as a page, as keys and as rows.
#include "content.hpp"
#include "import_file.hpp"
#include <kwhatif/ask/import.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::report {

namespace {

using imports::Measure;

// "1" of counts and ratios, nothing of names.
std::string_view unit_of(const ask::ImportedValue& value) {
  if (!value.finding.text.empty()) return {};
  switch (value.finding.measure) {
    case Measure::tokens_per_second:
    case Measure::total_tokens_per_second:
      return "tokens/s";
    case Measure::samples_per_second:
    case Measure::total_samples_per_second:
      return "samples/s";
    default:
      break;
  }
  const std::string_view unit = imports::info_of(value.finding.measure).unit;
  return unit.empty() ? "1" : unit;
}

std::string summary(const ask::ImportAnswer& answer) {
  std::string out;
  const auto* const count = answer.find(Measure::count);
  if (!answer.device_name.empty())
    out += ", " + (count != nullptr ? count->written + " x " : std::string{}) + answer.device_name;
  if (!answer.place_name.empty()) out += ", " + answer.place_name;
  return out;
}

Table value_table(const ask::ImportAnswer& answer, bool used) {
  Table table{heads({"", ">", used ? "from" : "why not"}), {}};
  if (used) table.columns = heads({"", ">", "from"});
  for (const ask::ImportedValue& value : answer.values) {
    if (value.used != used) continue;
    if (!used && value.key.empty() && value.why_not == "no input of a run") {
      table.rows.push_back({label_of(value.finding), value.written, origin_of(value.finding)});
      continue;
    }
    std::string text = origin_of(value.finding);
    if (!used) text = value.why_not;
    if (used && !value.finding.note.empty()) text += "; " + value.finding.note;
    table.rows.push_back({label_of(value.finding), value.written, text});
  }
  return table;
}

Page import_page(const ask::ImportAnswer& answer) {
  Page page;
  for (std::size_t i = 0; i < answer.files.size(); ++i) {
    const ask::ImportedFile& file = answer.files[i];
    std::string line = file.name;
    if (!file.version.empty()) line += ' ' + file.version;
    line += ", " + file.read;
    if (i == 0) line += summary(answer);
    if (answer.files.size() > 1) line.insert(0, file.path + ": ");
    page.paragraph(line);
  }
  const Table used = value_table(answer, true);
  const bool run_file = answer.files.front().form == "run-file";  // it is one as it stands
  if (used.rows.empty() && !run_file)
    page.gap().paragraph("Nothing in it is an input of a run as it stands.");
  else if (!used.rows.empty())
    page.gap().heading("Taken").table(used, 2);
  const Table off = value_table(answer, false);
  page.asides();
  if (!off.rows.empty()) page.gap().heading("Read, but off").table(off, 2);
  if (!answer.left.empty()) {
    page.gap().heading("Left out");
    for (const imports::Left& left : answer.left) page.paragraph(left.what + ": " + left.why, 2);
  }
  page.results();
  if (!answer.gaps.empty()) {
    page.gap().heading("To add");
    Table table{heads({"", ""}), {}};
    for (const ask::ImportGap& gap : answer.gaps) table.rows.push_back({gap.key, gap.question});
    page.table(std::move(table), 2);
  }
  page.gap().command("next: ", answer.next, 6);
  return page;
}

Json line_json(int line) { return line > 0 ? Json(line) : Json(nullptr); }
Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

Json import_json(const ask::ImportAnswer& answer) {
  Json out;
  const ask::ImportedFile& first = answer.files.front();
  out["form"] = first.form;
  out["tool"] = text_or_null(first.tool);
  out["version"] = text_or_null(first.version);
  out["files"] = Json::array();
  for (const ask::ImportedFile& file : answer.files)
    out["files"].push_back({{"file", file.path},
                            {"form", file.form},
                            {"name", file.name},
                            {"tool", text_or_null(file.tool)},
                            {"version", text_or_null(file.version)},
                            {"read", file.read}});
  out["values"] = Json::array();
  for (const ask::ImportedValue& value : answer.values) {
    const imports::Finding& f = value.finding;
    Json item;
    item["key"] = text_or_null(value.key);
    item["what"] = imports::info_of(f.measure).label;
    if (f.text.empty())
      item["value"] = f.value;
    else
      item["value"] = f.text;
    item["unit"] = text_or_null(unit_of(value));
    item["written"] = value.written;
    item["used"] = value.used;
    item["why_not"] = text_or_null(value.used ? std::string_view{} : std::string_view{value.why_not});
    item["statistic"] = f.statistic;
    item["file"] = f.file;
    item["line_first"] = line_json(f.line_first);
    item["line_last"] = line_json(f.line_last);
    item["boundary"] = text_or_null(imports::name_of(f.boundary));
    item["note"] = text_or_null(f.note);
    out["values"].push_back(std::move(item));
  }
  out["left"] = Json::array();
  for (const imports::Left& left : answer.left)
    out["left"].push_back({{"what", left.what},
                           {"why", left.why},
                           {"file", left.file},
                           {"line_first", line_json(left.line_first)},
                           {"line_last", line_json(left.line_last)}});
  out["questions"] = Json::array();
  for (const ask::ImportGap& gap : answer.gaps)
    out["questions"].push_back({{"key", gap.key}, {"question", gap.question}});
  out["run_file"] = imported_run_file(answer);
  out["next"] = answer.next;
  return out;
}

Table import_rows(const ask::ImportAnswer& answer) {
  Table table{heads({"key", "what", "value", "unit", "written", "used", "why_not", "statistic", "file",
                     "line_first", "line_last", "boundary", "note"}),
              {}};
  const auto line = [](int n) { return n > 0 ? std::to_string(n) : std::string{}; };
  for (const ask::ImportedValue& value : answer.values) {
    const imports::Finding& f = value.finding;
    table.rows.push_back({value.key, std::string{imports::info_of(f.measure).label},
                          f.text.empty() ? quantity::shortest(f.value) : f.text, std::string{unit_of(value)},
                          value.written, value.used ? "yes" : "no",
                          value.used ? std::string{} : value.why_not, f.statistic, f.file, line(f.line_first),
                          line(f.line_last), std::string{imports::name_of(f.boundary)}, f.note});
  }
  return table;
}

Content content_of(const ask::ImportAnswer& answer, const catalog::Catalog& tables) {
  Content content{.name = "import", .catalog = tables, .warnings = answer.warnings};
  content.body = [&answer] { return import_json(answer); };
  content.rows = [&answer] { return import_rows(answer); };
  return content;
}

}  // namespace

Document present(const ask::ImportAnswer& answer, const catalog::Catalog& tables, ImportForm form) {
  Content content = content_of(answer, tables);
  content.page = [&answer, form] {
    if (form == ImportForm::page) return import_page(answer);
    return Page{}.lines(form == ImportForm::study ? imported_study(answer) : imported_run_file(answer));
  };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
