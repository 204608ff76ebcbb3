/* Compiled functions: Python functions as native functions, called by each other without a frame.

   A function trace is compiled to PtResult fn(PtCtx *, int64_t remaining, unboxed arguments...). Compiled code calls it directly,
   and CPython calls it through the function's vectorcall. Nobody pushes a frame for such a call. What CPython would know from
   its frames is kept so that frames can be made when somebody could look:

     the chain   Around each native call the caller links a PtCall (on its C stack) into ctx->chain: the exit that describes its
                 frames during the call, and the buffer that holds its live values. `pt_sync_chain` turns all of these into real
                 frames, outermost first; those that have frames already (`synced`) stay as they are, so that a deep recursion
                 that calls out again and again pays for its new frames only. When control comes back to a caller that was synced, it
                 takes its frames off again (pt_native_after) and goes on.
     remaining   How many more frames the recursion limit allows. The frames are not counted one by one: the number is passed
                 along, and each function leaves at its entry when it gets small. CPython then goes on with real frames and
                 raises RecursionError where it always does. The C stack is looked at in the same place.

   Leaving. Where a guard fails inside of a compiled function, its exit has no caller to go back to that would know what to
   do: the exit is carried out here, below all the native callers (pt_native_exit). The chain is synced, this function's own frames
   are pushed, and CPython runs them to their end. Their result is the native call's result: the callers are still
   native. So an exit costs one activation, not all of them. An exit that has a bridge calls that (native code does this by itself).

   Results. PtResult is a status and a word, in two registers. PT_OK: the word is the number or the (new) reference that the function
   promised. PT_OTHER: an object of another kind, kept in ctx->result until the caller's exit has put it on the stack (or a bridge has
   taken it). PT_RAISED: an exception is set; the caller leaves at its call, with the frames that were synced for it, so that the
   traceback's frames are each other's f_back.

   Arguments are borrowed where the function does not store to the parameter: the caller holds them until the call returns. */
#define _GNU_SOURCE
#include "program.h"
#include "native.h"
#include "runtime.h"
#include <pthread.h>

/* ---- the C stack ---- */

#define STACK_MAX (8 << 20)

static __thread char *stack_limit;

/* Native code stays in the upper half of the thread's stack. */
char *
pt_stack_limit(void)
{
    if (stack_limit == NULL) {
        pthread_attr_t a;
        void *low;
        size_t size;
        stack_limit = (char *)&a - (64 << 10);
        if (pthread_getattr_np(pthread_self(), &a) == 0) {
            if (pthread_attr_getstack(&a, &low, &size) == 0) {
                stack_limit = (char *)low + size - (size < STACK_MAX ? size : STACK_MAX) / 2;
            }
            pthread_attr_destroy(&a);
        }
    }
    return stack_limit;
}

/* ---- frames for the chain ---- */

static void
sync_call(PtCtx *ctx, PtCall *c)
{
    PtProg *g = c->site->prog;
    PtPending pending[g->n_frames];
    c->below = pt_current(ctx->tstate);
    pt_called_out++;
    PT_ASSERT(g->n_names == 0);
    pt_rebuild(ctx->tstate, g->frames[0].func ? NULL : ctx->frame, g, c->buf, pending, PT_CALLING);
    c->synced = 1;
}

void
pt_sync_chain(PtCtx *ctx)
{
    PtCall *outer = NULL;
    for (PtCall *c = ctx->chain; c != NULL && !c->synced; c = c->prev) {
        c->link = outer;
        outer = c;
    }
    for (; outer != NULL; outer = outer->link) {
        sync_call(ctx, outer);
    }
}

/* A function's frames, which are on top, have been seen by others (see locals.c). */
static void
pop_frames(PtCtx *ctx, int n)
{
    PyThreadState *ts = ctx->tstate;
    PtFrame *first = pt_current(ts);
    for (int i = 1; i < n; i++) {
        first = first->previous;
    }
    pt_called_out--;
    PtWrite *kept = pt_kept_frames(ts, first->previous, NULL);
    for (PtWrite *w = kept; w != NULL; w = w->next) {
        w->index--;
    }
    PtWrite *writes = pt_take_writes(ts, first);
    if (kept != NULL) {
        pt_keep_writes(ctx, kept);
    }
    if (writes != NULL) {
        pt_keep_writes(ctx, writes);
    }
    while (n-- > 0) {
        pt_pop_frame(ts, pt_current(ts));
    }
}

static void
unsync_call(PtCtx *ctx, PtCall *c)
{
    PtProg *g = c->site->prog;
    c->synced = 0;
    if (g->frames[0].func != NULL) {
        pop_frames(ctx, g->n_frames);
        PT_ASSERT(pt_current(ctx->tstate) == c->below);
    }
    else {
        pt_unsync(ctx, c->site);
    }
}

/* Back in a caller that was synced. Whether something that its trace relies on has changed meanwhile. */
int64_t
pt_native_after(PtCtx *ctx, PtCall *c, int64_t status, int64_t *flag)
{
    if (status != PT_RAISED || c->site->prog->frames[0].func == NULL) {
        unsync_call(ctx, c);
    }
    return *flag != 0 || ctx->spare[0] != (int64_t)*pt_monitoring_version();
}

/* Around a call out of a compiled function. */
void
pt_native_sync(PtCtx *ctx, PtExit *e, int64_t *buf)
{
    PtPending pending[e->prog->n_frames];
    pt.stats.syncs++;
    pt_sync_chain(ctx);
    pt_called_out++;
    pt_rebuild(ctx->tstate, NULL, e->prog, buf, pending, PT_LOCALS);
}

void
pt_native_unsync(PtCtx *ctx, PtExit *e, int64_t *buf)
{
    pop_frames(ctx, e->prog->n_frames);
}

void
pt_native_dealloc(PtCtx *ctx, PtExit *e, int64_t *buf, PyObject *o)
{
    if (!pt_free_plainly(o)) {
        pt_native_sync(ctx, e, buf);
        _Py_Dealloc(o);
        pt_native_unsync(ctx, e, buf);
    }
}

void
pt_drop_result(PtCtx *ctx)
{
    Py_CLEAR(ctx->result);
}

/* ---- leaving ---- */

/* Steals the object. */
static PtResult
as_result(PtCtx *ctx, PyObject *o, int64_t want)
{
    int64_t word;
    if (o == NULL) {
        return (PtResult){PT_RAISED, 0};
    }
    if (want == PT_WANT_REF) {
        return (PtResult){PT_OK, (int64_t)o};
    }
    if (want == PT_WANT_INT && PyLong_CheckExact(o) && pt_unbox_int(o, &word)) {
        Py_DECREF(o);
        return (PtResult){PT_OK, word};
    }
    if (want == PT_WANT_FLOAT && PyFloat_CheckExact(o)) {
        double d = PyFloat_AS_DOUBLE(o);
        memcpy(&word, &d, 8);
        Py_DECREF(o);
        return (PtResult){PT_OK, word};
    }
    Py_XSETREF(ctx->result, o);
    return (PtResult){PT_OTHER, (int64_t)o};
}

/* Python may take over: the outermost of this function's frames stays real and is the recorder's root. */
static PyObject *
hot_exit(PtCtx *ctx, PtExit *e, PtPending *pending, PyObject *values)
{
    PyThreadState *ts = ctx->tstate;
    PtProg *g = e->prog;
    int n = g->n_frames;
    PtFrame *f = pending[0].f;
    PtRoot r = {.ts = ts, .f = f, .shown = g->frames[0].unit, .entry_ip = pt_ip(f)};
    PyObject *frames = pt_frames_to_list(&r, g, pending + 1);
    PyObject *owner = pt_exit_owner(e);
    PyObject *args[4] = {NULL, owner, frames, values};
    pt.stats.hot_exit_calls++;
    int64_t next = pt_ask(&r, pt.on_exit, args, 4);
    e->next = next < 0 ? INT64_MAX : e->count + (next ? next : 1);
    if (next < 0 && e->native == NULL) {
        e->state = PT_STATE_NEVER;
    }
    if (!r.moved) {
        pt_set_at(f, g->frames[0].unit);
        if (n > 1) {
            PyObject *inner = PyList_GetSlice(frames, 1, n);
            PyObject *result = inner ? pt_run_states(ts, inner, r.raise) : NULL;
            Py_CLEAR(r.raise);
            Py_XDECREF(inner);
            pt_resume_root(&r, &g->frames[0], &g->frames[1], result);
        }
    }
    Py_DECREF(values);
    Py_DECREF(frames);
    Py_DECREF(owner);
    PtPending root = {f, pt_at(f), pt_at(f), 0};
    int throwing = r.raise != NULL;
    if (throwing) {
        PyErr_SetRaisedException(r.raise);
    }
    return pt_run_pending(ts, &root, 1, throwing);
}

/* An exit of a compiled function. `call`: the call that raised, whose frames may be there. */
PtResult
pt_native_exit(PtCtx *ctx, PtExit *e, int64_t *buf, PtCall *call, int64_t want)
{
    PyThreadState *ts = ctx->tstate;
    PtProg *g = e->prog;
    int n = g->n_frames;
    PtPending pending[n];
    PyObject *values = NULL;
    PyObject *exc = e->flags & PT_EXIT_RAISE ? PyErr_GetRaisedException() : NULL;
    PT_ASSERT(g->frames[0].func != NULL && (exc != NULL || !(e->flags & PT_EXIT_RAISE)));
    pt.stats.exits++;
    e->count++;
    int asks = exc == NULL && pt.on_exit != NULL && e->count >= (e->next ? e->next : pt.exit_threshold) &&
               !pt_watched(ts, g->frames[0].code) && ctx->writes == NULL;
    if (call != NULL && call->synced) {
        PtFrame *f = pt_current(ts);
        for (int i = n - 1; i >= 0; i--, f = f->previous) {
            FrameProg *p = &g->frames[i];
            pending[i] = (PtPending){f, p->unit, p->call_unit, p->flags};
        }
        call->synced = 0;
        pt_called_out--;
    }
    else {
        if (asks) {
            values = pt_live_values(g, buf);
        }
        pt_sync_chain(ctx);
        pt_rebuild(ts, NULL, g, buf, pending, 0);
        if (ctx->writes != NULL) {
            pt_apply_writes(ctx, g, NULL, pending);
        }
    }
    pt_release_refs(g, buf);
    Py_CLEAR(ctx->result);
    if (ctx->writes != NULL) {
        pt_forget_writes(ctx);
    }
    PyObject *result;
    if (values != NULL) {
        result = hot_exit(ctx, e, pending, values);
    }
    else {
        pt.stats.deopts++;
        if (exc == NULL && pt.attention) {
            PtFrame *f = pt_current(ts);
            PtRoot r = {.ts = ts, .f = f, .shown = pt_at(f), .entry_ip = pt_ip(f)};
            pt_attend(&r);
            exc = r.raise;
        }
        if (exc != NULL) {
            PyErr_SetRaisedException(exc);
        }
        result = pt_run_pending(ts, pending, n, exc != NULL);
    }
    return as_result(ctx, result, want);
}

/* ---- calls from CPython ---- */

#define RETRY 64                 /* calls until the C stack is looked at again */
#define MAX_MISSES 200

static PtFunc *attached;

vectorcallfunc
pt_plain_vectorcall(void)
{
    static vectorcallfunc plain;         /* _PyFunction_Vectorcall, which is not exported */
    if (plain == NULL) {
        PyObject *globals = PyDict_New();
        PyObject *code = globals ? (PyObject *)PyCode_NewEmpty("", "", 1) : NULL;
        PyObject *fresh = code ? PyFunction_New(code, globals) : NULL;
        if (fresh != NULL) {
            plain = ((PyFunctionObject *)fresh)->vectorcall;
        }
        Py_XDECREF(fresh);
        Py_XDECREF(code);
        Py_XDECREF(globals);
    }
    return plain;
}

static void
unhook(PtFunc *p)
{
    int hooked = p->func->vectorcall == p->own;
    PtFunc **at = &attached;
    while (*at != NULL && *at != p) {
        at = &(*at)->next;
    }
    if (*at == p) {
        *at = p->next;
    }
    PtCode *pc = pt_code_info(p->code);
    if (pc != NULL && pc->native == p) {
        pc->native = NULL;
    }
    if (hooked) {
        p->func->vectorcall = pt_plain_vectorcall();
    }
    Py_DECREF(p->func);
    Py_DECREF(p->code);
    Py_DECREF(p->keepalive);
    PyMem_Free(p);
}

/* Calls through a vectorcall of ours nest on the C stack even where CPython runs them, unlike those that the interpreter makes by
   itself. So where that gets scarce the function is called like any other until there is room again. */
static void
pause_function(PtFunc *p, PtCode *pc)
{
    p->func->vectorcall = pt_plain_vectorcall();
    p->paused = 1;
    pc->func.left = RETRY;
}

/* A frame of a function that is compiled starts in CPython. */
void
pt_native_started(PyThreadState *ts, PtCode *pc)
{
    PtFunc *p = pc->native;
    if (p->paused && --pc->func.left <= 0) {
        pc->func.left = RETRY;
        if (pt_has_c_stack(ts) && ts->c_recursion_remaining > PT_C_LIMIT / 4 * 3 && p->func->vectorcall == pt_plain_vectorcall()) {
            p->paused = 0;
            PyFunction_SetVectorcall(p->func, p->own);
        }
    }
}

static PyObject *native_vectorcall(PyObject *, PyObject *const *, size_t, PyObject *);

static int
take_arguments(PtFunc *p, PyObject *const *args, int64_t *words)
{
    for (int i = 0; i < p->nargs; i++) {
        PyObject *o = args[i];
        switch (p->types[i]) {
        case PT_WANT_INT:
            if (!PyLong_CheckExact(o) || !pt_unbox_int(o, &words[i])) {
                return 0;
            }
            break;
        case PT_WANT_FLOAT:
            if (!PyFloat_CheckExact(o)) {
                return 0;
            }
            memcpy(&words[i], &((PyFloatObject *)o)->ob_fval, 8);
            break;
        default:
            words[i] = (int64_t)o;
        }
    }
    return 1;
}

#define SAMPLED_CALLS 16         /* one of these is timed */
#define SAMPLES 250              /* until it is decided whether calls pay */
#define LONG_CALL_NS 100000      /* or the thread has waited */
#define SHALLOW_NS 250           /* the way into native code takes about as much as is gained in a call that is so short */

/* The calls from CPython are timed for a while: a function that seldom calls itself is not worth the way. (Not those from frames of its own, which
   were there before its code was.) */
static void
judge_calls(PyFunctionObject *func, PtFunc *p, int64_t ns)
{
    PtCode *pc = pt_code_info((PyCodeObject *)func->func_code);
    if (pc == NULL || pc->native != p) {
        PyErr_Clear();
        return;
    }
    ns = ns < LONG_CALL_NS ? ns : LONG_CALL_NS;
    p->time += ns;
    pt.saved_ns += (double)ns * SAMPLED_CALLS;
    if (++p->samples == SAMPLES && p->time < (int64_t)SHALLOW_NS * SAMPLES) {
        pc->func.state = PT_LOOP_BLACKLISTED;
        pt.stats.unprofitable++;
        unhook(p);
    }
}

/* Native code's answer; NULL without an exception: the call is CPython's.  `give`: the references in args are the callee's, which leaves None where it takes one. */
static PyObject *
call_native(PyFunctionObject *func, PyObject **args, size_t n, int give)
{
    PyThreadState *ts = PyThreadState_GET();
    PtCode *pc = pt_code_info((PyCodeObject *)func->func_code);
    PtFunc *p = pc ? pc->native : NULL;
    if (p == NULL || p->func != func || (int)n != p->nargs || !pt.enabled || ts->tracing ||
        ts->py_recursion_remaining <= PT_FRAMES_SPARE || pt_watched(ts, p->code)) {
        return NULL;
    }
    if (!pt_has_c_stack(ts)) {
        pause_function(p, pc);
        return NULL;
    }
    if (*p->flag) {
        pc->func.left = 2;
        unhook(p);
        return NULL;
    }
    int64_t words[PT_MAX_ARGS];
    if (!take_arguments(p, args, words)) {
        if (++p->misses > MAX_MISSES && p->misses > pc->func.entries / 4) {
            pc->func.state = PT_LOOP_BLACKLISTED;
            unhook(p);
        }
        return NULL;
    }
    for (int i = 0; i < p->nargs; i++) {
        if (p->owned[i]) {
            if (give) {
                args[i] = Py_None;
            }
            else {
                Py_INCREF((PyObject *)words[i]);
            }
        }
    }
    int want = p->result;
    PtActivation a;
    pt_begin_activation(&a, p->keepalive);
    pc->func.entries++;
    PtCtx ctx = {.tstate = ts, .eval_breaker = pt_eval_breaker(ts), .spare = {(int64_t)*pt_monitoring_version()},
                 .stack_limit = pt_stack_limit()};
    pt.stats.native_entries++;
    ts->c_recursion_remaining -= PT_NATIVE_C_UNITS;
    int timed = pt.trials && p->samples < SAMPLES && pc->func.entries % SAMPLED_CALLS == 0 &&
                pt_current(ts) != NULL && pt_current(ts)->owner != FRAME_OWNED_BY_CSTACK && pt_code(pt_current(ts)) != p->code;
    int64_t start = timed ? pt_now_ns() : 0;
    PtResult r = p->entry(&ctx, ts->py_recursion_remaining, words);
    ts->c_recursion_remaining += PT_NATIVE_C_UNITS;
    if (timed) {
        judge_calls(func, p, pt_now_ns() - start);
    }
    pt_end_activation(&a);
    if (ctx.writes != NULL) {
        pt_forget_writes(&ctx);
    }
    if (ctx.n_scratch) {
        pt_drop_scratch(&ctx);
    }
    PT_ASSERT((r.status == PT_RAISED) == (PyErr_Occurred() != NULL));
    if (r.status == PT_RAISED) {
        return NULL;
    }
    if (r.status == PT_OTHER) {
        return ctx.result;
    }
    if (want == PT_WANT_INT) {
        return PyLong_FromLongLong(r.value);
    }
    if (want == PT_WANT_FLOAT) {
        double d;
        memcpy(&d, &r.value, 8);
        return PyFloat_FromDouble(d);
    }
    return (PyObject *)r.value;
}

/* The arguments' references are given away. */
PyObject *
pt_call_function(PyFunctionObject *func, PyObject **args, size_t n, PyObject *names)
{
    PyObject *r = func->vectorcall == native_vectorcall && names == NULL ? call_native(func, args, n, 1) : NULL;
    if (r == NULL && !PyErr_Occurred()) {
        return pt_call_frame((PyObject *)func, args, n, names);
    }
    PyObject *exc = PyErr_GetRaisedException();
    for (size_t i = 0; i < n; i++) {
        Py_DECREF(args[i]);
        args[i] = Py_None;
    }
    PyErr_SetRaisedException(exc);
    return r;
}

#if PT_312
#define CALL_WITH_NAMES CALL
#define INSTRUMENTED_CALL_WITH_NAMES INSTRUMENTED_CALL
#else
#define CALL_WITH_NAMES CALL_KW
#define INSTRUMENTED_CALL_WITH_NAMES INSTRUMENTED_CALL_KW
#endif

/* Whether the interpreter calls the function with what is on top of its frame's stack: then it drops what is there after the call, and would give the
   references away if the function had the usual vectorcall. The same goes for f(*args) where nobody else holds the tuple. */
static int
from_stack(PyThreadState *ts, PyObject *callable, PyObject *const *args, Py_ssize_t n, int names)
{
    PtFrame *f = pt_current(ts);
    if (f == NULL || f->owner == FRAME_OWNED_BY_CSTACK) {
        return 0;
    }
    PyObject *const *bottom = f->localsplus + pt_code(f)->co_nlocalsplus;
    PyObject *const *top = bottom + pt_code(f)->co_stacksize;
    _Py_CODEUNIT at = *pt_ip(f);
    int op = pt_base_opcode(at.op.code);
    if (op == CALL_FUNCTION_EX || (PT_312 && op == INSTRUMENTED_CALL_FUNCTION_EX)) {
        PyObject *tuple = (PyObject *)((char *)args - offsetof(PyTupleObject, ob_item));
        for (PyObject *const *p = bottom + 2; p < top; p++) {
            if (*p == tuple && p[PT_312 ? -1 : -2] == callable) {
                return Py_REFCNT(tuple) == 1 && PyTuple_CheckExact(tuple) && PyTuple_GET_SIZE(tuple) == n;
            }
        }
        return 0;
    }
    if (args <= bottom || args + n > top ||
        (names ? op != CALL_WITH_NAMES && op != INSTRUMENTED_CALL_WITH_NAMES : op != CALL && op != INSTRUMENTED_CALL)) {
        return 0;
    }
    return at.op.arg == n ? args >= bottom + 2 && args[-1] == (PT_312 ? callable : NULL) && args[-2] == (PT_312 ? NULL : callable)
                          : at.op.arg + 1 == n && args[-1] == callable;
}

static PyObject *
native_vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    int give = from_stack(PyThreadState_GET(), callable, args, n + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0), kwnames != NULL);
    PyObject *r = kwnames == NULL ? call_native((PyFunctionObject *)callable, (PyObject **)args, n, give) : NULL;
    if (r != NULL || PyErr_Occurred()) {
        return r;
    }
    return give ? pt_call_frame(callable, (PyObject **)args, n, kwnames) : pt_plain_vectorcall()(callable, args, nargsf, kwnames);
}

int
pt_is_plain_function(PyFunctionObject *f)
{
    return f->vectorcall == pt_plain_vectorcall() || f->vectorcall == native_vectorcall;
}

PyObject *
pt_attach_native(PyObject *self, PyObject *args)
{
    PyFunctionObject *func;
    unsigned long long entry, flag;
    const char *types, *owned;
    Py_ssize_t n, n_owned;
    int result;
    PyObject *keepalive;
    if (!PyArg_ParseTuple(args, "O!Ky#y#iKO:attach_native", &PyFunction_Type, &func, &entry, &types, &n, &owned, &n_owned,
                          &result, &flag, &keepalive)) {
        return NULL;
    }
    PyCodeObject *code = (PyCodeObject *)func->func_code;
    if (n > PT_MAX_ARGS || n != n_owned || n != code->co_argcount || func->vectorcall == NULL || !pt_is_plain_function(func)) {
        PyErr_SetString(PyExc_ValueError, "this function cannot be entered by a vectorcall of ours");
        return NULL;
    }
    PtCode *pc = pt_code_info(code);
    PtFunc *p = pc ? PyMem_Calloc(1, sizeof(PtFunc)) : NULL;
    if (p == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    if (pc->native != NULL) {
        unhook(pc->native);
    }
    *p = (PtFunc){.func = (PyFunctionObject *)Py_NewRef(func), .code = (PyCodeObject *)Py_NewRef(code), .own = native_vectorcall,
                  .entry = (PtNativeFunction)(uintptr_t)entry, .flag = (int64_t *)(uintptr_t)flag, .nargs = (int)n,
                  .result = result, .keepalive = Py_NewRef(keepalive), .next = attached};
    memcpy(p->types, types, n);
    memcpy(p->owned, owned, n);
    attached = p;
    pc->native = p;
    PyFunction_SetVectorcall(func, native_vectorcall);
    Py_RETURN_NONE;
}

/* The function is called like any other again; its code's entries are counted from anew. */
PyObject *
pt_detach_native(PyObject *self, PyObject *args)
{
    PyFunctionObject *func;
    long long next;
    if (!PyArg_ParseTuple(args, "O!L:detach_native", &PyFunction_Type, &func, &next)) {
        return NULL;
    }
    for (PtFunc *p = attached; p != NULL; p = p->next) {
        if (p->func == func) {
            PyCodeObject *code = (PyCodeObject *)Py_NewRef(p->code);
            unhook(p);
            PtCode *pc = pt_code_info(code);
            if (pc != NULL) {
                pc->func.state = next < 0 ? PT_LOOP_BLACKLISTED : PT_LOOP_COLD;
                pc->func.left = next > 0 ? next : 1;
            }
            Py_DECREF(code);
            if (pc == NULL) {
                return NULL;
            }
            break;
        }
    }
    Py_RETURN_NONE;
}

void
pt_detach_code(PyCodeObject *code)
{
    for (PtFunc *p = attached, *next; p != NULL; p = next) {
        next = p->next;
        if (p->code == code) {
            unhook(p);
        }
    }
}

/* At exit. */
void
pt_detach_all_native(void)
{
    while (attached != NULL) {
        unhook(attached);
    }
}
