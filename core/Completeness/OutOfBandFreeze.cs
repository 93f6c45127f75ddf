using DevOpsAI.Gates;
using DevOpsAI.Ledger;

namespace DevOpsAI.Completeness;

/// <summary>Whether what a vendor's log shows stops a tenant.</summary>
internal static class OutOfBandFreeze
{
    /// <summary>The freeze that is due for these changes; null for none, or where the tenant is frozen already.</summary>
    public static FreezeSet? DueFor(this GatePolicy policy, TenantState state, IReadOnlyList<OutOfBandChange> changes)
    {
        if (state.OwnFreeze is not null || changes.FirstOrDefault(change => IsGrave(policy.FreezeOnOutOfBand, change)) is not { } grave)
            return null;
        var credentials = grave.WithOurCredentials == true ? " with the bot's own credentials" : "";
        return new($"{grave.Action} was done on {grave.Target.Name} over {grave.Connection}{credentials}, and no decision allows it. "
            + $"{grave.Why}")
        {
            Cause = FreezeCause.OutOfBand,
        };
    }

    private static bool IsGrave(FreezeOnOutOfBand policy, OutOfBandChange change) => policy switch
    {
        FreezeOnOutOfBand.Always => true,
        FreezeOnOutOfBand.OurCredentials => change.WithOurCredentials == true,
        _ => false,
    };
}
