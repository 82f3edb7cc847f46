#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/stages.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::Derivation;

namespace {

constexpr std::size_t page_width = 110;

void collect_sources(const Derivation& d, std::vector<std::string>& out) {
  if (d.origin && !d.origin->source.empty() &&
      std::find(out.begin(), out.end(), d.origin->source) == out.end())
    out.push_back(d.origin->source);
  for (const Derivation& part : d.parts) collect_sources(part, out);
}

// A line of the tree; long ones go on under their own text, beside the branches.
void print(const Derivation& d, const std::string& first, const std::string& rest, std::string& out) {
  std::string line = d.name + ": " + quantity::human(d.value, d.dimension);
  if (!d.formula.empty()) line += d.repeated ? "  (derived above)" : "  = " + d.formula;
  if (d.origin) line += " ← " + origin_words(*d.origin);
  const std::size_t room = std::max<std::size_t>(40, page_width - width(first));
  const std::string body = wrapped(line, room, 0);
  std::size_t start = 0;
  bool head = true;
  while (start < body.size()) {
    const auto end = body.find('\n', start);
    const bool more_parts = !d.parts.empty();
    out += (head ? first : rest + (more_parts ? "│   " : "    ")) + body.substr(start, end - start) + '\n';
    head = false;
    start = end + 1;
  }
  for (std::size_t i = 0; i < d.parts.size(); ++i) {
    const bool last = i + 1 == d.parts.size();
    print(d.parts[i], rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "), out);
  }
}

// The matrices that the FLOPs of one token were counted from.
std::string matrices(const run::ResolvedRun& run) {
  if (!run.network || !run.inputs.flop_per_token) return {};
  const run::Network& n = *run.network;
  std::string out = "FLOP per " + std::string{model::unit_name(n.flops.unit)} + ", forward, of " + n.name;
  if (n.sequence_length > 0) out += " at " + quantity::shortest(n.sequence_length) + " tokens per sequence";
  constexpr double digits = 1000;  // 3, or 2.14 where weights are frozen
  const double times = n.flops.training.coherent() / n.flops.forward.coherent();
  out += " (training is " + quantity::shortest(std::round(digits * times) / digits) + " times that)\n";
  Table table{{{"  matrix or product"}, {"part"}, {"size"}, {"FLOP", Align::right}, {"share", Align::right}},
              {}};
  for (const model::FlopTerm& term : n.flops.terms) {
    table.rows.push_back({"  " + term.name, std::string{model::part_name(term.part)}, term.size,
                          quantity::significant(term.forward, 4),
                          quantity::percent(term.forward / n.flops.forward.coherent(), 3)});
  }
  table.rows.push_back({"  all", "", "", quantity::significant(n.flops.forward.coherent(), 4), ""});
  return out + text(table) + '\n';
}

std::string choices_made(const run::ResolvedRun& run) {
  if (run.choices.empty()) return {};
  std::string out = "Choices made\n";
  for (const auto& choice : run.choices)
    out += wrapped(choice.input + ": " + choice.value + ", " + origin_words(choice.origin), page_width, 2);
  return out + '\n';
}

std::string cited(const catalog::Catalog& catalog, const std::vector<std::string>& sources) {
  if (sources.empty()) return {};
  std::string out = "Sources\n";
  for (const std::string& id : sources) {
    const std::string line = wrapped('[' + id + "] " + citation(catalog, id), page_width, 4);
    out += "  " + line.substr(4);
  }
  for (const std::string& line : attributions(catalog, sources)) out += wrapped(line, page_width, 2);
  return out;
}

}  // namespace

std::string explain_text(const run::ResolvedRun& run, const std::vector<Derivation>& derivations,
                         const catalog::Catalog& catalog) {
  std::string out;
  if (!run.title.empty()) out += diag::visible(run.title) + "\n\n";
  std::vector<std::string> sources;
  for (const Derivation& d : derivations) {
    print(d, "", "", out);
    collect_sources(d, sources);
    out += '\n';
  }
  out += matrices(run) + choices_made(run) + cited(catalog, sources);
  if (!out.empty() && out.ends_with("\n\n")) out.pop_back();
  return out;
}

std::string explain_stages_text(const run::StagedRun& run, const catalog::Catalog& catalog) {
  std::string out;
  if (!run.total.title.empty()) out += diag::visible(run.total.title) + "\n\n";
  const auto tree = [&](const run::ResolvedRun& of) {
    for (const Derivation& d : ask::explain(of)) {
      print(d, "", "", out);
      out += '\n';
    }
  };
  std::string counted;  // the network whose matrices were shown last
  for (const run::ResolvedStage& stage : run.stages) {
    out += "Stage '" + diag::visible(stage.name) + "': " + std::string{run::info(stage.regime).what} + "\n\n";
    tree(stage.run);
    if (stage.run.network && stage.run.inputs.flop_per_token) {
      std::string own = matrices(stage.run);
      if (own != counted) out += own;
      counted = std::move(own);
    }
    out += choices_made(stage.run);
  }
  out += "Total of all stages\n\n";
  tree(run.total);
  out += cited(catalog, run.sources());
  if (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace kwhatif::report
