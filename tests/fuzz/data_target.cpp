// A table file as --data and `check` read it, beside a table of sources that it may name.
#include "catalog/loader.hpp"
#include "finite.hpp"
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/present.hpp>

#include <filesystem>
#include <fstream>

namespace kwhatif::fuzz {

namespace {

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

void data(std::string_view input) {
  const std::string folder = own_folder() + "/tables";
  if (std::filesystem::create_directory(folder)) {
    write(folder + "/own-sources.toml",
          "schema = \"source/1\"\n[[source]]\nid = \"own\"\ntitle = \"Own\"\nyear = 2026\nurl = "
          "\"https://example.org\"\n");
  }
  write(folder + "/table.toml", input);
  // Without the built-in tables, which take longer to copy than to read a thousand small files.
  catalog::Loader loader(catalog::Loader::Purpose::whole);
  loader.add(folder);
  loader.validate();
  diag::render(loader.diagnostics());
  for (const auto& d : loader.diagnostics()) {
    if (d.code.empty() || d.message.empty()) broken("a fault without code or words");
  }
  if (!loader.diagnostics().empty()) return;
  const auto catalog = catalog::Catalog::load(folder);
  for (std::size_t k = 0; k < catalog::kind_count; ++k) {
    for (const auto& row : catalog.rows(static_cast<catalog::Kind>(k))) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].numeric()) require_finite(row[i].value(), row[i].text());
      }
      const ask::Shown shown{.rows = {row}, .belonging = {}, .warnings = {}};
      report::render(report::present(shown, catalog), report::Form::text);
    }
  }
}

}  // namespace kwhatif::fuzz
