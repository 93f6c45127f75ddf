using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Incidents;

/// <summary>Events and the incidents that they become.</summary>
internal static class IncidentsFeature
{
    public static readonly Feature Instance = new("incidents")
    {
        Slices =
        [
            StateSlice.Of<IncidentsState>(
                "incidents",
                [
                    typeof(EventReceived), typeof(IncidentOpened), typeof(AbsenceSet), typeof(AbsenceEnded), typeof(FreezeSet), typeof(FreezeLifted),
                    typeof(SwitchThrown), typeof(SwitchLifted), typeof(ErasureCompleted),
                ],
                "incident", "proposal", "card"),
        ],
    };
}
