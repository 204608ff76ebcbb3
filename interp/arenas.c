/* The memory that objects come from.

   pymalloc asks the system for arenas and gives empty ones back at once. A loop that builds and drops a large structure gets them from the
   kernel page by page each time. So up to MOST_KEPT of them are kept; the kernel may take their pages when it needs memory.

   A program with many objects also waits for the addresses of its pages: there are more of them than the processor remembers. So from the
   arena number FEW on they come in pairs that make up a huge page. A pair goes back when both of its arenas are empty. Where one is, and is not wanted for
   long, its pages may go: then the other one stands on small ones.

   Interpreters with a GIL of their own ask at the same time. */
#include "bridge.h"

#ifdef __linux__
#include <pthread.h>
#include <sys/mman.h>
#endif

#ifdef MADV_FREE
enum { MOST_KEPT = 64, MOST_HALVES = 16, FEW = 16, ARENA_BYTES = 1 << 20, PAIR_BYTES = 2 << 20 };
enum { FIRST = 1, SECOND = 2, BOTH = 3, THIN = 4 };

typedef struct {
    char *base;
    int used;                    /* which are taken; THIN: the pages of the other one may be gone */
} Pair;

static PyObjectArenaAllocator system_arenas;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *kept[MOST_KEPT];    /* single ones */
static Pair *pairs;
static int n_kept, n_pairs, room, n_taken;

static Pair *
new_pair(void)
{
    if (n_pairs == room) {
        Pair *more = realloc(pairs, sizeof(Pair) * (2 * room + 64));
        if (more == NULL) {
            return NULL;
        }
        pairs = more;
        room = 2 * room + 64;
    }
    char *block = mmap(NULL, 2 * PAIR_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
        return NULL;
    }
    char *base = (char *)(((uintptr_t)block + PAIR_BYTES - 1) & ~(uintptr_t)(PAIR_BYTES - 1));
    if (base > block) {
        munmap(block, base - block);
    }
    if (base < block + PAIR_BYTES) {
        munmap(base + PAIR_BYTES, block + PAIR_BYTES - base);
    }
    madvise(base, PAIR_BYTES, MADV_HUGEPAGE);
    pairs[n_pairs] = (Pair){base, 0};
    return &pairs[n_pairs++];
}

/* A pair, best one that is half empty; or NULL. */
static Pair *
usable_pair(void)
{
    Pair *empty = NULL;
    for (Pair *p = pairs; p < pairs + n_pairs; p++) {
        if ((p->used & BOTH) == FIRST || (p->used & BOTH) == SECOND) {
            return p;
        }
        if (p->used == 0) {
            empty = p;
        }
    }
    return empty;
}

static void *
take_arena(void *ctx, size_t size)
{
    void *arena = NULL;
    if (size != ARENA_BYTES) {
        return system_arenas.alloc(system_arenas.ctx, size);
    }
    pthread_mutex_lock(&lock);
    n_taken++;
    Pair *p = usable_pair();
    if (p == NULL && n_kept > 0) {
        arena = kept[--n_kept];
    }
    else if (p != NULL || (n_taken > FEW && (p = new_pair()) != NULL)) {
        int which = p->used & FIRST ? SECOND : FIRST;
        p->used = (p->used | which) & BOTH;
        arena = which == FIRST ? p->base : p->base + ARENA_BYTES;
    }
    pthread_mutex_unlock(&lock);
    return arena != NULL ? arena : system_arenas.alloc(system_arenas.ctx, size);
}

/* Too many pairs have an empty arena: the pages of these may go. */
static void
thin(void)
{
    int halves = 0;
    for (Pair *p = pairs; p < pairs + n_pairs; p++) {
        halves += p->used == FIRST || p->used == SECOND;
    }
    if (halves > MOST_HALVES) {
        for (Pair *p = pairs; p < pairs + n_pairs; p++) {
            if (p->used == FIRST || p->used == SECOND) {
                madvise(p->used == FIRST ? p->base + ARENA_BYTES : p->base, ARENA_BYTES, MADV_FREE);
                p->used |= THIN;
            }
        }
    }
}

/* 0: it is for the system. */
static int
give_back(char *arena)
{
    char *base = (char *)((uintptr_t)arena & ~(uintptr_t)(PAIR_BYTES - 1));
    int empty = n_kept;
    Pair *found = NULL;
    for (Pair *p = pairs; p < pairs + n_pairs; p++) {
        empty += p->used == 0 ? 2 : 0;
        found = p->base == base ? p : found;
    }
    if (found == NULL) {
        if (empty >= MOST_KEPT || madvise(arena, ARENA_BYTES, MADV_FREE) != 0) {
            return 0;
        }
        kept[n_kept++] = arena;
        return 1;
    }
    found->used &= arena == base ? ~FIRST : ~SECOND;
    if (found->used & BOTH) {
        thin();
    }
    else if ((found->used & THIN) || empty + 2 > MOST_KEPT || madvise(base, PAIR_BYTES, MADV_FREE) != 0) {
        munmap(base, PAIR_BYTES);
        *found = pairs[--n_pairs];
    }
    return 1;
}

static void
give_arena(void *ctx, void *arena, size_t size)
{
    int given = 0;
    if (size == ARENA_BYTES) {
        pthread_mutex_lock(&lock);
        n_taken--;
        given = give_back(arena);
        pthread_mutex_unlock(&lock);
    }
    if (!given) {
        system_arenas.free(system_arenas.ctx, arena, size);
    }
}

static void
before_fork(void)
{
    pthread_mutex_lock(&lock);
}

static void
after_fork(void)
{
    pthread_mutex_unlock(&lock);
}

void
pt_keep_arenas(void)
{
    PyObject_GetArenaAllocator(&system_arenas);
    if (system_arenas.alloc != take_arena && pthread_atfork(before_fork, after_fork, after_fork) == 0) {
        PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){NULL, take_arena, give_arena});
    }
}
#else
void
pt_keep_arenas(void)
{
}
#endif
