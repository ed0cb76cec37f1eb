/* workload_time.h - civil dates of the model calendar. */
#ifndef MODELS_WORKLOAD_TIME_H
#define MODELS_WORKLOAD_TIME_H

#include <stdint.h>

struct mdl_date {
    int64_t year;
    int month;        /* 0 = January */
    int day_of_month; /* 1 .. 31 */
    int weekday;      /* 0 = Monday */
};

/** The date of a day counted from 1970-01-01, any sign, in the proleptic
 *  Gregorian calendar.  Source: H. Hinnant, chrono-compatible low-level date
 *  algorithms (civil_from_days). */
struct mdl_date mdl_calendar_of(int64_t day);

#endif /* MODELS_WORKLOAD_TIME_H */
