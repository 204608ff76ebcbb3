/* What is left of `a op b` when the Python method that a's class has for it gave NotImplemented.

   Such a method is inlined, and may end as a real frame, in CPython. The operands wait on the stack of its caller, and what
   the interpreter would ask next is asked here: as binary_op1(), ternary_op() and their callers in abstract.c do, and
   slot_nb_add() and its like in typeobject.c. */
#include "bridge.h"
#include "internal/pycore_code.h"
#include "opcode.h"

typedef struct {
    const char *sign, *reflected;
    size_t slot;
} Operator;

#define OP(sign, name, slot) {sign, "__r" name "__", offsetof(PyNumberMethods, slot)}

static const Operator operators[] = {  /* by BINARY_OP's argument; in place: 13 more */
    [NB_ADD] = OP("+", "add", nb_add), [NB_AND] = OP("&", "and", nb_and), [NB_FLOOR_DIVIDE] = OP("//", "floordiv", nb_floor_divide),
    [NB_LSHIFT] = OP("<<", "lshift", nb_lshift), [NB_MATRIX_MULTIPLY] = OP("@", "matmul", nb_matrix_multiply),
    [NB_MULTIPLY] = OP("*", "mul", nb_multiply), [NB_REMAINDER] = OP("%", "mod", nb_remainder), [NB_OR] = OP("|", "or", nb_or),
    [NB_POWER] = OP("**", "pow", nb_power), [NB_RSHIFT] = OP(">>", "rshift", nb_rshift), [NB_SUBTRACT] = OP("-", "sub", nb_subtract),
    [NB_TRUE_DIVIDE] = OP("/", "truediv", nb_true_divide), [NB_XOR] = OP("^", "xor", nb_xor),
};

static void *
slot_of(PyObject *o, const Operator *op)
{
    PyNumberMethods *n = Py_TYPE(o)->tp_as_number;
    return n ? *(void **)((char *)n + op->slot) : NULL;
}

/* b's reflected method, which its class may not have. */
static PyObject *
reflected(PyObject *a, PyObject *b, const Operator *op)
{
    PyObject *name = PyUnicode_InternFromString(op->reflected);
    PyObject *fn = name ? Py_XNewRef(_PyType_Lookup(Py_TYPE(b), name)) : NULL;
    Py_XDECREF(name);
    if (fn == NULL) {
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_NotImplemented);
    }
    descrgetfunc get = Py_TYPE(fn)->tp_descr_get;
    if (get != NULL) {
        Py_SETREF(fn, get(fn, b, (PyObject *)Py_TYPE(b)));
    }
    PyObject *r = fn ? PyObject_CallOneArg(fn, a) : NULL;
    Py_XDECREF(fn);
    return r;
}

static PyObject *
repeat(ssizeargfunc f, PyObject *sequence, PyObject *n)
{
    if (!PyIndex_Check(n)) {
        return PyErr_Format(PyExc_TypeError, "can't multiply sequence by non-int of type '%.200s'", Py_TYPE(n)->tp_name);
    }
    Py_ssize_t count = PyNumber_AsSsize_t(n, PyExc_OverflowError);
    return count == -1 && PyErr_Occurred() ? NULL : f(sequence, count);
}

static PyObject *
rest(PyObject *a, PyObject *b, int arg)
{
    int index = arg % NB_INPLACE_ADD, in_place = arg >= NB_INPLACE_ADD;
    const Operator *op = &operators[index];
    if (!Py_IS_TYPE(b, Py_TYPE(a))) {
        void *slot = slot_of(b, op);
        PyObject *r = slot == NULL                 ? Py_NewRef(Py_NotImplemented)
                      : slot == slot_of(a, op)     ? reflected(a, b, op)
                      : index == NB_POWER          ? ((ternaryfunc)slot)(a, b, Py_None)
                                                   : ((binaryfunc)slot)(a, b);
        if (r != Py_NotImplemented) {
            return r;
        }
        Py_DECREF(r);
    }
    PySequenceMethods *s = Py_TYPE(a)->tp_as_sequence, *t = Py_TYPE(b)->tp_as_sequence;
    if (index == NB_ADD && s != NULL) {
        binaryfunc f = in_place && s->sq_inplace_concat ? s->sq_inplace_concat : s->sq_concat;
        if (f != NULL) {
            return f(a, b);
        }
    }
    if (index == NB_MULTIPLY) {
        ssizeargfunc f = s == NULL ? NULL : in_place && s->sq_inplace_repeat ? s->sq_inplace_repeat : s->sq_repeat;
        if (f != NULL) {
            return repeat(f, a, b);
        }
        if (t != NULL && t->sq_repeat && (!in_place || s == NULL)) {
            return repeat(t->sq_repeat, b, a);
        }
    }
    return PyErr_Format(PyExc_TypeError, "unsupported operand type(s) for %.100s%s: '%.100s' and '%.100s'",
                        index == NB_POWER && !in_place ? "** or pow()" : op->sign, in_place ? "=" : "", Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
}

/* What the operation at `unit` gives, whose operands are on top of f's stack: the method's result, which is stolen, or what
   the other ways of CPython give. The operands are taken off. */
PyObject *
pt_operator_result(PtFrame *f, int unit, PyObject *result)
{
    if (result == Py_NotImplemented) {
        PyObject **top = f->localsplus + f->stacktop;
        Py_DECREF(result);
        pt_set_at(f, unit);
        result = rest(top[-2], top[-1], _PyCode_CODE(pt_code(f))[unit].op.arg);
    }
    if (result != NULL) {
        for (int i = 0; i < 2; i++) {
            Py_DECREF(_PyFrame_StackPop(f));
        }
    }
    return result;
}
