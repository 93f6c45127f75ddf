using System.Globalization;

namespace DevOpsAI.Connections;

/// <summary>
/// A statement about an observation, as in <c>disk.C.freePercent &gt;= 15</c>: a precondition before acting, a verification after.
/// </summary>
/// <param name="Operator">One of <c>== != &lt; &lt;= &gt; &gt;=</c>. The order operators need numbers on both sides; equality ignores
/// case.</param>
public sealed record Condition(string Observation, string Operator, string Value)
{
    public static readonly IReadOnlyList<string> Operators = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>Whether it holds; null when the observation is missing or not comparable, which is neither yes nor no.</summary>
    public bool? Holds(IReadOnlyDictionary<string, string> observations)
    {
        if (!observations.TryGetValue(Observation, out var seen))
            return null;
        if (decimal.TryParse(seen, NumberStyles.Number, CultureInfo.InvariantCulture, out var left)
            && decimal.TryParse(Value, NumberStyles.Number, CultureInfo.InvariantCulture, out var right))
            return Compare(left.CompareTo(right));
        return Operator switch
        {
            "==" => string.Equals(seen, Value, StringComparison.OrdinalIgnoreCase),
            "!=" => !string.Equals(seen, Value, StringComparison.OrdinalIgnoreCase),
            _ => null,
        };
    }

    public override string ToString() => $"{Observation} {Operator} {Value}";

    private bool? Compare(int order) => Operator switch
    {
        "==" => order == 0,
        "!=" => order != 0,
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        _ => null,
    };
}
