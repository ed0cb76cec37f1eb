#include "models/workload_time.h"

enum { DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, EPOCH_SHIFT = 719468 };

struct mdl_date mdl_calendar_of(int64_t day)
{
    /* years begin in March, so that the leap day is the last of its year */
    const int64_t z = day + EPOCH_SHIFT;
    const int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    const int64_t doe = z - era * DAYS_PER_ERA;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int64_t mp = (5 * doy + 2) / 153;
    struct mdl_date date;

    date.month = (int)(mp < 10 ? mp + 2 : mp - 10);
    date.year = yoe + era * YEARS_PER_ERA + (date.month < 2 ? 1 : 0);
    date.day_of_month = (int)(doy - (153 * mp + 2) / 5 + 1);
    date.weekday = (int)((day % 7 + 7 + 3) % 7); /* 1970-01-01: a Thursday */
    return date;
}
