/** The seam through which every store, flush and fence goes. */
package io.regionstore.memory;
