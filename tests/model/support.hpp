// Shared by the model tests: reading preset configs and the table of published counts.
#pragma once

#include "support/catch.hpp"
#include "support/root.hpp"
#include <kwhatif/model/config_json.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/parameters.hpp>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model::testing {

inline std::string read_file(const std::string& path) {
  std::ifstream file(kwhatif::testing::repository_root() + '/' + path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string preset_text(const std::string& id) {
  return read_file("data/models/configs/" + id + ".json");
}

inline Architecture preset(const std::string& id) {
  return read_config(preset_text(id), id + ".json").architecture;
}

inline Inventory preset_inventory(const std::string& id) { return take_inventory(preset(id)); }

inline ParameterCount count(std::string_view config) {
  return count_parameters(take_inventory(read_config(config, "config.json").architecture));
}

/// A config and its published count.
struct Known {
  std::string_view name;
  std::uint64_t parameters;
  std::string_view config;
};

/// The text without its line breaks, one place replaced.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  std::erase_if(text, [](char c) { return c == '\n' || c == ' '; });
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// Lines of a CSV file with quotes, without its header.
inline std::vector<std::vector<std::string>> read_csv(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(read_file(path));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.emplace_back();
      } else if (c != '\r') {
        cells.back() += c;
      }
    }
    rows.push_back(cells);
  }
  return rows;
}

}  // namespace kwhatif::model::testing
