// User tables over the built-in ones: replace by id, add the rest, refuse what is faulty.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::catalog {
namespace {

namespace fs = std::filesystem;

/// A folder of tables that is gone in the end.
class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::temp_directory_path() / ("kwhatif_overlay_" + name)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& file, const std::string& text) const { std::ofstream(path_ / file) << text; }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

const std::string head =
    "schema = \"hardware/1\"\n[defaults]\nsource = \"patterson-2021\"\nat = \"mine\"\nstatus = \"assumed\"\n";

TEST_CASE("a row with the same id replaces the built-in one, any other is added") {
  const Folder folder("replace");
  folder.write(
      "mine.toml",
      head +
          "[[hardware]]\nid = \"v100-sxm2-16gb\"\nname = \"My V100\"\nkind = \"gpu\"\ntdp = \"123 W\"\n"
          "[[hardware]]\nid = \"abacus-9\"\nname = \"Abacus 9\"\naliases = [\"beads\"]\nkind = \"other\"\n");
  const Catalog tables = Catalog::overlay(folder.path());
  const Catalog& builtin = Catalog::builtin();
  CHECK(tables.size(Kind::hardware) == builtin.size(Kind::hardware) + 1);
  CHECK(tables.find(Kind::hardware, "v100-sxm2-16gb")->text("name") == "My V100");
  CHECK(tables.find(Kind::hardware, "v100-sxm2-16gb")->number("tdp") == 123);
  CHECK(tables.lookup(Kind::hardware, "Beads").row->id() == "abacus-9");
  // everything else is as it was
  CHECK(tables.size(Kind::source) == builtin.size(Kind::source));
  CHECK(tables.size(Kind::grid_intensity) == builtin.size(Kind::grid_intensity));
  CHECK(tables.find(Kind::hardware, "h100-sxm5-80gb").has_value() ==
        builtin.find(Kind::hardware, "h100-sxm5-80gb").has_value());
}

TEST_CASE("tables laid over the built-in ones have a hash of their own") {
  const Folder folder("hash");
  const auto laid = [&](const std::string& watts) {
    folder.write("mine.toml", head +
                                  "[[hardware]]\nid = \"abacus-9\"\nname = \"Abacus 9\"\nkind = \"other\"\n"
                                  "tdp = \"" +
                                  watts + " W\"\n");
    const Catalog tables = Catalog::overlay(folder.path());
    CHECK(tables.overlaid_folder() == folder.path());
    return content_hash(tables.tables(), true);
  };
  const std::string one = laid("12");
  CHECK(laid("13") != one);
  CHECK(laid("12") == one);
  CHECK(Catalog::builtin().overlaid_folder().empty());
}

TEST_CASE("an observation replaces that of the same place, year and source, and stands beside all others") {
  const Catalog& builtin = Catalog::builtin();
  const auto before = builtin.all(Kind::grid_intensity, "FRA");
  REQUIRE_FALSE(before.empty());
  const Folder folder("observation");
  folder.write(
      "mine.toml",
      "schema = \"grid_intensity/1\"\n[[grid_intensity]]\nid = \"FRA\"\nyear = 2020\ncarbon_intensity = \"1 "
      "g/kWh\"\n"
      "boundary = \"direct\"\nbasis = \"production\"\nsignal = \"average\"\naccounting = \"location\"\n"
      "source = \"patterson-2021\"\nat = \"mine\"\nstatus = \"assumed\"\nnote = \"a test\"\n");
  const Catalog tables = Catalog::overlay(folder.path());
  CHECK(tables.all(Kind::grid_intensity, "FRA").size() == before.size() + 1);
}

TEST_CASE("an empty folder changes nothing but says that it is empty") {
  const Folder folder("empty");
  const auto faults = Catalog::check(folder.path());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == "no-tables");
  CHECK_THROWS_AS(Catalog::overlay(folder.path()), diag::DataError);
}

// The faults of a folder of tables.
std::vector<diag::Diagnostic> faults_of(const std::string& path) {
  try {
    Catalog::overlay(path);
    return {};
  } catch (const diag::DataError& error) {
    return error.diagnostics();
  }
}

TEST_CASE("a table with very many faults is refused with the first of them") {
  const Folder folder("faulty");
  std::string keys = head;
  std::string references = head;
  for (int i = 0; i < 5000; ++i) {
    const std::string row =
        "[[hardware]]\nid = \"abacus-" + std::to_string(i) + "\"\nname = \"A\"\nkind = \"other\"\n";
    keys += row + "bead_" + std::to_string(i) + " = 1\n";
    references += row + "source = \"nobody-" + std::to_string(i) + "\"\n";
  }
  for (const std::string& text : {keys, references}) {
    folder.write("mine.toml", text);
    const auto faults = faults_of(folder.path());
    CHECK(faults.size() >= 20);  // as many as are shown
    CHECK(faults.size() <= 300);
    REQUIRE(!faults.empty());
    CHECK(faults.front().where.line < 30);
  }
}

TEST_CASE("a whole number beyond those that a number can tell apart is out of range") {
  const Folder folder("whole");
  for (const std::string number : {"1e30", "-1e30", "\"1e19\""}) {
    folder.write("mine.toml",
                 "schema = \"host/1\"\n[defaults]\nsource = \"patterson-2021\"\nat = \"x\"\nstatus = "
                 "\"assumed\"\n[[host]]\nid = \"mine\"\nname = \"Mine\"\ndevices = " +
                     number + "\n");
    const auto faults = faults_of(folder.path());
    REQUIRE(!faults.empty());
    INFO(faults.front().message);
    CHECK((faults.front().code == "out-of-range" || faults.front().code == "wrong-type"));
  }
}

TEST_CASE("a folder that is not there is an error") {
  CHECK_THROWS_AS(Catalog::overlay("no/such/folder"), diag::DataError);
  CHECK_THROWS_AS(Catalog::load("no/such/folder"), diag::DataError);
}

TEST_CASE("a name of several rows is ambiguous until one of them says default_for") {
  const Folder folder("ambiguous");
  const auto device = [](const std::string& id, const std::string& more) {
    return "[[hardware]]\nid = \"" + id + "\"\nname = \"" + id +
           "\"\naliases = [\"twin\"]\nkind = \"gpu\"\n" + more;
  };
  folder.write("mine.toml", head + device("twin-a", "") + device("twin-b", ""));
  const Catalog ambiguous = Catalog::overlay(folder.path());
  const Lookup both = ambiguous.lookup(Kind::hardware, "Twin");
  CHECK_FALSE(both.row);
  CHECK(both.also == std::vector<std::string>{"twin-a", "twin-b"});
  CHECK(both.by_alias);

  folder.write("mine.toml", head + device("twin-a", "") + device("twin-b", "default_for = [\"twin\"]\n"));
  const Catalog decided = Catalog::overlay(folder.path());
  const Lookup one = decided.lookup(Kind::hardware, "TWIN");
  REQUIRE(one.row);
  CHECK(one.row->id() == "twin-b");
  CHECK(one.also == std::vector<std::string>{"twin-a"});
}

TEST_CASE("a table and single rows say the same thing") {
  const Folder folder("table");
  folder.write("mine.toml",
               "schema = \"hardware/1\"\n[[table]]\nsource = \"patterson-2021\"\nat = \"mine\"\nstatus = "
               "\"recalled\"\n"
               "columns = [\"id\", \"name\", \"tdp\", \"vendor\"]\nunit = { tdp = \"W\" }\n"
               "rows = [[\"t1\", \"T1\", \"300\", \"\"], [\"t2\", \"T2\", { value = \"40\", note = \"why\", "
               "status = \"assumed\", low = \"30\", high = \"50\" }, \"V\"]]\n[table.row]\nkind = \"gpu\"\n");
  const Catalog tables = Catalog::overlay(folder.path());
  const auto first = tables.find(Kind::hardware, "t1");
  REQUIRE(first);
  CHECK(first->cell("tdp")->text() == "300 W");
  CHECK(first->cell("tdp")->half_step() == 0.5);
  CHECK(first->cell("tdp")->standing() == catalog::Standing::recalled);
  CHECK_FALSE(first->cell("vendor"));
  CHECK(first->text("kind") == "gpu");
  const auto second = tables.find(Kind::hardware, "t2")->cell("tdp");
  CHECK(second->value() == 40);
  CHECK(second->low() == 30);
  CHECK(second->high() == 50);
  CHECK(second->standing() == catalog::Standing::assumed);
  CHECK(second->note() == "why");
  CHECK(second->source() == "patterson-2021");
}

}  // namespace
}  // namespace kwhatif::catalog
