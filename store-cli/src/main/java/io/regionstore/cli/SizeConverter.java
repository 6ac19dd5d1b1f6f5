package io.regionstore.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the length of something that is to be made: a size of 1 byte or more. */
public final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            long size = Sizes.parse(text);
            if (size == 0) {
                throw new TypeConversionException("expected 1 byte or more, found '" + text + "'; leave the option out"
                        + " for what it is by default");
            }
            return size;
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
