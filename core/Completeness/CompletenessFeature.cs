using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Completeness;

/// <summary>What makes a missing action or a silent hour show.</summary>
internal static class CompletenessFeature
{
    public static readonly Feature Instance = new("completeness")
    {
        Slices =
        [
            StateSlice.Of<ConnectionWatch>(
                "watch",
                [
                    typeof(EventReceived), typeof(WebhookReceipts), typeof(ConnectionExpected), typeof(ConnectionSilent), typeof(ConnectionHeard),
                    typeof(ExecutionStarted), typeof(UndoStarted), typeof(PollAdvanced), typeof(OutOfBandChange),
                ]),
        ],
    };
}
