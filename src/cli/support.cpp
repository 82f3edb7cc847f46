// What several verbs need: the run from file, standard input and flags; warnings; forms of output; files.
#include "output_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/document/toml.hpp>
#include <kwhatif/grid/sink.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

namespace kwhatif::cli {

bool is_published(const Context& context, const std::string& text) {
  std::error_code ignored;
  return context.catalog.find(catalog::Kind::run, text).has_value() &&
         !std::filesystem::exists(text, ignored);
}

run::Scenario run_of(const Context& context, std::size_t positional, bool with_facts) {
  const Arguments& arguments = context.arguments;
  run::Scenario run;
  if (positional < arguments.positionals.size() &&
      is_published(context, arguments.positionals[positional].text)) {
    run = *ask::published_scenario(context.catalog, arguments.positionals[positional].text, with_facts);
  } else if (positional < arguments.positionals.size()) {
    const std::string& path = arguments.positionals[positional].text;
    std::shared_ptr<const diag::SourceText> source;
    if (path == "-") {
      auto text = std::make_shared<diag::SourceText>();
      text->name = "standard input";
      constexpr std::size_t largest = 33U << 20U;  // the reader of TOML refuses more than 32 MiB
      std::string block(1U << 16U, '\0');
      while (text->text.size() < largest &&
             (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())) ||
              std::cin.gcount() > 0)) {
        text->text.append(block.data(), static_cast<std::size_t>(std::cin.gcount()));
      }
      source = text;
    } else {
      try {
        source = document::read_file(path);
      } catch (const diag::Error& error) {
        auto diagnostic = error.diagnostics().front();
        diagnostic.where = arguments.positionals[positional].where;
        std::vector<std::string_view> published;
        for (const catalog::Row& row : context.catalog.rows(catalog::Kind::run))
          published.push_back(row.id());
        const std::string near = diag::did_you_mean(path, published);
        diagnostic.help =
            near + (near.empty() ? "" : " ") +
            "name a run file, '-' for standard input, a published run (`kwhatif list runs`), or "
            "give flags alone; a value with a blank stands in quotes: --hours \"14.8 days\"";
        throw diag::UsageError(std::move(diagnostic));
      }
    }
    run = run::read_run(source);
  }
  run.overlay(arguments.run, &context.catalog);
  if (run.empty() && run.faults.empty()) {
    throw diag::UsageError({.code = "no-work",
                            .message = "nothing is known of the run",
                            .help = "for example: " + std::string{find_verb("estimate")->example}});
  }
  return run;
}

std::vector<diag::Diagnostic> missing_parts(const run::ResolvedRun& run, const run::RunEstimate<double>& r) {
  std::vector<diag::Diagnostic> out;
  const auto add = [&](std::string code, std::string message, std::string help) {
    out.push_back({.code = std::move(code),
                   .message = std::move(message),
                   .where = {},
                   .help = std::move(help),
                   .severity = diag::Severity::warning});
  };
  if (!r.device_time && r.wall_time)
    add("no-device-count",
        std::string{r.it_energy ? "device-time is" : "device-time, energy and CO2e are"} +
            " not computed: the number of devices is unknown",
        r.it_energy ? "give --chips" : "give --chips, or the power of all together with --total-power");
  else if (!r.device_time)
    add("no-time", "device-time, energy and CO2e are not computed: the devices' rate or time is unknown",
        "give --hardware, --tflops, or --hours and --chips");
  if (r.device_time && !r.wall_time)
    add("no-device-count", "wall time is not computed: the number of devices is unknown", "give --chips");
  if (r.device_time && !r.it_energy)
    add("no-power", "energy and CO2e are not computed: the power per device is unknown",
        "give --hardware or --power");
  if (r.it_energy && !r.facility_energy)
    add("no-pue", "facility energy is not computed: the PUE is unknown", "give --pue");
  if (!run.inputs.ci)
    add("no-place", "CO2e is not computed: the place is unknown", "give --region, --grid or --ci");
  if (r.device_time && !r.cost && !r.cost_low && !r.cost_high)
    add("no-price", "money is not computed: no price per device-hour is known", "give --price");
  return out;
}

std::vector<diag::Diagnostic> missing_for(std::size_t wanted, const run::ResolvedRun& run,
                                          const run::RunEstimate<double>& result) {
  namespace dim = quantity::dim;
  const auto dimension = grid::result_dimension(wanted);
  std::vector<std::string_view> causes{"no-time"};
  if (dimension == dim::time) causes.push_back("no-device-count");
  if (dimension == dim::money) causes.push_back("no-price");
  if (dimension == dim::energy || dimension == dim::co2e) causes.insert(causes.end(), {"no-power", "no-pue"});
  if (dimension == dim::co2e) causes.push_back("no-place");
  auto out = missing_parts(run, result);
  std::erase_if(out, [&](const diag::Diagnostic& gap) {
    return std::find(causes.begin(), causes.end(), gap.code) == causes.end();
  });
  return out;
}

bool has_result(const grid::Space& space, std::size_t result, const std::atomic<bool>& stop) {
  const grid::Kernel kernel(space, {result}, true);
  grid::TopSink any(kernel, 0, 1);
  return !grid::walk(kernel, any, {.stop = &stop}) || !any.best().empty();
}

void report_warnings(Context& context, const std::vector<diag::Diagnostic>& warnings) {
  if (warnings.empty()) return;
  if (context.arguments.has("strict")) {
    auto errors = warnings;
    for (diag::Diagnostic& d : errors) d.severity = diag::Severity::error;
    throw diag::ScenarioError(std::move(errors));
  }
  context.err += diag::render(warnings);
}

void write_file(const Context& context, const std::string& path, std::string_view content) {
  const auto given = context.arguments.get("output");
  OutputFile file(path, context.arguments.has("force"), given ? given->where : diag::Span{});
  file.write(diag::visible(content, layout_of(context.arguments)));
  file.publish();
}

Form form_of(const Arguments& arguments) {
  return arguments.has("json")    ? Form::json
         : arguments.has("csv")   ? Form::csv
         : arguments.has("plain") ? Form::plain
                                  : Form::text;
}

bool wants_rows(const Arguments& arguments) {
  const Form form = form_of(arguments);
  return form == Form::csv || form == Form::plain;
}

std::string rows_text(const Arguments& arguments, const report::Table& table, report::Records records) {
  return form_of(arguments) == Form::plain ? report::plain(table, records) : report::csv(table);
}

void refuse_forms(const Arguments& arguments, std::initializer_list<Form> refused, std::string why,
                  std::string help) {
  const Form form = form_of(arguments);
  if (std::find(refused.begin(), refused.end(), form) == refused.end()) return;
  const std::string flag = form == Form::json ? "--json" : form == Form::csv ? "--csv" : "--plain";
  refuse("no-such-form", "kwhatif " + arguments.verb + " has no " + flag + ": " + std::move(why),
         {arguments.line, 0, 0, 0}, std::move(help));
}

diag::Layout layout_of(const Arguments& arguments) {
  return form_of(arguments) == Form::plain ? diag::Layout::lines_and_tabs : diag::Layout::lines;
}

}  // namespace kwhatif::cli
