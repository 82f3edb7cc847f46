// Records of power as text and JSON: nvidia-smi (dmon, -q, its table), rocm-smi, amd-smi.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace kwhatif::imports {

namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return out;
    const auto end = std::min(line.find_first_of(" \t", begin), line.size());
    out.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

constexpr double percent = 100;

struct TextRecord {
  std::vector<Reading> readings;
  bool timed = true;
  std::string tool, form, name;
  std::string device_name;
  int name_line = 0;
  std::size_t unread = 0;

  void add(std::uint16_t device, double watts, int line, std::optional<double> time = {}) {
    if (!time) timed = false;
    readings.push_back({.time = time.value_or(0), .watts = watts, .device = device, .line = line});
  }
};

std::uint16_t device_number(double n) {
  constexpr double most = 65000;
  return n >= 0 && n < most ? static_cast<std::uint16_t>(n) : std::uint16_t{0};
}

// "20241127" and "18:38:16" of dmon -o DT.
std::optional<double> dmon_time(std::string_view date, std::string_view time) {
  constexpr std::size_t digits = 8;
  if (date.size() != digits) return std::nullopt;
  return find_stamp(std::string{date.substr(0, 4)} + '-' + std::string{date.substr(4, 2)} + '-' +
                    std::string{date.substr(6, 2)} + ' ' + std::string{time});
}

void take_dmon(TextRecord& record, std::string_view text) {
  std::vector<std::string> heads;
  for_each_piece(text, [&](const Piece& piece) {
    auto words = words_of(piece.text);
    if (words.empty()) return;
    if (piece.text.starts_with('#')) {
      std::vector<std::string> names;
      for (const std::string_view word : words) {
        std::string name = lowered(word);
        if (name.starts_with('#')) name.erase(0, 1);
        if (!name.empty()) names.push_back(name);
      }
      if (std::ranges::find(names, "gpu") != names.end()) heads = names;
      return;
    }
    if (heads.empty() || words.size() < heads.size()) return;
    const auto cell = [&](std::string_view name) -> std::string_view {
      const auto at = std::ranges::find(heads, name);
      return at == heads.end() ? std::string_view{} : words[static_cast<std::size_t>(at - heads.begin())];
    };
    const auto gpu = number(cell("gpu"));
    const auto watts = number(cell("pwr"));
    if (!gpu) return;
    if (!watts) {
      ++record.unread;
      return;
    }
    record.add(device_number(*gpu), *watts, piece.line, dmon_time(cell("date"), cell("time")));
    if (const auto use = number(cell("sm"))) record.readings.back().busy = static_cast<float>(*use / percent);
  });
}

// What stands behind a mark up to its watts: "Power Draw   : 71.32 W", "(W): 35.0".
void take_marked(TextRecord& record, std::string_view text) {
  std::uint16_t device = 0;
  std::map<std::string, std::uint16_t, std::less<>> by_name;
  std::optional<double> time;
  for_each_piece(text, [&](const Piece& piece) {
    if (const auto stamp = find_stamp(piece.text)) time = stamp;
    const std::string_view bare = diag::trimmed(piece.text);
    if (bare.starts_with("GPU[")) device = device_number(leading_number(bare.substr(4)).value_or(0));
    if (bare.starts_with("GPU: ")) device = device_number(leading_number(bare.substr(5)).value_or(0));
    if (bare.starts_with("GPU 0000"))
      device =
          by_name.try_emplace(std::string{bare}, static_cast<std::uint16_t>(by_name.size())).first->second;
    if (contains(bare, "Product Name") && record.device_name.empty()) {
      const auto colon = bare.find(": ");
      if (colon != std::string_view::npos) {
        record.device_name = diag::trimmed(bare.substr(colon + 2));
        record.name_line = piece.line;
      }
    }
    for (const std::string_view mark :
         {"Average Graphics Package Power (W)", "Current Socket Graphics Package Power (W)", "SOCKET_POWER",
          "Power Draw"}) {
      if (!contains(bare, mark) || contains(bare, "Limit")) continue;
      // newer drivers print an average and an instant one below it
      if (mark == "Power Draw" && contains(bare, "Instantaneous")) continue;
      if (const auto watts = number_after(bare, mark))
        record.add(device, *watts, piece.line, time);
      else
        ++record.unread;
      break;
    }
  });
}

// "| N/A   36C    P0    71W / 700W |" with the device's line above.
void take_table(TextRecord& record, std::string_view text) {
  std::uint16_t device = 0;
  for_each_piece(text, [&](const Piece& piece) {
    const auto words = words_of(piece.text);
    constexpr std::size_t least = 3;
    if (words.size() > least && words[0] == "|") {
      if (const auto n = number(words[1]); n && (words[2] == "NVIDIA" || words[2] == "Tesla" ||
                                                 words[2] == "GeForce" || words[2] == "Quadro")) {
        device = device_number(*n);
        if (record.device_name.empty()) {
          for (std::size_t i = 2;
               i < words.size() && words[i] != "On" && words[i] != "Off" && words[i] != "|"; ++i)
            record.device_name += (i > 2 ? " " : "") + std::string{words[i]};
          record.name_line = piece.line;
        }
      }
    }
    const auto slash = piece.text.find("W / ");
    if (slash == std::string_view::npos || !contains(piece.text.substr(slash + 4, 8), "W")) return;
    if (const auto watts = trailing_number(piece.text.substr(0, slash)))
      record.add(device, *watts, piece.line);
  });
}

// "0    47.0c  91.0W   800Mhz": the first word that is watts.
void take_rocm_table(TextRecord& record, std::string_view text) {
  for_each_piece(text, [&](const Piece& piece) {
    auto words = words_of(piece.text);
    const auto first = std::ranges::find_if(words, [](std::string_view w) { return number(w).has_value(); });
    if (first == words.end()) return;
    for (auto at = first + 1; at != words.end(); ++at) {
      if (!at->ends_with('W')) continue;
      if (const auto watts = number(at->substr(0, at->size() - 1))) {
        record.add(device_number(*number(*first)), *watts, piece.line);
        return;
      }
    }
    if (words.size() > 4 && contains(piece.text, "N/A") && contains(piece.text, "%")) ++record.unread;
  });
}

// "GPU  POWER  GPU_T": readings below their heads, units behind the numbers.
void take_amd_monitor(TextRecord& record, std::string_view text) {
  std::optional<std::size_t> gpu, power, time;
  for_each_piece(text, [&](const Piece& piece) {
    const auto words = words_of(piece.text);
    if (std::ranges::find(words, "POWER") != words.end() && std::ranges::find(words, "GPU") != words.end()) {
      const auto place = [&](std::string_view name) -> std::optional<std::size_t> {
        const auto at = std::ranges::find(words, name);
        if (at == words.end()) return std::nullopt;
        return static_cast<std::size_t>(at - words.begin());
      };
      gpu = place("GPU");
      power = place("POWER");
      time = place("TIMESTAMP");
      return;
    }
    if (!power || words.size() <= std::max(*gpu, *power)) return;
    const auto n = number(words[*gpu]);
    const auto watts = leading_number(words[*power]);
    if (!n) return;
    if (!watts) {
      ++record.unread;
      return;
    }
    record.add(device_number(*n), *watts, piece.line, time ? number(words[*time]) : std::nullopt);
  });
}

struct TextForm {
  std::string_view mark;  ///< what its text holds
  std::string_view tool, form, name;
  void (*take)(TextRecord&, std::string_view);
};
constexpr std::array text_forms{
    TextForm{"Concise Info", "rocm-smi", "rocm-smi-text", "rocm-smi tables", take_rocm_table},
    TextForm{"Graphics Package Power (W)", "rocm-smi", "rocm-smi-text", "rocm-smi text", take_marked},
    TextForm{"SOCKET_POWER", "amd-smi", "amd-smi-text", "amd-smi text", take_marked},
    TextForm{"NVSMI LOG", "nvidia-smi", "nvidia-smi-query", "nvidia-smi -q text", take_marked},
    TextForm{"NVIDIA-SMI", "nvidia-smi", "nvidia-smi-table", "nvidia-smi tables", take_table},
};

std::optional<Measurement> finished(TextRecord record) {
  if (record.readings.empty())
    no_values("a " + record.name + " without a readable power",
              "where the driver has none it prints N/A or '-'");
  Measurement out;
  out.form = record.form;
  out.name = record.name;
  out.tool = record.tool;
  out.timed = record.timed;
  out.readings = std::move(record.readings);
  out.read = counted(out.readings.size(), "reading");
  if (record.unread > 0) leave(out, counted(record.unread, "reading"), "no number of watts: a gap, no zero");
  add_readings(out);
  if (!record.device_name.empty())
    found(out, Measure::device, record.device_name, "as it names itself", record.name_line);
  return out;
}

bool begins_like_dmon(std::string_view text, bool& power) {
  bool gpu = false;
  power = false;
  int looked_at = 0;
  for_each_piece(text.substr(0, std::min<std::size_t>(text.size(), 4096)), [&](const Piece& piece) {
    if (!piece.text.starts_with('#') || ++looked_at > 4) return;
    const std::string line = lowered(piece.text);
    gpu = gpu || contains(line, "gpu ");
    power = power || contains(line, " pwr");
    gpu = gpu && (power || contains(line, " sm") || contains(line, "pid") || contains(line, "idx"));
  });
  return gpu;
}

}  // namespace

std::optional<Measurement> read_smi_text(const Input& input) {
  bool power = false;
  if (begins_like_dmon(input.text, power)) {
    if (!power)
      no_values("a record of nvidia-smi pmon, or of dmon without power: it has utilisations and no watts",
                "record `nvidia-smi dmon -s pu -o DT` or `nvidia-smi "
                "--query-gpu=timestamp,index,name,power.draw,utilization.gpu --format=csv -l 1`");
    TextRecord record{.readings = {},
                      .tool = "nvidia-smi",
                      .form = "nvidia-smi-dmon",
                      .name = "nvidia-smi dmon record",
                      .device_name = {}};
    take_dmon(record, input.text);
    return finished(std::move(record));
  }
  for (const TextForm& form : text_forms) {
    if (!contains(input.text, form.mark)) continue;
    TextRecord record{.readings = {},
                      .tool = std::string{form.tool},
                      .form = std::string{form.form},
                      .name = std::string{form.name},
                      .device_name = {}};
    form.take(record, input.text);
    return finished(std::move(record));
  }
  constexpr std::size_t looked_at = 4096;
  const std::string_view head = input.text.substr(0, std::min(input.text.size(), looked_at));
  if (contains(head, "GPU") && contains(head, "POWER") && contains(head, "GPU_T")) {
    TextRecord record{.readings = {},
                      .tool = "amd-smi",
                      .form = "amd-smi-monitor",
                      .name = "amd-smi monitor record",
                      .device_name = {}};
    take_amd_monitor(record, input.text);
    return finished(std::move(record));
  }
  return std::nullopt;
}

std::optional<Measurement> read_smi_json(const Input& input) {
  TextRecord record{.readings = {}, .tool = {}, .form = {}, .name = {}, .device_name = {}};
  const auto rocm = [&](std::string_view card, const JsonValue& values) {
    for (const std::string_view key :
         {"Average Graphics Package Power (W)", "Current Socket Graphics Package Power (W)"}) {
      const auto watts = values.number_of(key);
      if (!watts) continue;
      record.tool = "rocm-smi";
      record.add(device_number(trailing_number(card).value_or(0)), *watts, values.line);
      if (const auto use = values.number_of("GPU use (%)"))
        record.readings.back().busy = static_cast<float>(*use / percent);
      if (record.device_name.empty()) {
        record.device_name = values.text_of("Card series");
        if (record.device_name.empty()) record.device_name = values.text_of("Card Series");
        record.name_line = values.line;
      }
      return;
    }
  };
  const auto amd = [&](const JsonValue& gpu) {
    const JsonValue* const power = gpu.find("power");
    if (power == nullptr) return;
    const JsonValue* watts = power->find("socket_power");
    if (watts == nullptr) watts = power->find("average_socket_power");
    if (watts == nullptr) return;
    const auto value = watts->is_object() ? watts->number_of("value") : watts->as_number();
    if (!value) return;
    record.tool = "amd-smi";
    record.add(device_number(gpu.number_of("gpu").value_or(0)), *value, gpu.line);
  };
  for (const JsonValue& document : input.json) {
    for (const auto& [key, value] : document.entries) {
      if (value.is_object() && key.starts_with("card")) rocm(key, value);
    }
    const JsonValue* const data = document.find("gpu_data");
    const JsonValue& list = data != nullptr ? *data : document;
    for (const JsonValue& item : list.items) amd(item);
  }
  if (record.readings.empty()) return std::nullopt;
  record.form = record.tool + "-json";
  record.name = record.tool + " record (JSON)";
  return finished(std::move(record));
}

}  // namespace kwhatif::imports
