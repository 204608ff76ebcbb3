/* Compiled functions: see native.c. */
#ifndef PT_NATIVE_H
#define PT_NATIVE_H

#include "bridge.h"

enum { PT_WANT_REF, PT_WANT_INT, PT_WANT_FLOAT };
enum { PT_OK, PT_OTHER, PT_RAISED };

typedef struct {
    int64_t status, value;
} PtResult;

/* A native call in progress, on its caller's C stack. */
typedef struct PtCall {
    struct PtCall *prev;
    PtExit *site;                /* the caller's frames during the call */
    int64_t *buf;                /* its live values */
    int64_t synced;              /* whether its frames are real */
    PtFrame *below;              /* then: what was current before they were pushed */
    struct PtCall *link;
} PtCall;

#define PT_MAX_ARGS 12
#define PT_FRAMES_SPARE 32       /* frames that a compiled function may have inlined, and more */
#define PT_NATIVE_C_UNITS 3      /* native code needs C stack where CPython would need none */

typedef PtResult (*PtNativeFunction)(PtCtx *, int64_t remaining, int64_t *words);

typedef struct PtFunc {
    struct PtFunc *next;
    PyFunctionObject *func;
    PyCodeObject *code;
    vectorcallfunc own;
    PtNativeFunction entry;
    int64_t *flag;
    int nargs, result;
    int paused;                  /* the function has its own vectorcall again until there is C stack */
    int64_t misses;              /* calls with other arguments */
    int64_t samples, time;       /* of calls from CPython */
    uint8_t types[PT_MAX_ARGS], owned[PT_MAX_ARGS];
    PyObject *keepalive;
} PtFunc;

PT_HIDDEN int pt_is_plain_function(PyFunctionObject *f);
PT_HIDDEN vectorcallfunc pt_plain_vectorcall(void);
PT_HIDDEN PyObject *pt_call_function(PyFunctionObject *func, PyObject **args, size_t n, PyObject *names);
PT_HIDDEN PyObject *pt_attach_native(PyObject *self, PyObject *args);
PT_HIDDEN PyObject *pt_detach_native(PyObject *self, PyObject *args);
PT_HIDDEN void pt_detach_all_native(void);
PT_HIDDEN void pt_native_started(PyThreadState *, PtCode *);

PtResult pt_native_exit(PtCtx *, PtExit *, int64_t *, PtCall *, int64_t);
int64_t pt_native_after(PtCtx *, PtCall *, int64_t, int64_t *);
void pt_native_sync(PtCtx *, PtExit *, int64_t *);
void pt_native_unsync(PtCtx *, PtExit *, int64_t *);
void pt_native_dealloc(PtCtx *, PtExit *, int64_t *, PyObject *);
void pt_drop_result(PtCtx *);

#endif
