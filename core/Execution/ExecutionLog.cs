using DevOpsAI.Proposals;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Execution;

internal static partial class ExecutionLog
{
    [LoggerMessage(EventId = 3101, Level = LogLevel.Information, Message = "{Execution} claimed (taken over: {TakenOver})")]
    public static partial void Claimed(this ILogger logger, string execution, bool takenOver);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Information, Message = "{Operation} ended {Outcome}")]
    public static partial void StepEnded(this ILogger logger, string operation, StepOutcome outcome);

    [LoggerMessage(EventId = 3103, Level = LogLevel.Information, Message = "{Execution} ended {Outcome}")]
    public static partial void Finished(this ILogger logger, string execution, ExecutionOutcome outcome);

    [LoggerMessage(EventId = 3104, Level = LogLevel.Warning,
        Message = "{Execution} was taken over by another instance; this one leaves it alone")]
    public static partial void ClaimLost(this ILogger logger, string execution);

    [LoggerMessage(EventId = 3105, Level = LogLevel.Error, Message = "{Execution}: the ledger cannot be reached; trying again in {Pause}")]
    public static partial void LedgerAway(this ILogger logger, string execution, TimeSpan pause, Exception problem);

    [LoggerMessage(EventId = 3106, Level = LogLevel.Error, Message = "A connector threw instead of answering")]
    public static partial void ConnectorThrew(this ILogger logger, Exception problem);

    [LoggerMessage(EventId = 3107, Level = LogLevel.Warning,
        Message = "{Operation} was certainly not done (attempt {Attempt}); trying again in {Pause}")]
    public static partial void TryingAgain(this ILogger logger, string operation, int attempt, TimeSpan pause);
}
