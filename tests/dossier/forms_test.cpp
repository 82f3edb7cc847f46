// Every form of a report: what all of them keep (the word forecast or measured, intervals, visible blanks,
// the same bytes), and what single forms say.
#include "dossier/support.hpp"
#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/senseless.hpp"
#include <kwhatif/ask/eu_compute.hpp>
#include <kwhatif/dossier/sentence.hpp>
#include <kwhatif/dossier/thresholds.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace kwhatif::test {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The forms of this file: those that fill in what others ask for, and the two for machines.
constexpr std::array names{"eu", "card", "checklist", "csv", "json", "cyclonedx", "boamps", "sci", "spdx"};

// None where the form says what it cannot be without.
std::optional<std::string> written_if_complete(const dossier::Dossier& dossier, std::string_view form) {
  try {
    return written(dossier, form);
  } catch (const diag::UsageError& error) {
    CHECK(error.diagnostics().front().code == "missing-input");
    CHECK_FALSE(error.diagnostics().front().help.empty());
    return std::nullopt;
  }
}

void check_common(const dossier::Dossier& dossier, std::string_view form) {
  const auto text = written_if_complete(dossier, form);
  if (!text) return;
  INFO(form << ":\n" << *text);
  CHECK(*text == written(dossier, form));
  CHECK(senseless(*text) == "");
  const std::string words = lower(*text);
  CHECK_FALSE(has(words, "confidence"));
  CHECK_FALSE(has(words, "carbon neutral"));
  CHECK(has(words, name(dossier.subject().status())));
  const auto& energy = dossier.subject().figure("facility_energy_kwh");
  const auto& device_hours = dossier.subject().figure("device_hours");
  const bool machine = form == "csv" || form == "json" || form == "cyclonedx";
  if (energy.interval && energy.value)
    CHECK((has(words, "prediction interval") || (machine && has(words, "p05"))));
  if (!energy.value || !device_hours.value)
    CHECK((has(words, "not estimated") || has(words, "more information needed") || has(words, "null")));
  CHECK_FALSE(has(*text, "\x1b"));
  CHECK_FALSE(has(*text, "\xE2\x80\xAE"));
  CHECK(text->back() == '\n');
}

TEST_CASE("every form of a sample run keeps the rules of all") {
  for (const dossier::Dossier& dossier : sample_dossiers()) {
    for (const char* form : names) {
      REQUIRE(dossier::find_report_form(form) != nullptr);
      check_common(dossier, form);
    }
  }
}

TEST_CASE("every form of random runs keeps the rules of all") {
  std::size_t seen = 0;
  for (const std::uint64_t seed : {1, 2, 3}) {
    Runs runs(1000 + seed, catalog::Catalog::builtin());
    constexpr int tries = 40;
    for (int i = 0; i < tries; ++i) {
      const Flags flags = i % 2 == 0 ? runs.ordinary() : runs.wild();
      INFO(command_of(flags));
      const auto dossier = dossier_if_any(flags, i % 4 == 0 ? hostile_author() : dossier::Particulars{});
      if (!dossier) continue;
      ++seen;
      for (const char* form : names) check_common(*dossier, form);
    }
  }
  CHECK(seen > 40);
}

// Rows of the first Markdown table of a text, without its head.
std::vector<std::string> table_rows(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end == std::string::npos ? text.size() : end + 1;
    if (line.starts_with("| ")) out.push_back(line);
  }
  return out;
}

std::size_t cells(const std::string& row) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < row.size(); ++i)
    if (row[i] == '|' && (i == 0 || row[i - 1] != '\\')) ++out;
  return out - 1;
}

TEST_CASE("names of any kind stay text in tables, lists and metadata") {
  const auto dossier = sample_dossiers().back();
  for (const std::string& row : table_rows(written(dossier, "eu"))) {
    INFO(row);
    CHECK(cells(row) == 6);
  }
  for (const char* form : {"eu", "card", "checklist", "sci"}) {
    const std::string text = written(dossier, form);
    INFO(text);
    CHECK_FALSE(has(text, "<script>"));
    CHECK_FALSE(has(text, "[x](http"));
    CHECK_FALSE(has(text, "\n# head"));
    CHECK_FALSE(has(text, "\n- item"));
  }
  CHECK(has(written(dossier, "cyclonedx"), "injected"));  // inside a string
  CHECK(has(written(dossier, "cyclonedx"), R"("version": "1\",\n\"injected\": \"2")"));
}

TEST_CASE("the form of the EU says figures, scopes, blanks and where rows are known from") {
  const std::string text = written(sample_dossiers().front(), "eu");
  for (const char* part :
       {"7.7x10^22 FLOP", "10^22 FLOP (the exponent of 7.7x10^22", "6x10^0 wall clock days",
        "less than 1 month", "3.1x10^3 NVIDIA H100 SXM5 80GB days", "6.7x10^1 MWh",
        "[to be filled in by the provider]", "Not legal advice", "secondary", "**below, within the margin**",
        "Within 30 %: yes", "The approximation 6 P D"})
    CHECK(has(text, part));
  for (const std::string& row : table_rows(text)) {
    INFO(row);
    CHECK(cells(row) == 6);
  }
  // energy and compute of different scopes
  using run::Input;
  const auto repeated = dossier_of({{Input::params, "7B"},
                                    {Input::tokens, "1T"},
                                    {Input::hardware, "h100-sxm5"},
                                    {Input::chips, "64"},
                                    {Input::runs, "3"},
                                    {Input::overhead, "0.2"}});
  CHECK(has(written(repeated, "eu"), "The two entries have different scopes"));
  CHECK(has(written(repeated, "eu"), "3.60 times what one run takes"));
  const std::string countless = written(sample_dossiers()[2], "eu");
  CHECK(has(countless, "| Training time, wall clock | not estimated"));
  CHECK_FALSE(has(countless, "| Training time, wall clock | 0"));
}

TEST_CASE("evaluation is left out of the EU's count of a staged run and said") {
  const auto& staged = sample_dossiers()[5];
  const auto compute = ask::eu_compute(staged.subject().estimate, {}, catalog::Catalog::builtin());
  REQUIRE(compute.left_out.size() == 1);
  CHECK(compute.left_out.front() == "stage eval (evaluation)");
  double trained = 0;
  for (std::size_t i = 0; i < 2; ++i)
    trained += staged.subject().estimate.phases[i].result.training_flop->coherent();
  CHECK(compute.updates->coherent() == Approx(trained));
  const std::string form = written(staged, "eu");
  CHECK(has(form, "stage eval"));
  CHECK(has(form, "the sum of its 3 stages"));
  // each stage is an activity of its own
  const std::string bill = written(staged, "cyclonedx");
  for (const char* activity : {"\"training\"", "\"fine-tuning\"", "\"validation\""})
    CHECK(has(bill, activity));
}

TEST_CASE("of several runs each form takes all, or the first and says so") {
  const auto& two = sample_dossiers()[6];
  REQUIRE(two.subjects.size() == 2);
  for (const dossier::ReportForm& form : dossier::report_forms()) {
    const auto text = form.name == "spdx" ? std::nullopt : written_if_complete(two, form.name);
    if (!text || std::ranges::find(names, form.name) == names.end()) continue;
    INFO(form.name << ":\n" << *text);
    CHECK(has(*text, two.subjects[0].name));
    if (form.several)
      CHECK(has(*text, two.subjects[1].name));
    else
      CHECK(has(*text, "Of 2 runs this form describes the first"));
  }
}

TEST_CASE("a life cycle is a bill of training and serving") {
  const std::string bill = written(sample_dossiers()[7], "cyclonedx");
  CHECK(has(bill, "\"activity\": \"training\""));
  CHECK(has(bill, "\"activity\": \"inference\""));
}

TEST_CASE("a life cycle is summed up with its serving, and lists what serving assumes") {
  const auto life = std::ranges::find_if(sample_dossiers(), [](const auto& d) { return d.life.has_value(); });
  REQUIRE(life != sample_dossiers().end());
  const std::string text = written(*life, "md");
  CHECK(has(text, " queries is forecast to draw "));
  CHECK(has(text, "**Of serving**"));
}

TEST_CASE("the sentence for a paper says why a figure is missing, and no flags") {
  using run::Input;
  const auto nowhere = dossier_of(
      {{Input::params, "7B"}, {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "64"}});
  const std::string words = dossier::sentence(nowhere, nowhere.subject());
  CHECK(has(words, "its CO2e is not estimated, because the place is unknown."));
  CHECK_FALSE(has(words, "--"));
}

TEST_CASE("what was measured is called so, and what follows from it is not a forecast") {
  const auto& measured = sample_dossiers()[8];
  CHECK(measured.subject().status() == dossier::Status::measured);
  // the PUE comes from a table: the energy of the facility is no measurement
  CHECK(has(written(measured, "eu"), "MWh (estimated from a measurement and the PUE"));
  CHECK(measured.subject().figure("facility_energy_kwh").status == dossier::Status::calculated);
  CHECK(measured.subject().figure("cost_usd").status == dossier::Status::calculated);
  CHECK_FALSE(has(lower(written(measured, "card")), "forecast"));
  CHECK(has(written(measured, "boamps"), "kwhatif, from measured inputs"));
  CHECK(has(written(measured, "sci"), "| E, energy | "));
}

TEST_CASE("the card has grams, the hub's keys, and no block where emissions are not known") {
  const std::string known = written(sample_dossiers().front(), "card");
  CHECK(known.starts_with("---\nco2_eq_emissions:\n  emissions: "));
  for (const char* key : {"source: \"forecast by kwhatif", "training_type: \"pre-training\"",
                          "geographical_location: \"Google Cloud europe-west4 (Netherlands)\"",
                          "hardware_used: \"512 NVIDIA H100 SXM5 80GB\"",
                          "**Cloud Provider:** Google Cloud\n", "**Compute Region:** europe-west4\n"})
    CHECK(has(known, key));
  const double kg = *sample_dossiers().front().subject().figure("operational_location_kg").value;
  CHECK(has(known, "emissions: " + quantity::fixed(1000 * kg, 0) + "\n"));
  const std::string placeless = written(sample_dossiers()[1], "card");
  CHECK_FALSE(has(placeless, "co2_eq_emissions"));
  CHECK(has(placeless, "**Carbon Emitted:** [More Information Needed"));
  // zero by a contract or a grid without emissions is a value
  CHECK(has(written(sample_dossiers()[3], "card"), "emissions: 0\n"));
}

TEST_CASE("rows have the same columns whatever was given") {
  std::set<std::string> heads;
  for (const dossier::Dossier& dossier : sample_dossiers()) {
    const std::string text = written(dossier, "csv");
    heads.insert(text.substr(0, text.find('\n')));
  }
  CHECK(heads.size() == 1);
}

TEST_CASE("a run that a form cannot be made of is refused with what is missing") {
  const auto& countless = sample_dossiers()[2];
  CHECK_THROWS_AS(written(countless, "boamps"), diag::UsageError);
  try {
    written(sample_dossiers().front(), "spdx");
    FAIL("SPDX without a date");
  } catch (const diag::UsageError& error) {
    CHECK(error.diagnostics().front().help == "give --date, --organisation, --model-version");
  }
}

TEST_CASE("SCI without manufacture is the operational part and no score") {
  using run::Input;
  const auto dossier = dossier_of({{Input::flops, "1e20"},
                                   {Input::tflops, "100 TFLOP/s"},
                                   {Input::power, "500 W"},
                                   {Input::pue, "1.1"},
                                   {Input::ci, "400 g/kWh"}});
  const std::string text = written(dossier, "sci");
  INFO(text);
  CHECK(has(text, "Operational part only, not an SCI score"));
  // 1e20 FLOP / 1e14 FLOP/s x 500 W x 1.1 x 400 g/kWh: 61.1 kg for 100 x 10^18 FLOP
  CHECK(has(text, "| 10^18 FLOP of training | 611 g CO2e |"));
  CHECK(has(written(sample_dossiers().front(), "sci"), "SCI = (O + M) per R"));
}

TEST_CASE("the bibliography names people one by one, and institutions whole") {
  using run::Input;
  const std::string text = dossier::bibtex(dossier_of({{Input::params, "7B"},
                                                       {Input::tokens, "1T"},
                                                       {Input::hardware, "h100-sxm5"},
                                                       {Input::grid, "SWE"}}),
                                           {});
  CHECK(has(text, "author = {Jared Kaplan and Sam McCandlish and Tom Henighan and "));
  CHECK(has(text, "author = {{Uptime Institute}}"));
}

TEST_CASE("the thresholds for any report have rows and what must stand beside them") {
  const auto& dossier = sample_dossiers().front();
  const auto lines = dossier::threshold_lines(dossier, dossier.subject());
  REQUIRE(lines.size() == 2);  // from scratch: nothing is modified
  CHECK(lines[0].estimate == "7.7x10^22 FLOP");
  CHECK(lines[0].standing == "below, within the margin");
  CHECK(lines[1].threshold == "1.0x10^25 FLOP");
  // 2 % below: two figures would say that it is the threshold
  const auto near = dossier_of(
      {{run::Input::flops, "0.98e23"}, {run::Input::hardware, "h100-sxm5"}, {run::Input::chips, "64"}});
  const auto near_lines = dossier::threshold_lines(near, near.subject());
  CHECK(near_lines[0].estimate == "9.80x10^22 FLOP");
  CHECK(near_lines[0].ratio == "0.980");
  const auto notes = dossier::threshold_notes(dossier, dossier.subject());
  CHECK(std::ranges::any_of(notes, [](const std::string& note) { return has(note, "not legal advice"); }));
  CHECK(std::ranges::any_of(notes,
                            [](const std::string& note) { return has(note, "not stated (--modality)"); }));
}

}  // namespace
}  // namespace kwhatif::test
