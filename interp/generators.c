/* Generators whose bodies are part of traces.

   A generator's frame lives in the generator. While a trace (or the recorder) runs the body, the generator's state is
   "executing", as it is in CPython, and the frame's stacktop is -1: its content is the trace's, as with the root's taken slots.
   Whoever has to see frames gets the frame activated: filled, linked to its caller, current. It is found as what lies on top of
   the caller's stack: FOR_ITER, SEND and next() keep the generator there while its body runs.

   A body that is run to its next yield by the evaluation loop either has been suspended, and gave a value, or has ended. What its
   caller does with that depends on the instruction it waits in. */
#include "bridge.h"

#if PT_312
#define SUSPENDED(state) ((state) == FRAME_SUSPENDED)
#else
#define SUSPENDED(state) FRAME_STATE_SUSPENDED(state)
#endif

#define SEND_LOOP 3   /* units of YIELD_VALUE, RESUME and JUMP_BACKWARD_NO_INTERRUPT, which follow each SEND */

static inline PtFrame *
frame_of(PyGenObject *g)
{
    return (PtFrame *)g->gi_iframe;
}

/* ---- new ones ---- */

/* Steals the closure and the defaults, either of which may be NULL. */
PyObject *
pt_make_function(PyObject *code, PyObject *globals, PyObject *closure, PyObject *defaults)
{
    PyFunctionObject *f = (PyFunctionObject *)PyFunction_New(code, globals);
    if (f == NULL) {
        Py_FatalError("pytrace: out of memory while a function is made");
    }
    f->func_closure = closure;
    f->func_defaults = defaults;
    return (PyObject *)f;
}

static PyCodeObject *
code_at(_Py_CODEUNIT *first)
{
    return (PyCodeObject *)((char *)(first + PT_312) - offsetof(PyCodeObject, co_code_adaptive));
}

/* words: the function (NULL: the generator has ended), the state, where the frame waits (ended: at its first instruction), its `stacktop` word, and
   what stands in its slots. Steals the references. */
PyObject *
pt_new_generator(int64_t n, int64_t *words)
{
    PyFunctionObject *func = (PyFunctionObject *)words[0];
    PyCodeObject *code = func ? (PyCodeObject *)func->func_code : code_at((_Py_CODEUNIT *)words[2]);
    int slots = code->co_nlocalsplus + code->co_stacksize;
    PyGenObject *g = PyObject_GC_NewVar(PyGenObject, &PyGen_Type, slots);
    if (g == NULL) {
        Py_FatalError("pytrace: out of memory while a generator is made");
    }
    g->gi_weakreflist = NULL;
    g->gi_name = Py_NewRef(func ? func->func_name : code->co_name);
    g->gi_qualname = Py_NewRef(func ? func->func_qualname : code->co_qualname);
    g->gi_exc_state.exc_value = NULL;
    g->gi_exc_state.previous_item = NULL;
    g->gi_origin_or_finalizer = NULL;
    g->gi_hooks_inited = g->gi_closed = g->gi_running_async = 0;
    PtFrame *f = frame_of(g);
    if (func != NULL) {
        _PyFrame_Initialize(f, func, NULL, code, 0);
    }
    else {
        memset(f, 0, offsetof(PtFrame, localsplus));
        pt_set_code(f, (PyCodeObject *)Py_NewRef(code));
    }
    f->previous = NULL;
    f->owner = FRAME_OWNED_BY_GENERATOR;
    for (int i = 0; i < slots; i++) {
        f->localsplus[i] = 4 + i < n ? (PyObject *)words[4 + i] : NULL;
    }
    g->gi_frame_state = (int8_t)words[1];
    pt_set_ip(f, (_Py_CODEUNIT *)words[2]);
    f->stacktop = (int)words[3];
    PyObject_GC_Track(g);
    return (PyObject *)g;
}

/* The generator in whose body the callee of f runs. */
PyGenObject *
pt_waited_for(PtFrame *f)
{
    PyObject *g = f->stacktop > pt_code(f)->co_nlocalsplus ? f->localsplus[f->stacktop - 1] : NULL;
    return g != NULL && PyGen_CheckExact(g) ? (PyGenObject *)g : NULL;
}

/* Makes the frame of a generator, which is on top of the current frame's stack, current, with empty slots. */
PtFrame *
pt_activate(PyThreadState *ts, PyGenObject *g)
{
    PtFrame *f = frame_of(g);
    g->gi_frame_state = FRAME_EXECUTING;
    memset(f->localsplus, 0, (size_t)pt_code(f)->co_nlocalsplus * sizeof(PyObject *));
    f->stacktop = pt_code(f)->co_nlocalsplus;
    f->previous = pt_current(ts);
    pt_set_current(ts, f);
    pt_forget_notes(f);
    ts->py_recursion_remaining--;
    return f;
}

/* Takes that back; the frame is current, and holds references of its own. */
void
pt_deactivate(PyThreadState *ts, PtFrame *f)
{
    PyObject *exc = PyErr_GetRaisedException();
    int top = f->stacktop;
    pt_set_current(ts, f->previous);
    ts->py_recursion_remaining++;
    f->previous = NULL;
    f->stacktop = -1;
    for (int i = 0; i < top; i++) {
        PyObject *o = f->localsplus[i];
        f->localsplus[i] = NULL;
        Py_XDECREF(o);
    }
    PyErr_SetRaisedException(exc);
}

/* The body has ended, and its slots are empty or of no concern. */
static void
end_frame(PyGenObject *g)
{
    PtFrame *f = frame_of(g);
    g->gi_frame_state = FRAME_CLEARED;
    f->previous = NULL;
    f->stacktop = 0;
    pt_clear_frame(PyThreadState_Get(), f);
}

/* Runs an active generator's frame, which is current, at `unit` (-1: it ends with the exception that is set) until it yields or ends. */
PyObject *
pt_run_generator(PyThreadState *ts, PtFrame *f, int unit)
{
    PyGenObject *g = _PyFrame_GetGenerator(f);
    if (unit < 0) {
        pt_deactivate(ts, f);
        PyObject *exc = PyErr_GetRaisedException();
        end_frame(g);
        PyErr_SetRaisedException(exc);
        return NULL;
    }
    pt_set_start(f, unit);
    pt_set_current(ts, f->previous);
    ts->py_recursion_remaining++;
    g->gi_exc_state.previous_item = ts->exc_info;
    ts->exc_info = &g->gi_exc_state;
    return _PyEval_EvalFrameDefault(ts, f, 0);
}

/* Hands what a generator's body gave to f, which waits at call_unit with the generator on top of its stack, and goes on at `unit` if it has been
   suspended. Returns where f goes on; -1: with an exception. Steals result. */
int
pt_deliver(PtFrame *f, int unit, int call_unit, int flags, PyObject *result)
{
    PyGenObject *g = pt_waited_for(f);
    PT_ASSERT(g != NULL && result != NULL);
    int suspended = SUSPENDED(g->gi_frame_state);
    if (flags & PT_FRAME_FOR_ITER && !suspended) {
        Py_DECREF(result);
        return call_unit;    /* finds it exhausted */
    }
    if (flags & PT_FRAME_SEND && !suspended) {
        _PyFrame_StackPush(f, result);
        return unit + SEND_LOOP;
    }
    if (flags & PT_FRAME_NEXT) {
        Py_DECREF(_PyFrame_StackPop(f));
        if (!suspended) {
            if (Py_IsNone(result)) {
                PyErr_SetNone(PyExc_StopIteration);
            }
            else {
                _PyGen_SetStopIterationValue(result);
            }
            Py_DECREF(result);
            return -1;
        }
    }
    _PyFrame_StackPush(f, result);
    return unit;
}

/* ---- for the recorder ---- */

static PyGenObject *
generator(PyObject *o)
{
    if (!PyGen_CheckExact(o)) {
        PyErr_SetString(PyExc_TypeError, "a generator is needed");
        return NULL;
    }
    return (PyGenObject *)o;
}

PyObject *
pt_generator_state(PyObject *self, PyObject *o)
{
    PyGenObject *g = generator(o);
    if (g == NULL) {
        return NULL;
    }
    int state = g->gi_frame_state;
    PtFrame *f = frame_of(g);
    if ((state != FRAME_CREATED && !SUSPENDED(state)) || g->gi_exc_state.exc_value != NULL || f->frame_obj != NULL) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(Oni)", pt_code(f), (Py_ssize_t)(2 * (pt_at(f) + PT_312)), state);
}

PyObject *
pt_generator_names(PyObject *self, PyObject *o)
{
    PyGenObject *g = generator(o);
    return g ? Py_BuildValue("(OO)", frame_of(g)->f_globals, frame_of(g)->f_builtins) : NULL;
}

PyObject *
pt_generator_slots(PyObject *self, PyObject *o)
{
    PyGenObject *g = generator(o);
    if (g == NULL) {
        return NULL;
    }
    PyObject *locals = pt_frame_locals(frame_of(g)), *stack = locals ? pt_frame_stack(frame_of(g)) : NULL;
    if (stack == NULL) {
        Py_XDECREF(locals);
        return NULL;
    }
    return Py_BuildValue("(NN)", locals, stack);
}

/* From now on the body is run by somebody else. */
PyObject *
pt_generator_resume(PyObject *self, PyObject *o)
{
    PyGenObject *g = generator(o);
    if (g == NULL) {
        return NULL;
    }
    PtFrame *f = frame_of(g);
    int top = f->stacktop;
    g->gi_frame_state = FRAME_EXECUTING;
    f->stacktop = -1;
    for (int i = 0; i < top; i++) {
        PyObject *old = f->localsplus[i];
        f->localsplus[i] = NULL;
        Py_XDECREF(old);    /* the recorder has another */
    }
    Py_RETURN_NONE;
}

PyObject *
pt_generator_suspend(PyObject *self, PyObject *args)
{
    PyObject *o, *locals, *stack;
    Py_ssize_t offset;
    int state;
    if (!PyArg_ParseTuple(args, "OniO!O!", &o, &offset, &state, &PyList_Type, &locals, &PyList_Type, &stack)) {
        return NULL;
    }
    PyGenObject *g = generator(o);
    if (g == NULL) {
        return NULL;
    }
    PtFrame *f = frame_of(g);
    int unit = pt_unit(pt_code(f), offset), n = (int)PyList_GET_SIZE(locals), depth = (int)PyList_GET_SIZE(stack);
    if (unit < 0) {
        return NULL;
    }
    if (g->gi_frame_state != FRAME_EXECUTING || f->stacktop != -1 || n != pt_code(f)->co_nlocalsplus || depth > pt_code(f)->co_stacksize) {
        PyErr_SetString(PyExc_ValueError, "this generator cannot be suspended like that");
        return NULL;
    }
    for (int i = 0; i < n + depth; i++) {
        PyObject *v = i < n ? PyList_GET_ITEM(locals, i) : PyList_GET_ITEM(stack, i - n);
        f->localsplus[i] = v == pt.null ? NULL : Py_NewRef(v);
    }
    f->stacktop = n + depth;
    pt_set_start(f, unit);
    g->gi_frame_state = (int8_t)state;
    Py_RETURN_NONE;
}

PyObject *
pt_generator_end(PyObject *self, PyObject *o)
{
    PyGenObject *g = generator(o);
    if (g == NULL) {
        return NULL;
    }
    PyObject *func = Py_NewRef(frame_of(g)->f_funcobj);
    end_frame(g);
    return func;
}

/* The generator's function, where nobody but its one holder knows it, and nobody has looked at its frame. */
static PyObject *
plain_function(PyGenObject *g)
{
    PtFrame *f = frame_of(g);
    PyFunctionObject *func = (PyFunctionObject *)f->f_funcobj;
    if (g->gi_weakreflist != NULL || g->gi_exc_state.exc_value != NULL || f->frame_obj != NULL || f->f_locals != NULL || func == NULL ||
        !PyFunction_Check(func) || func->func_code != (PyObject *)pt_code(f) || g->gi_name != func->func_name || g->gi_qualname != func->func_qualname) {
        return NULL;
    }
    return (PyObject *)func;
}

PyObject *
pt_generator_plain(PyObject *self, PyObject *o)
{
    PyGenObject *g = generator(o);
    if (g == NULL) {
        return NULL;
    }
    int state = g->gi_frame_state;
    PyObject *func = state == FRAME_CREATED || SUSPENDED(state) ? plain_function(g) : NULL;
    return Py_NewRef(func ? func : Py_None);
}

/* Whether a loop that was compiled for such a generator can take it apart. */
int64_t
pt_is_plain_generator(PyObject *o, int64_t state, int64_t instruction, PyObject *globals, PyObject *builtins, int64_t holders)
{
    if (!PyGen_CheckExact(o) || Py_REFCNT(o) != holders) {
        return 0;
    }
    PyGenObject *g = (PyGenObject *)o;
    PtFrame *f = frame_of(g);
    return g->gi_frame_state == state && (int64_t)pt_ip(f) == instruction && f->f_globals == globals && f->f_builtins == builtins &&
           plain_function(g) != NULL;
}

/* What the body gives next, yielded or returned. */
PyObject *
pt_send(PyObject *g, PyObject *v)
{
    PyObject *result;
    return PyIter_Send(g, v, &result) == PYGEN_ERROR ? NULL : result;
}

PyObject *
pt_py_send(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n != 2 || generator(args[0]) == NULL) {
        return NULL;
    }
    return pt_send(args[0], args[1]);
}

PyObject *
pt_generator_ended(PyObject *self, PyObject *o)
{
    PyGenObject *g = generator(o);
    return g ? PyBool_FromLong(FRAME_STATE_FINISHED(g->gi_frame_state)) : NULL;
}

/* What native code stores into a generator that is suspended at `offset`, and compares with: the instruction's address. */
PyObject *
pt_instruction_word(PyObject *self, PyObject *args)
{
    PyCodeObject *code;
    Py_ssize_t offset;
    if (!PyArg_ParseTuple(args, "O!n", &PyCode_Type, &code, &offset)) {
        return NULL;
    }
    int unit = pt_unit(code, offset);
    return unit < 0 ? NULL : PyLong_FromVoidPtr(_PyCode_CODE(code) + unit - PT_312);
}
