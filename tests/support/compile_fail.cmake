# Compiles FILE and checks the outcome that its first line asks for:
#   // expect: PHRASE     it must not compile, and the compiler's output must contain PHRASE
#   // expect: A | B      the same, where GCC says A and Clang says B
#   // expect to compile  the control: what is right is accepted
file(STRINGS "${FILE}" first LIMIT_COUNT 1)
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C "${COMPILER}" -std=c++20 -fsyntax-only "-I${INCLUDE}" "${FILE}"
  RESULT_VARIABLE result ERROR_VARIABLE output OUTPUT_VARIABLE output)
if(first STREQUAL "// expect to compile")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "must compile, but does not:\n${output}")
  endif()
elseif(first MATCHES "^// expect: (.+)$")
  string(REPLACE " | " ";" phrases "${CMAKE_MATCH_1}")
  if(result EQUAL 0)
    message(FATAL_ERROR "compiles, but must not")
  endif()
  set(found FALSE)
  foreach(phrase IN LISTS phrases)
    string(FIND "${output}" "${phrase}" at)
    if(NOT at EQUAL -1)
      set(found TRUE)
    endif()
  endforeach()
  if(NOT found)
    message(FATAL_ERROR "does not compile, but not for the reason \"${phrases}\":\n${output}")
  endif()
else()
  message(FATAL_ERROR "the first line must be '// expect: PHRASE' or '// expect to compile', not: ${first}")
endif()
