# The .deb packages, unpacked: the program answers, the library is found by CMake and by pkg-config, lintian has no
# error. -DBUILD=FOLDER -DWORK=FOLDER -DSOURCE=FOLDER (of a project that finds it) -DCOMPILER=FILE [-DPYTHON=FILE, with its package]
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    message(FATAL_ERROR "${ARGN}:\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

# The document of one run, as somebody else answered it, is that of the program.
function(same_as_program who answered)
  run("${usr}/bin/kwhatif" estimate patterson-2021/gpt-3 --json)
  if(NOT said STREQUAL answered)
    message(SEND_ERROR "the ${who} answers something else than the program:\n${answered}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
get_filename_component(bin "${CMAKE_COMMAND}" DIRECTORY)
run("${bin}/cpack" --config "${BUILD}/CPackConfig.cmake" -G DEB -B "${WORK}" -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip)
file(GLOB packages "${WORK}/*.deb")
list(LENGTH packages count)
set(expected 3)
if(PYTHON)
  set(expected 4)
endif()
if(NOT count EQUAL expected)
  message(FATAL_ERROR "${expected} packages are meant to be made: ${packages}")
endif()
foreach(package IN LISTS packages)
  run(dpkg-deb --extract "${package}" "${WORK}/root")
endforeach()
set(usr "${WORK}/root/usr")

run("${usr}/bin/kwhatif" estimate patterson-2021/gpt-3 --plain)
if(NOT said MATCHES "facility_energy_kwh\t1287")
  message(SEND_ERROR "the packaged program answers something else:\n${said}")
endif()
run("${usr}/bin/kwhatif" estimate patterson-2021/gpt-3 --plain --data-only "${usr}/share/kwhatif/data")
foreach(file share/man/man1/kwhatif.1.gz share/man/man5/kwhatif-run.5.gz share/kwhatif/schema/estimate.json
             share/bash-completion/completions/kwhatif share/doc/kwhatif/copyright)
  if(NOT EXISTS "${usr}/${file}")
    message(SEND_ERROR "the package lacks ${file}")
  endif()
endforeach()

run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${WORK}/consumer" "-DCMAKE_PREFIX_PATH=${usr}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}")  # built by a test of its own

find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  file(GLOB_RECURSE module "${usr}/lib/*kwhatif.pc")
  get_filename_component(folder "${module}" DIRECTORY)
  run("${CMAKE_COMMAND}" -E env "PKG_CONFIG_PATH=${folder}" "${PKG_CONFIG}" --cflags --libs kwhatif)
  string(STRIP "${said}" flags)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  find_program(CC NAMES cc gcc REQUIRED)
  file(WRITE "${WORK}/main.cpp" "#include <kwhatif/catalog/store.hpp>
int main() { return kwhatif::catalog::data_edition().empty(); }
")
  run("${COMPILER}" "${WORK}/main.cpp" ${flags} -o "${WORK}/main")
  run("${WORK}/main")
  file(WRITE "${WORK}/main.c" "#include <kwhatif/bindings/c.h>
#include <stdio.h>
int main(void) {
  int error = 1;
  char* const answer = kwhatif_call(\"{\\\"run\\\": \\\"patterson-2021/gpt-3\\\"}\", &error);
  printf(\"%s\", answer);
  kwhatif_free(answer);
  return error;
}
")
  run("${CC}" "${WORK}/main.c" -I${usr}/include -L${usr}/lib -lkwhatif-c "-Wl,-rpath,${usr}/lib" -o "${WORK}/main")
  run("${WORK}/main")
  same_as_program("C library" "${said}")
else()
  message(STATUS "not tried: pkg-config is not installed")
endif()

if(PYTHON)
  run("${CMAKE_COMMAND}" -E env "PYTHONPATH=${usr}/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1 "${PYTHON}" -c
      "import kwhatif; print(kwhatif.estimate('patterson-2021/gpt-3').to_json(), end='')")
  same_as_program("Python module" "${said}")
endif()

find_program(LINTIAN lintian)
if(LINTIAN)
  execute_process(COMMAND "${LINTIAN}" --tag-display-limit 0 ${packages} OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(said MATCHES "(^|\n)E: ")
    message(SEND_ERROR "lintian:\n${said}")
  endif()
else()
  message(STATUS "not tried: lintian is not installed")
endif()
