// Lines, numbers and times as logs write them. Private to src/import.
#pragma once

#include <kwhatif/import/measurement.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::imports {

struct Piece {
  std::string_view text;
  int line = 0;  ///< from 1
};

/// Every line, without the codes that colour it; what a progress bar wrote over is a piece of its own.
void for_each_piece(std::string_view text, const std::function<void(const Piece&)>& take);

/// A number and nothing else, blanks at its ends aside; no NaN, no infinity.
std::optional<double> number(std::string_view text);
/// The number that a text begins with, "258,163" and "1.63e+06" among them.
/// @param rest  what follows it
std::optional<double> leading_number(std::string_view text, std::string_view* rest = nullptr);
/// The same with a suffix of thousands behind it: "89.56P", "101.63K", "15.933 billion".
std::optional<double> suffixed_number(std::string_view text);
/// The number that stands right before the end of a text.
std::optional<double> trailing_number(std::string_view text);
/// The number behind a mark that begins a word, after blanks, colons, quotes and equal signs.
std::optional<double> number_after(std::string_view line, std::string_view mark);

/// The first time of day with a date in a text, in seconds since 1970 as if it were UTC.
/// @param utc  whether it says that it is
std::optional<double> find_stamp(std::string_view text, bool* utc = nullptr);
/// Seconds of "1-02:03:04", "10:01:48", "0:36:58.55".
std::optional<double> clock_time(std::string_view text);

std::string lowered(std::string_view text);
bool contains(std::string_view text, std::string_view part);
/// "1,024" of a whole number, else three digits.
std::string in_digits(double value);
/// "2 min 5 s".
std::string seconds_in_words(double seconds);
/// "1 step", "3 steps".
std::string counted(std::size_t n, std::string_view one, std::string_view many = {});
/// "lines 3 to 7", "line 3".
std::string lines_in_words(int first, int last);

double median(std::vector<double> values);

/// Adds a finding of one number.
Finding& found(Measurement& into, Measure measure, double value, std::string statistic, int first,
               int last = 0);
Finding& found(Measurement& into, Measure measure, std::string text, std::string statistic, int line);
void leave(Measurement& into, std::string what, std::string why, int first = 0, int last = 0);
void warn(Measurement& into, std::string code, std::string message, std::string help = {});

}  // namespace kwhatif::imports
