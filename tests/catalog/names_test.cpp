// Names as programs print them and as people copy them: of devices, instances and places.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace kwhatif::catalog {
namespace {

struct Name {
  std::string_view printed;
  std::string_view id;
};

// nvidia-smi, rocm-smi, macOS (system_profiler), /proc/cpuinfo, hl-smi.
constexpr std::array devices{
    Name{"NVIDIA A100-SXM4-80GB", "a100-sxm4-80gb"},
    Name{"NVIDIA A100-SXM4-40GB", "a100-sxm4-40gb"},
    Name{"NVIDIA A100 80GB PCIe", "a100-pcie-80gb"},
    Name{"NVIDIA A100-PCIE-40GB", "a100-pcie-40gb"},
    Name{"NVIDIA A800-SXM4-80GB", "a800-sxm4-80gb"},
    Name{"Tesla V100-SXM2-16GB", "v100-sxm2-16gb"},
    Name{"Tesla V100-SXM2-32GB", "v100-sxm2-32gb"},
    Name{"Tesla V100-PCIE-16GB", "v100-pcie-16gb"},
    Name{"Tesla V100-PCIE-32GB", "v100-pcie-32gb"},
    Name{"Tesla V100S-PCIE-32GB", "v100s-pcie-32gb"},
    Name{"Tesla P100-PCIE-16GB", "p100-pcie-16gb"},
    Name{"Tesla P100-SXM2-16GB", "p100-sxm2-16gb"},
    Name{"Tesla T4", "t4"},
    Name{"Tesla K80", "k80"},
    Name{"Tesla M60", "m60"},
    Name{"Tesla P40", "p40"},
    Name{"Tesla P4", "p4"},
    Name{"Tesla M40 24GB", "m40-24gb"},
    Name{"NVIDIA L4", "l4"},
    Name{"NVIDIA L40", "l40"},
    Name{"NVIDIA L40S", "l40s"},
    Name{"NVIDIA A10", "a10"},
    Name{"NVIDIA A10G", "a10g"},
    Name{"NVIDIA A30", "a30"},
    Name{"NVIDIA A40", "a40"},
    Name{"NVIDIA H100 80GB HBM3", "h100-sxm5"},
    Name{"NVIDIA H100 PCIe", "h100-pcie"},
    Name{"NVIDIA H100 NVL", "h100-nvl"},
    Name{"NVIDIA H200", "h200-sxm"},
    Name{"NVIDIA H200 NVL", "h200-nvl"},
    Name{"NVIDIA H20", "h20"},
    Name{"NVIDIA H800", "h800-sxm"},
    Name{"NVIDIA GH200 480GB", "gh200-96gb"},
    Name{"NVIDIA GH200 120GB", "gh200-96gb"},
    Name{"NVIDIA B200", "b200-sxm"},
    Name{"NVIDIA GB200", "gb200"},
    Name{"NVIDIA B300 SXM6 AC", "b300-sxm"},
    Name{"NVIDIA GB300", "gb300"},
    Name{"NVIDIA GB10", "gb10"},
    Name{"NVIDIA GeForce GTX 1080 Ti", "gtx-1080-ti"},
    Name{"GeForce RTX 2080 Ti", "rtx-2080-ti"},
    Name{"NVIDIA GeForce RTX 2080 Ti", "rtx-2080-ti"},
    Name{"NVIDIA GeForce RTX 3060", "rtx-3060"},
    Name{"NVIDIA GeForce RTX 3070", "rtx-3070"},
    Name{"NVIDIA GeForce RTX 3080", "rtx-3080"},
    Name{"NVIDIA GeForce RTX 3080 Ti", "rtx-3080-ti"},
    Name{"NVIDIA GeForce RTX 3090", "rtx-3090"},
    Name{"NVIDIA GeForce RTX 3090 Ti", "rtx-3090-ti"},
    Name{"NVIDIA GeForce RTX 4070", "rtx-4070"},
    Name{"NVIDIA GeForce RTX 4080 SUPER", "rtx-4080-super"},
    Name{"NVIDIA GeForce RTX 4090", "rtx-4090"},
    Name{"NVIDIA GeForce RTX 4090 D", "rtx-4090-d"},
    Name{"NVIDIA GeForce RTX 5080", "rtx-5080"},
    Name{"NVIDIA GeForce RTX 5090", "rtx-5090"},
    Name{"NVIDIA GeForce GTX 1660 SUPER", "gtx-1660-super"},
    Name{"NVIDIA TITAN RTX", "titan-rtx"},
    Name{"NVIDIA TITAN V", "titan-v"},
    Name{"NVIDIA TITAN Xp", "titan-xp"},
    Name{"Quadro RTX 6000", "quadro-rtx-6000"},
    Name{"Quadro RTX 8000", "quadro-rtx-8000"},
    Name{"NVIDIA RTX A4000", "rtx-a4000"},
    Name{"NVIDIA RTX A5000", "rtx-a5000"},
    Name{"NVIDIA RTX A6000", "rtx-a6000"},
    Name{"NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada"},
    Name{"NVIDIA RTX 5000 Ada Generation", "rtx-5000-ada"},
    Name{"NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "rtx-pro-6000-blackwell"},
    Name{"NVIDIA RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000-blackwell"},
    Name{"NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", "rtx-pro-6000-max-q-blackwell"},
    Name{"AMD Instinct MI100", "mi100"},
    Name{"AMD Instinct MI210", "mi210"},
    Name{"AMD Instinct MI250X", "mi250x"},
    Name{"AMD Instinct MI300A", "mi300a"},
    Name{"AMD Instinct MI300X", "mi300x"},
    Name{"AMD Instinct MI300X VF", "mi300x"},
    Name{"AMD Instinct MI325X", "mi325x"},
    Name{"AMD Instinct MI355X", "mi355x"},
    Name{"AMD Radeon RX 7900 XTX", "rx-7900-xtx"},
    Name{"Radeon RX 7900 XTX", "rx-7900-xtx"},
    Name{"AMD Radeon RX 9070 XT", "rx-9070-xt"},
    Name{"Apple M1", "apple-m1"},
    Name{"Apple M1 Pro", "apple-m1-pro"},
    Name{"Apple M1 Max", "apple-m1-max"},
    Name{"Apple M1 Ultra", "apple-m1-ultra"},
    Name{"Apple M2", "apple-m2"},
    Name{"Apple M2 Pro", "apple-m2-pro"},
    Name{"Apple M2 Max", "apple-m2-max"},
    Name{"Apple M2 Ultra", "apple-m2-ultra"},
    Name{"Apple M3", "apple-m3"},
    Name{"Apple M3 Pro", "apple-m3-pro"},
    Name{"Apple M3 Max", "apple-m3-max"},
    Name{"Apple M3 Ultra", "apple-m3-ultra"},
    Name{"Apple M4", "apple-m4"},
    Name{"Apple M4 Pro", "apple-m4-pro"},
    Name{"Apple M4 Max", "apple-m4-max"},
    Name{"Apple M5", "apple-m5"},
    Name{"AMD EPYC 7763 64-Core Processor", "epyc-7763"},
    Name{"AMD EPYC 7742 64-Core Processor", "epyc-7742"},
    Name{"AMD EPYC 9654 96-Core Processor", "epyc-9654"},
    Name{"Intel(R) Xeon(R) Platinum 8480+", "xeon-8480plus"},
    Name{"Intel(R) Xeon(R) Platinum 8480C", "xeon-8480plus"},
    Name{"Intel(R) Xeon(R) Platinum 8480CL", "xeon-8480plus"},
    Name{"Intel(R) Xeon(R) Platinum 8275CL CPU @ 3.00GHz", "xeon-8275cl"},
    Name{"Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", "xeon-8259cl"},
    Name{"Intel(R) Data Center GPU Max 1550", "max-1550"},
    Name{"HL-225", "gaudi2"},
    Name{"AMD Instinct MI300X OAM", "mi300x"},
    Name{"AMD INSTINCT MI250 (MCM) OAM AC MBA", "mi250"},
    Name{"AMD INSTINCT MI200 (MCM) OAM LC MBA HPE C2", "mi250x"},
};

TEST_CASE("devices are known by the names that drivers and operating systems print") {
  for (const Name& name : devices) {
    CAPTURE(name.printed);
    const Lookup found = Catalog::builtin().lookup(Kind::hardware, name.printed);
    REQUIRE(found.row);
    CHECK(found.row->id() == name.id);
    CHECK(found.also.empty());
  }
}

// rocm-smi prints one name for both; two cards share the other.
TEST_CASE("a printed name that two devices share says so") {
  for (const std::string_view printed :
       {"AMD Instinct MI250X/MI250", "NVIDIA GeForce RTX 4060 Ti", "Radeon RX 7900 XT/7900 XTX/7900M"}) {
    CAPTURE(printed);
    CHECK_FALSE(Catalog::builtin().lookup(Kind::hardware, printed).also.empty());
  }
}

constexpr std::array instances{
    Name{"Standard_ND96amsr_A100_v4", "nd96amsr-a100-v4"},
    Name{"Standard_ND96asr_v4", "nd96asr-v4"},
    Name{"Standard_ND96isr_H100_v5", "nd96isr-h100-v5"},
    Name{"p4d.24xlarge", "p4d.24xlarge"},
    Name{"p5.48xlarge", "p5.48xlarge"},
    Name{"a2-highgpu-8g", "a2-highgpu-8g"},
    Name{"a3-highgpu-8g", "a3-highgpu-8g"},
    Name{"BM.GPU.H100.8", "bm.gpu.h100.8"},
    Name{"ml.p4d.24xlarge", "p4d.24xlarge"},
    Name{"ml.g6.16xlarge", "g6.16xlarge"},
    Name{"g6f.xlarge", "g6f.xlarge"},
    Name{"trn1n.32xlarge", "trn1n.32xlarge"},
    Name{"trn2.3xlarge", "trn2.3xlarge"},
    Name{"trn3.48xlarge", "trn3.48xlarge"},
    Name{"inf1.24xlarge", "inf1.24xlarge"},
    Name{"Standard_NC12s_v2", "nc12s-v2"},
    Name{"NV12s_v3", "nv12s-v3"},
    Name{"HB176rs_v4", "hb176rs-v4"},
    Name{"ct5lp-hightpu-4t", "tpu-v5e-4"},
    Name{"ct5p-hightpu-4t", "tpu-v5p-host"},
    Name{"ct6e-standard-8t", "tpu-v6e-host"},
    Name{"a3-edgegpu-8g", "a3-edgegpu-8g"},
};

// As the consoles of the providers print regions, and people say places.
constexpr std::array places{
    Name{"US East (N. Virginia)", "aws:us-east-1"},
    Name{"US West (Oregon)", "aws:us-west-2"},
    Name{"Europe (Frankfurt)", "aws:eu-central-1"},
    Name{"Canada (Central)", "aws:ca-central-1"},
};

TEST_CASE("regions are known as consoles print them, and places as people call them") {
  for (const Name& name : places) {
    CAPTURE(name.printed);
    const Lookup found = Catalog::builtin().lookup(Kind::region, name.printed);
    REQUIRE(found.row);
    CHECK(found.row->id() == name.id);
  }
  for (const Name& name : {Name{"TX", "US-TX"}, Name{"England", "GB"}, Name{"Europe", "EU27"}}) {
    CAPTURE(name.printed);
    const Lookup found = Catalog::builtin().lookup(Kind::grid, name.printed);
    REQUIRE(found.row);
    CHECK(found.row->id() == name.id);
  }
  // two letters of a state that are a country's code stay the country's
  CHECK(Catalog::builtin().lookup(Kind::grid, "DE").row->id() == "DEU");
}

// A cloud rents one of the two processors of the board, and asks for it.
TEST_CASE("half a K80 is half of its board") {
  const Catalog& tables = Catalog::builtin();
  const auto half = tables.find(Kind::hardware, tables.find(Kind::host, "p2.xlarge")->text("hardware"));
  const auto board = tables.find(Kind::hardware, "k80");
  for (const std::string_view key : {"tdp", "memory", "memory_bandwidth", "peak_fp32", "peak_fp64"}) {
    CAPTURE(key);
    CHECK(*half->number(key) * 2 == Approx(*board->number(key)));
  }
}

TEST_CASE("instances are known as their providers name them, with devices and a provider") {
  for (const Name& name : instances) {
    CAPTURE(name.printed);
    const Lookup found = Catalog::builtin().lookup(Kind::host, name.printed);
    REQUIRE(found.row);
    CHECK(found.row->id() == name.id);
    CHECK(found.row->number("devices") > 0);
    CHECK(Catalog::builtin().find(Kind::hardware, found.row->text("hardware")));
    CHECK_FALSE(found.row->text("provider").empty());
  }
}

// Values of states end in 2016: a state names the zone that most of it lies in, or has zones of its own.
TEST_CASE("a state of the United States has a zone with newer values") {
  const Catalog& tables = Catalog::builtin();
  const auto newest = [&](std::string_view grid) {
    double out = 0;
    for (const Row& row : tables.all(Kind::grid_intensity, grid))
      out = std::max(out, row.number("year").value_or(0));
    return out;
  };
  constexpr std::string_view letters = "US-TX";
  constexpr double old = 2018;
  int states = 0;
  for (const Row& grid : tables.rows(Kind::grid)) {
    if (!grid.id().starts_with("US-") || grid.id().size() != letters.size() || grid.id() == "US-AK") continue;
    ++states;
    CAPTURE(grid.id());
    double zone = newest(grid.text("parent"));
    if (grid.text("parent") == "USA") zone = 0;
    for (const Row& other : tables.rows(Kind::grid)) {
      if (other.text("parent") == grid.id()) zone = std::max(zone, newest(other.id()));
    }
    CHECK(zone > old);
  }
  CHECK(states == 50);
}

TEST_CASE("Great Britain and the United Kingdom are one place under either name") {
  const Catalog& tables = Catalog::builtin();
  const auto zone = tables.find(Kind::grid, "GB");
  REQUIRE(zone);
  CHECK(zone->text("same_as") == "GBR");
  for (const std::string_view name : {"UK", "United Kingdom", "GBR", "GB", "Great Britain"}) {
    CAPTURE(name);
    const Lookup found = tables.lookup(Kind::grid, name);
    REQUIRE(found.row);
    CHECK((found.row->id() == "GB" || found.row->id() == "GBR"));
  }
}

TEST_CASE("a region that several providers spell differently is the one that is spelt so") {
  const Catalog& tables = Catalog::builtin();
  const auto region = [&](std::string_view name) {
    const auto found = tables.lookup(Kind::region, name);
    return found.row ? std::string{found.row->id()} : std::string{};
  };
  CHECK(region("us-east-1") == "aws:us-east-1");
  CHECK(region("us-east1") == "gcp:us-east1");
  CHECK(region("us-west-2") == "aws:us-west-2");
  CHECK(region("eu-north-1") == "aws:eu-north-1");
}

}  // namespace
}  // namespace kwhatif::catalog
