/* codes.h - the table of message codes behind scn_diag_explain().
 *
 * A code never changes its meaning.  To add one, add a row in the order of
 * the table; a test demands that every code used has a row and a test case.
 */
#ifndef SCENARIOS_LOADER_CODES_H
#define SCENARIOS_LOADER_CODES_H

struct scn_code {
    const char *code;
    const char *summary; /* a few words */
    const char *help;    /* what it means and what to do, a paragraph */
};

/** Row i of the table, NULL past the end. */
const struct scn_code *scn_code_at(int i);

#endif /* SCENARIOS_LOADER_CODES_H */
