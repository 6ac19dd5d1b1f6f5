package io.regionstore.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;

/**
 * The product and its tests once more, some classes of them changed. A class of it is loaded from where the test run has
 * it; the classes of this package and all others are the test run's own. Not registered as parallel capable: one thread at
 * a time loads.
 */
abstract class ProductClasses extends ClassLoader {
    private static final String PRODUCT = "io.regionstore.";
    private static final String OWN = ProductClasses.class.getPackageName() + ".";

    ProductClasses() {
        super(ProductClasses.class.getClassLoader());
    }

    /**
     * @param name  of a class
     * @param from  where the test run has it
     * @param bytes the class
     * @return what is to be loaded in its place
     */
    abstract byte[] changed(String name, URL from, byte[] bytes);

    @Override
    protected synchronized Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PRODUCT) || name.startsWith(OWN)) {
            return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        URL from = getParent().getResource(name.replace('.', '/') + ".class");
        if (from == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] bytes;
        try (InputStream in = from.openStream()) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
        byte[] changed = changed(name, from, bytes);
        return defineClass(name, changed, 0, changed.length);
    }
}
