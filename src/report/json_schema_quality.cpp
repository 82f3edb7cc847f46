// What documents say of models at equal quality: compare and model --against.
#include "json_schema.hpp"

namespace kwhatif::report::schema {

Keys equivalence_keys() {
  return {{"rule", text("id of the rule of equivalence")},
          {"k", number("dense parameters of the same quality over active ones")},
          {"low", or_null(number("5 % point of k; null: the rule has no band"))},
          {"high", or_null(number("95 % point of k"))},
          {"p25", or_null(number("25 % point of k"))},
          {"p75", or_null(number("75 % point of k"))},
          {"class", one_of("routed experts per token: 4 or more, 1 to 3, unknown; or all parameters are used",
                           {"fine", "coarse", "unknown", "dense"})},
          {"notes", list("in which way it lies outside of what was measured", text("in words"))},
          {"worth", number("dense parameters of the same quality")},
          {"worth_low", or_null(number("its 5 % point"))},
          {"worth_high", or_null(number("its 95 % point"))}};
}

Json equal_quality() {
  const Json other = object("another rule", {{"rule", text("id")},
                                             {"compute_ratio", or_null(number("by it; null: it needs what is "
                                                                              "unknown"))}});
  return or_null(object(
      "this kind of model, sized to the quality of the reference on the same tokens; null: both are dense",
      {{"compute_ratio", number("its compute over that of the reference")},
       {"low", or_null(number("5 % point; null: the rule has no band"))},
       {"high", or_null(number("95 % point"))},
       {"active_needed", number("its active parameters")},
       {"total_needed", number("its parameters")},
       {"energy_ratio", or_null(number("its energy over that of the reference, by rate and power of both"))},
       {"energy_low", or_null(number("5 % point"))},
       {"energy_high", or_null(number("95 % point"))},
       {"others", list("what other rules give", other)}}));
}

Json as_sized() {
  return or_null(object(
      "the two models exactly as sized; null: the tokens of the reference are unknown",
      {{"verdict", one_of("the model against the reference", {"equal within the band", "smaller", "larger"})},
       {"worth", number("dense parameters of the same quality")},
       {"worth_low", number("its 5 % point")},
       {"worth_high", number("its 95 % point")},
       {"worth_of_reference", number("the same of the reference")},
       {"tokens", or_null(number("to the loss of the reference; null: refused"))},
       {"tokens_low",
        or_null(number("fewest by a loss law, where only the laws' difference forbids a number"))},
       {"tokens_high", or_null(number("most by a loss law, likewise"))},
       {"compute_ratio", or_null(number("compute over that of the reference; null: refused"))},
       {"low", or_null(number("its lower end; null beside a compute_ratio: open"))},
       {"high", or_null(number("its upper end; null beside a compute_ratio: open"))},
       {"refused", or_null(text("why there is no number"))}}));
}

}  // namespace kwhatif::report::schema
