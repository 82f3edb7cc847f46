// Every printed identity multiplies out: what estimate, explain, compare and stages print is read back, and
// the parts give the whole within the rounding of the printed digits.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/number/interval.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <cmath>
#include <map>
#include <optional>
#include <sstream>

namespace kwhatif {
namespace {

using number::Interval;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

template <class Answer>
std::string printed(const Answer& answer) {
  return report::render(report::present(answer, tables()), report::Form::text, {.width = 200});
}

// A printed quantity, counted things ("3.55 M device-h") included.
std::optional<quantity::Parsed> quantity_in(std::string_view printed_text) {
  // images and residues are what stands for tokens
  std::string words{printed_text};
  for (const std::string_view unit :
       {"images", "image", "residues", "residue", "samples", "sample", "pairs", "pair", "clips", "clip",
        "videos", "video", "frames", "frame", "positions", "position"}) {
    if (const auto at = words.find(unit); at != std::string::npos) {
      words.replace(at, unit.size(), unit.ends_with('s') ? "tokens" : "token");
      break;
    }
  }
  const std::string_view text = words;
  for (const auto& dimension :
       {quantity::dim::device_time, quantity::dim::token, quantity::dim::parameter, quantity::dim::money}) {
    const auto parsed = quantity::parse(text, {.dimension = dimension});
    if (parsed.ok) return parsed.value;
  }
  const auto parsed = quantity::parse(text, {.bare_number = true, .any = true});
  return parsed.ok ? std::optional{parsed.value} : std::nullopt;
}

// The same with its rounding, in coherent units.
std::optional<Interval> read(std::string_view text) {
  auto parsed = quantity_in(text);
  if (!parsed)  // a unit that is no unit of input, such as FLOP per parameter and token
    parsed = quantity_in(text.substr(0, text.find(' ')));
  if (!parsed) return std::nullopt;
  constexpr double hair = 1e-12;  // conversion of units
  const double half = parsed->half_step + hair * std::fabs(parsed->coherent);
  return Interval{parsed->coherent - half, parsed->coherent + half};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// Parts of a line between two blanks and more.
std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> out;
  std::size_t at = line.find_first_not_of(' ');
  while (at != std::string::npos) {
    const std::size_t end = std::min(line.find("  ", at), line.size());
    out.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(' ', end);
  }
  return out;
}

// The words around a sign: "6 x 7 B x 1 T" at " x ".
std::vector<std::string> split(std::string_view text, std::string_view sign) {
  std::vector<std::string> out;
  while (true) {
    const auto at = text.find(sign);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + sign.size());
  }
}

bool same(const Interval& whole, const Interval& product) { return whole.overlaps(product); }

struct Answered {
  run::ResolvedRun run;
  run::RunEstimate<double> result;
};

std::optional<Answered> answer(const test::Flags& flags) {
  try {
    Answered a{run::resolve(test::scenario_of(flags), tables()), {}};
    a.result = run::estimate(a.run.inputs);
    if (!a.result.training_flop && !a.result.device_time) return std::nullopt;
    return a;
  } catch (const diag::Error&) {
    return std::nullopt;
  }
}

// One line of the table of `estimate`: "IT energy  746 kWh  254 W/device, average with host".
struct Line {
  std::string value;
  std::string remark;
};

std::map<std::string, Line> table_of(const std::string& text) {
  std::map<std::string, Line> out;
  for (const std::string& line : lines_of(text)) {
    if (line.empty()) break;
    const auto parts = columns_of(line);
    if (parts.size() < 2) continue;
    Line read_line{parts[1], ""};
    std::size_t next = 2;
    if (next < parts.size() && quantity_in(parts[1] + ' ' + parts[next]))
      read_line.value += ' ' + parts[next++];
    if (next < parts.size()) read_line.remark = parts[next];
    out[parts[0]] = read_line;
  }
  return out;
}

std::string until(const std::string& text, std::string_view stop) { return text.substr(0, text.find(stop)); }
std::string after(const std::string& text, std::string_view start) {
  const auto at = text.find(start);
  return at == std::string::npos ? std::string{} : text.substr(at + start.size());
}

void check_product(const std::map<std::string, Line>& table, const std::string& whole,
                   const std::string& part, const std::string& factor, int& checked) {
  if (!table.contains(whole) || !table.contains(part) || factor.empty()) return;
  const auto w = read(table.at(whole).value);
  const auto p = read(table.at(part).value);
  const auto f = read(factor);
  if (!w || !p) return;  // unknown
  INFO(whole << " = " << table.at(whole).value << ", " << part << " = " << table.at(part).value << ", "
             << factor);
  REQUIRE(f);
  CHECK(same(*w, *p * *f));
  ++checked;
}

TEST_CASE("what estimate prints multiplies out") {
  test::Runs runs(1, tables());
  int checked = 0;
  for (int i = 0; i < 400; ++i) {
    const auto flags = runs.ordinary();
    const auto a = answer(flags);
    if (!a) continue;
    const std::string text = printed(ask::estimate_of(a->run, tables()));
    INFO(test::command_of(flags) << '\n' << text.substr(0, text.find("\n\n")));
    const auto table = table_of(text);
    const auto remark = [&](const std::string& label) {
      return table.contains(label) ? table.at(label).remark : std::string{};
    };
    if (const std::string formula = until(remark("Training compute"), ", of one run");
        formula.find(" x ") != std::string::npos) {
      Interval product{1.0};
      for (const std::string& factor : split(until(formula, " epochs"), " x ")) {
        const auto f = read(factor);
        REQUIRE(f);
        product = product * *f;
      }
      CHECK(same(*read(table.at("Training compute").value), product));
      ++checked;
    }
    if (const std::string rate = remark("Achieved rate"); rate.find(" of ") != std::string::npos) {
      const auto utilisation = read(after(until(rate, " of "), "MFU "));
      const auto peak = read(until(after(rate, " of "), ";"));
      REQUIRE(utilisation);
      REQUIRE(peak);
      CHECK(same(*read(table.at("Achieved rate").value), *utilisation * *peak));
      ++checked;
    }
    check_product(table, "IT energy", "Device-time", until(remark("IT energy"), ","), checked);
    check_product(table, "Facility energy", "IT energy", after(remark("Facility energy"), "PUE "), checked);
    check_product(table, "CO2e", "Facility energy", until(remark("CO2e"), ","), checked);
    check_product(table, "CO2e, market-based", "Facility energy", until(remark("CO2e, market-based"), ","),
                  checked);
    if (a->result.cost) check_product(table, "Cost", "Device-time", until(remark("Cost"), ";"), checked);
    check_product(table, "Electricity", "Facility energy", remark("Electricity"), checked);
    if (table.at("Wall time").value != "unknown") {
      const std::string devices = until(after(remark("Wall time"), "on "), " ");
      if (devices.find(',') == std::string::npos)
        check_product(table, "Device-time", "Wall time", devices, checked);
    }
    if (a->result.training_flop && a->result.achieved && a->result.device_time) {
      const auto time = read(table.at("Device-time").value);
      Interval product = *read(table.at("Training compute").value) / *read(table.at("Achieved rate").value);
      const std::string words = remark("Device-time");
      if (words.find(" runs") != std::string::npos) product = product * *read(until(words, " runs"));
      if (const auto at = words.find(" % repeated"); at != std::string::npos) {
        const std::string share = words.substr(0, at);
        product =
            product *
            (Interval{1.0} +
             *read((share.rfind(", ") == std::string::npos ? share : share.substr(share.rfind(", ") + 2)) +
                   " %"));
      }
      CHECK(same(*time, product));
      ++checked;
    }
  }
  CHECK(checked > 1000);
}

// Evaluates the formula of a derivation with the printed values of its parts.
class Formula {
 public:
  Formula(const ask::Derivation& d) : d_(d), rest_(d.formula) {}
  Interval value() {
    const Interval out = sum();
    CHECK(rest_.empty());
    return out;
  }

 private:
  bool take(std::string_view sign) {
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(sign.size());
    return true;
  }
  Interval sum() {
    Interval out = product();
    while (true) {
      if (take(" + "))
        out = out + product();
      else if (take(" − "))
        out = out - product();
      else
        return out;
    }
  }
  Interval product() {
    Interval out = atom();
    while (true) {
      if (take(" × "))
        out = out * atom();
      else if (take(" / "))
        out = out / atom();
      else
        return out;
    }
  }
  Interval atom() {
    const ask::Derivation* longest = nullptr;
    for (const auto& part : d_.parts) {
      if (rest_.starts_with(part.name) && (!longest || part.name.size() > longest->name.size()))
        longest = &part;
    }
    if (longest) {
      rest_.remove_prefix(longest->name.size());
      const auto out = read(quantity::human(longest->value, longest->dimension));
      REQUIRE(out);
      return *out;
    }
    if (take("(")) {
      const Interval out = sum();
      REQUIRE(take(")"));
      return out;
    }
    const std::string number{rest_.substr(0, rest_.find_first_not_of("0123456789.e"))};
    INFO("'" << rest_ << "' in " << d_.formula);
    REQUIRE_FALSE(number.empty());
    rest_.remove_prefix(number.size());
    return Interval{std::stod(number)};
  }

  const ask::Derivation& d_;
  std::string_view rest_;
};

void check_derivation(const ask::Derivation& d, int& checked) {
  if (!d.formula.empty() && !d.repeated) {
    INFO(d.name << ": " << quantity::human(d.value, d.dimension) << " = " << d.formula);
    const auto whole = read(quantity::human(d.value, d.dimension));
    REQUIRE(whole);
    CHECK(same(*whole, Formula(d).value()));
    ++checked;
  }
  for (const auto& part : d.parts) check_derivation(part, checked);
}

TEST_CASE("what explain prints multiplies out") {
  test::Runs runs(2, tables());
  int checked = 0;
  for (int i = 0; i < 600; ++i) {
    const auto flags = runs.ordinary();
    const auto a = answer(flags);
    if (!a) continue;
    INFO(test::command_of(flags));
    for (const auto& d : ask::explain(a->run)) check_derivation(d, checked);
  }
  CHECK(checked > 2000);
}

// "Energy of 2 over 1: 0.42 (2.38 times less)" and the factors below it.
void check_splits(const std::string& text, int& checked) {
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto at = lines[i].find(" of 2 over 1: ");
    if (at == std::string::npos) continue;
    const auto whole = read(until(lines[i].substr(at + 14), " ("));
    REQUIRE(whole);
    Interval product{1.0};
    double shares = 0;
    bool shared = false;
    std::size_t factors = 0;
    for (++i; i < lines.size() && lines[i].starts_with("  "); ++i) {
      const auto parts = columns_of(lines[i]);
      const auto factor = parts.size() > 3 ? read(parts[1]) : std::nullopt;
      if (!factor) continue;
      ++factors;
      product = product * *factor;
      if (parts.size() > 4) {
        shared = true;
        INFO(lines[i]);
        if (parts[3] != "<0.1 %") {
          const auto share = read(parts[3]);
          REQUIRE(share);
          CHECK(share->low <= 1);
          CHECK(share->high >= -1);
          shares += number::value(*share);
        }
      }
      // the factor is what its two sides say
      const auto sides = split(parts.back(), " against ");
      if (sides.size() == 2 && parts[0].find("machine") == std::string::npos) {
        const auto bare = [](const std::string& side) {
          return read(side.starts_with("PUE ") ? side.substr(4) : side);
        };
        const bool inverse = parts[0] == "rate per device" || parts[0] == "devices";
        const auto a = bare(sides[0]);
        const auto b = bare(sides[1]);
        if (a && b) {
          INFO(lines[i]);
          CHECK(same(*factor, inverse ? *b / *a : *a / *b));
        }
      }
    }
    if (factors == 0) continue;
    INFO(text);
    CHECK(same(*whole, product));
    if (shared) CHECK(std::fabs(shares - 1) < 0.03);
    ++checked;
  }
}

TEST_CASE("what compare prints multiplies out, and its shares are shares") {
  test::Runs runs(3, tables());
  int checked = 0;
  std::optional<Answered> last;
  for (int i = 0; i < 600; ++i) {
    const auto flags = runs.ordinary();
    auto a = answer(flags);
    if (!a) continue;
    if (last) {
      const auto comparison = ask::compare({{"a", last->run, last->result, {}}, {"b", a->run, a->result, {}}},
                                           0, ask::EqualWork::as_given);
      check_splits(printed(comparison), checked);
    }
    last = std::move(a);
  }
  CHECK(checked > 200);
}

TEST_CASE("a total of stages is the sum of the lines above it") {
  test::Runs runs(4, tables());
  test::Random& random = runs.random();
  const auto shown = [](double x) { return quantity::significant(x, 4); };
  int checked = 0;
  for (int i = 0; i < 60; ++i) {
    std::string file = "[hardware]\nid = \"h100-sxm5\"\n";
    if (!runs.chance(3)) file += "count = 512\n";
    if (runs.chance(2)) file += "[site]\nregion = \"gcp:us-central1\"\n";
    const std::uint64_t stages = 1 + random.below(4);
    for (std::uint64_t s = 0; s < stages; ++s) {
      file += "[[stage]]\nname = \"s" + std::to_string(s) + "\"\nregime = \"other\"\nparams = \"" +
              shown(random.magnitude(8, 11)) + "\"\ntokens = \"" + shown(random.magnitude(8, 12)) + "\"\n";
      if (runs.chance(3)) file += "runs = " + std::to_string(2 + random.below(20)) + '\n';
      if (runs.chance(3)) file += "overhead = \"" + shown(random.between(0, 1)) + "\"\n";
      if (runs.chance(3)) file += "ci_market = \"" + shown(random.between(1, 400)) + " g/kWh\"\n";
      if (runs.chance(4)) file += "ci = \"" + shown(random.between(1, 900)) + " g/kWh\"\n";
      if (runs.chance(4)) file += "pue = \"" + shown(random.between(1, 2)) + "\"\n";
      if (runs.chance(4)) file += "chips = \"" + std::to_string(1 + random.below(2000)) + "\"\n";
    }
    INFO(file);
    auto source = std::make_shared<diag::SourceText>();
    source->name = "run.toml";
    source->text = file;
    const auto run = ask::estimate(run::read_run(source), tables());
    const auto& total = run.result;
    const std::string text = printed(run);
    std::vector<std::optional<Interval>> sums(6, Interval{0.0});
    for (const std::string& line : lines_of(text)) {
      if (line.empty()) break;
      if (line.starts_with("Stage")) continue;
      auto parts = columns_of(line);
      REQUIRE(parts.size() >= 7);
      parts.erase(parts.begin(), parts.end() - 6);
      for (std::size_t c = 0; c < 6; ++c) {
        const auto value = parts[c] == "unknown" ? std::nullopt : read(parts[c]);
        INFO(text << "column " << c);
        if (line.starts_with("total")) {
          CHECK(value.has_value() == sums[c].has_value());
          if (value && sums[c]) CHECK(same(*value, *sums[c]));
          ++checked;
        } else if (value && sums[c]) {
          sums[c] = *sums[c] + *value;
        } else {
          sums[c] = std::nullopt;
        }
      }
    }
    // market-based CO2e is the sum of the stages' own, and unknown where one of them knows no contracts
    double market = 0;
    bool known = true;
    for (const auto& stage : run.phases) {
      known = known && stage.result.operational_market.has_value();
      if (known) market += stage.result.operational_market->coherent();
    }
    CHECK(total.operational_market.has_value() == known);
    if (known && total.operational_market)
      CHECK(total.operational_market->coherent() == Approx(market).epsilon(1e-12));
  }
  CHECK(checked > 300);
}

}  // namespace
}  // namespace kwhatif
