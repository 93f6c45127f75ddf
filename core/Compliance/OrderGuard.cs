using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance;

/// <summary>An execution that the entries do not allow.</summary>
/// <param name="Gate">Seq of the decision that came too late, if one came at all.</param>
public sealed record OutOfOrder(long Execution, long? Gate, string Why);

/// <summary>
/// Watches that nothing was carried out before the gate that allows it. A ledger in which something was is not presented as evidence of
/// gated execution: the export is refused and says which entries.
/// </summary>
public sealed class OrderGuard(long first) : IDisposable
{
    private readonly SpillFile<OrderState> standings = new(OrderState.Write, OrderState.Read);
    private readonly List<(OutOfOrder Found, ProposalSubject About, long? Staged)> found = [];

    public void Take(LedgerEntry entry)
    {
        switch (entry.Fact)
        {
            case ProposalStaged staged: For(staged.About).Stage(entry.Seq, staged.Terms.Level); break;
            case ProposalDecided { Complete: true } decided when For(decided.About) is { Decided: null } order:
                order.Decide(entry.Seq, decided.Kind); break;
            case ExecutionStarted started: Started(entry, started.About, started.ExecutionId); break;
            case UndoStarted started: Started(entry, started.About, started.ExecutionId); break;
        }
    }

    /// <summary>The executions that stand before their gate, in order.</summary>
    public IReadOnlyList<OutOfOrder> Found => [.. found.Select(one => one.Found with { Gate = LateGate(one.About, one.Staged) })];

    /// <exception cref="EvidenceException">Something was executed before its gate.</exception>
    public void ThrowIfAny()
    {
        const int Shown = 5;
        if (found.Count == 0)
            return;
        var list = Found.Take(Shown).Select(static one =>
            $"entry {one.Execution} {one.Why}{(one.Gate is { } gate ? $" (its decision is entry {gate})" : "")}");
        throw new EvidenceException(
            $"This is not evidence of gated execution: {string.Join("; ", list)}{(found.Count > Shown ? $"; and "
            + $"{found.Count - Shown} more" : "")}. Nothing was exported.");
    }

    private void Started(LedgerEntry entry, ProposalSubject about, string executionId)
    {
        var order = For(about);
        if (order.Execution == executionId)
            return;
        order.Execution = executionId;
        var why = Check(order, entry);
        if (why is not null)
            found.Add((new(entry.Seq, null, why), about, order.Staged));
    }

    /// <summary>The decision of the proposal that was carried out, unless another one was staged meanwhile.</summary>
    private long? LateGate(ProposalSubject about, long? staged) =>
        For(about) is var order && order.Staged == staged ? order.Decided : null;

    private string? Check(OrderState order, LedgerEntry entry)
    {
        if (entry.Causation is not { } gate || gate >= entry.Seq)
            return "executes and names no earlier entry that allows it";
        if (order.Staged is not { } staged)
            return gate < first || (gate == order.Decided && order.Approved)
                ? null
                : $"executes what entry {gate} is said to allow, which approved nothing";
        return order.Level switch
        {
            GateLevel.L3 => $"executes what entry {staged} had left to people",
            GateLevel.L2 when order.Decided is null => $"executes what entry {staged} had put before people, before they decided",
            GateLevel.L2 when !order.Approved => $"executes what entry {order.Decided} did not approve",
            GateLevel.L2 when gate != order.Decided => $"names entry {gate}, and it is entry {order.Decided} that approved it",
            _ when gate < staged => $"names entry {gate}, which is older than its proposal, entry {staged}",
            _ => null,
        };
    }

    public void Dispose() => standings.Dispose();

    private OrderState For(ProposalSubject about)
    {
        if (standings.Find(about.Text) is not { } order)
            standings.Add(about.Text, order = new());
        return order;
    }

    private sealed class OrderState
    {
        public long? Staged { get; private set; }

        public GateLevel Level { get; private set; }

        public long? Decided { get; private set; }

        public bool Approved { get; private set; }

        public string? Execution { get; set; }

        public void Stage(long seq, GateLevel level) => (Staged, Level, Decided, Approved, Execution) = (seq, level, null, false, null);

        public static void Write(BinaryWriter output, OrderState order)
        {
            output.Write(order.Staged ?? 0);
            output.Write7BitEncodedInt((int)order.Level);
            output.Write(order.Decided ?? 0);
            output.Write(order.Approved);
            output.Write(order.Execution ?? "");
        }

        public static OrderState Read(BinaryReader input) => new()
        {
            Staged = input.ReadInt64() is not 0 and var staged ? staged : null,
            Level = (GateLevel)input.Read7BitEncodedInt(),
            Decided = input.ReadInt64() is not 0 and var decided ? decided : null,
            Approved = input.ReadBoolean(),
            Execution = input.ReadString() is { Length: > 0 } execution ? execution : null,
        };

        public void Decide(long seq, DecisionKind kind) =>
            (Decided, Approved) = (seq, kind is DecisionKind.Approve or DecisionKind.ApproveWithEdits);
    }
}
