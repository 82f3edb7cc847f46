// Statements about published runs: what counts as printed, and what a figure may be held against.
#include "support/catch.hpp"
#include <kwhatif/ask/reproduce.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace kwhatif::ask {
namespace {

using catalog::Catalog;
using catalog::Kind;
using catalog::Row;
using catalog::Standing;

// Checks of one study with these rows, over the built-in tables.
std::vector<Check> checks_of(const std::string& rows) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("kwhatif_claims_test-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "mine.toml")
      << "schema = \"study/1\"\n[study]\nid = \"mine\"\ntitle = \"Mine\"\nsource = "
         "\"aibusiness-2020\"\n[defaults]\nsource = \"aibusiness-2020\"\nat = "
         "\"here\"\nstatus = \"verified\"\n"
      << rows;
  const Catalog tables = Catalog::overlay(folder.string());
  std::filesystem::remove_all(folder);
  return reproduce(tables, {"mine"}).studies.at(0).checks;
}

std::string claim(const std::string& verdict, const std::string& compute, const std::string& published,
                  const std::string& more = {}) {
  return "[[row]]\nid = \"a\"\nname = \"A\"\nkind = \"claim\"\nverdict = \"" + verdict + "\"\n" + more +
         "[row.compute]\n" + compute + "\n[row.published]\nvalue = " + published +
         "\n[row.why]\nvalue = \"A reason.\"\n";
}

TEST_CASE("a figure that its source does not print is never called printed") {
  std::size_t seen = 0;
  for (const Study& study : reproduce(Catalog::builtin(), {}).studies) {
    for (const Check& check : study.checks) {
      const Row row = *Catalog::builtin().find(Kind::run, study.id + '/' + check.row);
      const Standing standing = row.cell("published." + check.quantity)->standing();
      if (check.said.empty() && standing != Standing::derived && standing != Standing::assumed) continue;
      ++seen;
      INFO(study.id << '/' << check.row);
      CHECK_FALSE(check.from_source);
      CHECK(check.verdict != Verdict::printed);
    }
  }
  CHECK(seen > 40);
  const std::string twice = "times = [ { label = \"two\", value = \"2.0\" } ]";
  CHECK(checks_of(claim("holds", twice, "\"2.0\"")).at(0).verdict == Verdict::printed);
  CHECK(checks_of(claim("holds", twice, "\"2.0\"", "said = \"twice\"\n")).at(0).verdict == Verdict::within);
  CHECK(checks_of(claim("holds", twice, "{ value = \"2.0\", status = \"assumed\", note = \"mine\" }"))
            .at(0)
            .verdict == Verdict::within);
}

TEST_CASE("a stored figure is not compared with itself") {
  // dodge-2022 prints an energy for this run and nothing that would give it
  const auto copy = [](const std::string& ref) {
    return "times = [ { label = \"the same\", ref = \"" + ref + "\" } ]";
  };
  CHECK(checks_of(claim("holds", copy("luccioni-2024/bloom-7b:it_energy"), "\"51686 kWh\"")).at(0).verdict ==
        Verdict::missing);
  // from its inputs, and not from the printed 1,287 MWh: 3.14e23 FLOP / 24.6 TFLOP/s x 330 W x 1.10
  const auto gpt3 =
      checks_of(claim("holds", copy("patterson-2021/gpt-3:facility_energy"), "\"1287 MWh\"")).at(0);
  CHECK(*gpt3.computed == Approx(3.14e23 / 24.6e12 * 330 * 1.10 / 3.6e9).epsilon(1e-12));
  CHECK(gpt3.factors.at(0).text.find("recomputed") != std::string::npos);
  // a use per home that was calculated from the sentence itself is no input of it
  for (const Row& row : Catalog::builtin().rows(Kind::run)) {
    for (const std::string key : {"compute.times", "compute.over", "compute.sum"}) {
      for (const auto& cell : row.cells(key)) {
        const std::string text{cell.text()};
        if (!text.starts_with("@equivalence/")) continue;
        const auto other = Catalog::builtin().find(Kind::equivalence, text.substr(13, text.rfind(':') - 13));
        INFO(row.id() << ": " << text);
        CHECK(other->text("edition").find("implied") == std::string_view::npos);
      }
    }
  }
}

TEST_CASE("the verdict of a claim is what its arithmetic says") {
  const auto verdict = [](const std::string& said, const std::string& relation, const std::string& value) {
    return checks_of(claim(said,
                           "times = [ { label = \"x\", value = \"3.00\" } ]\nrelation = \"" + relation + '"',
                           '"' + value + '"'))
        .at(0)
        .verdict;
  };
  CHECK(verdict("holds", "over", "2.0") == Verdict::known_difference);
  CHECK(verdict("fails", "over", "2.0") == Verdict::mismatch);
  CHECK(verdict("holds", "under", "2.0") == Verdict::mismatch);
  CHECK(verdict("fails", "under", "2.0") == Verdict::known_difference);
  CHECK(verdict("holds", "about", "2.0") == Verdict::mismatch);
  CHECK(verdict("fails", "about", "3.0") == Verdict::mismatch);
  CHECK(verdict("holds-if", "about", "2.0") == Verdict::known_difference);
}

TEST_CASE("the sentences in circulation come out as arithmetic says") {
  const auto study = reproduce(Catalog::builtin(), {"press-claims"}).studies.at(0);
  const auto computed = [&](const std::string& row) {
    for (const Check& check : study.checks) {
      if (check.row == row) return check.computed.value_or(-1);
    }
    throw std::runtime_error("no row " + row);
  };
  CHECK(computed("gpt-3-danish-homes-patterson") == Approx(1287060. / 3500).epsilon(1e-5));
  CHECK(computed("automl-payback") == Approx(4. / 3).epsilon(0.01));
  // 0.66 photons of 532 nm
  CHECK(computed("optical-photon") == Approx(0.66 * 1.98644586e-25 / 532e-9).epsilon(1e-6));
  CHECK(computed("optical-electronic") == Approx(700 / 989.4e12 * 2 / 2.5e-19).epsilon(0.001));
  CHECK(computed("task-adaptive-pretraining") == Approx(62.5));
  CHECK(computed("generative-task") == Approx(14.59375));
  CHECK(computed("continuous-learning") == Approx(297. / 597));
  CHECK(computed("transfer-learning") == Approx(75));
  CHECK(computed("transfer-learning-speed") == Approx(1000. / 7));
  CHECK(computed("place-codecarbon") == Approx(919.1 / 84.75));
  CHECK(computed("place-one-country") == Approx(0.431 / 0.080));
  CHECK(computed("sparse-modelling") == -1);
  CHECK(computed("transfer-learning-epochs") == -1);
}

}  // namespace
}  // namespace kwhatif::ask
