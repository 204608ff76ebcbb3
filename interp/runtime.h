/* What runtime.c, boxes.c and shortcuts.c offer to the module. */
#ifndef PT_RUNTIME_H
#define PT_RUNTIME_H
int pt_add_runtime_symbols(PyObject *dict);
int pt_runtime_init(PyObject *module);
PT_HIDDEN PyObject *pt_call_frame(PyObject *fn, PyObject **args, size_t n, PyObject *names);
PT_HIDDEN PyObject *pt_call_giving(PyObject *fn, PyObject **args, size_t n, PyObject *names);

PyObject *pt_ascii_char(PyObject *s, int64_t i);
int64_t pt_str_eq(PyObject *a, PyObject *b);
PyObject *pt_list_slice(PyObject *list, int64_t low, int64_t high);
int64_t pt_quiet_slice(PyObject *list, int64_t low, int64_t high);
int64_t pt_list_setslice(PyObject *list, int64_t low, int64_t high, PyObject *value);
PyObject *pt_list_stepped(PyObject *list, int64_t start, int64_t stop, int64_t step);
PyObject *pt_list_pop_at(PyObject *list, int64_t i);
PyObject *pt_py_method_def(PyObject *self, PyObject *x);
PyObject *pt_py_quiet_slice(PyObject *self, PyObject *args);
double pt_random(PyObject *self);
PyObject *pt_check_random(PyObject *self, PyObject *type);

void pt_boxes_init(void);
void pt_boxes_clear(void);
PyObject *pt_box_int(int64_t v);
PyObject *pt_box_float(double v);
int pt_unbox_int(PyObject *o, int64_t *out);
void pt_free(PyObject *o);
void pt_store_float(PyObject **place, double x);
int pt_write_int(PyObject *o, int64_t v);
void pt_store_int(PyObject **place, int64_t v);
#endif
