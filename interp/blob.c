/* Reading an exit's description: a blob of little-endian int64 words, into a PtProg.

   The functions below are the grammar, in reading order: flags, live types, virtuals, frames, names, releases. A count comes
   before each list. An operand is (tag << 32) | index: nothing, a live value, a constant or a virtual. Byte offsets become
   units here, live types become the way a value is fetched, constants become pointers: carrying an exit out decides
   nothing that could have been decided here. Everything lives in one allocation.

   Descriptions come from our own compiler, but a wrong one must not crash the process: whatever could make rebuilding go
   astray (an index, a slot, a stack's depth, immutable objects that contain themselves) is refused with ValueError. */
#include "program.h"

/* Operands of each kind: exactly n, or -1 for any number. */
static const int8_t virtual_args[N_VIRTUALS] = {
    [V_INT] = 1, [V_FLOAT] = 1, [V_BOOL] = 1, [V_TUPLE] = -1, [V_LIST] = -1, [V_METHOD] = 2, [V_INSTANCE] = -1,
    [V_RANGE_ITER] = 3, [V_CELL] = 1, [V_LIST_ITER] = 2, [V_SLICE] = 3, [V_TUPLE_ITER] = 2, [V_FUNCTION] = 4, [V_COMPLEX] = 2, [V_RANGE] = 3,
    [V_ENUMERATE] = 2, [V_ZIP] = 1, [V_GENERATOR] = -1,
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
    if (want >= 0 && v->n != want) {
        fail(r, "wrong number of operands of a virtual");
    }
    else if (v->kind == V_INSTANCE &&
             (v->n % 2 != 1 || v->args[0].get != GET_CONST || !PyType_Check(v->args[0].obj))) {
        fail(r, "an instance needs its type and pairs of name and value");
    }
    else if (v->kind == V_GENERATOR && v->n < 4) {
        fail(r, "a generator needs its function and its state");
    }
}

static void
read_maker(Reader *r, Virtual *v)
{
    int n = v->n / 2;
    v->maker = room(r, 1, sizeof(PtMaker));
    PyObject **names = room(r, n, sizeof(PyObject *));
    uint16_t *places = room(r, n, sizeof(uint16_t));
    if (!r->failed) {
        for (int i = 0; i < n; i++) {
            names[i] = v->args[1 + 2 * i].obj;
        }
        pt_maker_init(v->maker, (PyTypeObject *)v->args[0].obj, names, n, places);
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
        if (!r->failed && v->kind == V_INSTANCE) {
            read_maker(r, v);
        }
    }
}

static int
is_shell(int kind)
{
    return kind == V_LIST || kind == V_CELL || kind == V_INSTANCE;
}

/* Objects that must exist before those that contain them cannot contain themselves. state: 0 new, 1 on the way, 2 good. */
static int
contains_itself(PtProg *g, int i, uint8_t *state)
{
    Virtual *v = &g->virtuals[i];
    if (is_shell(v->kind) || state[i] == 2) {
        return 0;
    }
    if (state[i] == 1) {
        return 1;
    }
    state[i] = 1;
    for (int j = 0; j < v->n; j++) {
        if (v->args[j].get == GET_VIRTUAL && contains_itself(g, v->args[j].index, state)) {
            return 1;
        }
    }
    state[i] = 2;
    return 0;
}

static void
check_virtuals(Reader *r)
{
    uint8_t *state = room(r, r->prog->n_virtuals, 1);
    for (int i = 0; i < r->prog->n_virtuals && !r->failed; i++) {
        if (contains_itself(r->prog, i, state)) {
            fail(r, "an immutable virtual contains itself");
        }
    }
}

static void
mark_virtual(PtProg *g, Operand *op)
{
    if (op->get != GET_VIRTUAL || g->virtuals[op->index].in_locals) {
        return;
    }
    Virtual *v = &g->virtuals[op->index];
    v->in_locals = 1;
    for (int i = 0; i < v->n; i++) {
        mark_virtual(g, &v->args[i]);
    }
}

static void
mark_virtuals(PtProg *g)
{
    for (int i = 0; i < g->n_frames; i++) {
        for (int k = 0; k < g->frames[i].n_locals; k++) {
            mark_virtual(g, &g->frames[i].locals[k].value);
        }
    }
    for (int i = 0; i < g->n_names; i++) {
        mark_virtual(g, &g->names[i].value);
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
    int is_generator = !is_root && f->func && PyCode_Check(f->func);
    if (is_generator) {
        f->func = NULL;
    }
    if ((f->func == NULL && !is_root && !is_generator) || (f->func && !PyFunction_Check(f->func)) || !PyCode_Check(f->code)) {
        fail(r, "only the first frame may be the root's; others need a function and its code");
        return;
    }
    f->unit = read_unit(r, f->code, 0);
    f->call_unit = read_unit(r, f->code, 1);
    if (f->call_unit < 0) {
        f->call_unit = f->unit;
    }
    f->flags = (int)word(r);
    if (!is_generator != !(f->flags & PT_FRAME_GENERATOR)) {
        fail(r, "a generator's frame, and no other, is resumed");
    }
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

PtProg *
pt_read_program(PyObject *blob, PyObject *consts, int32_t *flags)
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
        check_virtuals(&r);
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
        if (!r.failed) {
            mark_virtuals(g);
        }
    }
    if (r.failed) {
        PyMem_Free(g);
        return NULL;
    }
    return g;
}
