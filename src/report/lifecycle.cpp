// lifecycle: the parts of a life with their shares, from how many queries on serving takes more, scores, and
// what is counted.
#include "json_support.hpp"
#include "pages.hpp"
#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/words.hpp>

#include <array>
#include <cmath>

namespace kwhatif::report {

using ask::LifecycleAnswer;
using ask::LifecyclePart;
using quantity::human;
using quantity::significant;

namespace {

namespace dim = quantity::dim;

struct Member {
  std::string_view key;  ///< in JSON, with its unit
  std::string_view unit;
  std::string_view label;
  std::optional<double> LifecyclePart::*value;
  quantity::Dimension dimension;
};
const std::array members{
    Member{"facility_energy_kwh", "kWh", "Energy", &LifecyclePart::energy, dim::energy},
    Member{"operational_location_kg", "", "CO2e of electricity", &LifecyclePart::location, dim::co2e},
    Member{"embodied_kg", "", "of manufacture", &LifecyclePart::embodied, dim::co2e},
    Member{"total_kg", "", "CO2e in all", &LifecyclePart::total, dim::co2e},
    Member{"water_l", "", "Water", &LifecyclePart::water, dim::water},
    Member{"cost_usd", "", "Cost", &LifecyclePart::cost, dim::money},
};

std::optional<double> machine(const Member& member, const LifecyclePart& part) {
  const auto& value = part.*(member.value);
  if (!value || member.unit.empty()) return value;
  return quantity::to_unit(*value, member.unit);
}

std::string worded(const Member& member, const LifecyclePart& part) {
  const auto& value = part.*(member.value);
  return value ? human(*value, member.dimension) : std::string{"unknown"};
}

Page phases_page(const LifecycleAnswer& a) {
  Table table{{{""}}, {}};
  for (const Member& member : members) table.columns.push_back({std::string{member.label}, Align::right});
  table.columns.push_back({"of energy", Align::right});
  const auto add = [&](const std::string& label, const LifecyclePart& part,
                       const std::optional<double>& share) {
    auto& row = table.rows.emplace_back(1, label);
    for (const Member& member : members) row.push_back(worded(member, part));
    row.push_back(share ? quantity::percent(*share) : "");
  };
  for (const auto& phase : a.phases) add(phase.label, phase.part, phase.share.energy);
  std::vector<std::size_t> last;
  if (a.phases.size() > 1) {
    last.push_back(table.rows.size());
    add("In all", a.total, a.total.energy ? std::optional{1.0} : std::nullopt);
  }
  Page page;
  return page.table(std::move(table), 0, std::move(last));
}

std::string queries_words(double queries) { return in_words(std::round(queries)) + " queries"; }

std::string days_words(const LifecycleAnswer& a, double queries) {
  if (!a.queries_per_day || *a.queries_per_day <= 0) return {};
  constexpr double day = 86400;
  return human(queries / *a.queries_per_day * day, dim::time) + " at " + in_words(*a.queries_per_day) +
         " a day";
}

std::string bracketed(const std::string& words) { return words.empty() ? words : " (" + words + ')'; }

// One sentence that answers: what of it is serving, and from when on.
Page verdict_page(const LifecycleAnswer& a) {
  Page page;
  const auto* even = a.break_even();
  if (even == nullptr) return page;
  std::string out = "Serving takes as much energy as all before it after " + queries_words(even->queries);
  if (even->low && even->high)
    out += " (" + in_words(std::round(*even->low)) + " to " + in_words(std::round(*even->high)) +
           " in nine of ten such cases)";
  const std::string days = days_words(a, even->queries);
  out += days.empty() ? "." : ", that is " + days + '.';
  page.paragraph(out);
  if (a.shares.size() > 2)
    page.paragraph("The sentence \"inference is 80 to 90 %\" holds for this model from " +
                   queries_words(a.shares[1].queries) + bracketed(days_words(a, a.shares[1].queries)) +
                   " to " + queries_words(a.shares[2].queries) +
                   bracketed(days_words(a, a.shares[2].queries)) +
                   "; with fewer queries training is a larger part, with more a smaller one.");
  return page.gap();
}

Page scores_page(const LifecycleAnswer& a) {
  Page page;
  if (a.scores.empty()) return page;
  Table table{heads({"", ">CO2e", "per"}), {}};
  const bool developed = std::ranges::any_of(a.phases, [](const auto& p) { return p.key == "development"; });
  const std::string provider = developed ? "provider: training and development" : "provider: training";
  for (const auto& score : a.scores)
    table.rows.push_back({score.view == "provider" ? provider : "consumer: serving",
                          human(score.value, dim::co2e), score.unit});
  page.gap().heading(
      "Scores (SCI, ISO/IEC 21031, and SCI for AI; electricity by location, manufacture included)");
  return page.table(std::move(table), 2);
}

// What a reader of the figures has to know: unit, boundary, cut-offs, allocation.
Page terms_page(const LifecycleAnswer& a) {
  Page page;
  page.gap().heading("What is counted");
  std::string unit = "one trained model";
  if (a.service)
    unit = "the model over " + (a.queries ? queries_words(*a.queries) : std::string{"its queries"});
  if (!a.functional_unit.empty()) unit += "; scores also per " + a.functional_unit;
  page.hanging("  Functional unit   ", unit, 20);
  page.hanging(
      "  Boundary          ",
      "facility energy (computers, hosts, cooling and losses); manufacture of devices with their share of "
      "the host; water consumed on site and by the electricity",
      20);
  page.hanging(
      "  Allocation        ",
      "manufacture by reserved device-time over the service life and its use (ISO/IEC 21031); idle time of "
      "provisioned devices belongs to serving; training is not spread over the queries",
      20);
  page.hanging(
      "  Left out          ",
      "collecting and preparing data, the users' devices, networks beyond the site, end of life (about 1 % "
      "of a card's manufacture), staff",
      20);
  for (const std::string& line : a.missing) page.hanging("  Not known         ", line, 20);
  return page;
}

Page lifecycle_page(const LifecycleAnswer& a, const catalog::Catalog& tables) {
  Page page;
  const auto& run = a.training.run();
  if (!run.title.empty()) page.heading(run.title).gap();
  page.append(verdict_page(a));
  page.append(phases_page(a));
  if (a.service) {
    const auto& query = a.service->figures;
    const auto energy = query[ask::ServeFigure::facility];
    page.gap().paragraph("A query takes " + significant(quantity::to_unit(*energy, "Wh")) +
                         " Wh of the facility on " +
                         human(a.service->service.work.devices.coherent(), dim::device) + " x " +
                         std::string{a.service->hardware->id()} + ", " +
                         significant(a.service->service.work.batch.coherent()) + " in flight, busy " +
                         quantity::percent(a.service->service.provision.load) +
                         " of the time: `kwhatif serve` with the same inputs says how that follows.");
  }
  page.append(scores_page(a));
  page.append(terms_page(a));
  page.append(assumptions_page(a.training.assumptions.front())).asides();
  std::vector<std::string> sources = a.sources;
  page.gap();
  for (const std::string& line : attributions(tables, sources)) page.paragraph(line);
  return page;
}

Json part_json(const LifecyclePart& part) {
  Json out = Json::object();
  for (const Member& member : members) {
    const auto value = machine(member, part);
    out[std::string{member.key}] = value ? Json(*value) : Json(nullptr);
  }
  return out;
}

Json lifecycle_json(const LifecycleAnswer& a, const catalog::Catalog& tables) {
  const auto or_null = [](const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); };
  Json out;
  out["scenario"] = scenario_json(a.training.run(), tables);
  out["phases"] = Json::array();
  for (const auto& phase : a.phases) {
    Json line{{"phase", phase.key}};
    line.update(part_json(phase.part));
    line["energy_share"] = or_null(phase.share.energy);
    line["total_share"] = or_null(phase.share.total);
    out["phases"].push_back(std::move(line));
  }
  out["total"] = part_json(a.total);
  out["queries"] = or_null(a.queries);
  out["facility_wh_per_query"] =
      a.service ? or_null(quantity::to_unit(*a.service->figures[ask::ServeFigure::facility], "Wh"))
                : Json(nullptr);
  const auto* even = a.break_even();
  out["break_even_queries"] = even != nullptr ? Json(even->queries) : Json(nullptr);
  out["break_even_days"] =
      even != nullptr && a.queries_per_day ? Json(even->queries / *a.queries_per_day) : Json(nullptr);
  out["serving_shares"] = Json::array();
  for (const auto& s : a.shares)
    out["serving_shares"].push_back({{"share", s.share},
                                     {"queries", s.queries},
                                     {"queries_p05", or_null(s.low)},
                                     {"queries_p95", or_null(s.high)}});
  out["scores"] = Json::array();
  for (const auto& score : a.scores)
    out["scores"].push_back({{"view", score.view}, {"per", score.unit}, {"co2e_kg", score.value}});
  out["missing"] = a.missing;
  out["assumptions"] = assumptions_json(a.training.assumptions.front());
  if (a.service) {
    for (Json& line : assumptions_json(a.service->assumptions)) {
      line["phase"] = "serving";
      out["assumptions"].push_back(std::move(line));
    }
  }
  return out;
}

Table lifecycle_rows(const LifecycleAnswer& a) {
  Table table{{{"phase"}}, {}};
  for (const Member& member : members) table.columns.push_back({std::string{member.key}});
  table.columns.push_back({"energy_share"});
  table.columns.push_back({"break_even_queries"});
  const auto number = [](const std::optional<double>& x) {
    return x ? quantity::shortest(*x) : std::string{};
  };
  const auto* even = a.break_even();
  const auto add = [&](const std::string& name, const LifecyclePart& part,
                       const std::optional<double>& share) {
    auto& row = table.rows.emplace_back(1, name);
    for (const Member& member : members) row.push_back(number(machine(member, part)));
    row.push_back(number(share));
    row.push_back(even != nullptr ? quantity::shortest(even->queries) : "");
  };
  for (const auto& phase : a.phases) add(phase.key, phase.part, phase.share.energy);
  add("total", a.total, a.total.energy ? std::optional{1.0} : std::nullopt);
  return table;
}

}  // namespace

Document present(const ask::LifecycleAnswer& answer, const catalog::Catalog& tables) {
  Content content{
      .name = "lifecycle", .catalog = tables, .warnings = answer.warnings, .sources = answer.sources};
  content.page = [&answer, &tables] { return lifecycle_page(answer, tables); };
  content.body = [&answer, &tables] { return lifecycle_json(answer, tables); };
  content.rows = [&answer] { return lifecycle_rows(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
