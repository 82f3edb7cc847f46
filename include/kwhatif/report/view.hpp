// Answers for front ends that lay out by themselves: everything for people in its parts, each text ready to
// be shown, so that nobody else words results or formats numbers.
//
// The keys stand in the envelope that all documents share (data_version, warnings, sources), as JSON. Does
// not live here: the document of an answer for machines (present.hpp), pictures (charts.hpp), how a page
// looks (src/page).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::report {

/// What the page of any document is made of:
/// blocks[].{kind: heading|paragraph|table|tree|command|lines, head, text, columns[].{title, right},
/// rows[][], decisive[], aside, parts[]}.
Document view(const Document& document);

/// The same of an estimate, and beside it, each with its texts:
///   title, sentence  what to say of the run in one line, with the tables that it rests on
///   results[]        {key, json_key, label, shown, value, band: {p05 … p95, half, most} or null, reason}, in
///                    the order of output; numbers in the coherent unit, to draw them; `reason` says why
///                    there is none
///   time             {bound, terms[].{label, share, share_shown, shown}}: where the time goes, or null
///   certainty[]      blocks: what the bands promise, and what to say to narrow them
///   drivers[]        {label, flag, share, share_shown}: where the uncertainty comes from
///   to_tell[]        {what, flags, share_shown}: what was not told, by its share in it
///   assumptions[]    {input, label, flag, set, shown, status, words, source, effect}: `set` is the text that
///                    would say the same in the input `flag`, null where there is none
Document view(const ask::Estimate& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::report
