#include "question.hpp"

#include <kwhatif/bindings/named_inputs.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::bindings {

namespace {

// A value as it would be typed: texts as they are, numbers in full, true and false as yes and no.
std::string typed(const std::string& field, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer() || value.is_number_unsigned()) return value.dump();
  if (value.is_number_float()) return quantity::shortest(value.get<double>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  diag::refuse("wrong-type", "'" + field + "' is no text, number or truth value", {});
}

[[noreturn]] void refuse_question(const std::string& why) {
  diag::refuse("bad-question", why, {},
               R"(a question is an object: {"verb": "estimate", "inputs": {"params": "70B"}})");
}

// A member that is an object, or an empty one.
const Json& object(const Json& part, const char* key) {
  static const Json none = Json::object();
  const auto found = part.find(key);
  if (found == part.end() || found->is_null()) return none;
  if (!found->is_object()) refuse_question("'" + std::string{key} + "' is no object");
  return *found;
}

document::Reader reader(const Json& files, document::Reader others) {
  std::map<std::string, std::string> held;
  for (const auto& [name, content] : files.items()) held.emplace(name, typed(name, content));
  return [held = std::move(held), others = std::move(others)](const std::string& path) {
    const auto found = held.find(path);
    if (found != held.end()) {
      auto source = std::make_shared<diag::SourceText>();
      source->name = path;
      source->text = found->second;
      return std::shared_ptr<const diag::SourceText>(std::move(source));
    }
    if (others) return others(path);
    diag::refuse("cannot-read", "no file '" + path + "' came with the question", {},
                 "put its content under \"files\"");
  };
}

}  // namespace

Question::Question(Json json, const catalog::Catalog& tables, document::Reader files)
    : json_(std::move(json)), tables_(tables) {
  if (!json_.is_object()) refuse_question("the question is no object");
  files_ = reader(object(json_, "files"), std::move(files));
}

std::string Question::verb() const { return text("verb", "estimate"); }

std::string Question::text(const char* key, std::string otherwise) const {
  const auto found = json_.find(key);
  return found == json_.end() || found->is_null() ? std::move(otherwise) : typed(key, *found);
}

std::vector<std::string> Question::forms() const {
  std::vector<std::string> out;
  const auto found = json_.find("form");
  if (found == json_.end() || !found->is_array()) return out;
  for (const Json& form : *found) out.push_back(typed("form", form));
  return out;
}

std::size_t Question::number(const char* key, std::size_t otherwise) const {
  const auto found = json_.find(key);
  return found != json_.end() && found->is_number_unsigned() ? found->get<std::size_t>() : otherwise;
}

std::vector<run::Scenario> Question::said_in(const Json& part) const {
  std::vector<run::Scenario> out;
  const auto read = [&](const Json& inputs) {
    if (!inputs.is_object()) refuse_question("'inputs' is no object, and no list of them");
    std::vector<NamedInput> named;
    for (const auto& [key, value] : inputs.items()) {
      if (!value.is_null()) named.push_back({key, typed(key, value)});
    }
    out.push_back(bindings::inputs_of(named, files_));
  };
  const auto found = part.find("inputs");
  if (found == part.end() || found->is_null()) return {run::Scenario{}};
  if (!found->is_array()) {
    read(*found);
  } else {
    for (const Json& inputs : *found) read(inputs);
  }
  return out;
}

run::Scenario Question::run_of(const Json& part, bool with_facts) const {
  BaseRun base{.with_facts = with_facts};
  const auto member = [&](const char* key) {
    const auto at = part.find(key);
    return at != part.end() && !at->is_null() ? std::optional{typed(key, *at)} : std::nullopt;
  };
  base.published = member("run");
  if (auto text = member("run_file")) {
    auto source = std::make_shared<diag::SourceText>();
    source->name = "run_file";
    source->text = std::move(*text);
    base.file = std::move(source);
  }
  auto said = said_in(part);
  if (!said.empty()) said.front().files = files_;
  return run_over(base, said, tables_);
}

run::Scenario Question::said() const {
  if (json_.contains("run") || json_.contains("run_file")) return run_of(json_, false);
  run::Scenario out;
  for (const run::Scenario& over : said_in(json_)) out.overlay(over, &tables_);
  out.files = files_;
  return out;
}

std::vector<Question::Side> Question::sides() const {
  std::vector<Side> out;
  const auto runs = json_.find("runs");
  if (runs == json_.end()) return out;
  if (!runs->is_array()) refuse_question("'runs' is no list");
  for (const Json& part : *runs) {
    if (!part.is_object()) refuse_question("one of 'runs' is no object");
    Side side{.run = run_of(part, false), .name = {}};
    if (const auto name = part.find("name"); name != part.end())
      side.name = given("name", typed("name", *name));
    if (const auto id = part.find("run"); id != part.end() && !id->is_null()) {
      side.name = given("run", typed("run", *id));
      side.printed = !part.contains("inputs") || part["inputs"].empty();
    }
    out.push_back(std::move(side));
  }
  return out;
}

std::vector<run::Given> Question::arguments() const {
  std::vector<run::Given> out;
  const auto found = json_.find("arguments");
  if (found == json_.end()) return out;
  if (!found->is_array()) refuse_question("'arguments' is no list");
  for (const Json& value : *found) out.push_back(given("arguments", typed("arguments", value)));
  return out;
}

std::vector<run::Given> Question::all(const char* option) const {
  asked_.emplace_back(option);
  std::vector<run::Given> out;
  for (const auto& [key, value] : object(json_, "options").items()) {
    if (as_flag(key) != option || value.is_null() || value == false) continue;
    if (value.is_array()) {
      for (const Json& one : value) out.push_back(given(key, typed(key, one)));
    } else {
      out.push_back(given(key, value == true ? std::string{} : typed(key, value)));
    }
  }
  return out;
}

std::optional<run::Given> Question::get(const char* option) const {
  auto values = all(option);
  return values.empty() ? std::nullopt : std::optional{std::move(values.back())};
}

std::vector<std::string> Question::options() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : object(json_, "options").items()) out.push_back(as_flag(key));
  return out;
}

void Question::refuse_the_rest() const {
  for (const auto& [key, value] : object(json_, "options").items()) {
    if (std::ranges::find(asked_, as_flag(key)) != asked_.end()) continue;
    const std::vector<std::string_view> known(asked_.begin(), asked_.end());
    const run::Given name = given(key, key);
    diag::refuse("unknown-option", verb() + " has no option '" + key.substr(0, 60) + "'", name.where,
                 diag::did_you_mean(as_flag(key), known));
  }
}

}  // namespace kwhatif::bindings
