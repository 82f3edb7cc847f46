// What layers without a cache carry from token to token in generation.
//
// Does not live here: keys and values (memory.hpp), the FLOPs of a recurrence (flops.hpp).
#pragma once

#include <kwhatif/model/architecture.hpp>
#include <kwhatif/model/memory.hpp>

namespace kwhatif::model {

/// The state of the recurrences and the last inputs of their convolutions, per sequence: read and written in
/// each step, the same whatever the context.
///
///   Mamba:        Σ layers · (inner · states + convolved · (kernel - 1)) · bytes; convolved = inner, of
///   Mamba 2
///                 inner + 2 · groups · states
///   other mixers: Σ layers · (FLOPs of the recurrence / FLOPs per element + convolved · (kernel - 1)) ·
///   bytes
///
/// @source  Gu 2023 (2312.00752), section 3.2; the inference caches of mamba_ssm and vLLM
/// @tested  hand counts: mamba-2.8b, codestral-mamba-7b, jamba-1.5-large, qwen3-next-80b-a3b
Memory recurrent_state(const Architecture& architecture, double bytes_per_element);

}  // namespace kwhatif::model
