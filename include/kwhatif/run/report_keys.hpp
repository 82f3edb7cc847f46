// What only the author of a report can say: keys of [report] in a run file, flags of the verb report. Does
// not live here: what the texts mean and what a report makes of them (dossier).
#pragma once

#include <array>
#include <string_view>

namespace kwhatif::run {

struct ReportKey {
  std::string_view name;   ///< in run files: "model_name"
  std::string_view flag;   ///< "model-name"
  std::string_view value;  ///< "TEXT"; empty for a switch
  std::string_view help;   ///< one line, without a full stop
};

inline constexpr std::array report_keys{
    ReportKey{"title", "title", "TEXT", "heading of the report; the run's title where not given"},
    ReportKey{"date", "date", "YYYY-MM-DD",
              "day of the report; SOURCE_DATE_EPOCH where not given, never the clock"},
    ReportKey{"author", "author", "TEXT", "who answers for the report"},
    ReportKey{"organisation", "organisation", "TEXT", "legal name of the provider"},
    ReportKey{"contact", "contact", "TEXT", "address of the author"},
    ReportKey{"model_name", "model-name", "TEXT",
              "name of the model to come, not of the architecture it is like"},
    ReportKey{"model_version", "model-version", "TEXT", "its version"},
    ReportKey{"modality", "modality", "WORDS", "what it generates: text, audio, image, video, code, other"},
    ReportKey{"synthetic_tokens", "synthetic-tokens", "N",
              "tokens generated for this model that are not public"},
    ReportKey{"generator", "generator", "TEXT", "model that generated them, or its active parameters: 70B"},
    ReportKey{"measured", "measured", "", "the time, power or energy that is given was measured"},
};

}  // namespace kwhatif::run
