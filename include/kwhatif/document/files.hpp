// Files as texts, and the one way in which whoever uses the library says how they are read.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <functional>
#include <memory>
#include <string>

namespace kwhatif::document {

/// Gives the content of the file at a path. What needs a file takes one of these instead of opening it:
/// read_file() reads the disk, a page or a test has its own.
/// @errors diag::Error (cannot-read)
using Reader = std::function<std::shared_ptr<const diag::SourceText>(const std::string& path)>;

/// Reads a file of the disk as it is.
/// @errors diag::Error (cannot-read) where it does not exist, is a folder or cannot be read
std::shared_ptr<const diag::SourceText> read_file(const std::string& path);

}  // namespace kwhatif::document
