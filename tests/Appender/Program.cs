using DevOpsAI;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

// Appends to the ledger in the folder given, from many tasks at once, and prints the seq of each entry once it is acknowledged,
// until somebody kills it.
var tenant = TenantId.Parse("contoso");
using var metrics = new LedgerMetrics();
using var keyRing = new LocalKeyRing(args[0]);
using var ledger =
    new SqliteLedger(args[0], CoreFeatures.Catalog, keyRing.Keys, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance);
var output = TextWriter.Synchronized(Console.Out);
await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
{
    while (true)
    {
        var id = Guid.NewGuid().ToString("N");
        var incident = IncidentId.Parse("CON-1001");
        NewEntry[] entries =
        [
            new(new($"incident/{id}"), Actor.Service("appender"), CorrelationId.Parse(id), new IncidentClosed(incident, "resolved")),
            new(new($"proposal/{id}"), Actor.Service("appender"), CorrelationId.Parse(id), new IncidentClosed(incident, "resolved")),
        ];
        var result = await ledger.AppendAsync(tenant, [new(entries[0].Stream, 0)], entries, CancellationToken.None);
        foreach (var entry in ((AppendResult.Appended)result).Entries)
            await output.WriteLineAsync($"{entry.Seq} {Convert.ToHexStringLower(entry.Hash.Span)}");
        await output.FlushAsync();
    }
})));
