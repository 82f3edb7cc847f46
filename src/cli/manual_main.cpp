// Build tool: writes the manual pages into a folder. Usage: kwhatif-manual FOLDER
#include "manual.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: kwhatif-manual FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream out(folder / name, std::ios::binary);
    out << text;
    out.close();
    if (!out) std::cerr << "cannot write " << (folder / name).string() << '\n';
    return static_cast<bool>(out);
  };
  const bool written =
      write("kwhatif.1", kwhatif::cli::manual()) && write("kwhatif-run.5", kwhatif::cli::run_file_manual());
  return written ? 0 : 2;
}
