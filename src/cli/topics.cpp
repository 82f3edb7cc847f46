// Help on what is no verb: concepts of the field, files, and every flag. Whatever a table knows is taken from
// it.
#include "help.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/dossier/form.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/report/schema.hpp>
#include <kwhatif/run/report_keys.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/run/synonym.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::cli {

namespace {

using report::Page;
using report::Table;

std::string spaced(std::string_view list) {
  std::string out;
  for (const char c : list) out += c == '|' ? ' ' : c;
  return out;
}

std::string input_row(const run::InputInfo& input) {
  std::string out = "--" + std::string{input.flag} + ", in a run file " + std::string{input.key} + ": " +
                    std::string{input.help};
  out += input.choices.empty() ? ", such as " + std::string{input.example} : ": " + spaced(input.choices);
  return out;
}

Page units_page() {
  Table table{{{""}, {""}}, {}};
  namespace dim = quantity::dim;
  for (const auto& d : {dim::time, dim::device_time, dim::power, dim::energy, dim::co2e,
                        dim::carbon_intensity, dim::flop, dim::flop_rate, dim::money, dim::price_rate,
                        dim::energy_price, dim::data, dim::one, dim::token, dim::parameter, dim::device})
    table.rows.push_back({quantity::describe(d), quantity::accepted_units(d)});
  Page page;
  page.paragraph(
      "A quantity is a number and its unit, with or without a blank: 330W, 0.429 kg/kWh, \"14.8 days\". A "
      "bare "
      "number where a unit is needed is an error. Prefixes: m k M G T P E. Shares are 0.15 or 15 %.");
  page.gap().table(std::move(table), 2).gap();
  page.paragraph("Counts take a suffix: 10k, 175B, 2T, 3.14e23. t is a metric tonne, year 365 days.");
  return page.paragraph(
      "Times also have several parts: 10:01:48 (hours:minutes:seconds), 1-02:03:04 (days before the dash), "
      "1-02 "
      "(days-hours), \"3 days, 4:05:06\", 2h30m, \"1d 4h\", PT2H30M.");
}

Page stages_page() {
  Table regimes{{{""}, {""}}, {}};
  for (const auto& r : run::regime_table()) regimes.rows.push_back({std::string{r.id}, std::string{r.what}});
  Table keys{{{""}, {""}, {""}}, {}};
  for (const auto& k : run::stage_key_table())
    keys.rows.push_back({std::string{k.name}, spaced(k.regimes),
                         std::string{k.help} + (k.choices.empty() ? ", such as " + std::string{k.example}
                                                                  : ": " + spaced(k.choices))});
  Page page;
  page.paragraph(
      "A run file may have [[stage]] tables: kinds of work one after the other. A stage is the run around it "
      "with some inputs exchanged (by flag name, with _ for -: seq_len = 8192); its tokens, compute or time "
      "are "
      "its own. Verbs take such a file and work with the sum; a flag wins over what a stage says. Only the "
      "search of `kwhatif plan` is for one run, without stages; `plan --solve` takes them.");
  page.gap().lines("  [[stage]]\n  name = \"post-training\"\n  regime = \"dpo\"\n  tokens = \"1B\"");
  page.gap().heading("Regimes:").table(std::move(regimes), 2);
  return page.gap().heading("Keys that only some regimes have:").table(std::move(keys), 2);
}

Page schemas_page() {
  Table table{{{""}, {""}}, {}};
  for (const auto& title : report::schema_titles())
    table.rows.push_back({std::string{title.name}, std::string{title.of}});
  Page page;
  page.paragraph(
      "Every document that --json prints names its schema, \"kwhatif/estimate/1\", and is what that schema "
      "says: each key with its meaning and unit, in JSON Schema (draft 7). `kwhatif show schema estimate` "
      "prints "
      "one; they are installed in share/kwhatif/schema. Keys are added, never renamed or removed.");
  return page.gap().table(std::move(table), 2);
}

Page run_file_page() {
  Table table{{{""}, {""}, {""}}, {}};
  for (const auto& input : run::input_table())
    table.rows.push_back({std::string{input.key} + " = \"" + std::string{input.example} + '"',
                          "--" + std::string{input.flag}, std::string{input.help}});
  Page page;
  page.paragraph(
      "A run file is TOML: title, [model], [training], [hardware], [site], [published] (results as printed "
      "somewhere, for `kwhatif reproduce FILE`), [report] (`kwhatif help reports`) and [[stage]] (`kwhatif "
      "help "
      "stages`). Quantities are texts with a unit, counts and ratios may be bare. Every key is also a flag, "
      "and "
      "a flag wins over the file in all that it displaces. `kwhatif init` writes one to start from, `kwhatif "
      "check` reads it.");
  return page.gap().table(std::move(table), 2);
}

Page reports_page() {
  Table table{{{""}, {""}, {""}}, {}};
  for (const auto& form : dossier::report_forms())
    table.rows.push_back({std::string{form.name}, std::string{form.extension}, std::string{form.help}});
  Table keys{{{""}, {""}}, {}};
  for (const run::ReportKey& key : run::report_keys)
    keys.rows.push_back({std::string{key.name}, std::string{key.help}});
  Page page;
  page.paragraph(
      "`kwhatif report` writes a run, a comparison, a plan or a life cycle in one of these forms. The file's "
      "name says which where only one has its extension, or by the word before it: a.tex, a.eu.md, "
      "a.boamps.json, a.cdx.json; else --format does.");
  page.gap().table(std::move(table), 2);
  page.gap().paragraph(
      "What only the author knows is said by flags or under [report] in the run file; what is not said is a "
      "blank that is seen:");
  return page.gap().table(std::move(keys), 2);
}

Page examples_page() {
  struct Example {
    const char* who;
    const char* asks;
  };
  constexpr std::array examples{
      Example{"A PhD student, adapters on one card:",
              "kwhatif estimate --model meta-llama/Meta-Llama-3-8B --finetune lora --samples 40k --epochs 3 "
              "--seq-len 1024 --hardware rtx-4090 --chips 1 --grid DEU --pue 1"},
      Example{"A start-up, on what and where:",
              "kwhatif plan --params 7B --tokens 1T --max-days 30 --minimize cost"},
      Example{"A vision lab:",
              "kwhatif estimate --model vit-large-patch16-224 --samples 1.28M --epochs 300 --hardware "
              "a100-sxm4-80gb --chips 64 --grid FRA"},
      Example{"A speech group:",
              "kwhatif estimate --model whisper-large-v3 --samples 81.6M --hardware h100-sxm5 --chips 64 "
              "--grid USA"},
      Example{"A computing centre, on CPUs:",
              "kwhatif estimate --params 1B --tokens 20B --hardware epyc-9654 --chips 128 --grid FIN --pue "
              "1.03"},
      Example{"Pre-training, adapters, reinforcement learning, one after the other:",
              "kwhatif init stages > run.toml; kwhatif estimate run.toml"},
      Example{"With the log of an hour on eight cards:",
              "kwhatif import train.log --chips 8 --output pilot.toml; kwhatif estimate --pilot pilot.toml "
              "--params 7B --tokens 2T --hardware h100-sxm5 --chips 1024 --grid SWE"},
      Example{"A sustainability officer, with a tracker's file:",
              "kwhatif import emissions.csv --row 1 | kwhatif estimate -"},
      Example{"And with a meter:", "kwhatif estimate --energy 433MWh --grid FRA --pue 1.2"},
      Example{
          "A policy analyst, for a script:",
          "kwhatif estimate --model llama-3-8b --tokens 100B --base-model llama-3-8b --hardware h100-sxm5 "
          "--chips 512 --json"},
      Example{"All combinations as a table:",
              "kwhatif sweep --params 7B --tokens 1T --chips 512 --axis hardware=kind:gpu --axis "
              "grid=FRA,SWE,POL --csv"},
  };
  Page page;
  for (const Example& example : examples) page.paragraph(example.who).command("  ", example.asks, 4);
  return page;
}

Page pilots_page() {
  Page page;
  page.paragraph(
      "An hour of pilot is worth more than any prediction. `kwhatif import` reads the logs and records that "
      "people have (trackers, nvidia-smi, trainers, job schedulers, MLPerf), recognised by what stands in "
      "them, and writes a run file with every value's file, line and statistic. `--pilot` takes such a file, "
      "or the log itself, and moves and narrows the forecast of the whole run; the answer says how far the "
      "pilot was from the forecast, and what is left of the band. `kwhatif init pilot` writes one to fill in "
      "by hand.");
  page.gap().command("  ", "kwhatif import train.log power.csv --chips 8 --output pilot.toml", 4);
  return page.command("  ",
                      "kwhatif estimate --pilot pilot.toml --params 7B --tokens 2T --hardware h100-sxm5 "
                      "--chips 1024 --grid SWE",
                      4);
}

Page shards_page() {
  Page page;
  page.paragraph(
      "Past one machine, `--shard I/N` goes through part I of N of a sweep and writes it to a file; "
      "`--merge` "
      "joins the files, in any order, to the bytes of the whole sweep, and refuses parts that are missing, "
      "twice, cut short or of another question. Best rows, fronts, groups, means, quantiles and histograms "
      "are parted like all rows; the form of a reduction (--json, --csv) may also be said where it is "
      "joined. Each part looks up the values of the axes for itself, and reads the same run file and --data. "
      "A Slurm array starts them so, where the arguments of the sweep stand for the dots:");
  page.gap().lines(
      "  #!/bin/bash\n"
      "  #SBATCH --array=1-64\n"
      "  #SBATCH --cpus-per-task=8\n"
      "  kwhatif sweep ... --threads \"$SLURM_CPUS_PER_TASK\" --force \\\n"
      "    --shard \"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT\" \\\n"
      "    --output \"part-$SLURM_ARRAY_TASK_ID.part\"");
  page.gap().paragraph("On one machine, and when all have ended:");
  page.gap().lines(
      "  parallel kwhatif sweep ... --shard {}/64 --output part-{}.part ::: $(seq 64)\n"
      "  kwhatif sweep --merge part-*.part --output means.csv");
  return page.gap().paragraph(
      "All rows have --csv, --json or a file such as rows-3.npy.part. Exact quantiles and histograms of "
      "parts "
      "keep every value, 8 bytes each and up to 16.8 million in one part: take as many parts as that needs, "
      "or ask for them whole, where nothing is kept.");
}

Page formats_page() {
  Table table{{{""}, {""}}, {}};
  for (const auto& form : report::form_table()) {
    if (!form.flag.empty()) table.rows.push_back({"--" + std::string{form.flag}, std::string{form.help}});
  }
  Page page;
  page.paragraph(
      "Without a flag an answer is text for people. Machine-readable forms name the unit in every key; null "
      "(an empty cell) means not computed, never zero. --plain is one key, a tab and a value per line; rows "
      "are numbered in their keys (2.co2e_kg). A verb without one of these forms says why.");
  page.gap().table(std::move(table), 2).gap();
  page.paragraph(
      "`scenario` in JSON is the run as resolved, in numbers; `kwhatif help schemas` says what each key "
      "means. All rows of a sweep as --json are JSON Lines. --output writes to a file instead, whole or not "
      "at all, and keeps an existing one unless --force is given; a file's extension is its format.");
  return page;
}

Page exit_codes_page() { return Page{}.table(exit_codes(), 2); }

Page terminal_page() {
  Page page;
  page.paragraph(
      "Text is as wide as the terminal or COLUMNS say (80 to 200 columns, 110 where neither does), wrapped "
      "and never cut; --quiet prints the results alone. Colour is for terminals. What is longer than the "
      "terminal is shown by the program that PAGER names, where it names one; otherwise it is just printed. "
      "`kwhatif completion` prints what bash, zsh and fish need to complete verbs, flags and the names in "
      "the "
      "tables.");
  return page.gap().table(environment(), 2);
}

struct Topic {
  std::string_view name;
  std::string_view words;  ///< that mean it, too; parted by '|'
  std::string_view what;   ///< one line, for the list
  std::string_view text;   ///< one paragraph; empty where `made` makes a page
  Page (*made)() = nullptr;
  std::string_view flags = {};  ///< inputs that belong to it, parted by '|'
};

constexpr std::array topics{
    Topic{"examples", "example|tasks|task|tutorial|questions", "questions that people ask, a command each",
          "", examples_page},
    Topic{"units", "unit|quantities|counts|suffixes", "how quantities, counts and times are written", "",
          units_page},
    Topic{"runfile", "run-file|run-files|runfiles|file|toml|run", "the keys of a run file", "",
          run_file_page},
    Topic{"stages", "stage|regime|regimes", "trainings made of several kinds of work", "", stages_page},
    Topic{
        "mfu", "hfu|utilisation|utilization", "the share of the peak that training reaches",
        R"(MFU, model FLOPs utilisation: the FLOPs that the model needs, over the peak of the device in the time it took
(Chowdhery 2022). Recomputed activations do not count; HFU counts them, so HFU >= MFU. It is not the
utilisation of nvidia-smi, which is the share of time in which any kernel runs. Without it, it is predicted
with its band from published runs (`kwhatif list observations`).
)",
        nullptr, "mfu|tflops|precision|recompute"},
    Topic{
        "power", "tdp|watts", "what a device draws with its share of the host",
        R"(Power is the average of a device with its share of the host (CPU, memory, network, fans), not the TDP and
not what nvidia-smi shows of the board alone. Without it, it is predicted from TDP and utilisation; measured
values in tables of your own (average_power, average_node_power; --data) win over the prediction.
)",
        nullptr, "power|total-power"},
    Topic{
        "pue", "", "facility energy over the energy of the computers",
        R"(PUE, power usage effectiveness: all energy of the data centre over that of its computers, at least 1. A
region brings its own (`kwhatif show region-years gcp:us-central1`); without one a survey's average is taken
and said (`kwhatif show defaults pue`).
)",
        nullptr, "pue"},
    Topic{
        "ci", "carbon-intensity|intensity|co2e|location|market", "CO2e per kWh of electricity",
        R"(Carbon intensity: the CO2e of a kWh from the grid. Location-based is the grid's average where the computers
stand, market-based that of the contracts held. Life-cycle values count building and fuel supply, direct ones
the chimney alone. Without a place there is no CO2e: never a world average in silence.
)",
        nullptr, "ci|ci-market|grid|region|year|basis|source"},
    Topic{
        "regions", "places|grids|country|place|sites", "how places are named",
        R"(--grid is a country (FRA, SWE; also FR, France), a state or a zone of electricity (US-TEX-ERCO); --region is a
cloud region, provider:region (gcp:europe-north1), which also has a PUE and perhaps a value of its own.
`kwhatif list grids`, `kwhatif list regions`, `kwhatif show grids FRA` print what there is, with its sources.
)",
        nullptr, "region|grid|year|source"},
    Topic{
        "manufacture", "embodied|scope-3|lca|iso-21031",
        "CO2e of making the devices, and whose share of it is whose",
        R"(A run answers for the part of its devices' service that it reserves: M = TE x time / (lifetime x use), ISO/IEC
21031 (SCI). TE is one device with its share of the node; figures differ by what they count, and `kwhatif show
hardware ID` has the published ones side by side. A host that is named brings its own; building, network and
storage come on top where they are given. Of cards outside data centres the board alone is counted.
)",
        nullptr, "embodied|embodied-extra|building|lifetime|lifetime-use"},
    Topic{
        "water", "wue|ewif", "water consumed on site and by the electricity",
        R"(Two lines and a sum, of water consumed (evaporated), never withdrawn: on site, WUE x energy of the computers; of
the electricity, its water intensity x energy of the facility, so that the PUE counts once. Where no table has
a factor, the result stays unknown and the factor is named.
)",
        nullptr, "wue|water-intensity"},
    Topic{
        "development", "experiments|r-and-d", "experiments and failed runs around a final run",
        R"(A multiple of the final run, beside it and never in it: a number of your own, or whose experience: olmo (0.5),
epoch (1.2, frontier models), olmo-3 (4.6). Nothing is taken unasked. `kwhatif lifecycle` adds it up with
training and serving.
)",
        nullptr, "development|overhead|runs"},
    Topic{
        "precision", "dtype|bf16|fp8|peak", "which peak of a device applies",
        R"(The peak FLOP rate depends on the precision; peaks here are dense (without sparsity), and utilisation is
relative to the peak of the precision that is named.
)",
        nullptr, "precision"},
    Topic{
        "tokens", "compute|6nd", "how the compute is counted",
        R"(Training compute of a dense decoder is about 6 x parameters x tokens: 2 forward and 4 backward per parameter
and token (Kaplan 2020). With an architecture (--model, --config) it is counted matrix by matrix, attention
included. Of a mixture of experts the active parameters count. --tokens are those of the data set, times
--epochs passes.
)",
        nullptr, "tokens|epochs|params|active|seq-len|flops"},
    Topic{
        "tables", "own-data|overlay|own-tables|editions", "tables of your own, and old editions",
        R"(`--data DIR` lays the TOML tables of a folder over the built-in ones: a row with the id of a built-in one gives
its keys new values and keeps the others (replace = true drops them), any other is added. Values of yours are
shown as yours. `kwhatif check DIR` says what is wrong in them; a row that means what check doubts says why in
unusual = "…". `--data-only DIR` answers from DIR alone: the data/ of an older checkout replays its edition,
which `--version` and data_version of every JSON document name. data/README.md describes the form of tables.
)"},
    Topic{
        "intervals", "interval|bands|band|uncertainty|prediction-interval|quantiles",
        "how sure a number is, and what would make it surer",
        R"(A prediction interval says where such runs end: half of them in the 50 % band (p25 to p75), nine of ten in the
90 % band (p05 to p95). It comes from what is predicted or taken from a table; what you give is taken as it is,
and a run whose inputs are all given has bands only of what tables leave open. The answer names the inputs that
the uncertainty comes from, and what to measure or to say first; `kwhatif sensitivity` goes through all of them.
`kwhatif backtest` holds the bands against published runs that the forecast has not seen.
)"},
    Topic{"pilots", "pilot-run|pilot-runs|logs|log|trackers|measurements",
          "a measured hour that corrects a forecast", "", pilots_page, "pilot|tokens-per-second"},
    Topic{
        "traces", "hourly|marginal", "hourly files of your own for schedule",
        R"(`kwhatif schedule --trace FILE` takes hourly intensities of your own. Files are read by what their heads say: the
column by its unit of mass per energy (gCO2/kWh, lb/MWh; an energy, generation or price column never), steps of 5
to 30 minutes averaged to hours, a marginal signal named as one. The answer says which column it read, in which
unit and of which boundary; --trace-column and --trace-unit choose. What could mean two things is refused with the
way on.
)"},
    Topic{"shards", "parts|slurm|spark|parallel|cluster", "sweeps in parts, on many machines", "",
          shards_page},
    Topic{"formats", "machine-readable|unit-keys|null|files", "forms of output", "", formats_page},
    Topic{"exit-codes", "exit|exit-code|exit-status|codes|status", "what the exit code says", "",
          exit_codes_page},
    Topic{"terminal", "colour|color|pager|width|environment|no_color|columns-of-text",
          "width, colour, pager, completion and the environment", "", terminal_page},
    Topic{"reports", "forms|form|report-forms", "the forms of a report, and what its author can say", "",
          reports_page},
    Topic{"schemas", "schema|json-schema|machine", "what the keys of JSON mean", "", schemas_page},
    Topic{
        "axes", "patterns|ranges", "how values are varied in sweep, compare and plan",
        R"(NAME=V1,V2,… or NAME=FROM:TO:linN or NAME=FROM:TO:logN, NAME a flag without its dashes, units on the values:
ci=10g/kWh:900g/kWh:lin100, params=1e9:1e12:log50, hardware=kind:gpu, region=gcp:*, hardware=all.
)"},
};

Page page_of(const Topic& topic) {
  Page page;
  page.heading(std::string{topic.name} + ": " + std::string{topic.what}).gap();
  page.append(topic.made != nullptr ? topic.made() : Page{}.paragraph(std::string{topic.text})).gap();
  for (const auto& input : run::input_table()) {
    if (diag::is_part(topic.flags, input.flag)) page.hanging("  ", input_row(input), 4);
  }
  return page;
}

// Options of verbs with this name, one paragraph per meaning.
void add_options(Page& page, std::string_view name) {
  const auto add = [&](const std::string& of, std::span<const Option> options) {
    for (const Option& o : options) {
      if (o.name == name)
        page.paragraph(of + ": --" + std::string{o.name} +
                       (o.value.empty() ? "" : ' ' + std::string{o.value}) + ": " + std::string{o.help});
    }
  };
  add("every verb", common_options());
  for (const Verb& verb : verbs()) add("kwhatif " + std::string{verb.name}, verb.options);
}

}  // namespace

std::vector<std::string> topic_names() {
  std::vector<std::string> out;
  for (const Verb& verb : verbs()) out.emplace_back(verb.name);
  for (const Topic& topic : topics) out.emplace_back(topic.name);
  const auto add = [&](std::string_view name) {
    if (std::ranges::find(out, name) == out.end()) out.emplace_back(name);
  };
  for (const auto& input : run::input_table()) add(input.flag);
  for (const Option& o : common_options()) add(o.name);
  for (const Verb& verb : verbs()) {
    for (const Option& o : verb.options) add(o.name);
  }
  return out;
}

std::vector<std::string_view> concepts() {
  std::vector<std::string_view> out;
  for (const Topic& topic : topics) out.push_back(topic.name);
  return out;
}

Page topics_page() {
  Table table{{{""}, {""}}, {}};
  for (const Topic& topic : topics) table.rows.push_back({std::string{topic.name}, std::string{topic.what}});
  Page page;
  page.heading("Topics, `kwhatif help TOPIC`; every flag is one, too:");
  return page.gap().table(std::move(table), 2);
}

Page help_page(const std::string& asked) {
  std::string_view word = asked;
  while (word.starts_with('-')) word.remove_prefix(1);
  if (const Verb* verb = find_verb(word)) return help_page(*verb);
  for (const Topic& topic : topics) {
    if (topic.name == word) return page_of(topic);
  }
  Page page;
  auto input = run::input_by_flag(word);
  if (!input) input = run::input_by_key(word);
  if (input) page.paragraph(input_row(run::info(*input)));
  const bool flag = input || word.size() < asked.size();
  for (const Topic& topic : topics) {  // "bands" are a subject before they are a flag of one verb
    if (!flag && diag::is_part(topic.words, word)) return page_of(topic);
  }
  add_options(page, word);
  if (!page.empty()) return page;
  std::vector<std::string> names = topic_names();
  const std::vector<std::string_view> known(names.begin(), names.end());
  std::string near = run::meant_by(word, run::Naming::flag);
  if (near.empty()) near = diag::did_you_mean(word, known);
  diag::refuse("unknown-topic", "no help on '" + asked.substr(0, 60) + "'", {},
               near +
                   (near.empty()          ? ""
                    : near.ends_with('?') ? " "
                                          : "; ") +
                   "`kwhatif help` lists verbs and topics");
}

}  // namespace kwhatif::cli
