// The words that schemas are written in, and the definitions that they share. Private to json_schema*.cpp.
#pragma once

#include "json_support.hpp"

#include <initializer_list>

namespace kwhatif::report::schema {

/// One key of an object.
struct Key {
  std::string name;
  Json value;
  bool always = true;
};
using Keys = std::vector<Key>;

Json text(const std::string& what);
/// @param unit  of the number: "kWh"; none for counts, shares and ratios
Json number(const std::string& what, std::string_view unit = {});
Json whole(const std::string& what);
Json yes_no(const std::string& what);
Json one_of(const std::string& what, std::initializer_list<std::string_view> words);
Json list(const std::string& what, Json of);
/// With these keys and no others.
Json object(const std::string& what, const Keys& keys);
/// With any keys, each of them `of`.
Json map(const std::string& what, Json of);
Json or_null(Json value);
/// A definition that several schemas share: results, intervals, scenario, warning …
Json shared(const std::string& name);
/// A key that is there only where it has something to say.
Key sometimes(std::string name, Json value);
Keys joined(Keys first, const Keys& second);

/// A document: its own keys in the envelope that all have.
/// @param name  "estimate" for kwhatif/estimate/1
Json document_of(std::string_view name, const std::string& what, const Keys& own);
/// The whole schema, with the definitions that it uses.
Json finished(const std::string& title, const Json& root);

// Models at equal quality, in compare and model (json_schema_quality.cpp).
Keys equivalence_keys();
Json equal_quality();
Json as_sized();

// What the verbs have of their own (json_schema_runs.cpp, json_schema_tables.cpp).
Json estimate();
Json explain();
Json compare();
Json sweep();
Json sweep_row();
Json plan();
Json levers();
Json methods();
Json sensitivity();
Json model();
Json model_comparison();
Json schedule();
Json heat_map();
Json reproduce();
Json backtest();
Json equiv();
Json list_of_rows();
Json show();
Json check();
Json import_of();
// serve and lifecycle (json_schema_serve.cpp)
Json serve();
Json lifecycle();
// what is handed in (json_schema_report.cpp)
Json report_of();

}  // namespace kwhatif::report::schema
