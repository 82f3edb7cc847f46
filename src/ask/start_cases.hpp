// Private to ask: the files for a kind of task that `init` writes.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// The whole file for a task ("vision", "pilot"); none where there is no such task.
std::optional<std::string_view> starting_file(std::string_view name);
std::vector<std::string_view> starting_files();

}  // namespace kwhatif::ask
