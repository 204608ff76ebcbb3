/* An alarm, for loops that wait without events.

   A loop that may not be recorded, for want of budget, or rests, since it lost its trial, has no events: CPython runs it as if we were not there. But
   then nobody notices when there is budget again. So a thread sleeps until then, without a thread state, and asks CPython for a call of ours in the main
   thread; that switches all events on for once, and the next one is told (`on_compiled`). Each time it sleeps longer.

   The thread exists only while it sleeps, and not across a fork: Python counts the process's threads then. */
#include "bridge.h"
#include "internal/pycore_interp.h"
#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FIRST_NS 300000000
#define GROWTH 1.5
#define STACK (256 << 10)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;

static struct {
    pthread_t thread;
    int ready, joinable, cancelled, stopped;
    long tid;
    double ns;                   /* of the next sleep */
    struct timespec end;
} sleeper = {.ns = FIRST_NS};

/* In the main thread, between two of the program's instructions. */
static int
ring(void *unused)
{
    pthread_mutex_lock(&mutex);
    if (sleeper.joinable) {
        sleeper.joinable = 0;
        pthread_join(sleeper.thread, NULL);
    }
    int stopped = sleeper.stopped;
    pthread_mutex_unlock(&mutex);
    if (pt.enabled && !stopped) {
        pt.attention = pt.alarmed = 1;
        if (pt_restart_events() < 0) {
            PyErr_Clear();
        }
    }
    return 0;
}

static void *
sleep_and_call(void *unused)
{
    pthread_mutex_lock(&mutex);
    sleeper.tid = syscall(SYS_gettid);
    while (!sleeper.cancelled && pthread_cond_timedwait(&changed, &mutex, &sleeper.end) != ETIMEDOUT) {
    }
    int cancelled = sleeper.cancelled;
    pthread_mutex_unlock(&mutex);
    if (!cancelled) {
        Py_AddPendingCall(ring, NULL);
#if PT_312
        /* Which tells the main thread only where the caller is that. */
        _Py_atomic_store_relaxed(&PyInterpreterState_Main()->ceval.eval_breaker, 1);
#endif
    }
    return NULL;
}

/* With the mutex held, which is free meanwhile. Whether it slept. */
static int
cancel(void)
{
    if (!sleeper.joinable) {
        return 0;
    }
    sleeper.joinable = 0;
    sleeper.cancelled = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    pthread_join(sleeper.thread, NULL);
    pthread_mutex_lock(&mutex);
    return 1;
}

static int slept;

static void
before_fork(void)
{
    pthread_mutex_lock(&mutex);
    slept = cancel();
    if (slept) {
        pt_await_end(sleeper.tid);
    }
}

/* It rings at once. */
static void
after_fork(void)
{
    pthread_mutex_unlock(&mutex);
    if (slept) {
        Py_AddPendingCall(ring, NULL);
    }
}

static void
prepare(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void
after_fork_in_child(void)
{
    pthread_mutex_init(&mutex, NULL);
    prepare();
    if (slept) {
        Py_AddPendingCall(ring, NULL);
    }
}

/* Something waits without events. */
void
pt_set_alarm(void)
{
    pthread_mutex_lock(&mutex);
    if (!sleeper.ready) {
        sleeper.ready = 1;
        prepare();
        pthread_atfork(before_fork, after_fork, after_fork_in_child);
    }
    if (!sleeper.joinable && !sleeper.stopped && pt.trials && pt.clock == NULL) {
        clock_gettime(CLOCK_MONOTONIC, &sleeper.end);
        int64_t ns = sleeper.end.tv_nsec + (int64_t)sleeper.ns;
        sleeper.end.tv_sec += ns / 1000000000;
        sleeper.end.tv_nsec = ns % 1000000000;
        sleeper.ns *= GROWTH;
        sleeper.cancelled = 0;
        sleeper.joinable = pt_start_thread(&sleeper.thread, STACK, sleep_and_call);
    }
    pthread_mutex_unlock(&mutex);
}

/* At exit. */
void
pt_stop_alarm(void)
{
    pthread_mutex_lock(&mutex);
    sleeper.stopped = 1;
    cancel();
    pthread_mutex_unlock(&mutex);
}
