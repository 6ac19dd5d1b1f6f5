package io.regionstore.faults;

import java.net.URL;

/** The product and its tests with one method of one class changed, or none. */
final class MutatedClasses extends ProductClasses {
    private final Mutation mutation;
    private boolean mutated;

    /** @param mutation what to change; null: nothing */
    MutatedClasses(Mutation mutation) {
        this.mutation = mutation;
    }

    /** @return whether the changed class was used */
    synchronized boolean mutated() {
        return mutated;
    }

    @Override
    byte[] changed(String name, URL from, byte[] bytes) {
        if (mutation == null || !mutation.type().equals(name)) {
            return bytes;
        }
        byte[] changed = mutation.apply(bytes);
        mutated = true;
        return changed;
    }
}
