using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>Which types a state is made of, and what is written of each.</summary>
internal static class StateTypes
{
    private static readonly FrozenSet<Type> Simple = new[]
    {
        typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double), typeof(decimal), typeof(DateTimeOffset), typeof(TimeSpan),
        typeof(Guid), typeof(JsonElement), typeof(byte[]),
    }.ToFrozenSet();

    private static readonly FrozenSet<Type> Sequences = new[]
    {
        typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyDictionary<,>), typeof(List<>), typeof(Nullable<>),
    }.ToFrozenSet();

    /// <summary>Of our making, so that its fields are all there is to it.</summary>
    public static bool IsOurs(Type type) =>
        !type.IsEnum && (IsTuple(type) || !(type.Namespace ?? "").StartsWith("System", StringComparison.Ordinal));

    /// <summary>The fields of a type and of what it derives from, in order.</summary>
    public static IReadOnlyList<FieldInfo> GetFields(Type type)
    {
        if (!IsOurs(type))
            return [];
        var fields = new List<FieldInfo>();
        for (var declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            fields.InsertRange(0, declaring
                .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .OrderBy(static field => field.MetadataToken));
        }
        return fields;
    }

    /// <summary>The type and all that it may hold, each once.</summary>
    /// <exception cref="NotSupportedException">One of them cannot be written and read again.</exception>
    public static IReadOnlyList<Type> Reached(Type root)
    {
        var reached = new List<Type> { root };
        for (var at = 0; at < reached.Count; at++)
        {
            foreach (var next in HeldBy(reached[at]).Where(type => !reached.Contains(type)))
                reached.Add(next);
        }
        return reached;
    }

    private static IEnumerable<Type> HeldBy(Type type)
    {
        if (type.IsEnum || Simple.Contains(type))
            return [];
        if (type.IsGenericType && (Sequences.Contains(type.GetGenericTypeDefinition()) || ImmutablesJson.IsKnown(type)))
            return type.GetGenericArguments();
        if (IsOurs(type) && !type.IsAbstract)
            return GetFields(type).Select(static field => field.FieldType);
        throw new NotSupportedException($"A state cannot hold {type}: it is not known how to keep it.");
    }

    private static bool IsTuple(Type type) =>
        type.IsValueType && type.IsGenericType && type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal);
}
