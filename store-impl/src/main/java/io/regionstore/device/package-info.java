/**
 * Media as the kernel shows them: device-dax devices, files, their mapping, their locks and the write-back of cache
 * lines. The only package with native calls.
 */
package io.regionstore.device;
