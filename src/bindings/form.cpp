#include "form.hpp"

#include <kwhatif/ask/import.hpp>
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/dossier/form.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/view.hpp>
#include <kwhatif/run/report_keys.hpp>

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

// What flags abbreviate, or mean beside their bare word.
struct Words {
  Input input;
  std::string_view label;
};
constexpr std::array in_words{Words{Input::params, "Parameters"},
                              Words{Input::config, "Architecture (config.json)"},
                              Words{Input::hidden, "Hidden width"},
                              Words{Input::heads, "Attention heads"},
                              Words{Input::kv_heads, "Key and value heads"},
                              Words{Input::ffn, "Feed-forward width"},
                              Words{Input::vocab, "Vocabulary"},
                              Words{Input::seq_len, "Sequence length"},
                              Words{Input::flops_per_sample, "FLOP per sample"},
                              Words{Input::tensor_parallel, "Tensor parallelism"},
                              Words{Input::pipeline_parallel, "Pipeline parallelism"},
                              Words{Input::context_parallel, "Context parallelism"},
                              Words{Input::expert_parallel, "Expert parallelism"},
                              Words{Input::zero, "ZeRO stage"},
                              Words{Input::finetune, "Fine-tuning"},
                              Words{Input::rank, "Rank of the adapters"},
                              Words{Input::targets, "Matrices with adapters"},
                              Words{Input::pilot, "Log of a pilot run"},
                              Words{Input::done, "Done so far"},
                              Words{Input::hardware, "Device"},
                              Words{Input::chips, "Number of devices"},
                              Words{Input::hfu, "HFU"},
                              Words{Input::mfu_convention, "MFU counts"},
                              Words{Input::flops_convention, "FLOP counts"},
                              Words{Input::network, "Network per device"},
                              Words{Input::samples_per_second, "Samples per second and device"},
                              Words{Input::region, "Cloud region"},
                              Words{Input::grid, "Grid (country)"},
                              Words{Input::year, "Year of the tables"},
                              Words{Input::boundary, "Emissions counted"},
                              Words{Input::source, "Source of the intensity"}};

std::string label_of(const run::InputInfo& info) {
  const auto said = std::ranges::find_if(in_words, [&](const Words& w) { return w.input == info.input; });
  if (said != in_words.end()) return std::string{said->label};
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
  for (const run::InputInfo& info : run::input_table()) {
    if (const auto& given = run.get(info.input)) out["inputs"][std::string{info.flag}] = given->text;
  }
  out["stages"] = run.stages.size();
  out["command"] = command_of(run, "kwhatif estimate");
  out["run_file"] = run::run_file(run, run.title);
  return out;
}

// What only a service has, or has another meaning in it.
Json service_json() {
  Json out = Json::array();
  constexpr std::array of_its_own{"devices", "batch",  "rate",        "prompt",        "answer",
                                  "engine",  "cached", "speculative", "data-parallel", "load",
                                  "queries", "life",   "precision",   "host",          "queries-per-day"};
  for (const ask::ServeInput& input : ask::serve_inputs) {
    if (std::ranges::find(of_its_own, input.flag) == of_its_own.end()) continue;
    std::string label{input.flag};
    std::ranges::replace(label, '-', ' ');
    label.front() = static_cast<char>(label.front() - 'a' + 'A');
    out.push_back({{"flag", input.flag}, {"label", label}, {"help", input.help}, {"example", input.value}});
    const bool words = std::ranges::none_of(input.value, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (words && input.value.find('|') != std::string_view::npos)
      out.back()["choices"] = diag::parts(input.value, '|');
  }
  return out;
}

Json report_json() {
  Json out{{"forms", Json::array()}, {"keys", Json::array()}};
  for (const dossier::ReportForm& form : dossier::report_forms()) {
    out["forms"].push_back({{"form", form.name}, {"extension", form.extension}, {"help", form.help}});
    if (!form.second_extension.empty())
      out["forms"].push_back({{"form", form.second_extension.substr(1)},
                              {"extension", form.second_extension},
                              {"help", "what belongs beside " + std::string{form.name}}});
  }
  for (const run::ReportKey& key : run::report_keys)
    if (!key.value.empty()) out["keys"].push_back({{"flag", key.flag}, {"help", key.help}});
  return out;
}

}  // namespace

std::string command_of(const run::Scenario& run, const std::string& verb) {
  std::string out = verb;
  for (const run::InputInfo& info : run::input_table()) {
    const auto& given = run.get(info.input);
    if (given) out += " --" + std::string{info.flag} + ' ' + quoted(given->text);
  }
  return out;
}

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
  out["service"] = service_json();
  out["report"] = report_json();
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
