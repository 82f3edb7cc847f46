// The same run in other words has the same answer: other units, another order, a file instead of flags,
// another form.
#include "support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace kwhatif::test {
namespace {

// Coherent results by key, from the library.
Numbers computed(const RandomRun& run) {
  const auto resolved = run::resolve(run.scenario(), catalog::Catalog::builtin());
  const auto result = run::estimate(resolved.inputs);
  Numbers out;
  run::for_each_result(result, [&](const run::ResultInfo& info, const auto& field) {
    if (field) out[std::string{info.key}] = field->coherent();
  });
  return out;
}

TEST_CASE("random runs: the same quantities in other units give the same bits") {
  for_seeds(1, 600, [](Random& random) {
    const RandomRun run = random_run(random);
    const RandomRun other = run.in_other_units(random);
    INFO(run.command("estimate") << '\n' << other.command("estimate"));
    CHECK(computed(run) == computed(other));
  });
}

TEST_CASE("random runs: a file, flags, and flags in another order give the same document") {
  for_seeds(2, 60, [](Random& random) {
    const RandomRun run = random_run(random);
    INFO(run.command("estimate"));
    const Ran flags = run_program(words("estimate", run, {"--json"}));
    REQUIRE(flags.code == 0);
    const Ran shuffled = run_program(words("estimate", run.in_other_order(random), {"--json"}));
    CHECK(flags.out == shuffled.out);
    // of a file only what is said of the place of an input may differ
    INFO(run.file());
    const Json from_file = answer({"estimate", "-", "--json"}, run.file());
    const Json from_flags = answer(words("estimate", run, {"--json"}));
    CHECK(numbers_of(*from_file.find("results")) == numbers_of(*from_flags.find("results")));
    for (const char* key : {"intervals", "scenario"}) {
      const Json* a = from_file.find(key);
      const Json* b = from_flags.find(key);
      INFO(key);
      REQUIRE((a == nullptr) == (b == nullptr));
      if (a == nullptr) continue;
      REQUIRE(a->entries.size() == b->entries.size());
      for (std::size_t i = 0; i < a->entries.size(); ++i) {
        CHECK(a->entries[i].first == b->entries[i].first);
        CHECK(a->entries[i].second.text == b->entries[i].second.text);
        CHECK(numbers_of(a->entries[i].second) == numbers_of(b->entries[i].second));
      }
    }
  });
}

// Inputs that the document says to be displaced by a flag; each stood in the file, and what displaced it
// among the flags.
std::vector<run::Input> displaced_in(const Json& document, const RandomRun& file, const RandomRun& flags) {
  constexpr std::string_view lead = "displaced by --";
  std::vector<run::Input> out;
  for (const Json& a : document.find("assumptions")->items) {
    const Json* note = a.find("note");
    if (note == nullptr || !note->text.starts_with(lead)) continue;
    INFO(a.find("input")->text << " " << note->text);
    const auto input = run::input_by_flag(a.find("input")->text);
    const auto by = run::input_by_flag(std::string_view{note->text}.substr(lead.size()));
    REQUIRE(input);
    REQUIRE(by);
    CHECK(file.has(*input));
    CHECK(flags.has(*by));
    CHECK(a.find("value")->text.ends_with(", not used"));
    out.push_back(*input);
  }
  return out;
}

// A flag wins over the file in all that it displaces: the halves are the run without what the document says
// to be displaced, and where nothing is, the whole run.
TEST_CASE("random runs: half in a file and half as flags is the run without what is said to be displaced") {
  int whole = 0;
  int without = 0;
  for_seeds(3, 300, [&](Random& random) {
    const RandomRun run = random_run(random);
    RandomRun in_file;
    RandomRun as_flags;
    for (const RunPart& part : run.parts) (random.below(2) == 0 ? in_file : as_flags).parts.push_back(part);
    if (in_file.parts.empty()) return;
    INFO(in_file.file() << as_flags.command("estimate -"));
    auto line = words("estimate", as_flags, {"--json"});
    line.insert(line.begin() + 1, "-");
    const Json halves = answer(line, in_file.file());
    RandomRun rest = run;
    const auto displaced = displaced_in(halves, in_file, as_flags);
    for (const run::Input input : displaced) rest.drop(input);
    ++(displaced.empty() ? whole : without);
    CHECK(numbers_of(*halves.find("results")) == estimated(rest));
  });
  CHECK(whole >= repeats(100));
  CHECK(without >= repeats(6));
}

TEST_CASE("random runs: JSON, CSV and plain give the same numbers, and absent ones are absent in all") {
  for_seeds(4, 60, [](Random& random) {
    const RandomRun run = random_run(random);
    INFO(run.command("estimate"));
    const Json document = answer(words("estimate", run, {"--json"}));
    const Json& results = *document.find("results");
    std::string fault;
    const Ran table = run_program(words("estimate", run, {"--csv"}));
    const auto csv = parse_csv(table.out, fault);
    INFO(table.out << fault);
    REQUIRE(csv);
    REQUIRE(csv->rows.size() == 1);
    const Ran plain = run_program(words("estimate", run, {"--plain"}));
    std::map<std::string, std::string> lines;
    for (std::size_t at = 0; at < plain.out.size();) {
      const auto end = plain.out.find('\n', at);
      REQUIRE(end != std::string::npos);
      const std::string line = plain.out.substr(at, end - at);
      INFO(line);
      REQUIRE(std::count(line.begin(), line.end(), '\t') == 1);
      const auto tab = line.find('\t');
      CHECK(lines.emplace(line.substr(0, tab), line.substr(tab + 1)).second);
      at = end + 1;
    }
    std::size_t numbers = 0;
    for (const auto& [key, value] : results.entries) {
      INFO(key);
      const bool in_table = csv->column(key).has_value();
      CHECK(in_table == lines.contains(key));
      if (!in_table) {
        CHECK(value.is_null());  // what nothing computes yet may be left out
        continue;
      }
      if (value.is_null()) {
        CHECK(csv->cell(0, key).empty());
        CHECK(lines[key].empty());
        continue;
      }
      ++numbers;
      CHECK(number_in(csv->cell(0, key)) == value.number);
      CHECK(number_in(lines[key]) == value.number);
    }
    CHECK(numbers >= 1);
  });
}

TEST_CASE("random runs: the text for people shows the numbers of the JSON") {
  for_seeds(5, 40, [](Random& random) {
    const RandomRun run = random_run(random, {.place = true});
    INFO(run.command("estimate"));
    const Ran text = run_program(words("estimate", run));
    REQUIRE(text.code == 0);
    const Numbers results = estimated(run);
    const auto shown = [&](const std::string& key, const quantity::Dimension& dimension, double per_unit) {
      if (!results.contains(key)) return;
      const std::string human = quantity::human(results.at(key) * per_unit, dimension);
      const std::string number = human.substr(0, human.find(' '));
      INFO(key << ": " << human << '\n' << text.out);
      CHECK(text.out.find(number) != std::string::npos);
    };
    shown("it_energy_kwh", quantity::dim::energy, 3.6e6);
    shown("facility_energy_kwh", quantity::dim::energy, 3.6e6);
    shown("operational_location_kg", quantity::dim::co2e, 1);
  });
}

TEST_CASE("random runs: compared with itself, a run is itself") {
  const auto folder = std::filesystem::temp_directory_path() / ("kwhatif-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string a = (folder / "a.toml").string();
  const std::string b = (folder / "b.toml").string();
  for_seeds(6, 40, [&](Random& random) {
    const RandomRun run = random_run(random);
    std::ofstream(a) << run.file();
    std::ofstream(b) << run.in_other_units(random).file();
    INFO(run.command("estimate"));
    const Json document = answer({"compare", a, b, "--json"});
    REQUIRE(document.find("ratios") != nullptr);
    for (const Json& ratio : document.find("ratios")->items) {
      REQUIRE(ratio.find("ratio") != nullptr);
      if (ratio.find("ratio")->is_number()) CHECK(ratio.find("ratio")->number == 1);
    }
    for (const Json& factor : document.find("factors")->items) {
      if (factor.find("ratio")->is_number()) CHECK(factor.find("ratio")->number == 1);
    }
  });
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace kwhatif::test
