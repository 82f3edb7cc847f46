// What a person means by the name of a model: a row of the tables, by id, alias or Hugging Face id, or a
// file. Neither reads the file nor counts the model: network.hpp does.
#pragma once

#include <kwhatif/catalog/catalog.hpp>

#include <string>
#include <string_view>

namespace kwhatif::run {

struct ModelName {
  catalog::Lookup found;
  bool file = false;  ///< it names a config.json
};

/// Ends in .json: a file, whatever the tables know. With a slash and unknown to the tables: a file too,
/// unless it is of the form of the hub's ids ("meta-llama/Llama-3.1-8B").
ModelName model_name(const catalog::Catalog& catalog, std::string_view text);

/// The id of the hub in an address of it ("https://huggingface.co/gpt2/tree/main") and before a revision
/// ("owner/name@main"); anything else as it is.
std::string_view hub_id(std::string_view text);

/// A model of the tables by any of its names, addresses of the hub among them.
catalog::Lookup find_model(const catalog::Catalog& catalog, std::string_view text);

/// The config of a model of the tables.
/// @errors diag::Error: no-config, where the row knows its size alone
std::string config_of(const catalog::Row& model);

/// "owner/name", as the hub writes its ids.
bool is_hub_id(std::string_view text);

/// What to do where no model has this name: those it may be, and for an id of the hub the way by its
/// config.json.
std::string help_on_model(const catalog::Catalog& catalog, std::string_view text,
                          const catalog::Lookup& found);

}  // namespace kwhatif::run
