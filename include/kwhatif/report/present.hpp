// One presenter per verb: what stands in the document of its answer. A document refers to the answer and the
// tables, which must outlive it.
#pragma once

#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>

namespace kwhatif::ask {
struct Comparison;
struct Contest;
struct LeversAnswer;
struct MethodsAnswer;
struct ModelAnswer;
}  // namespace kwhatif::ask

namespace kwhatif::report {

Document present(const ask::Estimate& answer, const catalog::Catalog& tables);
Document present(const ask::Explanation& answer, const catalog::Catalog& tables);
Document present(const ask::Comparison& answer, const catalog::Catalog& tables);
Document present(const ask::LeversAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::MethodsAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::ModelAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::Contest& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::report
