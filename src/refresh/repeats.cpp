// Rows of one place and year that a file has several times.
#include "found.hpp"

#include <algorithm>
#include <map>

namespace kwhatif::refresh {

namespace {

std::string year_words(const Found& row) { return row.year ? " of " + std::to_string(*row.year) : ""; }

// Takes the values of a later row over into the earlier one.
void take_over(Reading& reading, Found& earlier, Found& later) {
  for (Figure& figure : later.figures) {
    const auto same = std::ranges::find(earlier.figures, figure.key, &Figure::key);
    if (same == earlier.figures.end()) {
      earlier.figures.push_back(std::move(figure));
      continue;
    }
    const bool differs = same->number != figure.number;
    reading.suspect(earlier.place.empty() ? earlier.id : earlier.place, same->text + " and " + figure.text,
                    "two rows" + year_words(earlier) + " for " + figure.key +
                        (differs ? ": the later one stands, corrections are appended" : ", alike"));
    *same = std::move(figure);
  }
}

}  // namespace

void settle_repeats(Reading& reading) {
  for (Batch& batch : reading.batches) {
    std::map<std::pair<std::string, int>, std::size_t> first;
    std::vector<Found> rows;
    rows.reserve(batch.rows.size());
    for (Found& row : batch.rows) {
      const auto [at, fresh] = first.try_emplace({row.id, row.year.value_or(0)}, rows.size());
      if (fresh)
        rows.push_back(std::move(row));
      else
        take_over(reading, rows[at->second], row);
    }
    batch.rows = std::move(rows);
  }
}

}  // namespace kwhatif::refresh
