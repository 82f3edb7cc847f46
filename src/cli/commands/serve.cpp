#include "chart_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

namespace {

// The question of a serve file, or none of its own; flags win over the file.
ask::ServeQuestion question_of(const Arguments& arguments) {
  ask::ServeQuestion out;
  const auto& positionals = arguments.positionals;
  if (!positionals.empty()) {
    run::Given what = positionals.front();
    what.named = "MODEL";
    if (what.text.ends_with(".toml")) {
      std::shared_ptr<const diag::SourceText> source;
      try {
        source = document::read_file(what.text);
      } catch (const diag::Error& error) {
        refuse("cannot-read", error.diagnostics().front().message, what.where,
               "name a model (`kwhatif list models`), a config.json or a serve file");
      }
      out = ask::read_service_with_faults(source);
    } else {
      out.inputs.insert_or_assign("model", what);
    }
  }
  // what flags say in another way than the file
  const auto give_way = [&](std::string_view said, std::initializer_list<const char*> others) {
    if (!arguments.get(said)) return;
    for (const char* other : others) out.inputs.erase(other);
  };
  give_way("rate", {"batch", "load"});
  give_way("batch", {"rate"});
  give_way("load", {"rate"});
  give_way("devices", {"chips"});
  give_way("chips", {"devices"});
  give_way("grid", {"region"});
  give_way("queries", {"queries-per-day", "life"});
  give_way("queries-per-day", {"queries"});
  for (const ask::ServeInput& input : ask::serve_inputs) {
    if (auto given = arguments.get(input.flag)) out.inputs.insert_or_assign(std::string{input.flag}, *given);
  }
  out.vary = arguments.all("vary");
  if (arguments.has("levers")) out.levers = run::Given{"", {arguments.line, 0, 0, 0}, "--levers"};
  if (arguments.has("explain")) out.explain = run::Given{"", {arguments.line, 0, 0, 0}, "--explain"};
  out.files = document::read_file;
  return out;
}

}  // namespace

int serve(Context& context) {
  const auto file = chart_file(context.arguments);
  const auto answer = ask::serve(question_of(context.arguments), context.catalog);
  return print_and_draw(context, answer, report::present(answer, context.catalog), file);
}

}  // namespace kwhatif::cli
