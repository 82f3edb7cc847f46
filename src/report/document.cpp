#include "content.hpp"

#include <array>

namespace kwhatif::report {

namespace {

constexpr std::array forms{
    FormInfo{Form::text, "", "aligned text for people", render_text},
    FormInfo{Form::json, "json", "machine-readable: JSON", render_json},
    FormInfo{Form::csv, "csv", "machine-readable: CSV with a header line", render_csv},
    FormInfo{Form::plain, "plain", "machine-readable: one key, a tab and a value per line", render_plain},
};

}  // namespace

std::span<const FormInfo> form_table() { return forms; }

Document::Document(Content content) : content_(std::make_shared<const Content>(std::move(content))) {}

const std::vector<diag::Diagnostic>& Document::warnings() const { return content_->warnings; }

const Document::Refusal* Document::refusal(Form form) const {
  const auto found = content_->refused.find(form);
  return found == content_->refused.end() ? nullptr : &found->second;
}

std::string render(const Document& document, Form form, const Paper& paper) {
  const FormInfo& info = forms[static_cast<std::size_t>(form)];
  if (const Document::Refusal* const refusal = document.refusal(form))
    diag::refuse(
        "no-such-form",
        "kwhatif " + document.content().name + " has no --" + std::string{info.flag} + ": " + refusal->why,
        {}, refusal->instead);
  return info.render(document, paper);
}

}  // namespace kwhatif::report
