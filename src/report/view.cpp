#include "json_support.hpp"
#include "pages.hpp"
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/view.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace kwhatif::report {

namespace {

using run::Slot;

Json tree_json(const Branch& branch) {
  Json out{{"text", branch.text}};
  for (const Branch& part : branch.parts) out["parts"].push_back(tree_json(part));
  return out;
}

std::string_view name_of(Block::Kind kind) {
  switch (kind) {
    case Block::Kind::gap:
      break;
    case Block::Kind::heading:
      return "heading";
    case Block::Kind::paragraph:
      return "paragraph";
    case Block::Kind::table:
      return "table";
    case Block::Kind::tree:
      return "tree";
    case Block::Kind::command:
      return "command";
    case Block::Kind::lines:
      return "lines";
  }
  return "gap";
}

Json blocks_json(const Page& page) {
  Json out = Json::array();
  for (const Block& block : page.blocks()) {
    if (block.kind == Block::Kind::gap) continue;
    Json& line = out.emplace_back();
    line["kind"] = name_of(block.kind);
    if (!block.head.empty()) line["head"] = block.head;
    if (block.aside) line["aside"] = true;
    if (block.kind == Block::Kind::tree) {
      line.update(tree_json(block.tree));
    } else if (block.kind != Block::Kind::table) {
      line["text"] = block.text;
    } else {
      line["columns"] = Json::array();
      for (const Column& column : block.table.columns)
        line["columns"].push_back({{"title", column.title}, {"right", column.align == Align::right}});
      line["rows"] = block.table.rows;
      line["decisive"] = block.decisive;
    }
  }
  return out;
}

// Why a result is not known, and what brings it.
std::string reason(const run::ResultInfo& info, std::size_t number, const ask::Estimate& answer) {
  const run::ResolvedRun& run = answer.run();
  for (const run::MissingFactor& m : run.missing) {
    if (m.result == info.key || (info.key == "water" && m.result.starts_with("water")) ||
        (info.key == "total_co2e" && m.result == "embodied"))
      return m.why + ": " + m.flag + " gives it";
  }
  const auto gaps = ask::missing_for(number, run, answer.result);
  if (!gaps.empty()) return gaps.front().message + ": " + gaps.front().help;
  const auto said =
      std::ranges::find_if(answer.warnings, [](const auto& w) { return w.code.starts_with("no-"); });
  return said == answer.warnings.end() ? std::string{} : said->message + ": " + said->help;
}

std::string shown_result(const run::ResultInfo& info, double coherent, const run::WorkUnit& work) {
  if (info.key == "mfu" || info.key == "hfu") return quantity::significant(100 * coherent) + " %";
  if (info.key == "devices") return in_words(coherent);
  return work.human(coherent, info.dimension);
}

Json results(const ask::Estimate& answer) {
  Json out = Json::array();
  const run::WorkUnit& work = answer.run().work;
  std::size_t number = 0;
  run::for_each_result(answer.result, [&](const run::ResultInfo& info, const auto& field) {
    Json& line = out.emplace_back();
    line["key"] = info.key;
    line["json_key"] = info.json_key;
    line["label"] = info.label;
    line["shown"] = field ? Json(shown_result(info, field->coherent(), work)) : Json(nullptr);
    line["value"] = field ? Json(field->coherent()) : Json(nullptr);
    line["band"] = nullptr;
    const uncertain::Band* band = answer.certainty.find(info.key);
    constexpr double worth_showing = 1.005;
    if (field && band != nullptr && band->p05 > 0 && std::isfinite(band->p95) &&
        band->p95 / band->p05 > worth_showing) {
      Json& part = line["band"] = Json::object();
      for (const auto& [name, value] : uncertain::percentiles) part[std::string{name}] = band->*value;
      part["half"] = range_words(band->p25, band->p75, info.dimension);
      part["most"] = range_words(band->p05, band->p95, info.dimension);
    }
    if (!field) line["reason"] = reason(info, number, answer);
    ++number;
  });
  return out;
}

Json time_terms(const ask::Estimate& answer) {
  const auto found = std::ranges::find_if(answer.predictions, [](const auto& p) { return p.has_value(); });
  if (found == answer.predictions.end()) return nullptr;
  Json out{{"bound", (*found)->bound}, {"terms", Json::array()}};
  for (const ask::TimeTerm& term : (*found)->terms) {
    constexpr double worth_telling = 0.0005;
    if (std::fabs(term.share) < worth_telling) continue;
    out["terms"].push_back({{"label", term.name},
                            {"share", term.share},
                            {"share_shown", quantity::percent(term.share)},
                            {"shown", quantity::human(term.seconds, quantity::dim::time)}});
  }
  return out;
}

Json drivers(const ask::Estimate& answer) {
  Json out = Json::array();
  for (const uncertain::Driver& driver : answer.certainty.drivers) {
    constexpr double worth_telling = 0.01;
    if (driver.share < worth_telling) continue;
    const run::SlotInfo& info = run::info(driver.slot);
    out.push_back({{"label", info.label},
                   {"flag", info.flag},
                   {"share", driver.share},
                   {"share_shown", quantity::percent(driver.share)}});
  }
  return out;
}

Json to_tell(const ask::Estimate& answer) {
  Json out = Json::array();
  const auto found = std::ranges::find_if(answer.predictions, [](const auto& p) { return p.has_value(); });
  if (found == answer.predictions.end()) return out;
  for (const ask::Untold& untold : (*found)->untold) {
    constexpr double worth_telling = 0.03;
    if (untold.flags.empty() || untold.share < worth_telling) continue;
    out.push_back(
        {{"what", untold.what}, {"flags", untold.flags}, {"share_shown", quantity::percent(untold.share)}});
  }
  return out;
}

// A number as it is typed: with the digits that matter, in the unit that machines get.
std::string typed(const Assumption& a) {
  const bool coherent = a.unit.empty() || a.unit == "1";
  const double value = coherent ? *a.value : quantity::to_unit(*a.value, a.unit);
  constexpr std::size_t readable = 9;
  constexpr int digits = 6;
  std::string out = quantity::shortest(value);
  if (out.size() > readable) out = quantity::significant(value, digits);
  return coherent ? out : out + ' ' + std::string{a.unit};
}

// The text that says an assumption in its input: null where it is of no input, or a mean over choices.
Json settling_text(const Assumption& a) {
  const auto input = run::input_by_flag(a.input);
  if (!input || !a.varies_with.empty()) return nullptr;
  const run::InputInfo& info = run::info(*input);
  if (a.value && info.type == run::InputType::quantity) return typed(a);
  if (a.word.empty()) return nullptr;
  const auto choices = diag::parts(info.choices, '|');
  const bool chosen = std::ranges::find(choices, std::string_view{a.word}) != choices.end();
  const bool free = info.choices.empty() && info.type == run::InputType::quantity;
  return chosen || free ? Json(a.word) : Json(nullptr);
}

Json assumptions(const std::vector<Assumption>& list) {
  Json out = Json::array();
  for (const Assumption& a : list) {
    const auto slot = std::ranges::find(run::slot_table, std::string_view{a.input}, &run::SlotInfo::key);
    const bool number = slot != run::slot_table.end();
    std::string words = a.origin.note;
    if (!a.origin.source.empty() && !a.origin.at.empty()) words += (words.empty() ? "" : "; ") + a.origin.at;
    out.push_back({{"input", a.input},
                   {"label", number ? Json(slot->label) : Json(a.input)},
                   {"flag", number ? Json(slot->flag) : Json(a.input)},
                   {"set", settling_text(a)},
                   {"shown", shown(a)},
                   {"status", catalog::name(a.origin.responsible)},
                   {"words", words},
                   {"source", a.origin.source.empty() ? Json(nullptr) : Json(a.origin.source)},
                   {"effect", a.effect ? Json(effect_words(a)) : Json(nullptr)}});
  }
  return out;
}

std::string sentence(const ask::Estimate& answer, const catalog::Catalog& tables) {
  const auto& r = answer.result;
  const auto with_band = [&](std::string text, std::string_view key, const quantity::Dimension& dimension) {
    const uncertain::Band* band = answer.certainty.find(key);
    if (band != nullptr && band->p05 > 0)
      text += " (90 % prediction interval " + range_words(band->p05, band->p95, dimension) + ')';
    return text;
  };
  std::vector<std::string> parts;
  if (r.facility_energy)
    parts.push_back("takes " +
                    with_band(quantity::human(*r.facility_energy), "facility_energy", quantity::dim::energy) +
                    " of electricity");
  if (r.operational_location)
    parts.push_back(
        "emits " +
        with_band(quantity::human(*r.operational_location), "operational_location", quantity::dim::co2e) +
        " CO2e, location-based");
  if (r.wall_time)
    parts.push_back("runs " + with_band(quantity::human(*r.wall_time), "wall_time", quantity::dim::time));
  if (parts.empty() && r.training_flop) parts.push_back("computes " + quantity::human(*r.training_flop));
  const std::string who = answer.run().title.empty() ? "The training" : answer.run().title;
  return who + ' ' + diag::listed(parts) + ", estimated with kwhatif, tables " + tables.version() + '.';
}

Content with_body(const Document& document, std::function<Json()> body) {
  Content content = document.content();
  content.name = "view";
  content.body = std::move(body);
  content.refused.clear();
  return content;
}

}  // namespace

Document view(const Document& document) {
  return Document{with_body(document, [page = document.content().page] {
    return Json{{"blocks", blocks_json(page())}};
  })};
}

Document view(const ask::Estimate& answer, const catalog::Catalog& tables) {
  const Document document = present(answer, tables);
  return Document{with_body(document, [&answer, &tables, page = document.content().page] {
    Json out;
    out["title"] = answer.run().title;
    out["sentence"] = sentence(answer, tables);
    out["results"] = results(answer);
    out["time"] = time_terms(answer);
    out["certainty"] = blocks_json(uncertainty_page(answer));
    out["drivers"] = drivers(answer);
    out["to_tell"] = to_tell(answer);
    out["assumptions"] = assumptions(answer.assumptions.front());
    out["blocks"] = blocks_json(page());
    return out;
  })};
}

}  // namespace kwhatif::report
