/* signals.h - SIGINT, SIGTERM and SIGHUP: stop in good order, without state.
 *
 * The usual flag, written by the handler, would be a mutable global.  Here the
 * kernel keeps it: handlers are installed with SA_RESETHAND, so the first
 * signal puts the default action back, and "has it been caught" is the
 * question whether the default action is back.  That also makes the second
 * signal kill, as it should.
 *
 * While it simulates, the program looks before each piece of work and stops.
 * Pieces can be long: two seconds after the signal the process ends the hard
 * way, which is harmless, as nothing is written before the simulation is over.
 * While files are written the signals are held back and looked at between two
 * files, so that temporary files are always removed.
 *
 * A signal that is ignored when the program starts (nohup, a background job of
 * a script) stays ignored.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/** Catch the signals; `seconds` > 0 sets an alarm that ends the process with
 *  status 5 (for --timeout), 0 none. */
void cli_signals_catch(unsigned seconds);

/** Number of the signal that arrived, 0 when none did.  Any thread. */
int cli_signals_caught(void);

/** Hold signals back from now on, and cancel alarms. */
void cli_signals_hold(void);

/** Let them through again with their default actions: one that arrived since
 *  cli_signals_caught() was last asked ends the process. */
void cli_signals_release(void);

#endif /* CLI_SIGNALS_H */
