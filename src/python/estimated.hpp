// One estimate as Python holds it: its numbers at once, all else that is known of it when somebody asks, and
// of that no more than what is asked for.
#pragma once

#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/bindings/named_inputs.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::python {

/// Results by position in run::result_table.
using Numbers = run::RunEstimate<double>;

/// A chart as an element <svg>, with what it shows in words.
struct Picture {
  std::string title;
  std::string description;
  std::string svg;
};

/// Its members may be called from several threads at the same time.
class Estimated {
 public:
  /// @param extent  what is worked out now; the rest waits until it is asked for
  /// @errors diag::Error: those of ask::estimate()
  Estimated(run::Scenario run, const catalog::Catalog& tables, ask::Extent extent);

  const run::Scenario& run() const { return run_; }
  const Numbers& numbers() const { return numbers_->result; }
  /// How sure the results are.
  std::shared_ptr<const uncertain::Certainty> certainty() const;
  /// A result by its key in JSON ("facility_energy_kwh"), in that unit; none where it is not known.
  /// @param known  whether there is such a result
  std::optional<double> number(std::string_view json_key, bool& known) const;
  /// The band of one result alone, which takes a part of the time; none where it does not vary.
  std::optional<uncertain::Band> band(std::string_view json_key, bool& known) const;
  /// As the program prints it.
  /// @param form  json, text, csv or plain
  std::string shown(std::string_view form, std::size_t width) const;
  /// The same of how it follows.
  std::string explained(std::string_view form, std::size_t width) const;

  /// What to say of the run in a paper: `kwhatif estimate --sentence`.
  std::string sentence() const;
  /// The charts of the answer, the one that says most first.
  /// @param id_prefix  of ids in the pictures, which one page needs unlike
  std::vector<Picture> charts(double width, const std::string& id_prefix) const;

 private:
  std::shared_ptr<const ask::Estimate> whole() const;

  run::Scenario run_;
  const catalog::Catalog& tables_;
  std::shared_ptr<const ask::Estimate> numbers_;                   // without what whole_ has beside them
  mutable std::shared_ptr<const uncertain::Certainty> certainty_;  // set once, atomically, as is
  mutable std::shared_ptr<const ask::Estimate> whole_;             // this
};

}  // namespace kwhatif::python
