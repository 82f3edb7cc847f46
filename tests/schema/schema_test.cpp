// What the program prints as JSON is what its schemas say: documents of every verb are valid, and are not any
// more with a key too few, a key too many, or a text for a number.
#include "dossier/support.hpp"
#include "schema/validator.hpp"
#include "support/catch.hpp"
#include "support/root.hpp"
#include "support/transcript.hpp"
#include "surface/support.hpp"
#include <kwhatif/report/schema.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include <unistd.h>

namespace kwhatif::test {
namespace {

namespace fs = std::filesystem;
const valijson::Schema& schema_named(const std::string& name) {
  static std::map<std::string, std::unique_ptr<valijson::Schema>> known;
  auto& schema = known[name];
  if (!schema) {
    const std::string text = report::schema_of(name);
    INFO("no schema '" << name << "'");
    REQUIRE_FALSE(text.empty());
    schema = parsed(Value::parse(text));
  }
  return *schema;
}

std::string name_of(const Value& document) {
  const std::string identity = document.at("schema");  // "kwhatif/estimate/1"
  return identity.substr(8, identity.size() - 10);
}

std::string fault_of(const Value& document) { return fault_by(schema_named(name_of(document)), document); }

Value printed(const Command& command) { return Value::parse(run_checked(command, " --json").out); }

// Checks all documents of an output; returns the names of their schemas.
std::set<std::string> check_output(const std::string& out) {
  std::set<std::string> seen;
  if (out.starts_with("{\"row\":")) {  // JSON Lines
    for (const std::string& line : split_lines(out))
      CHECK(fault_by(schema_named("sweep-row"), Value::parse(line)) == "");
    seen.insert("sweep-row");
    return seen;
  }
  const Value document = Value::parse(out);
  CHECK(fault_of(document) == "");
  seen.insert(name_of(document));
  return seen;
}

// In a folder of its own, with the files of a transcript; for as long as it lives.
class Folder {
 public:
  explicit Folder(const std::vector<std::pair<std::string, std::string>>& files)
      : before_(fs::current_path()) {
    std::string name = (fs::temp_directory_path() / "kwhatif-schema-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
    for (const auto& [file, content] : files) {
      fs::create_directories((path_ / file).parent_path());
      std::ofstream(path_ / file, std::ios::binary) << content;
    }
    fs::current_path(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::current_path(before_, ignored);
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

 private:
  fs::path before_;
  fs::path path_;
};

// The words of a command that asks for the answer on standard output, with --json instead of its form; what
// filters the answer is left away. None where a shell has more to do than to part words.
std::vector<std::string> as_json(std::string command) {
  constexpr std::string_view lead = "kwhatif ";
  if (const auto filter = command.find(" | "); filter != std::string::npos) command.resize(filter);
  if (const auto errors = command.find(" 2>"); errors != std::string::npos) command.resize(errors);
  if (!command.starts_with(lead) || command.find_first_of("|;&<>$`\\") != std::string::npos) return {};
  std::vector<std::string> words = shell_words(command.substr(lead.size()));
  for (const std::string& word : words) {
    for (const std::string_view other : {"-", "-o", "--output", "--help", "init", "help", "completion"}) {
      if (word == other) return {};
    }
  }
  std::erase_if(words, [](const std::string& w) { return w == "--json" || w == "--csv" || w == "--plain"; });
  words.emplace_back("--json");
  return words;
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST_CASE("what every verb prints as JSON is valid by its schema, in README, in transcripts and elsewhere") {
  const fs::path root = testing::repository_root();
  std::vector<fs::path> files{root / "README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests" / "transcripts")) {
    if (entry.path().extension() == ".transcript") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::size_t valid = 0;
  std::set<std::string> seen;
  for (const fs::path& file : files) {
    const bool readme = file.extension() == ".md";
    const Transcript transcript =
        readme ? read_markdown(content_of(file)) : read_transcript(content_of(file));
    const Folder folder(transcript.files);
    if (readme) fs::current_path(root);
    for (const Step& step : transcript.steps) {
      const auto words = as_json(step.command);
      if (words.empty()) continue;
      const Ran ran = run_program(words);
      if (ran.code > 1 || !ran.out.starts_with("{") || ran.out.starts_with("{\n  \"$schema\"")) continue;
      INFO(file.filename().string() << ": " << step.command);
      seen.merge(check_output(ran.out));
      ++valid;
    }
  }
  for (const Command& command : commands()) seen.merge(check_output(run_checked(command, " --json").out));
  const std::string planned = "report " + predicted_run + " --axis chips=64,128 --max-co2e 50t --format json";
  seen.merge(check_output(run_checked({"report", planned}).out));
  for (const auto& dossier : sample_dossiers()) seen.merge(check_output(written(dossier, "json")));
  CHECK(valid > 150);
  for (const auto& title : report::schema_titles()) {
    INFO(title.name);
    CHECK(seen.contains(std::string{title.name}));
  }
}

// The keywords of draft 7 that are used here, and nothing that is spelt almost like one of them.
constexpr const char* keywords = R"({
  "definitions": {
    "type": {"enum": ["object", "array", "string", "number", "integer", "boolean", "null"]},
    "schema": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "$schema": {"const": "http://json-schema.org/draft-07/schema#"},
        "title": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 2},
        "type": {"anyOf": [{"$ref": "#/definitions/type"},
                           {"type": "array", "minItems": 2, "uniqueItems": true, "items": {"$ref": "#/definitions/type"}}]},
        "const": {"type": "string"},
        "enum": {"type": "array", "minItems": 1, "uniqueItems": true},
        "properties": {"type": "object", "additionalProperties": {"$ref": "#/definitions/schema"}},
        "required": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string"}},
        "additionalProperties": {"anyOf": [{"type": "boolean"}, {"$ref": "#/definitions/schema"}]},
        "items": {"$ref": "#/definitions/schema"},
        "anyOf": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/schema"}},
        "$ref": {"type": "string", "pattern": "^#/definitions/[a-z_]+$"},
        "definitions": {"type": "object", "additionalProperties": {"$ref": "#/definitions/schema"}}
      }
    }
  },
  "$ref": "#/definitions/schema"
})";

// Every key says what it is, by itself or where it is defined; calls visit for each with its path.
void undescribed(const Value& schema, const std::string& path, std::vector<std::string>& out) {
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    for (const auto& [key, value] : properties->items()) {
      const bool alternatives = value.contains("anyOf");
      const bool told =
          value.contains("description") || value.contains("$ref") ||
          (alternatives && std::any_of(value["anyOf"].begin(), value["anyOf"].end(), [](const Value& v) {
             return v.contains("description") || v.contains("$ref");
           }));
      if (!told) out.push_back(path + '.' + key);
    }
    const Value required = schema.value("required", Value::array());
    for (const Value& key : required) {
      if (!properties->contains(key.get<std::string>())) out.push_back(path + ": requires " + key.dump());
    }
  }
  for (const auto& [key, child] : schema.items()) {
    if (child.is_structured()) undescribed(child, path + '/' + key, out);
  }
}

TEST_CASE("every schema is valid, says what each key is, and leads nowhere else") {
  const Value meta = Value::parse(keywords);
  const auto by = parsed(meta);
  CHECK(fault_by(*by, Value::parse(R"({"requierd": ["a"]})")) != "");
  CHECK(report::schema_titles().size() >= 19);
  for (const auto& title : report::schema_titles()) {
    INFO(title.name);
    const Value schema = Value::parse(report::schema_of(title.name));
    CHECK(fault_by(*by, schema) == "");
    CHECK(parsed(schema) != nullptr);
    CHECK(schema["title"] == "kwhatif/" + std::string{title.name} + "/1");
    std::vector<std::string> silent;
    undescribed(schema, "", silent);
    CHECK(silent == std::vector<std::string>{});
  }
  CHECK(report::schema_of("no-such-verb").empty());
}

TEST_CASE("a document without a key that is always there, or with one too many, is not valid") {
  for (const Command& command : commands()) {
    INFO(command.line);
    const Value document = printed(command);
    const Value schema = Value::parse(report::schema_of(name_of(document)));
    std::size_t dropped = 0;
    for (const auto& [key, value] : document.items()) {
      Value without = document;
      without.erase(key);
      if (key == "schema") continue;
      INFO(key);
      const Value required = schema.value("required", Value::array());
      if (std::find(required.begin(), required.end(), key) == required.end()) continue;
      CHECK(fault_of(without) != "");
      ++dropped;
    }
    CHECK((dropped >= 4 || schema.contains("anyOf")));
    Value more = document;
    more["forgotten"] = 1;
    CHECK(fault_of(more) != "");
  }
}

// Every place of a value, as a JSON pointer.
void places_in(const Value& value, const Value::json_pointer& here, std::vector<Value::json_pointer>& out) {
  out.push_back(here);
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) places_in(child, here / key, out);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) places_in(value[i], here / i, out);
  }
}

TEST_CASE("an estimate with any key dropped or added, or any number as a text, is not valid") {
  const Value document = printed({"estimate", "estimate " + predicted_run});
  REQUIRE(fault_of(document) == "");
  std::vector<Value::json_pointer> places;
  places_in(document, Value::json_pointer(), places);
  std::size_t texts = 0;
  std::size_t added = 0;
  std::size_t removed = 0;
  for (const auto& place : places) {
    const std::string path = place.to_string();
    INFO(path);
    const Value& value = document.at(place);
    if (value.is_number() && !(path.starts_with("/assumptions") && path.ends_with("/value"))) {
      Value changed = document;
      changed.at(place) = "330 W";
      CHECK(fault_of(changed) != "");
      ++texts;
    }
    if (value.is_object()) {
      Value changed = document;
      changed.at(place)["forgotten"] = nullptr;
      CHECK(fault_of(changed) != "");
      ++added;
    }
    if (path.starts_with("/results/") || (path.starts_with("/intervals/") && !value.is_object())) {
      Value changed = document;
      changed.at(place.parent_pointer()).erase(place.back());
      CHECK(fault_of(changed) != "");
      ++removed;
    }
  }
  CHECK(texts > 80);
  CHECK(added > 30);
  CHECK(removed > 50);
}

TEST_CASE("the command prints the schemas that are installed") {
  const std::string listed = run_line("list schemas").out;
  for (const auto& title : report::schema_titles()) {
    const std::string name{title.name};
    INFO(name);
    CHECK(listed.find(name) != std::string::npos);
    CHECK(run_line("show schema " + name).out == report::schema_of(name));
  }
  const Ran unknown = run_line("show schema estimat");
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("did you mean 'estimate'") != std::string::npos);
}

}  // namespace
}  // namespace kwhatif::test
