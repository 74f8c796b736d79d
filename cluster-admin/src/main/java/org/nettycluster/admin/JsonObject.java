package org.nettycluster.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody else has said in JSON. A field that is missing, or of another type, is as good as null: versions of the
 * command and of the cluster may differ. Immutable as long as nobody keeps the map.
 *
 * @param fields in their order
 */
public record JsonObject(Map<String, @Nullable Object> fields) {
    /** Whether there is such a field, be it null. */
    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /** A string, or null. */
    public @Nullable String textOrNull(String name) {
        return fields.get(name) instanceof String text ? text : null;
    }

    /** A string, or the empty one. */
    public String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    /** A number, or null. */
    public @Nullable Long numberOrNull(String name) {
        return fields.get(name) instanceof Number number ? Long.valueOf(number.longValue()) : null;
    }

    /** A number, or 0. */
    public long number(String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** Whether it is true. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    /** An object, or null. */
    public @Nullable JsonObject object(String name) {
        return asObject(fields.get(name));
    }

    /** The objects of a list. */
    public List<JsonObject> objects(String name) {
        return list(name).stream()
                .filter(Map.class::isInstance)
                .map(each -> new JsonObject(map(each)))
                .toList();
    }

    /** The strings of a list. */
    public List<String> texts(String name) {
        return list(name).stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    private List<?> list(String name) {
        return fields.get(name) instanceof List<?> list ? list : List.of();
    }

    private static @Nullable JsonObject asObject(@Nullable Object value) {
        return value instanceof Map<?, ?> ? new JsonObject(map(value)) : null;
    }

    @SuppressWarnings("unchecked") // Only Json makes these, and its keys are strings.
    private static Map<String, @Nullable Object> map(Object value) {
        return (Map<String, @Nullable Object>) value;
    }
}
