#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/model_name.hpp>

#include <algorithm>
#include <array>

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

std::string_view hub_id(std::string_view text) {
  constexpr std::array<std::string_view, 2> schemes{"https://", "http://"};
  constexpr std::array<std::string_view, 4> hubs{"huggingface.co/", "www.huggingface.co/", "hf.co/", "hf://"};
  std::string_view rest = text;
  for (const std::string_view scheme : schemes) {
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  }
  const auto hub = std::ranges::find_if(hubs, [&](std::string_view h) { return rest.starts_with(h); });
  if (hub != hubs.end()) {
    rest.remove_prefix(hub->size());
    rest = rest.substr(0, rest.find_first_of("?#"));
    // behind the name: /tree/main, /blob/main/config.json
    if (const auto owner = rest.find('/'); owner != std::string_view::npos)
      rest = rest.substr(0, rest.find('/', owner + 1));
    if (rest.ends_with('/')) rest.remove_suffix(1);
  }
  const std::string_view id = rest.substr(0, rest.find('@'));  // org/name@revision
  if (hub == hubs.end() && !is_hub_id(id)) return text;
  return id;
}

std::string config_of(const catalog::Row& model) {
  if (!model.text("config").empty()) return std::string{model.text("config")};
  throw diag::Error(
      {.code = "no-config",
       .message = "the row of " + std::string{model.id()} + " has no config: its architecture is not known",
       .help = "its parameters alone: --params"});
}

catalog::Lookup find_model(const catalog::Catalog& catalog, std::string_view text) {
  return catalog.lookup(Kind::model, hub_id(text));
}

ModelName model_name(const catalog::Catalog& catalog, std::string_view given) {
  const std::string_view text = hub_id(given);
  if (text.ends_with(".json")) return {.found = {}, .file = true};
  ModelName out{.found = catalog.lookup(Kind::model, text), .file = false};
  const bool known = out.found.row || !out.found.also.empty();
  out.file = !known && text.find('/') != std::string_view::npos && !is_hub_id(text);
  return out;
}

std::string help_on_model(const catalog::Catalog& catalog, std::string_view given,
                          const catalog::Lookup& found) {
  const std::string_view text = hub_id(given);
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
