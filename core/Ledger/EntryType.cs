using System.Text.Json.Serialization.Metadata;

namespace DevOpsAI.Ledger;

/// <summary>
/// A type of entry as its feature registers it. What of it is encrypted is said by attributes on the members of the fact.
/// </summary>
public sealed class EntryType
{
    private EntryType(string name, JsonTypeInfo json, string when) => (Name, Json, When) = (name, json, when);

    /// <summary>As it is stored, as in <c>proposal.staged</c>. A name, once used, keeps its meaning for ever.</summary>
    public string Name { get; }

    /// <summary>The fact that such an entry holds.</summary>
    public Type Type => Json.Type;

    /// <summary>When it is written, one sentence for auditors.</summary>
    public string When { get; }

    /// <summary>What the assessment log calls it; without one, its stored name.</summary>
    public string? Title { get; private init; }

    /// <summary>What a digest counts such entries as, as in <c>Devices lent</c>; null where digests leave them out.</summary>
    public string? CountedAs { get; private init; }

    /// <summary>False for bookkeeping, which is among the entries of an export and not in its assessment log.</summary>
    public bool IsLogged { get; private init; } = true;

    internal JsonTypeInfo Json { get; }

    /// <summary>The title of one entry, where not all of the type have the same.</summary>
    internal Func<Fact, string?>? TitleOf { get; private init; }

    /// <summary>One entry in a line.</summary>
    internal Func<Fact, string?>? LineOf { get; private init; }

    /// <summary>What auditors are told of one entry as a deviation.</summary>
    internal Func<Fact, string?>? DeviationOf { get; private init; }

    /// <param name="json">
    /// From the JSON context in the feature's folder; camel case, absent when null, times as <see cref="Common.InstantJson"/>.
    /// </param>
    /// <param name="title">As <see cref="Title"/>.</param>
    /// <param name="titleOf">The title of one entry, where not all of the type have the same; null for <paramref name="title"/>.</param>
    /// <param name="line">
    /// What one entry records, in a line of <c>ledger list</c> and of audit trails: plain text, which may hold outside text; whoever shows
    /// it escapes it.
    /// </param>
    /// <param name="countedAs">As <see cref="CountedAs"/>.</param>
    /// <param name="deviation">
    /// One sentence for auditors where an entry shows that something did not go as it should: plain text, which may hold outside text. Null
    /// for an entry that shows no such thing. Exports tell it as an observation and as an open risk.
    /// </param>
    public static EntryType Create<TFact>(
        string name, JsonTypeInfo<TFact> json, string when, string? title = null, Func<TFact, string?>? titleOf = null,
        Func<TFact, string?>? line = null, string? countedAs = null, Func<TFact, string?>? deviation = null)
        where TFact : Fact => new(name, json, when)
        {
            Title = title,
            TitleOf = OfFact(titleOf),
            LineOf = OfFact(line),
            CountedAs = countedAs,
            DeviationOf = OfFact(deviation),
        };

    /// <inheritdoc cref="Create"/>
    public static EntryType Bookkeeping<TFact>(string name, JsonTypeInfo<TFact> json, string when)
        where TFact : Fact => new(name, json, when) { IsLogged = false };

    private static Func<Fact, string?>? OfFact<TFact>(Func<TFact, string?>? say)
        where TFact : Fact => say is null ? null : fact => say((TFact)fact);
}
