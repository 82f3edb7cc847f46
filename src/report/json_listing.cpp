#include "json_support.hpp"
#include <kwhatif/report/listing.hpp>

namespace kwhatif::report {

using catalog::Cell;
using catalog::Row;

namespace {

Json cell_json(const Row& row, const Cell& cell) {
  const auto& field = catalog::schema(row.kind()).fields[cell.field()];
  if (field.type == catalog::FieldType::integer) return static_cast<long long>(cell.value());
  if (field.type == catalog::FieldType::file) {
    Json content = Json::parse(cell.text(), nullptr, false);
    return content.is_discarded() ? Json(cell.text()) : content;  // a config, or a trace in CSV
  }
  return cell.text();
}

Json row_json(const Row& row, const std::vector<std::size_t>& columns) {
  const auto& schema = catalog::schema(row.kind());
  Json out;
  for (const std::size_t c : columns) {
    const auto& field = schema.fields[c];
    if (field.key == "id") {
      out["id"] = row.id();
      continue;
    }
    const auto cells = row.cells(field.key);
    Json& target = out[std::string{field.key}];
    if (field.type == catalog::FieldType::texts) {
      target = Json::array();
      for (const Cell& cell : cells) target.push_back(cell.text());
    } else {
      target = cells.empty() ? Json(nullptr) : cell_json(row, cells.front());
    }
  }
  return out;
}

Json full_json(const Row& row) {
  const auto& schema = catalog::schema(row.kind());
  Json out;
  out["id"] = row.id();
  out["values"] = Json::array();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell cell = row[i];
    Json value;
    value["key"] = schema.fields[cell.field()].key;
    value["value"] = cell_json(row, cell);
    value["source"] = cell.source().empty() ? Json(nullptr) : Json(cell.source());
    value["at"] = cell.at();
    value["status"] = catalog::name(cell.standing());
    if (!cell.date().empty()) value["date"] = cell.date();
    if (!cell.note().empty()) value["note"] = cell.note();
    out["values"].push_back(std::move(value));
  }
  out["defined_in"] = std::string{row.file()} + ':' + std::to_string(row.line());
  return out;
}

}  // namespace

std::string listing_json(const Listing& listing, const catalog::Catalog& catalog) {
  Json out;
  out["kind"] = catalog::schema(listing.kind).plural;
  out["rows"] = Json::array();
  std::vector<std::string> sources;
  for (const Row& row : listing.rows) {
    out["rows"].push_back(row_json(row, listing.columns));
    for (const std::size_t c : listing.columns) {
      for (const Cell& cell : row.cells(catalog::schema(row.kind()).fields[c].key))
        sources.emplace_back(cell.source());
    }
  }
  return document("list", out, {}, sources, catalog);
}

std::string kinds_json(const catalog::Catalog& catalog) {
  Json out;
  out["kinds"] = Json::array();
  for (const auto& schema : catalog::schemas())
    out["kinds"].push_back(
        {{"kind", schema.plural}, {"rows", catalog.size(schema.kind)}, {"what", schema.title}});
  return document("list", out, {}, {}, catalog);
}

std::string show_json(const catalog::Catalog& catalog, const std::vector<Row>& shown) {
  const Row& row = shown.front();
  Json out;
  out["kind"] = catalog::schema(row.kind()).name;
  out.update(full_json(row));
  const auto rows = belonging(catalog, row);
  if (!rows.empty()) {
    out["rows"] = Json::array();
    for (const Row& r : rows) out["rows"].push_back(full_json(r));
  }
  for (std::size_t i = 1; i < shown.size(); ++i) out["others"].push_back(full_json(shown[i]));
  std::vector<std::string> sources;
  for (const Row& r : rows) sources.emplace_back(r.source());
  for (const Row& other : shown) {
    for (std::size_t c = 0; c < other.size(); ++c) sources.emplace_back(other[c].source());
  }
  return document("show", out, {}, sources, catalog);
}

}  // namespace kwhatif::report
