// Which tables these are: the edition of the built-in ones, and a hash of what tables say. Keys go into it by
// their names: the hash of an old edition stays the same when a kind gets new keys.
#include <kwhatif/catalog/store.hpp>

#include <charconv>

namespace kwhatif::catalog {

namespace {

// FNV-1a in 64 bits: tells editions apart, does not guard against forgery.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) step(static_cast<unsigned char>(c));
    step(0);  // so that "ab", "c" is not "a", "bc"
  }
  void step(unsigned char byte) {
    constexpr std::uint64_t prime = 0x100000001b3;
    value_ = (value_ ^ byte) * prime;
  }
  std::string hexadecimal() const {
    constexpr std::size_t digits = 16;
    char text[digits];
    char* const end = std::to_chars(text, text + digits, value_, 16).ptr;
    const std::string out(&text[0], end);
    return std::string(digits - out.size(), '0') + out;
  }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

std::string_view data_edition() { return builtin_tables().string(builtin_tables().edition); }

std::string content_hash(const Tables& tables, bool laid_over_alone) {
  Hash hash;
  for (const RowRecord& row : tables.rows) {
    if (laid_over_alone && row.laid_over == 0) continue;
    const KindSchema& kind = schema(static_cast<Kind>(row.kind));
    hash.add(kind.name);
    hash.step(row.standing);
    for (const std::uint32_t text : {row.id, row.source, row.at}) hash.add(tables.string(text));
    for (const CellRecord& cell : tables.cells.subspan(row.first_cell, row.cell_count)) {
      if (laid_over_alone && cell.line == 0) continue;
      hash.add(kind.fields[cell.field].key);
      hash.step(cell.standing);
      for (const std::uint32_t text : {cell.text, cell.source, cell.at, cell.note, cell.date})
        hash.add(tables.string(text));
    }
  }
  return hash.hexadecimal();
}

}  // namespace kwhatif::catalog
