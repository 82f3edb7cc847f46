// How a run's work is asked for: the flag that counts what its network is trained on. The words themselves
// are those of work.hpp.
#pragma once

#include <kwhatif/run/work.hpp>

#include <string_view>

namespace kwhatif::run {

/// "--tokens" of text, "--samples" of all else; the flag of a rate is this with "-per-second" behind it.
inline std::string_view work_flag(const WorkUnit& work) { return work.text() ? "--tokens" : "--samples"; }

}  // namespace kwhatif::run
