// What the C++ library of Emscripten 3.1 (libc++ 13) lacks of C++20, for the build of the page alone: put
// before each source by the compiler (-include), so that no native source knows of it. Newer libraries
// declare these themselves and then nothing is declared here.
//
// Decimal texts are those of the native library, bit for bit: reading is correctly rounded (strtod of musl
// is), writing is the shortest text that reads back as the same number, as std::to_chars promises.
// NOLINTBEGIN(cert-dcl58-cpp): filling a gap of namespace std is what this file is for
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <compare>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <version>

#if _LIBCPP_VERSION < 14000

namespace std {

template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  return __builtin_bit_cast(To, from);
}

template <class T, class Category = partial_ordering>
concept three_way_comparable = requires(const remove_reference_t<T>& a, const remove_reference_t<T>& b) {
  { a <=> b } -> convertible_to<Category>;
};

// --- numbers as texts
// ----------------------------------------------------------------------------------------------

namespace older {

// How much of [first, last) is a decimal number as from_chars reads it: no blank, no plus, no hexadecimal.
inline const char* end_of_number(const char* first, const char* last) {
  const auto digits = [&](const char* p) {
    while (p != last && *p >= '0' && *p <= '9') ++p;
    return p;
  };
  const char* p = first;
  if (p != last && *p == '-') ++p;
  const auto word = [&](const char* w) {
    const char* q = p;
    for (; *w != 0; ++w, ++q)
      if (q == last || (*q | 0x20) != *w) return static_cast<const char*>(nullptr);
    return q;
  };
  for (const char* w : {"infinity", "inf", "nan"})
    if (const char* q = word(w)) return q;
  const char* const whole = p;
  p = digits(p);
  auto count = p - whole;
  if (p != last && *p == '.') {
    const char* const after = digits(p + 1);
    count += after - (p + 1);
    if (count > 0) p = after;
  }
  if (count == 0) return first;
  if (p != last && (*p | 0x20) == 'e') {
    const char* q = p + 1;
    if (q != last && (*q == '-' || *q == '+')) ++q;
    if (const char* const after = digits(q); after != q) p = after;
  }
  return p;
}

inline to_chars_result put(char* first, char* last, const char* text, size_t size) {
  if (size > static_cast<size_t>(last - first)) return {last, errc::value_too_large};
  memcpy(first, text, size);
  return {first + size, errc{}};
}

// The fewest digits that read back as value, which is finite and not 0, in the form d.ddde±x.
inline int shortest(char* text, size_t room, double value) {
  int size = 0;
  // with 15 digits or fewer the text of 15 is that text and zeros; numbers below the normal ones have fewer
  for (int digits = fabs(value) < 2.3e-308 ? 1 : 15; digits <= 17; ++digits) {
    size = snprintf(text, room, "%.*e", digits - 1, value);
    if (strtod(text, nullptr) == value) break;
  }
  return size;
}

}  // namespace older

inline from_chars_result from_chars(const char* first, const char* last, double& value) {
  const char* const end = older::end_of_number(first, last);
  if (end == first) return {first, errc::invalid_argument};
  char room[64];
  string longer;
  const size_t size = static_cast<size_t>(end - first);
  const char* text = room;
  if (size < sizeof room) {
    memcpy(room, first, size);
    room[size] = 0;
  } else {
    longer.assign(first, size);
    text = longer.c_str();
  }
  const double read = strtod(text, nullptr);
  const char start = *first == '-' ? first[1] : *first;
  const bool digits = (start >= '0' && start <= '9') || start == '.';
  bool zero = true;  // whether all digits before the exponent are 0
  for (const char* p = first; p != end && (*p | 0x20) != 'e'; ++p) zero = zero && !(*p >= '1' && *p <= '9');
  if (digits && (isinf(read) || (read == 0 && !zero))) return {end, errc::result_out_of_range};
  value = read;
  return {end, errc{}};
}

inline to_chars_result to_chars(char* first, char* last, double value, chars_format format, int precision) {
  const char* const how = format == chars_format::fixed        ? "%.*f"
                          : format == chars_format::scientific ? "%.*e"
                                                               : "%.*g";
  char text[512];
  const int size = snprintf(text, sizeof text, how, precision, value);
  return older::put(first, last, text, static_cast<size_t>(size));
}

inline to_chars_result to_chars(char* first, char* last, double value) {
  char text[512];
  if (!isfinite(value) || value == 0) {
    const int size = snprintf(text, sizeof text, "%g", value);
    return older::put(first, last, text, static_cast<size_t>(size));
  }
  char long_form[40];
  older::shortest(long_form, sizeof long_form, value);
  char* mark = strchr(long_form, 'e');
  const int exponent = atoi(mark + 1);
  char* end = mark;
  while (end > long_form && end[-1] == '0') --end;
  if (end > long_form && end[-1] == '.') --end;
  const int minus = value < 0 ? 1 : 0;
  const int shown = static_cast<int>(end - long_form) - minus;
  const int digits = shown > 1 ? shown - 1 : 1;
  const int scientific = shown + (abs(exponent) >= 100 ? 5 : 4);
  const int plain =
      exponent >= 0 ? max(exponent + 1, digits) + (digits > exponent + 1 ? 1 : 0) : 1 - exponent + digits;
  if (plain <= scientific) {
    const int after = max(0, digits - 1 - exponent);
    const int size = snprintf(text, sizeof text, "%.*f", after, value);
    return older::put(first, last, text, static_cast<size_t>(size));
  }
  const size_t head = static_cast<size_t>(end - long_form);
  memcpy(text, long_form, head);
  const int tail =
      snprintf(text + head, sizeof text - head, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
  return older::put(first, last, text, head + static_cast<size_t>(tail));
}

inline to_chars_result to_chars(char* first, char* last, double value, chars_format format) {
  char text[512];
  if (!isfinite(value) || value == 0 || format == chars_format::general) return to_chars(first, last, value);
  char long_form[40];
  older::shortest(long_form, sizeof long_form, value);
  char* const mark = strchr(long_form, 'e');
  char* end = mark;
  while (end > long_form && end[-1] == '0') --end;
  if (end > long_form && end[-1] == '.') --end;
  const size_t head = static_cast<size_t>(end - long_form);
  if (format == chars_format::fixed) {
    const int digits = max(1, static_cast<int>(head) - (value < 0 ? 1 : 0) - 1);
    const int size = snprintf(text, sizeof text, "%.*f", max(0, digits - 1 - atoi(mark + 1)), value);
    return older::put(first, last, text, static_cast<size_t>(size));
  }
  memcpy(text, long_form, head);
  const size_t tail = strlen(mark);
  memcpy(text + head, mark, tail);
  return older::put(first, last, text, head + tail);
}

// --- algorithms over ranges
// ----------------------------------------------------------------------------------------

namespace ranges {

namespace older {

template <class Compare, class Projection>
auto projected(Compare& compare, Projection& projection) {
  return [&](auto&& a, auto&& b) -> bool {
    return std::invoke(compare, std::invoke(projection, a), std::invoke(projection, b));
  };
}

template <class Predicate, class Projection>
auto tested(Predicate& predicate, Projection& projection) {
  return [&](auto&& a) -> bool { return std::invoke(predicate, std::invoke(projection, a)); };
}

template <class R>
concept iterable = requires(R& r) {
  std::begin(r);
  std::end(r);
};

}  // namespace older

// Each takes a range, or two iterators; what follows is handed on.
#define KWHATIF_UNPACK(...) __VA_ARGS__
#define KWHATIF_OLDER_ALGORITHM(name, parameters, arguments, ...)                                       \
  inline constexpr struct name##_function {                                                             \
    template <class I, KWHATIF_UNPACK parameters>                                                       \
    requires(!older::iterable<I>) constexpr auto operator()(I first, I last,                            \
                                                            KWHATIF_UNPACK arguments) const __VA_ARGS__ \
        template <older::iterable R, KWHATIF_UNPACK parameters>                                         \
        constexpr auto operator()(R&& range, KWHATIF_UNPACK arguments) const {                          \
      auto first = std::begin(range);                                                                   \
      auto last = std::end(range);                                                                      \
      __VA_ARGS__                                                                                       \
    }                                                                                                   \
  } name{};

KWHATIF_OLDER_ALGORITHM(find, (class T, class P = identity), (const T& value, P projection = {}), {
  return std::find_if(first, last, [&](auto&& a) { return std::invoke(projection, a) == value; });
})
KWHATIF_OLDER_ALGORITHM(count, (class T, class P = identity), (const T& value, P projection = {}), {
  return std::count_if(first, last, [&](auto&& a) { return std::invoke(projection, a) == value; });
})
KWHATIF_OLDER_ALGORITHM(find_if, (class F, class P = identity), (F predicate, P projection = {}),
                        { return std::find_if(first, last, older::tested(predicate, projection)); })
KWHATIF_OLDER_ALGORITHM(any_of, (class F, class P = identity), (F predicate, P projection = {}),
                        { return std::any_of(first, last, older::tested(predicate, projection)); })
KWHATIF_OLDER_ALGORITHM(all_of, (class F, class P = identity), (F predicate, P projection = {}),
                        { return std::all_of(first, last, older::tested(predicate, projection)); })
KWHATIF_OLDER_ALGORITHM(none_of, (class F, class P = identity), (F predicate, P projection = {}),
                        { return std::none_of(first, last, older::tested(predicate, projection)); })
KWHATIF_OLDER_ALGORITHM(count_if, (class F, class P = identity), (F predicate, P projection = {}),
                        { return std::count_if(first, last, older::tested(predicate, projection)); })
KWHATIF_OLDER_ALGORITHM(sort, (class C = std::less<>, class P = identity),
                        (C compare = {}, P projection = {}), {
                          std::sort(first, last, older::projected(compare, projection));
                          return last;
                        })
KWHATIF_OLDER_ALGORITHM(stable_sort, (class C = std::less<>, class P = identity),
                        (C compare = {}, P projection = {}), {
                          std::stable_sort(first, last, older::projected(compare, projection));
                          return last;
                        })
KWHATIF_OLDER_ALGORITHM(max_element, (class C = std::less<>, class P = identity),
                        (C compare = {}, P projection = {}),
                        { return std::max_element(first, last, older::projected(compare, projection)); })
KWHATIF_OLDER_ALGORITHM(min_element, (class C = std::less<>, class P = identity),
                        (C compare = {}, P projection = {}),
                        { return std::min_element(first, last, older::projected(compare, projection)); })

template <class T>
struct min_max_pair {
  T min;
  T max;
};
KWHATIF_OLDER_ALGORITHM(minmax_element, (class C = std::less<>, class P = identity),
                        (C compare = {}, P projection = {}), {
                          const auto found =
                              std::minmax_element(first, last, older::projected(compare, projection));
                          return min_max_pair<decltype(found.first)>{found.first, found.second};
                        })
KWHATIF_OLDER_ALGORITHM(is_sorted, (class C = std::less<>, class P = identity),
                        (C compare = {}, P projection = {}),
                        { return std::is_sorted(first, last, older::projected(compare, projection)); })
KWHATIF_OLDER_ALGORITHM(partition_point, (class F, class P = identity), (F predicate, P projection = {}),
                        { return std::partition_point(first, last, older::tested(predicate, projection)); })
KWHATIF_OLDER_ALGORITHM(upper_bound, (class T, class C = std::less<>, class P = identity),
                        (const T& value, C compare = {}, P projection = {}), {
                          return std::upper_bound(first, last, value, [&](auto&& a, auto&& b) -> bool {
                            return std::invoke(compare, a, std::invoke(projection, b));
                          });
                        })
KWHATIF_OLDER_ALGORITHM(replace, (class T, class U), (const T& old_value, const U& new_value), {
  std::replace(first, last, old_value, new_value);
  return last;
})

#undef KWHATIF_OLDER_ALGORITHM
#undef KWHATIF_UNPACK

template <older::iterable R, class O>
constexpr auto move(R&& range, O out) {
  return std::move(std::begin(range), std::end(range), out);
}
template <older::iterable R, class O>
constexpr auto copy(R&& range, O out) {
  return std::copy(std::begin(range), std::end(range), out);
}
template <older::iterable R, class O, class F, class P = identity>
constexpr auto copy_if(R&& range, O out, F predicate, P projection = {}) {
  return std::copy_if(std::begin(range), std::end(range), out, older::tested(predicate, projection));
}
template <older::iterable A, older::iterable B, class C = std::equal_to<>, class P = identity,
          class Q = identity>
constexpr bool equal(A&& a, B&& b, C compare = {}, P of_a = {}, Q of_b = {}) {
  return std::equal(std::begin(a), std::end(a), std::begin(b), std::end(b), [&](auto&& x, auto&& y) -> bool {
    return std::invoke(compare, std::invoke(of_a, x), std::invoke(of_b, y));
  });
}
template <older::iterable R, class C = std::less<>, class P = identity>
constexpr auto min(R&& range, C compare = {}, P projection = {}) {
  return *std::min_element(std::begin(range), std::end(range), older::projected(compare, projection));
}
template <older::iterable R>
constexpr auto max(R&& range) {
  return *std::max_element(std::begin(range), std::end(range));
}
template <older::iterable R>
constexpr auto minmax(R&& range) {
  const auto found = std::minmax_element(std::begin(range), std::end(range));
  return min_max_pair<std::decay_t<decltype(*found.first)>>{*found.first, *found.second};
}

}  // namespace ranges

}  // namespace std

#endif
// NOLINTEND(cert-dcl58-cpp)
