// An axis: "tokens=1e11:1e13:log50", "hardware=kind:gpu". Every value has a text, and a number that is
// finite.
#include "finite.hpp"
#include <kwhatif/grid/axis.hpp>

#include <algorithm>
#include <memory>

namespace kwhatif::fuzz {

void axis(std::string_view input) {
  const auto source =
      std::make_shared<diag::SourceText>(diag::SourceText{"command line", std::string{input}});
  const diag::Span span{source, 1, 1, static_cast<int>(input.size())};
  try {
    const auto axis = grid::read_axis({std::string{input}, span, "--axis"}, catalog::Catalog::builtin());
    if (axis.size() == 0) broken("an axis without values");
    if (axis.size() > grid::axis_limit) broken("an axis of more values than are allowed");
    for (const double x : axis.numbers) require_finite(x, "a value");
    for (std::size_t i = 0; i < std::min<std::size_t>(axis.size(), 50); ++i) {
      if (axis.text(i).empty()) broken("a value without a text");
      axis.shown(i);
      if (axis.numeric()) require_finite(axis.machine(i), "a value for machines");
    }
    if (axis.column().empty()) broken("a column without a name");
  } catch (const diag::Error& error) {
    diag::render(error.diagnostics());
  }
}

}  // namespace kwhatif::fuzz
