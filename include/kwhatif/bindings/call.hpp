// bindings: the library for programs in other languages, by text: a question as JSON, its answer as text.
//
//   {"verb": "estimate", "inputs": {"params": "70B", "tokens": "2T", "hardware": "h100-sxm5", "chips": 2048}}
//
// Keys of a question:
// - verb: what `kwhatif --help` lists, as far as verb_names() has it; and of front ends with a form: inputs
//   (the form itself), said (a run as texts of its inputs, a command and a run file),
//   measured (the same of files that import reads)
// - inputs: of the run, by flag (or with _ for -): texts with a unit; numbers where one may be bare; or
//   a list of such objects: each wins over those before it in all that it displaces
// - run_file: text of a run file; inputs win over it
// - run: id of a published run instead
// - runs: of compare: several of {inputs, run_file, run, name}
// - arguments: of verbs that take names: ["hardware", "h100-sxm5"] of show
// - options: of the verb, by name: a text, a number, true, or a list of texts
// - files: contents of files that inputs name by a path: {"config.json": "…"}
// - form: json (where not given), text, csv or plain; view, in parts for who lays out (report/view.hpp); svg,
//   {"charts": […]} of what has charts; a list of forms: an object with the text of each
//   report: one of dossier/form.hpp, or bib; md where not given
// - width: of text and pictures; id_prefix of pictures
//
// The answer is the document in that form, the same bytes as the program prints; or
//   {"errors": [{"code", "message", "help", "field", "line", "column", "text"}]}
// with the field that each fault belongs to ("chips", "run_file"), and text as the program would print it.
//
// Does not live here: what the answers are (ask), how they look (report), Python's and C's side (module.cpp,
// c.cpp).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/document/files.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::bindings {

/// What came of a question.
struct Reply {
  std::string text;
  bool error = false;  ///< `text` is {"errors": …}
};

/// Answers a question; never throws but std::bad_alloc.
/// @param files  reads what `files` of the question does not hold; empty: nothing else is read
Reply call(std::string_view question, const catalog::Catalog& tables, const document::Reader& files = {});

/// The verbs that call() knows.
std::vector<std::string_view> verb_names();

}  // namespace kwhatif::bindings
