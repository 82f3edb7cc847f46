// Every row of every table can be shown in every form.
#include "support/catch.hpp"
#include <kwhatif/report/listing.hpp>

namespace kwhatif::report {
namespace {

TEST_CASE("every row of every table is shown, with all its values, in every form") {
  const auto& catalog = catalog::Catalog::builtin();
  for (const auto& schema : catalog::schemas()) {
    for (const catalog::Row& row : catalog.rows(schema.kind)) {
      INFO(schema.plural << ' ' << row.id());
      const std::string text = show_text(catalog, row);
      CHECK(text.starts_with(row.id()));
      const Table table = show_table({row});
      CHECK(table.rows.size() == row.size());
      const std::string plain = show_plain({row});
      const std::string json = show_json(catalog, {row});
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string key{schema.fields[row[i].field()].key};
        CHECK(("\n" + plain).find('\n' + key + '\t') != std::string::npos);
        CHECK(json.find("\"key\": \"" + key + '"') != std::string::npos);
      }
    }
  }
}

TEST_CASE("an empty paragraph leaves its head on a line of its own") {
  CHECK(hanging("  key  ", "", 80, 7) == "  key  \n");
  CHECK(hanging("  key  ", " \n ", 80, 7) == "  key  \n");
  CHECK(hanging("  key  ", "a b", 80, 7) == "  key  a b\n");
  CHECK(hanging("  key  ", std::string(90, 'x') + " y", 40, 7) ==
        "  key  " + std::string(90, 'x') + "\n       y\n");
  CHECK(hanging("", "a b", 0, 30) == "a b\n");  // an indent beyond the width
}

}  // namespace
}  // namespace kwhatif::report
