/* What recorded traces call: the generic meanings of operations that have no C-API function of the right shape, and the
   shape questions that the recorder asks of an object.  Functions that native code calls return a new reference or
   NULL with an exception set, or an int that is negative with an exception set. */

#include "compat.h"
#include "internal/pycore_dict.h"
#include "internal/pycore_object.h"
#include "bridge.h"
#include "native.h"
#include "runtime.h"

static PyObject *exhausted;

/* ---- calls ---- */

static PyObject *
pt_callv(PyObject *fn, PyObject **args, int64_t n)
{
    return PyObject_Vectorcall(fn, args, (size_t)n, NULL);
}

/* args: the tuple of keywords, the positional values, then the keywords' values. */
static PyObject *
pt_callkw(PyObject *fn, PyObject **args, int64_t n)
{
    PyObject *names = args[0];
    return PyObject_Vectorcall(fn, args + 1, (size_t)(n - 1 - PyTuple_GET_SIZE(names)), names);
}

static PyObject *
pt_call_ex(PyObject *fn, PyObject *args, PyObject *kwargs)
{
    return PyObject_Call(fn, args, kwargs);
}

/* Takes references out of an array, whose owner goes on to drop what is in it. */
static void
drop_all(PyObject **args, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        PyObject *o = args[i];
        args[i] = Py_None;
        Py_DECREF(o);
    }
}

#if PT_312

/* A function's arguments are dropped when its frame has its own references to them, and before it runs: a function for evaluating frames
   stands in the interpreter's place until then. */
static struct {
    _PyFrameEvalFunction other;
    PyObject **args;
    size_t n;
} given;

static PyObject *
eval_given(PyThreadState *ts, PtFrame *f, int throwing)
{
    _PyFrameEvalFunction other = ts->interp->eval_frame = given.other;
    PyObject **args = given.args;
    given.args = NULL;
    drop_all(args, given.n);
    return (other ? other : _PyEval_EvalFrameDefault)(ts, f, throwing);
}

static PyObject *
call_frame(PyObject *fn, PyObject **args, size_t n, PyObject *names, size_t all)
{
    PyThreadState *ts = PyThreadState_GET();
    given.other = ts->interp->eval_frame;
    given.args = args;
    given.n = all;
    ts->interp->eval_frame = eval_given;
    PyObject *r = pt_plain_vectorcall()(fn, args, n, names);
    if (given.args != NULL) { /* there was no frame: the arguments were wrong */
        ts->interp->eval_frame = given.other;
        given.args = NULL;
        PyObject *exc = PyErr_GetRaisedException();
        size_t room = ((PyCodeObject *)((PyFunctionObject *)fn)->func_code)->co_argcount;
        if (room < all) { /* CPython lets go of those first that are too many */
            drop_all(args + room, all - room);
        }
        drop_all(args, room < all ? room : all);
        PyErr_SetRaisedException(exc);
    }
    return r;
}

#else

static PyObject *
call_frame(PyObject *fn, PyObject **args, size_t n, PyObject *names, size_t all)
{
    PyThreadState *ts = PyThreadState_GET();
    PyFunctionObject *f = (PyFunctionObject *)Py_NewRef(fn);
    PyObject *locals = ((PyCodeObject *)f->func_code)->co_flags & CO_OPTIMIZED ? NULL : Py_NewRef(f->func_globals);
    PtFrame *frame = _PyEvalFramePushAndInit(ts, f, locals, args, n, names);
    for (size_t i = 0; i < all; i++) {
        args[i] = Py_None;
    }
    return frame ? _PyEval_EvalFrame(ts, frame, 0) : NULL;
}

#endif

/* The arguments' references go over to the function's frame. */
PyObject *
pt_call_frame(PyObject *fn, PyObject **args, size_t n, PyObject *names)
{
    return call_frame(fn, args, n, names, n + (names ? (size_t)PyTuple_GET_SIZE(names) : 0));
}

/* A call as the interpreter makes it: a Python function takes the arguments over, anybody else borrows them. */
PyObject *
pt_call_giving(PyObject *fn, PyObject **args, size_t n, PyObject *names)
{
    if (PyFunction_Check(fn) && pt_is_plain_function((PyFunctionObject *)fn)) {
        return pt_call_function((PyFunctionObject *)fn, args, n, names);
    }
    PyObject *r = PyObject_Vectorcall(fn, args, n, names);
    PyObject *exc = PyErr_GetRaisedException();
    drop_all(args, n + (names ? (size_t)PyTuple_GET_SIZE(names) : 0));
    PyErr_SetRaisedException(exc);
    return r;
}

/* pt_callv and pt_callkw for Python functions: the arguments are given away. */
static PyObject *
pt_givev(PyObject *fn, PyObject **args, int64_t n)
{
    return pt_call_giving(fn, args, (size_t)n, NULL);
}

static PyObject *
pt_givekw(PyObject *fn, PyObject **args, int64_t n)
{
    PyObject *names = args[0];
    return pt_call_giving(fn, args + 1, (size_t)(n - 1 - PyTuple_GET_SIZE(names)), names);
}

/* pt_call_ex for Python functions: the tuple and the dict are given away. */
static PyObject *
pt_give_ex(PyObject *fn, PyObject *args, PyObject *kwargs)
{
    if (kwargs == NULL && PyFunction_Check(fn)) {
        size_t n = (size_t)PyTuple_GET_SIZE(args);
        PyObject *few[16], **items = n <= 16 ? few : PyMem_New(PyObject *, n);
        if (items != NULL) {
            for (size_t i = 0; i < n; i++) {
                items[i] = Py_NewRef(PyTuple_GET_ITEM(args, i));
            }
            Py_DECREF(args);
            PyObject *r = pt_call_giving(fn, items, n, NULL);
            if (items != few) {
                PyMem_Free(items);
            }
            return r;
        }
    }
    PyObject *r = PyObject_Call(fn, args, kwargs);
    PyObject *exc = PyErr_GetRaisedException();
    Py_DECREF(args);
    Py_XDECREF(kwargs);
    PyErr_SetRaisedException(exc);
    return r;
}

/* ---- functions ---- */

static PyObject *
pt_new_function(PyObject *code, PyObject *globals)
{
    return PyFunction_New(code, globals);
}

/* flag: as SET_FUNCTION_ATTRIBUTE's argument. */
static int64_t
pt_set_function_attribute(PyObject *func, PyObject *value, int64_t flag)
{
    switch (flag) {
    case 1:
        return PyFunction_SetDefaults(func, value);
    case 2:
        return PyFunction_SetKwDefaults(func, value);
    case 4:
        Py_XSETREF(((PyFunctionObject *)func)->func_annotations, Py_NewRef(value));
        return 0;
    case 8:
        return PyFunction_SetClosure(func, value);
    default:
        PyErr_SetString(PyExc_SystemError, "unknown function attribute");
        return -1;
    }
}

/* ---- containers ---- */

static PyObject *
pt_getslice(PyObject *c, PyObject *a, PyObject *b)
{
    PyObject *s = PySlice_New(a, b, NULL);
    if (s == NULL) {
        return NULL;
    }
    PyObject *r = PyObject_GetItem(c, s);
    Py_DECREF(s);
    return r;
}

static int64_t
pt_setslice(PyObject *c, PyObject *a, PyObject *b, PyObject *v)
{
    PyObject *s = PySlice_New(a, b, NULL);
    if (s == NULL) {
        return -1;
    }
    int r = PyObject_SetItem(c, s, v);
    Py_DECREF(s);
    return r;
}

/* `count` is n: native code passes one plain operand before an array. */

static PyObject *
pt_build_map(int64_t count, PyObject **args, int64_t n)
{
    PyObject *d = PyDict_New();
    for (int64_t i = 0; d != NULL && i < n; i += 2) {
        if (PyDict_SetItem(d, args[i], args[i + 1]) < 0) {
            Py_CLEAR(d);
        }
    }
    return d;
}

static PyObject *
pt_build_set(int64_t count, PyObject **args, int64_t n)
{
    PyObject *s = PySet_New(NULL);
    for (int64_t i = 0; s != NULL && i < n; i++) {
        if (PySet_Add(s, args[i]) < 0) {
            Py_CLEAR(s);
        }
    }
    return s;
}

static PyObject *
pt_build_string(int64_t count, PyObject **args, int64_t n)
{
    PyObject *items = PyTuple_New((Py_ssize_t)n);
    if (items == NULL) {
        return NULL;
    }
    for (int64_t i = 0; i < n; i++) {
        PyTuple_SET_ITEM(items, i, Py_NewRef(args[i]));
    }
    PyObject *empty = PyUnicode_New(0, 0);
    PyObject *r = empty == NULL ? NULL : PyUnicode_Join(empty, items);
    Py_XDECREF(empty);
    Py_DECREF(items);
    return r;
}

static int64_t
pt_list_extend(PyObject *list, PyObject *items)
{
    return PyList_SetSlice(list, PY_SSIZE_T_MAX, PY_SSIZE_T_MAX, items);
}

/* list.pop() of a list that is not empty. */
static PyObject *
pt_list_pop(PyObject *list)
{
    return pt_list_pop_at(list, PyList_GET_SIZE(list) - 1);
}

/* The next item, the `exhausted` object at the end. */
static PyObject *
pt_for_iter(PyObject *it)
{
    PyObject *v = Py_TYPE(it)->tp_iternext(it);
    if (v != NULL) {
        return v;
    }
    if (PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_StopIteration)) {
            return NULL;
        }
        PyErr_Clear();
    }
    return Py_NewRef(exhausted);
}

/* Rich comparison of plain values as a truth value. */
static int64_t
pt_compare(PyObject *a, PyObject *b, int64_t op)
{
    return PyObject_RichCompareBool(a, b, (int)op);
}

/* The same of any objects, as a comparison in a condition asks for it. */
static int64_t
pt_compare_true(PyObject *a, PyObject *b, int64_t op)
{
    PyObject *r = PyObject_RichCompare(a, b, (int)op);
    if (r == Py_True || r == Py_False) {
        Py_DECREF(r);
        return r == Py_True;
    }
    int64_t truth = r ? PyObject_IsTrue(r) : -1;
    Py_XDECREF(r);
    return truth;
}

static PyObject *
compare_true(PyObject *self, PyObject *args)
{
    PyObject *a, *b;
    int op;
    if (!PyArg_ParseTuple(args, "OOi", &a, &b, &op)) {
        return NULL;
    }
    int64_t truth = pt_compare_true(a, b, op);
    return truth < 0 ? NULL : PyBool_FromLong((long)truth);
}

static int64_t
pt_delattr(PyObject *obj, PyObject *name)
{
    return PyObject_SetAttr(obj, name, NULL);
}

static PyObject *
pt_load_global(PyObject *globals, PyObject *builtins, PyObject *name)
{
    PyObject *v = PyDict_GetItemWithError(globals, name);
    if (v == NULL && !PyErr_Occurred()) {
        v = PyDict_GetItemWithError(builtins, name);
    }
    if (v == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_Format(PyExc_NameError, "name '%U' is not defined", name);
            PyObject *exc = PyErr_GetRaisedException();
            Py_XSETREF(((PyNameErrorObject *)exc)->name, Py_NewRef(name));
            PyErr_SetRaisedException(exc);
        }
        return NULL;
    }
    return Py_NewRef(v);
}

/* The value of a name that a trace holds like a local, borrowed; NULL without an exception when it is not there. */
static PyObject *
pt_load_name(void *ctx, PyObject *dict, PyObject *name)
{
    PyObject *v = PyDict_GetItemWithError(dict, name);
    if (v == NULL) {
        PyErr_Clear();
    }
    return v;
}

/* ---- the recorder's questions ---- */

static PyDictKeysObject *
shared_keys(PyTypeObject *t)
{
    if (!(t->tp_flags & Py_TPFLAGS_HEAPTYPE) || !(t->tp_flags & Py_TPFLAGS_MANAGED_DICT)) {
        return NULL;
    }
    return ((PyHeapTypeObject *)t)->ht_cached_keys;
}

/* inline_index(type, name) -> index of the attribute in the instances' inline values, or -1. */
static PyObject *
inline_index(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n != 2 || !PyType_Check(args[0]) || !PyUnicode_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "inline_index(type, name)");
        return NULL;
    }
    PyDictKeysObject *keys = shared_keys((PyTypeObject *)args[0]);
    if (keys != NULL && DK_IS_UNICODE(keys)) {
        PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
        for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
            if (entries[i].me_key == args[1] ||
                (entries[i].me_key != NULL && PyUnicode_Compare(entries[i].me_key, args[1]) == 0)) {
                return PyLong_FromSsize_t(i);
            }
        }
    }
    return PyLong_FromLong(-1);
}

/* The inline values of an instance, NULL when it keeps its attributes in a dict of its own. */
static PyObject **
inline_values(PyObject *obj)
{
    PyTypeObject *t = Py_TYPE(obj);
    if (!(t->tp_flags & Py_TPFLAGS_MANAGED_DICT)) {
        return NULL;
    }
#if PY_VERSION_HEX >= 0x030d0000
    if (!(t->tp_flags & Py_TPFLAGS_INLINE_VALUES)) {
        return NULL;
    }
    PyDictValues *values = _PyObject_InlineValues(obj);
    return values->valid ? values->values : NULL;
#else
    PyDictOrValues dorv = *_PyObject_DictOrValuesPointer(obj);
    return _PyDictOrValues_IsValues(dorv) ? _PyDictOrValues_GetValues(dorv)->values : NULL;
#endif
}

static PyObject *
has_inline_values(PyObject *self, PyObject *obj)
{
    return PyBool_FromLong(inline_values(obj) != NULL);
}

/* inline_has(obj, index) -> whether the attribute is there. */
static PyObject *
inline_has(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    PyObject **values = n == 2 ? inline_values(args[0]) : NULL;
    if (values == NULL) {
        PyErr_SetString(PyExc_TypeError, "inline_has(instance with inline values, index)");
        return NULL;
    }
    Py_ssize_t i = PyLong_AsSsize_t(args[1]);
    PyDictKeysObject *keys = shared_keys(Py_TYPE(args[0]));
    if (keys == NULL || i < 0 || i >= keys->dk_nentries) {
        Py_RETURN_FALSE;
    }
    return PyBool_FromLong(values[i] != NULL);
}

/* keys_nentries(type) -> (address of the number of names that the instances' shared keys hold, that number). */
static PyObject *
keys_nentries(PyObject *self, PyObject *type)
{
    PyDictKeysObject *keys = PyType_Check(type) ? shared_keys((PyTypeObject *)type) : NULL;
    if (keys == NULL) {
        PyErr_SetString(PyExc_TypeError, "keys_nentries(type with shared keys)");
        return NULL;
    }
    return Py_BuildValue("(Ln)", (long long)(intptr_t)&keys->dk_nentries, keys->dk_nentries);
}

/* Is a function called by running its code, or did C code give it another vectorcall (PyFunction_SetVectorcall)? */
static PyObject *
plain_function(PyObject *self, PyObject *func)
{
    return PyBool_FromLong(PyFunction_Check(func) && pt_is_plain_function((PyFunctionObject *)func));
}

/* slot_offset(descriptor) -> offset in bytes of a __slots__ member that holds an object, or -1. */
static PyObject *
slot_offset(PyObject *self, PyObject *descr)
{
    if (Py_IS_TYPE(descr, &PyMemberDescr_Type)) {
        PyMemberDef *d = ((PyMemberDescrObject *)descr)->d_member;
        if (d->type == Py_T_OBJECT_EX && !(d->flags & Py_READONLY)) {
            return PyLong_FromSsize_t(d->offset);
        }
    }
    return PyLong_FromLong(-1);
}

/* class_dict(type) -> the dict itself in which a class that is no static type keeps its attributes; it is for watching. */
static PyObject *
class_dict(PyObject *self, PyObject *type)
{
    if (!PyType_Check(type) || !PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HEAPTYPE) || ((PyTypeObject *)type)->tp_dict == NULL) {
        PyErr_SetString(PyExc_TypeError, "class_dict(type)");
        return NULL;
    }
    return Py_NewRef(((PyTypeObject *)type)->tp_dict);
}

/* generic_attributes(type) -> (reads, writes): whether the type's instances use CPython's default attribute access. */
static PyObject *
generic_attributes(PyObject *self, PyObject *type)
{
    if (!PyType_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "generic_attributes(type)");
        return NULL;
    }
    PyTypeObject *t = (PyTypeObject *)type;
    return Py_BuildValue("(OO)", t->tp_getattro == PyObject_GenericGetAttr ? Py_True : Py_False,
                         t->tp_setattro == PyObject_GenericSetAttr ? Py_True : Py_False);
}

/* enumerate's struct (Objects/enumobject.c), the same on 3.12 and 3.13. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t en_index;
    PyObject *en_sit, *en_result, *en_longindex;
} EnumObject;

/* enumerate_skip(e): counts one item that was taken from the inner iterator. */
static PyObject *
enumerate_skip(PyObject *self, PyObject *e)
{
    if (!Py_IS_TYPE(e, &PyEnum_Type)) {
        PyErr_SetString(PyExc_TypeError, "enumerate_skip(enumerate)");
        return NULL;
    }
    ((EnumObject *)e)->en_index++;
    Py_RETURN_NONE;
}

static PyObject *
new_function(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n != 2 || !PyCode_Check(args[0]) || !PyDict_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "new_function(code, globals)");
        return NULL;
    }
    return pt_new_function(args[0], args[1]);
}

static PyObject *
set_function_attribute(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n != 3 || !PyFunction_Check(args[0]) || !PyLong_Check(args[2])) {
        PyErr_SetString(PyExc_TypeError, "set_function_attribute(function, value, flag)");
        return NULL;
    }
    if (pt_set_function_attribute(args[0], args[1], PyLong_AsLong(args[2])) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

PyMethodDef pt_runtime_methods[] = {
    {"class_dict", class_dict, METH_O, "class_dict(type) -> the dict of its attributes"},
    {"generic_attributes", generic_attributes, METH_O, "generic_attributes(type) -> (reads, writes)"},
    {"enumerate_skip", enumerate_skip, METH_O, "enumerate_skip(e): count one item"},
    {"new_function", (PyCFunction)(void (*)(void))new_function, METH_FASTCALL, "new_function(code, globals) -> function"},
    {"set_function_attribute", (PyCFunction)(void (*)(void))set_function_attribute, METH_FASTCALL, "set_function_attribute(function, value, flag)"},
    {"inline_index", (PyCFunction)(void (*)(void))inline_index, METH_FASTCALL, "inline_index(type, name) -> int, -1: not there"},
    {"inline_has", (PyCFunction)(void (*)(void))inline_has, METH_FASTCALL, "inline_has(obj, index) -> bool"},
    {"has_inline_values", has_inline_values, METH_O, "has_inline_values(obj) -> bool"},
    {"keys_nentries", keys_nentries, METH_O, "keys_nentries(type) -> (address, count)"},
    {"plain_function", plain_function, METH_O, "plain_function(function): is it called by running its code?"},
    {"method_def", pt_py_method_def, METH_O, "method_def(x) -> address of the PyMethodDef of a builtin function or method descriptor"},
    {"quiet_slice", pt_py_quiet_slice, METH_VARARGS, "quiet_slice(list, low, high): does replacing these items run no Python code?"},
    {"check_random", pt_check_random, METH_O, "check_random(_random.Random): can pt_random() stand for its method?"},
    {"compare_true", compare_true, METH_VARARGS, "compare_true(a, b, operator's number): the truth of what the comparison gives"},
    {"slot_offset", slot_offset, METH_O, "slot_offset(member descriptor) -> offset or -1"},
    {NULL},
};

static const struct {
    const char *name;
    void *address;
} symbols[] = {
#define S(f) {#f, (void *)f}
    {"pt_ascii_chars", (void *)&_Py_SINGLETON(strings).ascii[0]}, {"pt_small_ints", (void *)&_PyLong_SMALL_INTS[0]}, S(pt_ascii_char), S(pt_str_eq), S(pt_list_slice), S(pt_list_stepped), S(pt_list_pop_at), S(pt_quiet_slice), S(pt_list_setslice), S(pt_random), S(pt_callv), S(pt_callkw), S(pt_call_ex), S(pt_givev), S(pt_givekw), S(pt_give_ex), S(pt_getslice), S(pt_setslice), S(pt_build_map), S(pt_build_set),
#if PY_VERSION_HEX >= 0x030d0000
    {"reference_tracer", &_PyRuntime.ref_tracer.tracer_func},
#endif
    S(pt_build_string), S(pt_list_extend), S(pt_list_pop), S(pt_for_iter), S(pt_compare), S(pt_compare_true), S(pt_delattr), S(pt_load_global), S(pt_load_name), S(pt_new_function), S(pt_set_function_attribute),
#undef S
};

/* Adds the addresses of this file's functions to `dict`; -1 with an exception on failure. */
int
pt_add_runtime_symbols(PyObject *dict)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(symbols); i++) {
        PyObject *v = PyLong_FromVoidPtr(symbols[i].address);
        if (v == NULL || PyDict_SetItemString(dict, symbols[i].name, v) < 0) {
            Py_XDECREF(v);
            return -1;
        }
        Py_DECREF(v);
    }
    return 0;
}

/* Adds this file's functions and objects to the module. */
int
pt_runtime_init(PyObject *module)
{
    pt_boxes_init();
    PyObject *type = PyType_FromSpec(&(PyType_Spec){
        "pytrace.interp._bridge.exhausted", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, (PyType_Slot[]){{0, NULL}}});
    if (type == NULL) {
        return -1;
    }
    exhausted = PyType_GenericAlloc((PyTypeObject *)type, 0);
    Py_DECREF(type);
    if (exhausted == NULL || PyModule_AddObjectRef(module, "EXHAUSTED", exhausted) < 0) {
        return -1;
    }
    return PyModule_AddFunctions(module, pt_runtime_methods);
}
