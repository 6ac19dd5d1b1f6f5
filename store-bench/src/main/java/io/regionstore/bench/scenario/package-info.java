/** Measurements that are not loops: opening after kill -9, space, synced files. Each is a JVM of its own. */
package io.regionstore.bench.scenario;
