#include "form.hpp"
#include "verbs.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/ask/methods.hpp>
#include <kwhatif/ask/models.hpp>
#include <kwhatif/ask/serve.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::bindings {

std::string drawn(const Question& question, const std::vector<chart::Chart>& charts) {
  constexpr std::size_t usual = 720;
  constexpr std::size_t narrowest = 240;
  constexpr std::size_t widest = 2000;
  const auto width = std::clamp(question.number("width", usual), narrowest, widest);
  Json out = Json::array();
  for (const chart::Chart& each : charts) {
    const chart::Style style{.width = static_cast<double>(width),
                             .id_prefix = question.text("id_prefix", "chart") + '-' + each.id};
    out.push_back({{"id", each.id},
                   {"title", each.title},
                   {"description", each.description},
                   {"note", each.note},
                   {"svg", chart::svg(each, style)}});
  }
  return Json{{"charts", std::move(out)}}.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

run::Given only_argument(const Question& question) {
  auto arguments = question.arguments();
  if (arguments.size() != 1)
    diag::refuse("missing-value", question.verb() + " takes one argument", {}, R"("arguments": ["…"])");
  return std::move(arguments.front());
}

std::string equiv(const Question& question) {
  return shown(question, ask::equivalents(only_argument(question), question.has("all"), question.tables()));
}

namespace {

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

constexpr std::array verbs{
    Verb{"estimate", estimate}, Verb{"explain", explain},
    Verb{"compare", compare},   Verb{"sensitivity", sensitivity},
    Verb{"levers", levers},     Verb{"methods", methods},
    Verb{"serve", serve},       Verb{"lifecycle", lifecycle},
    Verb{"model", model},       Verb{"measured", imported},
    Verb{"inputs", inputs},     Verb{"said", said},
};

}  // namespace

std::span<const Verb> run_verbs() { return verbs; }

}  // namespace kwhatif::bindings
