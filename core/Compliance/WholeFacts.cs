using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>
/// Finds what a fact lacks. Stored JSON is read leniently, so that entries of every age stay readable; a member that is missing or null
/// where the fact always has something would otherwise only show where somebody uses it.
/// </summary>
public static class WholeFacts
{
    private const int Deepest = 16;

    private static readonly ConcurrentDictionary<Type, Member[]> Members = new();

    /// <summary>
    /// Path of the first member that must be there and is not, as in <c>terms.policyVersion</c>; null when nothing lacks.
    /// </summary>
    /// <param name="fact">A fact, or the whole entry.</param>
    public static string? Lack(object fact) => Lack(fact, "", Deepest);

    private static string? Lack(object whole, string path, int deeper)
    {
        if (deeper == 0)
            return null;
        foreach (var member in Members.GetOrAdd(whole.GetType(), GetMembers))
        {
            var place = path + member.Name;
            var value = member.Property.GetValue(whole);
            if (value is null || IsWithoutValue(value))
            {
                if (!member.MayBeNull)
                    return place;
            }
            else if (LackWithin(value, member.ItemsMayBeNull, place, deeper - 1) is { } lack)
            {
                return lack;
            }
        }
        return null;
    }

    /// <summary>An id that stands for nothing: there was none in the JSON.</summary>
    private static bool IsWithoutValue(object id) => default(IncidentId).Equals(id) || default(ConversationId).Equals(id);

    private static string? LackWithin(object value, bool itemsMayBeNull, string place, int deeper)
    {
        if (value is string)
            return null;
        if (value is IDictionary named)
            return named.Values.Cast<object?>().Any(static item => item is null) && !itemsMayBeNull ? $"{place} (one of its values)" : null;
        if (value is not IEnumerable items)
            return IsOurs(value.GetType()) ? Lack(value, place + ".", deeper) : null;
        foreach (var item in items)
        {
            if (item is null && !itemsMayBeNull)
                return $"{place} (one of its items)";
            if (item is not null && LackWithin(item, itemsMayBeNull: false, place, deeper) is { } lack)
                return lack;
        }
        return null;
    }

    private static bool IsOurs(Type type) => type is { IsEnum: false } && type.Assembly == typeof(WholeFacts).Assembly;

    private static Member[] GetMembers(Type type)
    {
        if (!IsOurs(type))
            return [];
        var nullability = new NullabilityInfoContext();
        return
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(static property =>
                    property is { CanRead: true } && property.GetIndexParameters().Length == 0 && MayHoldReferences(property))
                .Select(property => GetMember(property, nullability.Create(property))),
        ];
    }

    /// <summary>
    /// Only what is read from JSON: a property with a constructor parameter or a setter; what is computed may throw on a half fact.
    /// </summary>
    private static bool MayHoldReferences(PropertyInfo property) =>
        property is { CanWrite: true, PropertyType.IsPrimitive: false, PropertyType.IsEnum: false };

    private static Member GetMember(PropertyInfo property, NullabilityInfo known)
    {
        var items = known.ElementType ?? known.GenericTypeArguments.LastOrDefault();
        return new(
            property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
                ?? $"{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}", property,
            known.ReadState == NullabilityState.Nullable, items?.ReadState == NullabilityState.Nullable);
    }

    private sealed record Member(string Name, PropertyInfo Property, bool MayBeNull, bool ItemsMayBeNull);
}
