// The outline as one HTML file: no script, nothing from elsewhere; light and dark, on paper, on a phone.
#include "outline.hpp"
#include <kwhatif/chart/chart.hpp>
#include <kwhatif/chart/xml.hpp>

namespace kwhatif::dossier {

namespace {

using chart::xml_text;

// Contrast of text to paper is 7 : 1 at least in both themes. A wide table scrolls in its own box.
constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1b1b;--muted:#4d4d4d;--line:#767676;--band:#f2f4f7;--link:#0b4f9c;
--chart-paper:var(--paper);--chart-ink:var(--ink);--chart-muted:var(--muted);--chart-line:var(--line)}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#ececec;--muted:#bdbdbd;--line:#8a8a8a;--band:#22262b;--link:#9cc4ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
header,nav,main,footer{max-width:60rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}footer{padding-bottom:2rem;color:var(--muted)}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .75rem}h2{font-size:1.25rem;margin:2rem 0 .5rem}
a{color:var(--link)}
.skip{position:absolute;left:-100vw}.skip:focus{position:static}
.sentence{font-size:1.1rem;border-left:.25rem solid var(--link);padding-left:.8rem;margin:0 0 1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 1rem}dt{color:var(--muted)}dd{margin:0}
nav>ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0;margin:0}nav a{display:inline-block;padding:.25rem 0}
.table{overflow-x:auto;margin:0 0 1.2rem}
table{border-collapse:collapse;width:100%;overflow-wrap:normal}
caption{text-align:left;font-weight:600;padding:.4rem 0}
th,td{padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:600}tbody th{font-weight:400}
td,tbody th{min-width:6rem;overflow-wrap:anywhere}
[data-short]{white-space:nowrap}
td:last-child:not(.n){min-width:11rem}
.n{text-align:right;font-variant-numeric:tabular-nums}
.blank{color:var(--muted);font-style:italic}
pre{background:var(--band);padding:.7rem;overflow-x:auto;white-space:pre-wrap}
figure{margin:0 0 1.5rem}svg{max-width:100%;height:auto}figcaption{color:var(--muted)}
.narrow{display:none}
@media (max-width:40rem){dl{display:block}dd{margin:0 0 .4rem}.wide{display:none}.narrow{display:block}}
@media print{:root{--paper:#fff;--ink:#000;--muted:#333;--line:#666;--band:#fff;--link:#000;color-scheme:light}
nav,.skip{display:none}body{font-size:10pt}header,main,footer{max-width:none;padding:0}.table{overflow:visible}
.wide{display:block}.narrow{display:none}h2,caption{break-after:avoid}tr,figure,pre{break-inside:avoid}thead{display:table-header-group}}
)css";

// A short number stands on one line.
bool is_short(const Cell& cell) {
  constexpr std::size_t most = 28;
  return cell.text.size() <= most;
}

std::string classes(bool number, bool blank) {
  if (!number && !blank) return {};
  return std::string{" class=\""} + (number ? "n" : "") + (number && blank ? " " : "") +
         (blank ? "blank" : "") + '"';
}

std::string grid(const Grid& grid) {
  const std::string caption = xml_text(grid.caption);
  std::string out = "<div class=\"table\" role=\"region\" aria-label=\"" + caption +
                    "\" tabindex=\"0\">\n<table>\n<caption>" + caption + "</caption>\n<thead>\n<tr>";
  for (const Head& head : grid.heads)
    out += "<th scope=\"col\"" + classes(head.number, false) + '>' + xml_text(head.text) + "</th>";
  out += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& row : grid.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool head = i == 0;
      out += (head ? "<th scope=\"row\"" : "<td") + classes(!head && grid.heads[i].number, row[i].blank) +
             (!head && grid.heads[i].number && is_short(row[i]) ? " data-short=\"\"" : "") + '>' +
             xml_text(row[i].text) + (head ? "</th>" : "</td>");
    }
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n</div>\n";
}

std::string figure(const chart::Chart& drawn, std::size_t number) {
  constexpr double desktop = 900;
  constexpr double phone = 360;
  const std::string id = "chart-" + std::to_string(number);
  std::string out =
      "<figure>\n<div class=\"wide\">\n" + chart::svg(drawn, {.width = desktop, .id_prefix = id + "-wide"}) +
      "</div>\n<div class=\"narrow\">\n" + chart::svg(drawn, {.width = phone, .id_prefix = id + "-narrow"}) +
      "</div>\n<figcaption>" + xml_text(drawn.description) + "</figcaption>\n";
  return out + "</figure>\n";
}

std::string text_part(std::string_view tag, const Cell& cell) {
  return '<' + std::string{tag} + classes(false, cell.blank) + '>' + xml_text(cell.text) + "</" +
         std::string{tag} + ">\n";
}

std::string part(const Part& part, std::size_t& charts) {
  std::string out;
  switch (part.kind) {
    case Part::Kind::paragraph:
      return text_part("p", part.texts.front());
    case Part::Kind::list:
      for (const Cell& item : part.texts) out += text_part("li", item);
      return "<ul>\n" + out + "</ul>\n";
    case Part::Kind::grid:
      return grid(part.grid);
    case Part::Kind::chart:
      return figure(part.chart, ++charts);
    case Part::Kind::code:
      return "<pre><code>" + xml_text(part.texts.front().text) + "</code></pre>\n";
  }
  return out;
}

}  // namespace

std::string html(const Dossier& dossier, const FormChoices& choices) {
  const Outline outline = outline_of(dossier, choices);
  const std::string title = xml_text(outline.title);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      title + "</title>\n<style>" + std::string{style} +
      "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header>\n<h1>" +
      title + "</h1>\n";
  for (const std::string& words : outline.sentences)
    out += "<p class=\"sentence\">" + xml_text(words) + "</p>\n";
  out += "<dl>\n";
  for (const auto& [label, value] : outline.head)
    out += "<dt>" + xml_text(label) + "</dt><dd" + classes(false, value.blank) + '>' + xml_text(value.text) +
           "</dd>\n";
  out += "</dl>\n</header>\n<nav aria-label=\"Sections\">\n<ul>\n";
  for (const Section& section : outline.sections)
    out += "<li><a href=\"#" + std::string{section.id} + "\">" + xml_text(section.title) + "</a></li>\n";
  out += "</ul>\n</nav>\n<main id=\"main\">\n";
  std::size_t charts = 0;
  for (const Section& section : outline.sections) {
    const std::string id{section.id};
    out.append("<section aria-labelledby=\"").append(id).append("\">\n<h2 id=\"").append(id);
    out.append("\">").append(xml_text(section.title)).append("</h2>\n");
    for (const Part& one : section.parts) out += part(one, charts);
    out += "</section>\n";
  }
  return out + "</main>\n<footer>\n<p>" + xml_text(made_with(dossier)) +
         "</p>\n</footer>\n</body>\n</html>\n";
}

}  // namespace kwhatif::dossier
