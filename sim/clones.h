/* clones.h - private to sim: compile a hot loop twice, for AVX2 and for all.
 *
 * SIM_CLONES before a function lets gcc emit an AVX2 body beside the baseline
 * one and pick at program start.  Both give the same bits: the loops use only
 * + - * / sqrt and integer operations, and "avx2" does not bring FMA with it,
 * which must never be added here (a fused multiply-add rounds once where the
 * baseline rounds twice, so results would depend on the machine).
 *
 * Empty where the mechanism is missing or in the way: other compilers, other
 * processors, and sanitizer builds, whose run-time starts after the resolvers
 * (they define SIM_NO_CLONES).
 */
#ifndef SIM_CLONES_H
#define SIM_CLONES_H

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) &&         \
    !defined(SIM_NO_CLONES)
#define SIM_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SIM_CLONES
#endif

/* Small kernels must vanish into the cloned loops, or they would be called in
 * their baseline form, one element at a time. */
#if defined(__GNUC__)
#define SIM_INLINE static inline __attribute__((always_inline))
#else
#define SIM_INLINE static inline
#endif

/* The rare branch of a hot function, kept out of it: else the common one pays
 * for its registers. */
#if defined(__GNUC__)
#define SIM_RARE static __attribute__((noinline, cold))
#else
#define SIM_RARE static
#endif

#endif /* SIM_CLONES_H */
