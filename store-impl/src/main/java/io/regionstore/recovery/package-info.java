/** From media that something was interrupted on to a verdict, and to the index and maps of an open store. */
package io.regionstore.recovery;
