/* A map from addresses to pointers: open addressing, linear probing. Values are never NULL. */
#ifndef PT_MAP_H
#define PT_MAP_H

#include "bridge.h"

typedef struct {
    void *key;                   /* NULL: never used; PT_GONE: removed */
    void *value;
} PtMapEntry;

typedef struct {
    PtMapEntry *entries;
    size_t size, used;           /* size is a power of two; used counts removed entries, too */
} PtMap;

#define PT_GONE ((void *)1)

static inline PtMapEntry *
pt_map_slot(PtMap *m, void *key)
{
    size_t i = (((uintptr_t)key >> 4) * 0x9E3779B97F4A7C15ull >> 20) & (m->size - 1);
    PtMapEntry *gone = NULL;
    while (m->entries[i].key != NULL && m->entries[i].key != key) {
        if (m->entries[i].key == PT_GONE && gone == NULL) {
            gone = &m->entries[i];
        }
        i = (i + 1) & (m->size - 1);
    }
    return m->entries[i].key == NULL && gone != NULL ? gone : &m->entries[i];
}

static inline void *
pt_map_find(PtMap *m, void *key)
{
    if (m->size == 0) {
        return NULL;
    }
    PtMapEntry *e = pt_map_slot(m, key);
    return e->key == key ? e->value : NULL;
}

/* Twice the live entries' room: also what gets rid of removed ones. */
static inline int
pt_map_rebuild(PtMap *m)
{
    size_t live = 0;
    for (size_t i = 0; i < m->size; i++) {
        live += m->entries[i].key != NULL && m->entries[i].key != PT_GONE;
    }
    PtMap fresh = {NULL, 16, live};
    while (fresh.size < 4 * live) {
        fresh.size *= 2;
    }
    fresh.entries = PyMem_Calloc(fresh.size, sizeof(PtMapEntry));
    if (fresh.entries == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < m->size; i++) {
        if (m->entries[i].key != NULL && m->entries[i].key != PT_GONE) {
            *pt_map_slot(&fresh, m->entries[i].key) = m->entries[i];
        }
    }
    PyMem_Free(m->entries);
    *m = fresh;
    return 0;
}

/* -1 with MemoryError. */
static inline int
pt_map_put(PtMap *m, void *key, void *value)
{
    if (2 * m->used >= m->size && pt_map_rebuild(m) < 0) {
        return -1;
    }
    PtMapEntry *e = pt_map_slot(m, key);
    m->used += e->key == NULL;
    *e = (PtMapEntry){key, value};
    return 0;
}

/* The value that was there, or NULL. */
static inline void *
pt_map_remove(PtMap *m, void *key)
{
    void *value = pt_map_find(m, key);
    if (value != NULL) {
        *pt_map_slot(m, key) = (PtMapEntry){PT_GONE, NULL};
    }
    return value;
}

#endif
