#include "inventory_builder.hpp"

#include <utility>

namespace kwhatif::model {

std::string_view part_name(Part part) {
  constexpr std::string_view names[] = {"embeddings", "attention",    "feed-forward", "experts",     "norms",
                                        "head",       "convolutions", "state space",  "conditioning"};
  return names[static_cast<std::size_t>(part)];
}

std::string_view unit_name(Unit unit) {
  constexpr std::string_view names[] = {"token",      "image", "image and denoising step", "image-text pair",
                                        "sound clip", "video", "video and denoising step"};
  return names[static_cast<std::size_t>(unit)];
}

void InventoryBuilder::add(Weight weight) {
  if (weight.stored == 0 && weight.visits == 0 && weight.visits_per_sequence == 0) return;
  for (Weight& known : inventory_.weights) {
    if (known.name == weight.name && known.part == weight.part && known.use == weight.use &&
        known.side == weight.side && known.rows == weight.rows && known.columns == weight.columns) {
      known.stored += weight.stored;
      known.active += weight.active;
      known.visits += weight.visits;
      known.visits_per_sequence += weight.visits_per_sequence;
      return;
    }
  }
  inventory_.weights.push_back(std::move(weight));
}

void InventoryBuilder::attention(AttentionCore core) {
  for (AttentionCore& known : inventory_.attention) {
    if (known.name == core.name && known.side == core.side && known.cross == core.cross &&
        known.score_width == core.score_width && known.value_width == core.value_width &&
        known.reach == core.reach && known.queries == core.queries && known.fixed_keys == core.fixed_keys &&
        known.compression == core.compression) {
      known.layers += core.layers;
      return;
    }
  }
  inventory_.attention.push_back(std::move(core));
}

void InventoryBuilder::scan(Scan scan) {
  for (Scan& known : inventory_.scans) {
    if (known.name == scan.name && known.flop_per_token == scan.flop_per_token) {
      known.layers += scan.layers;
      return;
    }
  }
  inventory_.scans.push_back(std::move(scan));
}

void InventoryBuilder::listed(const ListedWeight& weight, Count layers, double tokens) {
  const Count copies = layers * weight.copies;
  const bool multiplied = weight.use == Use::matrix;
  add({.name = prefix_ + weight.name,
       .part = weight.part,
       .use = weight.use,
       .side = side_,
       .rows = weight.rows,
       .columns = weight.columns,
       .stored = copies,
       .active = copies,
       .visits = multiplied ? copies.as_double() * weight.visits * tokens : 0,
       .visits_per_sequence = multiplied ? copies.as_double() * weight.visits_per_sequence : 0});
}

namespace {

// A network of stages of different widths (Swin, ConvNeXt), whose reader has listed everything.
void list_by_hand(const Architecture& architecture, InventoryBuilder& b) {
  for (const ListedWeight& weight : architecture.listed) b.listed(weight, 1, 1);
  for (const ListedAttention& core : architecture.listed_attention) {
    b.attention({.name = core.name,
                 .layers = core.layers,
                 .score_width = core.score_width,
                 .value_width = core.value_width,
                 .reach = {.causal = false},
                 .queries = core.queries.as_double(),
                 .fixed_keys = core.keys.as_double()});
  }
}

// What passes a tower is no token of the text: its weights are stored, and count_towers() counts its work.
void list_tower(const Tower& tower, InventoryBuilder& b) {
  for (Weight weight : take_inventory(tower.network).weights) {
    weight.name = tower.name + ' ' + weight.name;
    weight.side = Side::all;
    if (weight.use == Use::token_table || weight.use == Use::tied_table) weight.use = Use::table;
    weight.active = 0;
    weight.visits = weight.visits_per_sequence = 0;
    b.add(std::move(weight));
  }
}

}  // namespace

Inventory take_inventory(const Architecture& architecture) {
  Unit unit = Unit::token;
  if (architecture.kind == Kind::vision_transformer || architecture.kind == Kind::convolutional) {
    unit = Unit::image;
  } else if (architecture.kind == Kind::diffusion) {
    unit = Unit::denoising_step;
  }
  unit = architecture.unit.value_or(unit);
  InventoryBuilder builder(unit, architecture.kind);
  if (architecture.residual_network) {
    list_residual_network(architecture, builder);
  } else if (architecture.denoising_unet) {
    list_unet(architecture, builder);
  } else if (architecture.stacks.empty()) {
    list_by_hand(architecture, builder);
  } else {
    list_stacked(architecture, builder);
  }
  for (const Tower& tower : architecture.towers) list_tower(tower, builder);
  return std::move(builder.inventory());
}

}  // namespace kwhatif::model
