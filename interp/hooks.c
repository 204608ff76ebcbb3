/* Built-in functions of CPython's that the bridge has to hear of.

   There is no watcher for "somebody begins to trace" or "this code object is monitored from now on", and two things depend
   on it. A compiled loop that has inlined a function must stop doing so when the function gets local events. And our own
   events must be gone before a tracer's come: CPython 3.13 forgets which tool wanted an instruction event when a second
   tool shares an event with the first (f_trace_opcodes, set before sys.settrace is called, is lost: pdb stops a line late).

   So the function pointer in the built-in's own PyMethodDef is exchanged: the function object, and what a program can see
   of it, stay as they were. While others trace or monitor everything our events are switched off altogether.

   In the same way our use of a tool id is hidden: to the program it is free, and a program that takes it gets it, until it
   frees it again. */
#include "bridge.h"

typedef PyObject *(*Fast)(PyObject *, PyObject *const *, Py_ssize_t);

typedef struct {
    const char *module, *name;
    int flags;
    PyCFunction wrapper, original;
    PyMethodDef *def;
} Hook;

enum { SETTRACE, SETTRACE_ALL, USE_TOOL, FREE_TOOL, GET_TOOL, REGISTER, GET_EVENTS, SET_EVENTS, SET_LOCAL_EVENTS, ALL_EVENTS, N_HOOKS };
static Hook hooks[N_HOOKS];

static int aside;                /* our events are switched off */
static int ours;                 /* it is us who calls */
static int lent;                 /* the program has our tool id */

/* Whether somebody else traces or monitors all code. */
static int
others(void)
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    return interp->sys_tracing_threads > 0 || pt_all_monitored(interp);
}

static void
step(int to)
{
    if (to == aside || lent) {
        return;
    }
    PyObject *exc = PyErr_GetRaisedException();
    ours = 1;
    aside = to;
    if (pt_set_events(!to) < 0) {
        PyErr_Clear();
    }
    ours = 0;
    PyErr_SetRaisedException(exc);
}

static void
lend(int to)
{
    PyObject *exc = PyErr_GetRaisedException();
    ours = 1;
    lent = to;
    if ((to ? pt_stop_monitoring() : pt_start_monitoring()) < 0) {
        PyErr_Clear();
    }
    ours = aside = 0;
    step(others());
    PyErr_SetRaisedException(exc);
}

static int
listening(void)
{
    return pt.enabled && !ours && PyInterpreterState_Get() == PyInterpreterState_Main();
}

static PyObject *
call_tracing(Hook *h, PyObject *self, PyObject *arg)
{
    int hear = listening();
    if (hear && arg != Py_None) {
        step(1);
    }
    PyObject *result = h->original(self, arg);
    if (hear) {
        step(others());
    }
    return result;
}

static PyObject *
settrace(PyObject *self, PyObject *arg)
{
    return call_tracing(&hooks[SETTRACE], self, arg);
}

static PyObject *
settrace_all(PyObject *self, PyObject *arg)
{
    return call_tracing(&hooks[SETTRACE_ALL], self, arg);
}

/* ---- sys.monitoring ---- */

static PyObject *
call_fast(int which, PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return ((Fast)(void *)hooks[which].original)(self, args, n);
}

/* Whether an argument is our tool id while we have it. */
static int
is_ours(PyObject *id)
{
    return listening() && !lent && PyLong_CheckExact(id) && _PyLong_IsCompact((PyLongObject *)id) && PyLong_AsLong(id) == PT_TOOL;
}

static PyObject *
use_tool_id(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n == 2 && is_ours(args[0])) {
        lend(1);
    }
    return call_fast(USE_TOOL, self, args, n);
}

static PyObject *
free_tool_id(PyObject *self, PyObject *id)
{
    if (is_ours(id)) {
        Py_RETURN_NONE;
    }
    PyObject *result = hooks[FREE_TOOL].original(self, id);
    if (result != NULL && lent && listening()) {
        lent = 0;
        int mine = is_ours(id);
        lent = 1;
        if (mine) {
            lend(0);
        }
    }
    return result;
}

static PyObject *
get_tool(PyObject *self, PyObject *id)
{
    if (is_ours(id)) {
        Py_RETURN_NONE;
    }
    return hooks[GET_TOOL].original(self, id);
}

static PyObject *
register_callback(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n == 3 && is_ours(args[0])) {
        lend(1);
    }
    return call_fast(REGISTER, self, args, n);
}

static PyObject *
get_events(PyObject *self, PyObject *id)
{
    return is_ours(id) ? PyLong_FromLong(0) : hooks[GET_EVENTS].original(self, id);
}

static PyObject *
not_in_use(void)
{
    return PyErr_Format(PyExc_ValueError, "tool %d is not in use", PT_TOOL);
}

static PyObject *
set_events(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n == 2 && is_ours(args[0])) {
        return not_in_use();
    }
    int hear = listening();
    if (hear) {
        step(1);
    }
    PyObject *result = call_fast(SET_EVENTS, self, args, n);
    if (hear) {
        step(others());
    }
    return result;
}

static PyObject *
set_local_events(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n == 3 && is_ours(args[0]) && PyCode_Check(args[1])) {
        return not_in_use();
    }
    PyObject *result = call_fast(SET_LOCAL_EVENTS, self, args, n);
    if (result != NULL && listening()) {
        pt_code_monitored((PyCodeObject *)args[1]);
    }
    return result;
}

static PyObject *
all_events(PyObject *self, PyObject *none)
{
    int hear = listening();
    if (hear) {
        step(1);
    }
    PyObject *result = hooks[ALL_EVENTS].original(self, none);
    if (hear) {
        step(others());
    }
    return result;
}

/* ---- all of them ---- */

static Hook hooks[N_HOOKS] = {
    [SETTRACE] = {"sys", "settrace", METH_O, settrace},
    [SETTRACE_ALL] = {"sys", "_settraceallthreads", METH_O, settrace_all},
    [USE_TOOL] = {"monitoring", "use_tool_id", METH_FASTCALL, (PyCFunction)(void *)use_tool_id},
    [FREE_TOOL] = {"monitoring", "free_tool_id", METH_O, free_tool_id},
    [GET_TOOL] = {"monitoring", "get_tool", METH_O, get_tool},
    [REGISTER] = {"monitoring", "register_callback", METH_FASTCALL, (PyCFunction)(void *)register_callback},
    [GET_EVENTS] = {"monitoring", "get_events", METH_O, get_events},
    [SET_EVENTS] = {"monitoring", "set_events", METH_FASTCALL, (PyCFunction)(void *)set_events},
    [SET_LOCAL_EVENTS] = {"monitoring", "set_local_events", METH_FASTCALL, (PyCFunction)(void *)set_local_events},
    [ALL_EVENTS] = {"monitoring", "_all_events", METH_NOARGS, all_events},
};

/* Where the program has put a function of its own there is nothing to be hooked. */
void
pt_hook(void)
{
    for (Hook *h = hooks; h < hooks + N_HOOKS; h++) {
        PyObject *owner = h->module[0] == 's' ? PyImport_ImportModule("sys") : Py_XNewRef(PySys_GetObject("monitoring"));
        PyObject *f = owner ? PyObject_GetAttrString(owner, h->name) : NULL;
        if (f != NULL && PyCFunction_CheckExact(f) && PyCFunction_GET_FLAGS(f) == h->flags) {
            h->def = ((PyCFunctionObject *)f)->m_ml;
            h->original = h->def->ml_meth;
            h->def->ml_meth = h->wrapper;
        }
        PyErr_Clear();
        Py_XDECREF(f);
        Py_XDECREF(owner);
    }
    pt_hook_locals(1);
    aside = lent = 0;
    step(others());
}

/* Whether the tool id is still ours. */
int
pt_unhook(void)
{
    for (Hook *h = hooks; h < hooks + N_HOOKS; h++) {
        if (h->def != NULL) {
            h->def->ml_meth = h->original;
            h->def = NULL;
        }
    }
    pt_hook_locals(0);
    return !lent;
}
