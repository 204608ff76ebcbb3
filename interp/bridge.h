/* The bridge's own structs, and which file offers what. Only C: nothing here is seen by Python or by native code, except
   PtCtx, PtExit and the pt_* helpers, whose layouts and addresses _bridge.layout() and _bridge.symbols() give. */
#ifndef PT_BRIDGE_H
#define PT_BRIDGE_H

#include "compat.h"
#include <pthread.h>

#ifdef PT_DEBUG
#define PT_ASSERT(x) do { if (!(x)) { \
    fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)
#else
#define PT_ASSERT(x) ((void)0)
#endif

#define PT_HIDDEN __attribute__((visibility("hidden")))

/* ---- native code ---- */

typedef struct PtExit PtExit;

#define PT_SCRATCH 16

typedef struct PtCtx {
    PyThreadState *tstate;
    PtFrame *frame;              /* the root frame */
    PyObject **slots;            /* frame->localsplus */
    int64_t *buf;                /* live values, PT_BUF_WORDS words */
    void *eval_breaker;          /* address to poll, see layout()'s "eval_breaker.*" */
    int64_t spare[8];            /* [0]: the monitoring version on entry; the rest is native code's own */
    struct PtWrite *writes;      /* variables that were written from outside and are not in the frame yet */
    PyObject **shown;            /* during a call out: what the dicts were given for the names that the trace holds */
    struct PtRenamed *renamed;   /* held names that were given other values meanwhile */
    struct PtCall *chain;        /* native calls in progress, see native.c */
    PyObject *result;            /* what a native call gave that is not what it promised */
    char *stack_limit;           /* compiled functions do not go below */
    int64_t n_scratch;           /* 0: there is none */
    PyObject *scratch[PT_SCRATCH];   /* numbers in shown frames, see shown.c */
} PtCtx;

typedef PtExit *(*PtNative)(PtCtx *);

struct PtExit {
    void *native;                /* PtNative of the bridge, or NULL */
    int64_t count;
    int64_t next;                /* count at which Python is asked again; 0 = the common threshold; of a jump: the header's unit */
    struct PtProg *prog;         /* NULL in a jump exit */
    int32_t flags;
    int32_t state;
    int32_t *moves;              /* n_moves pairs: buffer words (to, from), before native is entered */
    int64_t n_moves;
    int64_t ticks;               /* of a jump: iterations of code that was compiled in a hurry, see Compiled.upgrade */
};

#define PT_TICKS 16384           /* iterations after which such code leaves, so that better code can be entered; a power of two */

enum { PT_EXIT_RAISE = 1, PT_EXIT_PLAIN = 2, PT_EXIT_RETURN = 4 };
enum { PT_STATE_COLD = 0, PT_STATE_BRIDGED = 1, PT_STATE_NEVER = 2, PT_STATE_JUMP = 3 };
/* What becomes of a frame's result. The last three: the frame is a generator's, which FOR_ITER, SEND or next() has resumed. */
enum { PT_FRAME_DROP_RESULT = 1, PT_FRAME_FOR_ITER = 2, PT_FRAME_SEND = 4, PT_FRAME_NEXT = 8, PT_FRAME_GENERATOR = 14, PT_FRAME_OPERATOR = 16 };

#define PT_BUF_WORDS 4096
#if PT_312
#define PT_C_LIMIT C_RECURSION_LIMIT
#else
#define PT_C_LIMIT Py_C_RECURSION_LIMIT
#endif
#define PT_MAX_MOVES 256

/* ---- the module's state ---- */

typedef struct {
    int64_t native_entries, native_ns, exits, syncs, deopts, hot_loop_calls, hot_exit_calls, hot_func_calls, plain_exits;
    int64_t unprofitable;
} PtStats;

typedef struct {
    PyObject *null;              /* stands for an empty slot in Python lists */
    PyObject *disable;           /* sys.monitoring.DISABLE */
    PyObject *on_loop, *on_exit, *on_func, *on_compiled;
    int64_t loop_threshold, func_threshold, exit_threshold;
    int enabled, timing, trials, only_recursive;
    int64_t hot_ns;              /* a loop that took as long is hot; 0: count events */
    int64_t *clock;              /* what is read instead of the thread's clock, if not NULL */
    int64_t asked_ns;            /* time in Python handlers, while there are trials */
    int alarmed;                 /* the alarm has rung, and nobody was told */
    double saved_ns;             /* by native code, from samples and trials */
    double gain;                 /* of the loop that is being entered */
    int attention;               /* set by the compiling thread: the next event looks at what it has finished */
    PtStats stats;
} PtState;

extern PT_HIDDEN PtState pt;

/* ---- frames.c: real frames ---- */

/* A frame that was pushed and waits: `unit` is where it goes on, `call_unit` the call it waits in. */
typedef struct {
    PtFrame *f;
    int unit, call_unit, flags;
} PtPending;

PT_HIDDEN PtFrame *pt_push_frame(PyThreadState *ts, PyFunctionObject *func, PyCodeObject *code);
PT_HIDDEN void pt_pop_frame(PyThreadState *ts, PtFrame *f);
PT_HIDDEN PyObject **pt_frame_space(PyThreadState *ts, int size);
PT_HIDDEN void pt_free_frame_space(PyThreadState *ts, PtFrame *f);
PT_HIDDEN int pt_find_handler(PyCodeObject *code, int unit, int *level, int *handler, int *lasti);
PT_HIDDEN int pt_unwind(PyThreadState *ts, PtFrame *f);
PT_HIDDEN void pt_add_traceback(PyThreadState *ts);
PT_HIDDEN PyObject *pt_run_pending(PyThreadState *ts, PtPending *p, int n, int throwing);
PT_HIDDEN PyObject *pt_check_init_result(PyObject *result);
PT_HIDDEN PyObject *pt_operator_result(PtFrame *f, int unit, PyObject *result);
PT_HIDDEN void pt_clear_frame(PyThreadState *ts, PtFrame *f);

/* ---- generators.c ---- */

PyObject *pt_make_function(PyObject *code, PyObject *globals, PyObject *closure, PyObject *defaults);
int64_t pt_is_plain_generator(PyObject *o, int64_t state, int64_t instruction, PyObject *globals, PyObject *builtins, int64_t holders);
PT_HIDDEN PyObject *pt_generator_plain(PyObject *self, PyObject *o);
PyObject *pt_send(PyObject *g, PyObject *v);
PT_HIDDEN PyObject *pt_py_send(PyObject *self, PyObject *const *args, Py_ssize_t n);
PT_HIDDEN PyObject *pt_generator_ended(PyObject *self, PyObject *o);
PyObject *pt_new_generator(int64_t n, int64_t *words);
PT_HIDDEN PyGenObject *pt_waited_for(PtFrame *f);
PT_HIDDEN PtFrame *pt_activate(PyThreadState *ts, PyGenObject *g);
PT_HIDDEN void pt_deactivate(PyThreadState *ts, PtFrame *f);
PT_HIDDEN PyObject *pt_run_generator(PyThreadState *ts, PtFrame *f, int unit);
PT_HIDDEN int pt_deliver(PtFrame *f, int unit, int call_unit, int flags, PyObject *result);
PT_HIDDEN PyObject *pt_generator_state(PyObject *self, PyObject *o);
PT_HIDDEN PyObject *pt_generator_names(PyObject *self, PyObject *o);
PT_HIDDEN PyObject *pt_generator_slots(PyObject *self, PyObject *o);
PT_HIDDEN PyObject *pt_generator_resume(PyObject *self, PyObject *o);
PT_HIDDEN PyObject *pt_generator_suspend(PyObject *self, PyObject *args);
PT_HIDDEN PyObject *pt_generator_end(PyObject *self, PyObject *o);
PT_HIDDEN PyObject *pt_instruction_word(PyObject *self, PyObject *args);

/* ---- code.c: what is known of a code object ---- */

enum { PT_LOOP_COLD = 0, PT_LOOP_COMPILED = 1, PT_LOOP_BLACKLISTED = 2, PT_LOOP_RESTING = 3 };

typedef struct {
    int unit;                    /* the loop's header; -1: the function's entry */
    int state;
    int64_t left;                /* events until Python is asked, or until the next sample */
    int timed, interval;         /* hot after a time, not after a count; events between samples */
    int64_t spent, mark;         /* time in the loop by samples, and when the one that is being taken began */
    int64_t entries_before;      /* of native code */
    PtFrame *sampled;            /* in which frame; NULL: none is being taken */
    int64_t entries;             /* of native code */
    PtNative entry;
    PyObject *keepalive;
    int disabled;                /* some of its jumps were switched off */
    int end;                     /* the last of its back jumps, while it is compiled */
    int misses;                  /* entries refused, less those that were not */
    int looked;                  /* Python was told that the code's ticks are many */
    int lost;                    /* a trial: it is not counted again when its code is let go of */
    int64_t *arrivals;           /* counted at the header by compiled code; in an exit that `keepalive` keeps */
    struct PtTrial *trial;       /* NULL: none, or decided */
    struct PtStartTrial *start_trial; /* of a function's start; the same */
    double gain;                 /* what native code saves, in parts of the time that it takes; below 0: what it loses */
} PtLoop;

typedef struct {
    int n_loops, n_alloc;
    PtLoop *loops;
    PtLoop func;
    struct PtFunc *native;       /* the compiled function */
    int may_recurse;             /* it names itself; until it was seen not to call itself */
    int starts_seen;
    uint8_t *starts;             /* per unit: 0 inside an instruction, else 1 + EXTENDED_ARGs just before */
} PtCode;

PT_HIDDEN PtCode *pt_code_info(PyCodeObject *code);
PT_HIDDEN PtLoop *pt_find_loop(PtCode *pc, int unit);
PT_HIDDEN int pt_unit(PyCodeObject *code, Py_ssize_t byte_offset);
PT_HIDDEN int pt_code_init(void);
PT_HIDDEN int pt_base_opcode(int opcode);
PT_HIDDEN void pt_unwatch_code(void);

/* ---- trial.c: is a compiled loop worth entering? ---- */

PT_HIDDEN int64_t pt_cpu_ns(void);
PT_HIDDEN int64_t pt_now_ns(void);
PT_HIDDEN void pt_begin_trial(PtLoop *loop);
PT_HIDDEN void pt_end_trial(PtLoop *loop);

/* One entry of native code while a loop is tried. */
typedef struct {
    int unit, end;               /* the loop */
    int left, quick;             /* native code is past it; which clock told when */
    int64_t now, arrivals;       /* when it left */
    int64_t *counter;            /* NULL: this is no trial */
} PtTrialEntry;

PT_HIDDEN double pt_median(const double *rates, int n);
PT_HIDDEN int pt_may_lose(void);
PT_HIDDEN int pt_trial_event(PtLoop *loop, PyThreadState *ts, PtTrialEntry *entry);
PT_HIDDEN void pt_trial_passes(PtTrialEntry *entry, int unit);
PT_HIDDEN void pt_trial_left(PtLoop *loop, PtFrame *f, PtTrialEntry *entry);

/* ---- llvm.c: threads that Python does not know ---- */

PT_HIDDEN int pt_start_thread(pthread_t *thread, size_t stack, void *(*run)(void *));
PT_HIDDEN void pt_await_end(long tid);

/* ---- alarm.c ---- */

PT_HIDDEN void pt_set_alarm(void);
PT_HIDDEN void pt_stop_alarm(void);
PT_HIDDEN int pt_restart_events(void);

/* ---- starts.c: is native code worth entering at a function's start? ---- */

PT_HIDDEN void pt_begin_start_trial(PtLoop *loop);
PT_HIDDEN void pt_end_start_trial(PtLoop *loop);
PT_HIDDEN void pt_pause_start_trial(PtLoop *loop);
PT_HIDDEN int pt_start_trial_event(PtLoop *loop);

/* ---- root.c: the frame that was taken over ---- */

typedef struct {
    PyThreadState *ts;
    PtFrame *f;
    int shown;                   /* unit that Python is told, until the frame is moved */
    int moved;                   /* the frame goes on where it now is "at" */
    PyObject *raise;             /* exception to raise there */
    _Py_CODEUNIT *entry_ip;
    struct PtWrite *kept;        /* objects of frames that were popped again, see pt_kept_frames */
    /* while a Python handler runs */
    _PyErr_StackItem *exc_info;  /* where the frame's handled exception is kept */
    PyObject *handled;           /* the frame's handled exception */
    int py_remaining;            /* Python recursion left for the frame's callees */
    unsigned long signals;       /* for pt_allow_signals */
} PtRoot;

PT_HIDDEN extern PyTypeObject PtRootFrame_Type;
PT_HIDDEN int64_t pt_ask(PtRoot *r, PyObject *handler, PyObject **args, int n);
PT_HIDDEN PyObject *pt_finish(PtRoot *r);
PT_HIDDEN PyObject *pt_raise_in_root(PtRoot *r);
PT_HIDDEN PyObject *pt_frame_locals(PtFrame *f);
PT_HIDDEN PyObject *pt_frame_stack(PtFrame *f);
PT_HIDDEN PyObject *pt_run_states(PyThreadState *ts, PyObject *frames, PyObject *exc);
PT_HIDDEN int pt_root_init(void);

/* ---- exits.c: leaving native code ---- */

PT_HIDDEN extern PyTypeObject PtExit_Type;
PT_HIDDEN PyObject *pt_new_exit(PyObject *self, PyObject *args);
PT_HIDDEN PyObject *pt_new_jump_exit(PyObject *self, PyObject *args);
PT_HIDDEN PyObject *pt_attach_bridge(PyObject *self, PyObject *args);
PT_HIDDEN PyObject *pt_detach_bridge(PyObject *self, PyObject *args);
PT_HIDDEN void pt_leave_native(PtRoot *r, PtCtx *ctx, PtExit *e);
void pt_sync(PtCtx *, PtExit *);
void pt_unsync(PtCtx *, PtExit *);
void pt_dealloc_sync(PtCtx *, PtExit *, PyObject *);
void pt_traceback(PtCtx *, PtExit *);
int pt_must_leave(PtCtx *);

/* ---- shown.c: frames during a call ---- */

PT_HIDDEN void pt_drop_scratch(PtCtx *);
PtFrame *pt_show(PtCtx *, PtExit *);
void pt_hide(PtCtx *, PtExit *);
void pt_hide_seen(PtCtx *, PtExit *);
void pt_drop(PyObject *);
PyObject *pt_show_float(PtCtx *, int64_t, double);
PyObject *pt_show_int(PtCtx *, int64_t, int64_t);

enum { PT_LEAVING, PT_CALLING, PT_LOCALS };
PT_HIDDEN void pt_rebuild(PyThreadState *, PtFrame *root, struct PtProg *, const int64_t *buf, PtPending *, int calling);
PT_HIDDEN void pt_apply_writes(PtCtx *, struct PtProg *, PtFrame *root, PtPending *);
PT_HIDDEN void pt_forget_writes(PtCtx *);
PT_HIDDEN void pt_keep_writes(PtCtx *, struct PtWrite *);
PT_HIDDEN void pt_release_refs(struct PtProg *, const int64_t *buf);
PT_HIDDEN PyObject *pt_live_values(struct PtProg *, const int64_t *buf);
PT_HIDDEN PyObject *pt_frames_to_list(PtRoot *, struct PtProg *, PtPending *);
PT_HIDDEN PyObject *pt_exit_owner(PtExit *);

/* What native code is running for, or is just being left: code that one of these may reach must not be freed. */
typedef struct PtActivation {
    struct PtActivation *next, **link;
    PyObject *keepalive;
} PtActivation;

PT_HIDDEN void pt_begin_activation(PtActivation *, PyObject *keepalive);
PT_HIDDEN void pt_end_activation(PtActivation *);

/* ---- native.c: compiled functions ---- */

PT_HIDDEN char *pt_stack_limit(void);
PT_HIDDEN void pt_sync_chain(PtCtx *);
PT_HIDDEN int pt_has_c_stack(PyThreadState *);
PT_HIDDEN void pt_attend(PtRoot *);
PT_HIDDEN void pt_attend_soon(void);
PT_HIDDEN void pt_let_go(PyObject *things);
PT_HIDDEN void pt_detach_code(PyCodeObject *);

/* ---- watch.c ---- */

PT_HIDDEN int pt_watch_init(PyObject *module);
PT_HIDDEN void pt_unwatch_all(void);
PT_HIDDEN void pt_code_monitored(PyCodeObject *code);
PT_HIDDEN void pt_code_died(PyCodeObject *code);

/* ---- locals.c: variables written from outside ---- */

typedef struct PtWrite {
    struct PtWrite *next;
    PtFrame *frame;
    int slot;                    /* -1: somebody has kept the frame's object, `value` */
    PyObject *value, *old;
    int index;                   /* of the frame, the root's is 0 */
} PtWrite;

PT_HIDDEN extern int pt_called_out;   /* calls out of frames that are ours, going on now */
PT_HIDDEN extern PtWrite *pt_noted;   /* writes to frames that run, newest first */
PT_HIDDEN void pt_hook_locals(int on);
PT_HIDDEN void pt_forget_notes(PtFrame *f);
PT_HIDDEN PtWrite *pt_take_writes(PyThreadState *ts, PtFrame *root);
PT_HIDDEN void pt_free_writes(PtWrite *w);
PT_HIDDEN PtWrite *pt_kept_frames(PyThreadState *ts, PtFrame *root, PtWrite *list);
PT_HIDDEN void pt_adopt(PtFrame *f, PyFrameObject *fo);

/* ---- hooks.c: others who trace or monitor ---- */

#define PT_TOOL 5                /* sys.monitoring.OPTIMIZER_ID */

PT_HIDDEN int pt_start_monitoring(void);
PT_HIDDEN int pt_stop_monitoring(void);
PT_HIDDEN int pt_set_events(int on);
PT_HIDDEN void pt_hook(void);
PT_HIDDEN int pt_unhook(void);

/* ---- llvm.c: compiling in the background ---- */

PT_HIDDEN int pt_llvm_init(PyObject *module);
PT_HIDDEN void pt_resume_jobs(void);
PT_HIDDEN int pt_compiling(void);

/* ---- collector.c ---- */

PT_HIDDEN int pt_collector_init(PyObject *module);

/* ---- arenas.c ---- */

PT_HIDDEN void pt_keep_arenas(void);
/* Native code was left, and a collection is due. */
PT_HIDDEN void pt_collection_due(void);
/* New instances may be of the middle generation. */
PT_HIDDEN extern int pt_expects_no_garbage;
PT_HIDDEN int pt_begin_work(PyThreadState *ts);
PT_HIDDEN void pt_end_work(PyThreadState *ts, int before);
PT_HIDDEN void pt_show_hidden(void);

/* ---- start.c: what the command needs ---- */

PT_HIDDEN int pt_start_init(PyObject *module);

/* ---- instances.c ---- */

/* How an allocation makes instances of a class that start with these attributes. */
typedef struct {
    PyTypeObject *type;
    PyDictKeysObject *keys;      /* the class's shared keys for which `places` holds; NULL: none yet */
    unsigned int version;        /* of the class for which `places` are those of slots, in words; 0: they are not */
    PyObject **names;
    uint16_t *places;
    int n, tries;
} PtMaker;

PT_HIDDEN extern PyTypeObject PtMaker_Type;
PT_HIDDEN int pt_instances_init(PyObject *module);
PT_HIDDEN void pt_instances_clear(void);
PT_HIDDEN void pt_maker_init(PtMaker *m, PyTypeObject *type, PyObject **names, int n, uint16_t *places);
PyObject *pt_new_instance(PyTypeObject *type);
PyObject *pt_make_instance(PtMaker *m, PyObject **values);
PT_HIDDEN int pt_fill_instance(PtMaker *m, PyObject *o, PyObject **values);
int pt_add_attribute(PyObject *o, PyObject *name, PyObject *value, int64_t place);
void *pt_renew(PtMaker *m, PyObject **place, int64_t *values, uint64_t kinds);
void *pt_slice_over(PyObject *list, int64_t low, int64_t high, PyObject *old);
PyObject *pt_own_attribute(PyObject *o, PyObject *name, int64_t place);
int64_t pt_lacks_attribute(PyObject *o, PyObject *name);
PyObject *pt_replace_attribute(PyObject *o, PyObject *name, PyObject *value, int64_t place);
int pt_dies_plainly(PyObject *o);
PT_HIDDEN int pt_free_plainly(PyObject *o);
int pt_release(PyObject *o);

/* ---- lookups.c ---- */

int64_t pt_contains(PyObject *c, PyObject *x);
PyObject *pt_lookup(PyObject *d, PyObject *x);
int64_t pt_set_add(PyObject *s, PyObject *x);
PT_HIDDEN PyObject *pt_py_can_add(PyObject *self, PyObject *args);
PT_HIDDEN PyObject *pt_py_contains(PyObject *self, PyObject *args);
PT_HIDDEN PyObject *pt_py_array_kind(PyObject *self, PyObject *x);

/* ---- helpers.c ---- */

#if PT_312
#define MONITORING_WORD uint64_t
#else
#define MONITORING_WORD uintptr_t
#endif
PT_HIDDEN MONITORING_WORD *pt_monitoring_version(void);

PT_HIDDEN PyObject *pt_layout(PyObject *self, PyObject *noargs);
PT_HIDDEN PyObject *pt_symbols(PyObject *self, PyObject *noargs);

#endif
