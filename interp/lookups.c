/* Looking for a plain value (an exact int, str, bytes, None or bool) in a list, a tuple or a dict, without ever running Python code.

   What has to be compared with it may be an object of a class that answers comparisons itself; then the question is given back
   (UNKNOWN) before anybody was asked. Otherwise the answers are CPython's: identity first, then equality. Dicts are probed as
   dictobject.c does it. */
#include "bridge.h"
#include "internal/pycore_dict.h"
#include "runtime.h"

enum { UNKNOWN = 2 };

static inline int
is_plain(PyObject *o)
{
    PyTypeObject *t = Py_TYPE(o);
    return t == &PyLong_Type || t == &PyUnicode_Type || t == &PyFloat_Type || t == &PyBool_Type || t == &PyBytes_Type || o == Py_None;
}

/* 1: equal, 0: not, UNKNOWN. Neither of the two can raise an error when they are compared; bytes and str would warn under -b. */
static inline int
same(PyObject *a, PyObject *x)
{
    if (a == x) {
        return 1;
    }
    if (!is_plain(a)) {
        return UNKNOWN;
    }
    PyTypeObject *t = Py_TYPE(a), *u = Py_TYPE(x);
    if (t != u && (t == &PyUnicode_Type || u == &PyUnicode_Type || t == &PyBytes_Type || u == &PyBytes_Type || a == Py_None || x == Py_None)) {
        return (t == &PyBytes_Type || u == &PyBytes_Type) ? UNKNOWN : 0;
    }
    int r = PyObject_RichCompareBool(a, x, Py_EQ);
    if (r < 0) {
        PyErr_Clear();
        return UNKNOWN;
    }
    return r;
}

static int
in_items(PyObject **items, Py_ssize_t n, PyObject *x)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        int r = same(items[i], x);
        if (r) {
            return r;
        }
    }
    return 0;
}

static inline Py_ssize_t
index_at(PyDictKeysObject *keys, size_t i)
{
    int log2 = keys->dk_log2_size;
    return log2 < 8    ? ((const int8_t *)keys->dk_indices)[i]
           : log2 < 16 ? ((const int16_t *)keys->dk_indices)[i]
           : log2 < 32 ? ((const int32_t *)keys->dk_indices)[i]
                       : ((const int64_t *)keys->dk_indices)[i];
}

/* The place of the value, or NULL; *known is 0 where the question is given back. */
static PyObject **
find(PyDictObject *d, PyObject *x, int *known)
{
    *known = 1;
    Py_hash_t hash = PyUnicode_CheckExact(x) ? ((PyASCIIObject *)x)->hash : -1;
    if (hash == -1 && (hash = PyObject_Hash(x)) == -1) {
        PyErr_Clear();
        *known = 0;
        return NULL;
    }
    PyDictKeysObject *keys = d->ma_keys;
    int strings = DK_IS_UNICODE(keys);
    if (strings && !PyUnicode_CheckExact(x)) {
        return NULL;
    }
    size_t mask = (size_t)DK_SIZE(keys) - 1, perturb = (size_t)hash, i = (size_t)hash & mask;
    for (;;) {
        Py_ssize_t k = index_at(keys, i);
        if (k == DKIX_EMPTY) {
            return NULL;
        }
        if (k >= 0) {
            PyObject *key = strings ? DK_UNICODE_ENTRIES(keys)[k].me_key : DK_ENTRIES(keys)[k].me_key;
            int r = key == x;
            if (!r && (strings ? ((PyASCIIObject *)key)->hash : DK_ENTRIES(keys)[k].me_hash) == hash) {
                r = same(key, x);
            }
            if (r == UNKNOWN) {
                *known = 0;
                return NULL;
            }
            if (r) {
                return d->ma_values ? &d->ma_values->values[k] : strings ? &DK_UNICODE_ENTRIES(keys)[k].me_value : &DK_ENTRIES(keys)[k].me_value;
            }
        }
        perturb >>= 5;
        i = (i * 5 + perturb + 1) & mask;
    }
}

/* Whether x is in a list, tuple or dict: 1, 0 or UNKNOWN. */
int64_t
pt_contains(PyObject *c, PyObject *x)
{
    if (PyDict_CheckExact(c)) {
        int known;
        PyObject **p = find((PyDictObject *)c, x, &known);
        return known ? p != NULL && *p != NULL : UNKNOWN;
    }
    if (PyList_CheckExact(c)) {
        return in_items(((PyListObject *)c)->ob_item, Py_SIZE(c), x);
    }
    return in_items(((PyTupleObject *)c)->ob_item, Py_SIZE(c), x);
}

/* What a dict has under a plain key, borrowed; NULL, without an exception, where it has nothing or the question is given back. */
PyObject *
pt_lookup(PyObject *d, PyObject *x)
{
    int known;
    PyObject **p = find((PyDictObject *)d, x, &known);
    return p ? *p : NULL;
}

/* Of an array.array only its type and this much of its fields are known here (Modules/arraymodule.c keeps them to itself). */
typedef struct {
    PyObject_VAR_HEAD
    char *ob_item;
    Py_ssize_t allocated;
    const struct {
        char typecode;
        int itemsize;
    } *ob_descr;
} Array;

/* array_kind(x) -> (address of what describes the items, typecode) of an exact array.array, else None */
PyObject *
pt_py_array_kind(PyObject *self, PyObject *x)
{
    PyTypeObject *t = Py_TYPE(x);
    if (!(t->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) || strcmp(t->tp_name, "array.array") != 0 || t->tp_basicsize < (Py_ssize_t)sizeof(Array)) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("KC", (unsigned long long)(uintptr_t)((Array *)x)->ob_descr, ((Array *)x)->ob_descr->typecode);
}

/* Whether a plain value is in a set: 1, 0 or UNKNOWN. As setobject.c probes it. */
static int
in_set(PySetObject *s, PyObject *x, Py_hash_t hash)
{
    enum { LINEAR_PROBES = 9, PERTURB_SHIFT = 5 };
    size_t mask = (size_t)s->mask, perturb = (size_t)hash, i = (size_t)hash & mask;
    for (;;) {
        setentry *entry = &s->table[i];
        int probes = i + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
        do {
            if (entry->hash == 0 && entry->key == NULL) {
                return 0;
            }
            if (entry->hash == hash) {
                int r = same(entry->key, x);
                if (r) {
                    return r;
                }
            }
            entry++;
        } while (probes--);
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

/* Adds a plain value to a set (1), or does nothing (0), because something there would answer comparisons itself. */
int64_t
pt_set_add(PyObject *s, PyObject *x)
{
    Py_hash_t hash = PyObject_Hash(x);
    int r = hash == -1 ? UNKNOWN : in_set((PySetObject *)s, x, hash);
    if (r == 0 && PySet_Add(s, x) < 0) {
        r = UNKNOWN;
    }
    if (r == UNKNOWN) {
        PyErr_Clear();
        return 0;
    }
    return 1;
}

/* can_add(set, x): whether pt_set_add would. */
PyObject *
pt_py_can_add(PyObject *self, PyObject *args)
{
    PyObject *s, *x;
    if (!PyArg_ParseTuple(args, "O!O:can_add", &PySet_Type, &s, &x)) {
        return NULL;
    }
    Py_hash_t hash = is_plain(x) ? PyObject_Hash(x) : -1;
    if (hash == -1) {
        PyErr_Clear();
        Py_RETURN_FALSE;
    }
    return PyBool_FromLong(in_set((PySetObject *)s, x, hash) != UNKNOWN);
}

/* contains(container, x) -> 1, 0, or 2 where that cannot be told */
PyObject *
pt_py_contains(PyObject *self, PyObject *args)
{
    PyObject *c, *x;
    if (!PyArg_ParseTuple(args, "OO:contains", &c, &x)) {
        return NULL;
    }
    int known = (PyDict_CheckExact(c) || PyList_CheckExact(c) || PyTuple_CheckExact(c)) && is_plain(x);
    return PyLong_FromLongLong(known ? pt_contains(c, x) : UNKNOWN);
}
