/* err.h - error codes and the message that travels with them.
 *
 * The user's fault or the world's comes back as a negative code, with the
 * message in a `struct sim_err` handed in by the caller.  The message is set
 * once, where the fact is known; callers add context with sim_err_wrap().
 * Our own fault stops the program: SIM_BUG_ON.
 */
#ifndef SIM_ERR_H
#define SIM_ERR_H

#include <stddef.h>

/* code, value, exit status of the program, default text.  The exit statuses
 * are those of the manual page: 2 usage, 3 invalid input, 4 run-time failure,
 * 5 incomplete. */
#define SIM_ERR_LIST(X)                                                        \
    X(SIM_OK, 0, 0, "no error")                                                \
    X(SIM_E_USAGE, -1, 2, "wrong usage")                                       \
    X(SIM_E_INPUT, -2, 3, "invalid input")                                     \
    X(SIM_E_LIMIT, -3, 3, "a documented limit is exceeded")                    \
    X(SIM_E_RANGE, -4, 4, "result out of range")                               \
    X(SIM_E_IO, -5, 4, "input/output error")                                   \
    X(SIM_E_NOMEM, -6, 4, "out of memory")                                     \
    X(SIM_E_INTERNAL, -7, 4, "internal check failed")                          \
    X(SIM_E_INTERRUPTED, -8, 5, "interrupted")

enum sim_err_code {
#define SIM_ERR_ENUM(name, value, status, text) name = value,
    SIM_ERR_LIST(SIM_ERR_ENUM)
#undef SIM_ERR_ENUM
};

#if defined(__GNUC__)
#define SIM_MUST_CHECK       __attribute__((warn_unused_result))
#define SIM_PRINTF(fmt, arg) __attribute__((format(printf, fmt, arg)))
#else
#define SIM_MUST_CHECK
#define SIM_PRINTF(fmt, arg)
#endif

/* The message of the first error.  Plain data; start from {0}. */
struct sim_err {
    int code;       /* enum sim_err_code */
    char text[480]; /* empty when no error was set */
};

/**
 * Set the message and return `code`, so that a function can end with
 * `return sim_err_set(err, SIM_E_IO, "cannot open '%s'", path);`.
 * @param err  may be NULL: then only the code is returned
 */
int sim_err_set(struct sim_err *err, int code, const char *fmt, ...)
    SIM_PRINTF(3, 4);

/** Put "context: " before the message and return `code` unchanged. */
int sim_err_wrap(struct sim_err *err, int code, const char *fmt, ...)
    SIM_PRINTF(3, 4);

#ifdef __clang_analyzer__
/* The analyser sees one source at a time and cannot know that both functions
 * return the code they are given; without this it reports the uninitialised
 * outputs of failures that it takes for successes. */
#define sim_err_set(err, code, ...)                                            \
    ((void)(sim_err_set)((err), (code), __VA_ARGS__), (code))
#define sim_err_wrap(err, code, ...)                                           \
    ((void)(sim_err_wrap)((err), (code), __VA_ARGS__), (code))
#endif

/** The code as printed ("SIM_E_IO"), its default text, its exit status.
 *  Unknown codes give "SIM_E_INTERNAL" and its row. */
const char *sim_err_name(int code);
const char *sim_err_text(int code);
int sim_err_exit_status(int code);

/** Report a broken invariant with its place and stop the program. */
_Noreturn void sim_bug(const char *file, int line, const char *cond);

#define SIM_BUG_ON(cond)                                                       \
    do {                                                                       \
        if (cond)                                                              \
            sim_bug(__FILE__, __LINE__, #cond);                                \
    } while (0)

#endif /* SIM_ERR_H */
