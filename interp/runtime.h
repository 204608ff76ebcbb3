/* What runtime.c and boxes.c offer to the module. */
#ifndef PT_RUNTIME_H
#define PT_RUNTIME_H
int pt_add_runtime_symbols(PyObject *dict);
int pt_runtime_init(PyObject *module);

void pt_boxes_init(void);
void pt_boxes_clear(void);
PyObject *pt_box_int(int64_t v);
PyObject *pt_box_float(double v);
int pt_unbox_int(PyObject *o, int64_t *out);
void pt_free(PyObject *o);
void pt_store_float(PyObject **place, double x);
void pt_store_int(PyObject **place, int64_t v);
#endif
