// What the two upper rooms leave to the rooms below: report computes nothing, and cli knows questions,
// documents and messages.
#include "tree/code.hpp"

#include <array>

namespace kwhatif {
namespace {

struct Token {
  std::string_view pattern;
  std::string_view what;
};

// What computes an answer. Types and the tables of inputs and results are everybody's.
constexpr std::array computing{
    Token{R"(\b(run::)?resolve(_stages)?\()", "resolves a run"},
    Token{R"(\brun::estimate\()", "estimates"},
    Token{R"(\b(run::)?operational_location\()", "multiplies energy by intensity"},
    Token{R"(\buncertain::[a-z_]+\()", "carries spreads to results"},
    Token{R"(\bmodel::(training_memory|smallest_fit|equivalence)\()", "weighs an architecture"},
    Token{R"(\bmethod::[a-z_]+\()", "applies a published method"},
    Token{
        R"(\bask::(estimate|explain|assumptions|equivalents|drive|missing_parts|compare|plan|levers|reproduce|backtest|solve)\()",
        "asks"},
    Token{R"(\b(Kernel|Sampler) [a-z_]+\()", "evaluates many runs"},
    Token{
        R"(<kwhatif/(run/(estimator|formulas)|uncertain/(sobol|uncertainty|factor_band|sensitivity|threads))\.hpp>)",
        "includes what computes"},
};

// What the command line may know besides questions, documents and messages.
constexpr std::array known_to_cli{
    Token{"ask/.*", "questions and answers"},
    Token{"report/.*", "documents"},
    Token{"dossier/.*", "reports that people hand in"},
    Token{"run/report_keys.hpp", "what only the author of a report can say"},
    Token{"diag/.*", "messages"},
    Token{"run/scenario.hpp", "a run as given by flags and files"},
    Token{"run/synonym.hpp", "what people call the flags"},
    Token{"run/stage.hpp", "help on stages"},
    Token{"catalog/(catalog|store).hpp", "--data, and the edition of the tables"},
    Token{"document/files.hpp", "the reader of the disk"},
    Token{"document/checksum.hpp", "parts of a sweep, told whole from broken"},
    Token{"quantity/(format|parse|units).hpp", "numbers of options, progress, help on units"},
    Token{"grid/sweep.hpp", "completion offers the names of results"},
};

TEST_CASE("report computes nothing") {
  std::string forbidden;
  for (const Token& token : computing) forbidden += std::string{token.pattern} + '|';
  forbidden.pop_back();
  forbid(lines_below({"include/kwhatif/report", "src/report"}), std::regex{forbidden}, {});
}

TEST_CASE("cli knows questions, documents and messages") {
  std::string others = "<kwhatif/(?!(";
  for (const Token& token : known_to_cli) others += std::string{token.pattern} + '|';
  others.back() = ')';
  forbid(lines_below({"src/cli"}), std::regex{others + ">)"}, {});
}

}  // namespace
}  // namespace kwhatif
