// Runs the files of a folder through a target, without libFuzzer: fuzz_replay --target=argv FOLDER.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerInitialize(int* count, char*** words);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

int main(int count, char** words) {
  // A hang is an input that takes this long; the slowest seeds take a tenth of it, sanitizers included.
  constexpr std::chrono::seconds patience{10};
  LLVMFuzzerInitialize(&count, &words);
  std::size_t run = 0;
  bool slow = false;
  for (int i = 1; i < count; ++i) {
    if (std::string_view{words[i]}.starts_with("--")) continue;
    for (const auto& entry : std::filesystem::directory_iterator(words[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      std::printf("%s\n", entry.path().filename().c_str());
      std::fflush(stdout);  // the last one named is the one that crashed
      // a copy of its own, so that reading past its end is seen
      const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
      const auto began = std::chrono::steady_clock::now();
      LLVMFuzzerTestOneInput(copy.data(), copy.size());
      if (std::chrono::steady_clock::now() - began > patience) {
        std::printf("  took more than %d s\n", static_cast<int>(patience.count()));
        slow = true;
      }
      ++run;
    }
  }
  std::printf("%zu inputs\n", run);
  return slow || run == 0 ? 1 : 0;
}
