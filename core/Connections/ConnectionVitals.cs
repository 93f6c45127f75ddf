namespace DevOpsAI.Connections;

/// <summary>How the last calls of a connection ended, as this instance made them.</summary>
/// <param name="Count">Calls that are known, a hundred at most.</param>
/// <param name="Failed">Those of them that the vendor did not answer, or answered with no more than that it cannot, or not now.</param>
/// <param name="LastAnswered">When the last one ended that did not fail; null for none.</param>
public sealed record RecentCalls(int Count, int Failed, DateTimeOffset? LastAnswered);

/// <summary>How often the vendor may still be asked, as far as this instance asked it.</summary>
/// <param name="Left">Calls that are left now.</param>
/// <param name="Of">Calls that all connections with the same credentials may make within <paramref name="Per"/>.</param>
public sealed record CallBudget(long Left, int Of, TimeSpan Per);

/// <summary>Something that a connection needs and that ends.</summary>
/// <param name="What">As in <c>certificate</c> or <c>subscription</c>; one of a few words of the connector's own, shown to people.</param>
/// <param name="At">When it ends, or has ended.</param>
/// <param name="WarnBefore">How long before that a person is to be told; null where the bot renews it and needs nobody.</param>
/// <param name="Remedy">What a person can do about it, one sentence; empty where nobody has to.</param>
public sealed record ConnectionExpiry(string What, DateTimeOffset At, TimeSpan? WarnBefore, string Remedy)
{
    /// <summary>The time has come at which a person is to be told.</summary>
    public bool IsDue(DateTimeOffset now) => WarnBefore is { } before && At - now <= before;
}

/// <summary>What a connection lives on. Whatever a vendor does not have, or nobody knows, is not there.</summary>
public sealed record ConnectionVitals
{
    public static readonly ConnectionVitals Unknown = new();

    public RecentCalls? Calls { get; init; }

    public CallBudget? Budget { get; init; }

    /// <summary>All that ends; null where that is not known now, which is not to say that nothing does.</summary>
    public IReadOnlyList<ConnectionExpiry>? Expiries { get; init; }

    /// <summary>Both together; of calls and budget the first that is known.</summary>
    public ConnectionVitals With(ConnectionVitals other) => new()
    {
        Calls = Calls ?? other.Calls,
        Budget = Budget ?? other.Budget,
        Expiries = Expiries is null ? other.Expiries : [.. Expiries, .. other.Expiries ?? []],
    };
}

/// <summary>Knows a part of what connections live on. Asks no vendor.</summary>
public interface IConnectionVitals
{
    /// <returns><see cref="ConnectionVitals.Unknown"/> for a connection of which nothing is known here.</returns>
    ValueTask<ConnectionVitals> ReadVitalsAsync(Connection connection, CancellationToken cancellationToken);
}

/// <summary>What all parts of the bot know of what a connection lives on.</summary>
public sealed class VitalsReader(IEnumerable<IConnectionVitals> parts)
{
    private readonly List<IConnectionVitals> parts = [.. parts];

    public async ValueTask<ConnectionVitals> ReadAsync(Connection connection, CancellationToken cancellationToken)
    {
        var all = ConnectionVitals.Unknown;
        foreach (var part in parts)
            all = all.With(await part.ReadVitalsAsync(connection, cancellationToken));
        return all;
    }
}
