/* What the bridge keeps for each code object: its loops' counters and states, and where instructions start.

   Kept in a map of our own and freed by a code watcher, not in co_extra: once anybody gives a code object an extra,
   CPython calls every free function that was ever registered when it dies, and not all of those are still there (CPython's
   own test_code leaves one behind). */
#include "map.h"
#if PT_312
#define NEED_OPCODE_TABLES
#include "internal/pycore_opcode.h"
#else
#define NEED_OPCODE_METADATA
#include "internal/pycore_opcode_metadata.h"
#endif

static PtMap codes;
static int watcher = -1;

/* Events come in runs from the same code: its record is remembered until it dies. */
static PyCodeObject *last_code;
static PtCode *last_info;

static void
free_code_info(PtCode *pc)
{
    for (int i = 0; i < pc->n_loops; i++) {
        Py_XDECREF(pc->loops[i].keepalive);
        pt_end_trial(&pc->loops[i]);
    }
    pt_end_trial(&pc->func);
    pt_end_start_trial(&pc->func);
    Py_XDECREF(pc->func.keepalive);
    PyMem_Free(pc->loops);
    PyMem_Free(pc->starts);
    PyMem_Free(pc);
}

static int
on_code(PyCodeEvent event, PyCodeObject *code)
{
    if (event != PY_CODE_EVENT_DESTROY) {
        return 0;
    }
    pt_code_died(code);
    PtCode *pc = pt_map_remove(&codes, code);
    if (pc != NULL) {
        PyObject *exc = PyErr_GetRaisedException();
        if (code == last_code) {
            last_code = NULL;
        }
        free_code_info(pc);
        PyErr_SetRaisedException(exc);
    }
    return 0;
}

/* What an instruction is that CPython has specialized. */
int
pt_base_opcode(int opcode)
{
    return _PyOpcode_Deopt[opcode];
}

int
pt_code_init(void)
{
    if (watcher < 0) {
        watcher = PyCode_AddWatcher(on_code);
    }
    return watcher;
}

/* At exit: the records stay, native code of other threads may still be running. */
void
pt_unwatch_code(void)
{
    if (watcher >= 0 && PyCode_ClearWatcher(watcher) < 0) {
        PyErr_Clear();
    }
    watcher = -1;
}

/* Whether a function with this code could call itself by its name. It may be compiled (see tracer/functions.py), or its loops are entered
   from its start. All other code is never counted: the event is switched off when it comes for the first time. */
static int
may_recurse(PyCodeObject *code)
{
    if ((code->co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR)) || !(code->co_flags & CO_OPTIMIZED)) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_names); i++) {
        if (PyTuple_GET_ITEM(code->co_names, i) == code->co_name) {
            return 1;
        }
    }
    for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; i++) {
        if (PyTuple_GET_ITEM(code->co_localsplusnames, i) == code->co_name) {
            return 1;
        }
    }
    return 0;
}

static PtCode *
new_code_info(PyCodeObject *code)
{
    PtCode *pc = PyMem_Calloc(1, sizeof(PtCode));
    if (pc == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    pc->func.unit = -1;
    pc->func.left = pt.func_threshold;
    pc->may_recurse = may_recurse(code);
    if (pt_map_put(&codes, code, pc) < 0) {
        PyMem_Free(pc);
        return NULL;
    }
    return pc;
}

/* The code's record, made at first use. NULL with an exception. */
PtCode *
pt_code_info(PyCodeObject *code)
{
    if (code == last_code) {
        return last_info;
    }
    PtCode *pc = pt_map_find(&codes, code);
    if (pc == NULL && (pc = new_code_info(code)) == NULL) {
        return NULL;
    }
    last_code = code;
    last_info = pc;
    return pc;
}

#define FIRST_SAMPLE 3

static PtLoop *
new_loop(PtCode *pc, int unit)
{
    if (pc->n_loops == pc->n_alloc) {
        int n = pc->n_alloc ? 2 * pc->n_alloc : 2;
        PtLoop *loops = PyMem_Realloc(pc->loops, n * sizeof(PtLoop));
        if (loops == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        pc->loops = loops;
        pc->n_alloc = n;
    }
    PtLoop *loop = &pc->loops[pc->n_loops++];
    *loop = (PtLoop){.unit = unit, .left = pt.loop_threshold};
    if (pt.hot_ns > 0) {
        loop->timed = 1;
        loop->left = loop->interval = FIRST_SAMPLE;
    }
    return loop;
}

/* The loop with this header, made at first use. Valid until the next call: the array may move. */
PtLoop *
pt_find_loop(PtCode *pc, int unit)
{
    for (int i = 0; i < pc->n_loops; i++) {
        if (pc->loops[i].unit == unit) {
            return &pc->loops[i];
        }
    }
    return new_loop(pc, unit);
}

static int
find_starts(PyCodeObject *code, PtCode *pc)
{
    PyObject *bytes = PyCode_GetCode(code);
    if (bytes == NULL) {
        return -1;
    }
    Py_ssize_t n = PyBytes_GET_SIZE(bytes) / 2;
    const uint8_t *ops = (const uint8_t *)PyBytes_AS_STRING(bytes);
    uint8_t *starts = PyMem_Calloc(n, 1);
    if (starts == NULL) {
        Py_DECREF(bytes);
        PyErr_NoMemory();
        return -1;
    }
    int prefixes = 0;
    for (Py_ssize_t i = 0; i < n; i += 1 + _PyOpcode_Caches[ops[2 * i]]) {
        starts[i] = 1 + prefixes;
        prefixes = ops[2 * i] == EXTENDED_ARG ? prefixes + 1 : 0;
    }
    pc->starts = starts;
    Py_DECREF(bytes);
    return 0;
}

/* A byte offset as a unit, stepped back over EXTENDED_ARGs. -1 with ValueError where no instruction starts. */
int
pt_unit(PyCodeObject *code, Py_ssize_t byte_offset)
{
    PtCode *pc = pt_code_info(code);
    if (pc == NULL || (pc->starts == NULL && find_starts(code, pc) < 0)) {
        return -1;
    }
    Py_ssize_t unit = byte_offset / 2;
    if (byte_offset < 0 || (byte_offset & 1) || unit >= Py_SIZE(code) || pc->starts[unit] == 0) {
        PyErr_Format(PyExc_ValueError, "no instruction of %U starts at offset %zd", code->co_qualname, byte_offset);
        return -1;
    }
    return (int)(unit - (pc->starts[unit] - 1));
}
