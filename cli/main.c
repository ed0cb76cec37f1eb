/* main.c - the state of the process, set once, before anything else.
 *
 * The locale is never set: in another one than "C" the libraries write
 * numbers with a comma, and read them so.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "cli/cli.h"

/* A descriptor that is closed would be given to the next file that is opened,
 * and messages would end up in a report.  It is filled the wrong way round, so
 * that using it is still an error - but for standard error, which is only a
 * place for remarks. */
static void fill_descriptors(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};

    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)open("/dev/null", flags[fd]);
    }
}

int main(int argc, char **argv)
{
    fill_descriptors();
    /* a reader that goes away shows as EPIPE, so that temporary files go */
    signal(SIGPIPE, SIG_IGN);
    /* the library's default handler aborts; every status is checked instead */
    gsl_set_error_handler_off();
    return cli_main(argc, argv);
}
