// One of the targets as a libFuzzer program: kwhatif-fuzz --target=argv FOLDER [-max_total_time=60 …].
#include "targets.hpp"

#include <cstddef>
#include <cstdint>

namespace {

const kwhatif::fuzz::Target* target = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** words) {
  target = &kwhatif::fuzz::chosen(*count, *words);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  target->run({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
