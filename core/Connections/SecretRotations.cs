using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections;

/// <summary>A secret that has to be replaced by a day.</summary>
/// <param name="Setting">Where the day stands, as in <c>Connections:contoso-alertmanager:RotateBy</c>.</param>
/// <param name="Tenant">Whose connection it is; null for a secret of the bot itself.</param>
public sealed record SecretRotation(string Setting, string What, TenantId? Tenant, DateOnly By)
{
    /// <summary>How long before the day people are reminded.</summary>
    public const int WarnedDays = 14;

    /// <summary>One sentence once it is due within <see cref="WarnedDays"/> days or overdue; null before.</summary>
    public string? Warning(DateTimeOffset now)
    {
        var days = By.DayNumber - DateOnly.FromDateTime(now.UtcDateTime).DayNumber;
        return days switch
        {
            > WarnedDays => null,
            > 0 => $"{What} is to be replaced by {By:yyyy-MM-dd}, in {days} {(days == 1 ? "day" : "days")}; then set {Setting} anew.",
            0 => $"{What} is to be replaced today, {By:yyyy-MM-dd}; then set {Setting} anew.",
            _ => $"{What} was to be replaced by {By:yyyy-MM-dd} and is overdue since {-days} {(days == -1 ? "day" : "days")}; replace it "
                + $"and set {Setting} anew.",
        };
    }
}

/// <summary>The rotation schedule: every secret that the settings name a day for.</summary>
public sealed class SecretRotations(IReadOnlyList<SecretRotation> all)
{
    /// <summary>What is due soon or overdue, the most urgent first.</summary>
    public IEnumerable<(SecretRotation Secret, string Warning)> Due(DateTimeOffset now) => all
        .OrderBy(static one => one.By)
        .ThenBy(static one => one.Setting, StringComparer.Ordinal)
        .Select(one => (one, one.Warning(now)))
        .Where(static one => one.Item2 is not null)
        .Select(static one => (one.one, one.Item2!));
}
