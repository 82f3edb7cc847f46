// The table [report] of a run file.
#include "stage_support.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/report_keys.hpp>

#include <algorithm>

namespace kwhatif::run {

void read_report(Scenario& run, const document::Entry& entry, std::vector<diag::Diagnostic>& faults) {
  using Type = document::Value::Type;
  const auto key = std::ranges::find(report_keys, entry.key, &ReportKey::name);
  const std::string named = "report." + entry.key;
  if (key == report_keys.end()) {
    std::vector<std::string_view> all;
    for (const ReportKey& k : report_keys) all.push_back(k.name);
    std::string near = diag::did_you_mean(entry.key, all);
    faults.push_back({.code = "unknown-key",
                      .message = "no key '" + named + "' in a run file",
                      .where = entry.key_span,
                      .help = near.empty() ? "keys of [report]: " + diag::listed(all) : std::move(near)});
    return;
  }
  const document::Value& value = entry.value;
  const bool text = value.type == Type::text;
  const bool number = value.type == Type::integer || value.type == Type::real;
  const bool fits = key->value.empty()                ? value.type == Type::boolean
                    : key->name == "synthetic_tokens" ? text || number
                    : key->name == "date"             ? text || value.type == Type::other
                                                      : text;
  if (!fits) {
    faults.push_back({.code = "wrong-type",
                      .message = named + " cannot be " + std::string{document::type_name(value.type)},
                      .where = value.span,
                      .help = key->value.empty() ? "write true or false" : "write a text in quotes"});
    return;
  }
  if (value.type == Type::boolean && value.integer == 0) return;
  run.report.insert_or_assign(entry.key, Given{value.text, value.span, named});
}

}  // namespace kwhatif::run
