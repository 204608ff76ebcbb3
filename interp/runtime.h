/* What runtime.c, boxes.c and shortcuts.c offer to the module. */
#ifndef PT_RUNTIME_H
#define PT_RUNTIME_H
#include "internal/pycore_obmalloc.h"

int pt_add_runtime_symbols(PyObject *dict);
int pt_runtime_init(PyObject *module);
PT_HIDDEN PyObject *pt_call_frame(PyObject *fn, PyObject **args, size_t n, PyObject *names);
PT_HIDDEN PyObject *pt_call_giving(PyObject *fn, PyObject **args, size_t n, PyObject *names);

PyObject *pt_ascii_char(PyObject *s, int64_t i);
int64_t pt_str_eq(PyObject *a, PyObject *b);
PyObject *pt_list_slice(PyObject *list, int64_t low, int64_t high);
int64_t pt_quiet_slice(PyObject *list, int64_t low, int64_t high);
int64_t pt_list_setslice(PyObject *list, int64_t low, int64_t high, PyObject *value);
PyObject *pt_list_stepped(PyObject *list, int64_t start, int64_t stop, int64_t step);
PyObject *pt_list_pop_at(PyObject *list, int64_t i);
PyObject *pt_py_method_def(PyObject *self, PyObject *x);
PyObject *pt_py_quiet_slice(PyObject *self, PyObject *args);
double pt_random(PyObject *self);
PyObject *pt_check_random(PyObject *self, PyObject *type);

PT_HIDDEN extern struct pool_header **pt_pools;

/* A block from the pool that pymalloc is using for this size, where that is a matter of taking the next one; or NULL. */
static inline void *
pt_next_in_pool(size_t size)
{
    if (pt_pools == NULL) {
        return NULL;
    }
    size_t i = (size - 1) >> ALIGNMENT_SHIFT;
    struct pool_header *pool = pt_pools[2 * i];
    if (pool == pool->nextpool) {
        return NULL;
    }
    void *block = pool->freeblock, *next = *(void **)block;
    if (next == NULL) { /* the last one that was given back: behind it comes what was never used */
        if (pool->nextoffset > pool->maxnextoffset) {
            return NULL;
        }
        next = (char *)pool + pool->nextoffset;
        pool->nextoffset += (uint)((i + 1) << ALIGNMENT_SHIFT);
        *(void **)next = NULL;
    }
    pool->ref.count++;
    pool->freeblock = next;
    return block;
}

void pt_boxes_init(void);
void pt_boxes_clear(void);
PyObject *pt_box_int(int64_t v);
PyObject *pt_box_float(double v);
int pt_unbox_int(PyObject *o, int64_t *out);
void pt_free(PyObject *o);
PT_HIDDEN void pt_drop_all(PyObject **items, Py_ssize_t n, void (*other)(PyObject *));
void pt_store_float(PyObject **place, double x);
int pt_write_int(PyObject *o, int64_t v);
void pt_store_int(PyObject **place, int64_t v);
#endif
