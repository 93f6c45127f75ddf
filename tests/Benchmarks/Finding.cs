namespace DevOpsAI.Benchmarks;

/// <summary>A bar that a ratio must reach.</summary>
internal sealed record Bar(string Operator, double Value)
{
    public bool IsReached(double figure) => Operator == ">=" ? figure >= Value : figure <= Value;
}

/// <summary>One figure of a run; ratios have a bar.</summary>
internal sealed record Finding(string What, double Figure, Bar? Bar);
