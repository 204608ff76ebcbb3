/* Everything in the bridge that differs between versions of CPython.

   The words used by all other files:
   - *unit*: index of a 16-bit code unit in co_code_adaptive; a byte offset, as `dis` shows it, is twice that.
   - *at*: a frame is "at" unit U when U is the instruction being executed. That is what f_lineno and tracebacks read, and
     where the interpreter goes on when a monitoring callback has changed it.
   - *start*: a frame that waits to be entered by the evaluation loop, whose first instruction will be U.
   3.12 keeps the unit before the next one (prev_instr), so "at" and "start" differ there; 3.13 keeps the next one
   (instr_ptr) and they are the same. */
#ifndef PT_COMPAT_H
#define PT_COMPAT_H

#ifndef Py_BUILD_CORE_MODULE
#define Py_BUILD_CORE_MODULE 1
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#if PY_VERSION_HEX < 0x030C0000 || PY_VERSION_HEX >= 0x030E0000
#error "pytrace's frame bridge knows CPython 3.12 and 3.13"
#endif
#ifdef Py_GIL_DISABLED
#error "pytrace does not support free-threaded CPython"
#endif

#include "internal/pycore_frame.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_runtime.h"
#include "internal/pycore_ceval.h"
#include "internal/pycore_pystate.h"
#include "internal/pycore_code.h"
#include "internal/pycore_range.h"
#include "internal/pycore_list.h"
#include "internal/pycore_tuple.h"
#include "internal/pycore_long.h"
#include "internal/pycore_dict.h"
#include "internal/pycore_object.h"
#include "opcode.h"

#define PT_312 (PY_VERSION_HEX < 0x030D0000)

typedef _PyInterpreterFrame PtFrame;

static inline PyCodeObject *
pt_code(PtFrame *f)
{
#if PT_312
    return f->f_code;
#else
    return (PyCodeObject *)f->f_executable;
#endif
}

static inline void
pt_set_code(PtFrame *f, PyCodeObject *code)
{
#if PT_312
    f->f_code = code;
#else
    f->f_executable = (PyObject *)code;
#endif
}

static inline PtFrame *
pt_current(PyThreadState *ts)
{
#if PT_312
    return ts->cframe->current_frame;
#else
    return ts->current_frame;
#endif
}

static inline void
pt_set_current(PyThreadState *ts, PtFrame *f)
{
#if PT_312
    ts->cframe->current_frame = f;
#else
    ts->current_frame = f;
#endif
}

static inline _Py_CODEUNIT *
pt_ip(PtFrame *f)
{
#if PT_312
    return f->prev_instr;
#else
    return f->instr_ptr;
#endif
}

static inline void
pt_set_ip(PtFrame *f, _Py_CODEUNIT *ip)
{
#if PT_312
    f->prev_instr = ip;
#else
    f->instr_ptr = ip;
#endif
}

static inline void
pt_set_at(PtFrame *f, int unit)
{
    pt_set_ip(f, _PyCode_CODE(pt_code(f)) + unit);
}

static inline void
pt_set_start(PtFrame *f, int unit)
{
    pt_set_ip(f, _PyCode_CODE(pt_code(f)) + unit - PT_312);
}

static inline int
pt_at(PtFrame *f)
{
    return (int)(pt_ip(f) - _PyCode_CODE(pt_code(f)));
}

/* what_event: what f_lineno's setter looks at; -1 outside of callbacks. */
#define PT_WHAT(ts) ((ts)->what_event)

static inline void *
pt_eval_breaker(PyThreadState *ts)
{
#if PT_312
    return &ts->interp->ceval.eval_breaker;
#else
    return &ts->eval_breaker;
#endif
}

/* Signals wait until pt_allow_signals gets what this returned: Python looks for the main thread before it handles one. */
static inline unsigned long
pt_defer_signals(void)
{
    unsigned long thread = _PyRuntime.main_thread;
    if (thread != PyThread_get_thread_ident()) {
        return 0;
    }
    _PyRuntime.main_thread = 0;
    return thread;
}

/* Signals that came in between are handled at the next instruction that looks for them. */
static inline void
pt_allow_signals(PyThreadState *ts, unsigned long thread)
{
    if (thread == 0) {
        return;
    }
    _PyRuntime.main_thread = thread;
#if PT_312
    _PyEval_SignalReceived(ts->interp);
#else
    _Py_set_eval_breaker_bit(ts, _PY_SIGNALS_PENDING_BIT | _PY_CALLS_TO_DO_BIT);
#endif
}

/* Whether changes of the type are reported: only while it has a version tag. */
static inline int
pt_has_version(PyTypeObject *type)
{
#if PT_312
    return (type->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG) != 0;
#else
    return type->tp_version_tag != 0;
#endif
}

#define PT_FIRST_TOOLS 0x1f   /* tool ids 0..4: everybody but us (5) and CPython's own settrace/setprofile (6, 7) */

/* Whether somebody else has asked for events of this code. */
static inline int
pt_monitored(PyCodeObject *code)
{
    uint8_t tools = 0;
    if (code->_co_monitoring != NULL) {
        for (int i = 0; i < _PY_MONITORING_LOCAL_EVENTS; i++) {
            tools |= code->_co_monitoring->local_monitors.tools[i];
        }
    }
    return (tools & PT_FIRST_TOOLS) != 0;
}

/* Whether somebody else has asked for events of all code. */
static inline int
pt_all_monitored(PyInterpreterState *interp)
{
    uint8_t tools = 0;
    for (int i = 0; i < _PY_MONITORING_UNGROUPED_EVENTS; i++) {
        tools |= interp->monitors.tools[i];
    }
    return (tools & PT_FIRST_TOOLS) != 0;
}

/* True where somebody else watches this code: then it runs in CPython only. */
static inline int
pt_watched(PyThreadState *ts, PyCodeObject *code)
{
    return ts->c_tracefunc != NULL || ts->c_profilefunc != NULL || pt_all_monitored(ts->interp) || pt_monitored(code);
}

#endif
