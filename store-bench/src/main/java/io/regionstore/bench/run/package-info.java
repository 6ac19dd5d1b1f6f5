/** The JVM that measures: subjects, workloads, loops. */
package io.regionstore.bench.run;
