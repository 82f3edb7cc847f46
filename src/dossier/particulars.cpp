#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/dossier/particulars.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

namespace kwhatif::dossier {

namespace {

namespace chrono = std::chrono;

std::string digits(unsigned n, std::size_t width) {
  std::string out = std::to_string(n);
  return std::string(width - std::min(width, out.size()), '0') + out;
}

std::string written(const chrono::year_month_day& day) {
  return digits(static_cast<unsigned>(int{day.year()}), 4) + '-' + digits(unsigned{day.month()}, 2) + '-' +
         digits(unsigned{day.day()}, 2);
}

bool is_day(const std::string& text) {
  constexpr std::size_t length = 10;  // YYYY-MM-DD
  if (text.size() != length || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t at, std::size_t count) {
    int out = -1;
    const char* const end = text.data() + at + count;
    return std::from_chars(text.data() + at, end, out).ptr == end ? out : -1;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  return year > 0 && month > 0 && day > 0 &&
         chrono::year_month_day{chrono::year{year}, chrono::month{static_cast<unsigned>(month)},
                                chrono::day{static_cast<unsigned>(day)}}
             .ok();
}

struct Reader {
  const Said& said;
  std::vector<diag::Diagnostic> faults = {};

  std::optional<run::Given> text(std::string_view key) {
    const auto found = said.find(key);
    if (found == said.end()) return std::nullopt;
    if (!diag::trimmed(found->second.text).empty()) return found->second;
    fault(found->second, "missing-value", found->second.named + " is empty",
          "leave it out: the blank is seen");
    return std::nullopt;
  }

  std::optional<run::Given> date() {
    auto given = text("date");
    if (given && !is_day(given->text))
      fault(*given, "bad-date", given->named + " = '" + given->text + "' is no day", "write YYYY-MM-DD");
    return given;
  }

  std::optional<run::Given> modality() {
    auto given = text("modality");
    if (!given) return given;
    std::vector<std::string_view> words;
    for (std::string_view word : diag::parts(given->text, ',')) {
      word = diag::trimmed(word);
      if (std::ranges::find(modalities, word) == modalities.end()) {
        const std::string near = diag::did_you_mean(word, modalities);
        fault(*given, "unknown-word", given->named + " has no '" + std::string{word.substr(0, 40)} + "'",
              near.empty() ? "words, parted by commas: " + diag::listed(modalities) : near);
      } else if (std::ranges::find(words, word) == words.end()) {
        words.push_back(word);
      }
    }
    given->text = diag::listed(words);
    return given;
  }

  std::optional<double> count(const std::optional<run::Given>& given) {
    if (!given) return std::nullopt;
    const auto parsed = quantity::parse(
        given->text, {.dimension = quantity::dim::token, .bare_number = true, .example = "2T"});
    if (!parsed.ok) {
      fault(*given, parsed.fault.code, given->named + ": " + parsed.fault.message, parsed.fault.help);
      return std::nullopt;
    }
    if (parsed.value.coherent < 0)
      fault(*given, "out-of-range", given->named + " = " + given->text + " is out of range",
            "it cannot be negative");
    return parsed.value.coherent;
  }

  void fault(const run::Given& given, std::string code, std::string message, std::string help) {
    faults.push_back({.code = std::move(code),
                      .message = std::move(message),
                      .where = given.where,
                      .help = std::move(help)});
  }
};

}  // namespace

Particulars particulars(const Said& said) {
  Reader read{said};
  Particulars out{.title = read.text("title"),
                  .date = read.date(),
                  .author = read.text("author"),
                  .organisation = read.text("organisation"),
                  .contact = read.text("contact"),
                  .model_name = read.text("model_name"),
                  .model_version = read.text("model_version"),
                  .modality = read.modality(),
                  .synthetic_tokens = read.text("synthetic_tokens"),
                  .synthetic_count = {},
                  .generator = read.text("generator"),
                  .measured = {}};
  out.synthetic_count = read.count(out.synthetic_tokens);
  const auto alone = [&](const std::optional<run::Given>& one, const std::optional<run::Given>& other,
                         const char* flag) {
    if (one && !other)
      read.fault(*one, "missing-value", one->named + " needs " + flag,
                 "what it took to make them is 2 FLOP per active parameter of the generator and token");
  };
  alone(out.synthetic_tokens, out.generator,
        "--generator: the model that made them, or its active parameters");
  alone(out.generator, out.synthetic_tokens, "--synthetic-tokens: how many it made");
  if (const auto measured = said.find("measured"); measured != said.end()) out.measured = measured->second;
  if (!read.faults.empty()) throw diag::UsageError(std::move(read.faults));
  return out;
}

std::string day_of_epoch(std::string_view seconds) {
  constexpr long long last = 253402300799;  // of the year 9999
  long long value = -1;
  const char* const end = seconds.data() + seconds.size();
  const auto read = std::from_chars(seconds.data(), end, value);
  if (seconds.empty() || read.ec != std::errc{} || read.ptr != end || value < 0 || value > last)
    diag::refuse("bad-date", "SOURCE_DATE_EPOCH = '" + std::string{seconds.substr(0, 40)} + "' is no time",
                 {}, "it is a whole number of seconds since 1970; --date wins over it");
  const chrono::sys_seconds time{chrono::seconds{value}};
  return written(chrono::year_month_day{chrono::floor<chrono::days>(time)});
}

}  // namespace kwhatif::dossier
