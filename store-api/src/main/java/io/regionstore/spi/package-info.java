/** Between API and implementation; not for users. */
package io.regionstore.spi;
