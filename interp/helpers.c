/* What native code needs to know and to call: layouts computed by the compiler, addresses, and small helpers.

   Helpers follow C conventions: 0 or a new reference is success unless said otherwise. Arithmetic follows CPython's
   floatobject.c and longobject.c to the sign of a zero; an `err` word gets 1 for a division by zero, 2 for a result
   that is not an int64 (or not a float), and is left alone otherwise. */
#define _GNU_SOURCE
#include "bridge.h"
#include "native.h"
#include "runtime.h"
#include <dlfcn.h>
#include <math.h>

enum { ERR_ZERO = 1, ERR_RANGE = 2 };

/* ---- containers ---- */

/* Steals the items. */
PyObject *
pt_new_tuple(int64_t n, PyObject **items)
{
    PyObject *t = PyTuple_New(n);
    for (int64_t i = 0; i < n; i++) {
        if (t != NULL) {
            PyTuple_SET_ITEM(t, i, items[i]);
        }
        else {
            Py_DECREF(items[i]);
        }
    }
    return t;
}

/* Steals the items. */
PyObject *
pt_new_list(int64_t n, PyObject **items)
{
    PyObject *l = PyList_New(n);
    for (int64_t i = 0; i < n; i++) {
        if (l != NULL) {
            PyList_SET_ITEM(l, i, items[i]);
        }
        else {
            Py_DECREF(items[i]);
        }
    }
    return l;
}

/* list must be a list, whose memory is full (else native code does it by itself); the reference to the item is the list's. 0, or -1 with MemoryError. */
int
pt_list_append(PyObject *list, PyObject *item)
{
    int r = PyList_Append(list, item);
    Py_DECREF(item);
    return r;
}

extern PyObject *pt_range_iter_new(int64_t start, int64_t step, int64_t len);
extern PyObject *pt_list_iter_new(PyObject *seq, int64_t index), *pt_tuple_iter_new(PyObject *seq, int64_t index);
extern PyObject *pt_new_enumerate(PyObject *it, int64_t start), *pt_new_zip(PyObject *iterators);
extern PyObject *pt_new_range(int64_t start, int64_t stop, int64_t step);
extern struct PtBlocks pt_blocks;

/* ---- ints ---- */

int64_t
pt_int_floordiv(int64_t a, int64_t b, int64_t *err)
{
    if (b == 0 || (b == -1 && a == INT64_MIN)) {
        *err = b == 0 ? ERR_ZERO : ERR_RANGE;
        return 0;
    }
    int64_t q = a / b;
    return q - (a % b != 0 && (a ^ b) < 0);
}

int64_t
pt_int_mod(int64_t a, int64_t b, int64_t *err)
{
    if (b == 0) {
        *err = ERR_ZERO;
        return 0;
    }
    if (b == -1) {
        return 0;
    }
    int64_t r = a % b;
    return r != 0 && (r ^ b) < 0 ? r + b : r;
}

/* ERR_RANGE also for a negative exponent: the result is a float. */
int64_t
pt_int_pow(int64_t a, int64_t n, int64_t *err)
{
    int64_t result = 1;
    if (n < 0) {
        *err = ERR_RANGE;
        return 0;
    }
    while (n > 0) {
        if ((n & 1) && __builtin_mul_overflow(result, a, &result)) {
            *err = ERR_RANGE;
            return 0;
        }
        n >>= 1;
        if (n > 0 && __builtin_mul_overflow(a, a, &a)) {
            *err = ERR_RANGE;
            return 0;
        }
    }
    return result;
}

/* ---- floats ---- */

static double
float_divmod(double a, double b, double *mod)
{
    *mod = fmod(a, b);
    double div = (a - *mod) / b;
    if (*mod) {
        if ((b < 0) != (*mod < 0)) {
            *mod += b;
            div -= 1.0;
        }
    }
    else {
        *mod = copysign(0.0, b);
    }
    if (!div) {
        return copysign(0.0, a / b);
    }
    double floored = floor(div);
    return div - floored > 0.5 ? floored + 1.0 : floored;
}

double
pt_float_floordiv(double a, double b, int64_t *err)
{
    double mod;
    if (b == 0.0) {
        *err = ERR_ZERO;
        return NAN;
    }
    return float_divmod(a, b, &mod);
}

double
pt_float_mod(double a, double b, int64_t *err)
{
    if (b == 0.0) {
        *err = ERR_ZERO;
        return NAN;
    }
    double mod = fmod(a, b);
    if (mod) {
        return (b < 0) != (mod < 0) ? mod + b : mod;
    }
    return copysign(0.0, b);
}

static int
is_odd(double x)
{
    return fmod(fabs(x), 2.0) == 1.0;
}

/* ERR_ZERO: 0.0 to a negative power. ERR_RANGE: overflow, or a complex result. CPython must redo those. */
double
pt_float_pow(double a, double b, int64_t *err)
{
    if (b == 0.0) {
        return 1.0;
    }
    if (isnan(a)) {
        return a;
    }
    if (isnan(b)) {
        return a == 1.0 ? 1.0 : b;
    }
    if (isinf(b)) {
        double m = fabs(a);
        return m == 1.0 ? 1.0 : (b > 0.0) == (m > 1.0) ? fabs(b) : 0.0;
    }
    if (isinf(a)) {
        int odd = is_odd(b);
        return b > 0.0 ? (odd ? a : fabs(a)) : odd ? copysign(0.0, a) : 0.0;
    }
    if (a == 0.0) {
        if (b < 0.0) {
            *err = ERR_ZERO;
            return NAN;
        }
        return is_odd(b) ? a : 0.0;
    }
    int negate = 0;
    if (a < 0.0) {
        if (b != floor(b)) {
            *err = ERR_RANGE;
            return NAN;
        }
        a = -a;
        negate = is_odd(b);
    }
    if (a == 1.0) {
        return negate ? -1.0 : 1.0;
    }
    double x = pow(a, b);
    if (isinf(x)) {
        *err = ERR_RANGE;
        return NAN;
    }
    return negate ? -x : x;
}

/* ---- calls and exceptions ---- */

/* args[-1] must be writable if nargs has PY_VECTORCALL_ARGUMENTS_OFFSET. The traced frame is current already. */
PyObject *
pt_call(PtCtx *ctx, PyObject *fn, PyObject **args, size_t nargs, PyObject *kwnames)
{
    return PyObject_Vectorcall(fn, args, nargs, kwnames);
}

/* What PUSH_EXC_INFO does: exc (stolen) becomes the handled exception; the old one is returned, None for none. */
PyObject *
pt_push_exc_info(PyObject *exc)
{
    _PyErr_StackItem *info = PyThreadState_GET()->exc_info;
    PyObject *old = info->exc_value;
    info->exc_value = exc;
    return old ? old : Py_NewRef(Py_None);
}

/* What POP_EXCEPT does. Steals. */
void
pt_pop_exc_info(PyObject *exc)
{
    _PyErr_StackItem *info = PyThreadState_GET()->exc_info;
    PyObject *old = info->exc_value;
    info->exc_value = exc == Py_None ? NULL : exc;
    if (exc == Py_None) {
        Py_DECREF(exc);
    }
    Py_XDECREF(old);
}

/* The exception that is set, taken (new reference), or NULL. */
PyObject *
pt_take_exception(void)
{
    return PyErr_GetRaisedException();
}

/* ---- layout ---- */

typedef struct {
    const char *name;
    long long value;
} Number;

#define OFF(name, type, field) {name, offsetof(type, field)}
#define SIZE(name, type) {name, sizeof(type)}
#define C(name, value) {name, (long long)(value)}

/* unicodeobject.c's, for both of its types of iterators */
typedef struct {
    PyObject_HEAD
    Py_ssize_t it_index;
    PyObject *it_seq; /* NULL when exhausted */
} PtStrIter;

static const Number numbers[] = {
    OFF("ob_refcnt", PyObject, ob_refcnt), OFF("ob_type", PyObject, ob_type), OFF("var.ob_size", PyVarObject, ob_size),
    SIZE("object.size", PyObject),
    OFF("float.ob_fval", PyFloatObject, ob_fval), SIZE("float.size", PyFloatObject),
    OFF("complex.real", PyComplexObject, cval.real), OFF("complex.imag", PyComplexObject, cval.imag),
    OFF("long.lv_tag", PyLongObject, long_value.lv_tag), OFF("long.ob_digit0", PyLongObject, long_value.ob_digit),
    C("long.digit_bits", PyLong_SHIFT), SIZE("long.digit_size", digit), C("long.sign_mask", 3),
    C("long.non_size_bits", 3), C("long.small_min", -_PY_NSMALLNEGINTS), C("long.small_max", _PY_NSMALLPOSINTS - 1),
    OFF("list.ob_item", PyListObject, ob_item), OFF("list.allocated", PyListObject, allocated), OFF("list.ob_size", PyVarObject, ob_size),
    OFF("list.allocated", PyListObject, allocated),
    OFF("tuple.ob_item", PyTupleObject, ob_item), OFF("tuple.ob_size", PyVarObject, ob_size),
    OFF("rangeiter.start", _PyRangeIterObject, start), OFF("rangeiter.step", _PyRangeIterObject, step),
    OFF("rangeiter.len", _PyRangeIterObject, len),
    OFF("listiter.it_index", _PyListIterObject, it_index), OFF("listiter.it_seq", _PyListIterObject, it_seq),
    OFF("tupleiter.it_index", _PyTupleIterObject, it_index), OFF("tupleiter.it_seq", _PyTupleIterObject, it_seq),
    OFF("cell.ob_ref", PyCellObject, ob_ref),
    OFF("method.im_func", PyMethodObject, im_func), OFF("method.im_self", PyMethodObject, im_self),
    OFF("slice.start", PySliceObject, start), OFF("slice.stop", PySliceObject, stop), OFF("slice.step", PySliceObject, step),
    OFF("type.tp_version_tag", PyTypeObject, tp_version_tag), OFF("type.tp_basicsize", PyTypeObject, tp_basicsize),
    OFF("type.tp_itemsize", PyTypeObject, tp_itemsize), OFF("type.tp_flags", PyTypeObject, tp_flags),
    OFF("type.tp_dict", PyTypeObject, tp_dict), OFF("type.tp_mro", PyTypeObject, tp_mro),
    OFF("type.tp_base", PyTypeObject, tp_base), OFF("type.tp_dealloc", PyTypeObject, tp_dealloc),
    OFF("type.tp_alloc", PyTypeObject, tp_alloc), OFF("type.tp_iternext", PyTypeObject, tp_iternext),
    OFF("type.tp_dictoffset", PyTypeObject, tp_dictoffset), OFF("type.tp_vectorcall", PyTypeObject, tp_vectorcall),
    OFF("type.tp_as_number", PyTypeObject, tp_as_number), OFF("type.tp_as_sequence", PyTypeObject, tp_as_sequence),
    OFF("type.tp_as_mapping", PyTypeObject, tp_as_mapping),
    OFF("type.ht_cached_keys", PyHeapTypeObject, ht_cached_keys),
    OFF("function.func_code", PyFunctionObject, func_code), OFF("function.func_defaults", PyFunctionObject, func_defaults),
    OFF("function.func_kwdefaults", PyFunctionObject, func_kwdefaults),
    OFF("function.func_version", PyFunctionObject, func_version), OFF("function.func_closure", PyFunctionObject, func_closure),
    OFF("function.func_globals", PyFunctionObject, func_globals), OFF("function.func_builtins", PyFunctionObject, func_builtins),
    OFF("function.func_dict", PyFunctionObject, func_dict), OFF("function.vectorcall", PyFunctionObject, vectorcall),
    OFF("cfunction.m_ml", PyCFunctionObject, m_ml), OFF("cfunction.m_self", PyCFunctionObject, m_self),
    OFF("cfunction.vectorcall", PyCFunctionObject, vectorcall),
    OFF("dict.ma_used", PyDictObject, ma_used), OFF("dict.ma_version", PyDictObject, ma_version_tag),
    OFF("dict.ma_keys", PyDictObject, ma_keys), OFF("dict.ma_values", PyDictObject, ma_values),
    OFF("keys.dk_refcnt", PyDictKeysObject, dk_refcnt), OFF("keys.dk_log2_size", PyDictKeysObject, dk_log2_size),
    OFF("keys.dk_log2_index_bytes", PyDictKeysObject, dk_log2_index_bytes), OFF("keys.dk_kind", PyDictKeysObject, dk_kind),
    OFF("keys.dk_version", PyDictKeysObject, dk_version), OFF("keys.dk_usable", PyDictKeysObject, dk_usable),
    OFF("keys.dk_nentries", PyDictKeysObject, dk_nentries), OFF("keys.dk_indices", PyDictKeysObject, dk_indices),
    C("keys.kind_general", DICT_KEYS_GENERAL), C("keys.kind_unicode", DICT_KEYS_UNICODE), C("keys.kind_split", DICT_KEYS_SPLIT),
    SIZE("unicode_entry.size", PyDictUnicodeEntry), OFF("unicode_entry.me_key", PyDictUnicodeEntry, me_key),
    OFF("unicode_entry.me_value", PyDictUnicodeEntry, me_value),
    SIZE("key_entry.size", PyDictKeyEntry), OFF("key_entry.me_hash", PyDictKeyEntry, me_hash),
    OFF("key_entry.me_key", PyDictKeyEntry, me_key), OFF("key_entry.me_value", PyDictKeyEntry, me_value),
    OFF("values.values0", PyDictValues, values),
    OFF("striter.it_index", PtStrIter, it_index), OFF("striter.it_seq", PtStrIter, it_seq),
    OFF("str.length", PyASCIIObject, length), OFF("str.hash", PyASCIIObject, hash), OFF("str.state", PyASCIIObject, state),
    SIZE("str.ascii_size", PyASCIIObject), C("str.ascii_char_size", sizeof(_Py_SINGLETON(strings).ascii[0])), SIZE("str.compact_size", PyCompactUnicodeObject),
    OFF("bytes.ob_sval", PyBytesObject, ob_sval), OFF("bytearray.ob_start", PyByteArrayObject, ob_start),
    OFF("exc.traceback", PyBaseExceptionObject, traceback), OFF("exc.context", PyBaseExceptionObject, context),
    OFF("exc.cause", PyBaseExceptionObject, cause), OFF("exc.args", PyBaseExceptionObject, args),
    SIZE("gc_head.size", PyGC_Head),
    /* 3.13: values lie behind the instance, at type->tp_basicsize. 3.12: a word at inst.dict_or_values holds either the dict
       or, with bit 0 set, the address of the values minus 1. */
    C("inst.dict_or_values", -3 * (long long)sizeof(PyObject *)),
#if PT_312
    C("inst.values_inline", 0), C("inst.values_tag", 1),
#else
    C("inst.values_inline", 1), C("inst.values_tag", 0), OFF("values.valid", PyDictValues, valid),
    OFF("values.capacity", PyDictValues, capacity), OFF("values.size", PyDictValues, size),
    OFF("values.embedded", PyDictValues, embedded), OFF("type.ht_cached_keys", PyHeapTypeObject, ht_cached_keys),
    C("flag.inline_values", Py_TPFLAGS_INLINE_VALUES),
#endif
    C("flag.managed_dict", Py_TPFLAGS_MANAGED_DICT), C("flag.have_gc", Py_TPFLAGS_HAVE_GC),
    C("flag.heap_type", Py_TPFLAGS_HEAPTYPE), C("flag.immutable_type", Py_TPFLAGS_IMMUTABLETYPE),
    C("flag.valid_version", Py_TPFLAGS_VALID_VERSION_TAG),   /* 3.12 only: later a version tag of 0 is an invalid one */
    /* An object is immortal if the low 32 bits of its count are negative; incref adds 1 to the low 32 bits unless that
       gives 0. */
    C("immortal.refcnt", _Py_IMMORTAL_REFCNT), C("immortal.refcnt_min", 0x80000000LL), C("immortal.check_bits", 32),
    OFF("ctx.tstate", PtCtx, tstate), OFF("ctx.frame", PtCtx, frame), OFF("ctx.slots", PtCtx, slots),
    OFF("ctx.buf", PtCtx, buf), OFF("ctx.eval_breaker", PtCtx, eval_breaker), OFF("ctx.spare", PtCtx, spare),
    OFF("ctx.chain", PtCtx, chain), OFF("ctx.result", PtCtx, result), OFF("ctx.stack_limit", PtCtx, stack_limit),
    OFF("call.prev", PtCall, prev), OFF("call.site", PtCall, site), OFF("call.buf", PtCall, buf), OFF("call.synced", PtCall, synced),
    SIZE("call.size", PtCall), C("frames_spare", PT_FRAMES_SPARE),
    SIZE("ctx.size", PtCtx), C("ctx.buf_words", PT_BUF_WORDS),
    OFF("exit.native", PtExit, native), OFF("exit.count", PtExit, count), OFF("exit.next", PtExit, next), OFF("exit.ticks", PtExit, ticks), C("ticks", PT_TICKS),
    OFF("tstate.current_exception", PyThreadState, current_exception), OFF("tstate.exc_info", PyThreadState, exc_info),
    OFF("tstate.py_recursion_remaining", PyThreadState, py_recursion_remaining),
    OFF("tstate.c_recursion_remaining", PyThreadState, c_recursion_remaining),
    OFF("exc_info.exc_value", _PyErr_StackItem, exc_value),
    OFF("generator.frame", PyGenObject, gi_iframe), OFF("generator.state", PyGenObject, gi_frame_state),
    OFF("generator.exc_value", PyGenObject, gi_exc_state.exc_value),
    OFF("frame.stacktop", PtFrame, stacktop), OFF("frame.owner", PtFrame, owner), OFF("frame.frame_obj", PtFrame, frame_obj),
#if PT_312
    OFF("frame.instruction", PtFrame, prev_instr), C("generator.suspended", FRAME_SUSPENDED), C("generator.yields_from", FRAME_SUSPENDED),
#else
    OFF("frame.instruction", PtFrame, instr_ptr), C("generator.suspended", FRAME_SUSPENDED), C("generator.yields_from", FRAME_SUSPENDED_YIELD_FROM),
#endif
    C("generator.created", FRAME_CREATED), C("generator.cleared", FRAME_CLEARED), C("generator.executing", FRAME_EXECUTING), OFF("frame.f_builtins", PtFrame, f_builtins),
    OFF("frame.f_locals", PtFrame, f_locals), OFF("frame.f_globals", PtFrame, f_globals),
    OFF("frame.f_funcobj", PtFrame, f_funcobj), OFF("frame.localsplus", PtFrame, localsplus),
    OFF("frame.stacktop", PtFrame, stacktop), C("frame.specials", FRAME_SPECIALS_SIZE), C("ctx.n_scratch", PT_SCRATCH),
#if !PT_312
    OFF("frame.instr_ptr", PtFrame, instr_ptr), OFF("code.units", PyCodeObject, co_code_adaptive),
#endif
    /* native code has to leave when (word & mask) != 0; width in bytes */
#if PT_312
    C("eval_breaker.mask", 0xffffffffLL), C("eval_breaker.width", 4),
#else
    C("eval_breaker.mask", 0xff), C("eval_breaker.width", sizeof(uintptr_t)),
#endif
    C("small_ints.below", _PY_NSMALLNEGINTS), C("small_ints.n", _PY_NSMALLNEGINTS + _PY_NSMALLPOSINTS), SIZE("small_ints.size", PyLongObject),
    C("err.zero", ERR_ZERO), C("err.range", ERR_RANGE),
};

static int
put(PyObject *dict, const char *name, PyObject *value)
{
    int err = value ? PyDict_SetItemString(dict, name, value) : -1;
    Py_XDECREF(value);
    return err;
}

PyObject *
pt_layout(PyObject *self, PyObject *noargs)
{
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict != NULL && i < Py_ARRAY_LENGTH(numbers); i++) {
        if (put(dict, numbers[i].name, PyLong_FromLongLong(numbers[i].value)) < 0) {
            Py_CLEAR(dict);
        }
    }
    return dict;
}

/* ---- symbols ---- */

typedef struct {
    const char *name;
    void *address;
} Symbol;

#define OWN(name) {#name, (void *)name}
#define DATA(name) {#name, (void *)&name}

static const Symbol own[] = {
    OWN(pt_make_function), OWN(pt_new_generator), OWN(pt_is_plain_generator), OWN(pt_set_add), OWN(pt_send), OWN(pt_sync), OWN(pt_unsync), OWN(pt_dealloc_sync), OWN(pt_traceback), OWN(pt_must_leave), OWN(pt_native_exit),
    OWN(pt_native_after), OWN(pt_native_sync), OWN(pt_native_unsync), OWN(pt_native_dealloc), OWN(pt_drop_result), OWN(pt_unbox_int), OWN(pt_box_int),
    OWN(pt_box_float), DATA(pt_blocks), OWN(pt_free), OWN(pt_store_float), OWN(pt_store_int), OWN(pt_new_tuple), OWN(pt_new_list), OWN(pt_list_append), OWN(pt_range_iter_new), OWN(pt_list_iter_new), OWN(pt_tuple_iter_new), OWN(pt_new_enumerate), OWN(pt_new_zip), OWN(pt_new_range),
    OWN(pt_new_instance), OWN(pt_make_instance), OWN(pt_add_attribute), OWN(pt_release), OWN(pt_contains), OWN(pt_lookup), OWN(pt_renew), OWN(pt_slice_over), OWN(pt_own_attribute), OWN(pt_lacks_attribute), OWN(pt_replace_attribute),
    OWN(pt_dies_plainly), OWN(pt_int_floordiv), OWN(pt_int_mod), OWN(pt_int_pow), OWN(pt_float_floordiv), OWN(pt_float_mod),
    OWN(pt_float_pow),
#if !PT_312
    OWN(pt_show), OWN(pt_hide), OWN(pt_hide_seen), OWN(pt_drop), OWN(pt_show_float), OWN(pt_show_int), DATA(pt_called_out), DATA(pt_noted),
#endif
    OWN(pt_call), OWN(pt_push_exc_info), OWN(pt_pop_exc_info), OWN(pt_take_exception),
};

/* Looked up in the running interpreter; what a version does not export is left out. */
static const char names[] =
    "PyObject_GetAttr PyObject_SetAttr PyObject_GenericGetAttr PyObject_GenericSetAttr PyObject_GetItem PyObject_SetItem "
    "PyObject_DelItem PyObject_RichCompare PyObject_RichCompareBool PyObject_IsTrue PyObject_Not PyObject_GetIter "
    "PyObject_Vectorcall PyObject_VectorcallMethod PyObject_VectorcallDict PyObject_Call PyObject_CallNoArgs "
    "PyObject_CallOneArg PyObject_CallObject PyObject_Repr PyObject_Str PyObject_ASCII PyObject_Format PyObject_Hash "
    "PyObject_Size PyObject_Length PyObject_LengthHint PyObject_Type PyObject_IsInstance PyObject_IsSubclass PyObject_Dir "
    "PyObject_GetOptionalAttr PyObject_Malloc PyObject_Free PyObject_Realloc PyObject_GC_Track PyObject_GC_UnTrack "
    "PyObject_GC_Del PyObject_Init PyObject_SelfIter PyObject_HashNotImplemented PyObject_ClearWeakRefs "
    "_PyObject_GC_New _PyObject_New _PyObject_GetMethod _PyObject_LookupAttr _PyObject_GetDictPtr _PyObject_CallMethodId "
    "_Py_Dealloc _Py_HashPointer _Py_HashDouble _Py_HandlePending Py_MakePendingCalls "
    "PyNumber_Add PyNumber_Subtract PyNumber_Multiply PyNumber_TrueDivide PyNumber_FloorDivide PyNumber_Remainder "
    "PyNumber_Power PyNumber_Divmod PyNumber_Negative PyNumber_Positive PyNumber_Absolute PyNumber_Invert PyNumber_Lshift "
    "PyNumber_Rshift PyNumber_And PyNumber_Or PyNumber_Xor PyNumber_MatrixMultiply PyNumber_InPlaceAdd "
    "PyNumber_InPlaceSubtract PyNumber_InPlaceMultiply PyNumber_InPlaceTrueDivide PyNumber_InPlaceFloorDivide "
    "PyNumber_InPlaceRemainder PyNumber_InPlacePower PyNumber_InPlaceLshift PyNumber_InPlaceRshift PyNumber_InPlaceAnd "
    "PyNumber_InPlaceOr PyNumber_InPlaceXor PyNumber_InPlaceMatrixMultiply PyNumber_Index PyNumber_Long PyNumber_Float "
    "PyNumber_AsSsize_t "
    "PyLong_FromLongLong PyLong_FromLong PyLong_FromUnsignedLongLong PyLong_FromSsize_t PyLong_FromDouble PyLong_AsLongLong "
    "PyLong_AsLong PyLong_AsLongLongAndOverflow PyLong_AsDouble PyLong_AsSsize_t _PyLong_Add _PyLong_Subtract "
    "_PyLong_Multiply _PyLong_Lshift _PyLong_Rshift _PyLong_NumBits _PyLong_Sign _PyLong_GCD _PyLong_DivmodNear _PyLong_New "
    "_PyLong_Copy PyLong_FromString PyLong_Type PyFloat_FromDouble PyFloat_FromString PyFloat_AsDouble PyFloat_Type "
    "_PyFloat_ExactDealloc PyComplex_FromDoubles PyComplex_AsCComplex PyComplex_Type _Py_c_sum _Py_c_diff _Py_c_prod "
    "_Py_c_quot _Py_c_neg _Py_c_pow _Py_c_abs PyBool_FromLong PyBool_Type _Py_TrueStruct _Py_FalseStruct _Py_NoneStruct "
    "_Py_EllipsisObject _Py_NotImplementedStruct "
    "PyList_New PyList_Append PyList_Insert PyList_SetItem PyList_GetItem PyList_Sort PyList_Reverse PyList_AsTuple "
    "PyList_SetSlice PyList_GetSlice PyList_Size PyList_Extend PyList_Clear _PyList_Extend _PyList_AppendTakeRefListResize "
    "_PyList_FromArraySteal PyList_Type PyListIter_Type PyListRevIter_Type "
    "PyTuple_New PyTuple_Pack PyTuple_GetItem PyTuple_GetSlice PyTuple_Size _PyTuple_FromArraySteal PyTuple_Type "
    "PyTupleIter_Type "
    "PyDict_New PyDict_GetItem PyDict_GetItemWithError PyDict_GetItemRef PyDict_SetItem PyDict_DelItem PyDict_Contains "
    "PyDict_Copy PyDict_Update PyDict_Merge PyDict_Next PyDict_Size PyDict_Clear PyDict_SetDefault PyDict_SetDefaultRef "
    "PyDict_Pop PyDict_Keys PyDict_Values PyDict_Items _PyDict_GetItem_KnownHash _PyDict_SetItem_KnownHash _PyDict_Pop "
    "_PyDict_MergeEx _PyDict_LoadGlobal _PyDict_NewPresized _PyDict_Contains_KnownHash PyDict_Type PyDictKeys_Type "
    "PyDictValues_Type PyDictItems_Type PyDictIterKey_Type PyDictIterValue_Type PyDictIterItem_Type "
    "PySet_New PySet_Add PySet_Contains PySet_Discard PySet_Pop PySet_Size PySet_Clear PyFrozenSet_New _PySet_Update "
    "_PySet_NextEntry _PySet_NextEntryRef PySet_Type PySetIter_Type PyFrozenSet_Type "
    "PySlice_New PySlice_Unpack PySlice_AdjustIndices PySlice_Type PyEllipsis_Type "
    "PyUnicode_Concat PyUnicode_Append PyUnicode_Join PyUnicode_Compare PyUnicode_RichCompare PyUnicode_Contains "
    "PyUnicode_Substring PyUnicode_ReadChar PyUnicode_FromOrdinal PyUnicode_Format PyUnicode_FromKindAndData PyUnicode_New "
    "PyUnicode_InternInPlace PyUnicode_FromString PyUnicode_FromStringAndSize PyUnicode_Split PyUnicode_Replace "
    "PyUnicode_Find PyUnicode_FindChar PyUnicode_Tailmatch PyUnicode_Count PyUnicode_GetLength PyUnicode_Resize "
    "PyUnicode_CopyCharacters _PyUnicode_EQ _PyUnicode_Equal _PyUnicode_JoinArray PyUnicode_Type PyUnicodeIter_Type "
    "PyBytes_FromStringAndSize PyBytes_Concat PyBytes_Type PyBytesIter_Type PyByteArray_Type PyByteArray_Resize "
    "PyByteArray_FromStringAndSize PyMemoryView_Type PyMemoryView_FromObject "
    "PyCell_New PyCell_Get PyCell_Set PyCell_Type PyMethod_New PyMethod_Type PyFunction_New PyFunction_NewWithQualName "
    "PyFunction_Type PyFunction_SetClosure PyCFunction_Type PyCMethod_Type PyMethodDescr_Type PyWrapperDescr_Type "
    "PyClassMethodDescr_Type PyGetSetDescr_Type PyMemberDescr_Type PyProperty_Type PyClassMethod_Type PyStaticMethod_Type "
    "PyModule_Type PyGen_Type PyCoro_Type PyAsyncGen_Type PyCode_Type PyFrame_Type PyTraceBack_Type PyRange_Type "
    "PyRangeIter_Type PyLongRangeIter_Type PyEnum_Type PyZip_Type PyMap_Type PyFilter_Type PyReversed_Type PySuper_Type "
    "PySeqIter_Type PyCallIter_Type PyBaseObject_Type PyType_Type PyInstanceMethod_Type "
    "PyIter_Next PyIter_Send PySequence_Contains PySequence_GetItem PySequence_SetItem PySequence_Size PySequence_List "
    "PySequence_Tuple PySequence_Fast PySequence_Concat PySequence_InPlaceConcat PySequence_Repeat "
    "PySequence_InPlaceRepeat PySequence_GetSlice PyMapping_GetItemString PyMapping_Keys PyMapping_Items PyMapping_Values "
    "PyMapping_Check PyMapping_GetOptionalItem "
    "PyType_GenericAlloc PyType_GenericNew PyType_IsSubtype _PyType_Lookup PyType_Modified PyVectorcall_Call "
    "PyVectorcall_Function PyCallable_Check PySuper_Type "
    "PyErr_SetString PyErr_SetObject PyErr_SetNone PyErr_Format PyErr_Occurred PyErr_Clear PyErr_ExceptionMatches "
    "PyErr_GivenExceptionMatches PyErr_GetRaisedException PyErr_SetRaisedException PyErr_NoMemory PyErr_CheckSignals "
    "PyErr_BadInternalCall PyErr_GetHandledException PyErr_SetHandledException PyException_SetContext "
    "PyException_SetCause PyException_SetTraceback PyException_GetTraceback PyTraceBack_Here _PyErr_BadInternalCall "
    "_PyErr_FormatFromCause _PyErr_ChainExceptions1 _PyGen_SetStopIterationValue _PyGen_FetchStopIterationValue "
    "_PyEval_SliceIndex _PyEval_FormatExcCheckArg _PyEval_UnpackIterable _PyEval_CheckExceptTypeValid "
    "PyEval_GetBuiltins PyEval_GetGlobals PyEval_GetLocals PyImport_ImportModuleLevelObject PyImport_GetModule "
    "PyOS_string_to_double PyOS_double_to_string "
    "PyExc_ZeroDivisionError PyExc_OverflowError PyExc_IndexError PyExc_KeyError PyExc_TypeError PyExc_ValueError "
    "PyExc_NameError PyExc_UnboundLocalError PyExc_AttributeError PyExc_StopIteration PyExc_RuntimeError "
    "PyExc_AssertionError PyExc_SystemError PyExc_RecursionError PyExc_ImportError PyExc_StopAsyncIteration "
    "PyExc_MemoryError PyExc_Exception PyExc_BaseException PyExc_LookupError PyExc_ArithmeticError "
    "pow fmod floor ceil trunc round rint nearbyint sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh "
    "atanh exp exp2 expm1 log log2 log10 log1p hypot fabs copysign fma erf erfc tgamma lgamma ldexp frexp modf memcpy "
    "memmove memset memcmp memchr strlen malloc free abort";

/* A word that changes whenever sys.settrace, sys.setprofile or a monitoring tool changes what is watched. */
MONITORING_WORD *
pt_monitoring_version(void)
{
#if PT_312
    return &PyInterpreterState_Get()->monitoring_version;
#else
    return &PyInterpreterState_Get()->ceval.instrumentation_version;
#endif
}

static int
put_own(PyObject *dict)
{
    if (put(dict, "monitoring_version", PyLong_FromVoidPtr(pt_monitoring_version())) < 0) {
        return -1;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(own); i++) {
        if (put(dict, own[i].name, PyLong_FromVoidPtr(own[i].address)) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
put_named(PyObject *dict)
{
    char name[80];
    for (const char *p = names; *p; ) {
        size_t n = strcspn(p, " ");
        PT_ASSERT(n < sizeof(name));
        memcpy(name, p, n);
        name[n] = 0;
        p += n + (p[n] == ' ');
        void *address = dlsym(RTLD_DEFAULT, name);
        if (address != NULL && put(dict, name, PyLong_FromVoidPtr(address)) < 0) {
            return -1;
        }
    }
    return 0;
}

PyObject *
pt_symbols(PyObject *self, PyObject *noargs)
{
    PyObject *dict = PyDict_New();
    if (dict != NULL && (put_own(dict) < 0 || put_named(dict) < 0 || pt_add_runtime_symbols(dict) < 0)) {
        Py_CLEAR(dict);
    }
    return dict;
}
