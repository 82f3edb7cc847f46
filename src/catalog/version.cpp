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
  for (std::size_t k = 0; k < kind_count; ++k) {
    if (laid_over_alone && (tables.own_kinds >> k & 1U) == 0) continue;
    const KindSchema& kind = schema(static_cast<Kind>(k));
    for (const RowRecord& row : tables.rows[k]) {
      const ShapeRecord& shape = tables.shape(row);
      if (laid_over_alone && shape.laid_over == 0) continue;
      hash.add(kind.name);
      hash.step(shape.standing);
      for (const std::uint32_t text : {row.id, shape.source, shape.at}) hash.add(tables.string(text));
      for (std::size_t i = 0; i < shape.slot_count; ++i) {
        const std::size_t value = row.first_value + i;
        if (laid_over_alone && tables.line(value) == 0) continue;
        const SlotRecord& slot = tables.slots[shape.first_slot + i];
        const DetailRecord& detail = tables.details[slot.detail];
        hash.add(kind.fields[slot.field].key);
        hash.step(static_cast<unsigned char>(detail.standing));
        const std::uint32_t said =
            slot.numeric != 0 ? tables.numbers[tables.values[value]].text : tables.values[value];
        for (const std::uint32_t text : {said, detail.source, detail.at, detail.note, detail.date})
          hash.add(tables.string(text));
      }
    }
  }
  return hash.hexadecimal();
}

std::size_t laid_over_rows(const Tables& tables) {
  std::size_t out = 0;
  for (std::size_t k = 0; k < kind_count; ++k) {
    if ((tables.own_kinds >> k & 1U) == 0) continue;
    for (const RowRecord& row : tables.rows[k]) out += tables.shape(row).laid_over;
  }
  return out;
}

}  // namespace kwhatif::catalog
