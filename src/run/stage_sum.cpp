#include "stage_cost.hpp"
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <set>

namespace kwhatif::run {

using catalog::Responsible;
using catalog::Standing;

namespace {

// The sum of all stages as one run.
class Sum {
 public:
  explicit Sum(const std::vector<ResolvedStage>& stages) : stages_(stages) {}

  ResolvedRun run(const Scenario& base) {
    out_.title = base.title;
    for (const InputInfo& row : input_table()) {
      if (const auto& given = base.get(row.input)) out_.summary.emplace_back(row.flag, given->text);
    }
    using Result = RunEstimate<double>;
    const auto flop = sum([](const ResolvedStage& s) -> std::optional<double> {
      if (!s.result.training_flop) return std::nullopt;
      return s.result.training_flop->coherent() * (s.run.inputs.runs() ? s.run.inputs.runs()->coherent() : 1);
    });
    const auto time = sum_of(&Result::device_time);
    const auto wall = sum_of(&Result::wall_time);
    const auto it = sum_of(&Result::it_energy);
    const auto facility = sum_of(&Result::facility_energy);
    take(Slot::training_flop, flop, "sum of the stages");
    take(Slot::device_time, time, "sum of the stages");
    if (!same(Slot::devices)) take(Slot::wall_time, wall, "sum of the stages, one after the other");
    same(Slot::peak);
    average(Slot::power, it, time);
    average(Slot::pue, facility, it);
    average(Slot::ci, sum_of(&Result::operational_location), facility);
    average(Slot::ci_market, sum_of(&Result::operational_market), facility);
    average(Slot::price, sum_of(&Result::cost), time);
    average(Slot::price_low, sum_of(&Result::cost_low), time);
    average(Slot::price_high, sum_of(&Result::cost_high), time);
    average(Slot::electricity_price, sum_of(&Result::electricity_cost), facility);
    average(Slot::board_share, sum_of(&Result::accelerator_energy), it);
    average(Slot::development, sum_of(&Result::development_energy), facility);
    average(Slot::wue, sum_of(&Result::water_on_site), it);
    average(Slot::water_intensity, sum_of(&Result::water_off_site), facility);
    manufacture(time);
    const auto common = [&](auto member) {
      const auto& first = (stages_.front().run.*member);
      const bool all = first && std::all_of(stages_.begin(), stages_.end(), [&](const ResolvedStage& s) {
                         return (s.run.*member) && (s.run.*member)->id() == first->id();
                       });
      if (all) out_.*member = first;
    };
    common(&ResolvedRun::hardware);
    common(&ResolvedRun::host);
    common(&ResolvedRun::region);
    common(&ResolvedRun::grid);
    for (const ResolvedStage& stage : stages_) {
      for (const MissingFactor& m : stage.run.missing) {
        if (std::ranges::find(out_.missing, m.result, &MissingFactor::result) == out_.missing.end())
          out_.missing.push_back(m);
      }
    }
    warnings();
    return std::move(out_);
  }

 private:
  template <class Value>
  std::optional<double> sum(Value value) const {
    double total = 0;
    for (const ResolvedStage& stage : stages_) {
      const auto v = value(stage);
      if (!v) return std::nullopt;
      total += *v;
    }
    return total;
  }

  template <class Field>
  std::optional<double> sum_of(Field RunEstimate<double>::*field) const {
    return sum([&](const ResolvedStage& s) -> std::optional<double> {
      const auto& f = s.result.*field;
      return f ? std::optional{f->coherent()} : std::nullopt;
    });
  }

  void take(Slot slot, std::optional<double> value, const std::string& note) {
    if (!value) return;
    set_slot(out_.inputs, slot, *value);
    SlotRecord record;
    record.origin = {.responsible = Responsible::derived,
                     .standing = Standing::derived,
                     .source = {},
                     .at = {},
                     .note = note,
                     .text = {}};
    out_.records[static_cast<std::size_t>(slot)] = std::move(record);
  }

  // Takes what is the same in all stages, with its origin.
  bool same(Slot slot) {
    const auto first = slot_value(stages_.front().run.inputs, slot);
    const bool all = first && std::all_of(stages_.begin(), stages_.end(), [&](const ResolvedStage& s) {
                       return slot_value(s.run.inputs, slot) == first;
                     });
    if (!all) return false;
    set_slot(out_.inputs, slot, first);
    out_.records[static_cast<std::size_t>(slot)] = stages_.front().run.record(slot);
    return true;
  }

  // What gives the sum of a product when multiplied with the sum of the other factor.
  void average(Slot slot, std::optional<double> product, std::optional<double> factor) {
    if (same(slot) || !product || !factor) return;
    take(slot, *factor > 0 ? *product / *factor : 0, "average over the stages");
  }

  // Where the devices' manufacture, life or use differ between stages: what gives the sum over a life of one
  // year.
  void manufacture(std::optional<double> time) {
    bool alike = true;
    for (const Slot slot : {Slot::lifetime, Slot::lifetime_use, Slot::embodied_extra, Slot::building})
      alike = (same(slot) || !slot_value(stages_.front().run.inputs, slot)) && alike;
    if (alike && same(Slot::embodied_each)) return;
    const auto all = sum_of(&RunEstimate<double>::embodied);
    if (!all || !time) return;
    constexpr double year = 365 * 86400.0;
    for (const Slot slot : {Slot::embodied_extra, Slot::building}) out_.inputs.forget(slot);
    take(Slot::lifetime, year, "so that manufacture adds up over the stages");
    take(Slot::lifetime_use, 1, "so that manufacture adds up over the stages");
    take(Slot::embodied_each, *time > 0 ? *all * year / *time : 0, "average over the stages");
  }

  void warnings() {
    std::vector<std::pair<std::string, std::size_t>> counted;  // rendered, how many stages say it
    for (const ResolvedStage& stage : stages_) {
      for (const diag::Diagnostic& w : stage.run.warnings) {
        const std::string text = diag::render(w);
        const auto found =
            std::find_if(counted.begin(), counted.end(), [&](const auto& c) { return c.first == text; });
        if (found == counted.end())
          counted.emplace_back(text, 1);
        else
          ++found->second;
      }
    }
    std::set<std::string> said;
    for (const ResolvedStage& stage : stages_) {
      for (diag::Diagnostic w : stage.run.warnings) {
        const std::string text = diag::render(w);
        if (!said.insert(text).second) continue;
        const auto found =
            std::find_if(counted.begin(), counted.end(), [&](const auto& c) { return c.first == text; });
        if (found->second < stages_.size()) w.message = "stage '" + stage.name + "': " + w.message;
        out_.warnings.push_back(std::move(w));
      }
    }
    gaps();
  }

  // A result that some stages have and others have not is unknown in the sum: say whose fault that is.
  void gaps() {
    const auto missing = [](const ResolvedStage& stage) {
      std::vector<std::string> out;
      for_each_result(stage.result, [&](const ResultInfo& result, const auto& field) {
        if (!field && result.phases != Phases::follows) out.emplace_back(result.label);
      });
      return out;
    };
    std::vector<std::string> by_all = missing(stages_.front());
    for (const ResolvedStage& stage : stages_) {
      const auto own = missing(stage);
      std::erase_if(by_all, [&](const std::string& label) {
        return std::find(own.begin(), own.end(), label) == own.end();
      });
    }
    for (const ResolvedStage& stage : stages_) {
      std::string list;
      for (const std::string& label : missing(stage)) {
        if (std::find(by_all.begin(), by_all.end(), label) == by_all.end())
          list += (list.empty() ? "" : ", ") + label;
      }
      if (list.empty()) continue;
      out_.warnings.push_back(
          {.code = "stage-unknown",
           .message = "not known for stage '" + stage.name + "', so neither for the total: " + list,
           .where = {},
           .help = "give what the stage lacks (devices, utilisation, power, place, contracts or price), or "
                   "leave it out",
           .severity = diag::Severity::warning});
    }
  }

  const std::vector<ResolvedStage>& stages_;
  ResolvedRun out_;
};

}  // namespace

ResolvedRun sum_of_stages(const std::vector<ResolvedStage>& stages, const Scenario& around) {
  return Sum{stages}.run(around);
}

}  // namespace kwhatif::run
