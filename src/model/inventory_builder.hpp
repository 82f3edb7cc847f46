// Private to the model module: appends weights to an inventory, merging what is alike.
#pragma once

#include <kwhatif/model/inventory.hpp>

#include <string>

namespace kwhatif::model {

/// How often the weights that follow are stored, used and multiplied.
struct Copies {
  Count stored = 1;
  Count active = 1;
  double visits = 1;
};

/// Fills an Inventory.
class InventoryBuilder {
 public:
  InventoryBuilder(Unit unit, Kind kind) {
    inventory_.unit = unit;
    inventory_.kind = kind;
  }

  /// Weights added from now on belong to this side and carry this prefix in their names.
  void enter(Side side, std::string prefix) {
    side_ = side;
    prefix_ = std::move(prefix);
  }

  void matrix(Part part, const std::string& name, Count rows, Count columns, const Copies& copies) {
    add({.name = prefix_ + name,
         .part = part,
         .use = Use::matrix,
         .side = side_,
         .rows = rows,
         .columns = columns,
         .stored = copies.stored,
         .active = copies.active,
         .visits = copies.visits});
  }
  void vector(Part part, const std::string& name, Count elements, const Copies& copies) {
    add({.name = prefix_ + name,
         .part = part,
         .use = Use::vector,
         .side = side_,
         .rows = elements,
         .stored = copies.stored,
         .active = copies.active});
  }
  void vector_if(bool present, Part part, const std::string& name, Count elements, const Copies& copies) {
    if (present) vector(part, name, elements, copies);
  }
  /// Adds a weight as it is; alike ones (same name, place and shape) become one entry.
  void add(Weight weight);
  void attention(AttentionCore core);
  void scan(Scan scan);
  /// A weight as a reader listed it, in `layers` layers that `tokens` tokens per unit pass.
  void listed(const ListedWeight& weight, Count layers, double tokens);

  const std::string& prefix() const { return prefix_; }
  Side side() const { return side_; }
  Inventory& inventory() { return inventory_; }

 private:
  Inventory inventory_;
  Side side_ = Side::all;
  std::string prefix_;
};

/// Embeddings, stacks and head of anything made of layers: transformers, state-space models.
void list_stacked(const Architecture& architecture, InventoryBuilder& builder);
/// A residual convolutional network.
void list_residual_network(const Architecture& architecture, InventoryBuilder& builder);
/// A denoising UNet.
void list_unet(const Architecture& architecture, InventoryBuilder& builder);

}  // namespace kwhatif::model
