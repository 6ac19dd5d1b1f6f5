/** The command line: {@link io.regionstore.cli.Main}. */
package io.regionstore.cli;
