/* file.h - output files that appear together or not at all.
 *
 * A set of files is rendered under temporary names beside the final ones
 * (".report.xlsx.tmp.4711", created exclusively), flushed to the disk, and
 * renamed only when all of them are complete.  So a disk that is full, a
 * signal or a bug leaves the previous files as they were, and no moment shows
 * a file that is half written.  What is left after a power cut starts with a
 * dot and cannot be mistaken for a report.
 *
 * A target that exists must be a regular file: a directory, FIFO or device is
 * refused.  A symbolic link is replaced, not followed, so that no link planted
 * in the folder leads the output elsewhere.
 */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include <stdbool.h>

#include "sim/arena.h"
#include "sim/err.h"
#include "sim/text.h"

enum cli_file_state {
    CLI_FILE_TEMP,    /* lies under its temporary name */
    CLI_FILE_SCRATCH, /* the same, and will never be renamed */
    CLI_FILE_OLD,     /* a file to be removed on commit */
    CLI_FILE_DONE,    /* renamed, or removed */
};

struct cli_file {
    char *path, *temp; /* temp: NULL for CLI_FILE_OLD */
    int state;         /* enum cli_file_state */
};

/* Start from {0}; release with cli_files_release(). */
struct cli_files {
    struct sim_arena arena;
    struct cli_file *list;
    int n, size;
    char **dirs; /* folders made for the set, removed again when it fails */
    int n_dirs, size_dirs;
    bool committed;
};

/** Make a folder and those above it, unless they exist.
 *  @retval SIM_E_IO, SIM_E_NOMEM */
SIM_MUST_CHECK int cli_files_mkdir(
    struct cli_files *files, const char *path, struct sim_err *err);

/** Write text as the future content of `path`.
 *  @retval SIM_E_IO  "cannot write 'out/summary.md': permission denied"
 *  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int cli_files_text(struct cli_files *files, const char *path,
    const struct sim_text *text, struct sim_err *err);

/**
 * Start a file that a library writes by name.
 *
 * @param state  CLI_FILE_TEMP, or CLI_FILE_SCRATCH for one that is needed on
 *               the way only
 * @param temp   out: the name to write to (exists, empty); owned by the set
 */
SIM_MUST_CHECK int cli_files_begin(struct cli_files *files, const char *path,
    int state, const char **temp, struct sim_err *err);

/** The library is done: flush the file to the disk. */
SIM_MUST_CHECK int cli_files_end(
    struct cli_files *files, const char *temp, struct sim_err *err);

/** Remove `path` on commit if it exists: a file of an earlier run that has no
 *  successor in this one. */
SIM_MUST_CHECK int cli_files_drop(
    struct cli_files *files, const char *path, struct sim_err *err);

/** Rename all, in the order they were added, and flush their folders. */
SIM_MUST_CHECK int cli_files_commit(
    struct cli_files *files, struct sim_err *err);

/** Remove what was not renamed, and folders made for nothing. */
void cli_files_release(struct cli_files *files);

/**
 * Create a file that must not exist yet, whole or not at all.
 * @retval SIM_E_IO  it exists, or cannot be written
 */
SIM_MUST_CHECK int cli_file_create(
    const char *path, const struct sim_text *text, struct sim_err *err);

/** Read a whole regular file, or standard input for "-", of at most `most`
 *  bytes. @retval SIM_E_IO, SIM_E_LIMIT, SIM_E_NOMEM */
SIM_MUST_CHECK int cli_file_read(
    const char *path, size_t most, struct sim_text *text, struct sim_err *err);

/** "permission denied": the system's text for an errno value, in lower case.
 *  @param buf  at least 80 bytes */
const char *cli_reason(int error, char *buf, size_t size);

#endif /* CLI_FILE_H */
