#include "trace_columns.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <tuple>

namespace kwhatif::schedule {

namespace {

constexpr std::size_t longest_head = 200;  // longer ones are no heads, and patterns are slow on them

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words in lower case with one blank before, between and after; '/' and '%' are words. A lower index 2 is
// a 2.
std::string words_of(std::string_view head, bool split_capitals) {
  constexpr std::string_view index_two = "\u2082";
  std::string out = " ";
  const auto blank = [&] {
    if (out.back() != ' ') out += ' ';
  };
  head = head.substr(0, longest_head);
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    if (head.substr(i).starts_with(index_two)) {
      out += '2';
      i += index_two.size() - 1;
    } else if (is_lower(c) || is_digit(c)) {
      out += c;
    } else if (is_upper(c)) {
      if (split_capitals && i > 0 && is_lower(head[i - 1])) blank();
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      blank();
      if (c == '/' || c == '%') (out += c) += ' ';
    }
  }
  blank();
  return out;
}

// Whether whole words match; patterns are literals and compiled once.
bool found(const std::string& words, const char* pattern) {
  static thread_local std::map<const char*, std::regex> compiled;
  auto at = compiled.find(pattern);
  if (at == compiled.end())
    at = compiled.emplace(pattern, std::regex{std::string{" (?:"} + pattern + ") "}).first;
  return std::regex_search(words, at->second);
}

struct Word {
  std::string_view written;
  std::string_view unit;
};
constexpr std::array masses{Word{"milligrams?|mg", "mg"}, Word{"kilograms?|kgs?", "kg"},
                            Word{"grams?|grammes?|g", "g"}, Word{"pounds?|lbs?", "lb"},
                            Word{"metric tons?|metric tonnes?|tonnes?|mt|t", "t"}};
constexpr std::array energies{Word{"kwh|kilowatt ?hours?", "kWh"},
                              Word{"mwh|megawatt ?hours?", "MWh"},
                              Word{"gwh|gigawatt ?hours?", "GWh"},
                              Word{"twh|terawatt ?hours?", "TWh"},
                              Word{"wh|watt ?hours?", "Wh"},
                              Word{"kj", "kJ"},
                              Word{"mj", "MJ"},
                              Word{"gj", "GJ"}};
constexpr auto gases =
    "co2(?:e|eq|equiv|equivalents?)?|ghg|carbon dioxide|equivalents?|equiv|eq|e|emissions?|of";
constexpr auto other_gases = "so2|sox|nox|no2|pm|pm10|pm25|pm2|ch4|methane|n2o|hg|mercury|water|voc";
constexpr auto intensity_words =
    "intensity|intensities|emissions?|ci|co2|co2e|co2eq|ghg|moer|aoer|mef|carbon";
constexpr auto any_co2 = "[a-z]*co2(?:e|eq)?";
constexpr auto marginal_words = "marginal|moer|mef|lrmer|srmer|lmer|co2 moer";

// The one of the words that stands in full; none where it is none of them.
template <std::size_t N>
std::string unit_of(const std::array<Word, N>& words, const std::string& text) {
  for (const Word& word : words) {
    if (std::regex_match(text, std::regex{std::string{word.written}})) return std::string{word.unit};
  }
  return {};
}

template <std::size_t N>
std::string any_of(const std::array<Word, N>& words) {
  std::string out;
  for (const Word& word : words) out += (out.empty() ? "" : "|") + std::string{word.written};
  return out;
}

// A head that calls its column an intensity without a unit.
bool calls_itself_intensity(const std::string& words) {
  if (found(words, "version|flag|percent|percentile|index|%|status|source|method|estimated|quality|price"))
    return false;
  return found(words,
               "(?:carbon|co2|co2e|ghg|emissions?) ?(?:intensity|intensities|factor|rate)|ci|moer|aoer|"
               "carbonintensity|mef|lrmer|srmer");
}

// The unit that whole words name.
std::string unit_in(const std::string& words) {
  if (found(words, other_gases) && !found(words, any_co2)) return {};
  // few gases: "co2e" can be read in two ways, and a search tries all ways of all of them
  static const std::regex pattern{" (" + any_of(masses) + ")((?: ?(?:" + gases + ")){0,6})( ?)(/ |per ?)?(" +
                                  any_of(energies) + ")(?:e|el)? "};
  std::smatch match;
  std::string::const_iterator from = words.begin();
  while (std::regex_search(from, words.cend(), match, pattern)) {
    const bool says_gas = match[2].length() > 0;
    const bool says_per = match[4].matched;
    const bool apart = match[3].length() > 0;
    // "gWh" and "t MWh" are no mass per energy, "gCO2 kWh", "g/kWh" and "carbon_intensity_g_kwh" are
    if (says_per || says_gas || (apart && found(words, intensity_words)))
      return unit_of(masses, match[1]) + '/' + unit_of(energies, match[5]);
    from = match[0].second - 1;
  }
  return {};
}

}  // namespace

std::string unit_named(std::string_view head) {
  const std::string out = unit_in(words_of(head, false));
  return out.empty() ? unit_in(words_of(head, true)) : out;  // "carbonIntensityGCO2perKWh"
}

IntensityColumn described(std::size_t column, std::string_view head) {
  IntensityColumn out{
      .column = column, .name = std::string{head.substr(0, longest_head)}, .unit = unit_named(head)};
  const std::string words = words_of(head, true);
  if (found(words, "lca|life ?cycle|upstream|cradle"))
    out.boundary = "life-cycle";
  else if (found(words, "direct|combustion|stack|smokestack"))
    out.boundary = "direct";
  if (found(words, "consumption|consumed|consumer|demand|load|flow traced"))
    out.basis = "consumption";
  else if (found(words, "production|produced|generation|generated"))
    out.basis = "production";
  out.marginal = found(words, marginal_words);
  if (found(words, "forecast|forecasted|predicted|prediction|day ahead|estimated|estimate"))
    out.certainty = -1;
  else if (found(words, "actual|actuals|measured|observed|outturn"))
    out.certainty = 1;
  // WattTime publishes its marginal rates in pounds per megawatt-hour and leaves the unit out of the head
  if (out.unit.empty() && found(words, "moer|co2 moer|aoer|co2 aoer")) {
    out.unit = "lb/MWh";
    out.assumed_unit = true;
  }
  return out;
}

std::vector<IntensityColumn> intensity_columns(const std::vector<std::string>& heads) {
  std::vector<IntensityColumn> with_unit;
  std::vector<IntensityColumn> by_name;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    if (heads[i].empty()) continue;
    const bool named = !unit_named(heads[i]).empty();
    if (!named && !calls_itself_intensity(words_of(heads[i], true))) continue;
    (named ? with_unit : by_name).push_back(described(i, heads[i]));
  }
  return with_unit.empty() ? by_name : with_unit;
}

std::vector<IntensityColumn> preferred(const std::vector<IntensityColumn>& columns) {
  const auto rank = [](const IntensityColumn& c) {
    const int boundary = c.boundary == "life-cycle" ? 2 : c.boundary.empty() ? 1 : 0;
    const int basis = c.basis == "consumption" ? 2 : c.basis.empty() ? 1 : 0;
    const std::string words = words_of(c.name, false);
    const bool adjusted = found(words, "adjusted|adj");
    const bool all_gases = found(words, "[a-z]*co2(?:e|eq)");
    return std::tuple{boundary, !c.marginal, c.certainty, basis, !adjusted, all_gases};
  };
  std::vector<IntensityColumn> out;
  for (const IntensityColumn& column : columns) {
    if (!out.empty() && rank(column) < rank(out.front())) continue;
    if (!out.empty() && rank(column) > rank(out.front())) out.clear();
    out.push_back(column);
  }
  return out;
}

bool names_time(std::string_view head) {
  return found(words_of(head, true),
               "[a-z]*time[a-z]*|[a-z]*date[a-z]*|unix|epoch|utc|ts|datum|zeit|zeitpunkt|day|"
               "hour|mtu|fecha|from|start|begin|interval|period");
}

int time_rank(std::string_view head) {
  const std::string words = words_of(head, true);
  int out = 1;
  if (found(words, "utc|gmt|zulu|[a-z]+utc|[a-z]+gmt")) out += 8;
  if (names_begin(head)) out += 4;
  if (names_end(head)) out -= 4;
  if (found(words, "local")) out -= 8;
  if (found(words, "created|updated|published|publication|issued|generated at|retrieved|modified")) out -= 16;
  return out;
}

bool names_end(std::string_view head) {
  return found(words_of(head, true),
               "to|end|ends|ending|until|he|[a-z]*endtime[a-z]*|[a-z]+ending|settlementdate");
}

bool names_begin(std::string_view head) {
  return found(words_of(head, true), "from|begin|beginning|[a-z]*start[a-z]*");
}

bool names_hour(std::string_view head) {
  return found(words_of(head, true), "hour|hours|hr|he|h|stunde|heure|hora|opr hr|operating hour");
}

bool names_half_hour(std::string_view head) {
  return found(words_of(head, true), "settlement period|period|sp|settlementperiod");
}

bool names_settlement(std::string_view head) { return found(words_of(head, true), "settlement ?period"); }

bool names_place(std::string_view head) {
  return found(words_of(head, true),
               "(?:zone|area|region|country|node) ?(?:id|code)?|entity|ba|balancing authority|respondent|"
               "location|state");
}

}  // namespace kwhatif::schedule
