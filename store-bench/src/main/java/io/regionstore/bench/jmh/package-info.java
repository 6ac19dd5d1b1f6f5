/** JMH benchmarks of the store's inner pieces: {@code ./regionstore bench --suite jmh}. */
package io.regionstore.bench.jmh;
