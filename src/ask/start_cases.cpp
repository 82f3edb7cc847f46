// The files that `init` writes for a kind of task, each commented and valid as it stands. A run of the tables
// or an example with every key is start.cpp's.
#include "start_cases.hpp"

#include <array>

namespace kwhatif::ask {

namespace {

constexpr std::string_view vision =
    R"(# Training an image network. Estimate it with: kwhatif estimate THIS_FILE
title = "ResNet-50 on ImageNet-1k, 90 epochs"

[model]
preset = "resnet-50"            # `kwhatif list models`; or config = "config.json"

[training]
samples = "1.28M"               # images in the data set
epochs = 90
# global_batch = "1024 images"  # of all devices together
# framework = "standard"        # tuned, standard, legacy, or a name of `kwhatif list frameworks`

[hardware]
id = "a100-sxm4-80gb"
count = 8
precision = "bf16"
# samples_per_second = "2,500"  # measured per device: then nothing is predicted but the power
# accelerator_power = "320 W"   # measured on the board (nvidia-smi): the host's share is added

[site]
grid = "DEU"                    # or region = "gcp:europe-west3"
)";

constexpr std::string_view finetune =
    R"(# Fine-tuning with adapters on one card. Estimate it with: kwhatif estimate THIS_FILE
title = "QLoRA on Llama 3 8B"

[model]
preset = "llama-3-8b"           # a name of the tables, a Hugging Face id of them, or config = "config.json"

[training]
finetune = "qlora"              # full, lora or qlora
rank = 16
tokens = "20M"                  # or samples = "40k" with sequence_length
epochs = 3
sequence_length = 2048
# base_model = "llama-3-8b"     # tells the compute that went into the base, on a line of its own

[hardware]
id = "rtx-4090"
count = 1
precision = "bf16"

[site]
grid = "FRA"
pue = 1.0                       # at home or in an office: no cooling of a data centre
)";

constexpr std::string_view pilot =
    R"(# A pilot: an hour of the real run, measured. It calibrates the forecast of the whole run:
#   kwhatif estimate --pilot THIS_FILE --tokens 2T --chips 1024 --grid SWE
# Model and device are the pilot's where the command names none.
# `kwhatif import LOG` writes such a file from the log of a training; this one is to be filled in by hand.
title = "Pilot on eight devices"

[model]
preset = "llama-2-7b"           # or parameters = "7B"

[training]
sequence_length = 4096
# global_batch = "512 sequences"

[hardware]
id = "h100-sxm5"
count = 8
tokens_per_second = "11,500"    # per device while stepping; of all devices: total_tokens_per_second
accelerator_power = "640 W"     # on the board (nvidia-smi); with the host: power

[site]
grid = "SWE"
)";

constexpr std::string_view stages =
    R"(# A training of several kinds of work, one after the other. Estimate it with: kwhatif estimate THIS_FILE
# What stands before the stages is that of all; a stage says what differs.
title = "Pre-training, long context, fine-tuning"

[model]
preset = "llama-3-8b"

[hardware]
id = "h100-sxm5"
count = 512

[site]
region = "gcp:europe-north1"

[[stage]]
name = "pretrain"
regime = "pretrain"             # `kwhatif help stages` lists the regimes
tokens = "15T"

[[stage]]
name = "long context"
regime = "long-context"
tokens = "100B"
seq_len = 131072

[[stage]]
name = "instructions"
regime = "lora"
tokens = "1B"
rank = 16
chips = 64
)";

constexpr std::string_view hardware =
    R"(# A device of your own. Put this file into a folder and lay it over the tables:
#   kwhatif estimate --data THE_FOLDER --params 7B --tokens 100B --hardware h100-500w --chips 8 --grid DEU
# `kwhatif check THIS_FILE` validates it; `kwhatif show hardware h100-sxm5` shows a row of the tables. A row with
# the id of one of the tables replaces what it says.
schema = "hardware/1"

[defaults]
source = "own"                  # or one of `kwhatif list sources`, or of a table source/1 of yours
at = "data sheet"               # where in the source
status = "verified"             # read there; or secondary, recalled, assumed

[[hardware]]
id = "h100-500w"                # small letters, digits, '-', '.'; its first word, h100, is the family that it is
                                # predicted like; a table device_family/1 names families of your own
name = "H100 SXM5, limited to 500 W"
vendor = "NVIDIA"
kind = "gpu"                    # gpu, tpu, cpu or other
year = 2026
memory = "80 GB"
memory_bandwidth = "3350 GB/s"
peak_bf16 = "800 TFLOP/s"       # dense, not with sparsity
tdp = "500 W"
price_on_demand = "2.10 USD/h"
# average_power = "680 W"       # measured in training with its share of the host: wins over the prediction
)";

constexpr std::string_view region =
    R"(# A site of your own. Put this file into a folder and lay it over the tables:
#   kwhatif estimate --data THE_FOLDER --params 7B --tokens 100B --hardware h100-sxm5 --chips 8 --region my:cellar
# `kwhatif check THIS_FILE` validates it. Values by year stand in tables of schema region_year/1.
schema = "region/1"

[defaults]
source = "own"                  # or one of `kwhatif list sources`, or of a table source/1 of yours
at = "our own site"
status = "verified"

[[region]]
id = "my:cellar"                # provider:region
name = "Our machine room"
provider = "my"
city = "Kassel"
country = "DEU"                 # three letters
latitude = "51.31"
longitude = "9.48"
grid = "DEU"                    # `kwhatif list grids`: where its carbon intensity is taken from
)";

constexpr std::string_view service =
    R"(# A service: what answering costs. Ask with: kwhatif serve THIS_FILE; flags win over the file.
# `kwhatif serve THIS_FILE --vary batch=8,64,256` has a row for each, `--explain` how each number follows.
title = "Llama 3.1 70B on four H100"

[serve]
model = "llama-3.1-70b"         # `kwhatif list models`, a config.json, or params = "70B"
hardware = "h100-sxm5"          # `kwhatif list hardware`
devices = 4                     # of one instance; left out: the fewest that hold the model
precision = "bf16"              # of the weights: bf16, fp8, int4 …
engine = "vllm"                 # vllm, sglang, tensorrt-llm, transformers

batch = 64                      # requests in flight; or, instead of batch and load, those that arrive:
# rate = "2/s"
load = "50 %"                   # of the provisioned time in which the devices serve
prompt = 300                    # tokens of a prompt
answer = 500                    # tokens of an answer
# cached = "56 %"               # of the prompt whose keys and values are kept from before
# speculative = "3:2"           # tokens drafted per step, and gained

# host = "35 %"                 # of the TDP of a device, or its power: "245 W"
region = "gcp:us-central1"      # or grid = "DEU"
# pue = 1.10                    # wins over that of the region
# price = "2.48 USD/h"          # per device
# wue = "0.3 L/kWh"             # water on site

queries_per_day = "1M"          # or queries = "1B"
life = "1 year"
)";

struct Case {
  std::string_view name;
  std::string_view text;
};
constexpr std::array cases{Case{"vision", vision}, Case{"finetune", finetune}, Case{"pilot", pilot},
                           Case{"stages", stages}, Case{"hardware", hardware}, Case{"region", region},
                           Case{"serve", service}};

}  // namespace

std::optional<std::string_view> starting_file(std::string_view name) {
  for (const Case& c : cases) {
    if (c.name == name) return c.text;
  }
  return std::nullopt;
}

std::vector<std::string_view> starting_files() {
  std::vector<std::string_view> out;
  for (const Case& c : cases) out.push_back(c.name);
  return out;
}

}  // namespace kwhatif::ask
