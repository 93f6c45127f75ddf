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

    /// <summary>False for bookkeeping, which is among the entries of an export and not in its assessment log.</summary>
    public bool IsLogged { get; private init; } = true;

    internal JsonTypeInfo Json { get; }

    /// <summary>The title of one entry, where not all of the type have the same.</summary>
    internal Func<Fact, string?>? TitleOf { get; private init; }

    /// <param name="json">
    /// From the JSON context in the feature's folder; camel case, absent when null, times as <see cref="Common.InstantJson"/>.
    /// </param>
    public static EntryType Create<TFact>(
        string name, JsonTypeInfo<TFact> json, string when, string? title = null, Func<TFact, string?>? titleOf = null)
        where TFact : Fact => new(name, json, when)
        {
            Title = title,
            TitleOf = titleOf is null ? null : fact => titleOf((TFact)fact),
        };

    /// <inheritdoc cref="Create"/>
    public static EntryType Bookkeeping<TFact>(string name, JsonTypeInfo<TFact> json, string when)
        where TFact : Fact => new(name, json, when) { IsLogged = false };
}
