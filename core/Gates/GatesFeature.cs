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
            EntryType.Create(
                "role.assigned", GatesJson.Default.RoleAssigned,
                "An administrator gave or took a role by command.",
                "Role changed"),
            EntryType.Create(
                "absence.set", GatesJson.Default.AbsenceSet,
                "A person is away for a time, and says who decides in their name meanwhile."),
            EntryType.Create("absence.ended", GatesJson.Default.AbsenceEnded, "A person is back sooner, or not away after all."),
            EntryType.Create(
                "freeze.set", GatesJson.Default.FreezeSet,
                "Nothing of this client is approved or executed until somebody else lifts the freeze.",
                "Execution frozen"),
            EntryType.Create("freeze.lifted", GatesJson.Default.FreezeLifted, "A freeze was lifted.", "Freeze lifted"),
            EntryType.Create(
                "switch.thrown", GatesJson.Default.SwitchThrown,
                "The kill switch was found on for all of this client.",
                "Kill switch found on"),
            EntryType.Create(
                "switch.lifted", GatesJson.Default.SwitchLifted,
                "The kill switch was found lifted.",
                "Kill switch found lifted"),
            EntryType.Create(
                "channel.linked", GatesJson.Default.ChannelLinked,
                "A conversation in Teams was linked: this client's cards go there too.",
                "Channel linked"),
            EntryType.Create(
                "channel.unlinked", GatesJson.Default.ChannelUnlinked,
                "A conversation is not linked any more.",
                "Channel unlinked"),
        ],
        Streams = ["access", "freeze", "switch", "channels"],
        Slices =
        [
            StateSlice.Create<AccessState>("access", [typeof(RoleAssigned), typeof(AbsenceSet), typeof(AbsenceEnded)]),
            StateSlice.Create<FreezeState>("freeze", [typeof(FreezeSet), typeof(FreezeLifted), typeof(SwitchThrown), typeof(SwitchLifted)]),
            StateSlice.Create<ChannelsState>("channels", [typeof(ChannelLinked), typeof(ChannelUnlinked)]),
            StateSlice.Create<CallTimes>("calls", [typeof(StepStarted)]),
        ],
    };
}
