#include "cli/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "cli/cli.h"

enum { GRACE_S = 2 };

static const int caught[] = {SIGINT, SIGTERM, SIGHUP};

enum { N_CAUGHT = sizeof caught / sizeof caught[0] };

/* Only calls that are safe in a handler: alarm, sigaction, write, _exit. */
static void on_signal(int number)
{
    (void)number;
    alarm(GRACE_S);
}

static void on_alarm(int number)
{
    static const char late[] = "sitesim: error: stopped by --timeout\n";
    const int signal_number = cli_signals_caught();

    (void)number;
    if (signal_number > 0)
        _exit(CLI_SIGNAL + signal_number);
    if (write(STDERR_FILENO, late, sizeof late - 1) < 0)
        _exit(CLI_INCOMPLETE); /* nobody to tell */
    _exit(CLI_INCOMPLETE);
}

static void fill(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGALRM);
    for (int i = 0; i < N_CAUGHT; i++)
        sigaddset(set, caught[i]);
}

void cli_signals_catch(unsigned seconds)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction old;

    sigemptyset(&action.sa_mask);
    action.sa_flags = (int)SA_RESETHAND;
    for (int i = 0; i < N_CAUGHT; i++) {
        if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
    action.sa_handler = on_alarm;
    action.sa_flags = 0;
    sigaction(SIGALRM, &action, NULL);
    if (seconds > 0)
        alarm(seconds);
}

int cli_signals_caught(void)
{
    struct sigaction now;
    sigset_t pending;

    for (int i = 0; i < N_CAUGHT; i++) {
        if (sigaction(caught[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            return caught[i];
    }
    if (sigpending(&pending) != 0)
        return 0;
    for (int i = 0; i < N_CAUGHT; i++) {
        /* an ignored signal is never pending for long */
        if (sigismember(&pending, caught[i]) == 1 &&
            sigaction(caught[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            return caught[i];
    }
    return 0;
}

void cli_signals_hold(void)
{
    sigset_t set;

    fill(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    alarm(0);
}

void cli_signals_release(void)
{
    struct sigaction now;
    sigset_t set;

    for (int i = 0; i < N_CAUGHT; i++) {
        if (sigaction(caught[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            signal(caught[i], SIG_DFL);
    }
    fill(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
