/* bench_program.h - rows that run the program itself on fixed scenarios.
 *
 * CPU time is that of the finished child, from the operating system; requests
 * are those simulated, lead-ins included, as results.json counts them.
 */
#ifndef TESTS_BENCH_BENCH_PROGRAM_H
#define TESTS_BENCH_BENCH_PROGRAM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct program_run {
    double cpu_s;
    double requests;
    long peak_kb;
};

static double children_cpu_s(void)
{
    struct rusage use;

    getrusage(RUSAGE_CHILDREN, &use);
    return (double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec +
           1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

static double requests_of(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[4096];
    double n = 0.0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *key = strstr(line, "\"requests_simulated\":");
        if (key != NULL)
            n = atof(strchr(key, ':') + 1);
    }
    if (file != NULL)
        fclose(file);
    return n;
}

/* One run of a scenario on one thread; requests = 0 when it failed. */
static struct program_run run_program(
    const char *program, const char *scenario, const char *more)
{
    char dir[] = "/tmp/sitesim-bench-XXXXXX", command[1024], path[256];
    struct program_run run = {0};
    struct rusage use;
    const double before_s = children_cpu_s();

    if (mkdtemp(dir) == NULL)
        return run;
    snprintf(command, sizeof command,
        "%s run %s -o %s --only json --jobs 1 %s >/dev/null 2>&1", program,
        scenario, dir, more);
    if (system(command) >= 0) {
        run.cpu_s = children_cpu_s() - before_s;
        snprintf(path, sizeof path, "%s/results.json", dir);
        run.requests = requests_of(path);
    }
    getrusage(RUSAGE_CHILDREN, &use);
    run.peak_kb = use.ru_maxrss;
    snprintf(command, sizeof command, "rm -rf %s", dir);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", dir);
    return run;
}

#endif /* TESTS_BENCH_BENCH_PROGRAM_H */
