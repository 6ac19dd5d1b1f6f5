/** From key to slot: derived from the slot table, rebuilt at every open. */
package io.regionstore.index;
