/** What the benchmarks measure, seen from outside: one interface for the store, its peers and the raw medium. */
package io.regionstore.bench.subject;
