package io.regionstore;

/** Called for each record of {@link RegionStore#forEach}. */
@FunctionalInterface
public interface RecordVisitor {
    /**
     * @param record shows the record until this method returns
     */
    void visit(RecordView record);
}
