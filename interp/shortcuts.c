/* What C functions of CPython do, without the objects around it: called by native code whose guards have established the types.
   Each follows its original to the bit. */
#include "bridge.h"
#include "internal/pycore_global_strings.h"
#include "internal/pycore_runtime.h"
#include "runtime.h"

/* ---- strings ---- */

/* s[i] of a compact ASCII string, 0 <= i < len(s); borrowed, immortal. */
PyObject *
pt_ascii_char(PyObject *s, int64_t i)
{
    return (PyObject *)&_Py_SINGLETON(strings).ascii[PyUnicode_1BYTE_DATA(s)[i]];
}

/* Exact strings. */
int64_t
pt_str_eq(PyObject *a, PyObject *b)
{
    if (a == b) {
        return 1;
    }
    Py_ssize_t n = PyUnicode_GET_LENGTH(a);
    int kind = PyUnicode_KIND(a);
    if (n != PyUnicode_GET_LENGTH(b) || kind != (int)PyUnicode_KIND(b)) {
        return 0;
    }
    if (n == 1 && kind == PyUnicode_1BYTE_KIND) {
        return *PyUnicode_1BYTE_DATA(a) == *PyUnicode_1BYTE_DATA(b);
    }
    return memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), (size_t)n * kind) == 0;
}

/* ---- lists ---- */

/* list[low:high] with a slice's treatment of bounds. */
PyObject *
pt_list_slice(PyObject *list, int64_t low, int64_t high)
{
    Py_ssize_t start = low, stop = high;
    PySlice_AdjustIndices(PyList_GET_SIZE(list), &start, &stop, 1);
    return PyList_GetSlice(list, start, stop);
}

/* list[start:stop:step], with the bounds that stand for those left out; step is not 0. */
PyObject *
pt_list_stepped(PyObject *list, int64_t start, int64_t stop, int64_t step)
{
    Py_ssize_t low = start, high = stop, by = step < -PY_SSIZE_T_MAX ? -PY_SSIZE_T_MAX : step;
    Py_ssize_t n = PySlice_AdjustIndices(PyList_GET_SIZE(list), &low, &high, by);
    PyObject *r = PyList_New(n);
    if (r != NULL) {
        PyObject **from = ((PyListObject *)list)->ob_item, **to = ((PyListObject *)r)->ob_item;
        for (Py_ssize_t i = 0; i < n; i++) {
            to[i] = Py_NewRef(from[low + i * by]);
        }
    }
    return r;
}

/* list.pop(i), 0 <= i < len(list) */
PyObject *
pt_list_pop_at(PyObject *list, int64_t i)
{
    PyListObject *l = (PyListObject *)list;
    Py_ssize_t n = Py_SIZE(l) - 1;
    PyObject **items = l->ob_item, *v = items[i];
    if (n > 0 && n >= l->allocated >> 1) {  /* the memory stays what it is */
        memmove(items + i, items + i + 1, (n - i) * sizeof(PyObject *));
        Py_SET_SIZE(l, n);
        return v;
    }
    Py_INCREF(v);
    if (PyList_SetSlice(list, i, i + 1, NULL) < 0) {
        Py_CLEAR(v);
    }
    return v;
}

/* Does giving up list[low:high] run no Python code? Items of plain types, and containers of nothing else. */
int64_t
pt_quiet_slice(PyObject *list, int64_t low, int64_t high)
{
    Py_ssize_t start = low, stop = high;
    PySlice_AdjustIndices(PyList_GET_SIZE(list), &start, &stop, 1);
    for (; start < stop; start++) {
        PyObject *o = PyList_GET_ITEM(list, start);
        PyTypeObject *t = Py_TYPE(o);
        if (t != &PyLong_Type && t != &PyFloat_Type && t != &PyUnicode_Type && t != &PyBytes_Type && !_Py_IsImmortal(o)) {
            return 0;
        }
    }
    return 1;
}

/* list[low:high] = value, an exact list or tuple. */
int64_t
pt_list_setslice(PyObject *list, int64_t low, int64_t high, PyObject *value)
{
    Py_ssize_t start = low, stop = high;
    PySlice_AdjustIndices(PyList_GET_SIZE(list), &start, &stop, 1);
    return PyList_SetSlice(list, start, Py_MAX(start, stop), value);
}

/* method_def(builtin function or method descriptor) -> the address of what the two have in common */
PyObject *
pt_py_method_def(PyObject *self, PyObject *x)
{
    void *def = PyCFunction_Check(x) ? ((PyCFunctionObject *)x)->m_ml : Py_IS_TYPE(x, &PyMethodDescr_Type) ? ((PyMethodDescrObject *)x)->d_method : NULL;
    return PyLong_FromVoidPtr(def);
}

PyObject *
pt_py_quiet_slice(PyObject *self, PyObject *args)
{
    PyObject *list;
    long long low, high;
    if (!PyArg_ParseTuple(args, "O!LL", &PyList_Type, &list, &low, &high)) {
        return NULL;
    }
    return PyBool_FromLong(pt_quiet_slice(list, low, high));
}

/* ---- random numbers: _randommodule.c, after Matsumoto and Nishimura's mt19937ar.c ---- */

enum { N = 624, M = 397 };

typedef struct {
    PyObject_HEAD
    int index;
    uint32_t state[N];
} Mersenne;

static void __attribute__((noinline))
next_block(Mersenne *r)
{
    uint32_t *mt = r->state;
    for (int k = 0; k < N; k++) {
        uint32_t y = (mt[k] & 0x80000000U) | (mt[(k + 1) % N] & 0x7fffffffU);
        mt[k] = mt[(k + M) % N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfU : 0);
    }
    r->index = 0;
}

static inline uint32_t
next_word(Mersenne *r)
{
    if (r->index >= N) {
        next_block(r);
    }
    uint32_t y = r->state[r->index++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
}

/* random() of an instance of _random.Random. */
double
pt_random(PyObject *self)
{
    Mersenne *r = (Mersenne *)self;
    uint32_t a = next_word(r) >> 5, b = next_word(r) >> 6;
    return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0);
}

/* Does pt_random() do what the type's own method does, on this CPython? `type` is _random.Random. */
PyObject *
pt_check_random(PyObject *self, PyObject *type)
{
    if (((PyTypeObject *)type)->tp_basicsize != (Py_ssize_t)sizeof(Mersenne)) {
        Py_RETURN_FALSE;
    }
    PyObject *a = PyObject_CallFunction(type, "i", 20240229), *b = PyObject_CallFunction(type, "i", 20240229);
    int same = a != NULL && b != NULL;
    for (int i = 0; same && i < 3 * N; i++) {
        PyObject *x = PyObject_CallMethod(a, "random", NULL);
        same = x != NULL && PyFloat_CheckExact(x) && PyFloat_AS_DOUBLE(x) == pt_random(b);
        Py_XDECREF(x);
    }
    Py_XDECREF(a);
    Py_XDECREF(b);
    return PyErr_Occurred() ? NULL : PyBool_FromLong(same);
}
