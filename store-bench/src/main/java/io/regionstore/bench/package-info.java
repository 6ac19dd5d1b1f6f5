/** The benchmarks' command line, and the JVM that starts the ones that measure. */
package io.regionstore.bench;
