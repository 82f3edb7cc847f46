#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::diag {

std::string fold(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_' || c == '.') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<std::size_t> two_back(b.size() + 1);
  std::vector<std::size_t> back(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) back[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t best = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = back[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({substitute, back[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], two_back[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return back[b.size()];
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string_view> known,
                                 std::size_t most) {
  constexpr std::size_t longest_word = 64;  // longer input is junk, not a misspelling
  const std::string folded = fold(word);
  if (folded.empty() || folded.size() > longest_word) return {};
  const std::size_t limit = std::min<std::size_t>(3, std::max<std::size_t>(1, folded.size() / 3));
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const std::string_view name : known) {
    const std::string candidate = fold(name);
    if (candidate.empty()) continue;
    std::size_t distance = edit_distance(folded, candidate, limit);
    const bool begins = folded.size() >= 3 &&
                        (candidate.starts_with(folded) || folded.starts_with(candidate)) &&
                        candidate.size() >= 3;
    if (distance > limit && begins)
      distance = limit + 1;
    else if (distance > limit)
      continue;
    found.emplace_back(distance, name);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (const auto& [distance, name] : found) {
    if (out.size() == most) break;
    if (std::find(out.begin(), out.end(), name) == out.end()) out.emplace_back(name);
  }
  return out;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known, std::size_t most) {
  const auto names = nearest(word, known, most);
  if (names.empty()) return {};
  std::string out = "did you mean ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += '\'' + names[i] + '\'';
  }
  return out + '?';
}

}  // namespace kwhatif::diag
