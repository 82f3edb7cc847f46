// Build tool: writes the JSON Schema of every document into a folder. Usage: kwhatif-schema FOLDER
#include <kwhatif/report/schema.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: kwhatif-schema FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  for (const auto& title : kwhatif::report::schema_titles()) {
    const auto path = folder / (std::string{title.name} + ".json");
    std::ofstream out(path, std::ios::binary);
    out << kwhatif::report::schema_of(title.name);
    out.close();
    if (!out) {
      std::cerr << "cannot write " << path.string() << '\n';
      return 2;
    }
  }
  return 0;
}
