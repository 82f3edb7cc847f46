#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/stages.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::report {

using quantity::human;
using quantity::significant;
using run::ResolvedStage;

namespace {

constexpr std::size_t page_width = 110;

template <class Field>
std::string shown(const std::optional<Field>& field) {
  return field ? human(field->coherent(), Field::dimension) : std::string{"unknown"};
}

std::vector<std::string> line(const std::string& name, const std::string& regime,
                              const run::RunEstimate<double>& r) {
  return {name,
          regime,
          shown(r.training_flop),
          shown(r.device_time),
          shown(r.wall_time),
          shown(r.facility_energy),
          shown(r.operational_location),
          shown(r.cost)};
}

// The first so many characters, an ellipsis where that is not all.
std::string cut(const std::string& text, std::size_t room) {
  if (width(text) <= room) return text;
  std::size_t bytes = 0;
  for (std::size_t count = 0; bytes < text.size() && count + 1 < room; ++count) {
    ++bytes;
    while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) ++bytes;
  }
  return text.substr(0, bytes) + "…";
}

struct Line {
  std::string input;
  std::string shown;
  std::string words;
  std::vector<std::string> stages;
};

// What several stages assume alike stands once.
std::vector<Line> assumed(const run::StagedRun& run) {
  std::vector<Line> out;
  for (const ResolvedStage& stage : run.stages) {
    for (const Assumption& a : assumptions(stage.run)) {
      const std::string words = origin_words(a.origin);
      const auto found = std::find_if(out.begin(), out.end(), [&](const Line& l) {
        return l.input == a.input && l.shown == a.shown && l.words == words;
      });
      if (found != out.end()) {
        if (found->stages.back() != stage.name) found->stages.push_back(stage.name);
        continue;
      }
      out.push_back({a.input, a.shown, words, {stage.name}});
    }
  }
  std::stable_sort(out.begin(), out.end(), [&](const Line& a, const Line& b) {
    return (a.stages.size() == run.stages.size()) > (b.stages.size() == run.stages.size());
  });
  return out;
}

// The 50 and 90 % bands of what people ask for.
std::string how_sure(const run::StagedRun& run, const run::RunEstimate<double>& total) {
  Table table{{{"How sure"}, {"50 % band", Align::right}, {"90 % band", Align::right}}, {}};
  for (const uncertain::Band& band : stage_bands(run, total)) {
    const auto between = [&](double low, double high) {
      quantity::Dimension dimension;
      run::for_each_result(total, [&](const run::ResultInfo& info, const auto& field) {
        if (info.key == band.info.key) dimension = std::remove_cvref_t<decltype(*field)>::dimension;
      });
      return human(low, dimension, 2) + " to " + human(high, dimension, 2);
    };
    const std::string_view key = band.info.key;
    constexpr double visible = 1.01;  // the rounding of a printed peak alone is not worth a line
    if (band.p95 <= visible * band.p05) continue;
    if (key != "device_time" && key != "facility_energy" && key != "operational_location") continue;
    table.rows.push_back(
        {"  " + std::string{band.info.label}, between(band.p25, band.p75), between(band.p05, band.p95)});
  }
  if (table.rows.empty()) return {};
  return '\n' + text(table) + "  of the total, as if all stages erred together\n";
}

}  // namespace

run::RunEstimate<double> of_all_runs(const ResolvedStage& stage) {
  auto out = stage.result;
  if (out.training_flop && stage.run.inputs.runs)
    out.training_flop = quantity::TrainingFlop<>::from_coherent(out.training_flop->coherent() *
                                                                stage.run.inputs.runs->coherent());
  return out;
}

std::vector<uncertain::Band> stage_bands(const run::StagedRun& run, const run::RunEstimate<double>& total) {
  static constexpr std::array<std::string_view, 9> summed{
      "device_time",        "wall_time", "it_energy", "facility_energy", "operational_location",
      "operational_market", "cost",      "cost_low",  "cost_high"};
  std::vector<uncertain::Intervals> own;
  for (const ResolvedStage& stage : run.stages)
    own.push_back(uncertain::intervals(stage.run, uncertain::spread_of(stage.run)));
  std::vector<uncertain::Band> out;
  run::for_each_result(total, [&](const run::ResultInfo& info, const auto& field) {
    if (!field || std::find(summed.begin(), summed.end(), info.key) == summed.end()) return;
    uncertain::Band sum{.info = info};
    bool uncertain = false;
    for (std::size_t i = 0; i < own.size(); ++i) {
      uncertain::Band exact{.info = info};
      run::for_each_result(run.stages[i].result, [&](const run::ResultInfo& of, const auto& value) {
        if (of.key == info.key && value)
          exact.p05 = exact.p25 = exact.p50 = exact.p75 = exact.p95 = value->coherent();
      });
      const uncertain::Band* band = own[i].find(info.key);
      uncertain = uncertain || band != nullptr;
      const uncertain::Band& add = band != nullptr ? *band : exact;
      sum.p05 += add.p05;
      sum.p25 += add.p25;
      sum.p50 += add.p50;
      sum.p75 += add.p75;
      sum.p95 += add.p95;
    }
    if (uncertain) out.push_back(sum);
  });
  return out;
}

std::string stages_text(const run::StagedRun& run, const run::RunEstimate<double>& total,
                        const catalog::Catalog& catalog) {
  std::string out;
  if (!run.total.title.empty()) out += diag::visible(run.total.title) + "\n\n";
  Table table{{{"Stage"},
               {"Regime"},
               {"Compute", Align::right},
               {"Device-time", Align::right},
               {"Wall time", Align::right},
               {"Energy", Align::right},
               {"CO2e", Align::right},
               {"Cost", Align::right}},
              {}};
  for (const ResolvedStage& stage : run.stages)
    table.rows.push_back(line(stage.name, std::string{run::info(stage.regime).id}, of_all_runs(stage)));
  table.rows.push_back(line("total", "", total));
  out += text(table);
  out += "\nEnergy is that of the facility, CO2e location-based, compute that of model FLOPs.\n";
  for (const ResolvedStage& stage : run.stages) {
    if (stage.bandwidth_bound)
      out += wrapped("Stage '" + stage.name + "': decoding is bound by memory bandwidth: " +
                         human(stage.cost.decode_bytes, quantity::dim::data) + " are read for " +
                         human(stage.cost.decode_flop, quantity::dim::flop) + ".",
                     page_width, 0);
  }
  out += how_sure(run, total);
  if (const std::string sentence = plain_sentence(total, catalog); !sentence.empty())
    out += '\n' + wrapped(sentence, page_width, 0);
  const auto list = assumed(run);
  if (list.empty()) return out;
  out += "\nAssumptions (not given, so taken from tables or defaults)\n";
  std::size_t input_width = 0;
  std::size_t shown_width = 0;
  for (const Line& a : list) {
    input_width = std::max(input_width, a.input.size());
    shown_width = std::max(shown_width, width(a.shown));
  }
  for (const Line& a : list) {
    const std::string head = "  " + a.input + std::string(input_width - a.input.size(), ' ') + "  " +
                             a.shown + std::string(shown_width - width(a.shown), ' ') + "  ";
    std::string words;
    if (a.stages.size() < run.stages.size()) {
      for (const std::string& name : a.stages) words += (words.empty() ? "" : ", ") + name;
      words += ": ";
    }
    words += a.words;
    out += head + cut(words, page_width > width(head) + 30 ? page_width - width(head) : 30) + '\n';
  }
  out += "  `kwhatif explain` with the same arguments gives every locator and the full citations.\n";
  for (const std::string& notice : attributions(catalog, run.sources()))
    out += wrapped(notice, page_width, 2);
  return out;
}

Table stages_table(const run::StagedRun& run, const run::RunEstimate<double>& total) {
  Table table;
  table.columns = {{"stage"}, {"regime"}};
  run::for_each_result(total, [&](const run::ResultInfo& info, const auto&) {
    table.columns.push_back({std::string{info.json_key}});
  });
  const auto add = [&](const std::string& name, const std::string& regime,
                       const run::RunEstimate<double>& r) {
    std::vector<std::string> row{name, regime};
    run::for_each_result(r, [&](const run::ResultInfo& info, const auto& field) {
      row.push_back(field ? quantity::shortest(info.unit.empty()
                                                   ? field->coherent()
                                                   : quantity::to_unit(field->coherent(), info.unit))
                          : std::string{});
    });
    table.rows.push_back(std::move(row));
  };
  for (const ResolvedStage& stage : run.stages)
    add(stage.name, std::string{run::info(stage.regime).id}, of_all_runs(stage));
  add("total", "", total);
  return table;
}

}  // namespace kwhatif::report
