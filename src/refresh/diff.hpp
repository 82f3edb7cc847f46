// What a downloaded file changes in the tables: new values, changed ones and by how much, those that are not
// in it, and those that somebody must look at. Writes nothing.
#pragma once

#include "found.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::refresh {

enum class Fate {
  fresh,    ///< the tables have no value of this place, year and definition by this maker
  changed,  ///< they have another one
  same      ///< they have it, within what was printed
};

/// One value of the file beside that of the tables.
struct Comparison {
  std::size_t batch = 0;
  std::size_t row = 0;
  std::size_t figure = 0;
  Fate fate = Fate::fresh;
  std::string before;             ///< as the tables have it; empty where they have none
  std::string before_source;      ///< whose
  double change = 0;              ///< new over old, minus one
  std::string doubt;              ///< why somebody must look at it
  bool left_out = false;          ///< it is not written: it cannot be true, or says nothing
  std::vector<std::string> more;  ///< of an offer: regions that the tables do not have
};

struct Vanished {
  std::string id;
  std::vector<int> years;
  std::string source;
};

struct Diff {
  std::vector<Comparison> values;
  std::vector<Vanished> vanished;

  std::size_t count(Fate fate) const;
};

Diff compare(const catalog::Catalog& tables, const Reading& reading);

/// The report for people, as wide as 80 columns.
/// @param all  every line, not the first of each part
std::string report(const Reading& reading, const Diff& diff, bool all);

}  // namespace kwhatif::refresh
