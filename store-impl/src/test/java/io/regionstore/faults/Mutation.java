package io.regionstore.faults;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * One change to one method of a class. The place is named by what is called there, and must be the only one of its kind
 * or say which of how many it is: where the code has changed so that it is not, the change fails, and is not silently
 * made to nothing or to something else.
 */
final class Mutation {
    /** What is done with the place. */
    private enum Change { RETURN, LEAVE_OUT, RESULT, STAY, JUMP, FIRST_OPERAND, EQUAL }

    private final String type;
    private final String method;
    private Change change;
    private String place;
    private int which = 1;
    private int of = 1;
    private long value;
    private int places;
    private int changes;

    private Mutation(String type, String method) {
        this.type = "io.regionstore." + type;
        this.method = method;
    }

    /**
     * @param type   name behind {@code io.regionstore.}
     * @param method its name, and where that is overloaded the beginning of its descriptor as well
     * @return a mutation that lacks its change
     */
    static Mutation of(String type, String method) {
        return new Mutation(type, method);
    }

    /** The method does nothing but return a value, which a void one leaves out. */
    Mutation returns(long constant) {
        change = Change.RETURN;
        value = constant;
        return this;
    }

    /** A call is not made. Its result, if it has one, is 0. */
    Mutation leavesOut(String call) {
        return at(Change.LEAVE_OUT, call);
    }

    /** A call is not made; this is taken for its result. */
    Mutation takes(long constant, String call) {
        value = constant;
        return at(Change.RESULT, call);
    }

    /** The first conditional jump behind a call is never taken. */
    Mutation neverJumpsAfter(String call) {
        return at(Change.STAY, call);
    }

    /** The first conditional jump behind a call is always taken. */
    Mutation alwaysJumpsAfter(String call) {
        return at(Change.JUMP, call);
    }

    /** An operation on two longs has the first of them for a result. */
    Mutation ignoresSecondOperandOf(Opcode operation) {
        return at(Change.FIRST_OPERAND, operation.name());
    }

    /** A comparison of two longs, for {@code ==} or {@code !=}, finds them equal. */
    Mutation findsEqual() {
        return at(Change.EQUAL, Opcode.LCMP.name());
    }

    /** Of several places like this, which one. */
    Mutation number(int ordinal, int total) {
        which = ordinal;
        of = total;
        return this;
    }

    private Mutation at(Change what, String where) {
        change = what;
        place = where;
        return this;
    }

    /** @return name of the class that is changed */
    String type() {
        return type;
    }

    /** @return the changed class */
    byte[] apply(byte[] bytes) {
        ClassFile format = ClassFile.of();
        ClassModel original = format.parse(bytes);
        List<MethodModel> methods = original.methods().stream().filter(this::isMeant).toList();
        if (methods.size() != 1) {
            throw new AssertionError(this + ": expected one method, found " + methods.size());
        }
        MethodTransform transform = change == Change.RETURN ? returning(methods.getFirst())
                : MethodTransform.transformingCode(changing());
        byte[] changed = format.transformClass(original, ClassTransform.transformingMethods(this::isMeant, transform));
        if (places != of || changes != 1) {
            throw new AssertionError(this + ": expected " + of + " such places and 1 change, found " + places + " and "
                    + changes);
        }
        return changed;
    }

    private boolean isMeant(MethodModel candidate) {
        String name = candidate.methodName().stringValue();
        return method.equals(name) || method.indexOf('(') > 0
                && (name + candidate.methodType().stringValue()).startsWith(method);
    }

    private MethodTransform returning(MethodModel meant) {
        TypeKind kind = TypeKind.from(meant.methodTypeSymbol().returnType());
        return (builder, element) -> {
            if (element instanceof CodeModel) {
                places++;
                changes++;
                builder.withCode(code -> {
                    push(code, meant.methodTypeSymbol().returnType(), value);
                    code.return_(kind);
                });
            } else {
                builder.with(element);
            }
        };
    }

    private CodeTransform changing() {
        boolean[] jumpIsNext = new boolean[1];
        return (code, element) -> {
            boolean here = isPlace(element) && ++places == which;
            if (here && (change == Change.STAY || change == Change.JUMP)) {
                jumpIsNext[0] = true;
                code.with(element);
            } else if (here) {
                changes++;
                replace(code, element);
            } else if (jumpIsNext[0] && element instanceof BranchInstruction jump && isConditional(jump)) {
                jumpIsNext[0] = false;
                changes++;
                decide(code, jump);
            } else {
                code.with(element);
            }
        };
    }

    private boolean isPlace(CodeElement element) {
        return switch (element) {
            case InvokeInstruction call -> place.equals(simpleName(call.owner().asInternalName()) + "."
                    + call.name().stringValue());
            case OperatorInstruction operator -> place.equals(operator.opcode().name());
            default -> false;
        };
    }

    private static String simpleName(String internal) {
        return internal.substring(Math.max(internal.lastIndexOf('/'), internal.lastIndexOf('$')) + 1);
    }

    private void replace(CodeBuilder code, CodeElement element) {
        if (!(element instanceof InvokeInstruction call)) {
            code.pop2();
            if (change == Change.EQUAL) {
                code.pop2().iconst_0();
            }
            return;
        }
        MethodTypeDesc signature = call.typeSymbol();
        for (ClassDesc parameter : signature.parameterList().reversed()) {
            pop(code, TypeKind.from(parameter).slotSize());
        }
        if (call.opcode() != Opcode.INVOKESTATIC) {
            code.pop();
        }
        push(code, signature.returnType(), change == Change.RESULT ? value : 0);
    }

    private static boolean isConditional(BranchInstruction jump) {
        return jump.opcode() != Opcode.GOTO && jump.opcode() != Opcode.GOTO_W;
    }

    private void decide(CodeBuilder code, BranchInstruction jump) {
        boolean compares = jump.opcode().name().startsWith("IF_");
        pop(code, compares ? 2 : 1);
        if (change == Change.JUMP) {
            code.goto_(jump.target());
        }
    }

    private static void pop(CodeBuilder code, int slots) {
        if (slots == 2) {
            code.pop2();
        } else {
            code.pop();
        }
    }

    private static void push(CodeBuilder code, ClassDesc type, long constant) {
        if (type.equals(ConstantDescs.CD_long)) {
            code.loadConstant(constant);
        } else if (type.isPrimitive() && !type.equals(ConstantDescs.CD_void)) {
            code.loadConstant((int) constant);
        } else if (!type.isPrimitive()) {
            code.aconst_null();
        }
    }

    @Override
    public String toString() {
        return "mutation of " + type + "." + method + (place == null ? "" : " at " + place);
    }
}
