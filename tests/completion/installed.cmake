# The completions are installed where the shells of Debian look for them. -DBUILD=FOLDER -DPREFIX=FOLDER
file(REMOVE_RECURSE "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}" --component completion
                RESULT_VARIABLE failed OUTPUT_QUIET)
if(failed)
  message(FATAL_ERROR "cmake --install failed")
endif()
foreach(file share/bash-completion/completions/kwhatif share/zsh/vendor-completions/_kwhatif
             share/fish/vendor_completions.d/kwhatif.fish)
  file(READ "${PREFIX}/${file}" text)
  if(NOT text MATCHES "kwhatif completion words")
    message(FATAL_ERROR "${file} is no completion")
  endif()
endforeach()
