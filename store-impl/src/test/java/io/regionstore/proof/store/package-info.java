/** The region store on simulated machines: workloads, every crash of them, and faults planted at the memory seam. */
package io.regionstore.proof.store;
