#include "verb.hpp"
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/run/report_keys.hpp>

#include <array>

namespace kwhatif::cli {

namespace {

// Besides the forms of output.
constexpr std::array common{
    Option{"data", "DIR", "lay the tables of this folder over the built-in ones"},
    Option{"data-only", "DIR", "these tables instead of the built-in ones: an old edition, replayed"},
    Option{"strict", "", "warnings become errors"},
    Option{"quiet", "", "the results alone: no assumptions, notes, sources and warnings"},
    Option{"no-color", "", "no colour, also off with NO_COLOR and where output is no terminal"},
    Option{"help", "", "this text"},
};

// Of verbs that draw their answer.
constexpr Option chart_output{"output", "FILE",
                              "also draw it: the main chart as FILE.svg, all charts and the answer as "
                              "FILE.html; or write it to FILE.txt, .csv or .json instead"};
constexpr Option chart_force{"force", "", "overwrite an existing file"};
// Of verbs that do not.
constexpr Option answer_output{"output", "FILE",
                               "write to this file instead of standard output: .txt, .csv or .json"};
constexpr std::array answer_options{answer_output, chart_force};
constexpr std::array estimate_options{
    Option{"sentence", "", "one sentence for a paper: the forecast with its interval and basis"},
    chart_output, chart_force};

constexpr std::array model_options{
    Option{"seq-len", "N", "tokens per sequence; decides the attention term"},
    Option{"image-size", "N", "pixels along each side of an image, where a network sees images"},
    Option{"recompute", "none|selective|full", "activation recomputation: adds the executed FLOPs"},
    Option{"hardware", "ID", "how few of these devices hold the training"},
    Option{"optimizer", "NAME", "adam, adam-8bit, adam-bf16, adafactor, momentum or sgd"},
    Option{"zero", "0|1|2|3",
           "shard optimizer states (1), gradients (2), weights (3) over the data-parallel devices"},
    Option{"micro-batch", "N", "sequences that a device works on at once"},
    Option{"chips", "N", "devices of the plan"},
    Option{"tp", "N", "tensor parallelism"},
    Option{"pp", "N", "pipeline parallelism"},
    Option{"ep", "N", "devices that the experts are spread over"},
    Option{"context-parallel", "N", "devices that share a sequence"},
    Option{"virtual-stages", "N", "pieces of the network on each device of the pipeline"},
    Option{"sequence-parallel", "yes|no", "tensor-parallel devices share what is outside the matrices, too"},
    Option{"against", "ID", "another model or config.json to compare with"},
    Option{"equal", "tokens|flops|loss", "what both have alike; tokens where not given"},
    Option{"tokens", "N", "training length of the first; the published one where not given"},
    Option{"equivalence", "RULE",
           "how a sparse model counts: leverage, none, geometric-mean, clark-2022, clark-2022-rl, "
           "clark-2022-hash"},
    Option{"loss-law", "ID", "besiroglu-2024, hoffmann-2022 or hoffmann-2022-source"},
    answer_output,
    chart_force,
};
constexpr std::array compare_options{
    Option{"vary", "NAME=V1,V2,…",
           "one run at these values; all, gcp:*, kind:gpu and 10g/kWh:900g/kWh:lin10 work too", true},
    Option{"against", "N", "the run that the others are compared with, counted from 1"},
    Option{"equal", "RULE", "what is held equal: as-given tokens flops loss deadline"},
    Option{"unavailable", "", "also devices that nobody sells, and places where nobody offers them"},
    Option{"mixed", "", "rank places although years or boundaries of their values differ"},
    Option{"limit", "N", "at most N places of a ranking"},
    chart_output,
    chart_force,
};
constexpr std::array methods_options{
    Option{"details", "", "what each method counts and takes, and the known faults of its tool"},
    Option{"as-published", "", "the tools' literal output, their faults included"},
    answer_output,
    chart_force,
};
constexpr std::array levers_options{
    Option{"apply", "ID,…", "the estimate with these levers applied"},
    Option{"all", "", "also the levers that do not apply to this run, with the reason"},
    answer_output,
    chart_force,
};
constexpr std::array reproduce_options{
    Option{"summary", "", "one line per study instead of every row"},
    answer_output,
    chart_force,
};
constexpr std::array backtest_options{
    Option{"all", "", "every row of every predictor, in both modes"},
    chart_output,
    chart_force,
};
constexpr std::array sensitivity_options{
    Option{"result", "KEY",
           "of this result, such as facility_energy; without it CO2e, energy or time, whichever is known"},
    chart_output,
    chart_force,
};
constexpr std::array equiv_options{Option{"all", "", "every edition of every equivalence"}, answer_output,
                                   chart_force};
constexpr std::array list_options{
    Option{"where", "CONDITIONS", "such as 'kind=gpu and year>=2020'; = != < <= > >= and ~ (contains)", true},
    Option{"sort", "COLUMN", "by this column; -COLUMN for the largest first"},
    Option{"columns", "A,B,…", "these columns"},
    Option{"all-columns", "", "all columns that have a value, in several blocks where they have no room"},
    Option{"limit", "N", "at most N rows"},
    answer_output,
    chart_force,
};
constexpr std::array init_options{
    Option{"output", "FILE", "write to this file instead of standard output"},
    Option{"force", "", "overwrite an existing file"},
};

constexpr std::array import_options{
    Option{"output", "FILE", "write the run file there, and print what was read"},
    Option{"force", "", "overwrite an existing file"},
    Option{"row", "N", "of several runs in a file this one, counted from 1"},
    Option{"run-id", "ID",
           "of several runs the one with this id: a CodeCarbon run, a job of Slurm, a window"},
    Option{"project", "NAME", "of several runs those of this project, or jobs of this name"},
    Option{"sum", "", "add up the runs that are left"},
    Option{"columns", "A,B,…", "of a record of power without a head: timestamp,index,power.draw"},
    Option{"as-study", "", "write a study: inputs, and the printed results to be recomputed"},
    Option{"observation", "DIR", "add it to the own runs in this folder, which --data lays over the tables"},
};

constexpr std::array sweep_options{
    Option{"axis", "NAME=VALUES", "V1,V2,… | FROM:TO:linN | FROM:TO:logN | all | kind:gpu | gcp:*", true},
    Option{"unavailable", "", "also devices that nobody sells, and places where nobody offers them"},
    Option{"where", "CONDITIONS", "such as 'time<=30d and cost<=2M$'", true},
    Option{"top", "N", "the N rows with the least (see --by)"},
    Option{"by", "RESULT", "the result that ranks or is reduced; co2e where not given"},
    Option{"largest", "", "with --top: the most instead of the least"},
    Option{"pareto", "RESULTS", "rows that no other beats: energy,time,cost"},
    Option{"group-by", "AXES", "one answer per value of these axes"},
    Option{"reduce", "HOW", "of a group: min, max, mean, quantiles"},
    Option{"histogram", "RESULT", "how many rows have how much of it"},
    Option{"results", "RESULTS", "columns to write: energy,co2e,time,cost,…"},
    Option{"bands", "", "percentiles of every row's results, too: facility_energy_kwh_p05 …"},
    Option{"output", "FILE", "all rows to FILE.csv, FILE.jsonl or FILE.npy"},
    Option{"force", "", "overwrite an existing file"},
    Option{"explain-row", "N", "the command that explains row N"},
    Option{"shard", "I/N", "part I of N alone, into a file: for Slurm, GNU parallel, Spark (see --merge)"},
    Option{"merge", "", "join the parts named here: the same bytes as the whole sweep"},
    Option{"threads", "N", "how many threads; the answer is the same for any number"},
};

constexpr std::array schedule_options{
    Option{"window", "TIME", "how long the start may wait; 24 h where not given"},
    Option{"extra", "TIME|PERCENT", "time beyond the work that pausing may take: 24 h, 100 %"},
    Option{"threshold", "INTENSITY", "run at or below this; the median where not given"},
    Option{"start", "TIME", "from this hour: 2022-06-01T08:00Z"},
    Option{"places", "A,B,…|all", "run it in these places too: whole in the best, or split by the hour"},
    Option{"transfer", "ENERGY", "with --places: energy that one move draws; free where not given"},
    Option{"max-moves", "N", "with --places: at most N moves while the job runs"},
    Option{"trace", "FILE", "your own hourly intensities (CSV: time, value; the unit in the header)"},
    Option{"trace-column", "NAME", "the column of your files to read, where several hold intensities"},
    Option{"trace-unit", "UNIT", "its unit, where the header does not say: g/kWh, lb/MWh"},
    Option{"heat-map", "", "mean intensity by hour and month"},
    Option{"output", "FILE",
           "write to this file instead of standard output: .txt, .csv, .json, a chart as .svg, all charts as "
           ".html"},
    Option{"force", "", "overwrite an existing file"},
};

// The inputs of a service, and what is asked of several.
constexpr auto serve_options = [] {
  std::array<Option, ask::serve_inputs.size() + 4> out{};
  for (std::size_t i = 0; i < ask::serve_inputs.size(); ++i) {
    const auto& input = ask::serve_inputs[i];
    out[i] = {input.flag, input.value, input.help};
  }
  out[out.size() - 4] = Option{"explain", "", "how each number follows, down to its source"};
  out[out.size() - 3] = Option{"levers", "", "what measures would do to it, by the model and as published"};
  out[out.size() - 2] = chart_output;
  out.back() = chart_force;
  // the model stands without a flag
  out[0] = Option{"vary", "NAME=V1,V2,…", "a row per value of an input; several combine", true};
  return out;
}();

constexpr std::array lifecycle_options{
    Option{"serve", "FILE|here", "how the model is served: a serve file, or devices and place of the run"},
    Option{"devices", "N", "of one instance; the fewest that hold the model where not given"},
    Option{"batch", "N", "requests in flight at once"},
    Option{"rate", "N", "instead of batch and load: requests per second that reach the instance"},
    Option{"prompt", "N", "tokens of a prompt"},
    Option{"answer", "N", "tokens of an answer"},
    Option{"load", "SHARE", "of the provisioned time in which the devices serve"},
    Option{"engine", "NAME", "what serves the model: standard, tuned, eager"},
    Option{"queries", "N", "so many queries in all"},
    Option{"queries-per-day", "N", "with --life: queries a day"},
    Option{"life", "TIME", "with --queries-per-day: how long the model is served"},
    Option{"functional-unit", "UNIT", "CO2e per tokens, queries, runs, or for N units of your own"},
    chart_output,
    chart_force,
};

constexpr std::array plan_options{
    Option{"max-co2e", "MASS", "at most this much CO2e, location-based: 5 t"},
    Option{"max-days", "N", "at most this many days of wall time"},
    Option{"max-time", "TIME", "the same with a unit"},
    Option{"max-cost", "MONEY", "at most this much money for the devices: 3M$"},
    Option{"max-energy", "ENERGY", "at most this much facility energy"},
    Option{"where", "CONDITIONS", "more limits, as in sweep", true},
    Option{"confidence", "PERCENT", "the limits must hold in this share of the draws of what is uncertain"},
    Option{"minimize", "RESULT", "co2e (where not given), cost, time or energy"},
    Option{"maximize", "WHAT", "instead: tokens, params or model, as many as the limits allow"},
    Option{"axis", "NAME=VALUES", "search these values of an input, as in sweep", true},
    Option{"unavailable", "", "also devices that nobody sells, and places where nobody offers them"},
    Option{"solve", "INPUT", "the value of one input that explains --target: pue, mfu, power …"},
    Option{"target", "RESULT=VALUE", "with --solve: such as 'energy=1287 MWh'"},
    chart_output,
    chart_force,
};

// A report takes the options of what it can report: a comparison, a plan, a life cycle.
constexpr std::array own_report_options{
    Option{"output", "FILE", "write to this file; '-' with --format: standard output"},
    Option{"format", "NAME", "the form, where the file's name does not say it; `kwhatif help reports`"},
    Option{"force", "", "overwrite an existing file"},
    Option{"method-section", "", "md, html, tex: also how every number follows, with formulas"},
    Option{"cyclonedx", "1.6|1.7", "version of the CycloneDX form; 1.6 where not given"},
};
struct ReportOptions {
  std::array<Option, 64> all{};
  std::size_t count = 0;

  constexpr void add(const Option& option) {
    for (std::size_t i = 0; i < count; ++i) {
      if (all[i].name == option.name) return;
    }
    if (option.name != "solve" && option.name != "target") all[count++] = option;
  }
};
constexpr ReportOptions report_options = [] {
  ReportOptions out;
  for (const Option& option : own_report_options) out.add(option);
  for (const run::ReportKey& key : run::report_keys) out.add({key.flag, key.value, key.help});
  for (const Option& option : compare_options) out.add(option);
  for (const Option& option : plan_options) out.add(option);
  for (const Option& option : lifecycle_options) out.add(option);
  return out;
}();

constexpr std::array all_verbs{
    Verb{"estimate", "[RUN.toml | ID | -] [flags]", "energy, CO2e, time and money of one planned run",
         "kwhatif estimate --params 70B --tokens 2T --hardware h100-sxm5 --chips 2048 --region "
         "gcp:us-central1",
         true, 1, estimate_options, estimate},
    Verb{"explain", "[RUN.toml | ID | -] [flags]",
         "the same as a derivation tree, every number down to its source",
         "kwhatif explain --flops 3.14e23 --hardware v100-sxm2-16gb --chips 10000 --tflops 24.6TFLOP/s", true,
         1, answer_options, explain},
    Verb{"model", "ID | config.json [--against ID]",
         "parameters, FLOPs per token and memory of an architecture", "kwhatif model mixtral-8x7b", false, 1,
         model_options, model},
    Verb{"compare", "A B … | RUN --vary NAME=V1,V2,…",
         "runs side by side, ratios split into their causes; places ranked",
         "kwhatif compare patterson-2021/transformer-big-p100-us patterson-2021/evolved-medium-tpu-v2-iowa",
         true, 1000, compare_options, compare},
    Verb{"sweep", "[RUN.toml | ID | -] --axis NAME=VALUES … | --merge PART…",
         "a grid of scenarios: rows, best rows, Pareto front, groups",
         "kwhatif sweep --params 7B --tokens 2T --chips 512 --axis hardware=kind:gpu --axis region=gcp:* "
         "--top 5 --by co2e",
         true, 1'000'000, sweep_options, sweep},
    Verb{"plan", "[RUN.toml | ID | -] --max-… --minimize …",
         "solves backwards: device, place, count or size that meet the limits",
         "kwhatif plan --params 7B --tokens 1T --max-co2e 5t --max-days 30 --minimize cost", true, 1,
         plan_options, plan},
    Verb{"schedule", "[RUN.toml | ID | -] [flags]",
         "when and where to run, when to pause, on hourly grid traces",
         "kwhatif schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid US-CAL-CISO", true, 1,
         schedule_options, schedule},
    Verb{"serve", "MODEL | config.json | SERVICE.toml --hardware ID [flags]",
         "energy, CO2e, water and money of answering: per token and per query, by boundary",
         "kwhatif serve llama-3.1-70b --hardware h100-sxm5 --devices 4 --region gcp:us-central1", false, 1,
         serve_options, serve},
    Verb{"lifecycle", "[RUN.toml | ID | -] [--serve FILE|here] [flags]",
         "training, development, manufacture, water and serving in one table; break-even; SCI scores",
         "kwhatif lifecycle --model llama-3.1-70b --tokens 15T --hardware h100-sxm5 --chips 2048 --region "
         "gcp:us-central1 --development olmo --devices 4 --queries 1B",
         true, 1, lifecycle_options, lifecycle},
    Verb{"report", "RUN … -o FILE [--format NAME] [flags]",
         "a report to hand in: of a run, a comparison (--vary), a plan (--max-…), a life cycle (--serve)",
         "kwhatif report patterson-2021/gpt-3 --output report.html --title \"GPT-3\"", true, 1000,
         std::span{report_options.all}.first(report_options.count), report},
    Verb{"methods", "RUN | STUDY/RUN [flags]", "the same run under each published method, side by side",
         "kwhatif methods patterson-2021/gpt-3", true, 1, methods_options, methods},
    Verb{"levers", "RUN | STUDY/RUN [flags]",
         "reduction measures on this run, forecast or published, one by one and combined",
         "kwhatif levers patterson-2021/gpt-3", true, 1, levers_options, levers},
    Verb{"reproduce", "[STUDY … | RUN.toml …]",
         "published tables, or the [published] results of a run file, recomputed; exit 1 where one does not "
         "hold",
         "kwhatif reproduce patterson-2021", false, 1000, reproduce_options, reproduce},
    Verb{"backtest", "",
         "blind and given predictions against all published runs: errors and coverage of the bands",
         "kwhatif backtest --output backtest.svg", false, 0, backtest_options, backtest},
    Verb{"sensitivity", "[RUN.toml | ID | -] [flags]", "what moves the result: elasticities and a tornado",
         "kwhatif sensitivity --params 70B --tokens 2T --hardware h100-sxm5 --chips 2048 --grid SWE", true, 1,
         sensitivity_options, sensitivity},
    Verb{"equiv", "AMOUNT", "what an amount of energy or CO2e corresponds to", "kwhatif equiv \"85 t\"",
         false, 1, equiv_options, equiv},
    Verb{"list", "KIND", "the data tables: hardware, hosts, regions, grids, models, studies, sources …",
         "kwhatif list hardware --where 'kind=gpu and year>=2020' --sort -peak_bf16", false, 1, list_options,
         list},
    Verb{"show", "KIND ID", "one row with the source of every value", "kwhatif show hardware h100-sxm5",
         false, 2, answer_options, show},
    Verb{"check", "FILE …", "validates run files and data tables; exit 1 where it finds problems",
         "kwhatif check run.toml", false, 1000, answer_options, check},
    Verb{"import", "FILE … [flags]",
         "a measurement (training log, tracker, power record) as a run file; flags add what it lacks",
         "kwhatif import train.log power.csv --output run.toml", true, 1000, import_options, import_files},
    Verb{"init", "[PRESET]",
         "a commented file to start from: a task (vision, finetune, pilot, stages, hardware, region, serve), "
         "a "
         "model or a "
         "published run",
         "kwhatif init pilot --output pilot.toml", false, 1, init_options, init},
    Verb{"completion",
         "bash|zsh|fish",
         "shell completion with the names in the tables",
         "kwhatif completion bash > ~/.bash_completion.d/kwhatif",
         false,
         1,
         {},
         completion},
};

}  // namespace

std::span<const Verb> verbs() { return all_verbs; }
std::span<const Option> common_options() {
  static const auto all = [] {
    std::vector<Option> out;
    for (const auto& form : report::form_table()) {
      if (!form.flag.empty()) out.push_back({form.flag, "", form.help});
    }
    out.insert(out.end(), common.begin(), common.end());
    return out;
  }();
  return all;
}

const Verb* find_verb(std::string_view name) {
  for (const Verb& verb : all_verbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

}  // namespace kwhatif::cli
