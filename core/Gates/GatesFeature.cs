using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>Proposals and decisions, who may decide, what stops a tenant, and where its cards go.</summary>
internal static class GatesFeature
{
    public static readonly Feature Instance = new("gates")
    {
        Entries =
        [
            EntryType.Of(
                "role.assigned", GatesJson.Default.RoleAssigned,
                "An administrator gave or took a role by command.",
                "Role changed"),
            EntryType.Of(
                "absence.set", GatesJson.Default.AbsenceSet,
                "A person is away for a time, and says who decides in their name meanwhile."),
            EntryType.Of("absence.ended", GatesJson.Default.AbsenceEnded, "A person is back sooner, or not away after all."),
            EntryType.Of(
                "freeze.set", GatesJson.Default.FreezeSet,
                "Nothing of this client is approved or executed until somebody else lifts the freeze.",
                "Execution frozen"),
            EntryType.Of("freeze.lifted", GatesJson.Default.FreezeLifted, "A freeze was lifted.", "Freeze lifted"),
            EntryType.Of(
                "switch.thrown", GatesJson.Default.SwitchThrown,
                "The kill switch was found on for all of this client.",
                "Kill switch found on"),
            EntryType.Of(
                "switch.lifted", GatesJson.Default.SwitchLifted,
                "The kill switch was found lifted.",
                "Kill switch found lifted"),
            EntryType.Of(
                "channel.linked", GatesJson.Default.ChannelLinked,
                "A conversation in Teams was linked: this client's cards go there too.",
                "Channel linked"),
            EntryType.Of(
                "channel.unlinked", GatesJson.Default.ChannelUnlinked,
                "A conversation is not linked any more.",
                "Channel unlinked"),
        ],
        Streams = ["access", "freeze", "switch", "channels"],
        Slices =
        [
            StateSlice.Of<AccessState>("access", [typeof(RoleAssigned), typeof(AbsenceSet), typeof(AbsenceEnded)]),
            StateSlice.Of<FreezeState>("freeze", [typeof(FreezeSet), typeof(FreezeLifted), typeof(SwitchThrown), typeof(SwitchLifted)]),
            StateSlice.Of<ChannelsState>("channels", [typeof(ChannelLinked), typeof(ChannelUnlinked)]),
            StateSlice.Of<CallTimes>("calls", [typeof(StepStarted)]),
        ],
    };
}
