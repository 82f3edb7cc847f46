// Conditions: on results ("time<=30d and cost<=2M$") and on columns of tables ("kind=gpu and year>=2020").
#include "finite.hpp"
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/grid/sink.hpp>

#include <memory>

namespace kwhatif::fuzz {

void where(std::string_view input) {
  const auto source =
      std::make_shared<diag::SourceText>(diag::SourceText{"command line", std::string{input}});
  const diag::Span span{source, 1, 1, static_cast<int>(input.size())};
  try {
    for (const auto& limit : grid::read_limits({std::string{input}, span, "--where"})) {
      require_finite(limit.bound, "a bound");
      limit.holds(1.0);
      limit.holds(grid::absent);
    }
  } catch (const diag::Error& error) {
    diag::render(error.diagnostics());
  }
  for (const char* table : {"hardware", "region-years", "runs"}) {
    try {
      ask::list({.kind = run::Given{table, {}, {}}, .where = {{std::string{input}, span, "--where"}}},
                catalog::Catalog::builtin());
    } catch (const diag::Error& error) {
      diag::render(error.diagnostics());
    }
  }
}

}  // namespace kwhatif::fuzz
