using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Connections.Plans;

/// <summary>Ordered connector actions with resolved targets: exactly what would be done. An empty plan is decision support only.</summary>
[ErasedAs("""{"steps":[]}""")]
public sealed record Plan(IReadOnlyList<PlanStep> Steps)
{
    public static readonly Plan Empty = new([]);
}

/// <summary>One action, what must hold before it, and how it is verified after it.</summary>
/// <param name="Command">The exact command, filled in, as the card shows it in full.</param>
/// <param name="Arguments">By argument name; values have passed the action's patterns.</param>
/// <param name="Editable">Names of the arguments that "Edit and approve" may change.</param>
/// <param name="Preconditions">Read again inside the claim; one that no longer holds is drift and nothing runs.</param>
/// <param name="Verifications">Must hold after acting for the outcome to be applied.</param>
/// <param name="Rollback">The action that takes it back with the same target and arguments; null when there is none.</param>
public sealed record PlanStep(
    string Title,
    string Action,
    Target Target,
    IReadOnlyDictionary<string, string> Arguments,
    string Command,
    IReadOnlyList<string> Editable,
    IReadOnlyList<Condition> Preconditions,
    IReadOnlyList<Condition> Verifications,
    string? Rollback)
{
    /// <summary>
    /// The exact command of <see cref="Rollback"/>, filled in; null when there is none, and in plans of before it was kept.
    /// </summary>
    public string? RollbackCommand { get; init; }
}
