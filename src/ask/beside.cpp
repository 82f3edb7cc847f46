#include <kwhatif/ask/beside.hpp>
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace kwhatif::ask {

using catalog::Responsible;
using run::Slot;

namespace {

constexpr std::size_t most_named = 4;

diag::Diagnostic note(std::string code, std::string message, std::string help = {}) {
  return {.code = std::move(code),
          .message = std::move(message),
          .where = {},
          .help = std::move(help),
          .severity = diag::Severity::note};
}

// "h100-sxm5, tpu-v6e and 3 more"
std::string named(const std::vector<std::string>& labels) {
  const auto first = std::span{labels}.first(std::min(most_named, labels.size()));
  const bool parted =
      std::ranges::any_of(labels, [](const std::string& l) { return l.find(", ") != l.npos; });
  return diag::listed(first, parted ? "; " : ", ") +
         (labels.size() > most_named ? " and " + std::to_string(labels.size() - most_named) + " more" : "");
}

// One reason, and which runs it concerns: a label stands once, however many runs bear it.
struct Reason {
  diag::Diagnostic what;
  std::vector<std::string> labels = {};
  std::size_t runs = 0;
};

// In the order in which they are first met.
class Reasons {
 public:
  void add(const diag::Diagnostic& what, const std::string& label) {
    auto found = std::ranges::find_if(all_, [&](const Reason& r) { return r.what.message == what.message; });
    if (found == all_.end()) found = all_.insert(all_.end(), {.what = what});
    ++found->runs;
    if (std::ranges::find(found->labels, label) == found->labels.end()) found->labels.push_back(label);
  }
  const std::vector<Reason>& all() const { return all_; }

 private:
  std::vector<Reason> all_;
};

void add_gaps(const std::vector<Compared>& runs, std::vector<diag::Diagnostic>& out) {
  Reasons reasons;
  for (const Compared& c : runs) {
    for (const diag::Diagnostic& gap : missing_parts(c.run, c.result)) reasons.add(gap, c.label);
  }
  for (const auto& [gap, labels, concerned] : reasons.all()) {
    const bool all = concerned == runs.size();
    const auto& told = runs.front().run.warnings;  // of all alike
    if (all && std::ranges::find(told, gap.code, &diag::Diagnostic::code) != told.end())
      out.push_back(note(gap.code, gap.message, gap.help));
    if (!all) out.push_back(note(gap.code, named(labels) + ": " + gap.message, gap.help));
  }
}

// Prices over providers beside prices of one.
void add_prices(const std::vector<Compared>& runs, std::vector<diag::Diagnostic>& out) {
  Reasons reasons;
  for (const Compared& c : runs) {
    if (!c.result.cost || !c.run.inputs.price()) continue;
    const auto& origin = c.run.record(Slot::price).origin;
    if (origin.responsible != Responsible::fallback) continue;
    reasons.add(note("price-of-others", origin.note), c.label);
  }
  constexpr std::size_t most = 3;
  for (std::size_t i = 0; i < reasons.all().size() && i < most; ++i) {
    const auto& [reason, labels, concerned] = reasons.all()[i];
    out.push_back(note(reason.code, "price for " + named(labels) + ": " + reason.message));
  }
  if (reasons.all().size() > most)
    out.push_back(
        note("price-of-others", "prices of " + std::to_string(reasons.all().size() - most) +
                                    " more runs are not of their own provider either (--json says which)"));
}

// How the power of a run is known.
std::string power_of(const Compared& c) {
  if (!c.result.it_energy || !c.run.inputs.device_time()) {
    if (!c.result.power) return {};
  }
  const bool direct = c.run.inputs.power().has_value();
  const auto& origin = c.run.record(direct ? Slot::power : Slot::power_ratio).origin;
  switch (origin.responsible) {
    case Responsible::user:
      return "given";
    case Responsible::table:
      return "measured, from the tables";
    case Responsible::predicted:
      return "predicted, as fitted to measured runs";
    default:
      return "a rule of thumb over the rated power";
  }
}

void add_powers(const std::vector<Compared>& runs, std::vector<diag::Diagnostic>& out) {
  std::map<std::string, std::vector<std::string>> kinds;
  for (const Compared& c : runs) {
    const std::string kind = power_of(c);
    if (kind.empty()) continue;
    auto& labels = kinds[kind];
    if (std::ranges::find(labels, c.label) == labels.end()) labels.push_back(c.label);
  }
  if (kinds.size() < 2) return;
  out.push_back(
      note("unlike-power",
           "power is not known alike: " +
               diag::listed(kinds, "; ",
                            [](const auto& kind) { return kind.first + " for " + named(kind.second); }),
           "a ratio of energies holds no better than the worse of the two"));
}

}  // namespace

std::vector<diag::Diagnostic> notes_beside(const std::vector<Compared>& runs) {
  std::vector<diag::Diagnostic> out;
  add_gaps(runs, out);
  add_prices(runs, out);
  add_powers(runs, out);
  return out;
}

std::vector<diag::Diagnostic> notes_on_gaps(const grid::Space& space, const std::vector<std::uint64_t>& rows,
                                            const std::vector<std::size_t>& results,
                                            const catalog::Catalog& tables) {
  constexpr std::size_t most_rows = 100;
  Reasons reasons;
  for (const std::uint64_t row : std::span{rows}.first(std::min(rows.size(), most_rows))) {
    const auto indices = space.indices(row);
    const auto inputs = space.inputs(indices);
    std::optional<run::RunEstimate<double>> known;
    if (inputs) known = run::estimate(*inputs);
    const auto lacks = [&](std::size_t result) { return !known || !grid::result_value(*known, result); };
    if (std::ranges::none_of(results, lacks)) continue;
    std::string label;
    for (std::size_t a = 0; a < indices.size(); ++a) {
      if (!space.axes()[a].numeric())
        label += (label.empty() ? "" : " in ") + space.axes()[a].text(indices[a]);
    }
    if (label.empty()) label = "row " + std::to_string(row);
    try {
      const auto run = run::resolve(space.scenario(indices), tables);
      const auto found = run::estimate(run.inputs);
      for (const std::size_t result : results) {
        if (!lacks(result)) continue;
        for (const diag::Diagnostic& gap : missing_for(result, run, found)) reasons.add(gap, label);
      }
    } catch (const diag::ScenarioError& error) {
      reasons.add(error.diagnostics().front(), label);
    }
  }
  std::vector<diag::Diagnostic> out;
  for (const auto& [gap, labels, concerned] : reasons.all())
    out.push_back(note(gap.code, named(labels) + ": " + gap.message, gap.help));
  constexpr std::size_t most = 5;
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace kwhatif::ask
