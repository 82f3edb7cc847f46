// User tables over the built-in ones: replace by id, add the rest, refuse what is faulty.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
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

TEST_CASE("rows and names that the user's tables do not speak of are those below, in order, cell by cell") {
  const Folder folder("rest");
  folder.write("mine.toml",
               head +
                   "[[hardware]]\nid = \"v100-sxm2-16gb\"\nname = \"My V100\"\nkind = \"gpu\"\n"
                   "[[hardware]]\nid = \"abacus-9\"\nname = \"Abacus 9\"\naliases = [\"beads\"]\n"
                   "kind = \"other\"\n");
  const Catalog over = Catalog::overlay(folder.path());
  const Catalog& builtin = Catalog::builtin();
  for (const KindSchema& kind : schemas()) {
    std::vector<Row> kept = over.rows(kind.kind);
    CHECK(
        std::is_sorted(kept.begin(), kept.end(), [](const Row& a, const Row& b) { return a.id() < b.id(); }));
    std::erase_if(kept, [](const Row& row) { return row.laid_over(); });
    std::vector<Row> below = builtin.rows(kind.kind);
    if (kind.kind == Kind::hardware)
      std::erase_if(below, [](const Row& row) { return row.id() == "v100-sxm2-16gb"; });
    REQUIRE(kept.size() == below.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      REQUIRE(kept[i].id() == below[i].id());
      REQUIRE(kept[i].size() == below[i].size());
      for (std::size_t c = 0; c < kept[i].size(); ++c) {
        REQUIRE(kept[i][c].text() == below[i][c].text());
        REQUIRE(kept[i][c].source() == below[i][c].source());
        REQUIRE_FALSE(kept[i][c].users());
      }
    }
  }
  const Tables& under = builtin.tables();
  for (std::size_t k = 0; k < kind_count; ++k) {
    const auto kind = static_cast<Kind>(k);
    for (const AliasRecord& alias : under.aliases[k]) {
      if (under.string(under.rows[k][alias.row].id) == "v100-sxm2-16gb") continue;
      const auto name = under.string(alias.key);
      const Lookup before = builtin.lookup(kind, name);
      const Lookup after = over.lookup(kind, name);
      INFO(name);
      REQUIRE(before.row.has_value() == after.row.has_value());
      if (before.row) REQUIRE(before.row->id() == after.row->id());
      REQUIRE(before.also == after.also);
    }
  }
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

TEST_CASE("a row of the user gives new values to its keys and keeps the others with their sources") {
  const Folder folder("partial");
  folder.write("mine.toml", "schema = \"hardware/1\"\n\n[[hardware]]\nid = \"h100-sxm5\"\ntdp = \"650 W\"\n");
  const Catalog tables = Catalog::overlay(folder.path());
  const Row mine = *tables.find(Kind::hardware, "h100-sxm5");
  const Row builtin = *Catalog::builtin().find(Kind::hardware, "h100-sxm5");
  REQUIRE(mine.size() == builtin.size());
  CHECK(mine.laid_over());
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const std::string_view key = schema(Kind::hardware).fields[mine[i].field()].key;
    INFO(key);
    CHECK(mine[i].users() == (key == "tdp"));
    if (key == "tdp") continue;
    CHECK(mine[i].text() == builtin[i].text());
    CHECK(mine[i].source() == builtin[i].source());
    CHECK(mine[i].at() == builtin[i].at());
    CHECK(mine[i].standing() == builtin[i].standing());
    CHECK(mine[i].place().empty());
  }
  const Cell tdp = *mine.cell("tdp");
  CHECK(tdp.value() == 650);
  CHECK(tdp.place() == fs::path(folder.path()).filename().string() + "/mine.toml:5");
  CHECK(tdp.source().empty());
  // names of the built-in row still lead to it, beside new ones
  folder.write("mine.toml",
               "schema = \"hardware/1\"\n[[hardware]]\nid = \"h100-sxm5\"\naliases = [\"ours\"]\n");
  CHECK(Catalog::overlay(folder.path()).lookup(Kind::hardware, "ours").row->id() == "h100-sxm5");
  CHECK(Catalog::overlay(folder.path()).lookup(Kind::hardware, "H100 SXM").row->id() == "h100-sxm5");
  CHECK(tables.lookup(Kind::hardware, "H100").row->id() == "h100-sxm5");
}

TEST_CASE("a value of the user is the user's, even when it names a source") {
  const Folder folder("origin");
  folder.write("mine.toml", head + "[[hardware]]\nid = \"h100-sxm5\"\ntdp = \"650 W\"\n");
  const Catalog tables = Catalog::overlay(folder.path());
  const Origin mine = tables.find(Kind::hardware, "h100-sxm5")->cell("tdp")->origin();
  CHECK(mine.responsible == Responsible::user);
  CHECK(mine.in_table);
  CHECK(mine.at == fs::path(folder.path()).filename().string() + "/mine.toml:8");
  CHECK(mine.note.find("patterson-2021, mine") != std::string::npos);
  CHECK(mine.source.empty());
  const Origin other = tables.find(Kind::hardware, "h100-sxm5")->cell("memory")->origin();
  CHECK(other.responsible == Responsible::table);
  CHECK_FALSE(other.source.empty());
}

TEST_CASE("replace = true drops the row below whole, and then its kind's keys must be there") {
  const Folder folder("whole");
  const std::string row = head + "[[hardware]]\nid = \"h100-sxm5\"\nreplace = true\ntdp = \"650 W\"\n";
  folder.write("mine.toml", row);
  const auto faults = faults_of(folder.path());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == "missing-key");
  CHECK(faults[0].message == "hardware 'h100-sxm5' has no name, kind");
  folder.write("mine.toml", row + "name = \"H\"\nkind = \"gpu\"\n");
  const Catalog tables = Catalog::overlay(folder.path());
  CHECK(tables.find(Kind::hardware, "h100-sxm5")->size() == 3);
}

TEST_CASE("of several rows with one id, year and source, a row without definition replaces none") {
  const auto before = Catalog::builtin().all(Kind::region_year, "gcp:us-central1");
  std::map<std::pair<std::string, std::string>, int> alike;
  for (const Row& row : before) ++alike[{std::string{row.source()}, std::string{row.text("year")}}];
  for (const auto& [key, count] : alike) {
    const Folder folder("years");
    folder.write(
        "mine.toml",
        "schema = \"region_year/1\"\n[[region_year]]\nid = \"gcp:us-central1\"\nyear = " + key.second +
            "\npue = \"1.05\"\nsource = \"" + key.first + "\"\nat = \"x\"\nstatus = \"assumed\"\n");
    const auto after = Catalog::overlay(folder.path()).all(Kind::region_year, "gcp:us-central1");
    CHECK(after.size() == before.size() + (count > 1 ? 1 : 0));
    CHECK(std::count_if(after.begin(), after.end(), [](const Row& row) { return row.users("pue"); }) == 1);
    const auto intensities = [](const std::vector<Row>& rows) {
      return std::count_if(rows.begin(), rows.end(),
                           [](const Row& row) { return row.cell("carbon_intensity").has_value(); });
    };
    CHECK(intensities(after) == intensities(before));
  }
}

TEST_CASE("a price per device displaces that of the instance, and the other way round") {
  const auto rows = Catalog::builtin().rows(Kind::price);
  const auto of_instance = std::find_if(
      rows.begin(), rows.end(), [](const Row& row) { return row.cell("instance_price").has_value(); });
  const auto of_device =
      std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.cell("price").has_value(); });
  REQUIRE(of_instance != rows.end());
  REQUIRE(of_device != rows.end());
  const Folder folder("price");
  folder.write("mine.toml", "schema = \"price/1\"\n[[price]]\nid = \"" + std::string{of_instance->id()} +
                                "\"\nprice = \"1 USD/h\"\n[[price]]\nid = \"" + std::string{of_device->id()} +
                                "\"\ninstance_price = \"8 USD/h\"\ndevices = 8\n");
  const Catalog tables = Catalog::overlay(folder.path());
  const Row first = *tables.find(Kind::price, of_instance->id());
  CHECK(first.users("price"));
  CHECK_FALSE(first.cell("instance_price"));
  CHECK_FALSE(first.cell("devices"));
  CHECK(first.text("provider") == of_instance->text("provider"));
  const Row second = *tables.find(Kind::price, of_device->id());
  CHECK_FALSE(second.cell("price"));
  CHECK(second.users("instance_price"));
}

TEST_CASE("what can hardly be meant warns a run, stops check, and is accepted with a reason") {
  const Folder folder("doubts");
  const std::string row =
      "schema = \"grid_intensity/1\"\n[[grid_intensity]]\nid = \"FRA\"\nyear = 2024\n"
      "carbon_intensity = \"4100 g/kWh\"\nboundary = \"direct\"\nbasis = \"production\"\n"
      "signal = \"average\"\naccounting = \"location\"\n";
  folder.write("mine.toml", row);
  const Catalog tables = Catalog::overlay(folder.path());
  REQUIRE(tables.warnings().size() == 1);
  CHECK(tables.warnings()[0].code == "implausible");
  const auto is_error = [](const diag::Diagnostic& d) { return d.severity == diag::Severity::error; };
  const auto faults = Catalog::check(folder.path());
  CHECK(std::count_if(faults.begin(), faults.end(), is_error) == 1);
  folder.write("mine.toml", row + "unusual = \"what if\"\n");
  const Catalog meant = Catalog::overlay(folder.path());
  CHECK(meant.warnings().empty());
  const auto accepted = Catalog::check(folder.path());
  CHECK(std::none_of(accepted.begin(), accepted.end(), is_error));
  const auto rows = meant.all(Kind::grid_intensity, "FRA");
  CHECK(std::any_of(rows.begin(), rows.end(),
                    [](const Row& r) { return r.text("note") == "unusual: what if"; }));
}

TEST_CASE("tables of the user lie over an old edition as over the built-in one") {
  const Folder old("old");
  old.write("edition.toml", "schema = \"edition/1\"\nedition = \"2031.04\"\n");
  old.write("sources.toml", "schema = \"source/1\"\n[[source]]\nid = \"s\"\nkind = \"own\"\ntitle = \"S\"\n");
  old.write("devices.toml",
            "schema = \"hardware/1\"\n[defaults]\nsource = \"s\"\nat = \"x\"\nstatus = \"assumed\"\n"
            "[[hardware]]\nid = \"abacus-9\"\nname = \"Abacus 9\"\nkind = \"other\"\ntdp = \"12 W\"\n");
  const Catalog base = Catalog::load(old.path());
  CHECK(base.edition() == "2031.04");
  CHECK(base.edition_year() == 2031);
  CHECK(base.edition_month() == 4);
  CHECK(base.version() == "2031.04+" + content_hash(base.tables()));
  CHECK(base.loaded_folder() == old.path());
  const Folder mine("mine");
  mine.write("mine.toml", "schema = \"hardware/1\"\n[[hardware]]\nid = \"abacus-9\"\ntdp = \"13 W\"\n");
  const Catalog tables = Catalog::overlay(mine.path(), base);
  CHECK(tables.version() == base.version());
  CHECK(tables.size(Kind::hardware) == 1);
  CHECK(tables.find(Kind::hardware, "abacus-9")->number("tdp") == 13);
  CHECK(tables.find(Kind::hardware, "abacus-9")->text("name") == "Abacus 9");
}

}  // namespace
}  // namespace kwhatif::catalog
