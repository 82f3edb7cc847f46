// Documents as JSON: the keys of a verb in the envelope that all share.
#include "json_support.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/envelope.hpp>
#include <kwhatif/report/table.hpp>

#include <set>

namespace kwhatif::report {

namespace {

// JSON's own escape of a character, as one or two UTF-16 units.
std::string escaped(diag::Hidden hidden) {
  constexpr char32_t replacement = 0xFFFD;
  char32_t c = hidden.is_character ? hidden.value : replacement;
  if (c < 0x10000) return "\\u" + diag::hexadecimal(c, 4);
  c -= 0x10000;
  return "\\u" + diag::hexadecimal(0xD800 + (c >> 10U), 4) + "\\u" +
         diag::hexadecimal(0xDC00 + (c & 0x3FFU), 4);
}

// A string, number or word on one line, with nothing in it that steers a terminal.
std::string scalar(const Json& value) {
  return diag::through_hidden(value.dump(-1, ' ', false, Json::error_handler_t::replace), diag::Layout::none,
                              escaped);
}

// Two blanks of indentation. Numbers are the shortest text that reads back as the same double (a count of
// 10000 is 10000, not 10000.0); what is no finite number is null; bytes that are no UTF-8 are replaced;
// hidden characters (diag/visible.hpp) are escaped.
void write(const Json& json, std::size_t depth, std::string& out) {
  const auto line = [&](std::size_t indent) {
    out += '\n';
    out.append(2 * indent, ' ');
  };
  if (json.is_object() && !json.empty()) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : json.items()) {
      if (!first) out += ',';
      first = false;
      line(depth + 1);
      out += scalar(key) + ": ";
      write(value, depth + 1, out);
    }
    line(depth);
    out += '}';
  } else if (json.is_array() && !json.empty()) {
    out += '[';
    bool first = true;
    for (const Json& value : json) {
      if (!first) out += ',';
      first = false;
      line(depth + 1);
      write(value, depth + 1, out);
    }
    line(depth);
    out += ']';
  } else if (json.is_number_float()) {
    out += quantity::shortest(json.get<double>());
  } else {
    out += scalar(json);
  }
}

Json source_json(const catalog::Catalog& catalog, const std::string& id) {
  Json out;
  out["id"] = id;
  const auto row = catalog.find(catalog::Kind::source, id);
  out["title"] = row ? std::string{row->text("title")} : id;
  std::string url = row ? std::string{row->text("url")} : std::string{};
  if (url.empty() && row && !row->text("arxiv").empty())
    url = "https://arxiv.org/abs/" + std::string{row->text("arxiv")};
  out["url"] = url.empty() ? Json(nullptr) : Json(url);
  if (row && !row->text("year").empty()) out["year"] = static_cast<int>(row->number("year").value_or(0));
  if (row && !row->text("licence").empty()) out["licence"] = row->text("licence");
  if (row && !row->text("attribution").empty()) out["attribution"] = row->text("attribution");
  return out;
}

// The user's tables that lie over the built-in ones.
Json overlays_json(const catalog::Catalog& catalog) {
  Json out = Json::array();
  if (catalog.overlaid_folder().empty()) return out;
  out.push_back({{"folder", catalog.overlaid_folder()},
                 {"rows", catalog::laid_over_rows(catalog.tables())},
                 {"content_hash", catalog::content_hash(catalog.tables(), true)}});
  return out;
}

}  // namespace

std::string json_text(std::string_view text) { return scalar(Json(text)); }

Json warnings_json(const std::vector<diag::Diagnostic>& warnings) {
  Json out = Json::array();
  for (const auto& w : warnings) out.push_back({{"code", w.code}, {"message", w.message}, {"hint", w.help}});
  return out;
}

std::string laid_out_json(std::string_view json) {
  std::string out;
  write(Json::parse(json), 0, out);
  return out + '\n';
}

std::string enveloped_json(std::string_view name, const catalog::Catalog& tables,
                           const std::vector<diag::Diagnostic>& warnings,
                           const std::vector<std::string>& sources, std::string_view body) {
  Content content{.name = std::string{name}, .catalog = tables, .warnings = warnings, .sources = sources};
  content.body = [&] { return Json::parse(body); };
  return render_json(Document{std::move(content)}, {});
}

std::string render_json(const Document& document, const Paper& /*paper*/) {
  const Content& content = document.content();
  Json all;
  all["schema"] = "kwhatif/" + content.name + "/1";
  all["data_version"] = content.catalog.version();
  all["data_overlays"] = overlays_json(content.catalog);
  all.update(content.body());
  all["warnings"] = warnings_json(content.catalog.warnings());
  for (Json& warning : warnings_json(content.warnings)) all["warnings"].push_back(std::move(warning));
  for (Json& note : warnings_json(content.notes)) all["warnings"].push_back(std::move(note));
  all["sources"] = Json::array();
  std::set<std::string_view> seen{""};
  for (const std::string& id : content.sources) {
    if (seen.insert(id).second) all["sources"].push_back(source_json(content.catalog, id));
  }
  std::string out;
  write(all, 0, out);
  return out + '\n';
}

}  // namespace kwhatif::report
