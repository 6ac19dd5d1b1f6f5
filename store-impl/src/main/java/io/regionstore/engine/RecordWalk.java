package io.regionstore.engine;

import io.regionstore.RecordVisitor;
import io.regionstore.index.IndexWalk;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Visits every record once, while others write; see {@link IndexWalk}. Where several keys have one tag, they are listed
 * before the first of them is visited, and each is then looked up: what a slot holds after a visit may be another record.
 */
final class RecordWalk {
    private final IndexWalk walk;
    private final PinnedView view;
    private final RecordVisitor visitor;

    RecordWalk(IndexWalk walk, PinnedView view, RecordVisitor visitor) {
        this.walk = walk;
        this.view = view;
        this.visitor = visitor;
    }

    void run() {
        while (walk.next()) {
            visitTag();
        }
    }

    private void visitTag() {
        while (true) {
            int found = walk.find();
            if (found > 1) {
                visitKeys(keys());
                return;
            }
            if (found == 0) {
                return;
            }
            long slot = walk.slot(0);
            if (view.show(slot, walk)) {
                visitor.visit(view);
                return;
            }
            if (isGone(slot)) {
                return;
            }
        }
    }

    /** Whether a slot that is not live is still in the index: its record is being deleted. Else it was replaced. */
    private boolean isGone(long slot) {
        long versions = walk.lastVersion();
        walk.find();
        return Arrays.stream(walk.found()).anyMatch(found -> found == slot) && !view.isLive(slot)
                && walk.lastVersion() == versions;
    }

    /** The keys that have the tag now, once each. */
    private Set<PinnedView.Key> keys() {
        while (true) {
            walk.find();
            long[] slots = walk.found();
            Set<PinnedView.Key> keys = new LinkedHashSet<>();
            boolean stable = true;
            for (long slot : slots) {
                PinnedView.Key key = view.key(slot, walk);
                if (key != null) {
                    keys.add(key);
                } else {
                    stable &= isGone(slot);
                }
            }
            walk.find();
            if (stable && Arrays.equals(slots, walk.found())) {
                return keys;
            }
        }
    }

    private void visitKeys(Set<PinnedView.Key> keys) {
        for (PinnedView.Key key : keys) {
            if (view.show(key)) {
                visitor.visit(view);
            }
        }
    }
}
