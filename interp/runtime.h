/* What runtime.c offers to the module. */
#ifndef PT_RUNTIME_H
#define PT_RUNTIME_H
int pt_add_runtime_symbols(PyObject *dict);
int pt_runtime_init(PyObject *module);
#endif
