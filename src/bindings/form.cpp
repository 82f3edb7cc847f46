#include "form.hpp"

#include <kwhatif/ask/import.hpp>
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/view.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace kwhatif::bindings {

namespace {

using catalog::Kind;
using run::Input;

struct Group {
  std::string_view key;  ///< what keys of run files begin with
  std::string_view label;
};
constexpr std::array groups{Group{"model", "Model"}, Group{"training", "Training"},
                            Group{"hardware", "Machine"}, Group{"site", "Place"}};

std::string_view group_of(const run::InputInfo& info) { return info.key.substr(0, info.key.find('.')); }

// The kind whose ids may stand in an input.
std::string_view names_of(Input input) {
  switch (input) {
    case Input::model:
    case Input::base_model:
      return "model";
    case Input::hardware:
      return "hardware";
    case Input::region:
      return "region";
    case Input::grid:
      return "grid";
    case Input::framework:
      return "framework";
    case Input::source:
      return "source";
    default:
      return {};
  }
}

std::string_view type_name(run::InputType type) {
  switch (type) {
    case run::InputType::name:
      return "name";
    case run::InputType::path:
      return "path";
    case run::InputType::word:
      return "word";
    case run::InputType::whole:
      return "whole";
    case run::InputType::quantity:
      return "quantity";
    case run::InputType::text:
      break;
  }
  return "text";
}

std::string label_of(const run::InputInfo& info) {
  std::string out{info.label};
  if (out.empty()) {
    out = info.flag;
    std::ranges::replace(out, '-', ' ');
  }
  if (out.size() > 1 && out.front() >= 'a' && out.front() <= 'z' && !(out[1] >= 'A' && out[1] <= 'Z'))
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

Json input_json(const run::InputInfo& info) {
  Json out{{"flag", info.flag}, {"key", info.key},         {"label", label_of(info)},
           {"help", info.help}, {"example", info.example}, {"type", type_name(info.type)}};
  if (!info.choices.empty()) out["choices"] = diag::parts(info.choices, '|');
  if (const auto kind = names_of(info.input); !kind.empty()) out["names"] = kind;
  return out;
}

Json names_json(const catalog::Catalog& tables, std::initializer_list<Kind> kinds) {
  Json out = Json::array();
  for (const Kind kind : kinds) {
    for (const catalog::Row& row : tables.rows(kind)) {
      std::string_view name = row.text("name");
      if (name.empty()) name = row.text("title");
      out.push_back({{"id", row.id()}, {"name", name}});
    }
  }
  return out;
}

std::string written(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

// As a word of a shell.
std::string quoted(const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-_.,:/@%+="}.find(c) != std::string_view::npos;
  });
  if (plain) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + '\'';
}

Json said_json(const run::Scenario& run) {
  Json out{{"title", run.title}, {"inputs", Json::object()}};
  std::string command = "kwhatif estimate";
  for (const run::InputInfo& info : run::input_table()) {
    const auto& given = run.get(info.input);
    if (!given) continue;
    out["inputs"][std::string{info.flag}] = given->text;
    command += " --" + std::string{info.flag} + ' ' + quoted(given->text);
  }
  out["stages"] = run.stages.size();
  out["command"] = command;
  out["run_file"] = run::run_file(run, run.title);
  return out;
}

}  // namespace

std::string inputs(const Question& question) {
  question.refuse_the_rest();
  const catalog::Catalog& tables = question.tables();
  Json out{{"data_version", tables.version()}, {"edition", tables.edition()}, {"groups", Json::array()}};
  for (const Group& group : groups) {
    Json part{{"key", group.key}, {"label", group.label}, {"inputs", Json::array()}};
    for (const run::InputInfo& info : run::input_table()) {
      if (group_of(info) == group.key) part["inputs"].push_back(input_json(info));
    }
    out["groups"].push_back(std::move(part));
  }
  out["names"] = {{"model", names_json(tables, {Kind::model})},
                  {"hardware", names_json(tables, {Kind::hardware, Kind::host})},
                  {"region", names_json(tables, {Kind::region})},
                  {"grid", names_json(tables, {Kind::grid})},
                  {"framework", names_json(tables, {Kind::framework})},
                  {"run", names_json(tables, {Kind::run})},
                  {"source", names_json(tables, {Kind::source})}};
  std::set<std::string_view> seen{""};
  out["notices"] = Json::array();
  for (const catalog::Row& row : tables.rows(Kind::source)) {
    const std::string_view notice = row.text("attribution");
    if (seen.insert(notice).second) out["notices"].push_back(notice);
  }
  return written(out);
}

std::string said(const Question& question) {
  question.refuse_the_rest();
  return written(said_json(question.run()));
}

std::string imported(const Question& question) {
  const ask::ImportQuestion asked{.files = question.arguments(),
                                  .read = question.files(),
                                  .choice = {},
                                  .said = question.said(),
                                  .written_to = {}};
  const ask::ImportAnswer answer = ask::import_files(asked, question.tables());
  question.refuse_the_rest();
  const std::string form = question.text("form", "json");
  const auto document = [&](report::ImportForm each) {
    return report::present(answer, question.tables(), each);
  };
  if (form == "json") return report::render(document(report::ImportForm::run_file), report::Form::json);
  if (form == "text") return report::render(document(report::ImportForm::run_file), report::Form::text);
  if (form != "view")
    diag::refuse("no-such-form", "no form '" + form.substr(0, 60) + "'", {}, "json, text or view");
  Json out = said_json(ask::as_run(answer));
  out["page"] =
      Json::parse(report::render(report::view(document(report::ImportForm::page)), report::Form::json));
  return written(out);
}

}  // namespace kwhatif::bindings
