/** Control flow of put, get and delete; opening and closing; what ties table, index, allocator and media together. */
package io.regionstore.engine;
