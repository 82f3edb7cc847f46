#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/result.hpp>

namespace kwhatif::run {

double machine_value(const ResultInfo& result, double coherent) {
  return result.unit.empty() ? coherent : quantity::to_unit(coherent, result.unit);
}

}  // namespace kwhatif::run
