/* The root frame: the live CPython frame that a monitoring callback took over.

   The frame stays CPython's. It is the thread's current frame before and after; the callback may change its slots, stack and
   instruction, and CPython goes on from there. Three things are hidden behind that sentence.

   Two modes. Inside a callback CPython counts tstate->tracing up, which silences monitoring. A Python handler (the recorder)
   runs like that, on frames of its own above the root frame. Whatever it calls on behalf of the program must not see those
   frames, nor the exceptions that the handler is handling, nor its use of the recursion limit: user_begin and user_end
   switch all of it over and back. Native code and deoptimization run in user mode without a switch, as no handler frames exist.

   Raising at X. A callback that fails makes CPython raise at the instruction the frame is "at": traceback and f_lineno are
   right. The handler is another matter: it is looked up for where the instrumented instruction was going, and for a jump
   not even that (3.12 and 3.13 compute the place from a pointer that is NULL by then). So where X has a handler, pt_unwind
   goes to it and the callback succeeds. Where X has none, nothing must be found: the code's exception table is exchanged
   for an empty one until the look-up is over. The frame's only stack entry is then an object whose deallocation puts the
   table back, and popping the stack is what CPython does next. No Python code can run in between.

   Signals. A handler that Ctrl-C interrupted would be a recorder in pieces, and the program would miss its
   KeyboardInterrupt. So signals wait while a handler runs, except where it calls the program's code. What still gets out
   of a handler and is no Exception (an asynchronous one, say) is the program's: it is raised in the root frame.

   Writing takes new references before it drops old ones, and drops them in user mode: finalizers see a whole frame. */
#include "bridge.h"
#include "runtime.h"

typedef struct {
    PyObject_HEAD
    PtRoot *root;                /* NULL once the handler has returned */
} RootFrame;

/* ---- user mode ---- */

typedef struct {
    PtFrame *current;
    int tracing, what, py_remaining;
    _PyErr_StackItem *exc_info;
    PyObject *handled;
} UserMode;

static void
user_begin(PtRoot *r, UserMode *u)
{
    PyThreadState *ts = r->ts;
    u->current = pt_current(ts);
    u->tracing = ts->tracing;
    u->what = PT_WHAT(ts);
    u->exc_info = ts->exc_info;
    u->py_remaining = ts->py_recursion_remaining;
    u->handled = r->exc_info->exc_value;
    r->exc_info->exc_value = r->handled;
    r->handled = NULL;
    ts->exc_info = r->exc_info;
    ts->tracing = 0;
    PT_WHAT(ts) = -1;
    ts->py_recursion_remaining = r->py_remaining;
    pt_set_current(ts, r->f);
    pt_allow_signals(ts, r->signals);
}

static void
user_end(PtRoot *r, UserMode *u)
{
    PyThreadState *ts = r->ts;
    r->signals = pt_defer_signals();
    int limit_change = ts->py_recursion_remaining - r->py_remaining;
    r->py_remaining = ts->py_recursion_remaining;
    r->handled = r->exc_info->exc_value;
    r->exc_info->exc_value = u->handled;
    ts->exc_info = u->exc_info;
    ts->tracing = u->tracing;
    PT_WHAT(ts) = u->what;
    ts->py_recursion_remaining = u->py_remaining + limit_change;
    pt_set_current(ts, u->current);
}

/* ---- reading ---- */

static PyObject *
slots_to_list(PyObject **slots, Py_ssize_t n)
{
    PyObject *list = PyList_New(n);
    if (list == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyList_SET_ITEM(list, i, Py_NewRef(slots[i] ? slots[i] : pt.null));
    }
    return list;
}

PyObject *
pt_frame_locals(PtFrame *f)
{
    return slots_to_list(f->localsplus, pt_code(f)->co_nlocalsplus);
}

PyObject *
pt_frame_stack(PtFrame *f)
{
    int base = pt_code(f)->co_nlocalsplus;
    return slots_to_list(f->localsplus + base, f->stacktop - base);
}

/* ---- writing ---- */

static int
check_slots(PyCodeObject *code, PyObject *locals, PyObject *stack)
{
    if ((locals != Py_None && !PyList_Check(locals)) || !PyList_Check(stack)) {
        PyErr_SetString(PyExc_TypeError, "a frame's locals and stack must be lists");
        return -1;
    }
    if (locals != Py_None && PyList_GET_SIZE(locals) != code->co_nlocalsplus) {
        PyErr_Format(PyExc_ValueError, "%U has %d slots for locals, not %zd", code->co_qualname, code->co_nlocalsplus,
                     PyList_GET_SIZE(locals));
        return -1;
    }
    if (PyList_GET_SIZE(stack) > code->co_stacksize) {
        PyErr_Format(PyExc_ValueError, "%U has a stack of %d, not %zd", code->co_qualname, code->co_stacksize,
                     PyList_GET_SIZE(stack));
        return -1;
    }
    return 0;
}

static inline PyObject *
slot_value(PyObject *v)
{
    return v == pt.null ? NULL : Py_NewRef(v);
}

/* Puts the lists' items into the frame; the old content goes to `old` (room for all slots). Returns how much that is. */
static int
exchange_slots(PtFrame *f, PyObject *locals, PyObject *stack, PyObject **old)
{
    int n = 0, base = pt_code(f)->co_nlocalsplus;
    if (locals != Py_None) {
        for (int i = 0; i < base; i++) {
            old[n++] = f->localsplus[i];
            f->localsplus[i] = slot_value(PyList_GET_ITEM(locals, i));
        }
    }
    for (int i = base; i < f->stacktop; i++) {
        old[n++] = f->localsplus[i];
    }
    int depth = (int)PyList_GET_SIZE(stack);
    for (int i = 0; i < depth; i++) {
        f->localsplus[base + i] = slot_value(PyList_GET_ITEM(stack, i));
    }
    f->stacktop = base + depth;
    return n;
}

static int
write_root(PtRoot *r, Py_ssize_t offset, PyObject *locals, PyObject *stack)
{
    PtFrame *f = r->f;
    int unit = pt_unit(pt_code(f), offset);
    if (unit < 0 || check_slots(pt_code(f), locals, stack) < 0) {
        return -1;
    }
    PyObject *few[64], **old = few;
    if (pt_code(f)->co_framesize > 64) {
        old = PyMem_Malloc(pt_code(f)->co_framesize * sizeof(PyObject *));
        if (old == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    int n = exchange_slots(f, locals, stack, old);
    pt_set_at(f, unit);
    r->moved = 1;
    UserMode u;
    user_begin(r, &u);
    for (int i = 0; i < n; i++) {
        Py_XDECREF(old[i]);
    }
    user_end(r, &u);
    if (old != few) {
        PyMem_Free(old);
    }
    return 0;
}

/* ---- inlined frames given as Python tuples (func, offset, locals, stack[, offset_of_call[, flags]]) ---- */

/* func is a function, a pair (function, code) where the function's code has been changed since, or the code of a generator. */
static PyCodeObject *
split_func(PyObject **func)
{
    PyObject *code = NULL;
    if (PyCode_Check(*func)) {
        return (PyCodeObject *)*func;
    }
    if (PyTuple_Check(*func) && PyTuple_GET_SIZE(*func) == 2) {
        code = PyTuple_GET_ITEM(*func, 1);
        *func = PyTuple_GET_ITEM(*func, 0);
    }
    if (!PyFunction_Check(*func) || (code != NULL && !PyCode_Check(code))) {
        PyErr_SetString(PyExc_TypeError, "an inlined frame needs a function");
        return NULL;
    }
    return (PyCodeObject *)(code ? code : PyFunction_GET_CODE(*func));
}

static PtFrame *
push_state(PyThreadState *ts, PyObject *state, PtPending *p)
{
    PyObject *func, *locals, *stack;
    Py_ssize_t offset, call_offset = -1;
    int flags = 0;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "a frame state must be a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "OnOO|ni", &func, &offset, &locals, &stack, &call_offset, &flags)) {
        return NULL;
    }
    PyCodeObject *code = split_func(&func);
    if (code == NULL) {
        return NULL;
    }
    p->unit = pt_unit(code, offset);
    p->call_unit = call_offset < 0 ? p->unit : pt_unit(code, call_offset);
    p->flags = flags;
    if (p->unit < 0 || p->call_unit < 0 || check_slots(code, locals, stack) < 0) {
        return NULL;
    }
    if (flags & PT_FRAME_GENERATOR) {
        PyGenObject *g = pt_waited_for(pt_current(ts));
        if (g == NULL || g->gi_frame_state != FRAME_EXECUTING || pt_code((PtFrame *)g->gi_iframe) != code) {
            PyErr_SetString(PyExc_ValueError, "a generator's frame needs its generator on top of its caller's stack");
            return NULL;
        }
        p->f = pt_activate(ts, g);
    }
    else {
        p->f = pt_push_frame(ts, (PyFunctionObject *)func, code);
    }
    if (p->f == NULL) {
        return NULL;
    }
    PyObject *none[1];
    exchange_slots(p->f, Py_None, stack, none);
    for (int i = 0; locals != Py_None && i < code->co_nlocalsplus; i++) {
        p->f->localsplus[i] = slot_value(PyList_GET_ITEM(locals, i));
    }
    pt_set_at(p->f, p->call_unit);
    return p->f;
}

static void
pop_states(PyThreadState *ts, PtPending *p, Py_ssize_t n)
{
    while (n > 0) {
        pt_pop_frame(ts, p[--n].f);
    }
}

/* Pushes frames[first:] as real frames. *out must be freed. Returns their number, or -1. */
static Py_ssize_t
push_states(PyThreadState *ts, PyObject *frames, Py_ssize_t first, PtPending **out)
{
    Py_ssize_t n = PyList_GET_SIZE(frames) - first;
    PtPending *p = PyMem_Malloc((n > 0 ? n : 1) * sizeof(PtPending));
    if (p == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (push_state(ts, PyList_GET_ITEM(frames, first + i), &p[i]) == NULL) {
            pop_states(ts, p, i);
            PyMem_Free(p);
            return -1;
        }
    }
    *out = p;
    return n;
}

/* Runs inlined frames given as a non-empty list of tuples, in user mode. */
/* The frames have their own references now: the lists let go of theirs, so that nothing outlives its frame. */
static void
release_states(PyObject *frames)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(frames); i++) {
        PyObject *state = PyList_GET_ITEM(frames, i);
        for (Py_ssize_t k = 2; k < 4 && k < PyTuple_GET_SIZE(state); k++) {
            PyObject *list = PyTuple_GET_ITEM(state, k);
            if (PyList_CheckExact(list) && PyList_SetSlice(list, 0, PY_SSIZE_T_MAX, NULL) < 0) {
                PyErr_Clear();
            }
        }
    }
}

PyObject *
pt_run_states(PyThreadState *ts, PyObject *frames, PyObject *exc)
{
    PtPending *p;
    Py_ssize_t n = push_states(ts, frames, 0, &p);
    if (n < 0) {
        return NULL;
    }
    release_states(frames);
    if (exc != NULL) {
        PyErr_SetRaisedException(Py_NewRef(exc));
    }
    PyObject *result = pt_run_pending(ts, p, (int)n, exc != NULL);
    PyMem_Free(p);
    return result;
}

/* ---- the Python type ---- */

static PtRoot *
get_root(PyObject *self)
{
    PtRoot *r = ((RootFrame *)self)->root;
    if (r == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this root frame has been given back to CPython");
    }
    else if (r->ts != PyThreadState_Get()) {
        PyErr_SetString(PyExc_RuntimeError, "a root frame belongs to its thread");
        return NULL;
    }
    return r;
}

static PyObject *
root_locals(PyObject *self, PyObject *noargs)
{
    PtRoot *r = get_root(self);
    return r ? pt_frame_locals(r->f) : NULL;
}

static PyObject *
root_stack(PyObject *self, PyObject *noargs)
{
    PtRoot *r = get_root(self);
    return r ? pt_frame_stack(r->f) : NULL;
}

static PyObject *
root_write(PyObject *self, PyObject *args)
{
    PtRoot *r = get_root(self);
    Py_ssize_t offset;
    PyObject *locals, *stack;
    if (r == NULL || !PyArg_ParseTuple(args, "nOO", &offset, &locals, &stack) ||
        write_root(r, offset, locals, stack) < 0) {
        return NULL;
    }
    Py_CLEAR(r->raise);
    Py_RETURN_NONE;
}

static PyObject *
root_raise_at(PyObject *self, PyObject *args)
{
    PtRoot *r = get_root(self);
    Py_ssize_t offset;
    PyObject *locals, *stack, *exc;
    if (r == NULL || !PyArg_ParseTuple(args, "nOOO", &offset, &locals, &stack, &exc)) {
        return NULL;
    }
    if (!PyExceptionInstance_Check(exc)) {
        PyErr_SetString(PyExc_TypeError, "raise_at() needs an exception instance");
        return NULL;
    }
    if (write_root(r, offset, locals, stack) < 0) {
        return NULL;
    }
    Py_XSETREF(r->raise, Py_NewRef(exc));
    Py_RETURN_NONE;
}

/* (True, result) or (False, exception); steals result. */
static PyObject *
outcome(PyObject *result)
{
    if (result != NULL) {
        return Py_BuildValue("(ON)", Py_True, result);
    }
    return Py_BuildValue("(ON)", Py_False, PyErr_GetRaisedException());
}

static int
write_caller(PtRoot *r, PyObject *frames)
{
    PyObject *none, *locals, *stack;
    Py_ssize_t offset, call_offset = -1;
    int drop;
    if (!PyList_Check(frames) || PyList_GET_SIZE(frames) < 1 || !PyTuple_Check(PyList_GET_ITEM(frames, 0))) {
        PyErr_SetString(PyExc_TypeError, "frames must be a list of tuples, the root's first");
        return -1;
    }
    if (!PyArg_ParseTuple(PyList_GET_ITEM(frames, 0), "OnOO|ni", &none, &offset, &locals, &stack, &call_offset, &drop)) {
        return -1;
    }
    return write_root(r, call_offset < 0 ? offset : call_offset, locals, stack);
}

/* Adds a third item to an outcome: [(index of the frame, slot, new value)]; empty when only a frame's object was kept. */
static PyObject *
with_writes(PyObject *answer, PtWrite *writes)
{
    PyObject *list = PyList_New(0);
    for (PtWrite *w = writes; list != NULL && w != NULL; w = w->next) {
        PyObject *item = Py_BuildValue("(iiO)", w->index, w->slot, w->value ? w->value : pt.null);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    PyObject *longer = list ? Py_BuildValue("(OON)", PyTuple_GET_ITEM(answer, 0), PyTuple_GET_ITEM(answer, 1), list) : NULL;
    Py_DECREF(answer);
    return longer;
}

/* Calls a Python function with what is in the list, which is given away; names: those of the last of them. */
static PyObject *
call_giving(PyObject *fn, PyObject *list, PyObject *names)
{
    Py_ssize_t all = PyList_GET_SIZE(list), named = names == Py_None ? 0 : PyTuple_GET_SIZE(names);
    PyObject **items = PyMem_New(PyObject *, all + 1);
    if (items == NULL) {
        return PyErr_NoMemory();
    }
    memcpy(items, ((PyListObject *)list)->ob_item, all * sizeof(PyObject *));
    Py_SET_SIZE(list, 0);
    PyObject *result = pt_call_giving(fn, items, all - named, named ? names : NULL);
    PyMem_Free(items);
    return result;
}

static PyObject *
root_call(PyObject *self, PyObject *args)
{
    PtRoot *r = get_root(self);
    PyObject *frames, *fn, *fargs, *kwargs = Py_None;
    if (r == NULL || !PyArg_ParseTuple(args, "OOO|O", &frames, &fn, &fargs, &kwargs)) {
        return NULL;
    }
    int give = PyList_CheckExact(fargs);
    if (give ? kwargs != Py_None && !(PyTuple_Check(kwargs) && PyTuple_GET_SIZE(kwargs) <= PyList_GET_SIZE(fargs)) : !PyTuple_Check(fargs)) {
        PyErr_SetString(PyExc_TypeError, "call() takes a tuple and a dict, or a list and a tuple of names");
        return NULL;
    }
    if (write_caller(r, frames) < 0) {
        return NULL;
    }
    PtPending *p;
    UserMode u;
    user_begin(r, &u);
    Py_ssize_t n = push_states(r->ts, frames, 1, &p);
    if (n < 0) {
        user_end(r, &u);
        return NULL;
    }
    pt_called_out++;
    if (give) {
        release_states(frames);
    }
    PyObject *result = give ? call_giving(fn, fargs, kwargs) : PyObject_Call(fn, fargs, kwargs == Py_None ? NULL : kwargs);
    pt_called_out--;
    PtWrite *writes = pt_take_writes(r->ts, r->f);
    if (n > 0) {
        r->kept = pt_kept_frames(r->ts, r->f, r->kept);
    }
    pop_states(r->ts, p, n);
    user_end(r, &u);
    PyMem_Free(p);
    PyObject *answer = outcome(result);
    if ((writes != NULL || r->kept != NULL) && answer != NULL) {
        answer = with_writes(answer, writes);
    }
    pt_free_writes(writes);
    return answer;
}

static PyObject *
root_run_frames(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"frames", "exc", NULL};
    PtRoot *r = get_root(self);
    PyObject *frames, *exc = Py_None;
    if (r == NULL || !PyArg_ParseTupleAndKeywords(args, kwargs, "O!|O", names, &PyList_Type, &frames, &exc)) {
        return NULL;
    }
    if (PyList_GET_SIZE(frames) == 0 || (exc != Py_None && !PyExceptionInstance_Check(exc))) {
        PyErr_SetString(PyExc_TypeError, "run_frames() needs frames, and an exception instance or None");
        return NULL;
    }
    PtPending *p;
    UserMode u;
    user_begin(r, &u);
    Py_ssize_t n = push_states(r->ts, frames, 0, &p);
    if (n < 0) {
        user_end(r, &u);
        return NULL;
    }
    for (PtWrite *w = r->kept; w != NULL; w = w->next) {
        if (w->index <= n) {
            pt_adopt(p[w->index - 1].f, (PyFrameObject *)w->value);
        }
    }
    release_states(frames);
    if (exc != Py_None) {
        PyErr_SetRaisedException(Py_NewRef(exc));
    }
    PyObject *result = pt_run_pending(r->ts, p, (int)n, exc != Py_None);
    user_end(r, &u);
    PyMem_Free(p);
    return outcome(result);
}

static PyObject *
root_deliver(PyObject *self, PyObject *args)
{
    PtRoot *r = get_root(self);
    Py_ssize_t offset, call_offset;
    int flags;
    PyObject *value;
    if (r == NULL || !PyArg_ParseTuple(args, "nniO", &offset, &call_offset, &flags, &value)) {
        return NULL;
    }
    int unit = pt_unit(pt_code(r->f), offset), call_unit = unit < 0 ? -1 : pt_unit(pt_code(r->f), call_offset);
    if (call_unit < 0) {
        return NULL;
    }
    int operands = flags & PT_FRAME_OPERATOR;
    if (operands ? r->f->stacktop < pt_code(r->f)->co_nlocalsplus + 2 : pt_waited_for(r->f) == NULL) {
        PyErr_SetString(PyExc_ValueError, "this frame waits for no generator, and for no operator");
        return NULL;
    }
    UserMode u;
    user_begin(r, &u);
    if (operands) {
        PyObject *result = pt_operator_result(r->f, call_unit, Py_NewRef(value));
        if (result == NULL) {
            unit = -1;
        }
        else {
            _PyFrame_StackPush(r->f, result);
        }
    }
    else {
        unit = pt_deliver(r->f, unit, call_unit, flags, Py_NewRef(value));
    }
    PyObject *exc = unit < 0 ? PyErr_GetRaisedException() : NULL;
    user_end(r, &u);
    Py_XSETREF(r->raise, exc);
    pt_set_at(r->f, unit < 0 ? call_unit : unit);
    r->moved = 1;
    Py_RETURN_NONE;
}

static PyObject *
root_add_traceback(PyObject *self, PyObject *args)
{
    PtRoot *r = get_root(self);
    PyObject *frames, *exc;
    if (r == NULL || !PyArg_ParseTuple(args, "OO", &frames, &exc) || write_caller(r, frames) < 0) {
        return NULL;
    }
    if (!PyExceptionInstance_Check(exc)) {
        PyErr_SetString(PyExc_TypeError, "add_traceback() needs an exception instance");
        return NULL;
    }
    PtPending *p;
    UserMode u;
    user_begin(r, &u);
    Py_ssize_t n = push_states(r->ts, frames, 1, &p);
    if (n >= 0) {
        PyErr_SetRaisedException(Py_NewRef(exc));
        pt_add_traceback(r->ts);
        pop_states(r->ts, p, n);
        Py_XDECREF(PyErr_GetRaisedException());
        PyMem_Free(p);
    }
    user_end(r, &u);
    if (n < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
or_none(PyObject *o)
{
    return Py_NewRef(o ? o : Py_None);
}

static PyObject *
get_func(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    if (r == NULL) {
        return NULL;
    }
    return or_none(PyFunction_Check(r->f->f_funcobj) ? r->f->f_funcobj : NULL);
}

static PyObject *
get_code(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? Py_NewRef(pt_code(r->f)) : NULL;
}

static PyObject *
get_offset(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? PyLong_FromLong(2 * (r->moved ? pt_at(r->f) : r->shown)) : NULL;
}

static PyObject *
get_globals(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? or_none(r->f->f_globals) : NULL;
}

static PyObject *
get_builtins(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? or_none(r->f->f_builtins) : NULL;
}

static PyObject *
get_f_locals(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? or_none(pt_code(r->f)->co_flags & CO_OPTIMIZED ? NULL : r->f->f_locals) : NULL;  /* a function's may hold a trial's mark */
}

static PyObject *
get_is_generator(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? PyBool_FromLong(r->f->owner == FRAME_OWNED_BY_GENERATOR) : NULL;
}

static PyObject *
get_watched(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? PyBool_FromLong(pt_watched(r->ts, pt_code(r->f))) : NULL;
}

static PyObject *
get_handled(PyObject *self, void *unused)
{
    PtRoot *r = get_root(self);
    return r ? or_none(r->handled) : NULL;
}

static int
set_handled(PyObject *self, PyObject *value, void *unused)
{
    PtRoot *r = get_root(self);
    if (r == NULL) {
        return -1;
    }
    if (value == NULL || (value != Py_None && !PyExceptionInstance_Check(value))) {
        PyErr_SetString(PyExc_TypeError, "handled must be an exception instance or None");
        return -1;
    }
    Py_XSETREF(r->handled, value == Py_None ? NULL : Py_NewRef(value));
    return 0;
}

static PyMethodDef root_methods[] = {
    {"locals", root_locals, METH_NOARGS, "locals() -> list: all local slots; cells as cell objects, NULL where unbound."},
    {"stack", root_stack, METH_NOARGS, "stack() -> list: the value stack, bottom first; may contain NULL."},
    {"write", root_write, METH_VARARGS,
     "write(offset, locals, stack): CPython goes on at offset with these slots; locals=None leaves them."},
    {"raise_at", root_raise_at, METH_VARARGS,
     "raise_at(offset, locals, stack, exc): like write(); then exc is raised at that instruction."},
    {"call", root_call, METH_VARARGS,
     "call(frames, fn, args, kwargs=None) -> (True, result) | (False, exception)\n\n"
     "With a third item, [(index of frame, slot, value)], where variables were written through f_locals meanwhile, or\n"
     "the object of an inlined frame was kept: recording must end.\n"
     "Calls from the innermost of frames: the root's (None, offset, locals, stack), then inlined ones' (func, ...), whose lists are emptied.\n"
     "args may be a list, with a tuple of the last ones' names for kwargs: it is emptied, and what was in it belongs to the callee."},
    {"run_frames", (PyCFunction)(void *)root_run_frames, METH_VARARGS | METH_KEYWORDS,
     "run_frames(frames, exc=None) -> (True, result) | (False, exception)\n\n"
     "Runs inlined frames to completion, innermost first; each is (func, offset, locals, stack[, offset_of_call[,\n"
     "drop_result]]), whose lists are emptied. With exc the innermost starts by raising it."},
    {"deliver", root_deliver, METH_VARARGS,
     "deliver(offset, offset of the waiting instruction, flags, value): what the body of the generator on top of the stack gave,\n"
     "or the method of the operator whose operands are there"},
    {"add_traceback", root_add_traceback, METH_VARARGS,
     "add_traceback(frames, exc): adds the innermost of frames (as for call()) to exc's traceback."},
    {NULL},
};

static PyGetSetDef root_getset[] = {
    {"func", get_func, NULL, "the function, or None"},
    {"code", get_code, NULL, "the code object"},
    {"offset", get_offset, NULL, "byte offset of the next instruction"},
    {"globals", get_globals, NULL, NULL},
    {"builtins", get_builtins, NULL, NULL},
    {"f_locals", get_f_locals, NULL, "the mapping of names in module and class code, else None"},
    {"is_generator", get_is_generator, NULL, "whether this is a generator's or coroutine's frame"},
    {"watched", get_watched, NULL, "whether somebody traces, profiles or monitors it now: then it has to run in CPython"},
    {"handled", get_handled, set_handled,
     "the exception that the frame is handling (what a bare raise would raise), or None"},
    {NULL},
};

PyTypeObject PtRootFrame_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pytrace.interp._bridge.RootFrame",
    .tp_basicsize = sizeof(RootFrame),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "The live frame that was taken over. Valid only while the handler it was given to runs.",
    .tp_methods = root_methods,
    .tp_getset = root_getset,
};

/* ---- raising in the root frame ---- */

typedef struct {
    PyObject_HEAD
    PyCodeObject *code;
    PyObject *table;
} TableKeeper;

static void
restore_table(PyObject *self)
{
    TableKeeper *k = (TableKeeper *)self;
    Py_SETREF(k->code->co_exceptiontable, k->table);
    Py_DECREF(k->code);
    PyObject_Free(self);
}

static PyTypeObject TableKeeper_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pytrace.interp._bridge.TableKeeper",
    .tp_basicsize = sizeof(TableKeeper),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = restore_table,
};

static void
drop_stack(PtRoot *r)
{
    PyObject *exc = PyErr_GetRaisedException();
    int tracing = r->ts->tracing, what = PT_WHAT(r->ts);
    r->ts->tracing = 0;
    PT_WHAT(r->ts) = -1;
    while (r->f->stacktop > pt_code(r->f)->co_nlocalsplus) {
        Py_XDECREF(_PyFrame_StackPop(r->f));
    }
    r->ts->tracing = tracing;
    PT_WHAT(r->ts) = what;
    PyErr_SetRaisedException(exc);
}

/* Lets CPython's look-up find no handler, this once. */
static void
hide_handlers(PtRoot *r)
{
    drop_stack(r);
    PyObject *exc = PyErr_GetRaisedException();
    PyCodeObject *code = pt_code(r->f);
    PyObject *empty = PyBytes_FromStringAndSize(NULL, 0);
    TableKeeper *k = empty ? PyObject_New(TableKeeper, &TableKeeper_Type) : NULL;
    if (k != NULL) {
        k->code = (PyCodeObject *)Py_NewRef(code);
        k->table = code->co_exceptiontable;
        code->co_exceptiontable = empty;
        _PyFrame_StackPush(r->f, (PyObject *)k);
    }
    else {
        PyErr_Clear();
        Py_XDECREF(empty);
    }
    PyErr_SetRaisedException(exc);
}

/* With an exception set and the frame at the raising instruction: what the callback has to return. */
PyObject *
pt_raise_in_root(PtRoot *r)
{
    PyThreadState *ts = r->ts;
    int level, handler, lasti;
    if (PyBytes_GET_SIZE(pt_code(r->f)->co_exceptiontable) == 0) {
        return NULL;
    }
    if (!pt_find_handler(pt_code(r->f), pt_at(r->f), &level, &handler, &lasti)) {
        hide_handlers(r);
        return NULL;
    }
    int tracing = ts->tracing, what = PT_WHAT(ts);
    ts->tracing = 0;
    PT_WHAT(ts) = -1;
    pt_set_at(r->f, pt_unwind(ts, r->f));
    ts->tracing = tracing;
    PT_WHAT(ts) = what;
    Py_RETURN_NONE;
}

/* What the callback has to return, after whatever was done to the frame. */
PyObject *
pt_finish(PtRoot *r)
{
    if (r->kept != NULL) {
        PyObject *exc = PyErr_GetRaisedException();
        pt_free_writes(r->kept);
        r->kept = NULL;
        PyErr_SetRaisedException(exc);
    }
    if (r->raise != NULL) {
        if (!r->moved) {
            pt_set_at(r->f, r->shown);
        }
        PyErr_SetRaisedException(r->raise);
        r->raise = NULL;
        return pt_raise_in_root(r);
    }
    if (!r->moved) {
        pt_set_ip(r->f, r->entry_ip);
    }
    Py_RETURN_NONE;
}

/* ---- Python handlers ---- */

#define HANDLER_RECURSION 20000  /* Python frames that a handler may need even where the program is at its limit */

/* Calls handler(root frame, *args[1:]) in handler mode; args[0] is filled in here. */
static PyObject *
call_handler(PtRoot *r, PyObject *handler, PyObject **args, int n)
{
    PyThreadState *ts = r->ts;
    RootFrame *view = PyObject_New(RootFrame, &PtRootFrame_Type);
    if (view == NULL) {
        return NULL;
    }
    view->root = r;
    pt_forget_notes(r->f);
    args[0] = (PyObject *)view;
    r->exc_info = ts->exc_info;
    r->handled = Py_XNewRef(ts->exc_info->exc_value);
    r->py_remaining = ts->py_recursion_remaining;
    r->signals = pt_defer_signals();
    int tracing = ts->tracing, what = PT_WHAT(ts);
    ts->tracing = tracing ? tracing : 1;
    ts->py_recursion_remaining += HANDLER_RECURSION;
    Py_INCREF(handler);
    PyObject *result = PyObject_Vectorcall(handler, args, n, NULL);
    Py_DECREF(handler);
    PT_ASSERT(ts->exc_info == r->exc_info && pt_current(ts) == r->f);
    ts->py_recursion_remaining = r->py_remaining;
    ts->tracing = tracing;
    PT_WHAT(ts) = what;
    pt_allow_signals(ts, r->signals);
    view->root = NULL;
    Py_DECREF(view);
    Py_XSETREF(ts->exc_info->exc_value, r->handled);
    r->handled = NULL;
    return result;
}

static void
handler_failed(PtRoot *r, PyObject *handler)
{
    if (PyErr_ExceptionMatches(PyExc_Exception)) {
        PyErr_WriteUnraisable(handler);
        return;
    }
    PyObject *exc = PyErr_GetRaisedException();
    PyException_SetTraceback(exc, Py_None);
    Py_XSETREF(r->raise, exc);
}

static PyObject *gone;           /* to be given up behind the handler */

void
pt_let_go(PyObject *things)
{
    if (gone == NULL && (gone = PyList_New(0)) == NULL) {
        PyErr_Clear();
    }
    if (gone != NULL && PyList_Append(gone, things) < 0) {
        PyErr_Clear();
    }
}

/* Asks a Python handler. Its answer: events until it is asked again, negative for never. Effects are in *r. */
int64_t
pt_ask(PtRoot *r, PyObject *handler, PyObject **args, int n)
{
    int64_t start = pt.trials ? pt_cpu_ns() : 0;
    int young = pt_begin_work(r->ts);
    PyObject *answer = call_handler(r, handler, args, n);
    pt_end_work(r->ts, young);
    int64_t next = answer ? PyLong_AsLongLong(answer) : -1;
    Py_XDECREF(answer);
    if (PyErr_Occurred()) {
        handler_failed(r, handler);
        next = -1;
    }
    if (start) {
        pt.asked_ns += pt_cpu_ns() - start;
    }
    if (gone != NULL) {
        PyObject *things = gone, *exc = PyErr_GetRaisedException();
        gone = NULL;
        Py_DECREF(things);
        PyErr_SetRaisedException(exc);
    }
    return next;
}

int
pt_root_init(void)
{
    return PyType_Ready(&PtRootFrame_Type) < 0 || PyType_Ready(&TableKeeper_Type) < 0 ? -1 : 0;
}
