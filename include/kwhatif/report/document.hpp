// report: answers become documents, documents become text, JSON, CSV and what else has a renderer.
//
//   answer (ask) ──present()──► Document ──render()──► one text per form
//
// A presenter says what stands in the document of one verb: blocks for people, a tree of keys for machines,
// rows of fixed columns. A renderer knows one form and no verb. The envelope (schema, versions, warnings,
// sources) is written once, by the renderers. Does not live here: what the answer is (ask), streams and flags
// (cli). The blocks themselves are in src/report/content.hpp, because only presenters and renderers need
// them.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

/// The forms that a document can take, in the order of their flags; form_table() says more of each.
enum class Form : std::uint8_t { text, json, csv, plain };

/// What the text is printed on.
struct Paper {
  static constexpr std::size_t narrowest = 80;
  static constexpr std::size_t usual = 110;  ///< where no terminal says how wide it is
  static constexpr std::size_t widest = 200;

  std::size_t width = usual;  ///< columns
  bool colour = false;        ///< headings and decisive numbers stand out; nothing is said by colour alone
  bool quiet = false;         ///< the results alone: no assumptions, notes and sources
};

struct Content;

/// What one verb has to say. Refers to the answer and the tables that it was made of, which must outlive it.
class Document {
 public:
  explicit Document(Content content);

  const std::vector<diag::Diagnostic>& warnings() const;
  /// Why a form does not fit this document ("a derivation is a tree, not rows") and what to ask for instead;
  /// none where it does.
  struct Refusal {
    std::string why;
    std::string instead;
  };
  const Refusal* refusal(Form form) const;
  const Content& content() const { return *content_; }

 private:
  std::shared_ptr<const Content> content_;
};

struct FormInfo {
  Form form;
  std::string_view flag;  ///< "json"; empty for what is printed without a flag
  std::string_view help;
  std::string (*render)(const Document& document, const Paper& paper);
};
/// One row per form: the whole list of what render() can do.
std::span<const FormInfo> form_table();

/// The document in one form, ready to be written: nothing in it steers a terminal but colours that the paper
/// allows.
/// @errors diag::UsageError: no-such-form, where the document refuses it
std::string render(const Document& document, Form form, const Paper& paper = {});

}  // namespace kwhatif::report
