#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/import.hpp>
#include <kwhatif/bindings/named_inputs.hpp>
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace kwhatif::bindings {

run::Given given(const std::string& field, std::string text) {
  auto source = std::make_shared<diag::SourceText>();
  source->name = field;
  source->text = text;
  const int length = static_cast<int>(std::min<std::size_t>(text.size(), 1000));
  return {std::move(text), {std::move(source), 1, 1, length}, field};
}

std::string as_flag(std::string name) {
  std::ranges::replace(name, '_', '-');
  return name;
}

run::Scenario inputs_of(std::span<const NamedInput> inputs, const document::Reader& files) {
  run::Scenario out;
  for (const auto& [name, text] : inputs) {
    const auto input = run::input_by_flag(as_flag(name));
    if (!input) {
      std::vector<std::string_view> known;
      for (const auto& row : run::input_table()) known.push_back(row.flag);
      diag::refuse("unknown-input", "no input '" + name.substr(0, 60) + "'", given(name, name).where,
                   diag::did_you_mean(as_flag(name), known));
    }
    out.set(*input, given(name, text));
  }
  out.files = files;
  return out;
}

run::Scenario run_over(const BaseRun& base, std::span<const run::Scenario> said,
                       const catalog::Catalog& tables) {
  run::Scenario out;
  if (base.published) {
    auto published = ask::published_scenario(tables, *base.published, base.with_facts);
    if (!published) {
      std::vector<std::string_view> known;
      for (const catalog::Row& row : tables.rows(catalog::Kind::run)) known.push_back(row.id());
      diag::refuse("unknown-run", "no published run '" + base.published->substr(0, 60) + "'",
                   given("run", *base.published).where, diag::did_you_mean(*base.published, known));
    }
    out = std::move(*published);
  } else if (base.file) {
    out = run::read_run(base.file);
  }
  for (const run::Scenario& over : said) out.overlay(over, &tables);
  if (const auto& pilot = out.get(run::Input::pilot); pilot && out.files)
    out.files = ask::pilots_from_logs(out.files, *pilot, tables);
  if (out.empty() && out.faults.empty())
    diag::refuse("no-work", "nothing is known of the run", {},
                 R"(for example "inputs": {"params": "70B", …})");
  return out;
}

}  // namespace kwhatif::bindings
