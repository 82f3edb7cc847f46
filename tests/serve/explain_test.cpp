// How the figures of a service follow: each formula, read as people read it, gives its number.
#include "cases.hpp"
#include "support/catch.hpp"
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/document/files.hpp>

#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace kwhatif::ask {
namespace {

using serve::tables;

ServeQuestion explained(std::map<std::string, std::string> inputs) {
  ServeQuestion out;
  for (const auto& [flag, value] : inputs)
    out.inputs.insert_or_assign(flag, run::Given{value, {}, "--" + flag});
  out.files = document::read_file;
  out.explain = run::Given{"", {}, "--explain"};
  return out;
}

// Reads "a × (b + c) / d² − √(…)" with the values of names.
class Formula {
 public:
  Formula(std::string text, const std::map<std::string, double>& values)
      : text_(std::move(text)), values_(values) {}

  double value() {
    const double out = sum();
    CAPTURE(text_, text_.substr(at_));
    REQUIRE(at_ == text_.size());
    return out;
  }

 private:
  bool next(const std::string& what) {
    if (text_.compare(at_, what.size(), what) != 0) return false;
    at_ += what.size();
    return true;
  }
  double sum() {
    double out = product();
    for (;;) {
      if (next(" + "))
        out += product();
      else if (next(" − "))
        out -= product();
      else
        return out;
    }
  }
  double product() {
    double out = power();
    for (;;) {
      if (next(" × "))
        out *= power();
      else if (next(" / "))
        out /= power();
      else
        return out;
    }
  }
  double power() {
    const double out = operand();
    return next("²") ? out * out : out;
  }
  double closed(double inner) {
    CAPTURE(text_, text_.substr(at_));
    REQUIRE(next(")"));
    return inner;
  }
  double operand() {
    if (next("√(")) return std::sqrt(closed(sum()));
    if (next("exp(")) return std::exp(closed(sum()));
    if (next("ln(")) return std::log(closed(sum()));
    if (next("(")) return closed(sum());
    const std::string* longest = nullptr;
    for (const auto& [name, value] : values_) {
      if (text_.compare(at_, name.size(), name) == 0 && (longest == nullptr || name.size() > longest->size()))
        longest = &name;
    }
    if (longest != nullptr) {
      at_ += longest->size();
      return values_.at(*longest);
    }
    std::size_t used = 0;
    CAPTURE(text_, text_.substr(at_));
    double number = 0;
    REQUIRE_NOTHROW(number = std::stod(text_.substr(at_), &used));
    at_ += used;
    return number;
  }

  std::string text_;
  const std::map<std::string, double>& values_;
  std::size_t at_ = 0;
};

void check_tree(const Derivation& d, std::set<std::string>& derived, std::size_t& formulas) {
  CAPTURE(d.name, d.formula);
  if (d.formula.empty()) {
    REQUIRE(d.origin);
    // no leaf without a flag, a source or a reason
    CHECK((!d.origin->source.empty() || !d.origin->note.empty() || !d.origin->at.empty()));
    CHECK(d.origin->note != "as resolved");
    return;
  }
  if (d.repeated) {
    CHECK(derived.contains(d.name));
    return;
  }
  derived.insert(d.name);
  std::map<std::string, double> values;
  for (const Derivation& part : d.parts) values[part.name] = part.value;
  CHECK(values.size() == d.parts.size());  // no two parts of one name
  CHECK(Formula(d.formula, values).value() == Approx(d.value).epsilon(1e-12));
  ++formulas;
  for (const Derivation& part : d.parts) check_tree(part, derived, formulas);
}

const Derivation* found(const std::vector<Derivation>& trees, std::string_view name) {
  for (const Derivation& d : trees) {
    if (d.name == name && !d.repeated) return &d;
    if (const Derivation* inner = found(d.parts, name)) return inner;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("every number of a service follows from its parts, down to a source", "[serve][explain]") {
  const std::map<std::string, std::string> factors{{"ci", "350 g/kWh"},     {"wue", "0.3 L/kWh"},
                                                   {"embodied", "583 kg"},  {"embodied-extra", "5 %"},
                                                   {"price", "2 USD/h"},    {"water-intensity", "3 L/kWh"},
                                                   {"ci-market", "9 g/kWh"}};
  const std::vector<std::map<std::string, std::string>> services{
      {{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}},
      {{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}, {"rate", "12/s"}},
      {{"model", "deepseek-v3"}, {"hardware", "h200-sxm"}, {"precision", "fp8"}, {"speculative", "3:2"}},
      {{"model", "gpt-oss-120b"}, {"hardware", "b200-sxm"}, {"cached", "0.5"}, {"batch", "1"}},
      {{"model", "mixtral-8x7b"}, {"hardware", "mi300x"}, {"engine", "tuned"}, {"precision", "fp8"}},
      {{"params", "30B"}, {"active", "3B"}, {"hardware", "l40s"}, {"devices", "8"}, {"data-parallel", "2"}},
      {{"model", "flux.1-dev"}, {"hardware", "h100-sxm5"}},
      {{"params", "1B"}, {"hardware", "t4"}, {"engine", "eager"}, {"prompt", "0"}}};
  for (auto inputs : services) {
    CAPTURE(inputs);
    inputs.insert(factors.begin(), factors.end());
    const auto answer = serve(explained(inputs), tables());
    const ServeCase& c = answer.cases.front();
    REQUIRE(answer.derivations);
    std::set<std::string> derived;
    std::size_t formulas = 0;
    for (const Derivation& d : *answer.derivations) check_tree(d, derived, formulas);
    CHECK(formulas >= 15);
    // the roots are what the answer says
    const auto same = [&](std::string_view name, ServeFigure figure) {
      const Derivation* const d = found(*answer.derivations, name);
      CAPTURE(name);
      REQUIRE(d != nullptr);
      CHECK(d->value == Approx(c.figures[figure].value()).epsilon(1e-12));
      CHECK(d->dimension == serve_figure_table()[static_cast<std::size_t>(figure)].dimension);
    };
    same("CO2e with manufacture", ServeFigure::total);
    same("CO2e, market-based", ServeFigure::market);
    same("facility energy", ServeFigure::facility);
    same("provisioned energy", ServeFigure::provisioned);
    same("energy of the nodes while serving", ServeFigure::node);
    same("energy of the devices", ServeFigure::device);
    same("water", ServeFigure::water);
    same("cost", ServeFigure::query_cost);
    same("power of the devices", ServeFigure::device_power);
    same("reserved device-time per query", ServeFigure::reserved_time);
    if (c.image) continue;
    same("energy of the devices per token", ServeFigure::device_per_token);
    same("tokens per second", ServeFigure::token_rate);
    same("utilisation of the 16-bit peak", ServeFigure::utilisation);
  }
}

TEST_CASE("a derivation is that of one service", "[serve][explain]") {
  auto q = explained({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}});
  CHECK_FALSE(serve(ServeQuestion{.inputs = q.inputs, .files = q.files}, tables()).derivations);
  q.vary = {{"batch=8,64", {}, "--vary"}};
  CHECK_THROWS_AS(serve(q, tables()), diag::UsageError);
  q.vary.clear();
  q.levers = run::Given{"", {}, "--levers"};
  CHECK_THROWS_AS(serve(q, tables()), diag::UsageError);
}

}  // namespace kwhatif::ask
