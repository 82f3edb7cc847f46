#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/uncertainty.hpp>
#include <kwhatif/run/estimate.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using catalog::Responsible;
using catalog::Standing;
using quantity::human;
using quantity::significant;
using run::Slot;

std::string slot_unit(Slot slot) {
  switch (slot) {
    case Slot::ci:
    case Slot::ci_market:
      return "g/kWh";
    case Slot::price:
    case Slot::price_low:
    case Slot::price_high:
      return "USD/h";
    case Slot::electricity_price:
      return "USD/kWh";
    case Slot::peak:
    case Slot::achieved:
      return "TFLOP/s";
    case Slot::power:
    case Slot::total_power:
    case Slot::tdp:
      return "W";
    case Slot::wall_time:
    case Slot::device_time:
      return "h";
    case Slot::training_flop:
      return "FLOP";
    case Slot::flop_per_token:
      return "FLOP/token";
    default:
      return "1";
  }
}

namespace {

constexpr std::size_t page_width = 110;

std::string range_effect(const run::ResolvedRun& run, Slot slot) {
  const auto& record = run.record(slot);
  if (!record.low || !record.high) return {};
  const auto with = [&](double v) {
    auto inputs = run.inputs;
    run::set_slot(inputs, slot, v);
    return run::estimate(inputs);
  };
  const auto middle = run::estimate(run.inputs);
  const auto low = with(*record.low);
  const auto high = with(*record.high);
  const auto compare = [&](const auto& m, const auto& a, const auto& b,
                           std::string_view what) -> std::string {
    if (!m || !a || !b || m->coherent() == 0) return {};
    double down = a->coherent() / m->coherent();
    double up = b->coherent() / m->coherent();
    if (down > up) std::swap(down, up);
    if (std::fabs(up - down) < 1e-12) return {};
    return std::string{what} + " from " + significant(down, 2) + " to " + significant(up, 2) + " times";
  };
  std::string out = compare(middle.facility_energy, low.facility_energy, high.facility_energy, "energy");
  if (out.empty())
    out = compare(middle.operational_location, low.operational_location, high.operational_location, "CO2e");
  return out;
}

}  // namespace

std::vector<Assumption> assumptions(const run::ResolvedRun& run) {
  std::vector<Assumption> out;
  run::for_each_slot(run.inputs, run.inputs, [&](Slot slot, const auto& field, const auto&) {
    if (!field) return;
    const auto& record = run.record(slot);
    if (record.origin.responsible == Responsible::user) return;
    if (slot == Slot::tdp && !run.inputs.power_ratio) return;  // known, but nothing rests on it
    if (slot == Slot::peak && !run.inputs.mfu) return;
    using Field = typename std::remove_cvref_t<decltype(field)>::value_type;
    Assumption a;
    a.input = run::info(slot).key;
    a.shown = human(field->coherent(), Field::dimension);
    a.unit = slot_unit(slot);
    a.value = a.unit == "1" ? field->coherent() : quantity::to_unit(field->coherent(), a.unit);
    a.origin = record.origin;
    a.effect = range_effect(run, slot);
    out.push_back(std::move(a));
  });
  for (const auto& choice : run.choices) {
    out.push_back({choice.input, choice.value, std::nullopt, "", choice.origin, ""});
  }
  return out;
}

std::string origin_words(const catalog::Origin& o) {
  if (o.responsible == Responsible::user) {
    const bool flag = o.at.starts_with("--");
    return "given by user: " + o.at + (flag ? " " + o.text : " = \"" + o.text + '"') +
           (o.note.empty() ? "" : "; " + o.note);
  }
  std::string out;
  if (o.responsible == Responsible::fallback) out = "default";
  if (o.responsible == Responsible::predicted) out = "predicted";
  if (!o.note.empty()) {
    if (o.standing == Standing::assumed) out = out.empty() ? "assumed" : out + ", assumed";
    out += (out.empty() ? "" : ", because: ") + o.note;
  }
  if (!o.source.empty()) {
    std::string cited = '[' + o.source + (o.at.empty() ? "" : ", " + o.at);
    if (o.standing != Standing::none) cited += "; " + std::string{catalog::name(o.standing)};
    out += (out.empty() ? "" : " ") + cited + ']';
  }
  return out;
}

std::string citation(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(catalog::Kind::source, id);
  if (!row) return std::string{id};
  std::string out;
  const std::string_view who = row->text("authors").empty() ? row->text("publisher") : row->text("authors");
  if (!who.empty()) out += std::string{who} + ": ";
  out += row->text("title");
  if (!row->text("year").empty()) out += " (" + std::string{row->text("year")} + ")";
  if (!row->text("arxiv").empty()) {
    out += ", arXiv " + std::string{row->text("arxiv")};
  } else if (!row->text("doi").empty()) {
    out += ", doi " + std::string{row->text("doi")};
  } else if (!row->text("url").empty()) {
    out += ", " + std::string{row->text("url")};
  }
  return out;
}

std::vector<std::string> attributions(const catalog::Catalog& catalog,
                                      const std::vector<std::string>& sources) {
  std::vector<std::string> out;
  for (const std::string& id : sources) {
    const auto row = catalog.find(catalog::Kind::source, id);
    if (!row || row->text("attribution").empty()) continue;
    std::string line{row->text("attribution")};
    if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(std::move(line));
  }
  return out;
}

namespace {

// One line: what kind of value it is, the first words of its note, its source.
std::string short_origin(const catalog::Origin& o, std::size_t room) {
  std::string lead;
  if (o.responsible == Responsible::fallback) lead = "default";
  if (o.responsible == Responsible::predicted) lead = "predicted";
  if (o.standing == Standing::recalled) lead += lead.empty() ? "recalled" : ", recalled";
  std::string note = o.note.substr(0, o.note.find(';'));
  if (note.size() > 20) note = note.substr(0, note.find(": exact matrix sizes"));
  std::string tail = o.source.empty() ? "" : " [" + o.source + ']';
  std::string words = lead + (lead.empty() || note.empty() ? "" : ": ") + note;
  if (width(words) + width(tail) > room) {
    const std::size_t keep = room > width(tail) + 2 ? room - width(tail) - 1 : 1;
    std::size_t bytes = 0;
    for (std::size_t shown = 0; bytes < words.size() && shown < keep; ++shown) {
      ++bytes;
      while (bytes < words.size() && (static_cast<unsigned char>(words[bytes]) & 0xC0U) == 0x80U) ++bytes;
    }
    words = words.substr(0, bytes) + "…";
  }
  if (words.empty() && !tail.empty()) tail.erase(0, 1);
  return words + tail;
}

}  // namespace

std::string plain_sentence(const run::RunEstimate<double>& result, const catalog::Catalog& catalog) {
  if (!result.operational_location || result.operational_location->coherent() <= 0) return {};
  for (const auto& e :
       ask::equivalents(catalog, result.operational_location->coherent(), quantity::dim::co2e, false)) {
    if (!e.distance || e.row.text("group") != "car") continue;
    std::string_view what = e.row.text("name");
    constexpr std::string_view lead = "distance ";
    if (what.starts_with(lead)) what.remove_prefix(lead.size());
    return "The CO2e is that of " + in_words(e.count / 1000) + " km (" + in_words(e.count / 1609.344) +
           " miles) " + std::string{what} + " (" + std::string{e.row.text("edition")} + ").";
  }
  return {};
}

std::string assumptions_text(const std::vector<Assumption>& list) {
  if (list.empty()) return {};
  std::string out = "Assumptions (not given, so taken from tables or defaults)\n";
  std::size_t input_width = 0;
  std::size_t shown_width = 0;
  for (const Assumption& a : list) {
    input_width = std::max(input_width, a.input.size());
    shown_width = std::max(shown_width, width(a.shown));
  }
  for (const Assumption& a : list) {
    const std::string head = "  " + a.input + std::string(input_width - a.input.size(), ' ') + "  " +
                             a.shown + std::string(shown_width - width(a.shown), ' ') + "  ";
    out +=
        head + short_origin(a.origin, page_width > width(head) + 30 ? page_width - width(head) : 30) + '\n';
    if (!a.effect.empty()) out += std::string(width(head), ' ') + "its spread moves " + a.effect + '\n';
  }
  return out;
}

std::string estimate_text(const run::ResolvedRun& run, const run::RunEstimate<double>& r,
                          const catalog::Catalog& catalog) {
  std::string out;
  if (!run.title.empty()) out += diag::visible(run.title) + "\n\n";
  Table table{{{"", Align::left}, {"", Align::right}, {"", Align::left}, {"", Align::left}}, {}};
  const auto add = [&](std::string label, const std::string& value, std::string remark) {
    const auto blank =
        std::min(value.find(' '), value.size());  // numbers line up on the right, units on the left
    table.rows.push_back({std::move(label), value.substr(0, blank),
                          blank < value.size() ? value.substr(blank + 1) : std::string{}, std::move(remark)});
  };
  const auto shown = [](const auto& q) {
    return human(q->coherent(), std::remove_cvref_t<decltype(*q)>::dimension);
  };
  if (run.network) {
    const auto& p = run.network->parameters;
    add("Parameters", human(p.total.as_double(), quantity::dim::parameter),
        (p.active == p.total ? "all active per token"
                             : human(p.active.as_double(), quantity::dim::parameter) + " active per token") +
            std::string{", counted from "} + run.network->name);
  }
  if (r.training_flop) {
    std::string remark;
    const bool counted = run.inputs.tokens && !run.inputs.training_flop;
    if (counted && run.inputs.flop_per_token) {  // in the order of estimate()
      remark = shown(run.inputs.flop_per_token) + " x " + shown(run.inputs.tokens);
    } else if (counted && run.inputs.active_parameters && run.inputs.flop_factor) {
      remark = significant(run.inputs.flop_factor->coherent(), 1) + " x " +
               shown(run.inputs.active_parameters) + " x " + shown(run.inputs.tokens);
    }
    if (!remark.empty() && run.inputs.epochs) remark += " x " + shown(run.inputs.epochs) + " epochs";
    if (run.inputs.runs) remark += (remark.empty() ? "" : ", ") + std::string{"of one run"};
    add("Training compute", shown(r.training_flop), remark);
  }
  if (r.achieved) {
    std::string remark = "per device";
    if (r.mfu) remark += ", MFU " + significant(100 * r.mfu->coherent()) + " %";
    if (run.inputs.peak) remark += " of " + shown(run.inputs.peak);
    add("Achieved rate", human(r.achieved->coherent(), quantity::dim::flop_rate), remark);
  }
  if (r.device_time) {
    std::string remark;
    if (run.inputs.runs) remark = significant(run.inputs.runs->coherent()) + " runs";
    if (run.inputs.overhead)
      remark += (remark.empty() ? "" : ", ") + quantity::percent(run.inputs.overhead->coherent()) +
                " repeated work";
    add("Device-time", shown(r.device_time), remark);
  }
  add("Wall time", r.wall_time ? shown(r.wall_time) : "unknown",
      r.wall_time && r.devices ? "on " + in_words(r.devices->coherent()) +
                                     (run.hardware ? " x " + std::string{run.hardware->id()}
                                                   : (r.devices->coherent() == 1 ? " device" : " devices"))
                               : "");
  if (r.it_energy) {
    std::string remark = r.power ? shown(r.power) : shown(run.inputs.total_power) + ", all together";
    if (run.record(Slot::power).origin.responsible != Responsible::user && run.hardware &&
        (run.inputs.power || run.inputs.power_ratio))
      remark += ", average with host";
    add("IT energy", shown(r.it_energy), remark);
  }
  add("Facility energy", r.facility_energy ? shown(r.facility_energy) : "unknown",
      run.inputs.pue ? "PUE " + significant(run.inputs.pue->coherent()) : "");
  add("CO2e", r.operational_location ? shown(r.operational_location) : "unknown",
      run.inputs.ci ? shown(run.inputs.ci) + ", location-based" : "");
  if (r.operational_market && (!run.inputs.ci || *run.inputs.ci_market != *run.inputs.ci))
    add("CO2e, market-based", shown(r.operational_market), shown(run.inputs.ci_market) + ", by contracts");
  if (r.cost || r.cost_low || r.cost_high) {
    std::string value = r.cost ? shown(r.cost) : "";
    if (!r.cost && r.cost_low && r.cost_high)
      value = shown(r.cost_low) + " to " + shown(r.cost_high);
    else if (!r.cost)
      value = r.cost_low ? "from " + shown(r.cost_low) : "up to " + shown(r.cost_high);
    std::string remark = run.inputs.price ? shown(run.inputs.price) : "";
    if (r.cost && r.cost_low) remark += ", " + shown(r.cost_low) + " at " + shown(run.inputs.price_low);
    if (r.cost && r.cost_high) remark += ", " + shown(r.cost_high) + " at " + shown(run.inputs.price_high);
    add("Cost", value, remark);
  }
  if (r.electricity_cost) add("Electricity", shown(r.electricity_cost), shown(run.inputs.electricity_price));
  out += text(table);
  if (run.network && run.inputs.flop_per_token && !run.inputs.training_flop)
    out += wrapped("Counted: " + run.network->flops.counted, page_width, 0);

  const std::string bands = uncertainty_text(run);
  if (!bands.empty()) out += '\n' + bands;

  const std::string sentence = plain_sentence(r, catalog);
  if (!sentence.empty()) out += '\n' + wrapped(sentence, page_width, 0);

  const auto list = assumptions(run);
  if (!list.empty()) {
    out += '\n' + assumptions_text(list);
    out += "  `kwhatif explain` with the same arguments gives every locator and the full citations.\n";
  }
  std::vector<std::string> sources;
  for (const Assumption& a : list) {
    if (!a.origin.source.empty() &&
        std::find(sources.begin(), sources.end(), a.origin.source) == sources.end())
      sources.push_back(a.origin.source);
  }
  const auto notices = attributions(catalog, sources);
  if (!notices.empty()) out += '\n';
  for (const std::string& line : notices) out += wrapped(line, page_width, 0);
  return out;
}

}  // namespace kwhatif::report
