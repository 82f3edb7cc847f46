// expect: no matching function for call to | no matching member function | cannot convert
#include <kwhatif/grid/sweep.hpp>

using namespace kwhatif::grid;

void wrong(const Kernel& kernel, Kernel::Work& work, StepNumber first, StepNumber last) {
  kernel.each_block(
      work, first, last, [](const Block&) { return true; },
      [](std::size_t) -> double* const* { return nullptr; });
}
