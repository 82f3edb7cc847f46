#include "question.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/import.hpp>
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/ask/methods.hpp>
#include <kwhatif/ask/models.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/bindings/call.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>

namespace kwhatif::bindings {

namespace {

std::string rendered(const report::Document& document, const std::string& form, std::size_t width) {
  for (const auto& info : report::form_table()) {
    if (form == (info.flag.empty() ? "text" : info.flag))
      return report::render(document, info.form, {.width = width});
  }
  diag::refuse("no-such-form", "no form '" + form.substr(0, 60) + "'", {}, "json, text, csv or plain");
}

// Answers and renders, while the answer that the document refers to is there.
template <class Answer, class... How>
std::string shown(const Question& question, const Answer& answer, How... how) {
  question.refuse_the_rest();
  const report::Document document = report::present(answer, question.tables(), how...);
  const std::size_t width = question.number("width", report::Paper::usual);
  const auto forms = question.forms();
  if (forms.empty()) return rendered(document, question.text("form", "json"), width);
  Json out = Json::object();
  for (const std::string& form : forms) out[form] = rendered(document, form, width);
  return out.dump();
}

run::Given only_argument(const Question& question) {
  auto arguments = question.arguments();
  if (arguments.size() != 1)
    diag::refuse("missing-value", question.verb() + " takes one argument", {}, R"("arguments": ["…"])");
  return std::move(arguments.front());
}

std::string estimate(const Question& question) {
  return shown(question, ask::estimate(question.run(), question.tables()));
}

std::string explain(const Question& question) {
  return shown(question, ask::explain(question.run(), question.tables()));
}

std::string compare(const Question& question) {
  ask::CompareQuestion out{.runs = {},
                           .vary = question.all("vary"),
                           .equal = question.get("equal"),
                           .against = question.get("against"),
                           .limit = question.get("limit"),
                           .unavailable = question.has("unavailable"),
                           .mixed = question.has("mixed")};
  for (auto& side : question.sides())
    out.runs.push_back({side.printed ? run::Scenario{} : std::move(side.run), side.name, side.printed});
  if (out.runs.empty()) out.runs.push_back({question.run()});
  return shown(question, ask::compare(out, question.tables()));
}

std::string sensitivity(const Question& question) {
  return shown(question, ask::sensitivity(question.run(), question.get("result"), question.tables()));
}

std::string levers(const Question& question) {
  return shown(question,
               ask::levers({.run = question.run(true), .all = question.has("all")}, question.tables()));
}

std::string methods(const Question& question) {
  return shown(question, ask::methods({.run = question.run(true),
                                       .as_published = question.has("as-published"),
                                       .details = question.has("details")},
                                      question.tables()));
}

std::string plan(const Question& question) {
  ask::PlanQuestion out{.run = question.said(),
                        .axes = question.all("axis"),
                        .where = question.all("where"),
                        .minimize = question.get("minimize"),
                        .maximize = question.get("maximize"),
                        .confidence = question.get("confidence"),
                        .unavailable = question.has("unavailable")};
  for (const auto& [option, result] : {std::pair{"max-co2e", "co2e"},
                                       {"max-time", "time"},
                                       {"max-cost", "cost"},
                                       {"max-energy", "energy"}}) {
    if (auto limit = question.get(option)) out.at_most.push_back({result, std::move(*limit)});
  }
  return shown(question, ask::plan(out, question.tables()));
}

std::string sweep(const Question& question) {
  const ask::SweepQuestion out{.run = question.said(),
                               .axes = question.all("axis"),
                               .where = question.all("where"),
                               .top = question.get("top"),
                               .pareto = question.get("pareto"),
                               .group_by = question.get("group-by"),
                               .reduce = question.get("reduce"),
                               .histogram = question.get("histogram"),
                               .row = question.get("explain-row"),
                               .by = question.get("by"),
                               .largest = question.get("largest"),
                               .results = question.get("results"),
                               .threads = question.get("threads"),
                               .unavailable = question.has("unavailable")};
  return shown(question, ask::sweep(out, question.tables()));
}

std::string schedule(const Question& question) {
  const ask::ScheduleQuestion out{.run = question.said(),
                                  .said = question.said(),
                                  .files = question.files(),
                                  .trace = question.get("trace"),
                                  .choice = {question.get("trace-column"), question.get("trace-unit")},
                                  .window = question.get("window"),
                                  .extra = question.get("extra"),
                                  .threshold = question.get("threshold"),
                                  .start = question.get("start"),
                                  .places = question.get("places"),
                                  .transfer = question.get("transfer"),
                                  .max_moves = question.get("max-moves")};
  if (question.has("heat-map")) return shown(question, ask::heat_map(out, question.tables()));
  return shown(question, ask::schedule(out, question.tables()));
}

ask::ServeQuestion service(const Question& question) {
  ask::ServeQuestion out;
  for (const ask::ServeInput& input : ask::serve_inputs) {
    const std::string flag{input.flag};
    if (auto value = question.get(flag.c_str())) out.inputs.insert_or_assign(flag, std::move(*value));
  }
  out.files = question.files();
  return out;
}

std::string serve(const Question& question) {
  ask::ServeQuestion out = service(question);
  out.vary = question.all("vary");
  out.levers = question.get("levers");
  return shown(question, ask::serve(out, question.tables()));
}

std::string lifecycle(const Question& question) {
  ask::LifecycleQuestion out{.run = question.run(), .functional_unit = question.get("functional-unit")};
  if (ask::ServeQuestion said = service(question); !said.inputs.empty())
    out.service = ask::service_of(out.run, std::move(said));
  out.service_is_a_guess = true;
  return shown(question, ask::lifecycle(out, question.tables()));
}

std::string model(const Question& question) {
  ask::ModelQuestion out{.name = only_argument(question), .files = question.files()};
  using Member = ask::ModelQuestion::Option ask::ModelQuestion::*;
  using Q = ask::ModelQuestion;
  for (const auto& [option, member] : {std::pair<const char*, Member>{"seq-len", &Q::seq_len},
                                       {"image-size", &Q::image_size},
                                       {"recompute", &Q::recompute},
                                       {"hardware", &Q::hardware},
                                       {"optimizer", &Q::optimizer},
                                       {"zero", &Q::zero},
                                       {"micro-batch", &Q::micro_batch},
                                       {"chips", &Q::chips},
                                       {"tp", &Q::tp},
                                       {"pp", &Q::pp},
                                       {"ep", &Q::ep},
                                       {"context-parallel", &Q::context_parallel},
                                       {"virtual-stages", &Q::virtual_stages},
                                       {"sequence-parallel", &Q::sequence_parallel},
                                       {"against", &Q::against},
                                       {"equal", &Q::equal},
                                       {"equivalence", &Q::equivalence},
                                       {"loss-law", &Q::loss_law},
                                       {"tokens", &Q::tokens}})
    out.*member = question.get(option);
  if (out.against) return shown(question, ask::model_contest(out, question.tables()));
  return shown(question, ask::model(out, question.tables()));
}

std::string list(const Question& question) {
  ask::ListQuestion out{.kind = {},
                        .where = question.all("where"),
                        .sort = question.get("sort"),
                        .columns = question.get("columns"),
                        .all_columns = question.get("all-columns"),
                        .limit = question.get("limit")};
  if (auto names = question.arguments(); !names.empty()) out.kind = std::move(names.front());
  return shown(question, ask::list(out, question.tables()));
}

std::string show(const Question& question) {
  ask::ShowQuestion out;
  const auto names = question.arguments();
  if (names.size() == 2) out.kind = names.front();
  if (!names.empty()) out.id = names.back();
  return shown(question, ask::show(out, question.tables()));
}

std::string equiv(const Question& question) {
  return shown(question, ask::equivalents(only_argument(question), question.has("all"), question.tables()));
}

std::string reproduce(const Question& question) {
  std::vector<std::string> ids;
  for (run::Given& id : question.arguments()) ids.push_back(std::move(id.text));
  const auto detail = question.has("summary") ? report::Detail::least : report::Detail::usual;
  return shown(question, ask::reproduce(question.tables(), ids), detail);
}

std::string import_files(const Question& question) {
  const auto text = [&](const char* option) {
    const auto given = question.get(option);
    return given ? given->text : std::string{};
  };
  ask::ImportQuestion out{.files = question.arguments(),
                          .read = question.files(),
                          .choice = {.run_id = text("run-id"), .project = text("project")},
                          .said = question.said(),
                          .as_study = question.has("as-study"),
                          .written_to = {}};
  if (const auto row = question.get("row")) {
    std::size_t number = 0;
    const char* const end = row->text.data() + row->text.size();
    const auto [at, wrong] = std::from_chars(row->text.data(), end, number);
    if (wrong != std::errc{} || at != end || number == 0)
      diag::refuse("out-of-range", "row takes a whole number from 1", row->where);
    out.choice.row = number;
  }
  out.choice.sum = question.has("sum");
  for (const run::Given& column : question.all("columns")) out.choice.columns.push_back(column.text);
  const auto form = out.as_study ? report::ImportForm::study : report::ImportForm::run_file;
  return shown(question, ask::import_files(out, question.tables()), form);
}

struct Verb {
  std::string_view name;
  std::string (*answer)(const Question&);
};
constexpr std::array verbs{
    Verb{"estimate", estimate},
    Verb{"explain", explain},
    Verb{"compare", compare},
    Verb{"sweep", sweep},
    Verb{"plan", plan},
    Verb{"schedule", schedule},
    Verb{"serve", serve},
    Verb{"lifecycle", lifecycle},
    Verb{"levers", levers},
    Verb{"methods", methods},
    Verb{"sensitivity", sensitivity},
    Verb{"model", model},
    Verb{"list", list},
    Verb{"show", show},
    Verb{"equiv", equiv},
    Verb{"reproduce", reproduce},
    Verb{"import", import_files},
};

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
  const auto verb = std::ranges::find(verbs, std::string_view{name}, &Verb::name);
  if (verb == verbs.end())
    diag::refuse("unknown-verb", "no verb '" + name.substr(0, 60) + "'", {},
                 diag::did_you_mean(name, verb_names()));
  return verb->answer(asked);
}

}  // namespace

std::vector<std::string_view> verb_names() {
  std::vector<std::string_view> out;
  for (const Verb& verb : verbs) out.push_back(verb.name);
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
