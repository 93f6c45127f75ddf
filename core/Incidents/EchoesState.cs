using System.Collections.Immutable;
using DevOpsAI.Ledger;

namespace DevOpsAI.Incidents;

/// <summary>The bot's own operations whose echo is on record. Immutable.</summary>
public sealed record EchoesState : ISlice<EchoesState>
{
    /// <summary>Says of an event that it is the echo of this operation.</summary>
    public const string Attribute = "echoOf";

    /// <summary>An echo comes soon or not at all; of more operations the oldest are forgotten.</summary>
    public const int MaxKept = 1000;

    public static EchoesState Empty { get; } = new();

    public ImmutableHashSet<string> Heard { get; init; } = [];

    /// <summary>In the order in which they came.</summary>
    public ImmutableQueue<string> Order { get; init; } = [];

    public bool Has(string connection, string operation) => Heard.Contains(GetKey(connection, operation));

    public EchoesState Apply(LedgerEntry entry, TenantState before)
    {
        if (entry.Fact is not EventReceived { Attributes: { } attributes } received
            || attributes.GetValueOrDefault(Attribute) is not { } operation)
            return this;
        var key = GetKey(received.Connection, operation);
        if (Heard.Contains(key))
            return this;
        var (heard, order) = (Heard.Add(key), Order.Enqueue(key));
        if (heard.Count > MaxKept)
        {
            order = order.Dequeue(out var oldest);
            heard = heard.Remove(oldest);
        }
        return new() { Heard = heard, Order = order };
    }

    private static string GetKey(string connection, string operation) => $"{connection}/{operation}";
}
