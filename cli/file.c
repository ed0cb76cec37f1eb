#include "cli/file.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/alloc.h"

enum { REASON = 80, TRIES = 100 };

const char *cli_reason(int error, char *buf, size_t size)
{
    snprintf(buf, size, "%s", error != 0 ? strerror(error) : "unknown error");
    buf[0] = (char)tolower((unsigned char)buf[0]);
    return buf;
}

static int cannot(
    struct sim_err *err, const char *what, const char *path, int error)
{
    char reason[REASON];

    return sim_err_set(err, SIM_E_IO, "cannot %s '%s': %s", what, path,
        cli_reason(error, reason, sizeof reason));
}

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* Length of the folder part with its slash: 0 for "report.xlsx". */
static size_t dir_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* ---- system calls, interrupted or short --------------------------------- */

static int write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        const ssize_t k = write(fd, data, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0) {
            if (k == 0)
                errno = EIO; /* would otherwise go on for ever */
            return -1;
        }
        data += k;
        n -= (size_t)k;
    }
    return 0;
}

static int flush(int fd)
{
    int rc;

    do {
        rc = fsync(fd);
    } while (rc != 0 && errno == EINTR);
    return rc;
}

/* A folder that cannot be flushed (some network file systems refuse) has its
 * files all the same. */
static void flush_dir(const char *path)
{
    char dir[4096];
    const size_t n = dir_length(path);

    if (n >= sizeof dir)
        return;
    snprintf(dir, sizeof dir, "%.*s", n > 0 ? (int)n : 1, n > 0 ? path : ".");
    const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)flush(fd);
    close(fd);
}

/* ---- the set ------------------------------------------------------------ */

static struct cli_file *add(struct cli_files *files, const char *path)
{
    if (files->n == files->size) {
        const int size = files->size > 0 ? 2 * files->size : 16;
        void *list =
            sim_realloc(files->list, (size_t)size, sizeof *files->list);
        if (list == NULL)
            return NULL;
        files->list = list;
        files->size = size;
    }
    struct cli_file *f = &files->list[files->n];
    *f = (struct cli_file){
        .path = sim_arena_strdup(&files->arena, path), .state = CLI_FILE_DONE};
    if (f->path == NULL)
        return NULL;
    files->n++;
    return f;
}

static int add_dir(struct cli_files *files, const char *path)
{
    if (files->n_dirs == files->size_dirs) {
        const int size = files->size_dirs > 0 ? 2 * files->size_dirs : 8;
        void *dirs =
            sim_realloc(files->dirs, (size_t)size, sizeof *files->dirs);
        if (dirs == NULL)
            return -1;
        files->dirs = dirs;
        files->size_dirs = size;
    }
    char *copy = sim_arena_strdup(&files->arena, path);
    if (copy == NULL)
        return -1;
    files->dirs[files->n_dirs++] = copy;
    return 0;
}

static int make_dir(
    struct cli_files *files, const char *path, struct sim_err *err)
{
    struct stat st;

    if (mkdir(path, 0777) == 0)
        return add_dir(files, path) == 0 ? SIM_OK : no_memory(err);
    const int error = errno;
    if (stat(path, &st) != 0)
        return cannot(err, "make folder", path, error);
    if (!S_ISDIR(st.st_mode))
        return cannot(err, "make folder", path, ENOTDIR);
    return SIM_OK;
}

int cli_files_mkdir(
    struct cli_files *files, const char *path, struct sim_err *err)
{
    char *part = sim_arena_strdup(&files->arena, path);
    int rc = SIM_OK;

    if (part == NULL)
        return no_memory(err);
    for (char *p = part + 1; rc == SIM_OK && *part != '\0' && *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        rc = make_dir(files, part, err);
        *p = '/';
    }
    return rc == SIM_OK ? make_dir(files, part, err) : rc;
}

/* Refuse targets that are no regular files.  What a symbolic link points to is
 * looked at as well: "-o /dev/stdout" is a mistake, not a file to replace. */
static int check_target(const char *path, struct sim_err *err)
{
    struct stat st;

    if (path[dir_length(path)] == '\0')
        return cannot(err, "write", path, EISDIR);
    if (stat(path, &st) != 0) {
        if (errno == ENOENT || errno == ELOOP)
            return SIM_OK;
        return cannot(err, "write", path, errno);
    }
    if (S_ISDIR(st.st_mode))
        return cannot(err, "write", path, EISDIR);
    if (!S_ISREG(st.st_mode))
        return sim_err_set(
            err, SIM_E_IO, "cannot write '%s': not a regular file", path);
    return SIM_OK;
}

/* Create the temporary file; f->temp is its name. */
static int open_temp(
    struct cli_files *files, struct cli_file *f, int *fd, struct sim_err *err)
{
    const int dir = (int)dir_length(f->path);

    for (int i = 0; i < TRIES; i++) {
        /* the number parts processes of one id on several machines */
        char *temp = i == 0
                         ? sim_arena_printf(&files->arena, "%.*s.%s.tmp.%ld",
                               dir, f->path, f->path + dir, (long)getpid())
                         : sim_arena_printf(&files->arena, "%.*s.%s.tmp.%ld.%d",
                               dir, f->path, f->path + dir, (long)getpid(), i);
        if (temp == NULL)
            return no_memory(err);
        do {
            *fd = open(temp, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        } while (*fd < 0 && errno == EINTR);
        if (*fd >= 0) {
            f->temp = temp;
            return SIM_OK;
        }
        if (errno != EEXIST)
            break;
    }
    return cannot(err, "write", f->path, errno);
}

/* Add a file to the set and open it for writing; NULL with *rc after an
 * error. */
static struct cli_file *begin(struct cli_files *files, const char *path,
    int state, int *fd, int *rc, struct sim_err *err)
{
    struct cli_file *f;

    *rc = state == CLI_FILE_TEMP ? check_target(path, err) : SIM_OK;
    if (*rc != SIM_OK)
        return NULL;
    f = add(files, path);
    *rc = f != NULL ? open_temp(files, f, fd, err) : no_memory(err);
    if (*rc != SIM_OK)
        return NULL;
    SIM_BUG_ON(f->temp == NULL);
    f->state = state;
    return f;
}

int cli_files_text(struct cli_files *files, const char *path,
    const struct sim_text *text, struct sim_err *err)
{
    int fd = -1, rc;

    if (!sim_text_ok(text))
        return no_memory(err);
    if (begin(files, path, CLI_FILE_TEMP, &fd, &rc, err) == NULL)
        return rc;
    if (write_all(fd, sim_text_str(text), text->len) != 0 || flush(fd) != 0)
        rc = cannot(err, "write", path, errno);
    if (close(fd) != 0 && rc == SIM_OK && errno != EINTR)
        rc = cannot(err, "write", path, errno);
    return rc;
}

int cli_files_begin(struct cli_files *files, const char *path, int state,
    const char **temp, struct sim_err *err)
{
    int fd = -1, rc;
    const struct cli_file *f = begin(files, path, state, &fd, &rc, err);

    if (f == NULL)
        return rc;
    close(fd);
    *temp = f->temp;
    return SIM_OK;
}

int cli_files_end(
    struct cli_files *files, const char *temp, struct sim_err *err)
{
    const struct cli_file *f = NULL;
    int rc = SIM_OK;

    for (int i = 0; i < files->n; i++) {
        if (files->list[i].temp == temp)
            f = &files->list[i];
    }
    SIM_BUG_ON(f == NULL);
    const int fd = open(f->temp, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot(err, "write", f->path, errno);
    if (flush(fd) != 0)
        rc = cannot(err, "write", f->path, errno);
    close(fd);
    return rc;
}

int cli_files_drop(
    struct cli_files *files, const char *path, struct sim_err *err)
{
    struct cli_file *f = add(files, path);

    if (f == NULL)
        return no_memory(err);
    f->state = CLI_FILE_OLD;
    return SIM_OK;
}

int cli_files_commit(struct cli_files *files, struct sim_err *err)
{
    for (int i = 0; i < files->n; i++) {
        struct cli_file *f = &files->list[i];
        if (f->state == CLI_FILE_TEMP && rename(f->temp, f->path) != 0)
            return cannot(err, "write", f->path, errno);
        if (f->state == CLI_FILE_OLD && unlink(f->path) != 0 &&
            errno != ENOENT && errno != ENOTDIR)
            return cannot(err, "remove", f->path, errno);
        if (f->state != CLI_FILE_SCRATCH)
            f->state = CLI_FILE_DONE;
        files->committed = true;
    }
    for (int i = 0; i < files->n; i++) {
        const char *path = files->list[i].path;
        const char *before = i > 0 ? files->list[i - 1].path : "";
        const size_t n = dir_length(path);
        if (i == 0 || n != dir_length(before) || memcmp(path, before, n) != 0)
            flush_dir(path);
    }
    return SIM_OK;
}

void cli_files_release(struct cli_files *files)
{
    for (int i = 0; i < files->n; i++) {
        const struct cli_file *f = &files->list[i];
        if (f->temp != NULL && f->state != CLI_FILE_DONE)
            (void)unlink(f->temp);
    }
    /* the last made lies deepest; one that is in use by now stays */
    for (int i = files->n_dirs - 1; i >= 0 && !files->committed; i--)
        (void)rmdir(files->dirs[i]);
    sim_free(files->list);
    sim_free(files->dirs);
    sim_arena_release(&files->arena);
    *files = (struct cli_files){0};
}

/* ---- single files ------------------------------------------------------- */

/* Give a finished file its name unless that is taken.  link(), unlike
 * rename(), never replaces; file systems without it get a look before. */
static bool place(const char *temp, const char *path)
{
    struct stat st;

    if (link(temp, path) == 0)
        return true;
    if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS)
        return false;
    if (lstat(path, &st) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(temp, path) == 0;
}

int cli_file_create(
    const char *path, const struct sim_text *text, struct sim_err *err)
{
    struct cli_files files = {0};
    const struct cli_file *f;
    int fd = -1, rc;

    if (!sim_text_ok(text))
        return no_memory(err);
    f = begin(&files, path, CLI_FILE_SCRATCH, &fd, &rc, err);
    if (f == NULL)
        goto out;
    if (write_all(fd, sim_text_str(text), text->len) != 0 || flush(fd) != 0)
        rc = cannot(err, "write", path, errno);
    close(fd);
    if (rc == SIM_OK && !place(f->temp, path))
        rc = errno == EEXIST
                 ? sim_err_set(err, SIM_E_IO,
                       "'%s' exists already and is not overwritten", path)
                 : cannot(err, "write", path, errno);
    if (rc == SIM_OK)
        flush_dir(path);
out:
    cli_files_release(&files);
    return rc;
}

static int read_all(int fd, const char *path, size_t most,
    struct sim_text *text, struct sim_err *err)
{
    char block[65536];

    for (;;) {
        const ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot(err, "read", path, errno);
        if (n == 0)
            return sim_text_ok(text) ? SIM_OK : no_memory(err);
        sim_text_add_n(text, block, (size_t)n);
        if (text->len > most)
            return sim_err_set(
                err, SIM_E_LIMIT, "'%s' is larger than %zu bytes", path, most);
    }
}

int cli_file_read(
    const char *path, size_t most, struct sim_text *text, struct sim_err *err)
{
    struct stat st;
    int rc;

    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, "standard input", most, text, err);
    /* not to hang on a FIFO */
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return cannot(err, "open", path, errno);
    if (fstat(fd, &st) != 0)
        rc = cannot(err, "read", path, errno);
    else if (!S_ISREG(st.st_mode))
        rc = sim_err_set(
            err, SIM_E_IO, "cannot read '%s': not a regular file", path);
    else
        rc = read_all(fd, path, most, text, err);
    close(fd);
    return rc;
}
