package io.regionstore.bench.run;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;

/**
 * Makes copies of {@link LoopBody}. A JVM that runs many workloads through one loop compiles it for all of them: a call
 * through an interface, nothing inlined, which would make short operations look slower than they are.
 */
final class Loops {
    private Loops() {
    }

    /** @return a loop with byte code, profile and compiled code of its own */
    static Loop make() {
        try (InputStream in = LoopBody.class.getResourceAsStream("LoopBody.class")) {
            var constructor = MethodHandles.lookup().defineHiddenClass(in.readAllBytes(), true)
                    .lookupClass().getDeclaredConstructor();
            constructor.setAccessible(true);
            return (Loop) constructor.newInstance();
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("cannot copy the loop", e);
        }
    }
}
