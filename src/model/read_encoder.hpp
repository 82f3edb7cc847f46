// Private to the model module: what the readers of encoders share (read_encoder.cpp, read_encoder_more.cpp).
#pragma once

#include "readers.hpp"

#include <string>

namespace kwhatif::model {

/// BERT's layer: attention and feed-forward part with biases, a norm behind each.
Block encoder_block(Fields& f, Count width, Names feed_forward);
/// An encoder with vocabulary and context read, whose head is not counted unless read_heads() says so.
Architecture encoder_frame(Fields& f, Count width, std::string family);
Count position_rows(Fields& f);
/// Sets pooler and head as the class in `architectures` has them.
void read_heads(Fields& f, Architecture& a, bool base_has_pooler);
/// Layers that see both directions, with a norm behind the embeddings and none at the end.
Stack encoder_stack(Block block, Count layers, Count position_rows, Count position_width = 0);

}  // namespace kwhatif::model
