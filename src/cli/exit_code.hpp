// Exit codes of the contract.
#pragma once

namespace kwhatif::cli {

enum ExitCode : int { done = 0, answer_is_no = 1, wrong_input = 2, our_bug = 3, interrupted = 130 };

}  // namespace kwhatif::cli
