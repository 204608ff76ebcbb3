/* Trials: is a compiled loop worth entering?

   Native code can lose to CPython, by calls out that show the frame each time, or by leaving after a few operations, and
   what it loses depends on the program's data. So it is measured. A loop that was compiled is run by both in turn, for
   short rounds; each gives a time per step, a step being one arrival at the loop's header, counted by the event in CPython
   and by the code itself in between.

   What counts is time inside of the loop: spans from one event to the next in the same call of the function. Of native code
   it is what lies between its entry and its exit, or where it goes on in another loop; and, if the exit is inside of the
   loop, on to the next event. What happens in between to deeper calls of the same function (a loop may recur) belongs to the
   span; where that takes long, the span ends at an event of a deeper call. What our own handlers took is left out. The clock is the thread's: other processes, threads and waiting do not count.
   But reading it is a system call. Where spans are short another clock is read, and spans that are much longer than the
   others are left out, since the thread may have waited in between. So are those in which a collection of older objects was due, unless most are
   like that: it takes as long as many iterations, and who is in the loop just then did not cause it alone.

   The next call may have its frame in the same place, so a frame is marked when a span begins. The mark stands where code
   outside of functions has its variables (f_locals), and goes when the frame goes.

   The first rounds are short, the later ones longer. Where native code stayed inside for much longer CPython gets more,
   too, as a loop's later iterations may be more expensive than its first. A clear winner is known after two rounds each. A
   loser has more time, for its exits may get bridges, and a loop around it may take it in, and then it is tried anew. But
   that is paid from an account of all that losers have lost. Where it is overdrawn, or the same code has lost some trials, the
   loop rests, without its event, until the next of its bridges is there, or the account allows it another chance. So does one
   with so little time between its events that the trial itself costs more than could be gained.

   No trials where a threshold is given: what happens then must not depend on time. */
#include "bridge.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_interp.h"
#include <time.h>

#define ROUNDS 7                 /* the last ones count, where there are more */
#define MOST_ROUNDS 21
#define ROUND_NS 200000          /* of the first round; each is twice as long as the one before, up to */
#define LAST_ROUND_NS 6400000
#define LONGEST_NS 20000000      /* of CPython's, where native code stayed longer */
#define LOSER_NS 20000000        /* in native code, before it loses */
#define EVENT_NS 20              /* what an event costs that would not be there if the loop were left to CPython */
#define SHORT_NS 20000           /* a span for which the thread's clock is too slow */
#define OUTLIER 30               /* times as long as the others */
#define VISITS 20000             /* events without a span: the loop seldom comes to a second iteration */
#define MANY_EVENTS 1024         /* of deeper calls, after which the span goes on in one of these: the call that it began in may not be back for long */
#define MANY_VISITS 30000        /* events, which are not worth it where there is less time between them than */
#define SHORT_VISIT_NS 200
#define FEW_COLLECTED 4          /* spans with collections, which are left out whatever the others are */
#define ANCESTORS 64             /* frames that are looked through for the one in which a span began */
#define LOSSES_NS 20000000       /* that are allowed to begin with, and one of */
#define LOSSES_SHARE 150         /* of the program's time */
#define TRIALS 4                 /* of the same code */

typedef struct PtTrial {
    PyThreadState *ts;           /* whose trial it is */
    PtFrame *frame;              /* in which the span is; NULL: none */
    PtTrialEntry *open;          /* native code was entered and is not left yet */
    int native;                  /* whose turn it is */
    int n;                       /* rounds that both have had */
    int losses;                  /* trials of the same code */
    int events_seen;             /* since somebody looked at them, and */
    int64_t spent;               /* the time in spans meanwhile, but for this round */
    int deep;                    /* the event is one of a deeper call */
    int look;                    /* events in a span, before the clock is read */
    int quick;                   /* which clock the span is measured with */
    double usual[2];             /* length of a span; [1]: native */
    int64_t start, asked;        /* of the span */
    int64_t last;                /* the time when the span before it ended, if that is when this one begins */
    int64_t collections;         /* of older objects, when the span began */
    int collected, counted;      /* spans of this round that were left out for these, and others */
    int64_t arrivals, events;    /* counted by native code when it began; CPython's since */
    int64_t time, steps, seen;   /* of the round */
    int64_t entries;             /* of native code, in all rounds */
    int64_t stayed, all;         /* how long the last native round was, and all of them */
    double rate[2][ROUNDS], count[2][ROUNDS];  /* ns per step, and steps; [1]: native */
} PtTrial;

static double lost_ns;           /* by all loops that lost */

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
read_clock(int quick)
{
    return quick ? pt_now_ns() : pt_cpu_ns();
}

static int64_t
older_collections(void)
{
    struct _gc_runtime_state *gc = &PyInterpreterState_Get()->gc;
    return gc->generation_stats[1].collections + gc->generation_stats[2].collections;
}

static int64_t
clock_cost(int quick)
{
    static int64_t cost[2];
    if (pt.clock != NULL) {
        return 0;
    }
    if (cost[quick] == 0) {
        int64_t start = read_clock(quick), end = start;
        for (int i = 0; i < 64; i++) {
            end = read_clock(quick);
        }
        cost[quick] = (end - start) / 64 + 1;
    }
    return cost[quick];
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

double
pt_median(const double *rates, int n)
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

/* ns per step of the longer half of the rounds. */
static double
overall(PtTrial *t, int native)
{
    double ns = 0, steps = 0;
    for (int i = ROUNDS / 2; i < ROUNDS; i++) {
        ns += t->rate[native][i] * t->count[native][i];
        steps += t->count[native][i];
    }
    return ns / (steps ? steps : 1);
}

/* Whether native code goes around when it is entered. If not, most of the time is spent elsewhere, perhaps by whom a generator yields to, and what is
   measured differs by little though entering gains nothing. */
static int
stays(PtTrial *t)
{
    double steps = 0;
    for (int i = 0; i < ROUNDS; i++) {
        steps += t->count[1][i];
    }
    return steps >= 1.5 * (double)t->entries * ROUNDS / (t->n > ROUNDS ? t->n : ROUNDS);
}

/* 1: native code wins, -1: it loses, 0: not known yet */
static int
verdict(PtTrial *t)
{
    double *cpython = t->rate[0], *native = t->rate[1];
    int n = t->n < ROUNDS ? t->n : ROUNDS;
    if (n >= 2 && extreme(native, n, 1) < 0.75 * extreme(cpython, n, -1)) {
        return 1;
    }
    if (n >= 2 && t->all >= LOSER_NS && extreme(native, n, -1) > 1.1 * extreme(cpython, n, 1)) {
        return -1;
    }
    if (t->n < ROUNDS) {
        return 0;
    }
    double bar = stays(t) ? 1.02 : 0.95;
    int most = pt_median(native, ROUNDS) > bar * pt_median(cpython, ROUNDS), all = overall(t, 1) > bar * overall(t, 0);
    if (most == all || t->n >= MOST_ROUNDS) {
        return all ? -1 : 1;
    }
    return 0;
}

/* ns that native code lost, by the usual round: in an unusual one the program may have done something else. */
static double
lost(PtTrial *t)
{
    int n = t->n < ROUNDS ? t->n : ROUNDS;
    double ratio = pt_median(t->rate[0], n) / (pt_median(t->rate[1], n) + 1e-9);
    return ratio < 1 ? (1 - ratio) * (double)t->all : 0;
}

static int64_t
length(PtTrial *t)
{
    int64_t wanted = (int64_t)ROUND_NS << (t->n < ROUNDS ? t->n : ROUNDS), more = t->native || t->n == 0 ? 0 : t->stayed / 4;
    wanted = wanted < LAST_ROUND_NS ? wanted : LAST_ROUND_NS;
    return more < wanted ? wanted : more < LONGEST_NS ? more : LONGEST_NS;
}

/* Frames that cannot be marked: of modules and classes, which are seldom run again, and of generators. */
static int
takes_mark(PtFrame *f)
{
    return (pt_code(f)->co_flags & (CO_OPTIMIZED | CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) == CO_OPTIMIZED;
}

/* In 3.12 locals() fills the dict that it finds there. */
static void
mark(PtFrame *f)
{
    if (f->f_locals == NULL && takes_mark(f)) {
#if PT_312
        f->f_locals = PyDict_New();
        if (f->f_locals == NULL) {
            PyErr_Clear();
        }
#else
        f->f_locals = Py_NewRef(Py_None);
#endif
    }
}

static int
is_marked(PtFrame *f)
{
    return f->f_locals != NULL || !takes_mark(f);
}

static int
is_same_call(PtTrial *t, PtFrame *f)
{
    return t->frame == f && is_marked(f);
}

/* Whether the span's call waits for the one that `f` is in. */
static int
is_deeper(PtTrial *t, PtFrame *f)
{
    if (t->frame == NULL) {
        return 0;
    }
    for (int i = 0; i < ANCESTORS && (f = f->previous) != NULL; i++) {
        if (f == t->frame) {
            return is_marked(f);
        }
    }
    return 0;
}

static void
begin_span(PtTrial *t, PtLoop *loop, PtFrame *f)
{
    t->frame = f;
    if (f != NULL) {
        mark(f);
    }
    int quick = pt.clock == NULL && t->usual[t->native] != 0 && t->usual[t->native] < SHORT_NS;
    t->start = t->last != 0 && quick == t->quick ? t->last : read_clock(quick);
    t->quick = quick;
    t->last = 0;
    t->asked = pt.asked_ns;
    t->events = 0;
    t->arrivals = *loop->arrivals;
    t->collections = older_collections();
}

/* The span from its beginning to `now`, or (0) to this moment. -1: it does not count. */
static int64_t
span(PtTrial *t, int64_t now, int deep)
{
    t->last = now ? now : read_clock(t->quick);
    int64_t ns = t->last - t->start - (pt.asked_ns - t->asked) - clock_cost(t->quick);
    double *usual = &t->usual[t->native];
    if (t->quick && ns > OUTLIER * *usual * (deep ? MANY_EVENTS : 1)) {
        *usual *= 1.25;  /* or they are longer now */
        return -1;
    }
    ns = ns > 0 ? ns : 0;
    if (deep) {
        return ns;
    }
    *usual = *usual == 0 ? (double)(ns + 1) : *usual + (ns - *usual) / 16;
    return ns;
}

/* `deep`: from a call to a deeper one. 0: it is left out. */
static int
count_span(PtTrial *t, int64_t now, int64_t events, int64_t steps, int deep)
{
    int64_t ns = span(t, now, deep);
    if (older_collections() != t->collections && t->collected < FEW_COLLECTED + t->counted) {
        t->collected++;
        return 0;
    }
    if (ns < 0) {
        return 0;
    }
    ns -= EVENT_NS * events;
    t->time += ns > 0 ? ns : 0;
    t->steps += steps;
    t->counted++;
    return 1;
}

int
pt_may_lose(void)
{
    return lost_ns <= LOSSES_NS + pt_cpu_ns() / LOSSES_SHARE;
}

/* A losing loop may become better: it is tried again while that is affordable. 0: it is, -2: it has to rest. */
static int
again(PtTrial *t)
{
    t->n = 0;
    t->all = t->entries = 0;
    return ++t->losses < TRIALS && pt_may_lose() ? 0 : -2;
}

/* After a round. 1: native code wins, -2: it loses, 0: not known yet */
static int
next_turn(PtTrial *t, PtLoop *loop)
{
    int result = 0, i = t->n < ROUNDS ? t->n : ROUNDS - 1;
    if (t->n >= ROUNDS) {
        memmove(t->rate[t->native], t->rate[t->native] + 1, (ROUNDS - 1) * sizeof(double));
        memmove(t->count[t->native], t->count[t->native] + 1, (ROUNDS - 1) * sizeof(double));
    }
    t->rate[t->native][i] = (double)t->time / (t->steps ? t->steps : 1);
    t->count[t->native][i] = (double)t->steps;
    if (t->native) {
        double cpython = t->rate[0][i];
        t->stayed = t->time;
        t->all += t->time;
        loop->gain = t->time > 0 ? t->steps * cpython / t->time - 1 : 1;
        loop->gain = loop->gain < 1 ? loop->gain : 1;
        t->n++;
        result = verdict(t);
        if (result < 0) {
            lost_ns += lost(t);
            result = again(t);
        }
    }
    t->native = !t->native;
    t->spent += t->time;
    t->time = t->steps = t->seen = t->collected = t->counted = 0;
    t->look = 1;
    t->frame = NULL;
    return result;
}

static void
cpython_event(PtTrial *t, PtLoop *loop, PtFrame *f)
{
    t->events++;
    if (!is_same_call(t, f)) {
        if (!is_deeper(t, f)) {
            t->seen++;
            t->look = (t->look + 1) / 2;
            begin_span(t, loop, f);
            return;
        }
        t->deep = 1;
        if (t->events < MANY_EVENTS) {
            return;
        }
    }
    else {
        t->seen++;
        if (t->events < t->look) {
            return;
        }
    }
    int64_t before = t->time;
    if (count_span(t, 0, t->events, t->events, t->deep)) {
        t->look += t->time - before < ROUND_NS / 32 ? t->look : 0;
    }
    begin_span(t, loop, f);
}

/* Native code was left inside of the loop, and CPython has come to its header. */
static void
native_event(PtTrial *t, PtLoop *loop, PtFrame *f)
{
    if (is_same_call(t, f)) {
        count_span(t, 0, 0, *loop->arrivals - t->arrivals + t->events + 1, 0);
        t->frame = NULL;
    }
    else if (is_deeper(t, f)) {
        t->deep = 1;
        if (++t->events >= MANY_EVENTS) {
            count_span(t, 0, 0, *loop->arrivals - t->arrivals + t->events, 1);
            t->frame = NULL;
        }
    }
    else {
        t->frame = NULL;
    }
}

/* At an event of a compiled loop with a trial. 1: enter native code, 0: let CPython go on, -1: leave the loop to it, -2: for now. */
int
pt_trial_event(PtLoop *loop, PyThreadState *ts, PtTrialEntry *entry)
{
    PtTrial *t = loop->trial;
    PtFrame *f = pt_current(ts);
    t->last = t->deep = 0;
    *entry = (PtTrialEntry){.unit = loop->unit, .end = loop->end, .counter = loop->arrivals};
    if (t->open != NULL) {  /* a deeper call, or another thread */
        return 1;
    }
    if (t->ts != ts) {
        t->ts = ts;
        t->frame = NULL;
    }
    if (!t->native) {
        cpython_event(t, loop, f);
        if (t->steps == 0 && t->seen >= VISITS) {
            pt_end_trial(loop);
            return -1;
        }
    }
    else if (t->frame != NULL) {
        native_event(t, loop, f);
    }
    if (t->time >= length(t) && (t->frame == NULL || !t->native)) {
        int result = next_turn(t, loop);
        if (result != 0) {
            pt_end_trial(loop);
            return result;
        }
    }
    if (!t->deep && ++t->events_seen >= MANY_VISITS) {
        if (t->spent + t->time < MANY_VISITS * SHORT_VISIT_NS) {
            pt_end_trial(loop);
            return -2;
        }
        t->events_seen = 0;
        t->spent = -t->time;
    }
    if (t->native && t->frame == NULL) {
        begin_span(t, loop, NULL);
        t->open = entry;
        t->entries++;
        entry->quick = t->quick;
    }
    return t->native;
}

/* Native code goes on in another loop, which is not inside of the one that is tried: it has left that. */
void
pt_trial_passes(PtTrialEntry *entry, int unit)
{
    if (!entry->left && (unit < entry->unit || unit > entry->end)) {
        entry->left = 1;
        entry->now = read_clock(entry->quick);
        entry->arrivals = *entry->counter;
    }
}

/* After native code was entered at such an event. `f` NULL: an exception is to be raised. */
void
pt_trial_left(PtLoop *loop, PtFrame *f, PtTrialEntry *entry)
{
    PtTrial *t = loop->trial;
    if (t == NULL || t->open != entry) {
        return;
    }
    t->open = NULL;
    t->last = 0;
    if (loop->arrivals != entry->counter) {
        return;
    }
    count_span(t, entry->left ? entry->now : 0, 0, (entry->left ? entry->arrivals : *entry->counter) - t->arrivals, 0);
    int at = f != NULL ? pt_at(f) : -1;
    if (!entry->left && at >= entry->unit && at <= entry->end) {
        begin_span(t, loop, f);
    }
}
