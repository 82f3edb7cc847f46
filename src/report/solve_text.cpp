// What `plan --solve` found, in sentences and as one row.
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/solve.hpp>
#include <kwhatif/report/sweep.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::report {

using ask::Attempt;
using run::Input;

namespace {

// "PUE", "average system power per device": as the input is called in assumptions.
std::string label_of(Input input) {
  std::string key{run::info(input).flag};
  std::replace(key.begin(), key.end(), '-', '_');
  if (input == Input::params) return "parameters";
  for (const auto& slot : run::slot_table) {
    if (slot.key == key) return std::string{slot.label};
  }
  return key;
}

struct Words {
  const SolveQuestion& question;

  std::string input(const Attempt& a) const {
    return quantity::human(a.input, run::info(question.input).dimension, 4);
  }
  std::string result(double y, int digits = 3) const {
    return quantity::human(y, grid::result_dimension(question.result), digits);
  }
  std::string wanted() const {
    return std::string{grid::result_info(question.result).label} + " of " + result(question.wanted);
  }
};

std::string no_text(const SolveQuestion& question, const ask::Solution& s) {
  const Words words{question};
  const std::string no = std::string{"No "} + (question.input == Input::chips ? "number of " : "") +
                         label_of(question.input) + " explains " + words.wanted() + ": ";
  if (s.between) {
    const auto& [a, b] = *s.between;
    constexpr int digits = 4;
    return no + (question.input == Input::chips ? "" : "it steps over it, ") + "with " + words.input(a) +
           " it is " + words.result(a.result, digits) + ", with " + words.input(b) + ' ' +
           words.result(b.result, digits) + ".\n";
  }
  if (s.least->result == s.most->result) return no + "the result does not depend on it.\n";
  const auto end = [&](const Attempt& a) {
    return words.result(a.result) + " (with " + words.input(a) + ')';
  };
  std::string reach = "from " + end(*s.least) + " to " + end(*s.most);
  if (s.no_most) reach = end(*s.least) + " and more";
  if (s.no_least) reach = end(*s.most) + " and less";
  return no + "with all that `estimate` accepts it is " + reach + ". Another input must be off.\n";
}

// Column and value of the one row that machines get.
std::vector<std::pair<std::string, std::string>> row(const SolveQuestion& question, const ask::Solution& s) {
  const auto& info = run::info(question.input);
  const auto number = [](bool there, double v) { return there ? quantity::shortest(v) : std::string{}; };
  const auto machine = [&](double y) { return grid::machine_value(question.result, y); };
  const bool reach = s.least.has_value();
  return {{"solve", std::string{info.flag}},
          {"possible", s.found ? "true" : "false"},
          {"value", number(s.found.has_value(), s.found.value_or(Attempt{}).input)},
          {"value_unit", quantity::coherent_unit(info.dimension)},
          {"result", std::string{grid::result_info(question.result).json_key}},
          {"wanted", number(true, machine(question.wanted))},
          {"reached", number(s.found.has_value(), machine(s.found.value_or(Attempt{}).result))},
          {"before_value", number(s.before.has_value(), s.before.value_or(Attempt{}).input)},
          {"before_result", number(s.before.has_value(), machine(s.before.value_or(Attempt{}).result))},
          {"least_result", number(reach, machine(s.least.value_or(Attempt{}).result))},
          {"most_result", number(reach, machine(s.most.value_or(Attempt{}).result))}};
}

}  // namespace

std::string solve_text(const SolveQuestion& question, const ask::Solution& s, std::string_view run_file) {
  const Words words{question};
  if (!s.found) return wrapped(no_text(question, s), page_width, 0);
  std::string what = label_of(question.input) + " of " + words.input(*s.found) + " explains ";
  if (question.input == Input::params) what = "A model of " + words.input(*s.found) + " explains ";
  if (question.input == Input::chips)
    what = words.input(*s.found) + (s.found->input == 1 ? " device explains " : " devices explain ");
  std::string out = what + words.wanted();
  if (s.before)
    out += " (with " + words.input(*s.before) + " it would be " + words.result(s.before->result) + ")";
  out = wrapped(out, page_width, 0);
  for (const run::Given& given : s.displaced)
    out += "It takes the place of " + given.named + ' ' + given.text + ".\n";
  return out + "\nExplain it: " + explain_command(s.run, run_file) + '\n';
}

Table solve_table(const SolveQuestion& question, const ask::Solution& solution) {
  Table table{{}, {{}}};
  for (const auto& [key, value] : row(question, solution)) {
    table.columns.push_back({key});
    table.rows.front().push_back(value);
  }
  return table;
}

std::string solve_plain(const SolveQuestion& question, const ask::Solution& solution) {
  std::string out;
  for (const auto& [key, value] : row(question, solution))
    out.append(key).append(1, '\t').append(value).append(1, '\n');
  return out;
}

}  // namespace kwhatif::report
