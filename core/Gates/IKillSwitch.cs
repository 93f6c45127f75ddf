using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>
/// Whether the kill switch is on for the whole of a tenant, by <c>everything</c> or <c>tenant:</c>. Then nothing is drafted for it and
/// nothing is posted unasked, beside that nothing runs. It ends when the file lets go and that is on record.
/// </summary>
public interface IKillSwitch
{
    bool IsOn(TenantId tenant);

    /// <summary>The tenants for which it is on, each with the reason in one sentence.</summary>
    IReadOnlyDictionary<TenantId, string> On { get; }

    /// <summary>Completes when it is found lifted for some tenant the next time.</summary>
    Task NextLiftAsync(CancellationToken cancellationToken);
}

/// <summary>When the kill switch was found on, and why.</summary>
public sealed record SwitchedOff(DateTimeOffset Since, string Why);

/// <summary>A time in which the kill switch was on, which is over.</summary>
/// <param name="Seq">Of the entry that says so.</param>
public sealed record Stop(DateTimeOffset Since, DateTimeOffset Until, long Seq);
