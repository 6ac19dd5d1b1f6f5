/**
 * The proof kit: a simulated machine, and an enumerator of its crashes. {@link io.regionstore.proof.Machine} has memory and
 * files that record what is done to them; a {@link io.regionstore.proof.History} says what was done and acknowledged;
 * {@link io.regionstore.proof.CrashEnumerator} makes what every crash can leave, recovers it with a
 * {@link io.regionstore.proof.Protocol}, and compares. Subpackage {@code store} proves the region store with it,
 * {@code examples} show how to prove what is yours.
 */
package io.regionstore.proof;
