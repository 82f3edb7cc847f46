#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/serve/serving_constants.hpp>

#include <array>

namespace kwhatif::serve {

namespace {

std::optional<catalog::Row> row_of(const catalog::Catalog& tables, const std::string& name) {
  return tables.find(catalog::Kind::coefficient, "serve-" + name);
}

// The class of an engine, as its rows name it.
std::string_view prefix(Engine engine) {
  switch (engine) {
    case Engine::standard:
      return "";
    case Engine::tuned:
      return "tuned-";
    case Engine::eager:
      return "eager-";
  }
  return "";
}

struct Width {
  std::string_view precision;
  std::string_view row;
};
constexpr std::array widths{Width{"fp32", "bytes-32"}, Width{"tf32", "bytes-32"}, Width{"fp16", "bytes-16"},
                            Width{"bf16", "bytes-16"}, Width{"fp8", "bytes-8"},   Width{"int8", "bytes-8"},
                            Width{"mxfp4", "bytes-4"}, Width{"fp4", "bytes-4"},   Width{"int4", "bytes-4"}};

}  // namespace

Constant constant(const catalog::Catalog& tables, std::string_view name) {
  const auto row = row_of(tables, std::string{name});
  if (!row)
    diag::refuse("no-data",
                 "these tables (edition " + std::string{tables.edition()} +
                     ") do not know what serving takes: they have no coefficient 'serve-" +
                     std::string{name} + "'",
                 {}, "leave --data-only out");
  const auto cell = row->cell("value");
  Constant out{.value = row->needed_number("value"), .origin = cell->origin(catalog::Responsible::fallback)};
  if (cell->has_spread()) {
    out.low = cell->low();
    out.high = cell->high();
  }
  if (out.origin.note.empty()) out.origin.note = row->text("note");
  return out;
}

Constant engine_constant(const catalog::Catalog& tables, Engine engine, const std::string& name) {
  const std::string own = std::string{prefix(engine)} + name;
  return constant(tables, row_of(tables, own) ? own : name);
}

EngineConstants<double> engine_constants(const catalog::Catalog& tables, Engine engine) {
  const auto of = [&](const char* name) { return engine_constant(tables, engine, name).value; };
  return {.bandwidth_share = of("bandwidth-share"),
          .flop_share = of("flop-share"),
          .layer_time = quantity::WallTime<>::from_coherent(of("layer-time")),
          .request_time = TimePerRequest<>::from_coherent(of("request-time")),
          .static_share = of("static-share"),
          .power_slope = of("power-slope")};
}

std::optional<Constant> width_of(const catalog::Catalog& tables, std::string_view precision) {
  for (const Width& width : widths) {
    if (width.precision == precision) return constant(tables, width.row);
  }
  return std::nullopt;
}

std::optional<BytesPerParameter<>> bytes_of(const catalog::Catalog& tables, std::string_view precision) {
  const auto width = width_of(tables, precision);
  return width ? std::optional{BytesPerParameter<>::from_coherent(width->value)} : std::nullopt;
}

}  // namespace kwhatif::serve
