#include <kwhatif/document/toml.hpp>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <toml++/toml.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace kwhatif::document {

namespace {

using Source = std::shared_ptr<const diag::SourceText>;

diag::Span span_of(const toml::source_region& region, const Source& source) {
  diag::Span span{source, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column), 1};
  if (region.end.line == region.begin.line && region.end.column > region.begin.column) {
    span.length = static_cast<int>(region.end.column - region.begin.column);
  }
  return span;
}

Value convert(const toml::node& node, const Source& source);

Value convert_table(const toml::table& table, const Source& source) {
  Value out;
  out.type = Value::Type::table;
  out.span = span_of(table.source(), source);
  for (const auto& [key, child] : table) {
    Entry entry;
    entry.key = key.str();
    entry.key_span = span_of(key.source(), source);
    entry.value = convert(child, source);
    out.entries.push_back(std::move(entry));
  }
  std::stable_sort(out.entries.begin(), out.entries.end(), [](const Entry& a, const Entry& b) {
    if (a.key_span.line != b.key_span.line) return a.key_span.line < b.key_span.line;
    return a.key_span.column < b.key_span.column;
  });
  return out;
}

Value convert(const toml::node& node, const Source& source) {
  if (const auto* table = node.as_table()) return convert_table(*table, source);
  Value out;
  out.span = span_of(node.source(), source);
  if (const auto* array = node.as_array()) {
    out.type = Value::Type::array;
    for (const auto& child : *array) out.items.push_back(convert(child, source));
  } else if (const auto* text = node.as_string()) {
    out.type = Value::Type::text;
    out.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    out.type = Value::Type::integer;
    out.integer = integer->get();
    out.text = std::to_string(out.integer);
  } else if (const auto* boolean = node.as_boolean()) {
    out.type = Value::Type::boolean;
    out.integer = boolean->get() ? 1 : 0;
    out.text = boolean->get() ? "true" : "false";
  } else if (const auto* real = node.as_floating_point()) {
    out.type = Value::Type::real;
    // the digits as written, so that 0.10 keeps its two decimals
    const std::string_view line = source->line(out.span.line);
    out.text = std::to_string(real->get());
    std::size_t byte = 0;
    for (int column = 1; byte < line.size() && column < out.span.column; ++byte) {
      if ((static_cast<unsigned char>(line[byte]) & 0xC0U) != 0x80U) ++column;
    }
    std::size_t end = byte;
    while (end < line.size() && std::strchr("+-.0123456789eE_infa", line[end]) != nullptr) ++end;
    if (end > byte) out.text = std::string{line.substr(byte, end - byte)};
  } else {
    std::ostringstream printed;
    if (const auto* date = node.as_date()) printed << *date;
    out.text = printed.str();
  }
  return out;
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string_view type_name(Value::Type type) {
  switch (type) {
    case Value::Type::table:
      return "a table";
    case Value::Type::array:
      return "an array";
    case Value::Type::text:
      return "a text";
    case Value::Type::integer:
      return "an integer";
    case Value::Type::real:
      return "a number";
    case Value::Type::boolean:
      return "true or false";
    case Value::Type::other:
      return "a date or time";
  }
  return "a value";
}

Value parse_toml(std::shared_ptr<const diag::SourceText> source) {
  constexpr std::size_t largest = 32U << 20U;
  if (source->text.size() > largest) {
    throw diag::Error({.code = "too-large",
                       .message = "the text is larger than 32 MiB, no table or run file",
                       .where = {source, 0, 0, 0}});
  }
  try {
    const toml::table table = toml::parse(std::string_view{source->text}, std::string_view{source->name});
    return convert_table(table, source);
  } catch (const toml::parse_error& error) {
    std::string message{error.description()};
    if (message.starts_with("Error while parsing ")) message = "while parsing " + message.substr(20);
    while (!message.empty() && (message.back() == '.' || message.back() == ' ')) message.pop_back();
    diag::Span where = span_of(error.source(), source);
    where.length = 1;
    throw diag::Error({.code = "syntax-error",
                       .message = message,
                       .where = where,
                       .help = "texts and quantities stand in quotes: power = \"330 W\""});
  }
}

std::shared_ptr<const diag::SourceText> read_file(const std::string& path) {
  const auto fail = [&](const std::string& why) -> diag::Error {
    return diag::Error({.code = "cannot-read", .message = "cannot read '" + path + "': " + why});
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw fail("it is a folder");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
  auto source = std::make_shared<diag::SourceText>();
  source->name = path;
  constexpr std::size_t largest = 64U << 20U;
  std::string block(1U << 16U, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    source->text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (source->text.size() > largest) throw fail("it is larger than 64 MiB");
  }
  return source;
}

}  // namespace kwhatif::document
