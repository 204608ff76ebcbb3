/* The module: monitoring callbacks that count, the driver of native code, and the Python functions around them.

   A backward jump in hot code costs the program nothing but its monitoring event until the loop's counter runs out; then
   Python (the recorder) is asked once, and afterwards the event either enters native code, is switched off for good
   (DISABLE), or counts on. Nothing here decides what is worth compiling: handlers answer with the next count.

   Native code is a chain of functions PtExit *(*)(PtCtx *). Each returns the exit it left by; an exit that has a bridge, or
   that is a jump into another loop, holds the next function to call, with its inputs in the context's buffer. The chain
   ends at an exit without one, which says how to rebuild the frame. */
#include "bridge.h"
#include "native.h"
#include "runtime.h"
#include <time.h>

PtState pt;

/* ---- buffers for live values: one for each activation of native code, reused ---- */

typedef struct Buffer {
    struct Buffer *next;
    int64_t words[PT_BUF_WORDS];
} Buffer;

static Buffer *free_buffers;

static Buffer *
take_buffer(void)
{
    Buffer *b = free_buffers;
    if (b != NULL) {
        free_buffers = b->next;
        return b;
    }
    return PyMem_Malloc(sizeof(Buffer));
}

static void
give_buffer(Buffer *b)
{
    b->next = free_buffers;
    free_buffers = b;
}

/* ---- the driver ---- */

/* Below half of the allowance CPython runs everything. */

int
pt_has_c_stack(PyThreadState *ts)
{
    return ts->c_recursion_remaining > PT_C_LIMIT / 2 && (char *)__builtin_frame_address(0) > pt_stack_limit();
}

int64_t
pt_now_ns(void)
{
    struct timespec t;
    if (pt.clock != NULL) {
        return *pt.clock;
    }
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Puts the values where a bridge that was recorded from another exit expects them. */
static void
move_words(PtExit *e, int64_t *buf)
{
    int64_t values[PT_MAX_MOVES];
    int64_t n = e->n_moves;
    for (int64_t i = 0; i < n; i++) {
        values[i] = buf[e->moves[2 * i + 1]];
    }
    for (int64_t i = 0; i < n; i++) {
        buf[e->moves[2 * i]] = values[i];
    }
}

#define SAMPLED_ENTRIES 256      /* one of these is timed */

static PtExit *
run_chain(PtNative entry, PtCtx *ctx, PtTrialEntry *trial)
{
    int64_t start = pt.timing ? pt_now_ns() : 0;
    int64_t sample = pt.trials && pt.stats.native_entries % SAMPLED_ENTRIES == 0 ? pt_cpu_ns() : 0;
    double gain = pt.gain;
    pt.gain = 1;
    pt.stats.native_entries++;
    PtExit *e = entry(ctx);
    while (e->native != NULL) {
        if (e->next && e->count + 1 >= e->next && e->state != PT_STATE_JUMP) { /* Python wants to look at it again: this time the program leaves */
            break;
        }
        e->count++;
        if (trial->counter != NULL && e->state == PT_STATE_JUMP) {
            pt_trial_passes(trial, (int)e->next);
        }
        if (e->n_moves) {
            move_words(e, ctx->buf);
        }
        e = ((PtNative)e->native)(ctx);
    }
    struct gc_generation *young = ctx->tstate->interp->gc.generations;
    if (young->count > young->threshold) {
        pt_collection_due();
    }
    if (start) {
        pt.stats.native_ns += pt_now_ns() - start;
    }
    if (sample) {
        pt.saved_ns += (pt_cpu_ns() - sample) * gain * SAMPLED_ENTRIES;
    }
    return e;
}

static PtActivation *activations;

void
pt_begin_activation(PtActivation *a, PyObject *keepalive)
{
    *a = (PtActivation){activations, &activations, Py_XNewRef(keepalive)};
    if (a->next != NULL) {
        a->next->link = &a->next;
    }
    activations = a;
}

void
pt_end_activation(PtActivation *a)
{
    *a->link = a->next;
    if (a->next != NULL) {
        a->next->link = a->link;
    }
    Py_XDECREF(a->keepalive);
}

static PyObject *
bridge_active(PyObject *self, PyObject *noargs)
{
    PyObject *list = PyList_New(0);
    for (PtActivation *a = activations; list != NULL && a != NULL; a = a->next) {
        if (a->keepalive != NULL && PyList_Append(list, a->keepalive) < 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* Runs native code for the frame that a callback fired in, up to the state where CPython goes on. *refused: it took nothing. */
static PyObject *
enter_native(PtRoot *r, PtNative entry, PyObject *keepalive, PtTrialEntry *trial, int *refused)
{
    PyThreadState *ts = r->ts;
    PtFrame *f = r->f;
    Buffer *b = take_buffer();
    if (b == NULL) {
        Py_RETURN_NONE;
    }
    PtCtx ctx = {ts, f, f->localsplus, b->words, pt_eval_breaker(ts), {(int64_t)*pt_monitoring_version()},
                 .stack_limit = pt_stack_limit()};
    int tracing = ts->tracing, what = PT_WHAT(ts), stacktop = f->stacktop;
    ts->tracing = 0;
    PT_WHAT(ts) = -1;
    ts->c_recursion_remaining -= PT_NATIVE_C_UNITS;
    f->stacktop = -1;
    PtActivation a;
    pt_begin_activation(&a, keepalive);
    pt_forget_notes(f);
    PtExit *e = run_chain(entry, &ctx, trial);

    PT_ASSERT(pt_current(ts) == f && ts->tracing == 0);
    if (e->flags & PT_EXIT_PLAIN) {
        PT_ASSERT(!PyErr_Occurred());
        f->stacktop = stacktop;
        e->count++;
        pt.stats.plain_exits++;
        *refused = 1;
    }
    else {
        pt_leave_native(r, &ctx, e);
    }
    pt_free_writes(ctx.writes);
    if (ctx.n_scratch) {
        pt_drop_scratch(&ctx);
    }
    give_buffer(b);
    pt_end_activation(&a);
    ts->c_recursion_remaining += PT_NATIVE_C_UNITS;
    ts->tracing = tracing;
    PT_WHAT(ts) = what;
    return pt_finish(r);
}

static PtRoot
take_root(PyThreadState *ts, int unit)
{
    PtFrame *f = pt_current(ts);
    return (PtRoot){.ts = ts, .f = f, .shown = unit, .entry_ip = pt_ip(f)};
}

/* ---- asking Python ---- */

static void
settle(PtLoop *loop, int64_t next)
{
    if (loop->state != PT_LOOP_COLD) {
        return;
    }
    if (next < 0) {
        loop->state = PT_LOOP_BLACKLISTED;
    }
    loop->left = next > 0 ? next : 1;
    loop->timed = 0;
}

#define RETRY 64                 /* events until somebody who watches, or a deep C stack, is looked at again */

static int
not_now(PyThreadState *ts, PyCodeObject *code, PtLoop *loop)
{
    if (!pt_watched(ts, code) && pt_has_c_stack(ts)) {
        return 0;
    }
    loop->left = RETRY;
    return 1;
}

static PyObject *
hot_loop(PyThreadState *ts, PyCodeObject *code, PtCode *pc, int unit)
{
    if (pt.on_loop == NULL || not_now(ts, code, pt_find_loop(pc, unit))) {
        Py_RETURN_NONE;
    }
    PtRoot r = take_root(ts, unit);
    PyObject *offset = PyLong_FromLong(2 * unit);
    if (offset == NULL) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    pt.stats.hot_loop_calls++;
    PyObject *args[3] = {NULL, (PyObject *)code, offset};
    int64_t next = pt_ask(&r, pt.on_loop, args, 3);
    Py_DECREF(offset);
    settle(pt_find_loop(pc, unit), next);
    return pt_finish(&r);
}

static PyObject *
hot_function(PyThreadState *ts, PyCodeObject *code, PtCode *pc, int unit)
{
    if (pt.on_func == NULL || not_now(ts, code, &pc->func)) {
        Py_RETURN_NONE;
    }
    PtRoot r = take_root(ts, unit);
    pt.stats.hot_func_calls++;
    PyObject *args[2] = {NULL, (PyObject *)code};
    int64_t next = pt_ask(&r, pt.on_func, args, 2);
    settle(&pc->func, next);
    return pt_finish(&r);
}

/* Code was compiled: Python attaches it. */
void
pt_attend(PtRoot *r)
{
    pt_resume_jobs();
    if (pt.on_compiled == NULL || pt_watched(r->ts, pt_code(r->f)) || !pt_has_c_stack(r->ts)) {
        return;
    }
    pt.attention = 0;
    PyObject *args[1] = {NULL};
    int64_t left = pt_ask(r, pt.on_compiled, args, 1);
    if (left > 0) {
        pt.attention = 1;
    }
}

static int soon;                 /* somebody is to attend between two of the program's instructions */

static int
attend_now(void *unused)
{
    PyThreadState *ts = PyThreadState_Get();
    soon = 0;
    if (ts->tracing) {           /* in a handler, or in somebody's trace function */
        pt.attention = 1;
        return 0;
    }
    if (!pt.enabled || pt_current(ts) == NULL) {
        return 0;
    }
    PtRoot r = take_root(ts, 0);
    pt_attend(&r);
    if (r.raise != NULL) {
        PyErr_SetRaisedException(r.raise);
        return -1;
    }
    return 0;
}

/* What compiled code relied on has changed: what only that code still holds is let go of, as soon as nobody is inside. */
void
pt_attend_soon(void)
{
    if (pt.enabled && !soon) {
        soon = Py_AddPendingCall(attend_now, NULL) == 0;
    }
}

/* The same in a callback. NULL: an exception is to be raised. */
static PyObject * __attribute__((noinline))
attend(PyThreadState *ts, int unit)
{
    PtRoot r = take_root(ts, unit);
    pt_attend(&r);
    return pt_finish(&r);
}

static int detach(PtLoop *loop, long long next);

/* ---- the callbacks ---- */

/* Time in a loop is sampled: now and then the clock is read at two events in a row, and what lies between them stands for
   as many steps as there were since the sample before. */
#define SAMPLE_EVERY 16
#define LONGEST_SAMPLE 2000000   /* longer ones may be the system's doing */
#define LONGEST_AROUND_NATIVE 10000  /* most of the time was not CPython's */

/* At an event of a cold loop: whether it is hot. */
static int
take_sample(PyThreadState *ts, PtLoop *loop)
{
    if (loop->sampled != NULL) {
        if (loop->sampled == pt_current(ts)) {
            int64_t ns = pt_now_ns() - loop->mark;
            int64_t most = pt.stats.native_entries == loop->entries_before ? LONGEST_SAMPLE : LONGEST_AROUND_NATIVE;
            loop->spent += (ns < most ? ns : most) * loop->interval;
            loop->interval = SAMPLE_EVERY;
        }
        loop->sampled = NULL;
    }
    if (--loop->left > 0) {
        return 0;
    }
    if (loop->spent >= pt.hot_ns) {
        return 1;
    }
    loop->left = SAMPLE_EVERY;
    loop->sampled = pt_current(ts);
    loop->entries_before = pt.stats.native_entries;
    loop->mark = pt_now_ns();
    return 0;
}

#define MOST_MISSES 200          /* at a function's start */
#define REST_OF_STARTS 20000     /* calls, where one of the function's loops rests */

/* Whether one of the function's loops is tried: then that is not disturbed. */
static int
is_tried(PtCode *pc)
{
    for (int i = 0; i < pc->n_loops; i++) {
        if (pc->loops[i].trial != NULL) {
            if (pc->func.start_trial != NULL) {
                pt_pause_start_trial(&pc->func);
            }
            return 1;
        }
    }
    return 0;
}

/* Where entries are refused CPython runs the loop, so after as many refusals (less the entries that went well) as make a
   loop hot it is recorded again. */
static PyObject *
enter_loop(PyThreadState *ts, PyCodeObject *code, PtCode *pc, PtLoop *loop, int unit)
{
    if (pt_watched(ts, code) || !pt_has_c_stack(ts)) {
        Py_RETURN_NONE;
    }
    PtTrialEntry trial = {0};
    if (loop->trial != NULL) {
        int entering = pt_trial_event(loop, ts, &trial);
        if (entering < 0) {
            pt.stats.unprofitable++;
            if (pc->func.entry != NULL && detach(&pc->func, entering == -2 ? REST_OF_STARTS : -1) < 0) {
                return NULL;
            }
            if (entering == -2) {
                loop->state = PT_LOOP_RESTING;
                pt_set_alarm();
            }
            else {
                loop->lost = 1;
                if (detach(loop, -1) < 0) {
                    return NULL;
                }
            }
        }
        if (entering <= 0) {
            Py_RETURN_NONE;
        }
    }
    if (loop->unit < 0 && is_tried(pc)) {
        Py_RETURN_NONE;
    }
    if (loop->start_trial != NULL) {
        int entering = pt_start_trial_event(loop);
        if (entering < 0) {
            loop->lost = 1;
            if (detach(loop, -1) < 0) {
                return NULL;
            }
        }
        if (entering <= 0) {
            Py_RETURN_NONE;
        }
    }
    if (!loop->looked && loop->arrivals != NULL && ((PtExit *)((char *)loop->arrivals - offsetof(PtExit, count)))->ticks >= PT_TICKS) {
        loop->looked = pt.attention = 1;
    }
    int header = loop->unit, misses = loop->misses, refused = 0;
    PtRoot r = take_root(ts, unit);
    loop->entries++;
    pt.gain = loop->gain;
    PyObject *result = enter_native(&r, loop->entry, loop->keepalive, &trial, &refused);
    if (!refused && misses == 0 && trial.counter == NULL) {
        return result;
    }
    loop = header < 0 ? &pc->func : pt_find_loop(pc, header);  /* it may have moved */
    if (trial.counter != NULL) {
        pt_trial_left(loop, result != NULL ? r.f : NULL, &trial);
    }
    loop->misses += refused ? 1 : loop->misses > 0 ? -1 : 0;
    if (header < 0 && loop->misses >= MOST_MISSES && result != NULL) {
        loop->lost = 1;
        if (detach(loop, -1) < 0) {
            Py_CLEAR(result);
        }
        return result;
    }
    if (loop->misses < pt.loop_threshold || header < 0 || result == NULL || loop->state != PT_LOOP_COMPILED) {
        return result;
    }
    loop->misses = 0;
    Py_DECREF(result);
    return hot_loop(ts, code, pc, unit);
}

static inline PyObject *
event(PyCodeObject *code, PtCode *pc, PtLoop *loop, int unit)
{
    PyThreadState *ts = PyThreadState_GET();
    if (pt.attention) {
        int header = loop->unit;
        PyObject *result = attend(ts, unit);
        if (result == NULL) {
            return NULL;
        }
        Py_DECREF(result);
        loop = header < 0 ? &pc->func : pt_find_loop(pc, header);
    }
    if (loop->unit < 0 && pc->native != NULL) {
        pt_native_started(ts, pc);
        Py_RETURN_NONE;
    }
    switch (loop->state) {
    case PT_LOOP_COMPILED:
        return enter_loop(ts, code, pc, loop, unit);
    case PT_LOOP_COLD:
        if (loop->timed ? !take_sample(ts, loop) : --loop->left > 0) {
            Py_RETURN_NONE;
        }
        return loop->unit < 0 ? hot_function(ts, code, pc, unit) : hot_loop(ts, code, pc, unit);
    default:
        loop->disabled = 1;
        return Py_NewRef(pt.disable);
    }
}

/* An offset: an exact int, nearly always of one digit. */
static inline long
small(PyObject *o)
{
    PyLongObject *l = (PyLongObject *)o;
    return _PyLong_IsCompact(l) ? (long)_PyLong_CompactValue(l) : PyLong_AsLong(o);
}

static PyObject *
on_jump(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    PyCodeObject *code = (PyCodeObject *)args[0];
    long from = small(args[1]), to = small(args[2]);
    if (to > from) {
        return Py_NewRef(pt.disable);
    }
    PtCode *pc = pt_code_info(code);
    PtLoop *loop = pc ? pt_find_loop(pc, (int)to / 2) : NULL;
    if (loop == NULL) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    if (from / 2 > loop->end) {
        loop->end = (int)from / 2;
    }
    return event(code, pc, loop, (int)to / 2);
}

#define LOOK_EVERY 64            /* calls of a function that names itself */
#define CALLS_SEEN 4096          /* until it is known not to call itself */
#define CALLERS 32               /* that are looked at */

/* Whether a function that names itself may still turn out to call itself. */
static int
keeps_looking(PtCode *pc, PyCodeObject *code)
{
    if (pc->starts_seen < 0 || ++pc->starts_seen % LOOK_EVERY) {
        return 1;
    }
    PtFrame *f = pt_current(PyThreadState_GET());
    for (int i = 0; i < CALLERS && (f = f->previous) != NULL; i++) {
        if (f->owner != FRAME_OWNED_BY_CSTACK && pt_code(f) == code) {
            pc->starts_seen = -1;
            return 1;
        }
    }
    return pc->starts_seen < CALLS_SEEN;
}

static PyObject *
on_start(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    PyCodeObject *code = (PyCodeObject *)args[0];
    PtCode *pc = pt_code_info(code);
    if (pc == NULL) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    if (pt.only_recursive && pc->may_recurse && pc->func.state == PT_LOOP_COLD) {
        pc->may_recurse = keeps_looking(pc, code);
    }
    if (pt.only_recursive && !pc->may_recurse) {
        return Py_NewRef(pt.disable);
    }
    return event(code, pc, &pc->func, (int)small(args[1]) / 2);
}

static PyMethodDef jump_def = {"on_jump", (PyCFunction)(void *)on_jump, METH_FASTCALL, NULL};
static PyMethodDef start_def = {"on_start", (PyCFunction)(void *)on_start, METH_FASTCALL, NULL};

/* ---- switching on and off ---- */

static const char *
why_not(void)
{
    if (Py_Version != PY_VERSION_HEX) {
        return "pytrace was built for CPython " PY_VERSION ", another version is running: reinstall pytrace for it";
    }
    if (strstr(Py_GetVersion(), "free-threading") != NULL) {
        return "pytrace does not support free-threaded CPython";
    }
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        return "pytrace does not support sub-interpreters";
    }
    return NULL;
}

static PyObject *
bridge_check(PyObject *self, PyObject *noargs)
{
    const char *reason = why_not();
    if (reason != NULL) {
        PyErr_SetString(PyExc_RuntimeError, reason);
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
monitoring(void)
{
    PyObject *mon = PySys_GetObject("monitoring");
    if (mon == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "sys.monitoring is missing");
    }
    return mon;
}

static int
done(PyObject *result)
{
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static long
event_bit(PyObject *mon, const char *name)
{
    PyObject *events = PyObject_GetAttrString(mon, "events");
    PyObject *bit = events ? PyObject_GetAttrString(events, name) : NULL;
    long value = bit ? PyLong_AsLong(bit) : -1;
    Py_XDECREF(events);
    Py_XDECREF(bit);
    return value;
}

static int
listen(PyObject *mon, const char *name, PyMethodDef *def, long *events)
{
    long bit = event_bit(mon, name);
    PyObject *fn = bit < 0 ? NULL : def ? PyCFunction_New(def, NULL) : Py_NewRef(Py_None);
    if (fn == NULL) {
        return -1;
    }
    int err = done(PyObject_CallMethod(mon, "register_callback", "ilO", PT_TOOL, bit, fn));
    Py_DECREF(fn);
    if (def) {
        *events |= bit;
    }
    return err;
}

static long our_events;

/* Switches our events on or off, for all code. */
int
pt_set_events(int on)
{
    PyObject *mon = monitoring();
    return mon ? done(PyObject_CallMethod(mon, "set_events", "il", PT_TOOL, on ? our_events : 0)) : -1;
}

int
pt_start_monitoring(void)
{
    long events = 0;
    PyObject *mon = monitoring();
    if (mon == NULL || done(PyObject_CallMethod(mon, "use_tool_id", "is", PT_TOOL, "pytrace")) < 0) {
        return -1;
    }
    if (pt.disable == NULL) {
        pt.disable = PyObject_GetAttrString(mon, "DISABLE");
    }
    if (pt.disable == NULL || listen(mon, "JUMP", &jump_def, &events) < 0 ||
        (pt.on_func && listen(mon, "PY_START", &start_def, &events) < 0)) {
        return -1;
    }
    our_events = events;
    return pt_set_events(1) < 0 ? -1 : done(PyObject_CallMethod(mon, "restart_events", NULL));
}

int
pt_stop_monitoring(void)
{
    PyObject *mon = monitoring();
    if (pt_set_events(0) < 0 ||
        listen(mon, "JUMP", NULL, NULL) < 0 || listen(mon, "PY_START", NULL, NULL) < 0) {
        return -1;
    }
    return done(PyObject_CallMethod(mon, "free_tool_id", "i", PT_TOOL));
}

static PyObject *
not_none(PyObject *o)
{
    return o == Py_None ? NULL : Py_NewRef(o);
}

static PyObject *
bridge_disable(PyObject *self, PyObject *noargs)
{
    if (pt.enabled) {
        pt.enabled = 0;
        if (pt_unhook() && pt_stop_monitoring() < 0) {
            return NULL;
        }
        Py_CLEAR(pt.on_loop);
        Py_CLEAR(pt.on_exit);
        Py_CLEAR(pt.on_func);
        Py_CLEAR(pt.on_compiled);
    }
    Py_RETURN_NONE;
}

/* Not when the module is imported: a program that runs without the JIT does not find atexit imported. */
static int
register_shutdown(PyObject *m)
{
    static int registered;
    if (registered) {
        return 0;
    }
    registered = 1;
    PyObject *fn = PyObject_GetAttrString(m, "shutdown");
    PyObject *atexit = fn ? PyImport_ImportModule("atexit") : NULL;
    int err = atexit ? done(PyObject_CallMethod(atexit, "register", "O", fn)) : -1;
    Py_XDECREF(atexit);
    Py_XDECREF(fn);
    return err;
}

static PyObject *
bridge_enable(PyObject *self, PyObject *args)
{
    PyObject *loop, *exit, *func, *compiled = Py_None;
    long long loops, funcs, exits;
    if (!PyArg_ParseTuple(args, "OOOLLL|O:enable", &loop, &exit, &func, &loops, &funcs, &exits, &compiled) ||
        done(bridge_check(self, NULL)) < 0) {
        return NULL;
    }
    if (pt.enabled) {
        PyErr_SetString(PyExc_RuntimeError, "the frame bridge is already enabled");
        return NULL;
    }
    pt.loop_threshold = loops;
    pt.func_threshold = funcs;
    pt.exit_threshold = exits;
    pt.on_loop = not_none(loop);
    pt.on_exit = not_none(exit);
    pt.on_func = not_none(func);
    pt.on_compiled = not_none(compiled);
    if (register_shutdown(self) < 0 || pt_start_monitoring() < 0) {
        Py_CLEAR(pt.on_loop);
        Py_CLEAR(pt.on_exit);
        Py_CLEAR(pt.on_func);
        Py_CLEAR(pt.on_compiled);
        return NULL;
    }
    pt.enabled = 1;
    pt_hook();
    Py_RETURN_NONE;
}

static PyObject *
bridge_set_thresholds(PyObject *self, PyObject *args)
{
    long long loops, funcs, exits;
    if (!PyArg_ParseTuple(args, "LLL:set_thresholds", &loops, &funcs, &exits)) {
        return NULL;
    }
    pt.loop_threshold = loops;
    pt.func_threshold = funcs;
    pt.exit_threshold = exits;
    Py_RETURN_NONE;
}

/* ---- attaching code ---- */

static int waking_many, somebody_woke;

int
pt_restart_events(void)
{
    PyObject *mon = monitoring();
    return mon ? done(PyObject_CallMethod(mon, "restart_events", NULL)) : -1;
}

static int
wake(PtLoop *loop)
{
    if (!loop->disabled) {
        return 0;
    }
    loop->disabled = 0;
    if (waking_many) {
        somebody_woke = 1;
        return 0;
    }
    return pt_restart_events();
}

static PyObject *
bridge_wake_many(PyObject *self, PyObject *yes)
{
    waking_many = yes == Py_True;
    if (!waking_many && somebody_woke) {
        somebody_woke = 0;
        if (pt_restart_events() < 0) {
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

#define UNKNOWN_GAIN 0.5

static int
attach(PtLoop *loop, unsigned long long address, PyObject *keepalive, int64_t *arrivals)
{
    PyObject *old = loop->keepalive;
    loop->misses = loop->lost = loop->looked = 0;
    loop->gain = UNKNOWN_GAIN;
    loop->arrivals = arrivals;
    pt_end_trial(loop);
    if (arrivals != NULL) {
        pt_begin_trial(loop);
    }
    if (loop->unit < 0) {
        pt_begin_start_trial(loop);
    }
    loop->entry = (PtNative)(uintptr_t)address;
    loop->keepalive = Py_NewRef(keepalive);
    loop->state = PT_LOOP_COMPILED;
    int err = wake(loop);
    Py_XDECREF(old);
    return err;
}

static int
detach(PtLoop *loop, long long next)
{
    PyObject *old = loop->keepalive;
    pt_end_trial(loop);
    pt_end_start_trial(loop);
    loop->arrivals = NULL;
    loop->entry = NULL;
    loop->keepalive = NULL;
    loop->state = PT_LOOP_COLD;
    settle(loop, next);
    int err = loop->state == PT_LOOP_COLD ? wake(loop) : 0;
    Py_XDECREF(old);
    return err;
}

static PtLoop *
loop_at(PyObject *code, Py_ssize_t offset)
{
    if (offset == -1) {
        PtCode *pc = pt_code_info((PyCodeObject *)code);
        return pc ? &pc->func : NULL;
    }
    int unit = pt_unit((PyCodeObject *)code, offset);
    PtCode *pc = unit < 0 ? NULL : pt_code_info((PyCodeObject *)code);
    return pc ? pt_find_loop(pc, unit) : NULL;
}

static PyObject *
bridge_attach_loop(PyObject *self, PyObject *args)
{
    PyObject *code, *keepalive = Py_None;
    Py_ssize_t offset;
    unsigned long long address;
    unsigned long long arrivals = 0;
    if (!PyArg_ParseTuple(args, "O!nK|OK:attach_loop", &PyCode_Type, &code, &offset, &address, &keepalive, &arrivals)) {
        return NULL;
    }
    PtLoop *loop = loop_at(code, offset);
    if (loop == NULL || attach(loop, address, keepalive, (int64_t *)(uintptr_t)arrivals) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
bridge_try_again(PyObject *self, PyObject *args)
{
    PyObject *code;
    Py_ssize_t offset;
    if (!PyArg_ParseTuple(args, "O!n:try_again", &PyCode_Type, &code, &offset)) {
        return NULL;
    }
    PtLoop *loop = loop_at(code, offset);
    if (loop == NULL) {
        return NULL;
    }
    if (loop->state == PT_LOOP_RESTING) {
        loop->state = PT_LOOP_COMPILED;
        if (wake(loop) < 0) {
            return NULL;
        }
    }
    if (loop->state == PT_LOOP_COMPILED && loop->arrivals != NULL) {
        pt_begin_trial(loop);
    }
    Py_RETURN_NONE;
}

static PyObject *
bridge_detach_loop(PyObject *self, PyObject *args)
{
    PyObject *code;
    Py_ssize_t offset;
    long long next;
    if (!PyArg_ParseTuple(args, "O!nL:detach_loop", &PyCode_Type, &code, &offset, &next)) {
        return NULL;
    }
    PtLoop *loop = loop_at(code, offset);
    if (loop == NULL || detach(loop, loop->lost || loop->state == PT_LOOP_RESTING ? -1 : next) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* Only if it is this code that is attached. */
static PyObject *
bridge_detach_code(PyObject *self, PyObject *args)
{
    PyObject *code, *keepalive;
    Py_ssize_t offset;
    long long next;
    if (!PyArg_ParseTuple(args, "O!nOL:detach_code", &PyCode_Type, &code, &offset, &keepalive, &next)) {
        return NULL;
    }
    PtLoop *loop = loop_at(code, offset);
    if (loop == NULL || (loop->keepalive == keepalive && detach(loop, next) < 0)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
bridge_attach_function(PyObject *self, PyObject *args)
{
    PyObject *code, *keepalive = Py_None;
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "O!K|O:attach_function", &PyCode_Type, &code, &address, &keepalive)) {
        return NULL;
    }
    PtCode *pc = pt_code_info((PyCodeObject *)code);
    if (pc == NULL || attach(&pc->func, address, keepalive, NULL) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
bridge_detach_function(PyObject *self, PyObject *args)
{
    PyObject *code;
    long long next;
    if (!PyArg_ParseTuple(args, "O!L:detach_function", &PyCode_Type, &code, &next)) {
        return NULL;
    }
    PtCode *pc = pt_code_info((PyCodeObject *)code);
    if (pc == NULL || detach(&pc->func, next) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* Back to counting from nothing, as for code never seen. */
static PyObject *
bridge_forget(PyObject *self, PyObject *code)
{
    if (!PyCode_Check(code)) {
        PyErr_SetString(PyExc_TypeError, "forget() needs a code object");
        return NULL;
    }
    pt_detach_code((PyCodeObject *)code);
    PtCode *pc = pt_code_info((PyCodeObject *)code);
    if (pc == NULL || detach(&pc->func, pt.func_threshold) < 0) {
        return NULL;
    }
    for (int i = 0; i < pc->n_loops; i++) {
        pc->loops[i].lost = 0;
        if (detach(&pc->loops[i], pt.loop_threshold) < 0) {
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

static PyObject *
describe(PtLoop *loop)
{
    static const char *const states[] = {"cold", "compiled", "blacklisted", "resting"};
    return Py_BuildValue("(isL)", loop->unit < 0 ? -1 : 2 * loop->unit, states[loop->state], (long long)loop->left);
}

static PyObject *
bridge_loops(PyObject *self, PyObject *code)
{
    if (!PyCode_Check(code)) {
        PyErr_SetString(PyExc_TypeError, "loops() needs a code object");
        return NULL;
    }
    PtCode *pc = pt_code_info((PyCodeObject *)code);
    PyObject *list = pc ? PyList_New(0) : NULL;
    for (int i = -1; list != NULL && i < pc->n_loops; i++) {
        PyObject *item = describe(i < 0 ? &pc->func : &pc->loops[i]);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    return list;
}

static PyObject *
bridge_loop_entries(PyObject *self, PyObject *args)
{
    PyObject *code;
    Py_ssize_t offset;
    if (!PyArg_ParseTuple(args, "O!n:loop_entries", &PyCode_Type, &code, &offset)) {
        return NULL;
    }
    PtLoop *loop = loop_at(code, offset);
    return loop ? PyLong_FromLongLong(loop->entries) : NULL;
}

static PyObject *
bridge_seconds_saved(PyObject *self, PyObject *noargs)
{
    return PyFloat_FromDouble(pt.saved_ns / 1e9);
}

static PyObject *
bridge_set_alarm(PyObject *self, PyObject *noargs)
{
    pt_set_alarm();
    Py_RETURN_NONE;
}

static PyObject *
bridge_let_go(PyObject *self, PyObject *list)
{
    pt_let_go(list);
    Py_RETURN_NONE;
}

static PyObject *
bridge_take_alarm(PyObject *self, PyObject *noargs)
{
    int rang = pt.alarmed;
    pt.alarmed = 0;
    return PyBool_FromLong(rang);
}

/* At exit: CPython must not call us any more. */
static PyObject *
bridge_shutdown(PyObject *self, PyObject *noargs)
{
    pt_stop_alarm();
    PyObject *result = bridge_disable(self, NULL);
    pt_detach_all_native();
    pt_unwatch_all();
    pt_instances_clear();
    pt_unwatch_code();
    pt_boxes_clear();
    pt_show_hidden();
    return result;
}

/* ---- statistics ---- */

static PyObject *
bridge_stats(PyObject *self, PyObject *noargs)
{
    PtStats *s = &pt.stats;
    return Py_BuildValue(
        "{sLsLsLsLsLsLsLsLsLsL}", "native_entries", s->native_entries, "native_ns", s->native_ns, "exits", s->exits, "syncs",
        s->syncs, "deopts", s->deopts, "hot_loop_calls", s->hot_loop_calls, "hot_exit_calls", s->hot_exit_calls,
        "hot_func_calls", s->hot_func_calls, "plain_exits", s->plain_exits,
        "unprofitable", s->unprofitable);
}

static PyObject *
set_switch(int *place, PyObject *on)
{
    int value = PyObject_IsTrue(on);
    if (value < 0) {
        return NULL;
    }
    *place = value;
    Py_RETURN_NONE;
}

static PyObject *
bridge_set_timing(PyObject *self, PyObject *on)
{
    return set_switch(&pt.timing, on);
}

static PyObject *
bridge_set_hot_time(PyObject *self, PyObject *ns)
{
    long long value = PyLong_AsLongLong(ns);
    if (value == -1 && PyErr_Occurred()) {
        return NULL;
    }
    pt.hot_ns = value;
    Py_RETURN_NONE;
}

static PyObject *
bridge_may_lose(PyObject *self, PyObject *noargs)
{
    return PyBool_FromLong(pt_may_lose());
}

static PyObject *
bridge_set_trials(PyObject *self, PyObject *args)
{
    unsigned long long clock = 0;
    if (!PyArg_ParseTuple(args, "p|K:set_trials", &pt.trials, &clock)) {
        return NULL;
    }
    pt.clock = (int64_t *)(uintptr_t)clock;
    Py_RETURN_NONE;
}

static PyObject *
bridge_set_only_recursive(PyObject *self, PyObject *on)
{
    return set_switch(&pt.only_recursive, on);
}

static PyObject *
bridge_exit_addr_of(PyObject *self, PyObject *exit)
{
    return PyObject_GetAttrString(exit, "address");
}

/* ---- the module ---- */

static PyMethodDef methods[] = {
    {"check", bridge_check, METH_NOARGS, "check(): RuntimeError, with the reason, where this CPython cannot be served."},
    {"enable", bridge_enable, METH_VARARGS,
     "enable(on_hot_loop, on_hot_exit, on_hot_func, loop_threshold, func_threshold, exit_threshold, on_compiled=None)\n\n"
     "Starts counting. Handlers may be None:\n"
     "on_hot_loop(root, code, header_offset), on_hot_func(root, code), on_hot_exit(root, exit, frames, values):\n"
     "each returns the count until it is asked again; negative: never.\n"
     "on_compiled(root): jobs are finished; above 0: ask again."},
    {"disable", bridge_disable, METH_NOARGS, "disable(): stops counting and entering native code."},
    {"set_alarm", bridge_set_alarm, METH_NOARGS, "set_alarm(): on_compiled is to be called after a while, even if no loop has events."},
    {"let_go", bridge_let_go, METH_O, "let_go(list): it is given up when the program goes on, so that finalizers run as the program's."},
    {"take_alarm", bridge_take_alarm, METH_NOARGS, "take_alarm() -> whether the alarm rang since it was asked last"},
    {"shutdown", bridge_shutdown, METH_NOARGS, "shutdown(): disable() and an end to all watching; called at exit."},
    {"set_thresholds", bridge_set_thresholds, METH_VARARGS,
     "set_thresholds(loop, func, exit): for code that was not counted yet, and for exits."},
    {"attach_loop", bridge_attach_loop, METH_VARARGS,
     "attach_loop(code, header_offset, entry_address, keepalive=None, arrivals=0): jumps to the header enter native code.\n"
     "arrivals: address of an int64 that the code counts up at the header; keepalive keeps it valid."},
    {"try_again", bridge_try_again, METH_VARARGS,
     "try_again(code, header_offset): a compiled loop's code changed; whether it pays is to be measured anew."},
    {"set_hot_time", bridge_set_hot_time, METH_O,
     "set_hot_time(ns): Python is asked about loops that took as long, in which case events are not counted; 0: they are."},
    {"wake_many", bridge_wake_many, METH_O, "wake_many(yes): loops that get their events back meanwhile get them at the end: CPython has to look at all code again."},
    {"may_lose", bridge_may_lose, METH_NOARGS, "may_lose() -> bool: whether loops that lost may be tried again"},
    {"set_trials", bridge_set_trials, METH_VARARGS,
     "set_trials(on, clock=0): whether it is measured if compiled loops pay; clock: address of an int64 that tells the time."},
    {"detach_loop", bridge_detach_loop, METH_VARARGS,
     "detach_loop(code, header_offset, next_count): counts from anew; negative: never again."},
    {"detach_code", bridge_detach_code, METH_VARARGS,
     "detach_code(code, header_offset, keepalive, next_count): like detach_loop, if that is what was attached with this keepalive."},
    {"attach_function", bridge_attach_function, METH_VARARGS,
     "attach_function(code, entry_address, keepalive=None): starting frames of code enter native code."},
    {"detach_function", bridge_detach_function, METH_VARARGS, "detach_function(code, next_count)"},
    {"attach_native", pt_attach_native, METH_VARARGS,
     "attach_native(function, entry_address, types, owned, result, flag_address, keepalive): calls of the function enter native code."},
    {"detach_native", pt_detach_native, METH_VARARGS, "detach_native(function, next_count)"},
    {"forget", bridge_forget, METH_O, "forget(code): its loops and entry are counted from anew, their code is detached."},
    {"loops", bridge_loops, METH_O, "loops(code) -> [(header offset or -1 for the function's entry, state, events left)]"},
    {"loop_entries", bridge_loop_entries, METH_VARARGS,
     "loop_entries(code, header_offset) -> how often native code was entered there; -1: at the function's entry."},
    {"seconds_saved", bridge_seconds_saved, METH_NOARGS, "seconds_saved() -> CPU time that native code saved, an estimate; of each loop at most what it took"},
    {"active", bridge_active, METH_NOARGS, "active() -> list: the keepalive of each running activation of native code."},
    {"new_exit", pt_new_exit, METH_VARARGS, "new_exit(blob, consts, tag=None) -> Exit"},
    {"new_jump_exit", pt_new_jump_exit, METH_VARARGS,
     "new_jump_exit(entry_address, keepalive=None, tag=None) -> Exit that goes on in other native code."},
    {"attach_bridge", pt_attach_bridge, METH_VARARGS,
     "attach_bridge(exit, entry_address, keepalive=None, moves=()): native code goes on there instead of leaving;\n"
     "moves: words of the buffer, alternately to and from, that change places first."},
    {"detach_bridge", pt_detach_bridge, METH_VARARGS,
     "detach_bridge(exit, next_count): native code leaves there again; negative: Python is never asked."},
    {"exit_addr_of", bridge_exit_addr_of, METH_O, "exit_addr_of(exit) -> exit.address"},
    {"can_add", pt_py_can_add, METH_VARARGS, "can_add(set, x): whether adding x compares it with nothing that runs Python code"},
    {"generator_state", pt_generator_state, METH_O,
     "generator_state(generator) -> (code, offset, state), or None where it cannot be resumed by us"},
    {"generator_plain", pt_generator_plain, METH_O,
     "generator_plain(generator) -> its function, or None where it is not suspended, or its frame has been looked at, or it is named or weakly referenced"},
    {"generator_names", pt_generator_names, METH_O, "generator_names(generator) -> (globals, builtins)"},
    {"generator_slots", pt_generator_slots, METH_O, "generator_slots(generator) -> (locals, stack) of a suspended one"},
    {"generator_resume", pt_generator_resume, METH_O, "generator_resume(generator): its body is run by the caller from now on; its slots become empty."},
    {"generator_suspend", pt_generator_suspend, METH_VARARGS,
     "generator_suspend(generator, offset, state, locals, stack): the end of what generator_resume began"},
    {"generator_end", pt_generator_end, METH_O, "generator_end(generator) -> function: the body has returned."},
    {"send", (PyCFunction)(void *)pt_py_send, METH_FASTCALL, "send(generator, value): what its body yields or returns"},
    {"generator_ended", pt_generator_ended, METH_O, "generator_ended(generator): whether the body has returned"},
    {"instruction_word", pt_instruction_word, METH_VARARGS, "instruction_word(code, offset): what the frame of a generator that waits there holds"},
    {"layout", pt_layout, METH_NOARGS, "layout() -> dict: offsets, sizes and constants that native code needs."},
    {"symbols", pt_symbols, METH_NOARGS, "symbols() -> dict: addresses of helpers, C-API functions and objects."},
    {"stats", bridge_stats, METH_NOARGS, "stats() -> dict of counts since the start"},
    {"set_only_recursive", bridge_set_only_recursive, METH_O,
     "set_only_recursive(on): whether only entries of functions that name themselves are counted"},
    {"set_timing", bridge_set_timing, METH_O, "set_timing(on): whether time in native code is measured"},
    {NULL},
};

static PyTypeObject Null_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pytrace.interp._bridge.NullType",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "NULL's type: an empty slot of a frame.",
};

static PyObject *
null_repr(PyObject *self)
{
    return PyUnicode_FromString("NULL");
}

static int
exec_module(PyObject *m)
{
    Null_Type.tp_repr = null_repr;
    if (PyType_Ready(&Null_Type) < 0 || PyType_Ready(&PtExit_Type) < 0 || pt_root_init() < 0) {
        return -1;
    }
    if (pt.null == NULL) {
        pt.null = PyObject_New(PyObject, &Null_Type);
    }
    if (pt.null == NULL || pt_code_init() < 0) {
        return -1;
    }
    return PyModule_AddObjectRef(m, "NULL", pt.null) < 0 || PyModule_AddType(m, &PtExit_Type) < 0 ||
           PyModule_AddType(m, &PtRootFrame_Type) < 0 || pt_runtime_init(m) < 0 || pt_instances_init(m) < 0 || pt_start_init(m) < 0 || pt_collector_init(m) < 0 || pt_llvm_init(m) < 0 ||
           pt_watch_init(m) < 0 ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, exec_module},
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
    {0, NULL},
};

static struct PyModuleDef def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_bridge",
    .m_doc = "The frame bridge: CPython's live frames, taken over and given back.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__bridge(void)
{
    return PyModuleDef_Init(&def);
}
