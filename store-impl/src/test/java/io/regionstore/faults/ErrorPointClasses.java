package io.regionstore.faults;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;

/**
 * The product with a call of {@link ErrorPoints#at} before each instruction that may lack memory, and its tests as they
 * are. This is the kit for "what if there is no memory, or no stack, just here":
 * <ul>
 * <li><b>Stack</b>: every call, whether it goes to the product or to the JDK, may be the one that has no room. So a point
 *     stands before every call. A call to the JDK is one point: what it does is taken to be done or not done.</li>
 * <li><b>Heap</b>: every object, array, lambda and joined string, and every call of the JDK that returns a reference or
 *     makes a new object.</li>
 * <li><b>Direct memory</b>: calls of channels (which copy heap buffers to direct ones), of arenas, of
 *     {@code allocateDirect} and of {@code map}.</li>
 * </ul>
 * Initializers of classes ({@code <clinit>}) have no points, since a class that failed there cannot be used by any later
 * trial; {@link ErrorPoints} would poison the loader. {@code engine.InitializationTest} shows
 * that none of them runs inside a write.
 *
 * <p><b>How a trial goes.</b> The test itself is an ordinary class of this package, which the test run's own loader loads.
 * What it tries is a class anywhere else below {@code io.regionstore} that implements {@link ErrorTrial}: an instance of
 * this loader loads it again, together with the product, so it sees package-private classes of the product as usual and
 * shares with the test only {@code ErrorTrial}, {@code ErrorPoints} and the JDK's classes:
 * <pre>
 *   ErrorPointClasses classes = new ErrorPointClasses();
 *   ErrorWalk walk = new ErrorWalk(() -&gt; classes.trial("log.RotateTrial", "an argument"));
 *   walk.run(Lack.HEAP, Lasting.FROM_THEN_ON);
 *   ProofSummary.add(Field.errorsInjected, walk.injected());
 * </pre>
 * and
 * <pre>
 *   public final class RotateTrial implements ErrorTrial {
 *       public RotateTrial(String argument) { ... }
 *       public void prepare() { open a store, fill it; no Error comes here }
 *       public void act() { rotate; an Error comes from a point inside }
 *       public void check(Throwable thrown) { compare with the model, close, open; no Error comes here }
 *   }
 * </pre>
 * {@link ErrorWalk} first runs the trial without an Error and notes the points that {@code act} visits, then makes a new
 * trial for each visit worth trying, lets the Error come from there, and wants {@code act} and {@code check} to end within
 * a minute. Where {@code act} is done by threads of the product, {@link ErrorTrial#threads} says which; the Error then
 * comes in one of them, and {@code act} waits for whatever shows that they are through.
 *
 * <p>Classes are rewritten when they are loaded, so one loader serves all trials of a test class; making one costs a
 * second. What a trial leaves in static fields stays for the next one. Coverage is not counted in these classes.
 */
final class ErrorPointClasses extends ProductClasses {
    private static final ClassDesc POINTS = ErrorPoints.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc AT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final String PRODUCT = "io/regionstore/";
    private static final String[] OF_DIRECT_MEMORY = {"java/nio/channels/", "java/nio/ByteBuffer", "java/lang/foreign/Arena",
        "java/lang/foreign/SegmentAllocator", "java/nio/file/Files"};

    private final String[] roots = {root("RegionStore"), root("engine.Engine")};

    /** Where the classes of a module are, tests apart. */
    private static String root(String type) {
        String resource = (PRODUCT + type).replace('.', '/') + ".class";
        String from = ErrorPointClasses.class.getClassLoader().getResource(resource).toString();
        return from.substring(0, from.length() - resource.length());
    }

    /**
     * @param type     name behind {@code io.regionstore.} of a class with a public constructor that takes a string
     * @param argument of the constructor
     * @return a trial of that class
     */
    ErrorTrial trial(String type, String argument) {
        try {
            return (ErrorTrial) Class.forName("io.regionstore." + type, true, this).getConstructor(String.class)
                    .newInstance(argument);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type, e);
        }
    }

    @Override
    byte[] changed(String name, URL from, byte[] bytes) {
        for (String root : roots) {
            if (from.toString().startsWith(root)) {
                return withPoints(bytes);
            }
        }
        return bytes;
    }

    private byte[] withPoints(byte[] bytes) {
        ClassFile format = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(getParent())
                        .orElse(ClassHierarchyResolver.defaultResolver())));
        ClassModel original = format.parse(bytes);
        return format.transformClass(original, ClassTransform.transformingMethodBodies(
                method -> !method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME),
                CodeTransform.ofStateful(() -> points(original))));
    }

    private static CodeTransform points(ClassModel type) {
        int[] line = new int[1];
        return (code, element) -> {
            if (element instanceof LineNumber number) {
                line[0] = number.line();
            }
            int lacks = lacks(element);
            if (lacks != 0) {
                code.loadConstant(ErrorPoints.add(type.thisClass().asInternalName() + ":" + line[0] + " before "
                        + describe(element), lacks));
                code.invokestatic(POINTS, "at", AT);
            }
            code.with(element);
        };
    }

    private static int lacks(CodeElement element) {
        return switch (element) {
            case InvokeInstruction call -> ErrorPoints.Lack.STACK.bit() | (call.owner().asInternalName()
                    .startsWith(PRODUCT) ? 0 : lacksOfJdk(call));
            case InvokeDynamicInstruction ignored -> ErrorPoints.Lack.STACK.bit() | ErrorPoints.Lack.HEAP.bit();
            case NewObjectInstruction ignored -> ErrorPoints.Lack.HEAP.bit();
            case NewPrimitiveArrayInstruction ignored -> ErrorPoints.Lack.HEAP.bit();
            case NewReferenceArrayInstruction ignored -> ErrorPoints.Lack.HEAP.bit();
            case NewMultiArrayInstruction ignored -> ErrorPoints.Lack.HEAP.bit();
            default -> 0;
        };
    }

    private static int lacksOfJdk(InvokeInstruction call) {
        int lacks = call.typeSymbol().returnType().isPrimitive() ? 0 : ErrorPoints.Lack.HEAP.bit();
        for (String owner : OF_DIRECT_MEMORY) {
            if (call.owner().asInternalName().startsWith(owner)) {
                lacks |= ErrorPoints.Lack.DIRECT.bit();
            }
        }
        return lacks;
    }

    private static String describe(CodeElement element) {
        return switch (element) {
            case InvokeInstruction call -> simple(call.owner().asInternalName()) + "." + call.name().stringValue();
            case InvokeDynamicInstruction dynamic -> "lambda or string " + dynamic.name().stringValue();
            case NewObjectInstruction made -> "new " + simple(made.className().asInternalName());
            default -> "new array";
        };
    }

    private static String simple(String internal) {
        return internal.substring(internal.lastIndexOf('/') + 1);
    }
}
