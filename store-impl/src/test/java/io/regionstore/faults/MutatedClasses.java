package io.regionstore.faults;

import java.io.IOException;
import java.io.InputStream;

/**
 * The product and its tests once more, with one method of one class changed, or none. A class of it is loaded from where
 * the test run has it; all other classes are the test run's own. Not registered as parallel capable: one thread at a
 * time loads, so that the mutation is made once.
 */
final class MutatedClasses extends ClassLoader {
    private static final String PRODUCT = "io.regionstore.";
    private static final String OWN = MutatedClasses.class.getPackageName() + ".";

    private final Mutation mutation;
    private boolean mutated;

    /** @param mutation what to change; null: nothing */
    MutatedClasses(Mutation mutation) {
        super(MutatedClasses.class.getClassLoader());
        this.mutation = mutation;
    }

    /** @return whether the changed class was used */
    synchronized boolean mutated() {
        return mutated;
    }

    @Override
    protected synchronized Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PRODUCT) || name.startsWith(OWN)) {
            return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes;
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
        if (mutation != null && mutation.type().equals(name)) {
            bytes = mutation.apply(bytes);
            mutated = true;
        }
        return defineClass(name, bytes, 0, bytes.length);
    }
}
