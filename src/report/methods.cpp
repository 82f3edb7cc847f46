#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/methods.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using method::Applied;
using quantity::human;
using quantity::significant;
namespace dim = quantity::dim;

namespace {

constexpr double least_factor = 0.004;  // of the logarithm: less is said to be the same

// "device-time 0.189 (671 k against 3.55 M device-h), power 0.758 …": the factors that matter, largest first.
std::string because(const Applied& a) {
  auto list = a.differences;
  std::stable_sort(list.begin(), list.end(), [](const auto& x, const auto& y) {
    return std::fabs(std::log(x.ratio)) > std::fabs(std::log(y.ratio));
  });
  std::string out;
  for (const auto& d : list) {
    if (std::fabs(std::log(d.ratio)) < least_factor) continue;
    out += (out.empty() ? "" : ", ") + d.label + ' ' + significant(d.ratio) + " (" + d.theirs + ')';
  }
  return out.empty() ? "the same factors" : out;
}

std::string energy(const Applied& a) { return human(a.footprint->energy.coherent(), dim::energy); }

std::string co2e(const Applied& a) {
  if (!a.footprint->co2e) return "unknown";
  std::string out = human(a.footprint->co2e->coherent(), dim::co2e);
  if (a.embodied_kg) out += " + " + human(*a.embodied_kg, dim::co2e, 2);
  return out;
}

// "PUE", "PUE and power", "PUE, power and rate"
std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : (i + 1 == words.size() ? " and " : ", ")) + words[i];
  return out;
}

// Computed ones by energy, then the others.
std::vector<const Applied*> ordered(const std::vector<Applied>& methods) {
  std::vector<const Applied*> out;
  for (const Applied& a : methods) out.push_back(&a);
  std::stable_sort(out.begin(), out.end(), [](const Applied* x, const Applied* y) {
    if (x->footprint.has_value() != y->footprint.has_value()) return x->footprint.has_value();
    return x->footprint && x->footprint->energy.coherent() < y->footprint->energy.coherent();
  });
  return out;
}

}  // namespace

std::string methods_text(const std::string& title, const run::ResolvedRun& run,
                         const run::RunEstimate<double>& result, const std::vector<Applied>& methods,
                         bool details, const catalog::Catalog& catalog) {
  std::string out = (title.empty() ? "The run" : diag::visible(title)) + " under " +
                    std::to_string(methods.size()) + " published methods";
  if (result.device_time && result.power && run.inputs.pue()) {
    out += "; this run: " + human(result.device_time->coherent(), dim::device_time) + " at " +
           human(result.power->coherent(), dim::power) + ", PUE " + significant(run.inputs.pue()->coherent());
    if (run.inputs.ci()) out += ", " + human(run.inputs.ci()->coherent(), dim::carbon_intensity);
  }
  out = wrapped(out, page_width, 0) + '\n';
  const auto sorted = ordered(methods);
  Table table{{{"method"},
               {"energy", Align::right},
               {"CO2e", Align::right},
               {"over ours", Align::right},
               {"because (factor, its value)"}},
              {}};
  const auto ours = [&] {
    table.rows.push_back(
        {"* kwhatif, this run",
         result.facility_energy ? human(result.facility_energy->coherent(), dim::energy) : "unknown",
         result.operational_location ? human(result.operational_location->coherent(), dim::co2e) : "unknown",
         "1.00", ""});
  };
  const double own = result.facility_energy ? result.facility_energy->coherent() : 0;
  bool placed = false;
  for (const Applied* a : sorted) {
    if (!placed && (!a->footprint || a->footprint->energy.coherent() >= own)) {
      ours();
      placed = true;
    }
    if (!a->footprint) {
      table.rows.push_back({a->title, "-", "-", "", "not computed: " + a->problem});
      continue;
    }
    const auto ratio = a->co2e_ratio ? a->co2e_ratio : a->energy_ratio;
    table.rows.push_back({a->title, energy(*a), co2e(*a), ratio ? significant(*ratio) : "", because(*a)});
  }
  if (!placed) ours();
  out += text(table);
  const Applied* least = nullptr;
  const Applied* most = nullptr;
  for (const Applied* a : sorted) {
    if (!a->footprint) continue;
    if (least == nullptr) least = a;
    most = a;
  }
  if (least != nullptr && most != least && least->footprint->energy.coherent() > 0) {
    out +=
        '\n' +
        wrapped("They lie " +
                    significant(most->footprint->energy.coherent() / least->footprint->energy.coherent(), 2) +
                    " times apart: " + energy(*least) + " by " + least->title + ", " + energy(*most) +
                    " by " + most->title + ". \"+\" is manufacture.",
                page_width, 0);
  }
  out += details ? "\nWhat each counts, takes for this run and leaves out\n"
                 : "\nWhat each leaves out (--details says what it counts and takes)\n";
  for (const Applied& a : methods) {
    std::string words = a.title + ": ";
    if (details) {
      words += a.covers + ". ";
      for (std::size_t i = 0; i < a.taken.size(); ++i) words += (i == 0 ? "Takes " : "; ") + a.taken[i];
      if (!a.taken.empty()) words += ". ";
      words += "Leaves out ";
    }
    words += a.leaves_out + (details ? "." : "");
    if (!a.unused.empty())
      words += std::string{details ? " Has" : "; has"} + " no place for the " + listed(a.unused) + " given" +
               (details ? "." : "");
    if (details && !a.defect.empty()) words += " Known fault: " + a.defect + '.';
    if (details && !a.source.empty()) words += " [" + a.source + ']';
    const std::string body = wrapped(words, page_width, 4);
    out += "  " + body.substr(std::min<std::size_t>(4, body.size()));
  }
  std::vector<std::string> sources = run.sources();
  for (const Applied& a : methods) sources.insert(sources.end(), a.sources.begin(), a.sources.end());
  for (const std::string& line : attributions(catalog, sources)) out += wrapped(line, page_width, 2);
  return out;
}

Table methods_table(const run::RunEstimate<double>& result, const std::vector<Applied>& methods) {
  Table table{{{"method"},
               {"facility_energy_kwh"},
               {"operational_location_kg"},
               {"embodied_kg"},
               {"energy_ratio"},
               {"co2e_ratio"},
               {"problem"}},
              {}};
  const auto number = [](const std::optional<double>& x) {
    return x ? quantity::shortest(*x) : std::string{};
  };
  const auto kwh = [](double j) { return quantity::shortest(quantity::to_unit(j, "kWh")); };
  table.rows.push_back(
      {"kwhatif", result.facility_energy ? kwh(result.facility_energy->coherent()) : "",
       result.operational_location ? quantity::shortest(result.operational_location->coherent()) : "", "",
       "1", "1", ""});
  for (const Applied& a : methods) {
    table.rows.push_back(
        {a.id, a.footprint ? kwh(a.footprint->energy.coherent()) : "",
         a.footprint && a.footprint->co2e ? quantity::shortest(a.footprint->co2e->coherent()) : "",
         number(a.embodied_kg), number(a.energy_ratio), number(a.co2e_ratio), a.problem});
  }
  return table;
}

}  // namespace kwhatif::report
