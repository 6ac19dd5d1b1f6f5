package io.regionstore.index;

import java.util.Arrays;

/**
 * Goes over an index while others write, so that no key comes up twice. Keys move: to another slot when they are replaced,
 * to another entry when they were deleted and come back, to another table when theirs grows. Their stripe and their tag
 * never change, so the walk goes over these: of each stripe it takes the tags that are there, sorts them, and goes to one
 * after the other; what has the tag is looked up then. A key that is there all the time has its tag among them; one that
 * comes meanwhile is found if another key has its tag, else not.
 *
 * <p>Nearly every tag has one key. Not thread-safe; takes no lock. A stripe with more than {@value #MOST} entries, which
 * outgrew what was expected, is gone over in several rounds, each with a part of the tags, so memory stays bounded.
 */
public final class IndexWalk {
    private static final int MOST = 1 << 16;

    private final RecordIndex index;
    private int[] tags = new int[2048];
    private int count;
    private int at = -1;
    private long stripe = -1;
    private int round;
    private int roundBits;
    private long[] slots = new long[4];
    private int found;

    /** @param index open as long as the walk goes on */
    public IndexWalk(RecordIndex index) {
        this.index = index;
    }

    /**
     * Goes to the next tag.
     *
     * @return false at the end
     */
    public boolean next() {
        at++;
        while (at >= count) {
            if (stripe >= 0 && round + 1 < 1 << roundBits) {
                round++;
            } else if (++stripe < index.stripes()) {
                round = 0;
                roundBits = Math.max(0, index.log2Entries(stripe) - Integer.numberOfTrailingZeros(MOST));
            } else {
                return false;
            }
            takeTags();
        }
        return true;
    }

    private void takeTags() {
        count = index.tags(stripe, round, roundBits, tags);
        while (count > tags.length) {
            tags = new int[count * 2];
            count = index.tags(stripe, round, roundBits, tags);
        }
        Arrays.sort(tags, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || tags[i] != tags[i - 1]) {
                tags[distinct++] = tags[i];
            }
        }
        count = distinct;
        at = 0;
    }

    /**
     * Looks up what has the tag now.
     *
     * @return number of slots; without the stripe's lock each may be retired meanwhile
     */
    public int find() {
        found = index.find(stripe, tags[at], slots);
        while (found > slots.length) {
            slots = new long[found * 2];
            found = index.find(stripe, tags[at], slots);
        }
        return found;
    }

    /**
     * @param i 0 and up, below what {@link #find} returned
     * @return a slot that it found
     */
    public long slot(int i) {
        return slots[i];
    }

    /** @return the last version that the stripe gave out: as long as it stays, no key of the stripe was put anew */
    public long lastVersion() {
        return index.lastVersionOf(stripe);
    }

    /** @return the slots that {@link #find} found, copied */
    public long[] found() {
        return Arrays.copyOf(slots, found);
    }

    /**
     * @param hash of a key
     * @return whether the key belongs to the tag that the walk is at
     */
    public boolean isHere(long hash) {
        return index.stripeNumber(hash) == stripe && RecordIndex.tag(hash) == tags[at];
    }
}
