// kwhatif for programs in C and all that calls it: a question as JSON in, its answer as text out (call.hpp says
// which). The functions may be called from several threads at once.
#ifndef KWHATIF_BINDINGS_C_H
#define KWHATIF_BINDINGS_C_H

#ifdef __cplusplus
extern "C" {
#endif

/* The answer to a question, UTF-8, to be freed by kwhatif_free(); null where memory ends.
 * *error, where it is not null, becomes 1 if the answer is {"errors": …}, else 0. */
char* kwhatif_call(const char* question, int* error);
void kwhatif_free(char* answer);
/* "0.1.0 (data 2026.11 …)"; not to be freed. */
const char* kwhatif_version(void);

#ifdef __cplusplus
}
#endif

#endif
