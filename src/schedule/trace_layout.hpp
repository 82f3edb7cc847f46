// How an hourly file is laid out: where its data begin, which columns hold the time.
#pragma once

#include "trace_stamps.hpp"
#include "trace_zones.hpp"
#include <kwhatif/document/csv.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kwhatif::schedule {

/// What stands beside a date without a time.
enum class Companion { none, clock, hour, half_hour };

struct Layout {
  std::vector<std::string> heads;         ///< by column; empty where there is no header
  std::vector<std::size_t> head_offsets;  ///< where they stand in the text
  std::size_t columns = 0;                ///< of the first line of data
  std::size_t preamble = 0;               ///< records before the data, the header among them
  bool by_day = false;                    ///< a line per day with 24 values
  std::size_t time = 0;                   ///< column
  Companion companion = Companion::none;
  std::size_t companion_column = 0;
  Zone zone;
  std::size_t zone_column = 0;  ///< whose head names it
  bool ends = false;            ///< times are said to be the ends of their steps
  bool begins = false;          ///< times are said to be their beginnings

  std::string head(std::size_t column) const { return column < heads.size() ? heads[column] : std::string{}; }
};

/// The layout by the first records of a file; none where no column holds times.
std::optional<Layout> layout_of(const std::vector<document::CsvRecord>& first);

}  // namespace kwhatif::schedule
