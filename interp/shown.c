/* Frames that are shown for the time of a call out of native code, at little cost.

   Whoever is called may look at the frames of the trace: f_locals, locals(), super(), tracebacks, the C API. There is no way to notice all of
   these readers (frames are read through plain pointers), so what they read is put in place before each call. pt_sync does it from an exit's
   description; this file and codegen/shown.py do the same in a few instructions:

   - Locals are stored by native code itself, as borrowed references: while the trace owns a value, or a frame below it does, the frame need not.
     Where a value has more holders in the frames than the trace has references, native code takes the others for the time of the call.
   - A number that the trace holds unboxed is written into an object that is kept for this in the context (`scratch`), as long as
     nobody else refers to it.
   - The value stack is not filled: nobody can read it while the frame waits for a call (in generators' frames the collector can;
     those are left to pt_sync). It is as deep as it has to be, and empty.
   - Inlined frames are pushed by copying what is the same each time, and popped by moving the stack's top back.

   References are borrowed from the trace until somebody gets hold of a frame's object and keeps it, or writes a variable: f_locals takes a
   reference from the frame for the old value, and gives it one for the new. Both are noticed (see locals.c) and set right in pt_hide_seen, before
   the frames go. CPython 3.12 has a way to write that cannot be noticed (PyFrame_LocalsToFast), so there pt_sync does all of it. */
#include "program.h"
#include "native.h"
#include "runtime.h"

void
pt_drop_scratch(PtCtx *ctx)
{
    for (int i = 0; i < PT_SCRATCH; i++) {
        Py_CLEAR(ctx->scratch[i]);
    }
    ctx->n_scratch = 0;
}

#if !PT_312

static void
make_header(FrameProg *p)
{
    PtFrame *f = (PtFrame *)p->header;
    memset(p->header, 0, sizeof(p->header));
    f->f_executable = (PyObject *)p->code;
    f->f_funcobj = (PyObject *)p->func;
    f->f_globals = p->func->func_globals;
    f->f_builtins = p->func->func_builtins;
    f->stacktop = p->code->co_nlocalsplus + p->n_stack;
    f->owner = FRAME_OWNED_BY_THREAD;
    f->instr_ptr = _PyCode_CODE(p->code) + p->call_unit;
}

static void
prepare(PtProg *g)
{
    g->framesize = 0;
    for (int i = 0; i < g->n_frames; i++) {
        if (g->frames[i].func != NULL) {
            make_header(&g->frames[i]);
            g->framesize += g->frames[i].code->co_framesize;
        }
    }
}

/* Pushes the inlined frames with empty slots, which native code fills. The first of them. */
PtFrame *
pt_show(PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    PyThreadState *ts = ctx->tstate;
    if (g->framesize == 0) {
        prepare(g);
    }
    int first = g->frames[0].func == NULL;
    if (!first && ctx->chain != NULL && !ctx->chain->synced) {
        pt_sync_chain(ctx);
    }
    char *base = (char *)pt_frame_space(ts, g->framesize), *at = base;
    PtFrame *f = pt_current(ts);
    for (int i = first; i < g->n_frames; i++) {
        FrameProg *p = &g->frames[i];
        memcpy(at, p->header, sizeof(p->header));
        ((PtFrame *)at)->previous = f;
        f = (PtFrame *)at;
        for (int k = 0; k < f->stacktop; k++) {
            f->localsplus[k] = NULL;
        }
        if (pt_noted != NULL) {
            pt_forget_notes(f);
        }
        at += p->code->co_framesize * sizeof(PyObject *);
    }
    pt_set_current(ts, f);
    ts->py_recursion_remaining -= g->n_frames - first;
    pt_called_out++;
    return (PtFrame *)base;
}

static int
is_shown(PtProg *g, PtFrame *root, PtWrite *w)
{
    if (w->frame != root) {
        return 1;
    }
    for (int i = 0; i < g->frames[0].n_locals; i++) {
        if (g->frames[0].locals[i].slot == w->slot) {
            return 1;
        }
    }
    return 0;
}

static void
make_owned(PtFrame *f)
{
    Py_INCREF(f->f_funcobj);
    Py_INCREF(f->f_executable);
    for (int i = 0; i < f->stacktop; i++) {
        Py_XINCREF(f->localsplus[i]);
    }
}

/* After a call in which somebody wrote a variable, or made the object of an inlined frame. */
void __attribute__((noinline))
pt_hide_seen(PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    PyThreadState *ts = ctx->tstate;
    int first = g->frames[0].func == NULL;
    PtFrame *outermost = pt_current(ts);                 /* of ours, the root included */
    for (int i = 1; i < g->n_frames; i++) {
        outermost = outermost->previous;
    }
    PtFrame *below = first ? outermost : outermost->previous;
    PyObject *exc = PyErr_GetRaisedException();
    PtWrite *writes = pt_take_writes(ts, outermost), *kept = pt_kept_frames(ts, below, NULL);
    for (PtWrite *w = writes; w != NULL; w = w->next) {
        if (is_shown(g, first ? outermost : NULL, w)) {  /* the old value's reference is the trace's, the new one's is w's */
            Py_XINCREF(w->old);
            Py_XDECREF(w->value);
        }
    }
    for (PtWrite *w = kept; w != NULL; w = w->next) {
        w->index -= !first;
    }
    if (kept != NULL) {
        pt_keep_writes(ctx, kept);
    }
    if (writes != NULL) {
        pt_keep_writes(ctx, writes);
    }
    for (PtFrame *f = pt_current(ts); f != below; f = f->previous) {
        make_owned(f);
    }
    while (pt_current(ts) != below) {
        pt_pop_frame(ts, pt_current(ts));
    }
    PyErr_SetRaisedException(exc);
}

void
pt_hide(PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    PyThreadState *ts = ctx->tstate;
    PtFrame *f = pt_current(ts), *outermost = f;
    int n = g->n_frames - (g->frames[0].func == NULL), seen = pt_noted != NULL;
    for (int i = 0; i < n; i++) {
        seen |= f->frame_obj != NULL;
        outermost = f;
        f = f->previous;
    }
    pt_called_out--;
    if (seen) {
        pt_hide_seen(ctx, e);
        return;
    }
    pt_set_current(ts, f);
    ts->py_recursion_remaining += n;
    pt_free_frame_space(ts, outermost);
}

/* Gives up a reference that was taken for the call; it may have become the last one. */
void
pt_drop(PyObject *o)
{
    Py_DECREF(o);
}

static PyObject *
keep_scratch(PtCtx *ctx, int64_t k, PyObject *o)
{
    if (o == NULL) {
        Py_FatalError("pytrace: out of memory for a number");
    }
    Py_XSETREF(ctx->scratch[k], o);
    ctx->n_scratch = PT_SCRATCH;
    return o;
}

PyObject *
pt_show_float(PtCtx *ctx, int64_t k, double x)
{
    PyObject *o = ctx->scratch[k];
    if (o != NULL && PyFloat_CheckExact(o) && Py_REFCNT(o) == 1) {
        ((PyFloatObject *)o)->ob_fval = x;
        return o;
    }
    return keep_scratch(ctx, k, pt_box_float(x));
}

PyObject *
pt_show_int(PtCtx *ctx, int64_t k, int64_t v)
{
    PyObject *o = ctx->scratch[k];
    if (o != NULL && pt_write_int(o, v)) {
        return o;
    }
    return keep_scratch(ctx, k, pt_box_int(v));
}

#endif
