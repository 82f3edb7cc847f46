#include "verb.hpp"
#include <kwhatif/ask/models.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int model(Context& context) {
  const Arguments& given = context.arguments;
  const ask::ModelQuestion question{
      .name = given.positionals.empty() ? run::Given{} : given.positionals.front(),
      .files = document::read_file,
      .seq_len = given.get("seq-len"),
      .image_size = given.get("image-size"),
      .recompute = given.get("recompute"),
      .hardware = given.get("hardware"),
      .optimizer = given.get("optimizer"),
      .zero = given.get("zero"),
      .micro_batch = given.get("micro-batch"),
      .chips = given.get("chips"),
      .tp = given.get("tp"),
      .pp = given.get("pp"),
      .ep = given.get("ep"),
      .context_parallel = given.get("context-parallel"),
      .virtual_stages = given.get("virtual-stages"),
      .sequence_parallel = given.get("sequence-parallel"),
      .against = given.get("against"),
      .equal = given.get("equal"),
      .equivalence = given.get("equivalence"),
      .loss_law = given.get("loss-law"),
      .tokens = given.get("tokens"),
  };
  if (question.against) {
    const auto answer = ask::model_contest(question, context.catalog);
    return print_or_write(context, report::present(answer, context.catalog));
  }
  const auto answer = ask::model(question, context.catalog);
  return print_or_write(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
