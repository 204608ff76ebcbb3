/* What the command needs to run a program as `python` does. */
#include "bridge.h"

/* What is put aside while a program runs with nothing below it on the Python stack. */
typedef struct {
    PyThreadState *ts;
    PtFrame *frame;
    _PyErr_StackItem *exc_info, fresh;
    int remaining, limit;
} Below;

static void
begin_outermost(Below *b)
{
    PyThreadState *ts = b->ts = PyThreadState_Get();
    b->frame = pt_current(ts);
    b->exc_info = ts->exc_info;
    b->fresh = (_PyErr_StackItem){NULL, NULL};
    b->remaining = ts->py_recursion_remaining;
    b->limit = ts->py_recursion_limit;
    pt_set_current(ts, NULL);
    ts->exc_info = &b->fresh;
    ts->py_recursion_remaining = b->limit;
}

static void
end_outermost(Below *b)
{
    PyThreadState *ts = b->ts;
    pt_set_current(ts, b->frame);
    ts->exc_info = b->exc_info;
    ts->py_recursion_remaining = b->remaining + ts->py_recursion_limit - b->limit;
}

/* run_call(callable, *args): f_back and tracebacks end at the callable, and the recursion limit counts from there. */
static PyObject *
run_call(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n < 1) {
        PyErr_SetString(PyExc_TypeError, "run_call() needs a callable");
        return NULL;
    }
    Below below;
    begin_outermost(&below);
    PyObject *result = PyObject_Vectorcall(args[0], args + 1, n - 1, NULL);
    end_outermost(&below);
    return result;
}

/* run_code(code, globals): the same for a program's code. */
static PyObject *
run_code(PyObject *self, PyObject *args)
{
    PyObject *code, *globals;
    if (!PyArg_ParseTuple(args, "O!O!:run_code", &PyCode_Type, &code, &PyDict_Type, &globals)) {
        return NULL;
    }
    Below below;
    begin_outermost(&below);
    PyObject *result = PyEval_EvalCode(code, globals, globals);
    end_outermost(&below);
    return result;
}

/* compile_code(source, filename): what compile(source, filename, "exec", dont_inherit=True) does, except that the builtin
   sets up every class of the `ast` module first, in case it was asked for a tree. The source has no null character. */
static PyObject *
compile_code(PyObject *self, PyObject *args)
{
    PyObject *source, *filename;
    if (!PyArg_ParseTuple(args, "OU:compile_code", &source, &filename)) {
        return NULL;
    }
    PyCompilerFlags flags = {.cf_flags = 0, .cf_feature_version = PY_MINOR_VERSION};
    const char *text = NULL;
    if (PyUnicode_Check(source)) {
        flags.cf_flags = PyCF_SOURCE_IS_UTF8 | PyCF_IGNORE_COOKIE;
        text = PyUnicode_AsUTF8(source);
    }
    else if (PyBytes_Check(source)) {
        text = PyBytes_AS_STRING(source);
    }
    else {
        PyErr_SetString(PyExc_TypeError, "compile_code() needs str or bytes");
    }
    return text ? Py_CompileStringObject(text, filename, Py_file_input, &flags, -1) : NULL;
}

static PyMethodDef methods[] = {
    {"run_code", run_code, METH_VARARGS, "run_code(code, globals): runs code as the outermost frame."},
    {"run_call", (PyCFunction)(void (*)(void))run_call, METH_FASTCALL, "run_call(callable, *args): calls with no Python frame below."},
    {"compile_code", compile_code, METH_VARARGS, "compile_code(source, filename) -> code of a program"},
    {NULL},
};

int
pt_start_init(PyObject *module)
{
    return PyModule_AddFunctions(module, methods);
}
