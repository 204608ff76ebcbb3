/* LLVM, without the program noticing: a thread that compiles while the program runs.

   The thread is not one of Python's: it has no thread state, never takes the GIL, and exists only while there is work, so
   `threading`, sys._current_frames and a fork see a process without it. It calls llvmlite's shared library directly, from
   loading it on; llvmlite's Python package is not imported. What it needs is in its job: LLVM text in, addresses out.

   Jobs are done in the order in which they were given. A finished one waits in a list until Python asks for it
   (`finished`); pt.attention tells the loop callback that there is something to ask for.

   Signals are the program's: they are blocked here. At a fork the thread ends after the job that it is busy with, and is
   started again by the next event. When Python has been finalized it is waited for, before the library's destructors run. */
#include "bridge.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <sched.h>
#include <unistd.h>
#include <sys/syscall.h>

typedef void *Ref;

typedef struct {
    uint8_t kind;
    const char *value;
    size_t length;
} LinkElement;

typedef struct {
    const char *name;
    uint64_t address;
} SymbolAddress;

#define LLVM_FUNCTIONS(X)                                                                                              \
    X(unsigned, GetVersionInfo, (void))                                                                                \
    X(void, InitializeNativeTarget, (void))                                                                            \
    X(void, InitializeNativeAsmPrinter, (void))                                                                        \
    X(void, SetCommandLine, (const char *, const char *))                                                              \
    X(void, DisposeString, (const char *))                                                                             \
    X(void, GetDefaultTargetTriple, (const char **))                                                                   \
    X(void, GetHostCPUName, (const char **))                                                                           \
    X(int, GetHostCPUFeatures, (const char **))                                                                        \
    X(Ref, GetTargetFromTriple, (const char *, const char **))                                                         \
    X(Ref, CreateTargetMachine, (Ref, const char *, const char *, const char *, int, const char *, const char *, int,  \
                                 int, const char *))                                                                   \
    X(Ref, CreatePipelineTuningOptions, (void))                                                                        \
    X(Ref, CreatePassBuilder, (Ref, Ref))                                                                              \
    X(Ref, CreateNewFunctionPassManager, (void))                                                                       \
    X(void, RunNewFunctionPassManager, (Ref, Ref, Ref))                                                                \
    X(Ref, CreateLLJITCompiler, (Ref, bool, bool, const char **))                                                      \
    X(Ref, ContextCreate, (void))                                                                                      \
    X(void, ContextDispose, (Ref))                                                                                     \
    X(Ref, ParseAssembly, (Ref, const char *, const char **))                                                          \
    X(Ref, GetNamedFunction, (Ref, const char *))                                                                      \
    X(void, PrintModuleToString, (Ref, const char **))                                                                 \
    X(void, DisposeModule, (Ref))                                                                                      \
    X(Ref, TargetMachineEmitToMemory, (Ref, Ref, int, const char **))                                                  \
    X(const char *, GetBufferStart, (Ref))                                                                             \
    X(size_t, GetBufferSize, (Ref))                                                                                    \
    X(void, DisposeMemoryBuffer, (Ref))                                                                                \
    X(Ref, LLJIT_Link, (Ref, const char *, LinkElement *, size_t, SymbolAddress *, size_t, SymbolAddress *, size_t,    \
                        const char **))                                                                                \
    X(bool, LLJIT_Dylib_Tracker_Dispose, (Ref, const char **))                                                         \
    X(void, LLJITDispose, (Ref))

#define POINTER(result, name, args) result(*name) args;
static struct {
    LLVM_FUNCTIONS(POINTER)
} llvm;

/* Tier 1 makes quick code for what runs once, tier 2 is the real thing. */
#define N_TIERS 3
static const char *const PASSES[] = {"InstCombine", "SimplifyCFG"};

/* A third of code generation's time, for code that measures the same: scheduling once more after register allocation, and
   the allocator's long search for places to split live ranges (our functions have hundreds of cold blocks). */
static const char *const OPTIONS[] = {"-post-RA-scheduler=false", "-grow-region-complexity-budget=1000"};

/* The library's functions are llvmlite's own business, and LLVM ends the process over an option that it does not know. */
#define LLVM_VERSION 22

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
    Ref machine, builder, passes;
} Tier;

/* LLVM keeps some memory for each library that there ever was, so a linker is given up after LIBRARIES of them: it ends
   with the last one that is closed. */
#define LIBRARIES 64

typedef struct {
    Ref jit;
    int made, open;
} Linker;

static struct {
    char *path;                  /* of the library */
    int state;                   /* 0: not tried, 1: ready, -1: failed */
    char error[300];
    Tier tiers[N_TIERS];
    Linker *linker;
} engine;

typedef struct Job {
    PyObject_HEAD
    struct Job *next;
    PyObject *name, *body, *entry, *library;
    int tier, kind, done, fatal;
    uint64_t entry_address, body_address;
    Ref tracker;
    Linker *linker;
    char *error;
    char *output[2];             /* object code of body and entry; or the body's text */
    size_t size[2];
    int64_t ns[3];               /* passes, code generation, linking */
} Job;

enum { JOB_LINK, JOB_ASSEMBLY, JOB_TEXT };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, jit_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct {
    Job *first, *last;           /* to be done */
    Job *first_done, *last_done;
    pthread_t thread;
    int running, joinable, stopping;
    long tid;
} queue;

/* ---- the thread ---- */

static int64_t
clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
engine_failed(const char *what, const char *why)
{
    snprintf(engine.error, sizeof(engine.error), "%s%s%s", what, why ? ": " : "", why ? why : "");
    engine.state = -1;
    return -1;
}

static int
load_functions(void *library)
{
#define LOAD(result, fn, args)                                                                                         \
    if ((llvm.fn = (result(*) args)dlsym(library, "LLVMPY_" #fn)) == NULL) {                                           \
        return engine_failed("this version of llvmlite is not supported, it lacks LLVMPY_" #fn, NULL);                 \
    }
    LLVM_FUNCTIONS(LOAD)
    return 0;
}

static int
add_passes(void *library, Tier *tier)
{
    tier->passes = llvm.CreateNewFunctionPassManager();
    tier->builder = llvm.CreatePassBuilder(tier->machine, llvm.CreatePipelineTuningOptions());
    for (size_t i = 0; i < LENGTH(PASSES); i++) {
        char symbol[100];
        snprintf(symbol, sizeof(symbol), "LLVMPY_function_Add%sPass", PASSES[i]);
        void (*add)(Ref) = (void (*)(Ref))dlsym(library, symbol);
        if (add == NULL) {
            return engine_failed("this version of llvmlite is not supported, it lacks", symbol);
        }
        add(tier->passes);
    }
    return 0;
}

static Linker *
new_linker(const char **error)
{
    Linker *linker = calloc(1, sizeof(Linker));
    if (linker != NULL && (linker->jit = llvm.CreateLLJITCompiler(engine.tiers[2].machine, false, false, error)) == NULL) {
        free(linker);
        linker = NULL;
    }
    return linker;
}

static void finish_thread(void);

static int
start_engine(void)
{
    const char *error = NULL, *triple = NULL, *cpu = NULL, *features = NULL;
    void *library = dlopen(engine.path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return engine_failed("llvmlite cannot be loaded", dlerror());
    }
    atexit(finish_thread);       /* will run before the destructors that the library has just registered */
    if (load_functions(library) < 0) {
        return -1;
    }
    if (llvm.GetVersionInfo() >> 16 != LLVM_VERSION) {
        return engine_failed("this version of llvmlite is not supported, it has another LLVM", NULL);
    }
    llvm.InitializeNativeTarget();
    llvm.InitializeNativeAsmPrinter();
    for (size_t i = 0; i < LENGTH(OPTIONS); i++) {
        llvm.SetCommandLine("pytrace", OPTIONS[i]);
    }
    llvm.GetDefaultTargetTriple(&triple);
    llvm.GetHostCPUName(&cpu);
    llvm.GetHostCPUFeatures(&features);
    Ref target = llvm.GetTargetFromTriple(triple, &error);
    if (target == NULL) {
        return engine_failed("llvmlite knows no target machine", error);
    }
    for (int t = 1; t < N_TIERS; t++) {
        engine.tiers[t].machine = llvm.CreateTargetMachine(target, triple, cpu, features ? features : "", t == 1 ? 0 : 2, "static",
                                                           "large", 0, 1, "");
        if (engine.tiers[t].machine == NULL) {
            return engine_failed("llvmlite cannot make a target machine", NULL);
        }
    }
    if (add_passes(library, &engine.tiers[2]) < 0) {
        return -1;
    }
    engine.linker = new_linker(&error);
    if (engine.linker == NULL) {
        return engine_failed("llvmlite cannot make a linker", error);
    }
    llvm.DisposeString(triple);
    llvm.DisposeString(cpu);
    if (features != NULL) {
        llvm.DisposeString(features);
    }
    engine.state = 1;
    return 0;
}

static int
job_failed(Job *j, const char *what, const char *why)
{
    if (asprintf(&j->error, "%s: %s", what, why ? why : "?") < 0) {
        j->error = NULL;
    }
    return -1;
}

/* One text to object code (or to what is wanted instead). */
static int
generate(Job *j, int part, const char *function, const char *text, int t)
{
    Tier *tier = &engine.tiers[t];
    const char *error = NULL, *printed = NULL;
    int64_t start = clock_ns();
    Ref context = llvm.ContextCreate();
    Ref module = llvm.ParseAssembly(context, text, &error);
    if (module == NULL) {
        llvm.ContextDispose(context);
        return job_failed(j, "LLVM cannot read the trace", error);
    }
    if (tier->passes != NULL) {
        llvm.RunNewFunctionPassManager(tier->passes, llvm.GetNamedFunction(module, function), tier->builder);
    }
    int64_t middle = clock_ns();
    j->ns[0] += middle - start;
    Ref buffer = NULL;
    const char *data = NULL;
    if (j->kind == JOB_TEXT) {
        llvm.PrintModuleToString(module, &printed);
        data = printed;
        j->size[part] = strlen(printed);
    }
    else {
        buffer = llvm.TargetMachineEmitToMemory(tier->machine, module, j->kind == JOB_LINK, &error);
        data = buffer ? llvm.GetBufferStart(buffer) : NULL;
        j->size[part] = buffer ? llvm.GetBufferSize(buffer) : 0;
    }
    if (data != NULL && (j->output[part] = malloc(j->size[part] + 1)) != NULL) {
        memcpy(j->output[part], data, j->size[part]);
    }
    if (buffer != NULL) {
        llvm.DisposeMemoryBuffer(buffer);
    }
    if (printed != NULL) {
        llvm.DisposeString(printed);
    }
    llvm.DisposeModule(module);
    llvm.ContextDispose(context);
    j->ns[1] += clock_ns() - middle;
    return j->output[part] != NULL ? 0 : job_failed(j, "LLVM cannot compile the trace", error);
}

static int
link_job(Job *j, const char *name)
{
    const char *error = NULL;
    char body[200];
    int64_t start = clock_ns();
    snprintf(body, sizeof(body), "%s_buf", name);
    int n = j->output[1] != NULL ? 2 : 1;
    LinkElement elements[2] = {{2, j->output[0], j->size[0]}, {2, j->output[1], j->size[1]}};
    SymbolAddress exports[2] = {{body, 0}, {name, 0}};
    pthread_mutex_lock(&jit_mutex);
    Linker *linker = engine.linker;
    if (linker == NULL) {
        linker = engine.linker = new_linker(&error);
    }
    if (linker != NULL) {
        j->tracker = llvm.LLJIT_Link(linker->jit, PyBytes_AS_STRING(j->library), elements, n, NULL, 0, exports, n, &error);
        j->linker = linker;
        linker->made++;
        linker->open += j->tracker != NULL;
        if (linker->made >= LIBRARIES) {
            engine.linker = NULL;
        }
    }
    pthread_mutex_unlock(&jit_mutex);
    j->ns[2] += clock_ns() - start;
    if (j->tracker == NULL) {
        return job_failed(j, "LLVM cannot link the trace", error);
    }
    j->body_address = exports[0].address;
    j->entry_address = exports[1].address;
    return 0;
}

static void
run_job(Job *j)
{
    if (engine.state < 0) {
        j->fatal = 1;
        j->error = strdup(engine.error);
        return;
    }
    const char *name = PyBytes_AS_STRING(j->name), *entry = PyBytes_AS_STRING(j->entry);
    char body[200];
    snprintf(body, sizeof(body), "%s_buf", name);
    if (generate(j, 0, body, PyBytes_AS_STRING(j->body), j->tier) < 0 ||
        (*entry && generate(j, 1, name, entry, 1) < 0)) {
        return;
    }
    if (j->kind == JOB_LINK) {
        link_job(j, name);
    }
}

static void *
thread_main(void *unused)
{
    queue.tid = syscall(SYS_gettid);
    if (engine.state == 0) {
        start_engine();
    }
    pthread_mutex_lock(&mutex);
    while (queue.first != NULL && !queue.stopping) {
        Job *j = queue.first;
        pthread_mutex_unlock(&mutex);
        run_job(j);
        pthread_mutex_lock(&mutex);
        queue.first = j->next;
        j->next = NULL;
        if (queue.first_done == NULL) {
            queue.first_done = j;
        }
        else {
            queue.last_done->next = j;
        }
        queue.last_done = j;
        j->done = 1;
        __atomic_store_n(&pt.attention, 1, __ATOMIC_RELEASE);
        pthread_cond_broadcast(&changed);
    }
    queue.running = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

/* ---- starting and stopping it (with the mutex held) ---- */

static void
join_thread(void)
{
    while (queue.running) {
        pthread_cond_wait(&changed, &mutex);
    }
    if (queue.joinable) {
        pthread_join(queue.thread, NULL);
        queue.joinable = 0;
    }
}

/* Starts a thread that gets no signals. 0: it could not be started. */
int
pt_start_thread(pthread_t *thread, size_t stack, void *(*run)(void *))
{
    sigset_t all, old;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(thread, &attributes, run, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    return !failed;
}

/* Until the system, too, knows of the end of a thread that was joined: Python counts the process's threads right after a fork, and warns. */
void
pt_await_end(long tid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/task/%ld", tid);
    for (int i = 0; i < 1000 && access(path, F_OK) == 0; i++) {
        sched_yield();
    }
}

static int
start_thread(void)
{
    if (queue.running || queue.stopping) {
        return 0;
    }
    join_thread();
    int started = pt_start_thread(&queue.thread, 16 << 20, thread_main);  /* LLVM recurses */
    queue.running = queue.joinable = started;
    return started ? 0 : -1;
}

/* At exit: nothing may be inside of the library any more. */
static void
finish_thread(void)
{
    pthread_mutex_lock(&mutex);
    queue.stopping = 1;
    join_thread();
    pthread_mutex_unlock(&mutex);
}

static void
before_fork(void)
{
    pthread_mutex_lock(&mutex);
    int was = queue.joinable;
    queue.stopping++;
    join_thread();
    if (was) {
        pt_await_end(queue.tid);
    }
}

static void
after_fork(void)
{
    queue.stopping--;
    pt.attention = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static void
after_fork_in_child(void)
{
    pthread_mutex_init(&mutex, NULL);
    pthread_mutex_init(&jit_mutex, NULL);
    pthread_cond_init(&changed, NULL);
    queue.stopping--;
    pt.attention = 1;
}

/* ---- Python's side ---- */

int
pt_compiling(void)
{
    return queue.first != NULL || queue.first_done != NULL;
}

/* Goes on after a fork. */
void
pt_resume_jobs(void)
{
    pthread_mutex_lock(&mutex);
    if (queue.first != NULL) {
        start_thread();
    }
    pthread_mutex_unlock(&mutex);
}

/* open_llvm(path): begins to load the library. */
static PyObject *
open_llvm(PyObject *self, PyObject *path)
{
    const char *text = PyUnicode_AsUTF8(path);
    if (text == NULL) {
        return NULL;
    }
    if (engine.path == NULL) {
        engine.path = strdup(text);
        Py_AtExit(finish_thread);
        atexit(finish_thread);   /* for those who leave without Python's knowledge, while the library is being loaded */
        pthread_atfork(before_fork, after_fork, after_fork_in_child);
        pthread_mutex_lock(&mutex);
        start_thread();
        pthread_mutex_unlock(&mutex);
    }
    Py_RETURN_NONE;
}

static PyObject *
has_llvm(PyObject *self, PyObject *unused)
{
    return PyBool_FromLong(engine.path != NULL);
}

static PyTypeObject Job_Type;

static PyObject *
encoded(PyObject *text)
{
    return PyUnicode_Check(text) ? PyUnicode_AsUTF8String(text) : PyBytes_Check(text) ? Py_NewRef(text) : NULL;
}

/* A fork in another thread may have ended the compiling one meanwhile. */
static void
wait_for(Job *j)
{
    PyThreadState *ts = PyEval_SaveThread();
    pthread_mutex_lock(&mutex);
    while (!j->done && start_thread() == 0) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    PyEval_RestoreThread(ts);
}

/* compile(name, body, entry, library, tier, kind=0) -> Job */
static PyObject *
compile_job(PyObject *self, PyObject *args)
{
    PyObject *name, *body, *entry, *library;
    int tier, kind = JOB_LINK;
    if (!PyArg_ParseTuple(args, "UUUUi|i:compile", &name, &body, &entry, &library, &tier, &kind)) {
        return NULL;
    }
    if (tier < 1 || tier >= N_TIERS || kind < 0 || kind > JOB_TEXT || PyUnicode_GET_LENGTH(name) > 150) {
        PyErr_SetString(PyExc_ValueError, "no such tier or kind of job, or too long a name");
        return NULL;
    }
    if (engine.path == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "open_llvm() comes first");
        return NULL;
    }
    Job *j = PyObject_New(Job, &Job_Type);
    if (j == NULL) {
        return NULL;
    }
    memset((char *)j + offsetof(Job, next), 0, sizeof(Job) - offsetof(Job, next));
    j->tier = tier;
    j->kind = kind;
    if ((j->name = encoded(name)) == NULL || (j->body = encoded(body)) == NULL || (j->entry = encoded(entry)) == NULL ||
        (j->library = encoded(library)) == NULL) {
        Py_DECREF(j);
        return NULL;
    }
    pthread_mutex_lock(&mutex);
    if (queue.first == NULL) {
        queue.first = j;
    }
    else {
        queue.last->next = j;
    }
    queue.last = j;
    int failed = start_thread();
    if (failed) {                /* nobody took it: it is the only one */
        queue.first = NULL;
    }
    pthread_mutex_unlock(&mutex);
    if (failed) {
        Py_DECREF(j);
        PyErr_SetString(PyExc_RuntimeError, "the system gives no thread to compile in");
        return NULL;
    }
    return Py_NewRef((PyObject *)j);  /* the queue has a reference, too */
}

/* finished() -> the jobs that were finished since it was last called, in order */
static PyObject *
finished_jobs(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    pthread_mutex_lock(&mutex);
    Job *j = queue.first_done;
    queue.first_done = queue.last_done = NULL;
    __atomic_store_n(&pt.attention, 0, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&mutex);
    while (j != NULL) {
        Job *next = j->next;
        j->next = NULL;
        if (PyList_Append(list, (PyObject *)j) < 0) {
            PyErr_Clear();
        }
        Py_DECREF(j);
        j = next;
    }
    return list;
}

static PyObject *
job_wait(PyObject *self, PyObject *unused)
{
    wait_for((Job *)self);
    Py_RETURN_NONE;
}

static PyObject *
job_close(PyObject *self, PyObject *unused)
{
    Job *j = (Job *)self;
    const char *error = NULL;
    if (j->tracker != NULL) {
        Ref tracker = j->tracker;
        j->tracker = NULL;
        j->entry_address = j->body_address = 0;
        pthread_mutex_lock(&jit_mutex);
        llvm.LLJIT_Dylib_Tracker_Dispose(tracker, &error);
        if (--j->linker->open == 0 && j->linker != engine.linker) {
            llvm.LLJITDispose(j->linker->jit);
            free(j->linker);
        }
        pthread_mutex_unlock(&jit_mutex);
    }
    Py_RETURN_NONE;
}

static PyObject *
job_forget(PyObject *self, PyObject *unused)
{
    Job *j = (Job *)self;
    if (j->done) {
        Py_CLEAR(j->body);
        Py_CLEAR(j->entry);
        for (int part = 0; part < 2; part++) {
            free(j->output[part]);
            j->output[part] = NULL;
        }
    }
    Py_RETURN_NONE;
}

/* The machine code stays: something may be inside of it. */
static void
job_dealloc(PyObject *self)
{
    Job *j = (Job *)self;
    Py_XDECREF(j->name);
    Py_XDECREF(j->body);
    Py_XDECREF(j->entry);
    Py_XDECREF(j->library);
    free(j->error);
    free(j->output[0]);
    free(j->output[1]);
    PyObject_Free(self);
}

#define JOB(self) ((Job *)(self))

static PyObject *
job_done(PyObject *self, void *unused)
{
    return PyBool_FromLong(JOB(self)->done);
}

static PyObject *
job_fatal(PyObject *self, void *unused)
{
    return PyBool_FromLong(JOB(self)->fatal);
}

static PyObject *
job_error(PyObject *self, void *unused)
{
    return JOB(self)->error ? PyUnicode_DecodeUTF8(JOB(self)->error, strlen(JOB(self)->error), "replace") : Py_NewRef(Py_None);
}

static PyObject *
job_address(PyObject *self, void *which)
{
    return PyLong_FromUnsignedLongLong(which ? JOB(self)->entry_address : JOB(self)->body_address);
}

static PyObject *
job_output(PyObject *self, void *which)
{
    int part = which != NULL;
    return PyBytes_FromStringAndSize(JOB(self)->output[part], JOB(self)->output[part] ? (Py_ssize_t)JOB(self)->size[part] : 0);
}

static PyObject *
job_seconds(PyObject *self, void *unused)
{
    int64_t *ns = JOB(self)->ns;
    return Py_BuildValue("(ddd)", ns[0] / 1e9, ns[1] / 1e9, ns[2] / 1e9);
}

static PyMethodDef job_methods[] = {
    {"wait", job_wait, METH_NOARGS, "wait(): until it is done, without the GIL."},
    {"forget", job_forget, METH_NOARGS, "forget(): drops the texts and the object code."},
    {"close", job_close, METH_NOARGS, "close(): frees the machine code. Nothing may enter it or be inside of it."},
    {NULL},
};

static PyGetSetDef job_getset[] = {
    {"done", job_done, NULL, NULL},
    {"error", job_error, NULL, "None, or a sentence"},
    {"fatal", job_fatal, NULL, "whether every other job will fail as well"},
    {"entry", job_address, NULL, "address of the entry from the frame, or 0", (void *)1},
    {"buf_entry", job_address, NULL, "address of the body"},
    {"object", job_output, NULL, "the body's object code, or the text that was asked for"},
    {"entry_object", job_output, NULL, "the entry's object code", (void *)1},
    {"seconds", job_seconds, NULL, "(reading and passes, code generation, linking) in the thread's time"},
    {NULL},
};

static PyTypeObject Job_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pytrace.interp._bridge.Job",
    .tp_basicsize = sizeof(Job),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A compilation.",
    .tp_methods = job_methods,
    .tp_getset = job_getset,
    .tp_dealloc = job_dealloc,
};

/* process_symbol(name) -> the address that the process has for it, or 0 */
static PyObject *
process_symbol(PyObject *self, PyObject *name)
{
    const char *text = PyUnicode_AsUTF8(name);
    return text ? PyLong_FromVoidPtr(dlsym(RTLD_DEFAULT, text)) : NULL;
}

/* has_floor() -> whether the processor rounds in one instruction */
static PyObject *
has_floor(PyObject *self, PyObject *unused)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;         /* not __builtin_cpu_supports: that brings a constructor that runs at each start */
    return PyBool_FromLong(__get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1));
#else
    Py_RETURN_TRUE;
#endif
}

static PyMethodDef methods[] = {
    {"open_llvm", open_llvm, METH_O, "open_llvm(path): begins to load llvmlite's library, if that is not done."},
    {"has_llvm", has_llvm, METH_NOARGS, "has_llvm() -> whether open_llvm() was called"},
    {"compile", compile_job, METH_VARARGS,
     "compile(name, body, entry, library, tier, kind=0) -> Job\n\n"
     "Compiles LLVM texts in the background: the body, which defines NAME_buf, and the entry, which defines NAME (or is\n"
     "empty). kind 1: only the body's assembly, 2: only its text after LLVM's passes."},
    {"finished", finished_jobs, METH_NOARGS, "finished() -> list of jobs done since it was last called, in order"},
    {"process_symbol", process_symbol, METH_O, "process_symbol(name) -> its address in this process, or 0"},
    {"has_floor", has_floor, METH_NOARGS, "has_floor() -> whether the processor has an instruction for floor()"},
    {NULL},
};

int
pt_llvm_init(PyObject *module)
{
    return PyType_Ready(&Job_Type) < 0 || PyModule_AddFunctions(module, methods) < 0 ? -1 : 0;
}
