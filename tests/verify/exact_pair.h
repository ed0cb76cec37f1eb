/* exact_pair.h - two servers, each with its own queue and exponential service:
 * joining the shorter queue, and fork and join.
 */
#ifndef TESTS_VERIFY_EXACT_PAIR_H
#define TESTS_VERIFY_EXACT_PAIR_H

/** Mean response [s] where each arrival joins the shorter of two queues (which
 *  of equal ones does not matter): the chain of the shorter queue and the
 *  difference, cut at `cut` and at 60.  The mass at the cut falls like
 *  rho^(2 cut). */
double exact_shortest_queue(double lambda, double mu, int cut);

/** Mean response [s] where each arrival has one part at each of two servers
 *  and is done with the later: the chain of both queues, each cut at `cut`.
 *  Requests in the system are the larger of the two numbers, as parts finish
 *  in the order of arrival. */
double exact_fork_join(double lambda, double mu, int cut);

#endif /* TESTS_VERIFY_EXACT_PAIR_H */
