// The reports that people read: every figure stands in them or is a blank that is seen, texts stay texts,
// HTML is well-formed and asks nobody for anything, LaTeX has nothing that is markup but its own.
#include "dossier/support.hpp"
#include "support/catch.hpp"
#include "support/senseless.hpp"
#include "support/xml.hpp"
#include <kwhatif/dossier/sentence.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace kwhatif::test {
namespace {

constexpr std::array readers{"md", "html", "tex"};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// Without what escaping adds: for looking for plain words and numbers.
std::string plain(std::string text) {
  for (const std::string_view drop : {"\\allowbreak{}", "\\"}) {
    for (auto at = text.find(drop); at != std::string::npos; at = text.find(drop, at))
      text.erase(at, drop.size());
  }
  return text;
}

ask::Comparison compared(std::size_t places) {
  const std::array all{"gcp:europe-west4", "gcp:us-central1", "gcp:europe-north1",
                       "gcp:europe-west1", "gcp:us-east4",    "gcp:asia-east1"};
  std::string list;
  for (std::size_t i = 0; i < places; ++i) list += (i == 0 ? "region=" : ",") + std::string{all.at(i)};
  ask::CompareQuestion question;
  question.runs.push_back({scenario_of({{run::Input::params, "7B"},
                                        {run::Input::tokens, "1T"},
                                        {run::Input::hardware, "h100-sxm5"},
                                        {run::Input::chips, "64"}})});
  question.vary.push_back({list, {}, "--vary"});
  question.mixed = true;
  return ask::compare(question, catalog::Catalog::builtin());
}

std::vector<dossier::Dossier> several() {
  std::vector<dossier::Dossier> out;
  for (const std::size_t places : {2, 6})
    out.push_back(dossier::gather(compared(places), dossier::Particulars{}, catalog::Catalog::builtin()));
  return out;
}

void check_reader(const dossier::Dossier& dossier, std::string_view form) {
  const std::string text = written(dossier, form, {.method_section = true});
  INFO(form << ":\n" << text);
  CHECK(text == written(dossier, form, {.method_section = true}));
  CHECK(senseless(text) == "");
  CHECK_FALSE(has(text, "null"));
  for (const char* never : {"confidence", "carbon neutral", "consumed", "emitted", "Scope 2"})
    CHECK_FALSE(has(text, never));
  CHECK(has(text, std::string{name(dossier.subject().status())}));
  CHECK_FALSE(has(text, "\x1b"));
  CHECK_FALSE(has(text, "\xE2\x80\xAE"));
  CHECK(text.back() == '\n');
  const std::string words = plain(text);
  for (const dossier::Subject& subject : dossier.subjects) {
    for (const dossier::Figure& figure : subject.figures) {
      INFO(figure.key);
      if (figure.coherent)
        CHECK(has(words, figure.work.human(*figure.coherent, figure.dimension)));
      else
        CHECK(has(words, "not estimated"));
    }
  }
}

TEST_CASE("every figure stands in the reports that people read or is a blank") {
  for (const dossier::Dossier& dossier : sample_dossiers()) {
    for (const char* form : readers) check_reader(dossier, form);
  }
  for (const dossier::Dossier& dossier : several()) {
    for (const char* form : readers) check_reader(dossier, form);
  }
}

TEST_CASE("every figure of random runs stands in the reports that people read") {
  Runs runs(4711, catalog::Catalog::builtin());
  constexpr int tries = 40;
  std::size_t seen = 0;
  for (int i = 0; i < tries; ++i) {
    const Flags flags = i % 2 == 0 ? runs.ordinary() : runs.wild();
    INFO(command_of(flags));
    const auto dossier = dossier_if_any(flags);
    if (!dossier) continue;
    ++seen;
    for (const char* form : readers) check_reader(*dossier, form);
  }
  CHECK(seen > 10);
}

// HTML as the reader of XML takes it: without its first line, its two open elements closed.
std::string as_xml(std::string html) {
  constexpr std::string_view first = "<!DOCTYPE html>\n";
  REQUIRE(html.starts_with(first));
  html.erase(0, first.size());
  std::size_t at = 0;
  while ((at = html.find("<meta", at)) != std::string::npos) {
    at = html.find('>', at);
    html.insert(at, "/");
  }
  return html;
}

TEST_CASE("HTML is well-formed, in order, and asks nobody for anything") {
  for (const dossier::Dossier& dossier : sample_dossiers()) {
    const std::string text = written(dossier, "html", {.method_section = true});
    std::string fault;
    const auto root = parse_xml(as_xml(text), fault);
    INFO(fault);
    REQUIRE(root);
    CHECK(root->attributes.at("lang") == "en");
    CHECK(root->all("script").empty());
    CHECK(root->all("link").empty());
    CHECK(root->all("img").empty());
    CHECK(root->all("main").size() == 1);
    CHECK(root->all("h1").size() == 1);
    CHECK(root->all("h3").empty());
    std::set<std::string> ids;
    for (const char* tag : {"h2", "main", "title", "desc", "svg", "g", "pattern", "clipPath"}) {
      for (const Element* element : root->all(tag)) {
        const auto id = element->attributes.find("id");
        if (id != element->attributes.end()) CHECK(ids.insert(id->second).second);
      }
    }
    for (const Element* table : root->all("table")) CHECK(table->all("caption").size() == 1);
    for (const Element* head : root->all("th")) CHECK(head->attributes.contains("scope"));
    for (const Element* link : root->all("a")) CHECK(ids.contains(link->attributes.at("href").substr(1)));
  }
}

TEST_CASE("names of authors, titles and runs stay texts") {
  using run::Given;
  const std::array<std::string, 6> hostile{"<script>alert(1)</script>",   "a|b\n| c |",
                                           "\\end{document} % $x_1^2$ #", "\x1b[31m red \x07",
                                           std::string(10000, 'A'),       "{\"a\": [1]} `code`"};
  for (const std::string& text : hostile) {
    dossier::Particulars who;
    who.title = who.author = who.organisation = who.contact = who.model_name = Given{text, {}, "--title"};
    auto dossier = dossier_of({{run::Input::flops, "1e21"}, {run::Input::hardware, "h100-sxm5"}}, who);
    dossier.command = "kwhatif report --title '" + text + '\'';
    for (const char* form : readers) {
      const std::string out = written(dossier, form);
      // Markdown shows it inside a fence, in the command alone
      CHECK_FALSE(has(out.substr(0, out.find("```")), "<script>"));
      CHECK_FALSE(has(out, "\x1b"));
      CHECK_FALSE(has(out, "\x07"));
    }
    const std::string tex = written(dossier, "tex");
    const auto end = tex.find("\\end{document}");
    CHECK(end == tex.size() - std::string_view{"\\end{document}\n"}.size());
    std::string fault;
    CHECK(parse_xml(as_xml(written(dossier, "html")), fault));
  }
}

TEST_CASE("rows of Markdown have as many cells as their heads") {
  for (const dossier::Dossier& dossier : sample_dossiers()) {
    const std::string text = written(dossier, "md");
    std::size_t columns = 0;
    std::size_t from = 0;
    while (from < text.size()) {
      const std::string line = text.substr(from, text.find('\n', from) - from);
      from += line.size() + 1;
      if (!line.starts_with('|')) {
        columns = 0;
        continue;
      }
      std::size_t bars = 0;
      for (std::size_t i = 0; i < line.size(); ++i)
        bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
      if (columns == 0) columns = bars;
      INFO(line);
      CHECK(bars == columns);
    }
  }
}

TEST_CASE("the sentence is a forecast until something was measured") {
  using run::Input;
  const Flags flags{{Input::hardware, "h100-sxm5"}, {Input::chips, "8"}, {Input::hours, "10 h"},
                    {Input::power, "700 W"},        {Input::pue, "1.2"}, {Input::ci, "100 g/kWh"}};
  const auto forecast = dossier_of(flags);
  const std::string before = sentence(forecast, forecast.subject());
  CHECK(before.starts_with("We forecast, before training, that the training run will take about 80 "));
  // 8 devices x 10 h x 700 W x 1.2
  CHECK(has(before, "67.2 kWh at the facility meter, i.e. 6.72 kg CO2e (location-based"));
  CHECK(before.ends_with("These are model-based estimates; nothing was metered."));
  dossier::Particulars who;
  who.measured = run::Given{"true", {}, "--measured"};
  const auto measured = dossier_of(flags, who);
  CHECK(measured.subject().status() == dossier::Status::measured);
  const std::string after = sentence(measured, measured.subject());
  CHECK(has(after, "took about 80 "));
  CHECK(has(after, "(measured)"));
  CHECK_FALSE(has(after, "orecast"));
  const auto nothing = estimated({{Input::flops, "1e21"}, {Input::hardware, "h100-sxm5"}});
  CHECK_THROWS_AS(dossier::gather(nothing, who, catalog::Catalog::builtin()), diag::UsageError);
}

TEST_CASE("one run's time is that of all over runs and overhead") {
  using run::Input;
  const auto dossier = dossier_of({{Input::hardware, "h100-sxm5"},
                                   {Input::chips, "8"},
                                   {Input::hours, "10 h"},
                                   {Input::runs, "3"},
                                   {Input::overhead, "120 %"}});
  CHECK(dossier.subject().repeats == Approx(6.6));
  CHECK(*dossier.subject().figure("device_hours").value == Approx(528));
  CHECK(*dossier.subject().figure("one_run_device_hours").value == Approx(80));
  CHECK(*dossier.subject().figure("one_run_wall_hours").value == Approx(10));
}

TEST_CASE("what the author says is checked") {
  const auto fault_of = [](const std::string& key, const std::string& text) -> std::string {
    try {
      dossier::particulars({{key, {text, {}, "--" + key}}});
    } catch (const diag::UsageError& error) {
      return error.diagnostics().front().code;
    }
    return "";
  };
  CHECK(fault_of("date", "2024-02-29") == "");
  for (const char* no_day :
       {"2023-02-29", "2024-13-01", "2024-1-1", "28.11.2026", "2024-02-2x", "-024-02-20"})
    CHECK(fault_of("date", no_day) == "bad-date");
  CHECK(fault_of("modality", "text, image") == "");
  CHECK(fault_of("modality", "text, smell") == "unknown-word");
  CHECK(fault_of("synthetic_tokens", "2T") == "missing-value");  // of which model
  CHECK(fault_of("generator", "70B") == "missing-value");
  CHECK_NOTHROW(dossier::particulars(
      {{"synthetic_tokens", {"2T", {}, "--synthetic-tokens"}}, {"generator", {"70B", {}, "--generator"}}}));
  CHECK_FALSE(fault_of("synthetic_tokens", "many").empty());
  CHECK(fault_of("author", "  ") == "missing-value");
  CHECK(dossier::day_of_epoch("0") == "1970-01-01");
  CHECK(dossier::day_of_epoch("1709164800") == "2024-02-29");  // date -u -d @1709164800
  for (const char* no_time : {"", "x", "-1", "1.5", "99999999999999999999"})
    CHECK_THROWS_AS(dossier::day_of_epoch(no_time), diag::UsageError);
}

TEST_CASE("a file's name says its form where only one fits") {
  const auto form_of = [](const std::string& path) {
    return std::string{dossier::report_form_of({path, {}, "--output"}).name};
  };
  CHECK(form_of("a.tex") == "tex");
  CHECK(form_of("folder.md/a.html") == "html");
  CHECK(form_of("a.eu.md") == "eu");
  CHECK(form_of("a.card.md") == "card");
  CHECK(form_of("a.cdx.json") == "cyclonedx");
  CHECK(form_of("a.boamps.json") == "boamps");
  for (const char* open : {"a.md", "eu.md", "a.json", "a.b.json", "a", ".tex", "a.svg"})
    CHECK_THROWS_AS(form_of(open), diag::UsageError);
}

}  // namespace
}  // namespace kwhatif::test
