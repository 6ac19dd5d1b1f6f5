/** What the tests of several modules use. */
package io.regionstore.testing;
