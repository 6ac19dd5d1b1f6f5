/**
 * The demo: a child JVM writes, the parent kills it with SIGKILL, opens the store and compares every acknowledged record.
 * {@link io.regionstore.cli.demo.Ledger} is how acknowledgements outlive the child.
 */
package io.regionstore.cli.demo;
