// Services against the first of them: ratios, and how sure those are.
#include "serve_beside.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace kwhatif::ask {

namespace {

bool measured(const ServeCase& c) {
  return !c.image && (c.band == "band-dense" || c.band == "band-sparse" || c.band == "band-sparse-8");
}

// By how much what the model misses of one may differ from what it misses of the other.
double apart(const ServeCase& c, const ServeCase& first, const catalog::Catalog& tables) {
  const auto& a = c.service;
  const auto& b = first.service;
  const bool same_model =
      c.model == first.model && c.precision == first.precision && c.engine == first.engine;
  const bool same_device = c.hardware->id() == first.hardware->id() && a.work.devices == b.work.devices;
  const bool same_work = a.work.batch == b.work.batch && a.work.prompt == b.work.prompt &&
                         a.work.answer == b.work.answer && a.work.cached == b.work.cached &&
                         a.work.drafts == b.work.drafts && a.work.replicas == b.work.replicas;
  if (same_model && same_device && (same_work || c.image)) return 1;
  if (same_model && c.image && same_device) return 1;
  if (!measured(c) || !measured(first) || c.engine != first.engine) {
    // nothing was measured of such pairs: as if they missed independently
    const double one = std::log(c.unknowns.model_factor);
    const double other = std::log(first.unknowns.model_factor);
    return std::exp(std::hypot(one, other));
  }
  if (!same_model) return serve::constant(tables, "apart-model").value;
  return serve::constant(tables, same_device ? "apart-batch" : "apart-device").value;
}

std::optional<double> ratio(const ServeCase& c, const ServeCase& first, ServeFigure figure) {
  const auto& one = c.figures[figure];
  const auto& other = first.figures[figure];
  return one && other && *other > 0 ? std::optional{*one / *other} : std::nullopt;
}

// What the model misses counts once, as far as it differs.
std::vector<serve::ServiceDraw> draws_of(const ServeCase& c) {
  serve::Unknowns unknowns = c.unknowns;
  unknowns.model_factor = 1;
  if (unknowns.rate) unknowns.rate->power_factor = 1;
  return serve::draws(c.service, unknowns);
}

}  // namespace

void set_beside(ServeAnswer& answer, const catalog::Catalog& tables) {
  const auto answered = [](const ServeCase& c) { return c.problem.empty(); };
  const auto first = std::ranges::find_if(answer.cases, answered);
  if (first == answer.cases.end()) return;
  const auto drawn_first = draws_of(*first);
  for (ServeCase& c : answer.cases) {
    if (!c.problem.empty()) continue;
    ServeCase::Beside beside;
    beside.device_per_token = ratio(c, *first, ServeFigure::device_per_token);
    beside.facility = *ratio(c, *first, ServeFigure::facility);
    beside.location = ratio(c, *first, ServeFigure::location);
    beside.total = ratio(c, *first, ServeFigure::total);
    beside.cost = ratio(c, *first, ServeFigure::query_cost);
    beside.apart = &c == &*first ? 1 : apart(c, *first, tables);
    if (&c != &*first) beside.band = serve::ratios(draws_of(c), drawn_first, beside.apart);
    c.beside = beside;
    const auto energy = [&](std::size_t i) { return *answer.cases[i].figures[ServeFigure::facility]; };
    const auto here = static_cast<std::size_t>(&c - answer.cases.data());
    if (!answer.least || energy(here) < energy(*answer.least)) answer.least = here;
    answer.first = static_cast<std::size_t>(first - answer.cases.begin());
  }
}

}  // namespace kwhatif::ask
