#include "duration.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/quantity/unit_column.hpp>
#include <kwhatif/quantity/units.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

namespace kwhatif::quantity {

namespace {

__extension__ using Wide = unsigned __int128;

// Decimal digits as written: digits * 10^exponent; the last printed digit stands for 10^last_digit.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
  int last_digit = 0;
  bool negative = false;
  std::size_t length = 0;  // characters read
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Characters of "1,234,567" where it is that: one to three digits, not a lone zero, then groups of exactly
// three, all with the same separator; otherwise 0. So "0,429" and "1234,567", decimals to half the world, are
// not read as thousands.
std::size_t grouped_digits(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && is_digit(text[i])) ++i;
  if (i == 0 || i > 3 || text[0] == '0' || i == text.size() || (text[i] != ',' && text[i] != '_')) return 0;
  const char separator = text[i];
  const auto group_follows = [&] {
    return i + 3 < text.size() && text[i] == separator && is_digit(text[i + 1]) && is_digit(text[i + 2]) &&
           is_digit(text[i + 3]);
  };
  while (group_follows()) i += 4;
  const bool ends = i == text.size() || (!is_digit(text[i]) && text[i] != ',' && text[i] != '_');
  return ends ? i : 0;
}

// Reads [+-]digits[.digits][e[+-]digits]; thousands may be parted by ',' or '_' ("188,701.92").
bool read_decimal(std::string_view text, Decimal& out) {
  constexpr std::uint64_t room = (UINT64_MAX - 9) / 10;
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) out.negative = text[i++] == '-';
  bool any = false;
  bool point = false;
  const std::size_t grouped = i + grouped_digits(text.substr(i));
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      any = true;
      if (out.digits <= room) {
        out.digits = out.digits * 10 + static_cast<std::uint64_t>(c - '0');
        if (point) --out.exponent;
      } else if (!point) {
        ++out.exponent;  // digits beyond the nineteenth no longer change a double
      }
    } else if (c == '.' && !point) {
      point = true;
    } else if ((c == ',' || c == '_') && i < grouped) {
      continue;
    } else {
      break;
    }
  }
  if (!any) return false;
  out.length = i;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    std::size_t j = i + 1;
    bool negative = false;
    if (j < text.size() && (text[j] == '+' || text[j] == '-')) negative = text[j++] == '-';
    if (j < text.size() && is_digit(text[j])) {
      int e = 0;
      for (; j < text.size() && is_digit(text[j]); ++j) {
        if (e < 100000) e = e * 10 + (text[j] - '0');
      }
      out.exponent += negative ? -e : e;
      out.length = j;
    }
  }
  out.last_digit = out.exponent;
  return true;
}

double decimal_double(Wide digits, int exponent) {
  // both numbers are doubles as they stand, so that one operation rounds as reading the text would
  constexpr std::array powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr Wide exact = Wide{1} << 53U;
  constexpr int most = static_cast<int>(powers.size()) - 1;
  if (digits <= exact && exponent >= -most && exponent <= most) {
    const auto whole = static_cast<double>(static_cast<std::uint64_t>(digits));
    return exponent < 0 ? whole / powers[static_cast<std::size_t>(-exponent)]
                        : whole * powers[static_cast<std::size_t>(exponent)];
  }
  std::array<char, 64> text{};
  char* end = text.data() + text.size();
  char* p = end;
  const auto put = [&](char c) { *--p = c; };
  unsigned magnitude = exponent < 0 ? static_cast<unsigned>(-exponent) : static_cast<unsigned>(exponent);
  do put(static_cast<char>('0' + magnitude % 10));
  while ((magnitude /= 10) != 0);
  if (exponent < 0) put('-');
  put('e');
  for (; digits > UINT64_MAX; digits /= 10) put(static_cast<char>('0' + static_cast<int>(digits % 10)));
  auto rest = static_cast<std::uint64_t>(digits);  // divisions of 64 bits are far faster
  do put(static_cast<char>('0' + static_cast<int>(rest % 10)));
  while ((rest /= 10) != 0);
  double value = 0;
  const auto result = std::from_chars(p, end, value);
  if (result.ec == std::errc::result_out_of_range) return exponent < 0 ? 0.0 : HUGE_VAL;
  return value;
}

// digits * 10^exponent * factor in one canonical form, so that the same amount always gives the same bits.
double exact_product(std::uint64_t digits, int exponent, const ExactFactor& factor) {
  if (digits == 0) return 0;
  std::uint64_t top_left = digits;
  std::uint64_t bottom = factor.denominator;
  const std::uint64_t common = std::gcd(top_left, bottom);
  top_left /= common;
  bottom /= common;
  exponent += factor.exponent;
  Wide top = static_cast<Wide>(top_left) * factor.numerator;
  // a denominator of twos and fives is a terminating decimal: move it into the digits
  constexpr Wide roomy = static_cast<Wide>(1) << 120U;
  while (bottom % 2 == 0 && top < roomy) {
    bottom /= 2;
    top *= 5;
    --exponent;
  }
  while (bottom % 5 == 0 && top < roomy) {
    bottom /= 5;
    top *= 2;
    --exponent;
  }
  while (bottom > 1) {  // what common factors the product still has
    const auto shared = std::gcd(bottom, static_cast<std::uint64_t>(top % bottom));
    if (shared <= 1) break;
    top /= shared;
    bottom /= shared;
  }
  while (top > UINT64_MAX && top % 10 == 0) {
    top /= 10;
    ++exponent;
  }
  if (auto low = static_cast<std::uint64_t>(top); low == top) {
    for (; low % 10 == 0; low /= 10) ++exponent;
    top = low;
  }
  return decimal_double(top, exponent) / static_cast<double>(bottom);
}

std::string_view left_trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  return s;
}

struct CountSuffix {
  char letter;
  int exponent;
};
constexpr std::array count_suffixes{CountSuffix{'k', 3}, CountSuffix{'K', 3}, CountSuffix{'M', 6},
                                    CountSuffix{'B', 9}, CountSuffix{'G', 9}, CountSuffix{'T', 12}};

ParseResult fault(std::string code, std::string message, std::string help, std::size_t offset,
                  std::size_t length) {
  ParseResult out;
  out.fault = {std::move(code), std::move(message), std::move(help), offset, length};
  return out;
}

std::string form_help(const Expected& expected) {
  std::string out;
  if (!expected.example.empty()) out = "write for example \"" + std::string{expected.example} + '"';
  const std::string units = expected.any ? std::string{} : accepted_units(expected.dimension);
  if (!units.empty() && !expected.bare_number) {
    out += out.empty() ? "accepted units: " : "; accepted units: ";
    out += units;
  }
  return out;
}

bool same_dimension(const Dimension& got, const Expected& expected) {
  if (expected.any || got == expected.dimension) return true;
  return expected.per_device && per_any_device(got) == per_any_device(expected.dimension) &&
         (got.device == 0 || got.device == expected.dimension.device);
}

// The unit that was meant: of the wanted dimension, where the whole unit is unknown and not a part of one.
std::string nearest_unit(std::string_view unknown, bool whole, const Expected& expected) {
  auto names = unit_names();
  const auto unwanted = [&](std::string_view name) {
    if (unknown.size() == 1 && name.size() != 1) return true;
    if (unknown.size() == 1 && (name.front() | 0x20) != (unknown.front() | 0x20))
      return true;  // only its case
    const auto unit = read_unit(name).unit;
    return unit && !same_dimension(unit->dimension, expected);
  };
  if (whole) std::erase_if(names, unwanted);
  return unknown.empty() ? std::string{} : diag::did_you_mean(unknown, names);
}

// A time of several parts; nothing where the text is none.
std::optional<ParseResult> parse_duration(std::string_view body, std::size_t lead, const Expected& expected) {
  const Duration time = read_duration(body);
  if (time.outcome == Duration::Outcome::other_form) return std::nullopt;
  if (time.outcome == Duration::Outcome::refused)
    return fault("not-a-number", time.message, time.help, lead, body.size());
  ParseResult out;
  out.ok = true;
  out.value.dimension = expected.dimension;
  out.value.unit = "s";
  for (const DurationPart& part : time.parts) {
    const ExactFactor seconds{part.seconds, 1, 0};
    out.value.coherent += exact_product(part.digits, part.exponent, seconds);
    out.value.half_step = exact_product(5, part.exponent - 1, seconds);
  }
  return out;
}

// The digits stand, but the letter behind them is that of another case: "1t" for 1T, "7b" for 7B.
std::string count_in_small_letters(std::string_view body, std::string_view unit, const Dimension& dimension) {
  constexpr std::string_view small = "bgmt";
  if (dimension == dim::one || !may_be_bare(dimension) || unit.size() != 1 ||
      small.find(unit.front()) == std::string_view::npos)
    return {};
  std::string meant{body};
  meant.back() = static_cast<char>(meant.back() - 'a' + 'A');
  return "did you mean \"" + meant + "\"? counts take k, M, B, T";
}

// The currency that a price is written in, where it is a known one other than the dollar.
std::string other_currency(std::string_view body, const Expected& expected) {
  const auto& d = expected.dimension;
  if (expected.any || (d != dim::money && d != dim::device_price && d != dim::price_rate &&
                       d != dim::energy_price && d != dim::device_purchase))
    return {};
  struct Currency {
    std::string_view written, name;
  };
  static constexpr std::array currencies{Currency{"EUR", "euros"},
                                         Currency{"\xe2\x82\xac", "euros"},
                                         Currency{"GBP", "pounds sterling"},
                                         Currency{"\xc2\xa3", "pounds sterling"},
                                         Currency{"CHF", "Swiss francs"},
                                         Currency{"JPY", "yen"},
                                         Currency{"CNY", "yuan"},
                                         Currency{"RMB", "yuan"},
                                         Currency{"\xc2\xa5", "yen or yuan"},
                                         Currency{"INR", "rupees"},
                                         Currency{"\xe2\x82\xb9", "rupees"},
                                         Currency{"SEK", "Swedish kronor"},
                                         Currency{"NOK", "Norwegian kroner"},
                                         Currency{"CAD", "Canadian dollars"},
                                         Currency{"AUD", "Australian dollars"}};
  for (const Currency& currency : currencies) {
    if (body.find(currency.written) != std::string_view::npos) return std::string{currency.name};
  }
  return {};
}

}  // namespace

ParseResult parse(std::string_view text, const Expected& expected) {
  constexpr std::size_t longest = 200;
  std::string_view body = left_trimmed(text);
  const std::size_t lead = text.size() - body.size();
  while (!body.empty() &&
         (body.back() == ' ' || body.back() == '\t' || body.back() == '\n' || body.back() == '\r'))
    body.remove_suffix(1);
  if (body.empty()) return fault("not-a-number", "the value is empty", form_help(expected), 0, text.size());
  if (body.size() > longest)
    return fault("not-a-number",
                 "the value is " + std::to_string(body.size()) + " characters long, no quantity",
                 form_help(expected), lead, longest);
  if (expected.dimension == dim::time && !expected.any) {
    if (auto time = parse_duration(body, lead, expected)) return *std::move(time);
  }
  if (const std::string other = other_currency(body, expected); !other.empty())
    return fault(
        "other-currency", "'" + std::string{body} + "' is in " + other + "; money is in US dollars here",
        "exchange rates change daily and the price tables are in US dollars: convert it at the rate of "
        "your day and " +
            form_help(expected),
        lead, body.size());
  // "$3M/h", "$0.12/kWh": money may stand in front
  bool dollar = false;
  if (body.front() == '$') {
    dollar = true;
    body.remove_prefix(1);
  }
  const std::size_t shown_size = body.size() + (dollar ? 1U : 0U);
  Decimal number;
  if (!read_decimal(body, number))
    return fault("not-a-number", "'" + std::string{body} + "' does not start with a number",
                 form_help(expected), lead, body.size());
  const std::string_view after = body.substr(number.length);
  if (after.size() > 1 && (after[0] == ',' || after[0] == '_') && is_digit(after[1]))
    return fault(
        "not-a-number",
        "'" + std::string{body} + "': '" + after[0] + "' can only part thousands, as in \"1,234,567\"",
        "decimals are written with a point: \"0.429\"", lead, shown_size);
  std::string_view unit_text = left_trimmed(after);
  std::size_t unit_offset = lead + (dollar ? 1U : 0U) + number.length + (after.size() - unit_text.size());

  int suffix_exponent = 0;
  std::string unit_name{unit_text};
  const auto take_suffix = [&] {
    if (unit_text.empty()) return;
    for (const CountSuffix& s : count_suffixes) {
      const bool alone = unit_text.size() == 1 || unit_text[1] == ' ' || unit_text[1] == '/';
      if (unit_text[0] == s.letter && alone) {
        suffix_exponent = s.exponent;
        unit_text = left_trimmed(unit_text.substr(1));
        unit_name = unit_text;
        return;
      }
    }
  };
  // "175B" is a count, "3.55M device-h" and "10.8 M USD" are what human() prints. Of bare numbers "10k" runs
  // are a count, too; "5 M" has no unit.
  const bool number_alone = expected.dimension == dim::one;
  const bool attached = after.size() == unit_text.size();
  const bool counting = !expected.any && (!number_alone || attached) &&
                        (may_be_bare(expected.dimension) || expected.dimension == dim::device_time ||
                         expected.dimension == dim::money);
  if (counting || dollar) take_suffix();
  if (dollar) unit_name = "USD" + unit_name;

  const std::string capital =
      expected.any ? std::string{} : count_in_small_letters(body, unit_text, expected.dimension);
  if (!capital.empty())
    return fault("unknown-unit",
                 "no suffix '" + std::string{unit_text} + "' of a count (in '" + std::string{body} + "')",
                 capital, unit_offset, 1);

  UnitReading reading = read_unit(unit_name, expected.any);
  if (!reading.unit && expected.any && unit_text.size() == 1) {  // a bare count in free data
    take_suffix();
    reading = read_unit(unit_name, true);
  }
  if (!reading.unit) {
    std::string help = nearest_unit(reading.unknown, reading.unknown == unit_name, expected);
    const std::string form = form_help(expected);
    if (!help.empty() && !form.empty()) help += ' ';
    return fault("unknown-unit", reading.problem + " (in '" + std::string{body} + "')", help + form,
                 unit_offset, std::max<std::size_t>(1, unit_text.size()));
  }
  const Unit& unit = *reading.unit;
  const bool bare = unit_text.empty() && !dollar;
  if (!same_dimension(unit.dimension, expected)) {
    if (bare && unit.dimension == dim::one) {
      if (!expected.bare_number)
        return fault(
            "missing-unit",
            "'" + std::string{body} + "' has no unit; " + describe(expected.dimension) + " is needed",
            form_help(expected), lead, body.size());
    } else {
      return fault("wrong-unit",
                   "needs " + describe(expected.dimension) + ", got " + describe(unit.dimension) + " ('" +
                       std::string{body} + "')",
                   form_help(expected), lead, shown_size);
    }
  }
  ParseResult out;
  out.ok = true;
  out.value.dimension = expected.any ? unit.dimension : expected.dimension;
  out.value.counted = unit.counted;
  out.value.unit = unit_text;
  out.value.coherent = exact_product(number.digits, number.exponent + suffix_exponent, unit.factor);
  out.value.half_step = exact_product(5, number.last_digit + suffix_exponent - 1, unit.factor);
  if (number.negative) out.value.coherent = -out.value.coherent;
  const bool underflow = out.value.coherent == 0 && number.digits != 0;
  if (!std::isfinite(out.value.coherent) || !std::isfinite(out.value.half_step) || underflow)
    return fault("out-of-range", "'" + std::string{body} + "' is beyond what a number can hold",
                 form_help(expected), lead, body.size());
  return out;
}

UnitColumn::UnitColumn(std::string_view unit, const Dimension& dimension) {
  // what begins with a digit or a sign might be taken for a part of the number
  if (unit.empty() || !((unit.front() | 0x20) >= 'a' && (unit.front() | 0x20) <= 'z')) return;
  const ParseResult one = parse("1 " + std::string{unit}, {.dimension = dimension, .bare_number = false});
  if (!one.ok || dimension == dim::time || dimension == dim::money || may_be_bare(dimension) ||
      dimension == dim::device_time)  // durations, currencies and suffixes have forms of their own
    return;
  const UnitReading reading = read_unit(one.value.unit, false);
  if (reading.unit) factor_ = reading.unit->factor;
}

std::optional<double> UnitColumn::value(std::string_view number) const {
  constexpr int farthest = 200;  // what lies beyond is judged by parse()
  Decimal read;
  if (!factor_ || number.size() > 100 || !read_decimal(number, read) || read.length != number.size() ||
      read.exponent > farthest || read.exponent < -farthest)
    return std::nullopt;
  const double value = exact_product(read.digits, read.exponent, *factor_);
  if (!std::isfinite(value) || (value == 0 && read.digits != 0)) return std::nullopt;
  return read.negative ? -value : value;
}

std::optional<int> whole_number(std::string_view digits) {
  int out = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, out);
  const bool whole = read.ec == std::errc{} && read.ptr == end && is_digit(digits.front());
  return whole ? std::optional{out} : std::nullopt;
}

}  // namespace kwhatif::quantity
