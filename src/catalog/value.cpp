// Loader's reading of one value: what its field says it must be, and what it can sensibly be.
#include "loader.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <array>
#include <cmath>

namespace kwhatif::catalog {

using document::Value;
using Type = document::Value::Type;

namespace {

// What a table value can sensibly be; catches slips such as GFLOP/s in a TFLOP/s column.
struct Range {
  std::string_view key;
  double low;
  double high;
  std::string_view words;
};
constexpr std::array plausible{
    Range{"pue", 1.0, 3.0, "a PUE between 1 and 3"},
    Range{"carbon_intensity", 0, 2.5e-6, "0 to 9,000 g/kWh"},
    Range{"tdp", 0.5, 30000, "0.5 W to 30 kW"},
    Range{"average_power", 0.5, 30000, "0.5 W to 30 kW"},
    Range{"mfu", 0, 1, "a utilisation between 0 and 1"},
    Range{"hfu", 0, 1, "a utilisation between 0 and 1"},
    Range{"carbon_free_share", 0, 1, "a share between 0 and 1"},
    Range{"losses", 0, 0.9, "a share between 0 and 90 %"},
    Range{"peak_fp64", 1e8, 1e18, "between 0.1 GFLOP/s and 1 EFLOP/s"},
    Range{"peak_fp32", 1e8, 1e18, "between 0.1 GFLOP/s and 1 EFLOP/s"},
    Range{"peak_tf32", 1e9, 1e18, "between 1 GFLOP/s and 1 EFLOP/s"},
    Range{"peak_fp16", 1e9, 1e18, "between 1 GFLOP/s and 1 EFLOP/s"},
    Range{"peak_bf16", 1e9, 1e18, "between 1 GFLOP/s and 1 EFLOP/s"},
    Range{"peak_fp8", 1e9, 1e18, "between 1 GFLOP/s and 1 EFLOP/s"},
    Range{"year", 1950, 2035, "a year between 1950 and 2035"},
    Range{"devices", 1, 1e6, "one device or more"},
    Range{"chips", 1, 1e8, "one device or more"},
    Range{"nodes", 1, 1e8, "one node or more"},
    Range{"cores", 1, 1e6, "one core or more"},
    Range{"cpu_count", 1, 1e4, "one processor or more"},
};

}  // namespace

void Loader::interpret(CellDraft& cell, const Field& field, const Value& value, const std::string& folder,
                       std::string_view default_unit) {
  const auto wrong = [&](std::string_view wanted) {
    fault("wrong-type",
          std::string{field.key} + " must be " + std::string{wanted} + ", not " +
              std::string{document::type_name(value.type)},
          value.span);
  };
  cell.text = value.text;
  if (cell.text.find('\0') != std::string::npos) {
    fault("bad-text", "a text may not hold a zero byte", value.span);
    cell.text.clear();
    return;
  }
  switch (field.type) {
    case FieldType::text:
    case FieldType::texts:
    case FieldType::known:
      if (value.type != Type::text && value.type != Type::other) wrong("a text");
      return;
    case FieldType::reference:
      if (value.type != Type::text) wrong("the id of a " + std::string{field.detail});
      return;
    case FieldType::choice:
      if (value.type != Type::text) {
        wrong("a word");
      } else if (!diag::is_part(field.detail, value.text)) {
        const auto options = diag::parts(field.detail);
        std::string help = diag::did_you_mean(value.text, options);
        help += (help.empty() ? "one of: " : " one of: ") + diag::listed(options);
        fault("unknown-word", std::string{field.key} + " cannot be '" + value.text + "'", value.span, help);
      }
      return;
    case FieldType::integer: {
      cell.numeric = true;
      if (value.type == Type::integer) {
        cell.value = static_cast<double>(value.integer);
      } else if (value.type == Type::text) {
        const auto parsed =
            quantity::parse(value.text, {.dimension = quantity::dim::one, .bare_number = true});
        if (!parsed.ok || parsed.value.coherent != std::floor(parsed.value.coherent)) {
          wrong("a whole number");
          return;
        }
        cell.value = parsed.value.coherent;
      } else {
        wrong("a whole number");
        return;
      }
      // beyond, neighbouring whole numbers are one
      constexpr double largest = 9007199254740992;  // 2^53
      if (std::fabs(cell.value) > largest)
        fault("out-of-range", std::string{field.key} + " = " + value.text + " is out of range", value.span,
              "allowed: up to 2^53, 9007199254740992");
      break;
    }
    case FieldType::file: {
      if (value.type != Type::text) {
        wrong("the path of a file beside this table");
        return;
      }
      read_content(cell, value, folder);
      return;
    }
    case FieldType::list:
      return;
    case FieldType::any: {
      if (value.type != Type::text && value.type != Type::integer && value.type != Type::real) {
        wrong("a text or a quantity");
        return;
      }
      const auto parsed = quantity::parse(value.text, {.any = true});
      cell.numeric = parsed.ok;
      if (parsed.ok) {
        cell.value = parsed.value.coherent;
        cell.half_step = parsed.value.half_step;
      }
      return;
    }
    case FieldType::quantity: {
      if (value.type == Type::table || value.type == Type::array || value.type == Type::boolean) {
        wrong(quantity::describe(field.dimension));
        return;
      }
      const bool bare = quantity::may_be_bare(field.dimension);
      if ((value.type == Type::integer || value.type == Type::real) && !bare && default_unit.empty()) {
        fault("missing-unit",
              std::string{field.key} + " has no unit; " + quantity::describe(field.dimension) + " is needed",
              value.span,
              "write it in quotes with its unit; " +
                  quantity::parse(value.text, {.dimension = field.dimension}).fault.help);
        return;
      }
      std::string text = value.text;
      if (!default_unit.empty()) text += ' ' + std::string{default_unit};
      const auto parsed = quantity::parse(text, {.dimension = field.dimension, .bare_number = bare});
      if (!parsed.ok) {
        fault(parsed.fault.code, std::string{field.key} + ": " + parsed.fault.message, value.span,
              parsed.fault.help);
        return;
      }
      cell.text = text;
      cell.numeric = true;
      cell.value = parsed.value.coherent;
      cell.half_step = parsed.value.half_step;
      if (cell.value < 0 && field.key != "latitude" && field.key != "longitude")
        fault("out-of-range", std::string{field.key} + " cannot be negative", value.span);
      break;
    }
  }
  const std::string_view key = field.key.substr(field.key.find_last_of('.') + 1);  // "inputs.pue" is a pue
  for (const Range& range : plausible) {
    if (range.key == key && (cell.value < range.low || cell.value > range.high))
      fault("out-of-range", std::string{field.key} + " = " + cell.text + " is not plausible", value.span,
            "expected " + std::string{range.words});
  }
}

}  // namespace kwhatif::catalog
