/* realpath() is XSI, not plain POSIX */
#define _XOPEN_SOURCE 700

#include "scenarios/loader/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/sha256.h"

/* Fixed words: strerror() depends on the locale and is not thread-safe. */
static const char *reason(int error)
{
    switch (error) {
    case ENOENT:
        return "no such file";
    case EACCES:
        return "permission denied";
    case ENOTDIR:
        return "a part of the path is not a folder";
    case ELOOP:
        return "too many symbolic links";
    case ENAMETOOLONG:
        return "the path is too long";
    case EISDIR:
        return "it is a folder";
    case EINVAL:
        return "not a regular file";
    default:
        return "cannot be read";
    }
}

const char *scn_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

const char *scn_table_name(const char *path)
{
    return strncmp(path, "tables/", 7) == 0 ? path + 7 : NULL;
}

static bool climbs(const char *path)
{
    for (const char *s = path; s != NULL; s = strchr(s, '/')) {
        s += *s == '/';
        if (strncmp(s, "..", 2) == 0 && (s[2] == '/' || s[2] == '\0'))
            return true;
    }
    return false;
}

static const char *refuse(struct scn_load *load, const struct scn_node *node,
    const char *path, const char *code, const char *why)
{
    const char *hint =
        strcmp(code, "P002") == 0
            ? "files stay below the scenario's folder unless --allow-outside "
              "is given"
            : NULL;

    scn_report(load,
        &(struct scn_fault){
            .code = code, .at = node->at, .path = path, .hint = hint},
        "'%s': cannot use file %s: %s", path, scn_node_shown(load, node), why);
    return NULL;
}

const char *scn_path_resolve(
    struct scn_load *load, const struct scn_node *node, const char *path)
{
    char real[PATH_MAX];
    struct stat st;
    const char *full;
    const size_t n_root = strlen(load->root);

    if (node->text[0] == '\0')
        return refuse(load, node, path, "P001", "the name is empty");
    if (!load->allow_outside && node->text[0] == '/')
        return refuse(load, node, path, "P002", "the path is absolute");
    if (!load->allow_outside && climbs(node->text))
        return refuse(load, node, path, "P002", "the path contains '..'");
    full = node->text[0] == '/'
               ? node->text
               : scn_printf(load, "%s/%s", node->at.src->dir, node->text);
    if (full == NULL)
        return NULL;
    if (realpath(full, real) == NULL)
        return refuse(load, node, path, "P001", reason(errno));
    if (!load->allow_outside &&
        (strncmp(real, load->root, n_root) != 0 ||
            (real[n_root] != '/' && real[n_root] != '\0' &&
                strcmp(load->root, "/") != 0)))
        return refuse(
            load, node, path, "P002", "it leads out of the scenario's folder");
    if (stat(real, &st) != 0)
        return refuse(load, node, path, "P001", reason(errno));
    if (!S_ISREG(st.st_mode))
        return refuse(load, node, path, "P003", "not a regular file");
    return scn_printf(load, "%s", real);
}

int scn_path_real(struct scn_load *load, const char *path, const char **real,
    const char **dir, struct sim_err *err)
{
    char buffer[PATH_MAX];
    char *folder;

    if (realpath(path, buffer) == NULL)
        return sim_err_set(
            err, SIM_E_IO, "cannot open '%s': %s", path, reason(errno));
    *real = scn_printf(load, "%s", buffer);
    folder = scn_printf(load, "%s", buffer);
    if (load->nomem)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    *strrchr(folder, '/') = '\0';
    *dir = folder[0] != '\0' ? folder : "/";
    return SIM_OK;
}

/* Open for reading; a FIFO or device must neither block nor be read. */
static int open_regular(const char *path, off_t *size, int *error)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    *error = errno;
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *size = st.st_size;
        return fd;
    }
    *error = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    close(fd);
    return -1;
}

/* Read up to n bytes, fewer at the end of the file; -1 on error. */
static ssize_t read_all(int fd, char *data, size_t n)
{
    size_t used = 0;

    while (used < n) {
        const ssize_t got = read(fd, data + used, n - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}

int scn_file_read(struct scn_load *load, const char *real, size_t most,
    struct scn_source *src, struct sim_err *err)
{
    off_t size = 0;
    int error = 0;
    ssize_t got;
    char *data;
    const int fd = open_regular(real, &size, &error);

    if (fd < 0)
        return sim_err_set(
            err, SIM_E_IO, "cannot read '%s': %s", src->name, reason(error));
    size = size > (off_t)most ? (off_t)most + 1 : size;
    data = scn_new(load, (size_t)size + 1, 1);
    if (data == NULL) {
        close(fd);
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    got = read_all(fd, data, (size_t)size);
    error = errno;
    close(fd);
    if (got < 0)
        return sim_err_set(
            err, SIM_E_IO, "cannot read '%s': %s", src->name, reason(error));
    data[got] = '\0';
    src->text = data;
    src->size = (size_t)got;
    return SIM_OK;
}

int scn_file_digest(struct scn_load *load, const char *real, const char *shown,
    struct sim_err *err)
{
    struct scn_digest *digest;
    struct sim_sha256 sha;
    char block[16384];
    off_t size;
    int error = 0, fd;
    ssize_t got;

    for (digest = load->digests; digest != NULL; digest = digest->next) {
        if (strcmp(digest->real, real) == 0)
            return SIM_OK;
    }
    digest = scn_new(load, 1, sizeof *digest);
    if (digest == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    fd = open_regular(real, &size, &error);
    if (fd < 0)
        return sim_err_set(
            err, SIM_E_IO, "cannot read '%s': %s", shown, reason(error));
    sim_sha256_init(&sha);
    while ((got = read_all(fd, block, sizeof block)) > 0)
        sim_sha256_add(&sha, block, (size_t)got);
    close(fd);
    if (got < 0)
        return sim_err_set(err, SIM_E_IO, "cannot read '%s'", shown);
    sim_sha256_hex(&sha, digest->sha256);
    digest->real = real;
    digest->shown = shown;
    digest->next = load->digests;
    load->digests = digest;
    return SIM_OK;
}
