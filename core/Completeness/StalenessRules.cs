using DevOpsAI.Connections;
using DevOpsAI.Ledger;

namespace DevOpsAI.Completeness;

/// <summary>Which connections are expected to send, have gone silent or were heard again. Pure.</summary>
internal static class StalenessRules
{
    /// <summary>What is to be put on record, with the version it rests on.</summary>
    public sealed record Due(string Connection, StreamVersion Expected, Fact Fact);

    /// <param name="connections">The tenant's.</param>
    /// <param name="sends">Whether events come over a connection by themselves; of one over which none do nothing is expected before it was
    /// heard.</param>
    public static IEnumerable<Due> For(ConnectionWatch watch, IEnumerable<Connection> connections, Func<Connection, bool> sends,
        TimeSpan usually, DateTimeOffset now)
    {
        foreach (var connection in connections)
        {
            var within = connection.StaleAfter ?? usually;
            var pulse = watch.Pulses.GetValueOrDefault(connection.Name) ?? new(null, null, 0);
            var expected = new StreamVersion(StreamId.Connection(connection.Name), pulse.Version);
            if ((pulse.LastHeard ?? pulse.Expected) is not { } last)
            {
                if (within > TimeSpan.Zero && sends(connection))
                    yield return new(connection.Name, expected, new ConnectionExpected(connection.Name));
                continue;
            }
            if (pulse.Silent is { } since && last > since)
                yield return new(connection.Name, expected, new ConnectionRecovered(connection.Name, since));
            else if (pulse.Silent is null && within > TimeSpan.Zero && now - last > within)
                yield return new(connection.Name, expected, new ConnectionStale(connection.Name, last, (long)within.TotalSeconds));
        }
    }
}
