/** Payload bytes: copied in and out of the region, and checked. */
package io.regionstore.record;
