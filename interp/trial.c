/* Trials: is a compiled loop worth entering?

   Native code can lose to CPython, by calls out that show the frame each time, or by leaving after a few operations, and
   what it loses depends on the program's data. So it is measured. A loop that was compiled is run by both in turn, for
   short rounds; each gives a time per step, a step being one arrival at the loop's header, counted by the event in CPython
   and by the code itself in between.

   What counts is time inside of the loop. In CPython that is a span of events in one frame. Native code's time goes from
   its entry to its exit, or to where it goes on in another loop; and, if the exit is inside of the loop, on to the next
   event in the same frame. (If that takes much longer than CPython's steps do, the loop was left after all, and the frame
   is a new one in the same place.) What our own handlers took is left out. The clock is the thread's: other processes,
   threads and waiting do not count.

   The first rounds are short, the later ones longer. Where native code stayed inside for much longer CPython gets more,
   too, as a loop's later iterations may be more expensive than its first. A clear winner is known after two rounds each. A
   loser has more time, for its exits may get bridges, and a loop around it may take it in; while something is being
   compiled nobody loses. Then its event is switched off.

   No trials where a threshold is given: what happens then must not depend on time. */
#include "bridge.h"
#include <time.h>

#define ROUNDS 7
#define ROUND_NS 200000          /* of the first round; each is twice as long as the one before, up to */
#define LAST_ROUND_NS 6400000
#define LONGEST_NS 20000000      /* of CPython's, where native code stayed longer */
#define LOSER_NS 20000000        /* in native code, before it loses */
#define EVENT_NS 12              /* what an event costs that would not be there if the loop were left to CPython */
#define MOST_OF_A_STEP 4
#define VISITS 20000             /* events without a span after which CPython's time is given up */

typedef struct PtTrial {
    PyThreadState *ts;           /* whose trial it is */
    PtFrame *frame;              /* in which the span is; NULL: none */
    int native;                  /* whose turn it is */
    int n;                       /* rounds that both have had */
    int look;                    /* events in a span, before the clock is read */
    int64_t start, asked, events;/* of the span */
    int64_t time, steps, seen;   /* of the round */
    int64_t stayed, all;         /* how long the last native round was, and all of them */
    double rate[2][ROUNDS];      /* ns per step; [1]: native */
} PtTrial;

int64_t
pt_cpu_ns(void)
{
    struct timespec t;
    if (pt.clock != NULL) {
        return *pt.clock;
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t
clock_cost(void)
{
    static int64_t cost;
    if (pt.clock != NULL) {
        return 0;
    }
    if (cost == 0) {
        int64_t start = pt_cpu_ns(), end = start;
        for (int i = 0; i < 64; i++) {
            end = pt_cpu_ns();
        }
        cost = (end - start) / 64 + 1;
    }
    return cost;
}

void
pt_begin_trial(PtLoop *loop)
{
    pt_end_trial(loop);
    if (pt.trials && (loop->trial = PyMem_Calloc(1, sizeof(PtTrial))) != NULL) {
        loop->trial->look = 1;
    }
}

void
pt_end_trial(PtLoop *loop)
{
    PyMem_Free(loop->trial);
    loop->trial = NULL;
}

static double
extreme(const double *rates, int n, int sign)
{
    double r = rates[0];
    for (int i = 1; i < n; i++) {
        r = sign * rates[i] > sign * r ? rates[i] : r;
    }
    return r;
}

static double
median(const double *rates, int n)
{
    for (int i = 0; i < n; i++) {
        int below = 0;
        for (int k = 0; k < n; k++) {
            below += rates[k] < rates[i] || (rates[k] == rates[i] && k < i);
        }
        if (below == n / 2) {
            return rates[i];
        }
    }
    return rates[0];
}

/* 1: native code wins, -1: it loses, 0: not known yet */
static int
verdict(PtTrial *t)
{
    double *cpython = t->rate[0], *native = t->rate[1];
    if (t->n >= 2 && extreme(native, t->n, 1) < 0.75 * extreme(cpython, t->n, -1)) {
        return 1;
    }
    if (t->n >= 2 && t->all >= LOSER_NS && extreme(native, t->n, -1) > 1.1 * extreme(cpython, t->n, 1)) {
        return -1;
    }
    if (t->n < ROUNDS) {
        return 0;
    }
    int slower = 0;
    for (int i = 0; i < ROUNDS; i++) {
        slower += native[i] > cpython[i];
    }
    return slower >= ROUNDS - 1 && median(native, ROUNDS) > 1.05 * median(cpython, ROUNDS) ? -1 : 1;
}

static int64_t
length(PtTrial *t)
{
    int64_t wanted = (int64_t)ROUND_NS << t->n, more = t->native || t->n == 0 ? 0 : t->stayed / 4;
    wanted = wanted < LAST_ROUND_NS ? wanted : LAST_ROUND_NS;
    return more < wanted ? wanted : more < LONGEST_NS ? more : LONGEST_NS;
}

static void
begin_span(PtTrial *t, PtFrame *f, int64_t now)
{
    t->frame = f;
    t->start = now;
    t->asked = pt.asked_ns;
    t->events = 0;
}

static int64_t
span(PtTrial *t, int64_t now)
{
    int64_t ns = now - t->start - (pt.asked_ns - t->asked) - clock_cost();
    return ns > 0 ? ns : 0;
}

/* After a round. As verdict(). */
static int
next_turn(PtTrial *t)
{
    int result = 0;
    t->rate[t->native][t->n] = (double)t->time / (t->steps ? t->steps : 1);
    if (t->native) {
        t->stayed = t->time;
        t->all += t->time;
        t->n++;
        result = verdict(t);
        if (result < 0 && pt_compiling()) {
            t->n = result = 0;
            t->all = 0;
        }
    }
    t->native = !t->native;
    t->time = t->steps = t->seen = 0;
    t->look = 1;
    t->frame = NULL;
    return result;
}

static void
cpython_event(PtTrial *t, PtFrame *f)
{
    t->seen++;
    if (t->frame != f) {
        t->look = t->look / 2 + 1;
        begin_span(t, f, pt_cpu_ns());
        return;
    }
    if (++t->events < t->look) {
        return;
    }
    int64_t now = pt_cpu_ns(), spent = span(t, now) - EVENT_NS * t->events;
    t->time += spent > 0 ? spent : 0;
    t->steps += t->events;
    t->look += spent < ROUND_NS / 32 ? t->look : 0;
    begin_span(t, f, now);
}

/* At an event of a compiled loop with a trial. 1: enter native code, 0: let CPython go on, -1: leave the loop to it. */
int
pt_trial_event(PtLoop *loop, PyThreadState *ts)
{
    PtTrial *t = loop->trial;
    PtFrame *f = pt_current(ts);
    if (t->ts != ts) {
        t->ts = ts;
        t->frame = NULL;
    }
    if (!t->native) {
        cpython_event(t, f);
        if (t->steps == 0 && t->seen >= VISITS) {
            pt_end_trial(loop);
            return 1;
        }
    }
    else if (t->frame == f) {
        int64_t rest = span(t, pt_cpu_ns());
        if (rest < MOST_OF_A_STEP * t->rate[0][t->n]) {
            t->time += rest;
            t->steps++;
        }
        t->frame = NULL;
    }
    if (t->time >= length(t)) {
        int result = next_turn(t);
        if (result != 0) {
            pt_end_trial(loop);
            return result;
        }
    }
    if (t->native) {
        begin_span(t, NULL, pt_cpu_ns());
        t->events = *loop->arrivals;
    }
    return t->native;
}

/* Native code goes on in another loop, which is not inside of the one that is tried: it has left that. */
void
pt_trial_passes(PtTrialEntry *entry, int unit)
{
    if (!entry->left && (unit < entry->unit || unit > entry->end)) {
        entry->left = 1;
        entry->now = pt_cpu_ns();
        entry->arrivals = *entry->counter;
    }
}

PtTrialEntry
pt_trial_entry(PtLoop *loop)
{
    return (PtTrialEntry){.unit = loop->unit, .end = loop->end, .counter = loop->arrivals};
}

/* After native code was entered at such an event. */
void
pt_trial_left(PtLoop *loop, PyThreadState *ts, PtFrame *f, PtTrialEntry *entry)
{
    PtTrial *t = loop->trial;
    if (t == NULL || !t->native || t->ts != ts || loop->arrivals != entry->counter) {
        return;
    }
    if (!entry->left) {
        entry->now = pt_cpu_ns();
        entry->arrivals = *entry->counter;
    }
    t->time += span(t, entry->now);
    t->steps += entry->arrivals - t->events;
    int at = pt_at(f), inside = !entry->left && at >= entry->unit && at <= entry->end;
    begin_span(t, inside ? f : NULL, entry->now);
}
