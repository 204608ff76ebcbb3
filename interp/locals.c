/* Variables that are written from outside: frame.f_locals["x"] = 1, from 3.13 on, changes the variable.

   While compiled or recorded code calls out, its variables stand in real frames; when it goes on, what is in those frames is
   meaningless again. So whoever writes through a frame's f_locals meanwhile is noticed here: the function behind the proxy's
   item assignment is exchanged for one that notes which slot has got a new value. When the call is over, the writes to frames
   that are ours wait in the activation's context (`ctx->writes`), and native code is made to leave at its next
   guard_not_invalidated, which follows every such call: the exit then puts the new values over the ones that the trace knows.
   The old values are kept until then, as the trace may have borrowed them from the frame.

   An inlined function's frame lasts as long as the call. If somebody has kept its object, native code leaves as well, and the
   object is given the frame that goes on (pt_adopt): it shows what becomes of the variables, and can write them. */
#include "bridge.h"
#include <frameobject.h>

int pt_called_out;
PtWrite *pt_noted;

static PtWrite *
new_write(PtWrite *next, PtFrame *f, int slot, PyObject *value, PyObject *old)
{
    PtWrite *w = PyMem_Malloc(sizeof(PtWrite));
    if (w == NULL) {
        Py_FatalError("pytrace: out of memory while a variable is written");
    }
    *w = (PtWrite){next, f, slot, Py_XNewRef(value), Py_XNewRef(old)};
    return w;
}

static void
forget(PtWrite *w)
{
    Py_XDECREF(w->value);
    Py_XDECREF(w->old);
    PyMem_Free(w);
}

void
pt_free_writes(PtWrite *w)
{
    while (w != NULL) {
        PtWrite *next = w->next;
        forget(w);
        w = next;
    }
}

/* Puts the kept objects of the frames above `root`, which are about to be popped, in front of the list. */
PtWrite *
pt_kept_frames(PyThreadState *ts, PtFrame *root, PtWrite *list)
{
    int depth = 0;
    for (PtFrame *f = pt_current(ts); f != root; f = f->previous) {
        depth++;
    }
    for (PtFrame *f = pt_current(ts); f != root; f = f->previous, depth--) {
        if (f->frame_obj != NULL && Py_REFCNT(f->frame_obj) > 1) {
            list = new_write(list, f, -1, (PyObject *)f->frame_obj, NULL);
            list->index = depth;
        }
    }
    return list;
}

/* f goes on where the frame of this object was when it was popped. */
void
pt_adopt(PtFrame *f, PyFrameObject *fo)
{
    PtFrame *copy = fo->f_frame;
    if (copy->owner != FRAME_OWNED_BY_FRAME_OBJECT || f->frame_obj != NULL || pt_code(copy) != pt_code(f)) {
        return;
    }
    if (PyObject_GC_IsTracked((PyObject *)fo)) {
        PyObject_GC_UnTrack(fo);
    }
    fo->f_frame = f;
    f->frame_obj = (PyFrameObject *)Py_NewRef(fo);
    Py_CLEAR(fo->f_back);
    int top = copy->stacktop;
    copy->stacktop = 0;
    for (int i = 0; i < top; i++) {
        Py_XDECREF(copy->localsplus[i]);
    }
    Py_CLEAR(copy->f_locals);
    Py_DECREF(copy->f_funcobj);
    Py_DECREF(pt_code(copy));
}

#if !PT_312

static int n_noted;

/* f begins to be one of ours: what was noted is about other frames, which have been in the same place. */
void
pt_forget_notes(PtFrame *f)
{
    PtWrite **link = &pt_noted, *stale = NULL;
    while (*link != NULL) {
        PtWrite *w = *link;
        if (w->frame == f) {
            *link = w->next;
            w->next = stale;
            stale = w;
        }
        else {
            link = &w->next;
        }
    }
    pt_free_writes(stale);
}

static int
is_running(PtFrame *frame)
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    for (PyThreadState *ts = PyInterpreterState_ThreadHead(interp); ts != NULL; ts = PyThreadState_Next(ts)) {
        for (PtFrame *f = pt_current(ts); f != NULL; f = f->previous) {
            if (f == frame) {
                return 1;
            }
        }
    }
    return 0;
}

/* Notes about frames that are gone are only in the way. */
static void
drop_stale(void)
{
    PtWrite **link = &pt_noted, *stale = NULL;
    while (*link != NULL) {
        PtWrite *w = *link;
        if (is_running(w->frame)) {
            link = &w->next;
        }
        else {
            *link = w->next;
            w->next = stale;
            stale = w;
        }
    }
    pt_free_writes(stale);
}

static void
note(PtFrame *f, int slot, PyObject *old)
{
    pt_noted = new_write(pt_noted, f, slot, f->localsplus[slot], old);
    if (++n_noted % 64 == 0) {
        drop_stale();
    }
}

/* The frame's slots, held; NULL where it is none of ours. */
static PyObject **
look(PyObject *self, PtFrame **frame)
{
    if (!pt_called_out || !PyFrameLocalsProxy_Check(self)) {
        return NULL;
    }
    PtFrame *f = *frame = ((PyFrameLocalsProxyObject *)self)->frame->f_frame;
    int n = pt_code(f)->co_nlocalsplus;
    PyObject **before = f->owner == FRAME_OWNED_BY_FRAME_OBJECT ? NULL : PyMem_Malloc((n + 1) * sizeof(PyObject *));
    for (int i = 0; before != NULL && i < n; i++) {
        before[i] = Py_XNewRef(f->localsplus[i]);
    }
    return before;
}

static void
compare(PyObject **before, PtFrame *f)
{
    if (before == NULL) {
        return;
    }
    PyObject *exc = PyErr_GetRaisedException();
    for (int i = 0; i < pt_code(f)->co_nlocalsplus; i++) {
        if (f->localsplus[i] != before[i]) {
            note(f, i, before[i]);
        }
        Py_XDECREF(before[i]);
    }
    PyErr_SetRaisedException(exc);
    PyMem_Free(before);
}

static objobjargproc set_item_0;
static binaryfunc or_0;
static PyCFunction update_0, setdefault_0;

static int
set_item(PyObject *self, PyObject *key, PyObject *value)
{
    PtFrame *f;
    PyObject **before = look(self, &f);
    int result = set_item_0(self, key, value);
    compare(before, f);
    return result;
}

static PyObject *
inplace_or(PyObject *self, PyObject *other)
{
    PtFrame *f;
    PyObject **before = look(self, &f);
    PyObject *result = or_0(self, other);
    compare(before, f);
    return result;
}

static PyObject *
update(PyObject *self, PyObject *other)
{
    PtFrame *f;
    PyObject **before = look(self, &f);
    PyObject *result = update_0(self, other);
    compare(before, f);
    return result;
}

static PyObject *
setdefault(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    PtFrame *f;
    PyObject **before = look(self, &f);
    PyObject *result = ((PyObject *(*)(PyObject *, PyObject *const *, Py_ssize_t))(void *)setdefault_0)(self, args, n);
    compare(before, f);
    return result;
}

static void
exchange_wrapper(PyObject *dict, const char *name, void *to)
{
    PyObject *d = PyDict_GetItemString(dict, name);
    if (d != NULL && Py_IS_TYPE(d, &PyWrapperDescr_Type)) {
        ((PyWrapperDescrObject *)d)->d_wrapped = to;
    }
}

static void
exchange_method(PyObject *dict, const char *name, int flags, PyCFunction ours, PyCFunction *theirs, int on)
{
    PyObject *d = PyDict_GetItemString(dict, name);
    if (d != NULL && Py_IS_TYPE(d, &PyMethodDescr_Type) && ((PyMethodDescrObject *)d)->d_method->ml_flags == flags) {
        PyMethodDef *def = ((PyMethodDescrObject *)d)->d_method;
        if (*theirs == NULL) {
            *theirs = def->ml_meth;
        }
        def->ml_meth = on ? ours : *theirs;
    }
}

void
pt_hook_locals(int on)
{
    PyTypeObject *type = &PyFrameLocalsProxy_Type;
    PyObject *dict = PyType_GetDict(type);
    if (dict == NULL || type->tp_as_mapping == NULL || type->tp_as_number == NULL) {
        Py_XDECREF(dict);
        return;
    }
    if (set_item_0 == NULL) {
        set_item_0 = type->tp_as_mapping->mp_ass_subscript;
        or_0 = type->tp_as_number->nb_inplace_or;
    }
    type->tp_as_mapping->mp_ass_subscript = on ? set_item : set_item_0;
    type->tp_as_number->nb_inplace_or = on ? inplace_or : or_0;
    exchange_wrapper(dict, "__setitem__", (void *)(on ? set_item : set_item_0));
    exchange_wrapper(dict, "__ior__", (void *)(on ? inplace_or : or_0));
    exchange_method(dict, "update", METH_O, update, &update_0, on);
    exchange_method(dict, "setdefault", METH_FASTCALL, (PyCFunction)(void *)setdefault, &setdefault_0, on);
    Py_DECREF(dict);
}

/* Takes what was noted of the frames from the current one up to `root`; they are numbered, the root is 0. Oldest first. */
PtWrite *
pt_take_writes(PyThreadState *ts, PtFrame *root)
{
    PtWrite *taken = NULL, **link = &pt_noted, *next;
    if (pt_noted == NULL) {
        return NULL;
    }
    int depth = 0;
    for (PtFrame *f = pt_current(ts); f != root; f = f->previous) {
        depth++;
    }
    while (*link != NULL) {
        PtWrite *w = *link;
        int i = depth;
        PtFrame *f = pt_current(ts);
        while (f != w->frame && f != root) {
            f = f->previous;
            i--;
        }
        if (f == w->frame) {
            *link = w->next;
            w->index = i;
            w->next = taken;
            taken = w;
        }
        else {
            link = &w->next;
        }
    }
    if (pt_called_out == 0) {    /* what is left is about frames that were never ours */
        while (pt_noted != NULL) {
            next = pt_noted->next;
            forget(pt_noted);
            pt_noted = next;
        }
    }
    return taken;
}

#else

void
pt_forget_notes(PtFrame *f)
{
}

void
pt_hook_locals(int on)
{
}

PtWrite *
pt_take_writes(PyThreadState *ts, PtFrame *root)
{
    return NULL;
}

#endif
