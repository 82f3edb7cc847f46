#include <kwhatif/document/files.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace kwhatif::document {

std::shared_ptr<const diag::SourceText> read_file(const std::string& path) {
  const auto fail = [&](const std::string& why) -> diag::Error {
    return diag::Error({.code = "cannot-read", .message = "cannot read '" + path + "': " + why});
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw fail("it is a folder");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
  auto source = std::make_shared<diag::SourceText>();
  source->name = path;
  constexpr std::size_t largest = 64U << 20U;
  const auto size = std::filesystem::file_size(path, ignored);
  if (!ignored && size <= largest) source->text.reserve(static_cast<std::size_t>(size));
  std::string block(1U << 16U, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    source->text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (source->text.size() > largest) throw fail("it is larger than 64 MiB");
  }
  return source;
}

}  // namespace kwhatif::document
