# Throwing must not sort all unwind tables first: the program has them sorted (GNU_EH_FRAME), and none are registered by
# its start-up code (the calls are led to src/cli/unwind_tables.cpp).
execute_process(COMMAND "${READELF}" -lW "${PROGRAM}" OUTPUT_VARIABLE segments COMMAND_ERROR_IS_FATAL ANY)
if(NOT segments MATCHES "GNU_EH_FRAME")
  message(FATAL_ERROR "no GNU_EH_FRAME segment: link with --eh-frame-hdr")
endif()
execute_process(COMMAND "${READELF}" -sW "${PROGRAM}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(symbols MATCHES "main" AND NOT symbols MATCHES "__wrap___register_frame_info")
  message(FATAL_ERROR "the start-up code registers unwind tables: link with --wrap=__register_frame_info")
endif()
