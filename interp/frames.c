/* Real frames, pushed, unwound and run by hand.

   An inlined Python call has no frame while native code runs. When native code is left, or calls out, one is made here, as
   CPython would have it at that instruction: same function, locals, value stack, instruction, and linked to its caller, so
   that f_back, f_lineno, tracebacks and the recursion count are right.

   Frames live on the thread's data stack, like all others: the evaluation loop pops what it was given, so nothing else would
   do. CPython does not export its push and clear functions on all versions; what is here does the same steps in the same
   order, including what happens to a frame somebody still holds as a frame object (own_frame_data).

   An outer frame waits in the state "after the call": the callee and arguments are off its stack, the result is to be
   pushed. While it waits it is "at" its call instruction. If the callee raises, the exception goes through pt_unwind, which
   mirrors the evaluation loop's exception_unwind. It is not left to the loop's throwflag entry because that looks the
   handler up one unit too early on 3.13 (right for calls, which is all CPython needs). */
#include "bridge.h"

#define CHUNK_BYTES (16 * 1024)
#define CHUNK_SPARE 1000         /* words, as CPython leaves */

static PyObject **
new_chunk(PyThreadState *ts, int size)
{
    int bytes = CHUNK_BYTES;
    while (bytes < (int)sizeof(PyObject *) * (size + CHUNK_SPARE)) {
        bytes *= 2;
    }
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    _PyStackChunk *chunk = arena.alloc(arena.ctx, bytes);
    if (chunk == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    chunk->previous = ts->datastack_chunk;
    chunk->size = bytes;
    chunk->top = 0;
    if (ts->datastack_chunk) {
        ts->datastack_chunk->top = ts->datastack_top - &ts->datastack_chunk->data[0];
    }
    ts->datastack_chunk = chunk;
    ts->datastack_limit = (PyObject **)((char *)chunk + bytes);
    PyObject **base = &chunk->data[chunk->previous == NULL];
    ts->datastack_top = base + size;
    return base;
}

void
pt_free_frame_space(PyThreadState *ts, PtFrame *f)
{
    PyObject **base = (PyObject **)f;
    _PyStackChunk *chunk = ts->datastack_chunk;
    if (base != &chunk->data[0]) {
        PT_ASSERT(ts->datastack_top >= base);
        ts->datastack_top = base;
        return;
    }
    _PyStackChunk *previous = chunk->previous;
    ts->datastack_top = &previous->data[previous->top];
    ts->datastack_chunk = previous;
    ts->datastack_limit = (PyObject **)((char *)previous + previous->size);
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    arena.free(arena.ctx, chunk, chunk->size);
}

/* Words on the thread's data stack; NULL with MemoryError. */
PyObject **
pt_frame_space(PyThreadState *ts, int size)
{
    if (!_PyThreadState_HasStackSpace(ts, size)) {
        return new_chunk(ts, size);
    }
    PyObject **base = ts->datastack_top;
    ts->datastack_top += size;
    return base;
}

/* Pushes a frame with empty slots and makes it current. NULL with MemoryError. */
PtFrame *
pt_push_frame(PyThreadState *ts, PyFunctionObject *func, PyCodeObject *code)
{
    PtFrame *f = (PtFrame *)pt_frame_space(ts, code->co_framesize);
    if (f == NULL) {
        return NULL;
    }
    _PyFrame_Initialize(f, (PyFunctionObject *)Py_NewRef(func), NULL, code, 0);
    pt_set_at(f, code->_co_firsttraceable);
    f->previous = pt_current(ts);
    pt_set_current(ts, f);
    pt_forget_notes(f);
    ts->py_recursion_remaining--;
    return f;
}

/* The frame object outlives its frame: move the frame's data into it. */
static void
own_frame_data(PyThreadState *ts, PyFrameObject *fo, PtFrame *f)
{
    Py_INCREF(pt_code(f));
    size_t size = (char *)&f->localsplus[f->stacktop] - (char *)f;
    PtFrame *copy = (PtFrame *)fo->_f_frame_data;
    memcpy(copy, f, size);
    fo->f_frame = copy;
    copy->owner = FRAME_OWNED_BY_FRAME_OBJECT;
    copy->previous = NULL;
    PT_ASSERT(fo->f_back == NULL);
    if (pt_current(ts) != NULL) {
        fo->f_back = PyThreadState_GetFrame(ts);
    }
    if (!PyObject_GC_IsTracked((PyObject *)fo)) {
        PyObject_GC_Track(fo);
    }
}

void
pt_clear_frame(PyThreadState *ts, PtFrame *f)
{
    if (f->frame_obj != NULL) {
        PyFrameObject *fo = f->frame_obj;
        f->frame_obj = NULL;
        if (Py_REFCNT(fo) > 1) {
            own_frame_data(ts, fo, f);
            Py_DECREF(fo);
            return;
        }
        Py_DECREF(fo);
    }
    int top = f->stacktop;
    f->stacktop = 0;
    for (int i = 0; i < top; i++) {
        Py_XDECREF(f->localsplus[i]);
    }
    Py_CLEAR(f->f_locals);
    Py_DECREF(f->f_funcobj);
}

/* Unlinks, clears and frees the current frame, one that pt_push_frame made; a generator's is given back to it. An exception that is set
   stays set. */
void
pt_pop_frame(PyThreadState *ts, PtFrame *f)
{
    PT_ASSERT(pt_current(ts) == f);
    if (f->owner == FRAME_OWNED_BY_GENERATOR) {
        pt_deactivate(ts, f);
        return;
    }
    PyObject *exc = PyErr_GetRaisedException();
    PyCodeObject *code = pt_code(f);
    pt_set_current(ts, f->previous);
    ts->py_recursion_remaining++;
    pt_clear_frame(ts, f);
    Py_DECREF(code);
    pt_free_frame_space(ts, f);
    PyErr_SetRaisedException(exc);
}

/* ---- exceptions ---- */

static const uint8_t *
read_varint(const uint8_t *p, int *out)
{
    int value = *p & 63;
    while (*p & 64) {
        p++;
        value = (value << 6) | (*p & 63);
    }
    *out = value;
    return p + 1;
}

/* Whether co_exceptiontable has an entry for this unit, and what it says. */
int
pt_find_handler(PyCodeObject *code, int unit, int *level, int *handler, int *lasti)
{
    const uint8_t *p = (const uint8_t *)PyBytes_AS_STRING(code->co_exceptiontable);
    const uint8_t *end = p + PyBytes_GET_SIZE(code->co_exceptiontable);
    while (p < end) {
        int start, size, depth;
        p = read_varint(p, &start);
        p = read_varint(p, &size);
        p = read_varint(p, handler);
        p = read_varint(p, &depth);
        if (start > unit) {
            return 0;
        }
        if (unit < start + size) {
            *level = depth >> 1;
            *lasti = depth & 1;
            return 1;
        }
    }
    return 0;
}

/* Adds the current frame to the raised exception's traceback. */
void
pt_add_traceback(PyThreadState *ts)
{
    PyFrameObject *fo = PyThreadState_GetFrame(ts);
    if (fo != NULL) {
        PyTraceBack_Here(fo);
        Py_DECREF(fo);
    }
}

/* With an exception set and f current, at the raising instruction: the evaluation loop's way to a handler.
   Returns the handler's unit with the stack as the handler wants it, or -1 with the exception still set. */
int
pt_unwind(PyThreadState *ts, PtFrame *f)
{
    PT_ASSERT(pt_current(ts) == f && PyErr_Occurred());
    if (!_PyFrame_IsIncomplete(f)) {     /* what stands for a builtin (tracer/consumers.py) is in no traceback */
        pt_add_traceback(ts);
    }
    int level, handler, lasti;
    if (!pt_find_handler(pt_code(f), pt_at(f), &level, &handler, &lasti)) {
        return -1;
    }
    int base = pt_code(f)->co_nlocalsplus;
    while (f->stacktop > base + level) {
        Py_XDECREF(_PyFrame_StackPop(f));
    }
    if (lasti) {
        PyObject *at = PyLong_FromLong(pt_at(f));
        if (at == NULL) {
            return pt_unwind(ts, f);
        }
        _PyFrame_StackPush(f, at);
    }
    _PyFrame_StackPush(f, PyErr_GetRaisedException());
    return handler;
}

/* What the caller of an __init__ does with its result. Steals it; returns None, or NULL with TypeError. */
PyObject *
pt_check_init_result(PyObject *result)
{
    if (!Py_IsNone(result)) {
        PyErr_Format(PyExc_TypeError, "__init__() should return None, not '%.200s'", Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return NULL;
    }
    return result;
}

/* Hands what the inner frame gave to f, which waited for it. Returns the unit where f goes on, or -1: it raised, too. */
static int
resume_waiting(PyThreadState *ts, PtPending *p, PyObject *result)
{
    if (result == NULL) {
        pt_set_at(p->f, p->call_unit);
        return pt_unwind(ts, p->f);
    }
    if (p[1].flags & PT_FRAME_GENERATOR) {
        int unit = pt_deliver(p->f, p->unit, p->call_unit, p[1].flags, result);
        if (unit < 0) {
            pt_set_at(p->f, p->call_unit);
            return pt_unwind(ts, p->f);
        }
        return unit;
    }
    if (p[1].flags & PT_FRAME_OPERATOR && (result = pt_operator_result(p->f, p->call_unit, result)) == NULL) {
        return resume_waiting(ts, p, NULL);
    }
    if (result == Py_None && (p[1].flags & PT_FRAME_DROP_RESULT)) {
        Py_DECREF(result);
    }
    else {
        _PyFrame_StackPush(p->f, result);
    }
    return p->unit;
}

/* Runs n pushed frames to completion, innermost (p[n-1], the current frame) first. `throwing`: the exception that is set is
   raised at the innermost's unit. Returns the outermost's result; the frame below it is current again. */
PyObject *
pt_run_pending(PyThreadState *ts, PtPending *p, int n, int throwing)
{
    PyObject *result = NULL;
    for (int i = n - 1; i >= 0; i--) {
        PtFrame *f = p[i].f;
        PT_ASSERT(pt_current(ts) == f);
        int unit = p[i].unit;
        if (i < n - 1) {
            unit = resume_waiting(ts, &p[i], result);
        }
        else if (throwing) {
            pt_set_at(f, unit);
            unit = pt_unwind(ts, f);
        }
        if (p[i].flags & PT_FRAME_GENERATOR) {
            result = pt_run_generator(ts, f, unit);
        }
        else if (unit < 0) {
            pt_pop_frame(ts, f);
            result = NULL;
        }
        else {
            pt_set_start(f, unit);
            pt_set_current(ts, f->previous);
            ts->py_recursion_remaining++;      /* the loop counts it itself */
            result = _PyEval_EvalFrameDefault(ts, f, 0);
        }
        if (result != NULL && (p[i].flags & PT_FRAME_DROP_RESULT)) {
            result = pt_check_init_result(result);
        }
    }
    return result;
}
