#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/predict/constants.hpp>

#include <string>

namespace kwhatif::predict {

namespace {

template <class Fields, class Into>
void read(const catalog::Catalog& catalog, std::string_view prefix, const Fields& fields, Into& into) {
  for (const auto& field : fields) {
    const std::string id = std::string{prefix} + '-' + std::string{field.name};
    auto row = catalog.find(catalog::Kind::coefficient, id);
    // an edition from before pilots were read: what a measurement is worth, it cannot say
    if (!row && id == "spread-pilot") row = catalog::Catalog::builtin().find(catalog::Kind::coefficient, id);
    if (!row) throw diag::InternalError("the tables have no coefficient '" + id + "'");
    into.*field.member = row->needed_number("value");
  }
}

}  // namespace

Constants constants(const catalog::Catalog& catalog) {
  Constants out;
  read(catalog, "time", coefficient_fields<double>, out.times);
  read(catalog, "usual", usual_fields, out.usual);
  read(catalog, "draw", draw_fields, out.draw);
  read(catalog, "spread", spread_fields, out.spread);
  return out;
}

}  // namespace kwhatif::predict
