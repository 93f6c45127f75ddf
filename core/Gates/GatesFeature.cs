using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Proposals and decisions, who may decide, what stops a tenant, and where its cards go.</summary>
internal static class GatesFeature
{
    public static readonly Feature Instance = new("gates")
    {
        Slices =
        [
            StateSlice.Of<AccessState>("access", [typeof(RoleAssigned), typeof(AbsenceSet), typeof(AbsenceEnded)]),
            StateSlice.Of<FreezeState>("freeze", [typeof(FreezeSet), typeof(FreezeLifted), typeof(SwitchThrown), typeof(SwitchLifted)]),
            StateSlice.Of<ChannelsState>("channels", [typeof(ChannelLinked), typeof(ChannelUnlinked)]),
            StateSlice.Of<CallTimes>("calls", [typeof(StepStarted)]),
        ],
    };
}
