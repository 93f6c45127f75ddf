using DevOpsAI.Ledger;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>What a tenant has used of the model on the last day on which it used any (UTC, by the clock of then).</summary>
public sealed record ModelUse : ISlice<ModelUse>
{
    public static ModelUse Empty { get; } = new();

    /// <summary>Days since 0001-01-01.</summary>
    public int Day { get; init; }

    public long Tokens { get; init; }

    public long CostMicros { get; init; }

    public ModelUse Apply(LedgerEntry entry, TenantState before)
    {
        if (entry.Fact is not ModelAsked asked)
            return this;
        var used = On(GetDay(entry.ByClock));
        return used with
        {
            Tokens = used.Tokens + asked.PromptTokens + asked.AnswerTokens, CostMicros = used.CostMicros + asked.CostMicros,
        };
    }

    /// <summary>What was used on that day.</summary>
    public ModelUse On(int day) => day == Day ? this : new() { Day = day };

    public static int GetDay(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime).DayNumber;
}
