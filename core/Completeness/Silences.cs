using DevOpsAI.Connections;
using DevOpsAI.Ledger;

namespace DevOpsAI.Completeness;

/// <summary>Which connections have gone silent or were heard again. Pure.</summary>
internal static class Silences
{
    /// <summary>What is to be put on record, with the version it rests on.</summary>
    public sealed record Due(string Connection, StreamVersion Expected, Fact Fact);

    /// <param name="connections">The tenant's; one that was never heard owes nothing.</param>
    public static IEnumerable<Due> Of(ConnectionWatch watch, IEnumerable<Connection> connections, TimeSpan usually, DateTimeOffset now)
    {
        foreach (var connection in connections)
        {
            if (watch.Pulses.GetValueOrDefault(connection.Name) is not { LastHeard: { } last } pulse)
                continue;
            var within = connection.SilentAfter ?? usually;
            var expected = new StreamVersion(StreamId.Connection(connection.Name), pulse.Version);
            if (pulse.Silent is { } since && last > since)
                yield return new(connection.Name, expected, new ConnectionHeard(connection.Name, since));
            else if (pulse.Silent is null && within > TimeSpan.Zero && now - last > within)
                yield return new(connection.Name, expected, new ConnectionSilent(connection.Name, last, (long)within.TotalSeconds));
        }
    }
}
