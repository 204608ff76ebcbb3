/* Instances of classes written in Python: made, given attributes and freed without asking CPython's generic machinery.

   CPython 3.13 keeps an instance's first attributes behind the object, 3.12 in an array of their own; in both, the names are
   the class's *shared keys*, and the order in which an instance got its attributes stands in bytes beside the values. A PtMaker
   knows, for the attributes of one allocation, the places of their names in the shared keys, as long as these keys are the
   class's. Whatever is not as expected (keys that are full, a dict, a collection that is due) goes CPython's own way.

   An object dies *plainly* when freeing it and all that dies with it runs no Python code: no finalizers, no weak
   references, nothing but types known here. The walk that finds out is bounded; an object that a dying one refers to, and
   others as well, lives on if it has more references than the walk came across.

   Memory. Blocks of dead instances are kept, a list for each of pymalloc's size classes; any block may go back to CPython by
   any of its ways, and the other way around. Under another allocator (PYTHONMALLOC) nothing is kept. */
#include "program.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_pymem.h"
#include "runtime.h"
#include <structmember.h>

enum { ALIGN = 16, LARGEST = 512, KEPT = 128 };

static struct {
    void *first; /* linked through the first word */
    int room;
} blocks[LARGEST / ALIGN + 1];

static PyMethodDef pt_instances_methods[];
static destructor subtype_dealloc;   /* of all heap types; not exported */
static struct _gc_runtime_state *gc; /* the main interpreter's: the only one that runs native code */

int
pt_instances_init(PyObject *module)
{
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&(PyType_Spec){
        "pytrace.interp._bridge.instance", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, (PyType_Slot[]){{0, NULL}}});
    if (type == NULL) {
        return -1;
    }
    subtype_dealloc = type->tp_dealloc;
    Py_DECREF(type);
    gc = &PyInterpreterState_Main()->gc;
    const char *name = _PyMem_GetCurrentAllocatorName();
    int pymalloc = name != NULL && strcmp(name, "pymalloc") == 0;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++) {
        blocks[i].room = pymalloc ? KEPT : 0;
    }
    return PyType_Ready(&PtMaker_Type) < 0 ? -1 : PyModule_AddFunctions(module, pt_instances_methods);
}

void
pt_instances_clear(void)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++) {
        blocks[i].room = 0;
        while (blocks[i].first != NULL) {
            void *block = blocks[i].first;
            blocks[i].first = *(void **)block;
            PyObject_Free(block);
        }
    }
}

static inline void *
take_block(size_t size)
{
    size_t i = (size + ALIGN - 1) / ALIGN;
    if (size <= LARGEST && blocks[i].first != NULL) {
        void *block = blocks[i].first;
        blocks[i].first = *(void **)block;
        blocks[i].room++;
        return block;
    }
    if (size <= LARGEST) {
        void *block = pt_next_in_pool(size);
        if (block != NULL) {
            return block;
        }
    }
    return PyObject_Malloc(size);
}

static inline void
give_block(void *block, size_t size)
{
    size_t i = (size + ALIGN - 1) / ALIGN;
    if (size <= LARGEST && blocks[i].room > 0) {
        *(void **)block = blocks[i].first;
        blocks[i].first = block;
        blocks[i].room--;
        return;
    }
    PyObject_Free(block);
}

/* ---- classes ---- */

enum { SLOTS = 8 };

/* What is known of a class whose instances are made and freed here. */
typedef struct {
    PyTypeObject *type;
    unsigned int version;
    uint8_t plain, inlined, n_slots;
    Py_ssize_t slots[SLOTS], presize;
} Class;

static Class classes[64];

static inline PyDictKeysObject *
cached_keys(PyTypeObject *type)
{
    return ((PyHeapTypeObject *)type)->ht_cached_keys;
}

static int
add_slots(Class *c, PyTypeObject *base)
{
    PyMemberDef *m = (PyMemberDef *)PyObject_GetItemData((PyObject *)base);
    for (Py_ssize_t i = 0; i < Py_SIZE(base); i++, m++) {
        if (m->type == Py_T_OBJECT_EX && !(m->flags & Py_READONLY)) {
            if (c->n_slots == SLOTS) {
                return 0;
            }
            c->slots[c->n_slots++] = m->offset;
        }
    }
    return 1;
}

static int
describe_class(Class *c, PyTypeObject *type)
{
    unsigned long f = type->tp_flags;
    if (!(f & Py_TPFLAGS_HEAPTYPE) || !(f & Py_TPFLAGS_HAVE_GC) || type->tp_itemsize || type->tp_free != PyObject_GC_Del ||
        type->tp_alloc != PyType_GenericAlloc || type->tp_basicsize % sizeof(PyObject *)) {
        return 0;
    }
    if (f & Py_TPFLAGS_MANAGED_DICT) {
#if !PT_312
        if (!(f & Py_TPFLAGS_INLINE_VALUES) || type->tp_basicsize != sizeof(PyObject)) {
            return 0;
        }
#endif
        if (cached_keys(type) == NULL) {
            return 0;
        }
        c->inlined = 1;
    }
    else if (type->tp_dictoffset) {
        return 0;
    }
    c->presize = _PyType_PreHeaderSize(type);
    PyTypeObject *base = type;
    for (; base->tp_dealloc == subtype_dealloc; base = base->tp_base) {
        if (Py_SIZE(base) && !add_slots(c, base)) {
            return 0;
        }
    }
    return base == &PyBaseObject_Type;
}

/* The class's description, good until the next call; NULL where its instances are CPython's business. */
static inline const Class *
class_of(PyTypeObject *type)
{
    Class *c = &classes[((uintptr_t)type >> 5) % Py_ARRAY_LENGTH(classes)];
    if (c->type != type || c->version != type->tp_version_tag || !pt_has_version(type)) {
        if (type->tp_dealloc != subtype_dealloc || !pt_has_version(type)) {
            return NULL;
        }
        *c = (Class){.type = type, .version = type->tp_version_tag};
        c->plain = (uint8_t)describe_class(c, type);
    }
    return c->plain ? c : NULL;
}

/* ---- making ---- */

enum { PROBES = 7 << 8 };
static unsigned made;

static inline void
track(PyObject *o)
{
    PyGC_Head *head = _Py_AS_GC(o), *young = pt_expects_no_garbage && ++made & PROBES ? &gc->generations[1].head : gc->generation0;
    PyGC_Head *last = (PyGC_Head *)young->_gc_prev;
    _PyGCHead_SET_NEXT(last, head);
    _PyGCHead_SET_PREV(head, last);
    _PyGCHead_SET_NEXT(head, young);
    young->_gc_prev = (uintptr_t)head;
}

#if PT_312
static PyDictValues *
new_values(PyDictKeysObject *keys)
{
    if (keys->dk_usable > 1) {
        keys->dk_usable--;
    }
    size_t n = (size_t)(keys->dk_usable + keys->dk_nentries);
    size_t prefix = _Py_SIZE_ROUND_UP(n + 2, sizeof(PyObject *));
    uint8_t *mem = PyMem_Malloc(prefix + n * sizeof(PyObject *));
    if (mem == NULL) {
        return NULL;
    }
    mem[prefix - 1] = (uint8_t)prefix;
    mem[prefix - 2] = 0;
    PyDictValues *values = (PyDictValues *)(mem + prefix);
    memset(values->values, 0, n * sizeof(PyObject *));
    return values;
}
#endif

/* What object.__new__(type) gives. */
PyObject *
pt_new_instance(PyTypeObject *type)
{
    const Class *c = class_of(type);
    if (c == NULL || gc->generations[0].count >= gc->generations[0].threshold) {
        static PyObject *nothing;
        if (nothing == NULL && (nothing = PyTuple_New(0)) == NULL) {
            return NULL;
        }
        return PyBaseObject_Type.tp_new(type, nothing, NULL);
    }
    size_t size = (size_t)type->tp_basicsize;
#if PT_312
    PyDictValues *values = NULL;
    if (c->inlined && (values = new_values(cached_keys(type))) == NULL) {
        return PyErr_NoMemory();
    }
#else
    PyDictKeysObject *keys = NULL;
    if (c->inlined) {
        keys = cached_keys(type);
        size += _PyInlineValuesSize(type);
    }
#endif
    char *mem = take_block(size + (size_t)c->presize);
    if (mem == NULL) {
#if PT_312
        if (values != NULL) {
            PyMem_Free((char *)values - ((uint8_t *)values)[-1]);
        }
#endif
        return PyErr_NoMemory();
    }
    PyObject *o = (PyObject *)(mem + c->presize);
    for (char *p = mem; p < (char *)o; p += sizeof(void *)) {
        *(void **)p = NULL;
    }
    memset(o + 1, 0, size - sizeof(PyObject));
    o->ob_refcnt = 1;
    o->ob_type = (PyTypeObject *)Py_NewRef(type);
    gc->generations[0].count++;
#if PT_312
    if (values != NULL) {
        _PyDictOrValues_SetValues(_PyObject_DictOrValuesPointer(o), values);
    }
#else
    if (keys != NULL) {
        if (keys->dk_usable > 1) {
            keys->dk_usable--;
        }
        PyDictValues *values = _PyObject_InlineValues(o);
        values->capacity = (uint8_t)shared_keys_usable_size(keys);
        values->embedded = 1;
        values->valid = 1;
    }
#endif
    track(o);
    return o;
}

/* ---- attributes ---- */

/* The attributes' array of an instance that has no dict, or NULL. */
static inline PyDictValues *
own_values(PyObject *o)
{
#if PT_312
    PyDictOrValues d = *_PyObject_DictOrValuesPointer(o);
    return _PyDictOrValues_IsValues(d) ? _PyDictOrValues_GetValues(d) : NULL;
#else
    PyDictValues *values = _PyObject_InlineValues(o);
    return values->valid && _PyObject_GetManagedDict(o) == NULL ? values : NULL;
#endif
}

static Py_ssize_t
index_of(PyDictKeysObject *keys, PyObject *name)
{
    PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
    for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
        if (entries[i].me_key == name) {
            return i;
        }
    }
    return -1;
}

/* The word of an instance that holds the slot of this name, 0: no such slot. */
static Py_ssize_t
slot_of(PyTypeObject *type, PyObject *name)
{
    PyObject *descr = NULL;
    for (Py_ssize_t i = 0; descr == NULL && i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i);
        PyObject *dict = base->tp_flags & Py_TPFLAGS_HEAPTYPE ? base->tp_dict : NULL;
        descr = dict ? PyDict_GetItemWithError(dict, name) : NULL;
    }
    if (descr == NULL || !Py_IS_TYPE(descr, &PyMemberDescr_Type)) {
        return 0;
    }
    PyMemberDef *d = ((PyMemberDescrObject *)descr)->d_member;
    int fits = d->type == Py_T_OBJECT_EX && !(d->flags & Py_READONLY) && d->offset % sizeof(PyObject *) == 0 && d->offset < (1 << 18);
    return fits && PyType_IsSubtype(type, PyDescr_TYPE(descr)) ? d->offset / (Py_ssize_t)sizeof(PyObject *) : 0;
}

static int
find_slots(PtMaker *m)
{
    for (int i = 0; i < m->n; i++) {
        Py_ssize_t word = slot_of(m->type, m->names[i]);
        if (word <= 0) {
            return 0;
        }
        m->places[i] = (uint16_t)word;
    }
    m->version = m->type->tp_version_tag;
    return 1;
}

static inline int
knows_slots(PtMaker *m)
{
    return m->version != 0 && m->version == m->type->tp_version_tag && pt_has_version(m->type);
}

/* Whether the maker's places are those of the class's keys, as they are now. */
static int
find_places(PtMaker *m)
{
    const Class *c = class_of(m->type);
    if (c == NULL || m->tries >= 16) {
        return 0;
    }
    m->tries++;
    if (!c->inlined) {
        return find_slots(m);
    }
    PyDictKeysObject *keys = cached_keys(m->type);
    if (!DK_IS_UNICODE(keys)) {
        return 0;
    }
    for (int i = 0; i < m->n; i++) {
        Py_ssize_t k = index_of(keys, m->names[i]);
        if (k < 0) {
            return 0;
        }
        m->places[i] = (uint16_t)k;
    }
    m->keys = keys;
    return 1;
}

/* Gives a new instance its first attributes; steals them. NULL stands for one that it has not. -1: no memory. */
int
pt_fill_instance(PtMaker *m, PyObject *o, PyObject **values)
{
    if (knows_slots(m) || (m->keys == NULL && find_places(m) && knows_slots(m))) {
        for (int i = 0; i < m->n; i++) {
            ((PyObject **)o)[m->places[i]] = values[i];
        }
        return 0;
    }
    if (m->keys != NULL && (m->keys == cached_keys(m->type) || find_places(m))) {
        PyDictValues *own = own_values(o);
        if (own != NULL) {
            for (int i = 0; i < m->n; i++) {
                if (values[i] != NULL) {
                    own->values[m->places[i]] = values[i];
                    _PyDictValues_AddToInsertionOrder(own, m->places[i]);
                }
            }
            return 0;
        }
    }
    int result = 0;
    for (int i = 0; i < m->n; i++) {
        if (values[i] != NULL) {
            if (PyObject_GenericSetAttr(o, m->names[i], values[i]) < 0) {
                result = -1;
            }
            Py_DECREF(values[i]);
        }
    }
    return result;
}

/* A new instance with these attributes, which it steals. */
PyObject *
pt_make_instance(PtMaker *m, PyObject **values)
{
    PyObject *o = pt_new_instance(m->type);
    if (o == NULL || pt_fill_instance(m, o, values) < 0) {
        Py_FatalError("pytrace: out of memory for an instance");
    }
    return o;
}

/* A new attribute, whose place in the class's shared keys is known and empty. */
int
pt_add_attribute(PyObject *o, PyObject *name, PyObject *value, int64_t place)
{
    PyDictValues *own = own_values(o);
    if (own == NULL || own->values[place] != NULL) {
        return PyObject_GenericSetAttr(o, name, value);
    }
    own->values[place] = Py_NewRef(value);
    _PyDictValues_AddToInsertionOrder(own, place);
    return 0;
}

/* ---- attributes in a dict ---- */

/* The instance's dict, NULL where it has none yet; *known is 0 where that cannot be told, or where its keys are not all str. */
static inline PyDictObject *
own_dict(PyObject *o, int *known)
{
    PyTypeObject *type = Py_TYPE(o);
    PyObject *d = NULL;
    *known = 1;
    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT) {
#if PT_312
        PyDictOrValues dv = *_PyObject_DictOrValuesPointer(o);
        *known = !_PyDictOrValues_IsValues(dv);
        d = *known ? dv.dict : NULL;
#else
        d = (PyObject *)_PyObject_GetManagedDict(o);
        *known = d != NULL || !(type->tp_flags & Py_TPFLAGS_INLINE_VALUES) || !_PyObject_InlineValues(o)->valid;
#endif
    }
    else if (type->tp_dictoffset > 0) {
        d = *(PyObject **)((char *)o + type->tp_dictoffset);
    }
    else {
        *known = type->tp_dictoffset == 0;
    }
    if (d != NULL && (!PyDict_CheckExact(d) || !DK_IS_UNICODE(((PyDictObject *)d)->ma_keys))) {
        *known = 0;
    }
    return (PyDictObject *)d;
}

static inline PyObject **
value_at(PyDictObject *d, PyObject *name, int64_t place)
{
    PyDictKeysObject *keys = d->ma_keys;
    if (place < 0 || place >= keys->dk_nentries || DK_UNICODE_ENTRIES(keys)[place].me_key != name) {
        return NULL;
    }
    return d->ma_values ? &d->ma_values->values[place] : &DK_UNICODE_ENTRIES(keys)[place].me_value;
}

/* What the instance's dict has under this name, borrowed; NULL, without an exception, for nothing, or where its keys are not all str.
   `place`: where it was last seen. */
PyObject *
pt_own_attribute(PyObject *o, PyObject *name, int64_t place)
{
    int known;
    PyDictObject *d = own_dict(o, &known);
    if (d == NULL || !known) {
        return NULL;
    }
    PyObject **p = value_at(d, name, place);
    if (p != NULL && *p != NULL) {
        return *p;
    }
    return PyDict_GetItemWithError((PyObject *)d, name); /* str keys: nothing can go wrong */
}

/* Whether the instance keeps its attributes in a dict, or would, and has none of this name. */
int64_t
pt_lacks_attribute(PyObject *o, PyObject *name)
{
    int known;
    PyDictObject *d = own_dict(o, &known);
    return known && (d == NULL || PyDict_GetItemWithError((PyObject *)d, name) == NULL);
}

/* A new value for an attribute that pt_own_attribute has just found; the old one, whose reference is the caller's from now on. */
PyObject *
pt_replace_attribute(PyObject *o, PyObject *name, PyObject *value, int64_t place)
{
    int known;
    PyDictObject *d = own_dict(o, &known);
    PyObject **p = value_at(d, name, place), *old;
    if (p != NULL && *p != NULL && !(d->ma_version_tag & ((1 << DICT_MAX_WATCHERS) - 1)) && _PyObject_GC_IS_TRACKED(d)) {
        old = *p;
        *p = Py_NewRef(value);
        d->ma_version_tag = (PyInterpreterState_Main()->dict_state.global_version += DICT_VERSION_INCREMENT) | (d->ma_version_tag & (DICT_VERSION_INCREMENT - 1));
        return old;
    }
    old = Py_NewRef(PyDict_GetItemWithError((PyObject *)d, name));
    if (PyDict_SetItem((PyObject *)d, name, value) < 0) {
        Py_FatalError("pytrace: out of memory for an attribute");
    }
    return old;
}

/* attribute_place(obj, name) -> where the instance's dict has it, -1: it has not, -2: that cannot be told */
static PyObject *
attribute_place(PyObject *self, PyObject *args)
{
    PyObject *o, *name;
    int known;
    if (!PyArg_ParseTuple(args, "OU:attribute_place", &o, &name)) {
        return NULL;
    }
    PyDictObject *d = own_dict(o, &known);
    if (!known) {
        return PyLong_FromLong(-2);
    }
    if (d == NULL || PyDict_GetItemWithError((PyObject *)d, name) == NULL) {
        return PyLong_FromLong(-1);
    }
    Py_ssize_t place = index_of(d->ma_keys, name);
    return PyLong_FromSsize_t(place < 0 ? 0 : place);
}

void
pt_maker_init(PtMaker *m, PyTypeObject *type, PyObject **names, int n, uint16_t *places)
{
    *m = (PtMaker){.type = type, .names = names, .n = n, .places = places};
}

/* ---- dying ---- */

enum { MANY = 32, LONG = 1 << 14 };

typedef struct {
    PyObject *shared[MANY]; /* one for each reference to an object that others refer to as well */
    int n_shared, n_dying;
} Walk;

static inline int
is_leaf(PyTypeObject *t)
{
    return t == &PyFloat_Type || t == &PyLong_Type || t == &PyUnicode_Type || t == &PyBytes_Type || t == &PyComplex_Type || t == &PyRange_Type ||
           t == &PyRangeIter_Type;
}

static int dies_plainly(Walk *w, PyObject *o);

/* A reference that goes away. */
static inline int
lets_go(Walk *w, PyObject *o)
{
    if (o == NULL || Py_IS_TYPE(o, &PyLong_Type) || Py_IS_TYPE(o, &PyFloat_Type) || _Py_IsImmortal(o) || is_leaf(Py_TYPE(o))) {
        return 1;
    }
    if (Py_REFCNT(o) == 1) {
        return dies_plainly(w, o);
    }
    if (w->n_shared == MANY) {
        return 0;
    }
    w->shared[w->n_shared++] = o;
    return 1;
}

static int
all_let_go(Walk *w, PyObject **items, Py_ssize_t n)
{
    if (n > LONG) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!lets_go(w, items[i])) {
            return 0;
        }
    }
    return 1;
}

static int
dict_lets_go(Walk *w, PyObject *d)
{
    Py_ssize_t pos = 0;
    PyObject *key, *value;
    if (PyDict_GET_SIZE(d) > LONG) {
        return 0;
    }
    while (PyDict_Next(d, &pos, &key, &value)) {
        if (!lets_go(w, key) || !lets_go(w, value)) {
            return 0;
        }
    }
    return 1;
}

static inline int
has_weak_references(PyObject *o)
{
    Py_ssize_t offset = Py_TYPE(o)->tp_weaklistoffset;
    return offset && *(PyObject **)((char *)o + offset) != NULL;
}

static inline Py_ssize_t
capacity(PyDictValues *values, PyTypeObject *type)
{
#if PT_312
    return cached_keys(type)->dk_nentries;
#else
    return values->capacity;
#endif
}

static int
instance_lets_go(Walk *w, PyObject *o, Class c)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_finalize != NULL || type->tp_del != NULL || has_weak_references(o)) {
        return 0;
    }
    for (int i = 0; i < c.n_slots; i++) {
        if (!lets_go(w, *(PyObject **)((char *)o + c.slots[i]))) {
            return 0;
        }
    }
    if (!c.inlined) {
        return 1;
    }
    PyDictValues *own = own_values(o);
    return own != NULL && all_let_go(w, own->values, capacity(own, type));
}

/* Whether o's death, and what follows from it, runs no Python code; where it hangs on others, they are in w->shared. */
static int
dies_plainly(Walk *w, PyObject *o)
{
    if (++w->n_dying > MANY) {
        return 0;
    }
    PyTypeObject *t = Py_TYPE(o);
    if (t == &PyList_Type) {
        return all_let_go(w, ((PyListObject *)o)->ob_item, Py_SIZE(o));
    }
    if (t == &PyTuple_Type) {
        return all_let_go(w, ((PyTupleObject *)o)->ob_item, Py_SIZE(o));
    }
    if (t == &PyDict_Type) {
        return dict_lets_go(w, o);
    }
    if (t == &PyListIter_Type) {
        return lets_go(w, (PyObject *)((_PyListIterObject *)o)->it_seq);
    }
    if (t == &PyTupleIter_Type) {
        return lets_go(w, (PyObject *)((_PyTupleIterObject *)o)->it_seq);
    }
    if (t == &PyMethod_Type) {
        return ((PyMethodObject *)o)->im_weakreflist == NULL && lets_go(w, PyMethod_GET_FUNCTION(o)) && lets_go(w, PyMethod_GET_SELF(o));
    }
    if (t == &PyCell_Type) {
        return lets_go(w, PyCell_GET(o));
    }
    if (t == &PySlice_Type) {
        PySliceObject *s = (PySliceObject *)o;
        return lets_go(w, s->start) && lets_go(w, s->stop) && lets_go(w, s->step);
    }
    const Class *c = class_of(t);
    return c != NULL ? instance_lets_go(w, o, *c) : is_leaf(t);
}

static inline int
is_observed(void)
{
#if PT_312
    return 0;
#else
    return _PyRuntime.ref_tracer.tracer_func != NULL;
#endif
}

/* Whether giving up the last reference to o runs no Python code. */
int
pt_dies_plainly(PyObject *o)
{
    Walk w;
    w.n_shared = w.n_dying = 0;
    if (is_observed() || !dies_plainly(&w, o)) {
        return 0;
    }
    for (int i = 0; i < w.n_shared; i++) {
        Py_ssize_t n = 0;
        for (int j = 0; j < w.n_shared; j++) {
            n += w.shared[j] == w.shared[i];
        }
        if (n >= Py_REFCNT(w.shared[i])) {
            return 0;
        }
    }
    return 1;
}

static void free_plain(PyObject *o);

static inline void
drop(PyObject *o)
{
    if (o != NULL && !_Py_IsImmortal(o) && --o->ob_refcnt == 0) {
        free_plain(o);
    }
}

static void
free_instance(PyObject *o, Class c)
{
    PyTypeObject *type = Py_TYPE(o);
    size_t size = (size_t)type->tp_basicsize;
    if (_PyObject_GC_IS_TRACKED(o)) {
        _PyObject_GC_UNTRACK(o);
    }
    for (int i = 0; i < c.n_slots; i++) {
        drop(*(PyObject **)((char *)o + c.slots[i]));
    }
    if (c.inlined) {
        PyDictValues *own = own_values(o);
        Py_ssize_t n = capacity(own, type);
        for (Py_ssize_t i = 0; i < n; i++) {
            drop(own->values[i]);
        }
#if PT_312
        PyMem_Free((char *)own - ((uint8_t *)own)[-1]);
#else
        size += (size_t)(_Py_SIZE_ROUND_UP(n, sizeof(PyObject *)) + (n + 1) * sizeof(PyObject *));
#endif
    }
    if (gc->generations[0].count > 0) {
        gc->generations[0].count--;
    }
    give_block((char *)o - c.presize, size + (size_t)c.presize);
    Py_DECREF(type);
}

/* As the list's deallocation would, from the end; but numbers come back to us (boxes.c). */
static void
empty_list(PyListObject *l)
{
    Py_ssize_t n = Py_SIZE(l);
    Py_SET_SIZE(l, 0);
    pt_drop_all(l->ob_item, n, free_plain);
}

/* o has no references left, and dies plainly. */
static void
free_plain(PyObject *o)
{
    const Class *c;
    if (Py_IS_TYPE(o, &PyLong_Type) || Py_IS_TYPE(o, &PyFloat_Type)) {
        pt_free(o);
    }
    else if ((c = class_of(Py_TYPE(o))) != NULL) {
        free_instance(o, *c);
    }
    else {
        if (Py_IS_TYPE(o, &PyList_Type)) {
            empty_list((PyListObject *)o);
        }
        pt_free(o);
    }
}

/* For an object without references: frees it if it dies plainly (1), or does nothing (0). */
int
pt_free_plainly(PyObject *o)
{
    if (!pt_dies_plainly(o)) {
        return 0;
    }
    free_plain(o);
    return 1;
}

/* The same for an object with one reference, the caller's. */
int
pt_release(PyObject *o)
{
    if (!pt_dies_plainly(o)) {
        return 0;
    }
    o->ob_refcnt = 0;
    free_plain(o);
    return 1;
}

/* ---- one instead of another ---- */

enum { RAW_FLOAT = 1, RAW_INT = 2 };

/* The values' array of an instance that nobody but its place refers to, if it has the maker's attributes, in that order, and they
   are objects that can go without anybody noticing. */
static PyDictValues *
renewable(PtMaker *m, PyObject *o)
{
    if (o == NULL || Py_TYPE(o) != m->type || Py_REFCNT(o) != 1 || m->keys == NULL || m->keys != cached_keys(m->type) || is_observed() ||
        m->type->tp_finalize != NULL || m->type->tp_del != NULL || has_weak_references(o)) {
        return NULL;
    }
    PyDictValues *own = own_values(o);
    if (own == NULL) {
        return NULL;
    }
#if PT_312
    uint8_t *size = (uint8_t *)own - 2, *order = size - 1;
#else
    uint8_t *size = &own->size, *order = get_insertion_order_array(own);
#endif
    if (*size != m->n) {
        return NULL;
    }
    for (int i = 0; i < m->n; i++) {
        PyObject *v = own->values[m->places[i]];
        if (order[PT_312 ? -i : i] != m->places[i] || v == NULL || !(_Py_IsImmortal(v) || is_leaf(Py_TYPE(v)))) {
            return NULL;
        }
    }
    return own;
}

static void
renew(PtMaker *m, PyDictValues *own, int64_t *values, uint64_t kinds)
{
    for (int i = 0; i < m->n; i++, kinds >>= 2) {
        PyObject **p = &own->values[m->places[i]];
        double x;
        switch (kinds & 3) {
        case RAW_FLOAT:
            memcpy(&x, &values[i], sizeof(x));
            pt_store_float(p, x);
            break;
        case RAW_INT:
            pt_store_int(p, values[i]);
            break;
        default: {
            PyObject *old = *p;
            *p = (PyObject *)values[i];
            drop(old);
        }
        }
    }
}

static void
box(int64_t *values, int n, uint64_t kinds)
{
    for (int i = 0; i < n; i++, kinds >>= 2) {
        double x;
        memcpy(&x, &values[i], sizeof(x));
        PyObject *o = (kinds & 3) == RAW_FLOAT ? pt_box_float(x) : (kinds & 3) == RAW_INT ? pt_box_int(values[i]) : (PyObject *)values[i];
        if (o == NULL && (kinds & 3)) {
            Py_FatalError("pytrace: out of memory for a number");
        }
        values[i] = (int64_t)(intptr_t)o;
    }
}

/* Puts an instance with these attributes into a place and gives up what it held. `kinds`: two bits for each value, an object (stolen), or the
   number of one. The instance, borrowed; its address + 1 where giving up the old object may run Python code: then the caller has its reference. */
void *
pt_renew(PtMaker *m, PyObject **place, int64_t *values, uint64_t kinds)
{
    PyObject *old = *place;
    PyDictValues *own = renewable(m, old);
    if (own != NULL) {
        renew(m, own, values, kinds);
        return old;
    }
    box(values, m->n, kinds);
    char *o = (char *)pt_make_instance(m, (PyObject **)values);
    *place = (PyObject *)o;
    if (old == NULL || _Py_IsImmortal(old)) {
        return o;
    }
    if (Py_REFCNT(old) > 1) {
        old->ob_refcnt--;
        return o;
    }
    return o + !pt_release(old);
}

/* list[low:high], in the memory of `old` where the caller's reference is the only one and the items of that list can go without anybody noticing;
   gives up that reference. A new reference; its address + 1 where giving up the old list may run Python code: then the caller has its reference
   still; NULL with an exception, and the old list is as it was. */
void *
pt_slice_over(PyObject *list, int64_t low, int64_t high, PyObject *old)
{
    Py_ssize_t start = low, stop = high, n = PySlice_AdjustIndices(PyList_GET_SIZE(list), &start, &stop, 1);
    PyListObject *l = (PyListObject *)old;
    if (Py_REFCNT(old) == 1 && old != list && Py_IS_TYPE(old, &PyList_Type) && n <= l->allocated && n >= l->allocated / 2 && n <= LONG && !is_observed()) {
        Py_ssize_t had = Py_SIZE(old), i = 0;
        PyObject **from = ((PyListObject *)list)->ob_item + start, **items = l->ob_item;
        while (i < had && (_Py_IsImmortal(items[i]) || is_leaf(Py_TYPE(items[i])))) {
            i++;
        }
        if (i == had) {
            while (i > n) {
                drop(items[--i]);
            }
            for (Py_ssize_t k = 0; k < n; k++) {
                PyObject *gone = k < i ? items[k] : NULL;
                items[k] = Py_NewRef(from[k]);
                drop(gone);
            }
            Py_SET_SIZE(old, n);
            return old;
        }
    }
    char *r = (char *)PyList_GetSlice(list, start, stop);
    if (r == NULL || _Py_IsImmortal(old)) {
        return r;
    }
    if (Py_REFCNT(old) > 1) {
        old->ob_refcnt--;
        return r;
    }
    return r + !pt_release(old);
}

/* ---- for Python ---- */

typedef struct {
    PyObject_HEAD
    PyObject *type, *names;
    PtMaker maker;
    uint16_t places[];
} MakerObject;

static PyObject *
new_maker(PyObject *self, PyObject *args)
{
    PyObject *type, *names;
    if (!PyArg_ParseTuple(args, "O!O!:new_maker", &PyType_Type, &type, &PyTuple_Type, &names)) {
        return NULL;
    }
    Py_ssize_t n = PyTuple_GET_SIZE(names);
    MakerObject *m = PyMem_Calloc(1, sizeof(MakerObject) + (size_t)n * sizeof(uint16_t));
    if (m == NULL) {
        return PyErr_NoMemory();
    }
    PyObject_Init((PyObject *)m, &PtMaker_Type);
    m->type = Py_NewRef(type);
    m->names = Py_NewRef(names);
    pt_maker_init(&m->maker, (PyTypeObject *)type, ((PyTupleObject *)names)->ob_item, (int)n, m->places);
    return (PyObject *)m;
}

static void
maker_dealloc(PyObject *self)
{
    MakerObject *m = (MakerObject *)self;
    Py_DECREF(m->type);
    Py_DECREF(m->names);
    PyMem_Free(m);
}

static PyObject *
maker_address(PyObject *self, void *unused)
{
    return PyLong_FromVoidPtr(&((MakerObject *)self)->maker);
}

static PyObject *
maker_keys(PyObject *self, void *unused)
{
    PtMaker *m = &((MakerObject *)self)->maker;
    const Class *c = class_of(m->type);
    int known = !PT_312 && c != NULL && c->inlined && (m->keys != NULL || find_places(m));
    return PyLong_FromVoidPtr(known ? m->keys : NULL);
}

static PyObject *
maker_places(PyObject *self, void *unused)
{
    PtMaker *m = &((MakerObject *)self)->maker;
    PyObject *places = PyTuple_New(m->n);
    for (int i = 0; places != NULL && i < m->n; i++) {
        PyObject *place = PyLong_FromLong(m->places[i]);
        if (place == NULL) {
            Py_CLEAR(places);
            break;
        }
        PyTuple_SET_ITEM(places, i, place);
    }
    return places;
}

PyTypeObject PtMaker_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pytrace.interp._bridge.Maker",
    .tp_basicsize = sizeof(MakerObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "How an allocation makes instances of a class with these attributes.",
    .tp_getset = (PyGetSetDef[]){{"address", maker_address, NULL, "address of the C struct, for pt_make_instance"},
                                 {"keys", maker_keys, NULL, "address of the keys that the class's instances share, 0: none that has the attributes"},
                                 {"places", maker_places, NULL, "places of the attributes among an instance's values"},
                                 {NULL}},
    .tp_dealloc = maker_dealloc,
};

static PyObject *
py_dies_plainly(PyObject *self, PyObject *o)
{
    return PyBool_FromLong(pt_dies_plainly(o));
}

static PyMethodDef pt_instances_methods[] = {
    {"new_maker", new_maker, METH_VARARGS, "new_maker(type, names) -> Maker"},
    {"attribute_place", attribute_place, METH_VARARGS, "attribute_place(obj, name) -> int"},
    {"array_kind", pt_py_array_kind, METH_O, "array_kind(x) -> (address of what describes the items, typecode) of an exact array.array, else None"},
    {"contains", pt_py_contains, METH_VARARGS, "contains(list, tuple or dict, plain value) -> 1, 0, or 2: not without running Python code"},
    {"dies_plainly", py_dies_plainly, METH_O, "dies_plainly(obj): would giving up its last reference run no Python code?"},
    {NULL},
};
