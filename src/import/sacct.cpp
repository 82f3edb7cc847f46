// Slurm's accounting: a job once, not its steps again.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::imports {

namespace {

struct JobLine {
  std::vector<std::string> cells;
  int line = 0;
};

struct JobTable {
  std::vector<std::string> heads;  ///< lower case
  std::vector<JobLine> lines;

  std::string_view cell(const JobLine& line, std::string_view head) const {
    const auto at = std::ranges::find(heads, head);
    const auto index = static_cast<std::size_t>(at - heads.begin());
    return index < line.cells.size() ? std::string_view{line.cells[index]} : std::string_view{};
  }
};

struct Column {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Column> columns_of(std::string_view line) {
  std::vector<Column> out;
  for (std::size_t at = line.find_first_not_of(' '); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    out.push_back({at, end});
    at = line.find_first_not_of(' ', end);
  }
  return out;
}

bool is_rule(std::string_view line) {
  return contains(line, "---") && line.find_first_not_of("- \t|+") == std::string_view::npos;
}

// Words of a line of fixed width, each below the head that it is nearest to.
std::vector<std::string> cells_below(std::string_view line, const std::vector<Column>& heads, bool ruled) {
  std::vector<std::string> out(heads.size());
  if (ruled) {
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (heads[i].begin < line.size())
        out[i] = diag::trimmed(line.substr(heads[i].begin, heads[i].end - heads[i].begin));
    }
    return out;
  }
  const auto words = columns_of(line);
  for (std::size_t w = 0; w < words.size(); ++w) {
    std::size_t best = w < heads.size() ? w : heads.size() - 1;
    if (words.size() != heads.size()) {
      const auto away = [&](const Column& head) {
        const auto distance = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
        return std::min(distance(head.begin, words[w].begin), distance(head.end, words[w].end));
      };
      for (std::size_t h = 0; h < heads.size(); ++h) {
        if (away(heads[h]) < away(heads[best])) best = h;
      }
    }
    out[best] = line.substr(words[w].begin, words[w].end - words[w].begin);
  }
  return out;
}

JobTable read_jobs(std::string_view text) {
  JobTable out;
  bool piped = false;
  bool ruled = false;
  std::vector<Column> columns;
  for_each_piece(text, [&](const Piece& piece) {
    if (diag::trimmed(piece.text).empty()) return;
    if (out.heads.empty()) {
      if (!contains(lowered(piece.text), "jobid")) return;
      piped = contains(piece.text, "|");
      if (piped) {
        for (const auto part : diag::parts(piece.text, '|'))
          out.heads.push_back(lowered(diag::trimmed(part)));
      } else {
        columns = columns_of(piece.text);
        for (const Column& c : columns)
          out.heads.push_back(lowered(piece.text.substr(c.begin, c.end - c.begin)));
      }
      return;
    }
    if (is_rule(piece.text)) {
      if (!piped) {
        const auto rules = columns_of(piece.text);
        ruled = rules.size() == columns.size();
        if (ruled) columns = rules;
      }
      return;
    }
    JobLine line{.cells = {}, .line = piece.line};
    if (piped) {
      for (const auto part : diag::parts(piece.text, '|')) line.cells.emplace_back(diag::trimmed(part));
    } else {
      line.cells = cells_below(piece.text, columns, ruled);
    }
    out.lines.push_back(std::move(line));
  });
  return out;
}

struct Job {
  std::string id;
  const JobLine* line = nullptr;
  std::optional<double> seconds, joules, gpus, nodes;
  std::string kind;  ///< of its devices
  int energy_line = 0;
  bool energy_of_step = false;
  std::size_t steps = 0;
  std::size_t number = 0;
};

std::optional<double> joules_of(const JobTable& table, const JobLine& line) {
  constexpr double absurd = 1e15;  // Slurm prints 2^64 - 2 where it knows nothing
  for (const std::string_view head : {"consumedenergyraw", "consumedenergy"}) {
    const auto n = suffixed_number(table.cell(line, head));
    if (n && *n > 0 && *n < absurd) return n;
  }
  return std::nullopt;
}

void take_tres(Job& job, std::string_view tres) {
  for (const auto part : diag::parts(tres, ',')) {
    const auto equal = part.find('=');
    if (equal == std::string_view::npos) continue;
    const auto name = diag::trimmed(part.substr(0, equal));
    const auto n = number(part.substr(equal + 1));
    if (name == "gres/gpu" && n) job.gpus = n;
    if (name.starts_with("gres/gpu:")) {
      job.kind = name.substr(std::string_view{"gres/gpu:"}.size());
      if (n && !job.gpus) job.gpus = n;
    }
    if (name == "node" && n) job.nodes = n;
  }
}

std::vector<Job> jobs_of(const JobTable& table) {
  std::vector<Job> out;
  for (const JobLine& line : table.lines) {
    const std::string_view id =
        table.cell(line, "jobid").empty() ? table.cell(line, "jobidraw") : table.cell(line, "jobid");
    if (id.empty()) continue;
    const auto point = id.find('.');
    if (point != std::string_view::npos) {
      const auto job = std::ranges::find(out, id.substr(0, point), &Job::id);
      if (job == out.end()) continue;
      ++job->steps;
      // where the line of the job has none, the step with the most covers the job
      const auto joules = joules_of(table, line);
      if (joules && (!job->joules || (job->energy_of_step && *joules > *job->joules))) {
        job->joules = joules;
        job->energy_line = line.line;
        job->energy_of_step = true;
      }
      continue;
    }
    Job job{.id = std::string{id},
            .line = &line,
            .seconds = {},
            .joules = joules_of(table, line),
            .gpus = {},
            .nodes = {},
            .kind = {}};
    job.number = out.size() + 1;
    job.energy_line = line.line;
    job.seconds = number(table.cell(line, "elapsedraw"));
    if (!job.seconds) job.seconds = clock_time(table.cell(line, "elapsed"));
    take_tres(job, table.cell(line, "alloctres"));
    if (!job.gpus) take_tres(job, table.cell(line, "reqtres"));
    for (const std::string_view head : {"nnodes", "allocnodes"}) {
      if (const auto n = number(table.cell(line, head)); n && !job.nodes) job.nodes = n;
    }
    out.push_back(std::move(job));
  }
  return out;
}

Job sum_of(const std::vector<Job>& jobs) {
  Job out = jobs.front();
  for (std::size_t i = 1; i < jobs.size(); ++i) {
    const auto add = [](std::optional<double>& into, const std::optional<double>& more) {
      into = into && more ? std::optional{*into + *more} : std::nullopt;
    };
    add(out.seconds, jobs[i].seconds);
    add(out.joules, jobs[i].joules);
    out.steps += jobs[i].steps;
    if (out.gpus != jobs[i].gpus) out.gpus.reset();
  }
  return out;
}

}  // namespace

std::optional<Measurement> read_sacct(const Input& input) {
  bool is_form = false;
  int looked_at = 0;
  for_each_piece(input.text.substr(0, std::min<std::size_t>(input.text.size(), 1U << 16U)),
                 [&](const Piece& piece) {
                   constexpr int far = 20;
                   if (is_form || ++looked_at > far) return;
                   const std::string line = lowered(piece.text);
                   is_form = contains(line, "jobid") &&
                             (contains(line, "elapsed") || contains(line, "consumedenergy")) &&
                             !contains(line, "sacct ");
                 });
  if (!is_form) return std::nullopt;
  const JobTable table = read_jobs(input.text);
  auto jobs = jobs_of(table);
  if (jobs.empty())
    no_values("a table of sacct without a job",
              "ask for it with --parsable2 "
              "--format=JobID,JobName,Elapsed,ConsumedEnergyRaw,AllocTRES,NNodes,State");
  const std::size_t all = jobs.size();
  const Choice& choice = input.choice;
  if (choice.row) std::erase_if(jobs, [&](const Job& job) { return job.number != *choice.row; });
  if (!choice.run_id.empty()) std::erase_if(jobs, [&](const Job& job) { return job.id != choice.run_id; });
  if (!choice.project.empty())
    std::erase_if(jobs, [&](const Job& job) { return table.cell(*job.line, "jobname") != choice.project; });
  if (jobs.empty())
    diag::refuse("unknown-run", "no job of the file is meant", {},
                 "--run-id takes a JobID, --project a JobName, --row counts jobs from 1");
  if (jobs.size() > 1 && !choice.sum) {
    std::string list;
    constexpr std::size_t shown = 8;
    for (std::size_t i = 0; i < jobs.size() && i < shown; ++i)
      list += (i == 0 ? "" : "; ") + jobs[i].id +
              (jobs[i].seconds ? " (" + seconds_in_words(*jobs[i].seconds) + ")" : "");
    diag::refuse(
        "several-runs",
        "the file holds " + counted(jobs.size(), "job") + ": " + list + (jobs.size() > shown ? "; …" : ""),
        {}, "choose one with --run-id JOBID, or add them up with --sum");
  }
  const Job job = jobs.size() > 1 ? sum_of(jobs) : jobs.front();
  Measurement out;
  out.form = "slurm-sacct";
  out.name = "Slurm accounting (sacct)";
  out.tool = "Slurm";
  const std::string sum = jobs.size() > 1 ? "sum of " + counted(jobs.size(), "job") : std::string{};
  out.read = counted(all, "job") + ", " + counted(table.lines.size(), "line");
  const int line = job.line->line;
  if (job.seconds && *job.seconds > 0)
    found(out, Measure::wall_time, *job.seconds, sum.empty() ? "Elapsed" : sum, line);
  if (job.joules) {
    constexpr double joules_per_kwh = 3.6e6;
    Finding& energy = found(out, Measure::energy, *job.joules / joules_per_kwh,
                            sum.empty() ? "ConsumedEnergy" : sum, job.energy_line);
    energy.boundary = Boundary::node;
    energy.note =
        "what it counts depends on Slurm's plugin: the node by IPMI or Cray counters, processors and memory "
        "alone by RAPL";
    if (job.energy_of_step) energy.note += "; the job's own line has none, this is the step with the most";
  } else {
    warn(out, "no-energy", "Slurm has no energy of this job",
         "its plugin acct_gather_energy is off, or ConsumedEnergyRaw was not asked for");
  }
  if (job.steps > 0)
    leave(out, counted(job.steps, "line") + " of steps (.batch, .extern, .0 …)",
          "they repeat the job's energy and time");
  if (job.gpus && *job.gpus >= 1) found(out, Measure::count, *job.gpus, "AllocTRES gres/gpu", line);
  if (job.nodes && *job.nodes >= 1) found(out, Measure::nodes, *job.nodes, "NNodes", line);
  if (!job.kind.empty()) found(out, Measure::device, job.kind, "AllocTRES gres/gpu:…", line);
  const auto state = table.cell(*job.line, "state");
  if (state.starts_with("RUNNING") || state.starts_with("PENDING"))
    warn(out, "not-finished",
         "the job's state is " + std::string{state} + ": time and energy are those so far");
  const auto from = find_stamp(table.cell(*job.line, "start"));
  const auto to = find_stamp(table.cell(*job.line, "end"));
  if (from && to && *to > *from) out.clock = Clock{*from, *to, false};
  return out;
}

}  // namespace kwhatif::imports
