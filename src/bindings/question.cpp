#include "question.hpp"

#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/import.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::bindings {

namespace {

run::Given given(const std::string& field, std::string text) {
  auto source = std::make_shared<diag::SourceText>();
  source->name = field;
  source->text = text;
  const int length = static_cast<int>(std::min<std::size_t>(text.size(), 1000));
  return {std::move(text), {std::move(source), 1, 1, length}, field};
}

// A value as it would be typed: texts as they are, numbers in full, true and false as yes and no.
std::string typed(const std::string& field, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer() || value.is_number_unsigned()) return value.dump();
  if (value.is_number_float()) return quantity::shortest(value.get<double>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  diag::refuse("wrong-type", "'" + field + "' is no text, number or truth value", {});
}

std::string as_flag(std::string key) {
  std::ranges::replace(key, '_', '-');
  return key;
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

std::size_t Question::number(const char* key, std::size_t otherwise) const {
  const auto found = json_.find(key);
  return found != json_.end() && found->is_number_unsigned() ? found->get<std::size_t>() : otherwise;
}

run::Scenario Question::inputs_of(const Json& part) const {
  run::Scenario out;
  for (const auto& [key, value] : object(part, "inputs").items()) {
    if (value.is_null()) continue;
    const auto input = run::input_by_flag(as_flag(key));
    if (!input) {
      std::vector<std::string_view> known;
      for (const auto& row : run::input_table()) known.push_back(row.flag);
      const run::Given name = given(key, key);
      diag::refuse("unknown-input", "no input '" + key.substr(0, 60) + "'", name.where,
                   diag::did_you_mean(as_flag(key), known));
    }
    out.set(*input, given(key, typed(key, value)));
  }
  out.files = files_;
  return out;
}

run::Scenario Question::run_of(const Json& part, bool with_facts) const {
  const run::Scenario said = inputs_of(part);
  run::Scenario out;
  const auto member = [&](const char* key) {
    const auto found = part.find(key);
    return found != part.end() && !found->is_null() ? std::optional{typed(key, *found)} : std::nullopt;
  };
  if (const auto id = member("run")) {
    auto published = ask::published_scenario(tables_, *id, with_facts);
    if (!published) {
      const run::Given name = given("run", *id);
      std::vector<std::string_view> known;
      for (const catalog::Row& row : tables_.rows(catalog::Kind::run)) known.push_back(row.id());
      diag::refuse("unknown-run", "no published run '" + id->substr(0, 60) + "'", name.where,
                   diag::did_you_mean(*id, known));
    }
    out = std::move(*published);
  } else if (const auto file = member("run_file")) {
    auto source = std::make_shared<diag::SourceText>();
    source->name = "run_file";
    source->text = *file;
    out = run::read_run(source);
  }
  out.overlay(said, &tables_);
  if (const auto& pilot = out.get(run::Input::pilot); pilot && out.files)
    out.files = ask::pilots_from_logs(out.files, *pilot, tables_);
  if (out.empty() && out.faults.empty())
    diag::refuse("no-work", "nothing is known of the run", {},
                 R"(for example "inputs": {"params": "70B", …})");
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
      side.printed = object(part, "inputs").empty();
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
