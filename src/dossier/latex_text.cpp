#include "latex_text.hpp"

#include <kwhatif/diag/visible.hpp>

#include <array>

namespace kwhatif::dossier {

namespace {

struct Letter {
  std::string_view text;
  std::string_view latex;
};
constexpr std::array letters{Letter{"\\", "\\textbackslash{}"},
                             Letter{"{", "\\{"},
                             Letter{"}", "\\}"},
                             Letter{"$", "\\$"},
                             Letter{"&", "\\&"},
                             Letter{"#", "\\#"},
                             Letter{"%", "\\%"},
                             Letter{"_", "\\_"},
                             Letter{"^", "\\textasciicircum{}"},
                             Letter{"~", "\\textasciitilde{}"},
                             Letter{"<", "\\textless{}"},
                             Letter{">", "\\textgreater{}"},
                             Letter{"|", "\\textbar{}"},
                             Letter{"\"", "\\textquotedbl{}"},
                             Letter{"'", "'"},
                             Letter{"`", "\\textasciigrave{}"},
                             Letter{"×", "$\\times$"},
                             Letter{"−", "$-$"},
                             Letter{"·", "$\\cdot$"},
                             Letter{"≤", "$\\leq$"},
                             Letter{"≥", "$\\geq$"},
                             Letter{"±", "$\\pm$"},
                             Letter{"√", "$\\surd$"},
                             Letter{"→", "$\\rightarrow$"},
                             Letter{"…", "\\ldots{}"},
                             Letter{"–", "--"},
                             Letter{"—", "---"},
                             Letter{"‘", "`"},
                             Letter{"’", "'"},
                             Letter{"“", "``"},
                             Letter{"”", "''"},
                             Letter{"²", "$^2$"},
                             Letter{"³", "$^3$"},
                             Letter{"°", "$^\\circ$"},
                             Letter{"µ", "$\\mu$"},
                             Letter{"μ", "$\\mu$"}};

char32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 2) return ((byte(0) & 0x1FU) << 6U) | (byte(1) & 0x3FU);
  if (character.size() == 3)
    return ((byte(0) & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
  if (character.size() == 4)
    return ((byte(0) & 0x07U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) |
           (byte(3) & 0x3FU);
  return byte(0);
}

// Letters of Latin-1 and Latin Extended-A, which T1 has; but for the few that it lacks.
bool in_fonts(char32_t c) {
  if (c < 0x80) return true;
  if (c >= 0xC0 && c <= 0xFF) return c != 0xD7 && c != 0xF7;
  for (const char32_t fine :
       {0x102, 0x103, 0x104, 0x105, 0x106, 0x107, 0x10C, 0x10D, 0x10E, 0x10F, 0x110, 0x111,
        0x118, 0x119, 0x11A, 0x11B, 0x11E, 0x11F, 0x130, 0x131, 0x139, 0x13A, 0x141, 0x142,
        0x143, 0x144, 0x147, 0x148, 0x150, 0x151, 0x152, 0x153, 0x154, 0x155, 0x158, 0x159,
        0x15A, 0x15B, 0x15E, 0x15F, 0x160, 0x161, 0x162, 0x163, 0x164, 0x165, 0x16E, 0x16F,
        0x170, 0x171, 0x178, 0x179, 0x17A, 0x17B, 0x17C, 0x17D, 0x17E}) {
    if (c == fine) return true;
  }
  return false;
}

std::string written(std::string_view character) {
  for (const Letter& letter : letters) {
    if (letter.text == character) return std::string{letter.latex};
  }
  const char32_t c = code_point(character);
  if (in_fonts(c)) return std::string{character};
  return "[U+" + diag::hexadecimal(c, 4) + ']';
}

}  // namespace

std::string in_latex(std::string_view given) {
  constexpr std::size_t longest_piece = 7;  // of a word that may be parted anywhere
  constexpr std::size_t long_word = 13;
  const std::string text = diag::visible(given);
  std::string out;
  std::size_t left = 0;   // of the word
  std::size_t piece = 0;  // characters since the last place where it may be parted
  bool parts = false;     // the word is long
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view{text}.substr(i);
    if (left == 0) {
      left = rest.find(' ') == std::string_view::npos ? rest.size() : rest.find(' ');
      parts = left > long_word;
      piece = 0;
    }
    if (rest.starts_with("CO2e")) {
      out += "CO\\textsubscript{2}e";
      i += 4;
      left -= std::min<std::size_t>(left, 4);
      continue;
    }
    const std::size_t size = diag::first_character(rest);
    out += written(rest.substr(0, size));
    i += size;
    left -= std::min(left, size);
    ++piece;
    if (rest.front() == ' ') {
      left = 0;
      continue;
    }
    const bool joint = std::string_view{"-/_.:,;=+"}.find(rest.front()) != std::string_view::npos;
    if (parts && left > 0 && (joint || piece >= longest_piece)) {
      out += "\\allowbreak{}";
      piece = 0;
    }
  }
  return out;
}

std::string in_bibtex(std::string_view text) {
  std::string plain;
  for (const char c : diag::visible(text)) plain += c == '{' ? '(' : c == '}' ? ')' : c;
  return in_latex(plain);
}

std::string comment_text(std::string_view text) { return diag::visible(text); }

}  // namespace kwhatif::dossier
