// What gives way when an input is said anew: by a flag over a run file, by an axis over a run, by a stage
// over the run around it. One table of rules for all three.
#include "stage_support.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::run {

namespace {

// What was said before and what is said anew, while the rules are applied.
struct Both {
  const Scenario& before;
  const Scenario& anew;
  const catalog::Catalog* catalog;
  Anew manner;

  bool has(Input input) const { return before.has(input) || anew.has(input); }
};

bool always(const Both&) { return true; }

bool sizes_of_network(const Both& b) {
  return std::any_of(plain_sizes.begin(), plain_sizes.end(), [&](Input i) { return b.has(i); });
}

bool amount_known(const Both& b) {
  return b.has(Input::tokens) || b.has(Input::samples) || b.has(Input::steps);
}
// The compute can be counted from what both say.
bool countable(const Both& b) {
  return amount_known(b) && (b.has(Input::flops_per_sample) || b.has(Input::params) || b.has(Input::active) ||
                             b.has(Input::model) || b.has(Input::config) || sizes_of_network(b));
}
bool work_known(const Both& b) { return b.has(Input::flops) || countable(b); }
bool devices_known(const Both& b) { return b.has(Input::chips) || b.has(Input::nodes); }
bool two_times(const Both& b) { return b.before.has(Input::hours) && b.before.has(Input::device_hours); }
// What a rate counts was said of the rate that stood beside it.
bool said_of_a_rate(const Both& b) {
  return b.before.has(Input::mfu) || b.before.has(Input::tflops) || b.before.has(Input::hfu);
}
bool rate_goes(const Both& b) { return said_of_a_rate(b) && work_known(b); }
// Power, rate and price belong to the device that was named with them.
bool other_device(const Both& b) { return b.before.has(Input::hardware); }
// Nodes are counted of any host; of a device there are none.
bool no_host(const Both& b) {
  const auto& name = b.anew.get(Input::hardware);
  return name && b.catalog != nullptr && !name->text.empty() &&
         !b.catalog->meant(catalog::Kind::host, name->text).row;
}
bool placed(const Both& b) { return b.has(Input::region) || b.has(Input::grid); }
// A PUE belongs to the site that was named with it. Axes compare one run in many places: there it stays.
bool other_site(const Both& b) {
  return b.manner == Anew::once && (b.before.has(Input::region) || b.before.has(Input::grid));
}
// The time measured beside a throughput is that of the work that was measured.
bool other_amount(const Both& b) {
  return std::any_of(throughputs.begin(), throughputs.end(), [&](Input i) { return b.before.has(i); });
}
bool whole_model(const Both& b) { return b.anew.get(Input::finetune)->text == "full"; }
bool number_of_tokens(const Both& b) { return b.anew.get(Input::tokens)->text != "optimal"; }

struct Rule {
  Input by;
  Input what;
  bool (*when)(const Both&);
};
constexpr std::array rules{
    Rule{Input::model, Input::config, always},
    Rule{Input::model, Input::params, always},
    Rule{Input::model, Input::active, always},
    Rule{Input::model, Input::flops, countable},
    Rule{Input::config, Input::model, always},
    Rule{Input::config, Input::params, always},
    Rule{Input::config, Input::active, always},
    Rule{Input::config, Input::flops, countable},
    Rule{Input::params, Input::model, always},
    Rule{Input::params, Input::config, always},
    Rule{Input::params, Input::active, always},
    Rule{Input::params, Input::flops, countable},
    Rule{Input::active, Input::flops, countable},
    Rule{Input::tokens, Input::flops, countable},
    Rule{Input::tokens, Input::loss_law, number_of_tokens},
    Rule{Input::epochs, Input::flops, countable},
    Rule{Input::tokens, Input::samples, always},
    Rule{Input::tokens, Input::steps, always},
    Rule{Input::samples, Input::tokens, always},
    Rule{Input::samples, Input::steps, always},
    Rule{Input::samples, Input::flops, countable},
    Rule{Input::steps, Input::tokens, always},
    Rule{Input::steps, Input::samples, always},
    Rule{Input::steps, Input::flops, countable},
    Rule{Input::steps, Input::epochs, always},
    Rule{Input::flops_per_sample, Input::flops, countable},
    Rule{Input::model, Input::flops_per_sample, always},
    Rule{Input::config, Input::flops_per_sample, always},
    Rule{Input::flops, Input::tokens, always},
    Rule{Input::flops, Input::samples, always},
    Rule{Input::flops, Input::steps, always},
    Rule{Input::flops, Input::flops_per_sample, always},
    Rule{Input::tokens, Input::hours, other_amount},
    Rule{Input::tokens, Input::device_hours, other_amount},
    Rule{Input::tokens, Input::energy, always},
    Rule{Input::samples, Input::hours, other_amount},
    Rule{Input::samples, Input::device_hours, other_amount},
    Rule{Input::samples, Input::energy, always},
    Rule{Input::steps, Input::hours, other_amount},
    Rule{Input::steps, Input::device_hours, other_amount},
    Rule{Input::steps, Input::energy, always},
    Rule{Input::chips, Input::energy, always},
    Rule{Input::base_flops, Input::base_model, always},
    Rule{Input::base_model, Input::base_flops, always},
    Rule{Input::flops, Input::epochs, always},
    Rule{Input::flops, Input::loss_law, always},
    Rule{Input::finetune, Input::rank, whole_model},
    Rule{Input::finetune, Input::targets, whole_model},
    Rule{Input::hours, Input::device_hours, devices_known},
    Rule{Input::hours, Input::mfu, work_known},
    Rule{Input::hours, Input::tflops, work_known},
    Rule{Input::device_hours, Input::hours, devices_known},
    Rule{Input::device_hours, Input::mfu, work_known},
    Rule{Input::device_hours, Input::tflops, work_known},
    Rule{Input::hours, Input::hfu, work_known},
    Rule{Input::device_hours, Input::hfu, work_known},
    Rule{Input::hfu, Input::mfu, always},
    Rule{Input::hfu, Input::tflops, always},
    Rule{Input::hfu, Input::hours, work_known},
    Rule{Input::hfu, Input::device_hours, work_known},
    Rule{Input::mfu, Input::hfu, always},
    Rule{Input::tflops, Input::hfu, always},
    Rule{Input::mfu, Input::tflops, always},
    Rule{Input::mfu, Input::hours, work_known},
    Rule{Input::mfu, Input::device_hours, work_known},
    Rule{Input::tflops, Input::mfu, always},
    Rule{Input::tflops, Input::hours, work_known},
    Rule{Input::tflops, Input::device_hours, work_known},
    Rule{Input::mfu, Input::flops_convention, said_of_a_rate},
    Rule{Input::mfu, Input::mfu_convention, said_of_a_rate},
    Rule{Input::tflops, Input::flops_convention, said_of_a_rate},
    Rule{Input::tflops, Input::mfu_convention, said_of_a_rate},
    Rule{Input::hfu, Input::flops_convention, said_of_a_rate},
    Rule{Input::hfu, Input::mfu_convention, said_of_a_rate},
    Rule{Input::hours, Input::flops_convention, rate_goes},
    Rule{Input::hours, Input::mfu_convention, rate_goes},
    Rule{Input::device_hours, Input::flops_convention, rate_goes},
    Rule{Input::device_hours, Input::mfu_convention, rate_goes},
    Rule{Input::chips, Input::nodes, always},
    Rule{Input::chips, Input::hours, two_times},
    Rule{Input::nodes, Input::chips, always},
    Rule{Input::nodes, Input::hours, two_times},
    Rule{Input::power, Input::total_power, always},
    Rule{Input::total_power, Input::power, always},
    Rule{Input::power, Input::accelerator_power, always},
    Rule{Input::total_power, Input::accelerator_power, always},
    Rule{Input::accelerator_power, Input::power, always},
    Rule{Input::accelerator_power, Input::total_power, always},
    Rule{Input::power, Input::energy, always},
    Rule{Input::total_power, Input::energy, always},
    Rule{Input::accelerator_power, Input::energy, always},
    Rule{Input::energy, Input::power, always},
    Rule{Input::energy, Input::total_power, always},
    Rule{Input::energy, Input::accelerator_power, always},
    Rule{Input::hardware, Input::nodes, no_host},
    Rule{Input::hardware, Input::power, other_device},
    Rule{Input::hardware, Input::total_power, other_device},
    Rule{Input::hardware, Input::accelerator_power, other_device},
    Rule{Input::hardware, Input::energy, other_device},
    Rule{Input::hardware, Input::tflops, other_device},
    Rule{Input::hardware, Input::network, other_device},
    Rule{Input::hardware, Input::price, other_device},
    Rule{Input::hardware, Input::price_low, other_device},
    Rule{Input::hardware, Input::price_high, other_device},
    Rule{Input::hardware, Input::purchase, other_device},
    Rule{Input::price, Input::purchase, always},
    Rule{Input::billing, Input::price, always},
    Rule{Input::purchase, Input::price, always},
    Rule{Input::purchase, Input::price_low, always},
    Rule{Input::purchase, Input::price_high, always},
    Rule{Input::price, Input::price_low, always},
    Rule{Input::price, Input::price_high, always},
    Rule{Input::region, Input::grid, always},
    Rule{Input::region, Input::ci, always},
    Rule{Input::region, Input::ci_market, always},
    Rule{Input::region, Input::pue, other_site},
    Rule{Input::grid, Input::region, always},
    Rule{Input::grid, Input::ci, always},
    Rule{Input::grid, Input::ci_market, always},
    Rule{Input::ci, Input::grid, always},
    Rule{Input::ci, Input::boundary, always},
    Rule{Input::ci, Input::basis, always},
    Rule{Input::ci, Input::source, always},
    Rule{Input::year, Input::ci, placed},
    Rule{Input::boundary, Input::ci, placed},
    Rule{Input::basis, Input::ci, placed},
    Rule{Input::source, Input::ci, placed},
};

// What a measured throughput rests on, beside the model: where it changes, the throughput does.
constexpr std::array rate_rests_on{Input::hardware,         Input::seq_len,         Input::global_batch,
                                   Input::micro_batch,      Input::tensor_parallel, Input::pipeline_parallel,
                                   Input::context_parallel, Input::expert_parallel, Input::zero,
                                   Input::recompute,        Input::precision,       Input::framework,
                                   Input::compiled,         Input::attention,       Input::network,
                                   Input::finetune};

// Whether an input said anew says what was said before, in other words perhaps: "1024" and "1024 images" are
// two.
bool same_value(Input input, const Both& b) {
  const Given& before = *b.before.get(input);
  const Given& anew = *b.anew.get(input);
  if (before.text == anew.text) return true;
  if (info(input).type == InputType::quantity) {
    std::vector<diag::Diagnostic> unread;
    const auto x = read_quantity(input, before, unread);
    const auto y = read_quantity(input, anew, unread);
    return x && y && x->dimension == y->dimension && x->coherent == y->coherent;
  }
  if (input != Input::hardware || b.catalog == nullptr) return false;
  const auto x = b.catalog->meant(catalog::Kind::hardware, before.text);
  const auto y = b.catalog->meant(catalog::Kind::hardware, anew.text);
  return x.row && y.row && x.row->id() == y.row->id();
}

// The input said anew that makes a measured throughput that of another run; only where a forecast can tell
// what follows. What was not said before is no change: it completes the measurement.
std::optional<Input> changes_rate(const Both& b) {
  const auto has_rate = [&](Input i) { return b.before.has(i) && !b.anew.has(i); };
  if (std::none_of(throughputs.begin(), throughputs.end(), has_rate)) return std::nullopt;
  // along an axis each value counts anew, the one that was measured, too: rows are of one kind
  const auto differs = [&](Input i) {
    return b.anew.has(i) && b.before.has(i) && (b.manner == Anew::along_axes || !same_value(i, b));
  };
  const auto either = [&](Input i) { return b.has(i); };
  const bool sized = std::any_of(network_names.begin(), network_names.end(), either) || sizes_of_network(b);
  if (!sized || !b.has(Input::hardware)) return std::nullopt;
  for (const Input count : {Input::chips, Input::nodes}) {
    const bool before = b.before.has(Input::chips) || b.before.has(Input::nodes);
    if (b.anew.has(count) && before && (!b.before.has(count) || differs(count))) return count;
  }
  const auto before = [&](Input i) { return b.before.has(i); };
  const bool named = std::any_of(network_names.begin(), network_names.end(), before) ||
                     std::any_of(plain_sizes.begin(), plain_sizes.end(), before);
  const auto another = [&](Input i) { return b.anew.has(i) && (!b.before.has(i) || differs(i)); };
  for (const Input name : network_names) {
    if (named && another(name)) return name;
  }
  for (const Input size : plain_sizes) {
    if (named && another(size)) return size;
  }
  for (const Input i : rate_rests_on) {
    if (differs(i)) return i;
  }
  for (const Input i : {Input::finetune, Input::recompute, Input::image_size}) {
    if (another(i)) return i;
  }
  return std::nullopt;
}

std::vector<Displaced> displaced_by(const Both& both) {
  std::vector<Displaced> out;
  const auto add = [&](Input what, Input by, std::string rest) {
    const bool known =
        std::any_of(out.begin(), out.end(), [&](const Displaced& d) { return d.input == what; });
    if (!known) out.push_back({what, *both.before.get(what), both.anew.get(by)->named, std::move(rest)});
  };
  // Says only what was said before. Rows of axes are of one kind: none keeps what belongs to one value alone.
  const auto repeats = [&](Input by) {
    return both.manner == Anew::once && both.before.has(by) &&
           both.before.get(by)->text == both.anew.get(by)->text;
  };
  for (const Rule& rule : rules) {
    if (!both.anew.has(rule.by) || both.anew.has(rule.what) || !both.before.has(rule.what)) continue;
    if (!repeats(rule.by) && rule.when(both)) add(rule.what, rule.by, {});
  }
  // A measured throughput, and what else decides the time: the one said anew counts. It belongs to the
  // device.
  for (const Input said : throughputs) {
    for (const Input rate : {Input::mfu, Input::tflops, Input::hfu, Input::hours, Input::device_hours}) {
      const bool time = rate == Input::hours || rate == Input::device_hours;
      if (both.anew.has(said) && both.before.has(rate) && !both.anew.has(rate) && !repeats(said) &&
          (!time || amount_known(both)))
        add(rate, said, {});
      if (both.anew.has(rate) && both.before.has(said) && !both.anew.has(said) && !repeats(rate) &&
          (!time || amount_known(both)))
        add(said, rate, {});
    }
    for (const Input other : throughputs) {
      if (other != said && both.anew.has(said) && both.before.has(other) && !both.anew.has(other) &&
          !repeats(said))
        add(other, said, {});
    }
    if (both.anew.has(Input::hardware) && both.before.has(said) && !both.anew.has(said) &&
        other_device(both) && !repeats(Input::hardware))
      add(said, Input::hardware, {});
  }
  if (const auto cause = changes_rate(both)) {
    for (const Input said : throughputs) {
      if (both.before.has(said) && !both.anew.has(said)) add(said, *cause, {});
    }
  }
  // A network by name, by its number of parameters, or by its sizes. Parameters said together with sizes tell
  // how these are meant.
  const auto first =
      std::find_if(plain_sizes.begin(), plain_sizes.end(), [&](Input i) { return both.anew.has(i); });
  for (const Input other : network_names) {
    if (first != plain_sizes.end()) {
      if (both.before.has(other) && !both.anew.has(other)) add(other, *first, {});
      continue;
    }
    for (const Input size : plain_sizes) {
      if (both.anew.has(other) && both.before.has(size) && !repeats(other)) add(size, other, {});
    }
  }
  if (first != plain_sizes.end() && both.before.has(Input::flops) && !both.anew.has(Input::flops) &&
      countable(both))
    add(Input::flops, *first, {});
  if (both.anew.has(Input::ci) && both.before.has(Input::region) && !both.anew.has(Input::region) &&
      !repeats(Input::ci))
    add(Input::region, Input::ci, "its carbon intensity; its PUE still counts");
  return out;
}

}  // namespace

void Scenario::give_way(const Scenario& anew, const catalog::Catalog* catalog, Anew manner) {
  if (!measured && changes_rate({*this, anew, catalog, manner})) {
    auto as_measured = std::make_shared<Scenario>(*this);
    as_measured->stages.clear();
    measured = std::move(as_measured);
  }
  for (Displaced& d : displaced_by({*this, anew, catalog, manner})) {
    if (d.part.empty()) clear(d.input);
    displaced.push_back(std::move(d));
  }
  if (stages.empty()) return;
  Scenario for_stages = anew;
  for (const Input work : stage_work) for_stages.clear(work);
  for (StageGiven& stage : stages) {
    stage.inputs.give_way(for_stages, catalog, manner);
    for (const InputInfo& row : input_table()) {
      const auto& given = stage.inputs.get(row.input);
      if (!given || !for_stages.has(row.input)) continue;
      if (given->text != for_stages.get(row.input)->text)
        stage.inputs.displaced.push_back({row.input, *given, for_stages.get(row.input)->named, {}});
      stage.inputs.clear(row.input);
    }
  }
}

void Scenario::overlay(const Scenario& over, const catalog::Catalog* catalog) {
  give_way(over, catalog);
  for (std::size_t i = 0; i < input_count; ++i) {
    if (over.given_[i]) given_[i] = over.given_[i];
  }
  if (!over.title.empty()) title = over.title;
  if (!over.stages.empty()) stages = over.stages;
  if (over.files) files = over.files;
}

}  // namespace kwhatif::run
