// equiv: what an amount corresponds to, for people and machines.
#include "json_support.hpp"
#include "pages.hpp"
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::Equivalent;

namespace {

constexpr double metres_per_mile = 1609.344;

// Three significant digits, for a sentence: "704,000", "5.14 million", "94.5".
std::string rounded(double count) {
  constexpr double spelled_out = 1000;
  if (count < spelled_out) return quantity::significant(count);
  const double step = std::pow(10, std::floor(std::log10(count)) - 2);
  return in_words(std::round(count / step) * step);
}

std::string count_words(const Equivalent& e) {
  if (e.distance) return rounded(e.count / 1000) + " km = " + rounded(e.count / metres_per_mile) + " miles";
  return rounded(e.count) + ' ' + e.counted + (e.counted == "hours" ? "" : "s");
}

std::string edition_words(const catalog::Row& row) {
  std::string out{row.text("edition")};
  if (out.empty()) {
    out = row.text("geography");
    if (!row.text("year").empty()) out += (out.empty() ? "" : " ") + std::string{row.text("year")};
  }
  return out;
}

std::string origin_words(const catalog::Row& row) {
  const auto standing = row.standing();
  return std::string{row.text("value")} + ", " + edition_words(row) + " [" + std::string{row.source()} +
         (standing == catalog::Standing::verified ? "" : "; " + std::string{catalog::name(standing)}) + ']';
}

bool is_mass(const ask::Equivalents& a) { return a.dimension == quantity::dim::co2e; }

std::vector<std::string> sources_of(const ask::Equivalents& a) {
  std::vector<std::string> out;
  for (const Equivalent& e : a.list) {
    const std::string id{e.row.source()};
    if (std::ranges::find(out, id) == out.end()) out.push_back(id);
  }
  return out;
}

Page equivalents_page(const ask::Equivalents& a, const catalog::Catalog& tables) {
  Page page;
  page.heading(quantity::human(a.amount, a.dimension) + (is_mass(a) ? " CO2e" : " of electricity") +
               " corresponds to");
  Table table{heads({">", ""}), {}};
  for (const Equivalent& e : a.list)
    table.rows.push_back(
        {count_words(e), std::string{e.row.text("name")} + " (" + origin_words(e.row) + ')'});
  return page.table(std::move(table), 2).append(sources_page(sources_of(a), tables));
}

Json equivalents_json(const ask::Equivalents& a) {
  Json out;
  out["amount"] = is_mass(a) ? a.amount : quantity::to_unit(a.amount, "kWh");
  out["unit"] = is_mass(a) ? "kg" : "kWh";
  out["equivalents"] = Json::array();
  for (const Equivalent& e : a.list) {
    Json row{{"id", e.row.id()}, {"name", e.row.text("name")}, {"group", e.row.text("group")}};
    if (e.distance) {
      row["km"] = e.count / 1000;
      row["miles"] = e.count / metres_per_mile;
    } else {
      row["count"] = e.count;
      row["unit"] = e.counted;
    }
    row["value_of_one"] = e.row.text("value");
    row["edition"] = e.row.text("edition");
    row["source"] = e.row.source();
    row["at"] = e.row.at();
    row["standing"] = catalog::name(e.row.standing());
    out["equivalents"].push_back(std::move(row));
  }
  return out;
}

Table equivalents_rows(const ask::Equivalents& a) {
  Table table{heads({"id", "name", "count", "unit", "value_of_one", "edition", "source"}), {}};
  for (const Equivalent& e : a.list)
    table.rows.push_back({std::string{e.row.id()}, std::string{e.row.text("name")},
                          quantity::shortest(e.distance ? e.count / 1000 : e.count),
                          e.distance ? "km" : e.counted, std::string{e.row.text("value")},
                          edition_words(e.row), std::string{e.row.source()}});
  return table;
}

}  // namespace

Document present(const ask::Equivalents& answer, const catalog::Catalog& tables) {
  Content content{.name = "equiv", .catalog = tables, .sources = sources_of(answer)};
  content.page = [&answer, &tables] { return equivalents_page(answer, tables); };
  content.body = [&answer] { return equivalents_json(answer); };
  content.rows = [&answer] { return equivalents_rows(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
