/* Watching what compiled code takes for granted.

   A Flag is a word that native code tests. Watches connect things to flags: a key of a dict, a type, a function. When
   CPython's watchers (for code that gets local monitoring events: our hook) report a change, the flags connected with it
   are set to 1, in C and at once, and queued for Python
   (take_invalidated). A watch works once: what is raised is disconnected.

   Callbacks come in the middle of dict, type and function operations, so they run no Python code: three maps from addresses
   to lists of flags, and for dicts one dict from keys to lists. A key that is not exactly a str could be equal to any key:
   it raises all flags of its dict.

   Lifetimes. A connection owns its flag. A flag that only connections own belongs to dead code and is dropped the next time
   its list is looked at. CPython reports the end of dicts and functions; a type's entry has a weak reference instead.
   Types are only reported while they have a version tag: PyType_Watch assigns one, and watch_type() says if it could not.
   All of it is undone before the interpreter goes (shutdown): watchers that are called too late have crashed CPython. */
#include "map.h"

typedef struct {
    PyObject_HEAD
    int64_t value;
    Py_ssize_t connections;
    long long serial;            /* what changed: its entry's */
    PyObject *key;               /* the dict's key */
} Flag;

typedef struct {
    PyObject *flags;             /* list of Flag; for dicts: dict of lists by key */
    PyObject *weak;              /* types only */
    long long serial;            /* as long as what is watched lives; its address may be another's later */
} Entry;

static PtMap dicts, types, functions, codes;
static PyObject *queue;          /* raised flags */
static PyObject *addresses;      /* dict: address of a live flag -> None */
static int dict_id = -1, type_id = -1, function_id = -1;

/* ---- entries ---- */

/* A new entry; takes over `flags` and `weak` in any case. */
static Entry *
insert(PtMap *m, void *thing, PyObject *flags, PyObject *weak)
{
    Entry *e = flags ? PyMem_Malloc(sizeof(Entry)) : NULL;
    if (e == NULL || pt_map_put(m, thing, e) < 0) {
        PyMem_Free(e);
        Py_XDECREF(flags);
        Py_XDECREF(weak);
        return PyErr_Occurred() ? NULL : (Entry *)PyErr_NoMemory();
    }
    static long long serial;
    *e = (Entry){flags, weak, ++serial};
    return e;
}

static void
disconnect_list(PyObject *list)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        ((Flag *)PyList_GET_ITEM(list, i))->connections--;
    }
}

static void
remove_entry(PtMap *m, void *thing)
{
    Entry *e = pt_map_remove(m, thing);
    PyObject *key, *list;
    Py_ssize_t pos = 0;
    if (PyList_Check(e->flags)) {
        disconnect_list(e->flags);
    }
    else {
        while (PyDict_Next(e->flags, &pos, &key, &list)) {
            disconnect_list(list);
        }
    }
    Py_DECREF(e->flags);
    Py_XDECREF(e->weak);
    PyMem_Free(e);
}

/* ---- raising ---- */

static void
raise_list(PyObject *list, long long serial, PyObject *key)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        Flag *flag = (Flag *)PyList_GET_ITEM(list, i);
        if (flag->value == 0) {
            flag->value = 1;
            pt_attend_soon();
            flag->serial = serial;
            flag->key = Py_XNewRef(key);
            if (PyList_Append(queue, (PyObject *)flag) < 0) {
                PyErr_Clear();
            }
        }
    }
    disconnect_list(list);
    PyList_SetSlice(list, 0, PyList_GET_SIZE(list), NULL);
}

static void
raise_all(PyObject *flags, long long serial)
{
    PyObject *key, *list;
    Py_ssize_t pos = 0;
    while (PyDict_Next(flags, &pos, &key, &list)) {
        raise_list(list, serial, NULL);
    }
}

static int
dict_changed(PyDict_WatchEvent event, PyObject *dict, PyObject *key, PyObject *value)
{
    Entry *e = pt_map_find(&dicts, dict);
    if (e == NULL) {
        return 0;
    }
    if (event == PyDict_EVENT_ADDED || event == PyDict_EVENT_MODIFIED || event == PyDict_EVENT_DELETED) {
        if (PyUnicode_CheckExact(key)) {
            PyObject *list = PyDict_GetItem(e->flags, key);
            if (list != NULL && PyList_GET_SIZE(list) > 0 &&
                !(event == PyDict_EVENT_MODIFIED && PyDict_GetItem(dict, key) == value)) {
                raise_list(list, e->serial, key);
            }
            return 0;
        }
    }
    raise_all(e->flags, event == PyDict_EVENT_DEALLOCATED ? e->serial : 0);
    if (event == PyDict_EVENT_DEALLOCATED) {
        remove_entry(&dicts, dict);
    }
    return 0;
}

static int
type_changed(PyTypeObject *type)
{
    Entry *e = pt_map_find(&types, type);
    if (e != NULL) {
        raise_list(e->flags, e->serial, NULL);
    }
    return 0;
}

static int
function_changed(PyFunction_WatchEvent event, PyFunctionObject *func, PyObject *value)
{
    if (event == PyFunction_EVENT_CREATE) {
        return 0;
    }
    Entry *e = pt_map_find(&functions, func);
    if (e == NULL) {
        return 0;
    }
    raise_list(e->flags, e->serial, NULL);
    if (event == PyFunction_EVENT_DESTROY) {
        remove_entry(&functions, func);
    }
    return 0;
}

/* Somebody asks for events of this code from now on. */
void
pt_code_monitored(PyCodeObject *code)
{
    Entry *e = pt_map_find(&codes, code);
    if (e != NULL) {
        raise_list(e->flags, e->serial, NULL);
    }
}

void
pt_code_died(PyCodeObject *code)
{
    if (pt_map_find(&codes, code) != NULL) {
        PyObject *exc = PyErr_GetRaisedException();
        remove_entry(&codes, code);
        PyErr_SetRaisedException(exc);
    }
}

/* Callbacks must keep the exception that may be set. */
#define KEEPING_EXCEPTION(call) do { \
    PyObject *exc = PyErr_GetRaisedException(); \
    call; \
    PyErr_SetRaisedException(exc); \
    return 0; } while (0)

static int
on_dict(PyDict_WatchEvent event, PyObject *dict, PyObject *key, PyObject *value)
{
    KEEPING_EXCEPTION(dict_changed(event, dict, key, value));
}

static int
on_type(PyTypeObject *type)
{
    KEEPING_EXCEPTION(type_changed(type));
}

static int
on_function(PyFunction_WatchEvent event, PyFunctionObject *func, PyObject *value)
{
    if (event == PyFunction_EVENT_CREATE) {
        return 0;
    }
    KEEPING_EXCEPTION(function_changed(event, func, value));
}

/* ---- connecting ---- */

static Flag *
flag_at(unsigned long long address)
{
    PyObject *key = PyLong_FromUnsignedLongLong(address);
    int known = key ? PyDict_Contains(addresses, key) : -1;
    Py_XDECREF(key);
    if (known == 1) {
        return (Flag *)(uintptr_t)(address - offsetof(Flag, value));
    }
    if (known == 0) {
        PyErr_SetString(PyExc_ValueError, "not the address of a live Flag");
    }
    return NULL;
}

static void
drop_dead(PyObject *list)
{
    for (Py_ssize_t i = PyList_GET_SIZE(list) - 1; i >= 0; i--) {
        Flag *flag = (Flag *)PyList_GET_ITEM(list, i);
        if (Py_REFCNT(flag) == flag->connections) {
            flag->connections--;
            PyList_SetSlice(list, i, i + 1, NULL);
        }
    }
}

static int
connect(PyObject *list, Flag *flag)
{
    drop_dead(list);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        if (PyList_GET_ITEM(list, i) == (PyObject *)flag) {
            return 0;
        }
    }
    if (PyList_Append(list, (PyObject *)flag) < 0) {
        return -1;
    }
    flag->connections++;
    return 0;
}

static PyObject *
watch_dict_key(PyObject *self, PyObject *args)
{
    PyObject *dict, *key;
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "O!UK:watch_dict_key", &PyDict_Type, &dict, &key, &address)) {
        return NULL;
    }
    Flag *flag = flag_at(address);
    if (flag == NULL || (dict_id < 0 && (dict_id = PyDict_AddWatcher(on_dict)) < 0)) {
        return NULL;
    }
    Entry *e = pt_map_find(&dicts, dict);
    if (e == NULL && (e = insert(&dicts, dict, PyDict_New(), NULL)) == NULL) {
        return NULL;
    }
    PyObject *list = PyDict_GetItemWithError(e->flags, key);
    if (list == NULL) {
        list = PyErr_Occurred() ? NULL : PyList_New(0);
        if (list == NULL || PyDict_SetItem(e->flags, key, list) < 0) {
            Py_XDECREF(list);
            return NULL;
        }
        Py_DECREF(list);
    }
    if (connect(list, flag) < 0 || PyDict_Watch(dict_id, dict) < 0) {
        return NULL;
    }
    return PyLong_FromLongLong(e->serial);
}

static PyObject *
target(PyObject *weak)
{
    return ((PyWeakReference *)weak)->wr_object;
}

static PyObject *
watch_type(PyObject *self, PyObject *args)
{
    PyTypeObject *type;
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "O!K:watch_type", &PyType_Type, &type, &address)) {
        return NULL;
    }
    Flag *flag = flag_at(address);
    if (flag == NULL || (type_id < 0 && (type_id = PyType_AddWatcher(on_type)) < 0)) {
        return NULL;
    }
    Entry *e = pt_map_find(&types, type);
    if (e != NULL && target(e->weak) != (PyObject *)type) {
        remove_entry(&types, type);
        e = NULL;
    }
    if (e == NULL) {
        PyObject *weak = PyWeakref_NewRef((PyObject *)type, NULL);
        if (weak == NULL || (e = insert(&types, type, PyList_New(0), weak)) == NULL) {
            return NULL;
        }
    }
    if (PyType_Watch(type_id, (PyObject *)type) < 0) {
        return NULL;
    }
    if (!pt_has_version(type)) {
        Py_RETURN_FALSE;
    }
    if (connect(e->flags, flag) < 0) {
        return NULL;
    }
    return PyLong_FromLongLong(e->serial);
}

/* The flag is raised when the object changes. */
static PyObject *
connect_to(PtMap *map, PyObject *object, Flag *flag)
{
    Entry *e = pt_map_find(map, object);
    if (e == NULL && (e = insert(map, object, PyList_New(0), NULL)) == NULL) {
        return NULL;
    }
    if (connect(e->flags, flag) < 0) {
        return NULL;
    }
    return PyLong_FromLongLong(e->serial);
}

static PyObject *
watch_function(PyObject *self, PyObject *args)
{
    PyObject *func;
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "O!K:watch_function", &PyFunction_Type, &func, &address)) {
        return NULL;
    }
    Flag *flag = flag_at(address);
    if (flag == NULL || (function_id < 0 && (function_id = PyFunction_AddWatcher(on_function)) < 0)) {
        return NULL;
    }
    return connect_to(&functions, func, flag);
}

static PyObject *
watch_code(PyObject *self, PyObject *args)
{
    PyObject *code;
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "O!K:watch_code", &PyCode_Type, &code, &address)) {
        return NULL;
    }
    Flag *flag = flag_at(address);
    if (flag == NULL) {
        return NULL;
    }
    if (pt_monitored((PyCodeObject *)code)) {
        Py_RETURN_FALSE;
    }
    return connect_to(&codes, code, flag);
}

static PyObject *
watch_serial(PyObject *self, PyObject *thing)
{
    PtMap *map = PyDict_Check(thing) ? &dicts : PyType_Check(thing) ? &types : PyFunction_Check(thing) ? &functions : &codes;
    Entry *e = pt_map_find(map, thing);
    return PyLong_FromLongLong(e == NULL || (e->weak != NULL && target(e->weak) != thing) ? 0 : e->serial);
}

static int
is_live(PtMapEntry *e)
{
    return e->key != NULL && e->key != PT_GONE;
}

static int
list_serials(PtMap *m, PyObject *list)
{
    for (size_t i = 0; i < m->size; i++) {
        Entry *e = m->entries[i].value;
        if (!is_live(&m->entries[i])) {
            continue;
        }
        if (e->weak != NULL && target(e->weak) != m->entries[i].key) {
            remove_entry(m, m->entries[i].key);
            continue;
        }
        PyObject *serial = PyLong_FromLongLong(e->serial);
        if (serial == NULL || PyList_Append(list, serial) < 0) {
            Py_XDECREF(serial);
            return -1;
        }
        Py_DECREF(serial);
    }
    return 0;
}

static PyObject *
watch_serials(PyObject *self, PyObject *noargs)
{
    PyObject *list = PyList_New(0);
    if (list == NULL || list_serials(&dicts, list) < 0 || list_serials(&types, list) < 0 || list_serials(&functions, list) < 0 ||
        list_serials(&codes, list) < 0) {
        Py_CLEAR(list);
    }
    return list;
}

static PyObject *
is_monitored(PyObject *self, PyObject *code)
{
    return PyBool_FromLong(PyCode_Check(code) && pt_monitored((PyCodeObject *)code));
}

static PyObject *
take_invalidated(PyObject *self, PyObject *noargs)
{
    PyObject *fresh = PyList_New(0);
    if (fresh == NULL) {
        return NULL;
    }
    PyObject *result = queue;
    queue = fresh;
    return result;
}

/* ---- the end ---- */

static void
clear_map(PtMap *m)
{
    for (size_t i = 0; i < m->size; i++) {
        if (is_live(&m->entries[i])) {
            remove_entry(m, m->entries[i].key);
        }
    }
    PyMem_Free(m->entries);
    *m = (PtMap){NULL, 0, 0};
}

/* Disconnects everything and gives the watcher ids back. */
void
pt_unwatch_all(void)
{
    for (size_t i = 0; dict_id >= 0 && i < dicts.size; i++) {
        if (is_live(&dicts.entries[i]) && PyDict_Unwatch(dict_id, dicts.entries[i].key) < 0) {
            PyErr_Clear();
        }
    }
    for (size_t i = 0; type_id >= 0 && i < types.size; i++) {
        Entry *e = types.entries[i].value;
        if (is_live(&types.entries[i]) && target(e->weak) != Py_None && PyType_Unwatch(type_id, target(e->weak)) < 0) {
            PyErr_Clear();
        }
    }
    if ((dict_id >= 0 && PyDict_ClearWatcher(dict_id) < 0) || (type_id >= 0 && PyType_ClearWatcher(type_id) < 0) ||
        (function_id >= 0 && PyFunction_ClearWatcher(function_id) < 0)) {
        PyErr_Clear();
    }
    dict_id = type_id = function_id = -1;
    clear_map(&dicts);
    clear_map(&types);
    clear_map(&functions);
    clear_map(&codes);
}

/* ---- flags ---- */

static PyTypeObject Flag_Type;

static PyObject *
new_flag(PyObject *self, PyObject *noargs)
{
    Flag *flag = PyObject_New(Flag, &Flag_Type);
    if (flag == NULL) {
        return NULL;
    }
    flag->value = 0;
    flag->connections = 0;
    flag->serial = 0;
    flag->key = NULL;
    PyObject *key = PyLong_FromVoidPtr(&flag->value);
    if (key == NULL || PyDict_SetItem(addresses, key, Py_None) < 0) {
        Py_CLEAR(flag);
    }
    Py_XDECREF(key);
    return (PyObject *)flag;
}

static void
flag_dealloc(PyObject *self)
{
    PyObject *exc = PyErr_GetRaisedException();
    PyObject *key = PyLong_FromVoidPtr(&((Flag *)self)->value);
    if (key == NULL || PyDict_DelItem(addresses, key) < 0) {
        PyErr_Clear();
    }
    Py_XDECREF(key);
    Py_XDECREF(((Flag *)self)->key);
    PyErr_SetRaisedException(exc);
    PyObject_Free(self);
}

static PyObject *
flag_address(PyObject *self, void *unused)
{
    return PyLong_FromVoidPtr(&((Flag *)self)->value);
}

static PyObject *
flag_value(PyObject *self, void *unused)
{
    return PyLong_FromLongLong(((Flag *)self)->value);
}

static int
set_flag_value(PyObject *self, PyObject *value, void *unused)
{
    long long v = value ? PyLong_AsLongLong(value) : 0;
    if (v == -1 && PyErr_Occurred()) {
        return -1;
    }
    ((Flag *)self)->value = v;
    return 0;
}

static PyObject *
flag_cause(PyObject *self, void *unused)
{
    Flag *f = (Flag *)self;
    if (f->serial == 0) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(LO)", f->serial, f->key ? f->key : Py_None);
}

static PyGetSetDef flag_getset[] = {
    {"cause", flag_cause, NULL, "what changed: (what watch_dict_key and so on said, key or None), or None"},
    {"address", flag_address, NULL, "address of the int64 that native code tests"},
    {"value", flag_value, set_flag_value, "0, or 1 after a change"},
    {NULL},
};

static PyTypeObject Flag_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pytrace.interp._bridge.Flag",
    .tp_basicsize = sizeof(Flag),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A word that is set when something watched changes.",
    .tp_getset = flag_getset,
    .tp_dealloc = flag_dealloc,
};

static PyMethodDef watch_methods[] = {
    {"new_flag", new_flag, METH_NOARGS, "new_flag() -> Flag"},
    {"watch_dict_key", watch_dict_key, METH_VARARGS,
     "watch_dict_key(dict, key, flag_address) -> int: the flag is raised when dict[key] changes, comes or goes."},
    {"watch_type", watch_type, METH_VARARGS,
     "watch_type(type, flag_address) -> int: raised when the type or a base changes. False: it cannot be watched."},
    {"watch_function", watch_function, METH_VARARGS,
     "watch_function(func, flag_address) -> int: raised when code or defaults change, or the function dies."},
    {"watch_code", watch_code, METH_VARARGS,
     "watch_code(code, flag_address) -> int: raised when somebody asks for monitoring events of this code. False: has already."},
    {"watch_serial", watch_serial, METH_O, "watch_serial(thing) -> int: what watching a dict, type, function or code gave; another object never has it. 0: it is not watched"},
    {"watch_serials", watch_serials, METH_NOARGS, "watch_serials() -> list of int: of all that is watched and alive"},
    {"is_monitored", is_monitored, METH_O, "is_monitored(code) -> bool: whether somebody has asked for events of this code."},
    {"take_invalidated", take_invalidated, METH_NOARGS, "take_invalidated() -> list of flags raised since the last call"},
    {NULL},
};

int
pt_watch_init(PyObject *module)
{
    if (queue == NULL) {
        queue = PyList_New(0);
        addresses = PyDict_New();
    }
    if (queue == NULL || addresses == NULL || PyModule_AddType(module, &Flag_Type) < 0) {
        return -1;
    }
    return PyModule_AddFunctions(module, watch_methods);
}
