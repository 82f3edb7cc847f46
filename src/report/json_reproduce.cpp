#include "json_support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/reproduce.hpp>

namespace kwhatif::report {

std::string reproduce_json(const ask::Reproduction& r, const catalog::Catalog& catalog) {
  Json out;
  out["studies"] = Json::array();
  std::vector<std::string> sources;
  for (const auto& study : r.studies) {
    Json s;
    s["id"] = study.id;
    s["title"] = study.title;
    s["source"] = study.source;
    s["rows"] = Json::array();
    for (const auto& c : study.checks) {
      Json row;
      row["id"] = c.row;
      row["name"] = c.name;
      row["quantity"] = c.quantity;
      row["unit"] = c.unit.empty() ? Json("1") : Json(c.unit);
      row["published"] = c.published;
      row["printed"] = c.from_source ? Json(c.printed) : Json(nullptr);
      if (!c.said.empty()) row["said"] = c.said;
      row["computed"] = c.computed ? Json(*c.computed) : Json(nullptr);
      row["computed_low"] = c.low ? Json(*c.low) : Json(nullptr);
      row["computed_high"] = c.high ? Json(*c.high) : Json(nullptr);
      row["relative_error"] =
          c.computed && c.published != 0 ? Json(*c.computed / c.published - 1) : Json(nullptr);
      row["verdict"] = ask::name(c.verdict);
      row["why"] = c.why.empty() ? Json(nullptr) : Json(c.why);
      row["at"] = c.at;
      if (!c.claim.empty()) row["claim"] = c.claim;
      if (!c.factors.empty()) {
        row["factors"] = Json::array();
        for (const auto& f : c.factors) row["factors"].push_back({{"label", f.label}, {"value", f.text}});
      }
      s["rows"].push_back(std::move(row));
    }
    sources.push_back(study.source);
    out["studies"].push_back(std::move(s));
  }
  Json summary;
  for (const auto v : {ask::Verdict::printed, ask::Verdict::within, ask::Verdict::known_difference,
                       ask::Verdict::mismatch, ask::Verdict::missing}) {
    summary[std::string{ask::name(v)}] = r.count(v);
  }
  out["summary"] = summary;
  return document("reproduce", out, {}, sources, catalog);
}

std::string equivalents_json(const std::vector<ask::Equivalent>& list, double amount,
                             const quantity::Dimension& dimension, const catalog::Catalog& catalog) {
  Json out;
  const bool co2e = dimension == quantity::dim::co2e;
  out["amount"] = co2e ? amount : quantity::to_unit(amount, "kWh");
  out["unit"] = co2e ? "kg" : "kWh";
  out["equivalents"] = Json::array();
  std::vector<std::string> sources;
  for (const auto& e : list) {
    Json row;
    row["id"] = e.row.id();
    row["name"] = e.row.text("name");
    row["group"] = e.row.text("group");
    if (e.distance) {
      row["km"] = e.count / 1000;
      row["miles"] = e.count / 1609.344;
    } else {
      row["count"] = e.count;
      row["unit"] = e.counted;
    }
    row["value_of_one"] = e.row.text("value");
    row["edition"] = e.row.text("edition");
    row["source"] = e.row.source();
    row["at"] = e.row.at();
    row["standing"] = catalog::name(e.row.standing());
    out["equivalents"].push_back(std::move(row));
    sources.emplace_back(e.row.source());
  }
  return document("equiv", out, {}, sources, catalog);
}

}  // namespace kwhatif::report
