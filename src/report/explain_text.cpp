#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>

namespace kwhatif::report {

using analysis::Derivation;

namespace {

constexpr std::size_t page_width = 110;

void collect_sources(const Derivation& d, std::vector<std::string>& out) {
  if (d.origin && !d.origin->source.empty() && std::find(out.begin(), out.end(), d.origin->source) == out.end())
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

}  // namespace

std::string explain_text(const scenario::ResolvedRun& run, const std::vector<Derivation>& derivations,
                         const catalog::Catalog& catalog) {
  std::string out;
  if (!run.title.empty()) out += run.title + "\n\n";
  std::vector<std::string> sources;
  for (const Derivation& d : derivations) {
    print(d, "", "", out);
    collect_sources(d, sources);
    out += '\n';
  }
  if (!run.choices.empty()) {
    out += "Choices made\n";
    for (const auto& choice : run.choices)
      out += wrapped(choice.input + ": " + choice.value + ", " + origin_words(choice.origin), page_width, 2);
    out += '\n';
  }
  if (!sources.empty()) {
    out += "Sources\n";
    for (const std::string& id : sources) {
      const std::string line = wrapped('[' + id + "] " + citation(catalog, id), page_width, 4);
      out += "  " + line.substr(4);
    }
    for (const std::string& line : attributions(catalog, sources)) out += wrapped(line, page_width, 2);
  }
  if (!out.empty() && out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace kwhatif::report
