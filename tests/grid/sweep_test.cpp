#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

using namespace kwhatif;
using grid::Axis;
using grid::Kernel;
using grid::Space;
using test::base;
using test::brute;
using test::estimated;
using test::every_result;
using test::given;
using test::same;
using test::some_space;
using test::tables;

namespace {

class Collect : public grid::Sink {
 public:
  explicit Collect(const Space& space, std::size_t columns)
      : rows(space.size(), std::vector<double>(columns, -1)), columns_(columns) {}
  struct OnePart : grid::Part {
    Collect* all = nullptr;
    void take(const grid::Block& block, const double* const* columns, const unsigned char*) override {
      for (std::size_t i = 0; i < block.lanes; ++i) {
        for (std::size_t k = 0; k < all->columns_; ++k) all->rows[block.row(i)][k] = columns[k][i];
      }
    }
  };
  std::unique_ptr<grid::Part> part() override {
    auto out = std::make_unique<OnePart>();
    out->all = this;
    return out;
  }
  void commit(grid::Part&) override {}
  std::vector<std::vector<double>> rows;

 private:
  std::size_t columns_;
};

}  // namespace

TEST_CASE("every number of a sweep has the bits of estimate() on that run") {
  test::Random random(7);
  for (int i = 0; i < 12; ++i) {
    const Space space = some_space(random);
    if (space.size() > 6000) continue;
    const auto expected = brute(space);
    for (const bool any_order : {false, true}) {
      const Kernel kernel(space, every_result(), any_order);
      Collect sink(space, grid::result_count());
      REQUIRE(grid::walk(kernel, sink, {.threads = 1 + static_cast<unsigned>(i) % 3}));
      std::size_t wrong = 0;
      for (std::uint64_t row = 0; row < space.size(); ++row) {
        for (std::size_t k = 0; k < grid::result_count(); ++k)
          wrong += same(sink.rows[row][k], expected[row][k]) ? 0U : 1U;
      }
      INFO("case " << i << ", " << space.size() << " rows");
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("blocks may be asked for in any order and more than once, with room and without") {
  test::Random random(13);
  const auto check = [&](const Space& space) {
    for (const bool any_order : {false, true}) {
      const Kernel kernel(space, every_result(), any_order);
      const auto work = kernel.work();
      std::size_t wrong = 0;
      std::array<std::vector<std::vector<double>>, 2> rooms;  // in turn; what is not the block's is wiped
      for (auto& r : rooms) r.assign(grid::result_count(), std::vector<double>(Kernel::block_lanes));
      std::vector<double*> places;
      for (int k = 0; k < 300; ++k) {
        const std::uint64_t first = random.below(kernel.blocks());
        const std::uint64_t last = std::min(kernel.blocks(), first + 1 + random.below(3));
        const bool with_room = random.below(2) == 0;
        const auto room = [&](std::size_t) -> double* const* {
          std::swap(rooms[0], rooms[1]);
          for (auto& r : rooms) {
            for (auto& column : r) std::fill(column.begin(), column.end(), -1);
          }
          places.clear();
          for (auto& column : rooms[0]) places.push_back(column.data());
          return with_room ? places.data() : nullptr;
        };
        const auto take = [&](const grid::Block& block) {
          for (const std::size_t lane : {std::size_t{0}, block.lanes / 2, block.lanes - 1}) {
            const auto expected = estimated(space, block.row(lane));
            for (std::size_t r = 0; r < expected.size(); ++r)
              wrong += same(block.columns[r][lane], expected[r]) ? 0U : 1U;
          }
          return true;
        };
        kernel.each_block(*work, grid::BlockNumber{first}, grid::BlockNumber{last}, take, room);
      }
      INFO(space.size() << " rows, any order: " << any_order);
      CHECK(wrong == 0);
    }
  };
  for (int i = 0; i < 12; ++i) {
    const Space space = some_space(random);
    if (space.size() <= 6000) check(space);
  }
  const auto axes = grid::read_axes(
      {given("overhead=0,0.1,0.3"), given("chips=64,128"), given("ci=10g/kWh:900g/kWh:lin2500")}, tables());
  check(Space(base(random), axes, tables()));  // several blocks per step
}

TEST_CASE("results are written where a part has room for them") {
  class Room : public grid::Sink {
   public:
    explicit Room(std::size_t columns) : columns_(columns) {}
    struct OnePart : grid::Part {
      Room* all = nullptr;
      std::vector<std::vector<double>> columns;
      std::vector<double*> places;
      double* const* room(std::size_t lanes) override {
        places.clear();
        for (auto& c : columns) {
          c.assign(lanes, -1);
          places.push_back(c.data());
        }
        return places.data();
      }
      void take(const grid::Block& block, const double* const* given_columns, const unsigned char*) override {
        for (std::size_t k = 0; k < columns.size(); ++k)
          all->elsewhere += given_columns[k] == places[k] ? 0U : 1U;
        for (std::size_t i = 0; i < block.lanes; ++i) {
          const auto expected = estimated(*all->space, block.row(i));
          for (std::size_t k = 0; k < columns.size(); ++k)
            all->wrong += same(columns[k][i], expected[k]) ? 0U : 1U;
        }
      }
    };
    std::unique_ptr<grid::Part> part() override {
      auto out = std::make_unique<OnePart>();
      out->all = this;
      out->columns.resize(columns_);
      return out;
    }
    void commit(grid::Part&) override {}
    const Space* space = nullptr;
    std::size_t wrong = 0;
    std::size_t elsewhere = 0;

   private:
    std::size_t columns_;
  };
  test::Random random(17);
  for (int i = 0; i < 12; ++i) {
    const Space space = some_space(random);
    if (space.size() > 6000) continue;
    for (const bool any_order : {false, true}) {
      const Kernel kernel(space, every_result(), any_order);
      Room sink(grid::result_count());
      sink.space = &space;
      REQUIRE(grid::walk(kernel, sink, {.threads = 1}));
      INFO("case " << i << ", any order: " << any_order);
      CHECK(sink.wrong == 0);
      CHECK(sink.elsewhere == 0);
    }
  }
}

TEST_CASE("ends of a spaced axis are exact and counts are whole") {
  const auto axis = grid::read_axis(given("tokens=1e11:1e13:log50"), tables());
  REQUIRE(axis.size() == 50);
  CHECK(axis.numbers.front() == 1e11);
  CHECK(axis.numbers.back() == 1e13);
  for (const double n : axis.numbers) CHECK(n == std::floor(n));
  const auto chips = grid::read_axis(given("chips=1:4:lin100"), tables());
  CHECK(chips.numbers == std::vector<double>{1, 2, 3, 4});
  const auto ci = grid::read_axis(given("ci=10g/kWh:900g/kWh:lin100"), tables());
  CHECK(ci.size() == 100);
  CHECK(ci.column() == "ci_g_per_kwh");
  CHECK(ci.machine(99) == Approx(900));
}

TEST_CASE("a wrong axis or condition says what is wrong and how it is written") {
  const auto code_of = [](auto call) -> std::string {
    try {
      call();
    } catch (const diag::Error& error) {
      return error.diagnostics().front().code;
    }
    return "none";
  };
  const auto axis = [&](const char* text) {
    return code_of([&] { grid::read_axes({given(text)}, tables()); });
  };
  CHECK(axis("tokens") == "bad-axis");
  CHECK(axis("tokens=") == "bad-axis");
  CHECK(axis("tokns=1e9,1e10") == "unknown-axis");
  CHECK(axis("tokens=1e9:1e10") == "bad-axis");
  CHECK(axis("tokens=1e9:1e10:log1") == "bad-axis");
  CHECK(axis("tokens=1e9:1e10:lin99999999") == "bad-axis");
  CHECK(axis("overhead=0:1:log5") == "bad-axis");
  CHECK(axis("ci=10:900:lin3") == "missing-unit");
  CHECK(axis("ci=10 W,20 W") == "wrong-unit");
  CHECK(axis("region=mars:*") == "bad-axis");
  CHECK(code_of([] {
          grid::read_axes({given("pue=1.1,1.2"), given("pue=1.3")}, tables());
        }) == "given-twice");
  CHECK(code_of([] {
          grid::read_axes({given("mfu=0.2,0.4"), given("tflops=100TFLOP/s,200TFLOP/s")}, tables());
        }) == "given-twice");
  const auto limit = [&](const char* text) { return code_of([&] { grid::read_limits(given(text)); }); };
  CHECK(limit("time<=30d and cost<=2M$") == "none");
  CHECK(limit("time") == "bad-condition");
  CHECK(limit("tim<=30d") == "unknown-result");
  CHECK(limit("time<=30") == "missing-unit");
  CHECK(limit("time<=30 kg") == "wrong-unit");
  test::Random random(1);
  CHECK(code_of([&] {
          const Space space(base(random),
                            grid::read_axes({given("hardware=a100-sxm4-80gb,a100-sxm4-80gbx")}, tables()),
                            tables());
        }) == "unknown-hardware");
  CHECK(code_of([&] {
          const Space space(base(random), grid::read_axes({given("pue=0.5:2:lin4")}, tables()), tables());
        }) == "out-of-range");
}
