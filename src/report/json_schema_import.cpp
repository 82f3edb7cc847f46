#include "json_schema.hpp"

namespace kwhatif::report::schema {

Json import_of() {
  const Json line = or_null(whole("from 1; null: of the whole file"));
  Json value;
  value["description"] = "a number in the unit beside it, or a name as the file has it";
  value["type"] = {"number", "string"};
  const Json file = object("a file", {{"file", text("as given")},
                                      {"form", text("id of its form")},
                                      {"name", text("of the form")},
                                      {"tool", or_null(text("that wrote it"))},
                                      {"version", or_null(text("of the tool, where it says so"))},
                                      {"read", text("how much of it was read")}});
  const Json item =
      object("something that was measured or said",
             {{"key", or_null(text("of a run file; null: no input of a run"))},
              {"what", text("in words")},
              {"value", value},
              {"unit", or_null(text("of a number; \"1\": a count or a ratio; null: a name"))},
              {"written", text("as the run file has it")},
              {"used", yes_no("true: it stands in the run file; false: as a comment")},
              {"why_not", or_null(text("why it is not used"))},
              {"statistic", text("how it was formed")},
              {"file", text("that it comes from")},
              {"line_first", line},
              {"line_last", line},
              {"boundary", or_null(text("of powers and energies: accelerator, components, node, facility"))},
              {"note", or_null(text("what has to be known about it"))}});
  const Json left = object("something that was not taken", {{"what", text("it")},
                                                            {"why", text("the reason")},
                                                            {"file", text("where")},
                                                            {"line_first", line},
                                                            {"line_last", line}});
  const Json question =
      object("what no file says", {{"key", text("of a run file")}, {"question", text("in words")}});
  return document_of("import", "a measurement as inputs of a run",
                     {{"form", text("of the first file")},
                      {"tool", or_null(text("that wrote the first file"))},
                      {"version", or_null(text("of that tool"))},
                      {"files", list("in the order in which they were read", file)},
                      {"values", list("what they say", item)},
                      {"left", list("what was not taken", left)},
                      {"questions", list("what is missing", question)},
                      {"run_file", text("TOML")},
                      {"next", text("the command to type next")}});
}

}  // namespace kwhatif::report::schema
