// What a document is made of: blocks for people (page.hpp), a tree of keys for machines, rows of fixed
// columns. Presenters fill it, renderers read it; nothing outside src/report includes this (and so
// nlohmann/json).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>
#include <kwhatif/report/page.hpp>
#include <kwhatif/report/table.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace kwhatif::report {

/// Keys stay in the order they are written.
using Json = nlohmann::ordered_json;

/// The content of a document. The parts are functions, so that only what is asked for is made.
struct Content {
  std::string name;  ///< of the schema: "estimate" for kwhatif/estimate/1
  const catalog::Catalog& catalog;
  std::vector<diag::Diagnostic> warnings = {};
  std::vector<diag::Diagnostic> notes = {};  ///< JSON's warnings hold them too; a page has its own words
  std::vector<std::string> sources = {};     ///< ids, in order; empty ones and repetitions are passed over
  std::function<Page()> page = {};
  std::function<Json()> body = {};   ///< the keys between the head and the foot of the envelope
  std::function<Table()> rows = {};  ///< the same columns whatever was asked
  Records records = Records::many;   ///< how many things the rows describe
  /// What stands for the rows as --plain, where their columns are not its keys.
  std::function<Table()> plain_rows = {};
  std::map<Form, Document::Refusal> refused = {};

  Content& refuse(Form form, std::string why, std::string instead) {
    refused.insert_or_assign(form, Document::Refusal{std::move(why), std::move(instead)});
    return *this;
  }
  Content& refuse_rows(const std::string& why, const std::string& instead) {
    return refuse(Form::csv, why, instead).refuse(Form::plain, why, instead);
  }
};

// The renderers, one file each (render_text.cpp, …).
std::string render_text(const Document& document, const Paper& paper);
std::string render_json(const Document& document, const Paper& paper);
std::string render_csv(const Document& document, const Paper& paper);
std::string render_plain(const Document& document, const Paper& paper);

}  // namespace kwhatif::report
