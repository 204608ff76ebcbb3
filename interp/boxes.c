/* Number objects: made, read, overwritten and given up on behalf of native code.

   Loops over unboxed numbers still make number objects for whatever leaves the trace, and most of these die young. CPython finds the memory for each
   through the thread state (a call into the dynamic linker from a shared library), pymalloc and back. Here a dead int or
   float is kept on a list of blocks of our own, from which the next one of either kind is made. All of them are of
   pymalloc's size class of 32 bytes: a float has 24, an int of up to two digits (60 bits) has 28 or 32. So any block may go back to
   CPython at any time, by any of its own ways. Where the allocator is not pymalloc (PYTHONMALLOC), sizes are not
   known, and the list stays empty. */
#include "bridge.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_long.h"
#include "internal/pycore_object.h"
#include "internal/pycore_pymem.h"
#include "internal/pycore_runtime.h"
#include "runtime.h"

enum { BLOCK = 32, KEPT = 2048 };

/* Native code takes blocks by itself (codegen/objects.py). */
struct PtBlocks {
    void *first; /* linked through the first word */
    int64_t room; /* how many more may be kept */
} pt_blocks;

static int pymalloc; /* objects come in blocks of a known size */
struct pool_header **pt_pools; /* pymalloc's usedpools, where there is one interpreter's to speak of */

#if PY_VERSION_HEX >= 0x030d0000
#define PT_USED_POOLS(interp) ((interp)->obmalloc->pools.used)
#else
#define PT_USED_POOLS(interp) ((interp)->obmalloc.pools.used)
#endif

void
pt_boxes_init(void)
{
    const char *name = _PyMem_GetCurrentAllocatorName();
    pymalloc = name != NULL && strcmp(name, "pymalloc") == 0;
    pt_blocks.room = pymalloc ? KEPT : 0;
    pt_pools = pymalloc ? PT_USED_POOLS(PyInterpreterState_Get()) : NULL;
}

/* Gives everything back that is kept. */
void
pt_boxes_clear(void)
{
    pt_blocks.room = 0;
    while (pt_blocks.first != NULL) {
        void *block = pt_blocks.first;
        pt_blocks.first = *(void **)block;
        PyObject_Free(block);
    }
}

static inline void *
take(PyTypeObject *type)
{
    PyObject *o = pt_blocks.first;
    if (o != NULL) {
        pt_blocks.first = *(void **)o;
        pt_blocks.room++;
    }
    else if ((o = pt_next_in_pool(BLOCK)) == NULL) {
        return NULL;
    }
    o->ob_refcnt = 1;
    o->ob_type = type;
    return o;
}

static inline void
give(PyObject *o)
{
    *(void **)o = pt_blocks.first;
    pt_blocks.first = o;
    pt_blocks.room--;
}

static inline int
digits_of(PyObject *o)
{
    return (int)Py_MIN(((PyLongObject *)o)->long_value.lv_tag >> _PyLong_NON_SIZE_BITS, 3);
}

static inline int
is_small(int64_t v)
{
    return v >= -_PY_NSMALLNEGINTS && v < _PY_NSMALLPOSINTS;
}

static inline PyObject *
small(int64_t v)
{
    return (PyObject *)&_PyLong_SMALL_INTS[_PY_NSMALLNEGINTS + v];
}

/* The digits and the tag of an int of at most 60 bits that is not 0. */
static inline void
set_int(PyLongObject *o, int64_t v)
{
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    int wide = u >> PyLong_SHIFT != 0;
    o->long_value.lv_tag = ((uint64_t)(1 + wide) << _PyLong_NON_SIZE_BITS) | (v < 0 ? 2 : 0);
    o->long_value.ob_digit[0] = (digit)(u & PyLong_MASK);
    if (wide) {
        o->long_value.ob_digit[1] = (digit)(u >> PyLong_SHIFT);
    }
}

static inline int
fits(int64_t v)
{
    return v > -((int64_t)1 << 2 * PyLong_SHIFT) && v < (int64_t)1 << 2 * PyLong_SHIFT;
}

PyObject *
pt_box_int(int64_t v)
{
    if (is_small(v)) {
        return small(v);
    }
    if (fits(v)) {
        PyLongObject *o = take(&PyLong_Type);
        if (o != NULL) {
            set_int(o, v);
            return (PyObject *)o;
        }
    }
    return PyLong_FromLongLong(v);
}

PyObject *
pt_box_float(double v)
{
    PyFloatObject *o = take(&PyFloat_Type);
    if (o == NULL) {
        return PyFloat_FromDouble(v);
    }
    o->ob_fval = v;
    return (PyObject *)o;
}

/* For an object without references, of a type whose deallocation runs no Python code. */
void
pt_free(PyObject *o)
{
    if (pt_blocks.room > 0 && (Py_IS_TYPE(o, &PyFloat_Type) || (Py_IS_TYPE(o, &PyLong_Type) && digits_of(o) <= 2))) {
        give(o);
    }
    else {
        _Py_Dealloc(o);
    }
}

/* Gives up n objects, the last one first; numbers come back to us, `other` frees what else has no references left. */
void
pt_drop_all(PyObject **items, Py_ssize_t n, void (*other)(PyObject *))
{
    while (--n >= 0) {
        PyObject *o = items[n];
        if (o == NULL || _Py_IsImmortal(o) || --o->ob_refcnt > 0) {
            continue;
        }
        if (pt_blocks.room > 0 && (Py_IS_TYPE(o, &PyFloat_Type) || (Py_IS_TYPE(o, &PyLong_Type) && digits_of(o) <= 2))) {
            give(o);
        }
        else {
            other(o);
        }
    }
}

/* 1 and *out, or 0 if o is not an int (bools are) or has more than 64 bits. No exception is left. */
int
pt_unbox_int(PyObject *o, int64_t *out)
{
    if (!PyLong_Check(o)) {
        return 0;
    }
    PyLongObject *l = (PyLongObject *)o;
    int n = digits_of(o);
    if (n <= 2) {
        int64_t v = n == 0 ? 0 : l->long_value.ob_digit[0];
        if (n == 2) {
            v |= (int64_t)l->long_value.ob_digit[1] << PyLong_SHIFT;
        }
        *out = _PyLong_IsNegative(l) ? -v : v;
        return 1;
    }
    int overflow;
    long long v = PyLong_AsLongLongAndOverflow(o, &overflow);
    if (overflow) {
        return 0;
    }
    *out = v;
    return 1;
}

static void
replace(PyObject **place, PyObject *v)
{
    PyObject *old = *place;
    if (v == NULL) {
        Py_FatalError("pytrace: out of memory for a number");
    }
    *place = v;
    if (!_Py_IsImmortal(old) && --old->ob_refcnt == 0) {
        pt_free(old);
    }
}

/* A number over a number that memory holds: written in place where memory's reference is the only one. */

void
pt_store_float(PyObject **place, double x)
{
    PyObject *old = *place;
    if (PyFloat_CheckExact(old) && Py_REFCNT(old) == 1) {
        ((PyFloatObject *)old)->ob_fval = x;
        return;
    }
    replace(place, pt_box_float(x));
}

/* Whether the value could be written into this object, to which there is one reference. */
int
pt_write_int(PyObject *o, int64_t v)
{
    if (is_small(v) || !fits(v) || !PyLong_CheckExact(o) || Py_REFCNT(o) != 1 || !(pymalloc ? digits_of(o) <= 2 : digits_of(o) == 2)) {
        return 0;
    }
    set_int((PyLongObject *)o, v);
    return 1;
}

void
pt_store_int(PyObject **place, int64_t v)
{
    if (!pt_write_int(*place, v)) {
        replace(place, pt_box_int(v));
    }
}
