// Records of power as CSV: nvidia-smi, rocm-smi, amd-smi, and others whose columns name a time and watts.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/csv.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace kwhatif::imports {

namespace {

// Heads, lower case, the best one first.
constexpr std::array power_heads{std::string_view{"power.draw [w]"},
                                 std::string_view{"power.draw"},
                                 std::string_view{"power.draw.average [w]"},
                                 std::string_view{"power.draw.average"},
                                 std::string_view{"power.draw.instant [w]"},
                                 std::string_view{"power.draw.instant"},
                                 std::string_view{"average graphics package power (w)"},
                                 std::string_view{"current socket graphics package power (w)"},
                                 std::string_view{"socket_power"},
                                 std::string_view{"average_socket_power"},
                                 std::string_view{"current_socket_power"},
                                 std::string_view{"power_usage"},
                                 std::string_view{"power draw (w)"},
                                 std::string_view{"power_draw_w"},
                                 std::string_view{"power (w)"},
                                 std::string_view{"power_w"},
                                 std::string_view{"gpu_power_w"}};
constexpr std::array time_heads{std::string_view{"timestamp"}, std::string_view{"timestamp (ns)"},
                                std::string_view{"time"}, std::string_view{"datetime"},
                                std::string_view{"date"}};
constexpr std::array device_heads{std::string_view{"index"},      std::string_view{"gpu"},
                                  std::string_view{"device"},     std::string_view{"gpu_index"},
                                  std::string_view{"uuid"},       std::string_view{"gpu_uuid"},
                                  std::string_view{"pci.bus_id"}, std::string_view{"gpu_bus_id"}};
constexpr std::array use_heads{std::string_view{"utilization.gpu [%]"}, std::string_view{"utilization.gpu"},
                               std::string_view{"gpu use (%)"}, std::string_view{"gfx_activity"},
                               std::string_view{"gfx"}};
constexpr std::array name_heads{std::string_view{"name"}, std::string_view{"gpu_name"},
                                std::string_view{"card series"}, std::string_view{"market_name"}};
constexpr std::array memory_heads{std::string_view{"memory.used [mib]"}, std::string_view{"memory.used"}};

template <class Heads>
std::optional<std::size_t> column_of(const TextTable& table, const Heads& heads) {
  for (const std::string_view head : heads) {
    if (const auto at = table.column(head)) return at;
  }
  return std::nullopt;
}

std::string_view cell_at(const TextTable::Row& row, std::optional<std::size_t> at) {
  return at && *at < row.cells.size() ? std::string_view{row.cells[*at]} : std::string_view{};
}

// Seconds of a date, or of a count since 1970 in s, ms, us or ns.
std::optional<double> time_of(std::string_view text, bool& utc) {
  if (const auto stamp = find_stamp(text, &utc)) return stamp;
  auto n = number(text);
  if (!n || *n < 0) return std::nullopt;
  constexpr double most_seconds = 1e11;  // the year 5138
  constexpr double thousand = 1000;
  for (int unit = 0; unit < 3 && *n > most_seconds; ++unit) *n /= thousand;
  constexpr double since_2001 = 1e9;
  utc = *n > since_2001;
  return n;
}

// A number with the unit W or none behind it.
std::optional<double> watts_of(std::string_view text) {
  std::string_view rest;
  const auto watts = leading_number(diag::trimmed(text), &rest);
  rest = diag::trimmed(rest);
  if (!watts || *watts < 0 || !(rest.empty() || rest == "W")) return std::nullopt;
  return watts;
}

// The heads of a record without them: by units.
std::vector<std::string> guessed_heads(std::string_view text) {
  document::CsvReader reader(text, ',');
  document::CsvRecord record;
  if (!reader.next(record)) return {};
  std::vector<std::string> out;
  bool watts = false;
  for (const std::string& field : record.fields) {
    std::string head = "column " + std::to_string(out.size() + 1);
    if (find_stamp(field))
      head = "timestamp";
    else if (field.ends_with(" W") && leading_number(field) && !watts) {
      head = "power.draw [w]";
      watts = true;
    } else if (field.ends_with(" %") && std::ranges::find(out, "utilization.gpu [%]") == out.end())
      head = "utilization.gpu [%]";
    else if (contains(field, "NVIDIA") || contains(field, "Tesla") || contains(field, "GeForce"))
      head = "name";
    else if (field.ends_with(" MiB") && std::ranges::find(out, "memory.used [mib]") == out.end())
      head = "memory.used [mib]";
    else if (const auto n = number(field);
             n && out.size() <= 1 && *n < 64 && field.find('.') == std::string::npos)
      head = "index";
    out.push_back(head);
  }
  return watts ? out : std::vector<std::string>{};
}

std::string tool_of(std::string_view power_head) {
  if (power_head.starts_with("power.draw")) return "nvidia-smi";
  if (contains(power_head, "graphics package power")) return "rocm-smi";
  if (contains(power_head, "socket_power") || power_head == "power_usage") return "amd-smi";
  return {};
}

// Rows of several devices that no column tells apart: those of one reading stand close together.
std::size_t burst(const std::vector<Reading>& readings) {
  constexpr double together = 0.05;  // [s]
  constexpr std::size_t most = 64;
  std::size_t out = 1;
  while (out < readings.size() && out < most && readings[out].time - readings[out - 1].time < together &&
         readings[out].time >= readings[out - 1].time)
    ++out;
  return out < readings.size() ? out : 1;
}

}  // namespace

std::optional<Measurement> read_smi_csv(const Input& input) {
  std::vector<std::string> given;
  for (const std::string& column : input.choice.columns) given.push_back(lowered(diag::trimmed(column)));
  const auto first = heads_of(input.text);
  const auto is_power = [](const std::string& head) {
    return std::ranges::find(power_heads, head) != power_heads.end();
  };
  if (given.empty() && std::ranges::none_of(first, is_power)) {
    given = guessed_heads(input.text);
    if (given.empty()) {
      constexpr std::size_t least = 2;
      if (first.size() >= least && find_stamp(first.front()) && number(first[1]))
        diag::refuse("unknown-form",
                     "a record with times and no head: which of its " + counted(first.size(), "column") +
                         " is the power is not said",
                     {}, "name the columns, as in --columns timestamp,index,power.draw,utilization.gpu");
      return std::nullopt;
    }
  }
  const TextTable table = read_table(input.text, given);
  const auto power = column_of(table, power_heads);
  if (!power) {
    if (input.choice.columns.empty()) return std::nullopt;
    diag::refuse("unknown-column", "--columns names no power.draw", {},
                 "as in --columns timestamp,index,power.draw");
  }
  Measurement out;
  out.tool = tool_of(table.heads[*power]);
  out.form = (out.tool.empty() ? std::string{"power"} : out.tool) + "-csv";
  out.name = out.tool.empty() ? "record of power (CSV)" : out.tool + " record (CSV)";
  say_short(out, table);
  const auto time = column_of(table, time_heads);
  const auto device = column_of(table, device_heads);
  const auto use = column_of(table, use_heads);
  const auto name = column_of(table, name_heads);
  const auto memory = column_of(table, memory_heads);
  std::map<std::string, std::uint16_t, std::less<>> devices;
  std::map<std::uint16_t, std::string> names;
  std::size_t gaps = 0;
  double most_memory = 0;
  int memory_line = 0;
  bool utc = false;
  out.timed = time.has_value();
  for (const auto& row : table.rows) {
    const auto watts = watts_of(cell_at(row, power));
    std::optional<double> at = 0.0;
    if (time) at = time_of(cell_at(row, time), utc);
    if (!watts || !at) {
      ++gaps;
      continue;
    }
    Reading reading{.time = *at, .watts = *watts, .line = row.line};
    if (device) {
      constexpr std::size_t most_devices = 60000;
      const auto [found_at, fresh] =
          devices.try_emplace(std::string{cell_at(row, device)},
                              static_cast<std::uint16_t>(std::min(devices.size(), most_devices)));
      reading.device = found_at->second;
    }
    constexpr double percent = 100;
    if (use) {
      if (const auto n = leading_number(cell_at(row, use))) reading.busy = static_cast<float>(*n / percent);
    }
    if (name && !names.contains(reading.device)) names[reading.device] = cell_at(row, name);
    constexpr double mib_per_gib = 1024;
    if (memory) {
      if (const auto n = leading_number(cell_at(row, memory)); n && *n / mib_per_gib > most_memory) {
        most_memory = *n / mib_per_gib;
        memory_line = row.line;
      }
    }
    out.readings.push_back(reading);
  }
  if (out.readings.empty())
    no_values("a " + out.name + " without a readable power (" + counted(gaps, "row") +
                  " without a number of watts)",
              "laptops and virtual machines often have none: [N/A]");
  if (!device && out.timed) {
    const std::size_t together = burst(out.readings);
    for (std::size_t i = 0; i < out.readings.size() && together > 1; ++i)
      out.readings[i].device = static_cast<std::uint16_t>(i % together);
    if (together > 1)
      warn(out, "devices-by-order",
           "no column tells the devices apart: " + std::to_string(together) +
               " rows stand together each time and are taken as as many devices",
           "add index to --query-gpu");
  }
  out.read = counted(table.rows.size(), "row") +
             (devices.size() > 1 ? ", " + counted(devices.size(), "device") : "");
  if (gaps > 0) leave(out, counted(gaps, "row"), "without a number of watts or a time: a gap, no zero");
  add_readings(out);
  if (out.clock) out.clock->utc = utc;
  if (!names.empty()) {
    Finding& f = found(out, Measure::device, names.begin()->second, "column " + table.heads[*name],
                       out.readings.front().line);
    if (std::ranges::any_of(names, [&](const auto& n) { return n.second != names.begin()->second; }))
      f.doubt = "several kinds of devices in one record";
  }
  if (most_memory > 0) found(out, Measure::memory, most_memory, "most of all rows", memory_line);
  if (!input.choice.columns.empty() || given.empty()) return out;
  leave(out, "the columns' names", "the record has no head: columns were told by their units");
  return out;
}

}  // namespace kwhatif::imports
