// What publications say of sparse models against dense ones, against the rule that counts them.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/model/equivalence.hpp>

#include <map>
#include <set>

namespace kwhatif {
namespace {

// Of the sparse model that a lever is about, as its source prints it.
struct Printed {
  double total;
  double active;
  double used;
};

const std::map<std::string_view, Printed> printed{
    {"glam-inference", {1200e9, 96.6e9, 2}},       {"glam-vs-gpt3-energy", {1200e9, 96.6e9, 2}},
    {"switch-vs-t5", {3.8e9, 0.223e9, 1}},         {"olmoe-vs-dense", {6.92e9, 1.28e9, 8}},
    {"olmoe-vs-dense-flops", {6.92e9, 1.28e9, 8}}, {"deepspeed-moe", {52e9, 1.3e9, 1}},
    {"deepspeed-moe-flops", {52e9, 1.3e9, 1}},
};
const std::set<std::string_view> of_other_things{"model-4m", "primer"};
const std::set<std::string_view> in_work{"flops", "time", "energy", "inference_energy"};

TEST_CASE("every lever on dense against sparse lies in the band of the rule, or says why not") {
  const auto& tables = catalog::Catalog::builtin();
  std::size_t checked = 0;
  for (std::size_t i = 0; i < tables.size(catalog::Kind::lever); ++i) {
    const auto lever = tables.row(catalog::Kind::lever, i);
    const bool architecture =
        lever.text("mechanism") == "architecture" && !of_other_things.contains(lever.id());
    if (!in_work.contains(lever.text("effect_on")) || !(architecture || printed.contains(lever.id())))
      continue;
    INFO(lever.id());
    const auto found = printed.find(lever.id());
    if (found == printed.end()) {
      CHECK(lever.text("condition").find("rule leverage") != std::string_view::npos);
      continue;
    }
    const auto& [total, active, used] = found->second;
    const auto e = model::equivalence(model::SparseEquivalence::leverage,
                                      {.total = total, .active = active, .used = used});
    REQUIRE(e);
    const auto factor = *lever.cell("factor");
    for (const double value : {factor.value(), factor.low(), factor.high()}) {
      CHECK(value >= 1 / e->high);
      CHECK(value <= 1 / e->low);
    }
    ++checked;
  }
  CHECK(checked == printed.size());
}

}  // namespace
}  // namespace kwhatif
