/* Garbage of our own making is none of the program's.

   Importing our modules (and those of the standard library that they need) leaves cycles behind, which the program would
   find: gc.collect() returns how much it has found. So what is young when we begin is put aside, and at the end only what
   was made in between is collected, without callbacks, statistics or debugging flags. What survives is old at once. */
#include "bridge.h"
#include "internal/pycore_gc.h"

typedef struct _gc_runtime_state Collector;

static PyGC_Head young;          /* the program's young objects, while there are any put aside */
static int began, enabled, count;

static void
empty(PyGC_Head *list)
{
    list->_gc_next = (uintptr_t)list;
    list->_gc_prev = (uintptr_t)list;
}

/* Moves all of `from` to the end of `to`. */
static void
move(PyGC_Head *from, PyGC_Head *to)
{
    PyGC_Head *first = _PyGCHead_NEXT(from), *last = _PyGCHead_PREV(from), *end = _PyGCHead_PREV(to);
    if (first != from) {
        _PyGCHead_SET_NEXT(end, first);
        _PyGCHead_SET_PREV(first, end);
        _PyGCHead_SET_NEXT(last, to);
        _PyGCHead_SET_PREV(to, last);
    }
    empty(from);
}

static PyObject *
begin_loading(PyObject *self, PyObject *unused)
{
    Collector *gc = &PyInterpreterState_Get()->gc;
    if (!began && !gc->collecting) {
        began = 1;
        enabled = gc->enabled;
        count = gc->generations[0].count;
        gc->enabled = 0;
        empty(&young);
        move(&gc->generations[0].head, &young);
    }
    Py_RETURN_NONE;
}

static PyObject *
end_loading(PyObject *self, PyObject *unused)
{
    Collector *gc = &PyInterpreterState_Get()->gc;
    if (!began) {
        Py_RETURN_NONE;
    }
    began = 0;
    PyGC_Head middle, old;
    empty(&middle);
    empty(&old);
    move(&gc->generations[1].head, &middle);
    move(&gc->generations[2].head, &old);
    Collector before = *gc;
    gc->enabled = 1;
    gc->debug = 0;
    gc->callbacks = NULL;
    PyGC_Collect();
    gc->enabled = enabled;
    gc->debug = before.debug;
    gc->callbacks = before.callbacks;
    gc->long_lived_total = before.long_lived_total;
    gc->long_lived_pending = before.long_lived_pending;
    memcpy(gc->generation_stats, before.generation_stats, sizeof(before.generation_stats));
    for (int i = 0; i < NUM_GENERATIONS; i++) {
        gc->generations[i].count = before.generations[i].count;
    }
    gc->generations[0].count = count;
    move(&gc->generations[2].head, &old);
    move(&old, &gc->generations[2].head);
    move(&gc->generations[1].head, &middle);
    move(&middle, &gc->generations[1].head);
    move(&gc->generations[0].head, &young);
    move(&young, &gc->generations[0].head);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"begin_loading", begin_loading, METH_NOARGS, "begin_loading(): what is made from now on is ours"},
    {"end_loading", end_loading, METH_NOARGS, "end_loading(): collects what was ours and is garbage"},
    {NULL},
};

int
pt_collector_init(PyObject *module)
{
    return PyModule_AddFunctions(module, methods);
}
