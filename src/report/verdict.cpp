#include "verdict.hpp"

#include "known.hpp"

namespace kwhatif::report {

namespace {

Json settles_json(const ask::Beside* b) {
  return b != nullptr && b->settles ? Json(run::info(*b->settles).flag) : Json(nullptr);
}

}  // namespace

void add_verdict(Page& page, const std::optional<ask::Decision>& verdict) {
  if (verdict) page.gap().hanging("Verdict: ", verdict->sentence, 9);
}

Json verdict_json(const std::optional<ask::Decision>& verdict) {
  if (!verdict) return nullptr;
  const ask::Decision& v = *verdict;
  const ask::Beside* next = v.next();
  Json out;
  out["sentence"] = v.sentence;
  out["measure"] = v.measure.key;
  out["best"] = v.names.empty() ? Json(nullptr) : Json(v.names[v.best]);
  out["index"] = v.names.empty() ? Json(nullptr) : Json(v.index[v.best]);
  out["next"] = next != nullptr ? Json(v.names[next->run]) : Json(nullptr);
  out["probability"] = next != nullptr ? Json(next->probability) : Json(nullptr);
  out["ratio"] = next != nullptr ? known_json(next->ratio) : Json(nullptr);
  out["low"] = next != nullptr ? known_json(next->low) : Json(nullptr);
  out["high"] = next != nullptr ? known_json(next->high) : Json(nullptr);
  out["settles"] = settles_json(next);
  out["others"] = Json::array();
  for (const ask::Beside& b : v.others) {
    out["others"].push_back({{"name", v.names[b.run]},
                             {"index", v.index[b.run]},
                             {"order", ask::name(b.order)},
                             {"probability", b.probability},
                             {"ratio", known_json(b.ratio)},
                             {"low", known_json(b.low)},
                             {"high", known_json(b.high)},
                             {"settles", settles_json(&b)},
                             {"settles_share", b.settles ? Json(b.settles_share) : Json(nullptr)}});
  }
  if (v.limits_kept) out["limits_kept_in"] = *v.limits_kept;
  out["unknown"] = Json::array();
  for (const std::size_t i : v.unknown) out["unknown"].push_back(v.names[i]);
  return out;
}

}  // namespace kwhatif::report
