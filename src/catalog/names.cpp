#include "name_key.hpp"

#include <array>

namespace kwhatif::catalog {

namespace {

// Cuts a piece out of a name in small letters, wherever it stands.
void cut(std::string& name, std::string_view piece) {
  for (auto at = name.find(piece); at != std::string::npos; at = name.find(piece))
    name.erase(at, piece.size());
}

}  // namespace

// A device's name as nvidia-smi, /proc/cpuinfo or a cloud's price list spells it, without what the tables
// leave out: makers in front, "(R)", "64-Core Processor", "CPU @ 2.70GHz", "Standard_", SageMaker's "ml.",
// the form of an accelerator's board ("(MCM) OAM AC MBA"). Each shorter than the one before.
std::vector<std::string> plainer_names(Kind kind, std::string_view name) {
  std::vector<std::string> out;
  constexpr std::size_t longest = 100;
  if ((kind != Kind::hardware && kind != Kind::host) || name.size() > longest) return out;
  std::string plain;
  for (const char c : name) plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view mark : {"(r)", "(tm)", "®", "™", "(mcm)"}) cut(plain, mark);
  if (const auto clock = plain.find(" @ "); clock != std::string::npos) plain.erase(clock);
  if (const auto inner = plain.find(" cpu "); inner != std::string::npos) plain.erase(inner, 4);
  for (const std::string_view tail : {" processor", " cpu", " ac mba", " oam"}) {
    if (plain.ends_with(tail)) plain.erase(plain.size() - tail.size());
  }
  if (plain.ends_with("-core"))
    plain.erase(plain.find_last_of(' ') == std::string::npos ? 0 : plain.find_last_of(' '));
  out.push_back(plain);
  for (const std::string_view head :
       {"standard_", "ml.", "nvidia ", "amd ", "intel ", "geforce ", "tesla ", "instinct "}) {
    if (!plain.starts_with(head)) continue;
    plain.erase(0, head.size());
    out.push_back(plain);
  }
  return out;
}

}  // namespace kwhatif::catalog
