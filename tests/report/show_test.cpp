// Every row of every table can be shown in every form, and every table fits the paper.
#include "support/catch.hpp"
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>

namespace kwhatif::report {
namespace {

TEST_CASE("every row of every table is shown, with all its values, in every form") {
  const auto& catalog = catalog::Catalog::builtin();
  for (const auto& schema : catalog::schemas()) {
    for (const catalog::Row& row : catalog.rows(schema.kind)) {
      INFO(schema.plural << ' ' << row.id());
      const ask::Shown shown{.rows = {row}, .belonging = {}, .warnings = {}};
      const Document document = present(shown, catalog);
      CHECK(render(document, Form::text).starts_with(row.id()));
      const std::string csv = render(document, Form::csv);
      const std::string plain = '\n' + render(document, Form::plain);
      const std::string json = render(document, Form::json);
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string key{schema.fields[row[i].field()].key};
        CHECK(csv.find('\n' + key + ',') != std::string::npos);
        CHECK(plain.find('\n' + key + '\t') != std::string::npos);
        CHECK(json.find("\"key\": \"" + key + '"') != std::string::npos);
      }
    }
  }
}

// Words that are longer than a line (links, names of files) stand alone; nothing else is longer than the
// paper.
TEST_CASE("tables fit the paper but for words that are longer than it, and nothing is cut") {
  const auto& catalog = catalog::Catalog::builtin();
  for (const std::size_t columns : {Paper::narrowest, Paper::usual, Paper::widest}) {
    for (const auto& schema : catalog::schemas()) {
      const ask::Listing listing =
          ask::list({.kind = run::Given{std::string{schema.plural}, {}, {}}}, catalog);
      const std::string text = render(present(listing, catalog), Form::text, {.width = columns});
      CHECK(text.find("…") == std::string::npos);
      for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        const std::string line = text.substr(at, text.find('\n', at) - at);
        INFO(schema.plural << " on " << columns << " columns: " << line);
        const bool one_word = line.find_first_not_of(' ') > line.rfind(' ');
        CHECK((width(line) <= columns || one_word));
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
