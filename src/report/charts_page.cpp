// The charts of an answer as a page of their own.
#include <kwhatif/chart/xml.hpp>
#include <kwhatif/report/charts.hpp>

namespace kwhatif::report {

namespace {

constexpr double wide = 800;
constexpr double narrow = 350;  // a phone of 360 less its margin

constexpr std::string_view style = R"(<style>
:root{color-scheme:light dark}
body{font-family:Helvetica,Arial,"Liberation Sans",sans-serif;line-height:1.45;max-width:50rem;margin:0 auto;padding:.3rem;background:#fff;color:#1a1a1a}
h1{font-size:1.3rem}
figure{margin:1.5rem 0}
figcaption{color:#555;font-size:.85rem}
pre{overflow-x:auto;font-size:.8rem;line-height:1.35}
.narrow{display:none}
@media screen and (max-width:52rem){.wide{display:none}.narrow{display:block}}
@media screen and (prefers-color-scheme:dark){body{background:#16181c;color:#f0f0f0}figcaption{color:#b8bcc2}}
@media print{figure{break-inside:avoid}pre{white-space:pre-wrap;overflow:visible}}
</style>
)";

}  // namespace

std::string charts_page(std::string_view title, const std::vector<chart::Chart>& charts,
                        std::string_view text) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>" +
      chart::xml_text(title) + "</title>\n" + std::string{style} + "</head>\n<body>\n<main>\n<h1>" +
      chart::xml_text(title) + "</h1>\n";
  for (std::size_t i = 0; i < charts.size(); ++i) {
    const std::string id = "chart-" + std::to_string(i + 1);
    out += "<figure>\n<div class=\"wide\">\n" + chart::svg(charts[i], {wide, id}) +
           "</div>\n<div class=\"narrow\">\n" + chart::svg(charts[i], {narrow, id + "-narrow"}) + "</div>\n";
    if (!charts[i].description.empty())
      out += "<figcaption>" + chart::xml_text(charts[i].description) + "</figcaption>\n";
    out += "</figure>\n";
  }
  if (!text.empty()) {
    out += "<h2>The answer in words</h2>\n<pre tabindex=\"0\">";
    std::size_t from = 0;
    while (from < text.size()) {  // line by line: an escape stands for what is no line
      const std::size_t end = std::min(text.find('\n', from), text.size());
      out += chart::xml_text(text.substr(from, end - from)) + '\n';
      from = end + 1;
    }
    out += "</pre>\n";
  }
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace kwhatif::report
