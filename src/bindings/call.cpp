#include "verbs.hpp"
#include <kwhatif/bindings/call.hpp>
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <exception>
#include <new>

namespace kwhatif::bindings {

namespace {

std::string errors(const std::vector<diag::Diagnostic>& found) {
  Json out = Json::array();
  for (const auto& fault : found) {
    Json& line = out.emplace_back();
    line["code"] = fault.code;
    line["message"] = fault.message;
    line["help"] = fault.help;
    const bool placed = fault.where.source != nullptr;
    line["field"] = placed ? Json(fault.where.source->name) : Json(nullptr);
    line["line"] = placed ? Json(fault.where.line) : Json(nullptr);
    line["column"] = placed ? Json(fault.where.column) : Json(nullptr);
    line["text"] = diag::render(fault);
  }
  return Json{{"errors", std::move(out)}}.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string answer(std::string_view question, const catalog::Catalog& tables, const document::Reader& files) {
  Json json = Json::parse(question, nullptr, false);
  if (json.is_discarded()) diag::refuse("bad-question", "the question is no JSON", {});
  const Question asked(std::move(json), tables, files);
  const std::string name = asked.verb();
  const auto verb = std::ranges::find(verb_table(), std::string_view{name}, &Verb::name);
  if (verb == verb_table().end())
    diag::refuse("unknown-verb", "no verb '" + name.substr(0, 60) + "'", {},
                 diag::did_you_mean(name, verb_names()));
  return verb->answer(asked);
}

}  // namespace

std::vector<std::string_view> verb_names() {
  std::vector<std::string_view> out;
  for (const Verb& verb : verb_table()) out.push_back(verb.name);
  return out;
}

Reply call(std::string_view question, const catalog::Catalog& tables, const document::Reader& files) {
  try {
    return {answer(question, tables, files), false};
  } catch (const diag::Error& error) {
    return {errors(error.diagnostics()), true};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return {errors({{.code = "internal", .message = error.what(), .help = "this is a bug of kwhatif"}}),
            true};
  }
}

}  // namespace kwhatif::bindings
