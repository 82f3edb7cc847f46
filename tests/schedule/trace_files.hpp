// Hourly files of tests, and what becomes of them.
#pragma once

#include "support/catch.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/schedule/trace.hpp>

#include <functional>
#include <memory>
#include <numeric>
#include <string>

namespace kwhatif::test_traces {

using schedule::Trace;
using schedule::TraceChoice;

inline std::shared_ptr<const diag::SourceText> text(std::string content) {
  auto out = std::make_shared<diag::SourceText>();
  out->name = "trace.csv";
  out->text = std::move(content);
  return out;
}

inline TraceChoice choice(const char* column, const char* unit) {
  TraceChoice out;
  if (column != nullptr) out.column = run::Given{column, {}, "--trace-column"};
  if (unit != nullptr) out.unit = run::Given{unit, {}, "--trace-unit"};
  return out;
}

inline Trace read(const std::string& content, const char* column = nullptr, const char* unit = nullptr) {
  return schedule::read_trace(text(content), choice(column, unit));
}

// "code:line" of a refusal, which always has a way on; "none" where the text is read.
inline std::string refusal(const std::string& content, const char* column = nullptr,
                           const char* unit = nullptr) {
  try {
    read(content, column, unit);
  } catch (const diag::UsageError& error) {
    const auto& d = error.diagnostics().front();
    CHECK(!d.help.empty());
    return d.code + ':' + std::to_string(d.where.line);
  }
  return "none";
}

inline std::string help_of(const std::string& content) {
  try {
    read(content);
  } catch (const diag::UsageError& error) {
    return error.diagnostics().front().message + " | " + error.diagnostics().front().help;
  }
  return "none";
}

inline double grams(double coherent) { return quantity::to_unit(coherent, "g/kWh"); }

inline double mean(const Trace& trace) {
  return grams(std::accumulate(trace.intensity.begin(), trace.intensity.end(), 0.0) /
               static_cast<double>(trace.hours()));
}

inline std::string first(const Trace& trace) { return schedule::stamp(trace.first_hour); }

inline std::string two(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

// A header and lines for the hours 0, 1, … of 1 January 2023 and the days after; the value of hour h is 100 +
// h.
inline std::string lines(
    const std::string& header, int hours,
    const std::function<std::string(int day, int hour, const std::string& value)>& line) {
  std::string out = header + '\n';
  for (int h = 0; h < hours; ++h) out += line(1 + h / 24, h % 24, std::to_string(100 + h)) + '\n';
  return out;
}

inline std::string iso(int day, int hour) { return "2023-01-" + two(day) + 'T' + two(hour) + ":00Z"; }

// Two columns, the second under this head.
inline std::string under(const std::string& head) {
  return lines("time," + head, 4, [](int d, int h, const std::string& v) { return iso(d, h) + ',' + v; });
}

}  // namespace kwhatif::test_traces
