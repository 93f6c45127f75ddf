namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>By which record at the vendor an operation of ours is told, when the answer to its call was lost.</summary>
/// <param name="Where">What has to hold of a record for it to be our operation's; some of it by <c>$operation</c>.</param>
/// <param name="Belongs">What has to hold for it to be the client's; empty where the list is the target's own, or the client's.</param>
/// <param name="AbsenceProvesNotDone">Without such a record it was certainly not done, so that it may be sent again.</param>
internal sealed record ReconcileRule(
    ListTemplate List, IReadOnlyList<WhereRule> Where, IReadOnlyList<WhereRule> Belongs, bool AbsenceProvesNotDone)
{
    /// <summary>What templates call the operation.</summary>
    public const string Operation = "operation";

    /// <summary>So long that no operation of ours is longer.</summary>
    private static readonly string Long = new('x', 39);

    /// <summary>Those conditions that tell by the operation whose record it is.</summary>
    public IReadOnlyList<WhereRule> Bears { get; } =
        [.. Where.Where(static rule => rule.Left.Given.Concat(rule.Right.Given).Contains(Operation))];

    /// <summary>A member of the vendor's is held against a text in which the whole operation stands, whatever the record says.</summary>
    public static bool Tells(WhereRule rule) =>
        rule.Operator != WhereOperator.NotEqual
        && !rule.Left.Given.Any() && rule.Left.Paths.Any()
        && !rule.Right.Paths.Any() && Fill(rule.Right, $"{Long}1") is { } one && one != Fill(rule.Right, $"{Long}2");

    private static string? Fill(ValueTemplate text, string operation) =>
        text.Text(new(default, text.Given.Distinct().ToDictionary(static name => name, name => name == Operation ? operation : "-")));
}
