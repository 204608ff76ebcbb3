/* An exit's description, decoded: what blob.c reads and exits.c carries out. */
#ifndef PT_PROGRAM_H
#define PT_PROGRAM_H

#include "bridge.h"

enum { OP_NULL, OP_LIVE, OP_CONST, OP_VIRTUAL };
enum { LIVE_REF, LIVE_INT, LIVE_FLOAT, LIVE_BOOL, N_LIVE_TYPES };
enum { GET_NULL, GET_CONST, GET_VIRTUAL, GET_REF, GET_INT, GET_FLOAT, GET_BOOL };

typedef struct {
    int32_t get;                 /* GET_* */
    int32_t index;
    PyObject *obj;               /* GET_CONST, borrowed from the exit's consts */
} Operand;

typedef struct {
    int64_t slot;
    Operand value;
} Slot;

typedef struct {
    PyFunctionObject *func;      /* NULL: the root */
    PyCodeObject *code;
    int unit, call_unit, flags, n_locals, n_stack;
    Slot *locals;
    Operand *stack;
    char header[offsetof(PtFrame, localsplus)] __attribute__((aligned(8)));   /* of a shown frame, see shown.c */
} FrameProg;

typedef struct {
    int kind, n;
    int in_locals;               /* does a local or a name need it? */
    Operand *args;
    PtMaker *maker;              /* V_INSTANCE */
} Virtual;

typedef struct {
    PyObject *dict, *key;
    Operand value;
} Name;

typedef struct PtProg {
    int n_live, n_virtuals, n_frames, n_names, n_release;
    int framesize;               /* of the inlined frames, in words; 0: not known yet */
    uint8_t *live;
    Virtual *virtuals;
    FrameProg *frames;
    Name *names;
    int32_t *release;
} PtProg;

enum {
    V_INT, V_FLOAT, V_BOOL, V_TUPLE, V_LIST, V_METHOD, V_INSTANCE, V_RANGE_ITER, V_CELL, V_LIST_ITER, V_SLICE, V_TUPLE_ITER,
    V_FUNCTION, V_COMPLEX, V_RANGE, V_ENUMERATE, V_ZIP, V_GENERATOR, N_VIRTUALS
};

PT_HIDDEN void pt_resume_root(PtRoot *, FrameProg *root, FrameProg *callee, PyObject *result);
PT_HIDDEN PtProg *pt_read_program(PyObject *blob, PyObject *consts, int32_t *flags);

#endif
