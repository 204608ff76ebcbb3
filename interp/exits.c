/* Exits: how a program's state comes out of native code.

   An exit is described by a blob of 64-bit words (its grammar is in read_program and below, in reading order), decoded once
   into a PtProg. The live values are in the activation's buffer when native code returns the exit. Rebuilding goes:

     virtuals   objects that native code never allocated. Mutable ones (lists, instances, cells) are made empty first, then
                the rest on demand, then the mutable ones are filled: so cycles work.
     root       the named slots and the whole stack are written over what the trace had taken: no decref of old content.
     inlined    a real frame is pushed for each, innermost last.
     names      entries of module dicts that were kept in registers.
     release    references that the trace owned are dropped, last, when every frame is whole: finalizers may look.

   Every reference that is stored is a new one. Then the inlined frames run to completion, the root gets their result, and
   CPython goes on; or, where the exit has become hot, Python is asked first (on_hot_exit).

   pt_sync does the first four steps around a call that may look at frames, and pt_unsync takes it all back: the frames are
   popped as a return would pop them, and the references that the root's slots got are dropped. The trace's own references
   are not touched. While native code runs, the root's stacktop is -1, so the collector sees nothing of a generator's slots.

   A rebuild that runs out of memory can neither go on nor go back, and ends the process with a message. */
#include "bridge.h"

/* ---- decoded exits ---- */

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
} FrameProg;

typedef struct {
    int kind, n;
    Operand *args;
} Virtual;

typedef struct {
    PyObject *dict, *key;
    Operand value;
} Name;

typedef struct PtProg {
    int n_live, n_virtuals, n_frames, n_names, n_release;
    uint8_t *live;
    Virtual *virtuals;
    FrameProg *frames;
    Name *names;
    int32_t *release;
} PtProg;

typedef struct {
    PyObject_HEAD
    PyObject *consts, *tag;
    PyObject *keepalive;         /* what the bridge's code needs */
    PtExit exit;
} ExitObject;

enum {
    V_INT, V_FLOAT, V_BOOL, V_TUPLE, V_LIST, V_METHOD, V_INSTANCE, V_RANGE_ITER, V_CELL, V_LIST_ITER, V_SLICE, V_TUPLE_ITER,
    V_FUNCTION, V_COMPLEX, N_VIRTUALS
};

/* Operands of each kind: exactly n, or -1 for any number. */
static const int8_t virtual_args[N_VIRTUALS] = {
    [V_INT] = 1, [V_FLOAT] = 1, [V_BOOL] = 1, [V_TUPLE] = -1, [V_LIST] = -1, [V_METHOD] = 2, [V_INSTANCE] = -1,
    [V_RANGE_ITER] = 3, [V_CELL] = 1, [V_LIST_ITER] = 2, [V_SLICE] = 3, [V_TUPLE_ITER] = 2, [V_FUNCTION] = -2, [V_COMPLEX] = 2,
};

/* ---- reading a blob ---- */

typedef struct {
    const int64_t *p, *end;
    char *room, *room_end;       /* for what the program's arrays need */
    PyObject *consts;
    PtProg *prog;
    int failed;
} Reader;

static int64_t
fail(Reader *r, const char *what)
{
    if (!r->failed) {
        r->failed = 1;
        PyErr_Format(PyExc_ValueError, "exit description: %s", what);
    }
    return 0;
}

static int64_t
word(Reader *r)
{
    return r->p < r->end ? *r->p++ : fail(r, "it ends too early");
}

static int
count(Reader *r, const char *what)
{
    int64_t n = word(r);
    return n < 0 || n > r->end - r->p + 1 ? (int)fail(r, what) : (int)n;
}

static void *
room(Reader *r, size_t n, size_t size)
{
    size_t bytes = (n * size + 15) & ~(size_t)15;
    if (bytes > (size_t)(r->room_end - r->room)) {
        fail(r, "it needs too much room");
        return r->room;
    }
    void *p = r->room;
    r->room += bytes;
    return p;
}

static PyObject *
const_at(Reader *r, int64_t i)
{
    if (i < 0 || i >= PyTuple_GET_SIZE(r->consts)) {
        fail(r, "no such constant");
        return NULL;
    }
    return PyTuple_GET_ITEM(r->consts, i);
}

static int
live_index(Reader *r, int64_t i)
{
    return i < 0 || i >= r->prog->n_live ? (int)fail(r, "no such live value") : (int)i;
}

static Operand
operand(Reader *r)
{
    int64_t w = word(r), i = w & 0xffffffff;
    Operand op = {GET_NULL, (int32_t)i, NULL};
    switch (w >> 32) {
    case OP_NULL:
        break;
    case OP_LIVE:
        op.index = live_index(r, i);
        op.get = r->failed ? GET_NULL : GET_REF + r->prog->live[op.index];
        break;
    case OP_CONST:
        op.get = GET_CONST;
        op.obj = const_at(r, i);
        break;
    case OP_VIRTUAL:
        op.get = GET_VIRTUAL;
        if (i >= r->prog->n_virtuals) {
            fail(r, "no such virtual");
        }
        break;
    default:
        fail(r, "unknown operand tag");
    }
    return op;
}

static void
read_live(Reader *r)
{
    PtProg *g = r->prog;
    int n = count(r, "number of live values");
    if (n > PT_BUF_WORDS) {
        fail(r, "too many live values");
        return;
    }
    g->live = room(r, n, 1);
    for (int i = 0; i < n && !r->failed; i++) {
        int64_t type = word(r);
        if (type < 0 || type >= N_LIVE_TYPES) {
            fail(r, "unknown type of a live value");
        }
        g->live[i] = (uint8_t)type;
    }
    g->n_live = n;
}

static void
check_virtual(Reader *r, Virtual *v)
{
    int want = virtual_args[v->kind];
    if (want == -2) {
        fail(r, "this kind of virtual is not supported");
    }
    else if (want >= 0 && v->n != want) {
        fail(r, "wrong number of operands of a virtual");
    }
    else if (v->kind == V_INSTANCE &&
             (v->n % 2 != 1 || v->args[0].get != GET_CONST || !PyType_Check(v->args[0].obj))) {
        fail(r, "an instance needs its type and pairs of name and value");
    }
}

static void
read_virtuals(Reader *r)
{
    PtProg *g = r->prog;
    g->n_virtuals = count(r, "number of virtuals");
    g->virtuals = room(r, g->n_virtuals, sizeof(Virtual));
    for (int i = 0; i < g->n_virtuals && !r->failed; i++) {
        Virtual *v = &g->virtuals[i];
        int64_t kind = word(r);
        if (kind < 0 || kind >= N_VIRTUALS) {
            fail(r, "unknown kind of virtual");
            return;
        }
        v->kind = (int)kind;
        v->n = count(r, "number of a virtual's operands");
        v->args = room(r, v->n, sizeof(Operand));
        for (int j = 0; j < v->n && !r->failed; j++) {
            v->args[j] = operand(r);
        }
        if (!r->failed) {
            check_virtual(r, v);
        }
    }
}

static int
read_unit(Reader *r, PyCodeObject *code, int optional)
{
    int64_t offset = word(r);
    if (r->failed || (optional && offset < 0)) {
        return -1;
    }
    int unit = pt_unit(code, offset);
    if (unit < 0) {
        r->failed = 1;
    }
    return unit;
}

static void
read_slots(Reader *r, FrameProg *f)
{
    f->n_locals = count(r, "number of locals");
    f->locals = room(r, f->n_locals, sizeof(Slot));
    for (int i = 0; i < f->n_locals && !r->failed; i++) {
        f->locals[i].slot = word(r);
        f->locals[i].value = operand(r);
        if (f->locals[i].slot < 0 || f->locals[i].slot >= f->code->co_nlocalsplus) {
            fail(r, "no such local");
        }
    }
    f->n_stack = count(r, "depth of the stack");
    f->stack = room(r, f->n_stack, sizeof(Operand));
    if (f->n_stack > f->code->co_stacksize) {
        fail(r, "stack too deep");
        return;
    }
    for (int i = 0; i < f->n_stack && !r->failed; i++) {
        f->stack[i] = operand(r);
    }
}

static void
read_frame(Reader *r, FrameProg *f, int is_root)
{
    int64_t func = word(r);
    f->func = func < 0 ? NULL : (PyFunctionObject *)const_at(r, func);
    f->code = (PyCodeObject *)const_at(r, word(r));
    if (r->failed) {
        return;
    }
    if ((f->func == NULL) != is_root || (f->func && !PyFunction_Check(f->func)) || !PyCode_Check(f->code)) {
        fail(r, "the first frame, only, is the root's; others need a function and its code");
        return;
    }
    f->unit = read_unit(r, f->code, 0);
    f->call_unit = read_unit(r, f->code, 1);
    if (f->call_unit < 0) {
        f->call_unit = f->unit;
    }
    f->flags = (int)word(r);
    if (!r->failed) {
        read_slots(r, f);
    }
}

static void
read_names(Reader *r)
{
    PtProg *g = r->prog;
    g->n_names = count(r, "number of names");
    g->names = room(r, g->n_names, sizeof(Name));
    for (int i = 0; i < g->n_names && !r->failed; i++) {
        g->names[i].dict = const_at(r, word(r));
        g->names[i].key = const_at(r, word(r));
        g->names[i].value = operand(r);
        if (!r->failed && !PyDict_Check(g->names[i].dict)) {
            fail(r, "names need a dict");
        }
    }
}

static void
read_release(Reader *r)
{
    PtProg *g = r->prog;
    g->n_release = count(r, "number of released references");
    g->release = room(r, g->n_release, sizeof(int32_t));
    for (int i = 0; i < g->n_release && !r->failed; i++) {
        g->release[i] = live_index(r, word(r));
        if (!r->failed && g->live[g->release[i]] != LIVE_REF) {
            fail(r, "only references can be released");
        }
    }
}

static PtProg *
read_program(PyObject *blob, PyObject *consts, int32_t *flags)
{
    Py_ssize_t n = PyBytes_GET_SIZE(blob) / 8;
    size_t bytes = sizeof(PtProg) + (size_t)n * 64 + 1024;
    PtProg *g = PyMem_Calloc(1, bytes);
    if (g == NULL) {
        return (PtProg *)PyErr_NoMemory();
    }
    const int64_t *words = (const int64_t *)PyBytes_AS_STRING(blob);
    Reader r = {words, words + n, (char *)(g + 1), (char *)g + bytes, consts, g, 0};
    *flags = (int32_t)word(&r);
    if (!(*flags & PT_EXIT_PLAIN)) {
        read_live(&r);
        read_virtuals(&r);
        g->n_frames = count(&r, "number of frames");
        g->frames = room(&r, g->n_frames, sizeof(FrameProg));
        if (!r.failed && g->n_frames < 1) {
            fail(&r, "it has no frame");
        }
        for (int i = 0; i < g->n_frames && !r.failed; i++) {
            read_frame(&r, &g->frames[i], i == 0);
        }
        read_names(&r);
        read_release(&r);
    }
    if (r.failed) {
        PyMem_Free(g);
        return NULL;
    }
    return g;
}

/* ---- rebuilding ---- */

static void
no_memory(void)
{
    Py_FatalError("pytrace: out of memory while giving a frame back to CPython");
}

static inline PyObject *
must(PyObject *o)
{
    if (o == NULL) {
        no_memory();
    }
    return o;
}

static inline double
as_double(int64_t bits)
{
    double d;
    memcpy(&d, &bits, 8);
    return d;
}

static inline PyObject *
get(const Operand *op, const int64_t *buf, PyObject **virtuals)
{
    switch (op->get) {
    case GET_CONST:
        return Py_NewRef(op->obj);
    case GET_REF:
        return Py_XNewRef((PyObject *)buf[op->index]);
    case GET_INT:
        return must(PyLong_FromLongLong(buf[op->index]));
    case GET_FLOAT:
        return must(PyFloat_FromDouble(as_double(buf[op->index])));
    case GET_BOOL:
        return Py_NewRef(buf[op->index] ? Py_True : Py_False);
    case GET_VIRTUAL:
        return Py_NewRef(virtuals[op->index]);
    default:
        return NULL;
    }
}

static long
get_long(const Operand *op, const int64_t *buf)
{
    return op->get == GET_CONST ? PyLong_AsLong(op->obj) : op->get == GET_REF
        ? PyLong_AsLong((PyObject *)buf[op->index]) : (long)buf[op->index];
}

static double
get_double(const Operand *op, const int64_t *buf)
{
    return op->get == GET_CONST ? PyFloat_AsDouble(op->obj) : op->get == GET_REF
        ? PyFloat_AsDouble((PyObject *)buf[op->index]) : as_double(buf[op->index]);
}

static void build_virtual(PtProg *g, int i, const int64_t *buf, PyObject **out);

/* An operand of an immutable virtual: what it refers to must exist first. */
static PyObject *
part(PtProg *g, const Operand *op, const int64_t *buf, PyObject **out)
{
    if (op->get == GET_VIRTUAL) {
        build_virtual(g, op->index, buf, out);
    }
    return get(op, buf, out);
}

static PyObject *
new_iterator(PyTypeObject *type, PyObject *seq, Py_ssize_t index)
{
    if (type == &PyListIter_Type) {
        _PyListIterObject *it = (_PyListIterObject *)must((PyObject *)PyObject_GC_New(_PyListIterObject, type));
        it->it_index = index;
        it->it_seq = (PyListObject *)seq;
        PyObject_GC_Track(it);
        return (PyObject *)it;
    }
    _PyTupleIterObject *it = (_PyTupleIterObject *)must((PyObject *)PyObject_GC_New(_PyTupleIterObject, type));
    it->it_index = index;
    it->it_seq = (PyTupleObject *)seq;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

PyObject *
pt_range_iter_new(int64_t start, int64_t step, int64_t len)
{
    _PyRangeIterObject *it = PyObject_New(_PyRangeIterObject, &PyRangeIter_Type);
    if (it != NULL) {
        it->start = start;
        it->step = step;
        it->len = len;
    }
    return (PyObject *)it;
}

static PyObject *
new_tuple(PtProg *g, Virtual *v, const int64_t *buf, PyObject **out)
{
    PyObject *t = must(PyTuple_New(v->n));
    for (int i = 0; i < v->n; i++) {
        PyTuple_SET_ITEM(t, i, part(g, &v->args[i], buf, out));
    }
    return t;
}

static PyObject *
new_pair_based(PtProg *g, Virtual *v, const int64_t *buf, PyObject **out)
{
    PyObject *p[3] = {NULL, NULL, NULL}, *result;
    for (int i = 0; i < v->n; i++) {
        p[i] = part(g, &v->args[i], buf, out);
    }
    result = v->kind == V_METHOD ? PyMethod_New(p[0], p[1]) : PySlice_New(p[0], p[1], p[2]);
    for (int i = 0; i < v->n; i++) {
        Py_XDECREF(p[i]);
    }
    return must(result);
}

static void
build_virtual(PtProg *g, int i, const int64_t *buf, PyObject **out)
{
    Virtual *v = &g->virtuals[i];
    if (out[i] != NULL) {
        return;
    }
    const Operand *a = v->args;
    switch (v->kind) {
    case V_INT:
    case V_FLOAT:
    case V_BOOL:
        out[i] = get(a, buf, out);
        break;
    case V_TUPLE:
        out[i] = new_tuple(g, v, buf, out);
        break;
    case V_METHOD:
    case V_SLICE:
        out[i] = new_pair_based(g, v, buf, out);
        break;
    case V_RANGE_ITER:
        out[i] = must(pt_range_iter_new(get_long(a, buf), get_long(a + 1, buf), get_long(a + 2, buf)));
        break;
    case V_LIST_ITER:
        out[i] = new_iterator(&PyListIter_Type, part(g, a, buf, out), get_long(a + 1, buf));
        break;
    case V_TUPLE_ITER:
        out[i] = new_iterator(&PyTupleIter_Type, part(g, a, buf, out), get_long(a + 1, buf));
        break;
    case V_COMPLEX:
        out[i] = must(PyComplex_FromDoubles(get_double(a, buf), get_double(a + 1, buf)));
        break;
    default:
        Py_UNREACHABLE();
    }
}

static PyObject *
new_shell(Virtual *v)
{
    PyTypeObject *type;
    switch (v->kind) {
    case V_LIST:
        return must(PyList_New(v->n));
    case V_CELL:
        return must(PyCell_New(NULL));
    case V_INSTANCE:
        type = (PyTypeObject *)v->args[0].obj;
        return must(type->tp_alloc(type, 0));
    default:
        return NULL;
    }
}

static void
fill_shell(Virtual *v, PyObject *o, const int64_t *buf, PyObject **out)
{
    if (v->kind == V_LIST) {
        for (int i = 0; i < v->n; i++) {
            PyList_SET_ITEM(o, i, get(&v->args[i], buf, out));
        }
    }
    else if (v->kind == V_CELL) {
        PyCell_SET(o, get(&v->args[0], buf, out));
    }
    else if (v->kind == V_INSTANCE) {
        for (int i = 1; i < v->n; i += 2) {
            PyObject *value = get(&v->args[i + 1], buf, out);
            if (value != NULL && PyObject_GenericSetAttr(o, v->args[i].obj, value) < 0) {
                no_memory();
            }
            Py_XDECREF(value);
        }
    }
}

/* Fills out[] with new references. Not inlined: most exits have no virtuals. */
static void __attribute__((noinline))
build_virtuals(PtProg *g, const int64_t *buf, PyObject **out)
{
    for (int i = 0; i < g->n_virtuals; i++) {
        out[i] = new_shell(&g->virtuals[i]);
    }
    for (int i = 0; i < g->n_virtuals; i++) {
        build_virtual(g, i, buf, out);
    }
    for (int i = 0; i < g->n_virtuals; i++) {
        fill_shell(&g->virtuals[i], out[i], buf, out);
    }
}

static void
fill_frame(PtFrame *f, FrameProg *p, const int64_t *buf, PyObject **virtuals)
{
    for (int i = 0; i < p->n_locals; i++) {
        f->localsplus[p->locals[i].slot] = get(&p->locals[i].value, buf, virtuals);
    }
    PyObject **stack = f->localsplus + p->code->co_nlocalsplus;
    for (int i = 0; i < p->n_stack; i++) {
        stack[i] = get(&p->stack[i], buf, virtuals);
    }
    f->stacktop = p->code->co_nlocalsplus + p->n_stack;
}

static void
write_names(PtProg *g, const int64_t *buf, PyObject **virtuals)
{
    for (int i = 0; i < g->n_names; i++) {
        Name *n = &g->names[i];
        PyObject *value = get(&n->value, buf, virtuals);
        if (value == NULL) {
            if (PyDict_DelItem(n->dict, n->key) < 0) {
                PyErr_Clear();
            }
            continue;
        }
        if (PyDict_SetItem(n->dict, n->key, value) < 0) {
            no_memory();
        }
        Py_DECREF(value);
    }
}

/* Everything but the release. The innermost frame is current afterwards; frames[1..] are described in pending[0..]. */
static void
rebuild(PyThreadState *ts, PtFrame *root, PtProg *g, const int64_t *buf, PtPending *pending)
{
    PyObject *virtuals[g->n_virtuals + 1];
    if (g->n_virtuals) {
        build_virtuals(g, buf, virtuals);
    }
    FrameProg *p = g->frames;
    fill_frame(root, p, buf, virtuals);
    pt_set_at(root, g->n_frames > 1 ? p->call_unit : p->unit);
    for (int i = 1; i < g->n_frames; i++) {
        p++;
        PtFrame *f = pt_push_frame(ts, p->func, p->code);
        if (f == NULL) {
            no_memory();
        }
        fill_frame(f, p, buf, virtuals);
        pt_set_at(f, i < g->n_frames - 1 ? p->call_unit : p->unit);
        pending[i - 1] = (PtPending){f, p->unit, p->call_unit, p->flags};
    }
    if (g->n_names) {
        write_names(g, buf, virtuals);
    }
    for (int i = 0; i < g->n_virtuals; i++) {
        Py_DECREF(virtuals[i]);
    }
}

static void
release(PtProg *g, const int64_t *buf)
{
    for (int i = 0; i < g->n_release; i++) {
        Py_XDECREF((PyObject *)buf[g->release[i]]);
    }
}

/* ---- leaving ---- */

/* The root gets what its inlined callee gave. */
static void
resume_root(PtRoot *r, FrameProg *root, FrameProg *callee, PyObject *result)
{
    if (result == NULL) {
        r->raise = PyErr_GetRaisedException();
        pt_set_at(r->f, root->call_unit);
        return;
    }
    if (callee->flags & PT_FRAME_DROP_RESULT) {
        Py_DECREF(result);
    }
    else {
        _PyFrame_StackPush(r->f, result);
    }
    pt_set_at(r->f, root->unit);
}

static void
deoptimize(PtRoot *r, PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    int n = g->n_frames - 1;
    PtPending pending[n + 1];
    PyObject *exc = e->flags & PT_EXIT_RAISE ? PyErr_GetRaisedException() : NULL;
    pt.stats.deopts++;
    rebuild(r->ts, r->f, g, ctx->buf, pending);
    release(g, ctx->buf);
    r->moved = 1;
    if (n == 0) {
        r->raise = exc;
        return;
    }
    if (exc != NULL) {
        PyErr_SetRaisedException(exc);
    }
    PyObject *result = pt_run_pending(r->ts, pending, n, exc != NULL);
    resume_root(r, &g->frames[0], &g->frames[1], result);
}

/* ---- hot exits ---- */

static PyObject *
live_values(PtProg *g, const int64_t *buf)
{
    PyObject *list = must(PyList_New(g->n_live));
    for (int i = 0; i < g->n_live; i++) {
        Operand op = {GET_REF + g->live[i], i, NULL};
        PyObject *v = g->live[i] == LIVE_REF && buf[i] == 0 ? Py_NewRef(pt.null) : get(&op, buf, NULL);
        PyList_SET_ITEM(list, i, v);
    }
    return list;
}

static PyObject *
frame_tuple(FrameProg *p, PtFrame *f)
{
    PyObject *func = Py_NewRef(p->func ? (PyObject *)p->func : Py_None);
    if (p->func && p->func->func_code != (PyObject *)p->code) {
        func = must(Py_BuildValue("(NO)", func, p->code));
    }
    return must(Py_BuildValue("(NiNNii)", func, 2 * p->unit, must(pt_frame_locals(f)), must(pt_frame_stack(f)),
                              2 * p->call_unit, p->flags & PT_FRAME_DROP_RESULT));
}

/* The inlined frames were rebuilt for real; as lists they can be handed to Python. Pops them. */
static PyObject *
frames_to_list(PtRoot *r, PtProg *g, PtPending *pending)
{
    PyObject *list = must(PyList_New(g->n_frames));
    PyList_SET_ITEM(list, 0, frame_tuple(&g->frames[0], r->f));
    for (int i = g->n_frames - 1; i > 0; i--) {
        PyList_SET_ITEM(list, i, frame_tuple(&g->frames[i], pending[i - 1].f));
        pt_pop_frame(r->ts, pending[i - 1].f);
    }
    return list;
}

static int64_t
ask_about_exit(PtRoot *r, PtExit *e, PyObject *frames, PyObject *values)
{
    PyObject *owner = (PyObject *)((char *)e - offsetof(ExitObject, exit));
    PyObject *args[4] = {NULL, owner, frames, values};
    pt.stats.hot_exit_calls++;
    PyObject *answer = pt_ask(r, pt.on_exit, args, 4);
    int64_t next = answer ? PyLong_AsLongLong(answer) : -1;
    Py_XDECREF(answer);
    if (PyErr_Occurred()) {
        PyErr_WriteUnraisable(pt.on_exit);
        next = -1;
    }
    return next;
}

/* Like deoptimize(), but Python may take the rest of the inlined frames over. If it wrote nothing, they are run here. */
static void __attribute__((noinline))
hot_exit(PtRoot *r, PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    int n = g->n_frames - 1;
    PtPending pending[n + 1];
    PyObject *values = live_values(g, ctx->buf);
    rebuild(r->ts, r->f, g, ctx->buf, pending);
    release(g, ctx->buf);
    PyObject *frames = frames_to_list(r, g, pending);
    PyObject *owner = Py_NewRef((char *)e - offsetof(ExitObject, exit));
    r->moved = 0;
    r->shown = g->frames[0].unit;
    int64_t next = ask_about_exit(r, e, frames, values);
    e->next = next < 0 ? INT64_MAX : e->count + (next ? next : 1);
    if (next < 0 && e->native == NULL) {
        e->state = PT_STATE_NEVER;
    }
    if (!r->moved && n > 0) {
        PyObject *inner = PyList_GetSlice(frames, 1, n + 1);
        PyObject *result = inner ? pt_run_states(r->ts, inner, NULL) : NULL;
        Py_XDECREF(inner);
        resume_root(r, &g->frames[0], &g->frames[1], result);
    }
    r->moved = 1;
    Py_DECREF(values);
    Py_DECREF(frames);
    Py_DECREF(owner);
}

/* After native code returned e, in user mode: leaves the root frame (and r) as CPython has to find it. */
void
pt_leave_native(PtRoot *r, PtCtx *ctx, PtExit *e)
{
    pt.stats.exits++;
    e->count++;
    int asks = !(e->flags & (PT_EXIT_RAISE | PT_EXIT_RETURN)) && pt.on_exit != NULL;
    if (asks && e->count >= (e->next ? e->next : pt.exit_threshold)) {
        hot_exit(r, ctx, e);
    }
    else {
        deoptimize(r, ctx, e);
    }
}

/* ---- calls out of native code ---- */

void
pt_sync(PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    PtPending pending[g->n_frames];
    pt.stats.syncs++;
    rebuild(ctx->tstate, ctx->frame, g, ctx->buf, pending);
}

void
pt_unsync(PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    PtFrame *root = ctx->frame;
    while (pt_current(ctx->tstate) != root) {
        pt_pop_frame(ctx->tstate, pt_current(ctx->tstate));
    }
    FrameProg *p = &g->frames[0];
    root->stacktop = -1;
    for (int i = 0; i < p->n_locals; i++) {
        Py_XDECREF(root->localsplus[p->locals[i].slot]);
    }
    for (int i = 0; i < p->n_stack; i++) {
        Py_XDECREF(root->localsplus[p->code->co_nlocalsplus + i]);
    }
}

/* For an object whose last reference the trace has just dropped. */
void
pt_dealloc_sync(PtCtx *ctx, PtExit *e, PyObject *o)
{
    pt_sync(ctx, e);
    _Py_Dealloc(o);
    pt_unsync(ctx, e);
}

/* Adds the innermost frame of e to the traceback of the exception that is set. */
void
pt_traceback(PtCtx *ctx, PtExit *e)
{
    PyObject *exc = PyErr_GetRaisedException();
    pt_sync(ctx, e);
    PyErr_SetRaisedException(exc);
    pt_add_traceback(ctx->tstate);
    exc = PyErr_GetRaisedException();
    pt_unsync(ctx, e);
    PyErr_SetRaisedException(exc);
}

/* ---- the Python type ---- */

static PyObject *
alloc_exit(PyObject *consts, PyObject *tag)
{
    ExitObject *x = PyObject_GC_New(ExitObject, &PtExit_Type);
    if (x == NULL) {
        return NULL;
    }
    x->consts = Py_NewRef(consts);
    x->tag = Py_NewRef(tag);
    x->keepalive = NULL;
    memset(&x->exit, 0, sizeof(x->exit));
    PyObject_GC_Track(x);
    return (PyObject *)x;
}

PyObject *
pt_new_exit(PyObject *self, PyObject *args)
{
    PyObject *blob, *consts, *tag = Py_None;
    if (!PyArg_ParseTuple(args, "O!O!|O:new_exit", &PyBytes_Type, &blob, &PyTuple_Type, &consts, &tag)) {
        return NULL;
    }
    int32_t flags = 0;
    PtProg *g = read_program(blob, consts, &flags);
    if (g == NULL) {
        return NULL;
    }
    ExitObject *x = (ExitObject *)alloc_exit(consts, tag);
    if (x == NULL) {
        PyMem_Free(g);
        return NULL;
    }
    x->exit.prog = g;
    x->exit.flags = flags;
    return (PyObject *)x;
}

PyObject *
pt_new_jump_exit(PyObject *self, PyObject *args)
{
    unsigned long long address;
    PyObject *keepalive = Py_None, *tag = Py_None;
    if (!PyArg_ParseTuple(args, "K|OO:new_jump_exit", &address, &keepalive, &tag)) {
        return NULL;
    }
    PyObject *consts = PyTuple_New(0);
    ExitObject *x = consts ? (ExitObject *)alloc_exit(consts, tag) : NULL;
    Py_XDECREF(consts);
    if (x != NULL) {
        x->exit.native = (void *)(uintptr_t)address;
        x->exit.state = PT_STATE_JUMP;
        x->keepalive = Py_NewRef(keepalive);
    }
    return (PyObject *)x;
}

/* Earlier bridges' code may still be running: it is kept as long as the exit. */
PyObject *
pt_attach_bridge(PyObject *self, PyObject *args)
{
    ExitObject *x;
    unsigned long long address;
    PyObject *keepalive = Py_None;
    if (!PyArg_ParseTuple(args, "O!K|O:attach_bridge", &PtExit_Type, &x, &address, &keepalive)) {
        return NULL;
    }
    if (x->exit.flags & PT_EXIT_PLAIN) {
        PyErr_SetString(PyExc_ValueError, "an exit that took nothing cannot have a bridge");
        return NULL;
    }
    PyObject *all = x->keepalive ? PyTuple_Pack(2, x->keepalive, keepalive) : Py_NewRef(keepalive);
    if (all == NULL) {
        return NULL;
    }
    Py_XSETREF(x->keepalive, all);
    x->exit.native = (void *)(uintptr_t)address;
    x->exit.state = PT_STATE_BRIDGED;
    Py_RETURN_NONE;
}

static int
exit_traverse(PyObject *self, visitproc visit, void *arg)
{
    ExitObject *x = (ExitObject *)self;
    Py_VISIT(x->consts);
    Py_VISIT(x->tag);
    Py_VISIT(x->keepalive);
    return 0;
}

/* consts stay: as long as the object exists, native code may be on its way to it. */
static int
exit_clear(PyObject *self)
{
    ExitObject *x = (ExitObject *)self;
    Py_CLEAR(x->tag);
    return 0;
}

static void
exit_dealloc(PyObject *self)
{
    ExitObject *x = (ExitObject *)self;
    PyObject_GC_UnTrack(self);
    PyMem_Free(x->exit.prog);
    Py_XDECREF(x->tag);
    Py_XDECREF(x->keepalive);
    Py_XDECREF(x->consts);
    PyObject_GC_Del(self);
}

#define EXIT(self) (((ExitObject *)(self))->exit)

static PyObject *
exit_address(PyObject *self, void *unused)
{
    return PyLong_FromVoidPtr(&EXIT(self));
}

static PyObject *
exit_count(PyObject *self, void *unused)
{
    return PyLong_FromLongLong(EXIT(self).count);
}

static PyObject *
exit_next(PyObject *self, void *unused)
{
    return PyLong_FromLongLong(EXIT(self).next);
}

static int
set_exit_next(PyObject *self, PyObject *value, void *unused)
{
    long long next = value ? PyLong_AsLongLong(value) : -1;
    if (next == -1 && PyErr_Occurred()) {
        return -1;
    }
    EXIT(self).next = next < 0 ? INT64_MAX : next;
    return 0;
}

static PyObject *
exit_tag(PyObject *self, void *unused)
{
    PyObject *tag = ((ExitObject *)self)->tag;
    return Py_NewRef(tag ? tag : Py_None);
}

static PyObject *
exit_state(PyObject *self, void *unused)
{
    static const char *const names[] = {"cold", "bridged", "never", "jump"};
    return PyUnicode_FromString(names[EXIT(self).state]);
}

static PyObject *
exit_flags(PyObject *self, void *unused)
{
    return PyLong_FromLong(EXIT(self).flags);
}

static PyGetSetDef exit_getset[] = {
    {"address", exit_address, NULL, "address of the C struct, for native code to return"},
    {"count", exit_count, NULL, "how often it was taken without a bridge"},
    {"next", exit_next, set_exit_next, "the count at which Python is asked; 0: the common threshold; negative: never"},
    {"tag", exit_tag, NULL, "whatever was given to new_exit()"},
    {"state", exit_state, NULL, "'cold', 'bridged', 'never' or 'jump'"},
    {"flags", exit_flags, NULL, "the blob's flags"},
    {NULL},
};

PyTypeObject PtExit_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pytrace.interp._bridge.Exit",
    .tp_basicsize = sizeof(ExitObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A way out of native code.",
    .tp_getset = exit_getset,
    .tp_traverse = exit_traverse,
    .tp_clear = exit_clear,
    .tp_dealloc = exit_dealloc,
};
