#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/predict/timings.hpp>

#include <charconv>
#include <map>
#include <string_view>

namespace kwhatif::predict {

using catalog::Kind;

namespace {

/// Cells of one line of RFC 4180 without line breaks in fields.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out{""};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        out.back() += line[++i];
      else
        quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

class Line {
 public:
  Line(const std::map<std::string, std::size_t, std::less<>>& head, std::vector<std::string> cells)
      : head_(head), cells_(std::move(cells)) {}

  const std::string& text(std::string_view key) const {
    const auto found = head_.find(key);
    if (found == head_.end() || found->second >= cells_.size())
      throw diag::InternalError("timings: no column '" + std::string{key} + "'");
    return cells_[found->second];
  }
  std::optional<double> number(std::string_view key) const {
    const std::string& t = text(key);
    if (t.empty()) return std::nullopt;
    double out = 0;
    const auto [end, fault] = std::from_chars(t.data(), t.data() + t.size(), out);
    if (fault != std::errc{} || end != t.data() + t.size())
      throw diag::InternalError("timings: '" + t + "' of '" + text("id") + "' is no number");
    return out;
  }
  double needed(std::string_view key) const {
    const auto out = number(key);
    if (!out) throw diag::InternalError("timings: '" + text("id") + "' has no " + std::string{key});
    return *out;
  }
  std::optional<bool> yes(std::string_view key) const {
    const std::string& t = text(key);
    if (t.empty()) return std::nullopt;
    return t == "yes";
  }

 private:
  const std::map<std::string, std::size_t, std::less<>>& head_;
  std::vector<std::string> cells_;
};

Network<double> network_of(const Line& line) {
  Network<double> out;
  out.layers = line.needed("layers");
  out.width = line.needed("width");
  out.feed_forward = line.needed("feed_forward");
  out.keys = line.needed("keys");
  out.queries = line.needed("queries");
  out.vocabulary = line.needed("vocabulary");
  out.gates = line.needed("gates");
  out.heads = line.number("heads");
  out.attention = line.number("attention");
  if (const auto sparse = line.number("sparse")) {
    out.sparse = *sparse;
    out.experts = line.needed("experts");
    out.used = line.needed("used");
    out.expert_width = line.needed("expert_width");
    out.shared_width = line.number("shared_width").value_or(0);
  }
  return out;
}

template <class Enum>
Enum word(const Line& line, std::string_view key,
          std::initializer_list<std::pair<std::string_view, Enum>> words) {
  for (const auto& [name, value] : words)
    if (line.text(key) == name) return value;
  throw diag::InternalError("timings: '" + line.text(key) + "' of '" + line.text("id") + "' is no " +
                            std::string{key});
}

Timing timing_of(const catalog::Catalog& catalog, const Line& line) {
  Timing out;
  out.id = line.text("id");
  out.publisher = line.text("publisher");
  out.setting = line.text("setting");
  out.source = line.text("source");
  const auto hardware = catalog.find(Kind::hardware, line.text("hardware"));
  EngineOverrides site;
  constexpr double giga = 1e9;
  if (const auto network = line.number("network_gb_s")) site.network = *network * giga;
  const auto device = hardware ? engine_of(catalog, *hardware, line.text("precision"), site) : std::nullopt;
  if (!device)
    throw diag::InternalError("timings: no device for '" + out.id + "': " + line.text("hardware") + " at " +
                              line.text("precision"));
  out.device = *device;
  out.family = device->family;
  Training<double>& t = out.training;
  t.kind = word<TrainingKind>(line, "kind",
                              {{"language", TrainingKind::language},
                               {"encoder", TrainingKind::encoder},
                               {"vision", TrainingKind::vision},
                               {"convolution", TrainingKind::convolution}});
  if (t.kind == TrainingKind::convolution)
    t.gmac = line.needed("gmac");
  else
    t.network = network_of(line);
  t.length = line.number("sequence");
  t.devices = line.number("devices");
  t.batch = line.number("batch");
  t.micro_batch = line.number("micro_batch");
  t.tensor = line.number("tensor");
  t.pipeline = line.number("pipeline");
  t.context = line.number("context");
  t.expert_parallel = line.number("expert");
  t.stages = line.number("stages");
  t.recomputed = line.number("recomputed");
  t.memory = device->memory;
  t.year = line.number("year");
  t.software = word<Software>(
      line, "software",
      {{"tuned", Software::tuned}, {"standard", Software::standard}, {"legacy", Software::legacy}});
  t.compiled = line.yes("compiled");
  t.fused_attention = line.yes("fused_attention");
  if (const auto zero = line.number("zero")) t.zero = static_cast<int>(*zero);
  t.causal = line.yes("causal").value_or(true);
  t.lora = line.yes("lora").value_or(false);
  t.arithmetic = device->arithmetic;
  t.bytes = device->bytes;
  t.scope = word<Scope>(line, "scope",
                        {{"run", Scope::run}, {"benchmark", Scope::benchmark}, {"step", Scope::step}});
  out.weight = line.needed("weight");
  out.seconds = line.needed("seconds");
  if (const auto memory = line.number("memory_gb")) out.memory = *memory * giga;
  return out;
}

}  // namespace

std::vector<Timing> timings(const catalog::Catalog& catalog) {
  std::vector<Timing> out;
  for (const auto& row : catalog.rows(Kind::timing)) {
    std::string_view rest = row.text("values");
    std::map<std::string, std::size_t, std::less<>> head;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      std::string_view text = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (text.ends_with('\r')) text.remove_suffix(1);
      if (text.empty()) continue;
      auto cells = cells_of(text);
      if (head.empty()) {
        for (std::size_t i = 0; i < cells.size(); ++i) head.emplace(cells[i], i);
        continue;
      }
      if (cells.size() != head.size())
        throw diag::InternalError("timings: " + std::to_string(cells.size()) + " cells in '" + cells.front() +
                                  "'");
      out.push_back(timing_of(catalog, Line(head, std::move(cells))));
    }
  }
  return out;
}

}  // namespace kwhatif::predict
