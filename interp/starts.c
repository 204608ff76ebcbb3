/* Is it worth entering native code at a function's start?

   A function that names itself, and whose loops are compiled, can be entered at its start (`_hot_entry` in pytrace/jit.py), so that CPython does not
   run the first iteration of each call. What that saves depends on how far native code comes, and an entry costs about as much as a dozen
   instructions of CPython's. So there are rounds with and without it, in turn, and what is compared is the thread's time per
   call, whatever else the calls do: deeper calls are calls, too. Rounds in which something was recorded do not count, and
   while one of the function's loops is tried itself, nothing is. A loser is tried again after a while, when there may be more
   bridges, and then left alone. */
#include "bridge.h"

#define ROUNDS 7
#define ROUND_NS 400000          /* of the first try, each time twice as long */
#define FIRST_CALLS 64
#define GAIN 0.97
#define TRIES 5
#define REST 8192                /* calls, and four times as many each time, up to 64 times */

typedef struct PtStartTrial {
    int native;                  /* whose turn it is */
    int n;                       /* rounds that both have had */
    int tries;
    int64_t rest;                /* calls until it goes on */
    int64_t calls, most;         /* in this round; until the clock is read */
    int64_t start, asked, recorded;
    double rate[2][ROUNDS];      /* ns per call; [1]: native */
} PtStartTrial;

void
pt_begin_start_trial(PtLoop *loop)
{
    pt_end_start_trial(loop);
    if (pt.trials && (loop->start_trial = PyMem_Calloc(1, sizeof(PtStartTrial))) != NULL) {
        loop->start_trial->most = FIRST_CALLS;
    }
}

void
pt_end_start_trial(PtLoop *loop)
{
    PyMem_Free(loop->start_trial);
    loop->start_trial = NULL;
}

/* The round that has begun does not count. */
void
pt_pause_start_trial(PtLoop *loop)
{
    loop->start_trial->start = 0;
}

static int64_t
recorded(void)
{
    return pt.stats.hot_loop_calls + pt.stats.hot_exit_calls + pt.stats.hot_func_calls;
}

static void
begin_round(PtStartTrial *t)
{
    t->calls = 0;
    t->asked = pt.asked_ns;
    t->recorded = recorded();
    t->start = pt_cpu_ns();
}

/* At an event: 1: enter native code; 0: not now; -1: never again. */
int
pt_start_trial_event(PtLoop *loop)
{
    PtStartTrial *t = loop->start_trial;
    if (t->rest > 0) {
        t->rest--;
        return 0;
    }
    if (t->start == 0) {
        begin_round(t);
    }
    if (++t->calls < t->most) {
        return t->native;
    }
    if (recorded() != t->recorded) {
        begin_round(t);
        return t->native;
    }
    int64_t ns = pt_cpu_ns() - t->start - (pt.asked_ns - t->asked);
    if (ns < (int64_t)ROUND_NS << t->tries) {
        t->most = 2 * t->calls;
        return t->native;
    }
    t->rate[t->native][t->n] = (double)ns / (double)t->calls;
    t->most = Py_MAX(t->calls / 2, FIRST_CALLS);
    t->n += t->native;
    t->native = !t->native;
    begin_round(t);
    if (t->n < ROUNDS) {
        return t->native;
    }
    if (pt_median(t->rate[1], ROUNDS) < GAIN * pt_median(t->rate[0], ROUNDS)) {
        pt_end_start_trial(loop);
        return 1;
    }
    if (++t->tries == TRIES) {
        return -1;
    }
    t->n = t->native = 0;
    t->start = 0;
    t->rest = (int64_t)REST << 2 * Py_MIN(t->tries, 3);
    return 0;
}
