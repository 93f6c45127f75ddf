using System.Reflection;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support;

/// <summary>One fact of every type that can stand in a ledger, each with every member that it may have.</summary>
public static class EveryFact
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>In order of their stored names.</summary>
    public static IReadOnlyList<Fact> All { get; } =
    [
        .. typeof(Fact).Assembly.GetTypes()
            .Where(static type => type.IsSubclassOf(typeof(Fact)) && !type.IsAbstract && type != typeof(UnknownFact))
            .Select(static type => (Fact)Make(type, type.Name)).OrderBy(CoreFeatures.Catalog.GetName, StringComparer.Ordinal),
    ];

    /// <summary>A fact as an entry, on the stream where its kind belongs.</summary>
    public static NewEntry AsEntry(Fact fact) => new(
        fact is Incidents.EventReceived received ? StreamId.Event(received.EventId) : new($"every/{CoreFeatures.Catalog.GetName(fact)}"),
        new(ActorKind.Person, "00000000-0000-4000-8000-00000000000a", "Ana Approver"), CorrelationId.Parse("c0ffee"), fact);

    private static object Make(Type type, string name)
    {
        if (Nullable.GetUnderlyingType(type) is { } held)
            return Make(held, name);
        if (type == typeof(string))
            return name.ToLowerInvariant();
        if (type == typeof(DateTimeOffset))
            return At;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMinutes(1);
        if (type == typeof(ProposalSubject))
            return ProposalSubject.ForIncident(Con(1001));
        if (type == typeof(IncidentId))
            return Con(1001);
        if (type == typeof(ConversationId))
            return Conversation(name.ToLowerInvariant());
        if (type == typeof(TenantId))
            return TenantId.Parse("contoso");
        if (type == typeof(bool))
            return true;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(0)!;
        if (type.IsPrimitive)
            return Convert.ChangeType(1, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return MakeDictionary(type.GetGenericArguments(), name);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return MakeList(type.GetGenericArguments()[0], name);
        return MakeRecord(type);
    }

    private static object MakeRecord(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(static one => one.GetParameters().Length).First();
        var record =
            constructor.Invoke([.. constructor.GetParameters().Select(static parameter => Make(parameter.ParameterType, parameter.Name!))]);
        var given = constructor.GetParameters().Select(static parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && !given.Contains(property.Name)))
            property.SetValue(record, Make(property.PropertyType, property.Name));
        return record;
    }

    private static Array MakeList(Type item, string name)
    {
        var list = Array.CreateInstance(item, 1);
        list.SetValue(Make(item, name), 0);
        return list;
    }

    private static object MakeDictionary(Type[] types, string name)
    {
        var dictionary = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(types))!;
        dictionary.Add(Make(types[0], name), Make(types[1], name));
        return dictionary;
    }
}
