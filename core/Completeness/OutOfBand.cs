using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;

namespace DevOpsAI.Completeness;

/// <summary>Holds what a vendor's log shows against what decisions on the ledger allow. Pure.</summary>
internal static class OutOfBand
{
    /// <summary>
    /// Why no decision allows the action, one sentence; null when it is ours. The state must have been read after the log: what we do
    /// is on record before the vendor hears of it, so nothing of ours can be in the log and not in the state.
    /// </summary>
    public static string? CheckOurs(ConnectionWatch watch, VendorAction action)
    {
        if (action.OperationId is not { Length: > 0 } operation)
            return "It names no operation, so it was not done by the bot.";
        if (action.WithOurCredentials == false)
            return "It was not done with the bot's credentials, although it names an operation.";
        if (Find(watch, operation) is not var (step, rollback))
            return "No execution on record has this operation.";
        if (action.Action != (rollback ? step.Rollback : step.Action))
            return $"The operation is {(rollback ? step.Rollback : step.Action)} on record, not this.";
        if (action.Target.Id != step.Target.Id || action.Target.Connection != step.Target.Connection)
            return "The operation has another target on record.";
        if (action.Arguments is { } arguments && !Same(arguments, step.Arguments))
            return "The operation has other arguments on record.";
        return watch.Seen.TryGetValue(operation, out var line) && line != action.Id
            ? "The vendor carried this operation out more than once."
            : null;
    }

    /// <summary>The step behind <c>CON-1042-x1-0</c>, or behind its rollback, <c>CON-1042-x1-0-r</c>.</summary>
    private static (PlanStep Step, bool Rollback)? Find(ConnectionWatch watch, string operation)
    {
        var rollback = operation.EndsWith("-r", StringComparison.Ordinal);
        var rest = rollback ? operation.AsSpan(0, operation.Length - 2) : operation;
        var dash = rest.LastIndexOf('-');
        return dash > 0
            && int.TryParse(rest[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && watch.Claimed.TryGetValue(rest[..dash].ToString(), out var plan)
            && index < plan.Steps.Count
            // Spelled as we spell it: 00 is not 0.
            && rest[(dash + 1)..].SequenceEqual(index.ToString(CultureInfo.InvariantCulture))
            && !(rollback && plan.Steps[index].Rollback is null)
            ? (plan.Steps[index], rollback)
            : null;
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
