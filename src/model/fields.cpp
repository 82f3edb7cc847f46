#include "fields.hpp"

#include <algorithm>
#include <cmath>

namespace kwhatif::model {
namespace {

// No published width, vocabulary, layer or expert count exceeds 10^7; the bound leaves a factor of 100 and
// keeps a slip (bytes for tokens, a price for a width) from passing as an architecture.
constexpr std::uint64_t largest_field = 1'000'000'000;

constexpr std::size_t most_errors = 20;

}  // namespace

std::string Fields::full_name(std::string_view field) const {
  return path_.empty() ? std::string(field) : path_ + '.' + std::string(field);
}

diag::Span Fields::where(std::string_view field) const {
  for (const JsonValue& member : object_->members) {
    if (member.key == field) return span_at(source_, member.offset, member.length);
  }
  return {source_, 0, 0, 0};
}

void Fields::error(std::string_view field, std::string_view code, std::string message, std::string help) {
  if (log().errors.size() >= most_errors) return;
  log().errors.push_back({.code = std::string(code),
                          .message = std::move(message),
                          .where = where(field),
                          .help = std::move(help)});
}

void Fields::warn(std::string_view field, std::string code, std::string message, std::string help) {
  log().remarks.push_back({.code = std::move(code),
                           .message = std::move(message),
                           .where = where(field),
                           .help = std::move(help),
                           .severity = diag::Severity::warning});
}

void Fields::note(std::string_view field, std::string code, std::string message) {
  log().remarks.push_back({.code = std::move(code),
                           .message = std::move(message),
                           .where = where(field),
                           .severity = diag::Severity::note});
}

void Fields::check() const {
  if (has_errors()) throw ConfigError(log().errors);
}

const JsonValue* Fields::find(std::string_view name) {
  used_.emplace(name);
  for (const JsonValue* object : {object_, outer_}) {
    if (object == nullptr) continue;
    for (const JsonValue& member : object->members) {
      if (member.key == name && member.kind != JsonValue::Kind::null) return &member;
    }
  }
  return nullptr;
}

bool Fields::says_null(std::string_view name) const {
  return std::ranges::any_of(object_->members, [&](const JsonValue& member) {
    return member.key == name && member.kind == JsonValue::Kind::null;
  });
}

std::optional<Fields> Fields::object(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind != JsonValue::Kind::object) {
    error(name, "config-bad-value",
          full_name(name) + " must be an object, found " + std::string(kind_name(value->kind)));
    return std::nullopt;
  }
  Fields nested(*value, source_, full_name(name));
  nested.parent_ = this;
  return nested;
}

std::optional<Count> Fields::whole(std::string_view name, const JsonValue& value, std::uint64_t least) {
  std::uint64_t found = value.magnitude;
  const std::string shown = full_name(name);
  if (value.kind == JsonValue::Kind::number && std::floor(value.number) == value.number &&
      value.number >= 0 && value.number <= static_cast<double>(largest_field)) {
    found = static_cast<std::uint64_t>(value.number);  // 4096.0 is a whole number
  } else if (value.kind == JsonValue::Kind::number && value.number > static_cast<double>(largest_field)) {
    found = largest_field + 1;
  } else if (value.kind != JsonValue::Kind::integer) {
    const bool negative = value.kind == JsonValue::Kind::number && value.number < 0;
    error(name, "config-bad-value",
          shown + " must be a whole number, found " +
              (negative ? std::string("a negative number") : std::string(kind_name(value.kind))));
    return std::nullopt;
  }
  if (value.negative && found > 0) {
    error(name, "config-bad-value", shown + " must not be negative");
    return std::nullopt;
  }
  if (found < least) {
    error(name, "config-bad-value", shown + " must be at least " + std::to_string(least));
    return std::nullopt;
  }
  if (found > largest_field) {
    error(name, "config-bad-value", shown + " is larger than any network has (limit 10^9)");
    return std::nullopt;
  }
  return Count{found};
}

std::optional<Count> Fields::first_count(Names names) {
  decides_nothing(names);
  for (const std::string_view name : names) {
    if (const JsonValue* value = find(name)) return whole(name, *value, 1).value_or(1);
  }
  for (const SizeDefault& fallback : defaults_) {
    if (std::ranges::find(names, fallback.field) == names.end()) continue;
    note(fallback.field, "config-default-size",
         full_name(fallback.field) + " is not given: " + std::to_string(fallback.value) +
             ", the default of this model_type in transformers, is taken");
    return Count{fallback.value};
  }
  return std::nullopt;
}

std::optional<Count> Fields::maybe_count(Names names) {
  const std::optional<Count> value = first_count(names);
  if (!value || names.size() == 1) return value;
  for (const std::string_view name : names) {
    if (find(name) == nullptr) continue;
    warn_of_another_value(names, name, *value);
    break;
  }
  return value;
}

void Fields::warn_of_another_value(Names names, std::string_view taken, Count value) {
  for (const JsonValue& member : object_->members) {
    const bool is_other = member.key != taken && std::ranges::find(names, member.key) != names.end();
    if (!is_other || member.kind != JsonValue::Kind::integer || member.magnitude == value.value()) continue;
    warn(member.key, "config-two-values",
         full_name(taken) + " = " + value.text() + " is taken; " + full_name(member.key) + " = " +
             std::to_string(member.magnitude) + " would say the same and differs",
         "leave out the one that the model does not go by");
  }
}

Count Fields::count(Names names) {
  if (const auto value = maybe_count(names)) return *value;
  std::string others;
  for (const std::string_view name : names) {
    if (std::string_view(name) != *names.begin())
      others += (others.empty() ? "also read: " : ", ") + std::string(name);
  }
  error(*names.begin(), "config-missing-field", "the field '" + full_name(*names.begin()) + "' is missing",
        others);
  return 1;
}

Count Fields::count_or_zero(Names names, Count fallback) {
  decides_nothing(names);
  for (const std::string_view name : names) {
    const JsonValue* value = find(name);
    if (value == nullptr) continue;
    const Count found = whole(name, *value, 0).value_or(fallback);
    warn_of_another_value(names, name, found);
    return found;
  }
  return fallback;
}

std::vector<Count> Fields::counts(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return {};
  if (value->kind != JsonValue::Kind::array) return {whole(name, *value, 0).value_or(1)};
  std::vector<Count> result;
  for (const JsonValue& item : value->items) result.push_back(whole(name, item, 0).value_or(1));
  return result;
}

std::optional<bool> Fields::maybe_flag(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind == JsonValue::Kind::boolean) return value->boolean;
  error(name, "config-bad-value",
        full_name(name) + " must be true or false, found " + std::string(kind_name(value->kind)));
  return std::nullopt;
}

bool Fields::flag(std::string_view name, bool fallback) { return maybe_flag(name).value_or(fallback); }

double Fields::number(std::string_view name, double fallback) {
  const JsonValue* value = find(name);
  if (value == nullptr) return fallback;
  double found = -1;
  if (value->kind == JsonValue::Kind::number) found = value->number;
  if (value->kind == JsonValue::Kind::integer && !value->negative)
    found = static_cast<double>(value->magnitude);
  constexpr double least = 1e-9;  // ratios of widths, first values of scales
  if (found >= least && found <= static_cast<double>(largest_field)) return found;
  error(name, "config-bad-value", full_name(name) + " must be a number from 1e-9 to 10^9");
  return fallback;
}

std::string Fields::text(std::string_view name, std::string_view fallback) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::string(fallback);
  if (value->kind == JsonValue::Kind::text) return value->text;
  error(name, "config-bad-value",
        full_name(name) + " must be text, found " + std::string(kind_name(value->kind)));
  return std::string(fallback);
}

std::vector<std::string> Fields::texts(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return {};
  std::vector<std::string> result;
  bool good = value->kind == JsonValue::Kind::array;
  for (const JsonValue& item : value->items) {
    good = good && item.kind == JsonValue::Kind::text;
    result.push_back(item.text);
  }
  if (!good) {
    error(name, "config-bad-value", full_name(name) + " must be a list of texts");
    return {};
  }
  return result;
}

std::vector<const JsonValue*> Fields::unread() const {
  std::vector<const JsonValue*> found;
  for (const JsonValue& member : object_->members) {
    if (!used_.contains(member.key) && member.kind != JsonValue::Kind::null) found.push_back(&member);
  }
  return found;
}

}  // namespace kwhatif::model
