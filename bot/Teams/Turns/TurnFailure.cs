using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>What a person is told of a turn that failed: no internals.</summary>
internal static class TurnFailure
{
    public static string Say(CorrelationId correlation) =>
        $"Something went wrong on our side. Please try again; if it stays, tell your administrator this reference: {correlation}.";
}
