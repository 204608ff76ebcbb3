/* The collector of cycles.

   Garbage of our own making is none of the program's.

   Importing our modules (and those of the standard library that they need) leaves cycles behind, which the program would
   find: gc.collect() returns how much it has found. So what is young when we begin is put aside, and at the end only what
   was made in between is collected, without callbacks, statistics or debugging flags.

   Nor is what we keep any of the collector's business: there may be more of it than of the program's objects, each
   collection would walk over it, and it has no cycles. So it stands in a list that no collection knows. Of what was made
   while a handler ran (the recorder, say, which makes the program's objects, too) that is: instances of our own types, and
   tuples, lists, dicts and the like to which nobody but these refers.

   Compiled code makes objects faster, so the collector's share of the time grows. Young objects are looked at as often as in
   CPython. The next generation is looked at less often while that finds nothing: where such a collection is due as native code
   is left, it is put off, up to PATIENCE - 1 times, and twice as often after each collection that found no garbage. One that
   found some ends the patience. So cycles wait longer only where there were none. After TRUST postponements most new
   instances are of the middle generation at once, but for one batch in eight; as soon as a young collection finds anything, all are young
   again, and the middle generation is due. */
#include "map.h"
#include "internal/pycore_gc.h"

enum { PATIENCE = 256, TRUST = 8 };

typedef struct _gc_runtime_state Collector;

static PyGC_Head young;          /* the program's young objects, while there are any put aside */
static PyGC_Head modules;        /* what was imported for us */
static PyGC_Head ours;
static PyObject *types;          /* our own: a frozenset */
static PyTypeObject *constants;  /* the one whose instances hold the program's objects */
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

/* Objects that other threads make meanwhile cannot be told from ours. */
static int
is_alone(void)
{
    return PyInterpreterState_ThreadHead(PyInterpreterState_Get())->next == NULL;
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
    move(&gc->generations[2].head, is_alone() ? &modules : &old);
    move(&old, &gc->generations[2].head);
    move(&gc->generations[1].head, &middle);
    move(&middle, &gc->generations[1].head);
    move(&gc->generations[0].head, &young);
    move(&young, &gc->generations[0].head);
    Py_RETURN_NONE;
}

/* ---- collections that find nothing ---- */

static struct {
    Py_ssize_t collections, found; /* of the older generations, as of the last time */
    Py_ssize_t found_young;
    int patience, postponed;
} past;

int pt_expects_no_garbage;

void
pt_collection_due(void)
{
    Collector *gc = &PyInterpreterState_Main()->gc;
    struct gc_generation *middle = &gc->generations[1];
    if (!gc->enabled || gc->collecting || middle->threshold <= 0) {
        return;
    }
    if (pt_expects_no_garbage && gc->generation_stats[0].collected != past.found_young) {
        pt_expects_no_garbage = 0;
        past.patience = 1;
        middle->count = middle->threshold + 1;
    }
    past.found_young = gc->generation_stats[0].collected;
    if (middle->count <= middle->threshold) {
        return;
    }
    Py_ssize_t collections = 0, found = 0;
    for (int i = 1; i < NUM_GENERATIONS; i++) {
        struct gc_generation_stats *s = &gc->generation_stats[i];
        collections += s->collections;
        found += s->collected + s->uncollectable;
    }
    if (collections != past.collections) {
        past.patience = found == past.found ? Py_MIN(2 * Py_MAX(past.patience, 1), PATIENCE) : 1;
        past.postponed = 0;
        past.collections = collections;
        past.found = found;
        pt_expects_no_garbage = past.patience >= TRUST;
    }
    if (past.postponed + 1 < past.patience) {
        past.postponed++;
        middle->count = 0;
    }
}

/* ---- what handlers leave behind ---- */

#define UNCOUNTED (INT_MIN / 2)  /* objects that we make do not bring the next collection nearer */
#define WORTH_A_LOOK 50          /* new objects */
#define TOO_MANY 20000           /* young objects of the program's, which has switched the collector off */

static PtMap held;               /* of each container that we hold: how many of ours do */

static inline PyObject *
object_of(PyGC_Head *g)
{
    return (PyObject *)(g + 1);
}

static int
is_plain_container(PyObject *o)
{
    PyTypeObject *t = Py_TYPE(o);
    return t == &PyTuple_Type || t == &PyList_Type || t == &PyDict_Type || t == &PySet_Type || t == &PyFrozenSet_Type ||
           t == &PyCell_Type || t == &PyFunction_Type || t == &PyMethod_Type;
}

static void
move_one(PyGC_Head *g, PyGC_Head *to)
{
    PyGC_Head *before = _PyGCHead_PREV(g), *behind = _PyGCHead_NEXT(g), *end = _PyGCHead_PREV(to);
    _PyGCHead_SET_NEXT(before, behind);
    _PyGCHead_SET_PREV(behind, before);
    _PyGCHead_SET_NEXT(end, g);
    _PyGCHead_SET_PREV(g, end);
    _PyGCHead_SET_NEXT(g, to);
    _PyGCHead_SET_PREV(to, g);
}

/* tp_traverse comes to `o` from one of ours: if that was the last of its holders, it is ours, too. */
static int
found(PyObject *o, void *to)
{
    if (!is_plain_container(o) || !_PyObject_GC_IS_TRACKED(o)) {
        return 0;
    }
    Py_ssize_t n = (Py_ssize_t)pt_map_find(&held, o) + 1;
    if (pt_map_put(&held, o, (void *)n) < 0) {
        PyErr_Clear();  /* it stays where it is */
    }
    else if (n == Py_REFCNT(o)) {
        move_one(_Py_AS_GC(o), to);
    }
    return 0;
}

static void
hide_ours(Collector *gc)
{
    PyGC_Head *young = &gc->generations[0].head, fresh;
    PyTypeObject *last = NULL;
    int is_ours = 0;
    empty(&fresh);
    for (PyGC_Head *g = _PyGCHead_NEXT(young), *next; g != young; g = next) {
        next = _PyGCHead_NEXT(g);
        PyTypeObject *t = Py_TYPE(object_of(g));
        if (t != last) {
            last = t;
            is_ours = t == &PtExit_Type || (Py_IS_TYPE(t, &PyType_Type) && PySet_Contains(types, (PyObject *)t) > 0);  /* a metaclass may have a hash of its own */
        }
        if (is_ours) {
            move_one(g, &fresh);
        }
    }
    for (PyGC_Head *g = _PyGCHead_NEXT(&fresh); g != &fresh; g = _PyGCHead_NEXT(g)) {
        PyObject *o = object_of(g);
        if (Py_TYPE(o) != constants) {
            Py_TYPE(o)->tp_traverse(o, found, &fresh);
        }
    }
    PyMem_Free(held.entries);
    held = (PtMap){0};
    move(&fresh, &ours);
}

/* Around a handler. Where the program itself collects meanwhile the count begins anew. */
int
pt_begin_work(PyThreadState *ts)
{
    int *count = &ts->interp->gc.generations[0].count, before = *count;
    *count = UNCOUNTED;
    return before;
}

void
pt_end_work(PyThreadState *ts, int before)
{
    Collector *gc = &ts->interp->gc;
    int made = gc->generations[0].count;
    if (made >= 0) {
        return;
    }
    gc->generations[0].count = before;
    if (types != NULL && made - UNCOUNTED >= WORTH_A_LOOK && before < TOO_MANY && !gc->collecting) {
        hide_ours(gc);
    }
}

/* At exit. What was imported for us may be the program's as well, and what is left of ours must not keep anything of the
   program's: all is finalized together. */
void
pt_show_hidden(void)
{
    Collector *gc = &PyInterpreterState_Get()->gc;
    if (!began) {
        move(&modules, &gc->generations[2].head);
        move(&ours, &gc->generations[2].head);
    }
}

static PyObject *
set_types(PyObject *self, PyObject *args)
{
    PyObject *set, *constant;
    if (!PyArg_ParseTuple(args, "O!O!:set_types", &PyFrozenSet_Type, &set, &PyType_Type, &constant)) {
        return NULL;
    }
    Py_XSETREF(types, Py_NewRef(set));
    constants = (PyTypeObject *)constant;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"set_types", set_types, METH_VARARGS, "set_types(frozenset, constant): our own types, and the one of them whose instances hold the program's objects"},
    {"begin_loading", begin_loading, METH_NOARGS, "begin_loading(): what is made from now on is ours"},
    {"end_loading", end_loading, METH_NOARGS, "end_loading(): collects what was ours and is garbage"},
    {NULL},
};

int
pt_collector_init(PyObject *module)
{
    pt_keep_arenas();
    empty(&modules);
    empty(&ours);
    return PyModule_AddFunctions(module, methods);
}
