using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connections.Identity;

/// <summary>A record that was found, with what its vendor tells of it.</summary>
/// <param name="Observations">Null where it could not be observed; <paramref name="Trouble"/> says why.</param>
public sealed record FoundTarget(KnownTarget Known, IReadOnlyDictionary<string, string>? Observations, SearchTrouble? Trouble)
{
    public Target Target => Known.Target;
}

/// <summary>A connection that gave no usable answer.</summary>
/// <param name="IsRefused">It said no: asking again changes nothing.</param>
public sealed record SearchTrouble(string Connection, string Message, bool IsRefused, TimeSpan? TryAgainIn)
{
    public static SearchTrouble From<T>(string connection, CallOutcome<T> outcome) => outcome switch
    {
        CallOutcome<T>.Refused(var code, var message) => new(connection, $"{message} ({code})", true, null),
        CallOutcome<T>.NotDone(var message, var tryAgainIn) => new(connection, message, false, tryAgainIn),
        CallOutcome<T>.Unknown(var message) => new(connection, message, false, null),
        _ => new(connection, "no usable answer", false, null),
    };
}

/// <summary>What a tenant's connections know under one name.</summary>
public sealed record SearchResult(ImmutableArray<FoundTarget> Found, ImmutableArray<SearchTrouble> Troubles);

/// <summary>Asks connections for everything of a name and for what tells it from others, side by side, each once.</summary>
public sealed class TargetSearch(IConnections connections, ILogger<TargetSearch> log)
{
    /// <summary>Each that has exactly this name (ignoring case), with its state. In order of the connections given.</summary>
    public async Task<SearchResult> FindAsync(
        IReadOnlyList<Connection> asked, string kind, string name, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(asked.Select(connection => FindAsync(connection, kind, name, cancellationToken)));
        return new([.. results.SelectMany(static one => one.Found)], [.. results.SelectMany(static one => one.Troubles)]);
    }

    private async Task<SearchResult> FindAsync(Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        var connector = connections.GetConnector(connection);
        var result = await AskAsync(
            connection, () => connector.FindAsync(connection, kind, name, cancellationToken), cancellationToken);
        if (result is not CallOutcome<IReadOnlyList<Target>>.Done(var targets))
            return new([], [SearchTrouble.From(connection.Name, result)]);
        var found = new List<FoundTarget>();
        foreach (var target in targets.Where(
            target => target.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && target.Kind == kind
                && target.Connection == connection.Name))
        {
            var state = await AskAsync(
                connection, () => connector.ObserveAsync(connection, target, cancellationToken), cancellationToken);
            var observations = (state as CallOutcome<IReadOnlyDictionary<string, string>>.Done)?.Value;
            found.Add(new(
                new(target, connector.Name, Identifiers.For(target, observations ?? ImmutableDictionary<string, string>.Empty)),
                observations, observations is null ? SearchTrouble.From(connection.Name, state) : null));
        }
        return new([.. found], []);
    }

    /// <summary>A connector that throws, or takes longer than the caller waits, has given no answer.</summary>
    private async Task<CallOutcome<T>> AskAsync<T>(
        Connection connection, Func<Task<CallOutcome<T>>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            log.ConnectorThrew(failure, connection.Name);
            return new CallOutcome<T>.Unknown($"{failure.GetType().Name} while asking");
        }
    }
}
