#include "resolver.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::run {

using catalog::Responsible;

number::Interval Resolver::interval(Slot slot) const {
  const double middle = value(slot);
  const double step = out_.record(slot).half_step;
  return {middle - step, middle + step};
}

void Resolver::set(Slot slot, double coherent, SlotRecord record) {
  if (options_.moved && options_.moved->slot == slot) coherent *= options_.moved->factor;
  set_slot(out_.inputs, slot, coherent);
  out_.records[static_cast<std::size_t>(slot)] = std::move(record);
}

void Resolver::set(Slot slot, const catalog::Cell& cell, Responsible responsible, const std::string& note) {
  SlotRecord record{.origin = cell.origin(responsible), .half_step = cell.half_step(), .low = {}, .high = {}};
  if (cell.has_spread()) {
    record.low = cell.low();
    record.high = cell.high();
  }
  if (!note.empty())
    record.origin.note = record.origin.note.empty() ? note : note + "; " + record.origin.note;
  set(slot, cell.value(), std::move(record));
}

catalog::Row Resolver::default_row(const std::string& id) const {
  const auto row = catalog_.find(catalog::Kind::fallback, id);
  if (!row) throw diag::InternalError("no default '" + id + "' in the tables");
  (void)row->needed_number("value");
  return *row;
}

void Resolver::set_default(Slot slot, const std::string& id) {
  const auto row = default_row(id);
  set(slot, *row.cell("value"), Responsible::fallback, std::string{row.text("note")});
}

void Resolver::fault(std::string code, std::string message, const diag::Span& where, std::string help) {
  faults_.push_back(
      {.code = std::move(code), .message = std::move(message), .where = where, .help = std::move(help)});
}

void Resolver::warn(std::string code, std::string message, std::string help, const diag::Span& where) {
  out_.warnings.push_back({.code = std::move(code),
                           .message = out_.work.said(std::move(message)),
                           .where = where,
                           .help = out_.work.said(std::move(help)),
                           .severity = diag::Severity::warning});
}

void Resolver::choose(std::string input, std::string value, catalog::Origin origin) {
  out_.choices.push_back({std::move(input), std::move(value), std::move(origin)});
}

void Resolver::read_as(const std::string& input, const Given& given, const catalog::Lookup& found) {
  if (!found.by_alias) return;
  const std::string id{found.row->id()};
  std::string note = "read '" + given.text + "' as " + id;
  if (!found.also.empty()) note += "; it could also be " + diag::listed(found.also);
  choose(input, id,
         {.responsible = found.also.empty() ? Responsible::table : Responsible::fallback,
          .source = {},
          .at = {},
          .note = std::move(note),
          .text = given.text});
}

void Resolver::ambiguous(const Given& given, const catalog::Lookup& found) {
  fault("ambiguous-name", given.named + ": '" + given.text + "' could be " + diag::listed(found.also),
        given.where, "name one of them");
}

// In the order of the text they are about.
void Resolver::throw_if_faulty() {
  if (faults_.empty()) return;
  std::stable_sort(faults_.begin(), faults_.end(), [](const diag::Diagnostic& a, const diag::Diagnostic& b) {
    if (a.where.source != b.where.source) return false;
    return a.where.line != b.where.line ? a.where.line < b.where.line : a.where.column < b.where.column;
  });
  throw diag::ScenarioError(std::move(faults_));
}

// What the user said first and then took back by a flag.
void Resolver::say_displaced() {
  for (const Displaced& d : scenario_.displaced)
    choose(std::string{info(d.input).flag}, d.given.text + ", not used",
           {.responsible = Responsible::user,
            .source = {},
            .at = d.given.named,
            .note = "displaced by " + d.by + (d.part.empty() ? "" : ": " + d.part),
            .text = d.given.text});
}

ResolvedRun Resolver::run() {
  out_.title = scenario_.title;
  faults_ = scenario_.faults;
  for (const InputInfo& row : input_table()) {
    if (const auto& given = scenario_.get(row.input)) out_.summary.emplace_back(row.flag, given->text);
  }
  say_displaced();
  say_brought();
  read_quantities();
  take_development();
  resolve_network();
  resolve_recompute();
  take_counted_work();
  resolve_hardware();
  resolve_nodes();
  resolve_work_unit();
  resolve_work();
  resolve_precision();
  resolve_framework();
  resolve_conventions();
  resolve_site();
  throw_if_faulty();
  check_conflicts();
  throw_if_faulty();
  if (known_tokens(out_.inputs) && has(Slot::active_parameters) && !known_compute(out_.inputs))
    set_default(Slot::flop_factor, "flop-factor");
  if (options_.defaults) {
    default_devices();
    read_pilot();
    throw_if_faulty();
    make_forecast();
    default_rate();
    default_power();
    warn_of_idle_settings();
    default_price();
    warn_of_offers();
    choose_pue();
    default_life_cycle();
    if (!options_.unneeded) say_hours();
  }
  check_plausible();
  check_layout();
  throw_if_faulty();  // of a layout that cannot be, memory says nothing
  check_memory();
  check_scale();
  throw_if_faulty();
  return std::move(out_);
}

std::vector<std::string> ResolvedRun::sources() const {
  std::vector<std::string> out;
  const auto add = [&](const std::string& id) {
    if (!id.empty() && std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
  };
  for_each_known(inputs, [&](Slot slot, double) { add(record(slot).origin.source); });
  for (const Choice& choice : choices) add(choice.origin.source);
  if (intensity && inputs.ci()) {
    for (const std::string& id : intensity->sources) add(id);
  }
  return out;
}

ResolvedRun resolve(const Scenario& scenario, const catalog::Catalog& catalog,
                    const ResolveOptions& options) {
  if (!scenario.stages.empty()) return resolve_stages(scenario, catalog, options).total;
  if (!scenario.has(Input::pilot)) return Resolver{scenario, catalog, options}.run();
  const Scenario whole = with_names_of_pilot(scenario);
  return Resolver{whole, catalog, options}.run();
}

}  // namespace kwhatif::run
