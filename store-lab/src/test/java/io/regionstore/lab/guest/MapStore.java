package io.regionstore.lab.guest;

import io.regionstore.RecordView;
import io.regionstore.RecordVisitor;
import io.regionstore.RegionStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** As much of a store as the comparison reads, on a map: so that the judge is tested without the judged. */
final class MapStore {
    private final Map<Object, byte[]> records = new HashMap<>();

    RegionStore store() {
        return (RegionStore) Proxy.newProxyInstance(MapStore.class.getClassLoader(), new Class<?>[] {RegionStore.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "newView" -> new View().view();
                    case "get" -> ((View) Proxy.getInvocationHandler(arguments[1])).show(records.get(key(arguments[0])));
                    case "size" -> (long) records.size();
                    case "forEach" -> {
                        records.values().forEach(payload -> ((RecordVisitor) arguments[0]).visit(null));
                        yield null;
                    }
                    default -> throw new AssertionError("the comparison is not expected to call " + method);
                });
    }

    /** Does what a writer does. */
    void apply(Workload workload, int writer, Workload.Operation operation) {
        if (operation.kind() == Workload.Kind.DELETE) {
            records.remove(key(workload, writer, operation.key()));
        } else {
            byte[] payload = new byte[operation.length()];
            Payload.fill(MemorySegment.ofArray(payload), operation.identity());
            records.put(key(workload, writer, operation.key()), payload);
        }
    }

    void remove(Workload workload, int writer, int key) {
        records.remove(key(workload, writer, key));
    }

    void putUnknown() {
        records.put(-1L, new byte[1]);
    }

    byte[] payload(Workload workload, int writer, int key) {
        return records.get(key(workload, writer, key));
    }

    private static Object key(Workload workload, int writer, int key) {
        return Workload.isLong(key) ? workload.longKey(writer, key)
                : key(workload.byteKey(writer, key, Arena.ofAuto()));
    }

    private static Object key(Object key) {
        if (key instanceof MemorySegment bytes) {
            return ByteBuffer.wrap(bytes.toArray(ValueLayout.JAVA_BYTE));
        }
        return key;
    }

    /** A view that shows a byte array. */
    private static final class View implements InvocationHandler {
        private byte[] payload;

        RecordView view() {
            return (RecordView) Proxy.newProxyInstance(MapStore.class.getClassLoader(),
                    new Class<?>[] {RecordView.class}, this);
        }

        boolean show(byte[] shown) {
            payload = shown;
            return shown != null;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "isPresent" -> payload != null;
                case "length" -> (long) payload.length;
                case "segment" -> MemorySegment.ofArray(payload).asReadOnly();
                case "version", "offset" -> 0L;
                case "close" -> null;
                default -> throw new AssertionError("the comparison is not expected to call " + method);
            };
        }
    }
}
