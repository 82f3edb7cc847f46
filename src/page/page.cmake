# The page: build/…/kwhatif.html, one file that computes in a browser (src/page). `cmake --build … --target page` makes it;
# no other target does. It needs Emscripten, and Node to put the file together, and is not worth a package for who wants
# the program alone: AUTO offers the target where both are found, and says what is missing where they are not.
set(KWHATIF_PAGE AUTO CACHE STRING "The target 'page': AUTO (where Emscripten and Node are found), ON or OFF")
set_property(CACHE KWHATIF_PAGE PROPERTY STRINGS AUTO ON OFF)
if(KWHATIF_PAGE STREQUAL "OFF")
  return()
endif()
find_program(KWHATIF_EMCMAKE emcmake)
find_program(KWHATIF_NODE NAMES node nodejs)
find_program(KWHATIF_WASM_OPT wasm-opt)
find_program(KWHATIF_XZ xz)
mark_as_advanced(KWHATIF_EMCMAKE KWHATIF_NODE KWHATIF_WASM_OPT KWHATIF_XZ)
if(NOT KWHATIF_EMCMAKE OR NOT KWHATIF_NODE OR NOT KWHATIF_WASM_OPT OR NOT KWHATIF_XZ)
  set(why "the page needs Emscripten with Binaryen and Node, and xz (Debian: apt install emscripten xz-utils): not found")
  if(KWHATIF_PAGE STREQUAL "ON")
    message(FATAL_ERROR "KWHATIF_PAGE: ${why}")
  endif()
  add_custom_target(page COMMAND "${CMAKE_COMMAND}" -E echo "${why}" COMMAND "${CMAKE_COMMAND}" -E false VERBATIM)
  return()
endif()

set(page_build "${PROJECT_BINARY_DIR}/page")
set(page_sources "${PROJECT_SOURCE_DIR}/src/page")
# Header-only libraries by links: to name /usr/include would let the other compiler see all that is in it.
find_path(KWHATIF_JSON_HEADERS nlohmann/json.hpp)
find_path(KWHATIF_TOML_HEADERS toml++/toml.h)
find_path(KWHATIF_EIGEN_HEADERS Eigen/Core PATH_SUFFIXES eigen3)
mark_as_advanced(KWHATIF_JSON_HEADERS KWHATIF_TOML_HEADERS KWHATIF_EIGEN_HEADERS)
file(MAKE_DIRECTORY "${page_build}/headers")
file(CREATE_LINK "${KWHATIF_JSON_HEADERS}/nlohmann" "${page_build}/headers/nlohmann" SYMBOLIC)
file(CREATE_LINK "${KWHATIF_TOML_HEADERS}/toml++" "${page_build}/headers/toml++" SYMBOLIC)
file(CREATE_LINK "${KWHATIF_EIGEN_HEADERS}" "${page_build}/headers/eigen3" SYMBOLIC)

# Hourly traces are a quarter of the file and no part of what the page shows.
add_custom_command(OUTPUT "${page_build}/tables.cpp"
  COMMAND kwhatif-embed data "${page_build}/tables.cpp" --without traces
  WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
  DEPENDS kwhatif-embed ${data_files}
  COMMENT "Turning data/ into constant tables of the page" VERBATIM)
add_custom_command(OUTPUT "${page_build}/wasm/CMakeCache.txt"
  COMMAND "${KWHATIF_EMCMAKE}" "${CMAKE_COMMAND}" -G "${CMAKE_GENERATOR}" -S "${page_sources}" -B "${page_build}/wasm"
          "-DKWHATIF_TABLES=${page_build}/tables.cpp" "-DKWHATIF_HEADERS=${page_build}/headers"
          "-DKWHATIF_VERSION=${PROJECT_VERSION}" "-DKWHATIF_NODE=${KWHATIF_NODE}" "-DKWHATIF_WASM_OPT=${KWHATIF_WASM_OPT}"
          "-DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}"
  DEPENDS "${page_build}/tables.cpp" "${page_sources}/CMakeLists.txt"
  COMMENT "Configuring the library for browsers" VERBATIM)
add_custom_target(page
  COMMAND "${CMAKE_COMMAND}" --build "${page_build}/wasm"
  COMMAND "${KWHATIF_NODE}" "${page_sources}/assemble.mjs" "${page_sources}" "${KWHATIF_XZ}" "${page_build}/wasm/kwhatif.wasm"
          "${page_build}/wasm/unpack.wasm" "${PROJECT_BINARY_DIR}/kwhatif.html"
  DEPENDS "${page_build}/tables.cpp" "${page_build}/wasm/CMakeCache.txt"
  COMMENT "Building the page" VERBATIM)
