using System.Collections.Immutable;
using DevOpsAI.Ledger;

namespace DevOpsAI.Connections.Identity;

/// <summary>What people said of names that several records have.</summary>
public sealed record IdentityState : ISlice<IdentityState>
{
    public static IdentityState Empty { get; } = new();

    /// <summary>By kind and name in capitals.</summary>
    public ImmutableDictionary<string, Confirmation> Confirmed { get; init; } = ImmutableDictionary<string, Confirmation>.Empty;

    public IdentityState Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        IdentityConfirmed said => new()
        {
            Confirmed = Confirmed.SetItem(GetKey(said.Kind, said.Name), new([.. said.Records], entry.Actor.Name, entry.Seq)),
        },
        IdentityWithdrawn said => new() { Confirmed = Confirmed.Remove(GetKey(said.Kind, said.Name)) },
        _ => this,
    };

    public Confirmation? Find(string kind, string name) => Confirmed.GetValueOrDefault(GetKey(kind, name));

    private static string GetKey(string kind, string name) => $"{kind} {Identifiers.ForName(name).Value}";
}

/// <summary>Which records a person said are the device of a name.</summary>
/// <param name="By">Who said so.</param>
/// <param name="Seq">Of the entry that records it.</param>
public sealed record Confirmation(ImmutableArray<ConfirmedRecord> Records, string By, long Seq)
{
    /// <summary>Whether it is about this record, as it is now.</summary>
    public bool Covers(KnownTarget record) => Records.Any(
        one => one.Connection == record.Target.Connection && one.Id == record.Target.Id && HasSerial(record, one.Serial));

    /// <summary>A record that was confirmed has another serial number since, so it may be another device.</summary>
    public KnownTarget? FindChanged(IEnumerable<KnownTarget> records) => records.FirstOrDefault(record => Records.Any(
        one => one.Connection == record.Target.Connection && one.Id == record.Target.Id && !HasSerial(record, one.Serial)));

    private static bool HasSerial(KnownTarget record, string? serial)
    {
        var told = record.Identifiers.Where(static one => one.Kind == IdentifierKind.Serial).ToList();
        return serial is null || told.Count == 0 || told.Exists(one => one.Value == serial);
    }
}

public static class IdentityOfState
{
    extension(TenantState state)
    {
        /// <summary>What people said of names that several records have.</summary>
        public IdentityState Identity => state.Get<IdentityState>();
    }
}

public static class IdentityStreams
{
    extension(StreamId)
    {
        public static StreamId Identity => new("identity");
    }
}
