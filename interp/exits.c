/* Exits: how a program's state comes out of native code.

   An exit is described by a blob of 64-bit words, decoded once into a PtProg (blob.c). The live values are in the
   activation's buffer when native code returns the exit. Rebuilding goes:

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
#include "program.h"
#include "runtime.h"

typedef struct {
    PyObject_HEAD
    PyObject *consts, *tag;
    PyObject *keepalive;         /* what the bridge's code needs */
    PtExit exit;
} ExitObject;

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
        return must(pt_box_int(buf[op->index]));
    case GET_FLOAT:
        return must(pt_box_float(as_double(buf[op->index])));
    case GET_BOOL:
        return Py_NewRef(buf[op->index] ? Py_True : Py_False);
    case GET_VIRTUAL:
        return Py_NewRef(virtuals[op->index]);
    default:
        return NULL;
    }
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

static long
get_long(PtProg *g, const Operand *op, const int64_t *buf, PyObject **out)
{
    if (op->get == GET_INT) {
        return (long)buf[op->index];
    }
    PyObject *o = part(g, op, buf, out);
    long v = o ? PyLong_AsLong(o) : 0;
    Py_XDECREF(o);
    return v;
}

static double
get_double(PtProg *g, const Operand *op, const int64_t *buf, PyObject **out)
{
    if (op->get == GET_FLOAT) {
        return as_double(buf[op->index]);
    }
    PyObject *o = part(g, op, buf, out);
    double v = o ? PyFloat_AsDouble(o) : 0.0;
    Py_XDECREF(o);
    return v;
}

/* Iterators that take over the reference to what they walk over: NULL, they are exhausted. */
PyObject *
pt_list_iter_new(PyObject *seq, int64_t index)
{
    _PyListIterObject *it = (_PyListIterObject *)must((PyObject *)PyObject_GC_New(_PyListIterObject, &PyListIter_Type));
    it->it_index = index;
    it->it_seq = (PyListObject *)seq;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

PyObject *
pt_tuple_iter_new(PyObject *seq, int64_t index)
{
    _PyTupleIterObject *it = (_PyTupleIterObject *)must((PyObject *)PyObject_GC_New(_PyTupleIterObject, &PyTupleIter_Type));
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

/* range(start, stop, step); step is not 0. */
PyObject *
pt_new_range(int64_t start, int64_t stop, int64_t step)
{
    PyObject *args[3] = {pt_box_int(start), pt_box_int(stop), pt_box_int(step)}, *r = NULL;
    if (args[0] != NULL && args[1] != NULL && args[2] != NULL) {
        r = PyObject_Vectorcall((PyObject *)&PyRange_Type, args, 3, NULL);
    }
    for (int i = 0; i < 3; i++) {
        Py_XDECREF(args[i]);
    }
    return r;
}

/* enumerate(it, start); takes over the reference to it, an iterator of a builtin type. */
PyObject *
pt_new_enumerate(PyObject *it, int64_t start)
{
    PyObject *args[2] = {it, pt_box_int(start)}, *r = NULL;
    if (args[1] != NULL) {
        r = PyObject_Vectorcall((PyObject *)&PyEnum_Type, args, 2, NULL);
        Py_DECREF(args[1]);
    }
    Py_DECREF(it);
    return r;
}

/* zip(*iterators); takes over the reference to the tuple of iterators of builtin types. */
PyObject *
pt_new_zip(PyObject *iterators)
{
    PyObject *r = PyObject_CallObject((PyObject *)&PyZip_Type, iterators);
    Py_DECREF(iterators);
    return r;
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

static PyObject *
new_function(PtProg *g, Virtual *v, const int64_t *buf, PyObject **out)
{
    PyObject *p[4];
    for (int i = 0; i < 4; i++) {
        p[i] = part(g, &v->args[i], buf, out);
    }
    PyObject *f = pt_make_function(p[0], p[1], p[2], p[3]);
    Py_DECREF(p[0]);
    Py_DECREF(p[1]);
    return f;
}

static PyObject *
new_generator(PtProg *g, Virtual *v, const int64_t *buf, PyObject **out)
{
    int64_t words[v->n];
    for (int i = 0; i < v->n; i++) {
        words[i] = i >= 1 && i < 4 ? get_long(g, &v->args[i], buf, out) : (int64_t)part(g, &v->args[i], buf, out);
    }
    return pt_new_generator(v->n, words);
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
        out[i] = must(pt_range_iter_new(get_long(g, a, buf, out), get_long(g, a + 1, buf, out),
                                        get_long(g, a + 2, buf, out)));
        break;
    case V_LIST_ITER:
        out[i] = pt_list_iter_new(part(g, a, buf, out), get_long(g, a + 1, buf, out));
        break;
    case V_TUPLE_ITER:
        out[i] = pt_tuple_iter_new(part(g, a, buf, out), get_long(g, a + 1, buf, out));
        break;
    case V_RANGE:
        out[i] = must(pt_new_range(get_long(g, a, buf, out), get_long(g, a + 1, buf, out), get_long(g, a + 2, buf, out)));
        break;
    case V_ENUMERATE:
        out[i] = must(pt_new_enumerate(part(g, a, buf, out), get_long(g, a + 1, buf, out)));
        break;
    case V_ZIP:
        out[i] = must(pt_new_zip(part(g, a, buf, out)));
        break;
    case V_FUNCTION:
        out[i] = new_function(g, v, buf, out);
        break;
    case V_GENERATOR:
        out[i] = new_generator(g, v, buf, out);
        break;
    case V_COMPLEX:
        out[i] = must(PyComplex_FromDoubles(get_double(g, a, buf, out), get_double(g, a + 1, buf, out)));
        break;
    default:
        Py_UNREACHABLE();
    }
}

static PyObject *
new_shell(Virtual *v)
{
    switch (v->kind) {
    case V_LIST:
        return must(PyList_New(v->n));
    case V_CELL:
        return must(PyCell_New(NULL));
    case V_INSTANCE:
        return must(pt_new_instance(v->maker->type));
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
        int n = v->maker->n;
        PyObject *values[n + 1];
        for (int i = 0; i < n; i++) {
            values[i] = get(&v->args[2 + 2 * i], buf, out);
        }
        if (pt_fill_instance(v->maker, o, values) < 0) {
            no_memory();
        }
    }
}

/* Fills out[] with new references. Not inlined: most exits have no virtuals. */
static void __attribute__((noinline))
build_virtuals(PtProg *g, const int64_t *buf, PyObject **out, int calling)
{
    int all = calling != PT_LOCALS;
    for (int i = 0; i < g->n_virtuals; i++) {
        out[i] = all || g->virtuals[i].in_locals ? new_shell(&g->virtuals[i]) : NULL;
    }
    for (int i = 0; i < g->n_virtuals; i++) {
        if (all || g->virtuals[i].in_locals) {
            build_virtual(g, i, buf, out);
        }
    }
    for (int i = 0; i < g->n_virtuals; i++) {
        if (out[i] != NULL) {
            fill_shell(&g->virtuals[i], out[i], buf, out);
        }
    }
}

static void
fill_frame(PtFrame *f, FrameProg *p, const int64_t *buf, PyObject **virtuals, int calling)
{
    for (int i = 0; i < p->n_locals; i++) {
        f->localsplus[p->locals[i].slot] = get(&p->locals[i].value, buf, virtuals);
    }
    PyObject **stack = f->localsplus + p->code->co_nlocalsplus;
    for (int i = 0; i < p->n_stack; i++) {
        stack[i] = calling == PT_LOCALS && p->stack[i].get == GET_VIRTUAL ? NULL : get(&p->stack[i], buf, virtuals);
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

/* ---- held names ----

   A trace holds some names of a module in registers. The dicts are brought up to date for a call out; if one of these names has
   another value after it, native code leaves at the guard behind the call, and the exit leaves the new value where it is. */

typedef struct PtRenamed {
    struct PtRenamed *next;
    PyObject *dict, *key, *value;
} PtRenamed;

static PyObject *
current_value(Name *n)
{
    PyObject *value = Py_XNewRef(PyDict_GetItemWithError(n->dict, n->key));
    PyErr_Clear();
    return value;
}

static void __attribute__((noinline))
restore_renamed(PtCtx *ctx)
{
    for (PtRenamed *r = ctx->renamed; r != NULL; r = r->next) {
        if ((r->value ? PyDict_SetItem(r->dict, r->key, r->value) : PyDict_DelItem(r->dict, r->key)) < 0) {
            PyErr_Clear();
        }
    }
}

static void
forget_renamed(PtCtx *ctx)
{
    while (ctx->renamed != NULL) {
        PtRenamed *r = ctx->renamed;
        ctx->renamed = r->next;
        Py_DECREF(r->dict);
        Py_DECREF(r->key);
        Py_XDECREF(r->value);
        PyMem_Free(r);
    }
}

static void __attribute__((noinline))
show_names(PtCtx *ctx, PtProg *g)
{
    restore_renamed(ctx);
    ctx->shown = (void *)must((void *)PyMem_Calloc(g->n_names, sizeof(PyObject *)));
    for (int i = 0; i < g->n_names; i++) {
        ctx->shown[i] = current_value(&g->names[i]);
    }
}

static void __attribute__((noinline))
look_at_names(PtCtx *ctx, PtProg *g)
{
    PyObject *exc = PyErr_GetRaisedException();
    for (int i = 0; i < g->n_names; i++) {
        Name *n = &g->names[i];
        PyObject *value = current_value(n);
        if (value != ctx->shown[i]) {
            PtRenamed *r = (void *)must((void *)PyMem_Malloc(sizeof(PtRenamed)));
            *r = (PtRenamed){ctx->renamed, Py_NewRef(n->dict), Py_NewRef(n->key), Py_XNewRef(value)};
            ctx->renamed = r;
            ctx->spare[0] = -1;
        }
        Py_XDECREF(value);
        Py_XDECREF(ctx->shown[i]);
    }
    PyMem_Free(ctx->shown);
    ctx->shown = NULL;
    PyErr_SetRaisedException(exc);
}

/* Everything but the release. The innermost frame is current afterwards; the frames that were pushed are described in pending[0..].
   `root` NULL: the outermost frame is pushed, too. `calling`: for the time of a call, which may come from the instruction before the one at
   which the frame goes on; PT_LOCALS: only to be looked at, so objects that only the stack would refer to are not made. */
void
pt_rebuild(PyThreadState *ts, PtFrame *root, PtProg *g, const int64_t *buf, PtPending *pending, int calling)
{
    PyObject *virtuals[g->n_virtuals + 1];
    if (g->n_virtuals) {
        build_virtuals(g, buf, virtuals, calling);
    }
    int first = root != NULL;
    if (first) {
        fill_frame(root, g->frames, buf, virtuals, calling);
        pt_set_at(root, g->n_frames > 1 || calling ? g->frames->call_unit : g->frames->unit);
    }
    for (int i = first; i < g->n_frames; i++) {
        FrameProg *p = &g->frames[i];
        PtFrame *f = p->flags & PT_FRAME_GENERATOR ? pt_activate(ts, pt_waited_for(pt_current(ts))) : pt_push_frame(ts, p->func, p->code);
        if (f == NULL) {
            no_memory();
        }
        fill_frame(f, p, buf, virtuals, calling);
        pt_set_at(f, i < g->n_frames - 1 || calling ? p->call_unit : p->unit);
        pending[i - first] = (PtPending){f, p->unit, p->call_unit, p->flags};
    }
    if (g->n_names) {
        write_names(g, buf, virtuals);
    }
    for (int i = 0; i < g->n_virtuals; i++) {
        Py_XDECREF(virtuals[i]);
    }
}

/* Variables that were written from outside since the trace has last read them. */
void
pt_apply_writes(PtCtx *ctx, PtProg *g, PtFrame *root, PtPending *pending)
{
    int first = root != NULL;
    for (PtWrite *w = ctx->writes; w != NULL; w = w->next) {
        if (w->index < g->n_frames) {
            PtFrame *f = w->index >= first ? pending[w->index - first].f : root;
            if (w->slot < 0) {
                pt_adopt(f, (PyFrameObject *)w->value);
            }
            else {
                Py_XSETREF(f->localsplus[w->slot], Py_XNewRef(w->value));
            }
        }
    }
}

void
pt_forget_writes(PtCtx *ctx)
{
    PtWrite *w = ctx->writes;
    ctx->writes = NULL;
    pt_free_writes(w);
}

void
pt_release_refs(PtProg *g, const int64_t *buf)
{
    for (int i = 0; i < g->n_release; i++) {
        Py_XDECREF((PyObject *)buf[g->release[i]]);
    }
}

/* ---- leaving ---- */

/* The root gets what its inlined callee gave. */
void
pt_resume_root(PtRoot *r, FrameProg *root, FrameProg *callee, PyObject *result)
{
    if (result == NULL) {
        r->raise = PyErr_GetRaisedException();
        pt_set_at(r->f, root->call_unit);
        return;
    }
    if (callee->flags & PT_FRAME_GENERATOR) {
        int unit = pt_deliver(r->f, root->unit, root->call_unit, callee->flags, result);
        if (unit < 0) {
            r->raise = PyErr_GetRaisedException();
        }
        pt_set_at(r->f, unit < 0 ? root->call_unit : unit);
        return;
    }
    if (callee->flags & PT_FRAME_OPERATOR && (result = pt_operator_result(r->f, root->call_unit, result)) == NULL) {
        pt_resume_root(r, root, callee, NULL);
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
    PT_ASSERT(!(e->flags & PT_EXIT_RAISE) == !PyErr_Occurred());
    int n = g->n_frames - 1;
    PtPending pending[n + 1];
    PyObject *exc = e->flags & PT_EXIT_RAISE ? PyErr_GetRaisedException() : NULL;
    pt.stats.deopts++;
    pt_rebuild(r->ts, r->f, g, ctx->buf, pending, 0);
    if (ctx->writes != NULL) {
        pt_apply_writes(ctx, g, r->f, pending);
    }
    if (ctx->renamed != NULL) {
        restore_renamed(ctx);
        forget_renamed(ctx);
    }
    pt_release_refs(g, ctx->buf);
    Py_CLEAR(ctx->result);
    if (ctx->writes != NULL) {
        pt_forget_writes(ctx);
    }
    r->moved = 1;
    if (n == 0) {
        r->raise = exc;
        return;
    }
    if (exc != NULL) {
        PyErr_SetRaisedException(exc);
    }
    PyObject *result = pt_run_pending(r->ts, pending, n, exc != NULL);
    pt_resume_root(r, &g->frames[0], &g->frames[1], result);
}

/* ---- hot exits ---- */

PyObject *
pt_live_values(PtProg *g, const int64_t *buf)
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
    PyObject *func = Py_NewRef(p->flags & PT_FRAME_GENERATOR ? (PyObject *)p->code : p->func ? (PyObject *)p->func : Py_None);
    if (p->func && p->func->func_code != (PyObject *)p->code) {
        func = must(Py_BuildValue("(NO)", func, p->code));
    }
    return must(Py_BuildValue("(NiNNii)", func, 2 * p->unit, must(pt_frame_locals(f)), must(pt_frame_stack(f)),
                              2 * p->call_unit, p->flags));
}

/* The inlined frames were rebuilt for real; as lists they can be handed to Python. Pops them. */
PyObject *
pt_frames_to_list(PtRoot *r, PtProg *g, PtPending *pending)
{
    PyObject *list = must(PyList_New(g->n_frames));
    PyList_SET_ITEM(list, 0, frame_tuple(&g->frames[0], r->f));
    for (int i = g->n_frames - 1; i > 0; i--) {
        PyList_SET_ITEM(list, i, frame_tuple(&g->frames[i], pending[i - 1].f));
        pt_pop_frame(r->ts, pending[i - 1].f);
    }
    return list;
}

PyObject *
pt_exit_owner(PtExit *e)
{
    return Py_NewRef((char *)e - offsetof(ExitObject, exit));
}

/* Like deoptimize(), but Python may take the rest of the inlined frames over. If it wrote nothing, they are run here. */
static void __attribute__((noinline))
hot_exit(PtRoot *r, PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    int n = g->n_frames - 1;
    PtPending pending[n + 1];
    PyObject *values = pt_live_values(g, ctx->buf);
    pt_rebuild(r->ts, r->f, g, ctx->buf, pending, 0);
    pt_release_refs(g, ctx->buf);
    Py_CLEAR(ctx->result);
    PyObject *frames = pt_frames_to_list(r, g, pending);
    PyObject *owner = pt_exit_owner(e);
    r->moved = 0;
    r->shown = g->frames[0].unit;
    PyObject *args[4] = {NULL, owner, frames, values};
    pt.stats.hot_exit_calls++;
    int64_t next = pt_ask(r, pt.on_exit, args, 4);
    e->next = next < 0 ? INT64_MAX : e->count + (next ? next : 1);
    if (next < 0 && e->native == NULL) {
        e->state = PT_STATE_NEVER;
    }
    Py_CLEAR(values); /* or they would outlive their variables */
    if (!r->moved && n > 0) {
        PyObject *inner = must(PyList_GetSlice(frames, 1, n + 1));
        PyObject *result = pt_run_states(r->ts, inner, r->raise);
        Py_CLEAR(r->raise);
        Py_DECREF(inner);
        pt_resume_root(r, &g->frames[0], &g->frames[1], result);
    }
    r->moved = 1;
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
    if (asks && e->count >= (e->next ? e->next : pt.exit_threshold) && !pt_watched(r->ts, pt_code(r->f)) && ctx->writes == NULL &&
        ctx->renamed == NULL) {
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
    pt_called_out++;
    pt_rebuild(ctx->tstate, ctx->frame, g, ctx->buf, pending, PT_LOCALS);
    if (g->n_names) {
        show_names(ctx, g);
    }
}

/* Native code leaves at the guard behind the call. */
void
pt_keep_writes(PtCtx *ctx, PtWrite *writes)
{
    PtWrite **end = &ctx->writes;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = writes;
    ctx->spare[0] = -1;
}

void
pt_unsync(PtCtx *ctx, PtExit *e)
{
    PtProg *g = e->prog;
    PtFrame *root = ctx->frame;
    pt_called_out--;
    if (g->n_names) {
        look_at_names(ctx, g);
    }
    PtWrite *writes = pt_take_writes(ctx->tstate, root);
    if (pt_current(ctx->tstate) != root) {
        writes = pt_kept_frames(ctx->tstate, root, writes);
    }
    if (writes != NULL) {
        pt_keep_writes(ctx, writes);
    }
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
    if (!pt_free_plainly(o)) {
        pt_sync(ctx, e);
        _Py_Dealloc(o);
        pt_unsync(ctx, e);
    }
}

/* Whether somebody has begun to trace or watch the root's code since native code was entered (by a call it made): then
   native code should leave at the next chance. */
int
pt_must_leave(PtCtx *ctx)
{
    return pt_watched(ctx->tstate, pt_code(ctx->frame));
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
    PtProg *g = pt_read_program(blob, consts, &flags);
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

static int
set_moves(PtExit *e, PyObject *moves)
{
    Py_ssize_t n = moves ? PyTuple_GET_SIZE(moves) : 0;
    if (n % 2 || n / 2 > PT_MAX_MOVES) {
        PyErr_SetString(PyExc_ValueError, "moves come in pairs, and there cannot be so many");
        return -1;
    }
    int32_t *words = n ? PyMem_New(int32_t, n) : NULL;
    if (n && words == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        long word = PyLong_AsLong(PyTuple_GET_ITEM(moves, i));
        if (word < 0 || word >= PT_BUF_WORDS) {
            PyMem_Free(words);
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_ValueError, "there is no such word in the buffer");
            }
            return -1;
        }
        words[i] = (int32_t)word;
    }
    PyMem_Free(e->moves);
    e->moves = words;
    e->n_moves = n / 2;
    return 0;
}

/* Earlier bridges' code may still be running: it is kept as long as the exit. */
PyObject *
pt_attach_bridge(PyObject *self, PyObject *args)
{
    ExitObject *x;
    unsigned long long address;
    PyObject *keepalive = Py_None, *moves = NULL;
    if (!PyArg_ParseTuple(args, "O!K|OO!:attach_bridge", &PtExit_Type, &x, &address, &keepalive, &PyTuple_Type, &moves)) {
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
    if (set_moves(&x->exit, moves) < 0) {
        Py_DECREF(all);
        return NULL;
    }
    Py_XSETREF(x->keepalive, all);
    x->exit.native = (void *)(uintptr_t)address;
    x->exit.state = PT_STATE_BRIDGED;
    Py_RETURN_NONE;
}

/* Code that jumped here already goes on: the bridge's code is kept. */
PyObject *
pt_detach_bridge(PyObject *self, PyObject *args)
{
    ExitObject *x;
    long long next;
    if (!PyArg_ParseTuple(args, "O!L:detach_bridge", &PtExit_Type, &x, &next)) {
        return NULL;
    }
    if (x->exit.state == PT_STATE_JUMP) {
        PyErr_SetString(PyExc_ValueError, "a jump exit has no bridge");
        return NULL;
    }
    x->exit.native = NULL;
    x->exit.next = next < 0 ? INT64_MAX : x->exit.count + (next ? next : 1);
    x->exit.state = next < 0 ? PT_STATE_NEVER : PT_STATE_COLD;
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
    PyMem_Free(x->exit.moves);
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
exit_ticks(PyObject *self, void *unused)
{
    return PyLong_FromLongLong(EXIT(self).ticks);
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
exit_native(PyObject *self, void *unused)
{
    return PyLong_FromVoidPtr(EXIT(self).native);
}

/* For a jump exit that was made before its target was compiled, and for better code of the same bridge. */
static int
set_exit_native(PyObject *self, PyObject *value, void *unused)
{
    void *address = value ? PyLong_AsVoidPtr(value) : NULL;
    if (address == NULL || (EXIT(self).state != PT_STATE_JUMP && EXIT(self).state != PT_STATE_BRIDGED)) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "only a jump exit's target, or a bridge's code, can be set, to an address");
        }
        return -1;
    }
    EXIT(self).native = address;
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
    {"count", exit_count, NULL, "how often it was taken, with or without a bridge"},
    {"ticks", exit_ticks, NULL, "of a jump exit: iterations of its loop's code, where that counts them for its replacement"},
    {"next", exit_next, set_exit_next, "the count at which Python is asked; 0: the common threshold; negative: never"},
    {"native", exit_native, set_exit_native, "address of the code that comes next, or 0"},
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
