/** What is shown of what was measured: tables, histograms, plots. */
package io.regionstore.bench.report;
