#include <kwhatif/run/model_name.hpp>

#include <algorithm>

namespace kwhatif::run {

using catalog::Kind;

bool is_hub_id(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
  if (text.front() == '.' || text.front() == '~') return false;
  constexpr std::string_view others = "-_./";
  return std::ranges::count(text, '/') == 1 && std::ranges::all_of(text, [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  others.find(c) != std::string_view::npos;
         });
}

ModelName model_name(const catalog::Catalog& catalog, std::string_view text) {
  if (text.ends_with(".json")) return {.found = {}, .file = true};
  ModelName out{.found = catalog.lookup(Kind::model, text), .file = false};
  const bool known = out.found.row || !out.found.also.empty();
  out.file = !known && text.find('/') != std::string_view::npos && !is_hub_id(text);
  return out;
}

std::string help_on_model(const catalog::Catalog& catalog, std::string_view text,
                          const catalog::Lookup& found) {
  std::string help = found.suggestion;
  for (const std::string& id : found.also) help += (help.empty() ? "it could be " : ", ") + id;
  if (is_hub_id(text)) {
    // a model trained on from one of the tables often keeps its name behind another owner
    if (help.empty()) help = catalog.lookup(Kind::model, text.substr(text.find('/') + 1)).suggestion;
    help += help.empty() ? "" : " otherwise ";
    help += "download its config.json from the hub and give that file (--config); ";
  } else if (!help.empty()) {
    help += ' ';
  }
  return help + "`kwhatif list models` prints all " + std::to_string(catalog.size(Kind::model));
}

}  // namespace kwhatif::run
