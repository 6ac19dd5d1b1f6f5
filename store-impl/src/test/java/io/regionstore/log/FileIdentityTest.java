package io.regionstore.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which files are taken for one. */
class FileIdentityTest {
    private static final FileIdentity BORN = new FileIdentity(7, 100, 5);
    private static final FileIdentity COUNTED = new FileIdentity(7, 0, 0, 3);
    private static final FileIdentity BARE = new FileIdentity(7, 0, 0);

    private static void assertMatch(boolean expected, FileIdentity one, FileIdentity other) {
        assertEquals(expected, one.matches(other), one + " and " + other);
        assertEquals(expected, other.matches(one), other + " and " + one);
    }

    @Test
    void shouldCompareInodeAndTimeOfBirth() {
        assertMatch(true, BORN, new FileIdentity(7, 100, 5));
        assertMatch(false, BORN, new FileIdentity(8, 100, 5));
        assertMatch(false, BORN, new FileIdentity(7, 101, 5));
        assertMatch(false, BORN, new FileIdentity(7, 100, 6));
        assertMatch(false, BORN, new FileIdentity(7, 0, 5));
    }

    @Test
    void shouldCompareTheGenerationWhereThereIsNoTimeOfBirth() {
        assertMatch(true, COUNTED, new FileIdentity(7, 0, 0, 3));
        assertMatch(false, COUNTED, new FileIdentity(7, 0, 0, 4));
        assertMatch(false, COUNTED, new FileIdentity(8, 0, 0, 3));
    }

    @Test
    void shouldNotCompareWhatOnlyOneKnows() {
        assertMatch(true, BARE, BORN);
        assertMatch(true, BARE, COUNTED);
        assertMatch(true, BORN, COUNTED);
        assertMatch(false, BARE, new FileIdentity(8, 100, 5));
    }

    @Test
    void shouldCompareNoncesOfImagesThatHaveOne() {
        assertTrue(new ImageStamp(1, BORN, 9).matches(9));
        assertFalse(new ImageStamp(1, BORN, 9).matches(8));
        assertFalse(new ImageStamp(1, BORN, 9).matches(0));
        assertTrue(new ImageStamp(1, BORN, 0).matches(8));
    }

    @Test
    void shouldSayWhatItKnows() {
        assertEquals("inode 7, born at 100.000000005", BORN.toString());
        assertEquals("inode 7, generation 3", COUNTED.toString());
        assertEquals("inode 7", BARE.toString());
    }
}
