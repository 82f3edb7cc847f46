// serve for people: one sentence that says what a query takes, its energy by boundary, what bounds it, how
// sure that is and what would change it; or a line for each of several services.
#include "serve_page.hpp"

#include "pages.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace kwhatif::report {

using ask::ServeCase;
using ask::ServeFigure;
using quantity::human;
using quantity::significant;

namespace {

const ask::ServeFigureInfo& info(ServeFigure figure) {
  return ask::serve_figure_table()[static_cast<std::size_t>(figure)];
}

// A count as people write it: 64, 8,192, 28.9.
std::string count_words(double x) {
  constexpr double most = 1e15;
  return x == std::floor(x) && x < most ? grouped(static_cast<std::uint64_t>(x)) : significant(x);
}

// Energies of queries in Wh, their masses in g: so small, they are read beside published ones.
std::string worded(ServeFigure figure, double coherent) {
  const auto& of = info(figure);
  if (of.dimension == quantity::dim::energy) return significant(quantity::to_unit(coherent, "Wh")) + " Wh";
  if (of.dimension == quantity::dim::energy / quantity::dim::token) return significant(coherent) + " J/token";
  if (of.dimension == quantity::dim::money) return significant(coherent) + " USD";
  if (!of.unit.empty()) return significant(quantity::to_unit(coherent, of.unit)) + ' ' + std::string{of.unit};
  return human(coherent, of.dimension);
}

std::string worded(const ServeCase& c, ServeFigure figure) {
  const auto& value = c.figures[figure];
  return value ? worded(figure, *value) : std::string{"unknown"};
}

std::string band_words(const ServeCase& c, ServeFigure figure) {
  const auto& band = c.intervals[static_cast<std::size_t>(figure)];
  if (!band) return {};
  const std::string high = worded(figure, band->p95);
  const std::string low = worded(figure, band->p05);
  return low.substr(0, low.find(' ')) + " to " + high;
}

std::string devices_words(const ServeCase& c) {
  return (c.instances > 1 ? count_words(c.instances) + " instances of " : std::string{}) +
         human(c.service.work.devices.coherent(), quantity::dim::device) + " x " +
         std::string{c.hardware->id()};
}

std::string service_words(const ServeCase& c) {
  const auto& work = c.service.work;
  if (c.image)
    return c.model_name + " on " + devices_words(c) + ": an image" +
           (c.image->side > 0
                ? " of " + count_words(c.image->side) + " x " + count_words(c.image->side) + " pixels"
                : std::string{}) +
           " in " + count_words(c.image->steps) + " steps of " + count_words(c.image->passes) +
           (c.image->passes == 1 ? " pass" : " passes");
  return c.model_name + " on " + devices_words(c) + ", " + c.precision + ", " +
         count_words(work.prompt.coherent()) + " tokens in and " + count_words(work.answer.coherent()) +
         " out";
}

// The figures are those of the values taken; where these leave much open, half of all services may lie
// higher.
std::string median_words(const ServeCase& c) {
  constexpr double much = 1.2;
  const auto& band = c.intervals[static_cast<std::size_t>(ServeFigure::facility)];
  const double taken = *c.figures[ServeFigure::facility];
  if (!band || (band->p50 < taken * much && band->p50 > taken / much)) return {};
  return ", half of them above " + worded(ServeFigure::facility, band->p50);
}

// "A query takes 0.318 Wh of the facility (0.16 to 2.3 Wh in nine of ten such services) …".
std::string verdict(const ServeCase& c) {
  std::string out = std::string{c.image ? "An image takes " : "A query takes "} +
                    worded(c, ServeFigure::facility) + " of the facility";
  if (const std::string band = band_words(c, ServeFigure::facility); !band.empty())
    out += " (" + band + " in nine of ten such services" + median_words(c) + ")";
  if (c.figures[ServeFigure::total])
    out += ", " + worded(c, ServeFigure::total) + " CO2e with manufacture";
  else if (c.figures[ServeFigure::location])
    out += ", " + worded(c, ServeFigure::location) + " CO2e";
  if (c.figures[ServeFigure::query_cost]) out += " and " + worded(c, ServeFigure::query_cost);
  return out + '.';
}

void add_line(Table& table, std::string label, const std::string& value, std::string band,
              std::string remark) {
  auto [number, unit] = number_and_unit(value);
  table.rows.push_back(
      {std::move(label), std::move(number), std::move(unit), std::move(band), std::move(remark)});
}

Page energy_page(const ServeCase& c) {
  const auto& provision = c.service.provision;
  Table table{{{"Energy of one query"}, {"", Align::right}, {""}, {"90 % band"}, {"boundary"}}, {}};
  const auto add = [&](std::string label, ServeFigure figure, std::string remark) {
    add_line(table, std::move(label), worded(c, figure), band_words(c, figure), std::move(remark));
  };
  add("Device", ServeFigure::device, "the boards, while serving");
  add("Node", ServeFigure::node,
      "with the host's " + significant(provision.host.coherent()) + " W per device");
  add("Provisioned", ServeFigure::provisioned,
      "with idle time: devices serve " + quantity::percent(provision.load) + " of it");
  add("Facility", ServeFigure::facility, "with cooling and losses: PUE " + significant(provision.pue));
  const std::size_t last = table.rows.size() - 1;
  Page page;
  return page.gap().table(std::move(table), 0, {last});
}

std::string_view missing_title(std::string_view result) {
  if (result == "embodied") return "Manufacture";
  return result == "water_on_site" ? "Water on site" : "Water off site";
}

Page other_page(const ServeCase& c) {
  Table table{{{"Per query"}, {"", Align::right}, {""}, {"90 % band"}, {""}}, {}};
  const auto add = [&](std::string label, ServeFigure figure, std::string remark) {
    if (!c.figures[figure]) return;
    add_line(table, std::move(label), worded(c, figure), band_words(c, figure), std::move(remark));
  };
  add("CO2e", ServeFigure::location, "of the facility's energy, location-based");
  add("CO2e, market", ServeFigure::market, "by contracts held");
  add("Manufacture", ServeFigure::embodied, "the reserved share of the devices' life");
  add("Water", ServeFigure::water, "evaporated on site and by power stations");
  add("  on site", ServeFigure::water_on_site, "per IT energy");
  add("  off site", ServeFigure::water_off_site, "per facility energy");
  add("Cost", ServeFigure::query_cost,
      c.image ? std::string{}
              : worded(c, ServeFigure::million_tokens_cost) + " per million tokens of answers");
  Page page;
  if (!table.rows.empty()) page.gap().table(std::move(table));
  for (const run::MissingFactor& m : c.missing)
    page.paragraph(std::string{missing_title(m.result)} + " unknown: " + m.why + ": " + m.flag + " gives it");
  return page;
}

Page speed_page(const ServeCase& c) {
  if (c.image)
    return Page{}.gap().paragraph(
        "Speed: " + worded(c, ServeFigure::answer_time) + " an image, at " +
        worded(c, ServeFigure::device_power) +
        " in all; bound by arithmetic, whatever the batch. Exploratory: fitted to two "
        "models on one device; several devices lose up to 1.4 times.");
  const auto& step = c.served.step;
  const double roof = step.time.coherent() - step.overhead.coherent();
  const double batch = c.service.work.batch.coherent();
  std::string words = "Speed: " + worded(c, ServeFigure::token_rate) +
                      (c.instances > 1 ? " of each instance" : "") + " with " + count_words(batch) +
                      (batch == 1 ? " request" : " requests") + " in flight; an answer takes " +
                      worded(c, ServeFigure::answer_time) + ", " + worded(c, ServeFigure::token_time) +
                      " a token. Devices: " + worded(c, ServeFigure::device_per_token) + " and " +
                      worded(c, ServeFigure::device_power) + " in all, " +
                      quantity::percent(step.utilisation) + " of the 16-bit peak.";
  Page page;
  page.gap().paragraph(words);
  const bool overhead = step.overhead.coherent() > roof;
  page.paragraph(
      std::string{"Bound: "} +
      (overhead ? "launches and scheduling take " +
                      quantity::percent((step.overhead / step.time).coherent()) + " of a step; of the rest, "
                : "") +
      (c.compute_bound ? "the arithmetic waits: prompts and batch keep it busy"
                       : "the memory bandwidth: reading weights and keys and values takes longer than the "
                         "arithmetic") +
      '.');
  const double room = c.memory.largest_batch();
  page.paragraph(
      "Memory: weights " + human(c.memory.weights) + " of " + human(c.memory.usable) + " usable" +
      (std::isfinite(room) ? "; room for " + count_words(room) + " such requests" : std::string{}) + '.');
  return page;
}

Page sensitivity_page(const ServeCase& c) {
  if (c.image) {
    std::string words = "What the load does: ";
    for (const auto& e : c.sensitivity)
      words += (&e == &c.sensitivity.front() ? "" : ", ") + significant(quantity::to_unit(e.facility, "Wh")) +
               " Wh at " + quantity::percent(e.load);
    return Page{}.gap().paragraph(words + ".");
  }
  Table table{heads({"batch", ">J/token", ">load 100 %", ">50 %", ">20 %"}), {}};
  table.columns.front().align = Align::right;
  bool crowded = false;
  constexpr std::size_t loads = 3;
  for (std::size_t i = 0; i + loads <= c.sensitivity.size(); i += loads) {
    const auto& e = c.sensitivity[i];
    crowded = crowded || !e.has_room;
    auto& row = table.rows.emplace_back();
    row = {count_words(e.batch) + (e.has_room ? "" : "*"), significant(e.device_per_token.value_or(0))};
    for (std::size_t l = 0; l < loads; ++l)
      row.push_back(significant(quantity::to_unit(c.sensitivity[i + l].facility, "Wh")) + " Wh");
  }
  Page page;
  page.gap().heading("What batch and load do: devices per token, facility per query");
  page.table(std::move(table), 2);
  if (crowded) page.paragraph("* more than the memory of these devices has room for", 2);
  return page;
}

Page levers_page(const std::vector<ask::ServeLever>& levers) {
  Table table{heads({"", "set", ">device", ">facility", "published"}), {}};
  for (const ask::ServeLever& lever : levers) {
    const auto times = [](const std::optional<double>& x) {
      return x ? "x " + significant(*x, 2) : std::string{"-"};
    };
    std::string published = lever.problem;
    if (lever.published) {
      const auto factor = *lever.published->cell("factor");
      published += (published.empty() ? "x " : "; x ") + significant(factor.value(), 2) + " (" +
                   significant(factor.low(), 2) + " to " + significant(factor.high(), 2) + ") [" +
                   std::string{lever.published->source()} + ", " +
                   std::string{catalog::name(lever.published->standing())} + ']';
    }
    table.rows.push_back({lever.name, lever.flag.empty() ? "" : "--" + lever.flag + ' ' + lever.value,
                          times(lever.device), times(lever.facility), std::move(published)});
  }
  Page page;
  page.gap().heading("Measures, one at a time: energy of the devices per token, of the facility per query");
  page.table(std::move(table), 2);
  return page.asides()
      .paragraph(
          "All else as above, batch and load included; the model counts what the flag does. A factor "
          "alone is a published one, of other models and devices.",
          2)
      .results();
}

Page all_queries_page(const ServeCase& c) {
  Page page;
  if (!c.queries) return page;
  const auto all = [&](ServeFigure f) {
    const auto value = c.of_all(f);
    return value ? human(*value, info(f).dimension) : std::string{};
  };
  std::string words = in_words(*c.queries) + " queries: " + all(ServeFigure::facility) + " of the facility";
  if (const auto co2e = all(ServeFigure::location); !co2e.empty()) words += ", " + co2e + " CO2e";
  if (const auto made = all(ServeFigure::embodied); !made.empty()) words += ", " + made + " of manufacture";
  if (const auto water = all(ServeFigure::water); !water.empty()) words += ", " + water + " of water";
  if (const auto sum = all(ServeFigure::total); !sum.empty()) words += ", together " + sum;
  if (const auto cost = all(ServeFigure::query_cost); !cost.empty()) words += ", " + cost;
  return page.gap().paragraph(words + '.');
}

// What is counted, in the words of life-cycle assessment.
Page scope_page(const ServeCase& c) {
  const auto& work = c.service.work;
  Page page;
  page.asides().gap().paragraph(
      "Functional unit: " +
      (c.image
           ? std::string{"one image."}
           : "one query of " + count_words(work.prompt.coherent()) + " tokens and its answer of " +
                 count_words(work.answer.coherent()) + "; J/token and tokens/s are of tokens of answers."));
  page.paragraph(
      "Boundary: device, node, provisioned and facility, each with the one before; manufacture by the share "
      "of "
      "the life of the devices that a query reserves, idle time included (ISO/IEC 21031).");
  page.paragraph("Cut-offs: training, development, networks, storage, the device of the person who asks.");
  page.paragraph(
      "Bands: 5 to 95 % of the draws of what is not given (batch, load, host, PUE, grid) and of what the "
      "model "
      "of a step misses.");
  return page;
}

Page one_page(const ServeCase& c, const std::optional<std::vector<ask::ServeLever>>& levers,
              const catalog::Catalog& tables, const std::vector<std::string>& sources) {
  Page page;
  page.heading(service_words(c)).paragraph(verdict(c));
  page.append(energy_page(c)).append(other_page(c)).append(all_queries_page(c)).append(speed_page(c));
  page.append(sensitivity_page(c));
  if (levers) page.append(levers_page(*levers));
  page.append(assumptions_page(c.assumptions));
  page.append(scope_page(c));
  for (const std::string& line : attributions(tables, sources)) page.paragraph(line);
  return page;
}

// Instead of the tables: how each number follows.
Page explained_page(const ask::ServeAnswer& a, const catalog::Catalog& tables) {
  const ServeCase& c = a.cases.front();
  Page page;
  page.heading(service_words(c)).paragraph(verdict(c)).gap();
  page.append(trees_page(*a.derivations));
  return page.append(sources_page(a.sources, tables));
}

std::string row_words(const ServeCase& c) {
  std::string out;
  for (const auto& [axis, value] : c.axes)
    out.append(out.empty() ? "" : ", ").append(axis).append(" ").append(value);
  return out;
}

// One sentence: which row takes the least, by how much, and whether that is sure; then what the ratios share.
Page verdict_page(const ask::ServeAnswer& a) {
  Page page;
  std::size_t answered = 0;
  const ServeCase* next = nullptr;  // of the first row the least other one
  double apart = 1;
  for (const ServeCase& c : a.cases) {
    if (!c.beside) continue;
    ++answered;
    apart = std::max(apart, c.beside->apart);
    const bool other = static_cast<std::size_t>(&c - a.cases.data()) != *a.least;
    if (other && (next == nullptr || c.beside->facility < next->beside->facility)) next = &c;
  }
  if (answered < 2 || next == nullptr) return page;
  const ServeCase& least = a.cases[*a.least];
  const bool is_first = *a.least == *a.first;
  const ServeCase& told = is_first ? *next : least;
  const auto& band = told.beside->band;
  std::string words =
      "Verdict: " + (is_first ? "the first row, " + row_words(least) + ',' : row_words(least)) +
      " takes the least, " + worded(least, ServeFigure::facility) + " a query; " +
      (is_first ? row_words(told) + " takes " : "that is ") + significant(told.beside->facility) + " times " +
      (is_first ? "that" : "the first, " + row_words(a.cases[*a.first]));
  if (band) {
    words += " (" + significant(band->p05) + " to " + significant(band->p95) + " in nine of ten such pairs)";
    const bool open = band->p05 <= 1 && band->p95 >= 1;
    if (open) words += ": which of the two takes less is not sure";
  }
  page.gap().paragraph(words + '.');
  std::string shared = "Ratios: what is not given (batch, load, host, PUE) is drawn once for both rows";
  shared += apart > 1 ? "; what the model of a step misses is common to them but for a factor of up to " +
                            significant(apart) + '.'
                      : "; what the model of a step misses is common to them.";
  return page.asides().paragraph(shared).results();
}

Page rows_page(const ask::ServeAnswer& a, const catalog::Catalog& tables) {
  Table table;
  for (const std::string& axis : a.axes) table.columns.push_back({axis});
  const bool shows_devices = std::ranges::none_of(
      a.axes, [](const std::string& axis) { return axis == "devices" || axis == "chips"; });
  if (shows_devices) table.columns.push_back({"devices", Align::right});
  const auto figures = {ServeFigure::facility,   ServeFigure::device,   ServeFigure::device_per_token,
                        ServeFigure::token_rate, ServeFigure::location, ServeFigure::million_tokens_cost};
  for (const char* title :
       {"facility", "90 % band", "to first", "device", "per token", "tokens/s", "CO2e", "per 1M tokens"})
    table.columns.push_back({title, Align::right});
  table.columns.push_back({""});
  for (const ServeCase& c : a.cases) {
    auto& row = table.rows.emplace_back();
    for (const auto& [axis, value] : c.axes) row.push_back(value);
    if (!c.problem.empty()) {
      row.resize(table.columns.size() - 1);
      row.push_back(c.problem);
      continue;
    }
    if (shows_devices) row.push_back(count_words(c.service.work.devices.coherent()));
    for (const ServeFigure f : figures) {
      const auto& value = c.figures[f];
      row.push_back(!value ? "-" : f == ServeFigure::token_rate ? significant(*value) : worded(f, *value));
      if (f != ServeFigure::facility) continue;
      row.push_back(band_words(c, f));
      row.push_back("x " + significant(c.beside->facility));
    }
    row.emplace_back();
  }
  Page page;
  const auto with_answer =
      std::ranges::find_if(a.cases, [](const ServeCase& c) { return c.problem.empty(); });
  page.heading("One query, by " + diag::listed(a.axes)).gap();
  page.wide_table(std::move(table), "--csv has all columns");
  page.append(verdict_page(a));
  page.append(assumptions_page(with_answer->assumptions));
  page.asides().gap().paragraph("The assumptions are those of the first row; --json has those of each.");
  for (const std::string& line : attributions(tables, a.sources)) page.paragraph(line);
  return page;
}

}  // namespace

Page serve_page(const ask::ServeAnswer& answer, const catalog::Catalog& tables) {
  if (answer.derivations) return explained_page(answer, tables);
  if (answer.axes.empty()) return one_page(answer.cases.front(), answer.levers, tables, answer.sources);
  return rows_page(answer, tables);
}

}  // namespace kwhatif::report
