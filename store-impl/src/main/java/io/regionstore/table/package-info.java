/**
 * The slot table: the truth about every record, in 32-byte slots; what one slot means, how it is published and retired,
 * which slots are free, and the header that says which store and which region the table belongs to.
 */
package io.regionstore.table;
